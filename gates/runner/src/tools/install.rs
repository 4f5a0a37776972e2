//! Installs a pinned tool by its ecosystem's own client, beside what is there, then all at once.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::config::ToolPin;
use crate::host::Host;
use crate::interrupt::Interrupt;
use crate::observer::Observer;
use crate::process::{Ended, Invocation, run};
use crate::tools::{Absent, Located, bin, home, locate};

/// A large tool takes minutes to compile on a small machine.
const DEADLINE: Duration = Duration::from_secs(30 * 60);

#[derive(Clone)]
struct Command {
    program: &'static str,
    args: Vec<OsString>,
    env: Vec<(String, OsString)>,
}

fn command(program: &'static str, args: &[&str]) -> Command {
    Command {
        program,
        args: args.iter().map(OsString::from).collect(),
        env: Vec::new(),
    }
}

fn package<'a>(name: &'a str, pin: &'a ToolPin) -> &'a str {
    pin.package().unwrap_or(name)
}

/// The commands that put a tool into `dir`; `None` where the ecosystem's client is not for us to call.
fn commands(host: &Host, name: &str, pin: &ToolPin, dir: &Path) -> Option<Vec<Command>> {
    let at = dir.to_string_lossy().into_owned();
    let package = package(name, pin);
    match pin {
        ToolPin::Cargo { version, .. } => {
            // Tools run for seconds and compile for minutes: the quick profile wins on the whole.
            let mut install = command(
                "cargo",
                &[
                    "install",
                    "--locked",
                    "--profile",
                    "dev",
                    "--root",
                    &at,
                    package,
                    "--version",
                    version,
                ],
            );
            install
                .env
                .push(("CARGO_PROFILE_DEV_DEBUG".to_owned(), "0".into()));
            install
                .env
                .push(("CARGO_TARGET_DIR".to_owned(), dir.join("build").into()));
            Some(vec![install])
        }
        ToolPin::Pip { version, .. } => {
            let exact = format!("{package}=={version}");
            let python = bin(dir, pin).join("python3").to_string_lossy().into_owned();
            let mut pip = command(
                "python3",
                &[
                    "-m",
                    "pip",
                    "install",
                    "--disable-pip-version-check",
                    "--quiet",
                    &exact,
                ],
            );
            // The environment's own interpreter, by path.
            pip.program = "";
            pip.args.insert(0, python.into());
            Some(vec![command("python3", &["-m", "venv", &at]), pip])
        }
        ToolPin::Npm { version, .. } => {
            let exact = format!("{package}@{version}");
            Some(vec![command(
                "npm",
                &[
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    &at,
                    &exact,
                ],
            )])
        }
        ToolPin::System { packages, .. } => {
            if let Some(package) = packages.get("apt")
                && host.may_install_system_packages
                && host.find("apt-get").is_some()
            {
                let mut install = command(
                    "apt-get",
                    &["install", "--yes", "--no-install-recommends", package],
                );
                install
                    .env
                    .push(("DEBIAN_FRONTEND".to_owned(), "noninteractive".into()));
                return Some(vec![install]);
            }
            let package = packages.get("brew")?;
            host.find("brew")?;
            Some(vec![command("brew", &["install", package])])
        }
    }
}

/// What may help an installation that failed: a machine's package lists are as old as its image, and lack
/// what came since.
fn refresh(failed: &Command) -> Option<Command> {
    (failed.program == "apt-get").then(|| Command {
        args: ["update", "--quiet"].iter().map(OsString::from).collect(),
        ..failed.clone()
    })
}

/// The command a person would type.
#[must_use]
pub fn mend(host: &Host, name: &str, pin: &ToolPin) -> String {
    match pin {
        ToolPin::Cargo { .. } | ToolPin::Pip { .. } | ToolPin::Npm { .. } => {
            "cargo caws setup".to_owned()
        }
        ToolPin::System { packages, .. } => {
            let apt = packages
                .get("apt")
                .map(|package| format!("sudo apt-get install {package}"));
            let brew = packages
                .get("brew")
                .map(|package| format!("brew install {package}"));
            let here = if host.find("brew").is_some() {
                brew.or(apt)
            } else {
                apt.or(brew)
            };
            here.unwrap_or_else(|| format!("install `{name}` and put it on the PATH"))
        }
    }
}

/// Installs a tool and looks for it again.
///
/// # Errors
/// What went wrong, and what a person can do.
pub fn install(
    host: &Host,
    name: &str,
    pin: &ToolPin,
    interrupt: &Interrupt,
    observer: &dyn Observer,
) -> Result<Located, Absent> {
    let result = attempt(host, name, pin, interrupt, observer);
    match &result {
        Ok(located) => observer.setup_finished(name, Ok(&located.identity.version)),
        Err(absent) => observer.setup_finished(name, Err(&absent.mend)),
    }
    result
}

fn attempt(
    host: &Host,
    name: &str,
    pin: &ToolPin,
    interrupt: &Interrupt,
    observer: &dyn Observer,
) -> Result<Located, Absent> {
    let wanted = pin.version().unwrap_or("any").to_owned();
    let absent = |mend: String| Absent {
        name: name.to_owned(),
        wanted: wanted.clone(),
        found: None,
        mend,
    };
    let home = home(host, name, pin);
    let parent = home
        .as_deref()
        .and_then(Path::parent)
        .map_or_else(|| host.cache.clone(), Path::to_owned);
    std::fs::create_dir_all(&parent)
        .map_err(|error| absent(format!("make {} writable: {error}", parent.display())))?;
    // Scripts of a Python environment hold its path, so that it cannot be built elsewhere and moved.
    let in_place = matches!(pin, ToolPin::Pip { .. });
    let staging = tempfile::Builder::new()
        .prefix(".installing-")
        .tempdir_in(&parent)
        .map_err(|error| absent(format!("make {} writable: {error}", parent.display())))?;
    let dir: PathBuf = match &home {
        Some(home) if in_place => home.clone(),
        _ => staging.path().to_owned(),
    };
    let Some(commands) = commands(host, name, pin, &dir) else {
        return Err(absent(mend(host, name, pin)));
    };
    let clean = || {
        if in_place {
            let _ = std::fs::remove_dir_all(&dir);
        }
    };
    for command in commands {
        let again = refresh(&command).map(|refresh| (refresh, command.clone()));
        let mut done = step(host, name, command, interrupt, observer);
        if let (Err(_), Some((refresh, command)), false) = (&done, again, interrupt.is_raised()) {
            // Why the lists could not be read anew says less than what the second attempt says.
            let _ = step(host, name, refresh, interrupt, observer);
            done = step(host, name, command, interrupt, observer);
        }
        done.map_err(|why| {
            clean();
            absent(why)
        })?;
    }
    if let Some(home) = &home
        && !in_place
    {
        let _ = std::fs::remove_dir_all(dir.join("build"));
        // Another run may have been quicker; what it made is the same version.
        if std::fs::rename(&dir, home).is_err() && !home.exists() {
            return Err(absent(format!("make {} writable", parent.display())));
        }
    }
    locate(host, name, pin)
}

fn step(
    host: &Host,
    name: &str,
    mut command: Command,
    interrupt: &Interrupt,
    observer: &dyn Observer,
) -> Result<(), String> {
    let program = if command.program.is_empty() {
        PathBuf::from(command.args.remove(0))
    } else {
        host.find(command.program).ok_or_else(|| {
            format!(
                "install `{0}`: `{name}` is installed by it, and `{0}` is not on the PATH",
                command.program
            )
        })?
    };
    let words =
        std::iter::once(program.as_os_str()).chain(command.args.iter().map(OsString::as_os_str));
    let shown = words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ");
    observer.setup_started(name, &shown);
    let invocation = Invocation {
        program,
        args: command.args,
        cwd: std::env::temp_dir(),
        env: command.env,
        path: Vec::new(),
        deadline: DEADLINE,
    };
    let finished = run(&invocation, host, interrupt, &mut |line| {
        observer.setup_progress(name, line)
    })
    .map_err(|error| format!("`{shown}` cannot be started: {error}"))?;
    let last = finished.tail.last().cloned().unwrap_or_default();
    match finished.ended {
        Ended::Exited(0) => Ok(()),
        Ended::Exited(code) => Err(format!(
            "run `{shown}` and mend what it says; here it exited {code}: {last}"
        )),
        Ended::Interrupted => Err(format!("run it again; `{shown}` was interrupted")),
        Ended::TimedOut | Ended::Signalled(_) => Err(format!(
            "run `{shown}` by hand; here it was stopped: {last}"
        )),
    }
}

#[cfg(test)]
mod tests;
