//! Places where a run of the graph can be interrupted: those over which few values reach.
//!
//! A run in stages gives the same as one in a piece, and between two of them it can be given up. Kokoro's decoder is a chain
//! of convolutions with nearly nothing beside it, so there are such places all along the part that takes the time.

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::wire::fields;
use super::{Onnx, text};

/// Most values that may reach over a place.
const MOST_VALUES: usize = 6;
/// Convolutions between two places: Kokoro has some 90, the slowest six of which take a fifth of the time.
const CONVOLUTIONS: usize = 6;

/// A node, as far as it matters here.
struct Node<'a> {
    operator: &'a str,
    /// What it reads, the nodes of its bodies included.
    reads: Vec<&'a str>,
    gives: Vec<&'a str>,
    is_random: bool,
}

impl Onnx {
    /// The values that reach over each place, in order. Inputs and constants are not among them: those are always there.
    pub(crate) fn stages(&self) -> Vec<Vec<String>> {
        let nodes: Vec<Node<'_>> = self.nodes.iter().map(|message| node(message)).collect();
        let mut last_read: HashMap<&str, usize> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            for name in &node.reads {
                last_read.insert(*name, index);
            }
        }
        let outputs = self.outputs();
        for output in &outputs {
            last_read.insert(&output.name, nodes.len());
        }
        let mut constant: HashSet<&str> = self
            .weights
            .iter()
            .filter_map(|weights| text(&weights.fields, 8))
            .collect();
        let mut found = Vec::new();
        let mut live: BTreeSet<&str> = BTreeSet::new();
        let mut convolutions = 0;
        for (index, node) in nodes.iter().enumerate() {
            convolutions += usize::from(node.operator.starts_with("Conv"));
            if !node.is_random && node.reads.iter().all(|name| constant.contains(name)) {
                constant.extend(&node.gives);
            } else {
                live.extend(&node.gives);
            }
            live.retain(|name| last_read.get(name).is_some_and(|last| *last > index));
            if convolutions >= CONVOLUTIONS
                && index + 1 < nodes.len()
                && (1..=MOST_VALUES).contains(&live.len())
            {
                convolutions = 0;
                found.push(live.iter().map(|name| (*name).to_owned()).collect());
            }
        }
        found
    }
}

/// `NodeProto`: inputs 1, outputs 2, operator 4, attributes 5.
fn node(message: &[u8]) -> Node<'_> {
    let operator = text(message, 4).unwrap_or_default();
    let mut node = Node {
        operator,
        reads: Vec::new(),
        gives: Vec::new(),
        is_random: operator.starts_with("Random"),
    };
    read(message, &mut node, true);
    node
}

fn read<'a>(message: &'a [u8], node: &mut Node<'a>, is_outermost: bool) {
    for field in fields(message).flatten() {
        match field.number {
            // An empty name stands for an input that is left out.
            1 => node
                .reads
                .extend(field.text().filter(|name| !name.is_empty())),
            2 if is_outermost => node.gives.extend(field.text()),
            5 => bodies(field.bytes().unwrap_or_default(), node),
            _ => {}
        }
    }
}

/// What the nodes (1) of the graphs (6 and 11) in an attribute read from outside.
fn bodies<'a>(attribute: &'a [u8], node: &mut Node<'a>) {
    let graphs = fields(attribute)
        .flatten()
        .filter(|field| matches!(field.number, 6 | 11));
    for graph in graphs.filter_map(|field| field.bytes()) {
        let inner = fields(graph).flatten().filter(|field| field.number == 1);
        for message in inner.filter_map(|field| field.bytes()) {
            read(message, node, false);
        }
    }
}
