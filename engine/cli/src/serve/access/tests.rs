use clap::Parser as _;

use super::*;
use crate::args::{Arguments, Command};

fn arguments(line: &[&str]) -> AccessArguments {
    let line = ["kokoro", "serve"].iter().chain(line);
    match Arguments::try_parse_from(line).unwrap().command {
        Command::Serve(arguments) => arguments.access,
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_arguments_everybody_may_speak() {
    let access = arguments(&[]).access(None).unwrap();
    assert!(access.keys.is_empty());
    assert_eq!((access.per_address, access.per_key), (None, None));
    assert_eq!(access.origins, []);
}

#[test]
fn keys_come_from_the_file_and_from_the_variable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, "one\ntwo\n").unwrap();
    let line = [
        "--api-key-file",
        file.to_str().unwrap(),
        "--rate-per-key",
        "7",
    ];
    let access = arguments(&line).access(Some("three".into())).unwrap();
    assert_eq!(format!("{:?}", access.keys), "Keys(3)");
    assert_eq!(
        access.per_key,
        Some(Rate::per_minute(NonZeroU32::new(7).unwrap()))
    );
    let access = arguments(&[]).access(Some("three".into())).unwrap();
    assert_eq!(format!("{:?}", access.keys), "Keys(1)");
}

#[test]
fn rates_and_origins_are_those_named() {
    let line = [
        "--rate-per-address",
        "60",
        "--cors-origin",
        "https://a.b",
        "--cors-origin",
        "*",
    ];
    let access = arguments(&line).access(None).unwrap();
    assert_eq!(
        access.per_address,
        Some(Rate::per_minute(NonZeroU32::new(60).unwrap()))
    );
    assert_eq!(
        access.origins,
        ["https://a.b".parse().unwrap(), Origin::Any]
    );
    for wrong in [["--rate-per-address", "0"], ["--cors-origin", "a.b"]] {
        let line = ["kokoro", "serve"].iter().chain(&wrong);
        assert!(Arguments::try_parse_from(line).is_err(), "{wrong:?}");
    }
}

#[test]
fn keys_that_are_none_are_a_mistake_not_an_open_door() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    let line = ["--api-key-file", file.to_str().unwrap()];
    assert!(matches!(
        arguments(&line).access(None).unwrap_err(),
        CliError::Read { .. }
    ));
    std::fs::write(&file, "# none\n").unwrap();
    assert_eq!(
        arguments(&line).access(None).unwrap_err().to_string(),
        "the API keys are no keys: expected at least one key; found none: write one key a line"
    );
    assert!(matches!(
        arguments(&[]).access(Some(OsString::new())).unwrap_err(),
        CliError::Usage(_)
    ));
    assert_eq!(
        arguments(&["--rate-per-key", "1"])
            .access(None)
            .unwrap_err()
            .to_string(),
        "expected keys for --rate-per-key; found none: name a file of them with --api-key-file"
    );
}
