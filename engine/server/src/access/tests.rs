use std::num::NonZeroU32;

use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::json;

use super::*;
use crate::tests::{Act, Scripted, app_of, ask, get, json, send, tight};

const HI: &str = r#"{"text":"Hi"}"#;

fn rate(per_minute: u32) -> Option<Rate> {
    NonZeroU32::new(per_minute).map(Rate::per_minute)
}

fn server(access: Access) -> Arc<App> {
    app_of(
        App::guarded(tight(), access),
        &Scripted::new(&[Act::Tone(0.1)]),
    )
}

fn with_key(mut request: Request<Body>, value: &'static str) -> Request<Body> {
    request
        .headers_mut()
        .insert("authorization", HeaderValue::from_static(value));
    request
}

fn from(mut request: Request<Body>, address: &str) -> Request<Body> {
    request
        .extensions_mut()
        .insert(Peer(address.parse().unwrap()));
    request
}

async fn refusal(app: &Arc<App>, request: Request<Body>) -> (u16, String, String, String) {
    let response = send(app, request).await;
    let status = response.status().as_u16();
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    let (challenge, retry) = (header("www-authenticate"), header("retry-after"));
    let body = json(response).await;
    (
        status,
        body["code"].as_str().unwrap_or_default().to_owned(),
        challenge,
        retry,
    )
}

#[tokio::test]
async fn without_keys_everybody_is_let_in() {
    let app = server(Access::default());
    assert_eq!(send(&app, ask(HI)).await.status(), 200);
    assert_eq!(
        send(&app, with_key(ask(HI), "Bearer any")).await.status(),
        200
    );
}

#[tokio::test]
async fn with_keys_only_who_has_one_is_let_in_and_probes_are() {
    let app = server(Access {
        keys: Keys::parse("alpha\nbeta").unwrap(),
        ..Access::default()
    });
    let unauthorized = (
        401,
        "UNAUTHORIZED".to_owned(),
        "Bearer".to_owned(),
        String::new(),
    );
    for value in [
        "Bearer gamma",
        "Bearer ",
        "Bearer",
        "Basic alpha",
        "alpha",
        "Beareralpha",
    ] {
        assert_eq!(
            refusal(&app, with_key(ask(HI), value)).await,
            unauthorized,
            "{value}"
        );
    }
    assert_eq!(refusal(&app, ask(HI)).await, unauthorized);
    for path in [
        "/voices",
        "/v1/models",
        "/status",
        "/metrics",
        "/nowhere",
        "/docsx",
    ] {
        assert_eq!(refusal(&app, get(path)).await, unauthorized, "{path}");
    }
    for value in ["Bearer alpha", "bearer beta"] {
        assert_eq!(
            send(&app, with_key(ask(HI), value)).await.status(),
            200,
            "{value}"
        );
    }
    for path in [
        "/health",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/openapi.yaml",
    ] {
        assert_eq!(send(&app, get(path)).await.status(), 200, "{path}");
    }
    assert!(is_open("/assets/pages.css") && is_open("/") && is_open("/docs"));
    assert!(!is_open("/assets"));
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_another_does_not() {
    let app = server(Access {
        per_address: rate(2),
        ..Access::default()
    });
    for _ in 0..2 {
        assert_eq!(send(&app, from(ask(HI), "10.0.0.1")).await.status(), 200);
    }
    let limited = (
        429,
        "RATE_LIMITED".to_owned(),
        String::new(),
        "30".to_owned(),
    );
    assert_eq!(refusal(&app, from(ask(HI), "10.0.0.1")).await, limited);
    // The same address in its other notation.
    assert_eq!(
        refusal(&app, from(ask(HI), "::ffff:10.0.0.1")).await,
        limited
    );
    assert_eq!(send(&app, from(ask(HI), "10.0.0.2")).await.status(), 200);
    // What does not speak is not counted.
    assert_eq!(
        send(&app, from(get("/voices"), "10.0.0.1")).await.status(),
        200
    );
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits_wherever_it_comes_from() {
    let app = server(Access {
        keys: Keys::parse("alpha\nbeta").unwrap(),
        per_key: rate(1),
        ..Access::default()
    });
    let alpha = |address: &str| from(with_key(ask(HI), "Bearer alpha"), address);
    assert_eq!(send(&app, alpha("10.0.0.1")).await.status(), 200);
    let (status, code, _, retry) = refusal(&app, alpha("10.0.0.2")).await;
    assert_eq!(
        (status, code.as_str(), retry.as_str()),
        (429, "RATE_LIMITED", "60")
    );
    let beta = with_key(ask(HI), "Bearer beta");
    assert_eq!(send(&app, beta).await.status(), 200);
    let voices = with_key(get("/voices"), "Bearer alpha");
    assert_eq!(send(&app, voices).await.status(), 200);
}

#[tokio::test]
async fn who_guesses_keys_is_slowed_down() {
    let app = server(Access {
        keys: Keys::parse("alpha").unwrap(),
        per_address: rate(1),
        ..Access::default()
    });
    assert_eq!(refusal(&app, ask(HI)).await.0, 401);
    assert_eq!(refusal(&app, ask(HI)).await.0, 429);
}

#[test]
fn one_customer_is_one_client() {
    let network_of = |text: &str| network(text.parse().unwrap()).to_string();
    assert_eq!(network_of("192.0.2.7"), "192.0.2.7");
    assert_eq!(network_of("::ffff:192.0.2.7"), "192.0.2.7");
    assert_eq!(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
}

#[tokio::test]
async fn pages_of_other_origins_are_let_in_only_when_named() {
    let preflight = || {
        Request::options("/v1/tts")
            .header("origin", "https://example.org")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-stainless-lang")
            .body(Body::empty())
            .unwrap()
    };
    let closed = send(&server(Access::default()), preflight()).await;
    assert_eq!(closed.status(), 405);
    assert!(!closed.headers().contains_key("access-control-allow-origin"));

    let open = server(Access {
        keys: Keys::parse("alpha").unwrap(),
        origins: vec!["https://example.org".parse().unwrap()],
        ..Access::default()
    });
    let answer = send(&open, preflight()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(
        answer.headers()["access-control-allow-origin"],
        "https://example.org"
    );
    assert_eq!(
        answer.headers()["access-control-allow-headers"],
        "x-stainless-lang"
    );
    let mut other = preflight();
    other
        .headers_mut()
        .insert("origin", HeaderValue::from_static("https://other.org"));
    assert!(
        !send(&open, other)
            .await
            .headers()
            .contains_key("access-control-allow-origin")
    );
    // A refusal can be read by the page as well, in its usual shape.
    let mut refused = ask(HI);
    refused
        .headers_mut()
        .insert("origin", HeaderValue::from_static("https://example.org"));
    let refused = send(&open, refused).await;
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        "https://example.org"
    );
    assert_eq!(json(refused).await["code"], json!("UNAUTHORIZED"));
}
