//! `caws explain CODE|GATE|config`.

use caws_report::{codes, json};
use caws_runner::ExitCode;
use serde::Serialize;

use crate::args::{Explain, Format};
use crate::error::CliError;
use crate::output::{Output, print};

#[derive(Serialize)]
struct Page<'a> {
    schema_version: u32,
    kind: &'static str,
    topic: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Topics {
    schema_version: u32,
    kind: &'static str,
    codes: Vec<&'static str>,
    gates: Vec<&'static str>,
}

pub(crate) fn run(args: &Explain, output: &Output) -> Result<ExitCode, CliError> {
    let text = match &args.topic {
        Some(topic) => page(topic, output)?,
        None => topics(output)?,
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

fn page(topic: &str, output: &Output) -> Result<String, CliError> {
    let markdown = match topic {
        "config" => codes::config_page(),
        topic => codes::page(topic)
            .or_else(|| codes::gate_page(topic))
            .ok_or_else(|| unknown(topic))?,
    };
    match output.format {
        Format::Human | Format::Markdown => Ok(markdown.to_owned()),
        Format::Json => Ok(json::document(&Page {
            schema_version: json::SCHEMA_VERSION,
            kind: "page",
            topic,
            markdown,
        })?),
        Format::Sarif | Format::Junit => Err(output.unsupported("explain")),
    }
}

fn unknown(topic: &str) -> CliError {
    let help = codes::nearest(topic).map_or_else(
        || "`caws explain` lists all codes and gates".to_owned(),
        |near| format!("did you mean `{near}`? `caws explain` lists all codes and gates"),
    );
    CliError::usage(format!("there is no code, gate or topic `{topic}`"), help)
}

fn topics(output: &Output) -> Result<String, CliError> {
    let (codes, gates): (Vec<_>, Vec<_>) = (codes::pages().collect(), codes::gates().collect());
    match output.format {
        Format::Human | Format::Markdown => {
            let list = |names: &[&str]| {
                names
                    .iter()
                    .map(|name| format!("- {name}\n"))
                    .collect::<String>()
            };
            Ok(format!(
                "# Gates\n\n{}\n# Diagnostic codes\n\n{}\n# Topics\n\n- config\n",
                list(&gates),
                list(&codes)
            ))
        }
        Format::Json => Ok(json::document(&Topics {
            schema_version: json::SCHEMA_VERSION,
            kind: "topics",
            codes,
            gates,
        })?),
        Format::Sarif | Format::Junit => Err(output.unsupported("explain")),
    }
}
