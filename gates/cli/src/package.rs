//! Writes the audit package of a run, and holds the page in one against the record beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_evidence::manifest::layout;
use caws_evidence::{Finding, Place, Severity, codes};
use caws_report::{RunView, html};
use caws_verify::{Limits, package};

use crate::artifacts::{self, Artifacts, Opened};
use crate::error::CliError;

/// What a package's name ends with.
const EXTENSION: &str = "caws";

/// Packs the record under `dir` into `audit/`; gives the package's path.
///
/// # Errors
/// When the record cannot be read, or the package not written.
pub(crate) fn keep(dir: &Path) -> Result<PathBuf, CliError> {
    let view = artifacts::load(&Artifacts::Directory(dir.to_owned()))?;
    let name = name(&view);
    let page = page(&view).into_bytes();
    let added = BTreeMap::from([(layout::REPORT.to_owned(), page)]);
    let bytes =
        package::pack(dir, added, &Limits::default()).map_err(|error| CliError::Record {
            path: dir.to_owned(),
            expected: "record to pack",
            found: error.to_string(),
        })?;
    let path = dir.join(layout::AUDIT_DIR).join(name);
    caws_runner::record::write(&path, &bytes).map_err(CliError::file("write", &path))?;
    Ok(path)
}

/// The name of a run's package. A changed tree is not the commit, and does not take its name.
fn name(view: &RunView) -> String {
    let commit = view.manifest.commit.as_str();
    let known = !commit.is_empty() && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let commit = if known { commit } else { "uncommitted" };
    let dirty = if known && view.manifest.caws.dirty {
        "-dirty"
    } else {
        ""
    };
    format!("{commit}{dirty}.{EXTENSION}")
}

/// The page of a package: it says how to verify the package, wherever the run was made.
pub(crate) fn page(view: &RunView) -> String {
    let artifacts = name(view);
    html::run(&RunView {
        artifacts,
        ..view.clone()
    })
}

/// Whether the page in a package is the one its record gives. Nobody signs the page, and people
/// read nothing else.
pub(crate) fn check_page(record: &Opened) -> Result<Option<Finding>, CliError> {
    let Artifacts::Package { package, .. } = record.artifacts() else {
        return Ok(None);
    };
    let Some(found) = package.get(layout::REPORT) else {
        return Ok(None);
    };
    let view = record.view()?;
    let ours = format!("caws {}", env!("CARGO_PKG_VERSION"));
    let same_version = view.manifest.agent == ours;
    let written_by = view.manifest.agent.clone();
    if page(view).as_bytes() == found {
        return Ok(None);
    }
    let (severity, message) = if same_version {
        (
            Severity::Error,
            "the page in the package is not the one its record gives",
        )
    } else {
        (
            Severity::Warning,
            "the page in the package was written by another version, and cannot be compared",
        )
    };
    Ok(Some(Finding {
        code: codes::REPORT_DIFFERS.to_owned(),
        severity,
        message: message.to_owned(),
        place: Some(Place {
            path: layout::REPORT.to_owned(),
            line: None,
            column: None,
        }),
        expected: Some(format!("the page {ours} writes from this record")),
        found: Some(format!("another page, in a package of {written_by}")),
        help: Some(
            "do not read the page in the package; write one with `caws report PACKAGE`".to_owned(),
        ),
    }))
}
