//! Any text to spoken words: places in order inside the text, no more left out than there was.
#![no_main]

use kokoro_text::{Accent, normalised};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for accent in [Accent::American, Accent::British] {
        let read = normalised(text, accent);
        assert!(read.dropped <= text.chars().count());
        let mut before = 0..0;
        for word in &read.words {
            assert!(text.get(word.source.clone()).is_some());
            assert!(word.source == before || word.source.start >= before.end);
            before = word.source.clone();
        }
    }
});
