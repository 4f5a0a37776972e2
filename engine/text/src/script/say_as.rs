//! `<say-as>`: how a writer wants characters, numbers and dates to be read.

#[cfg(test)]
mod tests;

use super::map::Mapped;
use super::piece::Pieces;
use crate::normalise::calendar::MONTHS;
use crate::word::Word;

const DIGITS: [&str; 10] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
];

/// Ways of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SayAs {
    /// Every letter and digit by its name.
    Characters,
    /// As a whole number, whatever it looks like.
    Cardinal,
    /// As a place in a row.
    Ordinal,
    /// Digit by digit, with breaths where the writer left gaps.
    Telephone,
    /// A date whose numbers come in this order.
    Date([Option<Part>; 3]),
    /// As the text reads it by itself: times, fractions, sums of money, units.
    Plain,
}

/// A number of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Day,
    Month,
    Year,
}

impl SayAs {
    /// The way that `interpret-as` and `format` name.
    pub(super) fn named(name: &str, format: Option<&str>) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "characters" | "spell-out" | "spell" | "verbatim" | "letters" => Self::Characters,
            "cardinal" | "number" if format == Some("ordinal") => Self::Ordinal,
            "cardinal" | "number" => Self::Cardinal,
            "ordinal" => Self::Ordinal,
            "digits" | "telephone" => Self::Telephone,
            "date" => Self::Date(order(format.unwrap_or("mdy"))),
            "time" | "fraction" | "currency" | "unit" | "address" => Self::Plain,
            _ => return None,
        })
    }

    /// Reads text that way.
    pub(super) fn read(self, text: &Mapped, pieces: &mut Pieces) {
        let source = text.whole_source();
        let bare = text.text().trim();
        let instead = match self {
            Self::Characters => return pieces.words(characters(text)),
            Self::Telephone => return pieces.words(digits(text)),
            Self::Cardinal => grouped(bare),
            Self::Ordinal => ordinal(bare),
            Self::Date(order) => date(bare, order),
            Self::Plain => None,
        };
        match instead {
            Some(instead) => pieces.instead(&instead, source),
            None => pieces.append(text),
        }
    }
}

/// Letters of a row together, each digit by itself.
fn characters(text: &Mapped) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let source = text.whole_source();
    for c in text.text().chars() {
        if let Some(digit) = digit(c) {
            words.push(Word::spoken(digit, source.clone()));
        } else if c.is_alphabetic() {
            words.push(Word::letters(c.encode_utf8(&mut [0; 4]), source.clone()));
        }
    }
    words
}

fn digits(text: &Mapped) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let source = text.whole_source();
    let mut gap = false;
    for c in text.text().chars() {
        let said = match c {
            '+' => Some("plus"),
            '*' => Some("star"),
            '#' => Some("pound"),
            _ => digit(c),
        };
        let Some(said) = said else {
            gap = !c.is_alphabetic();
            if !gap {
                words.push(Word::letters(c.encode_utf8(&mut [0; 4]), source.clone()));
            }
            continue;
        };
        if gap && !words.is_empty() {
            words.push(Word::mark(',', source.clone()));
        }
        gap = false;
        words.push(Word::spoken(said, source.clone()));
    }
    words
}

fn digit(c: char) -> Option<&'static str> {
    let value = usize::try_from(c.to_digit(10)?).ok()?;
    DIGITS.get(value).copied()
}

/// A whole number with commas, so that nobody takes it for a year.
fn grouped(text: &str) -> Option<String> {
    let (sign, number) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(number) => ("-", number),
        None => ("", text),
    };
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut grouped = String::from(sign);
    for (at, c) in number.chars().enumerate() {
        if at > 0 && (number.len() - at) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(c);
    }
    Some(grouped)
}

fn ordinal(text: &str) -> Option<String> {
    let grouped = grouped(text)?;
    let teens = matches!(
        text.get(text.len().saturating_sub(2)..),
        Some("11" | "12" | "13")
    );
    let ending = match text.chars().last()? {
        '1' if !teens => "st",
        '2' if !teens => "nd",
        '3' if !teens => "rd",
        _ => "th",
    };
    Some(grouped + ending)
}

/// The order that a format such as `dmy` or `yyyy-mm-dd` names.
fn order(format: &str) -> [Option<Part>; 3] {
    let mut order = [None; 3];
    for c in format.chars() {
        let part = match c.to_ascii_lowercase() {
            'd' => Part::Day,
            'm' => Part::Month,
            'y' => Part::Year,
            _ => continue,
        };
        // `yyyymmdd` and `ymd` are the same order.
        if !order.contains(&Some(part))
            && let Some(free) = order.iter_mut().find(|slot| slot.is_none())
        {
            *free = Some(part);
        }
    }
    order
}

/// A date with its month in letters, which nobody can take for another; `None` when it does not fit the order.
fn date(text: &str, order: [Option<Part>; 3]) -> Option<String> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|n| !n.is_empty());
    let (mut day, mut month, mut year) = (None, None, None);
    for part in order.into_iter().flatten() {
        let number = numbers.next()?;
        match part {
            Part::Day => day = Some(number.parse::<u8>().ok().filter(|d| (1..=31).contains(d))?),
            Part::Month => {
                let at = number.parse::<usize>().ok()?.checked_sub(1)?;
                month = Some(*MONTHS.get(at)?);
            }
            Part::Year => year = Some(number),
        }
    }
    if numbers.next().is_some() || text.contains(char::is_alphabetic) {
        return None;
    }
    let said = match (month, day) {
        (Some(month), Some(day)) => format!("{month} {day}"),
        (Some(month), None) => month.to_owned(),
        (None, Some(_)) => return None,
        (None, None) => return year.map(str::to_owned),
    };
    Some(match (year, day) {
        (Some(year), Some(_)) => format!("{said}, {year}"),
        (Some(year), None) => format!("{said} {year}"),
        (None, _) => said,
    })
}
