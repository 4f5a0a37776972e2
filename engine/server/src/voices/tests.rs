use super::*;

fn voice(gender: &'static str) -> Voice {
    Voice {
        id: "id".to_owned(),
        name: "Name".to_owned(),
        language: "en-US".to_owned(),
        gender,
        aliases: vec!["other".to_owned()],
    }
}

#[test]
fn genders_are_those_of_the_contract() {
    let gender = |name| VoiceEntry::from(voice(name)).gender;
    assert_eq!(gender("male"), Gender::Male);
    assert_eq!(gender("female"), Gender::Female);
    assert_eq!(gender("neutral"), Gender::Neutral);
}

#[test]
fn an_entry_has_all_of_the_voice() {
    let entry = serde_json::to_value(VoiceEntry::from(voice("male"))).unwrap();
    let expected = serde_json::json!({
        "id": "id", "name": "Name", "language": "en-US", "gender": "male", "aliases": ["other"],
    });
    assert_eq!(entry, expected);
}
