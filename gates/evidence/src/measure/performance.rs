//! `performance`: what a benchmark of a speaking server measured, computed again from its trials.
//!
//! Raw outputs: one result file per run (`short`, `long`, `load`, ...), its role the run's name. Per
//! run, observations `RUN.NAME`:
//!
//! - `ttfa_p95`, seconds: time to first audio; `rtf_p95`, ratio: wall time over length of audio. The
//!   95th percentile by nearest rank, with the interval that order statistics give whatever the
//!   distribution. A failed trial counts as one that never answered, so when more than one in twenty
//!   fails there is no such number.
//! - `failed_trials`, `underruns`, `out_of_order`, counts. Underruns are computed from the arrival
//!   of the chunks against playback.
//! - `memory_envelope`, MB (1e6 bytes): largest less smallest resident size of the server, after the
//!   first tenth of the trials, in which it warms up.
//! - `drift`, ratio: change of the median between the first and the last third of the trials, of the
//!   time to first audio, in the run `load` of the wall time. Relative to the first median or to
//!   20 ms, whichever is more: below that a change is the machine's noise, and nobody hears it.

use super::{MeasureError, Raw, Reading, common};
use crate::{
    codes, interval,
    model::{Basis, Finding, Observation, Severity},
};

mod playback;
mod trials;

use trials::{Report, Trial};

const EXPECTED: &str = "benchmark result";
/// The percentile, in hundredths, and as a share.
const PERCENTILE: usize = 95;
/// Confidence of the percentile's interval.
const CONFIDENCE: f64 = 0.95;
/// The run whose drift is that of the wall time: under load the first audio of a request waits for
/// the others', and the whole of it is what may creep.
const LOAD: &str = "load";
/// Medians below this many seconds are compared as if they were this long.
const AUDIBLE_SECONDS: f64 = 0.020;
/// Trials a third of a run needs for its median to mean anything.
const MIN_THIRD: usize = 3;
/// How far a printed summary may be from ours: what rounding to a few digits does.
const ROUNDING: f64 = 1e-3;
/// Findings per run.
const MAX_FINDINGS: usize = 10;

pub(super) fn read(raws: &[Raw]) -> Result<Reading, MeasureError> {
    let mut reading = Reading::default();
    for raw in raws {
        // Refuses a second file for the same run.
        common::raw(raws, &raw.role)?;
        let report: Report = common::json(raw, EXPECTED)?;
        let wrong = |found: String| common::malformed(raw, EXPECTED, found);
        report.check().map_err(wrong)?;
        let run = Run {
            name: &raw.role,
            report: &report,
        };
        run.agrees_with_its_summary().map_err(wrong)?;
        reading.examined = reading.examined.saturating_add(common::len(&report.trials));
        if !report.trials.is_empty() {
            reading.observations.extend(run.observations());
            reading.findings.extend(run.failures());
        }
    }
    if raws.is_empty() {
        return Err(common::missing(
            "every benchmark result",
            "no run left a file; run the gate again",
        ));
    }
    Ok(reading)
}

struct Run<'a> {
    name: &'a str,
    report: &'a Report,
}

impl Run<'_> {
    fn observations(&self) -> Vec<Observation> {
        let trials = &self.report.trials;
        let named = |name: &str| format!("{}.{name}", self.name);
        let total = |number: fn(&Trial) -> Option<u64>| {
            let numbers: Option<Vec<u64>> =
                trials.iter().filter(|trial| trial.ok).map(number).collect();
            numbers.map(|numbers| numbers.into_iter().fold(0, u64::saturating_add))
        };
        let mut observations = Vec::new();
        for (name, unit, times) in [
            ("ttfa_p95", "seconds", self.first_audio()),
            ("rtf_p95", "ratio", self.real_time_factors()),
        ] {
            let Some(times) = times else { continue };
            let Some(value) = percentile(&times) else {
                continue;
            };
            observations.push(Observation {
                sample_size: Some(common::len(&times)),
                interval: interval::quantile(&times, PERCENTILE as f64 / 100.0, CONFIDENCE),
                ..common::value(named(name), value, unit, Basis::Observed)
            });
        }
        let counts = [
            ("failed_trials", Some(self.report.failed())),
            ("underruns", total(Trial::heard_underruns)),
            ("out_of_order", total(|trial| trial.out_of_order)),
        ];
        for (name, number) in counts {
            observations.extend(number.map(|n| common::count(named(name), n, Basis::Observed)));
        }
        for (name, number, unit) in [
            ("memory_envelope", self.memory_envelope(), "MB"),
            ("drift", self.drift(), "ratio"),
        ] {
            observations
                .extend(number.map(|n| common::value(named(name), n, unit, Basis::Observed)));
        }
        observations
    }

    /// Times to first audio, ascending; `None` when a trial that succeeded has none.
    fn first_audio(&self) -> Option<Vec<f64>> {
        sorted(
            self.report
                .trials
                .iter()
                .map(|trial| trial.answered(trial.ttfa_s)),
        )
    }

    fn real_time_factors(&self) -> Option<Vec<f64>> {
        let factor = |trial: &Trial| {
            let audio = trial.audio_s.filter(|&audio| audio > 0.0)?;
            Some(trial.wall_s? / audio)
        };
        sorted(
            self.report
                .trials
                .iter()
                .map(|trial| trial.answered(factor(trial))),
        )
    }

    fn memory_envelope(&self) -> Option<f64> {
        let trials = &self.report.trials;
        let sizes = || {
            trials
                .iter()
                .skip(trials.len() / 10)
                .flat_map(|trial| trial.rss_bytes.iter().copied())
        };
        let (smallest, largest) = (sizes().min()?, sizes().max()?);
        Some((largest - smallest) as f64 / 1e6)
    }

    fn drift(&self) -> Option<f64> {
        let time = |trial: &Trial| match (trial.ok, self.name == LOAD) {
            (false, _) => None,
            (true, true) => trial.wall_s,
            (true, false) => trial.ttfa_s,
        };
        let trials = &self.report.trials;
        let third = trials.len() / 3;
        let first = median(trials.iter().take(third).filter_map(time))?;
        let last = median(trials.iter().skip(trials.len() - third).filter_map(time))?;
        Some((last - first).abs() / first.max(AUDIBLE_SECONDS)).filter(|drift| drift.is_finite())
    }

    /// A result file that prints another summary than its trials give was cut, mended, or computed
    /// by a program we should not believe. Its percentiles may leave the failed trials out, as
    /// summaries of times often do; our observations never do.
    fn agrees_with_its_summary(&self) -> Result<(), String> {
        let failed = self.report.failed();
        if self.report.failed_trials != failed {
            return Err(format!(
                "it says {} trials failed, and {failed} did",
                self.report.failed_trials
            ));
        }
        for (name, stated, times) in [
            ("ttfa_p95", self.report.ttfa_p95, self.first_audio()),
            ("rtf_p95", self.report.rtf_p95, self.real_time_factors()),
        ] {
            let times = times.unwrap_or_default();
            let answered = times.partition_point(|time| time.is_finite());
            let all = percentile(&times);
            let of_answered = percentile(times.get(..answered).unwrap_or_default());
            if !agree(stated, all) && !agree(stated, of_answered) {
                let show = |n: Option<f64>| n.map_or("no number".to_owned(), |n| n.to_string());
                return Err(format!(
                    "it says {name} is {}, and its trials give {}",
                    show(stated),
                    show(of_answered)
                ));
            }
        }
        Ok(())
    }

    fn failures(&self) -> Vec<Finding> {
        let failed = (1_usize..)
            .zip(&self.report.trials)
            .filter(|(_, trial)| !trial.ok);
        failed
            .take(MAX_FINDINGS)
            .map(|(number, trial)| Finding {
                code: codes::TRIAL_FAILED.to_owned(),
                severity: Severity::Error,
                message: format!("trial {number} of the run `{}` failed", self.name),
                place: None,
                expected: None,
                found: trial.error.as_deref().map(common::quote),
                help: Some("read the server's log at the time of the trial".to_owned()),
            })
            .collect()
    }
}

/// Whether a printed number is ours, up to rounding.
fn agree(stated: Option<f64>, computed: Option<f64>) -> bool {
    match (stated, computed) {
        (None, None) => true,
        (Some(stated), Some(computed)) => {
            (stated - computed).abs() <= ROUNDING * computed.abs().max(ROUNDING)
        }
        _ => false,
    }
}

/// Ascending; `None` when one is missing.
fn sorted(times: impl Iterator<Item = Option<f64>>) -> Option<Vec<f64>> {
    let mut times = times.collect::<Option<Vec<f64>>>()?;
    times.sort_by(f64::total_cmp);
    Some(times)
}

/// The percentile by nearest rank: the smallest value that at least 95 % do not exceed. `None` out
/// of nothing, or when it falls on a trial that never answered.
fn percentile(sorted: &[f64]) -> Option<f64> {
    let rank = (sorted.len() * PERCENTILE).div_ceil(100);
    sorted
        .get(rank.checked_sub(1)?)
        .copied()
        .filter(|value| value.is_finite())
}

/// The middle value, the mean of the two middle ones of an even number; `None` of fewer than three.
fn median(times: impl Iterator<Item = f64>) -> Option<f64> {
    let times = sorted(times.map(Some))?;
    let middle = times.len() / 2;
    let upper = times
        .get(middle)
        .copied()
        .filter(|_| times.len() >= MIN_THIRD)?;
    let lower = if times.len() % 2 == 0 {
        *times.get(middle - 1)?
    } else {
        upper
    };
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests;
