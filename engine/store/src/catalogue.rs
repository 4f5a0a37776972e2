//! What is published: `catalogue.json` beside this crate, part of the program.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::error::StoreError;

/// The catalogue in the program.
const PUBLISHED: &str = include_str!("../catalogue.json");

/// Most a file's size may differ from the published one, which is rounded: a tenth.
const TOLERANCE: u64 = 10;

/// Published files, the ones to prefer first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Version of this notation.
    schema_version: u32,
    /// All files.
    files: Vec<File>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An ONNX model.
    Model,
    /// Voices.
    Voices,
}

/// One published file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What people call it.
    pub name: String,
    /// Model or voices.
    pub kind: Kind,
    /// Its name in the store and on mirrors.
    pub file: String,
    /// One line about it.
    pub about: String,
    /// `fp32`, `fp16`, `int8`; none for voices.
    #[serde(default)]
    pub precision: Option<String>,
    /// Of a model, the voices that go with it.
    #[serde(default)]
    pub voices: Option<String>,
    /// Size in bytes as published, rounded.
    pub size_about: u64,
    /// SPDX identifier.
    pub licence: String,
    /// Digest, in lower-case hex, where the publisher states one.
    pub sha256: Option<String>,
    /// Where it is published, the first to be asked first.
    pub sources: Vec<String>,
}

impl Catalogue {
    /// The catalogue this program was made with.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn published() -> Result<Self, StoreError> {
        Self::parse(PUBLISHED)
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`StoreError::Catalogue`]: what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let catalogue: Self =
            serde_json::from_str(text).map_err(|error| StoreError::Catalogue(error.to_string()))?;
        if catalogue.schema_version != 1 {
            return Err(StoreError::Catalogue(format!(
                "expected schema_version 1, found {}",
                catalogue.schema_version
            )));
        }
        for (at, file) in catalogue.files.iter().enumerate() {
            let before = catalogue.files.get(..at).unwrap_or_default();
            if let Some(fault) = fault(file, before, &catalogue.files) {
                return Err(StoreError::Catalogue(format!("`{}`: {fault}", file.name)));
            }
        }
        Ok(catalogue)
    }

    /// All files, the ones to prefer first.
    #[must_use]
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The file of a name.
    ///
    /// # Errors
    /// [`StoreError::UnknownName`] with the nearest name there is.
    pub fn get(&self, name: &str) -> Result<&File, StoreError> {
        self.find(name).ok_or_else(|| StoreError::UnknownName {
            name: name.to_owned(),
            nearest: self.nearest(name),
        })
    }

    /// The file of a name, by what people call it or what it is called in the store.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&File> {
        self.files
            .iter()
            .find(|file| file.name == name || file.file == name)
    }

    /// The voices that go with a model.
    #[must_use]
    pub fn voices_of(&self, file: &File) -> Option<&File> {
        self.find(file.voices.as_deref()?)
    }

    fn nearest(&self, name: &str) -> String {
        self.files
            .iter()
            .map(|file| (strsim::jaro_winkler(name, &file.name), &file.name))
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .map_or_else(String::new, |(_, name)| name.clone())
    }
}

impl File {
    /// Whether a size can be that of this file.
    #[must_use]
    pub fn may_have(&self, size: u64) -> bool {
        size.abs_diff(self.size_about) <= self.size_about / TOLERANCE
    }
}

/// What is wrong with an entry.
fn fault(file: &File, before: &[File], all: &[File]) -> Option<String> {
    let plain = |text: &str| {
        !text.is_empty()
            && !text.starts_with('.')
            && text
                .chars()
                .all(|each| each.is_ascii_alphanumeric() || matches!(each, '.' | '-' | '_'))
    };
    if !plain(&file.name) || !plain(&file.file) {
        return Some("names are of letters, digits, dots, dashes and underscores".to_owned());
    }
    if before
        .iter()
        .any(|other| other.name == file.name || other.file == file.file)
    {
        return Some("another entry has its name or its file".to_owned());
    }
    if let Some(sha256) = &file.sha256
        && !crate::digest::is_sha256(sha256)
    {
        return Some(format!(
            "expected 64 lower-case hex digits as sha256, found `{sha256}`"
        ));
    }
    if file.sources.is_empty() || file.sources.iter().any(|url| !url.starts_with("https://")) {
        return Some("expected at least one source, all of them https".to_owned());
    }
    let voices = file
        .voices
        .as_ref()
        .map(|name| all.iter().find(|other| &other.name == name));
    match (file.kind, voices) {
        (Kind::Model, Some(Some(voices))) if voices.kind == Kind::Voices => None,
        (Kind::Voices, None) => None,
        (Kind::Model, _) => Some("expected `voices` to name a voices file".to_owned()),
        (Kind::Voices, Some(_)) => Some("voices have no voices".to_owned()),
    }
}
