//! Times of day, durations and ratios.

use crate::Accent;

use super::cardinal::{Words, cardinal, digits, whole};

/// What stands on a colon or before `am`, in words: `10:30`, `3pm`, `9:05am`, `15:00`, `10:30:15`, `16:9`.
pub(super) fn time(text: &str, accent: Accent) -> Option<String> {
    let (bare, meridiem) = split_meridiem(text);
    let parts: Vec<&str> = bare.split(':').take(4).collect();
    let number = |text: &str| -> Option<u128> {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| fits)
    };
    let mut words = match (parts.as_slice(), meridiem) {
        ([hour], Some(_)) => cardinal(hour, accent)
            .into_iter()
            .filter(|_| number(hour).is_some_and(|h| h <= 12))
            .collect(),
        ([hour, minute], _) if minute.len() == 2 => clock(
            number(hour)?,
            number(minute)?,
            hour.starts_with('0'),
            meridiem.is_some(),
        )?,
        ([hour, minute, second], _) if minute.len() == 2 && second.len() == 2 => {
            let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
            let mut words = clock(hour, minute, false, true)?;
            if second > 59 {
                return None;
            }
            words.push("and");
            words.extend(whole(second, accent));
            words.push(if second == 1 { "second" } else { "seconds" });
            words
        }
        _ => return None,
    };
    if words.is_empty() {
        return None;
    }
    words.extend(meridiem);
    Some(words.join(" "))
}

/// `am` or `pm` behind a time.
fn split_meridiem(text: &str) -> (&str, Option<&'static str>) {
    for (written, said) in [
        ("a.m", "AM"),
        ("p.m", "PM"),
        ("A.M", "AM"),
        ("P.M", "PM"),
        ("am", "AM"),
        ("pm", "PM"),
        ("AM", "AM"),
        ("PM", "PM"),
    ] {
        if let Some(bare) = text.strip_suffix(written) {
            return (bare, Some(said));
        }
    }
    (text, None)
}

fn clock(hour: u128, minute: u128, padded: bool, bare: bool) -> Option<Words> {
    if hour > 24 || minute > 59 {
        return None;
    }
    let accent = Accent::American;
    let mut words = if hour == 0 {
        vec!["zero"]
    } else {
        whole(hour, accent)
    };
    match minute {
        0 if bare => {}
        0 if hour > 12 || hour == 0 || padded => words.push("hundred"),
        0 => words.push("o'clock"),
        1..10 => {
            words.push("oh");
            words.extend(whole(minute, accent));
        }
        _ => words.extend(whole(minute, accent)),
    }
    Some(words)
}

/// `16:9` and `2:1`; a verse is read as a time is.
pub(super) fn ratio(text: &str, accent: Accent) -> Option<String> {
    let (left, right) = text.split_once(':')?;
    let fits =
        |t: &str| (1..=6).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !fits(left) || !fits(right) {
        return None;
    }
    let say = |t: &str| match t.split_once('.') {
        Some((whole, decimals)) => {
            let mut words = cardinal(whole, accent);
            words.push("point");
            words.extend(digits(decimals));
            words
        }
        None => cardinal(t, accent),
    };
    let mut words = say(left);
    // A fifty-fifty chance.
    if left != right || left == "1" {
        words.push("to");
    }
    words.extend(say(right));
    Some(words.join(" "))
}
