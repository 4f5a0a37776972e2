//! The change since a commit, file by file, as git counts it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_evidence::measure::scope::{Change, Kind, Lines, Status};

use super::{LEFT, git, is_record, line, with_index};
use crate::host::Host;

/// Mode of a submodule in a tree (`gitlink`).
const GITLINK: &str = "160000";
/// Paths asked for at once: a command line has a limit.
const PATHS_AT_ONCE: usize = 500;
/// Pairs of files git compares to find renames; what it takes where nobody configured another number.
const RENAME_LIMIT: &str = "-l1000";

/// Everything that differs between `from` and the working tree, files nobody added yet included.
///
/// Works on a copy of the index in `scratch`: new files are marked in it, so that git itself counts them and finds where they
/// were moved from, and the repository's own index stays as it is.
///
/// # Errors
/// What git says.
pub(crate) fn changes(
    root: &Path,
    host: &Host,
    scratch: &Path,
    from: &str,
) -> Result<Vec<Change>, String> {
    let index = own_index(root, host, scratch)?;
    let mut changes = parse(&diff(
        root,
        host,
        Some(&index),
        from,
        &["-M", RENAME_LIMIT, "--numstat"],
    )?)?;
    let attributes = generated(root, host, scratch, from, &changes)?;
    for change in &mut changes {
        let of = |path: &str| attributes.get(path).copied();
        let now = of(&change.path);
        // A file that moved is generated only where it was so before as well.
        change.generated = match change.from.as_deref().map(of) {
            Some(before) if before != now => Some(false),
            _ => now,
        };
    }
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(changes)
}

/// Paths of the submodules that differ: no file's content shows them.
///
/// # Errors
/// What git says.
pub(crate) fn submodules(root: &Path, host: &Host, from: &str) -> Result<Vec<String>, String> {
    let listed = diff(root, host, None, from, &["-M", RENAME_LIMIT])?;
    let mut paths: Vec<String> = parse(&listed)?
        .iter()
        .filter(|change| change.kind == Kind::Submodule)
        .flat_map(Change::paths)
        .map(str::to_owned)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// A copy of the index in which new files are marked.
fn own_index(root: &Path, host: &Host, scratch: &Path) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("cannot copy git's index: {error}");
    let index = scratch.join("index");
    let theirs = line(root, host, &["rev-parse", "--git-path", "index"])
        .ok_or_else(|| "git does not say where its index is".to_owned())?;
    let theirs = root.join(theirs);
    if theirs.is_file() {
        copy(&theirs, &index).map_err(failed)?;
    }
    let new: Vec<u8> = git(root, host, &["ls-files", "-o", "-z", "--exclude-standard"])?
        .split_inclusive(|byte| *byte == 0)
        .filter(|name| {
            // A repository within this one is listed as a folder, and is none of its files.
            let name = String::from_utf8_lossy(name);
            let name = name.trim_end_matches('\0');
            !name.is_empty() && !name.ends_with('/') && !is_record(name)
        })
        .flatten()
        .copied()
        .collect();
    if new.is_empty() {
        return Ok(index);
    }
    let list = scratch.join("new-files");
    std::fs::write(&list, new).map_err(failed)?;
    let from_file = format!("--pathspec-from-file={}", list.display());
    let add = [
        "--literal-pathspecs",
        "add",
        "--intent-to-add",
        from_file.as_str(),
        "--pathspec-file-nul",
    ];
    with_index(root, host, Some(&index), &add)?;
    Ok(index)
}

/// A copy that is as old as the index: git looks again at files that changed no earlier than it did, and with a newer one
/// would miss those that changed in the same moment and kept their size.
fn copy(index: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(index, to)?;
    let written = std::fs::metadata(index)?.modified()?;
    std::fs::File::options()
        .write(true)
        .open(to)?
        .set_modified(written)
}

/// A diff in git's raw form. Everything a person's configuration could make another is said.
fn diff(
    root: &Path,
    host: &Host,
    index: Option<&Path>,
    from: &str,
    more: &[&str],
) -> Result<Vec<u8>, String> {
    let mut args = vec![
        "diff",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--diff-algorithm=myers",
        // A submodule counts by the commit it is at, whatever `.gitmodules` would rather have ignored.
        "--ignore-submodules=dirty",
        "--relative",
    ];
    args.extend(more);
    args.extend([from, "--", "."]);
    let records: Vec<String> = LEFT
        .iter()
        .map(|folder| format!(":(exclude)artifacts/{folder}"))
        .collect();
    args.extend(records.iter().map(String::as_str));
    with_index(root, host, index, &args)
}

/// What the attribute `linguist-generated` is, as the base's `.gitattributes` have it: a change cannot declare itself generated.
fn generated(
    root: &Path,
    host: &Host,
    scratch: &Path,
    from: &str,
    changes: &[Change],
) -> Result<BTreeMap<String, bool>, String> {
    let index = scratch.join("base-index");
    with_index(root, host, Some(&index), &["read-tree", from])?;
    let paths: Vec<&str> = changes.iter().flat_map(Change::paths).collect();
    let mut found = BTreeMap::new();
    for some in paths.chunks(PATHS_AT_ONCE) {
        let mut args = vec!["check-attr", "--cached", "-z", "linguist-generated", "--"];
        args.extend(some);
        let said = with_index(root, host, Some(&index), &args)?;
        let mut fields = fields(&said);
        while let (Some(path), Some(_), Some(value)) = (fields.next(), fields.next(), fields.next())
        {
            let is = match value.as_str() {
                "set" | "true" => true,
                "unset" | "false" => false,
                _ => continue,
            };
            found.insert(path, is);
        }
    }
    Ok(found)
}

/// Fields that end with NUL.
fn fields(bytes: &[u8]) -> impl Iterator<Item = String> {
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let empty = bytes.is_empty();
    bytes
        .split(|byte| *byte == 0)
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .filter(move |_| !empty)
}

/// Reads `git diff --raw -z`, with or without `--numstat` behind it (git-diff, "raw output format").
fn parse(bytes: &[u8]) -> Result<Vec<Change>, String> {
    let mut fields = fields(bytes).peekable();
    let mut changes: Vec<Change> = Vec::new();
    while fields.peek().is_some_and(|field| field.starts_with(':')) {
        let head = fields.next().unwrap_or_default();
        let mut parts = head.trim_start_matches(':').split(' ');
        let modes = [parts.next(), parts.next()];
        let letter = parts.nth(2).and_then(|status| status.chars().next());
        let mut path = || {
            fields
                .next()
                .ok_or_else(|| format!("git's list ends within `{head}`"))
        };
        let first = path()?;
        let (status, from, path) = match letter {
            Some('A') => (Status::Added, None, first),
            Some('M') => (Status::Modified, None, first),
            Some('D') => (Status::Deleted, None, first),
            Some('T') => (Status::TypeChanged, None, first),
            Some('R') => (Status::Renamed, Some(first), path()?),
            Some('U') => {
                return Err(format!("`{first}` has a merge conflict; resolve it first"));
            }
            _ => return Err(format!("git's list has a line nobody knows: `{head}`")),
        };
        changes.push(Change {
            path,
            from,
            status,
            kind: if modes.contains(&Some(GITLINK)) {
                Kind::Submodule
            } else {
                Kind::Text
            },
            lines: None,
            generated: None,
        });
    }
    let places: BTreeMap<String, usize> = changes
        .iter()
        .enumerate()
        .map(|(place, change)| (change.path.clone(), place))
        .collect();
    while let Some(counts) = fields.next() {
        let unknown = || format!("git's counts have a line nobody knows: `{counts}`");
        let mut parts = counts.splitn(3, '\t');
        let (Some(added), Some(removed), Some(name)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(unknown());
        };
        // Of a file that moved, both names follow.
        let path = if name.is_empty() {
            fields.next();
            fields.next().ok_or_else(unknown)?
        } else {
            name.to_owned()
        };
        let place = places.get(&path).copied();
        let Some(change) = place.and_then(|place| changes.get_mut(place)) else {
            return Err(unknown());
        };
        match (added.parse(), removed.parse()) {
            _ if change.kind == Kind::Submodule => {}
            (Ok(added), Ok(removed)) => change.lines = Some(Lines { added, removed }),
            _ if added == "-" && removed == "-" => change.kind = Kind::Binary,
            _ => return Err(unknown()),
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests;
