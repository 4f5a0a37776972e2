use super::*;
use crate::backend::testing::{Looked, control, looked};
use crate::testing::{FLAVOURS, fixture};

fn style() -> Vec<f32> {
    let mut style = vec![0.0; STYLE];
    style[0] = 0.5;
    style[1] = 0.01;
    style
}

const TOKENS: [i64; 4] = [0, 50, 83, 0];

#[test]
fn the_same_run_gives_the_same_samples() {
    for name in FLAVOURS {
        let looked = looked(name);
        let style = style();
        let input = Input {
            tokens: &TOKENS,
            style: &style,
            speed: 1.0,
        };
        let once = Embedded::open(looked.prepared(), 1).unwrap();
        let first = once.run(&input, &control()).unwrap();
        assert_eq!(once.run(&input, &control()).unwrap(), first, "{name}");
        assert_eq!(
            Embedded::open(looked.prepared(), 2)
                .unwrap()
                .run(&input, &control())
                .unwrap(),
            first,
            "{name}"
        );
        assert_eq!(first.samples.len(), 7_200, "{name}");
        let told = if looked.flavour.durations.is_some() {
            vec![3.0; 4]
        } else {
            Vec::new()
        };
        assert_eq!(first.durations, told, "{name}");
    }
}

#[test]
fn noise_is_heard_as_much_as_the_random_nodes_ask_for() {
    // The tone of this model is 0.5 high; a hundredth of that is noise, of deviation 1.
    let looked = looked("tiny-noise.onnx");
    let style = style();
    let input = Input {
        tokens: &[0, 0, 0, 0],
        style: &style,
        speed: 1.0,
    };
    let samples = Embedded::open(looked.prepared(), 1)
        .unwrap()
        .run(&input, &control())
        .unwrap()
        .samples;
    // Token 0 has no pitch: a constant, and the noise on it.
    let count = samples.len() as f64;
    let mean = samples.iter().map(|s| f64::from(*s)).sum::<f64>() / count;
    let deviation = (samples
        .iter()
        .map(|s| (f64::from(*s) - mean).powi(2))
        .sum::<f64>()
        / count)
        .sqrt();
    assert!((deviation - 0.005).abs() < 0.0003, "{deviation}");
    assert!(mean.abs() <= 0.5);
}

#[test]
fn a_long_run_repeats_the_noise() {
    // 600 tokens of three frames of 600 samples: more than the noise has values.
    let looked = looked("tiny-noise.onnx");
    let style = style();
    let tokens = vec![0; 600];
    let input = Input {
        tokens: &tokens,
        style: &style,
        speed: 1.0,
    };
    let samples = Embedded::open(looked.prepared(), 2)
        .unwrap()
        .run(&input, &control())
        .unwrap()
        .samples;
    assert_eq!(samples.len(), 600 * 1_800);
    let period = looked.noise[1].values.len();
    assert_eq!(samples[..1_000], samples[period..period + 1_000]);
    assert_ne!(samples[..1_000], samples[1_000..2_000]);
}

#[test]
fn weights_left_in_the_file_make_the_same_model() {
    let looked = looked("tiny-noise.onnx");
    let prepared = looked.prepared();
    let whole = load(prepared, u64::MAX).unwrap();
    let left = load(prepared, 0).unwrap();
    assert_eq!(whole.total_params(), left.total_params());
    let style = style();
    let run = |model: rten::Model| {
        let embedded = Embedded {
            model,
            ..Embedded::open(prepared, 1).unwrap()
        };
        embedded
            .run(
                &Input {
                    tokens: &TOKENS,
                    style: &style,
                    speed: 1.0,
                },
                &control(),
            )
            .unwrap()
    };
    assert_eq!(run(whole), run(left));
}

#[test]
fn the_file_stays_as_it_is() {
    let before = std::fs::read(fixture("tiny-noise.onnx")).unwrap();
    let _model = Embedded::open(looked("tiny-noise.onnx").prepared(), 1).unwrap();
    assert_eq!(std::fs::read(fixture("tiny-noise.onnx")).unwrap(), before);
}

#[test]
fn it_says_what_it_is() {
    let looked = looked("tiny-v1.0.onnx");
    let embedded = Embedded::open(looked.prepared(), 1).unwrap();
    assert_eq!(
        (
            embedded.describe().as_str(),
            embedded.execution(),
            embedded.fallback()
        ),
        ("rten 0.27", "cpu", None)
    );
    assert!(format!("{embedded:?}").contains("tokens"));
}

#[test]
fn a_graph_that_cannot_be_loaded_is_no_model() {
    let looked = looked("tiny-v1.0.onnx");
    let mut flavour = looked.flavour.clone();
    flavour.audio.name = "other".to_owned();
    let error = Embedded::open(
        Prepared {
            flavour: &flavour,
            ..looked.prepared()
        },
        1,
    )
    .unwrap_err()
    .to_string();
    assert!(
        error.contains("is not a Kokoro ONNX model: the runtime cannot load it: "),
        "{error}"
    );
}

/// A model whose runs have stages that end where these values are there.
fn staged(looked: &Looked, stages: &[&[&str]]) -> Embedded {
    let mut embedded = Embedded::open(looked.prepared(), 1).unwrap();
    assert!(!embedded.stops_early(), "a graph without convolutions");
    let node = |name: &&str| embedded.model.node_id(name).unwrap();
    embedded.stages = stages
        .iter()
        .map(|names| names.iter().map(node).collect())
        .collect();
    embedded.try_stages();
    assert!(embedded.stops_early());
    embedded
}

/// Some that are read again stages later, one that is the second output, and one that was there before.
const STAGES: [&[&str]; 3] = [
    &["count", "time", "duration"],
    &["which", "time", "duration"],
    &["phase", "duration"],
];

#[test]
fn a_run_in_stages_is_the_same_run() {
    let looked = looked("tiny-zh.onnx");
    let style = style();
    let input = Input {
        tokens: &TOKENS,
        style: &style,
        speed: 1.0,
    };
    let whole = Embedded::open(looked.prepared(), 1).unwrap();
    let whole = whole.run(&input, &control()).unwrap();
    let found = staged(&looked, &STAGES).run(&input, &control()).unwrap();
    assert_eq!(found, whole);
    assert_eq!(found.durations, [3.0; 4]);
}

#[test]
fn a_run_that_nobody_wants_any_more_ends_with_its_stage() {
    let looked = looked("tiny-zh.onnx");
    let style = style();
    let input = Input {
        tokens: &TOKENS,
        style: &style,
        speed: 1.0,
    };
    let cancel = Cancel::new();
    cancel.cancel();
    let gone = Control::new(cancel, Duration::MAX);
    let outcome = staged(&looked, &STAGES).run(&input, &gone);
    assert!(matches!(outcome, Err(SpeechError::Cancelled)));
    // A run in one piece cannot be stopped.
    let whole = Embedded::open(looked.prepared(), 1).unwrap();
    assert!(whole.run(&input, &gone).is_ok());
}

#[test]
fn stages_that_the_runtime_cannot_do_are_left_out() {
    let looked = looked("tiny-v1.0.onnx");
    let mut embedded = Embedded::open(looked.prepared(), 1).unwrap();
    embedded.stages = vec![vec![NodeId::from_u32(9_999_999)]];
    embedded.try_stages();
    assert!(!embedded.stops_early());
}
