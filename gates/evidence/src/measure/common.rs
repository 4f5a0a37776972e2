//! What every reader needs: its raw outputs, its parameters, and observations in one form.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{MeasureError, Raw};
use crate::model::{Basis, Observation, Ratio};

/// Characters a message quotes of what a tool said.
const QUOTE_CHARS: usize = 200;
/// Characters that say what was found; names in a report may be of any length.
const FOUND_CHARS: usize = 1_000;

/// The raw output of a role.
///
/// # Errors
/// `Missing` where there is none, `Malformed` where there are two.
pub(super) fn raw<'a>(raws: &'a [Raw], role: &str) -> Result<&'a Raw, MeasureError> {
    let mut found = raws.iter().filter(|raw| raw.role == role);
    let first = found.next().ok_or_else(|| MeasureError::Missing {
        what: format!("the raw output `{role}`"),
        why: "the tool wrote none; run the gate again and read its last lines".to_owned(),
    })?;
    match found.next() {
        None => Ok(first),
        Some(second) => Err(malformed(
            second,
            "raw output",
            format!(
                "`{}` has the role `{role}` as well; a role belongs to one file",
                first.name
            ),
        )),
    }
}

/// The parameters of a method; `null` stands for all defaults.
///
/// # Errors
/// `Malformed` names the field.
pub(super) fn params<T: DeserializeOwned>(params: &Value) -> Result<T, MeasureError> {
    let value = match params {
        Value::Null => Value::Object(serde_json::Map::new()),
        other => other.clone(),
    };
    serde_json::from_value(value).map_err(|error| MeasureError::Malformed {
        name: "the plan's parameters".to_owned(),
        expected: "set of parameters of this method".to_owned(),
        found: error.to_string(),
    })
}

/// The JSON content of a raw output.
///
/// # Errors
/// `Malformed` with line and column.
pub(super) fn json<'a, T: serde::Deserialize<'a>>(
    raw: &'a Raw,
    expected: &str,
) -> Result<T, MeasureError> {
    serde_json::from_slice(&raw.bytes).map_err(|error| malformed(raw, expected, error))
}

/// A report that is not what it should be.
pub(super) fn malformed(raw: &Raw, expected: &str, found: impl ToString) -> MeasureError {
    MeasureError::Malformed {
        name: raw.name.clone(),
        expected: expected.to_owned(),
        found: cut(found.to_string(), FOUND_CHARS),
    }
}

/// A text of at most so many characters.
fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text,
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// Refuses a comparison with another commit than the one that the plan names.
pub(super) fn same_base(raw: &Raw, planned: Option<&str>, found: &str) -> Result<(), MeasureError> {
    if planned == Some(found) {
        return Ok(());
    }
    Err(malformed(
        raw,
        "comparison with the commit the plan names",
        format!("a comparison with {found}"),
    ))
}

/// A number that does not exist.
pub(super) fn missing(what: impl Into<String>, why: impl Into<String>) -> MeasureError {
    MeasureError::Missing {
        what: what.into(),
        why: why.into(),
    }
}

/// A value with a unit.
pub(super) fn value(name: impl Into<String>, value: f64, unit: &str, basis: Basis) -> Observation {
    Observation {
        name: name.into(),
        value,
        unit: unit.to_owned(),
        ratio: None,
        sample_size: None,
        interval: None,
        basis,
    }
}

/// A count.
pub(super) fn count(name: impl Into<String>, count: u64, basis: Basis) -> Observation {
    value(name, count as f64, "count", basis)
}

/// A ratio of two counts, with the counts; `None` out of nothing, because 0/0 is no number.
pub(super) fn ratio(
    name: impl Into<String>,
    numerator: u64,
    denominator: u64,
    basis: Basis,
) -> Option<Observation> {
    (denominator > 0).then(|| Observation {
        ratio: Some(Ratio {
            numerator,
            denominator,
        }),
        sample_size: Some(denominator),
        ..value(name, numerator as f64 / denominator as f64, "ratio", basis)
    })
}

/// The length of a collection as a count.
pub(super) fn len<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// A line or column for a [`crate::model::Place`]: from 1, `None` beyond what the type holds.
pub(super) fn position(number: u64) -> Option<u32> {
    u32::try_from(number).ok().filter(|&number| number > 0)
}

/// What a tool said, on one line and short enough to quote.
pub(super) fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(line, QUOTE_CHARS)
}

#[cfg(test)]
mod tests;
