//! Which paths an entry stands for: an entry of a scope, of a component's own paths, of a waiver. Everything that is decided
//! by path, by gates, verifiers and explanations, is decided by these two.

#[cfg(test)]
mod tests;

use crate::measure::glob;

/// Whether an entry stands for a path. `src/a` stands for `src/a` and `src/a/b`, never for `src/ab`; in a pattern `*` and
/// `?` stay within a folder and `**` does not, and what it names stands for everything below, too. `.` stands for every
/// path, an empty entry for none.
#[must_use]
pub fn covers(entry: &str, path: &str) -> bool {
    if matches!(entry, "." | "./") {
        return true;
    }
    let entry = entry.trim_start_matches("./").trim_end_matches('/');
    if entry.is_empty() {
        return false;
    }
    if entry.contains(['*', '?']) {
        return upwards(path).any(|folder| glob::matches(entry, folder));
    }
    is_within(path, entry)
}

/// Whether a path is `folder` or lies below it; both with `/`, neither with one at its end.
#[must_use]
pub fn is_within(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path and the folders it is in, the innermost first.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rsplit_once('/').map(|(folder, _)| folder)
    })
}
