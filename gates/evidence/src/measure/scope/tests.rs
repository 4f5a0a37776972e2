use proptest::prelude::*;
use serde_json::json;

use super::*;

const SPEC: &str = ".caws/working-spec.yaml";

fn lists(within: &[&str], without: &[&str], support: &[&str]) -> Lists {
    let own = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
    Lists {
        within: own(within),
        without: own(without),
        support: own(support),
    }
}

fn change(path: &str, status: Status, kind: Kind, lines: Option<(u64, u64)>) -> Change {
    Change {
        path: path.to_owned(),
        from: None,
        status,
        kind,
        lines: lines.map(|(added, removed)| Lines { added, removed }),
        generated: None,
    }
}

fn edited(path: &str, added: u64, removed: u64) -> Change {
    change(path, Status::Modified, Kind::Text, Some((added, removed)))
}

fn moved(from: &str, to: &str) -> Change {
    Change {
        from: Some(from.to_owned()),
        ..change(to, Status::Renamed, Kind::Text, Some((0, 0)))
    }
}

fn raw(files: Vec<Change>) -> Raw {
    let changes = Changes {
        base: "b".repeat(40),
        files,
    };
    Raw {
        role: "changes".to_owned(),
        name: "changes.json".to_owned(),
        bytes: serde_json::to_vec(&changes).unwrap(),
    }
}

fn params(agreed: Option<Lists>, budget: Value, submodules: &[&str]) -> Value {
    json!({
        "spec": SPEC,
        "base": "b".repeat(40),
        "scope": lists(&["src/a", "docs/*.md"], &["src/a/secret"], &["tools/"]),
        "agreed": agreed,
        "budget": budget,
        "submodules": submodules,
    })
}

fn measured(files: Vec<Change>) -> Reading {
    read(
        &params(None, json!({ "max_files": 3, "max_loc": 10 }), &[]),
        &[raw(files)],
    )
    .unwrap()
}

fn value(reading: &Reading, name: &str) -> f64 {
    let mut all = reading.observations.iter();
    all.find(|one| one.name == name).unwrap().value
}

#[test]
fn m7_each_path_gets_the_decision_of_the_table() {
    let allowed = lists(
        &["src/a", "./docs/*.md", "gen/**/out", "Cargo.toml"],
        &["src/a/secret/", "src/a/*.key"],
        &["tools/"],
    );
    let table = [
        ("src/a", "admit.scope_in", "src/a"),
        ("src/a/x.rs", "admit.scope_in", "src/a"),
        ("src/a/deep/er/x.rs", "admit.scope_in", "src/a"),
        ("src/ab", "reject.scope_in_miss", ""),
        ("src/ab/x.rs", "reject.scope_in_miss", ""),
        ("src", "reject.scope_in_miss", ""),
        ("src/A/x.rs", "reject.scope_in_miss", ""),
        ("Cargo.toml", "admit.scope_in", "Cargo.toml"),
        ("Cargo.toml.bak", "reject.scope_in_miss", ""),
        ("sub/Cargo.toml", "reject.scope_in_miss", ""),
        ("docs/x.md", "admit.scope_in", "./docs/*.md"),
        ("docs/x.md/inner", "admit.scope_in", "./docs/*.md"),
        ("docs/x.txt", "reject.scope_in_miss", ""),
        ("docs/deep/x.md", "reject.scope_in_miss", ""),
        ("gen/out/x", "admit.scope_in", "gen/**/out"),
        ("gen/one/two/out/x", "admit.scope_in", "gen/**/out"),
        ("src/a/secret", "reject.scope_out", "src/a/secret/"),
        ("src/a/secret/k", "reject.scope_out", "src/a/secret/"),
        ("src/a/secrets", "admit.scope_in", "src/a"),
        ("src/a/my.key", "reject.scope_out", "src/a/*.key"),
        ("tools/x", "admit.scope_support", "tools/"),
        ("tool", "reject.scope_in_miss", ""),
        (SPEC, "admit.spec", ""),
        (".caws/waivers.yaml", "reject.scope_in_miss", ""),
        ("", "reject.path_invalid", ""),
        ("/src/a/x.rs", "reject.path_invalid", ""),
        ("src/a/../b", "reject.path_invalid", ""),
        ("src/a//x", "reject.path_invalid", ""),
    ];
    for (path, name, entry) in table {
        let decided = decide(path, SPEC, &allowed);
        assert_eq!(
            (decided.decision.name(), decided.entry.unwrap_or_default()),
            (name, entry),
            "{path}"
        );
        assert_eq!(decided.decision.admits(), name.starts_with("admit."));
    }
    let whole = lists(&["."], &[".git"], &[]);
    assert!(decide("any/where", SPEC, &whole).decision.admits());
    let mut names = Decision::ALL.map(Decision::name).to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Decision::ALL.len());
}

#[test]
fn m7_files_and_lines_are_counted_as_people_count_them() {
    let files = [
        edited("src/a/x.rs", 10, 3),
        Change {
            lines: Some(Lines {
                added: 1,
                removed: 2,
            }),
            ..moved("src/a/old.rs", "src/a/new.rs")
        },
        change("src/a/gone.rs", Status::Deleted, Kind::Text, Some((0, 7))),
        change("src/a/pic.png", Status::Modified, Kind::Binary, None),
        // git counts the pointer as a line; nobody wrote one.
        change(
            "vendor/lib",
            Status::Modified,
            Kind::Submodule,
            Some((1, 1)),
        ),
        edited("Cargo.lock", 400, 300),
        edited("web/package-lock.json", 4000, 3000),
        Change {
            generated: Some(true),
            ..edited("src/a/api.pb.rs", 900, 0)
        },
        Change {
            generated: Some(false),
            ..edited("kept/yarn.lock", 1, 0)
        },
    ];
    let expected = Count {
        files: 6,
        added: 12,
        removed: 12,
        renamed: 1,
        deleted: 1,
        binary: 1,
        submodules: 1,
        generated: 3,
    };
    assert_eq!(Count::of(&files), expected);
    assert_eq!(expected.lines(), 24);
    // A file that was somebody's work does not leave the count by becoming a lock file.
    assert!(!generated(&moved("src/a/x.rs", "Cargo.lock")));
    assert!(generated(&moved("a/Cargo.lock", "b/Cargo.lock")));
}

#[test]
fn what_is_within_the_scope_passes_and_what_is_not_is_named() {
    let reading = measured(vec![edited("src/a/x.rs", 2, 1), edited(SPEC, 1, 1)]);
    assert_eq!(reading.findings, []);
    assert_eq!(
        (value(&reading, "files_out_of_scope"), reading.examined),
        (0.0, 2)
    );
    assert_eq!(
        (
            value(&reading, "files_changed"),
            value(&reading, "lines_changed")
        ),
        (2.0, 5.0)
    );
    let reading = measured(vec![
        change("src/ab/x.rs", Status::Added, Kind::Text, Some((1, 0))),
        moved("src/a/y.rs", "lib/y.rs"),
        moved("old/z.rs", "src/a/z.rs"),
        change("src/a/secret/k", Status::Deleted, Kind::Text, Some((0, 1))),
    ]);
    let told: Vec<(&str, &str)> = reading
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| {
            assert_eq!(finding.code, "scope-rejected");
            let path = finding.place.as_ref().unwrap().path.as_str();
            (path, finding.found.as_deref().unwrap())
        })
        .collect();
    let expected = [
        ("src/ab/x.rs", "reject.scope_in_miss (added)"),
        ("lib/y.rs", "reject.scope_in_miss (renamed to here)"),
        ("old/z.rs", "reject.scope_in_miss (renamed from here)"),
        ("src/a/secret/k", "reject.scope_out (deleted)"),
    ];
    assert_eq!(told, expected);
    assert_eq!(value(&reading, "files_out_of_scope"), 4.0);
    let first = &reading.findings[0];
    assert_eq!(
        first.message,
        "`src/ab/x.rs` is not in the scope of this work"
    );
    assert!(
        first
            .help
            .as_deref()
            .unwrap()
            .contains("in the same pull request")
    );
}

#[test]
fn a_change_that_is_too_large_names_its_largest_files() {
    let exact = measured(vec![edited("src/a/x.rs", 6, 4)]);
    assert_eq!(exact.findings, []);
    let reading = measured(vec![
        edited("src/a/b.rs", 1, 0),
        edited("src/a/x.rs", 6, 4),
        edited("src/a/a.rs", 1, 0),
        edited("Cargo.lock", 100, 0),
    ]);
    let large: Vec<&Finding> = reading
        .findings
        .iter()
        .filter(|finding| finding.code == "change-large")
        .collect();
    assert_eq!(large.len(), 1);
    assert_eq!(large[0].severity, Severity::Note);
    assert_eq!(
        (large[0].expected.as_deref(), large[0].found.as_deref()),
        (
            Some("at most 3 files, at most 10 lines"),
            Some(
                "3 files, 12 lines; the largest: src/a/x.rs (+6 -4), src/a/a.rs (+1 -0), src/a/b.rs (+1 -0)"
            )
        )
    );
    let no_budget = read(
        &params(None, json!({}), &[]),
        &[raw(vec![edited("src/a/x.rs", 9000, 0)])],
    );
    assert_eq!(no_budget.unwrap().findings, []);
}

#[test]
fn m9_what_the_change_itself_let_in_is_told() {
    let agreed = lists(&["src/a/x.rs"], &[], &[]);
    let files = vec![
        edited("src/a/x.rs", 1, 0),
        edited("src/a/y.rs", 1, 0),
        moved("src/a/x.rs", "src/a/z.rs"),
        edited("elsewhere", 1, 0),
        edited(SPEC, 1, 0),
    ];
    let reading = read(&params(Some(agreed), json!({}), &[]), &[raw(files)]).unwrap();
    assert_eq!(
        (
            value(&reading, "files_out_of_scope"),
            value(&reading, "files_newly_in_scope")
        ),
        (1.0, 2.0)
    );
    let widened: Vec<(&str, Severity)> = reading
        .findings
        .iter()
        .filter(|finding| finding.code == "scope-widened")
        .map(|finding| {
            (
                finding.place.as_ref().unwrap().path.as_str(),
                finding.severity,
            )
        })
        .collect();
    assert_eq!(
        widened,
        [
            ("src/a/y.rs", Severity::Warning),
            ("src/a/z.rs", Severity::Warning)
        ]
    );
    // Without a version of the spec before there is nothing it could have widened.
    let first = read(
        &params(None, json!({}), &[]),
        &[raw(vec![edited("src/a/y.rs", 1, 0)])],
    );
    assert_eq!(value(&first.unwrap(), "files_newly_in_scope"), 0.0);
}

#[test]
fn nothing_changed_is_nothing_examined() {
    assert_eq!(measured(Vec::new()).examined, 0);
}

#[test]
fn a_list_of_another_comparison_is_none() {
    let mut other = params(None, json!({}), &[]);
    other["base"] = json!("x");
    let error = read(&other, &[raw(Vec::new())]).unwrap_err();
    assert!(
        error.to_string().contains("a comparison with bbbb"),
        "{error}"
    );
    let submodule = || {
        vec![change(
            "vendor/lib",
            Status::Modified,
            Kind::Submodule,
            None,
        )]
    };
    let error = read(&params(None, json!({}), &[]), &[raw(submodule())]).unwrap_err();
    assert!(
        error.to_string().contains("changes of [vendor/lib]"),
        "{error}"
    );
    let named = params(None, json!({}), &["vendor/lib"]);
    assert!(read(&named, &[raw(submodule())]).is_ok());
    let missing = read(&named, &[]).unwrap_err();
    assert!(matches!(missing, MeasureError::Missing { .. }));
    let unknown = read(&json!({ "spec": SPEC }), &[raw(Vec::new())]).unwrap_err();
    assert!(matches!(unknown, MeasureError::Malformed { .. }));
}

#[test]
fn only_so_many_findings_are_told_and_all_are_counted() {
    let many = (0..80)
        .map(|n| edited(&format!("other/{n}"), 1, 0))
        .collect();
    let reading = read(&params(None, json!({}), &[]), &[raw(many)]).unwrap();
    assert_eq!(value(&reading, "files_out_of_scope"), 80.0);
    assert_eq!(reading.findings.len(), MAX_FINDINGS);
}

proptest! {
    #[test]
    fn what_is_out_of_scope_is_never_admitted(path in "[ab]{1,2}(/[ab*?]{1,2}){0,3}") {
        let lists = lists(&["."], &[path.as_str()], &["."]);
        prop_assert!(!decide(&path, SPEC, &lists).decision.admits());
    }
}
