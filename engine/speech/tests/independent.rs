//! Loudness and true peak of every bundled voice by a meter nobody here wrote: FFmpeg decodes what a listener gets and its
//! `ebur128` measures it. Without the program `ffmpeg` nothing is tested, and that is said.
//!
//! A usual run measures each format at each rate once, whole and streamed, and the hardest, streamed Opus at 8 kHz, with every sound.
//! `KOKORO_LOUDNESS_MATRIX=1` measures all with all and prints the figures of `docs/formats.md`.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod common;

use std::fmt::{self, Display};
use std::path::Path;
use std::process::Command;
use std::thread;

use common::{streamed, utterance};
use kokoro_speech::dsp::resample::OUTPUT_RATES;
use kokoro_speech::encode::{Delivery, Format, encode, encoder};
use kokoro_speech::{Cancel, Engine, EngineConfig, ProviderChoice};

/// A speed, what lasts about four seconds at it, and what lasts longer.
const SPEEDS: [(f32, &str, &str); 3] = [
    (
        0.5,
        "Nobody on the platform waved.",
        "Yes. No! Why not? Because I said so; that is why.",
    ),
    (
        1.0,
        "The sun was going down behind the hills when the train left the station.",
        "Version 2.5 ships on 3/14/2025 for $1,234.56, and over 10,000 people have asked for it already.",
    ),
    (
        2.0,
        "The sun was going down behind the hills when the last train left the station, and nobody on the platform waved. \
         It had been a long day for all of them.",
        "Version 2.5 ships on 3/14/2025 for $1,234.56, and over 10,000 people have asked for it already. Yes. No! Why not? \
         Because I said so; that is why. Now please be quiet, all of you, and let the others sleep. Thank you!",
    ),
];
/// Samples that the engine gives in a second, and in a chunk of a stream.
const SECOND: usize = 24_000;
const CHUNK: usize = 2_400;
/// From one cell to the next another sound comes so many places later in the list: shares no factor with its length.
const STRIDE: usize = 7;

/// The voices of this repository.
fn hedgerow() -> Engine {
    let bundled = |name: &str| {
        Some(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../voices")
                .join(name),
        )
    };
    Engine::open(EngineConfig {
        provider: ProviderChoice::Kokoro,
        model: bundled("hedgerow.onnx"),
        voices: bundled("hedgerow-voices.bin"),
        ..EngineConfig::default()
    })
    .unwrap()
}

fn is_here() -> bool {
    let found = Command::new("ffmpeg").arg("-version").output();
    let runs = found.is_ok_and(|found| found.status.success());
    if !runs {
        eprintln!("NOT TESTED, the program ffmpeg is absent");
    }
    runs
}

/// What one listener gets.
#[derive(Debug, Clone, Copy)]
struct Cell {
    format: Format,
    rate: u32,
    delivery: Delivery,
}

impl Cell {
    fn all() -> Vec<Self> {
        Format::ALL
            .into_iter()
            .flat_map(|format| OUTPUT_RATES.map(|rate| (format, rate)))
            .flat_map(|(format, rate)| {
                [Delivery::Whole, Delivery::Streamed].map(|delivery| Self {
                    format,
                    rate,
                    delivery,
                })
            })
            .collect()
    }

    fn is_hardest(self) -> bool {
        self.format == Format::Opus && self.rate == 8_000 && self.delivery == Delivery::Streamed
    }

    fn bytes(self, samples: &[f32]) -> Vec<u8> {
        if self.delivery == Delivery::Whole {
            return encode(self.format, self.rate, samples).unwrap();
        }
        let mut encoder = encoder(self.format, self.rate, self.delivery).unwrap();
        let mut bytes: Vec<u8> = samples
            .chunks(CHUNK)
            .flat_map(|chunk| encoder.push(chunk).unwrap())
            .collect();
        bytes.extend(encoder.finish().unwrap());
        bytes
    }

    /// Integrated loudness in LUFS and true peak in dBTP of these samples, as FFmpeg hears them.
    fn heard(self, samples: &[f32], folder: &Path) -> (f64, f64) {
        let file = folder.join(format!("{}-{}", self.rate, self.format.name()));
        std::fs::write(&file, self.bytes(samples)).unwrap();
        let mut command = Command::new("ffmpeg");
        command.args(["-hide_banner", "-nostats", "-threads", "1"]);
        if self.format == Format::Pcm {
            command.args(["-f", "s16le", "-ac", "1", "-ar", &self.rate.to_string()]);
        }
        command.arg("-i").arg(&file);
        command.args(["-af", "ebur128=peak=true", "-f", "null", "-"]);
        let told = command.output().unwrap();
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        let (_, summary) = told.rsplit_once("Summary:").unwrap();
        let after = |name: &str| -> f64 {
            let (_, value) = summary.split_once(name).unwrap();
            value.split_whitespace().next().unwrap().parse().unwrap()
        };
        (after("I:"), after("Peak:"))
    }
}

impl Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delivery = match self.delivery {
            Delivery::Whole => "whole",
            Delivery::Streamed => "streamed",
        };
        write!(
            out,
            "{:4} {:5} Hz {delivery:8}",
            self.format.name(),
            self.rate
        )
    }
}

/// A sound of the engine and how it was made.
struct Take {
    what: String,
    delivery: Delivery,
    samples: Vec<f32>,
}

/// Every voice at every speed, in turn for about four seconds and for longer, as a whole and as a stream.
fn takes(engine: &Engine) -> Vec<Take> {
    let mut takes = Vec::new();
    for (row, voice) in engine.voices().iter().enumerate() {
        for (column, (speed, short, long)) in SPEEDS.into_iter().enumerate() {
            let text = if (row + column) % 2 == 0 { short } else { long };
            for delivery in [Delivery::Whole, Delivery::Streamed] {
                let wanted = utterance(text, &voice.id, speed);
                let samples = match delivery {
                    Delivery::Whole => engine.render(&wanted, &Cancel::new()).unwrap().samples,
                    Delivery::Streamed => streamed(engine, &wanted),
                };
                let seconds = samples.len() as f64 / SECOND as f64;
                let what = format!("{} at {speed}, {seconds:.1} s", voice.id);
                assert!(samples.len() > 3 * SECOND, "{what}: too short to tell");
                takes.push(Take {
                    what,
                    delivery,
                    samples,
                });
            }
        }
    }
    takes
}

/// What was heard of one cell.
#[derive(Debug, Clone, Copy)]
struct Found {
    softest: f64,
    loudest: f64,
    peak: f64,
}

#[test]
fn a5_what_listeners_get_of_every_bundled_voice_is_at_target_by_ffmpegs_meter() {
    if !is_here() {
        return;
    }
    let all = std::env::var_os("KOKORO_LOUDNESS_MATRIX").is_some();
    let takes = takes(&hedgerow());
    let cells = Cell::all();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let measured = |worker: usize| -> Vec<(Cell, String, f64, f64)> {
        let folder = tempfile::tempdir().unwrap();
        let mut measured = Vec::new();
        for (nth, cell) in cells.iter().enumerate().skip(worker).step_by(workers) {
            let of_its_delivery = takes.iter().filter(|take| take.delivery == cell.delivery);
            for (row, take) in of_its_delivery.enumerate() {
                if all || cell.is_hardest() || row == nth * STRIDE % (takes.len() / 2) {
                    let (lufs, peak) = cell.heard(&take.samples, folder.path());
                    println!("{cell}, {}: {lufs} LUFS, {peak} dBTP", take.what);
                    measured.push((*cell, take.what.clone(), lufs, peak));
                }
            }
        }
        measured
    };
    let measured: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| scope.spawn(move || measured(worker)))
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    let mut wrong = Vec::new();
    for cell in &cells {
        let name = cell.to_string();
        let mut found: Option<Found> = None;
        for (_, what, lufs, peak) in measured.iter().filter(|(of, ..)| of.to_string() == name) {
            if (lufs + 16.0).abs() > 1.0 || *peak > -1.0 {
                wrong.push(format!("{name}, {what}: {lufs} LUFS, {peak} dBTP"));
            }
            let so_far = found.unwrap_or(Found {
                softest: *lufs,
                loudest: *lufs,
                peak: *peak,
            });
            found = Some(Found {
                softest: so_far.softest.min(*lufs),
                loudest: so_far.loudest.max(*lufs),
                peak: so_far.peak.max(*peak),
            });
        }
        let found = found.unwrap();
        println!(
            "= {name}: {} to {} LUFS, at most {} dBTP",
            found.softest, found.loudest, found.peak
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
