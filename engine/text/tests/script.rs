//! What must hold for any text on its way to phonemes.

use std::time::{Duration, Instant};

use kokoro_text::{
    Accent, G2p, Lexicon, Limits, MAX_PHONEMES, Markup, Nobody, Script, ScriptError, ScriptOptions,
    Word, WordKind, normalise, script, tokenise,
};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    first: 20,
    max: 160,
    growth: 2,
};

fn options(markup: Markup) -> ScriptOptions {
    ScriptOptions {
        markup,
        ..ScriptOptions::new(Accent::American, LIMITS)
    }
}

fn words(script: &Script) -> Vec<Word> {
    script
        .segments
        .iter()
        .flat_map(|segment| segment.words.clone())
        .collect()
}

/// Letters of all words in a row: cutting a word in two must lose none.
fn letters(words: &[Word]) -> String {
    words.iter().map(|word| word.spoken.as_str()).collect()
}

/// Holds for every script: words in order and inside the text, segments not too long, silence bounded.
fn sound(text: &str, script: &Script) {
    let mut last = 0;
    for word in words(script) {
        assert!(word.source.start >= last || word.source.end <= text.len());
        assert!(word.source.start <= word.source.end && word.source.end <= text.len());
        assert!(text.get(word.source.clone()).is_some());
        last = word.source.start;
    }
    for (at, segment) in script.segments.iter().enumerate() {
        assert!(!segment.words.is_empty());
        let limit = LIMITS.at(at);
        let length: usize = segment.words.iter().map(|w| w.spoken.chars().count()).sum();
        let first = segment
            .words
            .first()
            .map_or(0, |w| w.spoken.chars().count());
        // A word longer than a segment stands alone with its marks.
        assert!(length <= limit.max(first) + 4, "{length} {limit}");
        assert!((0.25..=4.0).contains(&segment.rate));
    }
    let silence: f32 = script.segments.iter().filter_map(|s| s.pause).sum();
    assert!(silence + script.lead <= 120.5);
}

proptest! {
    #[test]
    fn no_word_of_any_text_is_lost_or_out_of_place(text in "\\PC{0,300}") {
        let whole = normalise(&text, Accent::American);
        match script(&text, &options(Markup::None)) {
            Ok(script) => {
                sound(&text, &script);
                prop_assert_eq!(letters(&words(&script)), letters(&whole));
                let recut = script.recut(&Limits { first: 3, max: 7, growth: 1 });
                prop_assert_eq!(letters(&words(&recut)), letters(&whole));
            }
            Err(error) => {
                prop_assert!(matches!(error, ScriptError::Nothing(_)));
                prop_assert!(whole.iter().all(|word| word.kind == WordKind::Mark));
            }
        }
    }

    #[test]
    fn any_markup_is_read_or_refused(
        inside in "(</?(p|s|b|speak|sub alias='x'|prosody rate='[0-9]{1,3}%'|break time='[0-9]{1,4}m?s'|say-as interpret-as='(characters|date|ordinal|x)'|phoneme ph='aɪ')/?>|[a-z0-9]{1,4} |&amp;|&|<|\\[[a-z]{1,3}\\]\\(/a/\\)|\\[pause:[0-9]s\\]){0,20}",
        ssml in any::<bool>(),
    ) {
        let text = if ssml { format!("<speak>{inside}</speak>") } else { inside };
        if let Ok(script) = script(&text, &options(Markup::Auto)) {
            sound(&text, &script);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_said_has_tokens(text in "([A-Za-z'é]{1,9}|[0-9]{1,5}|[.,;:!?\"()—-]|\\PC| ){1,30}") {
        let Ok(script) = script(&text, &options(Markup::None)) else { return Ok(()) };
        for segment in &script.segments {
            let found = G2p::shared().phonemes(&segment.words, Accent::American, &Lexicon::default(), &Nobody);
            prop_assert!(!found.symbols.contains('❓'));
            for piece in found.pieces(MAX_PHONEMES) {
                let tokens = tokenise(&piece.symbols).unwrap();
                prop_assert_eq!(tokens.dropped, 0);
                prop_assert!(tokens.phonemes() <= MAX_PHONEMES);
            }
        }
    }
}

/// Ten times the text must take about ten times as long; a square would take a hundred times. The best of three runs is free
/// of most of what else the machine does.
fn takes_linear_time(unit: &str, read: impl Fn(&str)) {
    let time = |bytes: usize| {
        let text = unit.repeat(bytes / unit.len());
        let run = || {
            let start = Instant::now();
            read(&text);
            start.elapsed()
        };
        run().min(run()).min(run())
    };
    let short = time(10_000).max(Duration::from_millis(30));
    let long = time(100_000);
    assert!(long < short * 50, "{unit}: {short:?} and {long:?}");
}

#[test]
fn a_hundred_kilobytes_take_linear_time() {
    for unit in [
        "a ",
        "a, ",
        "A. ",
        "(",
        "a—",
        "\"a\"",
        "[a](",
        "[pause:",
        "[a](/a/)",
        "[pause:1s]a",
        "a\n\n",
        "好",
    ] {
        takes_linear_time(unit, |text| {
            if let Ok(script) = script(text, &options(Markup::Auto)) {
                sound(text, &script);
            }
        });
    }
}

#[test]
fn a_hundred_kilobytes_of_ssml_take_linear_time() {
    for unit in [
        "<p>a</p>",
        "<b/>",
        "a &amp; ",
        "<break/>",
        "<sub alias='b'>a</sub> ",
        "<say-as interpret-as='characters'>abc</say-as>",
        "<prosody rate='fast'>a</prosody>",
    ] {
        takes_linear_time(unit, |inside| {
            let text = format!("<speak>one {inside}</speak>");
            if let Ok(script) = script(&text, &options(Markup::Auto)) {
                sound(&text, &script);
            }
        });
    }
}
