//! `caws review`: the rubric of eleven rows, from the evidence of a run and the answers of people.

use std::collections::BTreeMap;
use std::path::Path;

use caws_evidence::manifest::layout;
use caws_evidence::sha256_hex;
use caws_policy::rubric::{Answers, Conclusion, Review, review};
use caws_report::{RunView, review as render};
use caws_runner::{ConfigError, ExitCode};
use caws_spec::parse;
use caws_spec::parse::MAX_BYTES;
use serde_json::Value;

use crate::args::{Format, ReviewCommand};
use crate::artifacts::{self, Artifacts};
use crate::error::CliError;
use crate::output::{Output, print};

pub(crate) fn run(args: &ReviewCommand, output: &Output) -> Result<ExitCode, CliError> {
    let from = Artifacts::open(&args.record.artifacts)?;
    let view = artifacts::load(&from)?;
    if view.partial {
        return Err(CliError::usage(
            format!(
                "{} holds a run of some gates, which shows too little for a review",
                view.artifacts
            ),
            "run `caws gates` without naming gates",
        ));
    }
    let answers = match &args.answers {
        Some(path) => answers(path)?,
        None => Answers::default(),
    };
    let spec = spec(&from, &view)?;
    let found = review(&view.plan, &view.evidence, spec.as_ref(), &answers).map_err(|fault| {
        CliError::usage(
            fault.to_string(),
            "a review takes answers to the rows that are open; without --answers they are listed",
        )
    })?;
    let document = || {
        let evidence: BTreeMap<String, String> = view
            .manifest
            .caws
            .gates
            .iter()
            .map(|entry| (entry.gate.clone(), entry.evidence_sha256.clone()))
            .collect();
        render::json(&found, &view.manifest.caws.plan_sha256, &evidence)
    };
    if let Some(path) = &args.output {
        caws_runner::record::write(path, document()?.as_bytes())
            .map_err(CliError::file("write", path))?;
    }
    let text = match output.format {
        Format::Human if output.quiet() => format!("{}\n", found.at_least),
        Format::Human => render::run(&found, output.palette),
        Format::Json => document()?,
        Format::Markdown => render::markdown(&found),
        Format::Sarif | Format::Junit => return Err(output.unsupported("review")),
    };
    print(&text)?;
    Ok(exit(&found))
}

fn exit(review: &Review) -> ExitCode {
    match review.conclusion {
        Conclusion::Reached => ExitCode::Pass,
        Conclusion::Missed => ExitCode::GateFailed,
        Conclusion::Open => ExitCode::NotMeasured,
    }
}

/// The answers of a file, YAML or JSON.
fn answers(path: &Path) -> Result<Answers, CliError> {
    let bytes = std::fs::read(path).map_err(CliError::file("read", path))?;
    let label = super::validate::label(path);
    let document = parse(&label, &bytes).map_err(ConfigError::Invalid)?;
    Ok(document
        .to_struct()
        .map_err(|fault| ConfigError::Invalid(vec![*fault]))?)
}

/// The working spec as the gate `spec` kept it; `None` where the run has none.
fn spec(from: &Artifacts, view: &RunView) -> Result<Option<Value>, CliError> {
    let kept = view
        .evidence
        .iter()
        .filter(|record| record.gate == "spec")
        .flat_map(|record| &record.outputs)
        .find(|output| output.role == view.plan.spec.path);
    let Some(kept) = kept else {
        return Ok(None);
    };
    // The name is foreign, and becomes a path.
    let name = kept
        .path
        .strip_prefix(&format!("{}/", layout::RAW_DIR))
        .filter(|name| !name.contains(['/', '\\']) && !name.starts_with('.'));
    let broken = |found: String| CliError::Record {
        path: from.path().join(layout::EVIDENCE_DIR).join("spec"),
        expected: "working spec as the run kept it",
        found,
    };
    let Some(name) = name else {
        return Err(broken(format!(
            "`{}` cannot be a raw output's name",
            kept.path
        )));
    };
    let path = format!("{}/spec/{}/{name}", layout::EVIDENCE_DIR, layout::RAW_DIR);
    let most = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX);
    let content = caws_runner::record::decompress_at_most(&from.read(&path)?, most)
        .map_err(|error| broken(format!("{path}: {error}")))?;
    if sha256_hex(&content) != kept.content_sha256 {
        return Err(broken(format!(
            "{path} with other content than the record says"
        )));
    }
    let document = parse(&view.plan.spec.path, &content)
        .map_err(|_| broken(format!("{path}, which does not parse")))?;
    Ok(Some(document.value().clone()))
}
