//! What the tests of several modules share: an engine whose provider does as it is told.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use kokoro_speech::provider::{Control, Provider, Request as Piece, Sound, WordTime};
use kokoro_speech::{Engine, EngineConfig, SAMPLE_RATE, SpeechError, Voice};
use tower::ServiceExt as _;

use crate::app::{App, router};
use crate::limits::Limits;

/// What the provider does for each segment, one after the other; the last is repeated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Act {
    /// Gives a tone of that many seconds.
    Tone(f32),
    /// The same, and knows when its first word is spoken: from 0.1 s to 0.2 s.
    Timed(f32),
    /// Waits until it is told to stop.
    Hang,
    /// Breaks.
    Break,
}

/// A provider that follows a script.
#[derive(Debug)]
pub(crate) struct Scripted {
    script: Vec<Act>,
    next: AtomicUsize,
    voices: Vec<Voice>,
    /// How its waits ended.
    pub(crate) ends: Mutex<Vec<&'static str>>,
}

impl Scripted {
    pub(crate) fn new(script: &[Act]) -> Arc<Self> {
        Arc::new(Self {
            script: script.to_vec(),
            next: AtomicUsize::new(0),
            voices: vec![Voice {
                id: "tone".to_owned(),
                name: "A tone".to_owned(),
                language: "en-US".to_owned(),
                gender: "neutral",
                aliases: vec!["beep".to_owned()],
            }],
            ends: Mutex::default(),
        })
    }

    /// How many segments it was asked for.
    pub(crate) fn calls(&self) -> usize {
        self.next.load(Ordering::Acquire)
    }

    pub(crate) fn engine(self: &Arc<Self>) -> Engine {
        Engine::with_providers(
            EngineConfig::default(),
            Arc::clone(self) as Arc<dyn Provider>,
            None,
        )
    }
}

impl Provider for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn backend(&self) -> String {
        "script 1".to_owned()
    }

    fn voices(&self) -> &[Voice] {
        &self.voices
    }

    fn limits(&self) -> kokoro_text::Limits {
        kokoro_text::Limits {
            first: 20,
            max: 20,
            growth: 1,
        }
    }

    fn ready(&self) -> Result<(), SpeechError> {
        Ok(())
    }

    fn synthesise(&self, piece: &Piece<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let index = self
            .next
            .fetch_add(1, Ordering::AcqRel)
            .min(self.script.len() - 1);
        match self.script[index] {
            Act::Tone(seconds) => Ok(tone(seconds).into()),
            Act::Timed(seconds) => Ok(Sound {
                samples: tone(seconds),
                words: vec![WordTime {
                    source: piece.segment.words[0].source.clone(),
                    start: 0.1,
                    end: 0.2,
                }],
                spelled: 1,
            }),
            Act::Break => Err(SpeechError::Synthesis("the string is broken".to_owned())),
            Act::Hang => {
                for _ in 0..2000 {
                    if let Err(error) = control.check() {
                        let end = if matches!(error, SpeechError::Cancelled) {
                            "cancelled"
                        } else {
                            "late"
                        };
                        self.ends.lock().unwrap().push(end);
                        return Err(error);
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
                self.ends.lock().unwrap().push("forgotten");
                Err(SpeechError::Cancelled)
            }
        }
    }
}

fn tone(seconds: f32) -> Vec<f32> {
    let samples = Duration::from_secs_f32(seconds).as_millis() * u128::from(SAMPLE_RATE) / 1000;
    (0..samples).map(|n| (n as f32 * 0.1).sin() * 0.3).collect()
}

/// Limits small enough to reach.
pub(crate) fn tight() -> Limits {
    Limits {
        concurrency: 1,
        queue: 1,
        body_timeout: Duration::from_millis(100),
        request_deadline: Duration::from_secs(20),
        ..Limits::default()
    }
}

/// A server that speaks with this provider.
pub(crate) fn app(limits: Limits, provider: &Arc<Scripted>) -> Arc<App> {
    app_of(App::new(limits), provider)
}

/// This server, with this provider.
pub(crate) fn app_of(app: Arc<App>, provider: &Arc<Scripted>) -> Arc<App> {
    app.loaded(provider.engine());
    app
}

/// Sends one request.
pub(crate) async fn send(app: &Arc<App>, request: Request<Body>) -> Response<Body> {
    router(app).oneshot(request).await.unwrap()
}

/// A request to speak.
pub(crate) fn ask(body: impl Into<Body>) -> Request<Body> {
    Request::post("/v1/tts")
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// The whole body.
pub(crate) async fn bytes(response: Response<Body>) -> Vec<u8> {
    axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap()
        .to_vec()
}

/// The whole body, as JSON.
pub(crate) async fn json(response: Response<Body>) -> serde_json::Value {
    serde_json::from_slice(&bytes(response).await).unwrap()
}

/// Waits, for at most twenty seconds, until something holds.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..4000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never happened: {what}");
}
