//! The words of a Rego file, as far as they name functions and parts of the input: what is in strings and
//! comments is neither.

/// A dotted name, such as `input.spec.risk_tier` or `regex.match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) parts: Vec<String>,
    /// Whether `(` follows: a call.
    pub(crate) call: bool,
    /// Whether a dot stands before it: it goes on after an index.
    pub(crate) continued: bool,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Name {
    pub(crate) fn text(&self) -> String {
        self.parts.join(".")
    }
}

/// All dotted names outside strings and comments.
pub(crate) fn names(text: &str) -> Vec<Name> {
    let mut reader = Reader::new(text);
    let mut names = Vec::new();
    let mut before = ' ';
    while let Some(c) = reader.peek(0) {
        match c {
            '#' => reader.skip_while(|c| c != '\n'),
            c if is_first(c) => names.push(reader.name(before == '.')),
            _ => {
                reader.token();
            }
        }
        before = c;
    }
    names
}

fn is_first(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_rest(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Goes through a text, and knows where it is.
pub(crate) struct Reader {
    chars: Vec<char>,
    at: usize,
    line: u32,
    column: u32,
}

impl Reader {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            at: 0,
            line: 1,
            column: 1,
        }
    }

    /// Line and column of what comes next.
    pub(crate) fn place(&self) -> (u32, u32) {
        (self.line, self.column)
    }

    /// Goes over a word, a number, a string or a sign; gives the word.
    pub(crate) fn token(&mut self) -> String {
        match self.peek(0) {
            Some('"') => self.string(),
            Some('`') => {
                self.next();
                self.skip_while(|c| c != '`');
                self.next();
            }
            Some(c) if is_first(c) => return self.word(),
            // A number's letters (1e5) are no word.
            Some(c) if c.is_ascii_digit() => {
                self.skip_while(|c| c.is_ascii_alphanumeric() || c == '.');
            }
            _ => {
                self.next();
            }
        }
        String::new()
    }

    pub(crate) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at.saturating_add(ahead)).copied()
    }

    pub(crate) fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at = self.at.saturating_add(1);
        if c == '\n' {
            self.line = self.line.saturating_add(1);
            self.column = 1;
        } else {
            self.column = self.column.saturating_add(1);
        }
        Some(c)
    }

    pub(crate) fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.next();
        }
    }

    fn string(&mut self) {
        self.next();
        while let Some(c) = self.next() {
            match c {
                '\\' => {
                    self.next();
                }
                '"' | '\n' => return,
                _ => {}
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|&c| is_rest(c)) {
            word.push(c);
            self.next();
        }
        word
    }

    fn name(&mut self, continued: bool) -> Name {
        let (line, column) = (self.line, self.column);
        let mut parts = vec![self.word()];
        while self.peek(0) == Some('.') && self.peek(1).is_some_and(is_first) {
            self.next();
            parts.push(self.word());
        }
        Name {
            parts,
            call: self.peek(0) == Some('('),
            continued,
            line,
            column,
        }
    }
}

#[cfg(test)]
mod tests;
