//! `caws review`: what evidence decides, what a person must answer, and what it comes to.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use caws_spec::{Schema, parse, validate_schema};
use common::{Project, assert_caws};

const ANSWERS: &str = "\
answers:
  - { row: integration, score: 2, by: Ada, why: the suite runs against the released package }
  - { row: contracts, score: 2, by: Ada, why: no other program calls it }
  - { row: performance, score: 2, by: Ada, why: nothing is timed }
  - { row: docs, score: 1, by: Grace, why: 'the guide is new, the reference is not' }
";

fn run() -> Project {
    let project = Project::new();
    assert_eq!(project.code(["gates"]), 0);
    project
}

fn schema_holds(text: &str, schema: &str) {
    let schema = Schema::compile(schema).unwrap();
    let document = parse("review.json", text.as_bytes()).unwrap();
    assert_eq!(validate_schema(&document, &schema), []);
}

#[test]
fn rows_no_gate_can_see_are_open_and_the_exit_code_says_so() {
    let project = run();
    assert_caws!("review", project, project.caws(["review"]));
    assert_caws!(
        "review_markdown",
        project,
        project.caws(["review", "--format", "markdown"])
    );
    let json = project.json(["review", "--format", "json", "--output", "out/review.json"]);
    assert_eq!(
        (&json["kind"], &json["whole"], &json["conclusion"]),
        (&"review".into(), &82.into(), &"open".into())
    );
    let written = project.read("out/review.json");
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&written).unwrap(),
        json
    );
    schema_holds(
        &written,
        include_str!("../../../.caws/schemas/review-v1.schema.json"),
    );
}

#[test]
fn answers_of_people_are_named_and_what_was_measured_is_not_overruled() {
    let project = run();
    let open = ANSWERS
        .lines()
        .filter(|line| !line.contains("contracts") && !line.contains("performance"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    project.write("answers.yaml", &open);
    schema_holds(
        &serde_json::to_string(parse("a.yaml", open.as_bytes()).unwrap().value()).unwrap(),
        include_str!("../../../.caws/schemas/review-answers.schema.json"),
    );
    assert_caws!(
        "review_answers",
        project,
        project.caws(["review", "--answers", "answers.yaml"])
    );
    project.write("answers.yaml", ANSWERS);
    assert_caws!(
        "review_overruled",
        project,
        project.caws(["review", "--answers", "answers.yaml"])
    );
    project.write(
        "answers.yaml",
        "answers: [{ row: doc, score: 1, by: A, why: b }]\n",
    );
    assert_eq!(project.code(["review", "--answers", "answers.yaml"]), 2);
    assert_eq!(project.code(["review", "--answers", "none.yaml"]), 2);
    assert_eq!(project.code(["review", "--format", "sarif"]), 2);
}

#[test]
fn a_review_needs_a_whole_run_and_the_spec_it_was_of() {
    let project = Project::new();
    assert_eq!(project.code(["review"]), 2);
    assert_eq!(project.code(["gates", "coverage"]), 0);
    assert_eq!(project.code(["review", "artifacts/partial"]), 2);
    assert_eq!(project.code(["gates"]), 0);
    project.flip("artifacts/evidence/spec/raw/working-spec.yaml.gz");
    assert_eq!(project.code(["review"]), 4);
}

#[test]
fn a_run_that_shows_too_little_is_missed_whatever_is_open() {
    let project = Project::new();
    project.remove("reports/mutation.json");
    project.remove("reports/coverage.xml");
    assert_eq!(project.code(["gates"]), 3);
    let json = project.json(["review", "--format", "json"]);
    let row = |name: &str| {
        json["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["row"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&row("unit")["score"], &row("mutation")["score"]),
        (&0.into(), &0.into())
    );
    assert_eq!(json["conclusion"], "missed");
    assert_eq!(project.code(["review", "--quiet"]), 1);
}
