use super::*;
use crate::bench::client::tests::{STATUS, Stub};

fn plan(preset: Preset) -> Plan {
    Plan::of(&BenchArguments {
        preset,
        stream: false,
        whole: false,
        trials: 5,
        duration: None,
        soak: None,
        disconnect: None,
        concurrent: None,
        url: None,
        voice: Some("nova".to_owned()),
        output: None,
        engine: crate::args::EngineArguments::default(),
    })
}

#[test]
fn presets_are_what_they_are_called() {
    let config = plan(Preset::Short).config(&[]);
    assert_eq!(
        (
            config.preset,
            config.concurrent,
            config.characters.as_slice()
        ),
        ("short", 1, [140].as_slice())
    );
    assert_eq!(
        (config.trials, config.stream, config.voice.as_deref()),
        (Some(5), true, Some("nova"))
    );
    let config = plan(Preset::Long).config(&[]);
    assert_eq!(
        (config.preset, config.concurrent, config.characters.len()),
        ("long", 1, 1)
    );
    let config = plan(Preset::Load).config(&[]);
    assert_eq!(
        (config.preset, config.concurrent, config.characters.len()),
        ("load", 10, 10)
    );
}

#[test]
fn load_is_kept_up_before_and_after() {
    let plan_of = |concurrent| Plan {
        concurrent,
        ..plan(Preset::Load)
    };
    assert_eq!((plan_of(1).before(), plan_of(1).after()), (3, 0));
    assert_eq!((plan_of(3).before(), plan_of(3).after()), (3, 2));
    assert_eq!((plan_of(10).before(), plan_of(10).after()), (10, 9));
}

#[test]
fn work_is_done_once_each_in_order_and_at_the_same_time() {
    let plan = Plan {
        concurrent: 3,
        ..plan(Preset::Load)
    };
    let barrier = std::sync::Barrier::new(3);
    let results = plan.in_parallel(
        |index| index < 6,
        |index| {
            // Ends only when three are at work together.
            barrier.wait();
            index * 10
        },
    );
    assert_eq!(results, [0, 10, 20, 30, 40, 50]);
    let none = plan.in_parallel(|_| false, |index| index);
    assert_eq!(none, Vec::<usize>::new());
}

#[test]
fn trials_begin_with_the_first_text_and_keep_memory_and_failures() {
    // A server that speaks never, and says its memory.
    let stub = Stub::answering(&[STATUS]);
    let (trials, unmeasured) = plan(Preset::Load).measure(&stub.client(), &[]);
    let texts: Vec<_> = trials.iter().map(|trial| trial.text).collect();
    assert_eq!(texts, [0, 1, 2, 3, 4]);
    assert_eq!((unmeasured.before, unmeasured.after), (10, 9));
    for trial in &trials {
        // The answer to /status has an odd or even number of bytes, and it is no audio either way.
        assert!(
            trial.rss_bytes.len() >= 2 && trial.rss_bytes.iter().all(|bytes| *bytes == 4096),
            "{trial:?}"
        );
        assert!(trial.started_s >= 0.0 && trial.wall_s > 0.0);
    }
}

#[test]
fn a_server_that_refuses_the_texts_is_not_measured() {
    let stub = Stub::answering(&["HTTP/1.1 400 Bad\r\nconnection: close\r\n\r\nno"]);
    let error = plan(Preset::Short).references(&stub.client()).unwrap_err();
    assert_eq!(error.code(), 3);
    assert_eq!(
        error.to_string(),
        "the server does not speak the text it would be measured with: expected status 200; found 400: no"
    );
}

#[test]
fn references_are_one_for_each_text() {
    let stub = Stub::answering(&["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabcd"]);
    let references = plan(Preset::Load).references(&stub.client()).unwrap();
    assert_eq!(references.len(), 10);
    assert!(
        references
            .iter()
            .all(|reference| reference.envelope.bytes() == 4)
    );
}

#[test]
fn for_a_time_every_client_asks_again_and_who_is_refused_waits() {
    let plan_of = |concurrent, seconds| Plan {
        concurrent,
        amount: Amount::Time(Duration::from_secs(seconds)),
        ..plan(Preset::Load)
    };
    assert_eq!((plan_of(4, 1).before(), plan_of(4, 1).after()), (4, 0));
    let config = plan_of(4, 60).config(&[]);
    assert_eq!((config.trials, config.duration_s), (None, Some(60)));
    // What stays the same when the time is over before the first request: those that are not measured.
    let stub = Stub::answering(&[STATUS]);
    let (trials, unmeasured) = plan_of(1, 0).measure(&stub.client(), &[]);
    assert_eq!((trials.len(), unmeasured.before), (0, 3));

    // Who is told to come again in a minute waits, but not beyond the end.
    let busy = "HTTP/1.1 503 Busy\r\nretry-after: 60\r\nconnection: close\r\n\r\n{}";
    let begun = Instant::now();
    let (trials, unmeasured) = plan_of(1, 1).measure(&Stub::answering(&[busy]).client(), &[]);
    assert_eq!((trials.len(), unmeasured.failed), (0, 3));
    assert!((1..50).contains(&begun.elapsed().as_secs()));
}

#[test]
fn nobody_leaves_unless_asked_to() {
    let stub = Stub::answering(&[STATUS]);
    assert_eq!(plan(Preset::Short).leave(&stub.client()).unwrap(), None);
    let leaving = Plan {
        leavers: Some(2),
        ..plan(Preset::Short)
    };
    let error = leaving.leave(&stub.client()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected the metrics of a kokoro server; found none"
    );
}
