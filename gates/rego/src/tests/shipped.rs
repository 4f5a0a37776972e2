//! The policies in `policy/rego`.

use std::path::Path;

use serde_json::json;

use crate::{Policies, Source, run_tests};

fn shipped() -> Vec<Source> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policy/rego");
    let mut sources: Vec<Source> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            Source::new(name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

#[test]
fn every_shipped_policy_holds_on_the_published_input() {
    let schema = include_str!("../../../../.caws/schemas/policy-input-v1.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let policies = Policies::compile(&shipped(), &json!({}), Some(&schema)).unwrap();
    assert_eq!(
        policies.packages(),
        [
            "caws.dependencies",
            "caws.pinning",
            "caws.review",
            "caws.sbom",
            "caws.secrets",
            "caws.signing",
            "caws.workflows"
        ]
    );
}

#[test]
fn every_test_of_a_shipped_policy_passes_and_every_line_is_reached() {
    let policies = Policies::compile(&shipped(), &json!({}), None).unwrap();
    let report = run_tests(&policies).unwrap();
    let failed: Vec<_> = report
        .cases
        .iter()
        .filter(|case| case.state != crate::TestState::Passed)
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
    for file in &report.files {
        assert!(
            !file.untouched && file.missed.is_empty(),
            "{}: {:?}",
            file.path,
            file.missed
        );
    }
}
