//! Confidence intervals of sampled numbers.
//!
//! Two kinds of sample reach a verdict: shares (mutants caught out of mutants tried) and
//! percentiles of times. Both are bounded without any assumption on how the values are spread.

use crate::model::Interval;

/// Upper end of an interval that the sample cannot bound from above. JSON has no infinity.
pub const UNBOUNDED: f64 = f64::MAX;

/// The Wilson score interval of a share (E. B. Wilson, JASA 22 (1927), 209-212).
///
/// `None` when `n` is 0, `successes` exceeds `n`, or `confidence` is not strictly between 0 and 1.
#[must_use]
pub fn wilson(successes: u64, n: u64, confidence: f64) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let z = two_sided_z(confidence)?;
    let (count, share) = (n as f64, successes as f64 / n as f64);
    let z2 = z * z;
    let scale = 1.0 + z2 / count;
    let centre = (share + z2 / (2.0 * count)) / scale;
    let half = z / scale * (share * (1.0 - share) / count + z2 / (4.0 * count * count)).sqrt();
    // At the ends rounding would leave 1e-17 where the interval is closed by definition.
    let low = if successes == 0 {
        0.0
    } else {
        (centre - half).max(0.0)
    };
    let high = if successes == n {
        1.0
    } else {
        (centre + half).min(1.0)
    };
    Some(Interval {
        low,
        high,
        confidence,
        method: "wilson".to_owned(),
    })
}

/// How many more samples would decide whether a share reaches `threshold`, if the share seen so
/// far goes on: until the lower end of its Wilson interval reaches the threshold, or the upper end
/// falls below it. 0 when the sample decides already, `u64::MAX` when no number would (the share
/// equals the threshold, nothing was sampled yet, or the arguments make no sense).
///
/// The Wilson interval is the inversion of the score test, so its end meets `t` exactly at
/// `n = z^2 t (1 - t) / (share - t)^2`.
#[must_use]
pub fn wilson_more_needed(successes: u64, n: u64, threshold: f64, confidence: f64) -> u64 {
    let Some(z) = two_sided_z(confidence) else {
        return u64::MAX;
    };
    if n == 0 || successes > n || !(0.0..=1.0).contains(&threshold) {
        return u64::MAX;
    }
    let distance = successes as f64 / n as f64 - threshold;
    let needed = (z * z * threshold * (1.0 - threshold) / (distance * distance)).ceil();
    // A NaN is 0/0: the share sits on a threshold of 0 or 1, where the interval is closed.
    if needed.is_nan() {
        return if threshold == 0.0 { 0 } else { u64::MAX };
    }
    match saturating_u64(needed) {
        u64::MAX => u64::MAX,
        total => total.saturating_sub(n),
    }
}

/// Ranks (from 1) of the two sample values that enclose the `p` quantile of the population with
/// at least `confidence`, whatever its distribution; the narrowest such pair, the lower one of equals.
///
/// `None` when no pair of `n` values does (for p = 0.95 at 95 % that is n < 59).
/// H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed. (2003), section 7.1.
#[must_use]
pub fn quantile_ranks(n: usize, p: f64, confidence: f64) -> Option<(usize, usize)> {
    if !(p > 0.0 && p < 1.0 && confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let below = cumulative_binomial(n, p);
    // P(fewer than k values lie below the quantile); ranks run from 1 to n.
    let fewer_than = |k: usize| {
        k.checked_sub(1)
            .and_then(|i| below.get(i))
            .copied()
            .unwrap_or(0.0)
    };
    let mut best: Option<(usize, usize)> = None;
    let mut upper = 1;
    for lower in 1..n {
        upper += (upper..=n)
            .take_while(|&u| fewer_than(u) - fewer_than(lower) < confidence)
            .count();
        if upper > n {
            break;
        }
        let width = upper.saturating_sub(lower);
        if best.is_none_or(|(low, high): (usize, usize)| width < high.saturating_sub(low)) {
            best = Some((lower, upper));
        }
    }
    best
}

/// The order-statistics interval of the `p` quantile of a sorted sample, ascending; infinite
/// values stand for trials that never answered. Where the sample is too small to bound the
/// quantile from above, the upper end is [`UNBOUNDED`] and the lower end one-sided.
///
/// `None` for an empty sample or a `p` or `confidence` that is not strictly between 0 and 1.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64, confidence: f64) -> Option<Interval> {
    let n = sorted.len();
    let at = |rank: usize| rank.checked_sub(1).and_then(|i| sorted.get(i)).copied();
    let first = at(1)?;
    two_sided_z(confidence).filter(|_| p > 0.0 && p < 1.0)?;
    let (low, high) = match quantile_ranks(n, p, confidence) {
        Some((lower, upper)) => (at(lower)?, at(upper)?),
        None => {
            let below = cumulative_binomial(n, p);
            let allowed = below
                .iter()
                .filter(|&&share| share <= 1.0 - confidence)
                .count();
            (at(allowed).unwrap_or(first), UNBOUNDED)
        }
    };
    let bounded = |value: f64| if value.is_finite() { value } else { UNBOUNDED };
    Some(Interval {
        low: bounded(low),
        high: bounded(high),
        confidence,
        method: "order-statistics".to_owned(),
    })
}

/// `P(X <= k)` for `k = 0..=n`, X binomial with `n` trials of probability `p`.
///
/// The weights are built outward from the mode, so that neither end underflows for large `n`.
fn cumulative_binomial(n: usize, p: f64) -> Vec<f64> {
    let count = n as f64;
    let odds = p / (1.0 - p);
    let mode = usize::try_from(saturating_u64((count * p).floor()))
        .unwrap_or(n)
        .min(n);
    let mut left: Vec<f64> = Vec::with_capacity(n + 1);
    let mut weight = 1.0;
    for k in (0..mode).rev() {
        weight *= (k as f64 + 1.0) / ((count - k as f64) * odds);
        left.push(weight);
    }
    left.reverse();
    let mut weights = left;
    weights.push(1.0);
    weight = 1.0;
    for k in mode..n {
        weight *= (count - k as f64) * odds / (k as f64 + 1.0);
        weights.push(weight);
    }
    let total: f64 = weights.iter().sum();
    let mut sum = 0.0;
    for value in &mut weights {
        sum += *value / total;
        *value = sum;
    }
    weights
}

/// `z` such that a standard normal value lies within `-z..z` with probability `confidence`.
fn two_sided_z(confidence: f64) -> Option<f64> {
    if !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let wanted = f64::midpoint(1.0, confidence);
    let (mut low, mut high) = (0.0, 8.0);
    // 60 halvings of 8 reach the spacing of f64.
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal_cdf(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

/// The standard normal distribution function for `x >= 0`, by the Taylor series about 0
/// (G. Marsaglia, Journal of Statistical Software 11(4), 2004).
fn normal_cdf(x: f64) -> f64 {
    let mut term = x;
    let mut sum = x;
    // For x <= 8 the terms have vanished long before.
    for k in 1..200_u32 {
        term *= x * x / (2.0 * f64::from(k) + 1.0);
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x - 0.5 * (2.0 * std::f64::consts::PI).ln()).exp()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates, which is what is wanted here"
)]
fn saturating_u64(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests;
