//! Runs a program: deadline, interrupt, own process group, bounded output.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::host::Host;
use crate::interrupt::Interrupt;

/// How much of standard output is kept; reports come as files, this is for lists in JSON.
const STDOUT_LIMIT: usize = 64 << 20;
/// How much of the end of what a program says is kept for people.
pub(crate) const TAIL_LINES: usize = 40;
/// A single line longer than this is cut: some tools print whole binaries on one.
const LINE_LIMIT: usize = 64 << 20;
const SHOWN_LINE_LIMIT: usize = 500;
/// How much of a pipe is read at once: what Linux keeps in one.
const CHUNK: usize = 64 << 10;
/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(20);

/// A program to run.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Executable.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Directory it runs in.
    pub cwd: PathBuf,
    /// Variables on top of the host's.
    pub env: Vec<(String, OsString)>,
    /// Directories before the host's search path.
    pub path: Vec<PathBuf>,
    /// How long it may run.
    pub deadline: Duration,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal, which nobody here sent.
    Signalled(i32),
    /// It outlived its deadline and was stopped.
    TimedOut,
    /// The run was interrupted and it was stopped.
    Interrupted,
}

impl Ended {
    /// The exit status, where the program ended by itself.
    #[must_use]
    pub fn code(self) -> Option<i32> {
        match self {
            Self::Exited(code) => Some(code),
            Self::Signalled(_) | Self::TimedOut | Self::Interrupted => None,
        }
    }
}

/// What a program left.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How it ended.
    pub ended: Ended,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// The last lines of both outputs, as they came.
    pub tail: Vec<String>,
    /// Wall time.
    pub wall: Duration,
}

/// Which output of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

enum Piece {
    Out(Vec<u8>),
    Err(Vec<u8>),
}

/// Prepares the command of an invocation, in a process group of its own.
pub(crate) fn command(invocation: &Invocation, host: &Host) -> Command {
    let mut command = Command::new(&invocation.program);
    command
        .args(&invocation.args)
        .current_dir(&invocation.cwd)
        .env_clear()
        .envs(&host.vars);
    command.env("PATH", host.path_with(&invocation.path));
    command.envs(invocation.env.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
    }
    command
}

/// Runs a program to its end, its deadline or the interrupt, whichever is first.
///
/// # Errors
/// When the program cannot be started.
pub fn run(
    invocation: &Invocation,
    host: &Host,
    interrupt: &Interrupt,
    on_line: &mut dyn FnMut(&str),
) -> std::io::Result<Finished> {
    let mut kept = Kept {
        stdout: Vec::new(),
        tail: Vec::new(),
        on_line,
    };
    let (ended, wall) = start(invocation, host, interrupt, lines, &mut |piece| {
        kept.take(piece);
    })?;
    Ok(Finished {
        ended,
        stdout: kept.stdout,
        tail: kept.tail,
        wall,
    })
}

/// As [`run`], and hands on every byte as it comes instead of keeping any; gives how the program ended, and its wall time.
///
/// # Errors
/// When the program cannot be started.
pub fn stream(
    invocation: &Invocation,
    host: &Host,
    interrupt: &Interrupt,
    on_bytes: &mut dyn FnMut(Stream, &[u8]),
) -> std::io::Result<(Ended, Duration)> {
    start(invocation, host, interrupt, chunks, &mut |piece| {
        let (stream, bytes) = match &piece {
            Piece::Out(bytes) => (Stream::Out, bytes),
            Piece::Err(bytes) => (Stream::Err, bytes),
        };
        on_bytes(stream, bytes);
    })
}

type Make = fn(Vec<u8>) -> Piece;
/// Sends what comes out of a pipe, until nobody listens any more.
type Forward = fn(Box<dyn Read + Send>, &SyncSender<Piece>, Make);

fn start(
    invocation: &Invocation,
    host: &Host,
    interrupt: &Interrupt,
    forward: Forward,
    take: &mut dyn FnMut(Piece),
) -> std::io::Result<(Ended, Duration)> {
    let began = Instant::now();
    let mut child = command(invocation, host)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Bounded: a program that prints faster than we read waits for us.
    let (sender, pieces) = sync_channel(256);
    let send = |pipe: Box<dyn Read + Send>, make: Make| {
        let sender = sender.clone();
        std::thread::spawn(move || forward(pipe, &sender, make));
    };
    if let Some(pipe) = child.stdout.take() {
        send(Box::new(pipe), Piece::Out);
    }
    if let Some(pipe) = child.stderr.take() {
        send(Box::new(pipe), Piece::Err);
    }
    drop(sender);
    let deadline = invocation.deadline;
    let ended = supervise(&mut child, &pieces, deadline, began, interrupt, take)?;
    Ok((ended, began.elapsed()))
}

struct Kept<'a> {
    stdout: Vec<u8>,
    tail: Vec<String>,
    on_line: &'a mut dyn FnMut(&str),
}

impl Kept<'_> {
    fn take(&mut self, piece: Piece) {
        let bytes = match piece {
            Piece::Out(bytes) => {
                let room = STDOUT_LIMIT.saturating_sub(self.stdout.len());
                self.stdout.extend(bytes.iter().take(room));
                bytes
            }
            Piece::Err(bytes) => bytes,
        };
        let text = String::from_utf8_lossy(&bytes);
        let line = plain(text.trim_end());
        if line.is_empty() {
            return;
        }
        (self.on_line)(&line);
        if self.tail.len() == TAIL_LINES {
            self.tail.remove(0);
        }
        self.tail.push(line);
    }
}

/// Waits for the program while passing on what it prints.
fn supervise(
    child: &mut Child,
    pieces: &Receiver<Piece>,
    deadline: Duration,
    began: Instant,
    interrupt: &Interrupt,
    take: &mut dyn FnMut(Piece),
) -> std::io::Result<Ended> {
    let mut open = true;
    loop {
        if open {
            match pieces.recv_timeout(POLL) {
                Ok(piece) => take(piece),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
        } else {
            std::thread::sleep(POLL);
        }
        if let Some(status) = child.try_wait()? {
            drain(child, pieces, take);
            return Ok(ended(status));
        }
        let stopped = if interrupt.is_raised() {
            Some(Ended::Interrupted)
        } else if began.elapsed() >= deadline {
            Some(Ended::TimedOut)
        } else {
            None
        };
        if let Some(ended) = stopped {
            stop(child);
            drain(child, pieces, take);
            return Ok(ended);
        }
    }
}

fn ended(status: ExitStatus) -> Ended {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    status.code().map_or_else(
        || Ended::Signalled(signal.unwrap_or_default()),
        Ended::Exited,
    )
}

/// Takes what is still in the pipes. A grandchild left behind may hold them open for ever, so it
/// gets a moment and then goes the way of its group.
fn drain(child: &Child, pieces: &Receiver<Piece>, take: &mut dyn FnMut(Piece)) {
    let until = Instant::now() + GRACE;
    loop {
        match pieces.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(piece) => take(piece),
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                signal_group(child, Signal::Kill);
                return;
            }
        }
    }
}

/// Asks a program and all it started to end, then makes it.
pub(crate) fn stop(child: &mut Child) {
    signal_group(child, Signal::Terminate);
    let until = Instant::now() + GRACE;
    while Instant::now() < until {
        if !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        std::thread::sleep(POLL);
    }
    signal_group(child, Signal::Kill);
    // Reaps it; a process that is already reaped answers with its stored status.
    let _ = child.kill();
    let _ = child.wait();
}

#[derive(Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

#[cfg(unix)]
fn signal_group(child: &Child, signal: Signal) {
    use rustix::process::{Pid, Signal as Unix, kill_process_group};
    let signal = match signal {
        Signal::Terminate => Unix::TERM,
        Signal::Kill => Unix::KILL,
    };
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // An error means that nobody of the group is left.
        let _ = kill_process_group(group, signal);
    }
}

#[cfg(not(unix))]
fn signal_group(_child: &Child, _signal: Signal) {}

/// Whole lines, cut to bounded pieces.
fn lines(pipe: Box<dyn Read + Send>, sender: &SyncSender<Piece>, make: Make) {
    let mut reader = BufReader::new(pipe);
    loop {
        let mut line = Vec::new();
        let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
        match reader.by_ref().take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                if sender.send(make(line)).is_err() {
                    return;
                }
            }
        }
    }
}

/// Bytes as they come.
fn chunks(mut pipe: Box<dyn Read + Send>, sender: &SyncSender<Piece>, make: Make) {
    let mut buffer = vec![0; CHUNK];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                if sender.send(make(bytes)).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// A line without colours and control characters, cut to what a person reads.
pub(crate) fn plain(line: &str) -> String {
    let mut shown = String::new();
    let mut characters = line.chars().take(4 * SHOWN_LINE_LIMIT);
    while let Some(character) = characters.next() {
        if shown.chars().count() >= SHOWN_LINE_LIMIT {
            shown.push('…');
            break;
        }
        if character == '\u{1b}' {
            // A CSI sequence ends at its first letter.
            for inner in characters.by_ref() {
                if inner.is_ascii_alphabetic() {
                    break;
                }
            }
        } else if character == '\t' || !character.is_control() {
            shown.push(character);
        }
    }
    shown
}

#[cfg(test)]
mod tests;
