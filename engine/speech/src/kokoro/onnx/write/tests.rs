use std::fs::File;

use super::super::wire::fields;
use super::super::{bytes, number, text};
use super::*;
use crate::testing::{FLAVOURS, fixture};

fn written(onnx: &Onnx, name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    onnx.write(&mut File::open(fixture(name)).unwrap(), &mut out)
        .unwrap();
    out
}

#[test]
fn a_file_unchanged_is_written_as_the_same_model() {
    for name in FLAVOURS {
        let onnx = Onnx::read(&fixture(name)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy.onnx");
        let bytes = written(&onnx, name);
        assert_eq!(
            bytes.len(),
            std::fs::read(fixture(name)).unwrap().len(),
            "{name}"
        );
        std::fs::write(&copy, bytes).unwrap();
        let again = Onnx::read(&copy).unwrap();
        assert_eq!(again.nodes, onnx.nodes);
        assert_eq!(again.inputs, onnx.inputs);
        assert_eq!(again.graph, onnx.graph);
        assert_eq!(again.model, onnx.model);
        assert_eq!(again.weights.len(), onnx.weights.len());
        for (copied, weights) in again.weights.iter().zip(&onnx.weights) {
            assert_eq!(copied.fields, weights.fields);
            assert_eq!(raw_size(copied), raw_size(weights));
        }
    }
}

#[test]
fn a_skeleton_names_where_its_weights_are() {
    let onnx = Onnx::read(&fixture("tiny-noise.onnx")).unwrap();
    let skeleton = onnx.skeleton();
    assert!(skeleton.len() < 4_000, "{}", skeleton.len());
    let graph = bytes(&skeleton, 7).unwrap();
    let raw = onnx
        .weights
        .iter()
        .find_map(|weights| weights.raw.clone())
        .unwrap();
    let outside: Vec<Vec<(String, String)>> = fields(graph)
        .flatten()
        .filter(|field| field.number == 5)
        .filter_map(|field| field.bytes())
        .filter(|weights| number(weights, 14) == Some(1))
        .map(|weights| {
            assert_eq!(bytes(weights, 9), None);
            let entries = fields(weights).flatten().filter(|field| field.number == 13);
            let entry = |entry: &[u8]| {
                (
                    text(entry, 1).unwrap().to_owned(),
                    text(entry, 2).unwrap().to_owned(),
                )
            };
            entries
                .filter_map(|field| field.bytes())
                .map(entry)
                .collect()
        })
        .collect();
    let pair = |key: &str, value: String| (key.to_owned(), value);
    let expected = vec![
        pair("location", WEIGHTS.to_owned()),
        pair("offset", raw.start.to_string()),
        pair("length", "8192".to_owned()),
    ];
    assert_eq!(outside, [expected]);
}

#[test]
fn weights_that_are_gone_are_an_error() {
    let onnx = Onnx::read(&fixture("tiny-noise.onnx")).unwrap();
    let mut short = File::open(fixture("other.onnx")).unwrap();
    let error = onnx.write(&mut short, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}
