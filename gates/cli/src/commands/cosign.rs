//! `caws provenance sign --add`: one more signer for a record that somebody signed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use caws_attest::seal::cosign;
use caws_attest::{Bundle, PublicKey};
use caws_evidence::manifest::layout;
use caws_evidence::{Manifest, Severity, codes};
use caws_report::json;
use caws_runner::{ExitCode, Host};
use caws_verify::{
    Limits, Options, Package, PackageError, package as packages, verify_artifacts, verify_package,
};
use serde::Serialize;

use super::sign::refused;
use crate::args::{Format, Sign};
use crate::artifacts::{self, Artifacts, Opened};
use crate::error::CliError;
use crate::output::{Output, print};
use crate::{keys, package};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    fingerprint: &'a str,
    bundles: [&'a str; 1],
    package: &'a Path,
}

pub(crate) fn run(args: &Sign, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("provenance sign"));
    }
    let record = Opened::new(Artifacts::open(&args.artifacts)?);
    let from = record.artifacts();
    let manifest: Manifest = artifacts::document(from, layout::MANIFEST, "manifest")?;
    let first = signer(from)?;
    let key = keys::signing(&Host::current())?;
    let failed = |error: &dyn std::fmt::Display| CliError::Internal(error.to_string());
    let public = key.public().map_err(|error| failed(&error))?;
    sound(&record, &public, output)?;
    let fingerprint = public.fingerprint();
    let (path, bundle) = cosign(&manifest, &key).map_err(|error| failed(&error))?;
    if first == fingerprint || from.has(&path) {
        return Err(CliError::usage(
            format!("key {fingerprint} has signed this record already, and a key counts once"),
            "sign with another key: CAWS_SIGNING_KEY",
        ));
    }
    let package = match from {
        Artifacts::Directory(dir) => {
            let at = dir.join(&path);
            caws_runner::record::write(&at, &bundle).map_err(CliError::file("write", &at))?;
            package::keep(dir)?
        }
        Artifacts::Package { path: at, package } => repack(at, package, &path, bundle)?,
    };
    let text = match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "signature",
            fingerprint: &fingerprint,
            bundles: [&path],
            package: &package,
        })?,
        _ => format!(
            "cosigned {} with key {fingerprint}\naudit package: {}\n",
            layout::MANIFEST,
            package.display(),
        ),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// The key that the first signature names.
fn signer(from: &Artifacts) -> Result<String, CliError> {
    if !from.has(layout::MANIFEST_BUNDLE) {
        return Err(CliError::usage(
            format!("nobody signed {} yet", from.path().display()),
            "sign it first, with `caws provenance sign`; --add is for one more signer",
        ));
    }
    let bytes = from.read(layout::MANIFEST_BUNDLE)?;
    let bundle = Bundle::parse_strict(&bytes).map_err(|error| CliError::Record {
        path: from.path().join(layout::MANIFEST_BUNDLE),
        expected: "Sigstore bundle",
        found: error.to_string(),
    })?;
    let by = bundle.envelope.signatures.first();
    Ok(by
        .map(|signature| signature.keyid.clone())
        .unwrap_or_default())
}

/// Refuses to put a name under a record that is not true. Whose signatures it has is for its readers to judge; what
/// only the first signer's key can show of the ledger is left to those who have that key.
fn sound(record: &Opened, own: &PublicKey, output: &Output) -> Result<(), CliError> {
    let from = record.artifacts();
    let mut trusted: Vec<PublicKey> = keys::trusted(&[])?
        .into_iter()
        .map(|trusted| trusted.key)
        .collect();
    trusted.push(own.clone());
    let options = Options {
        keys: trusted,
        ..Options::default()
    };
    let report = match from {
        Artifacts::Directory(dir) => verify_artifacts(dir, &options),
        Artifacts::Package { package, .. } => verify_package(package, &options),
    };
    let unknown = report
        .findings
        .iter()
        .any(|finding| finding.code == codes::KEY_UNTRUSTED);
    let untrue = report
        .findings
        .iter()
        .filter(|finding| match finding.code.as_str() {
            codes::KEY_UNTRUSTED => false,
            codes::LEDGER_PROOF => !unknown,
            _ => true,
        });
    // Who cosigns a package has read its page.
    let page = package::check_page(record)?;
    let wrong: Vec<_> = untrue
        .chain(&page)
        .filter(|finding| finding.severity == Severity::Error)
        .collect();
    refused(&wrong, &from.path().join(layout::MANIFEST), output)
}

/// The package with one file more, and that file's key on its page, in the place of the old one.
fn repack(at: &Path, package: &Package, path: &str, bundle: Vec<u8>) -> Result<PathBuf, CliError> {
    let mut files: BTreeMap<String, Vec<u8>> = package
        .paths()
        .filter_map(|path| Some((path.to_owned(), package.get(path)?.to_vec())))
        .collect();
    files.insert(path.to_owned(), bundle);
    let refused = |error: PackageError| CliError::Record {
        path: at.to_owned(),
        expected: "record to pack",
        found: error.to_string(),
    };
    let mut bytes = packages::write(&files).map_err(refused)?;
    if let Some(page) = files.get_mut(layout::REPORT) {
        let package = Package::read(bytes, &Limits::default()).map_err(refused)?;
        let path = at.to_owned();
        let view = artifacts::load(&Artifacts::Package { path, package })?;
        *page = package::page(&view).into_bytes();
        bytes = packages::write(&files).map_err(refused)?;
    }
    caws_runner::record::write(at, &bytes).map_err(CliError::file("write", at))?;
    Ok(at.to_owned())
}
