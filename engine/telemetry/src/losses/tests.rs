use std::io::Write;

use opentelemetry::trace::{Span as _, Tracer as _, TracerProvider as _};
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::*;

/// What was logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn of(work: impl FnOnce()) -> Vec<String> {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .without_time()
            .with_target(false)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, work);
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

fn refused() -> OTelSdkResult {
    Err(OTelSdkError::InternalFailure("no answer".to_owned()))
}

/// A processor that keeps every span for ever.
#[derive(Debug, Clone, Default)]
struct Keeps(Arc<Mutex<Vec<SpanData>>>);

impl SpanProcessor for Keeps {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        self.0.lock().unwrap().push(span);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[test]
fn more_spans_than_may_wait_are_lost_and_that_is_said_once() {
    let (losses, kept) = (Arc::new(Losses::default()), Keeps::default());
    let provider = SdkTracerProvider::builder()
        .with_span_processor(Bounded::new(kept.clone(), Arc::clone(&losses), 2))
        .build();
    let tracer = provider.tracer("test");
    let end = |count: usize| (0..count).for_each(|_| tracer.start("span").end());
    let log = Log::of(|| end(5));
    assert_eq!((kept.0.lock().unwrap().len(), losses.lost()), (2, 3));
    assert_eq!(
        log,
        [
            "WARN spans are lost: more of them end than the collector of traces takes; how many is said at the end waiting=2"
        ]
    );
    // What is on its way no more leaves room.
    losses.left(2, &Ok(()));
    assert_eq!(Log::of(|| end(3)), Vec::<String>::new());
    assert_eq!((kept.0.lock().unwrap().len(), losses.lost()), (4, 4));
    let log = Log::of(|| losses.say());
    assert_eq!(
        log,
        ["WARN spans have not reached the collector of traces lost=4 waiting=2"]
    );
}

#[test]
fn a_collector_that_is_down_is_said_once_and_said_again_when_it_is_back() {
    let losses = Losses::default();
    for _ in 0..6 {
        assert!(losses.enter(10));
    }
    let log = Log::of(|| {
        losses.because("connection refused".to_owned());
        losses.left(2, &refused());
        losses.left(1, &refused());
        losses.left(1, &Ok(()));
        losses.left(1, &Ok(()));
        losses.left(1, &refused());
    });
    let [down, back, again] = log.try_into().unwrap();
    assert!(
        down.starts_with("WARN spans are lost: the collector of traces does not take them;"),
        "{down}"
    );
    assert!(
        down.contains("lost=2") && down.ends_with("reason=\"connection refused\""),
        "{down}"
    );
    assert_eq!(
        back,
        "INFO the collector of traces takes spans again lost=3"
    );
    assert!(
        again.contains("lost=4") && !again.contains("reason="),
        "{again}"
    );
}

#[test]
fn what_the_collector_rejects_counts_and_is_said_once() {
    let losses = Losses::default();
    let log = Log::of(|| {
        losses.rejected(3, "too old");
        losses.rejected(-1, "odd");
        losses.rejected(2, "too old");
    });
    assert_eq!(losses.lost(), 5);
    assert_eq!(log.len(), 1, "{log:?}");
    assert!(
        log[0].contains("rejected=3") && log[0].contains("too old"),
        "{log:?}"
    );
}

#[test]
fn without_losses_nothing_is_said() {
    assert_eq!(Log::of(|| Losses::default().say()), Vec::<String>::new());
}
