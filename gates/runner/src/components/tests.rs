use std::path::Path;

use caws_evidence::{Severity, Verdict};

use super::{Specs, find};
use crate::gates::testing::{Lab, evidence, offline, planned, value, verdict};
use crate::{ConfigError, Options, Project};

fn tree(files: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "id: A-1\n").unwrap();
    }
    dir
}

fn specs(components: &[&str], whole: Option<&str>, projects: &[&str]) -> Specs {
    let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    Specs {
        components: owned(components),
        whole: whole.map(str::to_owned),
        projects: owned(projects),
    }
}

#[test]
fn specs_are_found_at_any_depth_under_any_of_their_names() {
    let dir = tree(&[
        ".caws/working-spec.yaml",
        "b/.caws/working-spec.yml",
        "a/x/y/.caws/working-spec.json",
        "a/.caws/policy/tier-policy.json",
        "c/working-spec.yaml",
        "d/.caws/other.yaml",
    ]);
    let found = [
        ".caws/working-spec.yaml",
        "a/x/y/.caws/working-spec.json",
        "b/.caws/working-spec.yml",
    ];
    assert_eq!(find(dir.path()).unwrap(), specs(&found, None, &[]));
}

#[test]
fn the_spec_of_a_project_is_no_component_and_a_project_inside_is_its_own() {
    let dir = tree(&[
        ".caws.yml",
        ".caws/working-spec.yaml",
        "a/.caws/working-spec.yaml",
        "fixtures/py/.caws.yml",
        "fixtures/py/.caws/working-spec.yaml",
        "fixtures/py/part/.caws/working-spec.yaml",
    ]);
    assert_eq!(
        find(dir.path()).unwrap(),
        specs(
            &["a/.caws/working-spec.yaml"],
            Some(".caws/working-spec.yaml"),
            &["fixtures/py"]
        )
    );
    assert_eq!(
        find(&dir.path().join("fixtures/py")).unwrap(),
        specs(
            &["part/.caws/working-spec.yaml"],
            Some(".caws/working-spec.yaml"),
            &[]
        )
    );
}

#[test]
fn build_output_hidden_directories_and_links_are_left_out() {
    let dir = tree(&[
        "target/.caws/working-spec.yaml",
        "node_modules/m/.caws/working-spec.yaml",
        ".venv/m/.caws/working-spec.yaml",
        ".hidden/.caws/working-spec.yaml",
        "a/.caws/working-spec.yaml",
    ]);
    #[cfg(unix)]
    std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
    assert_eq!(
        find(dir.path()).unwrap(),
        specs(&["a/.caws/working-spec.yaml"], None, &[])
    );
}

#[test]
fn a_directory_that_is_not_there_is_an_error_with_its_name() {
    let error = find(Path::new("nowhere-at-all")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert!(error.to_string().starts_with("nowhere-at-all: "), "{error}");
}

const CONFIG: &str = "
schema_version: 1
components: [parts/]
gates:
  spec: {}
  coverage:
    inputs: ['parts/**']
    report: { format: lcov, path: reports/lcov.info }
    tests: { format: junit, path: reports/junit.xml }
  mutation: { adapter: cargo-mutants }
";

/// A component spec of tier 3 without an error.
fn spec(id: &str, more: &str) -> String {
    format!(
        "id: {id}\ntitle: A part of the project\nrisk_tier: 3\nprofile: library\nrationale: Because it is worth doing.\n\
         scope: {{ in: [parts/], out: [] }}\ninvariants: [It stays as it is]\n\
         acceptance:\n  - {{ id: A1, given: a, when: b, then: c }}\nnon_functional: {{}}\ncontracts: []\n{more}\n"
    )
}

/// A tracefile with a file of ten lines each, so many of them reached.
fn lcov(files: &[(&str, usize)]) -> String {
    files
        .iter()
        .map(|(path, reached)| {
            let lines: String = (1..=10)
                .map(|line| format!("DA:{line},{}\n", u8::from(line <= *reached)))
                .collect();
            format!("SF:{path}\n{lines}end_of_record\n")
        })
        .collect()
}

/// A project with two components, of which the second reaches six of ten lines.
fn lab(config: &str) -> Lab {
    let lab = Lab::new(config);
    lab.file("parts/a/x.py", "");
    lab.file("parts/b/y.py", "");
    lab.file(
        "parts/a/.caws/working-spec.yaml",
        &spec("A-1", "component: { paths: [parts/a/] }"),
    );
    lab.file(
        "parts/b/.caws/working-spec.yaml",
        &spec("B-1", "component: { paths: [parts/b/] }"),
    );
    lab.file(
        "parts/c/.caws/working-spec.yaml",
        &spec("C-1", "component: { paths: [] }"),
    );
    lab.file(
        "reports/lcov.info",
        &lcov(&[("parts/a/x.py", 10), ("parts/b/y.py", 6)]),
    );
    lab.file(
        "reports/junit.xml",
        "<testsuite tests=\"1\"><testcase name=\"a\"/></testsuite>",
    );
    lab
}

#[test]
fn a_component_below_its_target_fails_the_gate_that_the_whole_passes() {
    let outcome = lab(CONFIG).run();
    // Sixteen of twenty lines are enough for the whole.
    assert_eq!(value(&outcome, "coverage", "line_coverage"), Some(0.8));
    assert_eq!(value(&outcome, "coverage", "A-1.line_coverage"), Some(1.0));
    assert_eq!(value(&outcome, "coverage", "B-1.line_coverage"), Some(0.6));
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Fail);
    let missed = evidence(&outcome, "coverage")
        .findings
        .iter()
        .find(|finding| finding.code == "threshold-missed")
        .unwrap();
    assert_eq!(missed.message, "`B-1.line_coverage` misses its threshold");
    assert_eq!(
        missed.expected.as_deref(),
        Some("at least 0.7 (tier 3 of parts/b/.caws/working-spec.yaml)")
    );
    // Nothing is asked of a component without code.
    let plan = planned(&outcome, "coverage");
    assert!(
        plan.requirements
            .iter()
            .all(|asked| !asked.measurement.starts_with("C-1"))
    );
}

#[test]
fn a_component_may_ask_for_more_than_its_tier() {
    let lab = lab(CONFIG);
    lab.file(
        "parts/a/.caws/working-spec.yaml",
        &spec(
            "A-1",
            "targets: { coverage: 0.95 }\ncomponent: { paths: [parts/a/] }",
        ),
    );
    lab.file(
        "parts/b/.caws/working-spec.yaml",
        &spec("B-1", "component: { paths: [] }"),
    );
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Pass);
    let asked = &planned(&outcome, "coverage").requirements;
    let of_a = asked
        .iter()
        .find(|asked| asked.measurement == "A-1.line_coverage");
    assert_eq!(of_a.map(|asked| asked.threshold), Some(0.95));
}

#[test]
fn a_component_that_no_report_knows_is_not_measured() {
    let lab = lab(CONFIG);
    lab.file("reports/lcov.info", &lcov(&[("parts/a/x.py", 10)]));
    assert_eq!(verdict(&lab.run(), "coverage"), Verdict::Unmeasured);
}

#[test]
fn without_components_plans_are_what_they_were() {
    let outcome = lab(&CONFIG.replace("components: [parts/]\n", "")).run();
    assert_eq!(
        planned(&outcome, "coverage").params,
        serde_json::json!({ "exclude": [] })
    );
    assert_eq!(planned(&outcome, "coverage").requirements.len(), 2);
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Pass);
}

#[test]
fn mutation_is_asked_of_components_where_all_mutants_are_tried() {
    let lab = lab(CONFIG);
    let asked = |no_sample: bool| {
        let options = Options {
            no_sample,
            ..offline()
        };
        let planned = crate::plan(&lab.open(), &options).unwrap();
        let gate = planned
            .plan
            .gates
            .into_iter()
            .find(|gate| gate.gate == "mutation");
        let asked: Vec<String> = gate
            .unwrap()
            .requirements
            .into_iter()
            .map(|asked| asked.measurement)
            .collect();
        asked.join(" ")
    };
    assert_eq!(asked(false), "mutation_score");
    assert_eq!(
        asked(true),
        "mutation_score A-1.mutation_score B-1.mutation_score"
    );
}

#[test]
fn specs_of_components_are_documents_of_the_spec_gate() {
    let outcome = lab(CONFIG).run();
    let roles: Vec<&str> = evidence(&outcome, "spec")
        .outputs
        .iter()
        .map(|output| output.role.as_str())
        .collect();
    assert!(
        roles.contains(&"parts/a/.caws/working-spec.yaml"),
        "{roles:?}"
    );
    assert!(
        roles.contains(&"parts/b/.caws/working-spec.yaml"),
        "{roles:?}"
    );
    assert_eq!(verdict(&outcome, "spec"), Verdict::Pass);
}

#[test]
fn a_project_whose_components_are_faulty_is_none() {
    let faults = |lab: &Lab| match Project::open_on(&lab.root(), lab.host()).unwrap_err() {
        ConfigError::Invalid(findings) => {
            let errors = findings
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error);
            errors.map(|finding| finding.code).collect::<Vec<_>>()
        }
        other => panic!("{other}"),
    };
    assert_eq!(
        faults(&lab(&CONFIG.replace("parts/]", "parts/, textstats/]"))),
        ["spec-path-missing"]
    );
    assert_eq!(
        faults(&lab(&CONFIG.replace("parts/]", "parts/, nowhere/]"))),
        ["spec-path-missing"]
    );
    let twice = lab(CONFIG);
    twice.file("parts/b/.caws/working-spec.yaml", &spec("A-1", ""));
    assert_eq!(faults(&twice), ["spec-duplicate-id"]);
    let less = lab(CONFIG);
    less.file(
        "parts/b/.caws/working-spec.yaml",
        &spec("B-1", "targets: { coverage: 0.5 }"),
    );
    assert_eq!(faults(&less), ["threshold-loosened"]);
}
