//! JSON that strangers wrote, read without doubt: bounded in size and depth, and no key twice.
//!
//! Two readers that take a different one of two equal keys read two different documents from the
//! same signed bytes, so RFC 8259 section 4 leaves what such an object means open. Here it is an error.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

/// Deepest nesting of objects and arrays. `serde_json` itself stops at 128.
pub const DEPTH_LIMIT: usize = 64;
/// Most bytes of one document: 64 MiB.
pub const SIZE_LIMIT: usize = 64 << 20;

/// Why bytes are not taken for JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Larger than anything of its kind.
    #[error("expected at most {limit} bytes, found {found}")]
    Size {
        /// Most bytes.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Not JSON, deeper than [`DEPTH_LIMIT`], a key twice, or another shape.
    #[error("{0}")]
    Content(String),
}

/// Reads `bytes` as a `T`; unknown fields are the business of `T`.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    read_within(bytes, SIZE_LIMIT)
}

/// The same with a limit of its own.
pub(crate) fn read_within<T: DeserializeOwned>(bytes: &[u8], limit: usize) -> Result<T, JsonError> {
    if bytes.len() > limit {
        return Err(JsonError::Size {
            limit,
            found: bytes.len(),
        });
    }
    let content = |e: serde_json::Error| JsonError::Content(e.to_string());
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Plain(DEPTH_LIMIT)
        .deserialize(&mut reader)
        .map_err(content)?;
    reader.end().map_err(content)?;
    serde_json::from_slice(bytes).map_err(content)
}

/// Walks over a value that may nest as deep as the number says.
#[derive(Clone, Copy)]
struct Plain(usize);

impl Plain {
    fn inside<E: serde::de::Error>(self) -> Result<Self, E> {
        match self.0.checked_sub(1) {
            Some(left) => Ok(Self(left)),
            None => Err(E::custom(format!(
                "nested deeper than {DEPTH_LIMIT} objects and arrays"
            ))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Plain {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        while items.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let inside = self.inside()?;
        let mut keys = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            if let Some(key) = keys.replace(key) {
                return Err(A::Error::custom(format!("key `{key}` twice in one object")));
            }
            fields.next_value_seed(inside)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
