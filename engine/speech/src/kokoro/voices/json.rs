//! `voices.json` of the first exports: an object of nested arrays of numbers.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::ROW;

/// Largest voice, in values: 1024 rows.
const MOST_VALUES: usize = 1024 * ROW / 4;
/// Most voices of a file.
const MOST_VOICES: usize = 1024;

/// The voices by name, each as little-endian rows.
///
/// # Errors
/// What is wrong with the file, and where in it.
pub(super) fn voices(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let voices = reader
        .deserialize_map(Object)
        .map_err(|error| format!("it is not an object of voices: {error}"))?;
    reader
        .end()
        .map_err(|error| format!("it is not an object of voices: {error}"))?;
    Ok(voices)
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Vec<(String, Vec<u8>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of voices, each of nested arrays of numbers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut voices = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let mut rows = Vec::new();
            map.next_value_seed(Numbers(&mut rows))?;
            if rows.is_empty() || !rows.len().is_multiple_of(ROW) {
                return Err(A::Error::custom(format!(
                    "`{name}` does not have rows of {} numbers",
                    ROW / 4
                )));
            }
            voices.push((name, rows));
            if voices.len() > MOST_VOICES {
                return Err(A::Error::custom(format!("more than {MOST_VOICES} voices")));
            }
        }
        Ok(voices)
    }
}

/// Takes the numbers out of arrays, however deeply they are nested; the reader bounds the depth.
struct Numbers<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Numbers<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Numbers<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("numbers, or arrays of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Numbers(self.0))?.is_some() {}
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "styles are single floats; the file writes them in decimal"
    )]
    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        if self.0.len() >= MOST_VALUES * 4 {
            return Err(E::custom(format!(
                "more than {MOST_VALUES} numbers in one voice"
            )));
        }
        self.0.extend((number as f32).to_le_bytes());
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_f64(number as f64)
    }
}
