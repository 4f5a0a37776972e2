//! What a gate has at hand while it runs, and what it leaves behind.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_evidence::{Finding, Raw, Scope, Severity, Step, codes};
use caws_policy::GatePlan;

use crate::files;
use crate::interrupt::Interrupt;
use crate::mask::Mask;
use crate::observer::Observer;
use crate::process::{Ended, Finished, Invocation, run};
use crate::project::{Options, Project};
use crate::tools::toolchain::Toolchain;
use crate::tools::{Absent, Located};

/// How long a command may run where nobody says otherwise.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60 * 60);

/// What planning found of a gate's tools.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) tools: BTreeMap<String, Located>,
    pub(crate) toolchain: Option<Toolchain>,
    pub(crate) channel: Option<String>,
    pub(crate) missing: Vec<Absent>,
}

/// Why a gate stopped: a finding for people. The verdict follows from what it left.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stop(pub(crate) Box<Finding>);

impl Stop {
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self(Box::new(finding(code, message)))
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.0.found = Some(found.into());
        self
    }

    pub(crate) fn interrupted() -> Self {
        Self::new(
            codes::INTERRUPTED,
            "the gate was stopped before it finished",
        )
        .help("run `cargo caws gates` again; what was measured is kept")
    }
}

pub(crate) fn finding(code: &str, message: impl Into<String>) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: Severity::Error,
        message: message.into(),
        place: None,
        expected: None,
        found: None,
        help: None,
    }
}

/// A command of a gate.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Name of the step.
    pub(crate) name: String,
    /// Program and arguments.
    pub(crate) command: Vec<String>,
    /// Variables on top.
    pub(crate) env: Vec<(String, OsString)>,
    /// Directory, the project's root where absent.
    pub(crate) cwd: Option<PathBuf>,
    /// How long it may run.
    pub(crate) deadline: Duration,
}

impl Call {
    pub(crate) fn new(
        name: impl Into<String>,
        command: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            name: name.into(),
            command: command.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            cwd: None,
            deadline: DEADLINE,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.env.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(crate) fn cwd(mut self, cwd: &Path) -> Self {
        self.cwd = Some(cwd.to_owned());
        self
    }
}

/// A gate's surroundings and its harvest.
pub(crate) struct Context<'a> {
    pub(crate) gate: &'static str,
    pub(crate) project: &'a Project,
    pub(crate) options: &'a Options,
    pub(crate) plan: &'a GatePlan,
    pub(crate) found: &'a Found,
    pub(crate) cores: usize,
    pub(crate) interrupt: &'a Interrupt,
    pub(crate) observer: &'a dyn Observer,
    /// A folder that goes with the gate.
    pub(crate) scratch: &'a Path,
    /// Where the gates of this run leave their records.
    pub(crate) evidence: &'a Path,
    pub(crate) steps: Vec<Step>,
    pub(crate) raws: Vec<Raw>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) scope: Scope,
    /// The tool the verdict rests on.
    pub(crate) main_tool: Option<String>,
}

impl<'a> Context<'a> {
    pub(crate) fn root(&self) -> &'a Path {
        &self.project.root
    }

    pub(crate) fn progress(&self, done: u64, total: u64, text: &str) {
        self.observer.gate_progress(self.gate, done, total, text);
    }

    pub(crate) fn raw(&mut self, role: &str, name: &str, bytes: Vec<u8>) {
        self.raws.push(Raw {
            role: role.to_owned(),
            name: name.to_owned(),
            bytes,
        });
    }

    /// Reads a file a tool was to write.
    pub(crate) fn raw_file(&mut self, role: &str, name: &str, path: &Path) -> Result<(), Stop> {
        match files::read(path, files::MAX_REPORT) {
            Ok(bytes) => {
                self.raw(role, name, bytes);
                Ok(())
            }
            Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                let shown = self.shown(&path.to_string_lossy());
                Err(
                    Stop::new(codes::REPORT_MALFORMED, format!("{shown}: {error}"))
                        .help("have the command write less"),
                )
            }
            Err(error) => Err(Stop::new(
                codes::NUMBER_MISSING,
                format!(
                    "expected {}, found none: {error}",
                    self.shown(&path.to_string_lossy())
                ),
            )
            .help("run the command that writes it, and mend what it says")),
        }
    }

    /// Reads a text file a tool was to write, and takes this machine's paths out of it.
    pub(crate) fn raw_text(&mut self, role: &str, name: &str, path: &Path) -> Result<(), Stop> {
        self.raw_file(role, name, path)?;
        if let Some(raw) = self.raws.last_mut() {
            let root = self.project.root.to_string_lossy();
            raw.bytes = without(&raw.bytes, format!("{root}/").as_bytes());
        }
        Ok(())
    }

    /// The channel the gate builds with, where it is not the default one.
    pub(crate) fn plan_toolchain(&self) -> Option<String> {
        self.found.channel.clone()
    }

    /// The executable a command names.
    pub(crate) fn resolve(&self, program: &str) -> Option<PathBuf> {
        if program.contains('/') {
            let path = self.root().join(program);
            return crate::host::is_executable(&path).then_some(path);
        }
        self.found
            .tools
            .get(program)
            .map(|tool| tool.path.clone())
            .or_else(|| self.project.host.find(program))
    }

    pub(crate) fn invocation(&self, call: &Call) -> Option<Invocation> {
        let (program, args) = call.command.split_first()?;
        Some(Invocation {
            program: self.resolve(program)?,
            args: args.iter().map(OsString::from).collect(),
            cwd: call.cwd.clone().unwrap_or_else(|| self.root().to_owned()),
            env: call.env.clone(),
            path: self.found.tools.values().map(Located::dir).collect(),
            deadline: call.deadline,
        })
    }

    /// Runs a command and records it as a step, whatever becomes of it.
    ///
    /// # Errors
    /// When it could not be started or did not end by itself.
    pub(crate) fn call(
        &mut self,
        call: &Call,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<Finished, Stop> {
        let started = now();
        let shown: Vec<String> = call.command.iter().map(|word| self.shown(word)).collect();
        let result = match self.invocation(call) {
            None => Err("it is not there".to_owned()),
            Some(invocation) => run(&invocation, &self.project.host, self.interrupt, on_line)
                .map_err(|error| error.to_string()),
        };
        let (exit_code, key_output) = match &result {
            Ok(finished) => {
                let tail = self.shown(&finished.tail.join("\n"));
                let why = match finished.ended {
                    Ended::Exited(_) => String::new(),
                    Ended::Signalled(_) => "\n[ended by a signal]".to_owned(),
                    Ended::TimedOut => format!("\n[stopped after {} s]", call.deadline.as_secs()),
                    Ended::Interrupted => "\n[interrupted]".to_owned(),
                };
                (finished.ended.code(), format!("{tail}{why}"))
            }
            Err(why) => (None, format!("[not started: {why}]")),
        };
        self.steps.push(Step {
            name: call.name.clone(),
            command: shown.clone(),
            started,
            finished: now(),
            exit_code,
            key_output,
        });
        let line = shown.join(" ");
        match result {
            Err(why) => Err(Stop::new(
                codes::TOOL_FAILED,
                format!("`{line}` cannot be started: {why}"),
            )
            .help("run `cargo caws doctor`; it names what is missing and the mend")),
            Ok(finished) => match finished.ended {
                Ended::Exited(_) => Ok(finished),
                Ended::Interrupted => Err(Stop::interrupted()),
                Ended::TimedOut => Err(Stop::new(
                    codes::TOOL_FAILED,
                    format!(
                        "`{line}` ran past its limit of {} s and was stopped",
                        call.deadline.as_secs()
                    ),
                )),
                Ended::Signalled(_) => Err(Stop::new(
                    codes::TOOL_FAILED,
                    format!("`{line}` was ended by a signal"),
                )),
            },
        }
    }

    /// Runs a command that must exit 0.
    pub(crate) fn call_ok(
        &mut self,
        call: &Call,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<Finished, Stop> {
        let finished = self.call(call, on_line)?;
        match finished.ended.code() {
            Some(0) => Ok(finished),
            code => {
                let line = call
                    .command
                    .iter()
                    .map(|word| self.shown(word))
                    .collect::<Vec<_>>()
                    .join(" ");
                let code = code.map_or_else(
                    || "no status".to_owned(),
                    |code| format!("exit status {code}"),
                );
                Err(
                    Stop::new(codes::TOOL_FAILED, format!("`{line}` ended with {code}"))
                        .found(self.shown(&finished.tail.join("\n")))
                        .help("run the command by hand and mend what it says"),
                )
            }
        }
    }

    /// Text for the record: without this machine's paths and without secrets.
    pub(crate) fn shown(&self, text: &str) -> String {
        let mut text = Mask::of(&self.project.host).text(text);
        let mut paths = vec![
            (self.scratch.to_string_lossy().into_owned(), "{scratch}"),
            (
                self.project.host.cache.to_string_lossy().into_owned(),
                "{cache}",
            ),
        ];
        for root in [
            Some(self.root().to_owned()),
            self.root().canonicalize().ok(),
        ]
        .into_iter()
        .flatten()
        {
            let root = root.to_string_lossy().into_owned();
            text = text.replace(&format!("{root}/"), "");
            paths.push((root, "."));
        }
        // A root directory of one or two characters would garble every word.
        for (path, short) in paths.into_iter().filter(|(path, _)| path.len() > 3) {
            text = text.replace(&path, short);
        }
        text
    }

    /// Says why the gate has no number before anything ran: a tool is not there.
    pub(crate) fn missing_tools(&self) -> Vec<Finding> {
        self.found.missing.iter().map(missing_tool).collect()
    }
}

/// `bytes` without every occurrence of `prefix`.
fn without(bytes: &[u8], prefix: &[u8]) -> Vec<u8> {
    if prefix.len() < 2 {
        return bytes.to_vec();
    }
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, others)) = rest.split_first() {
        match rest.strip_prefix(prefix) {
            Some(after) => rest = after,
            None => {
                kept.push(*first);
                rest = others;
            }
        }
    }
    kept
}

fn missing_tool(absent: &Absent) -> Finding {
    let mut finding = finding(
        codes::TOOL_MISSING,
        format!("`{}` is not to be had", absent.name),
    );
    finding.expected = Some(format!("version {}", absent.wanted));
    finding.found = Some(
        absent
            .found
            .as_ref()
            .map_or_else(|| "none".to_owned(), |found| format!("version {found}")),
    );
    finding.help = Some(absent.mend.clone());
    finding
}

/// Now, RFC 3339 UTC, to the millisecond.
pub(crate) fn now() -> String {
    stamp(jiff::Timestamp::now())
}

/// A time as records have it.
pub(crate) fn stamp(time: jiff::Timestamp) -> String {
    let rounded = time.round(jiff::Unit::Millisecond).unwrap_or(time);
    format!("{rounded:.3}")
}

#[cfg(test)]
mod tests;
