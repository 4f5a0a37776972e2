//! From bytes to a [`Document`].

mod builder;
mod json;
mod mend;
mod scalar;
#[cfg(test)]
mod tests;
mod yaml;

use caws_evidence::{Finding, Place, codes};

pub(crate) use mend::is_block_header;

use crate::document::{Document, Span};
use crate::notice::{Details as _, error};

/// No document of ours comes near it; more is a mistake or an attack.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// How deep collections may nest.
pub const MAX_DEPTH: usize = 64;
/// How many values a document may hold once its aliases are written out.
pub const MAX_VALUES: usize = 100_000;
/// How many bytes anchors and aliases may copy.
pub const MAX_COPIED: usize = 16 * 1024 * 1024;
/// How many bytes the pointers of all parts of a document may have.
pub const MAX_POINTERS: usize = 32 * 1024 * 1024;

/// Parses a YAML 1.2 document (core schema), or strict JSON (RFC 8259) where the label ends in `.json`.
///
/// `path_label` is the file's path relative to the project's root, as it will stand in findings.
///
/// # Errors
/// Findings with the exact place, when the bytes are no UTF-8, too many, nested too deep, blown up by
/// aliases, several documents, empty, not well formed, or hold the same key twice.
pub fn parse(path_label: &str, bytes: &[u8]) -> Result<Document, Vec<Finding>> {
    if bytes.len() > MAX_BYTES {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Err(vec![too_large(path_label, size)]);
    }
    let text =
        std::str::from_utf8(bytes).map_err(|reason| vec![not_utf8(path_label, bytes, &reason)])?;
    // A byte order mark is no part of the text; the columns of the first line count without it.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_json = path_label
        .rsplit('.')
        .next()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    if is_json {
        json::parse(path_label, text)
    } else {
        yaml::parse(path_label, text)
    }
}

/// The finding for a file that has more than [`MAX_BYTES`], for those who ask for its size before they read it.
#[must_use]
pub fn too_large(path_label: &str, size: u64) -> Finding {
    error(
        codes::DOCUMENT_SYNTAX,
        at(path_label, None),
        format!("the file has {size} bytes"),
    )
    .expected(format!("at most {MAX_BYTES} bytes"))
    .found(format!("{size} bytes"))
    .help("split the file, or name the right one")
}

fn at(path: &str, span: Option<Span>) -> Place {
    Place {
        path: path.to_owned(),
        line: span.map(|span| span.line),
        column: span.map(|span| span.column),
    }
}

fn not_utf8(path: &str, bytes: &[u8], reason: &std::str::Utf8Error) -> Finding {
    let (good, rest) = bytes.split_at(reason.valid_up_to());
    let place = behind(&String::from_utf8_lossy(good));
    let byte = rest.first().copied().unwrap_or_default();
    let kind = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "UTF-16: ",
        _ => "",
    };
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(place)),
        "the file is not UTF-8".to_owned(),
    )
    .expected("UTF-8 text")
    .found(format!(
        "{kind}byte 0x{byte:02x} at offset {}",
        reason.valid_up_to()
    ))
    .help("save the file as UTF-8 in your editor")
}

/// Where what follows a text begins.
fn behind(before: &str) -> Span {
    let mut place = Span { line: 1, column: 1 };
    advance(&mut place, before);
    place
}

/// Moves a place over a text. Lines end at LF, CR and both together, in JSON as in YAML.
fn advance(place: &mut Span, over: &str) {
    let mut letters = over.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\n' || letter == '\r' && letters.peek() != Some(&'\n') {
            place.line += 1;
            place.column = 1;
        } else {
            place.column += 1;
        }
    }
}

/// A span from counts that start at 1; a file beyond `u32` cannot pass [`MAX_BYTES`].
fn span(line: usize, column: usize) -> Span {
    Span {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}
