//! A clean checkout of one commit, beside the person's own tree, gone when it is dropped.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::git::git;
use crate::host::Host;

/// A checkout of a commit in a folder of its own: a git worktree without a branch.
#[derive(Debug)]
pub struct Checkout {
    repository: PathBuf,
    host: Host,
    worktree: PathBuf,
    root: PathBuf,
    /// Holds the worktree; dropped after git was told.
    _dir: TempDir,
}

impl Checkout {
    /// Checks `commit` out of the repository that `root` lies in.
    ///
    /// # Errors
    /// What git or the file system says.
    pub fn of(root: &Path, host: &Host, commit: &str) -> Result<Self, String> {
        if !is_commit(commit) {
            return Err(format!(
                "`{commit}` is no commit id of 40 or 64 hexadecimal digits"
            ));
        }
        git(root, host, &["cat-file", "-e", &format!("{commit}^{{commit}}")]).map_err(|said| {
            format!(
                "the repository in {} does not have commit {commit}; fetch it, or name a clone of the project with -C DIR ({said})",
                root.display()
            )
        })?;
        // The project may be a folder of its repository.
        let prefix = git(root, host, &["rev-parse", "--show-prefix"])?;
        let prefix = String::from_utf8_lossy(&prefix).trim_end().to_owned();
        let dir = tempfile::Builder::new()
            .prefix("caws-checkout-")
            .tempdir()
            .map_err(|error| format!("cannot make a folder for the checkout: {error}"))?;
        let worktree = dir.path().join("tree");
        let checkout = Self {
            repository: root.to_owned(),
            host: host.clone(),
            root: worktree.join(prefix),
            worktree,
            _dir: dir,
        };
        let at = checkout.worktree.display().to_string();
        git(
            root,
            host,
            &[
                "worktree", "add", "--quiet", "--detach", "--force", &at, commit,
            ],
        )?;
        Ok(checkout)
    }

    /// The project's root in it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let at = self.worktree.display().to_string();
        // What cannot be removed here is an entry without a folder, which `git worktree prune` takes.
        let _ = git(
            &self.repository,
            &self.host,
            &["worktree", "remove", "--force", &at],
        );
    }
}

/// A full id: what is asked of git must be no option and no moving name.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
