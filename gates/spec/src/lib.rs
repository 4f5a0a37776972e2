//! Working specs: parse with positions, schema, semantic rules.
