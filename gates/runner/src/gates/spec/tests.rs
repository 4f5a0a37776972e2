use caws_evidence::Verdict;

use crate::gates::testing::{Lab, evidence, value};

#[test]
fn three_documents_are_examined_and_kept() {
    let lab = Lab::new("schema_version: 1\ngates: { spec: {} }");
    let outcome = lab.run();
    let found = evidence(&outcome, "spec");
    assert_eq!(found.verdict, Verdict::Pass);
    assert_eq!(value(&outcome, "spec", "errors"), Some(0.0));
    let roles: Vec<&str> = found
        .outputs
        .iter()
        .map(|output| output.role.as_str())
        .collect();
    assert_eq!(
        roles,
        [
            "diagnostics",
            ".caws/working-spec.yaml",
            ".caws/policy/tier-policy.json",
            ".caws.yml"
        ]
    );
    let inputs: Vec<&str> = found
        .inputs
        .iter()
        .map(|input| input.path.as_str())
        .collect();
    let expected = [
        ".caws.yml",
        ".caws/policy/tier-policy.json",
        ".caws/working-spec.yaml",
        "contracts/summary.schema.json",
    ];
    assert_eq!(inputs, expected);
}

#[test]
fn warnings_are_in_the_evidence_and_do_not_block() {
    let lab = Lab::new("schema_version: 1\ngates: { spec: {} }");
    lab.spec("    - tests/\n", "    - nowhere/\n");
    let outcome = lab.run();
    let found = evidence(&outcome, "spec");
    assert_eq!(found.verdict, Verdict::Pass);
    assert_eq!(value(&outcome, "spec", "warnings"), Some(1.0));
    assert_eq!(found.findings[0].code, "spec-path-missing");
}
