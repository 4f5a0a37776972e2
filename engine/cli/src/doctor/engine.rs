//! What speaks: eSpeak NG, the model, and whether a sentence comes out.

#[cfg(test)]
mod tests;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice, Utterance};

use super::{Check, Status};
use crate::exit::CliError;

/// What is spoken to see whether it works.
const SAMPLE: &str = "All is well.";

/// The model that was asked for cannot even be named.
pub(super) fn unchosen(error: &CliError) -> Check {
    Check {
        name: "model".to_owned(),
        status: Status::Fail,
        found: error.to_string(),
        why: "it was asked for",
        mend: None,
    }
}

/// eSpeak NG.
pub(super) fn espeak(config: &EngineConfig) -> Check {
    let program = config.espeak.clone().or_else(|| {
        std::env::var_os("KOKORO_ESPEAK")
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
    });
    let search = std::env::var_os("PATH").unwrap_or_default();
    espeak_at(config, program, &search)
}

fn espeak_at(config: &EngineConfig, program: Option<PathBuf>, search: &OsStr) -> Check {
    let place = program.or_else(|| on_path("espeak-ng", search));
    let engine = Engine::open(EngineConfig {
        provider: ProviderChoice::Espeak,
        ..config.clone()
    });
    let needed = config.provider == ProviderChoice::Espeak;
    let (status, found) = match (&engine, place) {
        (Ok(engine), Some(place)) => (
            Status::Ok,
            format!("{} at {}", engine.info().backend, place.display()),
        ),
        (Ok(engine), None) => (Status::Ok, engine.info().backend),
        (Err(error), _) => (
            if needed { Status::Fail } else { Status::Warn },
            error.to_string(),
        ),
    };
    Check {
        name: "espeak-ng".to_owned(),
        status,
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

/// The model that would speak.
pub(super) fn model(config: &EngineConfig) -> Check {
    let (status, found, mend) = match (&config.model, &config.voices) {
        (None, None) => (
            Status::Warn,
            "none given: Hedgerow speaks, the small voice that is in the program".to_owned(),
            Some(
                "kokoro model pull kokoro-v1.0, or pass --model FILE and --voices FILE".to_owned(),
            ),
        ),
        (Some(model), Some(voices)) => match missing_file(&[model, voices]) {
            Some(path) => (
                Status::Fail,
                format!("no file at {}", path.display()),
                Some("correct the path".to_owned()),
            ),
            None => match Engine::open(EngineConfig {
                provider: ProviderChoice::Kokoro,
                ..config.clone()
            }) {
                Ok(engine) => (Status::Ok, described(&engine), None),
                Err(error) => (
                    Status::Fail,
                    error.to_string(),
                    Some("use a Kokoro ONNX model and its voices file".to_owned()),
                ),
            },
        },
        (Some(_), None) => (
            Status::Fail,
            "a model without voices".to_owned(),
            Some("pass --voices FILE, too".to_owned()),
        ),
        (None, Some(_)) => (
            Status::Fail,
            "voices without a model".to_owned(),
            Some("pass --model FILE, too".to_owned()),
        ),
    };
    Check {
        name: "model".to_owned(),
        status,
        found,
        why: "a Kokoro model sounds like a person; Hedgerow and eSpeak NG do not",
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
pub(super) fn speech(config: EngineConfig) -> Check {
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
    let (status, found, mend) = match spoken {
        Ok((provider, seconds, rendered)) => {
            let audio = duration(rendered.samples.len());
            let found = format!(
                "{provider}, voice {}: {audio:.2} s of audio in {seconds:.3} s",
                rendered.voice
            );
            (Status::Ok, found, None)
        }
        Err(error) => (
            Status::Fail,
            error.to_string(),
            Some("mend what is broken above".to_owned()),
        ),
    };
    Check {
        name: "speech".to_owned(),
        status,
        found,
        why: "it is what the program is for",
        mend,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a short sentence")]
fn duration(samples: usize) -> f64 {
    samples as f64 / f64::from(kokoro_speech::SAMPLE_RATE)
}
