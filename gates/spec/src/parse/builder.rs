//! Puts a document together from the events of either syntax, and holds it within the limits.

use std::collections::HashMap;

use caws_evidence::{Finding, codes};
use serde_json::{Map, Value};

use super::{MAX_DEPTH, MAX_VALUES, at};
use crate::document::{Document, NodeSpan, Span, escape};
use crate::notice::{Details as _, error};

/// What an anchor stands for.
struct Anchored {
    value: Value,
    values: usize,
    depth: usize,
}

enum Content {
    Items(Vec<Value>),
    Members {
        members: Map<String, Value>,
        key: Option<(String, Span)>,
        duplicate: bool,
    },
}

struct Frame {
    content: Content,
    pointer: String,
    anchor: usize,
    /// How many values there were before this collection.
    before: usize,
    /// How deep the deepest collection within it lies below it.
    height: usize,
}

pub(super) struct Builder<'p> {
    path: &'p str,
    frames: Vec<Frame>,
    root: Option<Value>,
    spans: HashMap<String, NodeSpan>,
    anchors: HashMap<usize, Anchored>,
    values: usize,
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
                    format!("the key `{name}` stands here twice"),
                )
                .expected("each key once")
                .found(format!("`{name}`{first}, and again in line {}", span.line))
                .help("keep one of the two, or join their values"),
            );
        }
        *key = Some((name, span));
    }

    pub(super) fn scalar(
        &mut self,
        value: Value,
        span: Span,
        anchor: usize,
    ) -> Result<(), Box<Finding>> {
        self.count(1, span)?;
        self.locate(span);
        if anchor > 0 {
            self.anchors.insert(
                anchor,
                Anchored {
                    value: value.clone(),
                    values: 1,
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
            },
            span,
            anchor,
        )
    }

    pub(super) fn end(&mut self) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let value = match frame.content {
            Content::Items(items) => Value::Array(items),
            Content::Members { members, .. } => Value::Object(members),
        };
        let depth = frame.height + 1;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(depth);
        }
        if frame.anchor > 0 {
            let values = self.values - frame.before;
            self.anchors.insert(
                frame.anchor,
                Anchored {
                    value: value.clone(),
                    values,
                    depth,
                },
            );
        }
        self.put(value);
    }

    /// Puts what an anchor stands for in the place of its alias.
    pub(super) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Box<Finding>> {
        let Some(Anchored {
            value,
            values,
            depth,
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
        let (value, values, depth) = (value.clone(), *values, *depth);
        self.count(values, span)?;
        self.deepen(depth, span)?;
        if let Some(parent) = self.frames.last_mut() {
            parent.height = parent.height.max(depth);
        }
        self.locate(span);
        self.put(value);
        Ok(())
    }

    /// Remembers a key that carries an anchor.
    pub(super) fn anchor_key(&mut self, anchor: usize, name: &str) {
        if anchor > 0 {
            self.anchors.insert(
                anchor,
                Anchored {
                    value: Value::from(name),
                    values: 1,
                    depth: 0,
                },
            );
        }
    }

    pub(super) fn text_of_anchor(&self, anchor: usize) -> Option<&str> {
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
        let before = self.values;
        self.count(1, span)?;
        self.deepen(1, span)?;
        let pointer = self.locate(span);
        self.frames.push(Frame {
            content,
            pointer,
            anchor,
            before,
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

    /// Notes where the value that comes next stands, and gives its pointer.
    fn locate(&mut self, value: Span) -> String {
        let (pointer, key, known) = match self.frames.last() {
            None => (String::new(), None, false),
            Some(Frame {
                content: Content::Items(items),
                pointer,
                ..
            }) => (format!("{pointer}/{}", items.len()), None, false),
            Some(Frame {
                content: Content::Members { key, duplicate, .. },
                pointer,
                ..
            }) => match key {
                Some((name, span)) => (
                    format!("{pointer}/{}", escape(name)),
                    Some(*span),
                    *duplicate,
                ),
                None => (pointer.clone(), None, true),
            },
        };
        if !known {
            self.spans.insert(pointer.clone(), NodeSpan { key, value });
        }
        pointer
    }

    fn put(&mut self, value: Value) {
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(value),
            Some(Content::Items(items)) => items.push(value),
            Some(Content::Members {
                members,
                key,
                duplicate,
            }) => {
                if let Some((name, _)) = key.take()
                    && !*duplicate
                {
                    members.insert(name, value);
                }
            }
        }
    }
}
