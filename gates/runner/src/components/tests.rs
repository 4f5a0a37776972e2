use std::path::Path;

use caws_evidence::{Severity, Verdict};

use super::{Specs, find, find_at_most, inside, load, load_at_most, not_held};
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

#[test]
fn more_specs_than_anybody_writes_are_refused() {
    let dir = tree(&[
        "a/.caws/working-spec.yaml",
        "b/.caws/working-spec.yaml",
        "c/.caws/working-spec.yaml",
    ]);
    assert_eq!(find_at_most(dir.path(), 3).unwrap().components.len(), 3);
    let error = find_at_most(dir.path(), 2).unwrap_err().to_string();
    assert_eq!(error, "more than 2 component specs; name a smaller tree");
}

#[test]
fn specs_are_read_in_order_and_no_more_of_them_than_a_machine_holds() {
    let dir = tree(&["a.yaml", "b.yaml"]);
    let paths = || ["a.yaml", "b.yaml"].map(|name| dir.path().join(name));
    // Eight bytes each.
    let whole = load_at_most(paths(), 16).unwrap();
    assert_eq!(whole, [b"id: A-1\n", b"id: A-1\n"]);
    let (path, error) = load_at_most(paths(), 15).unwrap_err();
    assert_eq!(path, dir.path().join("b.yaml"));
    assert!(error.to_string().contains("more than 15 bytes"), "{error}");
    let (path, error) = load([dir.path().join("c.yaml")]).unwrap_err();
    assert_eq!(path, dir.path().join("c.yaml"));
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    // Of a file that is too long only so much is read that the parser can say so.
    let long = dir.path().join("long.yaml");
    std::fs::File::create(&long)
        .and_then(|file| file.set_len(caws_spec::parse::MAX_BYTES as u64 + 9))
        .unwrap();
    let read = load([long]).unwrap();
    assert_eq!(read[0].len(), caws_spec::parse::MAX_BYTES + 1);
}

#[test]
fn a_folder_is_below_the_root() {
    for (folder, expected) in [
        ("a/b/", Some("a/b")),
        ("./a//b/.", Some("a/b")),
        (".", Some("")),
        ("./", Some("")),
        ("..", None),
        ("a/../..", None),
        ("/a", None),
        ("a..b", Some("a..b")),
    ] {
        assert_eq!(inside(folder).as_deref(), expected, "{folder}");
    }
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
    // Folders whose names differ in what a file name cannot have.
    let lab = lab(CONFIG);
    let more = spec("D-1", "component: { paths: [parts/a/] }");
    lab.file("parts/a-ä/.caws/working-spec.yaml", &more);
    let more = spec("E-1", "component: { paths: [parts/a/] }");
    lab.file("parts/a/ä/.caws/working-spec.yaml", &more);
    let outcome = lab.run();
    let outputs = &evidence(&outcome, "spec").outputs;
    let paths: std::collections::BTreeSet<&str> =
        outputs.iter().map(|output| output.path.as_str()).collect();
    assert_eq!((outputs.len(), paths.len()), (8, 8), "{paths:?}");
    assert!(paths.iter().all(|path| path.is_ascii()), "{paths:?}");
    assert_eq!(verdict(&outcome, "spec"), Verdict::Pass);
}

#[test]
fn components_of_the_whole_project_are_those_of_its_folders() {
    let of = |folders: &str| {
        let config = CONFIG.replace("[parts/]", folders);
        let components = lab(&config).open().components;
        let specs: Vec<String> = components.into_iter().map(|part| part.spec).collect();
        specs
    };
    let both = [
        "parts/a/.caws/working-spec.yaml",
        "parts/b/.caws/working-spec.yaml",
    ];
    for folders in [
        "['.']",
        "[./]",
        "[./parts]",
        "[parts, parts/a/]",
        "[parts//]",
    ] {
        assert_eq!(of(folders), both, "{folders}");
    }
}

/// The errors that keep a project from opening.
fn errors(lab: &Lab) -> Vec<caws_evidence::Finding> {
    match Project::open_on(&lab.root(), lab.host()).unwrap_err() {
        ConfigError::Invalid(findings) => {
            let errors = findings
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error);
            errors.collect()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_component_that_nothing_can_be_asked_of_is_not_left_out_in_silence() {
    let cannot = |text: &str| {
        let lab = lab(CONFIG);
        lab.file("parts/b/.caws/working-spec.yaml", text);
        let errors = errors(&lab);
        assert_eq!(errors.len(), 1, "{errors:?}");
        let place = errors[0].place.as_ref().unwrap();
        assert_eq!(place.path, "parts/b/.caws/working-spec.yaml");
        (errors[0].message.clone(), errors[0].found.clone().unwrap())
    };
    // Valid by the rules of its own generation, which knows no profiles.
    let foreign = include_str!("../../../spec/tests/fixtures/dialects/spec-v1.yaml");
    assert_eq!(
        cannot(foreign),
        (
            "LAMP-GROUP-ORDER-003 cannot be held to its targets".to_owned(),
            "no `profile`".to_owned()
        )
    );
    let files = [(
        "b.yaml".to_owned(),
        b"id: B-1\nrisk_tier: 3\nprofile: library\n".to_vec(),
    )];
    let entry = caws_spec::Portfolio::read(&files, |_| true, 1)
        .entries
        .remove(0);
    for (nothing_asked, found) in [
        (
            true,
            "a tier and a profile the tier policy has no rules for",
        ),
        (false, "neither `component.paths` nor `scope.in`"),
    ] {
        let finding = not_held(&entry, false, nothing_asked);
        assert_eq!(finding.found.as_deref(), Some(found));
    }
}

#[test]
fn a_project_whose_components_are_faulty_is_none() {
    let faults = |lab: &Lab| {
        let errors = errors(lab).into_iter();
        errors.map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(
        faults(&lab(&CONFIG.replace("parts/]", "parts/, textstats/]"))),
        ["spec-path-missing"]
    );
    assert_eq!(
        faults(&lab(&CONFIG.replace("parts/]", "parts/, nowhere/]"))),
        ["spec-path-missing"]
    );
    for folder in ["..", "/", "parts/../.."] {
        let config = CONFIG.replace("[parts/]", &format!("['{folder}']"));
        let found = errors(&lab(&config));
        assert_eq!(found[0].code, "spec-path-missing", "{folder}");
        assert_eq!(
            found[0].found.as_deref(),
            Some("a path that leaves the project"),
            "{folder}"
        );
    }
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
