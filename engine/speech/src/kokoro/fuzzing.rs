//! What the fuzz targets of `engine/speech/fuzz` call: readers of foreign files, given bytes instead of files, and what must hold of
//! whatever they accept. Compiled for these targets only.

use std::io::Cursor;
use std::path::Path;

use super::blend;
use super::flavour::Flavour;
use super::model::STYLE;
use super::onnx::Onnx;
use super::vocabulary::Vocabulary;
use super::voices::{Speakers, Voices};
use super::zip;
use crate::engine::VocabularyChoice;

/// Most bytes of an unpacked member that a target asks for.
const MOST: usize = 1 << 20;

/// Any archive: its members lie inside it, and unpack to the size they announce.
pub fn archive(bytes: &[u8]) {
    let Ok(members) = zip::members(bytes) else {
        return;
    };
    for member in members {
        assert!(bytes.get(member.bytes.clone()).is_some());
        if let Some(size) = member.packed.filter(|size| *size <= MOST)
            && let Ok(unpacked) = member.unpacked(bytes, size)
        {
            assert_eq!(unpacked.len(), size);
        }
    }
}

/// Any voices file, and any speakers a model may name: every voice has a style for every length of text.
pub fn voices(name: &str, bytes: Vec<u8>, speakers: &[String], rows: usize) {
    let speakers = Speakers {
        names: speakers.to_vec(),
        rows,
    };
    let Ok(voices) = Voices::of(Path::new(name), bytes, &speakers) else {
        return;
    };
    let Ok(described) = voices.described() else {
        return;
    };
    assert!(!described.is_empty());
    for voice in described {
        for phonemes in [0, 1, 2, 509, 510, 511, usize::MAX] {
            let style = voices.style(&voice.id, phonemes).map(|row| row.len());
            assert_eq!(style.ok(), Some(STYLE));
        }
    }
}

/// Any name of a voice: weights are numbers.
pub fn blend(written: &str) {
    if let Ok(parts) = blend::parse(written) {
        assert!(!parts.is_empty() && parts.len() <= blend::MOST);
        assert!(parts.iter().all(|part| part.weight.is_finite()));
    }
}

/// Any model file: what is read of it and written again, its noise fed, is read as the same.
pub fn onnx(bytes: &[u8]) {
    let size = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let Ok(mut onnx) = Onnx::parse(Cursor::new(bytes), size(bytes)) else {
        return;
    };
    let _ = Flavour::of(&onnx);
    for old in [false, true] {
        let _ = Vocabulary::of(VocabularyChoice::Auto, &onnx, old);
    }
    if onnx.feed_noise().is_err() {
        return;
    }
    for with_weights in [false, true] {
        let mut written = Vec::new();
        if with_weights {
            onnx.write(&mut Cursor::new(bytes), &mut written)
                .expect("weights lie inside the file");
        } else {
            written = onnx.skeleton();
        }
        let again = Onnx::parse(Cursor::new(&written), size(&written)).expect("what we wrote");
        assert_eq!(again.inputs(), onnx.inputs());
        assert_eq!(again.outputs(), onnx.outputs());
    }
}
