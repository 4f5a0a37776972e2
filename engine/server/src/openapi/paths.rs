//! The operations of the contract.

use kokoro_speech::encode::Format;
use serde_json::{Map, Value, json};

use crate::access::is_open;
use crate::error::{Code, Shape};
use crate::request::Dialect;

/// Every path, with its operations.
pub(super) fn paths() -> Value {
    let openai = speak(
        "generateSpeech",
        "Speak a text, as OpenAI's clients ask",
        Dialect::OpenAi,
    );
    let captioned = speak(
        "generateCaptionedSpeech",
        "Speak a text and say when each word is spoken, as Kokoro-FastAPI's clients ask",
        Dialect::Captioned,
    );
    let speak = speak("generateSpeechShort", "Speak a text", Dialect::Own);
    let mut paths = json!({
        "/v1/audio/speech": { "post": openai },
        "/v1/tts": { "post": speak },
        "/dev/captioned_speech": { "post": captioned },
        "/voices": { "get": get("Voices", "listVoices", "Voices that can speak now, the default first", json!({ "type": "array", "items": reference("Voice") })) },
        "/v1/audio/voices": { "get": get("Voices", "listVoiceNames", "The voices as Open WebUI asks for them, the default first", reference("VoiceNames")) },
        "/v1/audio/models": { "get": get("Voices", "listModelNames", "What speaks, as Open WebUI asks for it", reference("ModelNames")) },
        "/v1/models": { "get": get("Voices", "listModels", "What speaks, as OpenAI's clients ask for it", reference("ModelList")) },
        "/v1/models/{model}": { "get": model() },
        "/health": { "get": get("System", "healthCheck", "Whether the server speaks already; answers while it is loading", reference("Health")) },
        "/healthz": { "get": get("System", "liveness", "Whether the process lives", reference("Liveness")) },
        "/readyz": { "get": readyz() },
        "/status": { "get": get("System", "getStatus", "What really speaks, how well, and what it takes", reference("Status")) },
        "/metrics": { "get": page("getMetrics", "Counters and histograms in the Prometheus text form", "text/plain", "string") },
        "/": { "get": html("getSpeakPage", "A page to type a text and hear it while it is synthesised") },
        "/docs": { "get": html("getDocsPage", "This document as a page, to read and to try") },
        "/openapi.json": { "get": get("System", "getContractJson", "This document, with the voices of this server", json!({ "type": "object" })) },
        "/openapi.yaml": { "get": page("getContractYaml", "This document as YAML", "application/yaml", "object") },
    });
    refuse_without_key(&mut paths);
    paths
}

/// Adds the answer to a client without a key wherever one may be asked for.
fn refuse_without_key(paths: &mut Value) {
    let Some(paths) = paths.as_object_mut() else {
        return;
    };
    for (_, operations) in paths.iter_mut().filter(|(path, _)| !is_open(path)) {
        if let Some(responses) = operations
            .pointer_mut("/get/responses")
            .and_then(Value::as_object_mut)
        {
            responses.insert(
                "401".to_owned(),
                failure(NO_KEY, &[Code::Unauthorized], Shape::Plain),
            );
        }
    }
}

/// What 401 means.
const NO_KEY: &str = "The server has keys, and this is none of them";

fn model() -> Value {
    let summary = "One model, as OpenAI's clients ask for it";
    let mut operation = get("Voices", "getModel", summary, reference("Model"));
    if let Some(operation) = operation.as_object_mut() {
        operation.insert(
            "parameters".to_owned(),
            json!([{
                "name": "model",
                "in": "path",
                "required": true,
                "description": "An id of `GET /v1/models`",
                "schema": { "type": "string", "minLength": 1 },
            }]),
        );
    }
    for (status, description, code) in [
        ("404", "There is no such model", Code::NotFound),
        ("503", "It is loading", Code::ModelNotLoaded),
    ] {
        if let Some(responses) = operation
            .pointer_mut("/responses")
            .and_then(Value::as_object_mut)
        {
            responses.insert(
                status.to_owned(),
                failure(description, &[code], Shape::Plain),
            );
        }
    }
    operation
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn header(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "required": true, "schema": schema })
}

fn request_id() -> Value {
    header(
        "Id of the request in the server's log",
        &json!({ "type": "string", "pattern": "^req_[0-9a-f]{16}$" }),
    )
}

fn ok(description: &str, content: &Value) -> Value {
    json!({ "description": description, "headers": { "X-Request-ID": request_id() }, "content": content })
}

fn get(tag: &str, id: &str, summary: &str, schema: Value) -> Value {
    let content = json!({ "application/json": { "schema": schema } });
    json!({ "tags": [tag], "operationId": id, "summary": summary, "responses": { "200": ok(summary, &content) } })
}

fn page(id: &str, summary: &str, media_type: &str, kind: &str) -> Value {
    let content = json!({ media_type: { "schema": { "type": kind } } });
    json!({ "tags": ["System"], "operationId": id, "summary": summary, "responses": { "200": ok(summary, &content) } })
}

/// A page for people. Browsers keep it and ask whether it has changed.
fn html(id: &str, summary: &str) -> Value {
    let mut operation = page(id, summary, "text/html", "string");
    if let Some(headers) = operation
        .pointer_mut("/responses/200/headers")
        .and_then(Value::as_object_mut)
    {
        headers.insert(
            "ETag".to_owned(),
            header(
                "Version of the page; sent back in `If-None-Match`, the answer is 304 while it is current",
                &json!({ "type": "string", "pattern": "^\"[0-9a-f]{16}\"$" }),
            ),
        );
    }
    operation
}

fn readyz() -> Value {
    let content = json!({ "application/json": { "schema": reference("Readiness") } });
    json!({
        "tags": ["System"],
        "operationId": "readiness",
        "summary": "Whether the server can speak; 503 while it is loading",
        "responses": { "200": ok("It can speak", &content), "503": failure("It is loading", &[Code::ModelNotLoaded], Shape::Plain) },
    })
}

/// An error answer; `codes` are those it can hold, all of one status.
fn failure(description: &str, codes: &[Code], shape: Shape) -> Value {
    let schema = match (shape, codes.contains(&Code::ValidationError)) {
        (Shape::Plain, true) => "ValidationError",
        (Shape::Plain, false) => "ErrorResponse",
        (Shape::OpenAi, true) => "OpenAiValidationError",
        (Shape::OpenAi, false) => "OpenAiErrorResponse",
    };
    let names: Vec<_> = codes.iter().map(|code| code.name()).collect();
    let schema = json!({
        "allOf": [reference(schema)],
        "properties": { "code": { "enum": names } },
    });
    let mut headers = json!({ "X-Request-ID": request_id() });
    if let (Some(headers), true) = (
        headers.as_object_mut(),
        codes.iter().any(|code| code.retry_after().is_some()),
    ) {
        headers.insert(
            "Retry-After".to_owned(),
            header(
                "Seconds after which to try again",
                &json!({ "type": "integer", "minimum": 1 }),
            ),
        );
    }
    if let (Some(headers), true) = (headers.as_object_mut(), codes.contains(&Code::Unauthorized)) {
        headers.insert(
            "WWW-Authenticate".to_owned(),
            header("Always `Bearer`", &json!({ "const": "Bearer" })),
        );
    }
    json!({ "description": description, "headers": headers, "content": { "application/json": { "schema": schema } } })
}

fn speak(id: &str, summary: &str, dialect: Dialect) -> Map<String, Value> {
    let audio = json!({ "schema": { "type": "string", "format": "binary" } });
    let events = json!({
        "schema": {
            "type": "object",
            "description": "One event; `stream_format` is `sse`",
            "required": ["event", "data"],
            "properties": {
                "event": { "enum": ["speech.audio.delta", "speech.audio.done", "error"] },
                "data": { "type": "string", "contentMediaType": "application/json" },
            },
        },
    });
    let captioned = json!({ "schema": reference("CaptionedSpeech") });
    let lines =
        json!({ "schema": { "type": "string", "description": "A `CaptionedSpeech` a line" } });
    let mut content = Map::new();
    for format in Format::ALL {
        content.insert(format.media_type().to_owned(), audio.clone());
    }
    for (media_type, schema) in [
        ("text/event-stream", events),
        ("application/json", captioned),
        ("application/x-ndjson", lines),
    ] {
        content.insert(media_type.to_owned(), schema);
    }
    let (request_schema, shape) = match dialect {
        Dialect::Own => ("SpeechRequest", Shape::Plain),
        Dialect::OpenAi => ("OpenAiSpeechRequest", Shape::OpenAi),
        Dialect::Captioned => ("CaptionedSpeechRequest", Shape::Plain),
    };
    let optional =
        |description: &str, schema: Value| json!({ "description": description, "schema": schema });
    let text = json!({ "type": "string", "minLength": 1 });
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "Audio: whole with its true length, or streamed as it is synthesised",
            "headers": {
                "X-Request-ID": request_id(),
                "X-Provider": header("What really spoke: `kokoro`, `hedgerow` or `espeak`", &text),
                "X-TTS-Engine": header("The same as `X-Provider`", &text),
                "X-Execution-Provider": optional("Where it was executed: `cpu`, `cuda`, `coreml`", text.clone()),
                "X-Model-Digest": optional("Digest of the model's file, where there is a model", json!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })),
                "Server-Timing": header("Milliseconds: `queue` waited for a free place, `ttfa` until the first audio, `total` until all of it was synthesised (whole answers; of a stream it is a trailer)", &text),
                "X-RTF": optional("Synthesis time over audio time (whole answers; of a stream it is a trailer)", json!({ "type": "number", "minimum": 0 })),
                "X-Audio-Seconds": optional("Length of the audio (whole answers; of a stream it is a trailer)", json!({ "type": "number", "minimum": 0 })),
                "X-Ignored": optional("Keys of the request that were understood and have no effect", text.clone()),
                "X-Backend": header("Runtime and version that executed it", &text),
                "X-Voice": header("Id of the voice that really spoke", &text),
                "X-TTFA": header("Seconds from the request's arrival to its first audio (streamed) or to all of it (whole)", &json!({ "type": "number", "minimum": 0 })),
                "X-Spelled-Words": optional("Words that nobody knew how to say, and that were spelled letter by letter (whole answers; of a stream it is a trailer)", json!({ "type": "integer", "minimum": 0 })),
                "X-Dropped-Characters": header("Characters of the text that cannot be spoken and were left out", &json!({ "type": "integer", "minimum": 0 })),
            },
            "content": content,
        }),
    );
    let descriptions = [
        (400, "A value that cannot be spoken: `code` says which"),
        (401, NO_KEY),
        (408, "The body did not arrive in time"),
        (413, "The body is larger than 64 KiB"),
        (415, "The body is not said to be `application/json`"),
        (
            422,
            "The body is not JSON in UTF-8, or has the wrong shape: `detail` says where",
        ),
        (
            429,
            "This address or this key has asked too often; another may still ask",
        ),
        (500, "The synthesis broke"),
        (
            503,
            "The server is loading, or as many requests wait already as may; nobody is served sooner",
        ),
        (504, "No audio within the deadline"),
    ];
    for (status, description) in descriptions {
        let codes: Vec<_> = Code::ALL
            .into_iter()
            .filter(|code| code.status() == status)
            .collect();
        responses.insert(status.to_string(), failure(description, &codes, shape));
    }
    let request = json!({
        "required": true,
        "content": {
            "application/json": {
                "schema": reference(request_schema),
                "examples": {
                    "whole": {
                        "summary": "All at once, as a file",
                        "value": { "text": "Hello, world!", "speed": 1.0, "format": "wav" },
                    },
                    "streamed": {
                        "summary": "While it is synthesised",
                        "value": { "text": "This longer text is heard while the rest of it is still being synthesised.", "stream": true, "format": "pcm" },
                    },
                    "openai": {
                        "summary": "As OpenAI's clients ask",
                        "value": { "model": "kokoro", "input": "Hello, world!", "voice": "alloy", "response_format": "wav" },
                    },
                },
            },
        },
    });
    let operation = json!({
        "tags": ["Speech"],
        "operationId": id,
        "summary": summary,
        "requestBody": request,
        "responses": responses,
    });
    match operation {
        Value::Object(operation) => operation,
        _ => Map::new(),
    }
}
