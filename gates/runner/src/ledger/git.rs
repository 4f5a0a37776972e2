use std::ffi::OsString;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use caws_ledger::remote::git::{Git, GitOutput};

use crate::host::Host;
use crate::process::{Invocation, command, stop};

/// How long one command may take: a push of a large log over a slow line.
const DEADLINE: Duration = Duration::from_secs(600);
const POLL: Duration = Duration::from_millis(5);

/// The program `git`, run in a repository for the log's remote.
#[derive(Debug, Clone)]
pub struct Program {
    repository: PathBuf,
    host: Host,
}

impl Program {
    /// `git` of `host` in `repository`.
    #[must_use]
    pub fn new(repository: &Path, host: &Host) -> Self {
        Self {
            repository: repository.to_owned(),
            host: host.clone(),
        }
    }
}

impl Git for Program {
    fn run(&mut self, arguments: &[&str], input: &[u8]) -> Result<GitOutput, String> {
        let program = self.host.find("git").ok_or("git is not on the PATH")?;
        let invocation = Invocation {
            program,
            args: arguments.iter().map(OsString::from).collect(),
            cwd: self.repository.clone(),
            // English, because answers are read; no question, because nobody is there to answer.
            env: vec![
                ("LC_ALL".to_owned(), "C".into()),
                ("GIT_TERMINAL_PROMPT".to_owned(), "0".into()),
            ],
            path: Vec::new(),
            deadline: DEADLINE,
        };
        let mut child = command(&invocation, &self.host)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let began = Instant::now();
        // All three at once: a full pipe must not stop the one that empties another.
        let (status, stdout, stderr) = std::thread::scope(|scope| {
            scope.spawn(move || {
                // One that does not read to the end says why by its exit status.
                let _ = stdin.map(|mut pipe| pipe.write_all(input));
            });
            let out = scope.spawn(move || whole(stdout));
            let err = scope.spawn(move || whole(stderr));
            let status = loop {
                match child.try_wait() {
                    Ok(Some(status)) => break Ok(status),
                    Ok(None) if began.elapsed() < invocation.deadline => {
                        std::thread::sleep(POLL);
                    }
                    Ok(None) => {
                        stop(&mut child);
                        break Err(format!("it did not end within {} s", DEADLINE.as_secs()));
                    }
                    Err(error) => {
                        stop(&mut child);
                        break Err(error.to_string());
                    }
                }
            };
            (status, out.join(), err.join())
        });
        let broken = |_| "its output could not be read".to_owned();
        Ok(GitOutput {
            success: status?.success(),
            stdout: stdout.map_err(broken)??,
            stderr: String::from_utf8_lossy(&stderr.map_err(broken)??).into_owned(),
        })
    }
}

fn whole(pipe: Option<impl Read>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)
            .map_err(|error| error.to_string())?;
    }
    Ok(bytes)
}
