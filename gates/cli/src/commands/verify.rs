//! `caws verify`: the auditor's command.

use caws_report::{json, junit, sarif, verification};
use caws_runner::ExitCode;
use caws_verify::{Options, Report, verify_artifacts};

use crate::args::{Format, Verify};
use crate::error::CliError;
use crate::keys;
use crate::output::{Output, print};

pub(crate) fn run(args: &Verify, output: &Output) -> Result<ExitCode, CliError> {
    if !args.artifacts.is_dir() {
        return Err(CliError::usage(
            format!("{} is no directory", args.artifacts.display()),
            "name the artifacts directory of a run; `caws gates` writes one",
        ));
    }
    let trusted = keys::trusted(&args.keys)?;
    if trusted.is_empty() && !args.allow_unsigned {
        return Err(CliError::usage(
            format!(
                "no key is trusted here: {} holds no *.pub file",
                keys::TRUSTED
            ),
            "give the signer's public key with --key FILE; for a record nobody signed, say --allow-unsigned",
        ));
    }
    let options = Options {
        keys: trusted.into_iter().map(|trusted| trusted.key).collect(),
        allow_unsigned: args.allow_unsigned,
        ..Options::default()
    };
    let report = verify_artifacts(&args.artifacts, &options);
    print(&render(&report, output)?)?;
    Ok(if report.ok {
        ExitCode::Pass
    } else {
        ExitCode::VerificationFailed
    })
}

fn render(report: &Report, output: &Output) -> Result<String, CliError> {
    Ok(match output.format {
        Format::Human => verification::run(report, output.palette, output.quiet()),
        Format::Json => json::document(report)?,
        Format::Markdown => verification::markdown(report),
        Format::Junit => junit::findings("verify", &report.findings),
        Format::Sarif => {
            let findings: Vec<_> = report
                .findings
                .iter()
                .map(|finding| ("verify", finding))
                .collect();
            json::document(&sarif::document(&findings))?
        }
    })
}
