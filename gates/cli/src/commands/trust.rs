//! `caws trust`: the score term by term, and how to raise it.

use caws_report::{json, markdown, terminal};
use caws_runner::ExitCode;

use crate::args::{Format, Record};
use crate::artifacts::{self, Artifacts};
use crate::error::CliError;
use crate::output::{Output, print};

pub(crate) fn run(args: &Record, output: &Output) -> Result<ExitCode, CliError> {
    let view = artifacts::load(&Artifacts::open(&args.artifacts)?)?;
    if view.partial {
        return Err(CliError::usage(
            format!(
                "{} holds a run of some gates, which has no trust score",
                view.artifacts
            ),
            "run `caws gates` without naming gates",
        ));
    }
    let text = match output.format {
        Format::Human if output.quiet() => format!("{}\n", view.score.score),
        Format::Human => terminal::trust(&view, output.palette),
        Format::Json => json::trust(&view)?,
        Format::Markdown => markdown::run(&view),
        Format::Sarif | Format::Junit => return Err(output.unsupported("trust")),
    };
    print(&text)?;
    Ok(super::gates::exit(&view))
}
