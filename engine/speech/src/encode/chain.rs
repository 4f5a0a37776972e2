//! From the engine's samples to a codec's: rate, peaks, and when bytes leave.

use super::{Delivery, Encoder, Format, FormatError, check_rate, flac, mp3, opus, pcm};
use crate::dsp::limiter::Limiter;
use crate::dsp::resample::{ResampleStream, Resampler};
use crate::engine::SAMPLE_RATE;
use crate::error::SpeechError;

/// What a format does with samples at its own rate.
pub(super) trait Codec: Send {
    /// What comes before all audio, with what is known then.
    fn head(&mut self) -> Result<Vec<u8>, SpeechError>;
    /// The bytes that are ready after these samples.
    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError>;
    /// The rest.
    fn finish(&mut self) -> Result<Vec<u8>, SpeechError>;
    /// Writes what is known at the end into the beginning of a whole file.
    fn seal(&self, file: &mut [u8]) {
        let _ = file;
    }
}

/// A codec broke.
pub(super) fn broken(format: Format, reason: &str) -> SpeechError {
    SpeechError::Synthesis(format!("the {} encoder failed: {reason}", format.name()))
}

/// Overwrites the bytes at a place. What reaches beyond the end is left out.
pub(super) fn patch(file: &mut [u8], at: usize, bytes: &[u8]) {
    for (slot, byte) in file.iter_mut().skip(at).zip(bytes) {
        *slot = *byte;
    }
}

/// Rate, then peaks, then codec.
pub(super) struct Chain {
    resampler: Option<ResampleStream>,
    limiter: Option<Limiter>,
    codec: Box<dyn Codec>,
    begun: bool,
    /// All bytes so far, where they leave at the end.
    held: Option<Vec<u8>>,
}

impl Chain {
    pub(super) fn new(
        format: Format,
        sample_rate: u32,
        delivery: Delivery,
    ) -> Result<Self, FormatError> {
        let asked = check_rate(sample_rate)?;
        let codec: Box<dyn Codec> = match format {
            Format::Wav => Box::new(pcm::Wav::new(asked)),
            Format::Pcm => Box::new(pcm::Pcm),
            Format::Flac => Box::new(flac::Flac::new(asked)?),
            Format::Mp3 => Box::new(mp3::Mp3::new(asked)?),
            Format::Opus => Box::new(opus::Opus::new(asked)?),
        };
        let rate = if format == Format::Opus {
            opus::coded_rate(asked)
        } else {
            asked
        };
        let resampler = (rate != SAMPLE_RATE)
            .then(|| Resampler::from_engine_rate(rate))
            .flatten();
        // Taking high frequencies away can raise peaks; adding none cannot. A lossy codec's noise comes on top of them.
        let ceiling = match format {
            Format::Mp3 => Some(mp3::CEILING),
            Format::Opus => Some(opus::CEILING),
            _ => (rate < SAMPLE_RATE).then_some(crate::dsp::loudness::CEILING),
        };
        Ok(Self {
            resampler: resampler.map(|resampler| resampler.stream()),
            limiter: ceiling.map(|ceiling| Limiter::at(ceiling, rate)),
            codec,
            begun: false,
            held: (delivery == Delivery::Whole).then(Vec::new),
        })
    }

    /// Samples through the limiter, where there is one, and the codec.
    fn code(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        let mut bytes = if self.begun {
            Vec::new()
        } else {
            self.begun = true;
            self.codec.head()?
        };
        let coded = match &mut self.limiter {
            Some(limiter) => self.codec.encode(&limiter.process(samples))?,
            None => self.codec.encode(samples)?,
        };
        bytes.extend(coded);
        Ok(bytes)
    }

    /// What may leave now.
    fn leaving(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        match &mut self.held {
            Some(held) => {
                held.extend(bytes);
                Vec::new()
            }
            None => bytes,
        }
    }
}

impl Encoder for Chain {
    fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        let bytes = match &mut self.resampler {
            Some(resampler) => {
                let resampled = resampler.push(samples);
                self.code(&resampled)?
            }
            None => self.code(samples)?,
        };
        Ok(self.leaving(bytes))
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        let resampled = self
            .resampler
            .as_mut()
            .map_or_else(Vec::new, ResampleStream::finish);
        let mut bytes = self.code(&resampled)?;
        if let Some(limiter) = &mut self.limiter {
            bytes.extend(self.codec.encode(&limiter.flush())?);
        }
        bytes.extend(self.codec.finish()?);
        Ok(match self.held.take() {
            Some(mut file) => {
                file.extend(bytes);
                self.codec.seal(&mut file);
                file
            }
            None => bytes,
        })
    }
}
