use crate::gates::testing::Lab;
use crate::{ConfigError, Options, Project};

fn invalid(lab: &Lab) -> Vec<caws_evidence::Finding> {
    match Project::open_on(&lab.root(), lab.host()) {
        Err(ConfigError::Invalid(findings)) => findings,
        other => panic!("expected findings, got {other:?}"),
    }
}

#[test]
fn a_missing_document_is_named_with_what_to_do() {
    for (file, what) in [
        (".caws.yml", "configuration"),
        (".caws/working-spec.yaml", "working spec"),
        (".caws/policy/tier-policy.json", "tier policy"),
    ] {
        let lab = Lab::new("schema_version: 1");
        lab.remove(file);
        let error = Project::open_on(&lab.root(), lab.host()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with(&format!("cannot read {what} ")),
            "{error}"
        );
        assert!(error.to_string().contains(file), "{error}");
    }
}

#[test]
fn each_document_is_checked() {
    let lab = Lab::new("schema_version: 1\nextra: 1");
    assert_eq!(invalid(&lab)[0].place.as_ref().unwrap().line, Some(2));
    let lab = Lab::new("schema_version: [");
    assert_eq!(invalid(&lab)[0].code, "document-syntax");
    let lab = Lab::new("schema_version: 1");
    lab.spec("risk_tier: 3", "risk_tier: 9");
    assert_eq!(
        invalid(&lab)[0].place.as_ref().unwrap().path,
        ".caws/working-spec.yaml"
    );
    let lab = Lab::new("schema_version: 1");
    lab.file(".caws/policy/tier-policy.json", "{}");
    assert_eq!(
        invalid(&lab)[0].place.as_ref().unwrap().path,
        ".caws/policy/tier-policy.json"
    );
    let lab = Lab::new("schema_version: 1");
    lab.remove("contracts/summary.schema.json");
    assert_eq!(invalid(&lab)[0].code, "spec-path-missing");
}

#[test]
fn names_and_patterns_of_the_configuration_are_checked() {
    let lab = Lab::new(
        "schema_version: 1\ngates:\n  flakes: { adapter: nextest, uses: [x], inputs: ['a['] }",
    );
    let found = invalid(&lab);
    assert_eq!(
        found[0].message,
        "gates.flakes uses the tool `x`, which is not declared"
    );
    assert_eq!(
        found[0].help.as_deref(),
        Some("declare it under `tools`, or take it out of `gates.flakes`")
    );
    assert_eq!(found[0].place.as_ref().unwrap().line, Some(3));
    assert!(
        found[1].message.starts_with("`a[` is no pattern: "),
        "{}",
        found[1].message
    );
}

#[test]
fn a_minimum_may_be_raised_and_never_lowered() {
    for gate in ["coverage", "mutation"] {
        let adapter = if gate == "coverage" {
            "cargo-llvm-cov"
        } else {
            "cargo-mutants"
        };
        let config = |minimum: &str| {
            format!(
                "schema_version: 1\ngates:\n  {gate}:\n    adapter: {adapter}\n    minimum: {minimum}\n"
            )
        };
        let project = Lab::new(&config("0.95")).open();
        let stated = if gate == "coverage" {
            &project.rules.min_coverage
        } else {
            &project.rules.min_mutation
        };
        assert_eq!(
            (stated.value, stated.source.as_str()),
            (0.95, format!("config gates.{gate}.minimum").as_str())
        );
        let found = invalid(&Lab::new(&config("0.1")));
        assert_eq!(
            (
                found[0].code.as_str(),
                found[0].place.as_ref().unwrap().line
            ),
            ("threshold-loosened", Some(5))
        );
    }
}

#[test]
fn documents_are_known_by_content() {
    let lab = Lab::new("schema_version: 1");
    let project = lab.open();
    for (document, path) in [
        (&project.config_ref, ".caws.yml"),
        (&project.spec_ref, ".caws/working-spec.yaml"),
        (&project.policy_ref, ".caws/policy/tier-policy.json"),
    ] {
        assert_eq!(document.path, path);
        assert_eq!(
            document.sha256,
            caws_evidence::sha256_hex(&std::fs::read(lab.root().join(path)).unwrap())
        );
    }
    assert!(project.root.is_absolute());
    assert_eq!(project.config_value["schema_version"], 1);
}

#[test]
fn artifacts_of_some_gates_have_a_place_of_their_own() {
    let root = std::path::Path::new("/r");
    let all = Options::default();
    assert_eq!(all.artifacts(root), root.join("artifacts"));
    let some = Options {
        gates: vec!["spec".to_owned()],
        ..Options::default()
    };
    assert_eq!(some.artifacts(root), root.join("artifacts/partial"));
    assert_eq!(some.whole(root), root.join("artifacts"));
    let elsewhere = Options {
        artifacts: Some("/x".into()),
        ..Options::default()
    };
    assert_eq!(elsewhere.artifacts(root), std::path::Path::new("/x"));
}

#[test]
fn jobs_replace_the_machines_cores() {
    let project = Lab::new("schema_version: 1").open();
    assert_eq!(project.cores(&Options::default()), 2);
    assert_eq!(
        project.cores(&Options {
            jobs: Some(5),
            ..Options::default()
        }),
        5
    );
    assert_eq!(
        project.cores(&Options {
            jobs: Some(0),
            ..Options::default()
        }),
        1
    );
}
