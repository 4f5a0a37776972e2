//! Runs a command and leaves a record of it: written whole, signed and logged where there are keys.

mod error;
mod output;
pub mod required;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use caws_attest::SecretKey;
use caws_attest::seal::{command_bundle_path, command_path, is_gate_name, seal_command};
use caws_evidence::command::{CommandEnd, Environment, SCHEMA_VERSION};
use caws_evidence::{CommandRecord, canonical_json};
use caws_ledger::Entry;

use crate::config;
use crate::error::RunError;
use crate::gates::now;
use crate::git;
use crate::host::{Host, is_executable, is_secret_name};
use crate::interrupt::Interrupt;
use crate::mask::Mask;
use crate::process::{Ended, Invocation, Stream, stream};
use crate::project::Project;
use crate::record;
use crate::seal::{Seal, Signer, signer};

pub use error::CommandError;
use output::KeyOutput;

/// Variables that are recorded where they are set: they change what programs print or build, and hold no secret.
pub const VARIABLES: [&str; 6] = [
    "CI",
    "LANG",
    "LC_ALL",
    "RUSTFLAGS",
    "SOURCE_DATE_EPOCH",
    "TZ",
];

/// A command to run and record.
#[derive(Debug, Clone)]
pub struct Request {
    /// The project's root.
    pub root: PathBuf,
    /// The artifacts directory.
    pub artifacts: PathBuf,
    /// Where it runs: the root, or a directory below it.
    pub directory: PathBuf,
    /// What the record is called; after the program where not given.
    pub name: Option<String>,
    /// Program and arguments.
    pub command: Vec<String>,
    /// How long it may run.
    pub timeout: Option<Duration>,
    /// Variables to record beside [`VARIABLES`].
    pub variables: Vec<String>,
    /// Use no network: a ledger that follows a remote is not synced.
    pub offline: bool,
}

/// Whether the record is in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// Nobody signed, so there is nothing to log.
    Unsigned,
    /// It is.
    At {
        /// Which ledger.
        origin: String,
        /// Which leaf.
        index: u64,
    },
    /// It is not.
    Not {
        /// Why.
        why: String,
    },
}

/// A command that was run and recorded.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What was recorded.
    pub record: CommandRecord,
    /// Its file.
    pub path: PathBuf,
    /// Whether it is signed.
    pub seal: Seal,
    /// Whether it is logged.
    pub placed: Placed,
}

/// The root of the project `directory` lies in: the nearest directory above that has a `.caws.yml`.
#[must_use]
pub fn root_of(directory: &Path) -> Option<PathBuf> {
    let directory = directory.canonicalize().ok()?;
    let root = directory
        .ancestors()
        .find(|dir| dir.join(config::FILE).is_file())?;
    Some(root.to_owned())
}

/// Whether a record may be called so: a plain file name that is not the name of a signature.
#[must_use]
pub fn is_name(name: &str) -> bool {
    is_gate_name(name) && !name.ends_with(".sigstore")
}

/// Runs a command to its end, hands on what it prints as it comes, and records what became of it. The
/// record of an earlier run of that name leaves before it starts: it must not speak for this one.
///
/// # Errors
/// [`CommandError`] when it is not run; [`CommandError::Run`] when it ran and the record cannot be written or signed.
pub fn run(
    request: &Request,
    host: &Host,
    interrupt: &Interrupt,
    on_bytes: &mut dyn FnMut(Stream, &[u8]),
) -> Result<Recorded, CommandError> {
    let name = name(request)?;
    let directory = relative(&request.root, &request.directory)?;
    if let Some(secret) = request.variables.iter().find(|name| is_secret_name(name)) {
        return Err(CommandError::Secret(secret.clone()));
    }
    let invocation = invocation(request, host)?;
    // A key that cannot be used is said before the command takes its time.
    let signer = signer(host)?;
    let path = request.artifacts.join(command_path(&name));
    let bundle = request.artifacts.join(command_bundle_path(&name));
    for old in [&bundle, &path] {
        remove(old)?;
    }
    let subject = git::subject(&request.root, host);
    let mut output = KeyOutput::new(Mask::of(host));
    let started = now();
    let (ended, wall) = stream(&invocation, host, interrupt, &mut |which, bytes| {
        output.take(which, bytes);
        on_bytes(which, bytes);
    })
    .map_err(|source| CommandError::Start {
        program: request.command.first().cloned().unwrap_or_default(),
        source,
    })?;
    let finished = now();
    let (key_output, stdout, mut mask) = output.finish();
    let command = request.command.iter().map(|word| mask.text(word)).collect();
    let variables = variables(request, host, &mut mask);
    let (end, exit_code, signal) = match ended {
        Ended::Exited(code) => (CommandEnd::Exited, Some(code), None),
        Ended::Signalled(signal) => (CommandEnd::Signal, None, Some(signal)),
        Ended::TimedOut => (CommandEnd::Timeout, None, None),
        Ended::Interrupted => (CommandEnd::Interrupted, None, None),
    };
    let record = CommandRecord {
        schema_version: SCHEMA_VERSION,
        name,
        command,
        directory,
        commit: subject.as_ref().and_then(|subject| subject.commit.clone()),
        tree: subject.as_ref().map(|subject| subject.tree.clone()),
        dirty: subject.as_ref().map(|subject| subject.dirty),
        started,
        finished,
        duration_ms: milliseconds(wall),
        ended: end,
        exit_code,
        signal,
        timeout_ms: request.timeout.map(milliseconds),
        key_output,
        stdout,
        environment: Environment {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            caws: env!("CARGO_PKG_VERSION").to_owned(),
            variables,
        },
        masked: mask.count(),
    };
    let bytes = canonical_json(&record).map_err(RunError::from)?;
    record::keep(&path, &bytes)?;
    let (seal, placed) = match signer {
        Signer::None(why) => (Seal::Unsigned { why }, Placed::Unsigned),
        Signer::Key(key) => sign(request, host, &record, &bundle, &key)?,
    };
    Ok(Recorded {
        record,
        path,
        seal,
        placed,
    })
}

fn name(request: &Request) -> Result<String, CommandError> {
    if let Some(name) = &request.name {
        return if is_name(name) {
            Ok(name.clone())
        } else {
            Err(CommandError::Name(name.clone()))
        };
    }
    let program = request.command.first().ok_or(CommandError::Nothing)?;
    let file = Path::new(program).file_name().unwrap_or_default();
    let name: String = record::stored_name_of(&file.to_string_lossy())
        .chars()
        .take(100)
        .collect();
    if is_name(&name) {
        Ok(name)
    } else {
        Err(CommandError::NoName(program.clone()))
    }
}

/// `directory` below `root`, with `/`; `.` for the root.
fn relative(root: &Path, directory: &Path) -> Result<String, CommandError> {
    let outside = || CommandError::Outside {
        root: root.to_owned(),
        directory: directory.to_owned(),
    };
    let real = |path: &Path| path.canonicalize().map_err(|_| outside());
    let (root, directory) = (real(root)?, real(directory)?);
    let inside = directory.strip_prefix(&root).map_err(|_| outside())?;
    let parts: Vec<_> = inside
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy().into_owned()),
            _ => None,
        })
        .collect();
    Ok(if parts.is_empty() {
        ".".to_owned()
    } else {
        parts.join("/")
    })
}

fn invocation(request: &Request, host: &Host) -> Result<Invocation, CommandError> {
    let (program, args) = request.command.split_first().ok_or(CommandError::Nothing)?;
    let found = if program.contains('/') {
        Some(request.directory.join(program)).filter(|path| is_executable(path))
    } else {
        host.find(program)
    };
    Ok(Invocation {
        program: found.ok_or_else(|| CommandError::NotFound(program.clone()))?,
        args: args.iter().map(OsString::from).collect(),
        cwd: request.directory.clone(),
        env: Vec::new(),
        path: Vec::new(),
        deadline: request.timeout.unwrap_or(Duration::MAX),
    })
}

fn remove(path: &Path) -> Result<(), RunError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(RunError::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}

fn variables(request: &Request, host: &Host, mask: &mut Mask) -> BTreeMap<String, Option<String>> {
    let mut value = |name: &str| {
        let value = host.vars.get(std::ffi::OsStr::new(name))?;
        Some(mask.text(&value.to_string_lossy()))
    };
    let mut variables = BTreeMap::new();
    for name in VARIABLES {
        if let Some(value) = value(name) {
            variables.insert(name.to_owned(), Some(value));
        }
    }
    for name in &request.variables {
        if !variables.contains_key(name) {
            variables.insert(name.clone(), value(name));
        }
    }
    variables
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn sign(
    request: &Request,
    host: &Host,
    record: &CommandRecord,
    path: &Path,
    key: &SecretKey,
) -> Result<(Seal, Placed), RunError> {
    let said = |error: &dyn std::fmt::Display| RunError::Key(error.to_string());
    let bundle = seal_command(record, key).map_err(|error| said(&error))?;
    record::keep(path, &bundle)?;
    let public = key.public().map_err(|error| said(&error))?;
    let placed = log(request, host, record, &bundle, key).unwrap_or_else(|why| Placed::Not { why });
    let fingerprint = public.fingerprint();
    Ok((Seal::Signed { fingerprint }, placed))
}

/// A log that does not take the record is no reason to lose it: the caller says why.
fn log(
    request: &Request,
    host: &Host,
    record: &CommandRecord,
    bundle: &[u8],
    key: &SecretKey,
) -> Result<Placed, String> {
    let id = || {
        Project::open_on(&request.root, host.clone())
            .map(|project| project.spec.id)
            .map_err(|error| error.to_string())
    };
    let (log, keys) = crate::commit::open(&request.root, host, &request.artifacts, key, id)?;
    let entry = Entry::of_bundle(bundle, &keys, record.commit.as_deref())
        .map_err(|error| error.to_string())?;
    let leaf = entry.to_leaf().map_err(|error| error.to_string())?;
    let appended = log
        .append(&[leaf], &request.root, host, request.offline)
        .map_err(|error| error.to_string())?;
    Ok(Placed::At {
        origin: log.origin().to_owned(),
        index: *appended.indexes.first().ok_or("nothing was appended")?,
    })
}

#[cfg(test)]
mod tests;
