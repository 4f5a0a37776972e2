//! An ONNX file without its weights: what goes in and out, what it says of itself, and the graph, ready to be changed and
//! written again. The weights stay in the file, so that a model of 330 MB costs a few MB to look at.
//!
//! Field numbers: `onnx.proto3` of ONNX 1.17.

mod noise;
mod stages;
mod wire;
mod write;

#[cfg(test)]
mod tests;

use std::io::{self, BufRead, BufReader, Read, Seek};
use std::ops::Range;

use super::source;
use noise::Noise;
pub(crate) use wire::Malformed;
use wire::{BYTES, FIXED32, FIXED64, VARINT, fields, put_bytes, put_varint, split_tag};
pub(crate) use write::WEIGHTS;

/// Weights shorter than this, in bytes, are kept in memory.
const INLINE: u64 = 4096;

/// Why a file cannot be read as ONNX.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OnnxError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// No ONNX.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// A protocol buffers message perhaps, but without a graph.
    #[error("it has no graph: no ONNX model")]
    NoGraph,
    /// Random nodes in a version whose operators cannot stand in for them.
    #[error("it has random nodes and operator set {0}; at least 10 is needed to feed them")]
    OldOperators(i64),
    /// Graphs in graphs in graphs.
    #[error("its graphs are nested more than {0} deep")]
    TooDeep(usize),
}

/// Types of a tensor's elements, as ONNX numbers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// 32-bit float.
    F32,
    /// 16-bit float.
    F16,
    /// 32-bit whole number.
    I32,
    /// 64-bit whole number.
    I64,
    /// Any other.
    Other(i64),
}

impl Element {
    fn of(number: i64) -> Self {
        match number {
            1 => Self::F32,
            6 => Self::I32,
            7 => Self::I64,
            10 => Self::F16,
            other => Self::Other(other),
        }
    }
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::F32 => f.write_str("f32"),
            Self::F16 => f.write_str("f16"),
            Self::I32 => f.write_str("i32"),
            Self::I64 => f.write_str("i64"),
            Self::Other(number) => write!(f, "ONNX type {number}"),
        }
    }
}

/// An input or output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Port {
    /// Its name.
    pub(crate) name: String,
    /// Its elements.
    pub(crate) element: Element,
}

/// Weights: everything but the numbers, and where those are.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Weights {
    fields: Vec<u8>,
    raw: Option<Range<u64>>,
}

/// An ONNX file without its weights.
#[derive(Debug, Clone, Default)]
pub(crate) struct Onnx {
    /// Fields of the model but the graph.
    model: Vec<u8>,
    nodes: Vec<Vec<u8>>,
    weights: Vec<Weights>,
    /// Graph inputs as fields.
    inputs: Vec<Vec<u8>>,
    /// Fields of the graph but nodes, weights and inputs.
    graph: Vec<u8>,
    noise: Vec<Noise>,
}

impl Onnx {
    /// Reads a file, or the bytes of one.
    ///
    /// # Errors
    /// The file cannot be read, or is no ONNX model.
    pub(crate) fn read<'a>(from: impl Into<source::Source<'a>>) -> Result<Self, OnnxError> {
        let from = from.into();
        let end = from.length()?;
        Self::parse(from.open()?, end)
    }

    /// Reads a file of `end` bytes from its beginning.
    pub(crate) fn parse(file: impl Read + Seek, end: u64) -> Result<Self, OnnxError> {
        let mut source = Source {
            inner: BufReader::with_capacity(1 << 16, file),
            at: 0,
        };
        let mut onnx = Self::default();
        let mut found = false;
        while source.at < end {
            match source.head(end)? {
                Head {
                    number: 7,
                    kind: BYTES,
                    length,
                    ..
                } => {
                    found = true;
                    let end = source.at + length;
                    onnx.read_graph(&mut source, end)?;
                }
                head => source.copy(&head, &mut onnx.model)?,
            }
        }
        if found {
            Ok(onnx)
        } else {
            Err(OnnxError::NoGraph)
        }
    }

    fn read_graph(
        &mut self,
        source: &mut Source<impl Read + Seek>,
        end: u64,
    ) -> Result<(), OnnxError> {
        while source.at < end {
            let head = source.head(end)?;
            match (head.number, head.kind) {
                (1, BYTES) => self.nodes.push(source.take(head.length)?),
                (5, BYTES) => {
                    let end = source.at + head.length;
                    self.weights.push(read_weights(source, end)?);
                }
                (11, BYTES) => self.inputs.push(source.take(head.length)?),
                _ => source.copy(&head, &mut self.graph)?,
            }
        }
        Ok(())
    }

    /// What must be fed.
    pub(crate) fn inputs(&self) -> Vec<Port> {
        // Before version 4 of the format, weights were listed among the inputs.
        let named: Vec<&str> = self
            .weights
            .iter()
            .filter_map(|weights| text(&weights.fields, 8))
            .collect();
        self.inputs
            .iter()
            .filter_map(|message| port(message))
            .filter(|port| !named.contains(&port.name.as_str()))
            .collect()
    }

    /// What comes out.
    pub(crate) fn outputs(&self) -> Vec<Port> {
        fields(&self.graph)
            .flatten()
            .filter(|field| field.number == 12)
            .filter_map(|field| port(field.bytes()?))
            .collect()
    }

    /// What the file says of itself, by key.
    pub(crate) fn metadata(&self, key: &str) -> Option<&str> {
        fields(&self.model)
            .flatten()
            .filter(|field| field.number == 14)
            .filter_map(|field| field.bytes())
            .find(|entry| text(entry, 1) == Some(key))
            .and_then(|entry| text(entry, 2))
    }

    /// Version of ONNX's own operators.
    fn operators(&self) -> i64 {
        fields(&self.model)
            .flatten()
            .filter(|field| field.number == 8)
            .filter_map(|field| field.bytes())
            .filter(|set| matches!(text(set, 1), None | Some("" | "ai.onnx")))
            .find_map(|set| number(set, 2))
            .unwrap_or(1)
    }
}

fn read_weights(source: &mut Source<impl Read + Seek>, end: u64) -> Result<Weights, OnnxError> {
    let mut weights = Weights {
        fields: Vec::new(),
        raw: None,
    };
    while source.at < end {
        let head = source.head(end)?;
        if (head.number, head.kind) == (9, BYTES) && head.length >= INLINE {
            weights.raw = Some(source.at..source.at + head.length);
            source.skip(head.length)?;
        } else {
            source.copy(&head, &mut weights.fields)?;
        }
    }
    Ok(weights)
}

/// `ValueInfoProto`: name 1, type 2 > tensor 1 > element 1.
fn port(message: &[u8]) -> Option<Port> {
    let element = bytes(message, 2)
        .and_then(|kind| bytes(kind, 1))
        .and_then(|tensor| number(tensor, 1))
        .unwrap_or_default();
    Some(Port {
        name: text(message, 1)?.to_owned(),
        element: Element::of(element),
    })
}

fn bytes(message: &[u8], wanted: u32) -> Option<&[u8]> {
    fields(message)
        .flatten()
        .find(|field| field.number == wanted)?
        .bytes()
}

fn text(message: &[u8], wanted: u32) -> Option<&str> {
    fields(message)
        .flatten()
        .find(|field| field.number == wanted)?
        .text()
}

fn number(message: &[u8], wanted: u32) -> Option<i64> {
    fields(message)
        .flatten()
        .find(|field| field.number == wanted)?
        .number()
}

/// A field's tag, and the length of what follows.
#[derive(Debug, Clone, Copy)]
struct Head {
    number: u32,
    kind: u8,
    tag: u64,
    /// Bytes of the value; of a number, where it is no length, nothing is known before it is read.
    length: u64,
}

/// The file, and how far it is read.
struct Source<R> {
    inner: BufReader<R>,
    at: u64,
}

impl<R: Read + Seek> Source<R> {
    /// Reads a tag, and of bytes the length, which must not reach beyond `end`.
    fn head(&mut self, end: u64) -> Result<Head, OnnxError> {
        let tag = self.varint()?;
        let (number, kind) = split_tag(tag).ok_or(Malformed)?;
        let length = match kind {
            VARINT => 0,
            FIXED64 => 8,
            FIXED32 => 4,
            BYTES => self.varint()?,
            _ => return Err(Malformed.into()),
        };
        if self.at.checked_add(length).is_none_or(|after| after > end) {
            return Err(Malformed.into());
        }
        Ok(Head {
            number,
            kind,
            tag,
            length,
        })
    }

    fn copy(&mut self, head: &Head, out: &mut Vec<u8>) -> Result<(), OnnxError> {
        if head.kind == BYTES {
            put_bytes(out, head.number, &self.take(head.length)?);
            return Ok(());
        }
        put_varint(out, head.tag);
        if head.kind == VARINT {
            let value = self.varint()?;
            put_varint(out, value);
        } else {
            out.extend(self.take(head.length)?);
        }
        Ok(())
    }

    fn take(&mut self, length: u64) -> Result<Vec<u8>, OnnxError> {
        let mut bytes = Vec::new();
        (&mut self.inner).take(length).read_to_end(&mut bytes)?;
        self.at += length;
        if u64::try_from(bytes.len()).is_ok_and(|read| read == length) {
            Ok(bytes)
        } else {
            Err(Malformed.into())
        }
    }

    fn skip(&mut self, length: u64) -> Result<(), OnnxError> {
        self.inner
            .seek_relative(i64::try_from(length).map_err(|_| Malformed)?)?;
        self.at += length;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, OnnxError> {
        let mut value = 0;
        for at in 0..10 {
            let Some(byte) = self.inner.fill_buf()?.first().copied() else {
                break;
            };
            self.inner.consume(1);
            self.at += 1;
            value |= u64::from(byte & 0x7F) << (7 * at);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Malformed.into())
    }
}
