use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;

use crate::checkpoint::{Checkpoint, Trust};
use crate::entries;
use crate::files::Files;
use crate::hash::{Hash, leaf_hash};
use crate::journal::Journal;
use crate::store::load::{read_tile, verify};
use crate::store::{CHECKPOINT, JOURNAL, StoreError, history};
use crate::tail::{Tail, hashes_bytes, parse_hashes};
use crate::tile::{Kind, TILE_WIDTH, Tile, items, tiles};

/// Checkpoints that are not worth a thread.
const FEW: usize = 32;
/// Findings after which a check ends: more say nothing new.
const ENOUGH: usize = 100;

/// Something in a log that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind: `ledger-entry`, `ledger-tile`, `ledger-missing`, `ledger-checkpoint`,
    /// `ledger-root`, `ledger-order`, `ledger-journal`, `ledger-unreadable`.
    pub code: &'static str,
    /// Which file.
    pub path: String,
    /// Where in it, such as `entry 17`; empty for all of it.
    pub place: String,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub found: String,
}

/// What a check saw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Leaves whose hashes were computed again.
    pub leaves: u64,
    /// Tiles of hashes compared with what was computed.
    pub tiles: u64,
    /// Checkpoints whose signature was verified and whose root was computed again.
    pub checkpoints: u64,
    /// What is wrong; empty in a whole log.
    pub findings: Vec<Finding>,
    /// What a crash left beyond the sealed state; the next writer removes it.
    pub notes: Vec<String>,
}

impl CheckReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, code: &'static str, path: &str, place: &str, expected: &str, found: &str) {
        if self.findings.len() < ENOUGH {
            self.findings.push(Finding {
                code,
                path: path.to_owned(),
                place: place.to_owned(),
                expected: expected.to_owned(),
                found: found.to_owned(),
            });
        }
    }

    fn error(&mut self, path: &str, error: &StoreError) {
        let code = match error {
            StoreError::Missing { .. } => "ledger-missing",
            StoreError::Checkpoint { .. } => "ledger-checkpoint",
            StoreError::Root { .. } => "ledger-root",
            StoreError::Journal { .. } => "ledger-journal",
            _ => "ledger-unreadable",
        };
        self.find(
            code,
            path,
            "",
            "a readable file of this log",
            &error.to_string(),
        );
    }
}

/// Computes everything in a log again: every hash of every tile from the entries, the root of every
/// checkpoint, every signature. Whoever writes meanwhile does not disturb it. Memory stays bounded:
/// one bundle of entries, one tile a level and one bundle of checkpoints. The signatures of
/// checkpoints are verified on several threads.
#[must_use]
pub fn check<F: Files>(files: &F, trust: &Trust) -> CheckReport {
    let mut report = CheckReport::default();
    let note = match files.read(CHECKPOINT) {
        Ok(note) => note,
        Err(error) => {
            let path = CHECKPOINT.to_owned();
            report.error(CHECKPOINT, &StoreError::Io { path, error });
            return report;
        }
    };
    // Before the tiles, so that it never begins after their end.
    let journal = files.read(JOURNAL).ok().flatten().unwrap_or_default();
    let journal = Journal::read(&journal);
    let last = match &note {
        Some(note) => match verify(CHECKPOINT, note, trust) {
            Ok(checkpoint) => Some(checkpoint),
            Err(error) => {
                report.error(CHECKPOINT, &error);
                return report;
            }
        },
        None => None,
    };
    let size = last.as_ref().map_or(0, |last| last.size);
    let mut check = Check {
        files,
        trust,
        size,
        sealed: journal
            .records
            .last()
            .map_or(size, |last| last.end().max(size)),
        tail: Tail::default(),
        earlier: VecDeque::new(),
        bundles: VecDeque::new(),
        previous: None,
        report,
    };
    check.list_history();
    check.entries();
    check.past();
    if let Some(last) = last {
        check.root(CHECKPOINT, "", &last);
    }
    check.journal(journal);
    check.remaining();
    check.beyond();
    check.report
}

/// Verifies the checkpoints of a bundle on as many threads as the machine has processors: a log whose
/// leaves came few at a time has so many that their signatures cost more than everything else.
fn verify_all(path: &str, notes: &[&[u8]], trust: &Trust) -> Vec<Result<Checkpoint, StoreError>> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = notes.len().div_ceil(threads).max(FEW);
    let verified =
        |part: &[&[u8]]| -> Vec<_> { part.iter().map(|note| verify(path, note, trust)).collect() };
    if notes.len() <= share {
        return verified(notes);
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = notes
            .chunks(share)
            .map(|part| scope.spawn(move || verified(part)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

struct Check<'a, F: Files> {
    files: &'a F,
    trust: &'a Trust,
    /// Leaves that are in tiles.
    size: u64,
    /// Those and the ones of the journal. A crash while these are written to tiles leaves their
    /// checkpoints in the list already.
    sealed: u64,
    tail: Tail,
    /// Earlier checkpoints of the bundle at hand: path, place, checkpoint.
    earlier: VecDeque<(String, String, Checkpoint)>,
    bundles: VecDeque<Tile>,
    previous: Option<u64>,
    report: CheckReport,
}

impl<F: Files> Check<'_, F> {
    fn list_history(&mut self) {
        match history::bundles(self.files) {
            Ok(bundles) => {
                for (index, tile) in (0..).zip(&bundles) {
                    if tile.index != index {
                        let path = tile.with_width(TILE_WIDTH).path();
                        self.report.find(
                            "ledger-missing",
                            &path,
                            "",
                            &format!("the bundle of checkpoints {index} before it"),
                            "nothing",
                        );
                        break;
                    }
                }
                self.bundles = bundles.into();
            }
            Err(error) => self.report.error(history::DIRECTORY, &error),
        }
        self.next_bundle();
    }

    /// Reads and verifies the next bundle of earlier checkpoints.
    fn next_bundle(&mut self) {
        while self.earlier.is_empty()
            && let Some(tile) = self.bundles.pop_front()
        {
            let path = tile.path();
            let bytes = self.files.read(&path).ok().flatten().unwrap_or_default();
            let notes = match entries::parse(&bytes, tile.width) {
                Ok(notes) => notes,
                Err(error) => {
                    let path = path.clone();
                    self.report
                        .error(&tile.path(), &StoreError::Bundle { path, error });
                    continue;
                }
            };
            let verified = verify_all(&path, &notes, self.trust);
            for (index, checkpoint) in verified.into_iter().enumerate() {
                let place = format!("checkpoint {index}");
                match checkpoint {
                    Ok(checkpoint) => self.order(&path, &place, checkpoint),
                    Err(error) => self.report.find(
                        "ledger-checkpoint",
                        &path,
                        &place,
                        "a checkpoint signed by a trusted key",
                        &error.to_string(),
                    ),
                }
            }
        }
    }

    fn order(&mut self, path: &str, place: &str, checkpoint: Checkpoint) {
        if Some(checkpoint.size) <= self.previous || checkpoint.size > self.sealed {
            let lower = self.previous.map_or(0, |previous| previous + 1);
            self.report.find(
                "ledger-order",
                path,
                place,
                &format!("a size from {lower} to {}", self.sealed),
                &checkpoint.size.to_string(),
            );
            return;
        }
        self.previous = Some(checkpoint.size);
        self.earlier
            .push_back((path.to_owned(), place.to_owned(), checkpoint));
    }

    /// Compares the checkpoints over as many leaves as were read.
    fn past(&mut self) {
        let reached = |next: &(String, String, Checkpoint), size| next.2.size <= size;
        while self
            .earlier
            .front()
            .is_some_and(|next| reached(next, self.tail.size()))
        {
            if let Some((path, place, checkpoint)) = self.earlier.pop_front() {
                self.root(&path, &place, &checkpoint);
            }
            self.next_bundle();
        }
    }

    fn root(&mut self, path: &str, place: &str, checkpoint: &Checkpoint) {
        self.report.checkpoints += 1;
        let found = self.tail.root();
        if (checkpoint.size, checkpoint.root) != (self.tail.size(), found) {
            self.report.find(
                "ledger-root",
                path,
                place,
                &format!(
                    "the root {} over {} leaves",
                    checkpoint.root, checkpoint.size
                ),
                &format!("{found} over {} leaves of the entries", self.tail.size()),
            );
        }
    }

    fn entries(&mut self) {
        for tile in tiles(Kind::Entries, 0, self.size) {
            let path = tile.path();
            let bytes = match read_tile(self.files, tile, self.size) {
                Ok(bytes) => bytes,
                Err(error) => return self.report.error(&path, &error),
            };
            let leaves = match entries::parse(&bytes, tile.width) {
                Ok(leaves) => leaves,
                Err(error) => {
                    let error = StoreError::Bundle {
                        path: path.clone(),
                        error,
                    };
                    return self.report.error(&path, &error);
                }
            };
            let mut computed = Vec::new();
            for leaf in &leaves {
                let Ok(full) = self.tail.push(leaf) else {
                    return;
                };
                self.report.leaves += 1;
                computed.extend(full);
                self.past();
            }
            if !tile.is_full() {
                computed.extend(self.tail.partials());
            }
            self.computed(tile, &leaves, computed);
            if self.report.findings.len() >= ENOUGH {
                return;
            }
        }
        // Ends at full tiles: the levels above may still have partial ones.
        if self.size.is_multiple_of(TILE_WIDTH) {
            let partials = self.tail.partials().collect();
            self.computed(Tile::of(Kind::Entries, self.size).0, &[], partials);
        }
    }

    /// Compares computed tiles of hashes with those of the log.
    fn computed(&mut self, entries: Tile, leaves: &[&[u8]], computed: Vec<(Tile, Vec<u8>)>) {
        for (tile, bytes) in computed {
            if tile.kind != Kind::Entries
                && !self.tile(tile, &bytes)
                && tile.kind == Kind::Hashes(0)
            {
                self.leaf_hashes(entries, leaves);
            }
        }
    }

    /// Names the entries whose hash is not the one in the tile of leaves.
    fn leaf_hashes(&mut self, tile: Tile, leaves: &[&[u8]]) {
        let hashes = Tile {
            kind: Kind::Hashes(0),
            ..tile
        };
        let read = read_tile(self.files, hashes, self.size)
            .and_then(|bytes| Ok(parse_hashes(hashes, &bytes, tile.width)?));
        // What cannot be read is said when the tile itself is compared.
        let Ok(found) = read else { return };
        for ((index, leaf), found) in (tile.index * TILE_WIDTH..).zip(leaves).zip(found) {
            let expected = leaf_hash(leaf);
            if expected != found {
                self.report.find(
                    "ledger-entry",
                    &tile.path(),
                    &format!("entry {index}"),
                    &format!("an entry of hash {found}, as {hashes} has it"),
                    &expected.to_string(),
                );
            }
        }
    }

    /// Whether a tile of the log has the hashes that were computed, and no others.
    fn tile(&mut self, tile: Tile, computed: &[u8]) -> bool {
        self.report.tiles += 1;
        let path = tile.path();
        let bytes = match read_tile(self.files, tile, self.size) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.report.error(&path, &error);
                return false;
            }
        };
        let hashes = |bytes: &[u8]| -> Vec<Hash> {
            let (chunks, _) = bytes.as_chunks::<32>();
            chunks.iter().map(|chunk| Hash(*chunk)).collect()
        };
        // A partial tile may be read from the full one that came after it.
        let full = bytes.len() == 32 * 256 && !tile.is_full();
        if bytes == computed || (full && bytes.starts_with(computed)) {
            return true;
        }
        let (expected, found) = (hashes(computed), hashes(&bytes));
        let at = expected
            .iter()
            .zip(&found)
            .take_while(|(a, b)| a == b)
            .count();
        let say = |hash: Option<&Hash>| hash.map_or("nothing".to_owned(), Hash::to_string);
        self.report.find(
            "ledger-tile",
            &path,
            &format!("hash {at}"),
            &format!("{} by the entries", say(expected.get(at))),
            &say(found.get(at)),
        );
        false
    }

    /// What is left of the list of checkpoints belongs to leaves the log does not have.
    fn remaining(&mut self) {
        while let Some((path, place, checkpoint)) = self.earlier.pop_front() {
            self.root(&path, &place, &checkpoint);
            self.next_bundle();
        }
    }

    fn journal(&mut self, journal: Journal) {
        for (index, record) in journal.records.into_iter().enumerate() {
            let place = format!("record {index}");
            if record.end() <= self.size {
                continue;
            }
            let leaves = entries::parse(&record.bundle, u64::from(record.count));
            let (Ok(leaves), true) = (leaves, record.before == self.tail.size()) else {
                return self.report.find(
                    "ledger-journal",
                    JOURNAL,
                    &place,
                    &format!("leaves from {} on", self.tail.size()),
                    &format!("{} leaves from {} on", record.count, record.before),
                );
            };
            for leaf in leaves {
                if self.tail.push(leaf).is_ok() {
                    self.report.leaves += 1;
                }
            }
            match verify(JOURNAL, &record.checkpoint, self.trust) {
                Ok(checkpoint) => self.root(JOURNAL, &place, &checkpoint),
                Err(error) => self.report.error(JOURNAL, &error),
            }
            self.past();
        }
        if journal.torn > 0 {
            self.report.notes.push(format!(
                "{JOURNAL}: {} bytes at offset {} are a record that was never wholly written",
                journal.torn, journal.whole
            ));
        }
    }

    fn beyond(&mut self) {
        let listed = match self.files.list("tile") {
            Ok(listed) => listed,
            Err(error) => {
                let path = "tile".to_owned();
                return self.report.error("tile", &StoreError::Io { path, error });
            }
        };
        for path in listed {
            match Tile::parse(&path) {
                Some(tile)
                    if tile.index * TILE_WIDTH + tile.width <= items(tile.kind, self.size) =>
                {
                    self.earlier_partial(tile);
                }
                _ => self
                    .report
                    .notes
                    .push(format!("{path}: belongs to no checkpoint")),
            }
        }
    }

    /// A partial tile of an earlier checkpoint is how the one of today began.
    fn earlier_partial(&mut self, tile: Tile) {
        if tile.is_full() || tile.index != items(tile.kind, self.size) / TILE_WIDTH {
            return;
        }
        let today = match tile.kind {
            Kind::Hashes(level) => hashes_bytes(self.tail.level(level)),
            _ => self.tail.bundle().to_vec(),
        };
        let path = tile.path();
        let bytes = self.files.read(&path).ok().flatten().unwrap_or_default();
        let whole = match tile.kind {
            Kind::Hashes(_) => parse_hashes(tile, &bytes, tile.width).is_ok(),
            _ => entries::parse(&bytes, tile.width).is_ok(),
        };
        if !whole || !today.starts_with(&bytes) {
            let code = if tile.kind == Kind::Entries {
                "ledger-entry"
            } else {
                "ledger-tile"
            };
            let expected = "the beginning of the tile that came after it";
            self.report.find(code, &path, "", expected, "other bytes");
        }
    }
}
