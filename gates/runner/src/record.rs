//! Writes files so that a reader sees the old one or the new one, never half of either.

use std::io::{Read as _, Write as _};
use std::path::Path;

use caws_evidence::{Output, Raw, sha256_hex};
use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};

use crate::error::RunError;

/// Writes a file beside its place and renames it there.
///
/// # Errors
/// When its directory cannot be made or written.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let parent = path.parent().unwrap_or_else(|| Path::new("."));
    std::fs::create_dir_all(parent)?;
    let mut file = tempfile::Builder::new()
        .prefix(".writing-")
        .tempfile_in(parent)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary files are private; a record is for everybody who may read the folder.
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// Writes a file of the record.
///
/// # Errors
/// Which file, and why not.
pub fn keep(path: &Path, bytes: &[u8]) -> Result<(), RunError> {
    write(path, bytes).map_err(RunError::file("write", path))
}

/// Compresses a raw output. The same content gives the same bytes: no time, no name, no system.
///
/// # Errors
/// Never on memory; the writer's signature asks for it.
pub fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .operating_system(255)
        .write(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Takes a raw output out of its compression.
///
/// # Errors
/// When the bytes are no gzip stream.
pub fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut content)?;
    Ok(content)
}

/// The same for bytes of strangers: content beyond `most` bytes is an error, and is not kept.
///
/// # Errors
/// When the bytes are no gzip stream, or hold more.
pub fn decompress_at_most(bytes: &[u8], most: u64) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    GzDecoder::new(bytes)
        .take(most.saturating_add(1))
        .read_to_end(&mut content)?;
    if u64::try_from(content.len()).unwrap_or(u64::MAX) > most {
        return Err(std::io::Error::other(format!(
            "it holds more than {most} bytes"
        )));
    }
    Ok(content)
}

/// The name a raw output has in the record: its own, with what a path could be made of taken out.
#[must_use]
pub fn stored_name(raw: &Raw) -> String {
    format!("{}.gz", stored_name_of(&raw.name))
}

/// A name that is safe as a file's: letters, digits, `.`, `-` and `_`, no leading dot.
pub(crate) fn stored_name_of(name: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '_'
        }
    };
    let clean: String = name.chars().map(safe).collect();
    clean.trim_start_matches('.').to_owned()
}

/// Media type by file name.
#[must_use]
pub fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("json" | "sarif") => "application/json",
        Some("xml") => "application/xml",
        Some("yaml" | "yml") => "application/yaml",
        Some("wav") => "audio/wav",
        Some("pcm") => "audio/L16;rate=24000;channels=1",
        Some("txt" | "info" | "diff") => "text/plain",
        _ => "application/octet-stream",
    }
}

/// Writes raw outputs under `dir/raw` and says what they are.
///
/// # Errors
/// Which file, and why not.
pub fn keep_raw(dir: &Path, raws: &[Raw]) -> Result<Vec<Output>, RunError> {
    let mut outputs: Vec<Output> = Vec::new();
    for raw in raws {
        let mut path = format!(
            "{}/{}",
            caws_evidence::manifest::layout::RAW_DIR,
            stored_name(raw)
        );
        if outputs.iter().any(|other| other.path == path) {
            // Two tools may call their files the same; a role belongs to one file.
            path = format!(
                "{}/{}-{}",
                caws_evidence::manifest::layout::RAW_DIR,
                stored_name_of(&raw.role),
                stored_name(raw)
            );
        }
        let at = dir.join(&path);
        let stored = compress(&raw.bytes).map_err(RunError::file("compress", &at))?;
        keep(&at, &stored)?;
        outputs.push(Output {
            role: raw.role.clone(),
            path,
            sha256: sha256_hex(&stored),
            content_sha256: sha256_hex(&raw.bytes),
            media_type: media_type(&raw.name).to_owned(),
        });
    }
    Ok(outputs)
}

/// Puts a finished directory into its place, whatever was there before.
///
/// # Errors
/// Which directory, and why not.
pub fn replace_dir(staged: &Path, place: &Path) -> Result<(), RunError> {
    if let Some(parent) = place.parent() {
        std::fs::create_dir_all(parent).map_err(RunError::file("create", parent))?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Temporary folders are private; a record is for everybody who may read the project.
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(staged, mode).map_err(RunError::file("open", staged))?;
    }
    if place.exists() {
        std::fs::remove_dir_all(place).map_err(RunError::file("remove", place))?;
    }
    std::fs::rename(staged, place).map_err(RunError::file("rename", place))
}

/// Copies a directory with everything in it.
///
/// # Errors
/// Which file, and why not.
pub fn copy_dir(from: &Path, to: &Path) -> Result<(), RunError> {
    std::fs::create_dir_all(to).map_err(RunError::file("create", to))?;
    for entry in std::fs::read_dir(from).map_err(RunError::file("read", from))? {
        let entry = entry.map_err(RunError::file("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_dir(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).map_err(RunError::file("copy", &source))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
