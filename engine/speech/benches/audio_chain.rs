//! What loudness and limiting cost, as a multiple of real time.
//!
//! Throughput is in samples: at 24 kHz, 24 000 elements per second would be real time. `floor` is the loudness meter
//! alone, run in the same session on the same sound: no chain that measures its result can cost less.

use std::f32::consts::TAU;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ebur128::{EbuR128, Mode};
use kokoro_speech::dsp::level::Leveller;
use kokoro_speech::dsp::limiter::Limiter;
use kokoro_speech::dsp::loudness::normalise;
use kokoro_speech::dsp::resample::to_engine_rate;
use kokoro_speech::dsp::stretch::stretch;

/// Ten seconds that rise and fall as speech does, with peaks for the limiter.
fn speech_like() -> Vec<f32> {
    (0..240_000_u32)
        .map(|n| {
            let t = n as f32 / 24_000.0;
            let syllables = 0.55 + 0.45 * (TAU * 3.1 * t).sin();
            let voice: f32 = (1..12)
                .map(|k| (TAU * 110.0 * k as f32 * t).sin() / k as f32)
                .sum();
            0.4 * syllables * voice
        })
        .collect()
}

fn audio_chain(criterion: &mut Criterion) {
    let sound = speech_like();
    let mut group = criterion.benchmark_group("audio_chain");
    group.sample_size(10);
    group.throughput(Throughput::Elements(sound.len() as u64));
    group.bench_function("floor", |bencher| {
        bencher.iter(|| {
            EbuR128::new(1, 24_000, Mode::I | Mode::TRUE_PEAK)
                .ok()
                .map(|mut meter| {
                    let fed = meter.add_frames_f32(black_box(&sound));
                    (fed.is_ok(), meter.loudness_global().ok())
                })
        });
    });
    group.bench_function("whole", |bencher| {
        bencher.iter(|| normalise(black_box(&sound)))
    });
    group.bench_function("stream", |bencher| {
        bencher.iter(|| {
            let mut leveller = Leveller::new(-6.0);
            let sent: usize = sound
                .chunks(48_000)
                .map(|segment| leveller.push(black_box(segment)).len())
                .sum();
            sent + leveller.finish().len()
        });
    });
    group.bench_function("limiter", |bencher| {
        bencher.iter(|| Limiter::new(-1.2).process(black_box(&sound)));
    });
    group.bench_function("resample", |bencher| {
        bencher.iter(|| to_engine_rate(black_box(&sound), 22_050))
    });
    group.bench_function("stretch", |bencher| {
        bencher.iter(|| stretch(black_box(&sound), 1.7))
    });
    group.finish();
}

criterion_group!(benches, audio_chain);
criterion_main!(benches);
