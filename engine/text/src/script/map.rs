//! Text taken out of markup, and where each part of it was.

#[cfg(test)]
mod tests;

use std::ops::Range;

/// A text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Mapped {
    text: String,
    /// Start in the text and the bytes of the source that run stands for; ordered by start.
    runs: Vec<(usize, Range<usize>, Run)>,
}

/// How a run of text relates to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Run {
    /// Byte for byte.
    Copy,
    /// As a whole: an entity, an alias.
    Whole,
}

impl Mapped {
    /// A text that is its own source.
    pub(super) fn whole(text: &str) -> Self {
        let mut mapped = Self::default();
        mapped.copy(text, 0);
        mapped
    }

    /// Adds text that stands at `from` in the source.
    pub(super) fn copy(&mut self, text: &str, from: usize) {
        self.add(text, from..from + text.len(), Run::Copy);
    }

    /// Adds text that stands, as a whole, for other bytes of the source.
    pub(super) fn instead(&mut self, text: &str, source: Range<usize>) {
        self.add(text, source, Run::Whole);
    }

    /// Adds another text with its places.
    pub(super) fn append(&mut self, other: &Self) {
        let from = self.text.len();
        self.text.push_str(&other.text);
        let runs = other.runs.iter().cloned();
        self.runs
            .extend(runs.map(|(start, source, run)| (from + start, source, run)));
    }

    /// All the bytes of the source it stands for.
    pub(super) fn whole_source(&self) -> Range<usize> {
        self.source(0..self.text.len())
    }

    fn add(&mut self, text: &str, source: Range<usize>, run: Run) {
        if !text.is_empty() {
            self.runs.push((self.text.len(), source, run));
            self.text.push_str(text);
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that bytes of the text stand for.
    pub(super) fn source(&self, range: Range<usize>) -> Range<usize> {
        let start = self.place(range.start, |at, source, run| match run {
            Run::Copy => source.start + at,
            Run::Whole => source.start,
        });
        let end = self.place(range.end.saturating_sub(1), |at, source, run| match run {
            Run::Copy => source.start + at + 1,
            Run::Whole => source.end,
        });
        start..end.max(start)
    }

    fn place(&self, at: usize, of: impl Fn(usize, &Range<usize>, Run) -> usize) -> usize {
        let after = self.runs.partition_point(|(start, ..)| *start <= at);
        self.runs
            .get(after.saturating_sub(1))
            .map_or(0, |(start, source, run)| {
                of(at.saturating_sub(*start), source, *run)
            })
    }
}
