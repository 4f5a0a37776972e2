//! Dates.

use crate::Accent;

use super::cardinal::{digits, into_ordinal, whole, year};

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [(&str, &str); 11] = [
    ("Mon", "Monday"),
    ("Tue", "Tuesday"),
    ("Tues", "Tuesday"),
    ("Wed", "Wednesday"),
    ("Weds", "Wednesday"),
    ("Thu", "Thursday"),
    ("Thur", "Thursday"),
    ("Thurs", "Thursday"),
    ("Fri", "Friday"),
    ("Sat", "Saturday"),
    ("Sun", "Sunday"),
];

/// The month of a full name, in any case that is not all lower.
pub(super) fn month(text: &str) -> Option<&'static str> {
    let capital = text.starts_with(|c: char| c.is_ascii_uppercase());
    MONTHS
        .iter()
        .find(|m| capital && m.eq_ignore_ascii_case(text))
        .copied()
}

/// The month of a short name: `Jan`, `Sept`.
pub(super) fn short_month(text: &str) -> Option<&'static str> {
    if text == "Sept" {
        return Some("September");
    }
    MONTHS
        .iter()
        .find(|m| text.len() == 3 && text != "May" && m.get(..3) == Some(text))
        .copied()
}

/// The day of the week of a short name.
pub(super) fn short_day(text: &str) -> Option<&'static str> {
    DAYS.iter()
        .find(|(short, _)| *short == text)
        .map(|(_, day)| *day)
}

/// Whether it is the number of a day of a month, with or without its ending.
pub(super) fn day(text: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text);
    if bare.is_empty() || bare.len() > 2 || !bare.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    bare.parse().ok().filter(|d| (1..=31).contains(d))
}

/// The ordinal of a day.
pub(super) fn day_words(day: u32) -> String {
    into_ordinal(whole(u128::from(day), Accent::American)).join(" ")
}

/// A date in digits: `2025-03-14`, `3/14/2025` and `14/3/2025` in the order of the accent, `14.03.2025`.
pub(super) fn date(text: &str, accent: Accent) -> Option<String> {
    let (text, time) = match text.split_once('T') {
        Some((date, time)) if text.get(4..5) == Some("-") => (date, Some(time)),
        _ => (text, None),
    };
    let separator = text
        .chars()
        .find(|c| !c.is_ascii_digit())
        .filter(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).take(4).collect();
    let [a, b, c] = parts.as_slice() else {
        return None;
    };
    if ![a, b, c]
        .iter()
        .all(|p| matches!(p.len(), 1 | 2 | 4) && p.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let number = |t: &str| t.parse::<u32>().ok();
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let fits = |month: u32, day: u32| (1..=12).contains(&month) && (1..=31).contains(&day);
    let (year, month, day) = if a.len() == 4 && b.len() <= 2 && c.len() <= 2 {
        (first, second, third)
    } else if (c.len() == 4 || c.len() == 2 && separator == '/') && a.len() <= 2 && b.len() <= 2 {
        let american = accent == Accent::American && separator != '.';
        let (month, day) = match (american, fits(first, second), fits(second, first)) {
            (true, true, _) | (false, true, false) => (first, second),
            _ => (second, first),
        };
        let full = match (c.len(), third) {
            (4, year) => year,
            (_, short @ 0..50) => 2000 + short,
            (_, short) => 1900 + short,
        };
        (full, month, day)
    } else {
        return None;
    };
    if !fits(month, day) {
        return None;
    }
    let said = say_date(year, month, day, accent)?;
    match time {
        None => Some(said),
        Some(time) => {
            let zone = time.ends_with('Z');
            let time = time.trim_end_matches('Z');
            let time = time.split_once('.').map_or(time, |(seconds, _)| seconds);
            let time = super::clock::time(time, accent)?;
            let zone = if zone { " UTC" } else { "" };
            Some(format!("{said} at {time}{zone}"))
        }
    }
}

fn say_date(number: u32, month: u32, day: u32, accent: Accent) -> Option<String> {
    let at = usize::try_from(month.checked_sub(1)?).ok()?;
    let month = MONTHS.get(at)?;
    let day = day_words(day);
    let year = year(u128::from(number), accent).join(" ");
    Some(match accent {
        Accent::American => format!("{month} {day} {year}"),
        Accent::British => format!("the {day} of {month} {year}"),
    })
}

/// A short year with its apostrophe, `'08` or `'95`.
pub(super) fn short_year(text: &str) -> Option<String> {
    let number = text.strip_prefix('\'').filter(|t| t.len() == 2)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(match number.strip_prefix('0') {
        Some(one) => format!("oh {}", digits(one).join(" ")),
        None => whole(number.parse().ok()?, Accent::American).join(" "),
    })
}
