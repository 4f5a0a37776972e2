use clap::{CommandFactory as _, Parser as _};

use super::values::key_name;
use super::{Cli, Command, Format};

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn key_names_are_plain() {
    let longest = "k".repeat(64);
    for good in ["release", "CI-2_x", longest.as_str()] {
        assert_eq!(key_name(good), Ok(good.to_owned()));
    }
    let too_long = "k".repeat(65);
    for bad in ["", "../x", "a b", "a.pub", "ü", too_long.as_str()] {
        assert_eq!(
            key_name(bad),
            Err("expected 1 to 64 letters, digits, - or _".to_owned()),
            "{bad}"
        );
    }
}

#[test]
fn global_arguments_stand_before_or_after_the_command() {
    for line in [
        ["caws", "--format", "json", "doctor"],
        ["caws", "doctor", "--format", "json"],
    ] {
        let cli = Cli::try_parse_from(line).unwrap();
        assert_eq!(cli.global.format, Format::Json);
        assert!(matches!(cli.command, Command::Doctor));
    }
}

#[test]
fn jobs_are_at_least_one() {
    assert!(Cli::try_parse_from(["caws", "gates", "--jobs", "0"]).is_err());
    let cli = Cli::try_parse_from(["caws", "gates", "--jobs", "1", "spec"]).unwrap();
    let Command::Gates(gates) = cli.command else {
        panic!("gates")
    };
    assert_eq!(
        (gates.jobs, gates.plan.gates),
        (Some(1), vec!["spec".to_owned()])
    );
}
