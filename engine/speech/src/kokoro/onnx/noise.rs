//! Random nodes fed from outside, so that the same request gives the same sound on every runtime.
//!
//! Kokoro's vocoder draws noise inside the graph, and how much it draws depends on lengths only the graph knows. So each
//! random node becomes: a fixed noise that is an input of the graph, repeated and cut to as many values as are needed,
//! scaled and shaped as the node would have done. The file is not touched.

#[cfg(test)]
mod tests;

use super::wire::{Field, Value, fields, put_bytes, put_head, put_number, put_varint};
use super::{Onnx, OnnxError, bytes, number, text};

/// Least version of ONNX's operators that has all nodes that stand in.
const LEAST_OPERATORS: i64 = 10;
/// First version with `CastLike`.
const CAST_LIKE: i64 = 15;

/// Most graphs around a node: a loop in a condition is two. A file can hold thousands, one in the other.
const MOST_NESTED: usize = 16;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoiseKind {
    /// Evenly from 0 to 1.
    Uniform,
    /// Around 0 with a deviation of 1.
    Normal,
}

/// An input for noise: a vector of 32-bit floats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noise {
    /// Name of the input.
    pub(crate) name: &'static str,
    /// What is drawn.
    pub(crate) kind: NoiseKind,
    /// How many values.
    pub(crate) length: usize,
}

/// Phases of harmonics are drawn evenly: few values.
const UNIFORM: Noise = Noise {
    name: "kokoro_noise_uniform",
    kind: NoiseKind::Uniform,
    length: 1 << 16,
};

/// Kokoro draws nine values for each sample: these last for 4.9 s, and since nine does not divide their number they meet
/// the same harmonics again only after 44 s.
const NORMAL: Noise = Noise {
    name: "kokoro_noise_normal",
    kind: NoiseKind::Normal,
    length: 1 << 20,
};

impl Noise {
    /// The values: the same on every machine and in every run.
    pub(crate) fn values(&self) -> Vec<f32> {
        let mut generator = Generator(match self.kind {
            NoiseKind::Uniform => 0x5EED_0001,
            NoiseKind::Normal => 0x5EED_0002,
        });
        let draw = match self.kind {
            NoiseKind::Uniform => Generator::uniform,
            NoiseKind::Normal => Generator::normal,
        };
        (0..self.length).map(|_| draw(&mut generator)).collect()
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): whole numbers only, so no machine rounds otherwise.
struct Generator(u64);

impl Generator {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn uniform(&mut self) -> f32 {
        // The 24 bits a single float holds exactly.
        (self.next() >> 40) as f32 / 16_777_216.0
    }

    /// The sum of eight even draws of 16 bits, less its mean, over its deviation: bell-shaped to 4.9 deviations, and exact
    /// where logarithms and sines are not.
    fn normal(&mut self) -> f32 {
        let sixteen = |word: u64| (0..4).map(move |part| word >> (16 * part) & 0xFFFF);
        let sum: u64 = sixteen(self.next()).chain(sixteen(self.next())).sum();
        (sum as f32 - 262_140.0) / 53_509.91
    }
}

impl Onnx {
    /// Makes inputs of the random nodes and says which.
    ///
    /// # Errors
    /// [`OnnxError::OldOperators`] when there are random nodes, but not the operators to stand in for them; [`OnnxError::TooDeep`] when
    /// they are in graphs nested too deeply.
    pub(crate) fn feed_noise(&mut self) -> Result<&[Noise], OnnxError> {
        let mut feeder = Feeder {
            operators: self.operators(),
            count: 0,
            depth: 0,
            uniform: false,
            normal: false,
        };
        let mut nodes = Vec::with_capacity(self.nodes.len());
        for node in std::mem::take(&mut self.nodes) {
            feeder.node(node, &mut nodes)?;
        }
        self.nodes = nodes;
        for (used, noise) in [(feeder.uniform, UNIFORM), (feeder.normal, NORMAL)] {
            if used {
                self.inputs.push(input(&noise));
                self.noise.push(noise);
            }
        }
        Ok(&self.noise)
    }
}

/// A vector of floats as a `ValueInfoProto`.
fn input(noise: &Noise) -> Vec<u8> {
    let nested = |number: u32, message: &[u8]| {
        let mut out = Vec::new();
        put_bytes(&mut out, number, message);
        out
    };
    let mut axis = Vec::new();
    put_number(
        &mut axis,
        1,
        i64::try_from(noise.length).unwrap_or(i64::MAX),
    );
    let mut tensor = Vec::new();
    put_number(&mut tensor, 1, 1);
    put_bytes(&mut tensor, 2, &nested(1, &axis));
    let mut value = Vec::new();
    put_bytes(&mut value, 1, noise.name.as_bytes());
    put_bytes(&mut value, 2, &nested(1, &tensor));
    value
}

struct Feeder {
    operators: i64,
    /// Random nodes met.
    count: usize,
    /// Graphs around the node that is looked at.
    depth: usize,
    uniform: bool,
    normal: bool,
}

impl Feeder {
    fn node(&mut self, node: Vec<u8>, out: &mut Vec<Vec<u8>>) -> Result<(), OnnxError> {
        let random = |bytes: &[u8]| bytes.windows(6).any(|window| window == b"Random");
        if !random(&node) {
            out.push(node);
            return Ok(());
        }
        let own = matches!(text(&node, 7), None | Some("" | "ai.onnx"));
        let kind = match text(&node, 4).filter(|_| own) {
            Some("RandomUniform" | "RandomUniformLike") => NoiseKind::Uniform,
            Some("RandomNormal" | "RandomNormalLike") => NoiseKind::Normal,
            _ => {
                // The word stands elsewhere: perhaps in the body of a loop or a condition.
                if self.depth == MOST_NESTED {
                    return Err(OnnxError::TooDeep(MOST_NESTED));
                }
                self.depth += 1;
                out.push(self.bodies(&node)?);
                self.depth -= 1;
                return Ok(());
            }
        };
        if self.operators < LEAST_OPERATORS {
            return Err(OnnxError::OldOperators(self.operators));
        }
        let noise = match kind {
            NoiseKind::Uniform => {
                self.uniform = true;
                UNIFORM
            }
            NoiseKind::Normal => {
                self.normal = true;
                NORMAL
            }
        };
        stand_in(&node, &noise, self.count, self.operators, out);
        self.count += 1;
        Ok(())
    }

    /// A node with the random nodes in its bodies replaced: attributes (5) that hold graphs (6 and 11) of nodes (1).
    fn bodies(&mut self, node: &[u8]) -> Result<Vec<u8>, OnnxError> {
        rebuilt(node, |field, out| {
            let Some(attribute) = field.bytes().filter(|_| field.number == 5) else {
                return Ok(false);
            };
            let attribute = rebuilt(attribute, |field, out| {
                let Some(graph) = field.bytes().filter(|_| matches!(field.number, 6 | 11)) else {
                    return Ok(false);
                };
                let graph = rebuilt(graph, |field, out| {
                    let Some(node) = field.bytes().filter(|_| field.number == 1) else {
                        return Ok(false);
                    };
                    let mut nodes = Vec::new();
                    self.node(node.to_vec(), &mut nodes)?;
                    for node in nodes {
                        put_bytes(out, 1, &node);
                    }
                    Ok(true)
                })?;
                put_bytes(out, field.number, &graph);
                Ok(true)
            })?;
            put_bytes(out, 5, &attribute);
            Ok(true)
        })
    }
}

/// A message with those fields written anew that `change` takes, and the others as they are.
fn rebuilt(
    message: &[u8],
    mut change: impl FnMut(&Field<'_>, &mut Vec<u8>) -> Result<bool, OnnxError>,
) -> Result<Vec<u8>, OnnxError> {
    let mut out = Vec::with_capacity(message.len());
    for field in fields(message) {
        let field = field?;
        if !change(&field, &mut out)? {
            out.extend_from_slice(field.whole);
        }
    }
    Ok(out)
}

/// The nodes that do the work of a random one.
fn stand_in(node: &[u8], noise: &Noise, index: usize, operators: i64, out: &mut Vec<Vec<u8>>) {
    let like = text(node, 1);
    let result = text(node, 2).unwrap_or_default();
    let name = |part: &str| format!("kokoro_noise_{index}_{part}");
    let mut add = |operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]| {
        out.push(made(operator, inputs, output, attributes));
    };
    // Several nodes draw from different places.
    let length = noise.length;
    let offset = index * 7_919 % length;
    let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let constants = [
        ("offset", whole(offset)),
        ("length", whole(length)),
        ("one", 1),
        ("zero", 0),
    ];
    for (part, value) in constants {
        add("Constant", &[], &name(part), &[wholes(&[value])]);
    }
    match like {
        Some(like) => add("Shape", &[like], &name("shape"), &[]),
        None => add("Constant", &[], &name("shape"), &[wholes(&shape(node))]),
    }
    add(
        "ReduceProd",
        &[&name("shape")],
        &name("size"),
        &[whole_attribute("keepdims", 1)],
    );
    add("Add", &[&name("size"), &name("offset")], &name("end"), &[]);
    add("Div", &[&name("end"), &name("length")], &name("full"), &[]);
    add("Add", &[&name("full"), &name("one")], &name("turns"), &[]);
    add("Tile", &[noise.name, &name("turns")], &name("long"), &[]);
    let cut = [name("long"), name("offset"), name("end"), name("zero")];
    let cut: Vec<&str> = cut.iter().map(String::as_str).collect();
    add("Slice", &cut, &name("cut"), &[]);
    let said = |key: &str, default: f32| attribute(node, key).and_then(float).unwrap_or(default);
    let (scale, shift) = match noise.kind {
        NoiseKind::Normal => (said("scale", 1.0), said("mean", 0.0)),
        NoiseKind::Uniform => {
            let (low, high) = (said("low", 0.0), said("high", 1.0));
            (high - low, low)
        }
    };
    add("Constant", &[], &name("scale"), &[floats(scale)]);
    add("Constant", &[], &name("shift"), &[floats(shift)]);
    add("Mul", &[&name("cut"), &name("scale")], &name("scaled"), &[]);
    add(
        "Add",
        &[&name("scaled"), &name("shift")],
        &name("shifted"),
        &[],
    );
    let dtype = attribute(node, "dtype").and_then(|found| number(found, 3));
    let typed = match (dtype, like) {
        (None | Some(1), None) | (Some(1), Some(_)) => name("shifted"),
        (Some(other), _) => {
            add(
                "Cast",
                &[&name("shifted")],
                &name("typed"),
                &[whole_attribute("to", other)],
            );
            name("typed")
        }
        (None, Some(like)) if operators >= CAST_LIKE => {
            add("CastLike", &[&name("shifted"), like], &name("typed"), &[]);
            name("typed")
        }
        // Older exports say the type or have 32-bit floats.
        (None, Some(_)) => name("shifted"),
    };
    add("Reshape", &[&typed, &name("shape")], result, &[]);
}

/// A node: inputs 1, output 2, name 3, operator 4, attributes 5.
fn made(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut node = Vec::new();
    for input in inputs {
        put_bytes(&mut node, 1, input.as_bytes());
    }
    put_bytes(&mut node, 2, output.as_bytes());
    put_bytes(&mut node, 3, format!("{output}_node").as_bytes());
    put_bytes(&mut node, 4, operator.as_bytes());
    for attribute in attributes {
        put_bytes(&mut node, 5, attribute);
    }
    node
}

/// Attribute `value` with a vector of 64-bit whole numbers.
fn wholes(values: &[i64]) -> Vec<u8> {
    let mut tensor = Vec::new();
    put_number(
        &mut tensor,
        1,
        i64::try_from(values.len()).unwrap_or(i64::MAX),
    );
    put_number(&mut tensor, 2, 7);
    let raw: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    put_bytes(&mut tensor, 9, &raw);
    tensor_attribute(&tensor)
}

/// Attribute `value` with one float, no axes.
fn floats(value: f32) -> Vec<u8> {
    let mut tensor = Vec::new();
    put_number(&mut tensor, 2, 1);
    put_head(&mut tensor, 9, 4);
    tensor.extend(value.to_le_bytes());
    tensor_attribute(&tensor)
}

fn tensor_attribute(tensor: &[u8]) -> Vec<u8> {
    let mut attribute = Vec::new();
    put_bytes(&mut attribute, 1, b"value");
    put_bytes(&mut attribute, 5, tensor);
    put_number(&mut attribute, 20, 4);
    attribute
}

fn whole_attribute(key: &str, value: i64) -> Vec<u8> {
    let mut attribute = Vec::new();
    put_bytes(&mut attribute, 1, key.as_bytes());
    put_number(&mut attribute, 3, value);
    put_number(&mut attribute, 20, 2);
    attribute
}

fn attribute<'a>(node: &'a [u8], key: &str) -> Option<&'a [u8]> {
    fields(node)
        .flatten()
        .filter(|field| field.number == 5)
        .filter_map(|field| field.bytes())
        .find(|attribute| text(attribute, 1) == Some(key))
}

fn float(attribute: &[u8]) -> Option<f32> {
    fields(attribute)
        .flatten()
        .find_map(|field| match field.value {
            Value::Fixed32(bytes) if field.number == 2 => Some(f32::from_le_bytes(bytes)),
            _ => None,
        })
}

/// Attribute `shape`: whole numbers (8), one by one or packed.
fn shape(node: &[u8]) -> Vec<i64> {
    let Some(attribute) = attribute(node, "shape") else {
        return Vec::new();
    };
    let packed = bytes(attribute, 8).map(|packed| {
        // As fields of their own: a tag before each number.
        let mut tagged = Vec::new();
        for byte in packed {
            if tagged.last().is_none_or(|last: &u8| last & 0x80 == 0) {
                put_varint(&mut tagged, 8 << 3);
            }
            tagged.push(*byte);
        }
        tagged
    });
    fields(packed.as_deref().unwrap_or(attribute))
        .flatten()
        .filter(|field| field.number == 8)
        .filter_map(|field| field.number())
        .collect()
}
