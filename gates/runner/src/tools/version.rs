//! The version a program says it has.

use std::path::Path;
use std::time::Duration;

use crate::host::Host;
use crate::interrupt::Interrupt;
use crate::process::{Invocation, run};

/// The first thing in `text` that looks like a version: digits and at least one dot, then what a
/// semantic version may carry after them.
#[must_use]
pub fn parse(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ';'))
        .find_map(|word| {
            let word = word.trim_start_matches('v').trim_end_matches(['.', ':']);
            let number: &str = word.split(['-', '+']).next()?;
            let mut parts = number.split('.');
            let digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
            let major = parts.next().is_some_and(digits);
            let minor = parts.next().is_some_and(digits);
            // A release candidate of Python is `3.14.0rc1`: the rest needs only to start like a number.
            let rest = parts.all(|part| part.starts_with(|c: char| c.is_ascii_digit()));
            (major && minor && rest).then(|| word.to_owned())
        })
}

/// Asks the program: with `--version`, a cargo subcommand that does not know that as cargo would ask it, and at last with one
/// dash, as FFmpeg and Java want it.
#[must_use]
pub fn ask(host: &Host, name: &str, program: &Path) -> Option<String> {
    let mut questions = vec![vec!["--version"]];
    if let Some(subcommand) = name.strip_prefix("cargo-") {
        questions.push(vec![subcommand, "--version"]);
    }
    questions.push(vec!["-version"]);
    questions.into_iter().find_map(|args| {
        let invocation = Invocation {
            program: program.to_owned(),
            args: args.into_iter().map(Into::into).collect(),
            cwd: std::env::temp_dir(),
            env: Vec::new(),
            path: program.parent().map(Path::to_owned).into_iter().collect(),
            deadline: Duration::from_secs(30),
        };
        let finished = run(&invocation, host, &Interrupt::new(), &mut |_| {}).ok()?;
        (finished.ended.code() == Some(0)).then_some(())?;
        parse(&String::from_utf8_lossy(&finished.stdout))
            .or_else(|| parse(&finished.tail.join("\n")))
    })
}
