//! What statements say, as typed data: predicate types of our own and of in-toto and SLSA.
//!
//! Names are for ever: a change of meaning is a new version in the URI. Each shape is published as a
//! JSON Schema under `.caws/schemas`. Readers ignore fields they do not know.

pub mod slsa;
pub mod summary;
pub mod test_result;

use caws_evidence::{Evidence, Manifest};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::statement::{ResourceDescriptor, Statement};

/// Where our predicate types live: the namespace of the published schemas.
pub const NAMESPACE: &str = "https://kokoro-tts.com/caws/";

/// One gate's evidence record; the predicate is `evidence.json` as it stands.
pub const GATE_EVIDENCE_V1: &str = "https://kokoro-tts.com/caws/gate-evidence/v1";

/// A run's manifest; the predicate is `manifest.json` as it stands.
pub const MANIFEST_V1: &str = "https://kokoro-tts.com/caws/manifest/v1";

/// A run's plan, signed before anything ran; the predicate is `plan.json` as it stands.
pub const PLAN_V1: &str = "https://kokoro-tts.com/caws/plan/v1";

/// A command somebody ran; the predicate is its record as it stands.
pub const COMMAND_V1: &str = "https://kokoro-tts.com/caws/command/v1";

/// Leave for a gate to fail; the predicate is the waiver as it stands.
pub const WAIVER_V1: &str = "https://kokoro-tts.com/caws/waiver/v1";

/// A key's beginning, its successor or its end; see [`crate::keyring`].
pub const KEY_V1: &str = "https://kokoro-tts.com/caws/key/v1";

/// A predicate with a type of its own.
pub trait Predicate: Serialize + DeserializeOwned {
    /// Its `predicateType`.
    const TYPE: &'static str;

    /// What a schema cannot say.
    ///
    /// # Errors
    /// What was expected and what was found.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

impl Predicate for Evidence {
    const TYPE: &'static str = GATE_EVIDENCE_V1;
}

impl Predicate for Manifest {
    const TYPE: &'static str = MANIFEST_V1;
}

/// Why a statement does not say what the reader came for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PredicateError {
    /// Another predicate type.
    #[error("expected predicate type {expected}, found `{found}`")]
    Type {
        /// What the reader came for.
        expected: &'static str,
        /// What the statement says it is.
        found: String,
    },
    /// Not of the type's shape, or against its rules.
    #[error("expected a predicate of type {expected}, found: {found}")]
    Content {
        /// What it says it is.
        expected: &'static str,
        /// What is wrong with it.
        found: String,
    },
}

impl Statement {
    /// A statement that `predicate` holds for `subject`.
    ///
    /// # Errors
    /// When the predicate breaks its own rules or does not serialise.
    pub fn of<P: Predicate>(
        subject: Vec<ResourceDescriptor>,
        predicate: &P,
    ) -> Result<Self, PredicateError> {
        let refused = |found| PredicateError::Content {
            expected: P::TYPE,
            found,
        };
        predicate.check().map_err(refused)?;
        let value = serde_json::to_value(predicate).map_err(|e| refused(e.to_string()))?;
        Ok(Self::new(P::TYPE, subject, value))
    }

    /// The predicate, when it is a `P`.
    ///
    /// # Errors
    /// Another type, another shape, or against the rules of the type.
    pub fn predicate_as<P: Predicate>(&self) -> Result<P, PredicateError> {
        if self.predicate_type != P::TYPE {
            return Err(PredicateError::Type {
                expected: P::TYPE,
                found: self.predicate_type.clone(),
            });
        }
        let refused = |found| PredicateError::Content {
            expected: P::TYPE,
            found,
        };
        let predicate: P =
            serde_json::from_value(self.predicate.clone()).map_err(|e| refused(e.to_string()))?;
        predicate.check().map_err(refused)?;
        Ok(predicate)
    }
}

/// Whether `text` begins with a scheme (RFC 3986 section 3.1) and goes on.
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

#[cfg(test)]
pub(crate) mod tests;
