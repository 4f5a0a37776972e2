use super::*;

#[test]
fn bad_input_is_2_nothing_to_speak_with_is_3_faults_are_70() {
    let denied = || io::Error::from(io::ErrorKind::PermissionDenied);
    let unavailable = || SpeechError::ProviderUnavailable {
        provider: "espeak".to_owned(),
        reason: "absent".to_owned(),
    };
    let address = "127.0.0.1:1".parse().unwrap();
    let cases = [
        (CliError::Usage("x".to_owned()), 2),
        (
            CliError::Read {
                path: "p".into(),
                source: denied(),
            },
            2,
        ),
        (
            CliError::Write {
                place: "p".to_owned(),
                source: denied(),
            },
            2,
        ),
        (
            CliError::Server(ServerError::Bind {
                address,
                source: denied(),
            }),
            2,
        ),
        (CliError::Unavailable("x".to_owned()), 3),
        (CliError::Internal("x".to_owned()), 70),
        (CliError::Server(ServerError::Loader), 70),
        (CliError::Speech(SpeechError::NothingToSpeak("blank")), 2),
        (
            CliError::Speech(SpeechError::TextTooLong { found: 2, limit: 1 }),
            2,
        ),
        (
            CliError::Speech(SpeechError::UnknownVoice {
                name: "x".to_owned(),
                hint: None,
            }),
            2,
        ),
        (
            CliError::Speech(SpeechError::InvalidSpeed { min: 0.0, max: 1.0 }),
            2,
        ),
        (
            CliError::Speech(SpeechError::UnknownLanguage("x".to_owned())),
            2,
        ),
        (
            CliError::Speech(SpeechError::InvalidModel {
                path: "p".to_owned(),
                expected: "e",
                found: "f".to_owned(),
            }),
            2,
        ),
        (
            CliError::Speech(SpeechError::InvalidMarkup {
                line: 1,
                column: 1,
                expected: "e",
            }),
            2,
        ),
        (
            CliError::Speech(SpeechError::TooMuchSilence { found: 2, limit: 1 }),
            2,
        ),
        (CliError::Speech(unavailable()), 3),
        (CliError::Server(ServerError::Engine(unavailable())), 3),
        (CliError::Speech(SpeechError::Deadline { seconds: 1 }), 70),
        (CliError::Speech(SpeechError::Cancelled), 70),
        (
            CliError::Server(ServerError::Engine(SpeechError::Synthesis("x".to_owned()))),
            70,
        ),
    ];
    for (error, code) in cases {
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn messages_name_the_place() {
    let source = || io::Error::from(io::ErrorKind::NotFound);
    let read = CliError::Read {
        path: "a/b".into(),
        source: source(),
    };
    assert_eq!(read.to_string(), "cannot read a/b: entity not found");
    let write = CliError::Write {
        place: "stdout".to_owned(),
        source: source(),
    };
    assert_eq!(write.to_string(), "cannot write stdout: entity not found");
}

#[test]
fn of_models_a_wrong_name_is_2_an_absent_one_3_and_a_wrong_one_4() {
    let file = || "f".to_owned();
    let cases = [
        (
            StoreError::UnknownName {
                name: file(),
                nearest: file(),
            },
            2,
        ),
        (StoreError::DiskFull { path: "p".into() }, 2),
        (StoreError::Catalogue(file()), 2),
        (StoreError::NoFolder, 3),
        (
            StoreError::Refused {
                url: file(),
                status: 404,
            },
            3,
        ),
        (
            StoreError::NotThat {
                file: file(),
                from: file(),
                reason: file(),
            },
            4,
        ),
        (
            StoreError::Size {
                file: file(),
                from: file(),
                expected: 1,
                found: 2,
            },
            4,
        ),
    ];
    for (error, code) in cases {
        assert_eq!(CliError::Store(error).code(), code);
    }
    assert_eq!(CliError::Altered(file()).code(), 4);
}
