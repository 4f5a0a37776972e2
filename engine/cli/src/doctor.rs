//! `kokoro doctor`: what is there, what is missing, why it matters, how to mend it.

mod engine;
mod installed;
mod machine;
mod runtimes;

use std::fmt::Write as _;

use serde::Serialize;

use crate::args::DoctorArguments;
use crate::exit::CliError;

/// How it stands with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// As it should be.
    Ok,
    /// It works without, but not as well.
    Warn,
    /// Asked for or needed, and not working.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Check {
    name: String,
    status: Status,
    found: String,
    /// Why it matters.
    why: &'static str,
    /// What to do about it; null when nothing is to be done.
    mend: Option<String>,
}

/// Looks, prints, and fails when something that was asked for, or everything that speaks, does not work.
pub(crate) fn run(arguments: &DoctorArguments) -> Result<(), CliError> {
    let chosen = crate::model::configured(&arguments.engine);
    let config = match &chosen {
        Ok(config) => config.clone(),
        Err(_) => arguments.engine.config(),
    };
    let mut checks = machine::checks();
    checks.extend(runtimes::checks(&config));
    checks.push(engine::espeak(&config));
    checks.extend(installed::checks(crate::model::users_store()));
    match chosen {
        Err(error) => checks.push(engine::unchosen(&error)),
        Ok(config) => checks.extend([engine::model(&config), engine::speech(config)]),
    }
    crate::print(&if arguments.json {
        as_json(&checks)
    } else {
        as_text(&checks)
    })?;
    match checks.iter().find(|check| check.status == Status::Fail) {
        None => Ok(()),
        Some(check) => Err(CliError::Unavailable(format!(
            "{} does not work",
            check.name
        ))),
    }
}

fn as_json(checks: &[Check]) -> String {
    format!(
        "{:#}\n",
        serde_json::json!({ "schema_version": 2, "checks": checks })
    )
}

fn as_text(checks: &[Check]) -> String {
    let mut text = String::new();
    for check in checks {
        let mark = match check.status {
            Status::Ok => "ok",
            Status::Warn => "warn",
            Status::Fail => "FAIL",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{mark:4}  {}: {}", check.name, check.found);
        if check.status != Status::Ok {
            let _ = writeln!(text, "      why it matters: {}", check.why);
        }
        if let Some(mend) = &check.mend {
            let _ = writeln!(text, "      to mend it: {mend}");
        }
    }
    text
}

#[cfg(test)]
mod tests;
