use std::time::Duration;

use http_body::{Body as _, Frame};

use std::pin::Pin;

use super::*;
use crate::limits::Limits;
use crate::tests::{Act, Scripted, app, ask, eventually, send, tight};

/// Ten segments.
const TEN: &str = r#"{"text":"One two three four. One two three four. One two three four. One two three four. One two three four. One two three four. One two three four. One two three four. One two three four. One two three four.","stream":true}"#;

async fn next(body: &mut Body) -> Option<Result<Frame<Bytes>, axum::Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

#[test]
fn a_stream_in_time_has_no_underrun() {
    let start = Instant::now();
    let mut progress = Progress::new(start);
    progress.add(start, 24_000);
    progress.add(start + Duration::from_millis(999), 24_000);
    progress.add(start + Duration::from_millis(2000), 24_000);
    assert_eq!((progress.underruns, progress.samples), (0, 72_000));
}

#[test]
fn every_pause_of_playback_is_counted_once() {
    let start = Instant::now();
    let mut progress = Progress::new(start);
    progress.add(start + Duration::from_secs(5), 24_000);
    // Half a second late: playback stands still and goes on half a second later than planned.
    progress.add(start + Duration::from_millis(6500), 24_000);
    assert_eq!(progress.underruns, 1);
    assert!((progress.stalled - 0.5).abs() < 1e-9);
    progress.add(start + Duration::from_millis(7400), 24_000);
    assert_eq!(progress.underruns, 1);
    progress.add(start + Duration::from_millis(9000), 24_000);
    assert_eq!(progress.underruns, 2);
}

#[test]
fn time_the_client_took_is_not_the_engines() {
    let start = Instant::now();
    let mut progress = Progress::new(start);
    progress.add(start, 24_000);
    progress.waited = 3.0;
    progress.add(start + Duration::from_secs(4), 24_000);
    assert_eq!(progress.underruns, 0);
    progress.add(start + Duration::from_millis(5001), 24_000);
    assert_eq!(progress.underruns, 1);
}

#[test]
fn the_report_leaves_out_what_the_client_took() {
    let metrics = crate::metrics::Metrics::default();
    let began = Instant::now().checked_sub(Duration::from_secs(10)).unwrap();
    let progress = Progress {
        began,
        first: None,
        samples: 48_000,
        stalled: 0.0,
        underruns: 3,
        waited: 9.0,
    };
    let totals = progress.totals(began.checked_sub(Duration::from_secs(5)).unwrap(), 3, 2);
    assert!((15.0..15.5).contains(&totals.total.as_secs_f64()));
    assert_eq!((totals.audio_seconds, totals.underruns), (2.0, 3));
    assert_eq!((totals.segments, totals.spelled_words), (3, 2));
    totals.count(&metrics);
    let milliseconds = metrics.summary().mean_synthesis_ms.unwrap();
    assert!((1000.0..1500.0).contains(&milliseconds), "{milliseconds}");
}

#[tokio::test]
async fn what_is_ahead_of_a_slow_listener_is_bounded() {
    let provider = Scripted::new(&[Act::Tone(10.0)]);
    let app = app(
        Limits {
            stream_buffer_bytes: 48_000,
            ..tight()
        },
        &provider,
    );
    let response = send(&app, ask(TEN)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    // One second in the buffer, six in the engine's queue: never all hundred.
    assert!(provider.calls() < 6, "{}", provider.calls());
    assert_eq!(app.gauges().active_requests, 1);
    let body = crate::tests::bytes(response).await;
    assert!(body.len() > 90 * 48_000, "{}", body.len());
    eventually("the slot is free", || app.gauges().active_requests == 0).await;
    eventually("it is counted", || {
        app.metrics.summary().success_rate == Some(1.0)
    })
    .await;
}

#[tokio::test]
async fn the_slot_is_free_once_synthesis_ends_however_slow_the_listener() {
    let app = app(tight(), &Scripted::new(&[Act::Tone(1.0)]));
    let response = send(&app, ask(TEN)).await;
    eventually("the slot is free", || app.gauges().active_requests == 0).await;
    assert!(crate::tests::bytes(response).await.len() > 9 * 48_000);
}

#[tokio::test]
async fn a_listener_that_leaves_ends_a_stream_that_waits_for_room() {
    let provider = Scripted::new(&[Act::Tone(10.0)]);
    let app = app(
        Limits {
            stream_buffer_bytes: 9600,
            ..tight()
        },
        &provider,
    );
    let response = send(&app, ask(TEN)).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(response);
    eventually("the slot is free", || app.gauges().active_requests == 0).await;
    assert!(provider.calls() < 6, "{}", provider.calls());
    assert_eq!(app.metrics.summary().success_rate, None);
}

#[tokio::test]
async fn a_stream_that_breaks_after_its_first_audio_breaks_its_body() {
    let app = app(
        tight(),
        &Scripted::new(&[Act::Tone(3.0), Act::Tone(3.0), Act::Tone(3.0), Act::Break]),
    );
    let response = send(&app, ask(TEN)).await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut audio = 0;
    let mut error = None;
    for _ in 0..1000 {
        match next(&mut body).await {
            Some(Ok(frame)) => audio += frame.into_data().unwrap().len(),
            Some(Err(broken)) => error = Some(broken),
            None => break,
        }
    }
    assert!(audio > 48_000, "{audio}");
    assert_eq!(
        error.unwrap().to_string(),
        "synthesis failed: the string is broken"
    );
    assert_eq!(app.metrics.summary().success_rate, Some(0.0));
}
