use serde_json::json;

use super::*;

fn raws(content: &str) -> [Raw; 1] {
    let bytes = content.as_bytes().to_vec();
    [Raw {
        role: "diagnostics".into(),
        name: "diagnostics.json".into(),
        bytes,
    }]
}

#[test]
fn findings_are_counted_by_severity_and_passed_through() {
    let content = r#"[
        {"code": "document-schema", "severity": "error", "message": "a", "place": {"path": "x.yaml", "line": 3}},
        {"code": "document-schema", "severity": "error", "message": "b"},
        {"code": "spec-tier-rule", "severity": "warning", "message": "c"},
        {"code": "spec-tier-rule", "severity": "note", "message": "d"}]"#;
    let reading = read(&json!({"documents": 3}), &raws(content)).unwrap();
    assert_eq!(reading.examined, 3);
    assert_eq!(
        reading.observations,
        [
            common::count("errors", 2, Basis::Observed),
            common::count("warnings", 1, Basis::Observed)
        ]
    );
    assert_eq!(reading.findings.len(), 4);
    assert_eq!(reading.findings[0].place.as_ref().unwrap().line, Some(3));
}

#[test]
fn nothing_found_is_no_error() {
    let reading = read(&json!({"documents": 1}), &raws("[]")).unwrap();
    assert_eq!(reading.observations[0].value, 0.0);
}

#[test]
fn what_is_missing_or_broken_is_said() {
    assert!(matches!(
        read(&json!({"documents": 1}), &[]),
        Err(MeasureError::Missing { .. })
    ));
    assert!(matches!(
        read(&Value::Null, &raws("[]")),
        Err(MeasureError::Malformed { .. })
    ));
    assert!(matches!(
        read(&json!({"documents": 1}), &raws("{}")),
        Err(MeasureError::Malformed { .. })
    ));
}
