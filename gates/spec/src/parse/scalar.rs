//! What a plain or tagged scalar means: YAML 1.2.2 section 10.3, the core schema.

#[cfg(test)]
mod tests;

use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Number, Value};

/// Why a scalar has no JSON value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// A tag beyond the core schema.
    #[error("the tag `{0}` is not known here")]
    Tag(String),
    /// A tag the text does not fit.
    #[error("the value does not fit its tag `!!{0}`")]
    Misfit(String),
    /// Infinity or not-a-number.
    #[error("the value is no finite number")]
    NotFinite,
}

/// The value of a scalar.
pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, Fault> {
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain {
            plain(text)
        } else {
            Ok(Value::from(text))
        };
    };
    // `!` alone makes any scalar a text (section 6.9.1).
    if tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty() {
        return Ok(Value::from(text));
    }
    if !tag.is_yaml_core_schema() {
        return Err(Fault::Tag(tag.to_string()));
    }
    if tag.suffix == "str" {
        return Ok(Value::from(text));
    }
    let value = plain(text)?;
    let fits = match tag.suffix.as_str() {
        "int" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        "bool" => value.is_boolean(),
        "null" => value.is_null(),
        _ => return Err(Fault::Tag(tag.to_string())),
    };
    if fits {
        Ok(value)
    } else {
        Err(Fault::Misfit(tag.suffix.clone()))
    }
}

fn plain(text: &str) -> Result<Value, Fault> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(Fault::NotFinite);
    }
    if let Some(integer) = integer(text, unsigned) {
        return Ok(Value::Number(integer));
    }
    if is_float(unsigned) {
        let float = text
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .ok_or(Fault::NotFinite)?;
        return Ok(Value::Number(float));
    }
    Ok(Value::from(text))
}

fn integer(text: &str, unsigned: &str) -> Option<Number> {
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, 8);
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return digits(hex, 16);
    }
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse::<i64>()
        .map(Number::from)
        .or_else(|_| text.parse::<u64>().map(Number::from))
        .ok()
}

/// `from_str_radix` alone would let a sign pass.
fn digits(text: &str, radix: u32) -> Option<Number> {
    let whole = text.chars().all(|digit| digit.is_digit(radix));
    if whole {
        u64::from_str_radix(text, radix).map(Number::from).ok()
    } else {
        None
    }
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(unsigned: &str) -> bool {
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_is_good = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && all_digits(exponent)
    });
    !(whole.is_empty() && fraction.is_empty())
        && all_digits(whole)
        && all_digits(fraction)
        && exponent_is_good
}
