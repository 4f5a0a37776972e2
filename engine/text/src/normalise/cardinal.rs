//! Numbers in words.

#[cfg(test)]
mod tests;

use crate::Accent;

/// Spoken words, in order; one entry may hold several words with a blank between them, upper case stands for letters to be named.
pub(super) type Words = Vec<&'static str>;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// Names of the powers of a thousand, from the first.
const POWERS: [&str; 11] = [
    "thousand",
    "million",
    "billion",
    "trillion",
    "quadrillion",
    "quintillion",
    "sextillion",
    "septillion",
    "octillion",
    "nonillion",
    "decillion",
];
/// Ordinals that are not the cardinal with `th`.
const ORDINALS: [(&str, &str); 26] = [
    ("zero", "zeroth"),
    ("one", "first"),
    ("two", "second"),
    ("three", "third"),
    ("four", "fourth"),
    ("five", "fifth"),
    ("six", "sixth"),
    ("seven", "seventh"),
    ("eight", "eighth"),
    ("nine", "ninth"),
    ("ten", "tenth"),
    ("eleven", "eleventh"),
    ("twelve", "twelfth"),
    ("thirteen", "thirteenth"),
    ("fourteen", "fourteenth"),
    ("fifteen", "fifteenth"),
    ("sixteen", "sixteenth"),
    ("seventeen", "seventeenth"),
    ("eighteen", "eighteenth"),
    ("nineteen", "nineteenth"),
    ("twenty", "twentieth"),
    ("thirty", "thirtieth"),
    ("forty", "fortieth"),
    ("fifty", "fiftieth"),
    ("sixty", "sixtieth"),
    ("seventy", "seventieth"),
];
/// The rest of them: tens and powers.
const GREAT_ORDINALS: [(&str, &str); 7] = [
    ("eighty", "eightieth"),
    ("ninety", "ninetieth"),
    ("hundred", "hundredth"),
    ("thousand", "thousandth"),
    ("million", "millionth"),
    ("billion", "billionth"),
    ("trillion", "trillionth"),
];
/// Tens as decades.
const DECADES: [(&str, &str); 11] = [
    ("ten", "tens"),
    ("twenty", "twenties"),
    ("thirty", "thirties"),
    ("forty", "forties"),
    ("fifty", "fifties"),
    ("sixty", "sixties"),
    ("seventy", "seventies"),
    ("eighty", "eighties"),
    ("ninety", "nineties"),
    ("hundred", "hundreds"),
    ("thousand", "thousands"),
];

fn pick(table: &[&'static str], at: u128) -> &'static str {
    usize::try_from(at)
        .ok()
        .and_then(|at| table.get(at))
        .copied()
        .unwrap_or_default()
}

fn below_hundred(n: u128, words: &mut Words) {
    if n < 20 {
        words.push(pick(&ONES, n));
        return;
    }
    words.push(pick(&TENS, n / 10));
    if !n.is_multiple_of(10) {
        words.push(pick(&ONES, n % 10));
    }
}

fn below_thousand(n: u128, accent: Accent, words: &mut Words) {
    if n >= 100 {
        words.push(pick(&ONES, n / 100));
        words.push("hundred");
        if n.is_multiple_of(100) {
            return;
        }
        if accent == Accent::British {
            words.push("and");
        }
    }
    below_hundred(n % 100, words);
}

/// A whole number in words: `and` before the last two digits in British, not in American.
pub(super) fn whole(n: u128, accent: Accent) -> Words {
    let mut words = Words::new();
    let mut scale: u128 = 1;
    let mut powers = Vec::new();
    for name in POWERS {
        scale *= 1000;
        powers.push((scale, name));
    }
    let mut rest = n;
    for (scale, name) in powers.into_iter().rev() {
        if rest >= scale {
            // Above a thousand decillions the count itself is read as a number.
            words.extend(whole(rest / scale, accent));
            words.push(name);
            rest %= scale;
        }
    }
    if rest > 0 || words.is_empty() {
        if accent == Accent::British && !words.is_empty() && rest < 100 {
            words.push("and");
        }
        below_thousand(rest, accent, &mut words);
    }
    words
}

/// Digits one by one.
pub(super) fn digits(text: &str) -> Words {
    text.chars()
        .filter_map(|c| c.to_digit(10))
        .map(|d| pick(&ONES, u128::from(d)))
        .collect()
}

/// A string of digits as a number; digit by digit when it begins with a zero or is longer than numbers have names for.
pub(super) fn cardinal(text: &str, accent: Accent) -> Words {
    match text.parse::<u128>() {
        Ok(n) if text.len() == 1 || !text.starts_with('0') => whole(n, accent),
        _ => digits(text),
    }
}

/// Turns the last word of a number into its ordinal.
pub(super) fn into_ordinal(mut words: Words) -> Words {
    if let Some(last) = words.last_mut() {
        let found = ORDINALS
            .iter()
            .chain(&GREAT_ORDINALS)
            .find(|(cardinal, _)| cardinal == last);
        match found {
            Some((_, ordinal)) => *last = ordinal,
            None => words.push("th"),
        }
    }
    words
}

/// The ordinal of a string of digits.
pub(super) fn ordinal(text: &str, accent: Accent) -> Words {
    let bare = text.trim_start_matches('0');
    into_ordinal(cardinal(if bare.is_empty() { "0" } else { bare }, accent))
}

/// A year: `1905` is nineteen oh five, `2005` two thousand (and) five, `2015` twenty fifteen.
pub(super) fn year(n: u128, accent: Accent) -> Words {
    let (century, rest) = (n / 100, n % 100);
    if !(1000..10_000).contains(&n) || (century.is_multiple_of(10) && rest < 10) {
        return whole(n, accent);
    }
    let mut words = Words::new();
    below_hundred(century, &mut words);
    match rest {
        0 => words.push("hundred"),
        1..10 => words.extend(["oh", pick(&ONES, rest)]),
        _ => below_hundred(rest, &mut words),
    }
    words
}

/// A decade or a century: the plural of a year.
pub(super) fn decade(n: u128, accent: Accent) -> Words {
    plural(year(n, accent))
}

/// Turns the last word of a number into its plural.
pub(super) fn plural(mut words: Words) -> Words {
    const PLURALS: [(&str, &str); 20] = [
        ("zero", "zeros"),
        ("one", "ones"),
        ("two", "twos"),
        ("three", "threes"),
        ("four", "fours"),
        ("five", "fives"),
        ("six", "sixes"),
        ("seven", "sevens"),
        ("eight", "eights"),
        ("nine", "nines"),
        ("eleven", "elevens"),
        ("twelve", "twelves"),
        ("thirteen", "thirteens"),
        ("fourteen", "fourteens"),
        ("fifteen", "fifteens"),
        ("sixteen", "sixteens"),
        ("seventeen", "seventeens"),
        ("eighteen", "eighteens"),
        ("nineteen", "nineteens"),
        ("million", "millions"),
    ];
    if let Some(last) = words.last_mut()
        && let Some((_, many)) = DECADES
            .iter()
            .chain(&PLURALS)
            .find(|(single, _)| single == last)
    {
        *last = many;
    }
    words
}

/// A number that is a name: `747` is seven forty seven, `405` four oh five, `4090` forty ninety, `64` sixty four.
pub(super) fn name(text: &str, accent: Accent) -> Words {
    let number = text.parse::<u128>().unwrap_or_default();
    match (text.len(), text.starts_with('0')) {
        (1..=2, false) => whole(number, accent),
        (3, false) if !number.is_multiple_of(100) => {
            let mut words = vec![pick(&ONES, number / 100)];
            match number % 100 {
                one @ 1..10 => words.extend(["oh", pick(&ONES, one)]),
                two => below_hundred(two, &mut words),
            }
            words
        }
        (3, false) => whole(number, accent),
        (4, false) => year(number, accent),
        _ => digits(text),
    }
}
