//! A shared log elsewhere, and how several clones of it grow without losing or doubling a leaf.
//!
//! A remote has one state at a time, named by its checkpoint. [`sync`] takes over what is new there,
//! puts the leaves that wait here behind it, signs, and asks the remote to go from the state it saw to
//! the new one. A remote that has moved on meanwhile says so, and the sync begins again; a
//! remote whose history is not a continuation of what was seen before is an error, with both states.

pub mod directory;
pub mod git;
pub mod objects;
mod sync;

use std::path::PathBuf;

use crate::files::Files;
use crate::store::{SHARED, StoreError};

pub use sync::{SyncError, Synced, sync};

/// Where the remote is that a log follows, by the name in the log ([`Remote::name`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A directory.
    Directory(PathBuf),
    /// A remote of a git repository, by name or URL.
    Git(String),
    /// An object store: `s3://BUCKET/PREFIX`.
    Objects(String),
}

impl Place {
    /// Reads what [`Remote::name`] of the remotes of this module gives.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        if let Some(path) = name.strip_prefix(directory::NAME) {
            return Some(Self::Directory(PathBuf::from(path)));
        }
        if let Some(url) = name.strip_prefix(objects::NAME) {
            return Some(Self::Objects(url.to_owned()));
        }
        name.strip_prefix(git::NAME)
            .map(|remote| Self::Git(remote.to_owned()))
    }
}

/// The name of the remote that the log in `files` follows; `None` for a log of its own.
///
/// # Errors
/// [`StoreError`] when the file cannot be read.
pub fn followed<F: Files>(files: &F) -> Result<Option<String>, StoreError> {
    let name = files.read(SHARED).map_err(StoreError::io(SHARED))?;
    Ok(name.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// A file and its content.
pub type FileContent = (String, Vec<u8>);

/// State of a remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What the remote calls this state; compared by [`Remote::publish`].
    pub version: String,
    /// The signed checkpoint there.
    pub checkpoint: Vec<u8>,
}

/// Whether a remote took what was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is at the new state.
    Done,
    /// Somebody else was faster, and nothing has changed.
    Moved,
}

/// Why a remote did not answer.
#[derive(Debug, thiserror::Error)]
#[error("{remote}: {reason}")]
pub struct RemoteError {
    /// Which remote.
    pub remote: String,
    /// What went wrong, and what to do.
    pub reason: String,
}

/// A place where a log is shared. Files have the names of [`crate::store`].
pub trait Remote {
    /// What it is called in messages, and in a log that follows it.
    fn name(&self) -> String;

    /// Its state now; `None` where there is no log yet.
    ///
    /// # Errors
    /// When it does not answer.
    fn head(&mut self) -> Result<Option<Head>, RemoteError>;

    /// A file at a state that [`Remote::head`] gave; `None` where there is none.
    ///
    /// # Errors
    /// When it does not answer, or no longer has that state.
    fn read(&mut self, head: &Head, path: &str) -> Result<Option<Vec<u8>>, RemoteError>;

    /// Paths of all files below a directory at a state that [`Remote::head`] gave.
    ///
    /// # Errors
    /// When it does not answer, or no longer has that state.
    fn list(&mut self, head: &Head, directory: &str) -> Result<Vec<String>, RemoteError>;

    /// Goes to a new state if the state now is `expected`: adds files and replaces the checkpoint, all
    /// or nothing.
    ///
    /// # Errors
    /// When it does not answer; then it may be at either state.
    fn publish(
        &mut self,
        expected: Option<&Head>,
        files: Vec<FileContent>,
        checkpoint: &[u8],
    ) -> Result<Published, RemoteError>;
}

#[cfg(test)]
mod tests;
