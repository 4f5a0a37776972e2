//! What `kokoro model` prints, for people and for programs.

use std::fmt::Write as _;

use kokoro_store::{Basis, Kind, Listed, Pulled, State, Store, StoreError, Verdict, Verified};
use serde_json::{Value, json};

/// All files of the catalogue.
pub(super) fn list(store: &Store, as_json: bool) -> Result<String, StoreError> {
    let listed = store.list()?;
    let default = store
        .installed()?
        .into_iter()
        .next()
        .map(|model| model.name);
    if as_json {
        let files: Vec<Value> = listed.iter().map(one).collect();
        return Ok(document(json!({
            "schema_version": 1,
            "folder": store.root(),
            "default": default,
            "files": files,
        })));
    }
    let mut text = format!(
        "{:22} {:10} {:>8}  {:9} {:11} digest\n",
        "name", "state", "size", "precision", "licence"
    );
    for each in &listed {
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(
            text,
            "{:22} {:10} {:>5} MB  {:9} {:11} {}",
            each.file.name,
            state(&each.state).0,
            megabytes(
                each.known
                    .as_ref()
                    .map_or(each.file.size_about, |known| known.size)
            ),
            each.file.precision.as_deref().unwrap_or("-"),
            each.file.licence,
            digest(each).map_or("not known", |(_, basis)| basis.words()),
        );
    }
    let _ = writeln!(text, "\nfolder: {}", store.root().display());
    let _ = match default {
        Some(name) => writeln!(text, "speaks when no --model is named: {name}"),
        None => writeln!(text, "none is installed; `kokoro model pull NAME` gets one"),
    };
    Ok(text)
}

fn one(listed: &Listed) -> Value {
    let file = &listed.file;
    let (state, detail) = state(&listed.state);
    let digest = digest(listed);
    json!({
        "name": file.name,
        "kind": match file.kind { Kind::Model => "model", Kind::Voices => "voices" },
        "about": file.about,
        "precision": file.precision,
        "voices": file.voices,
        "licence": file.licence,
        "sources": file.sources,
        "size_about": file.size_about,
        "state": state,
        "detail": detail,
        "path": listed.path,
        "size": listed.known.as_ref().map(|known| known.size),
        "sha256": digest.map(|(sha256, _)| sha256),
        "sha256_basis": digest.map(|(_, basis)| basis),
        "source": listed.known.as_ref().map(|known| &known.source),
        "first_seen": listed.known.as_ref().map(|known| known.first_seen),
    })
}

fn digest(listed: &Listed) -> Option<(&str, Basis)> {
    match (&listed.file.sha256, &listed.known) {
        (Some(sha256), _) => Some((sha256, Basis::Catalogue)),
        (None, Some(known)) => Some((&known.sha256, Basis::FirstUse)),
        (None, None) => None,
    }
}

/// One word, and what else is to be said.
fn state(state: &State) -> (&'static str, Option<String>) {
    match state {
        State::Installed => ("installed", None),
        State::Partial { bytes } => ("partial", Some(format!("{bytes} bytes"))),
        State::Damaged { found } => ("damaged", Some(found.clone())),
        State::Unverified => ("unverified", None),
        State::Available => ("available", None),
    }
}

/// What a pull brought.
pub(super) fn pulled(pulled: &[Pulled], as_json: bool) -> String {
    if as_json {
        let files: Vec<Value> = pulled
            .iter()
            .map(|file| {
                json!({
                    "name": file.name,
                    "path": file.path,
                    "size": file.size,
                    "sha256": file.sha256,
                    "compared_with": file.compared,
                    "source": file.from,
                })
            })
            .collect();
        return document(json!({ "schema_version": 1, "files": files }));
    }
    let mut text = String::new();
    for file in pulled {
        let compared = match (&file.from, file.compared) {
            (None, _) => "is installed already".to_owned(),
            (_, Some(basis)) => format!("installed; its digest is {}", basis.words()),
            (_, None) => "installed; nobody publishes its digest, so it is trusted on first use and compared ever after".to_owned(),
        };
        let _ = writeln!(
            text,
            "{}: {compared}\n  {}\n  {} bytes, sha256 {}",
            file.name,
            file.path.display(),
            file.size,
            file.sha256
        );
    }
    text
}

/// What reading again showed.
pub(super) fn verified(verified: &[Verified], as_json: bool) -> String {
    if as_json {
        let files: Vec<Value> = verified
            .iter()
            .map(|file| {
                let (verdict, basis, expected) = verdict(file);
                json!({
                    "name": file.name,
                    "path": file.path,
                    "size": file.size,
                    "sha256": file.sha256,
                    "verdict": verdict,
                    "compared_with": basis,
                    "expected": expected,
                })
            })
            .collect();
        return document(json!({ "schema_version": 1, "files": files }));
    }
    let mut text = String::new();
    for file in verified {
        let found = match &file.verdict {
            Verdict::Verified { basis } => format!("{}: ok, {}", file.name, basis.words()),
            Verdict::Mismatch { basis, expected } => format!(
                "{}: MISMATCH, expected sha256 {expected} ({})",
                file.name,
                basis.words()
            ),
            Verdict::Unknown => format!(
                "{}: UNKNOWN, nobody compared it; `kokoro model pull {} --from FILE` takes it in",
                file.name, file.name
            ),
        };
        let _ = writeln!(
            text,
            "{found}\n  {}\n  sha256 {}",
            file.path.display(),
            file.sha256
        );
    }
    text
}

fn verdict(file: &Verified) -> (&'static str, Option<Basis>, Option<&str>) {
    match &file.verdict {
        Verdict::Verified { basis } => ("verified", Some(*basis), Some(&file.sha256)),
        Verdict::Mismatch { basis, expected } => ("mismatch", Some(*basis), Some(expected)),
        Verdict::Unknown => ("unknown", None, None),
    }
}

fn document(value: Value) -> String {
    format!("{value:#}\n")
}

/// Millions of bytes, rounded.
fn megabytes(bytes: u64) -> u64 {
    (bytes + 500_000) / 1_000_000
}
