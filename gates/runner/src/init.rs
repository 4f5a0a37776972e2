//! `caws init`: what a repository that is there already needs to be judged.
//!
//! What can be seen is detected and written down; what only a person knows becomes an open question of the working spec. A file
//! that exists is kept, and said to be.

mod ci;
mod config;
mod detect;
mod hooks;
mod manifest;
mod spec;
#[cfg(test)]
mod tests;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use caws_spec::schema::{TIER_POLICY, WORKING_SPEC};
use caws_spec::spec::Profile;

pub use detect::{Detected, Language, Package, detect};
pub use spec::Question;

use crate::config::SCHEMA as CONFIG_SCHEMA;
use crate::error::RunError;

/// Where the working spec goes.
pub const SPEC: &str = ".caws/working-spec.yaml";
/// The tier policy caws ships.
const POLICY: &str = include_str!("../../../.caws/policy/tier-policy.json");
/// What git is to leave out of the artifacts folder: everything runs write.
const ARTIFACTS_IGNORE: &str =
    "# What caws writes here stays out of git.\n*\n!.gitignore\n!baselines/\n";

/// What a person said beforehand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Kind of software.
    pub profile: Option<Profile>,
    /// 1, 2 or 3.
    pub tier: Option<u8>,
}

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Path relative to the root, with `/`.
    pub path: &'static str,
    /// Content.
    pub text: String,
    /// Whether it is a program.
    pub executable: bool,
    /// What it is, for people.
    pub what: &'static str,
    /// Other names under which a project may have it already.
    pub also: &'static [&'static str],
    /// What to do where it is there already; nothing where that is empty.
    pub kept: &'static str,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there, and is now (or would be).
    Written,
    /// This file is there already, and stays as it is.
    Kept {
        /// Its path.
        by: String,
        /// Whether it holds what would have been written.
        same: bool,
    },
}

/// What `caws init` would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaffold {
    /// What was found.
    pub detected: Detected,
    /// The files, in the order they are written.
    pub files: Vec<NewFile>,
    /// What a person must answer.
    pub questions: Vec<Question>,
}

/// Says what to write for a repository.
#[must_use]
pub fn scaffold(detected: Detected, answers: Answers) -> Scaffold {
    let questions = spec::questions(&detected, answers);
    let file = |path, what, text: String| NewFile {
        path,
        text,
        executable: false,
        what,
        also: &[],
        kept: "",
    };
    let script = |path, what, text: &str| NewFile {
        executable: true,
        ..file(path, what, text.to_owned())
    };
    let mut files = vec![
        NewFile {
            also: &[".caws/working-spec.yml", ".caws/working-spec.json"],
            kept: "`caws validate` says what of it is missing",
            ..file(
                SPEC,
                "the working spec, with its open questions",
                spec::text(&detected, answers, &questions),
            )
        },
        file(
            ".caws/policy/tier-policy.json",
            "what each risk tier asks",
            POLICY.to_owned(),
        ),
        file(
            ".caws/schemas/working-spec.schema.json",
            "schema, for editors",
            WORKING_SPEC.text().to_owned(),
        ),
        file(
            ".caws/schemas/tier-policy.schema.json",
            "schema, for editors",
            TIER_POLICY.text().to_owned(),
        ),
        file(
            ".caws/schemas/caws-config.schema.json",
            "schema, for editors",
            CONFIG_SCHEMA.to_owned(),
        ),
        NewFile {
            kept: "`caws explain config` documents every key",
            ..file(
                crate::config::FILE,
                "what runs in this repository",
                config::text(&detected),
            )
        },
        script(
            ".caws/hooks/pre-commit",
            "git hook: documents",
            hooks::PRE_COMMIT,
        ),
        script(
            ".caws/hooks/pre-push",
            "git hook: static checks",
            hooks::PRE_PUSH,
        ),
        NewFile {
            also: &[".pre-commit-config.yml", "prek.toml"],
            kept: "to run caws from it, add a local hook with `entry: caws validate --quiet`, `language: system` and `pass_filenames: false`",
            ..file(
                ".pre-commit-config.yaml",
                "the same hooks for prek or pre-commit",
                hooks::PRE_COMMIT_CONFIG.to_owned(),
            )
        },
    ];
    if detected.other_ci.is_none() {
        files.push(NewFile {
            also: &[".github/workflows/caws.yaml"],
            ..file(
                ".github/workflows/caws.yml",
                "the gates on every pull request",
                ci::text(&detected),
            )
        });
    }
    files.push(file(
        "artifacts/.gitignore",
        "keeps what runs leave out of git",
        ARTIFACTS_IGNORE.to_owned(),
    ));
    Scaffold {
        detected,
        files,
        questions,
    }
}

/// What becomes of each file, without writing any.
///
/// # Errors
/// A file that is there and cannot be read.
pub fn preview(root: &Path, files: &[NewFile]) -> Result<Vec<Outcome>, RunError> {
    files.iter().map(|file| outcome(root, file)).collect()
}

/// Writes the files that are not there yet, each whole or not at all.
///
/// # Errors
/// The first file that cannot be written; those before it stay.
pub fn write(root: &Path, files: &[NewFile]) -> Result<Vec<Outcome>, RunError> {
    files
        .iter()
        .map(|file| match outcome(root, file)? {
            Outcome::Written => create(root, file),
            kept @ Outcome::Kept { .. } => Ok(kept),
        })
        .collect()
}

fn outcome(root: &Path, file: &NewFile) -> Result<Outcome, RunError> {
    let names = std::iter::once(&file.path).chain(file.also);
    for name in names {
        let at = root.join(name);
        match std::fs::symlink_metadata(&at) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(RunError::file("read", &at)(error)),
            Ok(kind) => {
                // A link that leads nowhere is somebody's, too.
                let same = kind.is_file()
                    && std::fs::read(&at).map_err(RunError::file("read", &at))?
                        == file.text.as_bytes();
                return Ok(Outcome::Kept {
                    by: (*name).to_owned(),
                    same,
                });
            }
        }
    }
    Ok(Outcome::Written)
}

/// Puts a file where there is none; one that came in the meantime is kept.
fn create(root: &Path, file: &NewFile) -> Result<Outcome, RunError> {
    let at = root.join(file.path);
    let parent = at.parent().map_or_else(|| root.to_owned(), PathBuf::from);
    std::fs::create_dir_all(&parent).map_err(RunError::file("create", &parent))?;
    let failed = || RunError::file("write", &at);
    let mut new = tempfile::Builder::new()
        .prefix(".writing-")
        .tempfile_in(&parent)
        .map_err(failed())?;
    new.write_all(file.text.as_bytes()).map_err(failed())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = if file.executable { 0o755 } else { 0o644 };
        new.as_file()
            .set_permissions(std::fs::Permissions::from_mode(mode))
            .map_err(failed())?;
    }
    match new.persist_noclobber(&at) {
        Ok(_) => Ok(Outcome::Written),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            outcome(root, file)
        }
        Err(error) => Err(failed()(error.error)),
    }
}

/// The three things to do next; `open` is how many questions the spec that was written asks.
#[must_use]
pub fn next_steps(detected: &Detected, open: Option<usize>) -> [String; 3] {
    let first = match open {
        Some(1) => format!("answer the open question in {SPEC}; `caws validate` shows it"),
        Some(open) => {
            format!("answer the {open} open questions in {SPEC}; `caws validate` lists them")
        }
        None => "run `caws validate`: it says what the working spec that is there lacks".to_owned(),
    };
    let ci = match detected.other_ci {
        Some(ci) => format!("run `caws gates --base BRANCH` in {ci}"),
        None => "make the check `caws / gates` required on your code host".to_owned(),
    };
    [
        first,
        "run `caws plan` to see what is measured and what is missing, then `caws gates`".to_owned(),
        format!(
            "install the hooks (`prek install`, `pre-commit install` or `git config core.hooksPath .caws/hooks`), commit, and {ci}"
        ),
    ]
}
