use axum::http::header::RETRY_AFTER;
use serde_json::json;

use super::*;

#[test]
fn every_code_has_its_name_status_and_retry() {
    let expected = [
        ("EMPTY_TEXT", 400, None),
        ("TEXT_TOO_LONG", 400, None),
        ("INVALID_SPEED", 400, None),
        ("UNKNOWN_VOICE", 400, None),
        ("UNKNOWN_LANGUAGE", 400, None),
        ("UNSUPPORTED_FORMAT", 400, None),
        ("UNAUTHORIZED", 401, None),
        ("NOT_FOUND", 404, None),
        ("METHOD_NOT_ALLOWED", 405, None),
        ("BODY_TIMEOUT", 408, None),
        ("BODY_TOO_LARGE", 413, None),
        ("UNSUPPORTED_MEDIA_TYPE", 415, None),
        ("VALIDATION_ERROR", 422, None),
        ("RATE_LIMITED", 429, Some(1)),
        ("INTERNAL_ERROR", 500, None),
        ("MODEL_NOT_LOADED", 503, Some(2)),
        ("QUEUE_FULL", 503, Some(1)),
        ("DEADLINE_EXCEEDED", 504, None),
    ];
    let found = Code::ALL.map(|code| (code.name(), code.status().as_u16(), code.retry_after()));
    assert_eq!(found, expected);
    for code in Code::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.name());
    }
}

#[test]
fn errors_of_the_engine_have_their_codes_and_keep_paths_to_themselves() {
    let unavailable = SpeechError::ProviderUnavailable {
        provider: "espeak".to_owned(),
        reason: "/secret/path".to_owned(),
    };
    let invalid = SpeechError::InvalidModel {
        path: "/secret/path".to_owned(),
        expected: "model",
        found: "text".to_owned(),
    };
    let internal =
        "an internal error stopped the synthesis; the server's log has it under this request id";
    let cases = [
        (
            SpeechError::NothingToSpeak("it is blank"),
            "EMPTY_TEXT",
            "the text has nothing to speak: it is blank",
        ),
        (
            SpeechError::TextTooLong { found: 9, limit: 5 },
            "TEXT_TOO_LONG",
            "the text has 9 characters; at most 5 are accepted",
        ),
        (
            SpeechError::UnknownVoice {
                name: "x".to_owned(),
                hint: None,
            },
            "UNKNOWN_VOICE",
            "unknown voice `x`; `kokoro voices` lists those there are",
        ),
        (
            SpeechError::InvalidSpeed {
                min: 0.25,
                max: 4.0,
            },
            "INVALID_SPEED",
            "speed must be between 0.25 and 4",
        ),
        (
            SpeechError::UnknownLanguage("xx".to_owned()),
            "UNKNOWN_LANGUAGE",
            "unknown language `xx`",
        ),
        (
            unavailable,
            "MODEL_NOT_LOADED",
            "no provider can speak now; try again in a moment",
        ),
        (
            SpeechError::Deadline { seconds: 3 },
            "DEADLINE_EXCEEDED",
            "synthesis took longer than 3 s and was stopped",
        ),
        (invalid, "INTERNAL_ERROR", internal),
        (SpeechError::Cancelled, "INTERNAL_ERROR", internal),
        (
            SpeechError::Synthesis("/secret/path".to_owned()),
            "INTERNAL_ERROR",
            internal,
        ),
    ];
    for (error, code, message) in cases {
        let error = ApiError::from(error);
        assert_eq!((error.code.name(), error.message.as_str()), (code, message));
    }
}

#[test]
fn the_body_has_one_shape_and_validation_adds_the_detail() {
    let plain = ApiError::new(Code::NotFound, "gone").body("req_1", Shape::Plain);
    assert_eq!(
        plain,
        br#"{"error":"gone","code":"NOT_FOUND","request_id":"req_1"}"#
    );

    let invalid = ApiError::invalid(vec![Detail::of_key("speed", "type_error", "no number")])
        .body("req_2", Shape::Plain);
    let invalid: serde_json::Value = serde_json::from_slice(&invalid).unwrap();
    assert_eq!(
        invalid,
        json!({
            "detail": [{ "loc": ["body", "speed"], "msg": "no number", "type": "type_error" }],
            "error": "no number",
            "code": "VALIDATION_ERROR",
            "request_id": "req_2",
        })
    );
}

#[test]
fn several_faults_are_counted_in_the_message() {
    let fault = || Detail::of_body("x", "y");
    assert_eq!(ApiError::invalid(vec![fault()]).message, "y");
    assert_eq!(fault().loc, ["body"]);
    let two = ApiError::invalid(vec![fault(), fault()]);
    assert_eq!(
        two.message,
        "2 things are wrong with the request; see `detail`"
    );
    assert_eq!(
        two.to_string(),
        "VALIDATION_ERROR: 2 things are wrong with the request; see `detail`"
    );
}

#[test]
fn the_response_says_when_to_come_again() {
    let response = ApiError::not_loaded().into_response();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()[RETRY_AFTER], "2");
    let response = ApiError::new(Code::NotFound, "").into_response();
    assert_eq!(response.status(), 404);
    assert!(!response.headers().contains_key(RETRY_AFTER));
}

#[test]
fn openai_clients_find_their_object_where_they_look() {
    let body = |error: ApiError| -> serde_json::Value {
        serde_json::from_slice(&error.body("req_3", Shape::OpenAi)).unwrap()
    };
    assert_eq!(
        body(ApiError::new(Code::UnknownVoice, "who?")),
        json!({
            "error": { "message": "who?", "type": "invalid_request_error", "param": "voice", "code": "UNKNOWN_VOICE" },
            "code": "UNKNOWN_VOICE",
            "request_id": "req_3",
        })
    );
    let fault = |key: &str| Detail::of_key(key, "type_error", "no");
    let detail = json!({ "loc": ["body", "model"], "msg": "no", "type": "type_error" });
    assert_eq!(
        body(ApiError::invalid(vec![fault("model")])),
        json!({
            "detail": [detail],
            "error": { "message": "no", "type": "invalid_request_error", "param": "model", "code": "VALIDATION_ERROR" },
            "code": "VALIDATION_ERROR",
            "request_id": "req_3",
        })
    );
    let several = body(ApiError::invalid(vec![fault("model"), fault("speed")]));
    assert_eq!(several["error"]["param"], json!(null));
    let whole = body(ApiError::invalid(vec![Detail::of_body("x", "y")]));
    assert_eq!(whole["error"]["param"], json!(null));
}

#[test]
fn every_code_has_a_kind_and_a_key_in_openais_words() {
    let found = Code::ALL.map(|code| (code.openai_type(), code.param()));
    let invalid = "invalid_request_error";
    let server = "server_error";
    assert_eq!(
        found,
        [
            (invalid, Some("input")),
            (invalid, Some("input")),
            (invalid, Some("speed")),
            (invalid, Some("voice")),
            (invalid, Some("lang")),
            (invalid, Some("response_format")),
            ("authentication_error", None),
            (invalid, None),
            (invalid, None),
            (invalid, None),
            (invalid, None),
            (invalid, None),
            (invalid, None),
            ("rate_limit_error", None),
            (server, None),
            (server, None),
            (server, None),
            (server, None),
        ]
    );
}

#[test]
fn a_known_time_to_come_again_is_said() {
    let error = ApiError::new(Code::RateLimited, "").retry_after(17);
    assert_eq!(error.into_response().headers()[RETRY_AFTER], "17");
    let error = ApiError::new(Code::Unauthorized, "").into_response();
    assert_eq!(error.headers()["www-authenticate"], "Bearer");
    let error = ApiError::new(Code::NotFound, "").into_response();
    assert!(!error.headers().contains_key("www-authenticate"));
}

#[test]
fn markup_that_cannot_be_read_is_a_fault_of_the_request() {
    for error in [
        SpeechError::InvalidMarkup {
            line: 2,
            column: 7,
            expected: "a closing tag",
        },
        SpeechError::TooMuchSilence {
            found: 61,
            limit: 60,
        },
    ] {
        let message = error.to_string();
        let error = ApiError::from(error);
        assert_eq!(error.code, Code::ValidationError);
        assert_eq!(error.message, message);
        assert_eq!(error.detail[0].kind, "markup_invalid");
    }
}
