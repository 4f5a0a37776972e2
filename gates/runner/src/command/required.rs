//! Commands that must have succeeded: a list of them held against the records that are there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_attest::predicate::COMMAND_V1;
use caws_attest::seal::{command_bundle_path, command_path, command_subjects};
use caws_attest::{BundleError, Keyring, PublicKey, verify_strict};
use caws_evidence::{
    CommandRecord, Finding, Place, Severity, canonical_json, codes, command, sha256_hex,
};
use caws_spec::{Document, Schema, parse, validate_schema};
use jiff::Timestamp;
use serde::Deserialize;

use crate::duration;
use crate::exit::ExitCode;

/// The schema of the list, as it lies in `.caws/schemas`.
pub const SCHEMA: &str = include_str!("../../../../.caws/schemas/required-commands.schema.json");

/// How far the clock that dated a record may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(5 * 60);

/// A list of commands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredCommands {
    /// Version of the list.
    pub schema_version: u32,
    /// What must have succeeded.
    pub commands: Vec<Required>,
}

/// A command that must have succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Required {
    /// Name of its record.
    pub name: String,
    /// Program and arguments, exactly, where only these will do.
    pub command: Option<Vec<String>>,
    /// How long ago it may have ended.
    #[serde(default, deserialize_with = "duration::optional")]
    pub max_age: Option<Duration>,
    /// Whether it must have run on the commit that is checked out, with no uncommitted changes.
    #[serde(default)]
    pub same_commit: bool,
}

impl RequiredCommands {
    /// Reads a list, YAML or JSON by the ending of `label`.
    ///
    /// # Errors
    /// Every fault, at its place.
    pub fn read(label: &str, bytes: &[u8]) -> Result<Self, Vec<Finding>> {
        let document = parse(label, bytes)?;
        let schema =
            Schema::compile(SCHEMA).map_err(|error| vec![broken(&document, error.to_string())])?;
        let faults = validate_schema(&document, &schema);
        if !faults.is_empty() {
            return Err(faults);
        }
        document.to_struct().map_err(|fault| vec![*fault])
    }
}

/// A schema of ours that does not compile; a test holds it valid.
fn broken(document: &Document, message: String) -> Finding {
    document.error("", codes::DOCUMENT_SCHEMA, message)
}

/// Against what records are held.
#[derive(Debug, Clone)]
pub struct Against {
    /// The artifacts directory.
    pub artifacts: PathBuf,
    /// Keys whose signatures count.
    pub keys: Vec<PublicKey>,
    /// What was said of these keys: when they count, and which follow them; without it they always do.
    pub ring: Option<Keyring>,
    /// Accept records that nobody signed.
    pub allow_unsigned: bool,
    /// The commit that is checked out, where there is one.
    pub commit: Option<String>,
    /// Now.
    pub now: Timestamp,
}

/// What was found about one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Name of the record.
    pub name: String,
    /// The record, where there is one that can be believed.
    pub record: Option<CommandRecord>,
    /// Fingerprint of the key that signed it, where one did.
    pub key: Option<String>,
    /// What does not hold; a warning holds nothing up.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether everything holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// Holds each command of the list against its record.
#[must_use]
pub fn check(list: &RequiredCommands, against: &Against) -> Vec<Checked> {
    let one = |required| check_one(required, against);
    list.commands.iter().map(one).collect()
}

/// The exit code of a check: 4 where a record cannot be believed, else 1 where one says something else, else 3
/// where one is missing or stale.
#[must_use]
pub fn exit(checked: &[Checked]) -> ExitCode {
    let errors = checked
        .iter()
        .flat_map(|one| &one.findings)
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| match finding.code.as_str() {
            codes::COMMAND_FAILED | codes::COMMAND_DIFFERS => ExitCode::GateFailed,
            codes::COMMAND_MISSING | codes::COMMAND_AGE | codes::COMMAND_COMMIT => {
                ExitCode::NotMeasured
            }
            _ => ExitCode::VerificationFailed,
        });
    let rank = |code: &ExitCode| match code {
        ExitCode::VerificationFailed => 2,
        ExitCode::GateFailed => 1,
        _ => 0,
    };
    errors.max_by_key(rank).unwrap_or(ExitCode::Pass)
}

fn check_one(required: &Required, against: &Against) -> Checked {
    let mut checked = Checked {
        name: required.name.clone(),
        record: None,
        key: None,
        findings: Vec::new(),
    };
    match believed(&required.name, against) {
        Err(finding) => checked.findings.push(*finding),
        Ok(believed) => {
            checked
                .findings
                .extend(says(required, &believed.record, against));
            checked.findings.extend(believed.unsigned);
            checked.record = Some(believed.record);
            checked.key = believed.key;
        }
    }
    checked
}

struct Believed {
    record: CommandRecord,
    key: Option<String>,
    unsigned: Option<Finding>,
}

/// A record that is what a trusted key signed.
fn believed(name: &str, against: &Against) -> Result<Believed, Box<Finding>> {
    let (path, bundle) = (command_path(name), command_bundle_path(name));
    let Some(bytes) = read(against, &path)? else {
        return Err(fault(
            codes::COMMAND_MISSING,
            &against.artifacts.join(&path),
            format!("`{name}` was not run, or its record is not here"),
            ("the record of a command that succeeded", "no such file"),
            format!("caws evidence run --name {name} -- COMMAND"),
        ));
    };
    let at = against.artifacts.join(&path);
    let record = parsed(&at, name, &bytes)?;
    let at = against.artifacts.join(&bundle);
    let Some(signed) = read(against, &bundle)? else {
        let mut finding = *fault(
            codes::SIGNATURE_MISSING,
            &at,
            format!("nobody signed the record of `{name}`"),
            ("a signed bundle", "no such file"),
            "run the command again with a key: CAWS_SIGNING_KEY, or `caws provenance keys new`",
        );
        if !against.allow_unsigned {
            return Err(Box::new(finding));
        }
        finding.severity = Severity::Warning;
        return Ok(Believed {
            record,
            key: None,
            unsigned: Some(finding),
        });
    };
    let ring = against.ring.as_ref();
    let keys = ring.map_or(against.keys.as_slice(), Keyring::keys);
    let key = signature(&at, &signed, &record, &bytes, keys)?;
    // A record has no other time than its own word.
    if let Some(Err(refusal)) = ring.map(|ring| ring.judge(&key, &record.finished, against.now)) {
        return Err(fault(
            refusal.code,
            &at,
            format!("the signature of `{name}` does not count"),
            (&refusal.expected, &refusal.found),
            format!(
                "run the command again with a key that counts; `caws explain {}` says more",
                refusal.code
            ),
        ));
    }
    Ok(Believed {
        record,
        key: Some(key),
        unsigned: None,
    })
}

fn read(against: &Against, path: &str) -> Result<Option<Vec<u8>>, Box<Finding>> {
    let at = against.artifacts.join(path);
    match std::fs::read(&at) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(
            codes::RECORD_INCONSISTENT,
            &at,
            "the file cannot be read",
            ("a file of the record", &error.to_string()),
            "mend what the system says",
        )),
    }
}

/// Reads a record that must be the one of `name`, in the form that is hashed and signed.
///
/// # Errors
/// What is wrong with it.
pub fn parsed(at: &Path, name: &str, bytes: &[u8]) -> Result<CommandRecord, Box<Finding>> {
    let help = "the record was changed or replaced; run the command again with `caws evidence run`";
    let record: CommandRecord = serde_json::from_slice(bytes).map_err(|error| {
        fault(
            codes::RECORD_INCONSISTENT,
            at,
            "the file is no record of a command",
            (
                "a record as .caws/schemas/command-v1.schema.json says",
                &error.to_string(),
            ),
            help,
        )
    })?;
    let (version, known) = (record.schema_version, command::SCHEMA_VERSION);
    if version != known {
        return Err(fault(
            codes::RECORD_INCONSISTENT,
            at,
            "the record is of another version",
            (&format!("schema_version {known}"), &version.to_string()),
            "use the caws that wrote it, or run the command again",
        ));
    }
    let canonical = canonical_json(&record).unwrap_or_default();
    if canonical != bytes {
        return Err(fault(
            codes::RECORD_NOT_CANONICAL,
            at,
            "the record is not in the form that is signed",
            (
                "canonical JSON",
                "another form of the same content, or more than it",
            ),
            help,
        ));
    }
    if record.name != name {
        return Err(fault(
            codes::RECORD_INCONSISTENT,
            at,
            "the record is of another name than its file",
            (name, &record.name),
            help,
        ));
    }
    Ok(record)
}

/// The fingerprint of the trusted key that signed exactly this record.
fn signature(
    at: &Path,
    bundle: &[u8],
    record: &CommandRecord,
    bytes: &[u8],
    keys: &[PublicKey],
) -> Result<String, Box<Finding>> {
    let name = &record.name;
    let message = format!("the signature of `{name}` is not accepted");
    let verified = verify_strict(bundle, keys).map_err(|error| {
        let (code, help) = match &error {
            BundleError::Untrusted { .. } => (
                codes::KEY_UNTRUSTED,
                "give the signer's public key with `--key`, if you trust it",
            ),
            BundleError::NotCanonical { .. } => (
                codes::RECORD_NOT_CANONICAL,
                "the bundle was rewritten; take the one that `caws evidence run` left",
            ),
            _ => (
                codes::SIGNATURE_INVALID,
                "the bundle was changed, or is none; run the command again",
            ),
        };
        let expected = "a bundle that a trusted key signed";
        fault(
            code,
            at,
            message.clone(),
            (expected, &error.to_string()),
            help,
        )
    })?;
    let statement = &verified.statement;
    let help = "the record or its bundle was changed or replaced after the run";
    if statement.predicate_type != COMMAND_V1 {
        return Err(fault(
            codes::SIGNATURE_INVALID,
            at,
            message,
            (
                &format!("predicate type {COMMAND_V1}"),
                &statement.predicate_type,
            ),
            help,
        ));
    }
    let signed = canonical_json(&statement.predicate).unwrap_or_default();
    let digest = sha256_hex(bytes);
    if signed != bytes {
        return Err(fault(
            codes::DIGEST_MISMATCH,
            at,
            format!("the record of `{name}` is not the one that was signed"),
            (
                &format!("sha256 {}", sha256_hex(&signed)),
                &format!("sha256 {digest}"),
            ),
            help,
        ));
    }
    if statement.subject != command_subjects(record, &digest) {
        return Err(fault(
            codes::DIGEST_MISMATCH,
            at,
            "the signed statement is about other things than the record",
            (
                "the record and its commit as subjects",
                &format!("{} subjects, not the same", statement.subject.len()),
            ),
            help,
        ));
    }
    Ok(verified.fingerprint)
}

/// What a record does not say that it should.
fn says(required: &Required, record: &CommandRecord, against: &Against) -> Vec<Finding> {
    let at = against.artifacts.join(command_path(&record.name));
    let name = &record.name;
    let again = format!("caws evidence run --name {name} -- COMMAND");
    let mut findings = Vec::new();
    if !record.succeeded() {
        let last = record.key_output.last();
        let last = last.map_or_else(String::new, |line| format!(": {line}"));
        findings.push(*fault(
            codes::COMMAND_FAILED,
            &at,
            format!("`{name}` did not succeed"),
            ("exit code 0", &format!("{}{last}", record.outcome())),
            format!("`caws evidence show {name}` shows its last lines; mend what they say and run it again"),
        ));
    }
    if let Some(command) = required.command.as_ref().filter(|c| **c != record.command) {
        findings.push(*fault(
            codes::COMMAND_DIFFERS,
            &at,
            format!("`{name}` is the record of another command"),
            (&shown(command), &shown(&record.command)),
            "run the command that is asked for, word by word",
        ));
    }
    findings.extend(age(required, record, against, &at, &again));
    if required.same_commit {
        let here = against.commit.as_deref();
        let clean = record.dirty == Some(false);
        if here.is_none() || here != record.commit.as_deref() || !clean {
            let changes = if record.dirty == Some(true) {
                " with uncommitted changes"
            } else {
                ""
            };
            let was = record.commit.as_deref().unwrap_or("no commit");
            findings.push(*fault(
                codes::COMMAND_COMMIT,
                &at,
                format!("`{name}` did not run on the commit that is checked out"),
                (
                    &here.map_or_else(
                        || "a commit, and there is none here".to_owned(),
                        |commit| format!("commit {commit}"),
                    ),
                    &format!("{was}{changes}"),
                ),
                format!("commit what changed, then {again}"),
            ));
        }
    }
    findings
}

fn age(
    required: &Required,
    record: &CommandRecord,
    against: &Against,
    at: &Path,
    again: &str,
) -> Option<Finding> {
    let most = required.max_age?;
    let name = &record.name;
    let message = format!("`{name}` ended too long ago");
    let limit = format!("ended at most {} s ago", most.as_secs_f64());
    let finished: Timestamp = match record.finished.parse() {
        Ok(finished) => finished,
        Err(_) => {
            let found = (limit.as_str(), record.finished.as_str());
            return Some(*fault(codes::COMMAND_AGE, at, message, found, again));
        }
    };
    let age = against.now.duration_since(finished);
    let found = if age > jiff::SignedDuration::try_from(most).unwrap_or(jiff::SignedDuration::MAX) {
        format!("{}, {} s ago", record.finished, age.as_secs())
    } else if -age > jiff::SignedDuration::try_from(AHEAD).unwrap_or(jiff::SignedDuration::MAX) {
        format!("{}, which is in the future", record.finished)
    } else {
        return None;
    };
    Some(*fault(
        codes::COMMAND_AGE,
        at,
        message,
        (&limit, &found),
        again,
    ))
}

fn shown(command: &[String]) -> String {
    serde_json::to_string(command).unwrap_or_else(|_| command.join(" "))
}

fn fault(
    code: &str,
    at: &Path,
    message: impl Into<String>,
    (expected, found): (&str, &str),
    help: impl Into<String>,
) -> Box<Finding> {
    Box::new(Finding {
        code: code.to_owned(),
        severity: Severity::Error,
        message: message.into(),
        place: Some(Place {
            path: at.display().to_string(),
            line: None,
            column: None,
        }),
        expected: Some(expected.to_owned()),
        found: Some(found.to_owned()),
        help: Some(help.into()),
    })
}

#[cfg(test)]
mod tests;
