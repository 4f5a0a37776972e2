//! `caws evidence`: records of commands.

mod check;
mod run;
mod show;

use std::path::{Path, PathBuf};

use caws_runner::command::root_of;

use crate::app::Status;
use crate::args::Evidence;
use crate::error::CliError;
use crate::output::Output;

pub(crate) fn run(command: &Evidence, output: &Output) -> Result<Status, CliError> {
    match command {
        Evidence::Run(args) => run::run(args, output),
        Evidence::Show(args) => show::run(args, output).map(Status::from),
        Evidence::Check(args) => check::run(args, output).map(Status::from),
    }
}

/// This directory, and the root of the project it lies in; the directory itself where it lies in none, for records
/// can be read anywhere.
fn place() -> Result<(PathBuf, PathBuf), CliError> {
    let here = std::env::current_dir().map_err(CliError::file("read", Path::new(".")))?;
    let root = root_of(&here).unwrap_or_else(|| here.clone());
    Ok((here, root))
}

/// A path as the user would type it.
fn shown(path: &Path, here: &Path) -> String {
    let relative = here
        .canonicalize()
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    relative.as_deref().unwrap_or(path).display().to_string()
}
