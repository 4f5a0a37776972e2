//! The programs gates run: which ones, where they are, and whether they are what was pinned.

pub mod identity;
pub mod install;
pub mod toolchain;
pub mod version;

use std::path::{Path, PathBuf};

use caws_evidence::ToolIdentity;

use crate::config::ToolPin;
use crate::host::Host;
use crate::observer::Observer;
use crate::project::Project;

/// A program that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Which it really is.
    pub identity: ToolIdentity,
    /// The executable.
    pub path: PathBuf,
}

impl Located {
    /// The directory it lies in, to put on a child's search path.
    #[must_use]
    pub fn dir(&self) -> PathBuf {
        self.path.parent().map(Path::to_owned).unwrap_or_default()
    }
}

/// A program that is not there, or is another than was pinned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// What was pinned.
    pub wanted: String,
    /// What was found instead, if anything.
    pub found: Option<String>,
    /// The command that mends it.
    pub mend: String,
}

/// What `doctor` says about a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolStatus {
    /// Its name.
    pub name: String,
    /// What was pinned: a version, or `any`.
    pub wanted: String,
    /// The version found; `None` where there is none that fits.
    pub found: Option<String>,
    /// Where it lies, where it was found.
    pub path: Option<PathBuf>,
    /// What it is for: the gates that use it.
    pub why: String,
    /// The command that mends it; empty where nothing is to be mended.
    pub mend: String,
}

/// Where a tool of an ecosystem is installed, for all projects of this user.
#[must_use]
pub fn home(host: &Host, name: &str, pin: &ToolPin) -> Option<PathBuf> {
    let (from, version) = match pin {
        ToolPin::Cargo { version, .. } => ("cargo", version),
        ToolPin::Pip { version, .. } => ("pip", version),
        ToolPin::Npm { version, .. } => ("npm", version),
        ToolPin::System { .. } => return None,
    };
    Some(host.cache.join("tools").join(from).join(name).join(version))
}

/// Where the executables lie below [`home`].
pub(crate) fn bin(home: &Path, pin: &ToolPin) -> PathBuf {
    match pin {
        ToolPin::Npm { .. } => home.join("node_modules").join(".bin"),
        _ => home.join("bin"),
    }
}

/// Looks for a pinned tool: in the cache by name and version, then on the search path.
///
/// # Errors
/// What was found instead, and the mend.
pub fn locate(host: &Host, name: &str, pin: &ToolPin) -> Result<Located, Absent> {
    let mut found = None;
    for candidate in candidates(host, name, pin) {
        let Some(identity) = identity::of(host, name, &candidate) else {
            continue;
        };
        match pin.version() {
            Some(wanted) if wanted != identity.version => found = found.or(Some(identity.version)),
            _ => {
                return Ok(Located {
                    identity,
                    path: candidate,
                });
            }
        }
    }
    let wanted = pin.version().unwrap_or("any").to_owned();
    Err(Absent {
        name: name.to_owned(),
        wanted,
        found,
        mend: install::mend(host, name, pin),
    })
}

fn candidates(host: &Host, name: &str, pin: &ToolPin) -> Vec<PathBuf> {
    let program = pin.program().unwrap_or(name);
    let cached = home(host, name, pin).map(|home| bin(&home, pin).join(program));
    let on_path = host.path.iter().map(|dir| dir.join(program));
    let mut all: Vec<PathBuf> = cached.into_iter().chain(on_path).collect();
    if let ToolPin::System { packages, .. } = pin {
        // Homebrew keeps versioned packages off the PATH, under their plain program names.
        let plain = program
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .trim_end_matches('-');
        if let Some(package) = packages.get("brew") {
            for prefix in ["/opt/homebrew/opt", "/usr/local/opt"] {
                let dir = Path::new(prefix).join(package).join("bin");
                all.extend([dir.join(program), dir.join(plain)]);
            }
        }
    }
    all.retain(|candidate| crate::host::is_executable(candidate));
    all
}

fn users_of(project: &Project, tool: &str) -> String {
    let users = project.config.users_of(tool);
    if users.is_empty() {
        "pinned, but no gate uses it".to_owned()
    } else {
        format!("used by {}", users.join(", "))
    }
}

fn status(project: &Project, name: &str, located: Result<Located, Absent>) -> ToolStatus {
    let why = users_of(project, name);
    match located {
        Ok(located) => ToolStatus {
            name: name.to_owned(),
            wanted: project
                .config
                .tools
                .get(name)
                .and_then(ToolPin::version)
                .unwrap_or("any")
                .to_owned(),
            found: Some(located.identity.version),
            path: Some(located.path),
            why,
            mend: String::new(),
        },
        Err(absent) => ToolStatus {
            name: absent.name,
            wanted: absent.wanted,
            found: None,
            path: None,
            why: absent
                .found
                .map_or(why.clone(), |found| format!("{why}; found version {found}")),
            mend: absent.mend,
        },
    }
}

/// Says of every tool whether it is there, and how to mend what is not. Installs nothing.
#[must_use]
pub fn doctor(project: &Project) -> Vec<ToolStatus> {
    let mut all: Vec<ToolStatus> = project
        .config
        .tools
        .iter()
        .map(|(name, pin)| status(project, name, locate(&project.host, name, pin)))
        .collect();
    all.extend(toolchain::doctor(project));
    all
}

/// Installs the tools that are missing, each by its ecosystem's own client.
#[must_use]
pub fn setup(
    project: &Project,
    interrupt: &crate::Interrupt,
    observer: &dyn Observer,
) -> Vec<ToolStatus> {
    let mut all = Vec::new();
    for (name, pin) in &project.config.tools {
        let located = match locate(&project.host, name, pin) {
            Err(_) if !interrupt.is_raised() => {
                install::install(&project.host, name, pin, interrupt, observer)
            }
            other => other,
        };
        all.push(status(project, name, located));
    }
    all.extend(toolchain::doctor(project));
    all
}

#[cfg(test)]
mod tests;
