use std::path::Path;
use std::time::{Duration, Instant};

use super::{Ended, Invocation, Stream, plain, run, stream};
use crate::gates::testing::{host, script, temp};
use crate::interrupt::Interrupt;

fn invocation(dir: &Path, body: &str) -> Invocation {
    Invocation {
        program: script(dir, "program", body),
        args: vec!["one".into(), "two".into()],
        cwd: dir.to_owned(),
        env: vec![("GIVEN".to_owned(), "value".into())],
        path: vec![dir.join("first")],
        deadline: Duration::from_secs(20),
    }
}

#[test]
fn a_program_gets_its_arguments_directory_and_variables() {
    let dir = temp();
    let call = invocation(
        dir.path(),
        "echo \"$1 $2 $GIVEN ${PATH%%:*}\"; pwd; echo oops >&2; exit 7",
    );
    let mut lines = Vec::new();
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |line| {
        lines.push(line.to_owned())
    })
    .unwrap();
    assert_eq!(finished.ended, Ended::Exited(7));
    assert_eq!(finished.ended.code(), Some(7));
    let stdout = String::from_utf8(finished.stdout).unwrap();
    let root = dir.path().canonicalize().unwrap();
    assert_eq!(
        stdout,
        format!(
            "one two value {}\n{}\n",
            dir.path().join("first").display(),
            root.display()
        )
    );
    assert_eq!(lines.len(), 3);
    assert!(finished.tail.contains(&"oops".to_owned()));
    assert!(!stdout.contains("oops"));
}

#[test]
fn the_environment_is_the_hosts_and_nothing_else() {
    let dir = temp();
    let call = invocation(dir.path(), "/usr/bin/env");
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    let stdout = String::from_utf8(finished.stdout).unwrap();
    assert!(stdout.contains("GIVEN=value"));
    assert!(!stdout.contains("CARGO_MANIFEST_DIR"), "{stdout}");
}

#[test]
fn only_the_last_lines_are_kept_for_people() {
    let dir = temp();
    let call = invocation(
        dir.path(),
        "i=1; while [ $i -le 100 ]; do echo line $i; i=$((i+1)); done",
    );
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    assert_eq!(finished.tail.len(), 40);
    assert_eq!(finished.tail[0], "line 61");
    assert_eq!(finished.tail[39], "line 100");
    assert!(finished.stdout.starts_with(b"line 1\nline 2\n"));
}

#[test]
fn a_program_that_outlives_its_deadline_is_stopped_with_all_it_started() {
    let dir = temp();
    let mut call = invocation(dir.path(), "echo $$; sleep 60 & sleep 60");
    call.deadline = Duration::from_millis(300);
    let began = Instant::now();
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    assert_eq!(finished.ended, Ended::TimedOut);
    assert_eq!(finished.ended.code(), None);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(finished.wall >= Duration::from_millis(300));
}

#[test]
fn a_program_that_ignores_the_request_is_killed() {
    let dir = temp();
    let mut call = invocation(
        dir.path(),
        "trap '' TERM; i=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i+1)); done",
    );
    call.deadline = Duration::from_millis(100);
    let began = Instant::now();
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    assert_eq!(finished.ended, Ended::TimedOut);
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_interrupt_stops_the_program() {
    let dir = temp();
    let call = invocation(dir.path(), "echo ready; sleep 60");
    let interrupt = Interrupt::new();
    let raised = interrupt.clone();
    let finished = run(&call, &host(dir.path()), &interrupt, &mut |_| {
        raised.raise()
    })
    .unwrap();
    assert_eq!(finished.ended, Ended::Interrupted);
    assert_eq!(finished.tail, ["ready"]);
}

#[test]
fn a_grandchild_that_holds_the_pipe_does_not_hold_us() {
    let dir = temp();
    let call = invocation(dir.path(), "sleep 60 & echo done");
    let began = Instant::now();
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    assert_eq!(finished.ended, Ended::Exited(0));
    assert_eq!(finished.tail, ["done"]);
    assert!(began.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_signal_is_no_exit_status() {
    let dir = temp();
    let call = invocation(dir.path(), "kill -9 $$");
    let finished = run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).unwrap();
    assert_eq!(finished.ended, Ended::Signalled(9));
}

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let dir = temp();
    let mut call = invocation(dir.path(), "exit 0");
    call.program = dir.path().join("nowhere");
    assert!(run(&call, &host(dir.path()), &Interrupt::new(), &mut |_| {}).is_err());
}

#[test]
fn lines_for_people_are_plain_and_short() {
    assert_eq!(
        plain("\u{1b}[1;31merror\u{1b}[0m: a\tb\u{7}"),
        "error: a\tb"
    );
    assert_eq!(plain(&"x".repeat(500)), "x".repeat(500));
    assert_eq!(plain(&"x".repeat(501)), format!("{}…", "x".repeat(500)));
}

#[test]
fn bytes_are_handed_on_before_the_line_ends() {
    let dir = temp();
    let call = invocation(dir.path(), "printf 'a\\377'; printf oops >&2; sleep 60");
    let interrupt = Interrupt::new();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (ended, wall) = stream(&call, &host(dir.path()), &interrupt, &mut |which, bytes| {
        match which {
            Stream::Out => out.extend_from_slice(bytes),
            Stream::Err => err.extend_from_slice(bytes),
        }
        if out.len() == 2 && err.len() == 4 {
            interrupt.raise();
        }
    })
    .unwrap();
    assert_eq!(ended, Ended::Interrupted);
    assert_eq!(
        (out.as_slice(), err.as_slice()),
        (&b"a\xff"[..], &b"oops"[..])
    );
    assert!(wall < Duration::from_secs(10));
}
