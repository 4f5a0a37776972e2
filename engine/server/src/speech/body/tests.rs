use std::time::Duration;

use super::*;

fn parsed(bytes: &Bytes) -> (String, Value) {
    let text = std::str::from_utf8(bytes).unwrap();
    let (name, rest) = text
        .strip_prefix("event: ")
        .unwrap()
        .split_once("\ndata: ")
        .unwrap();
    let data = rest.strip_suffix("\n\n").unwrap();
    assert!(!data.contains('\n'));
    let value: Value = serde_json::from_str(data).unwrap();
    assert_eq!(value["type"], name);
    (name.to_owned(), value)
}

#[test]
fn audio_travels_in_base64() {
    assert_eq!(
        delta(&[0, 255, 1], None),
        Bytes::from_static(
            b"event: speech.audio.delta\ndata: {\"type\":\"speech.audio.delta\",\"audio\":\"AP8B\"}\n\n"
        )
    );
}

#[test]
fn words_travel_with_the_audio_they_begin_in_when_asked_for() {
    let (_, value) = parsed(&delta(&[0], Some(&[])));
    assert_eq!(value["timestamps"], json!([]));
    let wrapping = Wrapping::Events {
        characters: 1,
        timestamps: true,
    };
    let (_, value) = parsed(&wrapping.audio(Bytes::from_static(&[0]), &[]));
    assert_eq!(value["timestamps"], json!([]));
}

#[test]
fn what_ends_a_stream_depends_on_how_it_travels() {
    let totals = Totals {
        total: Duration::ZERO,
        synthesis_seconds: 0.0,
        audio_seconds: 1.0,
        underruns: 0,
        segments: 1,
        spelled_words: 0,
    };
    let lines = Wrapping::Lines { media_type: "x" };
    let bare = |trailers| Wrapping::Bare { trailers };
    assert!(lines.end(&totals).is_none());
    assert!(bare(false).end(&totals).is_none());
    assert!(bare(true).end(&totals).unwrap().is_trailers());
    assert!(lines.failure(SpeechError::Cancelled).is_err());
    assert!(bare(true).failure(SpeechError::Cancelled).is_err());
}

#[test]
fn the_last_event_counts_and_times() {
    let totals = Totals {
        total: Duration::from_millis(1500),
        synthesis_seconds: 0.5,
        audio_seconds: 2.01,
        underruns: 1,
        segments: 2,
        spelled_words: 4,
    };
    let (name, value) = parsed(&done(&totals, 19));
    assert_eq!(name, "speech.audio.done");
    assert_eq!(
        value["usage"],
        json!({ "input_tokens": 19, "output_tokens": 81, "total_tokens": 100 })
    );
    assert_eq!(value["spelled_words"], 4);
    assert_eq!(value["timing"]["total_seconds"], 1.5);
    assert_eq!(value["timing"]["audio_seconds"], 2.01);
    assert_eq!(value["timing"]["synthesis_seconds"], 0.5);
    assert_eq!(value["timing"]["underruns"], 1);
    assert!((value["timing"]["rtf"].as_f64().unwrap() - 0.5 / 2.01).abs() < 1e-12);
}

#[test]
fn frames_are_of_25_milliseconds_and_begun_ones_count() {
    assert_eq!(frames_of(0.0), 0);
    assert_eq!(frames_of(0.025), 1);
    assert_eq!(frames_of(0.0251), 2);
    assert_eq!(frames_of(1.0), 40);
}

#[test]
fn what_goes_wrong_is_an_event_that_keeps_paths_to_itself() {
    let (name, value) = parsed(&failed(SpeechError::Synthesis("/secret".to_owned())));
    assert_eq!(name, "error");
    assert_eq!(value["error"]["code"], "INTERNAL_ERROR");
    assert_eq!(value["error"]["type"], "server_error");
    assert!(!value.to_string().contains("secret"));
}
