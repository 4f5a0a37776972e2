//! Names of the files a log consists of: which hashes or entries stand where.
//!
//! Source: C2SP tlog-tiles, <https://c2sp.org/tlog-tiles>.

use std::fmt;

/// Hashes, or entries, of a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Height of the subtree a full tile spans: `2^8 = 256`.
pub const TILE_HEIGHT: u32 = 8;
/// The highest level a tree of fewer than 2^64 leaves has.
pub const MAX_LEVEL: u32 = 7;

/// What a file of the log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes: leaves at level 0, above it roots of full tiles of the level below.
    Hashes(u32),
    /// Entries, whose hashes stand in the tile of level 0 with the same index.
    Entries,
    /// Checkpoints signed so far, in order. Ours, beside what C2SP names.
    Checkpoints,
}

/// One file of 1 to 256 items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub kind: Kind,
    /// Which 256 of them, from 0.
    pub index: u64,
    /// How many are there: 1 to 256.
    pub width: u64,
}

impl Tile {
    /// The full tile that has item `n`, and the place of the item in it.
    #[must_use]
    pub fn of(kind: Kind, n: u64) -> (Self, u64) {
        (
            Self {
                kind,
                index: n / TILE_WIDTH,
                width: TILE_WIDTH,
            },
            n % TILE_WIDTH,
        )
    }

    /// The same tile while it had `width` items.
    #[must_use]
    pub fn with_width(self, width: u64) -> Self {
        Self { width, ..self }
    }

    /// Whether all 256 items are there.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// Where it is kept, such as `tile/0/x001/067.p/12`.
    #[must_use]
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Reads a path as [`Tile::path`] writes it.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = if let Some(rest) = path.strip_prefix("checkpoints/") {
            (Kind::Checkpoints, rest)
        } else {
            let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
            let kind = match level {
                "entries" => Kind::Entries,
                _ => Kind::Hashes(level.parse().ok().filter(|l| *l <= MAX_LEVEL)?),
            };
            (kind, rest)
        };
        let (digits, width) = match rest.split_once(".p/") {
            Some((digits, width)) => (digits, width.parse().ok()?),
            None => (rest, TILE_WIDTH),
        };
        let index = digits
            .split('/')
            .map(|group| group.strip_prefix('x').unwrap_or(group))
            .collect::<String>()
            .parse()
            .ok()
            // So that the number of no item overflows.
            .filter(|index| *index < u64::MAX / TILE_WIDTH)?;
        let tile = Self { kind, index, width };
        (tile.path() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "tile/{level}/")?,
            Kind::Entries => f.write_str("tile/entries/")?,
            Kind::Checkpoints => f.write_str("checkpoints/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if !self.is_full() {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// How many items of `kind` a log of `size` leaves has; checkpoints are counted apart.
#[must_use]
pub fn items(kind: Kind, size: u64) -> u64 {
    match kind {
        Kind::Hashes(level) => size.checked_shr(TILE_HEIGHT * level).unwrap_or(0),
        Kind::Entries | Kind::Checkpoints => size,
    }
}

/// The tiles of `items` items of `kind` from item `from` on: full ones and the partial one at the end.
pub fn tiles(kind: Kind, from: u64, items: u64) -> impl Iterator<Item = Tile> {
    (from / TILE_WIDTH..items.div_ceil(TILE_WIDTH)).map(move |index| Tile {
        kind,
        index,
        width: (items - index * TILE_WIDTH).min(TILE_WIDTH),
    })
}

#[cfg(test)]
mod tests;
