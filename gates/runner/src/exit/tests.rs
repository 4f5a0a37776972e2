use caws_evidence::Verdict::{Error, Fail, Pass, Unmeasured, Vacuous, Waived};

use super::ExitCode;

#[test]
fn the_numbers_are_a_contract() {
    let codes = [
        (ExitCode::Pass, 0),
        (ExitCode::GateFailed, 1),
        (ExitCode::Invalid, 2),
        (ExitCode::NotMeasured, 3),
        (ExitCode::VerificationFailed, 4),
        (ExitCode::Waiver, 5),
        (ExitCode::Internal, 70),
    ];
    for (code, number) in codes {
        assert_eq!(code.code(), number);
        assert_eq!(
            format!("{:?}", std::process::ExitCode::from(code)),
            format!("{:?}", std::process::ExitCode::from(number))
        );
    }
}

#[test]
fn passing_and_waived_gates_pass_when_the_score_reaches_the_threshold() {
    assert_eq!(ExitCode::of_run(&[Pass, Waived], true), ExitCode::Pass);
    assert_eq!(
        ExitCode::of_run(&[Pass, Waived], false),
        ExitCode::GateFailed
    );
}

#[test]
fn each_missing_number_is_not_measured_whatever_the_score_says() {
    for verdict in [Vacuous, Unmeasured, Error] {
        assert_eq!(
            ExitCode::of_run(&[Pass, verdict], true),
            ExitCode::NotMeasured
        );
        assert_eq!(ExitCode::of_run(&[verdict], false), ExitCode::NotMeasured);
    }
}

#[test]
fn a_failure_wins_over_a_missing_number() {
    assert_eq!(
        ExitCode::of_run(&[Unmeasured, Fail, Error], true),
        ExitCode::GateFailed
    );
}
