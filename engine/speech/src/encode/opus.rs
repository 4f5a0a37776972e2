//! Opus in Ogg (RFC 7845): one stream, mono, frames of 20 ms.
//!
//! The low-delay mode codes waveforms (CELT) at every rate. The speech mode (SILK) was tried: what it makes of peaks at the
//! ceiling overshoots by 3 dB and more.

use ogg::{PacketWriteEndInfo, PacketWriter};
use opus_rs::{Application, OpusEncoder};

use super::chain::{Codec, broken};
use super::{Format, FormatError};
use crate::error::SpeechError;

/// Highest true peak of what is coded, in dBTP: the codec's noise may add as much as is left to -1.
pub(super) const CEILING: f64 = -3.0;

/// Positions in Ogg count samples at this rate, whatever was coded.
const GRANULE_RATE: u64 = 48_000;
/// Frames per second.
const FRAMES: u32 = 50;
/// Frames of the longest page: one second.
const PAGE: usize = 50;
/// Room for a packet; the format's own limit is 1275 bytes.
const MAX_PACKET: usize = 1500;
/// Any number does where there is one stream.
const SERIAL: u32 = 1;

/// The rate at which Opus codes audio that is asked for at `rate`, both in Hz: the next that this mode has. (12 kHz is one of
/// Opus's rates, but not one of this mode's.) Above 24 kHz there is nothing more to code.
pub(super) fn coded_rate(rate: u32) -> u32 {
    match rate {
        0..=8_000 => 8_000,
        8_001..=16_000 => 16_000,
        _ => 24_000,
    }
}

/// Bits per second at a coded rate.
fn bitrate(coded: u32) -> i32 {
    match coded {
        8_000 => 32_000,
        16_000 => 56_000,
        _ => 80_000,
    }
}

/// An Ogg Opus stream in the making.
pub(super) struct Opus {
    encoder: OpusEncoder,
    pages: PacketWriter<'static, Vec<u8>>,
    /// The rate the sound was asked for, in Hz: players may show it.
    asked: u32,
    coded: u32,
    waiting: Vec<f32>,
    taken: u64,
    packets: u64,
}

impl Opus {
    pub(super) fn new(asked: u32) -> Result<Self, FormatError> {
        let coded = coded_rate(asked);
        let mut encoder = i32::try_from(coded)
            .map_err(|_| "rate out of range")
            .and_then(|rate| OpusEncoder::new(rate, 1, Application::RestrictedLowDelay))
            .map_err(|reason| FormatError::Codec {
                format: Format::Opus.name(),
                reason: reason.to_owned(),
            })?;
        encoder.bitrate_bps = bitrate(coded);
        encoder.use_cbr = false;
        Ok(Self {
            encoder,
            pages: PacketWriter::new(Vec::new()),
            asked,
            coded,
            waiting: Vec::new(),
            taken: 0,
            packets: 0,
        })
    }

    fn frame(&self) -> usize {
        (self.coded / FRAMES) as usize
    }

    /// Samples at [`GRANULE_RATE`] that a decoder gives before the sound: the encoder looks ahead 2.5 ms.
    fn pre_skip() -> u64 {
        GRANULE_RATE / 400
    }

    /// Where the sound so far ends, in Ogg's counting.
    fn end(&self) -> u64 {
        Self::pre_skip() + self.taken * GRANULE_RATE / u64::from(self.coded)
    }

    /// Codes one frame onto the current page.
    fn packet(&mut self, frame: &[f32], end: PacketWriteEndInfo) -> Result<(), SpeechError> {
        let mut packet = vec![0; MAX_PACKET];
        let length = self
            .encoder
            .encode(frame, frame.len(), &mut packet)
            .map_err(|reason| broken(Format::Opus, reason))?;
        packet.truncate(length);
        self.packets += 1;
        let coded = self.packets * GRANULE_RATE / u64::from(FRAMES);
        let position = match end {
            PacketWriteEndInfo::EndStream => self.end(),
            _ => coded,
        };
        self.write(packet, end, position)
    }

    fn write(
        &mut self,
        packet: Vec<u8>,
        end: PacketWriteEndInfo,
        position: u64,
    ) -> Result<(), SpeechError> {
        self.pages
            .write_packet(packet, SERIAL, end, position)
            .map_err(|error| broken(Format::Opus, &error.to_string()))
    }

    fn written(&mut self) -> Vec<u8> {
        std::mem::take(self.pages.inner_mut())
    }
}

impl Codec for Opus {
    fn head(&mut self) -> Result<Vec<u8>, SpeechError> {
        let pre_skip = u16::try_from(Self::pre_skip()).unwrap_or(u16::MAX);
        // Version 1, one channel; no gain, mapping family 0.
        let mut head = b"OpusHead\x01\x01".to_vec();
        head.extend(pre_skip.to_le_bytes());
        head.extend(self.asked.to_le_bytes());
        head.extend([0; 3]);
        let vendor = concat!("kokoro ", env!("CARGO_PKG_VERSION"));
        let mut tags = b"OpusTags".to_vec();
        tags.extend(u32::try_from(vendor.len()).unwrap_or(0).to_le_bytes());
        tags.extend(vendor.bytes());
        tags.extend(0_u32.to_le_bytes());
        self.write(head, PacketWriteEndInfo::EndPage, 0)?;
        self.write(tags, PacketWriteEndInfo::EndPage, 0)?;
        Ok(self.written())
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        self.taken += samples.len() as u64;
        self.waiting.extend_from_slice(samples);
        let frame = self.frame();
        let whole = self.waiting.len() - self.waiting.len() % frame;
        let rest = self.waiting.split_off(whole);
        let ready = std::mem::replace(&mut self.waiting, rest);
        for page in ready.chunks(frame * PAGE) {
            let frames = page.len() / frame;
            for (n, samples) in page.chunks(frame).enumerate() {
                let end = if n + 1 == frames {
                    PacketWriteEndInfo::EndPage
                } else {
                    PacketWriteEndInfo::NormalPacket
                };
                self.packet(samples, end)?;
            }
        }
        Ok(self.written())
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        // The look-ahead makes the sound end inside the frame after its last sample: there is always one more to code.
        let frames = self.end().div_ceil(GRANULE_RATE / u64::from(FRAMES));
        while self.packets < frames {
            let mut frame = vec![0.0; self.frame()];
            for (slot, sample) in frame.iter_mut().zip(self.waiting.drain(..)) {
                *slot = sample;
            }
            let end = if self.packets + 1 == frames {
                PacketWriteEndInfo::EndStream
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            self.packet(&frame, end)?;
        }
        Ok(self.written())
    }
}
