//! `caws init`: what a repository needs to be judged; nothing that is there is overwritten.

use std::path::Path;

use caws_report::json;
use caws_runner::init::{self, Answers, Detected, NewFile, Outcome, Question};
use caws_runner::{ExitCode, Host, RunError};
use serde::Serialize;

use crate::args::{Format, Init};
use crate::error::CliError;
use crate::output::{Output, print};

/// Width of the column of paths.
const PATHS: usize = 40;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    kind: &'static str,
    dry_run: bool,
    languages: Vec<&'static str>,
    packages: Vec<PackageRow<'a>>,
    files: Vec<FileRow<'a>>,
    open_questions: Vec<QuestionRow<'a>>,
    next: [String; 3],
}

#[derive(Serialize)]
struct PackageRow<'a> {
    language: &'static str,
    manifest: &'a str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct FileRow<'a> {
    path: &'a str,
    outcome: &'static str,
    what: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same: Option<bool>,
}

#[derive(Serialize)]
struct QuestionRow<'a> {
    at: &'a str,
    ask: &'a str,
}

pub(crate) fn run(args: &Init, output: &Output) -> Result<ExitCode, CliError> {
    if !matches!(output.format, Format::Human | Format::Json) {
        return Err(output.unsupported("init"));
    }
    let root = Path::new(".");
    let answers = Answers {
        profile: args.profile,
        tier: args.tier,
    };
    let scaffold = init::scaffold(init::detect(root, &Host::current()), answers);
    let outcomes = if args.dry_run {
        init::preview(root, &scaffold.files)
    } else {
        init::write(root, &scaffold.files)
    }
    .map_err(of_file)?;
    let files: Vec<(&NewFile, Outcome)> = scaffold.files.iter().zip(outcomes).collect();
    // Of a spec that was there before nobody here knows the questions.
    let is_new = files
        .iter()
        .any(|(file, outcome)| file.path == init::SPEC && *outcome == Outcome::Written);
    let questions: &[Question] = if is_new { &scaffold.questions } else { &[] };
    let next = init::next_steps(&scaffold.detected, is_new.then_some(questions.len()));
    let text = if output.format == Format::Json {
        json::document(&document(args, &scaffold.detected, &files, questions, next))?
    } else {
        human(args, &scaffold.detected, &files, questions, &next)
    };
    print(&text)?;
    Ok(ExitCode::Pass)
}

/// A file of the user's that cannot be read or written is no defect of ours.
fn of_file(error: RunError) -> CliError {
    match error {
        RunError::File {
            action,
            path,
            source,
        } => CliError::File {
            action,
            path,
            source,
        },
        other => other.into(),
    }
}

fn document<'a>(
    args: &Init,
    detected: &'a Detected,
    files: &'a [(&'a NewFile, Outcome)],
    questions: &'a [Question],
    next: [String; 3],
) -> Document<'a> {
    let languages = detected.languages();
    Document {
        schema_version: json::SCHEMA_VERSION,
        kind: "init",
        dry_run: args.dry_run,
        languages: languages.iter().map(|language| language.name()).collect(),
        packages: detected
            .packages
            .iter()
            .map(|package| PackageRow {
                language: package.language.name(),
                manifest: &package.manifest,
                name: package.name.as_deref(),
            })
            .collect(),
        files: files
            .iter()
            .map(|(file, outcome)| {
                let (outcome, kept, same) = match outcome {
                    Outcome::Written if args.dry_run => ("would_write", None, None),
                    Outcome::Written => ("written", None, None),
                    Outcome::Kept { by, same } => ("kept", Some(by.as_str()), Some(*same)),
                };
                FileRow {
                    path: file.path,
                    outcome,
                    what: file.what,
                    kept,
                    same,
                }
            })
            .collect(),
        open_questions: questions
            .iter()
            .map(|question| QuestionRow {
                at: &question.at,
                ask: &question.ask,
            })
            .collect(),
        next,
    }
}

fn human(
    args: &Init,
    detected: &Detected,
    files: &[(&NewFile, Outcome)],
    questions: &[Question],
    next: &[String; 3],
) -> String {
    let mut out = found(detected);
    out.push('\n');
    for (file, outcome) in files {
        let (word, path, told) = match outcome {
            Outcome::Written if args.dry_run => ("would write", file.path, file.what.to_owned()),
            Outcome::Written => ("wrote", file.path, file.what.to_owned()),
            Outcome::Kept { by, same: true } => (
                "kept",
                by.as_str(),
                "there already, and the same".to_owned(),
            ),
            Outcome::Kept { by, same: false } if file.kept.is_empty() => {
                ("kept", by.as_str(), "there already, unchanged".to_owned())
            }
            Outcome::Kept { by, same: false } => (
                "kept",
                by.as_str(),
                format!("there already, unchanged; {}", file.kept),
            ),
        };
        out.push_str(&format!("  {word:<11} {path:<PATHS$} {told}\n"));
    }
    if !questions.is_empty() {
        out.push_str(&format!("\nOpen questions in {}:\n", init::SPEC));
        for question in questions {
            out.push_str(&format!("  {:<20} {}\n", question.at, question.ask));
        }
    }
    out.push_str("\nNext:\n");
    for (number, step) in (1..).zip(next) {
        out.push_str(&format!("  {number}. {step}\n"));
    }
    out
}

/// What was recognised, and by which file.
fn found(detected: &Detected) -> String {
    if detected.packages.is_empty() {
        return "Found no package of a language caws knows (Rust, Python, TypeScript, JavaScript, Go, Java); .caws.yml says what to fill in.\n".to_owned();
    }
    let packages: Vec<String> = detected
        .packages
        .iter()
        .map(|package| match &package.name {
            Some(name) => format!(
                "{} package `{name}` ({})",
                package.language.name(),
                package.manifest
            ),
            None => format!("{} package ({})", package.language.name(), package.manifest),
        })
        .collect();
    format!("Found: {}.\n", packages.join(", "))
}
