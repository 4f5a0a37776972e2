use std::path::Path;

use caws_policy::applies::{Applies, Looks};
use caws_policy::tier::Subject;

use super::{PathError, applies};
use crate::Options;
use crate::gates::testing::Lab;

const CONFIG: &str = "\
schema_version: 1
gates:
  spec: { inputs: [.caws.yml] }
  coverage:
    inputs: ['textstats/**', 'tests/**']
    report: { format: lcov, path: cov.info }
    tests: { format: junit, path: junit.xml }
    exclude: [{ path: 'tests/**', reason: tests are not the code }]
    minimum: 0.75
";

const COMPONENT: &str = "\
id: WORDS-001
title: Words are counted
risk_tier: 1
profile: library
scope: { in: [textstats/words/], out: [] }
targets: { coverage: 0.95, mutation: 0.1 }
";

fn lab() -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("textstats/words/count.py", "");
    lab.file("README.md", "");
    lab
}

fn asked(lab: &Lab, path: &str) -> Applies {
    applies(&lab.open(), &Options::default(), Path::new(path)).unwrap()
}

fn gate<'a>(applies: &'a Applies, gate: &str) -> &'a caws_policy::applies::GateApplies {
    applies.gates.iter().find(|one| one.gate == gate).unwrap()
}

#[test]
fn a_file_has_its_spec_its_tier_its_gates_and_its_numbers() {
    let lab = lab();
    let found = asked(&lab, "textstats/words/count.py");
    assert_eq!((found.spec.tier, found.files), (3, 1));
    assert_eq!(found.spec.tier_place.path, ".caws/working-spec.yaml");
    assert!(found.spec.tier_place.line.is_some());
    assert_eq!(found.component, None);
    let coverage = gate(&found, "coverage");
    assert_eq!(
        coverage.looks,
        Looks::AtAll {
            pattern: "textstats/**".to_owned()
        }
    );
    assert!(
        coverage
            .requirements
            .iter()
            .any(|asked| asked.threshold == 0.75)
    );
    assert_eq!(gate(&found, "spec").looks, Looks::Away);
    let number = found
        .numbers
        .iter()
        .find(|number| number.subject == Subject::Coverage)
        .unwrap();
    let who: Vec<&str> = number
        .layers
        .iter()
        .map(|layer| layer.who.as_str())
        .collect();
    assert_eq!(who, ["tier 3", "config gates.coverage.minimum"]);
    assert_eq!(number.value, "0.75");
    assert!(!found.review.required);
    assert_eq!(found.policy.shape, Some("current"));
}

#[test]
fn what_is_left_out_and_what_is_looked_at_in_part_is_said() {
    let lab = lab();
    let tests = asked(&lab, "./tests/a.py");
    assert_eq!(
        gate(&tests, "coverage").looks,
        Looks::LeftOut {
            pattern: "tests/**".to_owned(),
            reason: "tests are not the code".to_owned()
        }
    );
    let whole = asked(&lab, ".");
    assert_eq!(whole.path, "");
    assert_eq!(gate(&whole, "coverage").looks, Looks::AtSome { files: 3 });
    // What is not there yet is asked about all the same.
    let coming = asked(&lab, "textstats/new.py");
    assert_eq!(coming.files, 0);
    assert!(matches!(
        gate(&coming, "coverage").looks,
        Looks::AtAll { .. }
    ));
    let policy = asked(&lab, ".caws/policy/tier-policy.json");
    assert_eq!(policy.decides, Some("the tier policy"));
    assert_eq!(asked(&lab, "README.md").decides, None);
}

#[test]
fn the_component_that_claims_a_path_most_closely_speaks_for_it() {
    let lab = lab();
    lab.file("textstats/words/.caws/working-spec.yaml", COMPONENT);
    let found = asked(&lab, "textstats/words/count.py");
    let component = found.component.unwrap();
    assert_eq!(
        (component.id.as_deref(), component.tier, component.held),
        (Some("WORDS-001"), Some(1), false)
    );
    assert_eq!(component.claims, "scope.in: textstats/words/");
    let numbers: Vec<(Subject, &str)> = component
        .numbers
        .iter()
        .map(|number| (number.subject, number.value.as_str()))
        .collect();
    // The target that asks for less than tier 1 does is told, and changes nothing.
    assert_eq!(
        numbers,
        [
            (Subject::CoverageMetric, "branch"),
            (Subject::Coverage, "0.95"),
            (Subject::Mutation, "0.7")
        ]
    );
    assert_eq!(found.findings.len(), 1);
    assert_eq!(
        found.findings[0].message,
        "WORDS-001 targets.mutation asks for less than tier 1 does"
    );
    assert_eq!(asked(&lab, "textstats/a.py").component, None);
    // A second one that says it more closely wins, and the first is named.
    lab.file(
        "other/.caws/working-spec.yaml",
        "id: COUNT-001\nrisk_tier: 2\nprofile: cli\nscope: { in: [textstats/words/count.py] }\n",
    );
    let found = asked(&lab, "textstats/words/count.py");
    assert_eq!(found.component.unwrap().id.as_deref(), Some("COUNT-001"));
    assert_eq!(found.conflicts.len(), 1);
    assert_eq!(
        (
            found.conflicts[0].won.value.as_str(),
            found.conflicts[0].lost.value.as_str()
        ),
        ("COUNT-001", "WORDS-001")
    );
}

#[test]
fn a_policy_of_another_shape_is_told_with_what_it_says_of_the_path() {
    let lab = lab();
    lab.file(
        ".caws/policy/tier-policy.json",
        r#"{ "tiers": { "1": { "min_branch": 0.9, "packages": ["textstats/words"] }, "3": { "min_branch": 0.6, "smoke": true } } }"#,
    );
    let found = asked(&lab, "textstats/words/count.py");
    assert_eq!(found.policy.shape, Some("min-branch"));
    assert!(found.policy.because[0].starts_with("its tiers have a `min_branch` (line 1)"));
    assert_eq!(found.conflicts.len(), 1);
    assert_eq!(
        (
            found.conflicts[0].what.as_str(),
            found.conflicts[0].won.value.as_str(),
            found.conflicts[0].lost.value.as_str()
        ),
        ("the tier", "3", "1")
    );
    let unread: Vec<&str> = found.unread.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(unread, ["tiers.3.smoke"]);
    assert_eq!(asked(&lab, "textstats/a.py").conflicts, []);
}

#[test]
fn a_path_of_another_project_or_of_none_is_refused() {
    let lab = lab();
    lab.file("sub/.caws.yml", "schema_version: 1\n");
    lab.file("sub/src/a.py", "");
    let refused = |path: &str| applies(&lab.open(), &Options::default(), Path::new(path));
    for path in ["../a", "a/../../b", "/etc/passwd"] {
        assert!(
            matches!(refused(path), Err(PathError::Outside(_))),
            "{path}"
        );
    }
    assert_eq!(
        refused("sub/src/a.py").unwrap_err().to_string(),
        "`sub/src/a.py` belongs to `sub`, a project of its own; ask there: caws -C sub plan --explain src/a.py"
    );
    assert_eq!(
        refused("sub").unwrap_err().to_string(),
        "`sub` belongs to `sub`, a project of its own; ask there: caws -C sub plan --explain ."
    );
    let inside = lab.root().canonicalize().unwrap().join("README.md");
    let found = applies(&lab.open(), &Options::default(), &inside).unwrap();
    assert_eq!(found.path, "README.md");
}

#[test]
fn what_decides_the_gates_has_a_review_rule() {
    let lab = lab();
    lab.spec(
        "risk_tier: 3",
        "risk_tier: 3\ntargets: { manual_review: true }",
    );
    let found = asked(&lab, "README.md");
    assert!(found.review.required);
    assert_eq!(found.review.checked_by, None);
}
