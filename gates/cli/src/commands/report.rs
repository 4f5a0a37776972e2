//! `caws report`: the page, and any other format, from the record of a run.

use std::path::Path;

use caws_evidence::manifest::layout;
use caws_report::{RunView, html, json, junit, markdown, sarif};
use caws_runner::ExitCode;

use crate::args::{Format, Report};
use crate::artifacts::{self, Artifacts};
use crate::error::CliError;
use crate::output::{Output, print};

pub(crate) fn run(args: &Report, output: &Output) -> Result<ExitCode, CliError> {
    let from = Artifacts::open(&args.artifacts)?;
    let view = artifacts::load(&from)?;
    let page = args.html.clone().unwrap_or_else(|| match &from {
        Artifacts::Directory(dir) => dir.join(layout::REPORT),
        Artifacts::Package { path, .. } => path.with_extension("html"),
    });
    write_page(&view, &page)?;
    let text = match output.format {
        Format::Human if output.quiet() => String::new(),
        Format::Human => format!("wrote {}\n", page.display()),
        format => other(&view, format)?,
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// Writes the HTML page; its links lead to the evidence beside it.
pub(crate) fn write_page(view: &RunView, path: &Path) -> Result<(), CliError> {
    caws_runner::record::write(path, html::run(view).as_bytes())
        .map_err(CliError::file("write", path))
}

/// A run in a format for programs.
pub(crate) fn other(view: &RunView, format: Format) -> Result<String, CliError> {
    Ok(match format {
        Format::Human | Format::Markdown => markdown::run(view),
        Format::Json => json::run(view)?,
        Format::Sarif => json::document(&sarif::run(view))?,
        Format::Junit => junit::run(view),
    })
}
