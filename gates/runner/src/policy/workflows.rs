//! Workflows of GitHub Actions, as policies see them.

use caws_evidence::sha256_hex;
use caws_spec::{Document, parse};
use serde_json::{Map, Value, json};

/// A workflow; one that cannot be read says why.
pub(super) fn describe(path: &str, bytes: Result<Vec<u8>, String>) -> Value {
    let (bytes, mut error) = match bytes {
        Ok(bytes) => (bytes, None),
        Err(why) => (Vec::new(), Some(why)),
    };
    let document = match parse(path, &bytes) {
        Ok(document) => Some(document),
        Err(findings) => {
            let first = findings.into_iter().next();
            error = error.or(Some(
                first.map_or_else(String::new, |finding| finding.message),
            ));
            None
        }
    };
    if let Some(document) = &document
        && !document.value().get("jobs").is_some_and(Value::is_object)
    {
        error = Some("it has no jobs".to_owned());
    }
    let text = |key: &str| {
        let value = document
            .as_ref()
            .and_then(|document| document.value().get(key));
        value.and_then(Value::as_str)
    };
    json!({
        "path": path,
        "sha256": sha256_hex(&bytes),
        "error": error,
        "name": text("name"),
        "triggers": document.as_ref().map(triggers).unwrap_or_default(),
        "jobs": document.as_ref().map(jobs).unwrap_or_default(),
        "text": String::from_utf8_lossy(&bytes),
    })
}

/// `on` as one word, a list, or an object of events.
fn triggers(document: &Document) -> Vec<String> {
    let mut names: Vec<String> = match document.value().get("on") {
        Some(Value::String(name)) => vec![name.clone()],
        Some(Value::Array(names)) => strings(names),
        Some(Value::Object(events)) => events.keys().cloned().collect(),
        _ => Vec::new(),
    };
    names.sort_unstable();
    names.dedup();
    names
}

fn strings(values: &[Value]) -> Vec<String> {
    values
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn jobs(document: &Document) -> Vec<Value> {
    let jobs = document.value().get("jobs").and_then(Value::as_object);
    let jobs = jobs.into_iter().flatten();
    jobs.map(|(id, job)| {
        let pointer = format!("/jobs/{}", id.replace('~', "~0").replace('/', "~1"));
        let steps = job.get("steps").and_then(Value::as_array);
        let steps = steps.into_iter().flatten().enumerate();
        let steps: Vec<Value> = steps
            .map(|(index, step)| step_of(document, &format!("{pointer}/steps/{index}"), step))
            .collect();
        let needs = match job.get("needs") {
            Some(Value::String(one)) => vec![one.clone()],
            Some(Value::Array(many)) => strings(many),
            _ => Vec::new(),
        };
        json!({
            "id": id,
            "line": document.key_place_of(&pointer).line.unwrap_or(1),
            "uses": job.get("uses").and_then(Value::as_str),
            "environment": job.get("environment"),
            "permissions": job.get("permissions"),
            "needs": needs,
            "steps": steps,
        })
    })
    .collect()
}

fn step_of(document: &Document, pointer: &str, step: &Value) -> Value {
    let text = |key: &str| step.get(key).and_then(Value::as_str);
    let object = |key: &str| {
        let fields = step.get(key).and_then(Value::as_object);
        Value::Object(fields.cloned().unwrap_or_else(Map::new))
    };
    let condition = step.get("if").map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    json!({
        "line": document.place_of(pointer).line.unwrap_or(1),
        "name": text("name"),
        "id": text("id"),
        "uses": text("uses"),
        "run": text("run"),
        "condition": condition,
        "env": object("env"),
        "with": object("with"),
    })
}
