use caws_policy::Term;

use crate::gates::testing::{Lab, offline};
use crate::{Options, RunError, plan};

const CONFIG: &str = "
schema_version: 1
tools:
  linter: { from: pip, version: '2.0.0' }
gates:
  spec: {}
  static:
    uses: [linter]
    inputs: ['src/*']
    checks: [{ name: lint, command: [linter] }]
";

#[test]
fn the_plan_holds_what_decides_and_nothing_else() {
    let lab = Lab::new(CONFIG);
    lab.file("src/a", "1");
    let planned = plan(&lab.open(), &offline()).unwrap();
    let gates: Vec<(&str, bool)> = planned
        .plan
        .gates
        .iter()
        .map(|gate| (gate.gate.as_str(), gate.applies))
        .collect();
    let expected = [
        ("spec", true),
        ("static", true),
        ("coverage", true),
        ("mutation", true),
        ("contracts", false),
        ("accessibility", false),
        ("performance", false),
        ("flakes", false),
        ("integrity", false),
        ("scope", false),
    ];
    assert_eq!(gates, expected);
    assert_eq!(planned.unconfigured, ["coverage", "mutation"]);
    assert_eq!(planned.missing.len(), 1);
    assert_eq!(
        (
            planned.missing[0].0.as_str(),
            planned.missing[0].1.name.as_str()
        ),
        ("static", "linter")
    );
    assert!(planned.cached.is_empty());
    let spec = &planned.plan.spec;
    assert_eq!(
        (spec.id.as_str(), spec.risk_tier, spec.profile.as_str()),
        ("STATS-001", 3, "library")
    );
    assert_eq!(spec.acceptance, ["A1", "A2", "A3", "A4"]);
    assert_eq!(
        (
            planned.plan.subject.commit.as_deref(),
            planned.plan.subject.dirty
        ),
        (None, false)
    );
    assert_eq!(planned.plan.gates[1].inputs, ["src/*"]);
    assert_eq!(
        plan(&lab.open(), &offline()).unwrap().plan,
        planned.plan,
        "the same plan for the same project"
    );
    lab.file("src/a", "2");
    let changed = plan(&lab.open(), &offline()).unwrap().plan;
    assert_ne!(
        changed.gates[1].inputs_sha256,
        planned.plan.gates[1].inputs_sha256
    );
    assert_eq!(changed.gates[0], planned.plan.gates[0]);
    assert_ne!(
        changed.subject.tree, planned.plan.subject.tree,
        "outside of git the tree is what was looked at"
    );
}

#[test]
fn terms_without_a_gate_that_applies_leave_the_score_with_their_reason() {
    let terms = plan(&Lab::new(CONFIG).open(), &offline())
        .unwrap()
        .plan
        .trust
        .terms;
    let of = |term: Term| terms.iter().find(|one| one.term == term).unwrap();
    assert_eq!(of(Term::Coverage).gates, ["coverage"]);
    assert_eq!(of(Term::Coverage).not_applicable, None);
    assert!(of(Term::Accessibility).not_applicable.is_some());
    assert!(
        of(Term::Flakes)
            .not_applicable
            .as_ref()
            .unwrap()
            .contains("not asked of profile library")
    );
    assert!(of(Term::Contracts).gates.is_empty());
}

#[test]
fn tools_that_are_there_are_in_the_plan_with_their_digest() {
    let lab = Lab::new(CONFIG);
    lab.versioned("linter", "2.0.0", "");
    let planned = plan(&lab.open(), &offline()).unwrap();
    assert!(planned.missing.is_empty());
    let tools = &planned.plan.gates[1].tools;
    assert_eq!(
        (
            tools.len(),
            tools[0].name.as_str(),
            tools[0].version.as_str()
        ),
        (1, "linter", "2.0.0")
    );
    assert_eq!(tools[0].sha256.len(), 64);
}

#[test]
fn what_commands_run_is_in_the_plan_whoever_lists_it() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  spec: {}
  static:
    inputs: ['src/*']
    checks: [{ name: lint, command: [quiet, ./tools/check.sh, '--all'] }]
",
    );
    lab.file("src/a", "1");
    lab.file("tools/check.sh", "echo 1");
    lab.file("tools/other.sh", "echo 1");
    lab.tool("quiet", "exit 3");
    let gate = |lab: &Lab| plan(&lab.open(), &offline()).unwrap().plan.gates[1].clone();
    let first = gate(&lab);
    assert_eq!(first.inputs, ["src/*", "tools/check.sh"]);
    assert_eq!(first.tools[0].name, "quiet");
    assert_eq!(first.tools[0].version, "unknown");
    lab.tool("quiet", "exit 4");
    let changed = gate(&lab);
    assert_ne!(changed.tools[0].sha256, first.tools[0].sha256);
    lab.file("tools/check.sh", "echo 2");
    assert_ne!(gate(&lab).inputs_sha256, changed.inputs_sha256);
}

#[test]
fn some_gates_make_a_plan_of_those_gates() {
    let lab = Lab::new(CONFIG);
    let some = Options {
        gates: vec!["static".to_owned()],
        ..offline()
    };
    let planned = plan(&lab.open(), &some).unwrap();
    assert_eq!(planned.plan.gates.len(), 1);
    assert!(planned.unconfigured.is_empty());
    // The score still knows what is missing from it.
    let coverage = planned
        .plan
        .trust
        .terms
        .iter()
        .find(|one| one.term == Term::Coverage)
        .unwrap();
    assert_eq!(coverage.gates, ["coverage"]);
    let error = plan(
        &lab.open(),
        &Options {
            gates: vec!["speed".to_owned()],
            ..offline()
        },
    )
    .unwrap_err();
    assert!(matches!(error, RunError::UnknownGate { .. }));
    assert!(
        error
            .to_string()
            .starts_with("there is no gate `speed`; there are: spec, static, coverage, "),
        "{error}"
    );
}

#[test]
fn a_repository_gives_commit_and_tree() {
    let lab = Lab::new(CONFIG);
    let (root, host) = (lab.root(), lab.host());
    for args in [
        vec!["init", "-q"],
        vec!["add", "."],
        vec![
            "-c",
            "user.email=a@b",
            "-c",
            "user.name=A",
            "-c",
            "commit.gpgsign=false",
            "commit",
            "-q",
            "-m",
            "x",
        ],
    ] {
        crate::git::git(&root, &host, &args).unwrap();
    }
    let subject = plan(&lab.open(), &offline()).unwrap().plan.subject;
    assert_eq!(subject.commit.map(|commit| commit.len()), Some(40));
    assert!(!subject.dirty);
    // What a run leaves behind changes neither the subject nor the inputs of the next one.
    lab.run();
    assert!(!plan(&lab.open(), &offline()).unwrap().plan.subject.dirty);
}

#[test]
fn a_page_profile_is_asked_for_accessibility() {
    let lab = Lab::new(CONFIG);
    lab.spec("profile: library", "profile: web-ui");
    let planned = plan(&lab.open(), &offline()).unwrap();
    let gate = planned
        .plan
        .gates
        .iter()
        .find(|gate| gate.gate == "accessibility")
        .unwrap();
    assert!(gate.applies);
    assert_eq!(gate.requirements[0].measurement, "pages_passed");
    assert!(planned.unconfigured.contains(&"accessibility".to_owned()));
}
