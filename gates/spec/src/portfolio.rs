//! A portfolio: the component specs of a tree, read together.
//!
//! Each spec is held against its own rules; here the specs are held against each other: ids, sections
//! every component must have, what depends on what. Then they are counted, and a plan is made of the work
//! that is left. A component whose spec does not say how much that is stands in no plan.

mod entry;
mod graph;
pub mod plan;
pub mod schedule;
mod sections;
mod statistics;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use caws_evidence::{Finding, Severity, codes};

use crate::notice::{Details as _, error};

pub use entry::{Effort, Entry, PathsFrom, Stated};
pub use plan::{Assignment, Unplanned, WorkPlan};
pub use sections::{SECTIONS, Section, SectionState};
pub use statistics::{Statistics, Totals};

/// A file with a spec: its path relative to the project's root, with `/`, and its bytes.
pub type File = (String, Vec<u8>);

/// The component specs of a tree.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Portfolio {
    /// One entry for each file that could be parsed, in the order of their paths.
    pub entries: Vec<Entry>,
    /// Paths of the files that could not be parsed; each has a finding.
    pub unread: Vec<String>,
    /// All findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// What each entry depends on: positions in `entries`, in ascending order.
    needs: Vec<Vec<usize>>,
}

impl Portfolio {
    /// Reads the specs on `threads` threads; the result does not depend on how many.
    ///
    /// `exists` answers for a path relative to the project's root.
    #[must_use]
    pub fn read(files: &[File], exists: impl Fn(&str) -> bool + Sync, threads: usize) -> Self {
        let mut read = read_all(files, &exists, threads);
        read.sort_by(|a, b| a.path.cmp(&b.path));
        let mut portfolio = Self::default();
        for one in read {
            portfolio.findings.extend(one.findings);
            match one.entry {
                Some(entry) => portfolio.entries.push(entry),
                None => portfolio.unread.push(one.path),
            }
        }
        let ids = portfolio.ids();
        let (needs, unknown) = graph::resolve(&portfolio.entries, &ids);
        let cycles = graph::cycle_findings(&portfolio.entries, &needs);
        let duplicates = duplicates(&portfolio.entries);
        portfolio.needs = needs;
        portfolio.findings.extend(unknown);
        portfolio.findings.extend(cycles);
        portfolio.findings.extend(duplicates);
        portfolio.findings.sort_by(|a, b| place(a).cmp(&place(b)));
        portfolio
    }

    /// What the entry at a position depends on: positions of entries.
    #[must_use]
    pub fn needs(&self, position: usize) -> &[usize] {
        self.needs.get(position).map_or(&[], Vec::as_slice)
    }

    /// Whether nothing blocks: warnings and notes do not.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }

    /// Counts, of all components and of each tier.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        statistics::of(&self.entries)
    }

    /// The first entry of each id: what others mean by it.
    fn ids(&self) -> BTreeMap<&str, usize> {
        let mut ids = BTreeMap::new();
        for (position, entry) in self.entries.iter().enumerate() {
            if let Some(id) = &entry.id {
                ids.entry(id.as_str()).or_insert(position);
            }
        }
        ids
    }
}

/// What one file gave.
struct Read {
    path: String,
    entry: Option<Entry>,
    findings: Vec<Finding>,
}

fn read_all(files: &[File], exists: &(impl Fn(&str) -> bool + Sync), threads: usize) -> Vec<Read> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(files.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, files.len().max(1)) {
            scope.spawn(|| {
                let mut mine = Vec::new();
                while let Some((path, bytes)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (entry, findings) = entry::read(path, bytes, exists);
                    mine.push(Read {
                        path: path.clone(),
                        entry,
                        findings,
                    });
                }
                // Poisoned by a panic, which the scope hands on.
                if let Ok(mut done) = done.lock() {
                    done.extend(mine);
                }
            });
        }
    });
    done.into_inner().unwrap_or_default()
}

/// Path, line and column, to sort by.
fn place(finding: &Finding) -> (&str, Option<u32>, Option<u32>) {
    finding.place.as_ref().map_or(("", None, None), |place| {
        (place.path.as_str(), place.line, place.column)
    })
}

/// A finding for each spec with an id an earlier one has.
fn duplicates(entries: &[Entry]) -> Vec<Finding> {
    let mut first: BTreeMap<&str, &Entry> = BTreeMap::new();
    let mut findings = Vec::new();
    for entry in entries {
        let Some(id) = &entry.id else { continue };
        match first.get(id.as_str()) {
            None => {
                first.insert(id, entry);
            }
            Some(earlier) => findings.push(
                error(
                    codes::SPEC_DUPLICATE_ID,
                    entry.id_place.clone(),
                    format!("the id {id} belongs to another spec"),
                )
                .expected("each id once in a portfolio")
                .found(format!("{id} first in {}", earlier.path))
                .help("give one of the two another id; what cites the id means the first"),
            ),
        }
    }
    findings
}
