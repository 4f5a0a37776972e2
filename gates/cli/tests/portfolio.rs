//! `caws portfolio`.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::Path;

use common::{Project, assert_caws};
use serde_json::Value;

/// The repository's root, where the paths of the example's specs count from.
fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

const EXAMPLE: &str = "examples/hardening-portfolio";

/// A component spec of the project of the tests, whose code is `src/`.
fn component(id: &str, more: &str) -> String {
    format!(
        "id: {id}
title: A component of the greeting
risk_tier: 3
profile: library
mode: feature
rationale: A component small enough to be read whole.
change_budget: {{ max_files: 5, max_loc: 100 }}
blast_radius: {{ modules: [src/], data_migration: false }}
threats: [Nobody is greeted; a test greets somebody]
scope: {{ in: [src/], out: [] }}
invariants: [It stays as it is]
acceptance:
  - {{ id: A1, given: a name, when: it is greeted, then: the name is said }}
non_functional: {{ security: [The name is kept] }}
contracts: []
observability: {{ logs: [none but one] }}
rollback: [The version before]
ai_assessment: {{ confidence_level: 0.5 }}
testing_strategy: {{ unit_tests: {{ focus_areas: [limits] }} }}
hardening_checklist: ['[ ] Reviewed']
{more}"
    )
}

fn project(specs: &[(&str, String)]) -> Project {
    let project = Project::new();
    for (folder, text) in specs {
        project.write(&format!("{folder}/.caws/working-spec.yaml"), text);
    }
    project
}

#[test]
fn the_twelve_components_are_counted_and_planned() {
    let project = Project::new();
    let mut command = project.caws([
        "portfolio",
        EXAMPLE,
        "--artifacts",
        "artifacts/none",
        "--format",
        "json",
    ]);
    let output = command.current_dir(repository()).output().unwrap();
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value["findings"], serde_json::json!([]));
    assert_eq!(output.status.code(), Some(0));
    let counts = |totals: &Value| {
        ["components", "scenarios", "threats", "mitigated"].map(|key| totals[key].as_u64().unwrap())
    };
    assert_eq!(counts(&value["totals"]), [12, 96, 36, 36]);
    assert_eq!(counts(&value["tiers"]["1"]), [3, 24, 9, 9]);
    assert_eq!(counts(&value["tiers"]["2"]), [9, 72, 27, 27]);
    assert_eq!(value["tiers"].as_object().unwrap().len(), 2);
    assert_eq!(value["totals"]["sections"], 12 * 14);
    assert_eq!(value["totals"]["effort_days"], 110.0);
    let [alone, team] = [&value["plans"][0], &value["plans"][1]];
    assert_eq!(
        (&alone["days"], &alone["people"]),
        (&110.0.into(), &1.into())
    );
    assert_eq!(
        (&team["people"], &team["days"], &team["bound_days"]),
        (&2.into(), &55.0.into(), &55.0.into())
    );
    assert_eq!(team["assignments"].as_array().unwrap().len(), 12);
    assert_eq!(team["unplanned"], serde_json::json!([]));
    for part in value["components"].as_array().unwrap() {
        assert_eq!(part["coverage"]["measured"], Value::Null, "{part}");
        assert!(part["coverage"]["not_measured"].is_string(), "{part}");
        assert!(part["coverage"]["asked"]["threshold"].is_number(), "{part}");
    }
    // What the enforcer asks for itself is more than its tier asks.
    let enforcer = value["components"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["id"] == "ARBITER-013-HARDEN")
        .unwrap();
    assert_eq!(enforcer["coverage"]["asked"]["threshold"], 0.95);
    assert_eq!(enforcer["mutation"]["asked"]["threshold"], 0.8);
}

#[test]
fn the_twelve_components_are_shown() {
    let project = Project::new();
    let mut command = project.caws(["portfolio", EXAMPLE, "--artifacts", "artifacts/none"]);
    command.current_dir(repository());
    assert_caws!("portfolio_example", project, command);
}

#[test]
fn every_component_of_the_example_is_in_its_table() {
    let readme = std::fs::read_to_string(repository().join(EXAMPLE).join("README.md")).unwrap();
    let project = Project::new();
    let mut command = project.caws([
        "portfolio",
        EXAMPLE,
        "--artifacts",
        "artifacts/none",
        "--format",
        "json",
    ]);
    let output = command.current_dir(repository()).output().unwrap();
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    for part in value["components"].as_array().unwrap() {
        let id = part["id"].as_str().unwrap();
        let row = readme
            .lines()
            .find(|line| line.starts_with(&format!("| [{id}]")))
            .unwrap_or_else(|| panic!("{id}"));
        let percent = |key: &str| part[key]["asked"]["threshold"].as_f64().unwrap() * 100.0;
        let targets = format!(
            "| {}, {}/{} |",
            part["tier"],
            percent("coverage").round(),
            percent("mutation").round()
        );
        assert!(row.contains(&targets), "{id}: {targets}");
        // A component without code is nobody's job, and the other way round.
        let nobody = part["paths"].as_array().unwrap().is_empty();
        assert_eq!(row.contains("| nobody"), nobody, "{id}");
    }
}

#[test]
fn numbers_come_from_the_run_and_from_the_files_of_the_component() {
    let project = project(&[
        (
            "greeting",
            component(
                "GREET-101",
                "component: { paths: [src/], effort_days: 1, depends_on: [] }\n",
            ),
        ),
        (
            "elsewhere",
            component(
                "GREET-102",
                "component: { paths: ['lib/**'], effort_days: 1 }\n",
            ),
        ),
    ]);
    assert_caws!(
        "portfolio_not_measured",
        project,
        project.caws(["portfolio"])
    );
    assert_eq!(project.code(["gates"]), 0);
    assert_caws!("portfolio_measured", project, project.caws(["portfolio"]));
    let value = project.json(["portfolio", "--format", "json"]);
    let run = project.json(["gates", "coverage", "--format", "json"]);
    let whole = run["gates"]
        .as_array()
        .unwrap()
        .iter()
        .find(|gate| gate["gate"] == "coverage")
        .unwrap()["measurements"]
        .as_array()
        .unwrap()
        .iter()
        .find(|number| number["name"] == "line_coverage")
        .unwrap();
    // The component is all of the project's code, so its numbers are those of the gate.
    let part = value["components"]
        .as_array()
        .unwrap()
        .iter()
        .find(|part| part["id"] == "GREET-101")
        .unwrap();
    assert_eq!(part["coverage"]["measured"]["ratio"], whole["ratio"]);
    assert_eq!(part["coverage"]["met"], true);
}

#[test]
fn a_target_that_is_missed_exits_1_at_its_line() {
    let more = "targets: { coverage: 1.0, mutation: 0.99 }\ncomponent: { paths: [src/], effort_days: 1 }\n";
    let project = project(&[("greeting", component("GREET-101", more))]);
    assert_eq!(project.code(["portfolio"]), 0);
    project.code(["gates"]);
    assert_caws!("portfolio_missed", project, project.caws(["portfolio"]));
    let json = project.json(["portfolio", "--format", "json"]);
    assert_eq!(
        json["findings"][0]["place"]["path"],
        "greeting/.caws/working-spec.yaml"
    );
    for (format, part) in [
        ("sarif", "\"ruleId\": \"threshold-missed\""),
        ("junit", "<failure type=\"threshold-missed\""),
        ("markdown", "threshold-missed"),
    ] {
        let output = project
            .caws(["portfolio", "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(part), "{format}: {text}");
    }
}

#[test]
fn a_record_that_was_changed_exits_4() {
    let project = project(&[(
        "greeting",
        component("GREET-101", "component: { paths: [src/] }\n"),
    )]);
    assert_eq!(project.code(["gates"]), 0);
    project.flip("artifacts/evidence/coverage/evidence.json");
    assert_eq!(project.code(["portfolio"]), 4);
}

#[test]
fn faults_between_specs_exit_2_with_their_places() {
    let project = project(&[
        (
            "a",
            component(
                "GREET-101",
                "component: { paths: [src/], effort_days: 1, depends_on: [GREET-102, GREET-109] }\n",
            ),
        ),
        (
            "b",
            component(
                "GREET-102",
                "component: { paths: [src/], effort_days: 0.3, depends_on: [GREET-101] }\n",
            ),
        ),
        (
            "c",
            component(
                "GREET-101",
                "component: { paths: [nowhere/], effort_days: 2 }\n",
            )
            .replace("rollback: [The version before]\n", ""),
        ),
        ("d", "id: [\n".to_owned()),
        (
            "e",
            component(
                "GREET-105",
                "targets: { coverage: 0.1 }\ncomponent: { effort_days: 1, depends_on: [GREET-102] }\n",
            ),
        ),
    ]);
    assert_caws!("portfolio_faults", project, project.caws(["portfolio"]));
    assert_eq!(project.code(["portfolio", "--quiet"]), 2);
}

#[test]
fn a_tree_without_components_is_no_portfolio() {
    let project = Project::new();
    assert_caws!("portfolio_none", project, project.caws(["portfolio"]));
    assert_caws!(
        "portfolio_nowhere",
        project,
        project.caws(["portfolio", "nowhere"])
    );
    for people in ["0", "-1", "two"] {
        assert_eq!(project.code(["portfolio", "--people", people]), 2);
    }
}

#[test]
fn reports_are_written_where_they_are_asked_for() {
    let project = project(&[(
        "greeting",
        component("GREET-101", "component: { effort_days: 3 }\n"),
    )]);
    project.write("fixtures/other/.caws.yml", "schema_version: 1\n");
    project.write("fixtures/other/part/.caws/working-spec.yaml", "id: X-1\n");
    assert_eq!(
        project.code(["portfolio", "--out", "out/portfolio", "--people", "3"]),
        0
    );
    let json: Value = serde_json::from_str(&project.read("out/portfolio/portfolio.json")).unwrap();
    assert_eq!(json["plans"][1]["people"], 3);
    assert_eq!(json["components"][0]["paths_from"], "scope.in");
    let left_out: Vec<&str> = json["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    assert_eq!(left_out, [".caws/working-spec.yaml", "fixtures/other"]);
    assert!(
        project
            .read("out/portfolio/index.html")
            .contains("GREET-101")
    );
    assert!(
        project
            .read("out/portfolio/portfolio.md")
            .contains("GREET-101")
    );
    assert!(!project.path("artifacts").exists());
}

#[test]
fn without_a_tier_policy_nothing_is_asked_and_nothing_measured() {
    let project = project(&[(
        "greeting",
        component("GREET-101", "component: { paths: [src/] }\n"),
    )]);
    assert_eq!(project.code(["gates"]), 0);
    project.remove(".caws/policy/tier-policy.json");
    let json = project.json(["portfolio", "--format", "json"]);
    let coverage = &json["components"][0]["coverage"];
    assert_eq!(
        (&coverage["asked"], &coverage["measured"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        coverage["not_measured"],
        "no tier policy says what is counted for its tier and profile"
    );
    project.replace(
        ".caws.yml",
        "schema_version: 1\n",
        "schema_version: 1\npolicy: elsewhere.json\n",
    );
    assert_eq!(project.code(["portfolio"]), 2);
    project.write("elsewhere.json", "{}");
    assert_eq!(project.code(["portfolio"]), 2);
}
