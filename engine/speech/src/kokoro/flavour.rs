//! Which of the published exports a model is: by the names and types of what goes in and comes out, never by a version.

#[cfg(test)]
mod tests;

use crate::kokoro::onnx::{Element, Onnx, Port};

const TOKENS: [&str; 2] = ["tokens", "input_ids"];
const AUDIO: [&str; 3] = ["audio", "waveform", "waveforms"];
const DURATIONS: [&str; 3] = ["duration", "durations", "pred_dur"];

/// The inputs and outputs of a Kokoro model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flavour {
    /// `[1, N]` whole numbers, padding at both ends.
    pub(crate) tokens: Port,
    /// `[1, 256]` floats.
    pub(crate) style: Port,
    /// `[1]`: a float, or a whole number that can only be 1.
    pub(crate) speed: Port,
    /// `[S]` or `[1, S]` floats at 24 kHz.
    pub(crate) audio: Port,
    /// `[N]` frames of each token, floats or whole numbers, where the model tells them.
    pub(crate) durations: Option<Port>,
}

impl Flavour {
    /// What a file is.
    ///
    /// # Errors
    /// What was expected and what was found, in words.
    pub(crate) fn of(onnx: &Onnx) -> Result<Self, String> {
        use Element::{F16, F32, I32, I64};
        let (inputs, outputs) = (onnx.inputs(), onnx.outputs());
        let find = |ports: &[Port], names: &[&str], elements: &[Element]| {
            ports
                .iter()
                .find(|port| {
                    names.contains(&port.name.as_str()) && elements.contains(&port.element)
                })
                .cloned()
        };
        let found = (
            find(&inputs, &TOKENS, &[I64, I32]),
            find(&inputs, &["style"], &[F32, F16]),
            find(&inputs, &["speed"], &[F32, F16, I32, I64]),
            find(&outputs, &AUDIO, &[F32, F16]),
        );
        match found {
            (Some(tokens), Some(style), Some(speed), Some(audio)) if inputs.len() == 3 => {
                Ok(Self {
                    tokens,
                    style,
                    speed,
                    audio,
                    durations: find(&outputs, &DURATIONS, &[I64, I32, F32, F16]),
                })
            }
            _ => Err(format!(
                "expected inputs `tokens` or `input_ids` (integers), `style` (floats), `speed`, no others, and an output `audio` or \
                 `waveform` (floats), found inputs {} and outputs {}",
                listed(&inputs),
                listed(&outputs)
            )),
        }
    }

    /// Whether speeds between whole numbers are understood.
    pub(crate) fn takes_any_speed(&self) -> bool {
        matches!(self.speed.element, Element::F32 | Element::F16)
    }
}

fn listed(ports: &[Port]) -> String {
    let names: Vec<String> = ports
        .iter()
        .map(|port| format!("`{}` ({})", port.name, port.element))
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
