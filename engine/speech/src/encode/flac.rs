//! FLAC: 16 bit, mono, blocks of one size. Layout of the header: RFC 9639, section 8.

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr as _, StreamInfo};
use flacenc::config;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};

use super::chain::{Codec, broken, patch};
use super::{Format, FormatError};
use crate::error::SpeechError;
use crate::wav;

/// Blocks per second. Speech changes so fast that blocks of 50 ms give smaller files than the usual 4096 samples.
const BLOCKS: u32 = 20;
/// Bits of a sample.
const BITS: usize = 16;

/// A FLAC stream in the making.
pub(super) struct Flac {
    rate: u32,
    block: usize,
    config: Verified<config::Encoder>,
    info: StreamInfo,
    /// Counts samples and digests them.
    context: Context,
    frame: FrameBuf,
    waiting: Vec<i32>,
    frames: usize,
    /// Bytes of the shortest and the longest frame.
    sizes: Option<(usize, usize)>,
}

impl Flac {
    pub(super) fn new(rate: u32) -> Result<Self, FormatError> {
        let failed = |reason: String| FormatError::Codec {
            format: Format::Flac.name(),
            reason,
        };
        let block = (rate / BLOCKS) as usize;
        let mut config = config::Encoder::default();
        config.block_size = block;
        Ok(Self {
            rate,
            block,
            config: config
                .into_verified()
                .map_err(|(_, error)| failed(error.to_string()))?,
            info: StreamInfo::new(rate as usize, 1, BITS)
                .map_err(|error| failed(error.to_string()))?,
            context: Context::new(BITS, 1),
            frame: FrameBuf::with_size(1, block).map_err(|error| failed(error.to_string()))?,
            waiting: Vec::new(),
            frames: 0,
            sizes: None,
        })
    }

    /// Signature and STREAMINFO, the only metadata block. Zero stands for what is not known.
    fn header(&self, total: u64, md5: [u8; 16]) -> Vec<u8> {
        let block = u16::try_from(self.block).unwrap_or(u16::MAX).to_be_bytes();
        let (least, most) = self.sizes.unwrap_or_default();
        let mut out = b"fLaC\x80\0\0\x22".to_vec();
        out.extend(block);
        out.extend(block);
        for size in [least, most] {
            out.extend(
                u32::try_from(size)
                    .unwrap_or(0)
                    .to_be_bytes()
                    .iter()
                    .skip(1),
            );
        }
        // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
        let packed = u64::from(self.rate) << 44 | (BITS as u64 - 1) << 36 | total;
        out.extend(packed.to_be_bytes());
        out.extend(md5);
        out
    }

    fn block(&mut self, samples: &[i32]) -> Result<Vec<u8>, SpeechError> {
        let failed = |reason: String| broken(Format::Flac, &reason);
        self.frame
            .fill_interleaved(samples)
            .and_then(|()| self.context.fill_interleaved(samples))
            .map_err(|error| failed(error.to_string()))?;
        let frame = encode_fixed_size_frame(&self.config, &self.frame, self.frames, &self.info)
            .map_err(|error| failed(error.to_string()))?;
        let mut sink = ByteSink::new();
        frame
            .write(&mut sink)
            .map_err(|error| failed(error.to_string()))?;
        let bytes = sink.into_inner();
        self.frames += 1;
        let (least, most) = self.sizes.unwrap_or((bytes.len(), bytes.len()));
        self.sizes = Some((least.min(bytes.len()), most.max(bytes.len())));
        Ok(bytes)
    }
}

impl Codec for Flac {
    fn head(&mut self) -> Result<Vec<u8>, SpeechError> {
        Ok(self.header(0, [0; 16]))
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        self.waiting
            .extend(wav::to_i16(samples).into_iter().map(i32::from));
        let whole = self.waiting.len() - self.waiting.len() % self.block;
        let rest = self.waiting.split_off(whole);
        let ready = std::mem::replace(&mut self.waiting, rest);
        let mut bytes = Vec::new();
        for block in ready.chunks(self.block) {
            bytes.extend(self.block(block)?);
        }
        Ok(bytes)
    }

    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        let last = std::mem::take(&mut self.waiting);
        if last.is_empty() {
            Ok(Vec::new())
        } else {
            self.block(&last)
        }
    }

    fn seal(&self, file: &mut [u8]) {
        let total = self.context.total_samples() as u64;
        patch(file, 0, &self.header(total, self.context.md5_digest()));
    }
}
