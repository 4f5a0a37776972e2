//! The rules of each tier: tier 1 asks for what tier 2 asks, and more.

#[cfg(test)]
mod tests;

use caws_evidence::{Finding, codes};

use crate::document::Document;
use crate::notice::{Details as _, error, warning};
use crate::spec::{Observability, Profile, Rollback, WorkingSpec};

/// What a rule found wanting.
struct Lack<'a> {
    pointer: &'a str,
    what: &'a str,
    expected: &'a str,
    help: &'a str,
}

/// `put_off` says of a place whether an open question asks for it on a spec that is not finished: then it is a warning.
pub(super) fn rules(
    document: &Document,
    spec: &WorkingSpec,
    put_off: &dyn Fn(&str) -> bool,
    findings: &mut Vec<Finding>,
) {
    let report = |blocks: bool, lack: &Lack<'_>| {
        let place = document.key_place_of(lack.pointer);
        let message = format!(
            "a {} of tier {} {}",
            spec.profile, spec.risk_tier, lack.what
        );
        let finding = if blocks && !put_off(lack.pointer) {
            error(codes::SPEC_TIER_RULE, place, message)
        } else {
            warning(codes::SPEC_TIER_RULE, place, message)
        };
        finding
            .expected(lack.expected)
            .found("none")
            .help(lack.help)
    };
    let serves = matches!(spec.profile, Profile::WebUi | Profile::BackendApi);
    if spec.risk_tier <= 2 {
        if spec.contracts.is_empty() && (spec.risk_tier == 1 || serves) {
            let blocks = spec.risk_tier == 1 || spec.profile == Profile::BackendApi;
            findings.push(report(blocks, &CONTRACTS));
        }
        if spec
            .non_functional
            .perf
            .as_ref()
            .is_none_or(|perf| perf.budgets().is_empty() && perf.unmeasured().next().is_none())
        {
            findings.push(report(serves, &PERF));
        }
        if spec.profile == Profile::WebUi && spec.non_functional.a11y.is_none() {
            findings.push(report(true, &A11Y));
        }
    }
    if spec.risk_tier == 1 {
        if is_empty(spec.non_functional.security.as_deref()) {
            findings.push(report(true, &SECURITY));
        }
        if spec
            .observability
            .as_ref()
            .is_none_or(Observability::is_blank)
        {
            findings.push(report(true, &OBSERVABILITY));
        }
        if spec.rollback.as_ref().is_none_or(Rollback::is_blank) {
            findings.push(report(true, &ROLLBACK));
        }
        if spec.acceptance.len() < 5 {
            findings.push(report(false, &ACCEPTANCE).found(spec.acceptance.len().to_string()));
        }
    }
}

fn is_empty(lines: Option<&[String]>) -> bool {
    lines.is_none_or(|lines| lines.iter().all(|line| line.trim().is_empty()))
}

const CONTRACTS: Lack<'static> = Lack {
    pointer: "/contracts",
    what: "declares no contract",
    expected: "at least one entry below `contracts`",
    help: "name the interface others rely on: its type, file and role",
};
const PERF: Lack<'static> = Lack {
    pointer: "/non_functional/perf",
    what: "states no performance budget",
    expected: "at least one budget below `non_functional.perf`",
    help: "say how fast it must be, such as `api_p95_ms: 500`",
};
const A11Y: Lack<'static> = Lack {
    pointer: "/non_functional/a11y",
    what: "says nothing about accessibility",
    expected: "`non_functional.a11y`",
    help: "say which axe rules, keyboard paths and contrast must hold",
};
const SECURITY: Lack<'static> = Lack {
    pointer: "/non_functional/security",
    what: "states no security requirement",
    expected: "at least one entry below `non_functional.security`",
    help: "say what must hold against an attacker",
};
const OBSERVABILITY: Lack<'static> = Lack {
    pointer: "/observability",
    what: "cannot be observed in operation",
    expected: "logs, metrics or traces below `observability`",
    help: "say what is logged, counted and traced",
};
const ROLLBACK: Lack<'static> = Lack {
    pointer: "/rollback",
    what: "names no way back",
    expected: "at least one entry below `rollback`",
    help: "say how the work is taken back in operation",
};
const ACCEPTANCE: Lack<'static> = Lack {
    pointer: "/acceptance",
    what: "has fewer than 5 acceptance criteria",
    expected: "at least 5 entries below `acceptance`",
    help: "add the scenarios that are missing: errors, limits, concurrency, recovery",
};
