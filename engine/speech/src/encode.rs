//! Audio as bytes: containers, codecs and sample rates, as a stream or as a whole file.
//!
//! In: the engine's samples (mono, 24 kHz, at most -1 dBTP) in pieces of any size. Out: bytes of one format at one sample
//! rate, as loud as they were and still at most -1 dBTP when they are decoded. The same samples give the same bytes, whatever
//! the pieces, but for the places where Ogg pages end.

mod chain;
mod flac;
mod levels;
mod mp3;
mod opus;
mod pcm;
#[cfg(test)]
mod tests;

use crate::dsp::resample::OUTPUT_RATES;
use crate::error::SpeechError;
use chain::Chain;

/// Container and codec of audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// RIFF/WAVE with 16-bit samples.
    Wav,
    /// Signed 16-bit little-endian samples without a header.
    Pcm,
    /// FLAC, 16 bit, lossless.
    Flac,
    /// MPEG audio, layer III.
    Mp3,
    /// Opus in Ogg.
    Opus,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 5] = [Self::Wav, Self::Pcm, Self::Flac, Self::Mp3, Self::Opus];

    /// The format of a name or a file's extension, upper or lower case.
    ///
    /// # Errors
    /// [`FormatError::Unknown`] for any other name.
    pub fn parse(name: &str) -> Result<Self, FormatError> {
        match name.to_ascii_lowercase().as_str() {
            "wav" | "wave" => Ok(Self::Wav),
            "pcm" | "raw" => Ok(Self::Pcm),
            "flac" => Ok(Self::Flac),
            "mp3" => Ok(Self::Mp3),
            "opus" | "ogg" | "oga" => Ok(Self::Opus),
            _ => Err(FormatError::Unknown {
                found: known(name).to_owned(),
            }),
        }
    }

    /// The name requests use, and the usual extension of files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Pcm => "pcm",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
        }
    }

    /// The media type, as HTTP's `Content-Type` has it.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
            Self::Flac => "audio/flac",
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg",
        }
    }
}

/// Formats that people ask for and that no encoder here makes: safe to repeat in a message.
fn known(name: &str) -> &'static str {
    ["aac", "m4a", "mp4", "webm", "vorbis", "amr", "ulaw", "alaw"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .unwrap_or("something else")
}

/// Why there is no encoder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// No such format.
    #[error("unsupported format: expected `wav`, `pcm`, `flac`, `mp3` or `opus`, found {found}")]
    Unknown {
        /// A format by name, or that it is none.
        found: String,
    },
    /// No such sample rate.
    #[error(
        "unsupported sample rate: expected 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 or 48000 Hz, found {found}"
    )]
    SampleRate {
        /// The rate asked for, in Hz.
        found: u32,
    },
    /// The codec does not take what it is given. None does so for the formats and rates above.
    #[error("the {format} encoder does not start: {reason}")]
    Codec {
        /// Name of the format.
        format: &'static str,
        /// The codec's words.
        reason: String,
    },
}

/// When bytes leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// As soon as they exist. Headers cannot know the length: they say so in their format's way.
    Streamed,
    /// All at the end, with true sizes and checksums.
    Whole,
}

/// Turns the engine's samples into bytes of a format.
pub trait Encoder: Send {
    /// The bytes that are ready after these samples (mono, 24 kHz). The first call of a stream gives its header.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] when a codec breaks.
    fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError>;

    /// The rest, with the format's own end. Nothing may be pushed afterwards.
    ///
    /// # Errors
    /// [`SpeechError::Synthesis`] when a codec breaks.
    fn finish(&mut self) -> Result<Vec<u8>, SpeechError>;
}

/// An encoder for one sound. `sample_rate` is in Hz, one of [`OUTPUT_RATES`].
///
/// # Errors
/// [`FormatError::SampleRate`] for any other rate.
pub fn encoder(
    format: Format,
    sample_rate: u32,
    delivery: Delivery,
) -> Result<Box<dyn Encoder>, FormatError> {
    Ok(Box::new(Chain::new(format, sample_rate, delivery)?))
}

/// A whole sound (mono, 24 kHz) as a file with true sizes.
///
/// # Errors
/// [`FormatError::SampleRate`], as a [`SpeechError::Synthesis`]: check what users ask for with [`check_rate`] first.
pub fn encode(format: Format, sample_rate: u32, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
    let mut encoder = encoder(format, sample_rate, Delivery::Whole)
        .map_err(|error| SpeechError::Synthesis(error.to_string()))?;
    let mut bytes = encoder.push(samples)?;
    bytes.extend(encoder.finish()?);
    Ok(bytes)
}

/// Whether audio can be delivered at a sample rate, in Hz.
///
/// # Errors
/// [`FormatError::SampleRate`] when it is none of [`OUTPUT_RATES`].
pub fn check_rate(sample_rate: u32) -> Result<u32, FormatError> {
    if OUTPUT_RATES.contains(&sample_rate) {
        Ok(sample_rate)
    } else {
        Err(FormatError::SampleRate { found: sample_rate })
    }
}
