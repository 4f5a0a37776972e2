//! From text to phonemes: how many characters a second each step takes in.
//!
//! `KOKORO_BENCH_FLOORS=1 cargo bench -p kokoro-text` fails when a step is slower than its floor, in characters a second: what
//! it takes not to be heard beside the model, which speaks some 15 characters a second of audio.

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kokoro_text::{Accent, G2p, Lexicon, Limits, Nobody, ScriptOptions, normalise, script};

const TEXT: &str = "On March 3rd, 2025, Dr. Smith paid $1,234.56 for 15 km of cable; the U.S. office (est. 1998) \
called it \u{201c}a bargain\u{201d}. Would you have read the record at 10:30 p.m.? See https://example.org/a?b=1 or write to \
jo.bloggs@example.org \u{2014} about 50% of the people didn't, and that's fine. ";

/// Least characters a second of normalising, of cutting and all before it, of pronouncing.
const FLOORS: [(&str, f64); 3] = [
    ("normalise", 200_000.0),
    ("script", 150_000.0),
    ("g2p", 3_000.0),
];

fn options() -> ScriptOptions {
    let limits = Limits {
        first: 20,
        max: 160,
        growth: 2,
    };
    ScriptOptions::new(Accent::American, limits)
}

fn pronounce(text: &str) -> usize {
    let Ok(script) = script(text, &options()) else {
        return 0;
    };
    script
        .segments
        .iter()
        .map(|segment| {
            G2p::shared()
                .phonemes(
                    &segment.words,
                    Accent::American,
                    &Lexicon::default(),
                    &Nobody,
                )
                .len()
        })
        .sum()
}

/// Characters a second of the best of some runs.
fn speed(text: &str, mut step: impl FnMut()) -> f64 {
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            step();
            start.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min);
    text.chars().count() as f64 / best
}

fn floors(text: &str) {
    let found = [
        speed(text, || drop(black_box(normalise(text, Accent::American)))),
        speed(text, || drop(black_box(script(text, &options())))),
        speed(text, || {
            black_box(pronounce(text));
        }),
    ];
    for ((name, floor), found) in FLOORS.iter().zip(found) {
        assert!(
            found >= *floor,
            "{name}: expected at least {floor} characters a second, found {found:.0}"
        );
    }
}

fn text_stage(c: &mut Criterion) {
    let text = TEXT.repeat(4);
    G2p::shared().load(Accent::American);
    if std::env::var_os("KOKORO_BENCH_FLOORS").is_some() {
        floors(&text);
    }
    let mut group = c.benchmark_group("text");
    group.throughput(Throughput::Elements(
        u64::try_from(text.chars().count()).unwrap_or(u64::MAX),
    ));
    group.bench_function("normalise", |b| {
        b.iter(|| normalise(black_box(&text), Accent::American))
    });
    group.bench_function("script", |b| {
        b.iter(|| script(black_box(&text), &options()))
    });
    group.sample_size(10);
    group.bench_function("g2p", |b| b.iter(|| pronounce(black_box(&text))));
    group.finish();
}

criterion_group!(benches, text_stage);
criterion_main!(benches);
