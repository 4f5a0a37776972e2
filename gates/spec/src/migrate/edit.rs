//! Edits of a text at the places its document knows.

use std::ops::Range;

use serde_json::Value;

use crate::document::{Document, Span};
use crate::fix::quote;

/// Edits that do not overlap.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Gives the key at a pointer another name.
    pub(super) fn key(
        &mut self,
        document: &Document,
        text: &str,
        pointer: &str,
        new: &str,
    ) -> Result<(), String> {
        let unusual = || format!("the key at `{pointer}` is not written as a plain or quoted word");
        let span = document
            .span_of(pointer)
            .and_then(|node| node.key)
            .ok_or_else(|| format!("`{pointer}` comes from an alias"))?;
        let start = offset(text, span).ok_or_else(unusual)?;
        // A plain key may hold blanks.
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let name = name.replace("~1", "/").replace("~0", "~");
        let plain = text
            .get(start..)
            .filter(|rest| rest.starts_with(&name))
            .and_then(|rest| rest.get(..name.len()));
        let token = plain
            .or_else(|| token(text, start, &[':']))
            .ok_or_else(unusual)?;
        let replacement = if token.starts_with(['"', '\'']) || !is_word(new) {
            Value::from(new).to_string()
        } else {
            new.to_owned()
        };
        self.0.push((start..start + token.len(), replacement));
        Ok(())
    }

    /// Writes another scalar at a pointer.
    pub(super) fn value(
        &mut self,
        document: &Document,
        text: &str,
        pointer: &str,
        new: &Value,
    ) -> Result<(), String> {
        let unusual = || format!("the value at `{pointer}` is not written on one line");
        let span = document.span_of(pointer).ok_or_else(unusual)?.value;
        let start = offset(text, span).ok_or_else(unusual)?;
        let token = token(text, start, &[',', ']', '}']).ok_or_else(unusual)?;
        self.0.push((start..start + token.len(), new.to_string()));
        Ok(())
    }

    /// Adds a member to the document.
    pub(super) fn append(
        &mut self,
        document: &Document,
        text: &str,
        key: &str,
        value: &Value,
    ) -> Result<(), String> {
        let unusual = || "the document does not begin where it should".to_owned();
        let root = document.span_of("").ok_or_else(unusual)?.value;
        let start = offset(text, root).ok_or_else(unusual)?;
        if text.get(start..).is_some_and(|rest| rest.starts_with('{')) {
            let end = text.rfind('}').ok_or_else(unusual)?;
            let empty = document
                .value()
                .as_object()
                .is_none_or(serde_json::Map::is_empty);
            let comma = if empty { "" } else { ", " };
            let member = format!("{comma}{}: {value}", Value::from(key));
            let end = text
                .get(..end)
                .map_or(end, |before| before.trim_end().len());
            self.0.push((end..end, member));
            return Ok(());
        }
        let indent = usize::try_from(root.column.saturating_sub(1)).unwrap_or(0);
        let mut member = String::new();
        if !text.ends_with('\n') {
            member.push('\n');
        }
        block(&mut member, indent, key, value);
        self.0.push((text.len()..text.len(), member));
        Ok(())
    }

    /// The text with the edits in it.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (range, replacement) in self.0 {
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.push_str(&replacement);
            at = range.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }
}

/// A member in block style.
fn block(out: &mut String, indent: usize, key: &str, value: &Value) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(members) if !members.is_empty() => {
            out.push_str(&format!("{pad}{key}:\n"));
            for (key, value) in members {
                block(out, indent + 2, key, value);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            out.push_str(&format!("{pad}{key}:\n"));
            for item in items {
                let mut inner = String::new();
                match item {
                    Value::Object(members) => {
                        for (key, value) in members {
                            block(&mut inner, indent + 4, key, value);
                        }
                    }
                    other => inner = format!("{pad}    {}\n", scalar(other)),
                }
                let dash = indent + 2;
                let rest = inner.get(dash + 2..).unwrap_or_default();
                out.push_str(&format!("{}- {rest}", " ".repeat(dash)));
            }
        }
        other => out.push_str(&format!("{pad}{key}: {}\n", scalar(other))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        other => other.to_string(),
    }
}

/// Where a place lies in the text, in bytes. Lines break at LF, CR and both together.
fn offset(text: &str, span: Span) -> Option<usize> {
    let mut line = 1;
    let mut column = 1;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if (line, column) == (span.line, span.column) {
            return Some(at);
        }
        let breaks = letter == '\n'
            || letter == '\r' && letters.peek().is_none_or(|(_, next)| *next != '\n');
        if breaks {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
    }
    None
}

/// The scalar that begins at an offset: quoted, or plain up to a blank or one of `ends`.
fn token<'t>(text: &'t str, start: usize, ends: &[char]) -> Option<&'t str> {
    let rest = text.get(start..)?;
    let quote = rest.chars().next()?;
    if !matches!(quote, '"' | '\'') {
        let plain = !matches!(quote, '[' | '{' | '|' | '>' | '?' | '&' | '*' | '!');
        let end = rest
            .find(|letter: char| letter.is_whitespace() || ends.contains(&letter))
            .unwrap_or(rest.len());
        return rest.get(..end).filter(|token| plain && !token.is_empty());
    }
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' if quote == '"' => {
                letters.next();
            }
            '\'' if quote == '\'' && letters.peek().is_some_and(|(_, next)| *next == '\'') => {
                letters.next();
            }
            letter if letter == quote => return rest.get(..at + 1),
            '\n' => return None,
            _ => {}
        }
    }
    None
}

fn is_word(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.'))
}
