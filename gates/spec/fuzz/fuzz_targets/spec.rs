//! Any spec: recognised, judged, and migrated to something that leads back to what it said.
#![no_main]

use caws_spec::{examine, migrate, parse, validate_policy, validate_spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(document) = parse("s.yaml", text.as_bytes()) else {
        return;
    };
    let (recognition, findings) = examine(&document);
    for finding in findings.iter().chain(&validate_policy(&document)) {
        assert!(finding.place.is_some() && !finding.code.is_empty());
    }
    if let Some(spec) = validate_spec(&document).spec {
        assert!((1..=3).contains(&spec.risk_tier) && !spec.id.is_empty());
    }
    let Ok(migration) = migrate(&document, text) else {
        return;
    };
    assert_eq!(migration.recognition, recognition);
    assert_eq!(
        migration.restore(migration.document.value()),
        *document.value()
    );
    let again = parse("s.yaml", migration.text.as_bytes()).expect("what was migrated parses");
    assert_eq!(again.value(), migration.document.value());
    if let Ok(twice) = migrate(&again, &migration.text) {
        assert_eq!(twice.text, migration.text);
    }
});
