//! Reports somebody else writes: found, or made by their own command, and kept.

use caws_evidence::codes;

use crate::config::Report;
use crate::files;
use crate::gates::context::Call;
use crate::gates::{Context, Stop};

/// Makes a report where there is a command for it, and keeps it under its role.
///
/// The command's exit status is recorded and not judged: test runners exit with failure exactly
/// when there is something to report.
pub(crate) fn keep(context: &mut Context<'_>, role: &str, report: &Report) -> Result<(), Stop> {
    let path = context.root().join(&report.path);
    if !report.command.is_empty() {
        // What an earlier run left must not be taken for this one's.
        let _ = std::fs::remove_file(&path);
        let call = Call::new(format!("{role}-report"), report.command.iter().cloned());
        context.call(&call, &mut |_| {})?;
    }
    let name = report
        .path
        .rsplit('/')
        .next()
        .unwrap_or(&report.path)
        .to_owned();
    match files::read(&path, files::MAX_REPORT) {
        Ok(bytes) => {
            context.raw(role, &name, bytes);
            Ok(())
        }
        Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            let message = format!("the {} report in {}: {error}", report.format, report.path);
            Err(Stop::new(codes::REPORT_MALFORMED, message)
                .help("split the report, or name the right file"))
        }
        Err(error) => {
            let help = if report.command.is_empty() {
                format!(
                    "run the tool that writes {} before caws, or give `command` beside `path`",
                    report.path
                )
            } else {
                format!(
                    "run `{}` by hand; it must write {}",
                    report.command.join(" "),
                    report.path
                )
            };
            Err(Stop::new(
                codes::NUMBER_MISSING,
                format!(
                    "expected a {} report in {}, found none: {error}",
                    report.format, report.path
                ),
            )
            .help(help))
        }
    }
}

/// The report's path as an input, where it is there already when the gate starts.
pub(crate) fn inputs<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Vec<String> {
    reports
        .into_iter()
        .filter(|report| report.command.is_empty())
        .map(|report| report.path.clone())
        .collect()
}
