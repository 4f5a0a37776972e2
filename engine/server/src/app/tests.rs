use std::time::Duration;

use super::*;
use crate::tests::{Act, Scripted, eventually, tight};

#[tokio::test]
async fn a_full_queue_is_refused_at_once_and_a_free_slot_serves_who_waits() {
    let app = App::new(tight());
    let first = app.admit().await.unwrap();
    assert_eq!(
        (app.gauges().active_requests, app.gauges().queue_depth),
        (1, 0)
    );

    let waiting = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.admit().await.map(drop) }
    });
    eventually("one waits", || app.gauges().queue_depth == 1).await;

    let refused = tokio::time::timeout(Duration::from_secs(5), app.admit())
        .await
        .expect("an answer at once")
        .unwrap_err();
    assert_eq!(refused.code, Code::QueueFull);
    assert_eq!(
        refused.message,
        "1 requests are waiting already; try again in a moment"
    );

    drop(first);
    waiting.await.unwrap().unwrap();
    assert_eq!(
        (app.gauges().active_requests, app.gauges().queue_depth),
        (0, 0)
    );
}

#[tokio::test]
async fn who_stops_waiting_gives_the_place_back() {
    let app = App::new(tight());
    let _first = app.admit().await.unwrap();
    let gave_up = tokio::time::timeout(Duration::from_millis(20), app.admit()).await;
    assert!(gave_up.is_err());
    assert_eq!(app.gauges().queue_depth, 0);
}

#[test]
fn before_loading_ends_the_answer_is_to_come_again() {
    let app = App::new(tight());
    assert!(app.engine().is_none());
    assert_eq!(app.ready().unwrap_err(), ApiError::not_loaded());
}

#[test]
fn only_the_first_engine_counts() {
    let app = App::new(tight());
    app.loaded(Scripted::new(&[Act::Break]).engine());
    let first = Arc::clone(app.engine().unwrap());
    app.loaded(Scripted::new(&[Act::Break]).engine());
    assert!(Arc::ptr_eq(&first, &app.ready().unwrap()));
}

#[test]
fn gauges_know_memory_and_time() {
    let app = App::new(tight());
    std::thread::sleep(Duration::from_millis(2));
    let gauges = app.gauges();
    assert!(gauges.rss_bytes > 1_000_000, "{gauges:?}");
    assert!(gauges.uptime_seconds >= 0.002, "{gauges:?}");
}
