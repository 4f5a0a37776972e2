//! Puts a document together from the events of either syntax, and holds it within the limits.

use std::collections::HashMap;

use caws_evidence::{Finding, codes};
use serde_json::{Map, Value};

use super::{MAX_COPIED, MAX_DEPTH, MAX_POINTERS, MAX_VALUES, at, mend::short};
use crate::document::{Document, NodeSpan, Span, escape};
use crate::notice::{Details as _, error};

/// What an anchor stands for.
struct Anchored {
    value: Value,
    values: usize,
    /// Bytes of its keys and texts.
    text: usize,
    depth: usize,
}

/// What a value takes in memory beside its text, about.
const VALUE_BYTES: usize = 32;

enum Content {
    Items(Vec<Value>),
    Members {
        members: Map<String, Value>,
        key: Option<Key>,
        duplicate: bool,
        /// Values of `<<`, whose members join the others at the end.
        merges: Vec<Value>,
    },
}

/// Where the next value of a mapping goes.
enum Key {
    Named(String, Span),
    Merge,
}

struct Frame {
    content: Content,
    pointer: String,
    span: Span,
    anchor: usize,
    /// How many values there were before this collection.
    before: usize,
    /// How many bytes of keys and texts there were before this collection.
    text_before: usize,
    /// How deep the deepest collection within it lies below it.
    height: usize,
    /// Whether it is merged into another: its parts are not where they stand.
    merged: bool,
}

impl Frame {
    /// Whether the next value is merged into another.
    fn merges_next(&self) -> bool {
        let joins = matches!(
            self.content,
            Content::Members {
                key: Some(Key::Merge),
                ..
            }
        );
        joins || self.merged
    }
}

pub(super) struct Builder<'p> {
    path: &'p str,
    frames: Vec<Frame>,
    root: Option<Value>,
    spans: HashMap<String, NodeSpan>,
    anchors: HashMap<usize, Anchored>,
    values: usize,
    /// Bytes of keys and texts, with every alias written out.
    text: usize,
    /// Bytes anchors and aliases have copied.
    copied: usize,
    /// Bytes of all pointers.
    pointers: usize,
    /// Faults that do not keep the rest from being read.
    faults: Vec<Finding>,
}

impl<'p> Builder<'p> {
    pub(super) fn new(path: &'p str) -> Self {
        Self {
            path,
            frames: Vec::new(),
            root: None,
            spans: HashMap::new(),
            anchors: HashMap::new(),
            values: 0,
            text: 0,
            copied: 0,
            pointers: 0,
            faults: Vec::new(),
        }
    }

    /// Whether the next scalar is the key of a member.
    pub(super) fn wants_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                content: Content::Members { key: None, .. },
                ..
            })
        )
    }

    pub(super) fn key(&mut self, name: String, span: Span) {
        let path = self.path;
        let Some(Frame {
            content:
                Content::Members {
                    members,
                    key,
                    duplicate,
                    ..
                },
            pointer,
            ..
        }) = self.frames.last_mut()
        else {
            return;
        };
        *duplicate = members.contains_key(&name);
        if *duplicate {
            let first = self
                .spans
                .get(&format!("{pointer}/{}", escape(&name)))
                .and_then(|node| node.key)
                .map_or_else(String::new, |first| {
                    format!(" first in line {}", first.line)
                });
            self.faults.push(
                error(
                    codes::DOCUMENT_DUPLICATE_KEY,
                    at(path, Some(span)),
                    format!("the key `{}` stands here twice", short(&name)),
                )
                .expected("each key once")
                .found(format!(
                    "`{}`{first}, and again in line {}",
                    short(&name),
                    span.line
                ))
                .help("keep one of the two, or join their values"),
            );
        }
        self.text += name.len();
        *key = Some(Key::Named(name, span));
    }

    /// The next value's members join the mapping.
    pub(super) fn merge_key(&mut self) {
        if let Some(Frame {
            content: Content::Members { key, duplicate, .. },
            ..
        }) = self.frames.last_mut()
        {
            *duplicate = false;
            *key = Some(Key::Merge);
        }
    }

    pub(super) fn scalar(
        &mut self,
        value: Value,
        span: Span,
        anchor: usize,
    ) -> Result<(), Box<Finding>> {
        self.count(1, span)?;
        let text = value.as_str().map_or(0, str::len);
        self.text += text;
        self.locate(span)?;
        if anchor > 0 {
            self.copy(1, text, span)?;
            self.anchors.insert(
                anchor,
                Anchored {
                    value: value.clone(),
                    values: 1,
                    text,
                    depth: 0,
                },
            );
        }
        self.put(value);
        Ok(())
    }

    pub(super) fn begin_array(&mut self, span: Span, anchor: usize) -> Result<(), Box<Finding>> {
        self.begin(Content::Items(Vec::new()), span, anchor)
    }

    pub(super) fn begin_object(&mut self, span: Span, anchor: usize) -> Result<(), Box<Finding>> {
        self.begin(
            Content::Members {
                members: Map::new(),
                key: None,
                duplicate: false,
                merges: Vec::new(),
            },
            span,
            anchor,
        )
    }

    pub(super) fn end(&mut self) -> Result<(), Box<Finding>> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let value = match frame.content {
            Content::Items(items) => Value::Array(items),
            Content::Members {
                members, merges, ..
            } => Value::Object(self.merged(members, merges, frame.span)),
        };
        let depth = frame.height + 1;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(depth);
        }
        if frame.anchor > 0 {
            let values = self.values - frame.before;
            let text = self.text - frame.text_before;
            self.copy(values, text, frame.span)?;
            self.anchors.insert(
                frame.anchor,
                Anchored {
                    value: value.clone(),
                    values,
                    text,
                    depth,
                },
            );
        }
        self.put(value);
        Ok(())
    }

    /// Puts what an anchor stands for in the place of its alias.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Finding>> {
        let Some(&Anchored {
            values,
            text,
            depth,
            ..
        }) = self.anchors.get(&anchor)
        else {
            return Err(error(
                codes::DOCUMENT_SYNTAX,
                at(self.path, Some(span)),
                "an alias stands within its own anchor".to_owned(),
            )
            .expected("an alias of a value that is already complete")
            .found("an alias of a value that is still being written")
            .help("write the value out instead of referring to it")
            .into());
        };
        self.count(values, span)?;
        self.deepen(depth, span)?;
        self.copy(values, text, span)?;
        self.text += text;
        // Copied only once it is known to be small enough.
        let value = self
            .anchors
            .get(&anchor)
            .map_or(Value::Null, |anchored| anchored.value.clone());
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(depth);
        }
        self.locate(span)?;
        self.put(value);
        Ok(())
    }

    /// Remembers a key that carries an anchor.
    pub(super) fn anchor_key(
        &mut self,
        anchor: usize,
        name: &str,
        span: Span,
    ) -> Result<(), Box<Finding>> {
        if anchor > 0 {
            self.copy(1, name.len(), span)?;
            self.anchors.insert(
                anchor,
                Anchored {
                    value: Value::from(name),
                    values: 1,
                    text: name.len(),
                    depth: 0,
                },
            );
        }
        Ok(())
    }

    /// The text an alias in the place of a key stands for; `None` where it stands for something else.
    pub(super) fn key_of_anchor(
        &mut self,
        anchor: usize,
        span: Span,
    ) -> Result<Option<String>, Box<Finding>> {
        let Some(length) = self.text_of_anchor(anchor).map(str::len) else {
            return Ok(None);
        };
        self.copy(1, length, span)?;
        Ok(self.text_of_anchor(anchor).map(str::to_owned))
    }

    fn text_of_anchor(&self, anchor: usize) -> Option<&str> {
        self.anchors
            .get(&anchor)
            .and_then(|anchored| anchored.value.as_str())
    }

    pub(super) fn finish(self) -> Result<Document, Vec<Finding>> {
        if !self.faults.is_empty() {
            return Err(self.faults);
        }
        match self.root {
            Some(value) => Ok(Document {
                path: self.path.to_owned(),
                value,
                spans: self.spans,
            }),
            None => Err(vec![
                error(
                    codes::DOCUMENT_SYNTAX,
                    at(self.path, None),
                    "the document is empty".to_owned(),
                )
                .expected("a document")
                .found("nothing but white space and comments")
                .help("write the document, or name the right file"),
            ]),
        }
    }

    fn begin(&mut self, content: Content, span: Span, anchor: usize) -> Result<(), Box<Finding>> {
        let (before, text_before) = (self.values, self.text);
        self.count(1, span)?;
        self.deepen(1, span)?;
        let pointer = self.locate(span)?;
        let merged = self.frames.last().is_some_and(Frame::merges_next);
        self.frames.push(Frame {
            content,
            pointer,
            span,
            merged,
            anchor,
            before,
            text_before,
            height: 0,
        });
        Ok(())
    }

    fn deepen(&self, by: usize, span: Span) -> Result<(), Box<Finding>> {
        let depth = self.frames.len() + by;
        if depth <= MAX_DEPTH {
            return Ok(());
        }
        Err(error(
            codes::DOCUMENT_SYNTAX,
            at(self.path, Some(span)),
            "the document nests too deep".to_owned(),
        )
        .expected(format!("at most {MAX_DEPTH} collections within each other"))
        .found(format!("{depth}"))
        .help("flatten this part of the document")
        .into())
    }

    fn count(&mut self, more: usize, span: Span) -> Result<(), Box<Finding>> {
        self.values += more;
        if self.values <= MAX_VALUES {
            return Ok(());
        }
        Err(error(
            codes::DOCUMENT_SYNTAX,
            at(self.path, Some(span)),
            "the document holds too many values".to_owned(),
        )
        .expected(format!(
            "at most {MAX_VALUES} values, with every alias written out"
        ))
        .found("more from here on")
        .help("remove aliases of aliases, or split the document")
        .into())
    }

    /// What an anchor or an alias copies. Few values can hold much text, and anchors within anchors hold it again.
    fn copy(&mut self, values: usize, text: usize, span: Span) -> Result<(), Box<Finding>> {
        self.copied = self
            .copied
            .saturating_add(values.saturating_mul(VALUE_BYTES))
            .saturating_add(text);
        if self.copied <= MAX_COPIED {
            return Ok(());
        }
        Err(error(
            codes::DOCUMENT_SYNTAX,
            at(self.path, Some(span)),
            "the document repeats too much by anchors and aliases".to_owned(),
        )
        .expected(format!("at most {MAX_COPIED} bytes that are copies"))
        .found("more from here on")
        .help("remove the anchors nobody refers to and the aliases of large values")
        .into())
    }

    /// The members of a mapping with those of its `<<`: what stands in it wins, then what is merged first.
    fn merged(
        &mut self,
        mut members: Map<String, Value>,
        merges: Vec<Value>,
        span: Span,
    ) -> Map<String, Value> {
        let mut add = |value: Value| match value {
            Value::Object(others) => {
                for (key, value) in others {
                    members.entry(key).or_insert(value);
                }
                true
            }
            _ => false,
        };
        let mut fits = true;
        for merge in merges {
            fits &= match merge {
                Value::Array(items) => items.into_iter().all(&mut add),
                single => add(single),
            };
        }
        if !fits {
            self.faults.push(
                error(
                    codes::DOCUMENT_SYNTAX,
                    at(self.path, Some(span)),
                    "`<<` merges what is no mapping".to_owned(),
                )
                .expected("an alias of a mapping, or a list of such")
                .found("another value below the key `<<`")
                .help("quote the key if it is meant as text"),
            );
        }
        members
    }

    /// Notes where the value that comes next stands, and gives its pointer.
    fn locate(&mut self, value: Span) -> Result<String, Box<Finding>> {
        let (pointer, key, known) = match self.frames.last() {
            None => (String::new(), None, false),
            Some(Frame {
                content: Content::Items(items),
                pointer,
                merged,
                ..
            }) => (format!("{pointer}/{}", items.len()), None, *merged),
            Some(Frame {
                content: Content::Members { key, duplicate, .. },
                pointer,
                merged,
                ..
            }) => match key {
                Some(Key::Named(name, span)) => (
                    format!("{pointer}/{}", escape(name)),
                    Some(*span),
                    *duplicate || *merged,
                ),
                Some(Key::Merge) | None => (pointer.clone(), None, true),
            },
        };
        // Every part below a long key has it in its pointer.
        self.pointers += pointer.len();
        if self.pointers > MAX_POINTERS {
            return Err(error(
                codes::DOCUMENT_SYNTAX,
                at(self.path, Some(value)),
                "the document's keys are too long".to_owned(),
            )
            .expected(format!(
                "at most {MAX_POINTERS} bytes of keys, those around each value counted again"
            ))
            .found("more from here on")
            .help("shorten the keys around this value, or split the document")
            .into());
        }
        if !known {
            self.spans.insert(pointer.clone(), NodeSpan { key, value });
        }
        Ok(pointer)
    }

    fn put(&mut self, value: Value) {
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(value),
            Some(Content::Items(items)) => items.push(value),
            Some(Content::Members {
                members,
                key,
                duplicate,
                merges,
            }) => match key.take() {
                Some(Key::Named(name, _)) if !*duplicate => {
                    members.insert(name, value);
                }
                Some(Key::Merge) => merges.push(value),
                Some(Key::Named(..)) | None => {}
            },
        }
    }
}
