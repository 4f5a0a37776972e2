//! `caws verify --recompute`: the gates again, on a checkout of the record's commit.

use std::path::{Path, PathBuf};

use caws_report::RunView;
use caws_runner::checkout::Checkout;
use caws_runner::{Host, Options, Project};
use caws_verify::rerun::{self, Recorded, Rerun};
use caws_verify::{GateReport, Report};

use crate::args::Verify;
use crate::artifacts::Opened;
use crate::error::CliError;
use crate::output::{Output, note};
use crate::progress;

/// Runs what was asked for again and writes into `report` how it compares; says whether all of it could be measured.
/// There is no `record` where it does not hold.
pub(super) fn run(
    args: &Verify,
    record: Option<&Opened>,
    output: &Output,
    report: &mut Report,
) -> Result<bool, CliError> {
    let Some(record) = record.filter(|_| report.ok) else {
        rerun::not_attempted(report, "the record itself does not hold");
        return Ok(false);
    };
    let view = record.view()?;
    let gates = asked(&args.again.gates, view)?;
    let Some(commit) = committed(view) else {
        rerun::not_attempted(report, "the record is of changes that are in no commit");
        return Ok(false);
    };
    let into = args.again.into.as_deref().map(absolute).transpose()?;
    let host = unsigned(Host::current());
    let checkout = Checkout::of(Path::new("."), &host, commit).map_err(|why| {
        CliError::usage(
            format!("cannot run the gates again: {why}"),
            "run it in a clone of the project that has the record's commit",
        )
    })?;
    if !output.quiet() {
        note(&format!("running again what the record says of {commit}"));
    }
    let project = Project::open_on(checkout.root(), host)?;
    let options = Options {
        gates: gates.clone(),
        base: args.again.base.clone(),
        // What a cache answers is the first run's word again.
        no_cache: true,
        offline: output.offline,
        time_budget: args.again.time_budget,
        artifacts: into,
        // A waiver turns a verdict, not what was measured, and it may be over by now.
        no_waivers: true,
        ..Options::default()
    };
    let interrupt = progress::on_ctrl_c()?;
    let observer = progress::observer(output.quiet());
    let outcome = caws_runner::run(&project, &options, observer.as_ref(), &interrupt)?;
    drop(observer);
    rerun::compare(
        report,
        Recorded {
            plan: &view.plan,
            evidence: &view.evidence,
        },
        Recorded {
            plan: &outcome.plan,
            evidence: &outcome.evidence,
        },
    );
    let wanted = |gate: &&GateReport| gates.is_empty() || gates.contains(&gate.gate);
    Ok(!report
        .gates
        .iter()
        .filter(wanted)
        .any(|gate| matches!(gate.rerun, Some(Rerun::NotAttempted(_)))))
}

/// Gates of the record that were named.
fn asked(named: &[String], view: &RunView) -> Result<Vec<String>, CliError> {
    let recorded: Vec<&str> = view
        .evidence
        .iter()
        .map(|evidence| evidence.gate.as_str())
        .collect();
    match named.iter().find(|name| !recorded.contains(&name.as_str())) {
        Some(unknown) => Err(CliError::usage(
            format!("the record has no gate `{unknown}`"),
            format!("it has {}", recorded.join(", ")),
        )),
        None => Ok(named.to_vec()),
    }
}

fn committed(view: &RunView) -> Option<&str> {
    view.manifest
        .commit_id()
        .filter(|_| !view.plan.subject.dirty)
}

/// The machine without its keys: a second run is nobody's record.
fn unsigned(host: Host) -> Host {
    Host {
        keys: None,
        signing_key: None,
        ledger_key: None,
        passphrase: None,
        ..host
    }
}

/// A folder of the caller's, whatever the checkout is called.
fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    std::path::absolute(path).map_err(CliError::file("find", path))
}
