//! Tokens: what stands between blanks, with the marks around it.

#[cfg(test)]
mod tests;

use std::ops::Range;

/// A token, as bytes of the clean text: marks, what they enclose, marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) lead: Range<usize>,
    pub(super) core: Range<usize>,
    pub(super) trail: Range<usize>,
    /// Whether it is the first of its line.
    pub(super) opens_line: bool,
}

/// Short forms that begin with an apostrophe, which is then no quotation mark.
const ELISIONS: [&str; 12] = [
    "tis", "twas", "em", "til", "till", "cause", "bout", "round", "n", "cuz", "ya", "twill",
];

/// The tokens of a clean text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut opens_line = true;
    let mut start = None;
    let ends = std::iter::once((text.len(), ' '));
    for (at, c) in text.char_indices().chain(ends) {
        if !c.is_whitespace() {
            start = start.or(Some(at));
            continue;
        }
        if let Some(from) = start.take() {
            found.push(token(text, from..at, opens_line));
            opens_line = false;
        }
        opens_line |= c == '\n';
    }
    found
}

fn token(text: &str, whole: Range<usize>, opens_line: bool) -> Token {
    let chunk = text.get(whole.clone()).unwrap_or_default();
    let lead = whole.start + lead_length(chunk);
    let core = text.get(lead..whole.end).unwrap_or_default();
    let bare = core.trim_end_matches(closes).len();
    Token {
        lead: whole.start..lead,
        core: lead..lead + bare,
        trail: lead + bare..whole.end,
        opens_line,
    }
}

fn closes(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '…'
            | ')'
            | ']'
            | '}'
            | '"'
            | '“'
            | '”'
            | '\''
            | '*'
            | '_'
            | '`'
            | '—'
            | '–'
            | '|'
    )
}

fn lead_length(chunk: &str) -> usize {
    for (at, c) in chunk.char_indices() {
        let rest = chunk.get(at + c.len_utf8()..).unwrap_or_default();
        let next = rest.chars().next();
        let opens = match c {
            '"' | '“' | '”' | '(' | '[' | '{' | '*' | '_' | '`' | '—' | '…' | ',' | ';' | ':'
            | '!' | '?' | '¿' | '¡' | '|' => true,
            '.' => {
                chunk.get(..at).is_some_and(|before| before.ends_with('.'))
                    || !rest.starts_with("./")
                        && !next.is_some_and(|n| n.is_alphanumeric() || n == '/')
            }
            '–' => !next.is_some_and(|n| n.is_ascii_digit()),
            '\'' => !elides(rest),
            _ => false,
        };
        if !opens {
            return at;
        }
    }
    chunk.len()
}

/// Whether an apostrophe before `rest` stands for letters left out.
fn elides(rest: &str) -> bool {
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let word: String = rest
        .chars()
        .take(6)
        .take_while(|c| c.is_alphabetic())
        .collect();
    ELISIONS.contains(&word.to_lowercase().as_str())
}
