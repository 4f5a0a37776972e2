//! The command line.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use kokoro_server::Limits;
use kokoro_speech::encode::{Format, check_rate};
use kokoro_speech::{BackendChoice, EngineConfig, ExecutionChoice, ProviderChoice, SAMPLE_RATE};

use crate::serve::access::AccessArguments;

/// Low-latency text-to-speech engine.
#[derive(Debug, Parser)]
#[command(name = "kokoro", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Speak a text to a file or to stdout.
    Speak(SpeakArguments),
    /// Serve speech over HTTP.
    Serve(ServeArguments),
    /// List the voices that can speak.
    Voices(VoicesArguments),
    /// Measure a server: time to first audio, real-time factor, memory.
    Bench(BenchArguments),
    /// Say what is there, what is missing and how to mend it.
    Doctor(DoctorArguments),
    /// Get published models, look at them, find them.
    Model(crate::model::ModelArguments),
    /// Print the OpenAPI document of the server.
    Openapi(OpenapiArguments),
}

/// What speaks.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct EngineArguments {
    /// A Kokoro ONNX model: a file, or the name of an installed one (`kokoro model list`) [default: the one installed,
    /// else Hedgerow, the small voice that is in the program].
    #[arg(long, value_name = "FILE|NAME", env = "KOKORO_MODEL")]
    pub(crate) model: Option<PathBuf>,
    /// The voices of the model: npz, JSON, raw rows or a folder of them.
    #[arg(long, value_name = "FILE", env = "KOKORO_VOICES")]
    pub(crate) voices: Option<PathBuf>,
    /// What executes the model.
    #[arg(long, value_enum, default_value_t, env = "KOKORO_BACKEND")]
    pub(crate) backend: Backend,
    /// On what the model is computed; what an accelerator cannot do, or all where it is absent, falls to the processor.
    #[arg(long, value_enum, default_value_t, env = "KOKORO_EXECUTION")]
    pub(crate) execution: Execution,
    /// ONNX Runtime's shared library, for `--backend ort` [default: where it is usually found].
    #[arg(long, value_name = "FILE")]
    pub(crate) ort_library: Option<PathBuf>,
    /// Your own pronunciations, one a line: `Kubernetes = /ˌkuːbərˈnɛtiːz/` or `SQL = sequel`.
    #[arg(long, value_name = "FILE", env = "KOKORO_LEXICON")]
    pub(crate) lexicon: Option<PathBuf>,
    /// What speaks: the model where one is named, else Hedgerow, the small voice that is in the program.
    #[arg(long, value_enum, default_value_t, env = "KOKORO_PROVIDER")]
    pub(crate) provider: Provider,
    /// Threads of one model run [default: by the machine].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) threads: Option<usize>,
    /// The `espeak-ng` program [default: $KOKORO_ESPEAK, else the one on the PATH].
    #[arg(long, value_name = "FILE")]
    pub(crate) espeak: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Backend {
    /// The one in the program, unless an accelerator is asked for.
    #[default]
    Auto,
    /// The one in the program.
    Rten,
    /// ONNX Runtime, from its shared library.
    Ort,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Execution {
    /// The processor.
    #[default]
    Cpu,
    /// Apple's accelerator, by ONNX Runtime.
    Coreml,
    /// NVIDIA's accelerator, by ONNX Runtime.
    Cuda,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Provider {
    #[default]
    Auto,
    Kokoro,
    Hedgerow,
    Espeak,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudioFormat {
    Wav,
    Pcm,
    Flac,
    Mp3,
    #[value(alias = "ogg")]
    Opus,
}

impl From<AudioFormat> for Format {
    fn from(format: AudioFormat) -> Self {
        match format {
            AudioFormat::Wav => Self::Wav,
            AudioFormat::Pcm => Self::Pcm,
            AudioFormat::Flac => Self::Flac,
            AudioFormat::Mp3 => Self::Mp3,
            AudioFormat::Opus => Self::Opus,
        }
    }
}

impl EngineArguments {
    /// How to open the engine.
    pub(crate) fn config(&self) -> EngineConfig {
        EngineConfig {
            provider: match self.provider {
                Provider::Auto => ProviderChoice::Auto,
                Provider::Kokoro => ProviderChoice::Kokoro,
                Provider::Hedgerow => ProviderChoice::Hedgerow,
                Provider::Espeak => ProviderChoice::Espeak,
            },
            backend: match self.backend {
                Backend::Auto => BackendChoice::Auto,
                Backend::Rten => BackendChoice::Rten,
                Backend::Ort => BackendChoice::Ort,
            },
            execution: match self.execution {
                Execution::Cpu => ExecutionChoice::Cpu,
                Execution::Coreml => ExecutionChoice::CoreMl,
                Execution::Cuda => ExecutionChoice::Cuda,
            },
            ort_library: self.ort_library.clone(),
            lexicon: self.lexicon.clone(),
            model: self.model.clone(),
            voices: self.voices.clone(),
            threads: self.threads,
            espeak: self.espeak.clone(),
            ..EngineConfig::default()
        }
    }

    /// The same options for another run of this program.
    pub(crate) fn to_arguments(&self) -> Vec<std::ffi::OsString> {
        let mut list: Vec<std::ffi::OsString> = Vec::new();
        let mut add = |name: &str, value: Option<std::ffi::OsString>| {
            if let Some(value) = value {
                list.push(name.into());
                list.push(value);
            }
        };
        let named = |value: Option<clap::builder::PossibleValue>| {
            value.map(|value| value.get_name().into())
        };
        add("--model", self.model.clone().map(Into::into));
        add("--voices", self.voices.clone().map(Into::into));
        add("--backend", named(self.backend.to_possible_value()));
        add("--execution", named(self.execution.to_possible_value()));
        add("--ort-library", self.ort_library.clone().map(Into::into));
        add("--lexicon", self.lexicon.clone().map(Into::into));
        add("--provider", named(self.provider.to_possible_value()));
        add(
            "--threads",
            self.threads.map(|threads| threads.to_string().into()),
        );
        add("--espeak", self.espeak.clone().map(Into::into));
        list
    }
}

#[derive(Debug, Args)]
pub(crate) struct SpeakArguments {
    /// What to say; `-` reads it from stdin. A text whose first tag is `<speak>` is SSML.
    pub(crate) text: String,
    /// Where the audio goes; `-` is stdout [default: stdout, if that is no terminal].
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Who says it, `kokoro voices` lists them; or a blend, such as af_fern:0.3,bf_hazel:0.7.
    #[arg(long)]
    pub(crate) voice: Option<String>,
    /// Pace, 0.25 to 4.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f32,
    /// Language of the text, such as en-us [default: the voice's].
    #[arg(long)]
    pub(crate) lang: Option<String>,
    /// Format of the audio [default: by the file's name, else wav].
    #[arg(long, value_enum)]
    pub(crate) format: Option<AudioFormat>,
    /// Samples per second: 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100 or 48000.
    #[arg(long, value_name = "HZ", default_value_t = SAMPLE_RATE, value_parser = parse_rate)]
    pub(crate) sample_rate: u32,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Address to listen on. Whoever reaches it can speak, unless there are keys (--api-key-file).
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8880)]
    pub(crate) port: u16,
    /// Syntheses at the same time [default: the cores of the machine, at least 2].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) concurrency: Option<usize>,
    /// Requests that may wait; one more is answered 503 [default: 32].
    #[arg(long, value_name = "N")]
    pub(crate) queue: Option<usize>,
    /// Open connections [default: 512].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) connections: Option<usize>,
    /// Seconds until a request that has no audio yet is answered 504 [default: 120].
    #[arg(long, value_name = "SECONDS", value_parser = parse_count)]
    pub(crate) deadline: Option<usize>,
    #[command(flatten)]
    pub(crate) access: AccessArguments,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

impl ServeArguments {
    /// The limits of the server.
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            concurrency: self.concurrency.unwrap_or(default.concurrency),
            queue: self.queue.unwrap_or(default.queue),
            connections: self.connections.unwrap_or(default.connections),
            request_deadline: self
                .deadline
                .and_then(|seconds| u64::try_from(seconds).ok())
                .map_or(default.request_deadline, Duration::from_secs),
            ..default
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct VoicesArguments {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    /// One sentence of 140 characters, one client.
    Short,
    /// About 500 characters, one client.
    Long,
    /// Ten different sentences, ten clients at the same time.
    Load,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArguments {
    /// What is spoken, and by how many clients.
    #[arg(long, value_enum, default_value_t = Preset::Short)]
    pub(crate) preset: Preset,
    /// Ask for streamed audio: the default.
    #[arg(long, conflicts_with = "whole")]
    pub(crate) stream: bool,
    /// Ask for whole audio instead.
    #[arg(long)]
    pub(crate) whole: bool,
    /// Requests that are measured.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = parse_count)]
    pub(crate) trials: usize,
    /// Measure for so long instead: every client asks again as soon as it has heard its answer.
    #[arg(long, value_name = "SECONDS", value_parser = parse_count, conflicts_with = "trials")]
    pub(crate) duration: Option<usize>,
    /// The same in minutes, for what creeps: memory, times.
    #[arg(long, value_name = "MINUTES", value_parser = parse_count, conflicts_with_all = ["trials", "duration"])]
    pub(crate) soak: Option<usize>,
    /// Afterwards, so many clients that go in the middle of their audio: how soon has the server nothing left to do?
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) disconnect: Option<usize>,
    /// Clients at the same time [default: 10 for load, else 1].
    #[arg(long, value_name = "N", value_parser = parse_count)]
    pub(crate) concurrent: Option<usize>,
    /// Server to measure [default: one that is started on a free port and stopped at the end].
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Voice to ask for [default: the server's].
    #[arg(long)]
    pub(crate) voice: Option<String>,
    /// Where the measurements go [default: stdout].
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

impl BenchArguments {
    /// How long to measure, where it is not a number of trials.
    pub(crate) fn time(&self) -> Option<Duration> {
        let seconds = self
            .duration
            .or(self.soak.map(|minutes| minutes.saturating_mul(60)))?;
        Some(Duration::from_secs(u64::try_from(seconds).ok()?))
    }
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) engine: EngineArguments,
}

#[derive(Debug, Args)]
pub(crate) struct OpenapiArguments {
    /// Notation of the document.
    #[arg(long, value_enum, default_value_t = DocumentFormat::Yaml)]
    pub(crate) format: DocumentFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentFormat {
    Yaml,
    Json,
}

fn parse_rate(text: &str) -> Result<u32, String> {
    let rate = text
        .parse()
        .map_err(|_| "expected a whole number of samples per second".to_owned())?;
    check_rate(rate).map_err(|error| error.to_string())
}

/// A number of things, at least one.
fn parse_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("expected a whole number of at least 1".to_owned()),
    }
}

#[cfg(test)]
mod tests;
