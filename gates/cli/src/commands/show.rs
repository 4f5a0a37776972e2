//! `caws provenance show`: the manifest of a run.

use std::fmt::Write as _;

use caws_evidence::Manifest;
use caws_evidence::manifest::layout;
use caws_report::view::verdict_word;
use caws_report::{RunView, Seal, json, text};
use caws_runner::ExitCode;
use serde::Serialize;

use crate::args::{Format, Record};
use crate::artifacts::{self, Artifacts};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    signed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    cosigned_by: &'a [String],
    manifest: &'a Manifest,
}

pub(crate) fn run(args: &Record, output: &Output) -> Result<ExitCode, CliError> {
    let view = artifacts::load(&Artifacts::open(&args.artifacts)?)?;
    let text = match output.format {
        Format::Human => human(&view),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "provenance",
            signed_by: match &view.seal {
                Seal::Signed { key, .. } => Some(key),
                Seal::Unsigned { .. } => None,
            },
            cosigned_by: match &view.seal {
                Seal::Signed { cosigners, .. } => cosigners,
                Seal::Unsigned { .. } => &[],
            },
            manifest: &view.manifest,
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("provenance show"));
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

fn human(view: &RunView) -> String {
    let record = &view.manifest.caws;
    let signature = match &view.seal {
        Seal::Signed { key, cosigners } => {
            let keys: Vec<_> = [key]
                .into_iter()
                .chain(cosigners)
                .map(|key| text::line(key))
                .collect();
            format!("by key {}", keys.join(", and by key "))
        }
        Seal::Unsigned { .. } => "none; `caws provenance sign` signs".to_owned(),
    };
    let mut out = String::new();
    for (label, value) in [
        (
            "manifest",
            format!("{}/{}", view.artifacts, layout::MANIFEST),
        ),
        ("signature", signature),
        ("commit", view.manifest.commit.clone()),
        ("tree", record.tree.clone()),
        (
            "changes",
            if record.dirty {
                "uncommitted changes"
            } else {
                "none"
            }
            .to_owned(),
        ),
        ("run", format!("{} to {}", record.started, record.finished)),
        ("plan", format!("sha256 {}", record.plan_sha256)),
        (
            "score",
            format!(
                "{} of 100, {} needed",
                record.trust.score, record.trust.threshold
            ),
        ),
        ("files", record.files.len().to_string()),
    ] {
        let _ = writeln!(out, "{label:<10} {}", text::line(&value));
    }
    for gate in &record.gates {
        let cached = if gate.cached { ", cached" } else { "" };
        let _ = writeln!(
            out,
            "{:<10} {} {}, measured at {}{cached}, sha256 {}",
            "gate",
            text::line(&gate.gate),
            verdict_word(gate.verdict),
            text::line(&gate.measured),
            text::line(&gate.evidence_sha256),
        );
    }
    out
}
