//! A finding in a document, shown at its place as a compiler would.

use std::borrow::Cow;
use std::fmt::Write as _;

use caws_evidence::Finding;

use crate::view::{place_text, severity_word};
use crate::{Palette, terminal, text};

/// The finding with the line it points at; without the line where `source` does not have it.
///
/// `source` is the whole text of the file the finding's place names.
#[must_use]
pub fn excerpt(finding: &Finding, source: Option<&str>, palette: Palette) -> String {
    let label = format!(
        "{}[{}]",
        severity_word(finding.severity),
        text::line(&finding.code)
    );
    let mut out = format!(
        "{}: {}\n",
        palette.severity(finding.severity, &label),
        text::line(&finding.message)
    );
    if let Some(place) = &finding.place {
        let _ = writeln!(out, "    --> {}", text::line(&place_text(place)));
        if let Some(number) = place.line
            && let Some(line) = source.and_then(|source| nth_line(source, number))
        {
            out.push_str(&pointed(number, line, place.column, palette));
        }
    }
    out.push_str(&terminal::facts(finding));
    out.push('\n');
    out
}

/// Line `number`, counted from 1.
fn nth_line(source: &str, number: u32) -> Option<&str> {
    source
        .lines()
        .nth(usize::try_from(number).ok()?.checked_sub(1)?)
}

/// Characters of a line that are shown; a longer one, as programs write them, is cut around the place.
const WIDEST: usize = 160;
/// How many of them stand before the place.
const BEFORE: usize = 60;

fn pointed(number: u32, line: &str, column: Option<u32>, palette: Palette) -> String {
    let column = column.and_then(|column| usize::try_from(column).ok());
    let (line, column) = window(line, column);
    let mut out = format!(
        "{}\n{} {}\n",
        palette.dim("     |"),
        palette.dim(&format!("{number:>4} |")),
        text::block(&line)
    );
    if let Some(column) = column {
        let before: String = line.chars().take(column.saturating_sub(1)).collect();
        // Tabs are shown as four blanks, so the caret moves by what is shown.
        let indent = text::block(&before).chars().count();
        let word = line
            .chars()
            .skip(column.saturating_sub(1))
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .count();
        let _ = writeln!(
            out,
            "{} {}{}",
            palette.dim("     |"),
            " ".repeat(indent),
            "^".repeat(word.max(1))
        );
    }
    out
}

/// A line as it is shown, and the column in what is shown.
fn window(line: &str, column: Option<usize>) -> (Cow<'_, str>, Option<usize>) {
    if line.chars().nth(WIDEST).is_none() {
        return (Cow::Borrowed(line), column);
    }
    let skipped = column.unwrap_or(1).saturating_sub(1).saturating_sub(BEFORE);
    let mut letters = line.chars().skip(skipped);
    let mut shown = String::new();
    if skipped > 0 {
        shown.push('…');
    }
    shown.extend(letters.by_ref().take(WIDEST));
    if letters.next().is_some() {
        shown.push('…');
    }
    let moved = |column: usize| column - skipped + usize::from(skipped > 0);
    (Cow::Owned(shown), column.map(moved))
}
