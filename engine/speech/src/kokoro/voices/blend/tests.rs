use proptest::prelude::*;

use super::*;
use crate::testing::voice as made;

fn parts(written: &str) -> Vec<(String, f32)> {
    parse(written)
        .unwrap()
        .into_iter()
        .map(|part| (part.name, part.weight))
        .collect()
}

fn names(found: &[(&str, f32)]) -> Vec<(String, f32)> {
    found
        .iter()
        .map(|(name, weight)| ((*name).to_owned(), *weight))
        .collect()
}

#[test]
fn parts_in_brackets_are_shares_of_their_sum() {
    assert_eq!(parts("a(3)+b(1)"), names(&[("a", 0.75), ("b", 0.25)]));
    assert_eq!(parts("a+b(3)"), names(&[("a", 0.25), ("b", 0.75)]));
    assert_eq!(parts("a(0.5)"), names(&[("a", 1.0)]));
    assert_eq!(parts(" a ( 1 ) + b "), names(&[("a", 0.5), ("b", 0.5)]));
}

#[test]
fn a_minus_takes_away() {
    assert_eq!(parts("a(3)-b(1)"), names(&[("a", 0.75), ("b", -0.25)]));
    assert_eq!(
        parts("a-b+c(2)"),
        names(&[("a", 0.25), ("b", -0.25), ("c", 0.5)])
    );
}

#[test]
fn commas_make_a_mean_or_take_weights_after_a_colon() {
    assert_eq!(parts("a,b"), names(&[("a", 0.5), ("b", 0.5)]));
    assert_eq!(
        parts("a,b,c,d"),
        names(&[("a", 0.25), ("b", 0.25), ("c", 0.25), ("d", 0.25)])
    );
    assert_eq!(parts("a:0.25,b:0.75"), names(&[("a", 0.25), ("b", 0.75)]));
    assert_eq!(parts("a:3,b"), names(&[("a", 0.75), ("b", 0.25)]));
}

#[test]
fn tenths_are_taken_as_they_are() {
    assert_eq!(parts("a.4+b.5"), names(&[("a", 0.4), ("b", 0.5)]));
    assert_eq!(parts("a.10+b.5"), names(&[("a", 1.0), ("b", 0.5)]));
}

#[test]
fn what_cannot_be_read_says_why() {
    let form = "a blend is written as `af_bella(2)+af_sky(1)` or `af_bella:0.7,af_sky:0.3`";
    for written in ["", "+", "a+", ",a", "a++b", "(2)", "a)", "a:b.c(1)"] {
        assert_eq!(parse(written).unwrap_err(), form, "{written}");
    }
    let weight = "a weight is a number above 0 and at most 100";
    for written in [
        "a(0)",
        "a(x)+b",
        "a(NaN)",
        "a:inf,b",
        "a(100.5)",
        "a:",
        "a.0+b.1",
        "a.2000+b.1",
    ] {
        assert_eq!(parse(written).unwrap_err(), weight, "{written}");
    }
    assert!(parse("a(100)+b").is_ok());
    let tenths =
        "weights such as `.4` need two voices or more, and every voice of the blend must have one";
    for written in ["a.4", "a.4+b", "a.4+b(2)", "a+b.5"] {
        assert_eq!(parse(written).unwrap_err(), tenths, "{written}");
    }
    for written in ["a.+b.4", "a.x+b.4", "a.4.5+b.4"] {
        assert_eq!(
            parse(written).unwrap_err(),
            "a weight after a dot is made of digits, as in `af_sky.4`",
            "{written}"
        );
    }
}

#[test]
fn at_most_eight_voices_are_blended() {
    assert_eq!(parts("a+a+a+a+a+a+a+a").len(), 8);
    assert_eq!(
        parse("a+a+a+a+a+a+a+a+a").unwrap_err(),
        "at most 8 voices can be blended"
    );
}

#[test]
fn a_plain_name_is_no_blend() {
    assert!(!is_blend("af_heart"));
    for written in ["a+b", "a-b", "a,b", "a(1)", "a:1", "a.4"] {
        assert!(is_blend(written), "{written}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_it_is_read_or_refused(written in "[-a+,().:0-9 é]{0,60}") {
        if let Ok(parts) = parse(&written) {
            prop_assert!(parts.len() <= MOST);
            prop_assert!(parts.iter().all(|part| part.weight.is_finite() && part.weight != 0.0 && !part.name.is_empty()));
        }
    }
}

fn known() -> Vec<Voice> {
    vec![
        made("af_a", "en-US", "female", &["alloy"]),
        made("bm_b", "en-GB", "male", &["fable"]),
        made("en-us", "en-US", "male", &[]),
    ]
}

fn blended(written: &str) -> Result<Voice, String> {
    let voices = known();
    voice(written, &voices, |voices, name| {
        voices
            .iter()
            .find(|voice| voice.id == name || voice.aliases.iter().any(|alias| alias == name))
    })
    .map_err(|error| error.to_string())
}

#[test]
fn a_blend_is_a_voice_that_speaks_as_its_heaviest_part() {
    let voice = blended("alloy ( 1 ), bm_b:3").unwrap();
    assert_eq!(voice.id, "af_a ( 1 )+bm_b:3");
    assert_eq!(parts(&voice.id), names(&[("af_a", 0.25), ("bm_b", 0.75)]));
    assert_eq!(
        (voice.language.as_str(), voice.gender, voice.aliases.len()),
        ("en-GB", "male", 0)
    );
    assert_eq!(voice.name, voice.id);
    // Of two that weigh the same, the first.
    assert_eq!(blended("alloy,bm_b").unwrap().language, "en-US");
    // What is taken away does not speak, however much it is.
    let voice = blended("af_a-fable(5)").unwrap();
    assert_eq!(
        (voice.id.as_str(), voice.language.as_str()),
        ("af_a-bm_b(5)", "en-US")
    );
    assert_eq!(blended("af_a.4+fable.5").unwrap().id, "af_a.4+bm_b.5");
}

#[test]
fn a_name_nobody_has_is_never_left_out() {
    assert_eq!(
        blended("af_a+xyz").unwrap_err(),
        "unknown voice `xyz`; `kokoro voices` lists those there are"
    );
    assert_eq!(
        blended("af_a+aloy").unwrap_err(),
        "unknown voice `aloy`: did you mean `alloy`?; `kokoro voices` lists those there are"
    );
    assert_eq!(
        blended("af_a.4").unwrap_err(),
        "unknown voice `af_a.4`: weights such as `.4` need two voices or more, and every voice of the blend must have \
         one; `kokoro voices` lists those there are"
    );
}

#[test]
fn voices_whose_ids_are_written_as_blends_cannot_be_blended() {
    let voices = known();
    let error = voice("af_a,x", &voices, |voices, name| {
        voices.get(if name == "x" { 2 } else { 0 })
    })
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("this provider's voices cannot be blended"),
        "{error}"
    );
}
