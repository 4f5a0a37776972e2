use super::*;
use crate::testing::voice;

fn voices() -> Vec<Voice> {
    vec![
        voice("one", "en-US", "female", &["alloy"]),
        voice("two", "en-GB", "male", &["fable", "one"]),
        voice("three", "en-GB", "female", &[]),
    ]
}

fn utterance(text: &str) -> Utterance {
    Utterance {
        text: text.to_owned(),
        voice: None,
        speed: 1.0,
        lang: None,
    }
}

fn check(utterance: &Utterance) -> Result<Job, SpeechError> {
    checked(utterance, &voices(), 10)
}

fn message(utterance: &Utterance) -> String {
    check(utterance).unwrap_err().to_string()
}

#[test]
fn a_good_request_is_taken_as_it_is() {
    let job = check(&utterance(" Hi \u{2018}x\u{1}")).unwrap();
    assert_eq!(&*job.text, " Hi \u{2018}x\u{1}");
    assert_eq!(
        (job.voice, job.language.as_str(), job.speed),
        (voices()[0].clone(), "en-US", 1.0)
    );
    assert_eq!(job.script.segments.len(), 1);
    assert_eq!(job.script.dropped, 1);
    let word = &job.script.segments[0].words[0];
    assert_eq!((word.spoken.as_str(), word.source.clone()), ("Hi", 1..3));
}

#[test]
fn a_voices_language_decides_how_a_text_is_read() {
    assert_eq!(accent("en-GB"), Accent::British);
    assert_eq!(accent("en-US"), Accent::American);
}

#[test]
fn a_request_may_ask_for_a_minute_of_silence_in_all() {
    let with = |lead: f32, pauses: &[f32]| {
        let mut script = crate::testing::read("One. Two.");
        script.lead = lead;
        script.segments = pauses
            .iter()
            .map(|pause| kokoro_text::ScriptSegment {
                pause: Some(*pause),
                ..script.segments[0].clone()
            })
            .collect();
        silent_enough(&script).map_err(|error| error.to_string())
    };
    assert!(with(10.0, &[10.0; 5]).is_ok());
    // No pause is longer than it is played.
    assert!(with(0.0, &[500.0; 6]).is_ok());
    let refused = "the markup asks for 61 s of silence; at most 60 s are accepted";
    assert_eq!(with(0.5, &[10.0; 6]).unwrap_err().to_string(), refused);
    assert!(with(0.0, &[-5.0, 10.0, 10.0]).is_ok());
}

#[test]
fn text_is_counted_in_characters() {
    assert!(check(&utterance("éééééééééé")).is_ok());
    assert_eq!(
        message(&utterance("ééééééééééé")),
        "the text has 11 characters; at most 10 are accepted"
    );
}

#[test]
fn blank_and_unspeakable_texts_are_refused() {
    assert_eq!(
        message(&utterance("")),
        "the text has nothing to speak: it is empty or blank"
    );
    assert_eq!(
        message(&utterance(" \n")),
        "the text has nothing to speak: it is empty or blank"
    );
    assert_eq!(
        message(&utterance("漢!")),
        "the text has nothing to speak: it has no letter, digit or emoji that an English voice can say"
    );
}

#[test]
fn speed_has_two_ends() {
    let at = |speed| {
        check(&Utterance {
            speed,
            ..utterance("x")
        })
    };
    for speed in [0.25, 1.0, 4.0] {
        assert_eq!(at(speed).unwrap().speed, speed);
    }
    for speed in [
        0.249_99,
        4.000_01,
        0.0,
        -1.0,
        1e9,
        f32::NAN,
        f32::INFINITY,
        f32::NEG_INFINITY,
    ] {
        assert_eq!(
            at(speed).unwrap_err().to_string(),
            "speed must be between 0.25 and 4",
            "{speed}"
        );
    }
}

#[test]
fn voices_answer_to_id_and_alias_in_any_case() {
    let at = |name: &str| {
        check(&Utterance {
            voice: Some(name.to_owned()),
            ..utterance("x")
        })
    };
    for (name, id) in [
        ("one", "one"),
        ("ONE", "one"),
        ("Alloy", "one"),
        ("fable", "two"),
        ("three", "three"),
    ] {
        assert_eq!(at(name).unwrap().voice.id, id, "{name}");
    }
    for (name, hint) in [("zzzz", ""), ("", ""), ("one ", ": did you mean `one`?")] {
        assert_eq!(
            at(name).unwrap_err().to_string(),
            format!("unknown voice `{name}`{hint}; `kokoro voices` lists those there are")
        );
    }
}

#[test]
fn a_language_chooses_the_voice_unless_one_is_named() {
    let at = |lang: &str, voice: Option<&str>| {
        let job = check(&Utterance {
            lang: Some(lang.to_owned()),
            voice: voice.map(str::to_owned),
            ..utterance("x")
        })?;
        Ok::<_, SpeechError>((job.voice.id, job.language))
    };
    let pair = |id: &str, language: &str| (id.to_owned(), language.to_owned());
    for lang in ["en", "en-us", "EN-US", "en_US"] {
        assert_eq!(at(lang, None).unwrap(), pair("one", "en-US"), "{lang}");
    }
    for lang in ["en-gb", "En-Gb", "en_gb"] {
        assert_eq!(at(lang, None).unwrap(), pair("two", "en-GB"), "{lang}");
        assert_eq!(
            at(lang, Some("one")).unwrap(),
            pair("one", "en-GB"),
            "{lang}"
        );
    }
    for lang in ["de", "", "en-au", "english"] {
        assert_eq!(
            at(lang, None).unwrap_err().to_string(),
            format!("unknown language `{lang}`")
        );
    }
}

#[test]
fn without_a_voice_of_the_language_the_default_speaks() {
    let american = &voices()[..1];
    let request = Utterance {
        lang: Some("en-gb".to_owned()),
        ..utterance("x")
    };
    let job = checked(&request, american, 10).unwrap();
    assert_eq!(
        (job.voice.id.as_str(), job.language.as_str()),
        ("one", "en-GB")
    );
}

#[test]
fn without_voices_there_is_no_default() {
    for lang in [None, Some("en".to_owned())] {
        let request = Utterance {
            lang,
            ..utterance("x")
        };
        assert!(matches!(
            checked(&request, &[], 10),
            Err(SpeechError::UnknownVoice { .. })
        ));
    }
}

#[test]
fn voices_can_be_blended_by_id_and_alias() {
    let named = |name: &str| {
        let request = Utterance {
            voice: Some(name.to_owned()),
            ..utterance("x")
        };
        check(&request)
    };
    let job = named("ALLOY:1,Fable:3").unwrap();
    assert_eq!(
        (job.voice.id.as_str(), job.language.as_str()),
        ("one:1+two:3", "en-GB")
    );
    assert_eq!(
        named("alloy+nobody").unwrap_err().to_string(),
        "unknown voice `nobody`; `kokoro voices` lists those there are"
    );
    assert_eq!(
        named("aloy").unwrap_err().to_string(),
        "unknown voice `aloy`: did you mean `alloy`?; `kokoro voices` lists those there are"
    );
}
