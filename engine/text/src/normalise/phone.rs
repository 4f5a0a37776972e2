//! Telephone numbers, and other numbers in groups that are said digit by digit: ZIP+4, social security.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::token::Token;

/// Most tokens one number takes: `+44 (0) 20 7946 0958`.
const MOST: usize = 5;

/// The groups of digits of a number that begins at `at`, as bytes of the clean text, and how many tokens it takes.
pub(super) fn groups(
    text: &str,
    tokens: &[Token],
    at: usize,
) -> Option<(usize, Vec<Range<usize>>)> {
    let first = tokens.get(at)?;
    let opens = text.get(first.lead.start..)?.chars().next()?;
    if !matches!(opens, '+' | '(' | '0'..='9') {
        return None;
    }
    (1..=MOST).rev().find_map(|taken| {
        let last = tokens.get(at + taken - 1)?;
        let whole = text.get(first.lead.start..last.core.end)?;
        let fits = whole.len() <= 24
            && whole.bytes().all(|b| {
                b.is_ascii_digit() || matches!(b, b'+' | b'(' | b')' | b'-' | b'.' | b' ')
            });
        if !fits || last.opens_line && taken > 1 {
            return None;
        }
        let groups = split(whole, first.lead.start);
        let lengths: Vec<usize> = groups.iter().map(Range::len).collect();
        is_phone(whole, &lengths).then_some((taken, groups))
    })
}

fn split(whole: &str, offset: usize) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut start = None;
    for (at, c) in whole.char_indices().chain([(whole.len(), ' ')]) {
        match (c.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                groups.push(offset + from..offset + at);
                start = None;
            }
            _ => {}
        }
    }
    groups
}

fn is_phone(whole: &str, lengths: &[usize]) -> bool {
    let digits: usize = lengths.iter().sum();
    let dotted = whole.contains('.');
    let same = !(dotted && whole.contains(['-', ' ', '(']));
    let shape = matches!(lengths, [3, 3, 4] | [1, 3, 3, 4]);
    if whole.starts_with('+') {
        return (8..=15).contains(&digits) && lengths.len() > 1 && !dotted
            || (10..=15).contains(&digits) && lengths.len() == 1;
    }
    if whole.starts_with('(') {
        return matches!(digits, 10 | 11) && lengths.len() >= 2;
    }
    let zero = whole.starts_with('0') && !dotted;
    shape && same && (whole.contains(['-', '(', ' ']) || dotted)
        || matches!(lengths, [3, 4] | [5, 4] | [3, 2, 4])
            && whole.contains('-')
            && !whole.contains(' ')
        || zero
            && matches!(digits, 10 | 11)
            && lengths.len() >= 2
            && lengths.iter().all(|l| *l >= 3)
}
