//! What a syntax error of YAML means to the person who wrote the line.

#[cfg(test)]
mod tests;

use caws_evidence::{Finding, codes};
use saphyr_parser::ScanError;

use super::{at, span};
use crate::notice::{Details as _, error};

/// A finding for a syntax error: where, what stands there, what to do.
pub(super) fn syntax(path: &str, text: &str, fault: &ScanError) -> Finding {
    let marker = fault.marker();
    let lines: Vec<&str> = text.lines().collect();
    let line_at = |number: usize| {
        number
            .checked_sub(1)
            .and_then(|index| lines.get(index))
            .copied()
            .unwrap_or_default()
    };
    // An open quote or bracket is noticed at the end of the file, or a line later.
    let (number, column, line) = if marker.line() > lines.len() {
        let last = lines.len().max(1);
        (last, line_at(last).chars().count() + 1, line_at(last))
    } else {
        (
            marker.line().max(1),
            marker.col() + 1,
            line_at(marker.line()),
        )
    };
    let above = line_at(number.saturating_sub(1));
    let culprit = [line, above]
        .into_iter()
        .find_map(|line| habit(line).map(|habit| (line, habit)));
    let (line, advice) = match culprit {
        Some((line, habit)) => (line, habit.to_owned()),
        None => match stepped_in(line, above) {
            Some(key) => (
                line,
                format!("line it up with `{key}` above, which has a value already"),
            ),
            None => (line, general(fault.info()).to_owned()),
        },
    };
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(span(number, column))),
        format!("the file is no YAML: {}", fault.info()),
    )
    .expected("YAML 1.2")
    .found(format!("`{}`", short(line.trim())))
    .help(advice)
}

/// The key of the line above, where it has its value and this line stands deeper.
fn stepped_in<'t>(line: &str, above: &'t str) -> Option<&'t str> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let (key, value) = above.trim_start().split_once(": ")?;
    let value = value.trim();
    let plain = !value.is_empty() && !value.starts_with(['#', '|', '>', '&', '!', '"', '\'']);
    let deeper = depth(line) > depth(above) && line.contains(':');
    (plain && deeper).then_some(key)
}

/// At most 80 characters of a text, for messages.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 80;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

/// Ways of writing that look like text and are something else to YAML.
fn habit(line: &str) -> Option<&'static str> {
    let content = line.trim_start();
    let indent = line.get(..line.len() - content.len()).unwrap_or_default();
    if indent.contains('\t') {
        return Some("indent with spaces; YAML does not take tabs");
    }
    if indent.contains(|blank: char| blank != ' ') {
        return Some(
            "indent with plain spaces; this line has blanks of another kind, often copied from a web page",
        );
    }
    if ["<<<<<<< ", ">>>>>>> "]
        .iter()
        .any(|mark| line.starts_with(mark))
        || line == "======="
    {
        return Some(
            "resolve the merge: take one of the two sides, and remove the marks `<<<<<<<`, `=======` and `>>>>>>>`",
        );
    }
    if content.starts_with("* ") {
        return Some("begin the item with `-`; `*` begins an alias");
    }
    let item = content.strip_prefix("- ").map_or(content, str::trim_start);
    if ["[ ] ", "[x] ", "[X] "]
        .iter()
        .any(|check| item.starts_with(check))
    {
        return Some("quote the checklist item: `- \"[ ] ...\"`; bare, `[ ]` is an empty list");
    }
    let value = item
        .split_once(": ")
        .map_or(item, |(_, value)| value.trim_start());
    let mut letters = value.chars();
    match (letters.next(), letters.next()) {
        (Some('>' | '|'), _) if !is_block_header(value) => {
            Some("quote the value: a bare `>` or `|` begins a block of text on the lines below")
        }
        (Some('@' | '`'), _) => {
            Some("quote the value: YAML reserves `@` and `` ` `` at the beginning")
        }
        (Some('%'), _) => Some("quote the value: `%` begins a directive"),
        (Some('*' | '&' | '!'), _) => {
            Some("quote the value: `*`, `&` and `!` begin an alias, an anchor or a tag")
        }
        (Some('"' | '\''), Some(_)) if !closes(value) => {
            Some("close the quote, or quote the whole value")
        }
        (Some('[' | '{'), _) if !balanced(value) => {
            Some("close the bracket, or quote the whole value")
        }
        (Some(first), _) if !matches!(first, '"' | '\'' | '[' | '{') && value.contains(": ") => {
            Some("quote the value: a bare `: ` within it makes another key")
        }
        _ => None,
    }
}

/// Whether a value that begins with `>` or `|` is the header of a block (YAML 1.2.2 section 8.1.1).
pub(crate) fn is_block_header(value: &str) -> bool {
    let mut rest = value.get(1..).unwrap_or_default();
    // One for the end, one for the depth, in either order.
    let mut chomping = false;
    let mut depth = false;
    for indicator in rest.chars().take(2) {
        match indicator {
            '+' | '-' if !chomping => chomping = true,
            '1'..='9' if !depth => depth = true,
            _ => break,
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    // Behind it only a comment may stand.
    let comment = rest.trim_start();
    comment.is_empty() || comment.len() < rest.len() && comment.starts_with('#')
}

/// Whether a quoted value ends with the quote it begins with.
fn closes(value: &str) -> bool {
    let value = value.trim_end();
    value.chars().next() == value.chars().last()
}

fn balanced(value: &str) -> bool {
    let count = |letter: char| value.matches(letter).count();
    count('[') == count(']') && count('{') == count('}')
}

fn general(info: &str) -> &'static str {
    if info.contains("unprintable") {
        "remove the control character here"
    } else if info.contains("tabs") {
        "indent with spaces; YAML does not take tabs"
    } else if info.contains("unknown anchor") {
        "define the anchor above (`&name`), or quote the value if it is meant as text"
    } else if info.contains("quoted scalar") || info.contains("escape") {
        "close the quote; within double quotes write a backslash twice"
    } else if info.contains("flow") || info.contains("bracket") {
        "close the bracket, and put commas between the entries"
    } else if info.contains("indentation") || info.contains("block") || info.contains("simple key")
    {
        "line the entry up with its neighbours, and give each key a `:` and each item a `-`"
    } else if info.contains("mapping values") {
        "quote the value: a bare `: ` within it makes another key"
    } else {
        "quote the value if it is meant as text"
    }
}
