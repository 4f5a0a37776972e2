//! All the mutants there are, each with an identity that does not move with its line.

use std::collections::HashMap;
use std::path::Path;

use caws_evidence::{codes, sha256_hex};
use serde::{Deserialize, Serialize};

use crate::gates::mutation::Places;
use crate::gates::{Context, Stop};

/// A mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Mutant {
    /// Digest of package, file, function, kind, replacement and the ordinal among equals.
    pub(crate) id: String,
    /// cargo-mutants' own name, which holds line and column.
    pub(crate) name: String,
    #[serde(skip)]
    pub(crate) package: String,
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) function: Option<String>,
    pub(crate) replacement: String,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    package: String,
    file: String,
    function: Option<Function>,
    span: Span,
    replacement: String,
    genre: String,
}

#[derive(Deserialize)]
struct Function {
    function_name: String,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u64,
    column: u64,
}

/// Asks cargo-mutants for its list.
pub(crate) fn list(
    context: &mut Context<'_>,
    places: &Places,
    diff: Option<&Path>,
) -> Result<Vec<Mutant>, Stop> {
    let mut command: Vec<String> = ["cargo-mutants", "mutants", "--list", "--json"]
        .map(str::to_owned)
        .to_vec();
    if let Some(diff) = diff {
        command.extend(["--in-diff".to_owned(), diff.to_string_lossy().into_owned()]);
    }
    let finished = context.call_ok(&places.call("list", command), &mut |_| {})?;
    // The list itself would be the last thing it printed; a count says more.
    let mutants = read(&finished.stdout).map_err(|error| {
        Stop::new(
            codes::REPORT_MALFORMED,
            format!("the list of cargo-mutants is no list of mutants: {error}"),
        )
    })?;
    if let Some(step) = context.steps.last_mut() {
        step.key_output = format!("{} mutants", mutants.len());
    }
    Ok(mutants)
}

/// Reads the list. An empty diff makes cargo-mutants print nothing at all: no mutants.
pub(crate) fn read(json: &[u8]) -> serde_json::Result<Vec<Mutant>> {
    if json.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    let listed: Vec<Listed> = serde_json::from_slice(json)?;
    let mut seen: HashMap<String, u32> = HashMap::new();
    Ok(listed
        .into_iter()
        .map(|one| {
            let function = one.function.map(|function| function.function_name);
            let parts = [
                &one.package,
                &one.file,
                function.as_deref().unwrap_or(""),
                &one.genre,
                &one.replacement,
            ];
            let kind = parts.join("\u{1f}");
            let ordinal = seen
                .entry(kind.clone())
                .and_modify(|count| *count += 1)
                .or_insert(0);
            let id = sha256_hex(format!("{kind}\u{1f}{ordinal}").as_bytes())
                .chars()
                .take(32)
                .collect();
            Mutant {
                id,
                name: one.name,
                package: one.package,
                file: one.file,
                line: one.span.start.line,
                column: one.span.start.column,
                function,
                replacement: one.replacement,
            }
        })
        .collect())
}

#[cfg(test)]
mod tests;
