//! One file per command.

pub(crate) mod attested;
pub(crate) mod conclude;
pub(crate) mod cosign;
pub(crate) mod doctor;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod gates;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod migrate;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod portfolio;
pub(crate) mod report;
pub(crate) mod review;
pub(crate) mod sbom;
pub(crate) mod setup;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod slsa;
pub(crate) mod trust;
pub(crate) mod validate;
pub(crate) mod verify;
pub(crate) mod waiver;

mod change;

use std::path::Path;

use caws_runner::Project;

use crate::error::CliError;

/// The project of this directory.
fn open() -> Result<Project, CliError> {
    Ok(Project::open(Path::new("."))?)
}
