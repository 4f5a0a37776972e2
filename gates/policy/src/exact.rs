//! Exact numbers: what a measurement or a document says, without a float in between.

#[cfg(test)]
mod tests;

use caws_evidence::{Observation, Ratio};
use num_bigint::BigInt;
use num_rational::BigRational;

/// A fraction from two whole numbers; `denominator` must not be 0.
pub(crate) fn fraction(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

/// The number a decimal such as `0.95` or `-1.5e-3` stands for, exactly.
pub(crate) fn decimal(text: &str) -> Option<BigRational> {
    /// No number of ours is finer or larger; it bounds the powers of ten below.
    const MOST: i64 = 400;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (sign, unsigned) = match mantissa.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, mantissa),
    };
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{part}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let shift = exponent.checked_sub(i64::try_from(part.len()).ok()?)?;
    if shift.abs() > MOST {
        return None;
    }
    let mantissa = BigRational::from_integer(digits.parse::<BigInt>().ok()? * sign);
    let power = BigInt::from(10).pow(u32::try_from(shift.unsigned_abs()).ok()?);
    Some(if shift < 0 {
        mantissa / power
    } else {
        mantissa * power
    })
}

/// The shortest decimal that reads back as `value`, as an exact number; `None` for NaN and infinities.
pub(crate) fn shortest(value: f64) -> Option<BigRational> {
    if value.is_finite() {
        decimal(&value.to_string())
    } else {
        None
    }
}

/// The exact value of an observation: its counts where it has them, else its shortest decimal.
pub(crate) fn value(observation: &Observation) -> Option<BigRational> {
    match observation.ratio {
        Some(Ratio { denominator: 0, .. }) => None,
        Some(Ratio {
            numerator,
            denominator,
        }) => Some(BigRational::new(numerator.into(), denominator.into())),
        None => shortest(observation.value),
    }
}

/// A number of 0 or more as two counts, rounded down to 18 decimals where they would not fit.
pub(crate) fn ratio(value: &BigRational) -> Ratio {
    const SCALE: u64 = 1_000_000_000_000_000_000;
    if let (Ok(numerator), Ok(denominator)) =
        (u64::try_from(value.numer()), u64::try_from(value.denom()))
    {
        return Ratio {
            numerator,
            denominator,
        };
    }
    let scaled = (value * BigInt::from(SCALE)).floor().to_integer();
    Ratio {
        numerator: u64::try_from(scaled).unwrap_or_default(),
        denominator: SCALE,
    }
}
