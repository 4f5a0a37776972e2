//! Mends the faults with which specs were published: text that looks like text and is something else
//! to YAML.
//!
//! What already parses is left alone, and so is what nobody but its author can decide.

mod line;
#[cfg(test)]
mod tests;
mod twice;

use caws_evidence::{Finding, Place, codes};

use crate::document::Document;
use crate::notice::{Details as _, error};
use crate::parse;

pub(crate) use line::quote;

/// What may be mended in one file; more is another kind of file.
const MOST: usize = 1_000;
/// Larger files are none a person wrote, and each mend reads the file once.
const MAX_BYTES: usize = 1024 * 1024;
/// How many bytes are read in all to try repairs; what is left then is mended by another run.
const MOST_READ: usize = 128 * 1024 * 1024;

/// A line that was mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Its number in the text as it was before this repair, from 1.
    pub line: usize,
    /// What was done.
    pub what: &'static str,
}

/// A text, mended.
#[derive(Debug, Clone, PartialEq)]
pub struct Repaired {
    /// The text with the repairs in it.
    pub text: String,
    /// What was done, in order.
    pub repairs: Vec<Repair>,
    /// Why it still does not parse; empty where it does.
    pub rest: Vec<Finding>,
}

/// Mends a YAML text that does not parse; `None` where it parses, or where nothing could be mended.
///
/// Each repair changes the place the parser stops at, and is kept only if the parser then comes further.
#[must_use]
pub fn fix(path_label: &str, text: &str) -> Option<Repaired> {
    let is_json = path_label
        .rsplit('.')
        .next()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if is_json || text.len() > MAX_BYTES {
        return None;
    }
    let mut rest = parse(path_label, text.as_bytes()).err()?;
    let mut text = text.to_owned();
    let mut repairs = Vec::new();
    let mut unread = MOST_READ;
    while repairs.len() < MOST {
        let Some((mended, repair, left)) = step(path_label, &text, &rest, &mut unread) else {
            break;
        };
        text = mended;
        rest = left;
        repairs.push(repair);
        if rest.is_empty() {
            break;
        }
    }
    (!repairs.is_empty()).then_some(Repaired {
        text,
        repairs,
        rest,
    })
}

/// Why a text does not parse: the place the parser stops at, and behind it every other line [`fix`] would
/// mend.
#[must_use]
pub fn faults(path_label: &str, text: &str, first: Vec<Finding>) -> Vec<Finding> {
    diagnose(path_label, text, first).0
}

/// [`faults`], and the document the text is once they are mended, with its places in the text as it is; none where
/// something would be left, or lines would move.
#[must_use]
pub fn diagnose(
    path_label: &str,
    text: &str,
    first: Vec<Finding>,
) -> (Vec<Finding>, Option<Document>) {
    let Some(repaired) = fix(path_label, text) else {
        return (first, None);
    };
    let seen = first.first().and_then(position).map_or(0, |(line, _)| line);
    let mut findings = first;
    if let Some(help) = findings.first_mut().and_then(|first| first.help.as_mut()) {
        help.push_str("; `caws validate --fix` mends it");
    }
    let lines: Vec<&str> = text.lines().collect();
    // A repair that joins or removes lines moves those behind it.
    let same_lines = repaired.text.lines().count() == lines.len();
    for repair in repaired.repairs.iter().filter(|_| same_lines) {
        let line = lines.get(repair.line.saturating_sub(1)).copied();
        let Some(line) = line.filter(|_| repair.line != seen) else {
            continue;
        };
        let column = line
            .chars()
            .take_while(|letter| letter.is_whitespace())
            .count()
            + 1;
        let place = Place {
            path: path_label.to_owned(),
            line: u32::try_from(repair.line).ok(),
            column: u32::try_from(column).ok(),
        };
        findings.push(
            error(
                codes::DOCUMENT_SYNTAX,
                place,
                "this line is no YAML either".to_owned(),
            )
            .expected("YAML 1.2")
            .found(format!("`{}`", line.trim()))
            .help("`caws validate --fix` mends it, too"),
        );
    }
    findings.sort_by_key(position);
    let mended = (same_lines && repaired.rest.is_empty())
        .then(|| parse(path_label, repaired.text.as_bytes()).ok())
        .flatten();
    (findings, mended)
}

type Candidates<'a> = Box<dyn Iterator<Item = Option<(String, Repair)>> + 'a>;

/// One repair: the text, what was done, and what is left.
fn step(
    path: &str,
    text: &str,
    faults: &[Finding],
    unread: &mut usize,
) -> Option<(String, Repair, Vec<Finding>)> {
    let first = faults.first()?;
    let candidates: Candidates<'_> = if first.code == codes::DOCUMENT_DUPLICATE_KEY {
        let candidate = |fault| twice::candidate(text, position(fault)?);
        Box::new(faults.iter().map(candidate))
    } else {
        let candidates = line::candidates(text, position(first)?.0);
        Box::new(candidates.into_iter().map(Some))
    };
    let now = reach(text, faults);
    let mut best: Option<(String, Repair, Vec<Finding>)> = None;
    for candidate in candidates {
        *unread = unread.checked_sub(text.len())?;
        let Some((mended, repair)) = candidate else {
            continue;
        };
        let left = parse(path, mended.as_bytes()).err().unwrap_or_default();
        let reached = reach(&mended, &left);
        // Of candidates that reach the same line the first is the least change.
        let better = best
            .as_ref()
            .is_none_or(|(text, _, left)| reached.unread < reach(text, left).unread);
        if better && reached < now {
            best = Some((mended, repair, left));
        }
    }
    best
}

/// How far the parser comes; what is less comes further.
#[derive(PartialEq, PartialOrd)]
struct Reach {
    /// Lines behind the first fault; fewer than none where there is no fault.
    unread: isize,
    /// Columns before it, and duplicate keys, which are found only in what is well formed.
    rest: isize,
}

fn reach(text: &str, faults: &[Finding]) -> Reach {
    let count = |number: usize| isize::try_from(number).unwrap_or(isize::MAX);
    match faults.first() {
        None => Reach {
            unread: -2,
            rest: 0,
        },
        Some(first) if first.code == codes::DOCUMENT_DUPLICATE_KEY => Reach {
            unread: -1,
            rest: count(faults.len()),
        },
        Some(first) => {
            let (line, column) = position(first).unwrap_or_default();
            Reach {
                unread: count(text.lines().count().saturating_sub(line)),
                rest: -count(column),
            }
        }
    }
}

fn position(fault: &Finding) -> Option<(usize, usize)> {
    let place = fault.place.as_ref()?;
    Some((
        usize::try_from(place.line?).ok()?,
        usize::try_from(place.column?).ok()?,
    ))
}
