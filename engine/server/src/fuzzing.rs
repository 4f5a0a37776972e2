//! What the fuzz targets of `engine/server/fuzz` call. Compiled for these targets only.

use axum::Router;
use kokoro_speech::Engine;

use crate::access::Access;
use crate::app::{App, SPEECH_ROUTES, router};
use crate::limits::{Limits, MAX_CHARACTERS, MAX_SPEED, MIN_SPEED};
use crate::request::{self, Dialect};

/// Every route of a server that speaks with this engine, without a socket.
pub fn routes(engine: Engine) -> Router {
    let app = App::guarded(Limits::default(), Access::default());
    app.loaded(engine);
    router(&app)
}

/// Any body of a speech request: refused with a reason, or inside all limits.
pub fn body(body: &[u8]) {
    for route in SPEECH_ROUTES {
        match request::parse(body, Dialect::of(route)) {
            Ok(request) => {
                assert!((1..=MAX_CHARACTERS).contains(&request.characters));
                let speed = f64::from(request.utterance.speed);
                assert!((MIN_SPEED..=MAX_SPEED).contains(&speed));
                assert!(kokoro_speech::encode::check_rate(request.sample_rate).is_ok());
            }
            Err(error) => assert!(!error.message.is_empty()),
        }
    }
}
