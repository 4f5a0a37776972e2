//! What the engine adds to the calls of its provider: text, queues, threads, joins, loudness.
//!
//! `calls` is the time spent inside the provider, `rest` everything else, both of the same runs, so that a busy machine
//! disturbs both alike; their ratio is the overhead. The model is that of `KOKORO_BENCH_MODEL` and
//! `KOKORO_BENCH_VOICES`, else the engine's default. A full-size model says what the overhead is worth; a small one only how large it is.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use kokoro_speech::provider::{Control, Footprint, Provider, Request, Sound};
use kokoro_speech::{Cancel, Engine, EngineConfig, SpeechError, Utterance, Voice};
use kokoro_text::Limits;

const TEXT: &str = "The sun was going down behind the hills when the last train left the station. Nobody waved, and nobody \
    had to: everyone who had ever lived there had gone long before, with their lamps, their dogs and their doors. What \
    stayed was the clock over the platform, which had been wrong for years, and a sign that said where one was. Then \
    it began to rain, slowly at first, and after an hour so hard that the rails sang under it. In the morning the \
    valley was a lake, and the clock, for once, was right.";

/// A provider that counts the time spent in it.
#[derive(Debug)]
struct Timed {
    inner: Arc<dyn Provider>,
    nanoseconds: AtomicU64,
}

impl Timed {
    fn taken(&self) -> Duration {
        Duration::from_nanos(self.nanoseconds.swap(0, Ordering::AcqRel))
    }
}

impl Provider for Timed {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn backend(&self) -> String {
        self.inner.backend()
    }

    fn voices(&self) -> &[Voice] {
        self.inner.voices()
    }

    fn limits(&self) -> Limits {
        self.inner.limits()
    }

    fn ready(&self) -> Result<(), SpeechError> {
        self.inner.ready()
    }

    fn footprint(&self) -> Footprint {
        self.inner.footprint()
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let begun = Instant::now();
        let sound = self.inner.synthesise(request, control);
        let taken = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(taken, Ordering::AcqRel);
        sound
    }
}

fn engine() -> Result<(Arc<Timed>, Engine), SpeechError> {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let config = EngineConfig {
        model: path("KOKORO_BENCH_MODEL"),
        voices: path("KOKORO_BENCH_VOICES"),
        ..EngineConfig::default()
    };
    let timed = Arc::new(Timed {
        inner: Engine::providers(&config)?.0,
        nanoseconds: AtomicU64::default(),
    });
    let provider = Arc::clone(&timed) as Arc<dyn Provider>;
    let engine = Engine::with_providers(config, provider, None);
    engine.warm_up()?;
    Ok((timed, engine))
}

/// Speaks the text and gives the time it took in all.
fn spoken(engine: &Engine, is_streamed: bool) -> Result<Duration, SpeechError> {
    let utterance = Utterance {
        text: TEXT.to_owned(),
        voice: None,
        speed: 1.0,
        lang: None,
    };
    let begun = Instant::now();
    if is_streamed {
        for chunk in engine.stream(&utterance, &Cancel::new())? {
            std::hint::black_box(chunk?);
        }
    } else {
        std::hint::black_box(engine.render(&utterance, &Cancel::new())?);
    }
    Ok(begun.elapsed())
}

fn pipeline(criterion: &mut Criterion) {
    let (timed, engine) = match engine() {
        Ok(opened) => opened,
        Err(error) => {
            eprintln!("nothing to measure: {error}");
            return;
        }
    };
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10);
    for (kind, is_streamed) in [("whole", false), ("stream", true)] {
        for part in ["calls", "rest"] {
            group.bench_function(format!("{kind}/{part}"), |bencher| {
                bencher.iter_custom(|rounds| {
                    let mut sum = Duration::ZERO;
                    for _ in 0..rounds {
                        timed.taken();
                        let Ok(all) = spoken(&engine, is_streamed) else {
                            continue;
                        };
                        let calls = timed.taken();
                        sum += if part == "calls" {
                            calls
                        } else {
                            all.saturating_sub(calls)
                        };
                    }
                    sum
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
