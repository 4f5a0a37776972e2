use super::*;
use crate::testing::fixture;

fn opened(name: &str) -> Model {
    Model::open(&fixture(name), Some(1)).unwrap()
}

fn style(loud: f32, high: f32) -> Vec<f32> {
    let mut style = vec![0.0; STYLE];
    style[0] = loud;
    style[1] = high;
    style
}

#[test]
fn both_kinds_of_export_run_and_agree() {
    let plain = opened("tiny-v1.0.onnx");
    let whole = opened("tiny-integer-speed.onnx");
    assert!(plain.takes_any_speed());
    assert!(!whole.takes_any_speed());
    let tokens = [0, 50, 83, 0];
    let samples = plain.run(&tokens, style(0.5, 0.01), 1.0).unwrap();
    assert_eq!(samples.len(), 4 * 1_800);
    // The padding is silent, the tokens sound as their ids say.
    assert!(
        samples[..1_800]
            .iter()
            .chain(&samples[5_400..])
            .all(|s| *s == 0.0)
    );
    assert!((samples[1_801] - 0.5 * (50.0_f32 * 0.01 * 1_801.0).sin()).abs() < 1e-3);
    assert_eq!(whole.run(&tokens, style(0.5, 0.01), 1.0).unwrap(), samples);
}

#[test]
fn speed_goes_into_the_model() {
    let plain = opened("tiny-v1.0.onnx");
    assert_eq!(
        plain.run(&[0, 50, 0], style(0.5, 0.01), 2.0).unwrap().len(),
        5 * 600
    );
    assert_eq!(
        plain.run(&[0, 50, 0], style(0.5, 0.01), 0.5).unwrap().len(),
        18 * 600
    );
    // Whole numbers only: whatever is asked for, it is 1.
    let whole = opened("tiny-integer-speed.onnx");
    assert_eq!(
        whole.run(&[0, 50, 0], style(0.5, 0.01), 2.0).unwrap().len(),
        9 * 600
    );
}

#[test]
fn a_style_of_another_size_is_an_error() {
    let error = opened("tiny-v1.0.onnx")
        .run(&[0, 50, 0], vec![0.0; 5], 1.0)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("synthesis failed: the model's run failed: "),
        "{error}"
    );
}

#[test]
fn sound_that_is_no_number_is_an_error() {
    let error = opened("tiny-v1.0.onnx")
        .run(&[0, 50, 0], style(f32::NAN, 0.01), 1.0)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "synthesis failed: the model's audio holds values that are no numbers"
    );
}

#[test]
fn another_model_is_named_by_what_it_has() {
    let error = Model::open(&fixture("other.onnx"), None).unwrap_err();
    let SpeechError::InvalidModel {
        path,
        expected,
        found,
    } = error
    else {
        panic!("{error}")
    };
    assert!(path.ends_with("other.onnx"));
    assert_eq!(expected, "Kokoro ONNX model");
    assert_eq!(
        found,
        "expected inputs `tokens` or `input_ids` (integers), `style` (floats), `speed` and an output `audio` or \
         `waveform` (floats), found inputs `pixels` (f32) and outputs `label` (f32)"
    );
}

#[test]
fn what_is_no_model_at_all_is_said_so() {
    let error = Model::open(&fixture("make_tiny.py"), None).unwrap_err();
    let SpeechError::InvalidModel { found, .. } = error else {
        panic!("{error}")
    };
    assert!(found.starts_with("the runtime cannot load it: "), "{found}");
    let error = Model::open(Path::new("/no/such/model.onnx"), None)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(
            "kokoro cannot speak: expected a file at `/no/such/model.onnx`, but it cannot be read: "
        ),
        "{error}"
    );
    let error = Model::open(&fixture(""), None).unwrap_err();
    assert!(
        matches!(error, SpeechError::ProviderUnavailable { .. }),
        "{error}"
    );
}

#[test]
fn the_digest_is_that_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "abc").unwrap();
    assert_eq!(
        digest(&file).unwrap(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    // Longer than one piece.
    std::fs::write(&file, vec![b'a'; 1_000_000]).unwrap();
    assert_eq!(
        digest(&file).unwrap(),
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    );
}

#[test]
fn nodes_are_listed_or_said_to_be_none() {
    assert_eq!(listed(&[]), "none");
    let model = opened("tiny-v1.0.onnx");
    let inputs = named(&model.model, model.model.input_ids());
    assert_eq!(
        listed(&inputs),
        "`tokens` (i32), `style` (f32), `speed` (f32)"
    );
}

#[test]
fn threads_are_few() {
    assert!((1..=MOST_THREADS).contains(&default_threads()));
    // No threads at all is taken for one.
    assert!(Model::open(&fixture("tiny-v1.0.onnx"), Some(0)).is_ok());
}

#[test]
fn debugging_shows_graph_and_digest() {
    let text = format!("{:?}", opened("tiny-v1.0.onnx"));
    assert!(text.contains("tokens") && text.contains("sha256"), "{text}");
}
