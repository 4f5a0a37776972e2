//! `cargo nextest`, with a profile of our own so that no project has to configure one.

use std::path::{Path, PathBuf};

use caws_evidence::codes;

use crate::gates::{Context, Stop};

/// The profile the tool configuration below defines.
pub(crate) const PROFILE: &str = "caws-run";

/// Arguments that make nextest run everything and write JUnit to `junit`.
pub(crate) struct Nextest {
    pub(crate) args: Vec<String>,
    pub(crate) junit: PathBuf,
}

/// Writes nextest's tool configuration. The project's own one is read as well and keeps its say over
/// everything but this profile.
pub(crate) fn prepare(context: &Context<'_>, name: &str) -> Result<Nextest, Stop> {
    let junit = context.scratch.join(format!("{name}.xml"));
    let config = context.scratch.join(format!("{name}.toml"));
    let path = toml_string(&junit);
    let text = format!(
        "[profile.{PROFILE}]\nfail-fast = false\n\n[profile.{PROFILE}.junit]\npath = {path}\n"
    );
    std::fs::write(&config, text).map_err(|error| {
        Stop::new(
            codes::TOOL_FAILED,
            format!(
                "cannot write {}: {error}",
                context.shown(&config.to_string_lossy())
            ),
        )
    })?;
    let args = vec![
        "--tool-config-file".to_owned(),
        format!("caws:{}", config.display()),
        "--profile".to_owned(),
        PROFILE.to_owned(),
    ];
    Ok(Nextest { args, junit })
}

/// A TOML basic string (TOML 1.0, section "String"); JSON escapes the same characters the same way.
fn toml_string(path: &Path) -> String {
    serde_json::Value::String(path.to_string_lossy().into_owned()).to_string()
}

/// Reads progress out of what nextest prints: `PASS [ 0.005s] (12/340) package test::name`.
pub(crate) fn progress(line: &str) -> Option<(u64, u64)> {
    let inner = line.split_once('(')?.1.split_once(')')?.0;
    let (done, total) = inner.split_once('/')?;
    Some((done.trim().parse().ok()?, total.trim().parse().ok()?))
}

#[cfg(test)]
mod tests;
