//! What git says about the project, where there is git.

pub(crate) mod changes;

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use caws_policy::Subject;

use crate::error::RunError;
use crate::host::Host;
use crate::interrupt::Interrupt;
use crate::process::{Invocation, run};

/// Runs git in `root`; the output where it exits 0, what it said otherwise.
///
/// # Errors
/// What git (or its absence) says.
pub fn git(root: &Path, host: &Host, args: &[&str]) -> Result<Vec<u8>, String> {
    with_index(root, host, None, args)
}

/// The same, with an index of our own in place of the repository's.
fn with_index(
    root: &Path,
    host: &Host,
    index: Option<&Path>,
    args: &[&str],
) -> Result<Vec<u8>, String> {
    let program = host
        .find("git")
        .ok_or_else(|| "git is not on the PATH".to_owned())?;
    // An optional lock would make a plain `status` fail beside another git.
    let mut env: Vec<(String, OsString)> = vec![
        ("GIT_OPTIONAL_LOCKS".to_owned(), "0".into()),
        ("LC_ALL".to_owned(), "C".into()),
    ];
    env.extend(index.map(|index| ("GIT_INDEX_FILE".to_owned(), index.into())));
    let invocation = Invocation {
        program,
        args: args.iter().map(OsString::from).collect(),
        cwd: root.to_owned(),
        env,
        path: Vec::new(),
        deadline: Duration::from_secs(60),
    };
    let finished = run(&invocation, host, &Interrupt::new(), &mut |_| {})
        .map_err(|error| error.to_string())?;
    if finished.ended.code() == Some(0) {
        return Ok(finished.stdout);
    }
    Err(finished
        .tail
        .last()
        .cloned()
        .unwrap_or_else(|| "git ended without a word".to_owned()))
}

fn line(root: &Path, host: &Host, args: &[&str]) -> Option<String> {
    let text = String::from_utf8(git(root, host, args).ok()?).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Commit, tree and cleanliness of the project; `None` outside a repository with a commit.
#[must_use]
pub fn subject(root: &Path, host: &Host) -> Option<Subject> {
    let commit = line(root, host, &["rev-parse", "--verify", "--quiet", "HEAD"])?;
    // The project may be a folder of its repository; a folder git has never seen has no tree.
    let tree = line(root, host, &["rev-parse", "--verify", "--quiet", "HEAD:./"])?;
    let changes = git(
        root,
        host,
        &["status", "--porcelain", "--", ".", ":(exclude)artifacts"],
    )
    .ok()?;
    Some(Subject {
        commit: Some(commit),
        tree,
        dirty: !changes.is_empty(),
    })
}

/// Folders of `artifacts` that runs write.
const LEFT: [&str; 8] = [
    "audit",
    "commands",
    "evidence",
    "provenance",
    "report",
    "partial",
    "bench",
    "ledger",
];

/// Whether a path is part of what runs leave behind: it must not become an input of the next one,
/// also where git was not told to ignore it.
pub(crate) fn is_record(path: &str) -> bool {
    path.strip_prefix("artifacts/")
        .and_then(|rest| rest.split('/').next())
        .is_some_and(|dir| LEFT.contains(&dir))
}

/// Tracked and untracked files that are not ignored, relative to `root`; `None` without git.
#[must_use]
pub fn files(root: &Path, host: &Host) -> Option<Vec<String>> {
    let listed = git(
        root,
        host,
        &["ls-files", "-c", "-o", "-z", "--exclude-standard"],
    )
    .ok()?;
    let mut files: Vec<String> = listed
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .filter(|name| !is_record(name) && root.join(name).is_file())
        .collect();
    files.sort_unstable();
    files.dedup();
    (!files.is_empty()).then_some(files)
}

/// The commit a revision names now.
///
/// # Errors
/// When git does not know it.
pub fn commit_of(root: &Path, host: &Host, revision: &str) -> Result<String, RunError> {
    line(
        root,
        host,
        &[
            "rev-parse",
            "--verify",
            "--quiet",
            &format!("{revision}^{{commit}}"),
        ],
    )
    .ok_or_else(|| RunError::Base {
        revision: revision.to_owned(),
        reason: "git knows no such commit; fetch it, or name another revision".to_owned(),
    })
}

/// The commit at which the work left `base`.
///
/// # Errors
/// When there is none to be had.
pub fn merge_base(root: &Path, host: &Host, base: &str) -> Result<String, String> {
    line(root, host, &["merge-base", base, "HEAD"]).ok_or_else(|| {
        format!("no common ancestor of `{base}` and HEAD; fetch it, or name another revision")
    })
}

/// Paths that differ between a commit and the working tree, files nobody added yet included. A file that moved is two.
///
/// # Errors
/// What git says.
pub fn changed(root: &Path, host: &Host, from: &str) -> Result<Vec<String>, String> {
    let mut names = git(
        root,
        host,
        &[
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--relative",
            from,
            "--",
            ".",
        ],
    )?;
    names.extend(git(
        root,
        host,
        &["ls-files", "-o", "-z", "--exclude-standard"],
    )?);
    let mut paths: Vec<String> = names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .filter(|name| !is_record(name))
        .collect();
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// A file as a commit has it; `None` where it has none.
///
/// # Errors
/// What git says.
pub fn content(
    root: &Path,
    host: &Host,
    commit: &str,
    path: &str,
) -> Result<Option<Vec<u8>>, String> {
    let name = format!("{commit}:./{path}");
    if git(root, host, &["cat-file", "-e", &name]).is_err() {
        return Ok(None);
    }
    git(root, host, &["cat-file", "blob", &name]).map(Some)
}

/// The changes between the point where the work left `base` and the working tree, as a diff.
///
/// The merge base, not the tip of `base`: what others did there meanwhile is not this work.
///
/// # Errors
/// What git says when the revision is not to be had.
pub fn diff(root: &Path, host: &Host, base: &str) -> Result<Vec<u8>, String> {
    let from = merge_base(root, host, base)?;
    // New files that nobody added yet are part of the work; `--intent-to-add` would touch the index,
    // so they come as diffs against nothing.
    let mut diff = git(
        root,
        host,
        &[
            "diff",
            "--no-color",
            "--no-ext-diff",
            "--relative",
            &from,
            "--",
            ".",
        ],
    )?;
    let new = git(root, host, &["ls-files", "-o", "-z", "--exclude-standard"])?;
    for name in new.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let name = String::from_utf8_lossy(name);
        if let Ok(text) = std::fs::read_to_string(root.join(name.as_ref())) {
            diff.extend_from_slice(as_new_file(&name, &text).as_bytes());
        }
    }
    Ok(diff)
}

fn as_new_file(name: &str, text: &str) -> String {
    use std::fmt::Write as _;
    let count = text.lines().count();
    let mut diff = format!(
        "diff --git a/{name} b/{name}\nnew file mode 100644\n--- /dev/null\n+++ b/{name}\n"
    );
    if count > 0 {
        let _ = writeln!(diff, "@@ -0,0 +1,{count} @@");
    }
    for line in text.lines() {
        let _ = writeln!(diff, "+{line}");
    }
    diff
}

#[cfg(test)]
mod tests;
