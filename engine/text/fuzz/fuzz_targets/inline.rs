//! Any inline marks: places in order inside the text, pauses and rates that can be kept.
#![no_main]

use kokoro_text::{Accent, Limits, Markup, ScriptOptions, script};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    first: 20,
    max: 160,
    growth: 2,
};

fuzz_target!(|text: &str| {
    let mut options = ScriptOptions::new(Accent::American, LIMITS);
    for markup in [Markup::Auto, Markup::None] {
        options.markup = markup;
        let Ok(read) = script(text, &options) else {
            continue;
        };
        assert!(!read.segments.is_empty());
        assert!(read.lead.is_finite() && read.lead >= 0.0);
        assert!(read.dropped <= text.chars().count());
        let mut at = 0;
        for segment in &read.segments {
            assert!(segment.rate.is_finite() && segment.rate > 0.0);
            assert!(
                segment
                    .pause
                    .is_none_or(|pause| pause.is_finite() && pause >= 0.0)
            );
            for word in &segment.words {
                assert!(text.get(word.source.clone()).is_some());
                assert!(word.source.start >= at);
                at = word.source.start;
            }
        }
    }
});
