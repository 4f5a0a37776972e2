//! The Rust toolchain: taken from the search path, because it is the user's to choose.

use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_evidence::ToolIdentity;

use crate::host::Host;
use crate::interrupt::Interrupt;
use crate::process::{Invocation, run};
use crate::project::Project;
use crate::tools::{Absent, ToolStatus, identity};

/// A toolchain that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toolchain {
    /// The compiler's identity: the real one's, not that of the rustup proxy before it.
    pub rustc: ToolIdentity,
    /// Cargo's identity.
    pub cargo: ToolIdentity,
    /// Where the toolchain lies.
    pub sysroot: PathBuf,
    /// Target triple of the machine.
    pub triple: String,
}

impl Toolchain {
    /// An LLVM tool that came with the toolchain (component `llvm-tools`).
    #[must_use]
    pub fn llvm_tool(&self, name: &str) -> Option<PathBuf> {
        let path = self
            .sysroot
            .join("lib/rustlib")
            .join(&self.triple)
            .join("bin")
            .join(name);
        crate::host::is_executable(&path).then_some(path)
    }
}

/// Looks for a toolchain: the default one of `root`, or a named channel such as `nightly`.
///
/// # Errors
/// The mend, where it is not there.
pub fn locate(host: &Host, root: &Path, channel: Option<&str>) -> Result<Toolchain, Absent> {
    let absent = || Absent {
        name: channel.map_or_else(|| "rustc".to_owned(), |channel| format!("rustc +{channel}")),
        wanted: channel.unwrap_or("any").to_owned(),
        found: None,
        mend: match channel {
            Some(channel) => format!("rustup toolchain install {channel}"),
            None => "install Rust with rustup (https://rustup.rs)".to_owned(),
        },
    };
    let said = |args: &[&str]| -> Option<String> {
        let program = host.find("rustc")?;
        let plus = channel.map(|channel| format!("+{channel}"));
        let invocation = Invocation {
            program,
            args: plus
                .iter()
                .map(String::as_str)
                .chain(args.iter().copied())
                .map(Into::into)
                .collect(),
            cwd: root.to_owned(),
            // Asking must never install: a rustup that is told to may fetch a missing toolchain.
            env: vec![("RUSTUP_AUTO_INSTALL".to_owned(), "0".into())],
            path: Vec::new(),
            deadline: Duration::from_secs(30),
        };
        let finished = run(&invocation, host, &Interrupt::new(), &mut |_| {}).ok()?;
        (finished.ended.code() == Some(0))
            .then(|| String::from_utf8_lossy(&finished.stdout).into_owned())
    };
    let (verbose, sysroot) = std::thread::scope(|scope| {
        let sysroot = scope.spawn(|| said(&["--print", "sysroot"]));
        (said(&["-vV"]), sysroot.join().ok().flatten())
    });
    let (verbose, sysroot) = verbose.zip(sysroot).ok_or_else(absent)?;
    let field = |name: &str| {
        verbose
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().to_owned())
    };
    let release = field("release:").ok_or_else(absent)?;
    let commit: String = field("commit-hash:")
        .unwrap_or_default()
        .chars()
        .take(9)
        .collect();
    let version = if commit.is_empty() {
        release
    } else {
        format!("{release} ({commit})")
    };
    let sysroot = PathBuf::from(sysroot.trim());
    let suffix = channel
        .map(|channel| format!("+{channel}"))
        .unwrap_or_default();
    let known = |program: &str| {
        let path = sysroot.join("bin").join(program);
        let path = if path.is_file() {
            Some(path)
        } else {
            host.find(program)
        };
        identity::with_version(host, &format!("{program}{suffix}"), &path?, &version)
    };
    Ok(Toolchain {
        rustc: known("rustc").ok_or_else(absent)?,
        cargo: known("cargo").ok_or_else(absent)?,
        sysroot: sysroot.clone(),
        triple: field("host:").ok_or_else(absent)?,
    })
}

/// What `doctor` says about the toolchains the project's gates need.
pub(crate) fn doctor(project: &Project) -> Vec<ToolStatus> {
    project
        .config
        .toolchains()
        .into_iter()
        .map(|(channel, gates)| {
            let name = channel
                .as_ref()
                .map_or_else(|| "rustc".to_owned(), |channel| format!("rustc +{channel}"));
            let wanted = channel.clone().unwrap_or_else(|| "any".to_owned());
            let why = format!("used by {}", gates.join(", "));
            match locate(&project.host, &project.root, channel.as_deref()) {
                Ok(found) => ToolStatus {
                    name,
                    wanted,
                    found: Some(found.rustc.version),
                    path: Some(found.sysroot),
                    why,
                    mend: String::new(),
                },
                Err(absent) => ToolStatus {
                    name,
                    wanted,
                    found: None,
                    path: None,
                    why,
                    mend: absent.mend,
                },
            }
        })
        .collect()
}
