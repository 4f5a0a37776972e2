//! RIFF/WAVE files and raw PCM, as a server sends them.
//!
//! A server that streams a WAV file does not know its length when it writes the header, and writes
//! 0xFFFFFFFF; such a chunk reaches to the end. Any other length must be there in full.

use std::ops::RangeInclusive;

/// Sample rate of the raw PCM that the contract streams, Hz.
const PCM_RATE: u32 = 24_000;
/// Sample rates a speech server may use, Hz.
const RATES: RangeInclusive<u32> = 8_000..=192_000;
/// Length of a chunk whose writer did not know it.
const UNKNOWN_LENGTH: u32 = u32::MAX;
/// Format tags (RFC 2361 and WAVE_FORMAT_EXTENSIBLE).
const TAG_PCM: u16 = 1;
const TAG_FLOAT: u16 = 3;
const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// Decoded audio.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Audio {
    /// 1 or 2.
    pub(super) channels: u32,
    /// Frames per second.
    pub(super) rate: u32,
    /// Interleaved, -1.0..=1.0.
    pub(super) samples: Vec<f32>,
}

impl Audio {
    /// Length.
    pub(super) fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.channels) / f64::from(self.rate)
    }
}

/// The format chunk.
#[derive(Debug, Clone, Copy)]
struct Format {
    tag: u16,
    channels: u16,
    rate: u32,
    bits: u16,
}

/// Raw PCM: 16-bit little-endian, mono, 24 kHz.
pub(super) fn pcm(bytes: &[u8]) -> Result<Audio, String> {
    Ok(Audio {
        channels: 1,
        rate: PCM_RATE,
        samples: samples_16(bytes)?,
    })
}

/// A WAV file of 16-bit integers or 32-bit floats, mono or stereo.
pub(super) fn decode(bytes: &[u8]) -> Result<Audio, String> {
    let mut rest = bytes;
    if take(&mut rest, 4) != Some(b"RIFF".as_slice()) {
        return Err("it does not begin with RIFF".to_owned());
    }
    // The length of the whole is not used: the chunks say theirs.
    let whole = take(&mut rest, 8).ok_or("the header is cut")?;
    if !whole.ends_with(b"WAVE") {
        return Err("it is RIFF and not WAVE".to_owned());
    }
    let mut format: Option<Format> = None;
    // Every chunk takes at least its own header, so the loop ends.
    while let Some(id) = take(&mut rest, 4) {
        let stated = number_32(&mut rest).ok_or("the header of a chunk is cut")?;
        let length = usize::try_from(stated).unwrap_or(usize::MAX);
        if id == b"data" {
            let format = format.ok_or("the data come before their format")?;
            let open = stated == UNKNOWN_LENGTH;
            let data = if open { Some(rest) } else { rest.get(..length) };
            return format.samples(data.ok_or_else(|| {
                format!("it says {length} bytes of data and has {}", rest.len())
            })?);
        }
        let mut content = take(&mut rest, length).ok_or("a chunk is cut")?;
        if id == b"fmt " {
            format = Some(Format::read(&mut content).ok_or("the format is cut")?);
        }
        // Chunks begin at even places.
        if length % 2 == 1 {
            take(&mut rest, 1);
        }
    }
    Err("it has no data".to_owned())
}

impl Format {
    fn read(content: &mut &[u8]) -> Option<Self> {
        let tag = number_16(content)?;
        let channels = number_16(content)?;
        let rate = number_32(content)?;
        // Bytes per second and per frame follow from the others.
        take(content, 6)?;
        let bits = number_16(content)?;
        // Extension: its size, valid bits, speaker mask; then the tag that an ordinary file has.
        let tag = if tag == TAG_EXTENSIBLE {
            take(content, 8)?;
            number_16(content)?
        } else {
            tag
        };
        Some(Format {
            tag,
            channels,
            rate,
            bits,
        })
    }

    fn samples(self, data: &[u8]) -> Result<Audio, String> {
        if !matches!(self.channels, 1 | 2) || !RATES.contains(&self.rate) {
            return Err(format!(
                "{} channels at {} Hz cannot be metered",
                self.channels, self.rate
            ));
        }
        let samples = match (self.tag, self.bits) {
            (TAG_PCM, 16) => samples_16(data)?,
            (TAG_FLOAT, 32) => samples_float(data)?,
            (tag, bits) => return Err(format!("format {tag} with {bits} bits is not read here")),
        };
        if samples.len() % usize::from(self.channels) != 0 {
            return Err("the last frame is cut".to_owned());
        }
        Ok(Audio {
            channels: u32::from(self.channels),
            rate: self.rate,
            samples,
        })
    }
}

fn samples_16(data: &[u8]) -> Result<Vec<f32>, String> {
    let (pairs, []) = data.as_chunks::<2>() else {
        return Err("the last sample is cut".to_owned());
    };
    Ok(pairs
        .iter()
        .map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32_768.0)
        .collect())
}

fn samples_float(data: &[u8]) -> Result<Vec<f32>, String> {
    let (words, []) = data.as_chunks::<4>() else {
        return Err("the last sample is cut".to_owned());
    };
    let samples: Vec<f32> = words.iter().map(|&word| f32::from_le_bytes(word)).collect();
    match samples.iter().position(|sample| !sample.is_finite()) {
        None => Ok(samples),
        Some(index) => Err(format!("sample {index} is no finite number")),
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    rest.split_off(..length)
}

fn number_16(rest: &mut &[u8]) -> Option<u16> {
    take(rest, 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn number_32(rest: &mut &[u8]) -> Option<u32> {
    take(rest, 4)?.try_into().ok().map(u32::from_le_bytes)
}

#[cfg(test)]
mod tests;
