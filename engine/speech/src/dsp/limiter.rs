//! A look-ahead limiter for true peaks.
//!
//! The detector interpolates the signal eightfold, as a player's converter would, so that peaks
//! between samples count. The gain is the least that any peak of the next 5 ms asks for, recovers
//! slowly, and is smoothed over those 5 ms, so it is down before the peak comes and never steps.

#![expect(
    clippy::cast_possible_truncation,
    reason = "gains computed in f64, applied in f32"
)]

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use crate::dsp::resample::taps;
use crate::engine::SAMPLE_RATE;

/// Points per sample the detector looks at. At 8 the worst reading is 0.17 dB low (at the Nyquist frequency).
const OVERSAMPLING: usize = 8;
/// Samples on each side of an interpolated point.
const HALF_WIDTH: usize = 8;
/// Samples of look-ahead: 5 ms.
const LOOK_AHEAD: usize = 120;
/// Samples of each of the two running means that smooth the gain.
const SMOOTHING: usize = LOOK_AHEAD / 2;
/// Seconds in which the gain recovers by 63 %.
const RELEASE: f64 = 0.08;
/// Samples from a sample's coming to its leaving: the detector sees the points after a sample [`HALF_WIDTH`] samples
/// later, and all gains in the mean must know of them by then.
const LATENCY: usize = LOOK_AHEAD + HALF_WIDTH;

/// Holds a signal's true peaks below a ceiling. Gives as many samples as it takes, late by 5.3 ms.
#[derive(Debug, Clone)]
pub struct Limiter {
    ceiling: f64,
    detector: Detector,
    lowest: SlidingMinimum,
    recovery: f64,
    gain: f64,
    first: RunningMean,
    second: RunningMean,
    delayed: VecDeque<f32>,
}

impl Limiter {
    /// A limiter whose output stays at or below `ceiling_db` dBTP, for samples at the engine's rate.
    #[must_use]
    pub fn new(ceiling_db: f64) -> Self {
        Self::at(ceiling_db, SAMPLE_RATE)
    }

    /// The same for samples at another rate, in Hz. The look-ahead keeps its number of samples, the recovery its time.
    #[must_use]
    pub fn at(ceiling_db: f64, rate: u32) -> Self {
        Self {
            ceiling: 10_f64.powf(ceiling_db / 20.0),
            detector: Detector::new(),
            lowest: SlidingMinimum::default(),
            recovery: 1.0 - (-1.0 / (RELEASE * f64::from(rate))).exp(),
            gain: 1.0,
            first: RunningMean::new(),
            second: RunningMean::new(),
            delayed: VecDeque::new(),
        }
    }

    /// The samples that are ready, in order. The last 128 stay inside until more come or [`Self::flush`].
    pub fn process(&mut self, samples: &[f32]) -> Vec<f32> {
        samples
            .iter()
            .filter_map(|sample| self.step(*sample))
            .collect()
    }

    /// The samples still inside. What is processed afterwards is a new signal.
    pub fn flush(&mut self) -> Vec<f32> {
        let rest = self.process(&[0.0; LATENCY]);
        self.delayed.clear();
        rest
    }

    fn step(&mut self, sample: f32) -> Option<f32> {
        self.delayed.push_back(sample);
        let peak = f64::from(self.detector.push(sample));
        let needed = if peak > self.ceiling {
            self.ceiling / peak
        } else {
            1.0
        };
        let lowest = self.lowest.push(needed);
        let recovered = self.gain + (1.0 - self.gain) * self.recovery;
        self.gain = lowest.min(recovered);
        let smooth = self.second.push(self.first.push(self.gain));
        let leaving = if self.delayed.len() > LATENCY {
            self.delayed.pop_front()
        } else {
            None
        };
        leaving.map(|sample| (f64::from(sample) * smooth) as f32)
    }
}

/// Peaks of the interpolated signal, late by [`HALF_WIDTH`] samples.
#[derive(Debug, Clone)]
struct Detector {
    window: VecDeque<f32>,
    phases: Vec<Vec<f32>>,
    /// No interpolated point can be higher than this many times the highest sample of the window.
    worst: f32,
}

impl Detector {
    fn new() -> Self {
        let phases: Vec<Vec<f32>> = (1..OVERSAMPLING)
            .map(|n| taps(n as f64 / OVERSAMPLING as f64, 1.0, HALF_WIDTH))
            .collect();
        let worst = phases
            .iter()
            .map(|taps| taps.iter().map(|tap| tap.abs()).sum())
            .fold(1.0, f32::max);
        Self {
            window: VecDeque::from(vec![0.0; 2 * HALF_WIDTH]),
            phases,
            worst,
        }
    }

    /// The highest magnitude of the samples in the window and of the points after the one in its middle.
    fn push(&mut self, sample: f32) -> f32 {
        self.window.pop_front();
        self.window.push_back(sample);
        let (front, back) = self.window.as_slices();
        let highest = front
            .iter()
            .chain(back)
            .fold(0.0_f32, |peak, s| peak.max(s.abs()));
        // Quiet passages need no interpolation: nothing in them reaches any ceiling in use.
        if highest * self.worst < 0.5 {
            return highest;
        }
        self.phases.iter().fold(highest, |peak, taps| {
            let point: f32 = self.window.iter().zip(taps).map(|(s, tap)| s * tap).sum();
            peak.max(point.abs())
        })
    }
}

/// The least of the last [`LOOK_AHEAD`] + 1 values.
#[derive(Debug, Clone, Default)]
struct SlidingMinimum {
    /// Rising values with the time each came.
    candidates: VecDeque<(u64, f64)>,
    now: u64,
}

impl SlidingMinimum {
    fn push(&mut self, value: f64) -> f64 {
        while self
            .candidates
            .back()
            .is_some_and(|(_, last)| *last >= value)
        {
            self.candidates.pop_back();
        }
        self.candidates.push_back((self.now, value));
        if self
            .candidates
            .front()
            .is_some_and(|(since, _)| since + (LOOK_AHEAD as u64) < self.now)
        {
            self.candidates.pop_front();
        }
        self.now += 1;
        self.candidates.front().map_or(value, |(_, least)| *least)
    }
}

/// The mean of the last [`SMOOTHING`] values; 1 before there are so many.
#[derive(Debug, Clone)]
struct RunningMean {
    values: VecDeque<f64>,
    sum: f64,
}

impl RunningMean {
    fn new() -> Self {
        Self {
            values: VecDeque::from(vec![1.0; SMOOTHING]),
            sum: SMOOTHING as f64,
        }
    }

    fn push(&mut self, value: f64) -> f64 {
        self.values.push_back(value);
        self.sum += value - self.values.pop_front().unwrap_or(value);
        self.sum / SMOOTHING as f64
    }
}
