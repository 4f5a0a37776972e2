use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::checkpoint::{Checkpoint, Trust, Verified};
use crate::entries;
use crate::files::Files;
use crate::hash::Hash;
use crate::note::NoteVerifier;
use crate::store::StoreError;
use crate::store::load::{State, load, read_tile};
use crate::tail::{TailError, parse_hashes};
use crate::tile::{Kind, TILE_HEIGHT, TILE_WIDTH, Tile};
use crate::tlog_proof::TlogProof;
use crate::tree::{
    ProofError, Subtrees, consistency_proof, inclusion_proof, root_of, subtree_of, verify_inclusion,
};

/// How often a log is read again that a writer changed meanwhile; nobody does while fuzzing.
const ATTEMPTS: u32 = if cfg!(fuzzing) { 1 } else { 20 };
/// Tiles of hashes kept in memory, 8 kB each.
const CACHED: usize = 64;

/// A log at the state it was in when it was opened. It needs no lock, and no writer waits for it.
#[derive(Debug)]
pub struct Reader<F: Files> {
    files: F,
    state: State,
    verified: Verified,
    cache: RefCell<BTreeMap<Tile, Vec<Hash>>>,
}

impl<F: Files> Reader<F> {
    /// Reads the sealed state of a log; one without a checkpoint is empty.
    ///
    /// # Errors
    /// [`StoreError`] when files fail, or are not those a trusted checkpoint is over.
    pub fn open(files: F, trust: &Trust) -> Result<Self, StoreError> {
        let mut attempt = 1;
        let (state, verified) = loop {
            match load(&files, trust) {
                Ok(read) => break read,
                // A writer moved the journal to tiles between two reads; then it is whole again.
                Err(error) if attempt == ATTEMPTS => return Err(error),
                Err(_) => attempt += 1,
            }
        };
        let verified = verified.unwrap_or_else(|| Verified {
            checkpoint: Checkpoint::empty(&trust.origin),
            signers: Vec::new(),
            witnesses: Vec::new(),
        });
        Ok(Self {
            files,
            state,
            verified,
            cache: RefCell::default(),
        })
    }

    /// The last sealed state.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.verified.checkpoint
    }

    /// The trusted keys that signed it; none for a log without a checkpoint.
    #[must_use]
    pub fn signers(&self) -> &[NoteVerifier] {
        &self.verified.signers
    }

    /// The last sealed state, as it was signed; `None` for a log without one.
    #[must_use]
    pub fn signed_checkpoint(&self) -> Option<&[u8]> {
        self.state.note.as_deref()
    }

    fn below(&self, limit: u64, found: u64) -> Result<(), StoreError> {
        if found <= limit {
            return Ok(());
        }
        Err(StoreError::Range { limit, found })
    }

    /// The leaves of bundle `index`, those at `256 * index` and after.
    fn bundle(&self, index: u64) -> Result<(Tile, Vec<u8>), StoreError> {
        let size = self.checkpoint().size;
        let width = size.saturating_sub(index * TILE_WIDTH).min(TILE_WIDTH);
        let tile = Tile {
            kind: Kind::Entries,
            index,
            width,
        };
        let bytes = if tile.is_full() {
            read_tile(&self.files, tile, size)?
        } else {
            self.state.tail.bundle().to_vec()
        };
        Ok((tile, bytes))
    }

    /// Calls `see` with the index and the bytes of each leaf from `from` on, in order, until it says
    /// `false`. One bundle is in memory at a time.
    ///
    /// # Errors
    /// [`StoreError`] when files fail or are broken.
    pub fn each(
        &self,
        from: u64,
        mut see: impl FnMut(u64, &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let size = self.checkpoint().size;
        for index in from / TILE_WIDTH..size.div_ceil(TILE_WIDTH) {
            let (tile, bytes) = self.bundle(index)?;
            let leaves =
                entries::parse(&bytes, tile.width).map_err(|error| StoreError::Bundle {
                    path: tile.path(),
                    error,
                })?;
            for (at, leaf) in (index * TILE_WIDTH..).zip(leaves) {
                if at >= from && !see(at, leaf) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// A leaf.
    ///
    /// # Errors
    /// [`StoreError`] when there is none at `index`, or files fail.
    pub fn leaf(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        let mut found = None;
        self.each(index, |_, leaf| {
            found = Some(leaf.to_vec());
            false
        })?;
        found.ok_or(StoreError::Range {
            limit: self.checkpoint().size,
            found: index,
        })
    }

    /// Calls `see` with the index and the hash of each leaf from `from` on.
    ///
    /// # Errors
    /// [`StoreError`] when files fail or are broken.
    pub fn each_hash(&self, from: u64, mut see: impl FnMut(u64, Hash)) -> Result<(), StoreError> {
        let size = self.checkpoint().size;
        for index in from / TILE_WIDTH..size.div_ceil(TILE_WIDTH) {
            let tile = Tile {
                kind: Kind::Hashes(0),
                index,
                width: TILE_WIDTH,
            };
            let hashes = if (index + 1) * TILE_WIDTH <= size {
                self.read_hashes(tile)?
            } else {
                self.state.tail.level(0).to_vec()
            };
            let numbered = (index * TILE_WIDTH..).zip(hashes);
            numbered
                .filter(|(at, _)| *at >= from)
                .for_each(|(at, hash)| see(at, hash));
        }
        Ok(())
    }

    /// A full tile of hashes.
    fn read_hashes(&self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        let bytes = read_tile(&self.files, tile, self.checkpoint().size)?;
        Ok(parse_hashes(tile, &bytes, TILE_WIDTH)?)
    }

    /// The same, from memory where it was read before.
    fn hashes(&self, tile: Tile) -> Result<Vec<Hash>, StoreError> {
        if let Some(hashes) = self.cache.borrow().get(&tile) {
            return Ok(hashes.clone());
        }
        let hashes = self.read_hashes(tile)?;
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHED {
            cache.pop_first();
        }
        cache.insert(tile, hashes.clone());
        Ok(hashes)
    }

    /// Root over the first `size` leaves.
    ///
    /// # Errors
    /// [`StoreError`] when the log is smaller, or files fail.
    pub fn root(&self, size: u64) -> Result<Hash, StoreError> {
        self.below(self.checkpoint().size, size)?;
        if size == 0 {
            return Ok(crate::hash::empty_root());
        }
        root_of(self, size)
    }

    /// Shows that leaf `index` stands in the log of its first `size` leaves.
    ///
    /// # Errors
    /// [`StoreError`] when there is no such leaf or size, or files fail.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
        self.below(self.checkpoint().size, size)?;
        self.below(size.saturating_sub(1), index)?;
        inclusion_proof(self, index, size)
    }

    /// Shows that the log of `old` leaves is what the log of `new` leaves began as.
    ///
    /// # Errors
    /// [`StoreError`] when there are no such sizes, or files fail.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
        self.below(self.checkpoint().size, new)?;
        self.below(new, old)?;
        consistency_proof(self, old, new)
    }

    /// The proof that leaf `index` stands in the log, in one file with the last checkpoint. It was
    /// verified before it is given, so damaged tiles give an error and no wrong proof.
    ///
    /// # Errors
    /// [`StoreError`] when there is no such leaf, files fail, or they are not what the checkpoint is over.
    pub fn prove(&self, index: u64) -> Result<TlogProof, StoreError> {
        let Checkpoint { size, root, .. } = self.checkpoint();
        let range = StoreError::Range {
            limit: *size,
            found: index,
        };
        let note = self.signed_checkpoint().ok_or(range)?;
        let hashes = self.inclusion(index, *size)?;
        let leaf = crate::hash::leaf_hash(&self.leaf(index)?);
        verify_inclusion(&leaf, index, *size, &hashes, root).map_err(|error| {
            let found = match error {
                ProofError::Root { found, .. } => found,
                _ => leaf,
            };
            StoreError::Root {
                path: format!("proof of leaf {index}"),
                size: *size,
                expected: *root,
                found,
            }
        })?;
        Ok(TlogProof {
            extra: None,
            index,
            hashes,
            checkpoint: note.to_vec(),
        })
    }
}

impl<F: Files> Subtrees for Reader<F> {
    type Error = StoreError;

    fn subtree(&self, height: u32, index: u64) -> Result<Hash, StoreError> {
        let kind = Kind::Hashes(height / TILE_HEIGHT);
        let within = height % TILE_HEIGHT;
        let first = index << within;
        let (tile, at) = Tile::of(kind, first);
        let spanned = crate::tile::items(kind, self.checkpoint().size);
        let hashes = if (tile.index + 1) * TILE_WIDTH <= spanned {
            self.hashes(tile)?
        } else {
            self.state.tail.level(height / TILE_HEIGHT).to_vec()
        };
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        hashes
            .get(at..at.saturating_add(1 << within))
            .and_then(subtree_of)
            .ok_or(StoreError::Tail(TailError::Hashes {
                path: tile.path(),
                expected: TILE_WIDTH * 32,
                found: u64::try_from(hashes.len() * 32).unwrap_or(u64::MAX),
            }))
    }
}
