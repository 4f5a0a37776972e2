//! An entry of a scope: a path that stands for everything below it, or a pattern.

use super::super::glob;

/// Whether an entry stands for a path. `src/a` stands for `src/a` and `src/a/b`, never for `src/ab`; in a pattern `*` and
/// `?` stay within a folder and `**` does not, and what it names stands for everything below, too.
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
    path.strip_prefix(entry)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path and the folders it is in, the innermost first.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rsplit_once('/').map(|(folder, _)| folder)
    })
}
