use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use crate::checkpoint::{Checkpoint, Trust};
use crate::entries::{self, BundleError, MAX_ENTRY};
use crate::files::{Disk, Files, parent};
use crate::journal::Record;
use crate::note::NoteSigner;
use crate::store::history::History;
use crate::store::load::{Repair, State, load, verify};
use crate::store::{CHECKPOINT, JOURNAL, LOCK, SHARED, StoreError, TEMPORARY};
use crate::tile::{Kind, TILE_WIDTH, Tile, items};

/// Most files that are written before they are made durable, all at once.
const TOGETHER: usize = 64;
/// Most bytes of those files.
const TOGETHER_BYTES: usize = 4 << 20;

/// A file of the store and what is to stand in it.
type FileContent = (String, Vec<u8>);

/// The one writer of a log.
#[derive(Debug)]
pub struct Writer<F: Files> {
    files: F,
    trust: Trust,
    state: State,
    history: History,
    repairs: Vec<Repair>,
    shared: Option<String>,
    /// Directories with names that are not durable yet.
    unsynced: BTreeSet<String>,
    /// Whether the journal's name is durable.
    journal: bool,
    failed: bool,
    _lock: Option<File>,
}

impl Writer<Disk> {
    /// Opens the log in `directory`, which is made if it is not there, waiting for another writer.
    ///
    /// # Errors
    /// [`StoreError::Locked`] where another still writes after `wait`; as [`Writer::open`].
    pub fn open_directory(
        directory: &Path,
        trust: Trust,
        wait: Duration,
    ) -> Result<Self, StoreError> {
        let disk = Disk::create(directory).map_err(StoreError::io(""))?;
        let lock = disk.lock(LOCK, wait).map_err(StoreError::io(LOCK))?;
        let lock = lock.ok_or(StoreError::Locked)?;
        let mut writer = Self::open(disk, trust)?;
        writer._lock = Some(lock);
        Ok(writer)
    }
}

impl<F: Files> Writer<F> {
    /// Opens a log for writing and mends what a crash left. Nobody else may write meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when files fail, or are not those a trusted checkpoint is over.
    pub fn open(files: F, trust: Trust) -> Result<Self, StoreError> {
        let (state, _) = load(&files, &trust)?;
        let history = History::load(&files)?;
        let shared = files.read(SHARED).map_err(StoreError::io(SHARED))?;
        let mut writer = Self {
            files,
            trust,
            state,
            history,
            repairs: Vec::new(),
            shared: shared.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            unsynced: BTreeSet::new(),
            journal: false,
            failed: false,
            _lock: None,
        };
        writer.repair()?;
        Ok(writer)
    }

    /// What was mended when the log was opened.
    #[must_use]
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Leaves of the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.state.tail.size()
    }

    /// The last sealed checkpoint, as it was signed.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&[u8]> {
        self.state.note.as_deref()
    }

    pub(crate) fn files(&self) -> &F {
        &self.files
    }

    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(crate) fn shared(&self) -> Option<&str> {
        self.shared.as_deref()
    }

    /// The state with the leaves of the journal, none of which is on its way to the disk.
    pub(crate) fn tail(&self) -> &crate::tail::Tail {
        &self.state.tail
    }

    /// Appends leaves and seals them under a checkpoint by `signer`; gives their indexes. When this
    /// returns they are durable, and when it fails none or all of them may be.
    ///
    /// # Errors
    /// [`StoreError`]; after one that came from the disk the log must be opened again.
    pub fn append<L: AsRef<[u8]>>(
        &mut self,
        leaves: &[L],
        signer: &NoteSigner,
    ) -> Result<Range<u64>, StoreError> {
        if let Some(shared) = &self.shared {
            return Err(StoreError::Shared {
                shared: shared.clone(),
            });
        }
        let begin = self.size();
        for (index, leaf) in (begin..).zip(leaves) {
            let length = leaf.as_ref().len();
            if length > MAX_ENTRY {
                return Err(StoreError::Bundle {
                    path: format!("leaf {index}"),
                    error: BundleError::TooLong(length),
                });
            }
        }
        if leaves.is_empty() {
            return Ok(begin..begin);
        }
        self.guarded(|writer| {
            let filled = writer.stage(leaves.iter().map(AsRef::as_ref))?;
            let note = writer.head().sign(signer)?.to_bytes();
            // A key that is not trusted here must not seal what nobody could open again.
            verify("the new checkpoint", &note, &writer.trust)?;
            if filled {
                writer.publish(note)
            } else {
                writer.journal(leaves, note)
            }
        })?;
        Ok(begin..self.size())
    }

    /// Adds leaves that `note`, a checkpoint by others, seals. A note that does not is refused, and
    /// the log stays as it was.
    pub(crate) fn adopt<E: From<StoreError>>(
        &mut self,
        leaves: impl IntoIterator<Item = Result<Vec<u8>, E>>,
        note: &[u8],
    ) -> Result<(), E> {
        let sealed = verify("the checkpoint fetched", note, &self.trust)?;
        self.guarded(|writer| {
            for leaf in leaves {
                writer.stage([leaf?.as_slice()])?;
            }
            let head = writer.head();
            if (head.size, head.root) != (sealed.size, sealed.root) {
                return Err(StoreError::Root {
                    path: "the checkpoint fetched".to_owned(),
                    size: sealed.size,
                    expected: sealed.root,
                    found: head.root,
                }
                .into());
            }
            Ok(writer.publish(note.to_vec())?)
        })
    }

    /// Marks the log as one that follows a shared one.
    pub(crate) fn follow(&mut self, shared: &str) -> Result<(), StoreError> {
        if self.shared.as_deref() != Some(shared) {
            self.write(&[(SHARED.to_owned(), shared.as_bytes().to_vec())])?;
            self.sync_directories()?;
            self.shared = Some(shared.to_owned());
        }
        Ok(())
    }

    /// Writes what the journal holds to tiles, so that the directory is a whole C2SP log again.
    ///
    /// # Errors
    /// When files fail; then the log must be opened again, and loses nothing.
    pub fn flush(&mut self) -> Result<(), StoreError> {
        match self.state.note.clone() {
            Some(note) if !self.state.records.is_empty() => {
                self.guarded(|writer| writer.publish(note))
            }
            _ => Ok(()),
        }
    }

    /// Runs what changes memory and disk together. Where it fails they differ, until the log is read
    /// again from the disk.
    fn guarded<T, E: From<StoreError>>(
        &mut self,
        change: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.failed {
            return Err(StoreError::Poisoned.into());
        }
        self.failed = true;
        let changed = change(self)?;
        self.failed = false;
        Ok(changed)
    }

    fn head(&self) -> Checkpoint {
        Checkpoint {
            size: self.size(),
            root: self.state.tail.root(),
            ..Checkpoint::empty(&self.trust.origin)
        }
    }

    /// Adds leaves to the tail and writes the tiles they fill, which no checkpoint covers yet; gives
    /// whether there were any.
    fn stage<'l>(
        &mut self,
        leaves: impl IntoIterator<Item = &'l [u8]>,
    ) -> Result<bool, StoreError> {
        let mut filled = false;
        let mut files: Vec<FileContent> = Vec::new();
        let mut bytes = 0;
        for leaf in leaves {
            let full = self.state.tail.push(leaf);
            let full = full.map_err(|error| StoreError::Bundle {
                path: format!("leaf {}", self.state.tail.size()),
                error,
            })?;
            for (tile, content) in full {
                filled = true;
                bytes += content.len();
                files.push((tile.path(), content));
            }
            if files.len() >= TOGETHER || bytes >= TOGETHER_BYTES {
                self.write(&files)?;
                files.clear();
                bytes = 0;
            }
        }
        self.write(&files)?;
        Ok(filled)
    }

    /// Seals leaves by one record of the journal.
    fn journal<L: AsRef<[u8]>>(&mut self, leaves: &[L], note: Vec<u8>) -> Result<(), StoreError> {
        let too_long = |length| StoreError::Bundle {
            path: JOURNAL.to_owned(),
            error: BundleError::TooLong(length),
        };
        let mut bundle = Vec::new();
        for leaf in leaves {
            entries::push(&mut bundle, leaf.as_ref()).map_err(|_| too_long(leaf.as_ref().len()))?;
        }
        let count = u32::try_from(leaves.len()).map_err(|_| too_long(leaves.len()))?;
        let record = Record {
            before: self.size() - u64::from(count),
            count,
            bundle,
            checkpoint: note.clone(),
        };
        let bytes = record.to_bytes().ok_or_else(|| too_long(note.len()))?;
        let io = || StoreError::io(JOURNAL);
        self.files.append(JOURNAL, &bytes).map_err(io())?;
        self.files.sync(JOURNAL).map_err(io())?;
        if !self.journal {
            self.files.sync_dir("").map_err(io())?;
            self.journal = true;
        }
        self.state.note = Some(note);
        self.state.records.push(record);
        Ok(())
    }

    /// Makes `note` the checkpoint of the tiles: everything it covers first, itself last.
    fn publish(&mut self, note: Vec<u8>) -> Result<(), StoreError> {
        let (before, now) = (self.state.folded, self.size());
        let mut files: Vec<FileContent> = Vec::new();
        for (tile, bytes) in self.state.tail.partials() {
            if items(tile.kind, before) != items(tile.kind, now) {
                files.push((tile.path(), bytes));
            }
        }
        let mut earlier: Vec<Vec<u8>> = self.state.folded_note.iter().cloned().collect();
        earlier.extend(self.state.records.iter().map(|r| r.checkpoint.clone()));
        earlier.retain(|old| *old != note);
        for old in earlier {
            if let Some((tile, bytes)) = self.history.push(&old)? {
                files.push((tile.path(), bytes));
            }
        }
        if let Some((tile, bytes)) = self.history.partial() {
            files.push((tile.path(), bytes));
        }
        self.write(&files)?;
        self.sync_directories()?;
        self.write(&[(CHECKPOINT.to_owned(), note.clone())])?;
        self.sync_directories()?;

        self.files
            .remove(JOURNAL)
            .map_err(StoreError::io(JOURNAL))?;
        self.journal = false;
        self.state.folded = now;
        self.state.folded_note = Some(note.clone());
        self.state.note = Some(note);
        self.state.records.clear();
        self.remove_replaced(before, now)
    }

    /// Removes partial tiles whose full tile is there, as C2SP allows, and shorter bundles of
    /// checkpoints.
    fn remove_replaced(&mut self, before: u64, now: u64) -> Result<(), StoreError> {
        let kinds = (0..=crate::tile::MAX_LEVEL).map(Kind::Hashes);
        for kind in kinds.chain([Kind::Entries]) {
            let (first, filled) = (items(kind, before), items(kind, now));
            if first / TILE_WIDTH < filled / TILE_WIDTH {
                let (tile, _) = Tile::of(kind, first);
                let partials = format!("{tile}.p");
                let removed = self.files.remove_dir(&partials);
                removed.map_err(StoreError::io(&partials))?;
            }
        }
        for directory in self.history.last_partials() {
            let listed = self.files.list(&directory);
            for path in listed.map_err(StoreError::io(&directory))? {
                if Tile::parse(&path).is_none_or(|tile| self.history.has_replaced(tile)) {
                    self.files.remove(&path).map_err(StoreError::io(&path))?;
                }
            }
        }
        Ok(())
    }

    /// Writes files that are not there yet, or replaces them as a whole. Their names are durable
    /// after [`Writer::sync_directories`].
    fn write(&mut self, files: &[FileContent]) -> Result<(), StoreError> {
        let temporary = |number: usize| format!("{TEMPORARY}/{number}");
        for (number, (path, bytes)) in files.iter().enumerate() {
            for directory in [TEMPORARY, parent(path)] {
                let made = self.make_directory(directory);
                made.map_err(StoreError::io(path))?;
            }
            let created = self.files.create(&temporary(number), bytes);
            created.map_err(StoreError::io(path))?;
        }
        let written: Vec<String> = (0..files.len()).map(temporary).collect();
        let synced = self.files.sync_all(&written);
        synced.map_err(StoreError::io(TEMPORARY))?;
        for (number, (path, _)) in files.iter().enumerate() {
            let renamed = self.files.rename(&temporary(number), path);
            renamed.map_err(StoreError::io(path))?;
            self.unsynced.insert(parent(path).to_owned());
        }
        Ok(())
    }

    fn make_directory(&mut self, path: &str) -> std::io::Result<()> {
        if path.is_empty() {
            return Ok(());
        }
        self.make_directory(parent(path))?;
        if self.files.make_dir(path)? {
            self.unsynced.insert(parent(path).to_owned());
        }
        Ok(())
    }

    fn sync_directories(&mut self) -> Result<(), StoreError> {
        for directory in std::mem::take(&mut self.unsynced) {
            let synced = self.files.sync_dir(&directory);
            synced.map_err(StoreError::io(&directory))?;
        }
        Ok(())
    }

    /// Finds and removes what an append that never ended left, and writes the journal to tiles.
    fn repair(&mut self) -> Result<(), StoreError> {
        let listed = self.files.list("").map_err(StoreError::io(""))?;
        for path in listed {
            // An earlier writer may have ended before it made these names durable.
            let mut directory = parent(&path);
            while self.unsynced.insert(directory.to_owned()) && !directory.is_empty() {
                directory = parent(directory);
            }
            if self.is_left_over(&path) {
                self.files.remove(&path).map_err(StoreError::io(&path))?;
                self.repairs.push(Repair::Removed { path });
            }
        }
        self.sync_directories()?;
        let Some(journal) = self.state.journal.take() else {
            return Ok(());
        };
        if journal.torn > 0 {
            let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
            self.repairs.push(Repair::TornJournal {
                offset: number(journal.whole),
                bytes: number(journal.torn),
            });
        }
        if self.state.records.is_empty() {
            return self.files.remove(JOURNAL).map_err(StoreError::io(JOURNAL));
        }
        self.repairs.push(Repair::Replayed {
            leaves: self.size() - self.state.folded,
        });
        self.flush()
    }

    fn is_left_over(&self, path: &str) -> bool {
        if path.starts_with("tmp/") {
            return true;
        }
        let Some(tile) = Tile::parse(path) else {
            return false;
        };
        if tile.kind == Kind::Checkpoints {
            return self.history.has_replaced(tile);
        }
        let count = items(tile.kind, self.state.folded);
        let beyond = tile.index * TILE_WIDTH + tile.width > count;
        let replaced = !tile.is_full() && tile.index < count / TILE_WIDTH;
        beyond || replaced
    }
}
