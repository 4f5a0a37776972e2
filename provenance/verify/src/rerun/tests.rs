use caws_evidence::{Evidence, Finding, Severity, Verdict};
use caws_policy::Plan;
use serde_json::{Value, json};

use super::{Recorded, Rerun, compare, not_attempted};
use crate::report::{REPORT_SCHEMA_VERSION, Report};

fn digest(of: char) -> String {
    of.to_string().repeat(64)
}

fn plan() -> Value {
    json!({
        "schema_version": 1,
        "subject": { "commit": "c", "tree": "t", "dirty": false },
        "spec": { "path": "spec", "sha256": digest('1'), "id": "A-001", "title": "", "risk_tier": 2, "profile": "library", "acceptance": [] },
        "policy": { "path": "policy", "sha256": digest('2') },
        "config": { "path": "config", "sha256": digest('3') },
        "trust": { "threshold": 80, "terms": [] },
        "gates": [{
            "gate": "coverage", "version": 1, "method": "coverage", "applies": true, "params": {}, "inputs": [],
            "requirements": [{ "measurement": "branches", "comparator": ">=", "threshold": 0.8, "source": "tier 2" }],
            "inputs_sha256": digest('4'), "tools": []
        }]
    })
}

fn evidence() -> Value {
    json!({
        "schema_version": 1, "gate": "coverage", "verdict": "pass",
        "measurements": [
            { "name": "branches", "value": 0.9, "unit": "ratio", "basis": "reported", "comparator": ">=", "threshold": 0.8, "met": true },
            { "name": "lines", "value": 0.95, "unit": "ratio", "basis": "reported" }
        ],
        "findings": [], "scope": { "included": [], "excluded": [] }, "tool": null,
        "tools": [{ "name": "cov", "version": "1", "sha256": digest('5') }],
        "command": [], "exit_code": 0, "key_output": "", "steps": [], "started": "", "finished": "", "commit": "c",
        "environment": { "os": "linux" },
        "inputs": [{ "path": "a.rs", "sha256": digest('a') }, { "path": "b.rs", "sha256": digest('b') }],
        "outputs": [], "plan_sha256": digest('6'), "waivers": []
    })
}

fn report() -> Report {
    let value = json!({
        "schema_version": REPORT_SCHEMA_VERSION, "ok": true, "signature": "valid", "key": null, "commit": "c", "dirty": false, "files": 1, "score": null,
        "gates": [{ "gate": "coverage", "verdict": "pass", "measured": "", "cached": false, "signature": "valid", "consistent": true, "reproduced": "yes" }],
        "findings": []
    });
    serde_json::from_value(value).unwrap()
}

/// What the first run left, held against a second one with `change`s: places and what stands there.
fn held(change: &[(&str, Value)]) -> (Rerun, bool, Vec<Finding>) {
    let (mut plan_again, mut again) = (plan(), evidence());
    for (place, value) in change {
        let (document, place) = place
            .strip_prefix("plan")
            .map_or((&mut again, *place), |place| (&mut plan_again, place));
        *document.pointer_mut(place).unwrap() = value.clone();
    }
    let plans = [plan(), plan_again].map(|plan| serde_json::from_value::<Plan>(plan).unwrap());
    let records = [evidence(), again].map(|one| [serde_json::from_value::<Evidence>(one).unwrap()]);
    let [recorded, again] = [0, 1].map(|run| Recorded {
        plan: &plans[run],
        evidence: &records[run],
    });
    let mut report = report();
    compare(&mut report, recorded, again);
    let rerun = report.gates.remove(0).rerun.unwrap();
    (rerun, report.ok, report.findings)
}

fn said(findings: &[Finding]) -> Vec<(Severity, &str, &str, &str)> {
    findings
        .iter()
        .map(|finding| {
            (
                finding.severity,
                finding.message.as_str(),
                finding.expected.as_deref().unwrap(),
                finding.found.as_deref().unwrap(),
            )
        })
        .collect()
}

#[test]
fn equal_is_same() {
    assert_eq!(held(&[]), (Rerun::Same, true, Vec::new()));
    // The last bits of a platform's mathematics.
    let (rerun, ok, _) = held(&[("/measurements/1/value", json!(0.950_000_000_000_1))]);
    assert_eq!((rerun, ok), (Rerun::Same, true));
}

#[test]
fn numbers_may_move_within_their_intervals() {
    let interval = |low: f64, high: f64| json!({ "low": low, "high": high, "confidence": 0.95, "method": "wilson" });
    let measured = |low, high| {
        json!({ "name": "branches", "value": 0.85, "unit": "ratio", "basis": "reported", "comparator": ">=", "threshold": 0.8,
            "met": true, "interval": interval(low, high) })
    };
    let (rerun, ok, findings) = held(&[("/measurements/0", measured(0.82, 0.9))]);
    assert_eq!((rerun, ok, findings), (Rerun::Agrees, true, Vec::new()));
    let (rerun, ok, findings) = held(&[("/measurements/0", measured(0.82, 0.89))]);
    assert_eq!((rerun, ok), (Rerun::Agrees, true));
    assert_eq!(
        said(&findings),
        [(
            Severity::Warning,
            "run again, `branches` is another number",
            "0.85 ratio (0.82 to 0.89)",
            "0.9 ratio"
        )]
    );
}

#[test]
fn another_side_of_a_threshold_and_another_verdict_are_errors() {
    let (rerun, ok, findings) = held(&[
        ("/measurements/0/value", json!(0.5)),
        ("/measurements/0/met", json!(false)),
        ("/verdict", json!("fail")),
        ("/tools/0/version", json!("2")),
    ]);
    assert_eq!((rerun, ok), (Rerun::Differs, false));
    assert_eq!(
        said(&findings),
        [
            (
                Severity::Error,
                "run again, `branches` is on another side of its threshold",
                "0.5 ratio",
                "0.9 ratio"
            ),
            (
                Severity::Error,
                "run again, gate `coverage` has another verdict",
                "Fail",
                "Pass"
            ),
            (
                Severity::Note,
                "gate `coverage` ran with other tools or on another machine",
                "cov 2; {\"os\": \"linux\"}",
                "cov 1; {\"os\": \"linux\"}"
            ),
        ]
    );
    // With the same tools on the same machine there is nothing to say about them.
    let (_, _, findings) = held(&[("/verdict", json!("fail"))]);
    assert_eq!(findings.len(), 1);
    let place = findings.first().and_then(|finding| finding.place.as_ref());
    assert_eq!(place.unwrap().path, "evidence/coverage/evidence.json");
}

#[test]
fn a_number_that_counted_and_is_gone_is_an_error() {
    let other = json!([{ "name": "lines", "value": 0.95, "unit": "ratio", "basis": "reported" }]);
    let (rerun, ok, findings) = held(&[("/measurements", other)]);
    assert_eq!((rerun, ok), (Rerun::Differs, false));
    assert_eq!(
        said(&findings),
        [(
            Severity::Error,
            "run again, `branches` is not measured",
            "no such number",
            "0.9 ratio"
        )]
    );
    // One that nothing was asked of, and one more than before, are no fault and not the same.
    let branches = evidence().pointer("/measurements/0").unwrap().clone();
    let (rerun, ok, findings) = held(&[("/measurements", json!([branches]))]);
    assert_eq!((rerun, ok, findings), (Rerun::Agrees, true, Vec::new()));
    let mut more = evidence().pointer("/measurements").unwrap().clone();
    let extra = json!({ "name": "functions", "value": 1.0, "unit": "ratio", "basis": "reported" });
    more.as_array_mut().unwrap().push(extra);
    assert_eq!(held(&[("/measurements", more)]).0, Rerun::Agrees);
}

#[test]
fn files_of_the_commit_are_the_inputs() {
    let changed = json!([{ "path": "a.rs", "sha256": digest('a') }, { "path": "b.rs", "sha256": digest('c') }]);
    let fewer = json!([{ "path": "a.rs", "sha256": digest('a') }]);
    let more = json!([{ "path": "a.rs", "sha256": digest('a') }, { "path": "b.rs", "sha256": digest('b') },
        { "path": "c.rs", "sha256": digest('c') }]);
    let b = |of| format!("b.rs sha256 {}", digest(of));
    for (inputs, expected, found) in [
        (&changed, b('c'), b('b')),
        (&fewer, "no input b.rs".to_owned(), b('b')),
        (
            &more,
            format!("c.rs sha256 {}", digest('c')),
            "no input c.rs".to_owned(),
        ),
    ] {
        let (rerun, ok, findings) = held(&[("/inputs", inputs.clone())]);
        assert_eq!((rerun, ok), (Rerun::Differs, false));
        let message = "gate `coverage` was measured on other files than the commit has";
        assert_eq!(
            said(&findings),
            [(Severity::Error, message, expected.as_str(), found.as_str())]
        );
    }
    // A report that lay beside the commit: without it there is no number here.
    let why = json!([{ "code": "report-malformed", "severity": "error", "message": "no report" }]);
    let absent = [("/verdict", json!("unmeasured")), ("/findings", why)];
    let (rerun, ok, findings) = held(&[&absent[..], &[("/inputs", fewer)]].concat());
    let not = Rerun::NotAttempted("not measured here: no report".to_owned());
    assert_eq!((rerun, ok, findings), (not, true, Vec::new()));
    // And a file that is here, and another one there, is an error whether or not it was measured.
    let (rerun, ok, _) = held(&[&absent[..], &[("/inputs", changed)]].concat());
    assert_eq!((rerun, ok), (Rerun::Differs, false));
}

#[test]
fn documents_tree_and_thresholds_are_those_of_the_commit() {
    for (place, what) in [
        ("plan/subject/tree", "tree"),
        ("plan/spec/sha256", "spec"),
        ("plan/policy/sha256", "policy"),
        ("plan/config/sha256", "configuration"),
    ] {
        let (rerun, ok, findings) = held(&[(place, json!("other"))]);
        assert_eq!((rerun, ok), (Rerun::Same, false));
        let finding = findings.first().unwrap();
        assert_eq!(
            finding.message,
            format!("the commit has another {what} than the plan")
        );
        assert_eq!(finding.expected.as_deref(), Some("other"));
    }
    let (rerun, ok, findings) = held(&[("plan/gates/0/requirements/0/threshold", json!(0.9))]);
    assert_eq!((rerun, ok), (Rerun::Differs, false));
    assert_eq!(
        said(&findings),
        [(
            Severity::Error,
            "the commit asks something else of gate `coverage`",
            "branches >= 0.9",
            "branches >= 0.8"
        )]
    );
    let (_, _, findings) = held(&[("plan/gates/0/requirements", json!([]))]);
    assert_eq!(
        findings.first().unwrap().expected.as_deref(),
        Some("nothing")
    );
}

#[test]
fn what_was_not_run_is_no_answer() {
    let (rerun, ok, _) = held(&[("/gate", json!("static"))]);
    assert_eq!(
        rerun,
        Rerun::NotAttempted("it was not run again".to_owned())
    );
    assert!(ok);
    let (rerun, ok, _) = held(&[("/verdict", json!("error"))]);
    let not = Rerun::NotAttempted("it gave no number here".to_owned());
    assert_eq!((rerun, ok), (not, true));
    let mut report = report();
    not_attempted(&mut report, "because");
    let gate = report.gates.first().unwrap();
    assert_eq!(gate.rerun, Some(Rerun::NotAttempted("because".to_owned())));
    assert_eq!(gate.verdict, Some(Verdict::Pass));
}
