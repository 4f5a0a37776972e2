use super::*;

fn totals(audio_seconds: f64) -> Totals {
    Totals {
        total: Duration::from_micros(1_234_567),
        synthesis_seconds: 0.5,
        audio_seconds,
        underruns: 2,
        segments: 4,
        spelled_words: 3,
    }
}

#[test]
fn trailers_say_what_the_stream_took() {
    let trailers = totals(2.0).trailers();
    let found: Vec<_> = trailers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("server-timing", "total;dur=1234.567"),
            ("x-rtf", "0.2500"),
            ("x-audio-seconds", "2.000"),
            ("x-spelled-words", "3"),
            ("x-underruns", "2"),
        ]
    );
    let names: Vec<_> = found.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.join(", "), Totals::TRAILERS);
}

#[test]
fn without_audio_there_is_no_ratio() {
    assert_eq!(totals(0.0).rtf(), None);
    assert_eq!(totals(0.25).rtf(), Some(2.0));
    assert!(!totals(0.0).trailers().contains_key("x-rtf"));
}

#[test]
fn timings_are_in_milliseconds() {
    let entries = [
        ("queue", Duration::from_micros(1500)),
        ("ttfa", Duration::from_secs(2)),
    ];
    assert_eq!(
        server_timing(&entries),
        "queue;dur=1.500, ttfa;dur=2000.000"
    );
}

#[test]
fn what_no_header_can_hold_is_left_out() {
    let mut headers = HeaderMap::new();
    set(&mut headers, "x-voice", "a\nb");
    assert!(headers.is_empty());
    set(&mut headers, "x-voice", "a");
    assert_eq!(headers["x-voice"], "a");
}
