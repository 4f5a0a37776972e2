use std::cmp::Ordering;

use crate::checkpoint::Checkpoint;
use crate::entries;
use crate::files::Files;
use crate::note::Note;
use crate::store::StoreError;
use crate::tile::{Kind, TILE_WIDTH, Tile};

/// Where the bundles of earlier checkpoints lie.
pub(crate) const DIRECTORY: &str = "checkpoints";

/// The end of the list of checkpoints that others have replaced.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    count: u64,
    bundle: Vec<u8>,
    /// Size in the last of them.
    last: Option<u64>,
}

fn broken(path: &str) -> impl FnOnce(entries::BundleError) -> StoreError {
    let path = path.to_owned();
    move |error| StoreError::Bundle { path, error }
}

/// The bundles there are, in order: full ones and the widest partial one after them.
pub(super) fn bundles<F: Files>(files: &F) -> Result<Vec<Tile>, StoreError> {
    let paths = files.list(DIRECTORY).map_err(StoreError::io(DIRECTORY))?;
    Ok(widest(&paths))
}

fn widest(paths: &[String]) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = paths.iter().filter_map(|path| Tile::parse(path)).collect();
    tiles.sort_unstable();
    let mut widest: Vec<Tile> = Vec::new();
    for tile in tiles {
        match widest.last_mut() {
            Some(last) if last.index == tile.index => *last = tile,
            _ => widest.push(tile),
        }
    }
    widest
}

/// The size in a checkpoint of ours, whose signature was verified when it was sealed.
fn size_of(note: &[u8]) -> Option<u64> {
    let note = Note::parse(note).ok()?;
    Checkpoint::parse_text(&note.text).ok().map(|c| c.size)
}

impl History {
    pub(super) fn load<F: Files>(files: &F) -> Result<Self, StoreError> {
        let paths = files.list(DIRECTORY).map_err(StoreError::io(DIRECTORY))?;
        Self::of(&paths, |path| {
            files.read(path).map_err(StoreError::io(path))
        })
    }

    /// The end of the list whose files are `paths`.
    pub(crate) fn of<E: From<StoreError>>(
        paths: &[String],
        read: impl FnOnce(&str) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let Some(tile) = widest(paths).pop() else {
            return Ok(Self::default());
        };
        let path = tile.path();
        let bytes = read(&path)?.unwrap_or_default();
        let notes = entries::parse(&bytes, tile.width).map_err(broken(&path))?;
        Ok(Self {
            count: tile.index * TILE_WIDTH + tile.width,
            last: notes.last().and_then(|note| size_of(note)),
            bundle: if tile.is_full() { Vec::new() } else { bytes },
        })
    }

    /// Adds a checkpoint, unless it or a later one is there already; gives the bundle it filled.
    pub(crate) fn push(&mut self, note: &[u8]) -> Result<Option<(Tile, Vec<u8>)>, StoreError> {
        let size = size_of(note);
        if size <= self.last {
            return Ok(None);
        }
        entries::push(&mut self.bundle, note).map_err(broken(DIRECTORY))?;
        self.last = size;
        self.count += 1;
        if !self.count.is_multiple_of(TILE_WIDTH) {
            return Ok(None);
        }
        let (tile, _) = Tile::of(Kind::Checkpoints, self.count - 1);
        Ok(Some((tile, std::mem::take(&mut self.bundle))))
    }

    /// The bundle that is not full yet.
    pub(crate) fn partial(&self) -> Option<(Tile, Vec<u8>)> {
        let tile = self.open_bundle();
        (tile.width > 0).then(|| (tile, self.bundle.clone()))
    }

    /// The name of the bundle that is not full yet; of width 0 where there is none.
    fn open_bundle(&self) -> Tile {
        Tile {
            kind: Kind::Checkpoints,
            index: self.count / TILE_WIDTH,
            width: self.count % TILE_WIDTH,
        }
    }

    /// Whether a longer bundle has taken the place of `tile`.
    pub(super) fn has_replaced(&self, tile: Tile) -> bool {
        let open = self.open_bundle();
        match tile.index.cmp(&open.index) {
            Ordering::Less => !tile.is_full(),
            Ordering::Equal => tile.width < open.width,
            Ordering::Greater => false,
        }
    }

    /// The directories with what one sealing can have replaced: it adds at most 256 checkpoints, so
    /// that the list is not gone through for the end of it.
    pub(super) fn last_partials(&self) -> impl Iterator<Item = String> {
        let open = self.open_bundle();
        (open.index.saturating_sub(2)..=open.index).map(move |index| {
            let tile = Tile { index, ..open };
            format!("{}.p", tile.with_width(TILE_WIDTH))
        })
    }
}
