//! What an English voice can say of a text.

mod fold;

#[cfg(test)]
mod tests;

use fold::{compose, fold_latin};

/// Text that a voice can speak.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Speakable {
    /// ASCII, Latin and Greek letters, digits, punctuation and the symbols English has words for.
    /// Words are one space apart; a blank line of the original is one `\n`; nothing leads or trails.
    pub text: String,
    /// Characters of the original left out: control characters, emoji, other scripts, symbols
    /// without a spoken name. Blanks and invisible joiners are not counted.
    pub dropped: usize,
}

/// The text holds nothing a voice can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NothingToSpeak {
    /// Empty, or blanks only.
    Blank,
    /// Characters, but no letter or digit among them that an English voice can say.
    Unspeakable,
}

impl NothingToSpeak {
    /// The reason in words for a person.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Blank => "it is empty or blank",
            Self::Unspeakable => "it has no letter or digit that an English voice can say",
        }
    }
}

/// What becomes of one character.
enum Fate {
    Keep(char),
    /// Several ASCII characters in its stead.
    Spell(&'static str),
    Blank,
    /// Blank, and counted as left out.
    Control,
    /// Nothing, and nothing is lost: joiners, marks of direction, variation selectors.
    Invisible,
    Drop,
}

/// Makes text speakable: curly quotes straight, blanks collapsed, full-width and accented letters
/// folded where no English spelling uses them, and whatever no English voice can say left out and
/// counted.
///
/// # Errors
/// [`NothingToSpeak`] when no letter and no digit is left.
pub fn sanitise(text: &str) -> Result<Speakable, NothingToSpeak> {
    let mut out = Collector::default();
    let mut dropped = 0;
    for c in text.chars() {
        match fate(c) {
            Fate::Keep(kept) => out.push(kept),
            Fate::Spell(spelled) => spelled.chars().for_each(|s| out.push(s)),
            Fate::Blank => out.blank(c),
            Fate::Control => {
                dropped += 1;
                out.blank(' ');
            }
            Fate::Invisible => out.mark(c),
            Fate::Drop => {
                dropped += 1;
                // A symbol between two words parts them: `red🍎green` is two words.
                out.blank(' ');
            }
        }
    }
    let text = out.text;
    if text.chars().any(char::is_alphanumeric) {
        Ok(Speakable { text, dropped })
    } else if dropped == 0 && text.is_empty() {
        Err(NothingToSpeak::Blank)
    } else {
        Err(NothingToSpeak::Unspeakable)
    }
}

/// Builds the text with its blanks collapsed.
#[derive(Default)]
struct Collector {
    text: String,
    blank: bool,
    newlines: usize,
}

impl Collector {
    fn push(&mut self, c: char) {
        if self.blank && !self.text.is_empty() {
            // A blank line parts paragraphs, and a voice should hear that.
            self.text.push(if self.newlines > 1 { '\n' } else { ' ' });
        }
        self.blank = false;
        self.newlines = 0;
        self.text.push(c);
    }

    fn blank(&mut self, c: char) {
        self.blank = true;
        match c {
            '\n' | '\u{2028}' => self.newlines += 1,
            '\u{2029}' => self.newlines += 2,
            _ => {}
        }
    }

    /// Joins a combining mark to the letter before it, where Latin-1 has the letter so marked.
    fn mark(&mut self, mark: char) {
        if self.blank {
            return;
        }
        if let Some(joined) = self
            .text
            .chars()
            .last()
            .and_then(|last| compose(last, mark))
        {
            self.text.pop();
            self.text.push(joined);
        }
    }
}

fn fate(c: char) -> Fate {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}' | '\u{2032}' | '\u{02BC}'
        | '\u{00B4}' => Fate::Keep('\''),
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{2033}' | '\u{00AB}'
        | '\u{00BB}' => Fate::Keep('"'),
        '\u{2010}' | '\u{2011}' | '\u{2212}' => Fate::Keep('-'),
        '\u{2012}' | '\u{2013}' | '\u{2015}' => Fate::Keep('\u{2014}'),
        '\u{2014}' | '\u{2026}' => Fate::Keep(c),
        '\u{3002}' => Fate::Keep('.'),
        '\u{3001}' => Fate::Keep(','),
        '\u{FEFF}'
        | '\u{00AD}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' => Fate::Invisible,
        '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{0300}'..='\u{036F}' => {
            Fate::Invisible
        }
        '\u{E0100}'..='\u{E01EF}' => Fate::Invisible,
        _ if c.is_whitespace() => Fate::Blank,
        _ if c.is_control() => Fate::Control,
        ' '..='~' => Fate::Keep(c),
        // Full-width forms of the ASCII characters.
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(c) - 0xFEE0).map_or(Fate::Drop, Fate::Keep)
        }
        '\u{00C0}'..='\u{00FF}' => Fate::Keep(c),
        // Symbols that eSpeak NG has English words for.
        '¢' | '£' | '¥' | '€' | '§' | '©' | '®' | '™' | '°' | '±' | '²' | '³' | '¹' | 'µ' | '¼'
        | '½' | '¾' | '№' | '≤' | '≥' | '≠' | '≈' => Fate::Keep(c),
        // Greek letters are read by name: the pi of a formula, the beta of a release.
        '\u{0391}'..='\u{03A1}' | '\u{03A3}'..='\u{03A9}' | '\u{03B1}'..='\u{03C9}' => {
            Fate::Keep(c)
        }
        _ => fold_latin(c).map_or(Fate::Drop, Fate::Spell),
    }
}

/// A word in ASCII letters and digits: letters with marks lose them, letters English does not have become those it
/// would use, and everything else goes.
pub(crate) fn plain_letters(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars() {
        match fate(c) {
            Fate::Keep(kept) if kept.is_ascii_alphanumeric() => plain.push(kept),
            Fate::Keep(kept) => plain.push_str(fold::fold_latin_1(kept).unwrap_or_default()),
            Fate::Spell(letters) => plain.push_str(letters),
            _ => {}
        }
    }
    plain
}
