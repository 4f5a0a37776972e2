//! Voice packs: one row of style for each length of text.

pub(crate) mod blend;
mod json;
pub(crate) mod names;
mod npy;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::model::unreadable;
use super::source::Source;
use super::{STYLE, zip};
use crate::engine::Voice;
use crate::error::SpeechError;
use blend::Part;
use names::{alias, described, nearest};

const EXPECTED: &str = "Kokoro voices file";
/// Bytes of one row.
const ROW: usize = STYLE * 4;
/// Largest file read: a hundred voices are 54 MB as rows, and a few times that as JSON.
const LARGEST_FILE: u64 = 1 << 29;
/// Rows of a pack of v0.19, and most of one voice's raw file: all others have 510.
const OLD_ROWS: usize = 511;

/// The voices a model's metadata names, in the order their rows stand in one raw file (sherpa-onnx writes both).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Speakers {
    pub(crate) names: Vec<String>,
    /// Rows of each.
    pub(crate) rows: usize,
}

/// One voice's rows, little-endian floats.
#[derive(Debug)]
struct Pack {
    name: String,
    file: usize,
    rows: Range<usize>,
}

/// All the packs of a file or folder.
pub(crate) struct Voices {
    path: PathBuf,
    files: Vec<Vec<u8>>,
    packs: Vec<Pack>,
}

/// Without the rows: there are megabytes of them.
impl std::fmt::Debug for Voices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voices")
            .field("path", &self.path)
            .field("packs", &self.packs)
            .finish_non_exhaustive()
    }
}

impl Voices {
    /// Reads an npz archive of `[rows, 1, 256]` arrays, a JSON object of nested arrays, a raw file of rows (one voice named as
    /// the file, or the speakers' one after the other), or a folder of raw files.
    pub(crate) fn open<'a>(
        source: impl Into<Source<'a>>,
        speakers: &Speakers,
    ) -> Result<Self, SpeechError> {
        let source = source.into();
        let path = source.place();
        let mut voices = Self {
            path: path.to_path_buf(),
            files: Vec::new(),
            packs: Vec::new(),
        };
        match source {
            Source::Embedded(_, bytes) => voices.take(path, bytes.to_vec(), speakers)?,
            Source::File(_) if path.is_dir() => {
                for file in raw_files(path)? {
                    voices.read(&file, &Speakers::default())?;
                }
            }
            Source::File(_) => voices.read(path, speakers)?,
        }
        voices.sorted()
    }

    /// The voices of a file that has been read already.
    #[cfg(any(test, fuzzing))]
    pub(super) fn of(
        path: &Path,
        bytes: Vec<u8>,
        speakers: &Speakers,
    ) -> Result<Self, SpeechError> {
        let mut voices = Self {
            path: path.to_path_buf(),
            files: Vec::new(),
            packs: Vec::new(),
        };
        voices.take(path, bytes, speakers)?;
        voices.sorted()
    }

    fn sorted(mut self) -> Result<Self, SpeechError> {
        self.packs.sort_by(|a, b| a.name.cmp(&b.name));
        if self.packs.is_empty() {
            Err(invalid(&self.path, "no voice in it".to_owned()))
        } else {
            Ok(self)
        }
    }

    fn read(&mut self, path: &Path, speakers: &Speakers) -> Result<(), SpeechError> {
        let size = std::fs::metadata(path)
            .map_err(|error| unreadable(path, &error))?
            .len();
        if size > LARGEST_FILE {
            return Err(invalid(
                path,
                format!("{size} bytes; at most {LARGEST_FILE} are read"),
            ));
        }
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        self.take(path, bytes, speakers)
    }

    fn take(
        &mut self,
        path: &Path,
        bytes: Vec<u8>,
        speakers: &Speakers,
    ) -> Result<(), SpeechError> {
        if bytes.starts_with(b"PK") {
            self.archive(path, bytes)
        } else if bytes.first() == Some(&b'{') && json_named(path) {
            for (name, rows) in json::voices(&bytes).map_err(|found| invalid(path, found))? {
                let all = 0..rows.len();
                self.add(name, rows, all);
            }
            Ok(())
        } else {
            self.raw(path, bytes, speakers)
        }
    }

    fn add(&mut self, name: String, file: Vec<u8>, rows: Range<usize>) {
        self.packs.push(Pack {
            name,
            file: self.files.len(),
            rows,
        });
        self.files.push(file);
    }

    fn archive(&mut self, path: &Path, bytes: Vec<u8>) -> Result<(), SpeechError> {
        let members = zip::members(&bytes).map_err(|found| invalid(path, found))?;
        // Many members may unpack the same few bytes.
        let unpacked = members
            .iter()
            .filter_map(|member| u64::try_from(member.packed?).ok())
            .fold(0_u64, u64::saturating_add);
        if unpacked > LARGEST_FILE {
            let found = format!("{unpacked} bytes unpacked; at most {LARGEST_FILE} are read");
            return Err(invalid(path, found));
        }
        let mut stored = Vec::new();
        for member in members {
            let Some(name) = member.name.strip_suffix(".npy") else {
                continue;
            };
            let wrong = |found| invalid(path, format!("`{name}` in it {found}"));
            if let Some(size) = member.packed {
                let array = member
                    .unpacked(&bytes, size)
                    .map_err(|found| invalid(path, found))?;
                let rows = npy::locate(&array).map_err(wrong)?;
                self.add(name.to_owned(), array, rows);
            } else {
                let array = bytes.get(member.bytes.clone()).unwrap_or_default();
                let rows = npy::locate(array).map_err(wrong)?;
                let start = member.bytes.start;
                stored.push((name.to_owned(), start + rows.start..start + rows.end));
            }
        }
        let file = self.files.len();
        self.packs.extend(
            stored
                .into_iter()
                .map(|(name, rows)| Pack { name, file, rows }),
        );
        self.files.push(bytes);
        Ok(())
    }

    fn raw(&mut self, path: &Path, bytes: Vec<u8>, speakers: &Speakers) -> Result<(), SpeechError> {
        if bytes.is_empty() || !bytes.len().is_multiple_of(ROW) {
            return Err(invalid(
                path,
                format!(
                    "{} bytes, neither an npz archive, nor JSON (`.json`), nor rows of {ROW} bytes",
                    bytes.len()
                ),
            ));
        }
        let rows = bytes.len() / ROW;
        let file = self.files.len();
        // What the model's metadata says may be any number.
        let of_all = speakers.names.len().checked_mul(speakers.rows);
        if !speakers.names.is_empty() && of_all == Some(rows) {
            let length = speakers.rows * ROW;
            self.packs
                .extend(speakers.names.iter().enumerate().map(|(at, name)| Pack {
                    name: name.clone(),
                    file,
                    rows: at * length..(at + 1) * length,
                }));
        } else if rows <= OLD_ROWS {
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
                    "{rows} rows, more than the {OLD_ROWS} of one voice, and the model's metadata names {} speakers of {} rows",
                    speakers.names.len(),
                    speakers.rows
                ),
            ));
        }
        self.files.push(bytes);
        Ok(())
    }

    /// The style for a text of so many phonemes: the row of that length, the last one for all longer texts. `name` is a
    /// voice or a blend.
    pub(super) fn style(&self, name: &str, phonemes: usize) -> Result<Vec<f32>, SpeechError> {
        if self.pack(name).is_some() {
            return self.row(name, phonemes);
        }
        let unknown = |hint| SpeechError::UnknownVoice {
            name: name.to_owned(),
            hint,
        };
        let parts = if blend::is_blend(name) {
            blend::parse(name).map_err(|hint| unknown(Some(hint)))?
        } else {
            return Err(unknown(self.suggestion(name)));
        };
        let mut mixed = vec![0.0; STYLE];
        for Part { name, weight } in parts {
            for (sum, value) in mixed.iter_mut().zip(self.row(&name, phonemes)?) {
                *sum += weight * value;
            }
        }
        Ok(mixed)
    }

    fn pack(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.name == name)
    }

    fn suggestion(&self, name: &str) -> Option<String> {
        nearest(name, self.packs.iter().map(|pack| pack.name.as_str()))
            .map(|nearest| format!("did you mean `{nearest}`?"))
    }

    fn row(&self, name: &str, phonemes: usize) -> Result<Vec<f32>, SpeechError> {
        let pack = self.pack(name).ok_or_else(|| SpeechError::UnknownVoice {
            name: name.to_owned(),
            hint: self.suggestion(name),
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

    /// Whether these are the voices of Kokoro v0.19: packs of 511 rows, or one called `af`.
    pub(crate) fn are_old(&self) -> bool {
        self.packs
            .iter()
            .any(|pack| pack.name == "af" || pack.rows.len() == OLD_ROWS * ROW)
    }

    /// Names of all voices, those without an English pronunciation too.
    pub(crate) fn names(&self) -> Vec<String> {
        self.packs.iter().map(|pack| pack.name.clone()).collect()
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
        alias(&mut voices);
        Ok(voices)
    }
}

/// A brace may also be the first byte of a raw row.
fn json_named(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn raw_files(folder: &Path) -> Result<Vec<PathBuf>, SpeechError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    Ok(entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "bin"))
        .collect())
}

fn invalid(path: &Path, found: String) -> SpeechError {
    SpeechError::InvalidModel {
        path: path.display().to_string(),
        expected: EXPECTED,
        found,
    }
}
