//! A remote in an object store, such as S3 and what is compatible with it.
//!
//! Objects are written once, below the digest of the checkpoint they belong to, so that two publishers never write the same one. Which of them
//! the log goes on with is decided by one object alone, `checkpoint`, which is replaced only if it is still the one that was read (conditional
//! writes: `If-Match`, `If-None-Match: *`). What the slower one wrote is left behind and read by nobody.
//!
//! | object | holds |
//! |---|---|
//! | `checkpoint` | the signed checkpoint |
//! | `log/<SHA-256 of a checkpoint>/index` | canonical JSON: for each file of the log at that checkpoint, the digest below which it lies |
//! | `log/<SHA-256 of a checkpoint>/<path>` | a file that came with that checkpoint |

use std::collections::BTreeMap;

use caws_evidence::{canonical_json, sha256_hex};

use super::{FileContent, Head, Published, Remote, RemoteError};
use crate::store::CHECKPOINT;

/// What its name begins with.
pub(super) const NAME: &str = "objects ";
/// Most bytes of an index.
const INDEX_LIMIT: usize = 64 << 20;

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What the store calls this state of it (`ETag`).
    pub etag: String,
}

/// When an object may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition<'a> {
    /// Whatever is there.
    Always,
    /// There is none of that name.
    Absent,
    /// It is still in this state.
    Unchanged(&'a str),
}

/// An object store. This crate opens no socket, so its user brings this.
pub trait Objects {
    /// What it is called: `s3://BUCKET/PREFIX`.
    fn name(&self) -> String;

    /// An object; `None` where there is none.
    ///
    /// # Errors
    /// What the store, or the way there, says.
    fn get(&mut self, key: &str) -> Result<Option<Object>, String>;

    /// Writes an object; `false` where the condition does not hold, and then nothing has changed.
    ///
    /// # Errors
    /// What the store, or the way there, says; then it may have been written.
    fn put(&mut self, key: &str, bytes: &[u8], when: Condition<'_>) -> Result<bool, String>;
}

/// Path of each file to the digest of the checkpoint it came with.
type Index = BTreeMap<String, String>;

/// A log in an object store.
#[derive(Debug)]
pub struct ObjectRemote<O> {
    objects: O,
    /// The index read last, and of which checkpoint it is.
    index: Option<(String, Index)>,
}

impl<O: Objects> ObjectRemote<O> {
    /// The log in `objects`.
    #[must_use]
    pub fn new(objects: O) -> Self {
        Self {
            objects,
            index: None,
        }
    }

    fn failed(&self, reason: impl Into<String>) -> RemoteError {
        RemoteError {
            remote: self.name(),
            reason: reason.into(),
        }
    }

    fn get(&mut self, key: &str) -> Result<Option<Object>, RemoteError> {
        let got = self.objects.get(key);
        got.map_err(|reason| self.failed(format!("{key}: {reason}")))
    }

    fn put(&mut self, key: &str, bytes: &[u8], when: Condition<'_>) -> Result<bool, RemoteError> {
        let put = self.objects.put(key, bytes, when);
        put.map_err(|reason| self.failed(format!("{key}: {reason}")))
    }

    /// The index of a state.
    fn index(&mut self, checkpoint: &[u8]) -> Result<&Index, RemoteError> {
        let digest = sha256_hex(checkpoint);
        let known = self.index.take().filter(|(of, _)| *of == digest);
        let read = match known {
            Some(known) => known,
            None => {
                let key = index_key(&digest);
                let object = self.get(&key)?.ok_or_else(|| {
                    self.failed(format!(
                        "expected {key}, found nothing: the log there was changed by something else"
                    ))
                })?;
                let index = parse(&object.bytes).map_err(|found| {
                    self.failed(format!("{key}: expected an index, found {found}"))
                })?;
                (digest, index)
            }
        };
        Ok(&self.index.insert(read).1)
    }
}

fn index_key(digest: &str) -> String {
    format!("log/{digest}/index")
}

fn parse(bytes: &[u8]) -> Result<Index, String> {
    if bytes.len() > INDEX_LIMIT {
        return Err(format!("{} bytes", bytes.len()));
    }
    let index: Index = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let is_digest = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    match index.values().find(|digest| !is_digest(digest)) {
        Some(other) => Err(format!("`{other}` in place of a digest")),
        None => Ok(index),
    }
}

impl<O: Objects> Remote for ObjectRemote<O> {
    fn name(&self) -> String {
        format!("{NAME}{}", self.objects.name())
    }

    fn head(&mut self) -> Result<Option<Head>, RemoteError> {
        Ok(self.get(CHECKPOINT)?.map(|object| Head {
            version: object.etag,
            checkpoint: object.bytes,
        }))
    }

    fn read(&mut self, head: &Head, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        let Some(digest) = self.index(&head.checkpoint)?.get(path).cloned() else {
            return Ok(None);
        };
        let key = format!("log/{digest}/{path}");
        match self.get(&key)? {
            Some(object) => Ok(Some(object.bytes)),
            None => Err(self.failed(format!(
                "expected {key}, found nothing: restore it from a clone of the ledger"
            ))),
        }
    }

    fn list(&mut self, head: &Head, directory: &str) -> Result<Vec<String>, RemoteError> {
        let below = format!("{directory}/");
        let paths = self.index(&head.checkpoint)?.keys();
        Ok(paths
            .filter(|path| path.starts_with(&below))
            .cloned()
            .collect())
    }

    fn publish(
        &mut self,
        expected: Option<&Head>,
        files: Vec<FileContent>,
        checkpoint: &[u8],
    ) -> Result<Published, RemoteError> {
        let mut index = match expected {
            Some(head) => self.index(&head.checkpoint)?.clone(),
            None => Index::new(),
        };
        let digest = sha256_hex(checkpoint);
        for (path, bytes) in &files {
            self.put(&format!("log/{digest}/{path}"), bytes, Condition::Always)?;
            index.insert(path.clone(), digest.clone());
        }
        let written = canonical_json(&index).map_err(|error| self.failed(error.to_string()))?;
        self.put(&index_key(&digest), &written, Condition::Always)?;
        // Only now is it the log's.
        let when = expected.map_or(Condition::Absent, |head| {
            Condition::Unchanged(&head.version)
        });
        if self.put(CHECKPOINT, checkpoint, when)? {
            self.index = Some((digest, index));
            return Ok(Published::Done);
        }
        Ok(Published::Moved)
    }
}

#[cfg(test)]
mod tests;
