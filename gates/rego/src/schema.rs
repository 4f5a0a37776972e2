//! Which parts an input document can have, by its JSON Schema.

use serde_json::Value;

/// The first word of a path that the schema does not have, with how many words led to it. A part whose
/// schema says nothing of its properties may hold anything.
pub(crate) fn unknown<'p>(schema: &Value, path: &'p [String]) -> Option<(usize, &'p str)> {
    let mut here = schema;
    for (index, word) in path.iter().enumerate() {
        here = resolve(schema, here);
        let properties = here.get("properties").and_then(Value::as_object)?;
        match properties.get(word) {
            Some(next) => here = next,
            None if here.get("additionalProperties") == Some(&Value::Bool(false)) => {
                return Some((index, word));
            }
            None => return None,
        }
    }
    None
}

/// Follows a `$ref` within the schema, once: ours refer to definitions, not to references.
fn resolve<'s>(root: &'s Value, here: &'s Value) -> &'s Value {
    here.get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix('#'))
        .and_then(|pointer| root.pointer(pointer))
        .unwrap_or(here)
}
