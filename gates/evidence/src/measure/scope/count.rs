//! The size of a change, as people count it.

use super::{Change, Kind, Status};

/// What came of a change's files. Generated files are counted apart: nobody writes or reviews them line by line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Files, a file that moved once, a submodule as one.
    pub files: u64,
    /// Lines that came.
    pub added: u64,
    /// Lines that went.
    pub removed: u64,
    /// Files that moved, of those counted.
    pub renamed: u64,
    /// Files that are gone, of those counted.
    pub deleted: u64,
    /// Files without lines, of those counted.
    pub binary: u64,
    /// Submodules that are at another commit, came or went.
    pub submodules: u64,
    /// Files a program wrote; not among the files.
    pub generated: u64,
}

impl Count {
    /// Counts changes.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        changes
            .iter()
            .fold(Self::default(), |count, change| count.and(change))
    }

    /// Lines that came and went.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.added.saturating_add(self.removed)
    }

    fn and(mut self, change: &Change) -> Self {
        if generated(change) {
            self.generated = self.generated.saturating_add(1);
            return self;
        }
        let add = |sum: &mut u64, is: bool| *sum = sum.saturating_add(u64::from(is));
        add(&mut self.files, true);
        add(&mut self.renamed, change.status == Status::Renamed);
        add(&mut self.deleted, change.status == Status::Deleted);
        add(&mut self.binary, change.kind == Kind::Binary);
        add(&mut self.submodules, change.kind == Kind::Submodule);
        if let (Kind::Text, Some(lines)) = (change.kind, change.lines) {
            self.added = self.added.saturating_add(lines.added);
            self.removed = self.removed.saturating_add(lines.removed);
        }
        self
    }
}

/// Lock files: a package manager writes them, wherever they lie.
const LOCK_FILES: [&str; 16] = [
    "Cargo.lock",
    "Gemfile.lock",
    "Pipfile.lock",
    "bun.lock",
    "bun.lockb",
    "composer.lock",
    "flake.lock",
    "go.sum",
    "gradle.lockfile",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "uv.lock",
    "yarn.lock",
];

/// Whether a program wrote the file: what the base's `.gitattributes` says (`linguist-generated`), else whether it is a lock
/// file. A header that says so is not asked, for whoever writes the file writes that, too.
#[must_use]
pub fn generated(change: &Change) -> bool {
    if change.kind == Kind::Submodule {
        return false;
    }
    change.generated.unwrap_or_else(|| {
        change.paths().all(|path| {
            let name = path.rsplit('/').next().unwrap_or(path);
            LOCK_FILES.contains(&name)
        })
    })
}
