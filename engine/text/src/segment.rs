//! How long the pieces of a text may be, and what ends them.

#[cfg(test)]
mod tests;

/// What ends a segment. Ordered from the least pause to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Boundary {
    /// Inside a word too long for any segment.
    Hard,
    /// Between words.
    Word,
    /// After a comma.
    Comma,
    /// After a semicolon, colon, dash, ellipsis or bracket.
    Clause,
    /// After a full stop, question mark or exclamation mark, or at the end of the text.
    Sentence,
    /// At a blank line.
    Paragraph,
}

/// How long segments may be, in characters.
///
/// The first is short so that sound starts early; each later one may be `growth` times as long as
/// the one before it, because by then audio is playing and hides the time it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest first segment.
    pub first: usize,
    /// Longest segment of all.
    pub max: usize,
    /// Factor from one segment's limit to the next one's.
    pub growth: usize,
}

impl Limits {
    /// The limit of the segment at `index`, at least 1.
    #[must_use]
    pub fn at(&self, index: usize) -> usize {
        let mut limit = self.first.clamp(1, self.max.max(1));
        // After 64 doublings every limit is reached; a factor of 1 or 0 never grows.
        for _ in 0..index.min(64) {
            limit = limit
                .saturating_mul(self.growth.max(1))
                .min(self.max.max(1));
        }
        limit
    }
}
