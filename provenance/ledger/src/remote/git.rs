//! A remote in a git repository: a ref of its own, whose commits hold the files of the log.
//!
//! Nothing is checked out and no branch is touched, so a pull request never conflicts over the log.
//! A commit is made by `fast-import` on top of the one that was read, and the ref goes from that one
//! to the new one or not at all (`push --force-with-lease`). Whoever uses this runs the program: see [`Git`].

use super::{FileContent, Head, Published, Remote, RemoteError};
use crate::store::CHECKPOINT;

/// Ref of the log, in the shared repository.
pub const REF: &str = "refs/caws/ledger";
/// What its name begins with.
pub(super) const NAME: &str = "refs/caws/ledger of git remote ";
/// Where the commit lies here while it is pushed.
const OUTGOING: &str = "refs/caws/outgoing";

/// What `git` answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitOutput {
    /// Whether its exit status was 0.
    pub success: bool,
    /// What it wrote to its standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to its standard error.
    pub stderr: String,
}

/// Runs `git` in a repository, with English messages (`LC_ALL=C`) and without asking anything
/// (`GIT_TERMINAL_PROMPT=0`). This crate starts no process, so its user brings this.
pub trait Git {
    /// Runs `git ARGUMENTS...` with `input` on its standard input.
    ///
    /// # Errors
    /// What kept it from running at all.
    fn run(&mut self, arguments: &[&str], input: &[u8]) -> Result<GitOutput, String>;
}

/// The ref [`REF`] of a remote of a repository.
#[derive(Debug)]
pub struct GitRemote<G> {
    git: G,
    remote: String,
}

impl<G: Git> GitRemote<G> {
    /// `remote` is a name (`origin`) or a URL.
    #[must_use]
    pub fn new(git: G, remote: &str) -> Self {
        Self {
            git,
            remote: remote.to_owned(),
        }
    }

    fn failed(&self, reason: impl Into<String>) -> RemoteError {
        RemoteError {
            remote: self.name(),
            reason: reason.into(),
        }
    }

    fn run(&mut self, arguments: &[&str], input: &[u8]) -> Result<GitOutput, RemoteError> {
        let ran = self.git.run(arguments, input);
        ran.map_err(|reason| self.failed(format!("git does not run: {reason}")))
    }

    /// Standard output of a command that must succeed.
    fn must(&mut self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, RemoteError> {
        let output = self.run(arguments, input)?;
        if output.success {
            return Ok(output.stdout);
        }
        let command = arguments.first().copied().unwrap_or_default();
        Err(self.failed(format!("git {command} failed: {}", output.stderr.trim())))
    }

    /// The commit the ref is at.
    fn commit(&mut self) -> Result<Option<String>, RemoteError> {
        let remote = self.remote.clone();
        let listed = self.must(&["ls-remote", &remote, REF], b"")?;
        let text = String::from_utf8_lossy(&listed);
        Ok(text
            .lines()
            .filter_map(|line| line.split_once('\t'))
            .find(|(_, name)| *name == REF)
            .map(|(id, _)| id.to_owned()))
    }

    fn blob(&mut self, commit: &str, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let input = format!("{commit}:{path}\n");
        let output = self.must(&["cat-file", "--batch"], input.as_bytes())?;
        let malformed = || self.failed(format!("git cat-file answered something else for {path}"));
        let end = output.iter().position(|b| *b == b'\n');
        let (head, rest) = output.split_at(end.ok_or_else(malformed)?);
        let head = String::from_utf8_lossy(head);
        if head.ends_with(" missing") {
            return Ok(None);
        }
        let mut words = head.rsplit(' ');
        let length = words.next().and_then(|n| n.parse::<usize>().ok());
        let (length, kind) = (length.ok_or_else(malformed)?, words.next());
        let bytes = rest.get(1..=length).filter(|_| kind == Some("blob"));
        bytes.map(|b| Some(b.to_vec())).ok_or_else(malformed)
    }
}

/// Input of `git fast-import`: one commit with files added or replaced, and a question for its id.
fn stream(name: &str, parent: Option<&str>, files: &[FileContent]) -> Vec<u8> {
    let message = "ledger: grown";
    let mut stream = format!(
        "commit {name}\nmark :1\ncommitter caws <caws@localhost> now\ndata {}\n{message}\n",
        message.len()
    )
    .into_bytes();
    if let Some(parent) = parent {
        stream.extend_from_slice(format!("from {parent}\n").as_bytes());
    }
    for (path, bytes) in files {
        let head = format!("M 100644 inline {path}\ndata {}\n", bytes.len());
        stream.extend_from_slice(head.as_bytes());
        stream.extend_from_slice(bytes);
        stream.push(b'\n');
    }
    stream.extend_from_slice(b"get-mark :1\ndone\n");
    stream
}

impl<G: Git> Remote for GitRemote<G> {
    fn name(&self) -> String {
        format!("{NAME}{}", self.remote)
    }

    fn head(&mut self) -> Result<Option<Head>, RemoteError> {
        let Some(commit) = self.commit()? else {
            return Ok(None);
        };
        let remote = self.remote.clone();
        let refspec = [
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            &remote,
            REF,
        ];
        self.must(&refspec, b"")?;
        let checkpoint = self.blob(&commit, CHECKPOINT)?;
        let checkpoint = checkpoint
            .ok_or_else(|| self.failed(format!("commit {commit} has no file `{CHECKPOINT}`")))?;
        Ok(Some(Head {
            version: commit,
            checkpoint,
        }))
    }

    fn read(&mut self, head: &Head, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        self.blob(&head.version, path)
    }

    fn list(&mut self, head: &Head, directory: &str) -> Result<Vec<String>, RemoteError> {
        let below = format!("{directory}/");
        let arguments = [
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            "--full-tree",
            &head.version,
            &below,
        ];
        let listed = self.must(&arguments, b"")?;
        Ok(String::from_utf8_lossy(&listed)
            .split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect())
    }

    fn publish(
        &mut self,
        expected: Option<&Head>,
        mut files: Vec<FileContent>,
        checkpoint: &[u8],
    ) -> Result<Published, RemoteError> {
        files.push((CHECKPOINT.to_owned(), checkpoint.to_vec()));
        let parent = expected.map(|head| head.version.as_str());
        // Two processes of one clone make different checkpoints, so they do not meet here.
        let outgoing = format!("{OUTGOING}/{}", caws_evidence::sha256_hex(checkpoint));
        let import = [
            "fast-import",
            "--quiet",
            "--done",
            "--force",
            "--date-format=now",
        ];
        let made = self.must(&import, &stream(&outgoing, parent, &files))?;
        let commit = String::from_utf8_lossy(&made).trim().to_owned();
        let lease = format!("--force-with-lease={REF}:{}", parent.unwrap_or_default());
        let refspec = format!("{commit}:{REF}");
        let remote = self.remote.clone();
        let pushed = self.run(
            &["push", "--quiet", "--no-verify", &lease, &remote, &refspec],
            b"",
        )?;
        self.must(&["update-ref", "-d", &outgoing], b"")?;
        if pushed.success {
            return Ok(Published::Done);
        }
        let refused =
            pushed.stderr.contains("rejected]") && !pushed.stderr.contains("hook declined");
        if refused || self.commit()?.as_deref() != parent {
            return Ok(Published::Moved);
        }
        Err(self.failed(format!("git push failed: {}", pushed.stderr.trim())))
    }
}

#[cfg(test)]
mod tests;
