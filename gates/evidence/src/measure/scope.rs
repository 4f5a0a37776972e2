//! `scope`: whether a change stays within what its working spec allows, and within its budget.
//!
//! Raw output `changes`: [`Changes`] as JSON: every path that differs between the commit the work left from and the
//! working tree, as git counts it. The spec's lists and its budget are parameters, fixed with the plan. Every path gets one
//! named [`Decision`]; where the change itself widened the scope, what it let in is told.

mod count;
mod decide;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use count::{Count, generated};
pub use decide::{Decided, Decision, decide};

use super::{MeasureError, Raw, Reading, common};
use crate::codes;
use crate::model::{Basis, Finding, Place, Severity};

/// Findings told of one kind; the counts are of all.
const MAX_FINDINGS: usize = 50;
/// Files named where the change is larger than its budget.
const LARGEST: usize = 5;

/// The raw output `changes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// Commit the work left from.
    pub base: String,
    /// What differs, a file that moved once.
    pub files: Vec<Change>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Path now, or the last one it had; relative to the project's root, with `/`.
    pub path: String,
    /// Path before, of a file that moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What happened to it.
    pub status: Status,
    /// What it is.
    pub kind: Kind,
    /// Lines that came and went; absent where there are none to count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Lines>,
    /// What the base's attribute `linguist-generated` says of it; absent where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<bool>,
}

impl Change {
    /// Its paths: two for a file that moved.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.from
            .as_deref()
            .into_iter()
            .chain(std::iter::once(self.path.as_str()))
    }
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is new.
    Added,
    /// Its content or mode is another.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path, and perhaps another content.
    Renamed,
    /// It became something else: a file a link, a link a submodule.
    TypeChanged,
}

impl Status {
    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Modified => "modified",
            Self::Deleted => "deleted",
            Self::Renamed => "renamed",
            Self::TypeChanged => "changed its type",
        }
    }
}

/// What a file is, as git sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It has lines.
    Text,
    /// It has none.
    Binary,
    /// Another repository, at a commit.
    Submodule,
}

/// Lines of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// Lines that came.
    pub added: u64,
    /// Lines that went.
    pub removed: u64,
}

/// Which paths a spec allows. Each entry stands for itself and everything below it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lists {
    /// Paths the work may touch.
    #[serde(rename = "in")]
    pub within: Vec<String>,
    /// Paths it must leave alone; these win.
    #[serde(rename = "out", default)]
    pub without: Vec<String>,
    /// Paths it may touch without owning them.
    #[serde(default)]
    pub support: Vec<String>,
}

/// How large a change may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Files.
    pub max_files: Option<u64>,
    /// Lines added and removed, together.
    pub max_loc: Option<u64>,
}

/// Parameters of `scope`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Params {
    /// Path of the working spec.
    spec: String,
    /// Commit the work left from, as the plan found it.
    base: Option<String>,
    /// What the spec allows.
    scope: Lists,
    /// What the base's version of the same spec allowed; absent where the base has none.
    agreed: Option<Lists>,
    /// How large the change may be.
    budget: Budget,
    /// Submodules that differ, as the plan found them: no file's content shows it.
    submodules: Vec<String>,
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let params: Params = common::params(params)?;
    let raw = common::raw(raws, "changes")?;
    let changes: Changes = common::json(raw, "list of changed files")?;
    common::same_base(raw, params.base.as_deref(), &changes.base)?;
    same_submodules(raw, &params, &changes)?;
    let judged: Vec<Judged<'_>> = changes
        .files
        .iter()
        .map(|change| Judged::new(change, &params))
        .collect();
    Ok(reading(&params, &changes, &judged))
}

/// The plan and the list must speak of the same submodules.
fn same_submodules(raw: &Raw, params: &Params, changes: &Changes) -> Result<(), MeasureError> {
    let mut found: Vec<&str> = changes
        .files
        .iter()
        .filter(|change| change.kind == Kind::Submodule)
        .flat_map(Change::paths)
        .collect();
    found.sort_unstable();
    found.dedup();
    if found == params.submodules {
        return Ok(());
    }
    Err(common::malformed(
        raw,
        "list of the submodules the plan names",
        format!("changes of [{}]", found.join(", ")),
    ))
}

/// A change and what was decided of each of its paths.
struct Judged<'c> {
    change: &'c Change,
    /// The first path that is not admitted, and why.
    rejected: Option<(&'c str, Decided<'c>)>,
    /// The first path the base's spec did not admit while this one's does.
    widened: Option<(&'c str, Decided<'c>)>,
}

impl<'c> Judged<'c> {
    fn new(change: &'c Change, params: &'c Params) -> Self {
        let of = |lists: &'c Lists, path: &'c str| decide(path, &params.spec, lists);
        let rejected = change
            .paths()
            .map(|path| (path, of(&params.scope, path)))
            .find(|(_, decided)| !decided.decision.admits());
        let widened = params
            .agreed
            .as_ref()
            .filter(|_| rejected.is_none())
            .and_then(|agreed| {
                change
                    .paths()
                    .map(|path| (path, of(agreed, path)))
                    .find(|(_, decided)| !decided.decision.admits())
            });
        Self {
            change,
            rejected,
            widened,
        }
    }
}

fn reading(params: &Params, changes: &Changes, judged: &[Judged<'_>]) -> Reading {
    let count = Count::of(&changes.files);
    let number = |which: fn(&Judged<'_>) -> bool| {
        judged
            .iter()
            .fold(0_u64, |sum, one| sum + u64::from(which(one)))
    };
    let observations = [
        ("files_out_of_scope", number(|one| one.rejected.is_some())),
        ("files_newly_in_scope", number(|one| one.widened.is_some())),
        ("files_changed", count.files),
        ("lines_changed", count.lines()),
        ("lines_added", count.added),
        ("lines_removed", count.removed),
        ("files_renamed", count.renamed),
        ("files_deleted", count.deleted),
        ("files_binary", count.binary),
        ("submodules_changed", count.submodules),
        ("files_generated", count.generated),
    ]
    .map(|(name, number)| common::count(name, number, Basis::Observed));
    let mut findings: Vec<Finding> = judged
        .iter()
        .filter_map(|one| {
            let (path, decided) = one.rejected.as_ref()?;
            Some(rejected(params, one.change, path, decided))
        })
        .take(MAX_FINDINGS)
        .collect();
    findings.extend(
        judged
            .iter()
            .filter_map(|one| {
                let (path, decided) = one.widened.as_ref()?;
                Some(widened(params, path, decided))
            })
            .take(MAX_FINDINGS),
    );
    findings.extend(large(params, &count, &changes.files));
    Reading {
        observations: observations.to_vec(),
        examined: common::len(&changes.files),
        findings,
    }
}

fn place(path: &str) -> Option<Place> {
    Some(Place {
        path: path.to_owned(),
        line: None,
        column: None,
    })
}

fn rejected(params: &Params, change: &Change, path: &str, decided: &Decided<'_>) -> Finding {
    let (message, expected, help) = match decided.decision {
        Decision::ScopeOut => (
            format!("`{path}` is out of the scope of this work"),
            format!(
                "nothing below `{}` of `scope.out` changes",
                decided.entry.unwrap_or_default()
            ),
            format!(
                "take it out of this change, or agree on it: mend `scope` of {} in the same pull request",
                params.spec
            ),
        ),
        Decision::PathInvalid => (
            format!("`{path}` is no path of a project"),
            "a path relative to the project's root, with `/`".to_owned(),
            "the list of changes was not written by caws; run the gate again".to_owned(),
        ),
        _ => (
            format!("`{path}` is not in the scope of this work"),
            format!(
                "a path below `scope.in`: {}",
                params.scope.within.join(", ")
            ),
            format!(
                "take it out of this change, or agree on it: add it to `scope.in` of {} in the same pull request",
                params.spec
            ),
        ),
    };
    let role = match &change.from {
        Some(from) if from == path => "renamed from here",
        Some(_) => "renamed to here",
        None => change.status.word(),
    };
    Finding {
        code: codes::SCOPE_REJECTED.to_owned(),
        severity: Severity::Error,
        message,
        place: place(path),
        expected: Some(expected),
        found: Some(format!("{} ({role})", decided.decision.name())),
        help: Some(help),
    }
}

fn widened(params: &Params, path: &str, decided: &Decided<'_>) -> Finding {
    Finding {
        code: codes::SCOPE_WIDENED.to_owned(),
        severity: Severity::Warning,
        message: format!(
            "`{path}` was not in the agreed scope, and this change's own {} admits it",
            params.spec
        ),
        place: place(path),
        expected: Some("a change within the scope agreed on before".to_owned()),
        found: Some(format!("{} by the base's version", decided.decision.name())),
        help: Some(
            "say under `Spec delta` of the pull request why the scope grew, and have a person agree"
                .to_owned(),
        ),
    }
}

/// What a person looks at first when a change is larger than its budget.
fn large(params: &Params, count: &Count, files: &[Change]) -> Option<Finding> {
    let over = |limit: Option<u64>, found: u64| limit.is_some_and(|limit| found > limit);
    if !over(params.budget.max_files, count.files) && !over(params.budget.max_loc, count.lines()) {
        return None;
    }
    let mut largest: Vec<(&Change, Lines)> = files
        .iter()
        .filter(|change| !generated(change))
        .map(|change| (change, change.lines.unwrap_or_default()))
        .collect();
    largest.sort_by(|(one, left), (other, right)| {
        let sum = |lines: &Lines| lines.added.saturating_add(lines.removed);
        sum(right)
            .cmp(&sum(left))
            .then_with(|| one.path.cmp(&other.path))
    });
    let named: Vec<String> = largest
        .iter()
        .take(LARGEST)
        .map(|(change, lines)| format!("{} (+{} -{})", change.path, lines.added, lines.removed))
        .collect();
    Some(Finding {
        code: codes::CHANGE_LARGE.to_owned(),
        severity: Severity::Note,
        message: format!(
            "the change is larger than `change_budget` of {} allows",
            params.spec
        ),
        place: place(&params.spec),
        expected: Some(budget(params.budget)),
        found: Some(format!(
            "{} files, {} lines; the largest: {}",
            count.files,
            count.lines(),
            named.join(", ")
        )),
        help: Some(
            "divide the change: what can be judged alone should come alone; or agree on a larger budget"
                .to_owned(),
        ),
    })
}

fn budget(budget: Budget) -> String {
    let part =
        |limit: Option<u64>, what: &str| limit.map(|limit| format!("at most {limit} {what}"));
    [
        part(budget.max_files, "files"),
        part(budget.max_loc, "lines"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
