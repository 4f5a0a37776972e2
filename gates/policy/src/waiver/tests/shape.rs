use caws_spec::parse;

use super::*;

/// One of each published shape, and some that are between them.
const MAP: &str = "
COV-1:
  gate: coverage
  reason: the legacy module is leaving
  owner: olga
  expiry: '2026-11-25T00:00:00Z'
  compensating_control: integration tests run nightly
  ticket_url: https://example.org/1
  approved_by: anna
  created_at: '2026-11-20T00:00:00Z'
  status: active
";
const LIST: &str = "
waivers:
  - id: W-7
    description: an urgent fix
    gates: [mutation, trust_score]
    reason: urgent_fix
    approver: '@anna'
    expires_at: '2027-11-25'
    projects: [one]
    max_trust_score: 79
";
const DELTA: &str = "
id: WV-0001
applies_to: FEAT-0001
gates: [budget_limit, coverage_threshold]
delta: { max_files: 5, max_loc: 100 }
reason_code: architectural_refactor
description: the parser is being replaced, which touches every file once
mitigation: a second person looks at every file, and the old tests stay
expires_at: '2026-12-31T23:59:59Z'
risk_owner: olga
approvers:
  - handle: olga
    approved_at: '2026-11-20T00:00:00Z'
status: proposed
";
const RISK: &str = "
id: WV-0514
title: a hot fix
reason: emergency_hotfix
description: it burns
gates: [budget_limit]
created_at: '2026-10-30T17:40:20.514Z'
expires_at: '2026-12-31T23:59:59Z'
approved_by: '@test'
impact_level: low
mitigation_plan: watch it
status: active
";
const RISKS: &str = "
waivers:
  WV-1:
    approved_by: '@a'
    created_at: '2026-10-30T17:43:22.694Z'
    description: one
    expires_at: '2026-12-31T23:59:59Z'
    gates: [a11y]
    metadata: {}
    reason: emergency_hotfix
    risk_assessment: { impact_level: low, mitigation_plan: verify the release }
    title: a title
  WV-2:
    approved_by: '@b'
    expires_at: '2026-12-31T23:59:59Z'
    gates: [security]
    reason: other
    risk_assessment: { impact_level: low }
";
const KERNEL: &str = "
id: LANE-1-SCOPE-01
title: files of another session
status: active
gates: [scope_boundary]
reason: another session staged them
approved_by: anna
created_at: '2026-08-15T19:31:08.569Z'
expires_at: '2026-08-22T00:00:00Z'
scope: { spec_id: LANE-1 }
";
/// Moved to version 11 with the fields of the schema before it kept.
const MOVED: &str = "
id: WV-0001
title: moved
status: revoked
gates: [budget_limit]
reason: architectural_refactor
approved_by: olga
created_at: '2025-01-07T00:00:00Z'
expires_at: '2025-12-31T23:59:59Z'
revocation: { revoked_at: '2026-05-16T19:00:00Z', revoked_by: olga, reason: done }
applies_to: ARCH-0001
delta: { max_files: 50 }
reason_code: architectural_refactor
risk_owner: olga
";
const BARE: &str = "
id: X-1
title: bare
gates: [coverage]
reason: none of the rest
approved_by: anna
expires_at: '2026-12-31T23:59:59Z'
";

fn old(text: &str) -> Vec<OldWaiver> {
    let document = parse("old.yaml", text.as_bytes()).unwrap();
    read_old(document.value()).unwrap()
}

#[test]
fn every_published_shape_is_recognised_by_what_only_it_has() {
    for (text, shape, because) in [
        (
            MAP,
            Shape::Map,
            vec!["gate", "expiry", "compensating_control", "ticket_url"],
        ),
        (
            LIST,
            Shape::List,
            vec!["max_trust_score", "projects", "approver"],
        ),
        (
            DELTA,
            Shape::Delta,
            vec![
                "reason_code",
                "applies_to",
                "delta",
                "risk_owner",
                "mitigation",
            ],
        ),
        (RISK, Shape::Risk, vec!["mitigation_plan", "impact_level"]),
        (RISKS, Shape::Risk, vec!["risk_assessment"]),
        (KERNEL, Shape::Kernel, vec!["scope/spec_id"]),
        (MOVED, Shape::Kernel, vec!["revocation"]),
        (BARE, Shape::Kernel, vec!["title", "approved_by"]),
    ] {
        let found = old(text);
        assert_eq!(
            (found[0].shape, &found[0].because),
            (shape, &because),
            "{text}"
        );
    }
}

#[test]
fn fields_are_read_by_what_they_mean() {
    let of = |text: &str| old(text).remove(0);
    let map = of(MAP);
    assert_eq!(map.id.as_deref(), Some("COV-1"));
    assert_eq!(map.owner.as_deref(), Some("olga"));
    assert_eq!(map.approvers, ["anna"]);
    assert_eq!(map.end(), Some(time("2026-11-25T00:00:00Z")));
    assert_eq!(map.left, [""; 0]);
    let list = of(LIST);
    assert_eq!(list.our_gates(), [Ok("mutation"), Err("trust_score")]);
    assert_eq!(list.reason.as_deref(), Some("urgent_fix: an urgent fix"));
    assert_eq!(list.end(), Some(time("2027-11-25T00:00:00Z")));
    assert_eq!(list.left, ["projects", "max_trust_score"]);
    let delta = of(DELTA);
    assert_eq!(delta.spec.as_deref(), Some("FEAT-0001"));
    assert_eq!(delta.our_gates(), [Err("budget_limit"), Ok("coverage")]);
    assert_eq!(delta.left, ["delta"]);
    // Of two titles one is the reason; the other is not lost.
    assert_eq!(of(RISK).left, ["title", "impact_level"]);
    let risks = old(RISKS);
    assert_eq!(risks.len(), 2);
    assert_eq!(risks[0].control.as_deref(), Some("verify the release"));
    assert_eq!(risks[0].our_gates(), [Ok("accessibility")]);
    assert_eq!(risks[1].pointer, "/waivers/WV-2");
    assert_eq!(risks[1].our_gates(), [Ok("static")]);
    assert_eq!(of(KERNEL).spec.as_deref(), Some("LANE-1"));
}

#[test]
fn what_keeps_it_from_holding_is_said() {
    let now = Some(time(NOW));
    for (text, expected) in [
        (MAP, vec![]),
        (LIST, vec!["`trust_score` is no gate of this caws"]),
        (
            DELTA,
            vec![
                "it says of itself that it is proposed",
                "`olga` approved it and asked for it",
                "`budget_limit` is no gate of this caws",
            ],
        ),
        (
            RISK,
            vec![
                "it lasts 62 days, 14 are allowed",
                "`budget_limit` is no gate of this caws",
            ],
        ),
        (
            KERNEL,
            vec![
                "it ended 2026-08-22T00:00:00Z",
                "`scope_boundary` is no gate of this caws",
            ],
        ),
        (
            MOVED,
            vec![
                "it says of itself that it is revoked",
                "it ended 2025-12-31T23:59:59Z",
                "it lasts 358 days, 14 are allowed",
                "`olga` approved it and asked for it",
                "`budget_limit` is no gate of this caws",
            ],
        ),
    ] {
        assert_eq!(old(text)[0].said(now), expected, "{text}");
    }
    let no_end = old("{ gates: [coverage], approved_by: a, expires_at: soon }");
    assert_eq!(no_end[0].said(now), ["its end `soon` is no time"]);
    let nobody = old("{ gate: coverage, expiry: '2026-12-01T00:00:00Z', approvers: [] }");
    assert_eq!(nobody[0].said(now), ["nobody approved it"]);
}

#[test]
fn in_the_place_of_ours_they_are_refused_each_at_its_line() {
    let path = PATHS[0];
    let findings = read(&parse(path, RISKS.as_bytes()).unwrap()).unwrap_err();
    assert_eq!(findings.len(), 2);
    for (finding, line) in findings.iter().zip([4, 14]) {
        assert_eq!(finding.code, codes::WAIVER_SHAPE);
        assert_eq!(finding.place.as_ref().unwrap().line, Some(line));
        assert!(finding.message.contains("because of `risk_assessment`"));
        assert!(
            finding
                .found
                .as_ref()
                .unwrap()
                .starts_with("nobody signed it")
        );
    }
}

#[test]
fn what_is_no_waiver_is_none() {
    for text in [
        "{}",
        "[]",
        "hello",
        "{ waivers: [] }",
        "{ waivers: { a: 1 } }",
        "{ id: X-1, title: a spec }",
        "{ gates: { coverage: {} }, tools: {} }",
    ] {
        let document = parse("x.yaml", text.as_bytes()).unwrap();
        assert_eq!(read_old(document.value()), None, "{text}");
    }
}

/// Every text of an old waiver is in the draft, in a field or in the list of what has no place; what is asked is
/// what it lacks.
#[test]
fn a_draft_holds_what_was_said_and_asks_for_the_rest() {
    let text = draft(&old(MAP)[0]);
    assert_eq!(
        text,
        "  - id: COV-1
    gate: coverage
    reason: the legacy module is leaving
    owner:
      name: olga
    approver: anna
    created: \"2026-11-20T00:00:00Z\"
    expires: \"2026-11-25T00:00:00Z\"
    compensating_control: integration tests run nightly
    scope:
      spec: # open question: for which working spec?
    commits:
      from: # open question: from which commit on?
    ticket: \"https://example.org/1\"
"
    );
    let text = draft(&old(DELTA)[0]);
    assert!(
        text.contains(
            "  - id: WV-0001-1\n    gate: # open question: which gate is `budget_limit`?\n"
        )
    );
    assert!(text.contains("  - id: WV-0001-2\n    gate: coverage\n"));
    assert!(text.ends_with("    # no place for: delta\n"));
}

#[test]
fn a_name_with_line_breaks_stays_in_its_comment() {
    let broken = "WV-0002:\n  title: a title of ten\n  gates: [\"budget\\r- a\\nb\\u2028c\"]\n  \"d\\ne\": 1\n  approved_by: b\n  expires_at: 2026-11-10\n";
    let text = draft(&old(broken)[0]);
    assert!(text.contains("which gate is `budget - a b c`?\n"), "{text}");
    assert!(text.contains("# no place for: d e\n"), "{text}");
    assert!(parse("waivers.yaml", format!("waivers:\n{text}").as_bytes()).is_ok());
}
