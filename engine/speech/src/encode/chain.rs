//! From the engine's samples to a codec's: rate, peaks, and when bytes leave.

use super::{Delivery, Encoder, Format, FormatError, check_rate, flac, mp3, opus, pcm};
use crate::dsp::limiter::Limiter;
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

/// A lower ceiling, and the loudness that it takes given back.
struct Levels {
    gain: f32,
    limiter: Limiter,
}

impl Levels {
    fn process(&mut self, samples: &[f32]) -> Vec<f32> {
        let amplified: Vec<f32> = samples.iter().map(|sample| sample * self.gain).collect();
        self.limiter.process(&amplified)
    }
}

/// What speech loses, in dB: by a ceiling lower than the engine's 0.7 of the difference, and by a low rate what was above
/// it. Found by measuring eSpeak NG's voices, the ones with the highest peaks and the most above 4 kHz.
pub(super) fn make_up(rate: u32, ceiling: f64) -> f64 {
    let lost = match rate {
        0..=8_000 => 0.8,
        8_001..=16_000 => 0.2,
        _ => 0.0,
    };
    lost + 0.7 * (CEILING - ceiling)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a gain near 1 is as good in f32"
)]
fn amplitude(decibels: f64) -> f32 {
    10_f64.powf(decibels / 20.0) as f32
}

/// Rate, then peaks, then codec.
pub(super) struct Chain {
    resampler: Option<ResampleStream>,
    levels: Option<Levels>,
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
            Format::Opus => Some(opus::ceiling(rate)),
            // Between samples the limiter sees less than a meter, and the less the nearer to half the rate the sound reaches.
            _ if rate <= 8_000 => Some(CEILING - 0.5),
            _ => (rate < SAMPLE_RATE).then_some(CEILING - 0.2),
        };
        let levels = ceiling.map(|ceiling| Levels {
            gain: amplitude(make_up(rate, ceiling)),
            limiter: Limiter::at(ceiling, rate),
        });
        Ok(Self {
            resampler: resampler.map(|resampler| resampler.stream()),
            levels,
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
        let coded = match &mut self.levels {
            Some(levels) => self.codec.encode(&levels.process(samples))?,
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
        let mut samples: Vec<f32> = samples.iter().map(sound).collect();
        if let Some(resampler) = &mut self.resampler {
            samples = resampler.push(&samples);
        }
        let bytes = self.code(&samples)?;
        Ok(self.leaving(bytes))
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        let resampled = self
            .resampler
            .as_mut()
            .map_or_else(Vec::new, ResampleStream::finish);
        let mut bytes = self.code(&resampled)?;
        if let Some(levels) = &mut self.levels {
            bytes.extend(self.codec.encode(&levels.limiter.flush())?);
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
