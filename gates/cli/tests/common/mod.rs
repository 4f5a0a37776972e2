//! A small project in a folder of its own, and one macro that holds exit code, stdout and stderr.

#![allow(dead_code, reason = "every test file uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The project of `tests/project`, whose gates read reports and need no tools.
pub(crate) struct Project {
    /// Holds the project, the home directory and the cache.
    dir: TempDir,
}

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self {
            dir: tempfile::tempdir().unwrap(),
        };
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/project"),
            &project.root(),
        );
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.dir.path().join("project")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Replaces text that must be there.
    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{path} holds no {from:?}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.path(path)).unwrap();
    }

    /// Flips the lowest bit of the byte in the middle of a file.
    pub(crate) fn flip(&self, path: &str) {
        let path = self.path(path);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        *bytes.get_mut(middle).unwrap() ^= 1;
        std::fs::write(path, bytes).unwrap();
    }

    /// `caws` in the project, with an environment that holds nothing of this machine.
    pub(crate) fn caws<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caws"));
        command
            .args(args)
            .current_dir(self.root())
            .env_clear()
            .stdin(Stdio::null());
        command
            .env("HOME", self.home())
            .env("XDG_CONFIG_HOME", self.home().join("config"));
        command.env("CAWS_CACHE_DIR", self.dir.path().join("cache"));
        // No program is needed, but for the interruption's, which names it by path.
        command.env("PATH", self.dir.path().join("no-programs"));
        // Where coverage is measured, the child's counts, too.
        if let Some(profile) = std::env::var_os("LLVM_PROFILE_FILE") {
            command.env("LLVM_PROFILE_FILE", profile);
        }
        command
    }

    /// Runs to the end and gives the exit code.
    pub(crate) fn code<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> i32 {
        self.caws(args).output().unwrap().status.code().unwrap()
    }

    /// Runs to the end and gives stdout, which must be JSON, whatever the exit code.
    pub(crate) fn json<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> serde_json::Value {
        let output = self.caws(args).output().unwrap();
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", shown(&output)))
    }

    /// A key that needs no passphrase; gives its path.
    pub(crate) fn key(&self, name: &str) -> PathBuf {
        let path = self.home().join(format!("{name}.pem"));
        let args = [
            OsStr::new("provenance"),
            "keys".as_ref(),
            "new".as_ref(),
            "--no-passphrase".as_ref(),
        ];
        let rest = [
            OsStr::new("--name"),
            name.as_ref(),
            "--out".as_ref(),
            path.as_ref(),
        ];
        assert_eq!(self.code(args.into_iter().chain(rest)), 0);
        path
    }
}

/// Exit code, stdout and stderr in one text.
pub(crate) fn shown(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "exit code {}\n--- stdout\n{}--- stderr\n{}",
        output
            .status
            .code()
            .map_or_else(|| "none".to_owned(), |code| code.to_string()),
        text(&output.stdout),
        ordered(&text(&output.stderr)),
    )
}

/// Lines of progress come from several threads: they are sorted, and stand before the rest.
fn ordered(stderr: &str) -> String {
    let (mut progress, rest): (Vec<&str>, Vec<&str>) = stderr.lines().partition(|line| {
        line.ends_with(": started") || line.contains(", took ") || line.contains(", cached, ")
    });
    progress.sort_unstable();
    progress
        .into_iter()
        .chain(rest)
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Holds exit code, stdout and stderr of a command against the committed snapshot, with what
/// changes from run to run taken out.
macro_rules! assert_caws {
    ($name:expr, $project:expr, $command:expr) => {{
        let mut settings = insta::Settings::clone_current();
        let root = $project
            .root()
            .canonicalize()
            .unwrap()
            .display()
            .to_string();
        for (path, with) in [
            (root, "[project]"),
            ($project.root().display().to_string(), "[project]"),
            ($project.home().display().to_string(), "[home]"),
        ] {
            settings.add_filter(&path.replace('.', r"\."), with);
        }
        settings.add_filter(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[time]");
        settings.add_filter(r"[0-9a-f]{64}", "[sha256]");
        settings.add_filter(r"[A-Za-z0-9+/]{43}=", "[hash]");
        settings.add_filter(r" +\d+(\.\d)? s  ", " [duration]  ");
        settings.add_filter(r"took \d+(\.\d)? s", "took [duration]");
        settings.add_filter(r"caws 0\.\d+\.\d+", "caws [version]");
        settings.set_prepend_module_to_snapshot(false);
        let output = $command.output().unwrap();
        settings.bind(|| insta::assert_snapshot!($name, common::shown(&output)));
    }};
}
pub(crate) use assert_caws;

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
