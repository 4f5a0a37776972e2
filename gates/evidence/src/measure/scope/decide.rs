//! What is decided of a path: a pure function with a closed set of outcomes.

use super::Lists;
use crate::paths::covers;

/// What is decided of a path, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is the working spec: agreeing on another scope is part of every scope.
    Spec,
    /// An entry of `scope.in` stands for it.
    ScopeIn,
    /// An entry of `scope.support` stands for it.
    ScopeSupport,
    /// An entry of `scope.out` stands for it; that comes before every entry that admits it.
    ScopeOut,
    /// No entry stands for it.
    ScopeInMiss,
    /// It is no path within a project.
    PathInvalid,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Spec,
        Self::ScopeIn,
        Self::ScopeSupport,
        Self::ScopeOut,
        Self::ScopeInMiss,
        Self::PathInvalid,
    ];

    /// Its name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spec => "admit.spec",
            Self::ScopeIn => "admit.scope_in",
            Self::ScopeSupport => "admit.scope_support",
            Self::ScopeOut => "reject.scope_out",
            Self::ScopeInMiss => "reject.scope_in_miss",
            Self::PathInvalid => "reject.path_invalid",
        }
    }

    /// Whether the path may change.
    #[must_use]
    pub fn admits(self) -> bool {
        match self {
            Self::Spec | Self::ScopeIn | Self::ScopeSupport => true,
            Self::ScopeOut | Self::ScopeInMiss | Self::PathInvalid => false,
        }
    }
}

/// A decision and the entry that made it, if one did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decided<'l> {
    /// What is decided.
    pub decision: Decision,
    /// The entry of the scope, as it is written.
    pub entry: Option<&'l str>,
}

/// Decides whether a change may touch `path`; `spec` is the working spec's own path.
#[must_use]
pub fn decide<'l>(path: &str, spec: &str, lists: &'l Lists) -> Decided<'l> {
    let by = |decision, entry| Decided { decision, entry };
    if !is_inside(path) {
        return by(Decision::PathInvalid, None);
    }
    if path == spec.trim_start_matches("./") {
        return by(Decision::Spec, None);
    }
    let found = |entries: &'l [String]| {
        entries
            .iter()
            .map(String::as_str)
            .find(|entry| covers(entry, path))
    };
    if let Some(entry) = found(&lists.without) {
        return by(Decision::ScopeOut, Some(entry));
    }
    if let Some(entry) = found(&lists.within) {
        return by(Decision::ScopeIn, Some(entry));
    }
    match found(&lists.support) {
        Some(entry) => by(Decision::ScopeSupport, Some(entry)),
        None => by(Decision::ScopeInMiss, None),
    }
}

/// Whether a path leads from the project's root to something below it.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path
            .split('/')
            .all(|step| !step.is_empty() && step != "." && step != "..")
}
