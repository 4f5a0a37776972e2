use serde_json::json;

use super::*;

fn word(
    bytes: std::ops::Range<usize>,
    chars: std::ops::Range<usize>,
    start: f64,
    end: f64,
) -> SpokenWord {
    SpokenWord {
        bytes,
        chars,
        start,
        end,
    }
}

#[test]
fn words_are_those_of_the_text_and_what_is_no_place_of_it_is_left_out() {
    let text = "Grüße, Dr. No!";
    let words = [
        word(0..7, 0..5, 0.1, 0.5),
        word(9..12, 7..10, 0.6, 1.0),
        // Inside a character, and beyond the end.
        word(3..4, 3..4, 1.0, 1.1),
        word(13..99, 11..97, 1.0, 1.1),
    ];
    assert_eq!(
        serde_json::to_value(captions(text, &words)).unwrap(),
        json!([
            { "word": "Grüße", "start_time": 0.1, "end_time": 0.5, "start_char": 0, "end_char": 5 },
            { "word": "Dr.", "start_time": 0.6, "end_time": 1.0, "start_char": 7, "end_char": 10 },
        ])
    );
}

#[test]
fn a_whole_answer_says_that_it_does_not_know_and_a_line_that_none_begins() {
    assert_eq!(
        whole(&[0, 1], "audio/wav", &[]),
        br#"{"audio":"AAE=","audio_format":"audio/wav","timestamps":null}"#
    );
    assert_eq!(
        line(&[0, 1], "audio/pcm", &[]),
        Bytes::from_static(
            b"{\"audio\":\"AAE=\",\"audio_format\":\"audio/pcm\",\"timestamps\":[]}\n"
        )
    );
    let words = captions("Hi", &[word(0..2, 0..2, 0.0, 0.25)]);
    let value: serde_json::Value = serde_json::from_slice(&whole(&[], "x", &words)).unwrap();
    assert_eq!(
        value["timestamps"],
        json!([{ "word": "Hi", "start_time": 0.0, "end_time": 0.25, "start_char": 0, "end_char": 2 }])
    );
}

#[test]
fn times_are_rounded_to_milliseconds() {
    assert_eq!(to_milliseconds(0.459_999_978), 0.46);
    assert_eq!(to_milliseconds(1.0004), 1.0);
    assert_eq!(to_milliseconds(1.0006), 1.001);
}
