//! How deep the expressions of a Rego file nest, before the engine reads it.
//!
//! The engine goes down its expressions by calls, and tries each bracket as several things, one after the other: what
//! nests deep overflows its stack, and what nests in brackets takes time that doubles with each. Both are
//! seen in the text, and refused at their place.

use crate::lexis::Reader;

/// How deep an expression may nest: brackets, and operators, calls and dots one after the other. People write some 20.
pub(crate) const MAX_DEPTH: usize = 120;
/// How often the engine may read a part of the file again: each bracket doubles it for what is in it.
pub(crate) const MAX_READINGS: u64 = 2_000_000;

/// What is open, or the file as a whole.
#[derive(Debug, Default)]
struct Level {
    /// Operators, calls and dots since the expression began.
    chain: usize,
    /// The deepest of its brackets that are closed.
    inner: usize,
    /// The deepest of the expressions before it.
    before: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.before.max(self.chain.saturating_add(self.inner))
    }

    /// Another expression begins.
    fn next(&mut self) {
        *self = Self {
            before: self.depth(),
            ..Self::default()
        };
    }
}

/// What came last, blanks left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// A word, a number, a string, or a bracket that closes: a value.
    Value,
    Operator,
    Other,
}

/// The place at which a file nests too deep, line and column.
pub(crate) fn excess(text: &str) -> Option<(u32, u32)> {
    let mut reader = Reader::new(text);
    let mut levels = vec![Level::default()];
    let mut readings = 0_u64;
    let mut last = Last::Other;
    let mut broken = false;
    while let Some(c) = reader.peek(0) {
        let place = reader.place();
        if c.is_whitespace() {
            broken |= c == '\n';
            reader.next();
            continue;
        }
        if c == '#' {
            reader.skip_while(|c| c != '\n');
            continue;
        }
        let word = reader.token();
        let operator = is_operator(c) || word == "in";
        let level = levels.last_mut()?;
        // An expression goes on in the next line behind an operator or before one.
        if broken && last == Last::Value && !operator {
            level.next();
        }
        broken = false;
        last = match c {
            '(' | '[' | '{' => {
                level.chain = level.chain.saturating_add(usize::from(last == Last::Value));
                levels.push(Level::default());
                let doubled = u32::try_from(levels.len()).unwrap_or(u32::MAX);
                readings = readings.saturating_add(1_u64.checked_shl(doubled).unwrap_or(u64::MAX));
                Last::Other
            }
            ')' | ']' | '}' => {
                let depth = level.depth().saturating_add(1);
                // What closes nothing is for the engine to find.
                if levels.len() > 1 {
                    levels.pop();
                    let around = levels.last_mut()?;
                    around.inner = around.inner.max(depth);
                }
                Last::Value
            }
            ',' | ';' => {
                level.next();
                Last::Other
            }
            _ if operator => {
                level.chain = level.chain.saturating_add(1);
                Last::Operator
            }
            _ => Last::Value,
        };
        let open: usize = levels
            .iter()
            .map(|level| level.chain.saturating_add(1))
            .sum();
        let depth = open.saturating_add(levels.last().map_or(0, |level| level.inner));
        if depth > MAX_DEPTH || readings > MAX_READINGS {
            return Some(place);
        }
    }
    None
}

fn is_operator(c: char) -> bool {
    matches!(
        c,
        '+' | '-' | '*' | '/' | '%' | '&' | '|' | '=' | '!' | '<' | '>' | ':' | '.'
    )
}

#[cfg(test)]
mod tests;
