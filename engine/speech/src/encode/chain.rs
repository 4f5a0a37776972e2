//! From the engine's samples to a codec's: rate, peaks, and when bytes leave.

use super::levels::{Levels, Limits, levelled};
use super::{Delivery, Encoder, Format, FormatError, check_rate, flac, mp3, opus, pcm};
use crate::dsp::loudness::CEILING;
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
    format: Format,
    /// What the codec may get, where that is less than the engine gives.
    limits: Option<Limits>,
    resampler: Option<ResampleStream>,
    codec: Box<dyn Codec>,
    state: State,
}

/// What is kept until more comes.
enum State {
    /// A stream, its levels and whether its header has left.
    Streamed(Option<Box<Levels>>, bool),
    /// A whole sound: all of the engine's samples, and what the resampler made of them.
    Whole(Vec<f32>, Vec<f32>),
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
            // Between samples the limiter sees less than a meter, and the less the nearer to half the rate the sound reaches.
            _ if rate <= 8_000 => Some(CEILING - 0.7),
            _ => (rate < SAMPLE_RATE).then_some(CEILING - 0.2),
        };
        let limits = ceiling.map(|ceiling| Limits {
            rate,
            played: if format == Format::Opus {
                SAMPLE_RATE
            } else {
                rate
            },
            ceiling,
        });
        let state = match (delivery, limits) {
            (Delivery::Whole, _) => State::Whole(Vec::new(), Vec::new()),
            (Delivery::Streamed, None) => State::Streamed(None, false),
            (Delivery::Streamed, Some(limits)) => {
                let levels = Levels::new(limits).map_err(|error| FormatError::Codec {
                    format: format.name(),
                    reason: format!("no meter for its loudness: {error}"),
                })?;
                State::Streamed(Some(Box::new(levels)), false)
            }
        };
        Ok(Self {
            format,
            limits,
            resampler: resampler.map(|resampler| resampler.stream()),
            codec,
            state,
        })
    }

    /// The engine's samples, and what the resampler made of them, on their way.
    fn take(&mut self, sound: &[f32], resampled: &[f32]) -> Result<Vec<u8>, SpeechError> {
        match &mut self.state {
            State::Whole(engine, own) => {
                engine.extend_from_slice(sound);
                own.extend_from_slice(resampled);
                Ok(Vec::new())
            }
            State::Streamed(levels, has_begun) => {
                let mut bytes = if *has_begun {
                    Vec::new()
                } else {
                    *has_begun = true;
                    self.codec.head()?
                };
                bytes.extend(match levels {
                    Some(levels) => {
                        let ready = levels
                            .push(sound, resampled)
                            .map_err(|error| broken(self.format, &error.to_string()))?;
                        self.codec.encode(&ready)?
                    }
                    None => self.codec.encode(resampled)?,
                });
                Ok(bytes)
            }
        }
    }
}

/// Samples as 16 bits would have them: what is beyond is clipped, what is no number is silence. Codecs break on either.
fn sound(sample: &f32) -> f32 {
    if sample.is_nan() {
        0.0
    } else {
        sample.clamp(-1.0, 1.0)
    }
}

impl Encoder for Chain {
    fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        let samples: Vec<f32> = samples.iter().map(sound).collect();
        match &mut self.resampler {
            Some(resampler) => {
                let resampled = resampler.push(&samples);
                self.take(&samples, &resampled)
            }
            None => self.take(&samples, &samples),
        }
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        let last = self
            .resampler
            .as_mut()
            .map_or_else(Vec::new, ResampleStream::finish);
        let mut bytes = self.take(&[], &last)?;
        match &mut self.state {
            State::Streamed(levels, _) => {
                if let Some(levels) = levels {
                    bytes.extend(self.codec.encode(&levels.finish())?);
                }
                bytes.extend(self.codec.finish()?);
            }
            State::Whole(sound, resampled) => {
                if let Some(limits) = self.limits {
                    *resampled = levelled(sound, resampled, limits);
                }
                bytes = self.codec.head()?;
                bytes.extend(self.codec.encode(resampled)?);
                bytes.extend(self.codec.finish()?);
                self.codec.seal(&mut bytes);
            }
        }
        Ok(bytes)
    }
}
