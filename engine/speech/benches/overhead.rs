//! What speaking costs over the bare runs of its model.
//!
//! In each round the engine speaks a text, and then the model alone is run in rten with the same tokens, style and speed, one
//! run for each of the engine's, with the same number of threads. The two alternate, so that a busy machine disturbs both
//! alike. Prints the medians, also of the time spent in the provider's calls (pronunciation and model), and of the rounds'
//! ratios the median with its 95 % interval (order statistics).
//!
//!     KOKORO_BENCH_MODEL=... KOKORO_BENCH_VOICES=... KOKORO_BENCH_ROUNDS=20 cargo bench -p kokoro-speech --bench overhead
//!
//! Without a model it is Hedgerow, whose runs are so short that all else weighs more.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use kokoro_speech::kokoro::{Kokoro, ModelRun};
use kokoro_speech::provider::{Control, Footprint, Provider, Request, Sound};
use kokoro_speech::{Cancel, Engine, EngineConfig, SpeechError, Utterance, Voice};
use kokoro_text::{Limits, ScriptSegment};
use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};

const TEXT: &str = "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly, and nobody in the \
    village is surprised by any of it.";
const HEDGEROW: [&str; 2] = ["../voices/hedgerow.onnx", "../voices/hedgerow-voices.bin"];
const DAY: Duration = Duration::from_secs(86_400);

type Failure = Box<dyn Error>;

/// A provider that remembers what it was asked, and counts the time spent in it.
#[derive(Debug)]
struct Recorded {
    inner: Kokoro,
    asked: Mutex<Vec<(ScriptSegment, Voice, f32)>>,
    nanoseconds: AtomicU64,
}

impl Recorded {
    fn asked(&self) -> std::sync::MutexGuard<'_, Vec<(ScriptSegment, Voice, f32)>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seconds spent in calls since the last time.
    fn taken(&self) -> f64 {
        Duration::from_nanos(self.nanoseconds.swap(0, Ordering::AcqRel)).as_secs_f64()
    }

    /// The model's runs for what was asked since the last time.
    fn runs(&self) -> Result<Vec<ModelRun>, SpeechError> {
        let asked = std::mem::take(&mut *self.asked());
        let control = Control::new(Cancel::new(), DAY);
        let mut runs = Vec::new();
        for (segment, voice, speed) in &asked {
            let request = Request {
                segment,
                voice,
                language: &voice.language,
                speed: *speed,
            };
            runs.extend(self.inner.runs(&request, &control)?);
        }
        Ok(runs)
    }
}

impl Provider for Recorded {
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

    fn stops_early(&self) -> bool {
        self.inner.stops_early()
    }

    fn synthesise(&self, request: &Request<'_>, control: &Control) -> Result<Sound, SpeechError> {
        let asked = (
            request.segment.clone(),
            request.voice.clone(),
            request.speed,
        );
        self.asked().push(asked);
        let begun = Instant::now();
        let sound = self.inner.synthesise(request, control);
        let taken = u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(taken, Ordering::AcqRel);
        sound
    }
}

/// The model as its file has it, in rten.
struct Bare {
    model: Model,
    /// Tokens, style, speed.
    inputs: [NodeId; 3],
    outputs: Vec<NodeId>,
    pool: Arc<ThreadPool>,
}

impl Bare {
    fn open(path: &Path, threads: usize) -> Result<Self, Failure> {
        let model = Model::load_file(path)?;
        let named = |names: &[&str]| {
            let mut ids = model.input_ids().iter().copied();
            let is_one = |id: &NodeId| {
                let info = model.node_info(*id);
                info.is_some_and(|info| info.name().is_some_and(|name| names.contains(&name)))
            };
            ids.find(is_one)
                .ok_or_else(|| format!("expected an input named one of {names:?}"))
        };
        Ok(Self {
            inputs: [
                named(&["tokens", "input_ids"])?,
                named(&["style"])?,
                named(&["speed"])?,
            ],
            outputs: model.output_ids().to_vec(),
            pool: Arc::new(ThreadPool::with_num_threads(threads)),
            model,
        })
    }

    /// The time that the runs take one after the other.
    fn run(&self, runs: &[ModelRun]) -> Result<f64, Failure> {
        let begun = Instant::now();
        for run in runs {
            let ids: Vec<i32> = run
                .tokens
                .iter()
                .map(|id| i32::try_from(*id))
                .collect::<Result<_, _>>()?;
            let [tokens, style, speed] = self.inputs;
            let given: Vec<(NodeId, ValueOrView<'_>)> = vec![
                (tokens, Value::from_shape([1, ids.len()], ids)?.into()),
                (
                    style,
                    Value::from_shape([1, run.style.len()], run.style.clone())?.into(),
                ),
                (speed, Value::from_shape([1], vec![run.speed])?.into()),
            ];
            let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
            std::hint::black_box(self.model.run(given, &self.outputs, Some(options))?);
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}

/// The time in which the engine speaks the text, and the seconds of audio it gives.
fn spoken(engine: &Engine, is_streamed: bool) -> Result<(f64, f64), SpeechError> {
    let utterance = Utterance {
        text: TEXT.to_owned(),
        voice: None,
        speed: 1.0,
        lang: None,
    };
    let begun = Instant::now();
    let mut samples = 0;
    if is_streamed {
        for chunk in engine.stream(&utterance, &Cancel::new())? {
            samples += chunk?.samples.len();
        }
    } else {
        samples = engine.render(&utterance, &Cancel::new())?.samples.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "samples of one text")]
    let audio = samples as f64 / 24_000.0;
    Ok((begun.elapsed().as_secs_f64(), audio))
}

/// Median, and the two order statistics between which it lies with a chance of at least 95 %.
fn median(values: &mut [f64]) -> Option<(f64, f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let count = values.len();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a handful of rounds"
    )]
    let low = ((count as f64 - 1.96 * (count as f64).sqrt()) / 2.0).floor() as usize;
    let at = |index: usize| values.get(index).copied();
    Some((at(count / 2)?, at(low)?, at(count.checked_sub(low + 1)?)?))
}

fn measured(
    kind: &str,
    recorded: &Recorded,
    engine: &Engine,
    bare: &Bare,
    rounds: usize,
) -> Result<(), Failure> {
    let is_streamed = kind == "stream";
    let (mut ours, mut calls) = (Vec::new(), Vec::new());
    let (mut theirs, mut ratios) = (Vec::new(), Vec::new());
    let mut audio = 0.0;
    // The first round warms up and is not counted.
    for round in 0..=rounds {
        recorded.taken();
        let (all, seconds) = spoken(engine, is_streamed)?;
        let taken = recorded.taken();
        let alone = bare.run(&recorded.runs()?)?;
        if round > 0 {
            ours.push(all);
            calls.push(taken);
            theirs.push(alone);
            ratios.push(all / alone);
            audio = seconds;
        }
    }
    let missing = "expected at least 8 rounds: KOKORO_BENCH_ROUNDS";
    let (ours, ..) = median(&mut ours).ok_or(missing)?;
    let (calls, ..) = median(&mut calls).ok_or(missing)?;
    let (theirs, ..) = median(&mut theirs).ok_or(missing)?;
    let (ratio, low, high) = median(&mut ratios).ok_or(missing)?;
    println!(
        "{kind}: {rounds} rounds, {audio:.1} s of audio; engine {ours:.3} s, {calls:.3} s of it in calls, model alone {theirs:.3} s; \
         engine / model {ratio:.3} ({low:.3} to {high:.3})"
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    // `cargo test --benches` runs this too, to see that it starts.
    let is_test = !std::env::args().any(|argument| argument == "--bench");
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let beside = |file: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let [model, voices] = HEDGEROW.map(beside);
    let model = path("KOKORO_BENCH_MODEL").unwrap_or(model);
    let voices = path("KOKORO_BENCH_VOICES").unwrap_or(voices);
    let rounds = match std::env::var("KOKORO_BENCH_ROUNDS") {
        Ok(rounds) => rounds.parse()?,
        Err(_) if is_test => 8,
        Err(_) => 20,
    };
    let config = EngineConfig {
        model: Some(model.clone()),
        voices: Some(voices),
        ..EngineConfig::default()
    };
    let kokoro = Kokoro::configured(&model, &config, PathBuf::from("espeak-ng"))?;
    let bare = Bare::open(&model, kokoro.footprint().threads)?;
    let recorded = Arc::new(Recorded {
        inner: kokoro,
        asked: Mutex::default(),
        nanoseconds: AtomicU64::default(),
    });
    let provider = Arc::clone(&recorded) as Arc<dyn Provider>;
    let engine = Engine::with_providers(config, provider, None);
    engine.warm_up()?;
    recorded.runs()?;
    for kind in ["whole", "stream"] {
        measured(kind, &recorded, &engine, &bare, rounds)?;
    }
    Ok(())
}
