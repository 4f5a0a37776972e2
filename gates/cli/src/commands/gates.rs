//! `caws gates`: measures, judges, records, reports.

use std::path::Path;

use caws_evidence::manifest::layout;
use caws_report::{RunView, Seal, terminal};
use caws_runner::commit::Logged;
use caws_runner::{ExitCode, Options, RunOutcome};

use super::report;
use crate::args::{Format, Gates};
use crate::error::CliError;
use crate::output::{Output, note, print};
use crate::{keys, package, progress};

pub(crate) fn run(args: &Gates, output: &Output) -> Result<ExitCode, CliError> {
    let mut project = super::open()?;
    keys::unlock(&mut project.host)?;
    let options = Options {
        no_cache: args.no_cache,
        jobs: args.jobs.map(usize::from),
        ..super::plan::options(&args.plan, output)
    };
    let interrupt = progress::on_ctrl_c()?;
    let observer = progress::observer(output.quiet());
    let outcome = caws_runner::run(&project, &options, observer.as_ref(), &interrupt)?;
    // The last bar leaves before the result is printed.
    drop(observer);
    let logged = outcome.logged.clone();
    let exit = outcome.exit;
    let artifacts = outcome.artifacts.clone();
    let page = artifacts.join(layout::REPORT);
    let view = view(outcome, &project.root);
    report::write_page(&view, &page)?;
    // Only what somebody vouches for is worth handing on.
    let package = match &view.seal {
        Seal::Signed { .. } => Some(package::keep(&artifacts)?),
        Seal::Unsigned { .. } => None,
    };
    let text = match output.format {
        Format::Human => {
            let mut text = terminal::run(&view, output.palette, output.detail);
            if let Logged::Yes {
                origin,
                plan,
                manifest,
            } = &logged
            {
                text.push_str(&format!(
                    "logged in {origin}: the plan as leaf {plan} before anything ran, the record up to leaf {manifest}\n"
                ));
            }
            if !output.quiet() {
                text.push_str(&format!("report: {}\n", shown(&page, &project.root)));
                if let Some(package) = &package {
                    let package = shown(package, &project.root);
                    text.push_str(&format!("audit package: {package}\n"));
                }
            }
            text
        }
        format => report::other(&view, format)?,
    };
    print(&text)?;
    if let Logged::No { why } = &logged {
        note(&format!("warning: not in the ledger: {why}"));
    }
    if interrupt.is_raised() {
        note("interrupted: what was measured is kept; run `caws gates` again to go on");
    }
    Ok(exit)
}

/// A run as the renderers see it.
fn view(outcome: RunOutcome, root: &Path) -> RunView {
    RunView {
        seal: match outcome.seal {
            caws_runner::Seal::Signed { fingerprint } => Seal::Signed {
                key: fingerprint,
                // Those of an earlier run went with it.
                cosigners: Vec::new(),
            },
            caws_runner::Seal::Unsigned { why } => Seal::Unsigned { why: Some(why) },
        },
        artifacts: shown(&outcome.artifacts, root),
        partial: outcome.partial,
        plan: outcome.plan,
        evidence: outcome.evidence,
        manifest: outcome.manifest,
        score: outcome.score,
    }
}

/// A path as the user would type it in the project.
fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// The exit code a record stands for.
pub(super) fn exit(view: &RunView) -> ExitCode {
    let verdicts: Vec<_> = view
        .evidence
        .iter()
        .map(|evidence| evidence.verdict)
        .collect();
    ExitCode::of_run(
        &verdicts,
        view.partial || view.score.score >= view.score.threshold,
    )
}
