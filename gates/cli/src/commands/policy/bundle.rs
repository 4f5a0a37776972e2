//! `caws policy bundle`: policies as the Open Policy Agent loads them.

use std::path::Path;

use caws_attest::keys::Algorithm;
use caws_rego::bundle;
use caws_report::json;
use caws_runner::{ExitCode, Host, git};
use serde::Serialize;

use super::Asked;
use crate::args::{Format, PolicyBundle};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    bundle: &'a Path,
    sha256: String,
    revision: &'a str,
    files: Vec<&'a str>,
    /// Fingerprint of the key that signed; null where nobody did.
    key: Option<&'a str>,
}

pub(super) fn run(args: &PolicyBundle, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("policy bundle"));
    }
    let asked = Asked::read(&args.policies)?;
    let policies = asked.compile()?;
    let host = Host::current();
    let revision = args.revision.clone().unwrap_or_else(|| {
        let subject = git::subject(Path::new("."), &host);
        let commit = subject.and_then(|subject| {
            let state = if subject.dirty { "+uncommitted" } else { "" };
            Some(format!("{}{state}", subject.commit?))
        });
        commit.unwrap_or_default()
    });
    let mut files = bundle::files(&policies, &asked.data, &revision);
    let key = if args.unsigned {
        None
    } else {
        Some(sign(&mut files, &host)?)
    };
    let bytes = bundle::archive(&files).map_err(CliError::file("write", &args.out))?;
    caws_runner::record::write(&args.out, &bytes).map_err(CliError::file("write", &args.out))?;
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    print(&match output.format {
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "policy-bundle",
            bundle: &args.out,
            sha256: caws_evidence::sha256_hex(&bytes),
            revision: &revision,
            files: names,
            key: key.as_deref(),
        })?,
        _ => format!(
            "wrote {}: {} files, {}\n",
            args.out.display(),
            names.len(),
            key.map_or_else(
                || "unsigned".to_owned(),
                |key| format!("signed with key {key}")
            ),
        ),
    })?;
    Ok(ExitCode::Pass)
}

/// Adds the signature, and gives the fingerprint of the key.
fn sign(files: &mut Vec<bundle::BundleFile>, host: &Host) -> Result<String, CliError> {
    let key = keys::signing(host)?;
    if key.algorithm() != Algorithm::EcdsaP256 {
        return Err(CliError::usage(
            format!(
                "an OPA bundle cannot be signed with a key of {}",
                key.algorithm()
            ),
            "sign it with an ECDSA key over P-256 (`caws provenance keys new`), or say --unsigned",
        ));
    }
    let broken = |error: &dyn std::fmt::Display| CliError::Internal(error.to_string());
    let fingerprint = key.public().map_err(|error| broken(&error))?.fingerprint();
    let message = bundle::signing_input(files, &fingerprint);
    let signature = key
        .sign(message.as_bytes())
        .map_err(|error| broken(&error))?;
    let signatures = bundle::signatures(&message, &signature)
        .ok_or_else(|| broken(&"the signature is no ECDSA signature over P-256"))?;
    files.push(signatures);
    Ok(fingerprint)
}
