//! Pronunciation by the `espeak-ng` program: text in, Kokoro's symbols out.

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use kokoro_text::{Accent, Part, kokoro_symbols, parts};

use crate::error::SpeechError;
use crate::espeak::child::Command;
use crate::espeak::{Espeak, failure};
use crate::provider::Control;

/// More than the phonemes of any segment can take.
const MAX_OUTPUT: usize = 1 << 20;

/// Asks eSpeak NG how words sound.
#[derive(Debug)]
pub(super) struct Pronouncer {
    program: PathBuf,
}

impl Pronouncer {
    pub(super) fn open(program: PathBuf) -> Result<Self, SpeechError> {
        let pronouncer = Self { program };
        pronouncer.ready()?;
        Ok(pronouncer)
    }

    pub(super) fn ready(&self) -> Result<(), SpeechError> {
        Espeak::open(self.program.clone())
            .map(|_| ())
            .map_err(|error| match error {
                SpeechError::ProviderUnavailable { reason, .. } => {
                    SpeechError::ProviderUnavailable {
                        provider: "kokoro".to_owned(),
                        reason,
                    }
                }
                other => other,
            })
    }

    /// The phonemes of a text, with the punctuation the model reads.
    pub(super) fn phonemes(
        &self,
        text: &str,
        accent: Accent,
        control: &Control,
    ) -> Result<String, SpeechError> {
        let mut phonemes = String::new();
        for part in parts(text) {
            match part {
                Part::Mark(mark) => phonemes.push(mark),
                Part::Words(words) => {
                    phonemes.push_str(&kokoro_symbols(&self.ipa(&words, accent, control)?, accent))
                }
            }
        }
        Ok(phonemes)
    }

    fn ipa(&self, words: &str, accent: Accent, control: &Control) -> Result<String, SpeechError> {
        let voice = match accent {
            Accent::American => "en-us",
            Accent::British => "en-gb",
        };
        let args = ["--stdin", "-q", "--ipa", "--tie=^", "-b", "1", "-v", voice];
        let text = words.replace('[', "(").replace(']', ")");
        let output = Command {
            program: &self.program,
            args: &args,
            input: &text,
            max_output: MAX_OUTPUT,
        }
        .run(control)
        .map_err(|error| failure(&self.program, error, control))?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }
}
