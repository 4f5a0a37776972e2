//! `caws provenance keys show`: one key, what it is worth now, and everything the records say of it.

use std::fmt::Write as _;

use caws_attest::keyring::{Event, Verified};
use caws_attest::{Keyring, PublicKey, key_status};
use caws_report::{json, text};
use caws_runner::ExitCode;
use serde::Serialize;
use serde_json::Value;

use super::records::Records;
use super::{now, reason, revoke, word, worth};
use crate::args::{Format, KeyShow};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    fingerprint: &'a str,
    algorithm: &'static str,
    public_key: String,
    valid: bool,
    status: &'a str,
    follows: Vec<&'a str>,
    records: Vec<Told<'a>>,
}

#[derive(Serialize)]
struct Told<'a> {
    /// In the file, from 1.
    record: usize,
    signed_by: &'a [String],
    /// Whether it changes anything.
    counts: bool,
    says: Value,
}

pub(super) fn run(args: &KeyShow, output: &Output) -> Result<ExitCode, CliError> {
    let trusted = keys::trusted(&[])?;
    let roots: Vec<PublicKey> = trusted.iter().map(|one| one.key.clone()).collect();
    let ring = Records::read(&args.records.file)?.ring(&roots)?;
    let key = revoke::find(&args.key, &ring)?;
    let fingerprint = key.fingerprint();
    let status = key_status(&fingerprint, now(), &ring);
    let said = worth(&status);
    let told: Vec<&Verified> = ring
        .records()
        .iter()
        .filter(|told| concerns(told, &fingerprint))
        .collect();
    let text = match output.format {
        Format::Human => human(&key, &said, &told, &ring),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "key-life",
            fingerprint: &fingerprint,
            algorithm: word(key.algorithm()),
            public_key: key
                .to_pem()
                .map_err(|error| CliError::Internal(error.to_string()))?,
            valid: status.is_valid(),
            status: &said,
            follows: ring.predecessors(&fingerprint).into_iter().collect(),
            records: told
                .iter()
                .map(|told| {
                    Ok(Told {
                        record: told.index + 1,
                        signed_by: &told.signers,
                        counts: counts(told, &ring),
                        says: serde_json::to_value(&told.record)?,
                    })
                })
                .collect::<Result<_, serde_json::Error>>()?,
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("provenance keys show"));
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// A record about the key, or about one that follows it.
fn concerns(told: &Verified, fingerprint: &str) -> bool {
    let before =
        matches!(&told.record.event, Event::Rotate { previous, .. } if previous == fingerprint);
    told.key == fingerprint || before
}

fn counts(told: &Verified, ring: &Keyring) -> bool {
    let index = told.index;
    ring.ignored().iter().all(|ignored| ignored.index != index)
}

fn human(key: &PublicKey, status: &str, told: &[&Verified], ring: &Keyring) -> String {
    let fingerprint = key.fingerprint();
    let mut out = String::new();
    let mut row = |label: &str, value: &str| {
        let _ = writeln!(out, "{label:<12} {}", text::line(value));
    };
    row("fingerprint", &fingerprint);
    row("algorithm", word(key.algorithm()));
    row("status", status);
    for old in ring.predecessors(&fingerprint) {
        row("follows", old);
    }
    for told in told {
        let void = if counts(told, ring) {
            ""
        } else {
            ", which changes nothing"
        };
        let says = says(&told.record.event, &fingerprint);
        row(
            "record",
            &format!(
                "{}: {says}; written {}, signed by {}{void}",
                told.index + 1,
                told.record.issued,
                told.signers.join(" and ")
            ),
        );
    }
    out
}

fn says(event: &Event, fingerprint: &str) -> String {
    let until = |end: &Option<jiff::Timestamp>| {
        end.as_ref()
            .map_or_else(String::new, |end| format!(" until {end}"))
    };
    match event {
        Event::Issue {
            not_before,
            not_after,
            ..
        } => format!("counts from {not_before}{}", until(not_after)),
        Event::Rotate {
            previous,
            previous_not_after,
            ..
        } if previous == fingerprint => {
            format!(
                "another key follows it{}",
                match previous_not_after {
                    Some(end) => format!(", and it counts until {end}"),
                    None => String::new(),
                }
            )
        }
        Event::Rotate {
            previous,
            not_before,
            not_after,
            ..
        } => format!(
            "follows {previous}, counts from {not_before}{}",
            until(not_after)
        ),
        Event::Revoke {
            since, reason: why, ..
        } => format!("given up since {since}: {}", reason(*why)),
    }
}
