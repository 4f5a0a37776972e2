use super::*;

#[test]
fn names_tell_language_and_gender() {
    let told = |id: &str| described(id).map(|voice| (voice.name, voice.language, voice.gender));
    let some =
        |name: &str, language: &str, gender| Some((name.to_owned(), language.to_owned(), gender));
    assert_eq!(told("af_heart"), some("Heart", "en-US", "female"));
    assert_eq!(told("am_adam"), some("Adam", "en-US", "male"));
    assert_eq!(told("bf_emma"), some("Emma", "en-GB", "female"));
    assert_eq!(told("bm_lewis"), some("Lewis", "en-GB", "male"));
    assert_eq!(told("mine"), some("Mine", "en-US", "neutral"));
    assert_eq!(told("x_y"), some("Y", "en-US", "neutral"));
    assert_eq!(told("a_"), some("", "en-US", "neutral"));
    assert_eq!(told("af"), some("Af", "en-US", "female"));
    assert_eq!(told("bm"), some("Bm", "en-GB", "male"));
    for foreign in [
        "ef_dora",
        "em_alex",
        "ff_siwis",
        "hm_omega",
        "if_sara",
        "jf_alpha",
        "pm_santa",
        "zf_xiaobei",
    ] {
        assert_eq!(told(foreign), None, "{foreign}");
    }
    assert!(told("en_x").is_some() && told("eff_x").is_some() && told("kf_x").is_some());
}

fn aliases(ids: &[&str]) -> Vec<(String, String)> {
    let mut voices: Vec<Voice> = ids.iter().filter_map(|id| described(id)).collect();
    alias(&mut voices);
    let mut found: Vec<(String, String)> = voices
        .iter()
        .flat_map(|voice| {
            voice
                .aliases
                .iter()
                .map(|alias| (alias.clone(), voice.id.clone()))
        })
        .collect();
    found.sort();
    found
}

fn is(alias: &str, id: &str) -> (String, String) {
    (alias.to_owned(), id.to_owned())
}

#[test]
fn openai_names_are_aliases_of_the_voices_most_like_them() {
    let all: Vec<&str> = OPENAI.iter().map(|(_, id)| *id).collect();
    let expected: Vec<(String, String)> = OPENAI.iter().map(|(alias, id)| is(alias, id)).collect();
    assert_eq!(aliases(&all), expected);
}

#[test]
fn openai_names_whose_voice_is_absent_go_to_one_alike() {
    let found = aliases(&["af_one", "af_two", "bf_three", "bm_four"]);
    assert_eq!(found.len(), 13);
    // Turns 0, 4, 7, 8, 10 and 11 of the list are American women, the fable an English one, and the only man is an Englishman.
    for expected in [
        is("alloy", "af_one"),
        is("coral", "af_one"),
        is("marin", "af_two"),
        is("nova", "af_one"),
        is("sage", "af_one"),
        is("shimmer", "af_two"),
        is("fable", "bf_three"),
        is("ash", "bm_four"),
        is("verse", "bm_four"),
    ] {
        assert!(
            found.contains(&expected),
            "{expected:?} is not in {found:?}"
        );
    }
    // Only one voice, of neither gender: all names are hers.
    assert!(aliases(&["mine"]).iter().all(|(_, id)| id == "mine"));
    assert_eq!(aliases(&["mine"]).len(), 13);
    assert_eq!(aliases(&[]), []);
}

#[test]
fn the_nearest_name_is_suggested_if_one_is_near() {
    let known = || ["af_heart", "af_sky", "am_adam"].into_iter();
    assert_eq!(nearest("af_heat", known()), Some("af_heart"));
    assert_eq!(nearest("AF_SKY", known()), Some("af_sky"));
    assert_eq!(nearest("am_adm", known()), Some("am_adam"));
    assert_eq!(nearest("zzz", known()), None);
}
