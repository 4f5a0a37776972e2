use super::*;
use crate::testing::{FLAVOURS, fixture};

#[test]
fn every_published_kind_is_recognised() {
    for (name, vocabulary, durations, any_speed, noise) in [
        ("tiny-v1.0.onnx", "v1.0", false, true, false),
        ("tiny-integer-speed.onnx", "v1.0", false, false, false),
        ("tiny-noise.onnx", "v1.0", false, true, true),
        ("tiny-zh.onnx", "v1.0", true, false, true),
        ("tiny-v1.1-fp16.onnx", "the model's", true, true, true),
        ("tiny-hf-int8.onnx", "v1.0", false, true, true),
        ("tiny-timestamped.onnx", "v1.0", true, true, true),
        ("tiny-sherpa-v0.19.onnx", "v1.0", false, true, true),
    ] {
        assert!(FLAVOURS.contains(&name));
        let found = model(&fixture(name), None).unwrap();
        assert_eq!(
            (
                found.vocabulary.as_str(),
                found.durations,
                found.any_speed,
                found.noise
            ),
            (vocabulary, durations, any_speed, noise),
            "{name}"
        );
        assert_eq!((found.inputs.len(), found.outputs.is_empty()), (3, false));
    }
    let found = model(&fixture("tiny-v1.0.onnx"), None).unwrap();
    assert_eq!(found.inputs, ["tokens i64", "style f32", "speed f32"]);
    assert_eq!(found.outputs, ["audio f32"]);
}

#[test]
fn old_voices_tell_the_old_symbols() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("af.bin");
    std::fs::write(&old, vec![0; 511 * 1024]).unwrap();
    let found = model(&fixture("tiny-v1.0.onnx"), Some(&old)).unwrap();
    assert_eq!(found.vocabulary, "v0.19");
    let new = fixture("tiny-voices.npz");
    let found = model(&fixture("tiny-v1.0.onnx"), Some(&new)).unwrap();
    assert_eq!(found.vocabulary, "v1.0");
    assert!(model(&fixture("tiny-v1.0.onnx"), Some(&fixture("other.onnx"))).is_err());
}

#[test]
fn voices_are_listed_by_what_the_model_says_of_them() {
    assert_eq!(voices(&fixture("bf_emma.bin"), None).unwrap(), ["bf_emma"]);
    let pair = fixture("two-speakers.bin");
    assert_eq!(voices(&pair, None).unwrap(), ["two-speakers"]);
    let told = voices(&pair, Some(&fixture("tiny-sherpa-v0.19.onnx"))).unwrap();
    assert_eq!(told, ["af", "bf_emma"]);
    // Also those nobody here can pronounce.
    let all = voices(&fixture("tiny-voices.npz"), None).unwrap();
    assert_eq!(all, ["af_heart", "am_michael", "bf_emma", "ef_dora"]);
}

#[test]
fn other_files_are_refused_with_what_was_found() {
    let error = model(&fixture("other.onnx"), None).unwrap_err().to_string();
    assert!(error.contains("is not a Kokoro ONNX model: "), "{error}");
    let error = voices(&fixture("other.onnx"), None)
        .unwrap_err()
        .to_string();
    assert!(error.contains("is not a Kokoro voices file: "), "{error}");
    assert!(model(&fixture("gone.onnx"), None).is_err());
    assert!(voices(&fixture("bf_emma.bin"), Some(&fixture("gone.onnx"))).is_err());
}
