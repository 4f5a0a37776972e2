//! Any SSML: read or refused with a place inside it.
#![no_main]

use kokoro_text::{Accent, Limits, ScriptError, ScriptOptions, script};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    first: 20,
    max: 160,
    growth: 2,
};

fuzz_target!(|inside: &str| {
    let text = format!("<speak>{inside}</speak>");
    match script(&text, &ScriptOptions::new(Accent::American, LIMITS)) {
        Ok(read) => {
            for word in read.segments.iter().flat_map(|segment| &segment.words) {
                assert!(text.get(word.source.clone()).is_some());
            }
        }
        Err(ScriptError::Ssml { line, column, .. }) => {
            assert!(line >= 1 && line <= text.matches('\n').count() + 1);
            assert!(column >= 1 && column <= text.chars().count() + 1);
        }
        Err(ScriptError::Nothing(_)) => {}
    }
});
