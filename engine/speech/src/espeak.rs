//! The `espeak-ng` program as a provider: one child process per segment.
//!
//! A process of its own shares no state with other requests, can be stopped, and keeps its licence to itself. The text
//! goes in by standard input only: on the command line it could be taken for an option, and everybody could read it.

pub(crate) mod child;
mod voices;

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kokoro_text::Limits;

use crate::dsp::resample::to_engine_rate;
use crate::dsp::stretch::stretch;
use crate::engine::{Cancel, Voice};
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request, Sound};
use crate::wav;
use child::{ChildError, Command};

/// Words per minute of speed 1.0: the program's default.
const BASE_RATE: f64 = 175.0;
/// Between these rates the program's own timing is true to a few percent (measured with 1.51: from 100 to 262 words
/// per minute within 9 %, a lone word at 350 off by 32 %); beyond them the rest is time-stretched.
const RATES: std::ops::RangeInclusive<f64> = 100.0..=262.0;
/// More than any segment can last: six minutes of 22.05 kHz.
const MAX_OUTPUT: usize = 16 << 20;
/// How long the program may take to say its version.
const PROBE: Duration = Duration::from_secs(10);

/// Its voices under their own names only.
pub(crate) fn bare_voices() -> Vec<Voice> {
    voices::bare()
}

/// eSpeak NG.
#[derive(Debug)]
pub struct Espeak {
    program: PathBuf,
    version: String,
    voices: Vec<Voice>,
}

/// The program to run: the configuration's, else the environment's (`KOKORO_ESPEAK`), else `espeak-ng` on the PATH.
pub(crate) fn program(configured: Option<&Path>, environment: Option<OsString>) -> PathBuf {
    configured
        .map(Path::to_path_buf)
        .or_else(|| {
            environment
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        })
        .unwrap_or_else(|| PathBuf::from("espeak-ng"))
}

impl Espeak {
    /// The voices every eSpeak NG has, the default first; needs no program.
    #[must_use]
    pub fn all_voices() -> Vec<Voice> {
        voices::all()
    }

    /// Finds the program and asks its version.
    ///
    /// # Errors
    /// [`SpeechError::ProviderUnavailable`] when there is none or it is another program.
    pub fn open(program: PathBuf) -> Result<Self, SpeechError> {
        let control = Control::new(Cancel::new(), PROBE);
        let answer = Command {
            program: &program,
            args: &["--version"],
            input: "",
            max_output: 4096,
        }
        .run(&control)
        .map_err(|error| unavailable(&program, &error))?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        // "eSpeak NG text-to-speech: 1.51  Data at: /usr/lib/..."
        let version = answer
            .split_once("eSpeak NG text-to-speech:")
            .and_then(|(_, rest)| rest.split_whitespace().next())
            .ok_or_else(|| SpeechError::ProviderUnavailable {
                provider: "espeak".to_owned(),
                reason: format!(
                    "expected `{} --version` to name eSpeak NG, but it did not; install the package `espeak-ng` or \
                     set KOKORO_ESPEAK to its program",
                    program.display()
                ),
            })?
            .to_owned();
        Ok(Self {
            program,
            version,
            voices: voices::all(),
        })
    }

    fn render(
        &self,
        request: &Request<'_>,
        rate: f64,
        control: &Control,
    ) -> Result<Vec<u8>, SpeechError> {
        let rate = format!("{rate:.0}");
        let args = [
            "--stdin",
            "--stdout",
            "-b",
            "1",
            "-z",
            "-s",
            rate.as_str(),
            "-v",
            voices::program_name(&request.voice.id),
        ];
        // Doubled square brackets would be read as eSpeak's own phoneme notation.
        let text = request.segment.text().replace('[', "(").replace(']', ")");
        Command {
            program: &self.program,
            args: &args,
            input: &text,
            max_output: MAX_OUTPUT,
        }
        .run(control)
        .map_err(|error| failure(&self.program, error, control))
    }
}

impl Provider for Espeak {
    fn name(&self) -> &'static str {
        "espeak"
    }

    fn backend(&self) -> String {
        format!("espeak-ng {}", self.version)
    }

    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn limits(&self) -> Limits {
        // Speaks a hundred times faster than real time: only very long segments would be heard as a delay.
        Limits {
            first: 160,
            max: 320,
            growth: 2,
        }
    }

    fn ready(&self) -> Result<(), SpeechError> {
        Self::open(self.program.clone()).map(|_| ())
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let wanted = BASE_RATE * f64::from(request.speed);
        let rate = wanted.clamp(*RATES.start(), *RATES.end()).round();
        let bytes = self.render(request, rate, control)?;
        let wav = wav::parse(&bytes).map_err(|error| {
            SpeechError::Synthesis(format!(
                "`{}` wrote no usable audio: {error}",
                self.program.display()
            ))
        })?;
        // The program does not say when it speaks which word.
        Ok(stretch(&to_engine_rate(&wav.samples, wav.rate), wanted / rate).into())
    }
}

fn unavailable(program: &Path, error: &ChildError) -> SpeechError {
    SpeechError::ProviderUnavailable {
        provider: "espeak".to_owned(),
        reason: format!(
            "expected the eSpeak NG program at `{}`, but {error}; install the package `espeak-ng` (apt, dnf, brew) or \
             set KOKORO_ESPEAK to its program",
            program.display()
        ),
    }
}

/// A child's failure while speaking. What it wrote to standard error is never read: it could hold the text.
pub(crate) fn failure(program: &Path, error: ChildError, control: &Control) -> SpeechError {
    match error {
        ChildError::Stopped => control.check().err().unwrap_or(SpeechError::Cancelled),
        ChildError::NotStarted(_) => unavailable(program, &error),
        other => SpeechError::Synthesis(format!("`{}`: {other}", program.display())),
    }
}
