//! Working specs and the other documents users own: parsed with positions, held against a schema,
//! judged by the rules of their tier.
//!
//! In: a label and the bytes of a YAML or JSON document; a JSON Schema.
//! Out: a value whose every part knows its line and column, typed specs, findings with a place, what
//! was expected, what was found and the mend; the generation a spec is of, and the spec in the current
//! one; a text that does not parse, mended.
//! Never: files, clocks, a guess. What a document does not say stays unsaid.

pub mod dialect;
mod document;
pub mod fix;
pub mod migrate;
mod nearest;
mod notice;
pub mod parse;
pub mod portfolio;
pub mod rules;
pub mod schema;
pub mod spec;

pub use dialect::{Dialect, Recognition, examine, recognise};
pub use document::{Document, NodeSpan, Span};
pub use fix::{Repaired, fix};
pub use migrate::{MigrateError, Migration, migrate};
pub use nearest::nearest;
pub use parse::parse;
pub use portfolio::Portfolio;
pub use rules::{SpecReport, missing_paths, validate_policy, validate_spec};
pub use schema::{Schema, SchemaError, validate_schema};
pub use spec::WorkingSpec;
