//! Any body to every route that takes one, through the whole server to the last byte of its answer; only sockets and a voice are left out. The
//! last byte says which route.
#![no_main]

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use kokoro_server::{fuzzing, openapi};
use kokoro_speech::provider::{Control, Provider, Request as Piece, Sound};
use kokoro_speech::{Engine, EngineConfig, SpeechError, Voice};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// Says every segment as 10 ms of a tone.
#[derive(Debug)]
struct Beep(Vec<Voice>);

impl Provider for Beep {
    fn name(&self) -> &'static str {
        "beep"
    }

    fn backend(&self) -> String {
        "beep 1".to_owned()
    }

    fn voices(&self) -> &[Voice] {
        &self.0
    }

    fn limits(&self) -> kokoro_text::Limits {
        kokoro_text::Limits {
            first: 20,
            max: 160,
            growth: 2,
        }
    }

    fn ready(&self) -> Result<(), SpeechError> {
        Ok(())
    }

    fn synthesise(&self, _: &Piece<'_>, _: &Control) -> Result<Sound, SpeechError> {
        let tone: Vec<f32> = (0..240_u8)
            .map(|at| (f32::from(at) * 0.1).sin() * 0.3)
            .collect();
        Ok(tone.into())
    }
}

struct Server {
    runtime: Runtime,
    router: Router,
    /// Every route that the contract has a POST for.
    routes: Vec<String>,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let voices = openapi::built_in_voices();
        let document = openapi::document(&voices);
        let routes = document["paths"].as_object().expect("paths");
        let config = EngineConfig {
            max_characters: kokoro_server::limits::MAX_CHARACTERS,
            ..EngineConfig::default()
        };
        let engine = Engine::with_providers(config, Arc::new(Beep(voices)), None);
        engine.warm_up().expect("it beeps");
        Server {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
            router: fuzzing::routes(engine),
            routes: routes
                .iter()
                .filter(|(_, path)| path.get("post").is_some())
                .map(|(route, _)| route.clone())
                .collect(),
        }
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, body)) = bytes.split_last() else {
        return;
    };
    let server = server();
    let route = &server.routes[usize::from(*which) % server.routes.len()];
    let request = Request::post(route.as_str())
        .header("content-type", "application/json")
        .body(Body::from(body.to_vec()))
        .expect("a request");
    let (status, answer) = server.runtime.block_on(async {
        let answer = server
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let status = answer.status();
        (status, to_bytes(answer.into_body(), usize::MAX).await)
    });
    assert!(
        status.is_success() || status.is_client_error(),
        "{route}: {status}"
    );
    let answer = answer.expect("a whole answer");
    if status.is_client_error() {
        let error: Value = serde_json::from_slice(&answer).expect("errors are JSON");
        assert!(error["code"].is_string() && error["request_id"].is_string());
    }
});
