//! Whether an answer is what it would have been without any company.
//!
//! Where the server gives the same bytes for the same request made twice alone, and audio is asked for whole, every answer must have those bytes.
//! A stream is cut to how busy the machine is, so its bytes may differ; it is judged by its envelope ([`super::order`]), and counted where
//! its bytes are the same after all.

use std::time::Instant;

use super::client::{Ask, Client, Heard};
use super::order::{self, Envelope};
use super::report::Trial;

/// What one text sounds like when nobody else asks for anything.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reference {
    /// Of the text spoken whole.
    pub(crate) envelope: Envelope,
    /// SHA-256 of the audio as it is asked for; none where two requests gave different bytes.
    pub(crate) sha256: Option<[u8; 32]>,
}

impl Reference {
    /// Asks for a text, alone.
    ///
    /// # Errors
    /// Why the server does not speak it.
    pub(crate) fn of(client: &Client, ask: &Ask<'_>) -> Result<Self, String> {
        let speak = |stream| {
            let heard = client.speak(&Ask { stream, ..*ask }, Instant::now());
            heard.error.clone().map_or(Ok(heard), Err)
        };
        let whole = speak(false)?;
        let first = if ask.stream {
            speak(true)?.sha256
        } else {
            whole.sha256
        };
        let again = speak(ask.stream)?.sha256;
        Ok(Self {
            envelope: whole.envelope,
            sha256: first.filter(|_| first == again),
        })
    }
}

/// What the answers to requests are compared with.
pub(crate) fn compared(references: &[Reference], stream: bool) -> &'static str {
    let repeatable = references
        .iter()
        .all(|reference| reference.sha256.is_some());
    if repeatable && !stream {
        "bytes"
    } else {
        "envelope"
    }
}

/// Judges what was heard by what should have been.
pub(crate) fn judge(trial: &mut Trial, heard: &Heard, reference: &Reference, stream: bool) {
    if !trial.ok {
        return;
    }
    trial.identical = reference
        .sha256
        .map(|expected| heard.sha256 == Some(expected));
    match trial.identical {
        Some(true) => {}
        Some(false) if !stream => {
            trial
                .fail("expected the bytes of the same request made alone; found others".to_owned());
        }
        _ => match order::compare(&heard.envelope, &reference.envelope) {
            Ok(out_of_order) => trial.out_of_order = out_of_order,
            Err(difference) => trial.fail(difference),
        },
    }
}

#[cfg(test)]
mod tests;
