use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{FileContent, Head, Published, Remote, RemoteError};
use crate::checkpoint::Checkpoint;
use crate::entries;
use crate::files::Files;
use crate::note::NoteSigner;
use crate::store::history::{DIRECTORY, History};
use crate::store::load::{read_tile, verify};
use crate::store::pending::{Pending, waiting};
use crate::store::{Reader, StoreError, Writer};
use crate::tail::Tail;
use crate::tile::{Kind, MAX_LEVEL, TILE_WIDTH, Tile, items, tiles};

/// How often a sync begins again when others were faster.
const ATTEMPTS: u32 = 100;
/// Longest pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// What a sync did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Leaves that came from the remote.
    pub fetched: u64,
    /// Leaves that were waiting here and are sealed there now, with their indexes.
    pub sealed: Vec<(u64, crate::Hash)>,
    /// Leaves of the log now, here and there.
    pub size: u64,
    /// How often somebody else was faster.
    pub moved: u32,
}

/// Why clones did not come together. Leaves that wait keep waiting.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The log here.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The remote does not answer.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// Two checkpoints of one log that contradict each other: somebody rewrote history.
    #[error(
        "{remote} does not continue this ledger: at {size} leaves the root here is {here}, there {there}; \
         keep both checkpoints, they prove that one log was given two histories"
    )]
    Diverged {
        /// Which remote.
        remote: String,
        /// Leaves both have.
        size: u64,
        /// Root here.
        here: crate::Hash,
        /// Root there, or by the files there.
        there: crate::Hash,
    },
    /// The remote has less than it had.
    #[error(
        "expected at least {expected} leaves at {remote}, found {found}: what was shared is gone there"
    )]
    Behind {
        /// Which remote.
        remote: String,
        /// Leaves it had at the last sync.
        expected: u64,
        /// Leaves it has.
        found: u64,
    },
    /// Others were always faster.
    #[error("{remote} was changed by others during each of {ATTEMPTS} attempts: try again later")]
    Busy {
        /// Which remote.
        remote: String,
    },
}

/// Brings a log and its remote to one state, with the leaves that wait here behind all others.
///
/// # Errors
/// [`SyncError`]; nothing that waits is lost, and what was sealed meanwhile is not sealed twice later.
pub fn sync<F: Files, R: Remote>(
    writer: &mut Writer<F>,
    remote: &mut R,
    signer: &NoteSigner,
) -> Result<Synced, SyncError> {
    let mut fetched = 0;
    for moved in 0..ATTEMPTS {
        let head = remote.head()?;
        let there = match &head {
            Some(head) => verify(&remote.name(), &head.checkpoint, writer.trust())?,
            None => Checkpoint::empty(&writer.trust().origin),
        };
        fetched += take_over(writer, remote, head.as_ref(), &there)?;
        let (known, fresh) = sort_out(writer)?;
        let sealed = match propose(writer, remote, head.as_ref(), &there, &fresh, signer)? {
            Proposal::Nothing => Vec::new(),
            Proposal::Publish { files, note } => {
                if remote.publish(head.as_ref(), files, &note)? == Published::Moved {
                    std::thread::sleep(pause(moved));
                    continue;
                }
                let begin = writer.size();
                let leaves = fresh.iter().map(|p| Ok::<_, StoreError>(p.leaf.clone()));
                if !fresh.is_empty() {
                    writer.adopt(leaves, &note)?;
                }
                (begin..).zip(fresh.iter().map(|p| p.hash)).collect()
            }
        };
        if writer.size() > 0 {
            writer.follow(&remote.name())?;
        }
        for Pending { path, .. } in known.iter().chain(&fresh) {
            let removed = writer.files().remove(path);
            removed.map_err(StoreError::io(path))?;
        }
        return Ok(Synced {
            fetched,
            sealed,
            size: writer.size(),
            moved,
        });
    }
    Err(SyncError::Busy {
        remote: remote.name(),
    })
}

fn pause(moved: u32) -> Duration {
    // Different processes must not keep step: their ids set them apart.
    let spread = Duration::from_millis(u64::from(std::process::id() % 17));
    PAUSE.min(Duration::from_millis(5) * (moved + 1) + spread)
}

/// Takes over what the remote has and this log has not; gives how many leaves.
fn take_over<F: Files, R: Remote>(
    writer: &mut Writer<F>,
    remote: &mut R,
    head: Option<&Head>,
    there: &Checkpoint,
) -> Result<u64, SyncError> {
    let here = writer.size();
    let diverged = |here, size| SyncError::Diverged {
        remote: String::new(),
        size,
        here,
        there: there.root,
    };
    if there.size <= here {
        let root = Reader::open(writer.files(), writer.trust())?.root(there.size)?;
        if root != there.root {
            return Err(named(diverged(root, there.size), &remote.name()));
        }
        if there.size < here && writer.shared().is_some() {
            return Err(SyncError::Behind {
                remote: remote.name(),
                expected: here,
                found: there.size,
            });
        }
        return Ok(0);
    }
    let Some(head) = head else { return Ok(0) };
    writer.flush()?;
    let root = writer.tail().root();
    let leaves = Leaves {
        remote: &mut *remote,
        head,
        size: there.size,
        next: here,
        ready: Vec::new().into_iter(),
    };
    match writer.adopt(leaves, &head.checkpoint) {
        Err(SyncError::Store(StoreError::Root { found, .. })) => Err(SyncError::Diverged {
            remote: remote.name(),
            size: there.size,
            here: if here == there.size { root } else { found },
            there: there.root,
        }),
        Err(error) => Err(error),
        Ok(()) => Ok(there.size - here),
    }
}

fn named(error: SyncError, name: &str) -> SyncError {
    match error {
        SyncError::Diverged {
            size, here, there, ..
        } => SyncError::Diverged {
            remote: name.to_owned(),
            size,
            here,
            there,
        },
        other => other,
    }
}

/// The leaves of a remote from `next` on, one bundle in memory.
struct Leaves<'r, R> {
    remote: &'r mut R,
    head: &'r Head,
    size: u64,
    next: u64,
    ready: std::vec::IntoIter<Vec<u8>>,
}

impl<R: Remote> Leaves<'_, R> {
    fn bundle(&mut self) -> Result<Vec<Vec<u8>>, SyncError> {
        let index = self.next / TILE_WIDTH;
        let width = (self.size - index * TILE_WIDTH).min(TILE_WIDTH);
        let tile = Tile {
            kind: Kind::Entries,
            index,
            width,
        };
        let mut bytes = self.remote.read(self.head, &tile.path())?;
        if bytes.is_none() && !tile.is_full() {
            let full = tile.with_width(TILE_WIDTH).path();
            bytes = self.remote.read(self.head, &full)?;
        }
        let path = format!("{}: {tile}", self.remote.name());
        let bytes = bytes.ok_or(StoreError::Missing {
            path: path.clone(),
            size: self.size,
        })?;
        let leaves =
            entries::parse(&bytes, width).map_err(|error| StoreError::Bundle { path, error })?;
        let skip = usize::try_from(self.next % TILE_WIDTH).unwrap_or_default();
        Ok(leaves.into_iter().skip(skip).map(<[u8]>::to_vec).collect())
    }
}

impl<R: Remote> Iterator for Leaves<'_, R> {
    type Item = Result<Vec<u8>, SyncError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.size {
            return None;
        }
        if self.ready.as_slice().is_empty() {
            match self.bundle() {
                Ok(leaves) => self.ready = leaves.into_iter(),
                Err(error) => {
                    self.next = self.size;
                    return Some(Err(error));
                }
            }
        }
        self.next += 1;
        self.ready.next().map(Ok)
    }
}

/// The leaves that wait: those the log has already (a sync was cut after it had published), and the others.
fn sort_out<F: Files>(writer: &Writer<F>) -> Result<(Vec<Pending>, Vec<Pending>), StoreError> {
    let waiting = waiting(writer.files())?;
    if waiting.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let wanted: BTreeSet<_> = waiting.iter().map(|pending| pending.hash).collect();
    let mut present = BTreeSet::new();
    let reader = Reader::open(writer.files(), writer.trust())?;
    reader.each_hash(0, |_, hash| {
        if wanted.contains(&hash) {
            present.insert(hash);
        }
    })?;
    Ok(waiting
        .into_iter()
        .partition(|pending| !present.insert(pending.hash)))
}

enum Proposal {
    Nothing,
    Publish {
        files: Vec<FileContent>,
        note: Vec<u8>,
    },
}

/// What the remote should become: this log with the fresh leaves behind it.
fn propose<F: Files, R: Remote>(
    writer: &mut Writer<F>,
    remote: &mut R,
    head: Option<&Head>,
    there: &Checkpoint,
    fresh: &[Pending],
    signer: &NoteSigner,
) -> Result<Proposal, SyncError> {
    writer.flush()?;
    let mut tail: Tail = writer.tail().clone();
    let mut tiles_of: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
    for pending in fresh {
        let full = tail.push(&pending.leaf);
        tiles_of.extend(full.map_err(|error| StoreError::Bundle {
            path: pending.path.clone(),
            error,
        })?);
    }
    if tail.size() == there.size {
        return Ok(Proposal::Nothing);
    }
    tiles_of.extend(tail.partials());
    let note = match writer.checkpoint() {
        Some(note) if fresh.is_empty() => note.to_vec(),
        _ => {
            let checkpoint = Checkpoint {
                size: tail.size(),
                root: tail.root(),
                ..Checkpoint::empty(&writer.trust().origin)
            };
            let note = checkpoint.sign(signer).map_err(StoreError::from)?;
            note.to_bytes()
        }
    };
    verify("the new checkpoint", &note, writer.trust())?;
    let mut files = Vec::new();
    for kind in (0..=MAX_LEVEL).map(Kind::Hashes).chain([Kind::Entries]) {
        let (from, to) = (items(kind, there.size), items(kind, tail.size()));
        if from == to {
            continue;
        }
        for tile in tiles(kind, from, to) {
            let bytes = match tiles_of.remove(&tile) {
                Some(bytes) => bytes,
                None => read_tile(writer.files(), tile, writer.size())?,
            };
            files.push((tile.path(), bytes));
        }
    }
    if let Some(head) = head {
        files.extend(earlier(remote, head)?);
    }
    Ok(Proposal::Publish { files, note })
}

/// The remote's list of checkpoints, with the one that is about to be replaced.
fn earlier<R: Remote>(remote: &mut R, head: &Head) -> Result<Option<FileContent>, SyncError> {
    let paths = remote.list(head, DIRECTORY)?;
    let mut history = History::of(&paths, |path| {
        remote.read(head, path).map_err(SyncError::from)
    })?;
    let full = history.push(&head.checkpoint)?;
    let bundle = full.or_else(|| history.partial());
    Ok(bundle.map(|(tile, bytes)| (tile.path(), bytes)))
}
