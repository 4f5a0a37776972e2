use super::*;
use crate::script::{Script, ScriptOptions, script};
use crate::{Limits, NothingToSpeak, WordKind};

const OPTIONS: ScriptOptions = ScriptOptions {
    accent: Accent::American,
    limits: Limits {
        first: 160,
        max: 160,
        growth: 1,
    },
    markup: crate::Markup::Auto,
};

fn read(inside: &str) -> Script {
    script(&format!("<speak>{inside}</speak>"), &OPTIONS).unwrap()
}

fn texts(script: &Script) -> Vec<String> {
    script.segments.iter().map(|s| s.text()).collect()
}

fn refused(text: &str) -> (usize, usize, &'static str) {
    match script(text, &OPTIONS) {
        Err(ScriptError::Ssml {
            line,
            column,
            expected,
        }) => (line, column, expected),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn only_a_text_that_begins_with_speak_is_ssml() {
    for text in [
        "<speak>a</speak>",
        " \n<speak/>",
        "\u{FEFF}<?xml version=\"1.0\"?>\n<!-- x --> <speak version='1'>",
    ] {
        assert!(is_ssml(text), "{text}");
    }
    for text in [
        "a <speak>",
        "<speaker>",
        "<?xml",
        "<!-- <speak>",
        "",
        "<speak",
    ] {
        assert!(!is_ssml(text), "{text}");
    }
    let script = script("if a < b and <b>c</b>", &OPTIONS).unwrap();
    assert!(texts(&script)[0].starts_with("if "));
}

#[test]
fn words_lead_back_to_the_users_text() {
    let text = "<speak version=\"1.0\">\n Tea &amp; <emphasis>sc&#111;nes</emphasis>.\n</speak>";
    let script = script(text, &OPTIONS).unwrap();
    let words = &script.segments[0].words;
    let shown: Vec<_> = words
        .iter()
        .map(|w| (w.spoken.as_str(), &text[w.source.clone()]))
        .collect();
    assert_eq!(
        shown,
        [
            ("Tea", "Tea"),
            ("and", "&amp;"),
            ("scones", "sc&#111;nes"),
            (".", ".")
        ]
    );
    assert_eq!(script.ignored, 1);
}

#[test]
fn paragraphs_and_sentences_end_segments() {
    let script = read("<p><s>One</s><s>Two\n\nthree</s></p><p>Four</p>");
    let found: Vec<_> = script.segments.iter().map(|s| (s.text(), s.ends)).collect();
    assert_eq!(
        found,
        [
            ("One".to_owned(), Boundary::Sentence),
            ("Two three".to_owned(), Boundary::Paragraph),
            ("Four".to_owned(), Boundary::Paragraph),
        ]
    );
}

#[test]
fn breaks_are_silence_of_a_time_or_a_strength() {
    let pause = |tag: &str| {
        let script = read(&format!("a{tag}b"));
        (script.segments[0].pause, script.ignored)
    };
    assert_eq!(pause("<break time=\"500ms\"/>"), (Some(0.5), 0));
    assert_eq!(
        pause("<break time='1.5s' strength='weak'></break>"),
        (Some(1.5), 0)
    );
    assert_eq!(pause("<break/>"), (Some(0.4), 0));
    assert_eq!(pause("<break strength='x-weak'/>"), (Some(0.1), 0));
    assert_eq!(pause("<break strength='weak'/>"), (Some(0.2), 0));
    assert_eq!(pause("<break strength='medium'/>"), (Some(0.4), 0));
    assert_eq!(pause("<break strength='strong'/>"), (Some(0.7), 0));
    assert_eq!(pause("<break strength='x-strong'/>"), (Some(1.2), 0));
    assert_eq!(pause("<break strength='none'/>"), (None, 0));
    assert_eq!(pause("<break strength='huge'/>"), (Some(0.4), 1));
    assert_eq!(pause("<break time='soon'/>"), (Some(0.4), 1));
    assert_eq!(read("<break time='1s'/>a").lead, 1.0);
}

#[test]
fn speeds_are_words_factors_and_percentages_and_multiply() {
    let speed = |value: &str| {
        let script = read(&format!("<prosody rate='{value}'>a</prosody>"));
        (script.segments[0].rate, script.ignored)
    };
    for (value, factor) in [
        ("x-slow", 0.5),
        ("slow", 0.8),
        ("medium", 1.0),
        ("default", 1.0),
        ("fast", 1.25),
        ("x-fast", 1.6),
        ("150%", 1.5),
        ("+50%", 1.5),
        ("-50%", 0.5),
        ("1.5", 1.5),
        ("900%", 4.0),
        ("1%", 0.25),
    ] {
        assert_eq!(speed(value), (factor, 0), "{value}");
    }
    for value in [
        "", "quick", "0%", "-100%", "-2", "+2", "nan", "inf", "1e3", "%",
    ] {
        assert_eq!(speed(value), (1.0, 1), "{value}");
    }
    let script = read(
        "so <prosody rate='2' pitch='high' volume='loud'>be <prosody rate='50%'>we</prosody> do</prosody> it",
    );
    let rates: Vec<_> = script.segments.iter().map(|s| (s.text(), s.rate)).collect();
    assert_eq!(
        rates,
        [
            ("so".to_owned(), 1.0),
            ("be".to_owned(), 2.0),
            ("we".to_owned(), 1.0),
            ("do".to_owned(), 2.0),
            ("it".to_owned(), 1.0)
        ]
    );
    assert_eq!(script.ignored, 2);
}

#[test]
fn say_as_reads_as_it_is_told() {
    let script = read(
        "Room <say-as interpret-as='characters'>b1</say-as>, <say-as interpret-as='cardinal'>1984</say-as>",
    );
    assert_eq!(
        texts(&script),
        ["Room B one, one thousand nine hundred eighty four"]
    );
    let words = &script.segments[0].words;
    assert_eq!(words[1].kind, WordKind::Letters);
    assert_eq!(words[1].source, words[2].source);
    let script = read(
        "<say-as interpret-as='ordinal'>3</say-as> <say-as interpret-as='nonsense'>x</say-as> <say-as>y</say-as>",
    );
    assert_eq!(script.ignored, 2);
    assert!(texts(&script)[0].starts_with("third "));
}

#[test]
fn phonemes_and_aliases_stand_for_their_text() {
    let script = read(
        "<phoneme alphabet='ipa' ph='təˈmɑːtəʊ'>tomato</phoneme> by <sub alias='World Wide Web'>WWW</sub>.",
    );
    let words = &script.segments[0].words;
    assert_eq!(words[0].spoken, "tomato");
    assert_eq!(words[0].phonemes.as_deref(), Some("təmˈɑtO"));
    assert_eq!(texts(&script), ["tomato by World Wide Web."]);
    assert_eq!(words[2].source, words[4].source);
    assert_eq!(script.ignored, 0);
    let script = read("<phoneme ph='hˈI'/> there");
    assert_eq!(script.segments[0].words[0].phonemes.as_deref(), Some("hˈI"));
}

#[test]
fn what_is_not_understood_is_counted_and_its_text_read() {
    for tag in [
        "<phoneme alphabet='x-sampa' ph='h@'>hello</phoneme>",
        "<phoneme alphabet='ipa' ph='漢'>hello</phoneme>",
        "<phoneme alphabet='ipa'>hello</phoneme>",
        "<sub>hello</sub>",
        "<voice name='x'>hello</voice>",
        "<amazon:effect name='whispered'>hello</amazon:effect>",
    ] {
        let script = read(tag);
        assert_eq!(
            (texts(&script), script.ignored),
            (vec!["hello".to_owned()], 1),
            "{tag}"
        );
    }
    let nested = read("<sub alias='hi'>a<say-as interpret-as='characters'>b</say-as></sub>");
    assert_eq!((texts(&nested), nested.ignored), (vec!["hi".to_owned()], 1));
}

#[test]
fn sections_comments_and_instructions_are_read_over() {
    let text = "<?xml version='1.0'?><!DOCTYPE speak><speak>one<!-- two --><?c?><![CDATA[ three < four]]></speak> <!-- five -->\n";
    let script = script(text, &OPTIONS).unwrap();
    assert_eq!(texts(&script), ["one three is less than four"]);
    let word = &script.segments[0].words[1];
    assert_eq!(&text[word.source.clone()], "three");
}

#[test]
fn faults_are_told_with_their_place() {
    for (text, place) in [
        ("<speak>a", (1, 9, "`</speak>` at the end")),
        (
            "<speak>\né<p>a</speak>",
            (2, 6, "end tags that match the tags they close"),
        ),
        (
            "<speak>a</speak> b",
            (1, 17, "no text outside of `<speak>`"),
        ),
        (
            "<speak>a</speak>&amp;",
            (1, 17, "no text outside of `<speak>`"),
        ),
        ("<speak>a</speak><p/>", (1, 17, "nothing after `</speak>`")),
        (
            "<speak>a &copy; b</speak>",
            (
                1,
                10,
                "one of &amp; &lt; &gt; &quot; &apos; or a character's number",
            ),
        ),
        (
            "<speak>a &#xFFFFFF; b</speak>",
            (
                1,
                10,
                "one of &amp; &lt; &gt; &quot; &apos; or a character's number",
            ),
        ),
        ("<speak>a & b</speak>", (1, 10, "`&amp;` for an ampersand")),
        (
            "<speak>a <b</speak>",
            (1, 10, "a tag, comment or section that is closed"),
        ),
        (
            "<speak>a <!-- b</speak>",
            (1, 10, "a tag, comment or section that is closed"),
        ),
        (
            "<speak><break time=1s/></speak>",
            (1, 8, "attributes as name=\"value\", each once"),
        ),
        (
            "<speak><break time='1s' time='2s'/></speak>",
            (1, 8, "attributes as name=\"value\", each once"),
        ),
        (
            "<speak><sub alias='a & b'>c</sub></speak>",
            (1, 8, "`&amp;` for an ampersand"),
        ),
    ] {
        assert_eq!(refused(text), place, "{text}");
    }
}

#[test]
fn tags_are_only_so_deep() {
    let nested = |depth: usize| {
        format!(
            "<speak>{}a{}</speak>",
            "<b>".repeat(depth),
            "</b>".repeat(depth)
        )
    };
    assert_eq!(script(&nested(63), &OPTIONS).unwrap().ignored, 63);
    assert_eq!(refused(&nested(64)).2, "at most 64 tags inside each other");
}

#[test]
fn ssml_without_words_is_nothing_to_say() {
    assert_eq!(
        script("<speak> <break/> </speak>", &OPTIONS),
        Err(ScriptError::Nothing(NothingToSpeak::Unspeakable))
    );
}
