use std::path::Path;

use super::*;
use crate::testing::fixture;

fn read(name: &str) -> Onnx {
    Onnx::read(&fixture(name)).unwrap()
}

fn told(ports: &[Port]) -> Vec<String> {
    ports
        .iter()
        .map(|port| format!("{}: {}", port.name, port.element))
        .collect()
}

#[test]
fn inputs_outputs_and_metadata_are_found() {
    let onnx = read("tiny-zh.onnx");
    assert_eq!(
        told(&onnx.inputs()),
        ["input_ids: i64", "style: f32", "speed: i32"]
    );
    assert_eq!(told(&onnx.outputs()), ["waveform: f32", "duration: i64"]);
    assert_eq!(onnx.metadata("speaker_names"), None);
    assert_eq!(onnx.operators(), 17);
    let onnx = read("tiny-sherpa-v0.19.onnx");
    assert_eq!(onnx.metadata("speaker_names"), Some("af,bf_emma"));
    assert_eq!(onnx.metadata("style_dim"), Some("4,1,256"));
    assert_eq!(onnx.operators(), 14);
}

#[test]
fn large_weights_stay_in_the_file() {
    let onnx = read("tiny-noise.onnx");
    let kept: Vec<u64> = onnx
        .weights
        .iter()
        .filter_map(|weights| weights.raw.as_ref())
        .map(|raw| raw.end - raw.start)
        .collect();
    assert_eq!(kept, [8 * 256 * 4]);
    let bytes = std::fs::read(fixture("tiny-noise.onnx")).unwrap();
    let raw = onnx
        .weights
        .iter()
        .find_map(|weights| weights.raw.clone())
        .unwrap();
    let raw = usize::try_from(raw.start).unwrap()..usize::try_from(raw.end).unwrap();
    assert!(
        bytes[raw]
            .chunks(4)
            .all(|value| value == 1.0_f32.to_le_bytes())
    );
    // Small ones do not.
    assert!(
        read("tiny-v1.0.onnx")
            .weights
            .iter()
            .all(|weights| weights.raw.is_none())
    );
}

#[test]
fn weights_named_as_inputs_are_none() {
    let mut onnx = read("tiny-v1.0.onnx");
    let mut value = Vec::new();
    put_bytes(&mut value, 1, b"frames");
    onnx.inputs.push(value);
    assert_eq!(onnx.inputs().len(), 3);
    let mut value = Vec::new();
    put_bytes(&mut value, 1, b"other");
    onnx.inputs.push(value);
    assert_eq!(told(&onnx.inputs()[3..]), ["other: ONNX type 0"]);
}

#[test]
fn what_is_no_onnx_file_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let error = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        Onnx::read(&file).unwrap_err().to_string()
    };
    let malformed = Malformed.to_string();
    assert_eq!(error(b""), "it has no graph: no ONNX model");
    assert_eq!(error(&[8, 1]), "it has no graph: no ONNX model");
    for bytes in [
        &b"#!/usr/bin/env python3"[..],
        &[0x3A, 5, 1],
        &[0x3A, 2, 0x0A, 1],
        &[0x3A, 3, 0x2A, 9, 0],
        &[0x0B],
        &[0x08],
        &[
            0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
        ],
        &[
            0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
        ],
    ] {
        assert_eq!(error(bytes), malformed, "{bytes:?}");
    }
    assert!(matches!(
        Onnx::read(Path::new("/no/such/file")),
        Err(OnnxError::Io(_))
    ));
    // A file cut short anywhere is refused, or was whole before the cut.
    let whole = std::fs::read(fixture("tiny-v1.0.onnx")).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&file, &whole[..length]).unwrap();
        if let Ok(onnx) = Onnx::read(&file) {
            assert_eq!(onnx.outputs().len(), 1, "{length}");
        }
    }
}

#[test]
fn elements_have_names() {
    let named: Vec<String> = [1, 6, 7, 10, 11]
        .map(|number| Element::of(number).to_string())
        .into();
    assert_eq!(named, ["f32", "i32", "i64", "f16", "ONNX type 11"]);
}
