use serde::Deserialize;
use serde_json::json;

use super::*;

fn file(role: &str, name: &str) -> Raw {
    Raw {
        role: role.to_owned(),
        name: name.to_owned(),
        bytes: b"{\n \"a\": x}".to_vec(),
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    #[serde(default)]
    depth: u64,
}

#[test]
fn a_role_is_found_missing_or_double() {
    let raws = [
        file("a", "a.json"),
        file("b", "b1.json"),
        file("b", "b2.json"),
    ];
    assert_eq!(raw(&raws, "a").unwrap().name, "a.json");
    assert_eq!(
        raw(&raws, "c").unwrap_err().to_string(),
        "the raw output `c` does not exist: the tool wrote none; run the gate again and read its last lines"
    );
    assert_eq!(
        raw(&raws, "b").unwrap_err().to_string(),
        "b2.json is not a valid raw output: `b1.json` has the role `b` as well; a role belongs to one file"
    );
}

#[test]
fn parameters_default_and_refuse_what_they_do_not_know() {
    assert_eq!(params::<Settings>(&Value::Null), Ok(Settings { depth: 0 }));
    assert_eq!(
        params::<Settings>(&json!({"depth": 3})),
        Ok(Settings { depth: 3 })
    );
    let error = params::<Settings>(&json!({"deep": 3}))
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("the plan's parameters is not a valid set of parameters"),
        "{error}"
    );
    assert!(error.contains("unknown field `deep`"), "{error}");
}

#[test]
fn broken_json_is_named_with_its_place() {
    let raw = file("a", "a.json");
    let error = json::<Value>(&raw, "report").unwrap_err().to_string();
    assert_eq!(
        error,
        "a.json is not a valid report: expected value at line 2 column 7"
    );
}

#[test]
fn a_ratio_out_of_nothing_is_no_number() {
    assert_eq!(ratio("r", 0, 0, Basis::Reported), None);
    let half = ratio("r", 1, 2, Basis::Reported).unwrap();
    assert_eq!(
        (half.value, half.unit.as_str(), half.sample_size),
        (0.5, "ratio", Some(2))
    );
    assert_eq!(
        half.ratio,
        Some(Ratio {
            numerator: 1,
            denominator: 2
        })
    );
    let three = count("c", 3, Basis::Observed);
    assert_eq!(
        (three.value, three.unit.as_str(), three.basis),
        (3.0, "count", Basis::Observed)
    );
}

#[test]
fn positions_count_from_one() {
    assert_eq!(position(0), None);
    assert_eq!(position(1), Some(1));
    assert_eq!(position(u64::from(u32::MAX)), Some(u32::MAX));
    assert_eq!(position(u64::from(u32::MAX) + 1), None);
}

#[test]
fn quotes_are_one_short_line() {
    assert_eq!(quote("  a\n\tb  "), "a b");
    assert_eq!(quote(&"é".repeat(200)), "é".repeat(200));
    assert_eq!(quote(&"é".repeat(201)), format!("{}…", "é".repeat(200)));
}
