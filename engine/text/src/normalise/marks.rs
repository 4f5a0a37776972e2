//! The marks around tokens.

use super::context::Context;
use super::speaker::Speaker;

/// Says the marks behind a token, but for the first bytes that a rule took.
pub(super) fn trail(context: &Context<'_>, at: usize, eaten: usize, out: &mut Speaker<'_>) {
    let Some(start) = context.tokens.get(at).map(|t| t.trail.start) else {
        return;
    };
    let marks_left = context.trail(at).get(eaten..).unwrap_or_default();
    marks(context, start + eaten, marks_left, out);
}

/// Says marks: each of a row of the same once, three full stops as an ellipsis, brackets as round ones.
pub(super) fn marks(context: &Context<'_>, start: usize, text: &str, out: &mut Speaker<'_>) {
    let mut last = ' ';
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = start + (text.len() - rest.len());
        let dots = rest.bytes().take_while(|b| *b == b'.').count();
        let (mark, length) = match c {
            '.' if dots > 1 => ('…', dots),
            '[' => ('(', 1),
            ']' => (')', 1),
            '–' => ('—', c.len_utf8()),
            '"' if opening(context, at) => ('“', 1),
            '"' => ('”', 1),
            '\'' => (single_quote(context, at, out), 1),
            '¿' | '¡' | '*' | '_' | '`' | '{' | '}' => (' ', c.len_utf8()),
            '|' => (',', 1),
            _ => (c, c.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        if mark == ' ' {
            continue;
        }
        if mark != last {
            out.at(at..at + length).mark(mark);
        }
        last = mark;
    }
}

/// What an apostrophe beside a token is: a quotation mark that opens or closes, or the sign of a genitive, which has no sound.
fn single_quote(context: &Context<'_>, at: usize, out: &mut Speaker<'_>) -> char {
    let text = &context.clean.text;
    if opening(context, at) {
        out.quoted = true;
        return '“';
    }
    let after_mark = text
        .get(..at)
        .is_some_and(|before| before.ends_with(['.', ',', '!', '?', '…']));
    if out.quoted || after_mark {
        out.quoted = false;
        return '”';
    }
    ' '
}

/// Whether a straight quotation mark at a byte opens: a blank, a bracket or nothing is before it.
fn opening(context: &Context<'_>, at: usize) -> bool {
    context
        .clean
        .text
        .get(..at)
        .and_then(|before| before.chars().next_back())
        .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '{' | '—' | '\'' | '*' | '_'))
}
