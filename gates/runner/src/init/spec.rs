//! The working spec: what was found as facts, everything else as a question.

use serde_json::Value;

use super::Answers;
use super::detect::Detected;

/// Something only a person knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Where the answer goes: a JSON pointer into the spec.
    pub at: String,
    /// The question.
    pub ask: String,
}

fn question(at: impl Into<String>, ask: impl Into<String>) -> Question {
    Question {
        at: at.into(),
        ask: ask.into(),
    }
}

/// What must be answered before a gate can run.
pub(super) fn questions(detected: &Detected, answers: Answers) -> Vec<Question> {
    let mut questions = vec![question("/title", "What is built here, in one line?")];
    if answers.tier.is_none() {
        questions.push(question(
            "/risk_tier",
            "How much care does it need: 1 where a fault costs people or money, 2 where it costs users their service, 3 where it costs a second look?",
        ));
    }
    if answers.profile.is_none() {
        questions.push(question(
            "/profile",
            format!(
                "Which kind of software is it: web-ui, backend-api, library or cli?{}",
                hint(detected)
            ),
        ));
    }
    questions.push(question(
        "/rationale",
        "Why is it worth doing, and why has it this tier?",
    ));
    questions.push(question(
        "/invariants",
        "What must be true before, during and after every change?",
    ));
    questions.push(question(
        "/acceptance",
        "How does one know that it works? Scenarios with id (A1, A2, ...), given, when and then; tests cite them by id.",
    ));
    questions.push(question(
        "/non_functional",
        "Which qualities must it have besides doing what it should: perf, security, a11y, i18n? {} where none is promised.",
    ));
    if detected.interfaces.is_empty() {
        questions.push(question(
            "/contracts",
            "Which written interfaces do others rely on, or does it rely on: type, path and role? [] where there is none.",
        ));
    }
    if answers.tier == Some(1) {
        questions.push(question(
            "/observability",
            "What can be seen of it in operation: logs, metrics, traces?",
        ));
        questions.push(question(
            "/rollback",
            "How is a change taken back in operation?",
        ));
    }
    for (index, interface) in detected.interfaces.iter().enumerate() {
        questions.push(question(
            format!("/contracts/{index}/role"),
            format!(
                "Does this project offer {} (provider), use it (consumer), or both?",
                interface.path
            ),
        ));
    }
    questions
}

/// What was seen that a person can judge by.
fn hint(detected: &Detected) -> String {
    let mut seen = Vec::new();
    if let Some(package) = detected.packages.first() {
        seen.push(format!("a {} package", package.language.name()));
    }
    if let Some(one) = detected.interfaces.first() {
        seen.push(format!("the interface {}", one.path));
    }
    if seen.is_empty() {
        return String::new();
    }
    format!(" Found: {}.", seen.join(", "))
}

/// The spec as YAML.
pub(super) fn text(detected: &Detected, answers: Answers, questions: &[Question]) -> String {
    let mut out = format!(
        "# yaml-language-server: $schema=schemas/working-spec.schema.json\n\
         # What this project promises. `caws init` wrote down what it saw; what it could not know stands below `open_questions`.\n\
         # Write each answer where `at` points and remove the question; `caws validate` says what is left.\n\
         id: {}\n",
        id(&detected.name)
    );
    if let Some(tier) = answers.tier {
        out.push_str(&format!("risk_tier: {tier}\n"));
    }
    if let Some(profile) = answers.profile {
        out.push_str(&format!("profile: {}\n", profile.as_str()));
    }
    out.push_str("scope:\n  in:\n");
    for path in detected
        .sources
        .iter()
        .map(String::as_str)
        .chain(own(detected.other_ci.is_none()))
    {
        out.push_str(&format!("    - {}\n", quoted(path)));
    }
    out.push_str("  out: []\n");
    if !detected.interfaces.is_empty() {
        out.push_str("contracts:\n");
    }
    for interface in &detected.interfaces {
        out.push_str(&format!(
            "  - type: {}\n    path: {}\n",
            interface.kind,
            quoted(&interface.path)
        ));
    }
    out.push_str("open_questions:\n");
    for question in questions {
        out.push_str(&format!(
            "  - at: {}\n    ask: {}\n",
            question.at,
            quoted(&question.ask)
        ));
    }
    out
}

/// What `caws init` itself writes: it comes with the first change.
fn own<'a>(with_workflow: bool) -> impl Iterator<Item = &'a str> {
    [".caws.yml", ".caws/", ".pre-commit-config.yaml"]
        .into_iter()
        .chain(with_workflow.then_some(".github/workflows/caws.yml"))
        .chain(["artifacts/.gitignore"])
}

/// A string that YAML reads as it stands: JSON's strings are YAML's double-quoted ones (YAML 1.2, section 1.3).
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// An identifier after the project's name: `text-stats` gives `TEXTSTATS-001`.
pub(super) fn id(name: &str) -> String {
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    if letters.is_empty() {
        "PROJECT-001".to_owned()
    } else {
        format!("{letters}-001")
    }
}
