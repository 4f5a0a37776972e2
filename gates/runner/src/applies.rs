//! Answers "what applies to me?" for a path: reads documents, runs no gate and asks no tool.

mod claim;
#[cfg(test)]
mod tests;

use std::path::{Component as Step, Path};

use caws_evidence::measure::integrity::{Guard, guard};
use caws_evidence::paths::{covers, is_within};
use caws_policy::applies::{
    Applies, GateApplies, Governing, Looks, PolicySeen, ReviewRule, numbers, tier_conflict,
};
use caws_spec::Document;
use serde_json::Value;

use crate::config;
use crate::error::ConfigError;
use crate::gates::{Draft, Gate};
use crate::inputs;
use crate::plan::drafts;
use crate::project::{self, Options, Project};
use crate::rivals;

/// Why there is no answer for a path.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// It leads out of the project.
    #[error("`{0}` lies outside of the project; name a path of the project, relative to its root")]
    Outside(String),
    /// It belongs to a project below this one.
    #[error(
        "`{path}` belongs to `{project}`, a project of its own; ask there: caws -C {project} plan --explain {rest}"
    )]
    OtherProject {
        /// The path.
        path: String,
        /// The other project's root.
        project: String,
        /// The path in it.
        rest: String,
    },
    /// A document could not be read again.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// What applies to `path`, which may be one that is not there yet.
///
/// # Errors
/// [`PathError`] when the path is none of this project's.
pub fn applies(project: &Project, options: &Options, path: &Path) -> Result<Applies, PathError> {
    let path = relative(&project.root, path)?;
    let all = inputs::list(&project.root, &project.host);
    let files: Vec<&String> = all.iter().filter(|file| below(&path, file)).collect();
    let spec = governing(project)?;
    let entries = project.policy.paths();
    let mut conflicts = project.policy.conflicts().to_vec();
    if let Some(asked) = project.policy.rules(spec.tier, project.spec.profile) {
        conflicts.extend(rivals::conflicts(
            &project.root,
            &project.config.policy,
            &asked,
        ));
    }
    conflicts.extend(tier_conflict(
        entries,
        |entry| covers(entry, &path),
        spec.tier,
        &spec.tier_place,
        &spec.id,
    ));
    let (component, claimed, findings) = claim::component(project, &all, &path);
    conflicts.extend(claimed);
    let policy = &project.policy;
    Ok(Applies {
        decides: decides(project, &path),
        files: u64::try_from(files.len()).unwrap_or(u64::MAX),
        gates: gates_of(drafts(project, options, &all), &path, &files),
        numbers: numbers(&project.rules.layers),
        review: review(project),
        policy: PolicySeen {
            path: project.config.policy.clone(),
            shape: policy.recognition().map(|seen| seen.shape.id()),
            recognised: policy.recognition().map(|seen| seen.shape.to_string()),
            because: policy.because().to_vec(),
        },
        unread: policy.unread().to_vec(),
        path,
        spec,
        component,
        conflicts,
        findings,
    })
}

/// The path relative to the root, with `/`; empty for the root.
fn relative(root: &Path, path: &Path) -> Result<String, PathError> {
    let outside = || PathError::Outside(path.display().to_string());
    let inner = if path.is_absolute() {
        let found = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        found.strip_prefix(root).map_err(|_| outside())?.to_owned()
    } else {
        path.to_owned()
    };
    let mut steps: Vec<String> = Vec::new();
    for step in inner.components() {
        match step {
            Step::Normal(name) => steps.push(name.to_string_lossy().into_owned()),
            Step::CurDir => {}
            Step::ParentDir => {
                steps.pop().ok_or_else(outside)?;
            }
            Step::RootDir | Step::Prefix(_) => return Err(outside()),
        }
    }
    // The innermost project that is not this one.
    for depth in (1..=steps.len()).rev() {
        let (project, rest) = steps.split_at(depth);
        let project = project.join("/");
        if root.join(&project).join(config::FILE).is_file() {
            let rest = if rest.is_empty() {
                ".".to_owned()
            } else {
                rest.join("/")
            };
            return Err(PathError::OtherProject {
                path: steps.join("/"),
                project,
                rest,
            });
        }
    }
    Ok(steps.join("/"))
}

/// Whether a file is the path, or lies below it.
fn below(path: &str, file: &str) -> bool {
    path.is_empty() || is_within(file, path)
}

/// A document of the project, once more: with its places.
fn document(project: &Project, what: &'static str, path: &str) -> Result<Document, ConfigError> {
    let help = "it was there a moment ago; run the command again";
    project::read(&project.root, what, path, help).map(|(document, _)| document)
}

fn governing(project: &Project) -> Result<Governing, PathError> {
    let document = document(project, "working spec", &project.config.spec)?;
    let spec = &project.spec;
    Ok(Governing {
        id: spec.id.clone(),
        title: spec.title.clone(),
        tier: spec.risk_tier,
        tier_place: document.place_of("/risk_tier"),
        profile: spec.profile.as_str().to_owned(),
        profile_place: document.place_of("/profile"),
    })
}

/// What the path is to the gates themselves.
fn decides(project: &Project, path: &str) -> Option<&'static str> {
    let (policy, spec) = (&project.config.policy, &project.config.spec);
    Some(match guard(path, policy, spec, config::FILE)? {
        Guard::Policy => "the tier policy",
        Guard::Spec => "the working spec",
        Guard::Config => "the configuration",
        Guard::Waivers => "waivers",
        Guard::Key => "a key that may sign",
        Guard::Manifest => "a manifest whose lint levels count",
        Guard::Other => "a workflow, or the configuration of a checker",
    })
}

fn review(project: &Project) -> ReviewRule {
    let required = project.rules.requires_manual_review;
    let checked = required && project.config.gates.policy.is_some();
    ReviewRule {
        required,
        checked_by: checked.then(|| {
            "the gate `policy`, where one of its policies reads `input.tier.manual_review`"
                .to_owned()
        }),
    }
}

fn gates_of(
    drafts: Vec<(&'static dyn Gate, Draft)>,
    path: &str,
    files: &[&String],
) -> Vec<GateApplies> {
    drafts
        .into_iter()
        .map(|(gate, draft)| {
            let reason = draft.reason_not.clone().or_else(|| {
                (!draft.configured).then(|| {
                    "it applies, and .caws.yml does not say how to measure it: it would be unmeasured"
                        .to_owned()
                })
            });
            GateApplies {
                gate: gate.id().to_owned(),
                applies: draft.reason_not.is_none(),
                reason,
                looks: looks(&draft, path, files),
                requirements: draft.requirements,
                term: draft.term,
            }
        })
        .collect()
}

/// Whether a gate's verdict depends on the path: on every file at or below it, on some, on none.
fn looks(draft: &Draft, path: &str, files: &[&String]) -> Looks {
    let reports = draft.reports.iter().map(|report| globset::escape(report));
    let patterns: Vec<String> = draft.inputs.iter().cloned().chain(reports).collect();
    // Patterns were checked when the project was opened.
    let one =
        |pattern: &String| inputs::patterns(std::slice::from_ref(pattern)).unwrap_or_default();
    // What is not there yet is asked about as if it were.
    let names: Vec<&str> = if files.is_empty() {
        vec![path]
    } else {
        files.iter().map(|file| file.as_str()).collect()
    };
    let union = inputs::patterns(&patterns).unwrap_or_default();
    let matched = names.iter().filter(|name| union.is_match(name)).count();
    if matched == 0 {
        return Looks::Away;
    }
    if matched < names.len() {
        return Looks::AtSome {
            files: u64::try_from(matched).unwrap_or(u64::MAX),
        };
    }
    if let Some(left_out) = left_out(&draft.params, &names, &one) {
        return left_out;
    }
    let pattern = patterns
        .iter()
        .find(|pattern| {
            let set = one(pattern);
            names.iter().any(|name| set.is_match(name))
        })
        .cloned()
        .unwrap_or_default();
    Looks::AtAll { pattern }
}

/// The entry of `exclude` that stands for all of the files, if one does.
fn left_out(
    params: &Value,
    names: &[&str],
    one: &dyn Fn(&String) -> globset::GlobSet,
) -> Option<Looks> {
    let entries = params.get("exclude")?.as_array()?;
    entries.iter().find_map(|entry| {
        let pattern = entry.get("path")?.as_str()?.to_owned();
        let set = one(&pattern);
        names
            .iter()
            .all(|name| set.is_match(name))
            .then(|| Looks::LeftOut {
                pattern,
                reason: entry
                    .get("reason")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
            })
    })
}
