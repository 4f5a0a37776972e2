use caws_evidence::Verdict;

use crate::Options;
use crate::gates::testing::{Lab, codes_of, evidence, offline, planned, value, verdict};

const CONFIG: &str = "
schema_version: 1
gates:
  static:
    checks: [{ name: one, command: [check] }]
";

fn lab() -> Lab {
    let lab = Lab::new(CONFIG);
    lab.tool("check", "exit 0");
    lab.file("pyproject.toml", "[project]\nname = 'x'\n");
    lab.file("tests/test_a.py", "def test_a():\n    assert 1\n");
    lab.commit();
    lab
}

fn against(base: &str) -> Options {
    Options {
        base: Some(base.to_owned()),
        ..offline()
    }
}

/// In tier 1 more is asked of a spec; this one has it.
fn tier_one(lab: &Lab) {
    lab.spec("risk_tier: 3", "risk_tier: 1");
    lab.spec("logs: []", "logs: [one]");
}

#[test]
fn a_change_that_loosens_nothing_passes() {
    let lab = lab();
    lab.file(
        "tests/test_a.py",
        "def test_a():\n    assert 1\n    assert 2\n",
    );
    lab.file("notes.md", "text");
    let outcome = lab.run_with(&against("main"));
    let found = evidence(&outcome, "integrity");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(found.scope.included, ["tests/test_a.py"]);
    assert_eq!(found.findings, []);
    let plan = planned(&outcome, "integrity");
    assert_eq!(plan.params["packages"], serde_json::json!([""]));
    assert_eq!(plan.params["base"].as_str().map(str::len), Some(40));
}

#[test]
fn what_is_loosened_is_told_and_in_tier_three_it_is_advice() {
    let lab = lab();
    lab.file(".caws.yml", "schema_version: 1\ngates: {}\n");
    lab.remove("tests/test_a.py");
    lab.file(
        "tests/test_new.py",
        "@pytest.mark.skip\ndef test_b(): pass\n",
    );
    lab.remove("pyproject.toml");
    let outcome = lab.run_with(&against("main"));
    assert_eq!(verdict(&outcome, "integrity"), Verdict::Pass);
    assert_eq!(
        codes_of(&outcome, "integrity"),
        ["guard-loosened", "guard-loosened", "test-ignored"]
    );
    let count = |name: &str| value(&outcome, "integrity", name);
    assert_eq!(
        (count("guards_loosened"), count("tests_ignored")),
        (Some(2.0), Some(1.0))
    );
}

#[test]
fn documents_are_compared_by_their_content() {
    let lab = lab();
    lab.spec("risk_tier: 3", "# said otherwise\nrisk_tier:   3");
    let outcome = lab.run_with(&against("main"));
    assert_eq!(codes_of(&outcome, "integrity"), Vec::<&str>::new());
    assert_eq!(
        evidence(&outcome, "integrity").scope.included,
        [".caws/working-spec.yaml"]
    );
    let policy = std::fs::read_to_string(lab.root().join(".caws/policy/tier-policy.json")).unwrap();
    lab.file(
        ".caws/policy/tier-policy.json",
        &policy.replace("\"min_coverage\": 0.7", "\"min_coverage\": 0.6"),
    );
    let outcome = lab.run_with(&against("main"));
    let finding = &evidence(&outcome, "integrity").findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.message.as_str()),
        ("guard-loosened", "`3.min_coverage (web-ui)` changed")
    );
    assert_eq!(
        (finding.expected.as_deref(), finding.found.as_deref()),
        (Some("0.7"), Some("0.6"))
    );
}

#[test]
fn without_a_base_there_is_nothing_to_compare_with() {
    let lab = lab();
    let outcome = lab.run();
    let plan = planned(&outcome, "integrity");
    assert!(!plan.applies);
    assert!(
        plan.reason
            .as_deref()
            .unwrap()
            .starts_with("nothing to compare with: name the branch")
    );
    lab.file(
        ".caws.yml",
        &CONFIG.replace("gates:\n", "gates:\n  integrity: { base: main }\n"),
    );
    assert_eq!(verdict(&lab.run(), "integrity"), Verdict::Pass);
    lab.file(
        ".caws.yml",
        &CONFIG.replace("gates:\n", "gates:\n  integrity: { base: elsewhere }\n"),
    );
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "integrity"), Verdict::Unmeasured);
    assert!(codes_of(&outcome, "integrity").contains(&"tool-failed"));
}

#[test]
fn in_tier_one_it_blocks_and_a_base_must_be_named() {
    let lab = lab();
    tier_one(&lab);
    lab.commit();
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "integrity"), Verdict::Unmeasured);
    lab.file(
        "tests/test_a.py",
        "@pytest.mark.skip\ndef test_a():\n    assert 1\n",
    );
    let outcome = lab.run_with(&against("main"));
    assert_eq!(verdict(&outcome, "integrity"), Verdict::Fail);
    let plan = planned(&outcome, "integrity");
    assert!(
        plan.requirements
            .iter()
            .all(|requirement| requirement.source == "tier 1")
    );
}

#[test]
fn what_is_too_long_or_no_document_is_not_compared() {
    use super::{Content, MAX_BYTES, content};
    let long = vec![b'x'; MAX_BYTES + 1];
    assert!(
        matches!(content("a.rs", false, &long), Content::Unreadable(why) if why.starts_with("2097153 bytes"))
    );
    assert!(matches!(
        content("a.yml", true, b"a: [1"),
        Content::Unreadable(_)
    ));
    assert_eq!(
        content("a.yml", true, b"a: 1"),
        Content::Document(serde_json::json!({ "a": 1 }))
    );
    assert_eq!(
        content("a.rs", false, b"\xff!"),
        Content::Text("\u{fffd}!".to_owned())
    );
}
