use caws_evidence::command::{CommandEnd, Environment, OutputDigest};
use caws_evidence::{CommandRecord, canonical_json, codes, sha256_hex};
use jiff::Timestamp;

use super::{Against, RequiredCommands, check, exit};
use crate::ExitCode;
use crate::gates::testing::temp;

fn record() -> CommandRecord {
    CommandRecord {
        schema_version: 1,
        name: "test".to_owned(),
        command: vec!["make".to_owned(), "test".to_owned()],
        directory: ".".to_owned(),
        commit: Some("a".repeat(40)),
        tree: Some("b".repeat(40)),
        dirty: Some(false),
        started: "2026-11-21T08:00:00.000Z".to_owned(),
        finished: "2026-11-21T08:00:01.000Z".to_owned(),
        duration_ms: 1000,
        ended: CommandEnd::Exited,
        exit_code: Some(0),
        signal: None,
        timeout_ms: None,
        key_output: vec!["ok".to_owned()],
        stdout: OutputDigest {
            sha256: sha256_hex(b"ok\n"),
            bytes: 3,
        },
        environment: Environment {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            caws: "0.1.0".to_owned(),
            variables: std::collections::BTreeMap::new(),
        },
        masked: 0,
    }
}

const LIST: &str = "schema_version: 1
commands:
  - name: test
    command: [make, test]
    max_age: 1h
    same_commit: true
";

/// Codes and exit code of an unsigned record against [`LIST`] at a moment.
fn judged(bytes: Option<&[u8]>, now: &str) -> (Vec<String>, ExitCode) {
    let dir = temp();
    std::fs::create_dir(dir.path().join("commands")).unwrap();
    if let Some(bytes) = bytes {
        std::fs::write(dir.path().join("commands/test.json"), bytes).unwrap();
    }
    let list = RequiredCommands::read("list.yaml", LIST.as_bytes()).unwrap();
    let against = Against {
        artifacts: dir.path().to_owned(),
        keys: Vec::new(),
        ring: None,
        allow_unsigned: true,
        commit: Some("a".repeat(40)),
        now: now.parse::<Timestamp>().unwrap(),
    };
    let checked = check(&list, &against);
    let found = checked.iter().flat_map(|one| &one.findings);
    (
        found.map(|finding| finding.code.clone()).collect(),
        exit(&checked),
    )
}

const SOON: &str = "2026-11-21T09:00:01Z";

#[test]
fn a_record_that_is_all_it_should_be_holds() {
    let bytes = canonical_json(&record()).unwrap();
    let unsigned = vec![codes::SIGNATURE_MISSING.to_owned()];
    assert_eq!(judged(Some(&bytes), SOON), (unsigned, ExitCode::Pass));
}

#[test]
fn each_fault_has_its_code_and_exit_code() {
    type Change = fn(&mut CommandRecord);
    let table: [(&str, ExitCode, Change); 9] = [
        (codes::COMMAND_FAILED, ExitCode::GateFailed, |r| {
            r.exit_code = Some(1)
        }),
        (codes::COMMAND_FAILED, ExitCode::GateFailed, |r| {
            (r.ended, r.exit_code) = (CommandEnd::Timeout, None);
        }),
        // An exit code beside another end is none.
        (codes::COMMAND_FAILED, ExitCode::GateFailed, |r| {
            r.ended = CommandEnd::Signal
        }),
        (codes::COMMAND_DIFFERS, ExitCode::GateFailed, |r| {
            r.command.push("--dry-run".to_owned())
        }),
        (codes::COMMAND_COMMIT, ExitCode::NotMeasured, |r| {
            r.commit = Some("c".repeat(40))
        }),
        (codes::COMMAND_COMMIT, ExitCode::NotMeasured, |r| {
            r.commit = None
        }),
        (codes::COMMAND_COMMIT, ExitCode::NotMeasured, |r| {
            r.dirty = Some(true)
        }),
        (codes::COMMAND_AGE, ExitCode::NotMeasured, |r| {
            r.finished = "yesterday".to_owned()
        }),
        (
            codes::RECORD_INCONSISTENT,
            ExitCode::VerificationFailed,
            |r| r.name = "other".to_owned(),
        ),
    ];
    for (index, (code, exit, change)) in table.into_iter().enumerate() {
        let mut record = record();
        change(&mut record);
        let (found, left) = judged(Some(&canonical_json(&record).unwrap()), SOON);
        assert_eq!(
            found.first().map(String::as_str),
            Some(code),
            "{index}: {found:?}"
        );
        assert_eq!(left, exit, "{index}");
    }
}

#[test]
fn age_is_counted_from_the_end_to_the_second_and_the_future_is_no_age() {
    let bytes = canonical_json(&record()).unwrap();
    let age = |now: &str| judged(Some(&bytes), now).1;
    assert_eq!(age("2026-11-21T09:00:01Z"), ExitCode::Pass);
    assert_eq!(age("2026-11-21T09:00:01.001Z"), ExitCode::NotMeasured);
    assert_eq!(age("2026-11-21T07:55:01Z"), ExitCode::Pass);
    assert_eq!(age("2026-11-21T07:55:00.999Z"), ExitCode::NotMeasured);
}

#[test]
fn a_record_that_is_missing_or_none_is_told_apart() {
    let missing = (
        vec![codes::COMMAND_MISSING.to_owned()],
        ExitCode::NotMeasured,
    );
    assert_eq!(judged(None, SOON), missing);
    let fails = |bytes: &[u8]| {
        let (found, code) = judged(Some(bytes), SOON);
        assert_eq!(code, ExitCode::VerificationFailed);
        found.join(" ")
    };
    assert_eq!(fails(b"{}"), codes::RECORD_INCONSISTENT);
    let pretty = serde_json::to_vec_pretty(&record()).unwrap();
    assert_eq!(fails(&pretty), codes::RECORD_NOT_CANONICAL);
    let mut later = record();
    later.schema_version = 2;
    assert_eq!(
        fails(&canonical_json(&later).unwrap()),
        codes::RECORD_INCONSISTENT
    );
    let mut more = serde_json::to_value(record()).unwrap();
    more["more"] = serde_json::json!(1);
    assert_eq!(
        fails(&canonical_json(&more).unwrap()),
        codes::RECORD_NOT_CANONICAL
    );
}

#[test]
fn a_failure_comes_before_what_is_missing_and_a_lie_before_both() {
    let list = "schema_version: 1\ncommands: [{ name: test }, { name: gone }, { name: bad }]";
    let list = RequiredCommands::read("list.yaml", list.as_bytes()).unwrap();
    let dir = temp();
    std::fs::create_dir(dir.path().join("commands")).unwrap();
    let against = Against {
        artifacts: dir.path().to_owned(),
        keys: Vec::new(),
        ring: None,
        allow_unsigned: true,
        commit: None,
        now: SOON.parse().unwrap(),
    };
    assert_eq!(exit(&check(&list, &against)), ExitCode::NotMeasured);
    let mut failed = record();
    failed.exit_code = Some(2);
    let bytes = canonical_json(&failed).unwrap();
    std::fs::write(dir.path().join("commands/test.json"), bytes).unwrap();
    assert_eq!(exit(&check(&list, &against)), ExitCode::GateFailed);
    std::fs::write(dir.path().join("commands/bad.json"), b"{}").unwrap();
    assert_eq!(exit(&check(&list, &against)), ExitCode::VerificationFailed);
}

#[test]
fn a_list_that_is_none_is_refused_at_its_place() {
    for wrong in [
        "schema_version: 1\ncommands: []",
        "schema_version: 2\ncommands: [{ name: a }]",
        "schema_version: 1\ncommands: [{ name: ../a }]",
        "schema_version: 1\ncommands: [{ name: a, max_age: soon }]",
        "schema_version: 1\ncommands: [{ name: a, maximum_age: 1h }]",
        "schema_version: 1\ncommands: [{ name: a, command: [] }]",
        "commands: [{ name: a }]",
        "[",
    ] {
        let findings = RequiredCommands::read("list.yaml", wrong.as_bytes()).unwrap_err();
        assert!(
            findings.iter().all(|f| f.place.is_some()),
            "{wrong}: {findings:?}"
        );
        assert!(!findings.is_empty(), "{wrong}");
    }
    let json = br#"{"schema_version": 1, "commands": [{"name": "a", "max_age": "90m"}]}"#;
    let list = RequiredCommands::read("list.json", json).unwrap();
    assert_eq!(list.commands[0].max_age.unwrap().as_secs(), 5400);
}
