//! Any lexicon: read, or refused at one of its lines.
#![no_main]

use kokoro_text::Lexicon;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = Lexicon::parse(text) {
        assert!(error.line >= 1 && error.line <= text.lines().count());
    }
});
