//! `caws doctor`: what is missing, why it matters, the exact mend.

use std::fmt::Write as _;
use std::path::Path;

use caws_evidence::Verdict;
use caws_report::{json, text};
use caws_runner::{ExitCode, ToolStatus, doctor};
use serde::Serialize;

use crate::args::Format;
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'a str,
    complete: bool,
    tools: Vec<Tool<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    wanted: &'a str,
    found: Option<&'a str>,
    path: Option<&'a Path>,
    why: &'a str,
    mend: &'a str,
}

pub(crate) fn run(output: &Output) -> Result<ExitCode, CliError> {
    tell("doctor", &doctor(&super::open()?), output)
}

/// Prints the tools; exits 3 while one is missing, because a gate could not measure.
pub(super) fn tell(
    command: &str,
    tools: &[ToolStatus],
    output: &Output,
) -> Result<ExitCode, CliError> {
    let complete = tools.iter().all(|tool| tool.found.is_some());
    let text = match output.format {
        Format::Human => human(tools, output),
        Format::Json => json::document(&Document {
            schema_version: json::SCHEMA_VERSION,
            kind: command,
            complete,
            tools: tools.iter().map(tool).collect(),
        })?,
        Format::Sarif | Format::Junit | Format::Markdown => return Err(output.unsupported(command)),
    };
    print(&text)?;
    Ok(if complete {
        ExitCode::Pass
    } else {
        ExitCode::NotMeasured
    })
}

fn tool(status: &ToolStatus) -> Tool<'_> {
    Tool {
        name: &status.name,
        wanted: &status.wanted,
        found: status.found.as_deref(),
        path: status.path.as_deref(),
        why: &status.why,
        mend: &status.mend,
    }
}

fn human(tools: &[ToolStatus], output: &Output) -> String {
    let mut out = String::new();
    for tool in tools {
        let name = text::line(&tool.name);
        match &tool.found {
            Some(_) if output.quiet() => {}
            Some(found) => {
                let label = output.palette.verdict(Verdict::Pass, "✓");
                let path = tool
                    .path
                    .as_ref()
                    .map(|path| format!("  {}", path.display()))
                    .unwrap_or_default();
                let _ = writeln!(
                    out,
                    "{label} {name} {}{}",
                    text::line(found),
                    output.palette.dim(&path)
                );
            }
            None => {
                let label = output.palette.verdict(Verdict::Fail, "✗");
                let _ = writeln!(
                    out,
                    "{label} {name}: not found, wanted {}; {}",
                    text::line(&tool.wanted),
                    text::line(&tool.why)
                );
                let _ = writeln!(out, "    mend: {}", text::line(&tool.mend));
            }
        }
    }
    let missing = tools.iter().filter(|tool| tool.found.is_none()).count();
    match missing {
        0 => out.push_str("everything is there\n"),
        1 => out.push_str("1 tool is missing; the gates that use it are unmeasured without it\n"),
        missing => {
            let _ = writeln!(
                out,
                "{missing} tools are missing; the gates that use them are unmeasured without them"
            );
        }
    }
    out
}
