//! A child process with bounded time, bounded output and no words on its command line.

#[cfg(test)]
mod tests;

use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::provider::Control;

/// How often a waiting parent looks whether it should still wait.
const PATIENCE: Duration = Duration::from_millis(5);

/// What to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command<'a> {
    pub(crate) program: &'a Path,
    /// Never the user's text.
    pub(crate) args: &'a [&'a str],
    /// Written to standard input.
    pub(crate) input: &'a str,
    /// Most bytes accepted from standard output.
    pub(crate) max_output: usize,
}

/// Why there is no output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildError {
    /// No such program, or it cannot be run.
    #[error("it cannot be started: {}", start_failure(*.0))]
    NotStarted(ErrorKind),
    /// Cancelled, or out of time.
    #[error("it did not finish in time")]
    Stopped,
    /// More output than can be.
    #[error("it wrote more than {0} bytes and was stopped")]
    TooMuch(usize),
    /// It says it failed.
    #[error("it ended with {0}")]
    Failed(ExitStatus),
    /// A pipe broke.
    #[error("its output could not be read: {0}")]
    Pipe(ErrorKind),
}

fn start_failure(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::NotFound => "there is no such program".to_owned(),
        ErrorKind::PermissionDenied => "it is not executable".to_owned(),
        other => other.to_string(),
    }
}

impl Command<'_> {
    /// Runs to the end and gives standard output; stops the child at the deadline, on cancel, and when it floods.
    pub(crate) fn run(&self, control: &Control) -> Result<Vec<u8>, ChildError> {
        control.check().map_err(|_| ChildError::Stopped)?;
        let mut child = std::process::Command::new(self.program)
            .args(self.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| ChildError::NotStarted(error.kind()))?;
        let result = self.converse(&mut child, control);
        if result.is_err() {
            // Both fail only when the child is already gone, which is what they are for.
            let _ = child.kill();
            let _ = child.wait();
        }
        result
    }

    fn converse(&self, child: &mut Child, control: &Control) -> Result<Vec<u8>, ChildError> {
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ChildError::Pipe(ErrorKind::BrokenPipe));
        };
        // On threads of their own, so that neither a child that does not read nor one that does not write holds us up.
        // They end with the child's ends of the pipes.
        let input = self.input.as_bytes().to_vec();
        thread::spawn(move || stdin.write_all(&input));
        let limit = self.max_output;
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            let read = stdout.take(most).read_to_end(&mut bytes).map(|_| bytes);
            // Nobody listens any more when the parent has given up.
            let _ = sender.send(read.map_err(|error| error.kind()));
        });
        let bytes = wait_for(&output, control)?.map_err(ChildError::Pipe)?;
        if bytes.len() > limit {
            return Err(ChildError::TooMuch(limit));
        }
        let status = exit_status(child, control)?;
        if status.success() {
            Ok(bytes)
        } else {
            Err(ChildError::Failed(status))
        }
    }
}

fn wait_for<T>(receiver: &Receiver<T>, control: &Control) -> Result<T, ChildError> {
    loop {
        match receiver.recv_timeout(PATIENCE) {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(ChildError::Pipe(ErrorKind::BrokenPipe));
            }
            Err(RecvTimeoutError::Timeout) => control.check().map_err(|_| ChildError::Stopped)?,
        }
    }
}

/// Waits for a child that has closed its output.
fn exit_status(child: &mut Child, control: &Control) -> Result<ExitStatus, ChildError> {
    loop {
        if let Some(status) = child
            .try_wait()
            .map_err(|error| ChildError::Pipe(error.kind()))?
        {
            return Ok(status);
        }
        control.check().map_err(|_| ChildError::Stopped)?;
        thread::sleep(Duration::from_micros(200));
    }
}
