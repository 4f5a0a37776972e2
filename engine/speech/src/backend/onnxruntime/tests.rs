use super::*;
use crate::backend::embedded::Embedded;
use crate::backend::testing::{control, looked};
use crate::kokoro::onnx::Onnx;
use crate::testing::FLAVOURS;

/// The configuration of a test that needs the library, or `None` where there is none: said aloud, since nothing is then tested.
fn config() -> Option<EngineConfig> {
    match library::find(None) {
        Ok(_) => Some(EngineConfig::default()),
        // Whoever names one wants it tested: CI does.
        Err(why) if std::env::var_os("ORT_DYLIB_PATH").is_some() => panic!("{why}"),
        Err(why) => {
            eprintln!("NOT TESTED, ONNX Runtime is absent: {why}");
            None
        }
    }
}

fn style() -> Vec<f32> {
    let mut style = vec![0.0; STYLE];
    style[0] = 0.5;
    // Runtimes differ in the sine of large angles, which say nothing of a model: these stay below a hundred.
    style[1] = 0.000_1;
    style
}

/// How far the difference lies under the signal, in dB.
fn snr(signal: &[f32], other: &[f32]) -> f64 {
    let power =
        |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let difference = power(
        &mut signal
            .iter()
            .zip(other)
            .map(|(a, b)| f64::from(*a) - f64::from(*b)),
    );
    10.0 * (power(&mut signal.iter().map(|a| f64::from(*a))) / difference.max(1e-300)).log10()
}

#[test]
fn both_runtimes_agree_to_a_hundred_decibels_on_every_flavour() {
    let Some(config) = config() else { return };
    for name in FLAVOURS {
        let looked = looked(name);
        let style = style();
        let tokens = [0, 50, 83, 54, 156, 31, 0];
        let input = Input {
            tokens: &tokens,
            style: &style,
            speed: 1.0,
        };
        let ours = Embedded::open(looked.prepared(), 1)
            .unwrap()
            .run(&input, &control())
            .unwrap();
        let theirs = OnnxRuntime::open(looked.prepared(), &config, 1).unwrap();
        let first = theirs.run(&input, &control()).unwrap();
        assert_eq!(first, theirs.run(&input, &control()).unwrap(), "{name}");
        assert_eq!(ours.samples.len(), first.samples.len(), "{name}");
        assert_eq!(ours.durations, first.durations, "{name}");
        let snr = snr(&ours.samples, &first.samples);
        eprintln!("{name}: {snr:.1} dB");
        assert!(snr >= 100.0, "{name}: {snr} dB");
    }
}

#[test]
fn it_says_what_it_is_and_why_it_is_not_where_it_was_asked_to_be() {
    let Some(config) = config() else { return };
    let looked = looked("tiny-v1.0.onnx");
    let runtime = OnnxRuntime::open(looked.prepared(), &config, 1).unwrap();
    assert!(
        runtime.describe().starts_with("onnxruntime 1."),
        "{}",
        runtime.describe()
    );
    assert_eq!((runtime.execution(), runtime.fallback()), ("cpu", None));
    // No test machine has Apple's accelerator and NVIDIA's: at least one of the two is not there.
    let fallbacks: Vec<OnnxRuntime> = [ExecutionChoice::CoreMl, ExecutionChoice::Cuda]
        .into_iter()
        .map(|execution| {
            OnnxRuntime::open(
                looked.prepared(),
                &EngineConfig {
                    execution,
                    ..config.clone()
                },
                1,
            )
            .unwrap()
        })
        .filter(|runtime| runtime.execution() == "cpu")
        .collect();
    assert!(!fallbacks.is_empty());
    for runtime in fallbacks {
        assert!(
            runtime.fallback().unwrap().contains(" cannot be used: "),
            "{:?}",
            runtime.fallback()
        );
    }
}

#[test]
fn what_it_cannot_load_is_no_model() {
    let Some(config) = config() else { return };
    let looked = looked("tiny-v1.0.onnx");
    let mut flavour = looked.flavour.clone();
    flavour.style.element = Element::F16;
    let error = OnnxRuntime::open(
        Prepared {
            flavour: &flavour,
            ..looked.prepared()
        },
        &config,
        1,
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("16-bit floats, which only the back end rten is fed"),
        "{error}"
    );
    let onnx = Onnx::default();
    let error = OnnxRuntime::open(
        Prepared {
            onnx: &onnx,
            ..looked.prepared()
        },
        &config,
        1,
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("ONNX Runtime cannot load it: "),
        "{error}"
    );
}

#[test]
fn a_run_that_cannot_be_is_an_error() {
    let Some(config) = config() else { return };
    let looked = looked("tiny-v1.0.onnx");
    let runtime = OnnxRuntime::open(looked.prepared(), &config, 1).unwrap();
    let error = runtime
        .run(
            &Input {
                tokens: &[0, 1, 0],
                style: &[0.0; 5],
                speed: 1.0,
            },
            &control(),
        )
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("synthesis failed: the model's run failed: "),
        "{error}"
    );
}

#[test]
fn the_version_is_that_of_the_name_or_the_branch() {
    let library = |version: &str| Library {
        path: PathBuf::new(),
        version: version.to_owned(),
    };
    assert_eq!(
        version(&library("1.31.1"), "git-branch=rel-1.19.0, x"),
        "1.31.1"
    );
    assert_eq!(
        version(
            &library(""),
            "ORT Build Info: git-branch=rel-1.19.0, git-commit-id=1"
        ),
        "1.19.0"
    );
    assert_eq!(version(&library(""), "nothing"), "of unknown version");
}
