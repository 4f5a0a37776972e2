//! Which component a path belongs to: the one whose paths name it most closely.

use caws_evidence::paths::covers;
use caws_evidence::{Finding, Severity};
use caws_policy::applies::{Component, numbers};
use caws_policy::tier::Conflict;
use caws_policy::tier::Side;
use caws_spec::Document;
use caws_spec::spec::Profile;
use serde_json::Value;

use crate::config;
use crate::project::{self, Project};

/// What a component's spec may be called, below its folder.
const NAMES: [&str; 3] = [
    ".caws/working-spec.yaml",
    ".caws/working-spec.yml",
    ".caws/working-spec.json",
];

/// A component that claims a path.
struct Claim {
    document: Document,
    /// The key and the entry that claims it.
    by: &'static str,
    entry: String,
    /// Whether the entry is the component's own word on its code.
    own: bool,
    /// The folder of `components` in `.caws.yml` that it lies in: the gates hold it to its targets.
    held: Option<String>,
}

/// The component a path belongs to, what contradicts that, and what is wrong with its spec.
///
/// `component.paths` speaks for a component, `scope.in` where it says nothing, else the folder its spec lies in. Of
/// several the one that names the path most closely counts.
pub(super) fn component(
    project: &Project,
    files: &[String],
    path: &str,
) -> (Option<Component>, Vec<Conflict>, Vec<Finding>) {
    let other_projects: Vec<&str> = files
        .iter()
        .filter_map(|file| file.strip_suffix(config::FILE)?.strip_suffix('/'))
        .collect();
    let mut claims: Vec<Claim> = files
        .iter()
        .filter(|file| folder(file).is_some_and(|folder| !folder.is_empty()))
        .filter(|file| **file != project.config.spec)
        .filter(|file| !other_projects.iter().any(|other| covers(other, file)))
        .filter_map(|file| {
            let read = project::read(&project.root, "component spec", file, "");
            claim(project, read.ok()?.0, path)
        })
        .collect();
    // The last is the closest: one that is held to its word, then by its own word, then the longest.
    claims.sort_by_key(|claim| (claim.held.is_some(), claim.own, claim.entry.len()));
    let Some(best) = claims.pop() else {
        return (None, Vec::new(), Vec::new());
    };
    let conflicts = claims
        .iter()
        .filter(|claim| claim.own && best.own && claim.held.is_some() == best.held.is_some())
        .map(|claim| Conflict {
            what: "the component".to_owned(),
            won: side(&best),
            lost: side(claim),
            why: "its entry names the path more closely".to_owned(),
        })
        .collect();
    let (component, findings) = described(project, &best);
    (Some(component), conflicts, findings)
}

/// The folder of a component whose spec this is; empty for the root.
fn folder(file: &str) -> Option<&str> {
    NAMES
        .iter()
        .find_map(|name| file.strip_suffix(name))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .map(|folder| folder.trim_end_matches('/'))
}

fn claim(project: &Project, document: Document, path: &str) -> Option<Claim> {
    let held = project
        .config_value
        .pointer("/components")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|folder| covers(folder, document.path()))
        .map(str::to_owned);
    let entries = |pointer: &str| -> Option<Vec<String>> {
        let list = document.value().pointer(pointer)?.as_array()?;
        Some(
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        )
    };
    let (by, own, entries) = match (entries("/component/paths"), entries("/scope/in")) {
        (Some(paths), _) => ("component.paths", true, paths),
        (None, Some(paths)) => ("scope.in", true, paths),
        (None, None) => ("folder", false, Vec::new()),
    };
    let found = entries.into_iter().find(|entry| covers(entry, path));
    if let Some(entry) = found {
        return Some(Claim {
            document,
            by,
            entry,
            own,
            held,
        });
    }
    // Files beside the code, such as the component's own manifest.
    let folder = folder(document.path())?.to_owned();
    covers(&folder, path).then(|| Claim {
        by: "folder",
        entry: folder,
        own: false,
        held,
        document,
    })
}

fn side(claim: &Claim) -> Side {
    Side {
        value: text(&claim.document, "/id").unwrap_or_else(|| claim.document.path().to_owned()),
        who: format!("{}: `{}`", claim.by, claim.entry),
        place: Some(claim.document.place_of(match claim.by {
            "component.paths" => "/component/paths",
            "scope.in" => "/scope/in",
            _ => "",
        })),
    }
}

fn text(document: &Document, pointer: &str) -> Option<String> {
    document
        .value()
        .pointer(pointer)?
        .as_str()
        .map(str::to_owned)
}

/// The component, with what its tier and its targets ask of it.
fn described(project: &Project, claim: &Claim) -> (Component, Vec<Finding>) {
    let document = &claim.document;
    let tier = document
        .value()
        .get("risk_tier")
        .and_then(Value::as_u64)
        .and_then(|tier| u8::try_from(tier).ok());
    let profile = text(document, "/profile");
    let rules = tier
        .zip(profile.as_deref().and_then(Profile::parse))
        .and_then(|(tier, profile)| project.policy.rules(tier, profile));
    let mut findings = Vec::new();
    let mut asked = Vec::new();
    if let Some(mut rules) = rules {
        let id = text(document, "/id").unwrap_or_else(|| document.path().to_owned());
        let number = |pointer: &str| document.value().pointer(pointer).and_then(Value::as_f64);
        for (pointer, key) in [
            ("/targets/coverage", "coverage"),
            ("/targets/mutation", "mutation"),
        ] {
            let Some(wanted) = number(pointer) else {
                continue;
            };
            let source = format!("{id} targets.{key}");
            let place = document.place_of(pointer);
            let heard = if key == "coverage" {
                rules.tighten_coverage(wanted, &source, place)
            } else {
                rules.tighten_mutation(wanted, &source, place)
            };
            findings.extend(heard.err().map(|fault| *fault));
        }
        asked = numbers(&rules.layers);
        // Gates and score are the project's: of a component its own files' coverage and mutants are asked.
        asked.retain(|number| {
            use caws_policy::tier::Subject::{Coverage, CoverageMetric, Mutation};
            matches!(number.subject, CoverageMetric | Coverage | Mutation)
        });
    }
    let held = claim.held.as_deref();
    let why = match held {
        Some(folder) => format!("`components` in .caws.yml names `{folder}`"),
        None => "`components` in .caws.yml names no folder above it".to_owned(),
    };
    for finding in &mut findings {
        // Nothing runs on a spec that nobody holds to its word; what it says is still told.
        if held.is_none() {
            finding.severity = Severity::Warning;
        }
    }
    let component = Component {
        spec: document.path().to_owned(),
        id: text(document, "/id"),
        title: text(document, "/title").unwrap_or_default(),
        claims: format!("{}: {}", claim.by, claim.entry),
        held: held.is_some(),
        why,
        tier,
        tier_place: document.place_of("/risk_tier"),
        profile,
        numbers: asked,
    };
    (component, findings)
}
