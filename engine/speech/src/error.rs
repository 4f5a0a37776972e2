//! Everything that can go wrong between a text and its audio.

/// Why there is no audio. No variant carries the user's text.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// Empty, blank, or without anything that can be spoken.
    #[error("the text has nothing to speak: {0}")]
    NothingToSpeak(&'static str),
    /// Longer than the limit.
    #[error("the text has {found} characters; at most {limit} are accepted")]
    TextTooLong {
        /// Characters found.
        found: usize,
        /// Characters accepted.
        limit: usize,
    },
    /// No such voice, or a blend that cannot be read.
    #[error("unknown voice `{name}`{}; `kokoro voices` lists those there are", hint.as_ref().map_or(String::new(), |hint| format!(": {hint}")))]
    UnknownVoice {
        /// The name asked for.
        name: String,
        /// What was perhaps meant, or what is wrong with it.
        hint: Option<String>,
    },
    /// Speed out of range or not a number.
    #[error("speed must be between {min} and {max}")]
    InvalidSpeed {
        /// Least speed.
        min: f32,
        /// Greatest speed.
        max: f32,
    },
    /// SSML that is not well-formed.
    #[error("the SSML is not well-formed at line {line}, column {column}: expected {expected}")]
    InvalidMarkup {
        /// Line of the fault, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What was expected there.
        expected: &'static str,
    },
    /// Markup asks for more silence than a request may have.
    #[error("the markup asks for {found} s of silence; at most {limit} s are accepted")]
    TooMuchSilence {
        /// Seconds asked for, rounded up.
        found: u64,
        /// Seconds accepted.
        limit: u64,
    },
    /// A language no voice speaks.
    #[error("unknown language `{0}`")]
    UnknownLanguage(String),
    /// The provider cannot be used: program or model absent or broken. Says what to do.
    #[error("{provider} cannot speak: {reason}")]
    ProviderUnavailable {
        /// Provider name.
        provider: String,
        /// What was expected, what was found, what to do.
        reason: String,
    },
    /// A model or voices file is not what it should be.
    #[error("{path} is not a {expected}: {found}")]
    InvalidModel {
        /// The file.
        path: String,
        /// What was expected.
        expected: &'static str,
        /// What was found.
        found: String,
    },
    /// Synthesis outlived its deadline.
    #[error("synthesis took longer than {seconds} s and was stopped")]
    Deadline {
        /// The deadline, in seconds.
        seconds: u64,
    },
    /// The caller is gone.
    #[error("cancelled")]
    Cancelled,
    /// Synthesis broke.
    #[error("synthesis failed: {0}")]
    Synthesis(String),
}
