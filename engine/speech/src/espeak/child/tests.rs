use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::time::Instant;

use super::*;
use crate::engine::Cancel;
use crate::testing::stand_in;

fn control(milliseconds: u64) -> Control {
    Control::new(Cancel::new(), Duration::from_millis(milliseconds))
}

fn run(
    behaviour: &str,
    input: &str,
    max_output: usize,
    control: &Control,
) -> Result<Vec<u8>, ChildError> {
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path(), behaviour);
    Command {
        program: &program,
        args: &["--flag"],
        input,
        max_output,
    }
    .run(control)
}

#[test]
fn input_goes_in_and_output_comes_out() {
    assert_eq!(
        run("echoes", "hello\n", 100, &control(10_000)).unwrap(),
        b"hello\n"
    );
    assert_eq!(run("echoes", "", 100, &control(10_000)).unwrap(), b"");
}

#[test]
fn output_may_be_as_long_as_the_limit_and_no_longer() {
    assert_eq!(
        run("echoes", "12345", 5, &control(10_000)).unwrap(),
        b"12345"
    );
    let error = run("echoes", "123456", 5, &control(10_000)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "it wrote more than 5 bytes and was stopped"
    );
}

#[test]
fn a_flood_is_stopped() {
    let since = Instant::now();
    assert!(matches!(
        run("floods", "", 1 << 20, &control(20_000)),
        Err(ChildError::TooMuch(1_048_576))
    ));
    assert!(since.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_child_that_never_ends_is_stopped_at_the_deadline() {
    for behaviour in ["hangs", "closes"] {
        let since = Instant::now();
        let error = run(behaviour, "x", 100, &control(300)).unwrap_err();
        assert_eq!(error.to_string(), "it did not finish in time");
        let waited = since.elapsed();
        assert!(
            waited >= Duration::from_millis(290) && waited < Duration::from_secs(15),
            "{behaviour}: {waited:?}"
        );
    }
}

#[test]
fn a_child_is_stopped_when_nobody_wants_its_work() {
    let cancel = Cancel::new();
    let control = Control::new(cancel.clone(), Duration::from_secs(60));
    let since = Instant::now();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        cancel.cancel();
    });
    assert!(matches!(
        run("hangs", "", 100, &control),
        Err(ChildError::Stopped)
    ));
    assert!(since.elapsed() < Duration::from_secs(15));
    other.join().unwrap();
}

#[test]
fn nothing_is_started_when_it_is_too_late() {
    let cancel = Cancel::new();
    cancel.cancel();
    let control = Control::new(cancel, Duration::from_secs(60));
    let nowhere = PathBuf::from("/no/such/program");
    let outcome = Command {
        program: &nowhere,
        args: &[],
        input: "",
        max_output: 1,
    }
    .run(&control);
    assert!(matches!(outcome, Err(ChildError::Stopped)));
}

#[test]
fn a_child_that_does_not_read_still_answers() {
    let long = "x".repeat(1 << 20);
    assert_eq!(
        run("deaf", &long, 100, &control(20_000)).unwrap(),
        b"heard nothing\n"
    );
}

#[test]
fn a_failure_names_the_exit_status() {
    let error = run("breaks", "the text", 100, &control(10_000)).unwrap_err();
    assert_eq!(error.to_string(), "it ended with exit status: 3");
}

#[test]
fn what_cannot_be_started_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let absent = folder.path().join("absent");
    let start = |program: &Path| {
        Command {
            program,
            args: &[],
            input: "",
            max_output: 1,
        }
        .run(&control(10_000))
        .unwrap_err()
        .to_string()
    };
    assert_eq!(
        start(&absent),
        "it cannot be started: there is no such program"
    );
    let plain = folder.path().join("plain");
    std::fs::write(&plain, "text").unwrap();
    assert_eq!(start(&plain), "it cannot be started: it is not executable");
    // A folder is not executable either, and a loop of links is neither absent nor forbidden.
    let circle = folder.path().join("circle");
    symlink(&circle, &circle).unwrap();
    let found = start(&circle);
    assert!(found.starts_with("it cannot be started: "), "{found}");
    assert!(
        !found.contains("no such program") && !found.contains("not executable"),
        "{found}"
    );
}
