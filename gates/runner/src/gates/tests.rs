use super::{ALL, ids};
use crate::gates::testing::Lab;
use crate::schedule::Needs;

#[test]
fn gates_are_reported_in_a_fixed_order() {
    let expected = [
        "spec",
        "static",
        "coverage",
        "mutation",
        "contracts",
        "accessibility",
        "performance",
        "audio",
        "flakes",
        "integrity",
        "policy",
        "scope",
        "acceptance",
    ];
    assert_eq!(ids(), expected);
}

#[test]
fn every_gate_has_the_version_its_cached_evidence_was_made_with() {
    for gate in ALL {
        let expected = if gate.id() == "integrity" { 2 } else { 1 };
        assert_eq!(gate.version(), expected, "{}", gate.id());
    }
}

#[test]
fn what_reads_reports_needs_one_core_and_what_measures_time_needs_the_machine() {
    let project = Lab::new("schema_version: 1\ngates: {}").open();
    for gate in ALL {
        let alone = matches!(gate.id(), "performance" | "audio");
        let expected = Needs {
            cores: if alone { usize::MAX } else { 1 },
            exclusive: alone,
        };
        assert_eq!(gate.needs(&project), expected, "{}", gate.id());
    }
}
