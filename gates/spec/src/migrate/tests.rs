use serde_json::json;

use super::{MigrateError, Migration, migrate};
use crate::parse;

fn migrated(path: &str, text: &str) -> Migration {
    let document = parse(path, text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"));
    migrate(&document, text).unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn keys_are_renamed_however_they_are_written() {
    let migration = migrated(
        "s.yaml",
        "lifecycle_state: draft\n\"status\": 1\n'owner of': me\n\u{e4}: 1 # c\nscope: {include: [a], \"exclude\": [b]}\n",
    );
    assert!(
        migration.text.starts_with(
            "x-lifecycle_state: draft\n\"x-status\": 1\n\"x-owner of\": me\n\"x-\u{e4}\": 1 # c\nscope: {in: [a], \"out\": [b]}\n"
        ),
        "{}",
        migration.text
    );
}

#[test]
fn json_stays_json() {
    let migration = migrated(
        "s.json",
        "{\n  \"lifecycle_state\": \"draft\",\n  \"risk_tier\": \"2\"\n}\n",
    );
    assert!(
        migration.text.starts_with("{\n  \"x-lifecycle_state\": \"draft\",\n  \"risk_tier\": 2, \"open_questions\": [{\"at\":"),
        "{}",
        migration.text
    );
    assert!(migration.text.ends_with("}]\n}\n"), "{}", migration.text);
    assert!(serde_json::from_str::<serde_json::Value>(&migration.text).is_ok());
    let empty = migrated("s.json", "{}");
    assert!(
        empty.text.starts_with("{\"open_questions\": ["),
        "{}",
        empty.text
    );
}

#[test]
fn a_value_that_does_not_fit_is_set_aside_and_asked_for() {
    let migration = migrated(
        "s.yaml",
        "title: short\nacceptance:\n  - { id: AC-1, given: a, when: b, then: c }\ninvariants: [1]\nx-title: kept\nlifecycle_state: draft",
    );
    assert!(
        migration.text.starts_with(
            "x-title-2: short\nacceptance:\n  - { x-id: AC-1, given: a, when: b, then: c }\nx-invariants: [1]\nx-title: kept\nx-lifecycle_state: draft\nopen_questions:\n"
        ) || migration.text.starts_with(
            "x-title-2: short\nacceptance:\n  - { x-id: AC-1, given: a, when: b, then: c }\nx-invariants: [1]\nx-title: kept\nlifecycle_state: draft"
        ),
        "{}",
        migration.text
    );
    let open: Vec<_> = migration.open.iter().map(|(at, _)| at.as_str()).collect();
    assert!(
        open.contains(&"/title")
            && open.contains(&"/acceptance/0/id")
            && open.contains(&"/invariants"),
        "{open:?}"
    );
    assert_eq!(migration.place("/acceptance/0/id"), "/acceptance/0/x-id");
    assert_eq!(migration.place("/title"), "/x-title-2");
    assert_eq!(migration.place("/titles"), "/titles");
}

#[test]
fn a_closed_section_is_set_aside_as_a_whole() {
    let migration = migrated(
        "s.yaml",
        "targets: { covrage: 1 }\nlifecycle_state: draft\n",
    );
    assert!(
        migration.text.starts_with("x-targets: { x-covrage: 1 }\n"),
        "{}",
        migration.text
    );
    assert_eq!(migration.unmapped, ["/x-targets", "/x-lifecycle_state"]);
}

#[test]
fn percentages_bind_and_shares_are_left() {
    let spec = |coverage: &str| {
        migrated(
            "s.yaml",
            &format!(
                "testing_strategy:\n  unit_tests: {{ target_coverage: {coverage}, target_mutation_score: 80 }}\nhardening_checklist: []\n"
            ),
        )
    };
    assert_eq!(
        spec("95").document.value()["targets"],
        json!({"coverage": 0.95, "mutation": 0.8})
    );
    assert_eq!(
        spec("1").document.value()["targets"],
        json!({"mutation": 0.8})
    );
    assert!(
        spec("95")
            .text
            .contains("\ntargets:\n  coverage: 0.95\n  mutation: 0.8\nopen_questions:\n")
    );
}

#[test]
fn what_has_little_in_common_with_a_spec_is_refused() {
    let text = |keys: usize| -> String { (0..keys).map(|key| format!("k{key}: 1\n")).collect() };
    let refused = |keys| {
        let text = text(keys);
        let document = parse("s.yaml", text.as_bytes()).expect("it parses");
        migrate(&document, &text).err()
    };
    assert_eq!(refused(500), None);
    let fault = refused(501).expect("it is refused");
    assert_eq!(
        fault.to_string(),
        "501 parts have no place in the current dialect, and at most 500 are set aside; name a working spec"
    );
}

#[test]
fn what_cannot_be_edited_is_refused() {
    for text in ["[1]\n", "text\n", "3\n"] {
        let document = parse("s.yaml", text.as_bytes()).expect("it parses");
        assert!(
            matches!(migrate(&document, text), Err(MigrateError::NoMapping(_))),
            "{text}"
        );
    }
    // The alias stands for a mapping whose key must be renamed.
    let text = "lifecycle_state: draft\nscope: &s { include: [a] }\nblast_radius: *s\n";
    let document = parse("s.yaml", text.as_bytes()).expect("it parses");
    assert!(matches!(
        migrate(&document, text),
        Err(MigrateError::Text(_))
    ));
}
