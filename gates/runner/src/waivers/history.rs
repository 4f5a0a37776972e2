//! The commits between two commits, as git has them.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;

use caws_policy::waiver::{Commits, Lineage, in_range};

use crate::git::git;
use crate::host::Host;

/// Most commits a waiver's range is followed over.
const MOST: usize = 2_000;

/// What shows that a commit is in a range.
///
/// # Errors
/// What was found.
pub(super) fn lineage(
    root: &Path,
    host: &Host,
    commits: &Commits,
    commit: Option<&str>,
) -> Result<Lineage, String> {
    let Some(at) = commit else {
        return Err("a run of no commit: waivers are for commits of a git repository".to_owned());
    };
    let since = chain(root, host, at, &commits.from)?;
    let until = match &commits.to {
        Some(to) => chain(root, host, to, at)?,
        None => Vec::new(),
    };
    let lineage = Lineage::new(&since, &until);
    in_range(commit, commits, &lineage)?;
    Ok(lineage)
}

/// The contents of the commits on the shortest way from a commit back to a child of `ancestor`.
fn chain(root: &Path, host: &Host, commit: &str, ancestor: &str) -> Result<Vec<Vec<u8>>, String> {
    if commit == ancestor {
        return Ok(Vec::new());
    }
    let range = format!("{ancestor}..{commit}");
    let list: [&str; 6] = [
        "--no-replace-objects",
        "rev-list",
        "--parents",
        "--ancestry-path",
        &range,
        "--",
    ];
    let listed = git(root, host, &list).map_err(|why| {
        format!("commit {commit}; git does not follow it back to {ancestor}: {why}")
    })?;
    let listed = String::from_utf8_lossy(&listed);
    let parents: BTreeMap<&str, Vec<&str>> = listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.collect()))
        })
        .collect();
    let mut child: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([commit]);
    while let Some(at) = queue.pop_front() {
        for parent in parents.get(at).into_iter().flatten().copied() {
            if parent != commit && !child.contains_key(parent) {
                child.insert(parent, at);
                queue.push_back(parent);
            }
        }
    }
    let mut way = Vec::new();
    let mut at = ancestor;
    while let Some(next) = child.get(at) {
        way.push(*next);
        at = next;
    }
    if at != commit {
        return Err(format!(
            "commit {commit}, which does not descend from {ancestor}"
        ));
    }
    if way.len() > MOST {
        return Err(format!(
            "commit {commit}, {} commits after {ancestor}; a range of at most {MOST} is followed",
            way.len()
        ));
    }
    way.reverse();
    way.iter()
        .map(|id| {
            git(
                root,
                host,
                &["--no-replace-objects", "cat-file", "commit", id],
            )
        })
        .collect()
}
