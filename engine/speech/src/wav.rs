//! WAV: RIFF, PCM, 16 bit, mono.

#[cfg(test)]
mod tests;

use crate::engine::SAMPLE_RATE;

/// Bytes of a header.
pub const HEADER_BYTES: usize = 44;

/// 16-bit samples of floats in -1.0..=1.0; what is beyond is clipped, what is no number is silence.
#[must_use]
pub fn to_i16(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|sample| quantise(*sample)).collect()
}

/// Little-endian bytes of 16-bit samples: raw PCM.
#[must_use]
pub fn pcm_bytes(samples: &[f32]) -> Vec<u8> {
    samples
        .iter()
        .flat_map(|sample| quantise(*sample).to_le_bytes())
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the range of i16"
)]
fn quantise(sample: f32) -> i16 {
    // A NaN cast gives 0, by the language's definition.
    (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}

/// A whole WAV file with its true sizes, mono at 24 kHz.
#[must_use]
pub fn wav_bytes(samples: &[f32]) -> Vec<u8> {
    let mut bytes = header_of(SAMPLE_RATE, samples.len() * 2).to_vec();
    bytes.extend(pcm_bytes(samples));
    bytes
}

/// The header of a WAV whose length is not known yet: both sizes are 0xFFFFFFFF.
#[must_use]
pub fn streaming_header() -> [u8; HEADER_BYTES] {
    streaming_header_at(SAMPLE_RATE)
}

/// The same at another sample rate, in Hz.
#[must_use]
pub fn streaming_header_at(rate: u32) -> [u8; HEADER_BYTES] {
    header(rate, u32::MAX, u32::MAX)
}

/// The header of so many bytes of samples at a sample rate, in Hz. Sizes that no WAV can hold are as in a stream's header.
#[must_use]
pub fn header_of(rate: u32, bytes: usize) -> [u8; HEADER_BYTES] {
    let data = u32::try_from(bytes).unwrap_or(u32::MAX);
    header(rate, data.saturating_add(36), data)
}

fn header(rate: u32, riff: u32, data: u32) -> [u8; HEADER_BYTES] {
    let mut out = [0; HEADER_BYTES];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &riff.to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate.to_le_bytes(),
        &(rate * 2).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &data.to_le_bytes(),
    ];
    for (slot, byte) in out
        .iter_mut()
        .zip(fields.iter().flat_map(|field| field.iter()))
    {
        *slot = *byte;
    }
    out
}

/// What a WAV holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Wav {
    /// Samples per second.
    pub rate: u32,
    /// The first channel's samples, -1.0..=1.0.
    pub samples: Vec<f32>,
}

/// Why bytes are not a WAV that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WavError {
    /// No RIFF/WAVE signature.
    #[error("expected a RIFF/WAVE file, found {found} bytes of something else")]
    NotWav {
        /// Bytes found.
        found: usize,
    },
    /// No format or no data chunk.
    #[error("expected a `{missing}` chunk, found none")]
    MissingChunk {
        /// Its name.
        missing: &'static str,
    },
    /// Something else than 16-bit PCM, mono.
    #[error(
        "expected 16-bit PCM with one channel, found format {format}, {bits} bit, {channels} channels"
    )]
    Unsupported {
        /// Format tag.
        format: u16,
        /// Bits per sample.
        bits: u16,
        /// Channels.
        channels: u16,
    },
    /// A sample rate nobody uses for speech.
    #[error("expected a sample rate of 8000 to 192000 Hz, found {0}")]
    Rate(u32),
}

/// Reads a 16-bit mono WAV. A data chunk that says it is longer than the file (a stream's header) ends with the file.
///
/// # Errors
/// What was expected and what was found.
pub fn parse(bytes: &[u8]) -> Result<Wav, WavError> {
    let not_wav = WavError::NotWav { found: bytes.len() };
    if bytes.get(..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(not_wav);
    }
    let mut rest = bytes.get(12..).unwrap_or_default();
    let mut rate = None;
    // A chunk takes at least its 8 bytes of name and size.
    for _ in 0..bytes.len() / 8 {
        let (Some(name), Some(size)) = (rest.get(..4), u32_at(rest, 4)) else {
            break;
        };
        let rest_of_file = rest.get(8..).unwrap_or_default();
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let body = rest_of_file
            .get(..size.min(rest_of_file.len()))
            .unwrap_or_default();
        match name {
            b"fmt " => rate = Some(format(body)?),
            b"data" => {
                let rate = rate.ok_or(WavError::MissingChunk { missing: "fmt" })?;
                let samples = body
                    .chunks_exact(2)
                    .filter_map(|pair| pair.try_into().ok())
                    .map(|pair| f32::from(i16::from_le_bytes(pair)) / 32_768.0)
                    .collect();
                return Ok(Wav { rate, samples });
            }
            _ => {}
        }
        // Chunks are padded to even lengths.
        rest = rest_of_file
            .get(size.saturating_add(size % 2)..)
            .unwrap_or_default();
    }
    Err(WavError::MissingChunk {
        missing: if rate.is_some() { "data" } else { "fmt" },
    })
}

fn format(body: &[u8]) -> Result<u32, WavError> {
    let missing = WavError::MissingChunk { missing: "fmt" };
    let (Some(format), Some(channels), Some(rate), Some(bits)) = (
        u16_at(body, 0),
        u16_at(body, 2),
        u32_at(body, 4),
        u16_at(body, 14),
    ) else {
        return Err(missing);
    };
    if (format, channels, bits) != (1, 1, 16) {
        return Err(WavError::Unsupported {
            format,
            bits,
            channels,
        });
    }
    if !(8_000..=192_000).contains(&rate) {
        return Err(WavError::Rate(rate));
    }
    Ok(rate)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
