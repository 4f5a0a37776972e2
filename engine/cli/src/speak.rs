//! `kokoro speak`

use std::io::{IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};

use kokoro_speech::encode::{self, Delivery, Format};
use kokoro_speech::{Cancel, Engine, EngineConfig, Utterance};

use crate::args::SpeakArguments;
use crate::exit::CliError;

/// More than the longest text can take: a character has at most 4 bytes.
const MAX_TEXT_BYTES: u64 = 4500 * 4;

/// Where audio goes.
#[derive(Debug, PartialEq, Eq)]
enum Destination {
    Stdout,
    File(PathBuf),
}

/// Speaks a text.
pub(crate) fn run(arguments: &SpeakArguments) -> Result<(), CliError> {
    let destination = destination(arguments.output.as_deref(), std::io::stdout().is_terminal())?;
    let format = format(arguments.format.map(Format::from), &destination);
    let text = match arguments.text.as_str() {
        "-" => read_text(std::io::stdin().lock())?,
        text => text.to_owned(),
    };
    let utterance = Utterance {
        text,
        voice: arguments.voice.clone(),
        speed: arguments.speed,
        lang: arguments.lang.clone(),
    };
    let engine = Engine::open(EngineConfig {
        warm_up: false,
        ..crate::model::configured(&arguments.engine)?
    })?;
    let rate = arguments.sample_rate;
    match destination {
        // A WAV wants its true size first; everything else can be heard while the rest is synthesised.
        Destination::Stdout if format != Format::Wav => {
            let mut encoder = encode::encoder(format, rate, Delivery::Streamed)
                .map_err(|error| CliError::Usage(error.to_string()))?;
            let mut stream = engine.stream(&utterance, &Cancel::new())?;
            for chunk in stream.by_ref() {
                crate::write_out(&encoder.push(&chunk?.samples)?)?;
            }
            crate::write_out(&encoder.finish()?)?;
            warn(stream.dropped_characters(), stream.spelled_words());
            Ok(())
        }
        Destination::Stdout => {
            let rendered = engine.render(&utterance, &Cancel::new())?;
            crate::write_out(&encode::encode(format, rate, &rendered.samples)?)?;
            warn(rendered.dropped_characters, rendered.spelled_words);
            Ok(())
        }
        Destination::File(path) => {
            let rendered = engine.render(&utterance, &Cancel::new())?;
            write_file(&path, &encode::encode(format, rate, &rendered.samples)?)?;
            warn(rendered.dropped_characters, rendered.spelled_words);
            Ok(())
        }
    }
}

/// Says what was not spoken as it was written.
fn warn(dropped_characters: usize, spelled_words: usize) {
    if dropped_characters > 0 {
        eprintln!(
            "kokoro: characters that cannot be spoken and were left out: {dropped_characters}"
        );
    }
    if spelled_words > 0 {
        eprintln!(
            "kokoro: words that nobody knew how to say and that were spelled letter by letter: {spelled_words}; install eSpeak NG, or name them in a lexicon (`--lexicon`)"
        );
    }
}

fn destination(output: Option<&Path>, stdout_is_terminal: bool) -> Result<Destination, CliError> {
    match output {
        Some(path) if path.as_os_str() != "-" => Ok(Destination::File(path.to_owned())),
        Some(_) => Ok(Destination::Stdout),
        None if stdout_is_terminal => Err(CliError::Usage(
            "the audio would go to the terminal; name a file with `-o FILE`, or send stdout to a player".to_owned(),
        )),
        None => Ok(Destination::Stdout),
    }
}

fn format(asked: Option<Format>, destination: &Destination) -> Format {
    let named = match destination {
        Destination::File(path) => path.extension().and_then(|extension| extension.to_str()),
        Destination::Stdout => None,
    };
    asked
        .or_else(|| named.and_then(|name| Format::parse(name).ok()))
        .unwrap_or(Format::Wav)
}

fn read_text(reader: impl Read) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_TEXT_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| CliError::Read {
            path: "stdin".into(),
            source,
        })?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_TEXT_BYTES {
        return Err(CliError::Usage(format!(
            "expected a text of at most 4500 characters on stdin; found more than {MAX_TEXT_BYTES} bytes; speak it in parts"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        CliError::Usage(format!(
            "expected UTF-8 on stdin; the byte at offset {} does not belong there",
            error.utf8_error().valid_up_to()
        ))
    })
}

/// Writes a file at once: readers see the old one or the new one, never half of it.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |source| CliError::Write {
        place: path.display().to_string(),
        source,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new()
        .prefix(".kokoro-")
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    readable(file.as_file()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are private; what was asked for is an ordinary file.
#[cfg(unix)]
fn readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
