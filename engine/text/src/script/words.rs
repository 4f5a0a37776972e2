//! The words of plain text.

use crate::ipa::Accent;
use crate::pronounce::{Part, parts};
use crate::sanitise::sanitise;
use crate::word::Word;

/// Words and marks of a text that has no markup, in order.
pub(super) fn words(text: &str, _accent: Accent) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        if !c.is_whitespace() {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            token(text.get(from..at).unwrap_or_default(), from, &mut found);
        }
    }
    found
}

fn token(token: &str, from: usize, found: &mut Vec<Word>) {
    let range = from..from + token.len();
    let Ok(speakable) = sanitise(token) else {
        return;
    };
    for part in parts(&speakable.text) {
        match part {
            Part::Mark(' ') => {}
            Part::Mark(mark) => found.push(Word::mark(mark, range.clone())),
            Part::Words(words) => found.extend(
                words
                    .split_whitespace()
                    .map(|word| Word::spoken(word, range.clone())),
            ),
        }
    }
}
