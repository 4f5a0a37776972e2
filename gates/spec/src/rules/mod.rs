//! What a schema cannot say: the rules of a tier, and those every tier shares.

mod open;
mod strays;
#[cfg(test)]
mod tests;
mod tier;

use std::collections::HashMap;

use crate::document::Document;
use crate::notice::{Details as _, error, warning};
use crate::schema::{
    Embedded, SchemaError, TIER_POLICY, WORKING_SPEC, validate_open, validate_schema,
};
use crate::spec::WorkingSpec;
use caws_evidence::{Finding, Severity, codes};

/// What validating a working spec gave.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecReport {
    /// The spec, where it satisfies the schema and asks for nothing it needs; findings may remain.
    pub spec: Option<WorkingSpec>,
    /// All faults and warnings, in the order of their places.
    pub findings: Vec<Finding>,
}

impl SpecReport {
    /// Whether nothing blocks: warnings, notes and open questions do not.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// Holds a document against the schema of working specs, then against the rules of its tier.
///
/// A required key that is not there is no fault as long as `open_questions` asks for it: the finding is a
/// warning, and there is no spec yet.
#[must_use]
pub fn validate_spec(document: &Document) -> SpecReport {
    let open = open::Questions::of(document);
    let mut findings = match WORKING_SPEC.schema() {
        Ok(schema) => validate_open(document, schema, &|pointer| open.asks(pointer)),
        Err(fault) => vec![broken(document, &fault)],
    };
    let mut spec = None;
    if findings.is_empty() {
        match open.filled(document).to_struct::<WorkingSpec>() {
            Ok(read) => {
                findings.extend(rules(document, &read, &open));
                findings.extend(open.findings(document));
                spec = open.is_finished().then_some(read);
            }
            Err(fault) => findings.push(*fault),
        }
        findings.sort_by_key(|finding| {
            finding
                .place
                .as_ref()
                .map(|place| (place.line, place.column))
        });
    }
    SpecReport { spec, findings }
}

/// Holds a document against the schema of tier policies.
#[must_use]
pub fn validate_policy(document: &Document) -> Vec<Finding> {
    against(document, &TIER_POLICY)
}

/// Findings for paths the spec names that are not there: contracts, and entries of `scope.in`.
///
/// `exists` answers for a path relative to the project's root. Patterns (`*`, `?`) are not asked for.
/// A contract that is not there blocks; a path of the scope may be about to be made, and is a warning.
#[must_use]
pub fn missing_paths(
    document: &Document,
    spec: &WorkingSpec,
    exists: impl Fn(&str) -> bool,
) -> Vec<Finding> {
    let missing = |path: &str| !path.contains(['*', '?']) && !exists(path);
    let contracts = spec
        .contracts
        .iter()
        .enumerate()
        .filter(|(_, contract)| missing(&contract.path))
        .map(|(index, contract)| {
            error(
                codes::SPEC_PATH_MISSING,
                document.place_of(&format!("/contracts/{index}/path")),
                format!("the contract `{}` does not exist", contract.path),
            )
            .expected("a file of the project")
            .found(format!("no file `{}`", contract.path))
            .help("write the contract, or mend the path; it is relative to the project's root")
        });
    let scope = spec
        .scope
        .within
        .iter()
        .enumerate()
        .filter(|(_, path)| missing(path))
        .map(|(index, path)| {
            warning(
                codes::SPEC_PATH_MISSING,
                document.place_of(&format!("/scope/in/{index}")),
                format!("the scope names `{path}`, which does not exist"),
            )
            .expected("a path of the project")
            .found(format!("nothing at `{path}`"))
            .help("mend the path, or remove the entry once the work is done")
        });
    contracts.chain(scope).collect()
}

/// Holds a document against a schema that ships with caws.
pub(crate) fn against(document: &Document, schema: &Embedded) -> Vec<Finding> {
    match schema.schema() {
        Ok(schema) => validate_schema(document, schema),
        Err(fault) => vec![broken(document, &fault)],
    }
}

fn broken(document: &Document, fault: &SchemaError) -> Finding {
    error(
        codes::DOCUMENT_SCHEMA,
        document.place_of(""),
        fault.to_string(),
    )
}

fn rules(document: &Document, spec: &WorkingSpec, open: &open::Questions) -> Vec<Finding> {
    let mut findings = Vec::new();
    unique_ids(document, spec, &mut findings);
    filled(document, spec, &mut findings);
    scope(document, spec, &mut findings);
    strays::find(document, spec, &mut findings);
    strays::unmeasured(document, spec, &mut findings);
    if !open.leaves("/profile") && !open.leaves("/risk_tier") {
        tier::rules(
            document,
            spec,
            &|pointer| open.puts_off(pointer),
            &mut findings,
        );
    }
    findings
}

fn unique_ids(document: &Document, spec: &WorkingSpec, findings: &mut Vec<Finding>) {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (index, criterion) in spec.acceptance.iter().enumerate() {
        let first = *seen.entry(&criterion.id).or_insert(index);
        if first < index {
            let place = document.place_of(&format!("/acceptance/{first}/id"));
            let line = place
                .line
                .map_or_else(String::new, |line| format!(" in line {line}"));
            findings.push(
                error(
                    codes::SPEC_DUPLICATE_ID,
                    document.place_of(&format!("/acceptance/{index}/id")),
                    format!(
                        "the acceptance criterion {} stands here twice",
                        criterion.id
                    ),
                )
                .expected("each id once")
                .found(format!("{} first{line}", criterion.id))
                .help(format!(
                    "call it A{}, the next free number",
                    next_free(spec)
                )),
            );
        }
    }
}

fn next_free(spec: &WorkingSpec) -> u64 {
    let highest = spec
        .acceptance
        .iter()
        .filter_map(|criterion| criterion.id.strip_prefix('A')?.parse::<u64>().ok())
        .max();
    highest.unwrap_or(0).saturating_add(1)
}

fn filled(document: &Document, spec: &WorkingSpec, findings: &mut Vec<Finding>) {
    /// Shorter, nobody can say whether it holds.
    const LEAST: usize = 10;
    for (index, criterion) in spec.acceptance.iter().enumerate() {
        for (step, text) in [
            ("given", &criterion.given),
            ("when", &criterion.when),
            ("then", &criterion.then),
        ] {
            if text.trim().is_empty() {
                findings.push(
                    error(
                        codes::SPEC_RULE,
                        document.place_of(&format!("/acceptance/{index}/{step}")),
                        format!("`{step}` of {} is empty", criterion.id),
                    )
                    .expected("a sentence a test can be written from")
                    .found("no text")
                    .help(format!("say what the {step} of {} is", criterion.id)),
                );
            }
        }
    }
    for (index, invariant) in spec.invariants.iter().enumerate() {
        let length = invariant.trim().chars().count();
        if length < LEAST {
            findings.push(
                error(
                    codes::SPEC_RULE,
                    document.place_of(&format!("/invariants/{index}")),
                    format!("the invariant \"{}\" says too little", invariant.trim()),
                )
                .expected(format!("at least {LEAST} characters"))
                .found(format!("{length}"))
                .help("say what must stay true, so that one can see when it does not"),
            );
        }
    }
}

fn scope(document: &Document, spec: &WorkingSpec, findings: &mut Vec<Finding>) {
    let entries = [("in", &spec.scope.within), ("out", &spec.scope.without)];
    for (side, paths) in entries {
        for (index, path) in paths.iter().enumerate() {
            if let Some(fault) = foreign(path) {
                findings.push(
                    error(
                        codes::SPEC_RULE,
                        document.place_of(&format!("/scope/{side}/{index}")),
                        format!("the scope's path \"{path}\" {fault}"),
                    )
                    .expected("a path within the project, such as `src/`")
                    .found(format!("\"{path}\""))
                    .help("write the path relative to the project's root, with `/`"),
                );
            }
        }
    }
    let out: HashMap<&str, &str> = spec
        .scope
        .without
        .iter()
        .filter(|path| foreign(path).is_none())
        .map(|path| (plain(path), path.as_str()))
        .collect();
    for (index, path) in spec.scope.within.iter().enumerate() {
        if let Some(out) = covering(&out, path) {
            findings.push(
                error(
                    codes::SPEC_RULE,
                    document.place_of(&format!("/scope/in/{index}")),
                    format!("\"{path}\" is in the scope and, by \"{out}\", out of it"),
                )
                .expected("each path on one side")
                .found(format!(
                    "\"{path}\" below `scope.in` and \"{out}\" below `scope.out`"
                ))
                .help("`scope.out` wins: remove one of the two entries"),
            );
        }
    }
}

/// Why a path cannot be one of the project's.
fn foreign(path: &str) -> Option<&'static str> {
    /// `PATH_MAX` of Linux; other systems take less.
    const LONGEST: usize = 4096;
    if path.trim().is_empty() {
        Some("is empty")
    } else if path.starts_with('/') || path.chars().nth(1) == Some(':') {
        Some("is absolute")
    } else if path.contains('\\') {
        Some("is written with backslashes")
    } else if path.split('/').any(|step| step == "..") {
        Some("leads out of the project")
    } else if path.len() > LONGEST {
        Some("is longer than any system takes")
    } else {
        None
    }
}

/// A path without what does not tell it from another.
fn plain(path: &str) -> &str {
    path.trim_start_matches("./").trim_end_matches('/')
}

/// The path that stands for `inner`, too: the same one, or a directory above it.
fn covering<'a>(outer: &HashMap<&str, &'a str>, inner: &str) -> Option<&'a str> {
    if outer.is_empty() || foreign(inner).is_some() {
        return None;
    }
    let inner = plain(inner);
    let above = inner
        .match_indices('/')
        .filter_map(|(end, _)| inner.get(..end));
    above
        .chain([inner])
        .filter(|path| !path.is_empty())
        .find_map(|path| outer.get(path).copied())
}
