//! 16-bit samples, with and without a WAV header.

use super::chain::{Codec, patch};
use crate::error::SpeechError;
use crate::wav;

/// Samples as they are.
pub(super) struct Pcm;

impl Codec for Pcm {
    fn head(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(Vec::new())
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        Ok(wav::pcm_bytes(samples))
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(Vec::new())
    }
}

/// The same behind a header.
pub(super) struct Wav {
    rate: u32,
}

impl Wav {
    pub(super) fn new(rate: u32) -> Self {
        Self { rate }
    }
}

impl Codec for Wav {
    fn head(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(wav::streaming_header_at(self.rate).to_vec())
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        Ok(wav::pcm_bytes(samples))
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(Vec::new())
    }

    fn seal(&self, file: &mut [u8]) {
        let data = file.len().saturating_sub(wav::HEADER_BYTES);
        patch(file, 0, &wav::header_of(self.rate, data));
    }
}
