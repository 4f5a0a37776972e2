//! Where results go: stdout, in the format asked for.

use std::io::Write as _;

use caws_report::Palette;
use caws_report::terminal::Detail;

use crate::args::{Color, Format, Global};
use crate::error::CliError;

/// How results are printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) palette: Palette,
    pub(crate) detail: Detail,
    pub(crate) offline: bool,
    color: Color,
}

impl Output {
    /// From the arguments and the terminal.
    pub(crate) fn new(global: &Global) -> Self {
        let coloured = match global.color {
            Color::Always => true,
            Color::Never => false,
            // Asks for a terminal, NO_COLOR, CLICOLOR and TERM.
            Color::Auto => {
                anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
            }
        };
        Self {
            format: global.format,
            palette: if coloured {
                Palette::coloured()
            } else {
                Palette::plain()
            },
            detail: match (global.quiet, global.verbose) {
                (true, _) => Detail::Quiet,
                (false, true) => Detail::Verbose,
                (false, false) => Detail::Normal,
            },
            offline: global.offline,
            color: global.color,
        }
    }

    /// Colour for messages: what stderr shows may be kept apart from what stdout shows.
    pub(crate) fn stderr_palette(&self) -> Palette {
        let shows =
            anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
        match self.color {
            Color::Always => Palette::coloured(),
            Color::Auto if shows => Palette::coloured(),
            Color::Auto | Color::Never => Palette::plain(),
        }
    }

    /// Whether only the verdict is wanted.
    pub(crate) fn quiet(&self) -> bool {
        self.detail == Detail::Quiet
    }

    /// The error for a format a command does not have.
    pub(crate) fn unsupported(&self, command: &str) -> CliError {
        let name = match self.format {
            Format::Human => "human",
            Format::Json => "JSON",
            Format::Sarif => "SARIF",
            Format::Junit => "JUnit",
            Format::Markdown => "Markdown",
        };
        CliError::usage(
            format!("`caws {command}` has no {name} form"),
            "use --format human or --format json",
        )
    }
}

/// Writes a result. A reader that goes away (`caws explain | head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::File {
            action: "write",
            path: "standard output".into(),
            source: error,
        }),
        _ => Ok(()),
    }
}

/// Writes a line for people; a stderr that is gone takes it to nobody.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
