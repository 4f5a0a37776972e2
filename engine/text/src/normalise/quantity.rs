//! A number with what belongs to it: sign, currency, unit, percent, ordinal ending.

use crate::Accent;

use super::cardinal::{
    Words, cardinal, decade, digits, into_ordinal, name, ordinal, plural, whole, year,
};
use super::money::{self, Currency};
use super::unit;

/// A number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number<'t> {
    /// Digits before the point, without separators; may be empty.
    pub(super) whole: String,
    /// Digits after the point.
    pub(super) decimals: &'t str,
    /// Whether separators parted thousands.
    pub(super) grouped: bool,
}

impl Number<'_> {
    pub(super) fn is_one(&self) -> bool {
        self.whole == "1" && self.decimals.is_empty()
    }

    /// The number in words.
    pub(super) fn words(&self, accent: Accent) -> Words {
        let mut words = match self.whole.as_str() {
            "" => Words::new(),
            // Nobody says a number of so many digits; they are an account's, a card's, a serial's.
            long if long.len() > 10 && !self.grouped && !long.ends_with("000") => digits(long),
            whole => cardinal(whole, accent),
        };
        if !self.decimals.is_empty() {
            words.push("point");
            words.extend(digits(self.decimals));
        }
        words
    }

    fn value(&self) -> Option<u128> {
        self.whole.parse().ok().filter(|_| self.decimals.is_empty())
    }
}

/// The unsigned number a text begins with, and what follows it.
pub(super) fn number(text: &str) -> Option<(Number<'_>, &str)> {
    let (mut whole, mut rest) = split_digits(text);
    let mut joined = whole.to_owned();
    let mut grouped = false;
    // 1,234,567 and the Indian 12,34,567; the last group has three digits.
    while let Some(after) = rest.strip_prefix(',').filter(|_| !whole.is_empty()) {
        let (group, behind) = split_digits(after);
        let last = !behind.starts_with(',') || split_digits(behind.get(1..)?).0.is_empty();
        if joined.len() > 60 || !(group.len() == 3 || group.len() == 2 && !last) {
            break;
        }
        joined.push_str(group);
        (whole, rest, grouped) = (group, behind, true);
    }
    let mut decimals = "";
    if let Some(after) = rest.strip_prefix('.') {
        let (found, behind) = split_digits(after);
        if !found.is_empty() {
            (decimals, rest) = (found, behind);
        }
    }
    let found = Number {
        whole: joined,
        decimals,
        grouped,
    };
    (!found.whole.is_empty() || !decimals.is_empty()).then_some((found, rest))
}

fn split_digits(text: &str) -> (&str, &str) {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// What the words around a number tell of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) accent: Accent,
    /// A four-digit number is a year unless the words around say it counts something.
    pub(super) year: bool,
    /// `30s` is a decade, not a time.
    pub(super) decade: bool,
}

/// A text that is one number with what belongs to it, in words.
pub(super) fn quantity(text: &str, around: Around) -> Option<String> {
    let accent = around.accent;
    let (sign, rest) = sign(text);
    let mut said = Words::new();
    said.extend(sign);
    if let Some((currency, amount)) = money::before(rest) {
        let (minus, amount) = if sign.is_some() {
            (None, amount)
        } else {
            self::sign(amount)
        };
        said.extend(minus);
        let (number, rest) = number(amount)?;
        let amount = amount_words(&number, rest, currency, accent)?;
        return Some(join(&said, &amount));
    }
    let (number, rest) = match vulgar(rest) {
        Some(words) => return Some(join(&said, &words.join(" "))),
        None => number(rest)?,
    };
    if rest.is_empty() {
        let plain = plain_words(&number, around);
        return Some(join(&said, &plain.join(" ")));
    }
    let words = with_ending(&number, rest, around)?;
    Some(join(&said, &words))
}

/// A sign before a number, and what follows it.
fn sign(text: &str) -> (Option<&'static str>, &str) {
    let mut rest = text.chars();
    let said = match rest.next() {
        Some('-' | '−' | '–') => "minus",
        Some('+') => "plus",
        Some('±') => "plus or minus",
        Some('~' | '≈') => "about",
        Some('<') => "less than",
        Some('>') => "more than",
        Some('≤') => "at most",
        Some('≥') => "at least",
        Some('×') => "times",
        Some('√') => "the square root of",
        _ => return (None, text),
    };
    (Some(said), rest.as_str())
}

fn join(words: &[&str], rest: &str) -> String {
    let mut all = words.join(" ");
    if !all.is_empty() && !rest.is_empty() {
        all.push(' ');
    }
    all + rest
}

fn plain_words(number: &Number<'_>, around: Around) -> Words {
    match number.value() {
        Some(value) if around.year && !number.grouped && number.whole.len() == 4 => {
            year(value, around.accent)
        }
        _ => number.words(around.accent),
    }
}

/// An amount of money in words; `rest` may hold `k`, `bn`, `/month`.
fn amount_words(
    number: &Number<'_>,
    rest: &str,
    currency: &Currency,
    accent: Accent,
) -> Option<String> {
    let (rest, per) = match rest.split_once('/') {
        Some((before, after)) => (before, Some(after)),
        None => (rest, None),
    };
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let (rest, more) = match rest.strip_suffix('+') {
        Some(bare) => (bare, true),
        None => (rest, false),
    };
    let mut said = money_words(number, rest, currency, accent)?;
    if more {
        said.push_str(" plus");
    }
    if let Some(per) = per {
        let what = unit::per(per, accent)
            .or_else(|| per.chars().all(char::is_alphabetic).then(|| per.to_owned()))
            .or_else(|| {
                let (number, rest) = self::number(per)?;
                matches!(rest, "k" | "K" | "M").then(|| {
                    let power = if rest == "M" { "million" } else { "thousand" };
                    format!("{} {power}", number.words(accent).join(" "))
                })
            })?;
        said.push_str(" per ");
        said.push_str(&what);
    }
    Some(said)
}

fn money_words(
    number: &Number<'_>,
    rest: &str,
    currency: &Currency,
    accent: Accent,
) -> Option<String> {
    if let Some(power) = money::magnitude(rest) {
        let mut words = number.words(accent);
        words.extend([power, currency.many]);
        return Some(words.join(" "));
    }
    let decimals = match rest.strip_prefix(',') {
        // 5,50 as the continent writes it.
        Some(cents) if number.decimals.is_empty() && cents.len() == 2 => cents,
        _ if rest.is_empty() => number.decimals,
        _ => return None,
    };
    let cents = decimals.bytes().all(|b| b.is_ascii_digit()) && decimals.len() == 2;
    if !cents || currency.cent.is_empty() {
        let mut words = number.words(accent);
        words.push(if number.is_one() {
            currency.one
        } else {
            currency.many
        });
        return Some(words.join(" "));
    }
    let bare = Number {
        whole: number.whole.clone(),
        decimals: "",
        grouped: number.grouped,
    };
    let nothing = bare.whole.chars().all(|c| c == '0');
    let hundredths: u128 = decimals.parse().ok()?;
    let mut words = Words::new();
    if !nothing || hundredths == 0 {
        words.extend(bare.words(accent));
        words.push(if bare.is_one() {
            currency.one
        } else {
            currency.many
        });
    }
    if hundredths > 0 {
        if !nothing {
            words.push("and");
        }
        words.extend(whole(hundredths, accent));
        words.push(if hundredths == 1 {
            currency.cent
        } else {
            currency.cents
        });
    }
    Some(words.join(" "))
}

/// A number with something right behind it.
fn with_ending(number: &Number<'_>, rest: &str, around: Around) -> Option<String> {
    let accent = around.accent;
    let plain = number.words(accent).join(" ");
    let simple = |ending: &str| Some(format!("{plain} {ending}"));
    let whole_number = number.decimals.is_empty();
    match rest {
        "%" | "pc" => return simple("percent"),
        "‰" => return simple("per mille"),
        "+" => return simple("plus"),
        "%+" => return simple("percent plus"),
        "x" | "×" | "X" => return simple("times"),
        "k" | "K" => return simple("K"),
        "M" | "mn" => return simple("million"),
        "B" | "bn" => return simple("billion"),
        "tn" => return simple("trillion"),
        "²" | "^2" => return simple("squared"),
        "³" | "^3" => return simple("cubed"),
        "st" | "nd" | "rd" | "th" | "ST" | "ND" | "RD" | "TH" | "º" | "ª"
            if whole_number && (rest != "st" || number.whole.ends_with('1')) =>
        {
            return Some(ordinal(&number.whole, accent).join(" "));
        }
        "s" | "'s" if whole_number => {
            if let Some(words) = plural_words(number, around) {
                return Some(words.join(" "));
            }
            if rest == "'s" {
                let owner = plain_words(number, around).join(" ");
                return Some(format!("{owner}'s"));
            }
        }
        _ => {}
    }
    if let Some(part) = vulgar(rest).filter(|_| whole_number) {
        let half = part.as_slice() == ["one", "half"] || part.first() == Some(&"one");
        let part = if half {
            let mut part = part;
            if let Some(first) = part.first_mut() {
                *first = "a";
            }
            part.join(" ")
        } else {
            part.join(" ")
        };
        return Some(format!("{plain} and {part}"));
    }
    if let Some(currency) = money::named(rest) {
        return money_words(number, "", currency, accent);
    }
    if let Some(words) = power(rest, accent) {
        return simple(&words);
    }
    // Half a unit and the unit of a fraction are single; so is one.
    unit::suffix(rest, number.is_one(), false, accent).and_then(|u| simple(&u))
}

fn plural_words(number: &Number<'_>, around: Around) -> Option<Words> {
    let value = number.value()?;
    let tens = value.is_multiple_of(10) && value > 10;
    match number.whole.len() {
        4 if tens => Some(decade(value, around.accent)),
        2 if tens && around.decade => Some(plural(whole(value, around.accent))),
        1 if value == 0 => Some(plural(name(&number.whole, around.accent))),
        _ => None,
    }
}

/// `e-3`, `E6`, `⁶`, `^-6` behind a number.
fn power(rest: &str, accent: Accent) -> Option<String> {
    let (exponent, scientific) = if let Some(after) = rest.strip_prefix(['e', 'E']) {
        (after.to_owned(), true)
    } else if let Some(after) = rest.strip_prefix('^') {
        (after.to_owned(), false)
    } else {
        (super_digits(rest)?, false)
    };
    let exponent = exponent.strip_prefix('+').unwrap_or(&exponent);
    let (minus, size) = match exponent.strip_prefix(['-', '−']) {
        Some(size) => (Some("minus"), size),
        None => (None, exponent),
    };
    if size.is_empty() || size.len() > 3 || !size.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut words = Words::new();
    if scientific {
        words.extend(["times", "ten"]);
    }
    words.extend(["to", "the"]);
    words.extend(minus);
    let bare = size.trim_start_matches('0');
    let bare = if bare.is_empty() { "0" } else { bare };
    words.extend(match minus {
        Some(_) => cardinal(bare, accent),
        None => into_ordinal(cardinal(bare, accent)),
    });
    Some(words.join(" "))
}

/// Superscripts as plain digits.
fn super_digits(text: &str) -> Option<String> {
    text.chars()
        .map(|c| {
            Some(match c {
                '⁰' => '0',
                '¹' => '1',
                '²' => '2',
                '³' => '3',
                '⁴' => '4',
                '⁵' => '5',
                '⁶' => '6',
                '⁷' => '7',
                '⁸' => '8',
                '⁹' => '9',
                '⁻' => '-',
                _ => return None,
            })
        })
        .collect()
}

/// A fraction that is one character.
pub(super) fn vulgar(text: &str) -> Option<Words> {
    Some(match text {
        "½" => vec!["one", "half"],
        "¼" => vec!["one", "quarter"],
        "¾" => vec!["three", "quarters"],
        "⅓" => vec!["one", "third"],
        "⅔" => vec!["two", "thirds"],
        "⅕" => vec!["one", "fifth"],
        "⅖" => vec!["two", "fifths"],
        "⅗" => vec!["three", "fifths"],
        "⅘" => vec!["four", "fifths"],
        "⅙" => vec!["one", "sixth"],
        "⅚" => vec!["five", "sixths"],
        "⅛" => vec!["one", "eighth"],
        "⅜" => vec!["three", "eighths"],
        "⅝" => vec!["five", "eighths"],
        "⅞" => vec!["seven", "eighths"],
        _ => return None,
    })
}

/// `3/4` in words; `None` where it is no fraction people say.
pub(super) fn fraction(above: &str, below: &str, accent: Accent) -> Option<String> {
    let (top, bottom): (u32, u32) = (above.parse().ok()?, below.parse().ok()?);
    if above.len() > 3 || below.len() > 3 || above.starts_with('0') || below.starts_with('0') {
        return None;
    }
    let mut words = cardinal(above, accent);
    match (top, bottom) {
        (24, 7) | (9, 11) | (7, 11) => words.extend(cardinal(below, accent)),
        // `50/50`, and `the 80/20 rule`: shares of a hundred.
        _ if top == bottom || top + bottom == 100 && bottom < 50 => {
            words.extend(cardinal(below, accent));
        }
        (1, 2) => words.push("half"),
        (_, 2) => words.push("halves"),
        (1, 4) => words.push("quarter"),
        (_, 4) => words.push("quarters"),
        (2.., 10 | 100) => {
            words.extend(["out", "of"]);
            words.extend(cardinal(below, accent));
        }
        (_, 3 | 5..=10 | 12 | 16 | 20 | 32 | 64 | 100) => {
            let last = into_ordinal(cardinal(below, accent));
            let mut said = words.join(" ");
            said.push(' ');
            said.push_str(&last.join(" "));
            if top > 1 {
                said.push('s');
            }
            return Some(said);
        }
        _ => {
            words.push("over");
            words.extend(cardinal(below, accent));
        }
    }
    Some(words.join(" "))
}
