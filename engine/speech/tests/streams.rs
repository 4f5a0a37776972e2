//! Many listeners at once: each gets its own words in order, and those who go leave no work behind.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{Made, Voicebox, espeak, streamed, utterance};
use kokoro_speech::provider::{Control, Provider, Request, Sound};
use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice, SpeechError, Voice};
use kokoro_text::Limits;

/// A made voice that takes its time, and counts who is at it.
#[derive(Debug)]
struct Busy {
    voice: Voicebox,
    takes: Duration,
    calls: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Busy {
    fn new(takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            voice: Voicebox::new(Made::Smooth, -20.0, 40),
            takes,
            calls: AtomicUsize::new(0),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    fn engine(self: &Arc<Self>, runs: usize) -> Engine {
        let config = EngineConfig {
            concurrent_runs: Some(runs),
            ..EngineConfig::default()
        };
        Engine::with_providers(config, Arc::clone(self) as Arc<dyn Provider>, None)
    }
}

impl Provider for Busy {
    fn name(&self) -> &'static str {
        "busy"
    }

    fn backend(&self) -> String {
        "made".to_owned()
    }

    fn voices(&self) -> &[Voice] {
        self.voice.voices()
    }

    fn limits(&self) -> Limits {
        self.voice.limits()
    }

    fn ready(&self) -> Result<(), SpeechError> {
        Ok(())
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        thread::sleep(self.takes);
        let sound = self.voice.synthesise(request, control);
        self.now.fetch_sub(1, Ordering::SeqCst);
        sound
    }
}

const LONG: &str = "One two three four five six seven eight. Nine ten eleven twelve thirteen fourteen. Fifteen \
    sixteen seventeen eighteen. Nineteen twenty twenty-one. Twenty-two twenty-three twenty-four. Twenty-five.";

#[test]
fn those_who_go_leave_no_work_behind() {
    let busy = Busy::new(Duration::from_millis(20));
    let engine = busy.engine(2);
    let mut streams: Vec<_> = (0..20)
        .map(|_| {
            engine
                .stream(&utterance(&LONG.repeat(10), "any", 1.0), &Cancel::new())
                .unwrap()
        })
        .collect();
    for stream in &mut streams {
        assert!(stream.next().unwrap().is_ok());
    }
    drop(streams);
    let gone = Instant::now();
    thread::sleep(Duration::from_millis(900));
    let after = busy.calls.load(Ordering::SeqCst);
    assert_eq!(
        busy.now.load(Ordering::SeqCst),
        0,
        "after {:?}",
        gone.elapsed()
    );
    thread::sleep(Duration::from_millis(200));
    assert_eq!(busy.calls.load(Ordering::SeqCst), after);
    assert!(after < 20 * 10, "{after} calls");
}

#[test]
fn each_listener_gets_its_own_words_in_order_however_many_there_are() {
    let busy = Busy::new(Duration::from_millis(1));
    let engine = busy.engine(3);
    let texts: Vec<String> = (0..12)
        .map(|n| format!("Listener number {n} hears this. {}", &LONG[..40 + n]))
        .collect();
    let alone: Vec<Vec<f32>> = texts
        .iter()
        .map(|text| streamed(&engine, &utterance(text, "any", 1.0)))
        .collect();
    thread::scope(|scope| {
        for (text, expected) in texts.iter().zip(&alone) {
            let engine = &engine;
            scope.spawn(move || {
                assert_eq!(&streamed(engine, &utterance(text, "any", 1.0)), expected);
            });
        }
    });
    assert_eq!(busy.most.load(Ordering::SeqCst), 3);
}

#[test]
fn a_short_request_does_not_wait_for_a_long_one() {
    let busy = Busy::new(Duration::from_millis(30));
    let engine = busy.engine(1);
    // Measured once, so that both only speak.
    streamed(&engine, &utterance("Yes.", "any", 1.0));
    let mut long = engine
        .stream(&utterance(&LONG.repeat(5), "any", 1.0), &Cancel::new())
        .unwrap();
    assert!(long.next().unwrap().is_ok());
    let before = busy.calls.load(Ordering::SeqCst);
    streamed(&engine, &utterance("Yes.", "any", 1.0));
    // Its own call, the one it waited for, and at most the one after it.
    let calls = busy.calls.load(Ordering::SeqCst) - before;
    assert!(calls <= 3, "{calls}");
}

#[test]
fn the_same_request_gives_the_same_samples() {
    // Nothing is measured, so that no load of this machine moves the cuts of a stream.
    let config = EngineConfig {
        provider: ProviderChoice::Espeak,
        ..EngineConfig::default()
    };
    let (first, second) = Engine::providers(&config).unwrap();
    let engine = Engine::with_providers(config, first, second);
    let wanted = utterance(LONG, "en-gb-f", 1.2);
    let (first, second) = (streamed(&engine, &wanted), streamed(&engine, &wanted));
    assert!(first == second);
    let whole = || engine.render(&wanted, &Cancel::new()).unwrap().samples;
    assert!(whole() == whole());
    assert!(first.len().abs_diff(whole().len()) < 24_000);
}

#[test]
fn markup_is_heard_by_every_provider() {
    let engine = espeak();
    let seconds = |text: &str| {
        let wanted = utterance(text, "en-us", 1.0);
        engine
            .render(&wanted, &Cancel::new())
            .unwrap()
            .samples
            .len() as f64
            / 24_000.0
    };
    let plain = seconds("One. Two.");
    // In place of the natural pause of 350 ms.
    let paused = seconds("One. [pause:2s] Two.");
    assert!((paused - plain - 1.65).abs() < 0.1, "{plain} {paused}");
    let slow = seconds(
        "<speak><prosody rate=\"50%\">One two three four five six seven.</prosody></speak>",
    );
    let usual = seconds("<speak>One two three four five six seven.</speak>");
    assert!((1.7..2.3).contains(&(slow / usual)), "{usual} {slow}");
}
