use crate::checkpoint::{Checkpoint, Trust, Verified};
use crate::entries;
use crate::files::Files;
use crate::journal::{Journal, Record};
use crate::store::{CHECKPOINT, JOURNAL, StoreError};
use crate::tail::Tail;
use crate::tile::{TILE_WIDTH, Tile};

/// What a crash left, which a writer found and mended. No sealed record is among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Repair {
    /// A record of the journal was cut while it was written; its bytes were dropped.
    TornJournal {
        /// Where it began.
        offset: u64,
        /// How many bytes it had.
        bytes: u64,
    },
    /// The journal held sealed records that were in no tile yet; they were written there.
    Replayed {
        /// How many leaves.
        leaves: u64,
    },
    /// A file of an append that never ended, or one that a later file replaced, was removed.
    Removed {
        /// Which file.
        path: String,
    },
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TornJournal { offset, bytes } => write!(
                f,
                "journal: dropped {bytes} bytes at offset {offset}, a record that was never wholly written"
            ),
            Self::Replayed { leaves } => {
                write!(f, "journal: wrote {leaves} sealed leaves to their tiles")
            }
            Self::Removed { path } => write!(
                f,
                "{path}: removed, it belongs to no checkpoint or a later file replaced it"
            ),
        }
    }
}

/// The sealed state of a store: what the tiles hold, and what the journal adds.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) tail: Tail,
    /// The last sealed checkpoint; `None` in a log that has none yet.
    pub(super) note: Option<Vec<u8>>,
    /// Leaves that are in tiles.
    pub(super) folded: u64,
    /// The checkpoint file.
    pub(super) folded_note: Option<Vec<u8>>,
    /// Records of the journal that go beyond it.
    pub(super) records: Vec<Record>,
    /// The journal, as far as it was read.
    pub(super) journal: Option<Journal>,
}

pub(crate) fn read_tile<F: Files>(files: &F, tile: Tile, size: u64) -> Result<Vec<u8>, StoreError> {
    let read = |tile: Tile| {
        let path = tile.path();
        files.read(&path).map_err(StoreError::io(&path))
    };
    if let Some(bytes) = read(tile)? {
        return Ok(bytes);
    }
    // A partial tile may have gone when the full one came.
    if !tile.is_full()
        && let Some(bytes) = read(tile.with_width(TILE_WIDTH))?
    {
        return Ok(bytes);
    }
    Err(StoreError::Missing {
        path: tile.path(),
        size,
    })
}

/// Holds a checkpoint against the root that the files give.
fn is_over(path: &str, checkpoint: &Checkpoint, tail: &Tail) -> Result<(), StoreError> {
    let (size, found) = (tail.size(), tail.root());
    if checkpoint.size != size || checkpoint.root != found {
        return Err(StoreError::Root {
            path: path.to_owned(),
            size: checkpoint.size,
            expected: checkpoint.root,
            found,
        });
    }
    Ok(())
}

fn signed(path: &str, note: &[u8], trust: &Trust) -> Result<Verified, StoreError> {
    Checkpoint::verify(note, trust).map_err(|error| StoreError::Checkpoint {
        path: path.to_owned(),
        error,
    })
}

pub(crate) fn verify(path: &str, note: &[u8], trust: &Trust) -> Result<Checkpoint, StoreError> {
    signed(path, note, trust).map(|verified| verified.checkpoint)
}

/// Reads the sealed state, changing nothing; with it its checkpoint as it was verified.
pub(super) fn load<F: Files>(
    files: &F,
    trust: &Trust,
) -> Result<(State, Option<Verified>), StoreError> {
    let folded_note = files.read(CHECKPOINT).map_err(StoreError::io(CHECKPOINT))?;
    let mut last = match &folded_note {
        Some(note) => Some(signed(CHECKPOINT, note, trust)?),
        None => None,
    };
    let folded = last.as_ref().map_or(0, |last| last.checkpoint.size);
    let tail = Tail::read(folded, |tile| read_tile(files, tile, folded))?;
    if let Some(last) = &last {
        is_over(CHECKPOINT, &last.checkpoint, &tail)?;
    }
    let journal = files.read(JOURNAL).map_err(StoreError::io(JOURNAL))?;
    let mut state = State {
        tail,
        note: folded_note.clone(),
        folded,
        folded_note,
        records: Vec::new(),
        journal: journal.as_deref().map(Journal::read),
    };
    let records = state
        .journal
        .as_mut()
        .map(|j| std::mem::take(&mut j.records));
    for record in records.unwrap_or_default() {
        // A crash between writing the tiles and removing the journal leaves records that are in both.
        if record.end() > folded {
            last = Some(replay(&mut state, record, trust)?);
        }
    }
    Ok((state, last))
}

fn replay(state: &mut State, record: Record, trust: &Trust) -> Result<Verified, StoreError> {
    let out_of_order = StoreError::Journal {
        expected: state.tail.size(),
        found: record.before,
    };
    if record.before != state.tail.size() {
        return Err(out_of_order);
    }
    let broken = |error| StoreError::Bundle {
        path: JOURNAL.to_owned(),
        error,
    };
    let leaves = entries::parse(&record.bundle, u64::from(record.count)).map_err(broken)?;
    for leaf in leaves {
        let full = state.tail.push(leaf).map_err(broken)?;
        // What fills a tile is written there at once and never to the journal.
        if !full.is_empty() {
            return Err(out_of_order);
        }
    }
    let verified = signed(JOURNAL, &record.checkpoint, trust)?;
    is_over(JOURNAL, &verified.checkpoint, &state.tail)?;
    state.note = Some(record.checkpoint.clone());
    state.records.push(record);
    Ok(verified)
}
