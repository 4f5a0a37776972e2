use super::*;
use crate::script::{Script, ScriptError, ScriptOptions, script};
use crate::{Limits, Markup};

const LIMITS: Limits = Limits {
    first: 160,
    max: 160,
    growth: 1,
};

fn read(text: &str) -> Script {
    script(text, &ScriptOptions::new(Accent::American, LIMITS)).unwrap()
}

fn texts(script: &Script) -> Vec<String> {
    script.segments.iter().map(|s| s.text()).collect()
}

#[test]
fn sounds_belong_to_the_word_shown() {
    let text = "My [Łódź](/wutʃ/), dear.";
    let script = read(text);
    let words = &script.segments[0].words;
    assert_eq!(words[1].spoken, "Łódź");
    assert_eq!(words[1].phonemes.as_deref(), Some("wuʧ"));
    assert_eq!(&text[words[1].source.clone()], "Łódź");
    assert_eq!(script.segments[0].text(), "My Łódź, dear.");
    assert_eq!(&text[words[3].source.clone()][..4], "dear");
    assert_eq!(script.ignored, 0);
}

#[test]
fn several_words_have_their_own_sounds_or_one_for_all() {
    let script = read("[New York](/nˈu jˈɔɹk/)");
    let words = &script.segments[0].words;
    assert_eq!(words.len(), 2);
    assert_eq!(words[1].phonemes.as_deref(), Some("jˈɔɹk"));
    let script = read("[New York](/nˈujɔɹk/)");
    assert_eq!(script.segments[0].words[0].spoken, "New-York");
}

#[test]
fn sounds_that_are_none_are_counted_and_the_word_is_read() {
    let script = read("Say [hello](/漢/) now");
    assert_eq!(texts(&script), ["Say hello now"]);
    assert_eq!(script.ignored, 1);
}

#[test]
fn a_pause_parts_the_text() {
    let script =
        read("[pause:0.5s]One, [pause:800ms] two [pause: 2 ]. [pause:1s][pause:.5s] Three");
    assert_eq!(texts(&script), ["One,", "two.", "Three"]);
    let pauses: Vec<_> = script.segments.iter().map(|s| s.pause).collect();
    assert_eq!(pauses, [Some(0.8), Some(3.5), None]);
    assert_eq!(script.lead, 0.5);
}

#[test]
fn pauses_are_bounded_each_and_together() {
    let script = read("a [pause:10s] b [pause:10.5s] c");
    assert_eq!(script.segments[0].pause, Some(10.0));
    assert_eq!(script.segments[1].pause, Some(10.0));
    assert_eq!(script.ignored, 1);
    let script = read(&"x [pause:10s] ".repeat(14));
    let silence: f32 = script.segments.iter().filter_map(|s| s.pause).sum();
    assert_eq!((silence, script.ignored), (120.0, 2));
}

#[test]
fn the_address_of_a_link_is_not_read() {
    assert_eq!(
        texts(&read("See [our site](https://example.org/a) now")),
        ["See our site now"]
    );
    assert_eq!(texts(&read("[mail](mailto:a@b.c)")), ["mail"]);
    assert_eq!(texts(&read("[site](http://a.b)")), ["site"]);
}

#[test]
fn other_brackets_are_text() {
    for text in [
        "a [b] c",
        "a [b](c",
        "a [b](c) d",
        "a [pause:x] b",
        "a [pause:1m] b",
        "a [pause:s] b",
        "a [ b",
        "a [b\u{e9}",
        "[[x]",
        "[-](/a/) b",
        "[b](/a\n/)",
    ] {
        let (pieces, ignored) = pieces(text, Accent::American);
        let [Piece::Text(mapped)] = pieces.as_slice() else {
            panic!("{text}")
        };
        assert_eq!((mapped.text(), ignored), (text, 0));
    }
}

#[test]
fn a_mark_ends_within_its_longest_length() {
    let word = "b".repeat(LONGEST - "[](/a/)".len());
    let mark = format!("[{word}](/a/)");
    assert_eq!(mark.len(), LONGEST);
    assert_eq!(pieces(&mark, Accent::American).0.len(), 1);
    assert!(matches!(
        pieces(&mark, Accent::American).0[0],
        Piece::Words(_)
    ));
    let longer = format!("[{word}b](/a/)");
    assert!(matches!(
        pieces(&longer, Accent::American).0[0],
        Piece::Text(_)
    ));
}

#[test]
fn markup_can_be_turned_off() {
    let mut options = ScriptOptions::new(Accent::American, LIMITS);
    options.markup = Markup::None;
    let script = script("a [pause:1s] b", &options).unwrap();
    assert_eq!((script.segments.len(), script.segments[0].pause), (1, None));
}

#[test]
fn a_pause_alone_is_nothing_to_say() {
    assert!(matches!(
        script("[pause:1s]", &ScriptOptions::new(Accent::American, LIMITS)),
        Err(ScriptError::Nothing(_))
    ));
}
