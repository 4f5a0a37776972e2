//! The containers that requests may ask for.

use kokoro_speech::{SAMPLE_RATE, wav};

/// Bytes of one second of audio: 24 kHz, 16 bits, one channel.
pub const BYTES_PER_SECOND: u32 = SAMPLE_RATE * 2;

/// Container of the audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// Signed 16-bit little-endian samples, one channel, 24 kHz, no header.
    #[default]
    Pcm,
    /// The same samples behind a RIFF/WAVE header.
    Wav,
}

impl Format {
    /// Every format, by the name a request uses.
    pub const ALL: [Self; 2] = [Self::Pcm, Self::Wav];

    /// The name a request uses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pcm => "pcm",
            Self::Wav => "wav",
        }
    }

    /// Whether a stream of it is as good as the whole: nothing in it says how long it is.
    #[must_use]
    pub fn has_no_length(self) -> bool {
        self == Self::Pcm
    }

    /// The format of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The media type of an answer.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pcm => "audio/pcm",
            Self::Wav => "audio/wav",
        }
    }

    /// Whole audio in this format, with true sizes.
    #[must_use]
    pub fn encode(self, samples: &[f32]) -> Vec<u8> {
        match self {
            Self::Pcm => wav::pcm_bytes(samples),
            Self::Wav => wav::wav_bytes(samples),
        }
    }

    /// What a stream in this format starts with.
    #[must_use]
    pub fn stream_prefix(self) -> Vec<u8> {
        match self {
            Self::Pcm => Vec::new(),
            Self::Wav => wav::streaming_header().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
