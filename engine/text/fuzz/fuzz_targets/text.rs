//! Any text to phonemes: nothing lost, nothing the model does not know, no panic.
#![no_main]

use kokoro_text::{
    Accent, G2p, Lexicon, Limits, MAX_PHONEMES, Nobody, ScriptOptions, script, tokenise,
};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    first: 20,
    max: 160,
    growth: 2,
};

fuzz_target!(|text: &str| {
    let Ok(read) = script(text, &ScriptOptions::new(Accent::British, LIMITS)) else {
        return;
    };
    for segment in &read.segments {
        for word in &segment.words {
            assert!(text.get(word.source.clone()).is_some());
        }
        let found = G2p::shared().phonemes(
            &segment.words,
            Accent::British,
            &Lexicon::default(),
            &Nobody,
        );
        for piece in found.pieces(MAX_PHONEMES) {
            let tokens = tokenise(&piece.symbols).expect("a piece fits");
            assert_eq!(tokens.dropped, 0);
        }
    }
});
