//! Emoji by their names. Names: Unicode CLDR short names, through the `emojis` crate.

#[cfg(test)]
mod tests;

/// Most characters one emoji is looked for in; the longest (a family, a kiss with skin tones) has ten.
const LONGEST: usize = 10;

/// The emoji a text begins with, in its plain form (no skin tone), and its length in bytes.
pub(super) fn at_start(text: &str) -> Option<(&'static str, usize)> {
    let first = text.chars().next()?;
    // Marks and signs that are text rather than pictures have names of their own.
    if first < '\u{203C}'
        || matches!(first, '\u{2122}' | '\u{2194}' | '\u{3030}' | '\u{303D}')
        || matches!(first, '\u{3400}'..='\u{1EFFF}')
    {
        return None;
    }
    let mut ends = Vec::new();
    for (at, c) in text.char_indices().take(LONGEST) {
        if at > 0 && !continues(c, first) {
            break;
        }
        ends.push(at + c.len_utf8());
    }
    ends.into_iter().rev().find_map(|end| {
        let found = emojis::get(text.get(..end)?)?;
        Some((found.as_str(), end))
    })
}

/// Whether a character can be a later part of an emoji that begins with `first`. Which parts really belong together the table of emoji says.
fn continues(c: char, first: char) -> bool {
    matches!(c, '\u{200D}' | '\u{FE0F}' | '\u{20E3}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
        || matches!(first, '\u{1F1E6}'..='\u{1F1FF}') && matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
        || !matches!(first, '\u{1F1E6}'..='\u{1F1FF}') && c >= '\u{2190}'
}

/// The name of an emoji as it is said: without its skin tone, a flag as the flag of its country.
pub(super) fn name(emoji: &str) -> String {
    let full = emojis::get(emoji).map_or("", |e| e.name());
    let said = match full.split_once(": ") {
        Some(("flag", country)) => format!("flag of {country}"),
        Some(("keycap", key)) => key.to_owned(),
        Some((what, rest)) => {
            let kept: Vec<&str> = rest
                .split(", ")
                .filter(|part| !part.ends_with("skin tone"))
                .collect();
            [&[what], kept.as_slice()].concat().join(" ")
        }
        None => full.to_owned(),
    };
    said.replace('’', "'").replace(['“', '”', '!'], "")
}
