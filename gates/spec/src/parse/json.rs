//! JSON (RFC 8259): `serde_json` decides whether the text is well formed, a scan of the then known
//! good text gives every part its place.

use caws_evidence::{Finding, codes};
use serde_json::Value;

use super::builder::Builder;
use super::{MAX_VALUES, advance, at, behind, mend, span};
use crate::document::{Document, Span};
use crate::notice::{Details as _, error};

pub(super) fn parse(path: &str, text: &str) -> Result<Document, Vec<Finding>> {
    let mut builder = Builder::new(path);
    if text.trim().is_empty() {
        return builder.finish();
    }
    if let Some(fault) = too_many(path, text) {
        return Err(vec![fault]);
    }
    if let Err(fault) = serde_json::from_str::<Value>(text) {
        return Err(vec![malformed(path, text, &fault)]);
    }
    let mut scan = Scan {
        text,
        offset: 0,
        place: Span { line: 1, column: 1 },
    };
    while let Some((token, place)) = scan.token() {
        take(&mut builder, token, place).map_err(|fault| vec![*fault])?;
    }
    builder.finish()
}

fn take(builder: &mut Builder<'_>, token: &str, place: Span) -> Result<(), Box<Finding>> {
    match token {
        "{" => builder.begin_object(place, 0),
        "[" => builder.begin_array(place, 0),
        "}" | "]" => builder.end(),
        "," | ":" => Ok(()),
        _ => match serde_json::from_str(token) {
            Ok(Value::String(name)) if builder.wants_key() => {
                builder.key(name, place);
                Ok(())
            }
            Ok(value) => builder.scalar(value, place, 0),
            // Every token of a text that parsed parses by itself.
            Err(_) => Ok(()),
        },
    }
}

/// Refuses a text with more values than a document may hold before they are put together: a comma stands
/// between two of them.
fn too_many(path: &str, text: &str) -> Option<Finding> {
    let mut commas = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    let offset = text.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            _ => {}
        }
        commas >= MAX_VALUES
    })?;
    let place = behind(text.get(..offset).unwrap_or_default());
    Some(
        error(
            codes::DOCUMENT_SYNTAX,
            at(path, Some(place)),
            "the document holds too many values".to_owned(),
        )
        .expected(format!("at most {MAX_VALUES} values"))
        .found("more from here on")
        .help("split the document, or name the right file"),
    )
}

/// Walks over the tokens of well-formed JSON.
struct Scan<'t> {
    text: &'t str,
    offset: usize,
    place: Span,
}

impl<'t> Scan<'t> {
    fn token(&mut self) -> Option<(&'t str, Span)> {
        let rest = self.text.get(self.offset..)?;
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
        self.advance(rest.get(..blank)?);
        let rest = rest.get(blank..)?;
        let place = self.place;
        let length = match rest.chars().next()? {
            '"' => text_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest
                .find([' ', '\t', '\n', '\r', ',', ']', '}'])
                .unwrap_or(rest.len()),
        };
        let token = rest.get(..length)?;
        self.advance(token);
        Some((token, place))
    }

    fn advance(&mut self, over: &str) {
        self.offset += over.len();
        advance(&mut self.place, over);
    }
}

/// Length in bytes of the string a text begins with, quotes included.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    for (offset, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return offset + 1,
            _ => {}
        }
    }
    text.len()
}

fn malformed(path: &str, text: &str, fault: &serde_json::Error) -> Finding {
    // A token that ends with its line is noticed before the next one's first character.
    let (number, bytes_before) = match fault.column() {
        0 => (fault.line().saturating_sub(1).max(1), usize::MAX),
        column => (fault.line(), column.saturating_sub(1)),
    };
    let line = text
        .lines()
        .nth(number.saturating_sub(1))
        .unwrap_or_default();
    // serde_json counts bytes; people count characters.
    let column = line
        .char_indices()
        .take_while(|(offset, _)| *offset < bytes_before)
        .count()
        + 1;
    let full = fault.to_string();
    let reason = full.split(" at line ").next().unwrap_or_default();
    error(
        codes::DOCUMENT_SYNTAX,
        at(path, Some(span(number, column))),
        format!("the file is no JSON: {reason}"),
    )
    .expected("JSON (RFC 8259)")
    .found(format!("`{}`", mend::short(line.trim())))
    .help(if looks_like_yaml(text) {
        "this is YAML: name the file `.yaml`, or write it as JSON"
    } else {
        mend_of(reason, line.trim_start())
    })
}

/// Whether a text that is no JSON is a mapping in YAML's own style.
fn looks_like_yaml(text: &str) -> bool {
    !text.trim_start().starts_with(['{', '['])
        && super::yaml::parse("", text).is_ok_and(|document| document.value().is_object())
}

fn mend_of(reason: &str, line: &str) -> &'static str {
    if ["//", "/*", "#"].iter().any(|mark| line.starts_with(mark)) {
        "remove the comment: JSON has none"
    } else if reason.contains("trailing comma") {
        "remove the comma before the closing bracket"
    } else if reason.contains("key must be a string") {
        "put the key into double quotes"
    } else if reason.contains("EOF") {
        "close the bracket or the string that is still open"
    } else if reason.contains("trailing characters") {
        "remove what follows the document; a file holds one"
    } else if reason.contains("recursion limit") {
        "flatten the document"
    } else if reason.contains("out of range") {
        "write a number a 64-bit float can hold"
    } else if reason.contains("control character") || reason.contains("escape") {
        r"write line breaks as \n, tabs as \t and a backslash as \\"
    } else {
        "mend the text here: a comma, a colon, a quote or a bracket is missing or too many"
    }
}
