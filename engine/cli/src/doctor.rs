//! `kokoro doctor`: what is there, what is missing, why it matters, how to mend it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice, Utterance};
use serde::Serialize;

use crate::args::DoctorArguments;
use crate::exit::CliError;

/// What is spoken to see whether it works.
const SAMPLE: &str = "All is well.";

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Standing {
    /// There, and working.
    Ok,
    /// Not there; something else stands in.
    Absent,
    /// Asked for or needed, and not working.
    Broken,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Check {
    name: &'static str,
    standing: Standing,
    found: String,
    /// Why it matters.
    why: &'static str,
    /// What to do about it; null when nothing is to be done.
    mend: Option<String>,
}

/// Looks, prints, and fails when nothing can speak.
pub(crate) fn run(arguments: &DoctorArguments) -> Result<(), CliError> {
    let config = arguments.engine.config();
    let search = std::env::var_os("PATH").unwrap_or_default();
    let program = config.espeak.clone().or_else(|| {
        std::env::var_os("KOKORO_ESPEAK")
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
    });
    let checks = [
        espeak(&config, program, &search),
        model(&config),
        speech(config),
    ];
    crate::print(&if arguments.json {
        as_json(&checks)
    } else {
        as_text(&checks)
    })?;
    match checks
        .iter()
        .find(|check| check.standing == Standing::Broken)
    {
        None => Ok(()),
        Some(check) => Err(CliError::Unavailable(format!(
            "{} does not work",
            check.name
        ))),
    }
}

fn espeak(config: &EngineConfig, program: Option<PathBuf>, search: &OsStr) -> Check {
    let place = program.or_else(|| on_path("espeak-ng", search));
    let engine = Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..config.clone()
    });
    let needed = config.provider == ProviderChoice::Espeak;
    let (standing, found) = match (&engine, place) {
        (Ok(engine), Some(place)) => (
            Standing::Ok,
            format!("{} at {}", engine.info().backend, place.display()),
        ),
        (Ok(engine), None) => (Standing::Ok, engine.info().backend),
        (Err(error), _) => (
            if needed {
                Standing::Broken
            } else {
                Standing::Absent
            },
            error.to_string(),
        ),
    };
    Check {
        name: "espeak-ng",
        standing,
        found,
        why: "it knows how rare words sound, which are spelled without it, and stands in when the model breaks",
        mend: engine.is_err().then(|| install_hint(std::env::consts::OS)),
    }
}

/// How to get eSpeak NG on a system.
fn install_hint(os: &str) -> String {
    match os {
        "macos" => "brew install espeak-ng".to_owned(),
        "linux" => {
            "sudo apt install espeak-ng (Debian, Ubuntu), sudo dnf install espeak-ng (Fedora)"
                .to_owned()
        }
        _ => "install espeak-ng and set KOKORO_ESPEAK to its program".to_owned(),
    }
}

fn on_path(program: &str, search: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

fn model(config: &EngineConfig) -> Check {
    let (standing, found, mend) = match (&config.model, &config.voices) {
        (None, None) => (
            Standing::Absent,
            "none given: Hedgerow speaks, the small voice that is in the program".to_owned(),
            Some("pass --model FILE and --voices FILE".to_owned()),
        ),
        (Some(model), Some(voices)) => match missing_file(&[model, voices]) {
            Some(path) => (
                Standing::Broken,
                format!("no file at {}", path.display()),
                Some("correct the path".to_owned()),
            ),
            None => match Engine::open(EngineConfig {
                provider: ProviderChoice::Kokoro,
                ..config.clone()
            }) {
                Ok(engine) => (Standing::Ok, described(&engine), None),
                Err(error) => (
                    Standing::Broken,
                    error.to_string(),
                    Some("use a Kokoro ONNX model and its voices file".to_owned()),
                ),
            },
        },
        (Some(_), None) => (
            Standing::Broken,
            "a model without voices".to_owned(),
            Some("pass --voices FILE, too".to_owned()),
        ),
        (None, Some(_)) => (
            Standing::Broken,
            "voices without a model".to_owned(),
            Some("pass --model FILE, too".to_owned()),
        ),
    };
    Check {
        name: "model",
        standing,
        found,
        why: "the Kokoro model sounds like a person; Hedgerow and eSpeak NG do not",
        mend,
    }
}

fn missing_file<'a>(paths: &[&'a PathBuf]) -> Option<&'a Path> {
    paths
        .iter()
        .copied()
        .find(|path| !path.is_file())
        .map(PathBuf::as_path)
}

fn described(engine: &Engine) -> String {
    let info = engine.info();
    let voices = engine.voices().len();
    match info.model_sha256 {
        Some(digest) => format!(
            "{} on {}, {voices} voices, sha256 {digest}",
            info.backend, info.execution_provider
        ),
        None => format!(
            "{} on {}, {voices} voices",
            info.backend, info.execution_provider
        ),
    }
}

/// Speaks, and says how fast.
fn speech(config: EngineConfig) -> Check {
    let spoken = Engine::open(config).and_then(|engine| {
        let begun = Instant::now();
        let utterance = Utterance {
            text: SAMPLE.to_owned(),
            voice: None,
            speed: 1.0,
            lang: None,
        };
        let rendered = engine.render(&utterance, &Cancel::new())?;
        Ok((
            engine.info().provider,
            begun.elapsed().as_secs_f64(),
            rendered,
        ))
    });
    let (standing, found, mend) = match spoken {
        Ok((provider, seconds, rendered)) => {
            let audio = duration(rendered.samples.len());
            let found = format!(
                "{provider}, voice {}: {audio:.2} s of audio in {seconds:.3} s",
                rendered.voice
            );
            (Standing::Ok, found, None)
        }
        Err(error) => (
            Standing::Broken,
            error.to_string(),
            Some("mend what is broken above".to_owned()),
        ),
    };
    Check {
        name: "speech",
        standing,
        found,
        why: "it is what the program is for",
        mend,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a short sentence")]
fn duration(samples: usize) -> f64 {
    samples as f64 / f64::from(kokoro_speech::SAMPLE_RATE)
}

fn as_json(checks: &[Check]) -> String {
    format!(
        "{:#}\n",
        serde_json::json!({ "schema_version": 1, "checks": checks })
    )
}

fn as_text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let mark = match check.standing {
            Standing::Ok => "ok",
            Standing::Absent => "absent",
            Standing::Broken => "BROKEN",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark:6}  {}: {}", check.name, check.found);
        if check.standing != Standing::Ok {
            let _ = writeln!(text, "        why it matters: {}", check.why);
        }
        if let Some(mend) = &check.mend {
            let _ = writeln!(text, "        to mend it: {mend}");
        }
    }
    text
}

#[cfg(test)]
mod tests;
