use axum::http::HeaderValue;
use serde_json::json;

use super::*;

fn parse_ours(body: &[u8]) -> Result<SpeechRequest, ApiError> {
    parse(body, Dialect::Own)
}

fn parse_theirs(body: &Value) -> SpeechRequest {
    parse(body.to_string().as_bytes(), Dialect::OpenAi).unwrap()
}

fn error_of(body: &Value) -> ApiError {
    parse_ours(body.to_string().as_bytes()).unwrap_err()
}

/// Code, place and kind of every fault.
fn faults(error: &ApiError) -> Vec<(String, &'static str)> {
    assert_eq!(error.code, Code::ValidationError);
    error
        .detail
        .iter()
        .map(|detail| (detail.loc.join("."), detail.kind))
        .collect()
}

#[test]
fn the_least_request_gets_the_defaults() {
    let request = parse_ours(br#"{"text":"Hi"}"#).unwrap();
    let utterance = Utterance {
        text: "Hi".to_owned(),
        voice: None,
        speed: 1.0,
        lang: None,
    };
    assert_eq!(
        request,
        SpeechRequest {
            utterance,
            stream: false,
            events: false,
            timestamps: false,
            ignored: Vec::new(),
            format: Format::Pcm,
            sample_rate: 24_000,
            characters: 2
        }
    );
}

#[test]
fn every_key_is_heard_and_unknown_ones_are_not() {
    let body = json!({
        "input": "Grüße 1", "voice": "nova", "speed": 2, "lang": "en-gb", "stream": true,
        "response_format": "wav", "format": "wav", "model": "tts-1", "instructions": "Softly.", "stream_format": "sse", "timestamps": true, "sample_rate": 48000, "anything": {},
    });
    let request = parse_ours(body.to_string().as_bytes()).unwrap();
    let utterance = Utterance {
        text: "Grüße 1".to_owned(),
        voice: Some("nova".to_owned()),
        speed: 2.0,
        lang: Some("en-gb".to_owned()),
    };
    assert_eq!(
        request,
        SpeechRequest {
            utterance,
            stream: true,
            events: true,
            timestamps: true,
            ignored: vec!["instructions"],
            format: Format::Wav,
            sample_rate: 48_000,
            characters: 7
        }
    );
}

#[test]
fn either_name_of_the_format_will_do() {
    for key in ["format", "response_format"] {
        let request =
            parse_ours(json!({ "text": "a", key: "wav" }).to_string().as_bytes()).unwrap();
        assert_eq!(request.format, Format::Wav, "{key}");
    }
}

#[test]
fn broken_bodies_say_where_they_break_and_nothing_of_their_text() {
    let error = parse_ours(b"{\"text\":\"secret\xff\"}").unwrap_err();
    assert_eq!(faults(&error), [("body".to_owned(), "utf8_invalid")]);
    assert_eq!(
        error.message,
        "expected UTF-8; the byte at offset 15 does not belong there"
    );

    let error = parse_ours(b"{\"text\":\n\"secret").unwrap_err();
    assert_eq!(faults(&error), [("body".to_owned(), "json_invalid")]);
    assert_eq!(
        error.message,
        "expected JSON; it breaks at line 2, column 7"
    );

    for body in [
        "",
        "{\"text\":\"\\ud800\"}",
        "[",
        "{\"speed\":1e999,\"text\":\"a\"}",
    ] {
        assert_eq!(
            faults(&parse_ours(body.as_bytes()).unwrap_err()),
            [("body".to_owned(), "json_invalid")],
            "{body}"
        );
    }
}

#[test]
fn what_is_no_object_is_named() {
    for (body, found) in [
        (json!(null), "null"),
        (json!(true), "a boolean"),
        (json!(1), "a number"),
        (json!("text"), "a string"),
        (json!([]), "an array"),
    ] {
        let error = error_of(&body);
        assert_eq!(faults(&error), [("body".to_owned(), "type_error")]);
        assert_eq!(
            error.message,
            format!("expected a JSON object; found {found}")
        );
    }
}

#[test]
fn wrong_types_are_all_named() {
    let body = json!({
        "text": 1, "voice": null, "lang": [], "format": {}, "response_format": false, "model": 4,
        "speed": "fast", "stream": "yes", "stream_format": 1, "instructions": [], "timestamps": 0, "sample_rate": 1.5,
    });
    let error = error_of(&body);
    let places: Vec<_> = faults(&error).into_iter().map(|(place, _)| place).collect();
    let expected = [
        "text",
        "voice",
        "lang",
        "format",
        "response_format",
        "model",
        "speed",
        "sample_rate",
        "stream",
        "stream_format",
        "timestamps",
        "instructions",
    ];
    assert_eq!(places, expected.map(|key| format!("body.{key}")));
    assert!(
        error
            .detail
            .iter()
            .all(|detail| detail.kind == "type_error")
    );
    assert_eq!(
        error.detail[2].msg,
        "expected a string in `lang`; found an array"
    );
    assert_eq!(
        error.detail[3].msg,
        "expected a string in `format`; found an object"
    );
    assert_eq!(
        error.detail[6].msg,
        "expected a number in `speed`; found a string"
    );
    assert_eq!(
        error.detail[7].msg,
        "expected a whole number in `sample_rate`; found a number"
    );
    assert_eq!(
        error.detail[8].msg,
        "expected true or false in `stream`; found a string"
    );
}

#[test]
fn the_text_has_one_name_at_a_time() {
    assert_eq!(
        faults(&error_of(&json!({}))),
        [("body.text".to_owned(), "missing")]
    );
    assert_eq!(
        faults(&error_of(&json!({ "text": "a", "input": "a" }))),
        [("body.input".to_owned(), "conflict")]
    );
    assert_eq!(
        faults(&error_of(&json!({ "input": 5 }))),
        [("body.input".to_owned(), "type_error")]
    );
}

#[test]
fn two_formats_must_agree() {
    let error = error_of(&json!({ "text": "a", "format": "wav", "response_format": "pcm" }));
    assert_eq!(
        faults(&error),
        [("body.response_format".to_owned(), "conflict")]
    );
}

#[test]
fn text_length_is_counted_in_characters() {
    let request = parse_ours(
        json!({ "text": format!("a{}", "😀".repeat(4499)) })
            .to_string()
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(request.characters, 4500);
    let error = error_of(&json!({ "text": "a".repeat(4501) }));
    assert_eq!(error.code, Code::TextTooLong);
    assert_eq!(
        error.message,
        "the text has 4501 characters; at most 4500 are accepted: send it in parts"
    );
}

#[test]
fn something_must_be_speakable() {
    for text in ["", "   ", "\u{0}\u{1}", "!?", "===", "\u{1F3FB}", "日本語"] {
        assert_eq!(
            error_of(&json!({ "text": text })).code,
            Code::EmptyText,
            "{text}"
        );
    }
    for text in ["a", "Z", "0", "9", "😀", "🇯🇵", "½", "€", "é", "Ω", "\u{7}b"] {
        assert!(
            parse_ours(json!({ "text": text }).to_string().as_bytes()).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn speed_has_both_ends() {
    for speed in [0.25, 4.0] {
        assert_eq!(
            f64::from(
                parse_ours(
                    json!({ "text": "a", "speed": speed })
                        .to_string()
                        .as_bytes()
                )
                .unwrap()
                .utterance
                .speed
            ),
            speed
        );
    }
    for speed in [0.0, 0.249, 4.001, -1.0, 1e9] {
        let error = error_of(&json!({ "text": "a", "speed": speed }));
        assert_eq!(error.code, Code::InvalidSpeed, "{speed}");
        assert_eq!(error.message, "speed must be between 0.25 and 4.0");
    }
}

#[test]
fn formats_that_are_not_there_are_refused() {
    for key in ["format", "response_format"] {
        let error = error_of(&json!({ "text": "a", key: "aac" }));
        assert_eq!(error.code, Code::UnsupportedFormat);
        assert_eq!(
            error.message,
            "unsupported format: expected `wav`, `pcm`, `flac`, `mp3` or `opus`, found aac"
        );
    }
}

#[test]
fn only_json_in_utf8_is_json() {
    let check = |value: &'static str| {
        check_content_type(&HeaderMap::from_iter([(
            CONTENT_TYPE,
            HeaderValue::from_static(value),
        )]))
    };
    for value in [
        "application/json",
        "Application/JSON; Charset=UTF-8",
        "application/json;charset=\"utf-8\"",
        "application/json; q=1",
    ] {
        assert_eq!(check(value), Ok(()), "{value}");
    }
    for value in [
        "",
        "text/plain",
        "application/json; charset=latin1",
        "application/jsonx",
        "text/plain; application/json",
    ] {
        assert_eq!(
            check(value).unwrap_err().code,
            Code::UnsupportedMediaType,
            "{value}"
        );
    }
    assert_eq!(
        check_content_type(&HeaderMap::new()).unwrap_err().code,
        Code::UnsupportedMediaType
    );
}

#[test]
fn what_is_left_out_depends_on_who_asks() {
    let request = parse_theirs(&json!({ "input": "a" }));
    assert_eq!((request.format, request.stream), (Format::Mp3, true));
    let request = parse_theirs(&json!({ "input": "a", "response_format": "pcm" }));
    assert_eq!((request.format, request.stream), (Format::Pcm, true));
    let request = parse_theirs(&json!({ "input": "a", "response_format": "pcm", "stream": false }));
    assert!(!request.stream);
    let ours = parse_ours(br#"{"input":"a","response_format":"pcm"}"#).unwrap();
    assert!(!ours.stream);
}

#[test]
fn events_and_streams_are_asked_for_by_the_stream_format() {
    let parsed = |stream_format: &str| {
        let request = parse_theirs(&json!({ "input": "a", "stream_format": stream_format }));
        (request.stream, request.events)
    };
    assert_eq!(parsed("sse"), (true, true));
    assert_eq!(parsed("audio"), (true, false));
    let whole = parse_theirs(&json!({ "input": "a", "stream_format": "audio", "stream": false }));
    assert_eq!((whole.stream, whole.events), (false, false));
    let error = error_of(&json!({ "text": "a", "stream_format": "sse", "stream": false }));
    assert_eq!(faults(&error), [("body.stream".to_owned(), "conflict")]);
    let error = error_of(&json!({ "text": "a", "stream_format": "websocket" }));
    assert_eq!(error.code, Code::UnsupportedFormat);
    assert_eq!(error.param, Some("stream_format"));
}

#[test]
fn a_voice_may_be_an_object_with_an_id() {
    let request = parse_theirs(&json!({ "input": "a", "voice": { "id": "nova" } }));
    assert_eq!(request.utterance.voice.as_deref(), Some("nova"));
    for voice in [json!({}), json!({ "id": 1 }), json!(["nova"])] {
        let error = error_of(&json!({ "text": "a", "voice": voice }));
        assert_eq!(faults(&error), [("body.voice".to_owned(), "type_error")]);
        assert!(
            error
                .message
                .starts_with("expected a string, or an object with an `id` in `voice`; found ")
        );
    }
}

#[test]
fn instructions_are_named_when_they_have_no_effect() {
    assert_eq!(
        parse_theirs(&json!({ "input": "a", "instructions": "x" })).ignored,
        ["instructions"]
    );
    assert!(
        parse_theirs(&json!({ "input": "a", "instructions": "" }))
            .ignored
            .is_empty()
    );
}

#[test]
fn captions_stream_unless_asked_otherwise() {
    let parsed = |body: Value| {
        let request = parse(body.to_string().as_bytes(), Dialect::Captioned).unwrap();
        (request.stream, request.timestamps, request.format)
    };
    assert_eq!(parsed(json!({ "input": "a" })), (true, true, Format::Mp3));
    let whole = json!({ "input": "a", "stream": false, "timestamps": false, "format": "pcm" });
    assert_eq!(parsed(whole), (false, false, Format::Pcm));
}

#[test]
fn the_route_says_whose_clients_ask() {
    assert_eq!(Dialect::of("/v1/audio/speech"), Dialect::OpenAi);
    assert_eq!(Dialect::of("/dev/captioned_speech"), Dialect::Captioned);
    assert_eq!(Dialect::of("/v1/tts"), Dialect::Own);
    assert_eq!(Dialect::Own.format(), Format::Pcm);
}

#[test]
fn only_formats_that_say_their_length_come_whole_to_openais_clients() {
    for (format, stream) in [
        ("wav", false),
        ("flac", false),
        ("pcm", true),
        ("mp3", true),
        ("opus", true),
    ] {
        let request = parse_theirs(&json!({ "input": "a", "response_format": format }));
        assert_eq!((request.format.name(), request.stream), (format, stream));
    }
}

#[test]
fn sample_rates_are_those_of_the_encoders() {
    let rated = |rate: Value| {
        parse_ours(
            json!({ "text": "a", "sample_rate": rate })
                .to_string()
                .as_bytes(),
        )
    };
    for rate in [8000, 44_100, 48_000] {
        assert_eq!(rated(json!(rate)).unwrap().sample_rate, rate);
    }
    for rate in [0_u64, 7999, 96_000, u64::MAX] {
        let error = rated(json!(rate)).unwrap_err();
        assert_eq!(error.code, Code::UnsupportedFormat, "{rate}");
        assert_eq!(error.param, Some("sample_rate"));
    }
    for rate in [json!(-1), json!("24000"), json!(null)] {
        let error = rated(rate).unwrap_err();
        assert_eq!(
            faults(&error),
            [("body.sample_rate".to_owned(), "type_error")]
        );
    }
}
