//! SARIF 2.1.0, for code hosts and editors that show findings at their place.

use caws_evidence::{Finding, Severity, sha256_hex};
use serde_json::{Value, json};

use crate::codes;
use crate::view::RunView;

/// The document of a run: every finding of every gate.
#[must_use]
pub fn run(view: &RunView) -> Value {
    let unmatched = view.unmatched();
    let findings: Vec<(&str, &Finding)> = view
        .rows()
        .flat_map(|row| {
            row.findings()
                .into_iter()
                .map(move |finding| (row.plan.gate.as_str(), finding))
        })
        .chain(unmatched.iter().map(|finding| ("waiver", finding)))
        .collect();
    document(&findings)
}

/// The document of findings, each with the gate or command it came from.
#[must_use]
pub fn document(findings: &[(&str, &Finding)]) -> Value {
    let mut rules: Vec<&str> = findings
        .iter()
        .map(|(_, finding)| finding.code.as_str())
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let results: Vec<Value> = findings
        .iter()
        .map(|(gate, finding)| result(gate, finding, &rules))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "caws",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str) -> Value {
    let mut rule = json!({
        "id": code,
        "shortDescription": { "text": codes::summary(code).unwrap_or(code) },
    });
    if let (Some(page), Some(rule)) = (codes::page(code), rule.as_object_mut()) {
        rule.insert("help".to_owned(), json!({ "text": page, "markdown": page }));
    }
    rule
}

fn result(gate: &str, finding: &Finding, rules: &[&str]) -> Value {
    let mut text = finding.message.clone();
    for (label, fact) in [
        ("Expected", &finding.expected),
        ("Found", &finding.found),
        ("Help", &finding.help),
    ] {
        if let Some(fact) = fact {
            text.push_str(&format!("\n{label}: {fact}"));
        }
    }
    // What names the finding from run to run: everything but the line it moved to.
    let path = finding
        .place
        .as_ref()
        .map_or("", |place| place.path.as_str());
    let identity = format!("{gate}\0{}\0{path}\0{}", finding.code, finding.message);
    let mut result = json!({
        "ruleId": finding.code,
        "ruleIndex": rules.iter().position(|rule| *rule == finding.code),
        "level": level(finding.severity),
        "message": { "text": text },
        "partialFingerprints": { "cawsFinding/v1": sha256_hex(identity.as_bytes()) },
        "properties": { "gate": gate },
    });
    if let (Some(place), Some(result)) = (&finding.place, result.as_object_mut()) {
        let mut physical = json!({ "artifactLocation": { "uri": crate::text::href(&place.path) } });
        if let (Some(line), Some(physical)) = (place.line, physical.as_object_mut()) {
            let mut region = json!({ "startLine": line });
            if let (Some(column), Some(region)) = (place.column, region.as_object_mut()) {
                region.insert("startColumn".to_owned(), column.into());
            }
            physical.insert("region".to_owned(), region);
        }
        result.insert(
            "locations".to_owned(),
            json!([{ "physicalLocation": physical }]),
        );
    }
    result
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}
