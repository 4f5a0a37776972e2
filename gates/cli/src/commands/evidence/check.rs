//! `caws evidence check`: commands that must have succeeded.

use std::path::Path;

use caws_attest::PublicKey;
use caws_evidence::Severity;
use caws_report::{excerpt, json, text};
use caws_runner::command::required::{Against, Checked, RequiredCommands, check, exit};
use caws_runner::project::document_bytes;
use caws_runner::{ConfigError, ExitCode, Host, git};
use serde::Serialize;

use super::shown;
use crate::args::{EvidenceCheck, Format};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    ok: bool,
    commands: Vec<Command<'a>>,
}

#[derive(Serialize)]
struct Command<'a> {
    name: &'a str,
    ok: bool,
    /// Fingerprint of the trusted key that signed the record.
    key: Option<&'a str>,
    outcome: Option<String>,
    finished: Option<&'a str>,
    findings: &'a [caws_evidence::Finding],
}

pub(super) fn run(args: &EvidenceCheck, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("evidence check"));
    }
    let label = args.list.display().to_string();
    let bytes = document_bytes(&args.list, &label, CliError::file("read", &args.list))?;
    let list = RequiredCommands::read(&label, &bytes).map_err(ConfigError::Invalid)?;
    let (here, root) = super::place()?;
    let trusted = trusted(args, &root)?;
    let own = Some(root.as_path()).filter(|_| args.keys.is_empty());
    let ring = match keys::records(args.key_records.as_deref(), own)? {
        Some(records) => Some(keys::ring(&trusted, &records)?),
        None => None,
    };
    let artifacts = root.join(&args.artifacts);
    let subject = git::subject(&root, &Host::current());
    let checked = check(
        &list,
        &Against {
            artifacts: shown(&artifacts, &here).into(),
            keys: trusted,
            ring,
            allow_unsigned: args.allow_unsigned,
            commit: subject.and_then(|subject| subject.commit),
            now: jiff::Timestamp::now(),
        },
    );
    let code = exit(&checked);
    print(&match output.format {
        Format::Json => json::document(&document(&checked, code))?,
        _ => human(&checked, output),
    })?;
    Ok(code)
}

/// The keys named, else the project's.
fn trusted(args: &EvidenceCheck, root: &Path) -> Result<Vec<PublicKey>, CliError> {
    if !args.keys.is_empty() {
        let named = keys::trusted(&args.keys)?;
        return Ok(named.into_iter().map(|trusted| trusted.key).collect());
    }
    let trusted = caws_runner::ledger::trusted(root).map_err(|why| {
        CliError::usage(
            format!("a key of the project cannot be used: {why}"),
            "mend or remove the file, or name keys with --key",
        )
    })?;
    if trusted.is_empty() && !args.allow_unsigned {
        return Err(CliError::usage(
            format!(
                "no key is trusted here: {} holds no *.pub file",
                keys::TRUSTED
            ),
            "give the signer's public key with --key FILE; for records nobody signed, say --allow-unsigned",
        ));
    }
    Ok(trusted)
}

fn document(checked: &[Checked], code: ExitCode) -> Document<'_> {
    Document {
        schema_version: json::SCHEMA_VERSION,
        kind: "evidence-check",
        ok: code == ExitCode::Pass,
        commands: checked
            .iter()
            .map(|one| Command {
                name: &one.name,
                ok: one.holds(),
                key: one.key.as_deref(),
                outcome: one
                    .record
                    .as_ref()
                    .map(caws_evidence::CommandRecord::outcome),
                finished: one.record.as_ref().map(|record| record.finished.as_str()),
                findings: &one.findings,
            })
            .collect(),
    }
}

fn human(checked: &[Checked], output: &Output) -> String {
    let mut out = String::new();
    for one in checked {
        for finding in one
            .findings
            .iter()
            .filter(|finding| !output.quiet() || finding.severity == Severity::Error)
        {
            out.push_str(&excerpt::excerpt(finding, None, output.palette));
        }
    }
    if !output.quiet() {
        for one in checked {
            let mark = if one.holds() { "✓" } else { "✗" };
            let what = one.record.as_ref().map_or_else(
                || "no record that counts".to_owned(),
                |record| format!("{}, {}", record.outcome(), record.finished),
            );
            let name = text::line(&one.name);
            out.push_str(&format!("{mark} {name}: {}\n", text::line(&what)));
        }
    }
    let held = checked.iter().filter(|one| one.holds()).count();
    out.push_str(&format!(
        "{held} of {} required commands hold\n",
        checked.len()
    ));
    out
}
