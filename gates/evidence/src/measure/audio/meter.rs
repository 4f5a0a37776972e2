//! Loudness and true peak of decoded audio.

use ebur128::{EbuR128, Mode};

use super::riff::Audio;

/// Seconds of one gating block of BS.1770: shorter audio has no integrated loudness.
const BLOCK_SECONDS: f64 = 0.4;
/// Zeros fed after the end, so that the oversampling filter gives its last samples out.
const FLUSH_FRAMES: usize = 64;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Level {
    /// Integrated loudness, LUFS.
    pub(super) loudness: f64,
    /// True peak, dBTP.
    pub(super) true_peak: f64,
}

/// Measures audio; `None` where it is silent (nothing above the absolute gate of -70 LUFS) or
/// shorter than a gating block.
pub(super) fn level(audio: &Audio) -> Result<Option<Level>, String> {
    if audio.seconds() < BLOCK_SECONDS {
        return Ok(None);
    }
    let said = |error: ebur128::Error| format!("audio that cannot be metered: {error}");
    let mut meter =
        EbuR128::new(audio.channels, audio.rate, Mode::I | Mode::TRUE_PEAK).map_err(said)?;
    meter.add_frames_f32(&audio.samples).map_err(said)?;
    let loudness = meter.loudness_global().map_err(said)?;
    let channels = usize::try_from(audio.channels).unwrap_or(1);
    meter
        .add_frames_f32(&vec![0.0; FLUSH_FRAMES * channels])
        .map_err(said)?;
    let mut peak = 0.0_f64;
    for channel in 0..audio.channels {
        peak = peak.max(meter.true_peak(channel).map_err(said)?);
    }
    let level = Level {
        loudness,
        true_peak: 20.0 * peak.log10(),
    };
    Ok((level.loudness.is_finite() && level.true_peak.is_finite()).then_some(level))
}

#[cfg(test)]
mod tests;
