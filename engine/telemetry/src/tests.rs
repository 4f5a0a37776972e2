use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

const TARGET: &str = "test::trace";

/// Traces that go to nobody.
fn traces(sampling: Sampling) -> Traces {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings {
        sampling,
        timeout: Duration::from_millis(100),
        ..Settings::new(format!("http://{address}/v1/traces"))
    };
    Traces::begin(&settings, "test").unwrap()
}

fn headers(traceparent: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("traceparent", traceparent.parse().unwrap());
    headers
}

/// The id a span of this target gets with these headers.
fn joined(target: &'static str, headers: &HeaderMap) -> Option<String> {
    let traces = traces(Sampling::ALL);
    let subscriber = tracing_subscriber::registry().with(traces.layer(target));
    tracing::subscriber::with_default(subscriber, || {
        let span = tracing::debug_span!(target: TARGET, parent: None, "request");
        join(&span, headers)
    })
}

const CALLER: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

#[test]
fn a_request_joins_the_trace_of_its_caller() {
    let with_caller = headers(&format!("00-{CALLER}-00f067aa0ba902b7-01"));
    assert_eq!(joined(TARGET, &with_caller).as_deref(), Some(CALLER));
}

#[test]
fn without_a_caller_or_with_nonsense_it_is_a_trace_of_its_own() {
    let nonsense = headers("00-nonsense-00f067aa0ba902b7-01");
    let zero = headers("00-00000000000000000000000000000000-00f067aa0ba902b7-01");
    for headers in [HeaderMap::new(), nonsense, zero] {
        let id = joined(TARGET, &headers).unwrap();
        assert_eq!(id.len(), 32, "{id}");
        assert!(id.bytes().any(|digit| digit != b'0'));
        assert_ne!(id, CALLER);
    }
}

#[test]
fn a_span_that_nobody_collects_has_no_trace() {
    let with_caller = headers(&format!("00-{CALLER}-00f067aa0ba902b7-01"));
    assert_eq!(joined("another::target", &with_caller), None);
    assert_eq!(join(&Span::none(), &with_caller), None);
}

#[test]
fn what_no_exporter_can_use_is_refused() {
    let error = Traces::begin(&Settings::new("http://a b".to_owned()), "test").unwrap_err();
    assert!(
        error.to_string().starts_with("traces cannot be exported: "),
        "{error}"
    );
}

#[test]
fn samplers_sample() {
    use opentelemetry::trace::{Span as _, Tracer as _};
    let sampled = |sampling: Sampling| {
        let traces = traces(sampling);
        let tracer = traces.provider.tracer("test");
        tracer.start("span").span_context().is_sampled()
    };
    assert!(sampled(Sampling::ALL));
    for follows_caller in [false, true] {
        assert!(!sampled(Sampling {
            share: 0.0,
            follows_caller
        }));
    }
}

#[test]
fn the_end_does_not_wait_for_a_collector_that_hangs() {
    let traces = traces(Sampling::ALL);
    let subscriber = tracing_subscriber::registry().with(traces.layer(TARGET));
    tracing::subscriber::with_default(subscriber, || {
        drop(tracing::debug_span!(target: TARGET, "request"));
    });
    let since = std::time::Instant::now();
    traces.end();
    assert!(
        since.elapsed() < Duration::from_secs(5),
        "{:?}",
        since.elapsed()
    );
}
