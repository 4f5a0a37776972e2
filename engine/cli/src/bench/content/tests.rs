use super::*;
use crate::bench::client::tests::Stub;

fn heard(bytes: usize, sha256: u8) -> Heard {
    let mut heard = Heard {
        sha256: Some([sha256; 32]),
        ..Heard::default()
    };
    heard.envelope.add(&vec![0; bytes]);
    heard
}

fn reference(sha256: Option<u8>) -> Reference {
    Reference {
        envelope: heard(48_000, 0).envelope,
        sha256: sha256.map(|byte| [byte; 32]),
    }
}

/// What becomes of a trial: ok, identical, why not.
fn judged(
    heard: &Heard,
    reference: &Reference,
    stream: bool,
) -> (bool, Option<bool>, Option<String>) {
    let mut trial = Trial::new(0, 0.0, heard);
    judge(&mut trial, heard, reference, stream);
    (trial.ok, trial.identical, trial.error)
}

#[test]
fn whole_audio_has_the_bytes_it_has_alone() {
    let known = reference(Some(1));
    assert_eq!(
        judged(&heard(48_000, 1), &known, false),
        (true, Some(true), None)
    );
    let why = "expected the bytes of the same request made alone; found others";
    assert_eq!(
        judged(&heard(48_000, 2), &known, false),
        (false, Some(false), Some(why.to_owned()))
    );
}

#[test]
fn a_stream_may_have_other_bytes_but_not_be_other_audio() {
    let known = reference(Some(1));
    assert_eq!(
        judged(&heard(48_000, 2), &known, true),
        (true, Some(false), None)
    );
    let why = "expected about 1.00 s of audio, as when spoken whole; found 0.10 s";
    for stream in [true, false] {
        assert_eq!(
            judged(&heard(4800, 2), &reference(None), stream),
            (false, None, Some(why.to_owned()))
        );
    }
    assert_eq!(
        judged(&heard(48_000, 2), &reference(None), false),
        (true, None, None)
    );
}

#[test]
fn what_failed_already_is_left_alone() {
    let failed = Heard {
        error: Some("first reason".to_owned()),
        ..heard(0, 2)
    };
    assert_eq!(
        judged(&failed, &reference(Some(1)), false),
        (false, None, Some("first reason".to_owned()))
    );
}

#[test]
fn bytes_are_compared_where_they_repeat() {
    let (same, other) = (reference(Some(1)), reference(None));
    assert_eq!(compared(std::slice::from_ref(&same), false), "bytes");
    assert_eq!(compared(std::slice::from_ref(&same), true), "envelope");
    assert_eq!(compared(&[same, other], false), "envelope");
}

#[test]
fn a_reference_is_asked_for_twice() {
    let answer = |audio: &str| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{audio}");
    let asked = |answers: &[&str], stream| {
        let answers: Vec<String> = answers.iter().map(|audio| answer(audio)).collect();
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let ask = Ask {
            text: "a",
            voice: None,
            stream,
        };
        let reference = Reference::of(&Stub::answering(&answers).client(), &ask).unwrap();
        (reference.envelope.bytes(), reference.sha256.is_some())
    };
    assert_eq!(asked(&["abcd", "abcd"], false), (4, true));
    assert_eq!(asked(&["abcd", "abce"], false), (4, false));
    // Streamed, it is the streams that are compared with each other, not with the whole.
    assert_eq!(asked(&["abcdef", "abcd", "abcd"], true), (6, true));
    assert_eq!(asked(&["abcdef", "abcd", "abce"], true), (6, false));
    let ask = Ask {
        text: "a",
        voice: None,
        stream: true,
    };
    let broken = Stub::answering(&[&answer("abcd"), "nonsense"]);
    assert!(Reference::of(&broken.client(), &ask).is_err());
}
