//! `caws waiver list`: the waivers, and what each is worth now.

use std::fmt::Write as _;

use caws_evidence::Finding;
use caws_policy::Waiver;
use caws_report::{json, text};
use caws_runner::waivers::{Held, Standing, standing};
use caws_runner::{ExitCode, waivers};
use jiff::Timestamp;
use serde::Serialize;

use super::shown;
use crate::args::Format;
use crate::commands::open;
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    path: Option<&'a str>,
    waivers: Vec<Told<'a>>,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct Told<'a> {
    state: &'a str,
    signed_by: Option<&'a str>,
    #[serde(flatten)]
    waiver: &'a Waiver,
    findings: &'a [Finding],
}

pub(super) fn run(output: &Output) -> Result<ExitCode, CliError> {
    let standing = standing(&open()?, Timestamp::now());
    let text = match output.format {
        Format::Human => human(&standing, output),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: "waivers",
            path: standing.path,
            waivers: standing.waivers.iter().map(told).collect(),
            findings: &standing.findings,
        })?,
        _ => return Err(output.unsupported("waiver list")),
    };
    print(&text)?;
    // A file that cannot be read has no list; what its waivers are worth is asked by `check`.
    let unread = standing.waivers.is_empty() && !standing.findings.is_empty();
    Ok(if unread {
        waivers::exit(&standing.findings)
    } else {
        ExitCode::Pass
    })
}

fn told(held: &Held) -> Told<'_> {
    Told {
        state: held.state(),
        signed_by: held.signed_by.as_deref(),
        waiver: &held.waiver,
        findings: &held.findings,
    }
}

fn human(standing: &Standing, output: &Output) -> String {
    let mut out = shown(&standing.findings, output);
    if standing.waivers.is_empty() && standing.findings.is_empty() {
        out.push_str("there is no waiver\n");
    }
    for held in &standing.waivers {
        let waiver = &held.waiver;
        let _ = writeln!(
            out,
            "{}  {}  gate {}, until {}",
            text::line(&waiver.id),
            text::line(held.state()),
            text::line(&waiver.gate),
            waiver.expires,
        );
        let _ = writeln!(
            out,
            "    asked by {}, approved by {}: {}",
            text::line(&waiver.owner.name),
            text::line(&waiver.approver),
            text::line(&waiver.reason),
        );
        if let Some(revoked) = &held.revoked {
            let _ = writeln!(
                out,
                "    revoked {}: {}",
                revoked.at,
                text::line(&revoked.reason)
            );
        }
    }
    out
}
