//! Passages in segments.

#[cfg(test)]
mod tests;

use super::ScriptSegment;
use super::passage::Passage;
use crate::segment::{Boundary, Limits};
use crate::word::{Word, WordKind};

/// Characters that marks after a word may reach over a limit: they make hardly any sound.
const OVERHANG: usize = 4;

/// A text cut piece by piece, each as long as is wanted when its turn comes: at the end of a sentence where one fits, else
/// of a clause, at a comma, between words. A word longer than that stands alone; only one longer than any segment may be is
/// cut inside.
#[derive(Debug, Clone)]
pub struct Cutter<'a> {
    passages: std::slice::Iter<'a, Passage>,
    /// The passage that is being cut, and its words.
    open: Option<(&'a Passage, Vec<Word>)>,
    /// Words of it that are done.
    taken: usize,
    /// Characters of the longest segment of all.
    max: usize,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(passages: &'a [Passage], max: usize) -> Self {
        Self {
            passages: passages.iter(),
            open: None,
            taken: 0,
            max: max.max(1),
        }
    }

    /// The next segment, of at most `limit` characters as far as words permit; none when all is said.
    pub fn cut(&mut self, limit: usize) -> Option<ScriptSegment> {
        let (passage, words) = loop {
            if let Some((passage, words)) = &self.open
                && self.taken < words.len()
            {
                break (*passage, words);
            }
            let passage = self.passages.next()?;
            self.open = Some((passage, bounded(&passage.words, self.max)));
            self.taken = 0;
        };
        let rest = words.get(self.taken..).unwrap_or_default();
        let (count, ends) = cut(rest, limit.clamp(1, self.max));
        let (piece, after) = rest.split_at(count.clamp(1, rest.len()));
        let last = after.is_empty();
        let segment = ScriptSegment {
            words: piece.to_vec(),
            ends: if last { passage.ends } else { ends },
            pause: passage.pause.filter(|_| last),
            rate: passage.rate,
        };
        self.taken += piece.len();
        Some(segment)
    }
}

/// Cuts passages into segments whose lengths are known from the beginning.
pub(super) fn segments(passages: &[Passage], limits: &Limits) -> Vec<ScriptSegment> {
    let mut cutter = Cutter::new(passages, limits.max);
    (0..)
        .map_while(|index| cutter.cut(limits.at(index)))
        .collect()
}

/// The words, those longer than `max` characters in pieces.
fn bounded(words: &[Word], max: usize) -> Vec<Word> {
    let mut found = Vec::with_capacity(words.len());
    for word in words {
        if word.phonemes.is_some() || word.spoken.chars().nth(max).is_none() {
            found.push(word.clone());
            continue;
        }
        let chars: Vec<char> = word.spoken.chars().collect();
        found.extend(chars.chunks(max).map(|piece| Word {
            spoken: piece.iter().collect(),
            ..word.clone()
        }));
    }
    found
}

/// How many words the next segment takes, and what ends it.
fn cut(rest: &[Word], limit: usize) -> (usize, Boundary) {
    let mut best: Option<(usize, Boundary)> = None;
    let mut length = 0;
    for (at, word) in rest.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| rest.get(before));
        let blank = before.is_some_and(|before| before.blank_before(word));
        length += usize::from(blank) + weight(word);
        let allowed = if word.kind == WordKind::Mark && !blank {
            limit.saturating_add(OVERHANG)
        } else {
            limit
        };
        if length > allowed && at > 0 {
            return best.unwrap_or((at, Boundary::Hard));
        }
        if let Some(ends) = boundary_after(rest, at)
            && is_far_enough(ends, length, limit)
            && best.is_none_or(|(_, so_far)| ends >= so_far)
        {
            best = Some((at + 1, ends));
        }
    }
    (rest.len(), Boundary::Sentence)
}

/// Characters a word counts for.
fn weight(word: &Word) -> usize {
    let letters = word.spoken.chars().count();
    if word.kind == WordKind::Letters {
        letters * 2
    } else {
        letters
    }
}

/// A cut that leaves a crumb sounds worse than a lesser one further on.
fn is_far_enough(ends: Boundary, taken: usize, limit: usize) -> bool {
    match ends {
        Boundary::Clause => taken.saturating_mul(4) >= limit,
        Boundary::Comma => taken.saturating_mul(3) >= limit,
        _ => true,
    }
}

/// The boundary the marks at the end of words make.
pub(super) fn ending(words: &[Word]) -> Boundary {
    words
        .len()
        .checked_sub(1)
        .and_then(|last| boundary_after(words, last))
        .unwrap_or(Boundary::Word)
}

/// The boundary after the word at `at`, if a voice may pause there.
fn boundary_after(words: &[Word], at: usize) -> Option<Boundary> {
    let last = words.get(at)?;
    let mark = last.as_mark();
    if let Some(next) = words.get(at + 1)
        && !last.blank_before(next)
    {
        // `word—word` and `word…word` may part after the mark, before anything but a mark.
        let parts = matches!(mark, Some('—' | '…')) && next.kind != WordKind::Mark;
        return parts.then_some(Boundary::Clause);
    }
    let decisive = words
        .get(..=at)?
        .iter()
        .rev()
        .map_while(Word::as_mark)
        .find(|mark| !matches!(mark, '"' | ')' | '”'));
    Some(match decisive {
        Some('.' | '?' | '!') => Boundary::Sentence,
        Some(';' | ':' | '—' | '…') => Boundary::Clause,
        Some(',') => Boundary::Comma,
        _ if mark == Some(')') => Boundary::Clause,
        _ => Boundary::Word,
    })
}
