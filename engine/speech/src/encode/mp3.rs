//! MP3: MPEG-1, 2 and 2.5, layer III, mono.
//!
//! Every file and stream starts with an Info or Xing frame that says how many samples of delay a player must skip; in a
//! whole file it also says where the sound ends, so its length is exact. The end of a stream cannot be written in its
//! beginning: a streamed MP3 plays up to two frames of silence at its end.

use rusty_mp3::encode::lametag::crc16;
use rusty_mp3::{Error, Mp3Encoder, Mp3EncoderConfig};

use super::chain::{Codec, broken, patch};
use super::{Format, FormatError};
use crate::error::SpeechError;

/// Highest true peak of what is coded, in dBTP: the codec's noise may add as much as is left to -1.
pub(super) const CEILING: f64 = -2.2;

/// An MP3 in the making.
pub(super) struct Mp3 {
    encoder: Mp3Encoder,
    rate: u32,
    /// Whether the Info frame has left.
    is_open: bool,
}

impl Mp3 {
    pub(super) fn new(rate: u32) -> Result<Self, FormatError> {
        let mut encoder = Mp3Encoder::new(Mp3EncoderConfig {
            bitrate_kbps: bitrate(rate),
            // At these rates the encoder keeps everything to the end when the bit rate is constant.
            vbr_quality: (rate >= 32_000).then_some(128.0),
        });
        encoder
            .push_pcm_f32(&[], 1, rate)
            .map_err(|error| FormatError::Codec {
                format: Format::Mp3.name(),
                reason: error.to_string(),
            })?;
        Ok(Self {
            encoder,
            rate,
            is_open: false,
        })
    }

    fn ready(&mut self) -> Result<Vec<u8>, SpeechError> {
        let mut bytes = Vec::new();
        loop {
            match self.encoder.next_packet() {
                Ok(packet) if self.is_open => bytes.extend(packet),
                Ok(packet) => {
                    self.is_open = true;
                    // After the end, the frame is true as it is.
                    let has_ended = self.encoder.lame_tag_frame().is_some();
                    bytes.extend(if has_ended {
                        packet
                    } else {
                        endless(&packet, self.rate)
                    });
                }
                Err(Error::Again | Error::Eof) => return Ok(bytes),
                Err(error) => return Err(broken(Format::Mp3, &error.to_string())),
            }
        }
    }
}

/// Kilobits per second at a sample rate: about four bits a sample, which speech does not exhaust.
fn bitrate(rate: u32) -> u32 {
    match rate {
        0..=12_000 => 48,
        12_001..=16_000 => 64,
        16_001..=24_000 => 96,
        _ => 128,
    }
}

/// An Info frame that keeps the delay and says nothing of frames, bytes and places, which are not known yet. Zeros in their
/// place would be taken for the truth.
fn endless(frame: &[u8], rate: u32) -> Vec<u8> {
    /// Flags, frames, bytes, table of places, quality.
    const XING_FIELDS: usize = 4 + 4 + 4 + 100 + 4;
    /// From the encoder's name to the bytes before the delay, in samples of 12 bits, and the padding, as long.
    const NAME_TO_PEAKS: usize = 21;
    /// From there to the bytes before length and checksums.
    const DELAY_TO_PRESET: usize = 7;
    // Frame header, side information of one channel, `Info`.
    let begin = if rate >= 32_000 {
        4 + 17 + 4
    } else {
        4 + 9 + 4
    };
    let mut extension = frame.iter().copied().skip(begin + XING_FIELDS);
    let mut out: Vec<u8> = frame.iter().copied().take(begin).collect();
    out.extend([0; 4]);
    out.extend(extension.by_ref().take(NAME_TO_PEAKS));
    let unpadded = [0xFF, 0xF0, 0].into_iter().chain([0xFF; 4]);
    let delay = extension.take(DELAY_TO_PRESET).zip(unpadded);
    out.extend(delay.map(|(byte, mask)| byte & mask));
    out.extend([0; 6]);
    out.extend(crc16(0, &out).to_be_bytes());
    out.resize(frame.len(), 0);
    out
}

impl Codec for Mp3 {
    fn head(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(Vec::new())
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        self.encoder
            .push_pcm_f32(samples, 1, self.rate)
            .map_err(|error| broken(Format::Mp3, &error.to_string()))?;
        self.ready()
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        self.encoder.finish();
        self.ready()
    }

    fn seal(&self, file: &mut [u8]) {
        patch(file, 0, self.encoder.lame_tag_frame().unwrap_or_default());
    }
}
