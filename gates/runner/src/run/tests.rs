use std::sync::Mutex;

use caws_evidence::Verdict;
use caws_evidence::manifest::layout;

use crate::gates::testing::{Lab, codes_of, evidence, offline, verdict};
use crate::{ExitCode, Interrupt, Observer, Options, Seal, run};

const CONFIG: &str = "
schema_version: 1
gates:
  spec: {}
  static: { checks: [{ name: good, command: [good] }] }
  coverage:
    report: { format: cobertura, path: out/coverage.xml }
    tests: { format: junit, path: out/junit.xml }
  mutation:
    report: { format: mutmut, path: out/mutmut.json }
";

fn fixture(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/python-textstats/reports");
    std::fs::read_to_string(root.join(path)).unwrap()
}

fn lab() -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("out/coverage.xml", &fixture("coverage.xml"));
    lab.file("out/junit.xml", &fixture("junit.xml"));
    lab.file("out/mutmut.json", &fixture("mutmut.json"));
    lab.tool("good", "exit 0");
    lab
}

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Observer for Heard {
    fn gate_queued(&self, gate: &str) {
        self.0.lock().unwrap().push(format!("queued {gate}"));
    }

    fn gate_started(&self, gate: &str) {
        self.0.lock().unwrap().push(format!("started {gate}"));
    }

    fn gate_progress(&self, gate: &str, done: u64, total: u64, text: &str) {
        self.0
            .lock()
            .unwrap()
            .push(format!("progress {gate} {done}/{total} {text}"));
    }

    fn gate_finished(&self, gate: &str, verdict: Verdict, _seconds: f64, measured: Option<&str>) {
        self.0.lock().unwrap().push(format!(
            "finished {gate} {verdict:?} {}",
            measured.is_some()
        ));
    }
}

#[test]
fn a_run_leaves_plan_evidence_and_manifest() {
    let lab = lab();
    let heard = Heard::default();
    let outcome = run(&lab.open(), &offline(), &heard, &Interrupt::new()).unwrap();
    assert_eq!(outcome.exit, ExitCode::Pass, "{:#?}", outcome.evidence);
    assert!(outcome.score.passed && !outcome.partial);
    let root = &outcome.artifacts;
    for path in [
        layout::PLAN,
        layout::MANIFEST,
        "evidence/spec/evidence.json",
        "evidence/coverage/raw/coverage.xml.gz",
    ] {
        assert!(root.join(path).is_file(), "{path}");
    }
    assert_eq!(outcome.manifest.caws.trust.score, outcome.score.score);
    assert_eq!(
        outcome.manifest.agent,
        format!("caws {}", env!("CARGO_PKG_VERSION"))
    );
    let Seal::Unsigned { why } = &outcome.seal else {
        panic!("there is no key")
    };
    assert!(why.contains("caws provenance keys new"), "{why}");
    let heard = heard.0.into_inner().unwrap();
    assert_eq!(
        heard[..4],
        [
            "queued spec",
            "queued static",
            "queued coverage",
            "queued mutation"
        ]
    );
    assert!(
        heard.contains(&"progress static 0/1 good".to_owned()),
        "{heard:?}"
    );
    assert!(
        heard.contains(&"finished coverage Pass false".to_owned()),
        "{heard:?}"
    );
    assert_eq!(
        heard
            .iter()
            .filter(|line| line.starts_with("started"))
            .count(),
        4
    );
    let heard = Heard::default();
    run(&lab.open(), &offline(), &heard, &Interrupt::new()).unwrap();
    let heard = heard.0.into_inner().unwrap();
    assert_eq!(
        heard
            .iter()
            .filter(|line| line.starts_with("finished") && line.ends_with("true"))
            .count(),
        4
    );
}

#[test]
fn the_record_verifies() {
    let lab = lab();
    let outcome = lab.run();
    let options = caws_verify::Options {
        allow_unsigned: true,
        ..Default::default()
    };
    let report = caws_verify::verify_artifacts(&outcome.artifacts, &options);
    assert!(report.ok, "{report:#?}");
    // So does the record of a run the cache answered, and of one that measured nothing.
    let outcome = lab.run();
    assert!(caws_verify::verify_artifacts(&outcome.artifacts, &options).ok);
    let bare = Lab::new("schema_version: 1\ngates: {}");
    let report = caws_verify::verify_artifacts(&bare.run().artifacts, &options);
    assert!(report.ok, "{report:#?}");
}

#[test]
fn what_an_earlier_run_left_does_not_stay() {
    let lab = lab();
    let outcome = lab.run();
    let stray = outcome.artifacts.join("evidence/audio");
    std::fs::create_dir_all(&stray).unwrap();
    std::fs::write(outcome.artifacts.join("evidence/file"), "x").unwrap();
    std::fs::write(outcome.artifacts.join("evidence/spec/raw/stray"), "x").unwrap();
    std::fs::write(outcome.artifacts.join(layout::MANIFEST_BUNDLE), "{}").unwrap();
    let outcome = lab.run();
    assert!(!stray.exists() && !outcome.artifacts.join("evidence/file").exists());
    assert!(!outcome.artifacts.join("evidence/spec/raw/stray").exists());
    assert!(!outcome.artifacts.join(layout::MANIFEST_BUNDLE).exists());
}

#[test]
fn some_gates_are_judged_alone_and_make_no_record_of_the_project() {
    let lab = lab();
    lab.remove("out/mutmut.json");
    let outcome = lab.run_with(&Options {
        gates: vec!["static".to_owned()],
        ..offline()
    });
    assert_eq!(outcome.exit, ExitCode::Pass);
    assert!(outcome.partial && outcome.evidence.len() == 1);
    assert!(!lab.root().join("artifacts/provenance").exists());
    assert!(
        lab.root()
            .join("artifacts/partial/provenance/manifest.json")
            .is_file()
    );
}

#[test]
fn an_interrupted_run_keeps_its_record_and_says_so() {
    let lab = lab();
    let interrupt = Interrupt::new();
    interrupt.raise();
    let outcome = run(&lab.open(), &offline(), &crate::Silent, &interrupt).unwrap();
    assert_eq!(outcome.evidence.len(), 4);
    assert_eq!(codes_of(&outcome, "coverage"), ["interrupted"]);
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    assert_ne!(outcome.exit, ExitCode::Pass);
    // Nothing of it is kept for the next run.
    assert!(
        lab.run()
            .manifest
            .caws
            .gates
            .iter()
            .all(|gate| !gate.cached)
    );
}

#[test]
fn a_score_below_the_threshold_fails_a_run_whose_gates_pass() {
    let lab = lab();
    // Just above the tier's minima a run passes its gates with 80; the policy asks for 85 of tier 1.
    lab.file(
        ".caws/policy/tier-policy.json",
        &std::fs::read_to_string(lab.root().join(".caws/policy/tier-policy.json"))
            .unwrap()
            .replace("\"threshold\": 80", "\"threshold\": 100"),
    );
    lab.file(
        "out/mutmut.json",
        &fixture("mutmut.json")
            .replace("\"killed\": 149", "\"killed\": 100")
            .replace("\"survived\": 16", "\"survived\": 65"),
    );
    let outcome = lab.run();
    assert!(
        outcome
            .evidence
            .iter()
            .all(|one| one.verdict == Verdict::Pass),
        "{:?}",
        outcome.evidence
    );
    assert!(outcome.score.score < 100);
    assert_eq!(outcome.exit, ExitCode::GateFailed);
}

#[test]
fn missing_tools_are_installed_unless_offline() {
    let config = "
schema_version: 1
tools: { tool: { from: cargo, version: '1.2.3' } }
gates:
  static: { uses: [tool], checks: [{ name: t, command: [tool] }] }
";
    let lab = Lab::new(config);
    lab.tool(
        "cargo",
        "for word; do case \"$last\" in --root) root=\"$word\";; esac; last=\"$word\"; done
mkdir -p \"$root/bin\"; printf '#!/bin/sh\\necho tool 1.2.3\\n' > \"$root/bin/tool\"; chmod +x \"$root/bin/tool\"",
    );
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "static"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "static")[0], "tool-missing");
    let outcome = lab.run_with(&Options::default());
    assert_eq!(verdict(&outcome, "static"), Verdict::Pass);
    assert_eq!(evidence(&outcome, "static").tools[0].version, "1.2.3");
    assert_eq!(evidence(&outcome, "static").tools.len(), 1);
}

#[test]
fn artifacts_that_cannot_be_written_are_an_error_of_their_own() {
    let lab = lab();
    lab.file("artifacts", "a file");
    let error = run(&lab.open(), &offline(), &crate::Silent, &Interrupt::new()).unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    assert_eq!(error.exit(), ExitCode::Internal);
}
