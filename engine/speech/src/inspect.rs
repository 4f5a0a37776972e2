//! What a model file and a voices file are, without loading them into a runtime.

#[cfg(test)]
mod tests;

use std::path::Path;

use crate::engine::VocabularyChoice;
use crate::error::SpeechError;
use crate::kokoro::{Inspected, Speakers, Vocabulary, Voices, invalid};

/// What a model file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What the file must be fed: name and type of each input.
    pub inputs: Vec<String>,
    /// What comes out: name and type of each output.
    pub outputs: Vec<String>,
    /// Whose phoneme symbols it reads: `v1.0`, `v0.19` or `the model's`.
    pub vocabulary: String,
    /// Whether it tells how long each token lasts, so that words have times.
    pub durations: bool,
    /// Whether it takes speeds between whole numbers; else its audio is stretched.
    pub any_speed: bool,
    /// Whether it draws noise, which the engine feeds it the same each time.
    pub noise: bool,
}

/// Looks at a model. The voices, where they are known, help to tell which symbols it reads.
///
/// # Errors
/// [`SpeechError::InvalidModel`] for a file that is no Kokoro model, [`SpeechError::ProviderUnavailable`] for one that cannot be read.
pub fn model(path: &Path, voices: Option<&Path>) -> Result<Inspection, SpeechError> {
    let inspected = Inspected::read(path)?;
    let old = match voices {
        Some(voices) => Voices::open(voices, &inspected.speakers())?.are_old(),
        None => false,
    };
    let vocabulary = Vocabulary::of(VocabularyChoice::Auto, inspected.onnx(), old)
        .map_err(|found| invalid(path, found))?;
    let listed = |ports: Vec<crate::kokoro::onnx::Port>| {
        ports
            .iter()
            .map(|port| format!("{} {}", port.name, port.element))
            .collect()
    };
    // The noise is fed by the engine, in place of what the file draws itself.
    let own = inspected.onnx().inputs().into_iter();
    let own = own.filter(|port| !port.name.starts_with("kokoro_noise_"));
    Ok(Inspection {
        inputs: listed(own.collect()),
        outputs: listed(inspected.onnx().outputs()),
        vocabulary: vocabulary.name().to_owned(),
        durations: inspected.flavour().durations.is_some(),
        any_speed: inspected.flavour().takes_any_speed(),
        noise: inspected.draws_noise(),
    })
}

/// The names of all voices in a file or folder, in order. One raw file of many voices is taken apart only by what its `model` says of it.
///
/// # Errors
/// [`SpeechError::InvalidModel`] for a file that holds no voices, [`SpeechError::ProviderUnavailable`] for one that cannot be read.
pub fn voices(path: &Path, model: Option<&Path>) -> Result<Vec<String>, SpeechError> {
    let speakers = match model {
        Some(model) => Inspected::read(model)?.speakers(),
        None => Speakers::default(),
    };
    Ok(Voices::open(path, &speakers)?.names())
}
