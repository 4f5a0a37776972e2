//! `caws plan`: what would run, why, what each gate needs to pass, and what is cached.

use std::path::Path;

use caws_report::applies;
use caws_report::plan::{self, MissingTool, Outlook};
use caws_runner::{ExitCode, Options, Planned};

use crate::args::{Format, Plan, PlanCommand};
use crate::error::CliError;
use crate::output::{Output, print};

pub(crate) fn run(args: &PlanCommand, output: &Output) -> Result<ExitCode, CliError> {
    match &args.explain {
        Some(path) => explain(&args.plan, path, output),
        None => show(&args.plan, output),
    }
}

/// What applies to a path.
fn explain(args: &Plan, path: &Path, output: &Output) -> Result<ExitCode, CliError> {
    let project = super::open()?;
    let applies = caws_runner::applies::applies(&project, &options(args, output), path)?;
    let text = match output.format {
        Format::Human => applies::run(&applies, output.palette),
        Format::Json => applies::json(&applies)?,
        Format::Sarif | Format::Junit | Format::Markdown => {
            return Err(output.unsupported("plan --explain"));
        }
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

fn show(args: &Plan, output: &Output) -> Result<ExitCode, CliError> {
    let project = super::open()?;
    let planned = caws_runner::plan(&project, &options(args, output))?;
    let outlook = outlook(&planned);
    let text = match output.format {
        Format::Human => plan::run(&planned.plan, &outlook, output.palette),
        Format::Json => plan::json(&planned.plan, &outlook)?,
        Format::Markdown => plan::markdown(&planned.plan, &outlook),
        Format::Sarif | Format::Junit => return Err(output.unsupported("plan")),
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// What plan and run have in common.
pub(super) fn options(args: &Plan, output: &Output) -> Options {
    Options {
        gates: args.gates.clone(),
        base: args.base.clone(),
        offline: output.offline,
        time_budget: args.time_budget,
        no_sample: args.no_sample,
        artifacts: Some(args.artifacts.clone()),
        ..Options::default()
    }
}

fn outlook(planned: &Planned) -> Outlook {
    Outlook {
        cached: planned
            .cached
            .iter()
            .map(|cached| (cached.gate.clone(), cached.measured.clone()))
            .collect(),
        missing: planned
            .missing
            .iter()
            .map(|(gate, absent)| MissingTool {
                gate: gate.clone(),
                tool: absent.name.clone(),
                wanted: absent.wanted.clone(),
                mend: absent.mend.clone(),
            })
            .collect(),
        unconfigured: planned.unconfigured.clone(),
    }
}
