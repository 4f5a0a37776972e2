use super::*;
use crate::testing::fixture;

#[test]
fn a_file_and_bytes_are_read_alike() {
    let path = fixture("tiny-v1.0.onnx");
    let bytes: &'static [u8] = include_bytes!("../../../tests/fixtures/tiny-v1.0.onnx");
    let read = |source: Source<'_>| {
        let mut all = Vec::new();
        source.open().unwrap().read_to_end(&mut all).unwrap();
        assert_eq!(source.length().unwrap(), all.len() as u64);
        all
    };
    let embedded = Source::Embedded("tiny", bytes);
    assert_eq!(read(Source::from(&path)), read(embedded));
    assert_eq!(Source::from(&path).place(), path);
    assert_eq!(embedded.place(), Path::new("tiny"));
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    let source = Source::from("/no/such/file");
    assert!(source.open().is_err() && source.length().is_err());
}
