//! An ONNX file written again: whole, or with its weights left in the file they came from.

#[cfg(test)]
mod tests;

use std::io::{self, Read, Seek, SeekFrom, Write};

use super::wire::{put_bytes, put_head, put_number};
use super::{Onnx, Weights};

/// Name of the file the weights are looked for in, beside the model. rten takes names that end in `data` only.
pub(crate) const WEIGHTS: &str = "weights.data";

impl Onnx {
    /// The model without its large weights, which it names as parts of a file [`WEIGHTS`] beside it.
    pub(crate) fn skeleton(&self) -> Vec<u8> {
        let mut graph = self.graph_fields();
        for weights in &self.weights {
            let mut message = weights.fields.clone();
            if let Some(range) = &weights.raw {
                let offset = range.start.to_string();
                let length = (range.end - range.start).to_string();
                for (key, value) in [
                    ("location", WEIGHTS),
                    ("offset", &offset),
                    ("length", &length),
                ] {
                    let mut entry = Vec::new();
                    put_bytes(&mut entry, 1, key.as_bytes());
                    put_bytes(&mut entry, 2, value.as_bytes());
                    put_bytes(&mut message, 13, &entry);
                }
                put_number(&mut message, 14, 1);
            }
            put_bytes(&mut graph, 5, &message);
        }
        let mut model = self.model.clone();
        put_bytes(&mut model, 7, &graph);
        model
    }

    /// Writes the model whole, its weights copied piece by piece from the file it was read from.
    ///
    /// # Errors
    /// Either file.
    pub(crate) fn write(
        &self,
        from: &mut (impl Read + Seek),
        to: &mut impl Write,
    ) -> io::Result<()> {
        let graph = self.graph_fields();
        let mut heads = Vec::with_capacity(self.weights.len());
        let mut length = size(&graph);
        for weights in &self.weights {
            let (outer, inner) = heads_of(weights);
            length += size(&outer) + size(&inner) + size(&weights.fields) + raw_size(weights);
            heads.push((outer, inner));
        }
        let mut model = self.model.clone();
        put_head(&mut model, 7, length);
        to.write_all(&model)?;
        to.write_all(&graph)?;
        for (weights, (outer, inner)) in self.weights.iter().zip(heads) {
            to.write_all(&outer)?;
            to.write_all(&weights.fields)?;
            to.write_all(&inner)?;
            if let Some(range) = &weights.raw {
                from.seek(SeekFrom::Start(range.start))?;
                let copied = io::copy(&mut from.by_ref().take(raw_size(weights)), to)?;
                if copied != raw_size(weights) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        }
        Ok(())
    }

    fn graph_fields(&self) -> Vec<u8> {
        let mut graph = Vec::new();
        for node in &self.nodes {
            put_bytes(&mut graph, 1, node);
        }
        for input in &self.inputs {
            put_bytes(&mut graph, 11, input);
        }
        graph.extend_from_slice(&self.graph);
        graph
    }
}

/// The head of the message in the graph, and that of the raw numbers in the message.
fn heads_of(weights: &Weights) -> (Vec<u8>, Vec<u8>) {
    let mut inner = Vec::new();
    if weights.raw.is_some() {
        put_head(&mut inner, 9, raw_size(weights));
    }
    let mut outer = Vec::new();
    put_head(
        &mut outer,
        5,
        size(&weights.fields) + size(&inner) + raw_size(weights),
    );
    (outer, inner)
}

fn raw_size(weights: &Weights) -> u64 {
    weights
        .raw
        .as_ref()
        .map_or(0, |range| range.end - range.start)
}

fn size(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
