//! What each encoder costs, as a multiple of real time.
//!
//! Throughput is in samples: at 24 kHz, 24 000 elements per second would be real time. `floor` is a copy of the samples as
//! raw PCM, run in the same session on the same sound: no encoder can cost less. Every other line is a whole stream
//! in pieces of 100 ms, as the server sends it.

use std::f32::consts::TAU;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kokoro_speech::encode::{Delivery, Format, encoder};
use kokoro_speech::wav::pcm_bytes;

/// Ten seconds that rise and fall as speech does.
fn speech_like() -> Vec<f32> {
    (0..240_000_u32)
        .map(|n| {
            let t = n as f32 / 24_000.0;
            let syllables = 0.55 + 0.45 * (TAU * 3.1 * t).sin();
            let voice: f32 = (1..30)
                .map(|k| (TAU * 110.0 * k as f32 * t).sin() / k as f32)
                .sum();
            0.25 * syllables * voice
        })
        .collect()
}

/// Bytes of a streamed sound.
fn streamed(format: Format, rate: u32, sound: &[f32]) -> usize {
    encoder(format, rate, Delivery::Streamed).map_or(0, |mut encoder| {
        let sent: usize = sound
            .chunks(2_400)
            .map(|piece| {
                encoder
                    .push(black_box(piece))
                    .map_or(0, |bytes| bytes.len())
            })
            .sum();
        sent + encoder.finish().map_or(0, |bytes| bytes.len())
    })
}

fn encoders(criterion: &mut Criterion) {
    let sound = speech_like();
    let mut group = criterion.benchmark_group("encoders");
    group.sample_size(10);
    group.throughput(Throughput::Elements(sound.len() as u64));
    group.bench_function("floor", |bencher| {
        bencher.iter(|| pcm_bytes(black_box(&sound)));
    });
    for format in Format::ALL {
        for rate in [24_000, 48_000] {
            group.bench_function(format!("{}_{rate}", format.name()), |bencher| {
                bencher.iter(|| streamed(format, rate, &sound));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, encoders);
criterion_main!(benches);
