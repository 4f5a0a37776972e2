//! Where ONNX Runtime's shared library is.
//!
//! Looked for in this order: the one named; `ORT_DYLIB_PATH`; beside the program and in its `lib`; `kokoro/lib` in the user's data
//! folder; the `onnxruntime` package of the Python on the PATH; the system's folders for libraries. One that is named by option or variable
//! and is not there is an error, never passed over.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::engine::Cancel;
use crate::error::SpeechError;
use crate::espeak::child::Command;
use crate::provider::Control;

/// The system's folders.
const SYSTEM: [&str; 7] = [
    "/usr/local/lib",
    "/opt/homebrew/lib",
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/opt/onnxruntime/lib",
];
/// Asks a Python where its package lies, without loading it.
const PROBE: &str = "import importlib.util as u; s = u.find_spec('onnxruntime'); print(s.submodule_search_locations[0] if s else '')";
/// How long Python may take to say so.
const PATIENCE: Duration = Duration::from_secs(5);

/// A library found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// The file.
    pub path: PathBuf,
    /// The version its name tells, or nothing.
    pub version: String,
}

/// What the search looks at, so that tests can look elsewhere.
#[derive(Debug, Clone, Default)]
struct Places {
    /// `ORT_DYLIB_PATH`.
    variable: Option<OsString>,
    /// Folders in order.
    folders: Vec<PathBuf>,
    /// The Python to ask, after the first folders and before the rest.
    python: Option<PathBuf>,
    /// Folders after Python's.
    system: Vec<PathBuf>,
}

/// Finds the library: the one `named`, or where it is usually found.
///
/// # Errors
/// [`SpeechError::ProviderUnavailable`]: where was looked, and how to get one.
pub fn find(named: Option<&Path>) -> Result<Library, SpeechError> {
    find_in(named, &Places::usual())
}

/// The places looked at, in order, and what lies there. A library that is named is the only one.
pub(crate) fn searched(named: Option<&Path>) -> Vec<(String, Option<Library>)> {
    searched_in(named, &Places::usual())
}

impl Places {
    fn usual() -> Self {
        let mut folders = Vec::new();
        if let Some(folder) = std::env::current_exe()
            .ok()
            .as_deref()
            .and_then(Path::parent)
        {
            folders.extend([folder.to_path_buf(), folder.join("lib")]);
        }
        folders.extend(dirs::data_dir().map(|data| data.join("kokoro").join("lib")));
        Self {
            variable: std::env::var_os("ORT_DYLIB_PATH"),
            folders,
            python: Some(PathBuf::from("python3")),
            system: SYSTEM.iter().map(PathBuf::from).collect(),
        }
    }

    /// The library the user names.
    fn named<'a>(&'a self, named: Option<&'a Path>) -> Option<&'a Path> {
        named.or_else(|| {
            self.variable
                .as_deref()
                .filter(|value| !value.is_empty())
                .map(Path::new)
        })
    }
}

fn searched_in(named: Option<&Path>, places: &Places) -> Vec<(String, Option<Library>)> {
    if let Some(path) = places.named(named) {
        let found = path.is_file().then(|| library(path.to_path_buf()));
        return vec![(path.display().to_string(), found)];
    }
    let folder = |folder: &PathBuf| (folder.display().to_string(), newest(folder));
    let mut list: Vec<_> = places.folders.iter().map(folder).collect();
    if let Some(python) = &places.python {
        list.push(match packaged(python) {
            Some(package) => folder(&package),
            None => (
                format!("the package onnxruntime of {}", python.display()),
                None,
            ),
        });
    }
    list.extend(places.system.iter().map(folder));
    list
}

fn find_in(named: Option<&Path>, places: &Places) -> Result<Library, SpeechError> {
    if let Some(path) = places.named(named) {
        return if path.is_file() {
            Ok(library(path.to_path_buf()))
        } else {
            Err(unusable(path, "there is no such file"))
        };
    }
    places
        .folders
        .iter()
        .find_map(|folder| newest(folder))
        .or_else(|| newest(&packaged(places.python.as_deref()?)?))
        .or_else(|| places.system.iter().find_map(|folder| newest(folder)))
        .ok_or_else(|| SpeechError::ProviderUnavailable {
            provider: "kokoro".to_owned(),
            reason: "expected ONNX Runtime's shared library for the back end `ort`, but found none beside the program, in the data folder, in \
                     Python's packages or among the system's libraries; `pip install onnxruntime` brings one, `ORT_DYLIB_PATH` names one, \
                     and the back end `rten` needs none"
                .to_owned(),
        })
}

/// The error for a library that is there, or should be, and cannot be used.
pub(crate) fn unusable(path: &Path, reason: &str) -> SpeechError {
    SpeechError::ProviderUnavailable {
        provider: "kokoro".to_owned(),
        reason: format!(
            "expected ONNX Runtime's shared library (1.17 or newer) at `{}`, but it cannot be loaded: {reason}; name another, or take the back end `rten`",
            path.display()
        ),
    }
}

/// The library with the highest version in a folder.
fn newest(folder: &Path) -> Option<Library> {
    std::fs::read_dir(folder)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(is_library)
                && path.is_file()
        })
        .map(library)
        .max_by_key(|library| numbers(&library.version))
}

fn is_library(name: &str) -> bool {
    name == "onnxruntime.dll"
        || name == "libonnxruntime.so"
        || name.starts_with("libonnxruntime.so.")
        || (name.starts_with("libonnxruntime.") && name.ends_with(".dylib"))
}

fn library(path: PathBuf) -> Library {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let version = name
        .trim_start_matches("libonnxruntime.")
        .trim_start_matches("so")
        .trim_end_matches("dylib")
        .trim_matches('.');
    let version = if numbers(version).is_empty() {
        ""
    } else {
        version
    };
    Library {
        version: version.to_owned(),
        path,
    }
}

/// A version as numbers; empty where it is none.
fn numbers(version: &str) -> Vec<u32> {
    version
        .split('.')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .unwrap_or_default()
}

/// The folder in Python's package that holds the library.
fn packaged(python: &Path) -> Option<PathBuf> {
    let output = Command {
        program: python,
        args: &["-c", PROBE],
        input: "",
        max_output: 1 << 16,
    }
    .run(&Control::new(Cancel::new(), PATIENCE))
    .ok()?;
    let folder = String::from_utf8(output).ok()?;
    Some(Path::new(folder.trim()).join("capi")).filter(|_| !folder.trim().is_empty())
}
