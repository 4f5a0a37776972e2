//! Spans that do not reach the collector: bounded, counted, said.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanExporter, SpanProcessor};

/// What was lost so far, and what of that was said.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    /// Spans that wait or are being sent.
    waiting: AtomicUsize,
    lost: AtomicU64,
    /// Whether the last batch was lost.
    is_failing: AtomicBool,
    was_full: AtomicBool,
    was_rejected: AtomicBool,
    /// Why the last attempt had no answer.
    reason: Mutex<String>,
}

impl Losses {
    /// Whether one more span may wait. One that may not is lost.
    fn enter(&self, most: usize) -> bool {
        let entered = self
            .waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |waiting| {
                (waiting < most).then_some(waiting + 1)
            })
            .is_ok();
        if !entered {
            self.lost.fetch_add(1, Ordering::AcqRel);
            if !self.was_full.swap(true, Ordering::AcqRel) {
                tracing::warn!(
                    waiting = most,
                    "spans are lost: more of them end than the collector of traces takes; how many is said at the end"
                );
            }
        }
        entered
    }

    /// A batch is no longer on its way.
    fn left(&self, spans: usize, result: &OTelSdkResult) {
        self.waiting.fetch_sub(spans, Ordering::AcqRel);
        match result {
            Ok(()) => {
                if self.is_failing.swap(false, Ordering::AcqRel) {
                    tracing::info!(
                        lost = self.lost(),
                        "the collector of traces takes spans again"
                    );
                }
            }
            Err(error) => {
                self.add(spans);
                if !self.is_failing.swap(true, Ordering::AcqRel) {
                    let reason = self.take_reason();
                    tracing::warn!(
                        lost = self.lost(),
                        %error,
                        reason,
                        "spans are lost: the collector of traces does not take them; said again when it does, and at the end"
                    );
                }
            }
        }
    }

    /// The collector has taken a batch, but for so many of its spans.
    pub(crate) fn rejected(&self, spans: i64, reason: &str) {
        let spans = usize::try_from(spans).unwrap_or(0);
        self.add(spans);
        if !self.was_rejected.swap(true, Ordering::AcqRel) {
            tracing::warn!(
                rejected = spans,
                reason,
                "spans are lost: the collector of traces rejects some; how many is said at the end"
            );
        }
    }

    /// Why there was no answer.
    pub(crate) fn because(&self, reason: String) {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    fn take_reason(&self) -> Option<String> {
        let mut reason = self.reason.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = std::mem::take(&mut *reason);
        (!reason.is_empty()).then_some(reason)
    }

    fn add(&self, spans: usize) {
        let spans = u64::try_from(spans).unwrap_or(u64::MAX);
        self.lost.fetch_add(spans, Ordering::AcqRel);
    }

    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Acquire)
    }

    /// Says what was lost in all, if anything was.
    pub(crate) fn say(&self) {
        let (lost, waiting) = (self.lost(), self.waiting.load(Ordering::Acquire));
        if lost > 0 || waiting > 0 {
            tracing::warn!(
                lost,
                waiting,
                "spans have not reached the collector of traces"
            );
        }
    }
}

/// A processor whose queue has a bound, and which counts what finds no place in it.
#[derive(Debug)]
pub(crate) struct Bounded<P> {
    inner: P,
    losses: Arc<Losses>,
    most: usize,
}

impl<P> Bounded<P> {
    pub(crate) fn new(inner: P, losses: Arc<Losses>, most: usize) -> Self {
        Self {
            inner,
            losses,
            most,
        }
    }
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.losses.enter(self.most) {
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

/// An exporter whose failures are counted.
#[derive(Debug)]
pub(crate) struct Counted<E> {
    inner: E,
    losses: Arc<Losses>,
}

impl<E> Counted<E> {
    pub(crate) fn new(inner: E, losses: Arc<Losses>) -> Self {
        Self { inner, losses }
    }
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.inner.export(batch).await;
        self.losses.left(spans, &result);
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.inner.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}

#[cfg(test)]
mod tests;
