//! The machine and the person's environment, read once so that nothing below asks the process.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Where programs, caches and keys are looked for.
#[derive(Clone)]
pub struct Host {
    /// Environment the children get, without what belongs to caws or to the cargo that started it.
    pub vars: BTreeMap<OsString, OsString>,
    /// Directories programs are looked for in.
    pub path: Vec<PathBuf>,
    /// The cache directory: tools, evidence, work copies.
    pub cache: PathBuf,
    /// Cores gates may use together.
    pub cores: usize,
    /// Directory of the user's own keys.
    pub keys: Option<PathBuf>,
    /// A signing key, as PEM text or as the path of a file.
    pub signing_key: Option<String>,
    /// A key to sign checkpoints of the ledger with, in the same forms.
    pub ledger_key: Option<String>,
    /// What decrypts them.
    pub passphrase: Option<String>,
    /// What a key that is to follow another gets encrypted with.
    pub new_passphrase: Option<String>,
    /// Whether the system's package manager may be asked to install: the user is root.
    pub may_install_system_packages: bool,
}

impl std::fmt::Debug for Host {
    /// Without the environment and the key: both hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("cache", &self.cache)
            .field("cores", &self.cores)
            .finish_non_exhaustive()
    }
}

/// Variables the cargo (and its rustup) that started caws sets for it; a child that is itself a
/// build must not inherit them, or it builds with another toolchain or into another folder.
const OF_THE_CALLING_CARGO: &[&str] = &[
    "CARGO",
    "CARGO_BIN_NAME",
    "CARGO_CRATE_NAME",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PRIMARY_PACKAGE",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_TARGET_TMPDIR",
    "OUT_DIR",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
    "RUSTUP_TOOLCHAIN_SOURCE",
    "NEXTEST",
    "NEXTEST_PROFILE",
    "NEXTEST_EXECUTION_MODE",
    "NEXTEST_RUN_ID",
    "NEXTEST_ATTEMPT",
    "NEXTEST_BINARY_ID",
    "NEXTEST_TEST_NAME",
];

impl Host {
    /// The machine this process runs on.
    #[must_use]
    pub fn current() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let mut host = Self::from_vars(std::env::vars_os().collect(), cores);
        #[cfg(unix)]
        {
            host.may_install_system_packages = rustix::process::geteuid().is_root();
        }
        host
    }

    /// A machine with these variables.
    #[must_use]
    pub fn from_vars(mut vars: BTreeMap<OsString, OsString>, cores: usize) -> Self {
        let path = vars
            .get(OsStr::new("PATH"))
            .map(|path| std::env::split_paths(path).collect())
            .unwrap_or_default();
        let mut take = |name: &str| {
            vars.remove(OsStr::new(name))
                .and_then(|value| value.into_string().ok())
                .filter(|value| !value.is_empty())
        };
        let cache = take("CAWS_CACHE_DIR").map(PathBuf::from);
        let signing_key = take("CAWS_SIGNING_KEY");
        let ledger_key = take("CAWS_LEDGER_KEY");
        let passphrase = take("CAWS_KEY_PASSPHRASE");
        let new_passphrase = take("CAWS_NEW_KEY_PASSPHRASE");
        vars.retain(|name, _| {
            let name = name.to_string_lossy();
            !OF_THE_CALLING_CARGO.contains(&name.as_ref()) && !name.starts_with("CARGO_PKG_")
        });
        let cache = cache
            .or_else(|| dirs::cache_dir().map(|dir| dir.join("caws")))
            .unwrap_or_else(|| std::env::temp_dir().join("caws-cache"));
        Self {
            vars,
            path,
            cache,
            cores: cores.max(1),
            keys: dirs::config_dir().map(|dir| dir.join("caws").join("keys")),
            signing_key,
            ledger_key,
            passphrase,
            new_passphrase,
            may_install_system_packages: false,
        }
    }

    /// The first executable of that name on the search path.
    #[must_use]
    pub fn find(&self, program: &str) -> Option<PathBuf> {
        self.path
            .iter()
            .map(|dir| dir.join(program))
            .find(|candidate| is_executable(candidate))
    }

    /// `PATH` for a child, with `first` before everything else.
    #[must_use]
    pub fn path_with(&self, first: &[PathBuf]) -> OsString {
        let dirs = first.iter().chain(&self.path);
        std::env::join_paths(dirs).unwrap_or_else(|_| {
            self.vars
                .get(OsStr::new("PATH"))
                .cloned()
                .unwrap_or_default()
        })
    }

    /// Values that must never be recorded: those of variables named like a secret, and the keys, whole and line by line.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        let named = self
            .vars
            .iter()
            .filter(|(name, _)| is_secret_name(&name.to_string_lossy()))
            .map(|(_, value)| value.to_string_lossy().into_owned());
        let keys = self.signing_key.iter().chain(&self.ledger_key);
        let phrases = self.passphrase.iter().chain(&self.new_passphrase);
        let mut secrets: Vec<String> = named.chain(keys.chain(phrases).cloned()).collect();
        // What programs print is looked at line by line. The first and last line of a PEM block are no secret.
        let lines: Vec<String> = secrets
            .iter()
            .filter(|value| value.contains('\n'))
            .flat_map(|value| value.lines().map(str::trim))
            .filter(|line| !line.starts_with("-----"))
            .map(str::to_owned)
            .collect();
        secrets.extend(lines);
        // Shorter values are words, and replacing words would garble what is recorded.
        secrets.retain(|value| value.len() >= 8);
        secrets
    }
}

/// Whether a variable of this name holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    const MARKS: [&str; 6] = [
        "TOKEN",
        "SECRET",
        "PASSWORD",
        "PASSPHRASE",
        "CREDENTIAL",
        "API_KEY",
    ];
    let name = name.to_uppercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

#[cfg(unix)]
pub(crate) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests;
