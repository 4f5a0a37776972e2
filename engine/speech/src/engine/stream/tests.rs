use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;

use super::*;
use crate::engine::EngineConfig;
use crate::provider::{Provider, Sound, WordTime};
use crate::testing::{Fake, read, tone, voice};

fn job(text: &str) -> Job {
    let mut script = read(text);
    script.dropped = 2;
    script.ignored = 1;
    Job {
        text: Arc::from(text),
        script: Arc::new(script),
        voice: voice("first", "en-US", "female", &[]),
        language: "en-US".to_owned(),
        speed: 1.0,
    }
}

fn speaking(first: Arc<Fake>, second: Option<Arc<Fake>>) -> Speaker {
    let second = second.map(|second| second as Arc<dyn Provider>);
    let config = EngineConfig {
        concurrent_runs: Some(1),
        ..EngineConfig::default()
    };
    Speaker::new(first, second, &config)
}

fn begin(speaker: Speaker, text: &str, cancel: &Cancel, deadline: Duration) -> SpeechStream {
    start(Arc::new(speaker), job(text), cancel, deadline).unwrap()
}

fn alone(fake: Fake, text: &str) -> SpeechStream {
    begin(
        speaking(Arc::new(fake), None),
        text,
        &Cancel::new(),
        Duration::from_secs(60),
    )
}

const TWO: &str = "One two three four five six. Seven eight nine ten eleven.";

#[test]
fn chunks_come_in_order_and_are_a_tenth_of_a_second_long_but_where_a_segment_ends() {
    let stream = alone(Fake::new("fake", |_, _| Ok(tone(13_000))), TWO);
    assert_eq!(
        (stream.dropped_characters(), stream.ignored_markup()),
        (2, 1)
    );
    let chunks: Vec<AudioChunk> = stream.map(Result::unwrap).collect();
    for (index, chunk) in chunks.iter().enumerate() {
        assert_eq!(chunk.index, index as u64);
    }
    let lengths: Vec<usize> = chunks.iter().map(|chunk| chunk.samples.len()).collect();
    // The limiter keeps its look-ahead back: from the first segment for the second, from that for the end.
    let kept = 128;
    let mut expected = [2_400; 5].to_vec();
    expected.push(13_000 - 5 * 2_400 - kept);
    expected.extend([2_400; 8]);
    expected.push(8_400 + 13_000 - 8 * 2_400);
    expected.push(kept);
    assert_eq!(lengths, expected);
}

#[test]
fn sound_starts_before_the_rest_is_made() {
    let (permit, wait) = channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let fake = Fake::new("fake", move |request, _| {
        if request.segment.text().starts_with("Seven") {
            wait.lock()
                .unwrap()
                .recv_timeout(Duration::from_secs(30))
                .unwrap();
        }
        Ok(tone(12_000))
    });
    let mut stream = alone(fake, TWO);
    // All but the look-ahead of the first segment is there while the second is held back.
    for _ in 0..4 {
        assert_eq!(stream.next().unwrap().unwrap().samples.len(), 2_400);
    }
    permit.send(()).unwrap();
    assert_eq!(
        stream
            .map(|chunk| chunk.unwrap().samples.len())
            .sum::<usize>(),
        12_000 + 8_400 + 12_000 - 9_600
    );
}

#[test]
fn who_speaks_is_known_when_sound_is() {
    let second = Arc::new(Fake::new("espeak", |_, _| Ok(tone(12_000))));
    let first = Arc::new(Fake::new("kokoro", |_, _| {
        Err(SpeechError::Synthesis("broken".to_owned()))
    }));
    let speaker = Arc::new(speaking(first, Some(second)));
    let mut stream = start(
        Arc::clone(&speaker),
        job("One."),
        &Cancel::new(),
        Duration::from_secs(60),
    )
    .unwrap();
    let first_chunk = stream.next().unwrap().unwrap();
    assert_eq!(
        (first_chunk.index, stream.provider(), stream.voice()),
        (0, "espeak", "first")
    );
    assert_eq!(speaker.info().fallback_count, 1);
    assert!(stream.all(|chunk| chunk.is_ok()));
}

#[test]
fn until_then_it_is_the_one_asked_for() {
    let (permit, wait) = channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let fake = Fake::new("fake", move |_, _| {
        let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(30));
        Ok(tone(4_800))
    });
    let stream = alone(fake, "One.");
    assert_eq!((stream.provider(), stream.voice()), ("fake", "first"));
    drop(permit);
    let samples = stream.map(|chunk| chunk.unwrap().samples.len());
    assert_eq!(samples.sum::<usize>(), 4_800);
}

#[test]
fn an_error_is_the_last_item() {
    let fake = Fake::new("fake", |request, _| {
        if request.segment.text().starts_with("Seven") {
            Err(SpeechError::Synthesis("broken".to_owned()))
        } else {
            Ok(tone(12_000))
        }
    });
    let items: Vec<_> = alone(fake, TWO).collect();
    let (last, before) = items.split_last().unwrap();
    assert_eq!(
        last.as_ref().unwrap_err().to_string(),
        "synthesis failed: broken"
    );
    let samples = before.iter().flatten().map(|chunk| chunk.samples.len());
    assert_eq!(samples.sum::<usize>(), 12_000 - 128);
    assert!(before.iter().all(Result::is_ok));
}

#[test]
fn a_voice_that_was_heard_is_not_replaced() {
    let second = Arc::new(Fake::new("espeak", |_, _| Ok(tone(12_000))));
    let first = Arc::new(Fake::new("kokoro", |request, _| {
        if request.segment.text().starts_with("Seven") {
            Err(SpeechError::Synthesis("broken".to_owned()))
        } else {
            Ok(tone(12_000))
        }
    }));
    let speaker = speaking(first, Some(second.clone()));
    let stream = begin(speaker, TWO, &Cancel::new(), Duration::from_secs(60));
    assert!(stream.last().unwrap().is_err());
    assert_eq!(second.asked.lock().unwrap().len(), 0);
}

#[test]
fn what_the_first_had_ready_but_unheard_is_not_mixed_in() {
    // All of the first segment is still in the limiter when the first provider breaks.
    let first = Arc::new(Fake::new("kokoro", |request, _| {
        if request.segment.text().starts_with("Seven") {
            Err(SpeechError::Synthesis("broken".to_owned()))
        } else {
            Ok(tone(100))
        }
    }));
    let second = Arc::new(Fake::new("espeak", |_, _| Ok(tone(12_000))));
    let speaker = speaking(first, Some(second));
    let mut stream = begin(speaker, TWO, &Cancel::new(), Duration::from_secs(60));
    let mut total = 0;
    for chunk in stream.by_ref() {
        total += chunk.unwrap().samples.len();
    }
    assert_eq!(total, 12_000 + 8_400 + 12_000);
    assert_eq!(stream.provider(), "espeak");
}

#[test]
fn silence_is_an_error() {
    let items: Vec<_> = alone(Fake::new("mute", |_, _| Ok(vec![0.0; 9_000])), "One.").collect();
    // Calibration of a mute voice finds no gain, and then there is nothing to send.
    assert_eq!(items.len(), 1);
    assert_eq!(
        items[0].as_ref().unwrap_err().to_string(),
        "synthesis failed: mute gave nothing but silence"
    );
}

#[test]
fn dropping_the_stream_stops_the_work() {
    let (told, tell) = channel();
    let fake = Fake::new("fake", move |_, control: &Control| {
        let since = Instant::now();
        told.send(control.cancelled()).unwrap();
        while !control.cancelled() && since.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(2));
        }
        told.send(control.cancelled()).unwrap();
        Err(SpeechError::Cancelled)
    });
    let cancel = Cancel::new();
    let speaker = speaking(Arc::new(fake), None);
    let stream = begin(speaker, "One.", &cancel, Duration::from_secs(60));
    assert!(!tell.recv_timeout(Duration::from_secs(30)).unwrap());
    assert!(!cancel.is_cancelled());
    drop(stream);
    assert!(cancel.is_cancelled());
    assert!(tell.recv_timeout(Duration::from_secs(30)).unwrap());
}

#[test]
fn cancelling_ends_the_stream_with_that() {
    let cancel = Cancel::new();
    let speaker = speaking(Arc::new(Fake::new("fake", |_, _| Ok(tone(12_000)))), None);
    cancel.cancel();
    let items: Vec<_> = begin(speaker, "One.", &cancel, Duration::from_secs(60)).collect();
    assert_eq!(items.len(), 1);
    assert!(matches!(items[0], Err(SpeechError::Cancelled)));
}

#[test]
fn a_deadline_ends_the_stream_with_that() {
    let fake = Fake::new("fake", |_, control: &Control| {
        thread::sleep(Duration::from_millis(60));
        control.check()?;
        Ok(tone(4_800))
    });
    let speaker = speaking(Arc::new(fake), None);
    let items: Vec<_> = begin(speaker, "One.", &Cancel::new(), Duration::from_millis(20)).collect();
    assert!(matches!(
        items[..],
        [Err(SpeechError::Deadline { seconds: 0 })]
    ));
}

/// A provider that makes ten seconds for each of many segments, and counts them.
fn generous() -> (Fake, Arc<AtomicUsize>, String) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let fake = Fake::new("fake", move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        Ok(tone(24_000))
    });
    (
        fake,
        made,
        "One two three four five six seven. "
            .repeat(30)
            .trim_end()
            .to_owned(),
    )
}

#[test]
fn a_slow_listener_holds_the_work_up_and_loses_nothing() {
    let (fake, made, text) = generous();
    let speaker = speaking(Arc::new(fake), None);
    let mut stream = begin(speaker, &text, &Cancel::new(), Duration::from_secs(60));
    let first = stream.next().unwrap().unwrap();
    thread::sleep(Duration::from_millis(700));
    let ahead = made.load(Ordering::SeqCst);
    assert!(ahead < 12, "{ahead} segments made for nobody");
    let total = first.samples.len()
        + stream
            .map(|chunk| chunk.unwrap().samples.len())
            .sum::<usize>();
    assert_eq!(total, 30 * 24_000 + 29 * 8_400);
}

#[test]
fn a_listener_who_takes_nothing_is_given_up() {
    let (fake, made, text) = generous();
    let speaker = Arc::new(speaking(Arc::new(fake), None));
    let watched = Arc::downgrade(&speaker);
    let mut stream = start(
        speaker,
        job(&text),
        &Cancel::new(),
        Duration::from_millis(1_500),
    )
    .unwrap();
    assert!(stream.next().unwrap().is_ok());
    // The worker has ended when nothing but the weak handle is left of what it shared.
    let since = Instant::now();
    while watched.upgrade().is_some() && since.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(20));
    }
    assert!(watched.upgrade().is_none());
    assert!(since.elapsed() >= Duration::from_millis(1_000));
    assert!(made.load(Ordering::SeqCst) < 12);
    assert_eq!(stream.map(Result::unwrap).count(), QUEUE);
}

#[test]
fn a_cancel_ends_the_wait_for_a_slow_listener() {
    let (fake, _, text) = generous();
    let speaker = Arc::new(speaking(Arc::new(fake), None));
    let watched = Arc::downgrade(&speaker);
    let cancel = Cancel::new();
    let mut stream = start(speaker, job(&text), &cancel, Duration::from_secs(60)).unwrap();
    assert!(stream.next().unwrap().is_ok());
    thread::sleep(Duration::from_millis(300));
    cancel.cancel();
    let since = Instant::now();
    while watched.upgrade().is_some() && since.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(since.elapsed() < Duration::from_secs(10));
    drop(stream);
}

#[test]
fn words_come_with_the_chunk_they_begin_in() {
    let fake = Fake::timed("fake", |request, _| {
        let words = request.segment.words.iter();
        Ok(Sound {
            samples: tone(12_000),
            words: words
                .filter(|word| word.as_mark().is_none())
                .zip([0.0_f32, 0.05, 0.1, 0.25, 0.3, 0.4999])
                .map(|(word, start)| WordTime {
                    source: word.source.clone(),
                    start,
                    end: start + 0.05,
                })
                .collect(),
            spelled: 3,
        })
    });
    let mut stream = alone(fake, TWO);
    assert_eq!((stream.spelled_words(), stream.segments()), (0, 0));
    let chunks: Vec<AudioChunk> = stream.by_ref().map(Result::unwrap).collect();
    assert_eq!((stream.spelled_words(), stream.segments()), (6, 2));
    let said: Vec<Vec<&str>> = chunks
        .iter()
        .map(|chunk| {
            chunk
                .words
                .iter()
                .map(|word| &TWO[word.bytes.clone()])
                .collect()
        })
        .collect();
    assert_eq!(said[..3], [vec!["One", "two"], vec!["three"], vec!["four"]]);
    // The sixth begins in what the limiter keeps back.
    assert_eq!(said[3..5], [vec!["five"], vec![]]);
    assert_eq!(said[5], ["six"]);
    // Half a second and a pause of 350 ms later.
    assert_eq!(said[8], ["Seven"]);
    assert_eq!(said[9], ["eight", "nine"]);
    assert_eq!(said.concat().len(), 11);
    let starts: Vec<f64> = chunks
        .iter()
        .flat_map(|chunk| chunk.words.iter().map(|word| word.start))
        .collect();
    assert!(starts.is_sorted(), "{starts:?}");
    assert!((starts[6] - 0.85).abs() < 1e-6, "{starts:?}");
}

#[test]
fn the_next_segment_is_made_while_one_waits_for_its_listener() {
    let (fake, made, text) = generous();
    let speaker = speaking(Arc::new(fake), None);
    let mut stream = begin(speaker, &text, &Cancel::new(), Duration::from_secs(60));
    assert!(stream.next().unwrap().is_ok());
    // One second each: six fill the queue, one is being delivered, one waits for that and one for this.
    let since = Instant::now();
    while made.load(Ordering::SeqCst) < 8 && since.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(5));
    }
    thread::sleep(Duration::from_millis(100));
    let ahead = made.load(Ordering::SeqCst);
    assert!((8..=10).contains(&ahead), "{ahead}");
}
