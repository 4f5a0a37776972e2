use std::path::{Path, PathBuf};
use std::time::Duration;

use caws_evidence::command::CommandEnd;
use caws_evidence::sha256_hex;

use super::{CommandError, Placed, Recorded, Request, is_name, root_of, run};
use crate::gates::testing::{host, script, temp};
use crate::{Host, Interrupt, Seal};

fn request(root: &Path, command: &[&str]) -> Request {
    Request {
        root: root.to_owned(),
        artifacts: root.join("artifacts"),
        directory: root.to_owned(),
        name: None,
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        timeout: None,
        variables: Vec::new(),
        offline: true,
    }
}

fn recorded(request: &Request, host: &Host) -> Recorded {
    run(request, host, &Interrupt::new(), &mut |_, _| {}).unwrap()
}

/// A machine without keys of its own.
fn machine(root: &Path) -> Host {
    let mut host = host(root);
    host.keys = None;
    host
}

#[test]
fn secrets_are_masked_and_counted_and_half_of_one_is_never_kept() {
    let dir = temp();
    let long = "x".repeat(495);
    let body = format!("echo {long}abcdefghij; echo oops abcdefghij >&2; echo $1; exit 3");
    script(dir.path(), "leak", &body);
    let mut host = machine(dir.path());
    host.vars.insert("MY_TOKEN".into(), "abcdefghij".into());
    host.vars.insert("PLAIN".into(), "is abcdefghij".into());
    let mut request = request(dir.path(), &["./leak", "abcdefghij"]);
    request.variables = vec!["PLAIN".to_owned(), "ABSENT".to_owned()];
    let Recorded {
        record,
        path,
        seal,
        placed,
    } = recorded(&request, &host);
    assert_eq!(
        (record.ended, record.exit_code),
        (CommandEnd::Exited, Some(3))
    );
    assert!(!record.succeeded());
    assert_eq!(record.outcome(), "exit code 3");
    assert_eq!(record.command, ["./leak", "***"]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("abcde"), "{text}");
    assert_eq!(record.masked, 5);
    let expected = format!("{long}abcdefghij\nabcdefghij\n");
    assert_eq!(record.stdout.sha256, sha256_hex(expected.as_bytes()));
    assert_eq!(record.stdout.bytes, u64::try_from(expected.len()).unwrap());
    assert_eq!(
        record.environment.variables["PLAIN"].as_deref(),
        Some("is ***")
    );
    assert_eq!(record.environment.variables["ABSENT"], None);
    assert!(matches!(seal, Seal::Unsigned { .. }));
    assert_eq!(placed, Placed::Unsigned);
    assert_eq!(path, dir.path().join("artifacts/commands/leak.json"));
}

#[test]
fn the_last_forty_lines_are_kept_and_all_of_stdout_is_hashed() {
    let dir = temp();
    let body = "i=1; while [ $i -le 100 ]; do echo line $i; i=$((i+1)); done; printf 'half \\r\\033[1mdone\\033[0m'";
    script(dir.path(), "talk", body);
    let record = recorded(&request(dir.path(), &["./talk"]), &machine(dir.path())).record;
    assert_eq!(record.key_output.len(), 40);
    assert_eq!(record.key_output[0], "line 62");
    assert_eq!(record.key_output[39], "done");
    let mut all: String = (1..=100).map(|i| format!("line {i}\n")).collect();
    all.push_str("half \r\u{1b}[1mdone\u{1b}[0m");
    assert_eq!(record.stdout.sha256, sha256_hex(all.as_bytes()));
}

#[test]
fn every_way_to_end_is_told_apart() {
    let dir = temp();
    let host = machine(dir.path());
    script(dir.path(), "killed", "kill -9 $$");
    let killed = recorded(&request(dir.path(), &["./killed"]), &host).record;
    assert_eq!(
        (killed.ended, killed.exit_code, killed.signal),
        (CommandEnd::Signal, None, Some(9))
    );
    assert_eq!(killed.outcome(), "signal 9");
    script(dir.path(), "slow", "sleep 60");
    let mut late = request(dir.path(), &["./slow"]);
    late.timeout = Some(Duration::from_millis(200));
    let late = recorded(&late, &host).record;
    assert_eq!(
        (late.ended, late.exit_code, late.timeout_ms),
        (CommandEnd::Timeout, None, Some(200))
    );
    assert!(late.duration_ms >= 200);
    assert_eq!(late.outcome(), "stopped at its time limit");
    let interrupt = Interrupt::new();
    interrupt.raise();
    let stopped = run(
        &request(dir.path(), &["./slow"]),
        &host,
        &interrupt,
        &mut |_, _| {},
    );
    let stopped = stopped.unwrap().record;
    assert_eq!(
        (stopped.ended, stopped.exit_code),
        (CommandEnd::Interrupted, None)
    );
    assert_eq!(stopped.outcome(), "interrupted");
}

#[test]
fn what_cannot_be_run_is_said_and_an_old_record_does_not_speak_for_it() {
    let dir = temp();
    let host = machine(dir.path());
    let fails =
        |request: &Request| run(request, &host, &Interrupt::new(), &mut |_, _| {}).unwrap_err();
    assert!(matches!(
        fails(&request(dir.path(), &[])),
        CommandError::Nothing
    ));
    assert!(matches!(
        fails(&request(dir.path(), &["nowhere"])),
        CommandError::NotFound(_)
    ));
    assert!(matches!(
        fails(&request(dir.path(), &["..."])),
        CommandError::NoName(_)
    ));
    let mut named = request(dir.path(), &["./x"]);
    named.name = Some("../x".to_owned());
    assert!(matches!(fails(&named), CommandError::Name(_)));
    let mut secret = request(dir.path(), &["./x"]);
    secret.variables = vec!["MY_TOKEN".to_owned()];
    assert!(matches!(fails(&secret), CommandError::Secret(_)));
    let mut outside = request(dir.path(), &["./x"]);
    outside.directory = PathBuf::from("/");
    assert!(matches!(fails(&outside), CommandError::Outside { .. }));
    // A file that says it is executable, and is no program.
    let program = script(dir.path(), "x", "exit 0");
    let path = recorded(&request(dir.path(), &["./x"]), &host).path;
    assert!(path.is_file());
    std::fs::write(program, "#!/nowhere/at/all\n").unwrap();
    let error = fails(&request(dir.path(), &["./x"]));
    assert!(matches!(error, CommandError::Start { .. }), "{error}");
    assert_eq!(error.exit(), crate::ExitCode::Invalid);
    assert!(error.help().is_some());
    assert!(!path.exists());
}

#[test]
fn names_are_plain_and_the_root_is_above() {
    for good in ["a", "make", "deploy-1.2_x", "0"] {
        assert!(is_name(good), "{good}");
    }
    for bad in ["", ".a", "a/b", "..", "a b", "a.sigstore", "ä"] {
        assert!(!is_name(bad), "{bad}");
    }
    let dir = temp();
    let below = dir.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    assert_eq!(root_of(&below), None);
    std::fs::write(dir.path().join(".caws.yml"), "schema_version: 1\n").unwrap();
    assert_eq!(root_of(&below), dir.path().canonicalize().ok());
    script(dir.path(), "here", "pwd");
    let mut request = request(dir.path(), &["../../here"]);
    request.directory = below;
    assert_eq!(
        recorded(&request, &machine(dir.path())).record.directory,
        "a/b"
    );
}
