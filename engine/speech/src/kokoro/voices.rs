//! Voice packs: one row of style for each length of text.

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::model::{STYLE, unreadable};
use super::zip;
use crate::engine::Voice;
use crate::error::SpeechError;

const EXPECTED: &str = "Kokoro voices file";
/// Bytes of one row.
const ROW: usize = STYLE * 4;

/// OpenAI's voice names and the voices of Kokoro that are most like them.
const ALIASES: [(&str, &str); 13] = [
    ("alloy", "af_alloy"),
    ("ash", "am_adam"),
    ("ballad", "am_michael"),
    ("cedar", "am_liam"),
    ("coral", "af_nicole"),
    ("echo", "am_echo"),
    ("fable", "bf_emma"),
    ("marin", "af_river"),
    ("nova", "af_nova"),
    ("onyx", "am_onyx"),
    ("sage", "af_sarah"),
    ("shimmer", "af_sky"),
    ("verse", "am_eric"),
];

/// One voice's rows, little-endian floats.
#[derive(Debug)]
struct Pack {
    name: String,
    file: usize,
    rows: Range<usize>,
}

/// All the packs of a file or folder.
#[derive(Debug)]
pub(super) struct Voices {
    path: PathBuf,
    files: Vec<Vec<u8>>,
    packs: Vec<Pack>,
}

impl Voices {
    /// Reads an npz archive of `[rows, 1, 256]` arrays, one raw file of rows, or a folder of raw files.
    pub(super) fn open(path: &Path) -> Result<Self, SpeechError> {
        let mut voices = Self {
            path: path.to_path_buf(),
            files: Vec::new(),
            packs: Vec::new(),
        };
        if path.is_dir() {
            for file in raw_files(path)? {
                voices.read(&file)?;
            }
        } else {
            voices.read(path)?;
        }
        voices.packs.sort_by(|a, b| a.name.cmp(&b.name));
        if voices.packs.is_empty() {
            Err(invalid(path, "no voice in it".to_owned()))
        } else {
            Ok(voices)
        }
    }

    fn read(&mut self, path: &Path) -> Result<(), SpeechError> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let file = self.files.len();
        if bytes.starts_with(b"PK") {
            for member in zip::members(&bytes).map_err(|found| invalid(path, found))? {
                let Some(name) = member.name.strip_suffix(".npy") else {
                    continue;
                };
                let array = bytes.get(member.bytes.clone()).unwrap_or_default();
                let data = npy_data(array)
                    .map_err(|found| invalid(path, format!("`{name}` in it {found}")))?;
                let start = member.bytes.start;
                self.packs.push(Pack {
                    name: name.to_owned(),
                    file,
                    rows: start + data.start..start + data.end,
                });
            }
        } else if !bytes.is_empty() && bytes.len().is_multiple_of(ROW) {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            self.packs.push(Pack {
                name,
                file,
                rows: 0..bytes.len(),
            });
        } else {
            return Err(invalid(
                path,
                format!(
                    "{} bytes, neither an npz archive nor rows of {ROW} bytes",
                    bytes.len()
                ),
            ));
        }
        self.files.push(bytes);
        Ok(())
    }

    /// The style for a text of so many phonemes.
    pub(super) fn style(&self, name: &str, phonemes: usize) -> Result<Vec<f32>, SpeechError> {
        let pack = self
            .packs
            .iter()
            .find(|pack| pack.name == name)
            .ok_or_else(|| SpeechError::UnknownVoice {
                name: name.to_owned(),
            })?;
        let last = (pack.rows.len() / ROW).saturating_sub(1);
        let start = pack.rows.start + phonemes.saturating_sub(1).min(last) * ROW;
        let row = self
            .files
            .get(pack.file)
            .and_then(|bytes| bytes.get(start..start + ROW))
            .unwrap_or_default();
        Ok(row
            .chunks_exact(4)
            .filter_map(|b| b.try_into().ok())
            .map(f32::from_le_bytes)
            .collect())
    }

    /// The voices that can speak: those for English, whose pronunciation we have. `af_heart` leads where it is there.
    pub(super) fn described(&self) -> Result<Vec<Voice>, SpeechError> {
        let mut voices: Vec<Voice> = self
            .packs
            .iter()
            .filter_map(|pack| described(&pack.name))
            .collect();
        voices.sort_by_key(|voice| voice.id != "af_heart");
        if voices.is_empty() {
            return Err(invalid(
                &self.path,
                "voices, but none of them for English (af_, am_, bf_, bm_)".to_owned(),
            ));
        }
        Ok(voices)
    }
}

/// A voice by its name: `<language><gender>_<name>`. A name made otherwise is taken for an American one.
fn described(id: &str) -> Option<Voice> {
    let (prefix, own) = id.split_once('_').unwrap_or(("", id));
    let (language, gender) = match prefix {
        "af" => ("en-US", "female"),
        "am" => ("en-US", "male"),
        "bf" => ("en-GB", "female"),
        "bm" => ("en-GB", "male"),
        _ if is_foreign(prefix) => return None,
        _ => ("en-US", "neutral"),
    };
    let mut letters = own.chars();
    let name = letters.next().map_or(String::new(), |first| {
        first.to_uppercase().chain(letters).collect()
    });
    let aliases = ALIASES
        .iter()
        .filter(|(_, voice)| *voice == id)
        .map(|(alias, _)| (*alias).to_owned())
        .collect();
    Some(Voice {
        id: id.to_owned(),
        name,
        language: language.to_owned(),
        gender,
        aliases,
    })
}

fn is_foreign(prefix: &str) -> bool {
    let mut letters = prefix.chars();
    letters.next().is_some_and(|l| "efhijpz".contains(l)) && matches!(letters.as_str(), "f" | "m")
}

fn raw_files(folder: &Path) -> Result<Vec<PathBuf>, SpeechError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    Ok(entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bin"))
        .collect())
}

/// Where the data of an `.npy` array is, if it is rows of 256 little-endian floats in C order.
fn npy_data(array: &[u8]) -> Result<Range<usize>, String> {
    if array.get(..6) != Some(b"\x93NUMPY") {
        return Err("is not a NumPy array".to_owned());
    }
    let short = || "has a header that is cut short".to_owned();
    let major = *array.get(6).ok_or_else(short)?;
    let number = |range: Range<usize>| {
        array.get(range).map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
        })
    };
    // Version 1 has two bytes for the header's length, later ones four.
    let start = if major == 1 { 10 } else { 12 };
    let length = number(8..start).ok_or_else(short)?;
    let end = start + length;
    let header = array.get(start..end).ok_or_else(short)?;
    let header = String::from_utf8_lossy(header);
    if !header.contains("'<f4'") || header.contains("'fortran_order': True") {
        return Err(format!(
            "is not an array of little-endian 32-bit floats in C order: {}",
            header.trim()
        ));
    }
    let data = array.len() - end;
    if data == 0 || !data.is_multiple_of(ROW) || !header.contains(&format!("{STYLE})")) {
        return Err(format!(
            "does not have rows of {STYLE} values: {}",
            header.trim()
        ));
    }
    Ok(end..array.len())
}

fn invalid(path: &Path, found: String) -> SpeechError {
    SpeechError::InvalidModel {
        path: path.display().to_string(),
        expected: EXPECTED,
        found,
    }
}
