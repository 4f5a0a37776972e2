use caws_evidence::{Finding, Severity};

use crate::{parse, validate_spec};

fn findings(perf: &str, kind: &str) -> Vec<Finding> {
    let text = format!(
        "id: T-1\ntitle: A title of a spec\nrisk_tier: 3\nprofile: library\nrationale: Because it is worth doing.\n\
         scope: {{ in: [src/], out: [], support: [docs/], x-more: 1 }}\ninvariants: [It stays as it is]\n\
         acceptance: [{{ id: A1, given: a, when: b, then: c }}]\nnon_functional:\n  perf: {perf}\n\
         contracts:\n  - {{ type: {kind}, path: c.yaml, role: both, name: n, version: '1' }}\n"
    );
    let document =
        parse("s.yaml", text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"));
    validate_spec(&document).findings
}

#[test]
fn what_gates_know_is_no_finding() {
    for kind in crate::spec::Contract::KINDS {
        assert_eq!(findings("{ api_p95_ms: 1, x-else: 1 }", kind), []);
    }
}

#[test]
fn a_budget_nobody_measures_is_said_with_its_likely_meaning() {
    let found = findings("{ api_p95: 1, evaluations_per_sec: 5000 }", "openapi");
    let said: Vec<_> = found
        .iter()
        .map(|finding| {
            (
                finding.severity,
                finding.code.as_str(),
                finding.message.as_str(),
                finding.help.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            (
                Severity::Warning,
                "spec-unmeasured",
                "no gate measures the budget `api_p95`",
                "did you mean `api_p95_ms`? If not, it stays as it is: a statement nobody checks",
            ),
            (
                Severity::Warning,
                "spec-unmeasured",
                "no gate measures the budget `evaluations_per_sec`",
                "it stays as it is: a statement nobody checks",
            ),
        ]
    );
}

#[test]
fn a_contract_nobody_reads_is_a_warning_and_a_misspelt_one_an_error() {
    let found = findings("{}", "typescript-interface");
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].severity, found[0].message.as_str()),
        (
            Severity::Warning,
            "no gate reads contracts of the type `typescript-interface`"
        )
    );
    let found = findings("{}", "openpai");
    assert_eq!(
        (found[0].severity, found[0].help.as_deref()),
        (Severity::Error, Some("did you mean `openapi`?"))
    );
}
