//! Order statistics: percentiles, and bounds that hold whatever the distribution is.

use serde::Serialize;

/// Confidence of the bounds.
const CONFIDENCE: f64 = 0.95;

/// Bounds of a percentile of the distribution that the values are a sample of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Interval {
    /// Lower bound; none where the sample is too small for one.
    pub(crate) low: Option<f64>,
    /// Upper bound; none where the sample is too small for one.
    pub(crate) high: Option<f64>,
    /// Chance that the bounds hold.
    pub(crate) confidence: f64,
    /// How they were found.
    pub(crate) method: &'static str,
}

/// Values in rising order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    pub(crate) fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The value at a rank, from 1.
    fn at(&self, rank: usize) -> Option<f64> {
        rank.checked_sub(1)
            .and_then(|index| self.0.get(index))
            .copied()
    }

    /// The percentile `p` (0..=1) by nearest rank: the value of rank ceil(p * n).
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranks are small and not negative"
    )]
    pub(crate) fn percentile(&self, p: f64) -> Option<f64> {
        // The product of 0.95 and 100 must be 95, not a hair more.
        let rank = (p * self.0.len() as f64 - 1e-9).ceil().max(1.0);
        self.at(rank as usize)
    }

    /// Two order statistics between which the percentile `p` of the distribution lies with a chance
    /// of at least 95 %: the number of values below it is binomial, whatever the distribution.
    pub(crate) fn interval(&self, p: f64) -> Interval {
        let tail = (1.0 - CONFIDENCE) / 2.0;
        let below = cumulative_binomial(self.0.len(), p);
        // `below[k]` is the chance of at most k values below the percentile. The value of rank l is
        // too high a lower bound when fewer than l are below: chance below[l - 1].
        let low = below.iter().take_while(|chance| **chance <= tail).count();
        // The value of rank u is too low an upper bound when u or more are below: 1 - below[u - 1].
        let high = 1 + below
            .iter()
            .take_while(|chance| **chance < 1.0 - tail)
            .count();
        Interval {
            low: self.at(low),
            high: self.at(high),
            confidence: CONFIDENCE,
            method: "order-statistics",
        }
    }
}

/// Chances of at most 0, 1, ... n - 1 successes in `n` trials of chance `p`.
#[expect(clippy::cast_precision_loss, reason = "numbers of trials are small")]
fn cumulative_binomial(n: usize, p: f64) -> Vec<f64> {
    let odds = (p / (1.0 - p)).ln();
    let mut logarithm = n as f64 * (1.0 - p).ln();
    let mut sum = 0.0;
    (0..n)
        .map(|k| {
            sum += logarithm.exp();
            logarithm += ((n - k) as f64 / (k + 1) as f64).ln() + odds;
            sum
        })
        .collect()
}

/// Medians below this many seconds are compared as if they were this long: nobody hears the difference.
const AUDIBLE: f64 = 0.020;
/// Values that a median needs to mean anything.
const MIN_MEDIAN: usize = 3;

/// How much a later median differs from a first one, in seconds, relative to the first or to 20 ms, whichever is more.
pub(crate) fn difference(first: f64, last: f64) -> f64 {
    (last - first).abs() / first.max(AUDIBLE)
}

/// The middle value, or the mean of the two middle ones; none of fewer than three.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let sorted = Sorted::new(values);
    let count = sorted.0.len();
    if count < MIN_MEDIAN {
        return None;
    }
    Some(f64::midpoint(
        sorted.at(count.div_ceil(2))?,
        sorted.at(count / 2 + 1)?,
    ))
}

#[cfg(test)]
mod tests;
