//! A text in pieces, each short enough to synthesise at once.

mod boundary;

#[cfg(test)]
mod tests;

pub use boundary::Boundary;

use boundary::boundary_after;

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

/// A piece of the text, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// What to say: no blanks at its ends, never empty.
    pub text: String,
    /// What ends it, and so how long the pause after it is.
    pub ends: Boundary,
}

/// Cuts a text into segments: at the end of a sentence where one fits, else of a clause, at a comma, between
/// words, and only in a word longer than the limit inside it. Blanks at the cuts go; nothing else does.
#[must_use]
pub fn segments(text: &str, limits: &Limits) -> Vec<Segment> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut rest = skip_blanks(&chars);
    // Every round takes at least one character, so there are at most as many rounds as characters.
    for _ in 0..chars.len() {
        if rest.is_empty() {
            break;
        }
        let (length, ends) = cut(rest, limits.at(found.len()));
        let (piece, after) = rest.split_at(length);
        let text: String = piece.iter().collect();
        let text = text.trim_end().to_owned();
        if !text.is_empty() {
            found.push(Segment { text, ends });
        }
        rest = skip_blanks(after);
    }
    found
}

fn skip_blanks(chars: &[char]) -> &[char] {
    let blanks = chars.iter().take_while(|c| c.is_whitespace()).count();
    chars.split_at(blanks).1
}

/// How many characters the next segment takes, and what ends it. `rest` is not empty and starts with no blank.
fn cut(rest: &[char], limit: usize) -> (usize, Boundary) {
    let mut best: Option<(usize, Boundary)> = None;
    for taken in 1..=limit.min(rest.len()) {
        let Some(ends) = boundary_after(rest, taken) else {
            continue;
        };
        if ends == Boundary::Paragraph {
            // Nothing runs on over a blank line.
            return (taken, ends);
        }
        // A cut that leaves a crumb sounds worse than a lesser one further on.
        let far_enough = match ends {
            Boundary::Clause => taken.saturating_mul(4) >= limit,
            Boundary::Comma => taken.saturating_mul(3) >= limit,
            _ => true,
        };
        if far_enough && best.is_none_or(|(_, b)| ends >= b) {
            best = Some((taken, ends));
        }
    }
    if rest.len() <= limit {
        // The end of the text ends a sentence, whether or not the writer said so.
        return (rest.len(), Boundary::Sentence);
    }
    best.unwrap_or((limit, Boundary::Hard))
}
