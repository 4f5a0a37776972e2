use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};

use super::values::key_name;
use super::{Cli, Command, Format, duration};

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn durations_have_a_number_and_a_unit() {
    assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
    assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("12m"), Ok(Duration::from_secs(720)));
    assert_eq!(duration("2h"), Ok(Duration::from_secs(7200)));
    for wrong in [
        "",
        "12",
        "m",
        "12 m",
        "1.5h",
        "-1s",
        "12d",
        "99999999999999999999s",
        "9999999999999999h",
    ] {
        assert_eq!(
            duration(wrong),
            Err("expected a whole number and ms, s, m or h, such as 90s or 12m".to_owned()),
            "{wrong}"
        );
    }
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
