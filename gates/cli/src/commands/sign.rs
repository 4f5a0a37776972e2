//! `caws provenance sign`: seals a run after the fact.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use caws_attest::seal;
use caws_evidence::manifest::layout;
use caws_evidence::{Finding, Manifest, Severity, codes};
use caws_report::{json, terminal};
use caws_runner::{ExitCode, Host};
use caws_verify::{Options, verify_artifacts};
use serde::Serialize;

use crate::args::{Format, Sign};
use crate::artifacts::Artifacts;
use crate::error::CliError;
use crate::output::{Output, note, print};
use crate::{artifacts, keys, package};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    fingerprint: &'a str,
    bundles: Vec<&'a String>,
    package: &'a Path,
}

pub(crate) fn run(args: &Sign, output: &Output) -> Result<ExitCode, CliError> {
    let dir = args.artifacts.as_path();
    if dir.is_file() {
        return Err(CliError::usage(
            format!("{} is no artifacts directory", dir.display()),
            "a package keeps the signatures it has; `caws provenance sign --add PACKAGE` adds one",
        ));
    }
    let from = Artifacts::Directory(dir.to_owned());
    let manifest: Manifest = artifacts::document(&from, layout::MANIFEST, "manifest")?;
    let files = files(dir, &manifest)?;
    verified(dir, output)?;
    let key = keys::signing(&Host::current())?;
    let bundles = seal::seal(&files, &key).map_err(|error| CliError::Record {
        path: dir.join(layout::MANIFEST),
        expected: "record to sign",
        found: error.to_string(),
    })?;
    for (path, bytes) in &bundles {
        let at = dir.join(path);
        caws_runner::record::write(&at, bytes).map_err(CliError::file("write", &at))?;
    }
    let public = key
        .public()
        .map_err(|error| CliError::Internal(error.to_string()))?;
    let fingerprint = public.fingerprint();
    // The page says who vouches; it is no part of the record.
    let view = artifacts::load(&from)?;
    super::report::write_page(&view, &dir.join(layout::REPORT))?;
    let package = package::keep(dir)?;
    let text = match output.format {
        Format::Human => format!(
            "signed {} with key {fingerprint}\naudit package: {}\n",
            dir.join(layout::MANIFEST).display(),
            package.display(),
        ),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "signature",
            fingerprint: &fingerprint,
            bundles: bundles.keys().collect(),
            package: &package,
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("provenance sign"));
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// Refuses to put a name under a record that does not say what its evidence says. Older signatures
/// do not count: they are about to be replaced.
fn verified(dir: &Path, output: &Output) -> Result<(), CliError> {
    const OF_SIGNATURES: [&str; 3] = [
        codes::SIGNATURE_MISSING,
        codes::SIGNATURE_INVALID,
        codes::KEY_UNTRUSTED,
    ];
    let options = Options {
        allow_unsigned: true,
        ..Options::default()
    };
    let report = verify_artifacts(dir, &options);
    let wrong: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| {
            finding.severity == Severity::Error && !OF_SIGNATURES.contains(&finding.code.as_str())
        })
        .collect();
    refused(&wrong, &dir.join(layout::MANIFEST), output)
}

/// Says everything that keeps a record from being signed; nothing does where there is nothing to say.
pub(super) fn refused(wrong: &[&Finding], path: &Path, output: &Output) -> Result<(), CliError> {
    let Some(first) = wrong.first() else {
        return Ok(());
    };
    for finding in wrong {
        note(terminal::finding("sign", finding, output.stderr_palette()).trim_end_matches('\n'));
        note("");
    }
    Err(CliError::Record {
        path: path.to_owned(),
        expected: "record to sign",
        found: first.message.clone(),
    })
}

/// The manifest and everything it covers.
fn files(dir: &Path, manifest: &Manifest) -> Result<BTreeMap<String, Vec<u8>>, CliError> {
    let covered = manifest.caws.files.iter().map(|file| file.path.as_str());
    let mut files = BTreeMap::new();
    for path in covered.chain([layout::MANIFEST]) {
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(CliError::Record {
                path: dir.join(layout::MANIFEST),
                expected: "manifest",
                found: format!("`{path}` is no path below the artifacts directory"),
            });
        }
        let at = dir.join(path);
        files.insert(
            path.to_owned(),
            std::fs::read(&at).map_err(CliError::file("read", &at))?,
        );
    }
    Ok(files)
}
