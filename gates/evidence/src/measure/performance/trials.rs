//! The parts of a result file that are read.

use serde::Deserialize;

use super::playback;

/// A result file.
#[derive(Debug, Deserialize)]
pub(super) struct Report {
    /// The file's own summary, seconds; `null` where there is no such number.
    pub(super) ttfa_p95: Option<f64>,
    /// The file's own summary, ratio.
    pub(super) rtf_p95: Option<f64>,
    /// The file's own count.
    pub(super) failed_trials: u64,
    /// In the order they began.
    pub(super) trials: Vec<Trial>,
}

/// One request and its answer. Times in seconds from the moment the request was sent.
#[derive(Debug, Deserialize)]
pub(super) struct Trial {
    /// Whether the whole answer came and was audio.
    pub(super) ok: bool,
    /// When the first byte of audio came.
    pub(super) ttfa_s: Option<f64>,
    /// When the last byte came.
    pub(super) wall_s: Option<f64>,
    /// Length of the audio.
    pub(super) audio_s: Option<f64>,
    /// Chunks that came in another order than they were made in.
    pub(super) out_of_order: Option<u64>,
    /// Resident sizes of the server while the trial ran, bytes.
    #[serde(default)]
    pub(super) rss_bytes: Vec<u64>,
    /// `[arrival, bytes of audio]` of each chunk.
    #[serde(default)]
    pub(super) chunks: Vec<(f64, u64)>,
    /// Why it failed.
    pub(super) error: Option<String>,
}

impl Report {
    /// How many trials failed.
    pub(super) fn failed(&self) -> u64 {
        self.trials
            .iter()
            .fold(0, |sum, trial| sum + u64::from(!trial.ok))
    }

    /// Refuses times that cannot be.
    pub(super) fn check(&self) -> Result<(), String> {
        for (number, trial) in (1_usize..).zip(&self.trials) {
            let times = [trial.wall_s, trial.ttfa_s, trial.audio_s];
            let arrivals = trial.chunks.iter().map(|chunk| chunk.0);
            if times
                .into_iter()
                .flatten()
                .chain(arrivals)
                .any(|time| time < 0.0)
            {
                return Err(format!("trial {number} has a time below zero"));
            }
        }
        Ok(())
    }
}

impl Trial {
    /// A time of a trial that succeeded; infinite for one that failed, whatever it noted before.
    pub(super) fn answered(&self, time: Option<f64>) -> Option<f64> {
        if self.ok { time } else { Some(f64::INFINITY) }
    }

    /// Times that playback ran dry; `None` where the arrivals were not kept.
    pub(super) fn heard_underruns(&self) -> Option<u64> {
        (!self.chunks.is_empty()).then(|| playback::underruns(&self.chunks))
    }
}
