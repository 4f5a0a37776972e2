//! `audio`: loudness and true peak of what a server sent, measured here.
//!
//! Raw outputs: one clip each, the bytes as they came over the wire: a whole WAV file, or raw PCM
//! (16-bit little-endian, mono, 24 kHz). Integrated loudness after ITU-R BS.1770-4 with the gating of
//! EBU R 128, a mono signal taken as one channel; true peak by oversampling. A clip that is silent,
//! or shorter than the 0.4 s of one gating block, is counted as silent and enters the maxima as what
//! silence is at most: the absolute gate's -70 LUFS, and one step of 16 bits, -90.3 dBTP.

use serde::Deserialize;
use serde_json::Value;

use super::{MeasureError, Raw, Reading, common};
use crate::{
    codes,
    model::{Basis, Finding, Observation, Severity},
    parallel,
};

mod meter;
mod riff;

use meter::Level;

/// Absolute gate of BS.1770, LUFS: what has no block above it is not louder than this.
const SILENCE_LUFS: f64 = -70.0;
/// The smallest step of 16-bit audio, 20 log10(1/32768) dBTP.
const SILENCE_DBTP: f64 = -90.3;

/// Parameters of `audio`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// The clips asked for, in order.
    clips: Vec<Clip>,
    /// Loudness aimed at, LUFS.
    target: f64,
    /// How far from it a clip may be, LU.
    tolerance: f64,
    /// Highest true peak allowed, dBTP; names the clips above it.
    #[serde(default)]
    true_peak: Option<f64>,
}

/// A clip asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clip {
    /// Role of its raw output, such as `clip-000`.
    role: String,
    /// How its bytes are to be read.
    encoding: Encoding,
    /// Which of the gate's texts it speaks, from 0.
    text_index: u64,
    /// Voice asked for.
    voice: String,
    /// Speed asked for.
    speed: f64,
    /// Whether it came as a stream.
    streamed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    /// A RIFF/WAVE file.
    Wav,
    /// 16-bit little-endian PCM, mono, 24 kHz, no header.
    Pcm,
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let mut observations = Vec::new();
    let mut findings = Vec::new();
    let mut silent = 0_u64;
    let mut deviation: Option<f64> = None;
    let mut peak: Option<f64> = None;
    // Metering a clip takes longer than everything else that is done with it.
    let levels = parallel::map(&params.clips, |clip| {
        clip.level(common::raw(raws, &clip.role)?)
    });
    for (clip, level) in params.clips.iter().zip(levels) {
        let level = level?;
        let (loudness, true_peak) = level.map_or((SILENCE_LUFS, SILENCE_DBTP), |level| {
            (level.loudness, level.true_peak)
        });
        let off = (loudness - params.target).abs();
        deviation = Some(deviation.map_or(off, |most| most.max(off)));
        peak = Some(peak.map_or(true_peak, |most| most.max(true_peak)));
        let Some(level) = level else {
            silent += 1;
            findings.push(clip.silent());
            continue;
        };
        findings.extend(clip.out_of_range(&level, &params));
        observations.push(observed(
            format!("{}.loudness", clip.role),
            level.loudness,
            "LUFS",
        ));
        observations.push(observed(
            format!("{}.true_peak", clip.role),
            level.true_peak,
            "dBTP",
        ));
    }
    let examined = common::len(&params.clips);
    let mut summary = Vec::new();
    summary.extend(deviation.map(|most| observed("loudness_deviation_max", most, "LU")));
    summary.extend(peak.map(|most| observed("true_peak_max", most, "dBTP")));
    summary.push(common::count("clips_silent", silent, Basis::Observed));
    summary.push(common::count("clips", examined, Basis::Observed));
    summary.append(&mut observations);
    Ok(Reading {
        observations: summary,
        examined,
        findings,
    })
}

fn observed(name: impl Into<String>, value: f64, unit: &str) -> Observation {
    common::value(name, value, unit, Basis::Observed)
}

impl Clip {
    /// Its level; `None` where it is silent or too short to have one.
    fn level(&self, raw: &Raw) -> Result<Option<Level>, MeasureError> {
        let (expected, audio) = match self.encoding {
            Encoding::Wav => ("WAV file", riff::decode(&raw.bytes)),
            Encoding::Pcm => ("stream of 16-bit PCM", riff::pcm(&raw.bytes)),
        };
        audio
            .and_then(|audio| meter::level(&audio))
            .map_err(|found| common::malformed(raw, expected, found))
    }

    fn describe(&self) -> String {
        format!(
            "{} (text {}, voice {}, speed {}, {})",
            self.role,
            self.text_index,
            self.voice,
            self.speed,
            if self.streamed { "streamed" } else { "whole" }
        )
    }

    fn silent(&self) -> Finding {
        Finding {
            code: codes::AUDIO_SILENT.to_owned(),
            severity: Severity::Error,
            message: format!("{} is silent or shorter than 0.4 s", self.describe()),
            place: None,
            expected: Some("speech".to_owned()),
            found: Some("no measurable loudness".to_owned()),
            help: Some(
                "ask the server for this text and voice by hand and read its log".to_owned(),
            ),
        }
    }

    fn out_of_range(&self, level: &Level, params: &Params) -> Vec<Finding> {
        let finding = |what: &str, expected: String, found: String| Finding {
            code: codes::AUDIO_OUT_OF_RANGE.to_owned(),
            severity: Severity::Error,
            message: format!("{} is out of range in {what}", self.describe()),
            place: None,
            expected: Some(expected),
            found: Some(found),
            help: Some("look at the gain and the limiter for this voice and speed".to_owned()),
        };
        let mut findings = Vec::new();
        if (level.loudness - params.target).abs() > params.tolerance {
            findings.push(finding(
                "loudness",
                format!(
                    "{} LUFS, give or take {} LU",
                    params.target, params.tolerance
                ),
                format!("{:.2} LUFS", level.loudness),
            ));
        }
        if let Some(highest) = params
            .true_peak
            .filter(|&highest| level.true_peak > highest)
        {
            findings.push(finding(
                "true peak",
                format!("at most {highest} dBTP"),
                format!("{:.2} dBTP", level.true_peak),
            ));
        }
        findings
    }
}

#[cfg(test)]
mod tests;
