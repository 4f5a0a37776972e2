//! The result file: raw trials, and what follows from them.

use std::fmt::Write as _;

use serde::Serialize;

use super::client::{Heard, Status};
use super::content::Reference;
use super::leavers::Left;
use super::machine::Machine;
use super::playback::{Arrival, seconds_of, underruns};
use super::stats::{self, Interval, Sorted};

/// Version of the file's shape.
const SCHEMA_VERSION: u32 = 2;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Config {
    pub(crate) preset: &'static str,
    pub(crate) stream: bool,
    pub(crate) format: &'static str,
    /// Requests to measure; null where the time says when it is enough.
    pub(crate) trials: Option<usize>,
    /// Seconds to measure for; null where the trials are counted.
    pub(crate) duration_s: Option<u64>,
    pub(crate) concurrent: usize,
    /// What each answer is compared with: `bytes` of the same request made alone, or `envelope` of the text spoken whole.
    pub(crate) compared: &'static str,
    pub(crate) voice: Option<String>,
    /// Length of each text.
    pub(crate) characters: Vec<usize>,
}

/// Requests around the measured ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Unmeasured {
    /// What is loaded or grown once happens in these.
    pub(crate) before: usize,
    /// These keep up the load until the last measured one is done.
    pub(crate) after: usize,
    pub(crate) failed: usize,
}

/// One measured request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Trial {
    pub(crate) ok: bool,
    /// HTTP status; null without an answer.
    pub(crate) status: Option<u16>,
    /// Which of the preset's texts, from 0.
    pub(crate) text: usize,
    /// Seconds from the begin of the measurement.
    pub(crate) started_s: f64,
    /// Seconds to the first byte of audio; null where none came.
    pub(crate) ttfa_s: Option<f64>,
    /// Seconds to the last byte.
    pub(crate) wall_s: f64,
    /// Bytes of audio.
    pub(crate) bytes: u64,
    /// Seconds of audio.
    pub(crate) audio_s: f64,
    pub(crate) underruns: u64,
    /// Half seconds of audio that came before one that belongs before them.
    pub(crate) out_of_order: u64,
    /// Whether its bytes are those of the same request made alone; null where those differ from one time to the next.
    pub(crate) identical: Option<bool>,
    /// Whether the server was too busy and said so: 429 or 503 with `Retry-After`. Such a trial is not `ok`.
    pub(crate) refused: bool,
    /// The server's resident memory before, during and after.
    pub(crate) rss_bytes: Vec<u64>,
    /// Arrivals of audio: seconds since the request was sent, bytes.
    pub(crate) chunks: Vec<Arrival>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

impl Trial {
    pub(crate) fn new(text: usize, started_s: f64, heard: &Heard) -> Self {
        Self {
            ok: heard.error.is_none(),
            status: heard.status,
            text,
            started_s,
            ttfa_s: heard.ttfa_s,
            wall_s: heard.wall_s,
            bytes: heard.envelope.bytes(),
            audio_s: heard.audio_s(),
            underruns: underruns(&heard.chunks),
            out_of_order: 0,
            identical: None,
            refused: heard.refused.is_some(),
            rss_bytes: Vec::new(),
            chunks: heard.chunks.clone(),
            error: heard.error.clone(),
        }
    }

    /// It failed after all.
    pub(crate) fn fail(&mut self, reason: String) {
        self.ok = false;
        self.error = Some(reason);
    }

    /// Wall time over audio time.
    fn rtf(&self) -> f64 {
        self.wall_s / self.audio_s
    }
}

/// The measured numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    /// Seconds; null when no trial succeeded. So are the other percentiles.
    pub(crate) ttfa_p50: Option<f64>,
    pub(crate) ttfa_p95: Option<f64>,
    pub(crate) ttfa_p95_interval: Interval,
    /// Wall time over audio time.
    pub(crate) rtf_p50: Option<f64>,
    pub(crate) rtf_p95: Option<f64>,
    pub(crate) rtf_p95_interval: Interval,
    /// Seconds to the last byte.
    pub(crate) wall_p95: Option<f64>,
    /// The server's largest resident memory minus its smallest, in MB (10^6 bytes); null where it does not say.
    pub(crate) memory_envelope: Option<f64>,
    /// How much the median time to first audio (under load: to the last byte) differs between the first
    /// third of the trials and the last, relative.
    pub(crate) drift: Option<f64>,
    pub(crate) underruns: u64,
    pub(crate) out_of_order: u64,
    pub(crate) failed_trials: usize,
    /// Those of the failed ones that were refused.
    pub(crate) refused_trials: usize,
    pub(crate) successful_trials: usize,
    /// Trials whose bytes are those of the same request made alone.
    pub(crate) identical_trials: usize,
    /// How much the server's median resident memory in the last third of the trials is above that in the first, relative; null where it
    /// does not say.
    pub(crate) memory_drift: Option<f64>,
}

impl Summary {
    /// The numbers of all trials.
    pub(crate) fn of(trials: &[Trial], is_load: bool) -> Self {
        let good: Vec<&Trial> = trials.iter().filter(|trial| trial.ok).collect();
        let ttfa = Sorted::new(good.iter().filter_map(|trial| trial.ttfa_s));
        let rtf = Sorted::new(good.iter().map(|trial| trial.rtf()));
        let wall = Sorted::new(good.iter().map(|trial| trial.wall_s));
        Self {
            ttfa_p50: ttfa.percentile(0.5),
            ttfa_p95: ttfa.percentile(0.95),
            ttfa_p95_interval: ttfa.interval(0.95),
            rtf_p50: rtf.percentile(0.5),
            rtf_p95: rtf.percentile(0.95),
            rtf_p95_interval: rtf.interval(0.95),
            wall_p95: wall.percentile(0.95),
            memory_envelope: memory_envelope(trials),
            drift: drift(trials, is_load),
            underruns: good.iter().map(|trial| trial.underruns).sum(),
            out_of_order: good.iter().map(|trial| trial.out_of_order).sum(),
            failed_trials: trials.len() - good.len(),
            refused_trials: trials.iter().filter(|trial| trial.refused).count(),
            successful_trials: good.len(),
            identical_trials: good
                .iter()
                .filter(|trial| trial.identical == Some(true))
                .count(),
            memory_drift: memory_drift(trials),
        }
    }
}

/// Difference between the first third of the trials and the last.
fn drift(trials: &[Trial], is_load: bool) -> Option<f64> {
    // Under load the first audio of a request waits for the others'; the whole of it is what may creep.
    let time = |trial: &Trial| {
        if is_load {
            Some(trial.wall_s)
        } else {
            trial.ttfa_s
        }
    };
    let third = trials.len() / 3;
    let of = |part: &mut dyn Iterator<Item = &Trial>| {
        stats::median(part.filter(|trial| trial.ok).filter_map(time))
    };
    let first = of(&mut trials.iter().take(third))?;
    let last = of(&mut trials.iter().skip(trials.len() - third))?;
    Some(stats::difference(first, last))
}

/// Growth of the median resident memory from the first third of the trials to the last.
#[expect(
    clippy::cast_precision_loss,
    reason = "memory of 2^53 bytes does not happen"
)]
fn memory_drift(trials: &[Trial]) -> Option<f64> {
    let third = trials.len() / 3;
    let of = |part: &[Trial]| {
        let samples = part.iter().flat_map(|trial| trial.rss_bytes.iter());
        stats::median(samples.map(|bytes| *bytes as f64))
    };
    let first = of(trials.get(..third)?)?;
    let last = of(trials.get(trials.len() - third..)?)?;
    Some((last - first) / first)
}

/// Largest minus smallest resident memory, in MB, after the first tenth of the trials.
#[expect(
    clippy::cast_precision_loss,
    reason = "memory of 2^53 bytes does not happen"
)]
fn memory_envelope(trials: &[Trial]) -> Option<f64> {
    let steady = trials.iter().skip(trials.len() / 10);
    let samples = || {
        steady
            .clone()
            .flat_map(|trial| trial.rss_bytes.iter().copied())
    };
    Some((samples().max()? - samples().min()?) as f64 / 1e6)
}

/// The file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Report {
    schema_version: u32,
    preset: &'static str,
    machine: Machine,
    /// Version of the server.
    engine_version: String,
    provider: Option<String>,
    backend: Option<String>,
    execution_provider: Option<String>,
    model_sha256: Option<String>,
    config: Config,
    /// The numbers of the summary, where commands look for them.
    #[serde(flatten)]
    numbers: Summary,
    summary: Summary,
    unmeasured: Unmeasured,
    /// Seconds of each text spoken whole: what streams were compared with.
    reference_audio_s: Vec<f64>,
    /// What clients that went left behind; null where none were asked to go.
    disconnect: Option<Left>,
    trials: Vec<Trial>,
}

impl Report {
    pub(crate) fn new(
        config: Config,
        status: &Status,
        unmeasured: Unmeasured,
        references: &[Reference],
        disconnect: Option<Left>,
        trials: Vec<Trial>,
    ) -> Self {
        let summary = Summary::of(&trials, config.preset == "load");
        Self {
            schema_version: SCHEMA_VERSION,
            preset: config.preset,
            machine: Machine::here(),
            engine_version: status.version.clone(),
            provider: status.provider.clone(),
            backend: status.backend.clone(),
            execution_provider: status.providers.first().cloned(),
            model_sha256: status.model_sha256.clone(),
            config,
            numbers: summary.clone(),
            summary,
            unmeasured,
            reference_audio_s: references
                .iter()
                .map(|reference| seconds_of(reference.envelope.bytes()))
                .collect(),
            disconnect,
            trials,
        }
    }

    /// Whether any trial succeeded.
    pub(crate) fn has_success(&self) -> bool {
        self.summary.successful_trials > 0
    }

    /// The numbers, for people.
    pub(crate) fn for_people(&self) -> String {
        let number = |value: Option<f64>, unit: &str| {
            value.map_or("none".to_owned(), |value| format!("{value:.3}{unit}"))
        };
        let summary = &self.summary;
        let mut text = String::new();
        let rows = [
            (
                "provider",
                format!(
                    "{} ({})",
                    self.provider.as_deref().unwrap_or("none"),
                    self.backend.as_deref().unwrap_or("none")
                ),
            ),
            (
                "trials",
                format!(
                    "{}, {} failed, {} of them refused",
                    self.trials.len(),
                    summary.failed_trials,
                    summary.refused_trials
                ),
            ),
            (
                "time to first audio",
                format!(
                    "p50 {}, p95 {}",
                    number(summary.ttfa_p50, " s"),
                    number(summary.ttfa_p95, " s")
                ),
            ),
            (
                "real-time factor",
                format!(
                    "p50 {}, p95 {}",
                    number(summary.rtf_p50, ""),
                    number(summary.rtf_p95, "")
                ),
            ),
            ("memory envelope", number(summary.memory_envelope, " MB")),
            ("memory drift", number(summary.memory_drift, "")),
            ("drift", number(summary.drift, "")),
            ("underruns", summary.underruns.to_string()),
            ("out of order", summary.out_of_order.to_string()),
            (
                "same bytes as alone",
                format!(
                    "{}; judged by {}",
                    summary.identical_trials, self.config.compared
                ),
            ),
        ];
        for (name, value) in rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:20} {value}");
        }
        if let Some(left) = &self.disconnect {
            let _ = writeln!(
                text,
                "clients that went    {}, {} of them hearing; idle after {}, {} of processor in the second from 1 s",
                left.clients,
                left.hearing,
                number(left.idle_after_s, " s"),
                number(left.cpu_s, " s"),
            );
        }
        if let Some(error) = self.trials.iter().find_map(|trial| trial.error.as_deref()) {
            let _ = writeln!(text, "first failure        {error}");
        }
        text
    }
}

#[cfg(test)]
mod tests;
