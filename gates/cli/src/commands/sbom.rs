//! `caws provenance sbom`: what a lock file pins, as CycloneDX, signed where that is asked for.

use std::path::{Path, PathBuf};

use caws_attest::Statement;
use caws_evidence::canonical_json;
use caws_report::json;
use caws_runner::ExitCode;
use caws_sbom::{Lock, PREDICATE_TYPE, add_licenses, document};
use serde::Serialize;

use super::attested::{Signer, deliver, digested, file, supported};
use crate::args::{Format, LockKind, Sbom};
use crate::error::CliError;
use crate::output::{Output, print};

/// Names that are looked for where no lock file is named.
const NAMES: [&str; 6] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "uv.lock",
    "poetry.lock",
    "requirements.txt",
];

#[derive(Serialize)]
struct Written<'a> {
    schema_version: u32,
    kind: &'static str,
    path: &'a Path,
    components: usize,
    lock: &'a Path,
    lock_sha256: &'a str,
}

pub(crate) fn run(args: &Sbom, output: &Output) -> Result<ExitCode, CliError> {
    supported(output, "provenance sbom")?;
    if args.signing.keyless && !args.attest {
        return Err(CliError::usage(
            "--keyless signs, and without --attest nothing is signed",
            "give --attest as well",
        ));
    }
    let path = match &args.lock {
        Some(path) => path.clone(),
        None => found()?,
    };
    let kind = kind(args, &path)?;
    let bytes = std::fs::read(&path).map_err(CliError::file("read", &path))?;
    let mut inventory = kind.read(&bytes).map_err(|error| {
        CliError::usage(
            format!("{}: {error}", path.display()),
            "an inventory of what is not pinned would be a guess; let the tool that wrote the file write it anew",
        )
    })?;
    if let Some(path) = &args.cargo_metadata {
        if kind != Lock::Cargo {
            return Err(CliError::usage(
                "licences of `cargo metadata` belong to a Cargo.lock",
                "leave --cargo-metadata out for this lock file",
            ));
        }
        let metadata = std::fs::read(path).map_err(CliError::file("read", path))?;
        add_licenses(&mut inventory, &metadata).map_err(|error| {
            CliError::usage(
                format!("{}: {error}", path.display()),
                "write it with `cargo metadata --format-version 1 --locked > FILE`",
            )
        })?;
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => directory(&path)?,
    };
    let document = document(&inventory, &name)?;
    if args.attest {
        let signer = Signer::of(&args.signing, output)?;
        let mut subjects = Vec::new();
        for subject in &args.subjects {
            subjects.push(file(subject)?);
        }
        if subjects.is_empty() {
            subjects.push(digested(&path, &bytes));
        }
        let statement = Statement::new(PREDICATE_TYPE, subjects, document);
        deliver(&statement, signer, args.output.as_deref(), output)?;
        return Ok(ExitCode::Pass);
    }
    let text = canonical_json(&document)?;
    let Some(to) = &args.output else {
        let text = String::from_utf8(text).map_err(|e| CliError::Internal(e.to_string()))?;
        print(&format!("{text}\n"))?;
        return Ok(ExitCode::Pass);
    };
    caws_runner::record::write(to, &text).map_err(CliError::file("write", to))?;
    let components = inventory.components.len();
    print(&match output.format {
        Format::Json => json::document(&Written {
            schema_version: json::SCHEMA_VERSION,
            kind: "sbom",
            path: to,
            components,
            lock: &path,
            lock_sha256: &inventory.lock_sha256,
        })?,
        _ if output.quiet() => String::new(),
        _ => format!(
            "wrote {}: {components} components of {}\n",
            to.display(),
            path.display()
        ),
    })?;
    Ok(ExitCode::Pass)
}

/// The one lock file of this directory.
fn found() -> Result<PathBuf, CliError> {
    let here: Vec<PathBuf> = NAMES
        .into_iter()
        .map(PathBuf::from)
        .filter(|path| path.is_file())
        .collect();
    let names = |paths: &[PathBuf]| {
        let names: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
        names.join(", ")
    };
    match here.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(CliError::usage(
            "there is no lock file in this directory",
            format!("name one: {}", NAMES.join(", ")),
        )),
        several => Err(CliError::usage(
            format!("there are several lock files here: {}", names(several)),
            "name the one that is meant; each gives a document of its own",
        )),
    }
}

fn kind(args: &Sbom, path: &Path) -> Result<Lock, CliError> {
    if let Some(kind) = args.kind {
        return Ok(match kind {
            LockKind::Cargo => Lock::Cargo,
            LockKind::Npm => Lock::Npm,
            LockKind::Requirements => Lock::Requirements,
            LockKind::Uv => Lock::Uv,
            LockKind::Poetry => Lock::Poetry,
        });
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Lock::named(&name).ok_or_else(|| {
        CliError::usage(
            format!("{} has no name that a lock file has", path.display()),
            "say what wrote it with --kind cargo, npm, requirements, uv or poetry",
        )
    })
}

/// The name of the directory a lock file lies in.
fn directory(lock: &Path) -> Result<String, CliError> {
    let real = lock.canonicalize().map_err(CliError::file("read", lock))?;
    let name = real.parent().and_then(Path::file_name);
    name.map(|name| name.to_string_lossy().into_owned())
        .ok_or_else(|| {
            CliError::usage(
                format!("{} lies in a directory without a name", lock.display()),
                "say what the project is called with --name",
            )
        })
}
