//! Changes of a person's files: nothing is written that was not shown.

use std::io::Write as _;
use std::path::Path;

use similar::TextDiff;

use crate::args::Format;
use crate::error::CliError;
use crate::output::Output;

/// The difference between two texts of a file, as a patch.
pub(super) fn difference(label: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(1)
        .header(label, label)
        .to_string()
}

/// Shows a change: on stdout to people, on stderr where stdout carries a document. Where nobody reads
/// it, there is no change.
pub(super) fn show(
    label: &str,
    before: &str,
    after: &str,
    output: &Output,
) -> Result<(), CliError> {
    let patch = difference(label, before, after);
    let patch = caws_report::text::block(&patch);
    let shown = if output.format == Format::Human {
        let mut stdout = std::io::stdout().lock();
        stdout
            .write_all(patch.as_bytes())
            .and_then(|()| stdout.flush())
    } else {
        std::io::stderr().lock().write_all(patch.as_bytes())
    };
    shown.map_err(|source| CliError::File {
        action: "show the change of",
        path: label.into(),
        source,
    })
}

/// Replaces a file as a whole; links stay links, and permissions stay as they are.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let wrong = || CliError::file("write", path);
    let place = path.canonicalize().map_err(wrong())?;
    let permissions = std::fs::metadata(&place).map_err(wrong())?.permissions();
    caws_runner::record::write(&place, bytes).map_err(wrong())?;
    std::fs::set_permissions(&place, permissions).map_err(wrong())
}
