use caws_runner::{ExitCode, RunError};

use super::CliError;

#[test]
fn every_error_has_its_exit_code_and_help() {
    let usage = CliError::usage("expected a, found b", "write a");
    assert_eq!(
        (usage.exit(), usage.help(), usage.to_string()),
        (
            ExitCode::Invalid,
            Some("write a"),
            "expected a, found b".to_owned()
        )
    );

    let none = CliError::NoRecord {
        dir: "out".into(),
        path: "provenance/manifest.json".into(),
    };
    assert_eq!(none.exit(), ExitCode::Invalid);
    assert_eq!(
        none.to_string(),
        "there is no record of a run in out: provenance/manifest.json is not there"
    );
    assert_eq!(
        none.help(),
        Some("run `caws gates` first, or name the artifacts directory")
    );

    let broken = CliError::Record {
        path: "m.json".into(),
        expected: "manifest",
        found: "a list".into(),
    };
    assert_eq!(broken.exit(), ExitCode::VerificationFailed);
    assert_eq!(broken.to_string(), "m.json is not a valid manifest: a list");
    assert!(
        broken
            .help()
            .is_some_and(|help| help.contains("caws verify"))
    );

    let file = CliError::file("read", "x.pub".as_ref())(std::io::Error::other("gone"));
    assert_eq!(
        (file.exit(), file.help(), file.to_string()),
        (
            ExitCode::Invalid,
            None,
            "cannot read x.pub: gone".to_owned()
        )
    );

    let internal = CliError::Internal("bug".into());
    assert_eq!(
        (internal.exit(), internal.help()),
        (ExitCode::Internal, None)
    );
    assert!(internal.findings().is_empty());

    let run = CliError::from(RunError::UnknownGate {
        name: "x".into(),
        known: "spec".into(),
    });
    assert_eq!((run.exit(), run.help()), (ExitCode::Invalid, None));

    let json = CliError::from(serde_json::from_str::<u8>("x").unwrap_err());
    assert!(
        json.to_string()
            .starts_with("a result does not become JSON: ")
    );
}
