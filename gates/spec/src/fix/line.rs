//! Repairs of one line, or of one value that runs over several.

use super::Repair;
use crate::parse::is_block_header;

/// How many lines above the place the parser stopped at the cause may lie.
const ABOVE: usize = 3;

/// Texts with one repair each, the likeliest first.
pub(super) fn candidates(text: &str, number: usize) -> Vec<(String, Repair)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let last = number.min(lines.len());
    // The line itself, those above, and the one below: a tab is noticed at the end of the line before.
    let near = (last.saturating_sub(ABOVE).max(1)..=last)
        .rev()
        .chain([last + 1]);
    let mut candidates = Vec::new();
    for number in near {
        let Some(line) = lines.get(number - 1) else {
            continue;
        };
        for (replacement, lines_taken, what) in repairs(line, lines.get(number..).unwrap_or(&[])) {
            let mut mended: String = lines.get(..number - 1).unwrap_or_default().concat();
            mended.push_str(&replacement);
            mended.push_str(
                &lines
                    .get(number - 1 + lines_taken..)
                    .unwrap_or_default()
                    .concat(),
            );
            candidates.push((mended, Repair { line: number, what }));
        }
    }
    candidates
}

/// Replacements for a line and, where its value runs on, the lines it runs over.
fn repairs(line: &str, following: &[&str]) -> Vec<(String, usize, &'static str)> {
    let (content, ending) = split_ending(line);
    let body = content.trim_start_matches([' ', '\t']);
    let indent = content
        .get(..content.len() - body.len())
        .unwrap_or_default();
    if body.is_empty() || body.starts_with('#') {
        return Vec::new();
    }
    if indent.contains('\t') {
        return [2, 4, 8]
            .into_iter()
            .map(|width| {
                let spaces = indent.replace('\t', &" ".repeat(width));
                (
                    format!("{spaces}{body}{ending}"),
                    1,
                    "tabs in the indentation became spaces",
                )
            })
            .collect();
    }
    let Some((before, value)) = value_of(body) else {
        return Vec::new();
    };
    if let Some(quoted) = straight(value) {
        return vec![(
            format!("{indent}{before}{quoted}{ending}"),
            1,
            "curly quotes became straight ones",
        )];
    }
    if !needs_quotes(value) {
        return Vec::new();
    }
    let depth = indent.chars().count();
    let runs_on: Vec<&str> = following
        .iter()
        .take_while(|next| {
            let next = next.trim_end();
            let text = next.trim_start();
            !text.is_empty() && !text.starts_with('#') && next.len() - text.len() > depth
        })
        .map(|next| next.trim())
        .collect();
    let what = if is_checkbox(value) {
        "the checklist item was quoted"
    } else {
        "the value was quoted"
    };
    let mut repairs = Vec::new();
    let (value, comment) = split_comment(value);
    repairs.push((
        format!("{indent}{before}{}{comment}{ending}", quote(value)),
        1,
        what,
    ));
    if !runs_on.is_empty() && comment.is_empty() {
        let whole = std::iter::once(value)
            .chain(runs_on.iter().copied())
            .collect::<Vec<_>>()
            .join(" ");
        repairs.push((
            format!("{indent}{before}{}{ending}", quote(&whole)),
            1 + runs_on.len(),
            what,
        ));
    }
    repairs
}

/// The line without its ending, and its ending.
fn split_ending(line: &str) -> (&str, &str) {
    let content = line.trim_end_matches(['\n', '\r']);
    (content, line.get(content.len()..).unwrap_or_default())
}

/// What stands before a value (dashes, a key and its colon), and the value.
fn value_of(body: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    while body.get(at..)?.starts_with("- ") {
        let rest = body.get(at + 2..)?;
        at = body.len() - rest.trim_start_matches(' ').len();
    }
    let rest = body.get(at..)?;
    if is_checkbox(rest) || rest.starts_with(['"', '\'', '[', '{']) {
        return Some(body.split_at(at)).filter(|_| at > 0);
    }
    if let Some(colon) = rest.find(": ") {
        let key = rest.get(..colon)?;
        // A key is a word; what has blanks before its colon is a sentence.
        if !key.is_empty() && !key.contains([' ', '"', '\'']) {
            let value = rest.get(colon + 2..)?.trim_start_matches(' ');
            if value.is_empty() {
                return None;
            }
            return Some(body.split_at(body.len() - value.len()));
        }
    }
    (at > 0).then(|| body.split_at(at))
}

fn is_checkbox(value: &str) -> bool {
    ["[ ] ", "[x] ", "[X] ", "[] "]
        .iter()
        .any(|check| value.starts_with(check))
}

/// Whether a bare value is something else to YAML than the text it looks like.
fn needs_quotes(value: &str) -> bool {
    if is_checkbox(value) {
        return true;
    }
    match value.chars().next() {
        Some('>' | '|') => !is_block_header(value),
        Some('@' | '`' | '%' | '*' | '&' | '!') => true,
        Some('"' | '\'' | '[' | '{' | '#') | None => false,
        Some(_) => value.contains(": ") || value.trim_end().ends_with(':'),
    }
}

/// A value in curly quotes, in straight ones.
fn straight(value: &str) -> Option<String> {
    let (value, comment) = split_comment(value);
    let double = || {
        value
            .strip_prefix(['\u{201c}', '\u{201d}', '\u{201e}'])?
            .strip_suffix(['\u{201c}', '\u{201d}'])
    };
    let single = || {
        value
            .strip_prefix(['\u{2018}', '\u{2019}'])?
            .strip_suffix(['\u{2018}', '\u{2019}'])
    };
    let inner = double().or_else(single)?;
    Some(format!("{}{comment}", quote(inner)))
}

/// A value and the comment behind it, with the blanks between them.
fn split_comment(value: &str) -> (&str, &str) {
    let text = value
        .find(" #")
        .map_or(value, |at| value.get(..at).unwrap_or(value));
    let text = text.trim_end();
    (text, value.get(text.len()..).unwrap_or_default().trim_end())
}

/// A text in quotes: double ones, or single ones where that saves escapes.
pub(crate) fn quote(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\t' => quoted.push_str("\\t"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
