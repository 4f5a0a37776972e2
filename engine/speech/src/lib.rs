//! Voices, model sessions, synthesis, loudness and encoders.
//!
//! In: text, a voice, a speed. Out: mono audio at 24 kHz, whole or as a stream of chunks, at
//! -16 LUFS and at most -1 dBTP, and the name of what really spoke.
//! Never: sockets, HTTP, or a log line that holds the user's text. Everything is blocking and
//! bounded; a caller that is asynchronous puts it on a blocking thread.

pub mod backend;
pub mod dsp;
pub mod encode;
pub mod engine;
pub mod error;
pub mod espeak;
pub mod hedgerow;
pub mod inspect;
pub mod kokoro;
pub mod provider;
#[cfg(test)]
mod testing;
pub mod wav;

pub use engine::{
    AudioChunk, BackendChoice, Cancel, Engine, EngineConfig, EngineInfo, ExecutionChoice,
    MAX_SPEED, MIN_SPEED, ProviderChoice, Rendered, SAMPLE_RATE, SpeechStream, SpokenWord,
    Utterance, VocabularyChoice, Voice, available_memory,
};
pub use error::SpeechError;
pub use kokoro_text::{SPOKEN, is_spoken};
