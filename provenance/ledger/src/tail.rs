//! The right edge of a log: what is not in full tiles yet. At most 255 entries and 255 hashes a level.

use crate::entries::{self, BundleError};
use crate::hash::{HASH_LEN, Hash, empty_root, leaf_hash};
use crate::tile::{Kind, MAX_LEVEL, TILE_WIDTH, Tile, items};
use crate::tree::Frontier;

/// Why a tail cannot be read from files.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TailError {
    /// An entry is too long, or a bundle broken.
    #[error("{path}: {error}")]
    Bundle {
        /// Which file.
        path: String,
        /// What is wrong with it.
        error: BundleError,
    },
    /// A tile of hashes has the wrong length.
    #[error("{path}: expected {expected} bytes of hashes, found {found}")]
    Hashes {
        /// Which file.
        path: String,
        /// Bytes by the name of the file.
        expected: u64,
        /// Bytes in it.
        found: u64,
    },
    /// Entries and hashes do not belong together.
    #[error("{path}: expected the hash of entry {index} to be {expected}, found {found}")]
    Entry {
        /// Which tile of hashes.
        path: String,
        /// Which entry of the log.
        index: u64,
        /// Hash of the entry.
        expected: Hash,
        /// Hash in the tile.
        found: Hash,
    },
}

/// The hashes of a tile, of which the first `width` are wanted.
///
/// # Errors
/// [`TailError::Hashes`] when the bytes are not whole hashes, or fewer.
pub fn parse_hashes(tile: Tile, bytes: &[u8], width: u64) -> Result<Vec<Hash>, TailError> {
    let (chunks, rest) = bytes.as_chunks::<HASH_LEN>();
    let found = u64::try_from(chunks.len()).unwrap_or(u64::MAX);
    if !rest.is_empty() || found < width || found > TILE_WIDTH {
        return Err(TailError::Hashes {
            path: tile.path(),
            expected: width * 32,
            found: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        });
    }
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    Ok(chunks
        .iter()
        .take(width)
        .map(|chunk| Hash(*chunk))
        .collect())
}

/// The bytes of a tile of hashes.
#[must_use]
pub fn hashes_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.0).collect()
}

/// The right edge of a log of `size` leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tail {
    size: u64,
    bundle: Vec<u8>,
    levels: Vec<Level>,
}

/// The hashes of a level that are in no full tile yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Level {
    hashes: Vec<Hash>,
    /// The tree over them, kept so that a root costs a few hashes and not all of them again.
    frontier: Frontier,
}

impl Level {
    fn push(&mut self, hash: Hash) {
        self.hashes.push(hash);
        self.frontier.push(hash);
    }
}

impl From<Vec<Hash>> for Level {
    fn from(hashes: Vec<Hash>) -> Self {
        let mut frontier = Frontier::new();
        frontier.extend(hashes.iter().copied());
        Self { hashes, frontier }
    }
}

impl Tail {
    /// Reads the tail of a log of `size` leaves; `read` gives the bytes of a tile, or of the full one
    /// that has replaced it.
    ///
    /// # Errors
    /// What `read` fails with; [`TailError`] where files are broken or contradict each other.
    pub fn read<E: From<TailError>>(
        size: u64,
        mut read: impl FnMut(Tile) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let mut tail = Self {
            size,
            ..Self::default()
        };
        for level in 0..=MAX_LEVEL {
            let tile = partial(Kind::Hashes(level), size);
            let hashes = match tile.width {
                0 => Vec::new(),
                width => parse_hashes(tile, &read(tile)?, width)?,
            };
            tail.levels.push(hashes.into());
        }
        let tile = partial(Kind::Entries, size);
        if tile.width > 0 {
            tail.take_bundle(tile, &read(tile)?)?;
        }
        Ok(tail)
    }

    fn take_bundle(&mut self, tile: Tile, bytes: &[u8]) -> Result<(), TailError> {
        let broken = |error| TailError::Bundle {
            path: tile.path(),
            error,
        };
        let entries = entries::parse(bytes, tile.width).map_err(broken)?;
        let hashes = self.levels.first().map_or(&[][..], |level| &level.hashes);
        let pairs = entries.into_iter().zip(hashes);
        for (index, (entry, found)) in (tile.index * TILE_WIDTH..).zip(pairs) {
            let expected = leaf_hash(entry);
            if expected != *found {
                return Err(TailError::Entry {
                    path: partial(Kind::Hashes(0), self.size).path(),
                    index,
                    expected,
                    found: *found,
                });
            }
            entries::push(&mut self.bundle, entry).map_err(broken)?;
        }
        Ok(())
    }

    /// Leaves of the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Root of the log.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut below: Option<Hash> = None;
        for level in &self.levels {
            // What lies below is an incomplete subtree to the right of these complete ones.
            if level.frontier.size() > 0 || below.is_some() {
                let mut frontier = level.frontier.clone();
                frontier.extend(below);
                below = Some(frontier.root());
            }
        }
        below.unwrap_or_else(empty_root)
    }

    /// Adds a leaf and gives the tiles that became full by it: entries, then hashes from the leaves up.
    ///
    /// # Errors
    /// [`BundleError::TooLong`]; then nothing has changed.
    pub fn push(&mut self, leaf: &[u8]) -> Result<Vec<(Tile, Vec<u8>)>, BundleError> {
        entries::push(&mut self.bundle, leaf)?;
        let mut full = Vec::new();
        self.size += 1;
        if self.size.is_multiple_of(TILE_WIDTH) {
            let (tile, _) = Tile::of(Kind::Entries, self.size - 1);
            full.push((tile, std::mem::take(&mut self.bundle)));
        }
        let mut hash = leaf_hash(leaf);
        for number in 0..=MAX_LEVEL {
            let at = usize::try_from(number).unwrap_or_default();
            if self.levels.len() <= at {
                self.levels.push(Level::default());
            }
            let kind = Kind::Hashes(number);
            let count = items(kind, self.size);
            let Some(level) = self.levels.get_mut(at) else {
                break;
            };
            level.push(hash);
            if !count.is_multiple_of(TILE_WIDTH) {
                break;
            }
            let filled = std::mem::take(level);
            let (tile, _) = Tile::of(kind, count - 1);
            full.push((tile, hashes_bytes(&filled.hashes)));
            hash = filled.frontier.root();
        }
        Ok(full)
    }

    /// The partial tiles as they are now: entries, then hashes from the leaves up.
    pub fn partials(&self) -> impl Iterator<Item = (Tile, Vec<u8>)> {
        let entries = (partial(Kind::Entries, self.size), self.bundle.clone());
        let hashes = (0..).zip(&self.levels).map(|(number, level)| {
            let tile = partial(Kind::Hashes(number), self.size);
            (tile, hashes_bytes(&level.hashes))
        });
        std::iter::once(entries)
            .chain(hashes)
            .filter(|(tile, _)| tile.width > 0)
    }

    /// Hashes of a level that are in no full tile yet.
    #[must_use]
    pub fn level(&self, level: u32) -> &[Hash] {
        usize::try_from(level)
            .ok()
            .and_then(|at| self.levels.get(at))
            .map_or(&[], |level| &level.hashes)
    }

    /// Entries that are in no full bundle yet, as a bundle.
    #[must_use]
    pub fn bundle(&self) -> &[u8] {
        &self.bundle
    }
}

/// The partial tile at the end of `kind`; of width 0 where there is none.
fn partial(kind: Kind, size: u64) -> Tile {
    let count = items(kind, size);
    Tile {
        kind,
        index: count / TILE_WIDTH,
        width: count % TILE_WIDTH,
    }
}

#[cfg(test)]
mod tests;
