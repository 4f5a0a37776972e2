//! Marks inside plain text: `[word](/sounds/)` and `[pause:0.8s]`.

#[cfg(test)]
mod tests;

use super::piece::{Piece, Pieces, seconds, sounding};
use crate::ipa::{Accent, written};

/// Longest mark, in bytes: an unclosed bracket must not be looked for in the whole text again and again.
const LONGEST: usize = 300;

/// The parts of a text with inline marks, and how many marks had no effect. What is no mark is text.
pub(super) fn pieces(text: &str, accent: Accent) -> (Vec<Piece>, usize) {
    let mut pieces = Pieces::default();
    let mut done = 0;
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('[')) {
        let at = from + open;
        from = at + 1;
        let Some(mark) = text.get(at..).and_then(Mark::at_start) else {
            continue;
        };
        pieces.copy(text.get(done..at).unwrap_or_default(), done);
        match mark.kind {
            Kind::Pause(seconds) => pieces.pause(seconds),
            Kind::Sounds(shown, sounds) => {
                let start = at + 1;
                match written(sounds, accent) {
                    Ok(symbols) => {
                        let source = start..start + shown.len();
                        pieces.words(sounding(shown, &symbols, &source));
                    }
                    Err(_) => {
                        pieces.ignored += 1;
                        pieces.copy(shown, start);
                    }
                }
            }
            Kind::Link(shown) => pieces.copy(shown, at + 1),
        }
        done = at + mark.length;
        from = done;
    }
    pieces.copy(text.get(done..).unwrap_or_default(), done);
    pieces.finish()
}

/// A mark at the start of a text.
struct Mark<'t> {
    kind: Kind<'t>,
    /// Bytes it takes.
    length: usize,
}

enum Kind<'t> {
    Pause(f32),
    /// A word and how it sounds.
    Sounds(&'t str, &'t str),
    /// The words of a link, whose address nobody wants to hear.
    Link(&'t str),
}

impl<'t> Mark<'t> {
    /// The mark a text starts with; its first character is `[`.
    fn at_start(text: &'t str) -> Option<Self> {
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(1..end)?;
        let close = text
            .find([']', '['])
            .filter(|at| text[*at..].starts_with(']'))?;
        let (shown, rest) = text.split_at(close);
        if let Some(time) = shown.strip_prefix("pause:") {
            let bare = time.trim();
            let seconds = if bare.ends_with(|c: char| c.is_ascii_digit()) {
                seconds(&format!("{bare}s"))?
            } else {
                seconds(bare)?
            };
            return Some(Self {
                kind: Kind::Pause(seconds),
                length: close + 2,
            });
        }
        if !shown.contains(char::is_alphanumeric) {
            return None;
        }
        let inside = rest.strip_prefix("](")?;
        let end = inside.find([')', '\n'])?;
        if !inside.get(end..)?.starts_with(')') {
            return None;
        }
        let target = inside.get(..end)?;
        let length = 1 + close + 2 + end + 1;
        let kind = if let Some(sounds) = target.strip_prefix('/').and_then(|t| t.strip_suffix('/'))
        {
            Kind::Sounds(shown, sounds)
        } else if is_address(target) {
            Kind::Link(shown)
        } else {
            return None;
        };
        Some(Self { kind, length })
    }
}

fn is_address(target: &str) -> bool {
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| target.starts_with(scheme))
}
