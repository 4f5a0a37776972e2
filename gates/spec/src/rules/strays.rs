//! What is said where nobody reads it.

#[cfg(test)]
mod tests;

use caws_evidence::{Finding, codes};
use serde_json::{Map, Value};

use crate::document::Document;
use crate::nearest::nearest;
use crate::notice::{Details as _, error, warning};
use crate::spec::{Contract, Observability, Perf, WorkingSpec};

/// Keys the open objects of the published schema let pass, but that nobody reads.
pub(super) fn find(document: &Document, spec: &WorkingSpec, findings: &mut Vec<Finding>) {
    let mut stray = |pointer: &str, known: &[&str], extra: &Map<String, Value>| {
        for key in extra.keys().filter(|key| !key.starts_with("x-")) {
            let finding = warning(
                codes::DOCUMENT_UNKNOWN_KEY,
                document.key_place_of(&format!("{pointer}/{}", crate::document::escape(key))),
                format!("nothing reads the key `{key}`"),
            )
            .expected(format!("one of {}", known.join(", ")))
            .found(key.as_str());
            findings.push(match nearest(key, known.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("remove it, or put what it says where it is read"),
            });
        }
    };
    stray(
        "/scope",
        &["in", "out", "support"],
        &without(&spec.scope.extra, &["support"]),
    );
    for (index, criterion) in spec.acceptance.iter().enumerate() {
        stray(
            &format!("/acceptance/{index}"),
            &["id", "given", "when", "then"],
            &criterion.extra,
        );
    }
    for (index, contract) in spec.contracts.iter().enumerate() {
        stray(
            &format!("/contracts/{index}"),
            &["type", "path", "role", "name", "description", "version"],
            &without(&contract.extra, &["name", "description", "version"]),
        );
    }
    if let Some(budget) = &spec.change_budget {
        stray("/change_budget", &["max_files", "max_loc"], &budget.extra);
    }
    if let Some(radius) = &spec.blast_radius {
        stray(
            "/blast_radius",
            &["modules", "data_migration"],
            &radius.extra,
        );
    }
    if let Some(Observability::Kinds(seen)) = &spec.observability {
        stray(
            "/observability",
            &["logs", "metrics", "traces"],
            &seen.extra,
        );
    }
    if let Some(languages) = &spec.non_functional.i18n {
        stray(
            "/non_functional/i18n",
            &["locales", "rtl_supported"],
            &languages.extra,
        );
    }
    if let Some(policy) = &spec.non_functional.security_policy {
        let known = ["sast_max_severity", "secret_scan_block", "dep_policy"];
        stray("/non_functional/security_policy", &known, &policy.extra);
    }
    if let Some(assessment) = &spec.ai_assessment {
        let known = [
            "confidence_level",
            "uncertainty_areas",
            "complexity_factors",
            "risk_factors",
        ];
        stray("/ai_assessment", &known, &assessment.extra);
    }
}

/// The members of an object but for some keys.
fn without(extra: &Map<String, Value>, known: &[&str]) -> Map<String, Value> {
    extra
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Budgets and contracts the schema lets pass, but that no gate knows.
pub(super) fn unmeasured(document: &Document, spec: &WorkingSpec, findings: &mut Vec<Finding>) {
    if let Some(perf) = &spec.non_functional.perf {
        let known = Perf::KEYS;
        for key in perf.unmeasured() {
            let place = document.key_place_of(&format!(
                "/non_functional/perf/{}",
                crate::document::escape(key)
            ));
            let finding = warning(
                codes::SPEC_UNMEASURED,
                place,
                format!("no gate measures the budget `{key}`"),
            )
            .expected(format!("one of {}", known.join(", ")))
            .found(key);
            findings.push(match nearest(key, known) {
                Some(near) => finding.help(format!(
                    "did you mean `{near}`? If not, it stays as it is: a statement nobody checks"
                )),
                None => finding.help("it stays as it is: a statement nobody checks"),
            });
        }
    }
    for (index, contract) in spec.contracts.iter().enumerate() {
        let kind = contract.kind.as_str();
        if kind.is_empty() || Contract::KINDS.contains(&kind) {
            continue;
        }
        let place = document.place_of(&format!("/contracts/{index}/type"));
        let message = format!("no gate reads contracts of the type `{kind}`");
        let expected = format!("one of {}", Contract::KINDS.join(", "));
        findings.push(
            match nearest(kind, Contract::KINDS) {
                // A known type misspelt would never be checked.
                Some(near) => error(codes::SPEC_UNMEASURED, place, message)
                    .help(format!("did you mean `{near}`?")),
                None => warning(codes::SPEC_UNMEASURED, place, message)
                    .help("it stays as it is: a contract nobody checks"),
            }
            .expected(expected)
            .found(kind),
        );
    }
}
