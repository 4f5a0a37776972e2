use super::*;

fn voices() -> Vec<Voice> {
    let voice = |id: &str, gender, aliases: &[&str]| Voice {
        id: id.to_owned(),
        name: format!("Name of {id}"),
        language: "en-US".to_owned(),
        gender,
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
    };
    vec![
        voice("long-id", "female", &["x", "y"]),
        voice("b", "male", &[]),
    ]
}

#[test]
fn the_table_lines_up() {
    let expected = "long-id  en-US  female   Name of long-id\n           also: x, y\nb        en-US  male     Name of b\n";
    assert_eq!(as_table(&voices()), expected);
    assert_eq!(as_table(&[]), "");
}

#[test]
fn json_has_all_of_each_voice() {
    let parsed: serde_json::Value = serde_json::from_str(&as_json(&voices())).unwrap();
    let first = json!({ "id": "long-id", "name": "Name of long-id", "language": "en-US", "gender": "female", "aliases": ["x", "y"] });
    assert_eq!(parsed[0], first);
    assert_eq!(parsed.as_array().unwrap().len(), 2);
}
