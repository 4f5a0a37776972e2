use saphyr_parser::{ScalarStyle, Tag};
use serde_json::{Value, json};

use super::{Fault, resolve};

fn plain(text: &str) -> Result<Value, Fault> {
    resolve(text, ScalarStyle::Plain, None)
}

fn tagged(text: &str, suffix: &str) -> Result<Value, Fault> {
    let tag = Tag {
        handle: "tag:yaml.org,2002:".to_owned(),
        suffix: suffix.to_owned(),
    };
    resolve(text, ScalarStyle::Plain, Some(&tag))
}

#[test]
fn the_core_schema_decides_what_a_plain_scalar_is() {
    for (text, value) in [
        ("", json!(null)),
        ("~", json!(null)),
        ("null", json!(null)),
        ("Null", json!(null)),
        ("NULL", json!(null)),
        ("nUll", json!("nUll")),
        ("true", json!(true)),
        ("True", json!(true)),
        ("TRUE", json!(true)),
        ("false", json!(false)),
        ("False", json!(false)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("no", json!("no")),
        ("0", json!(0)),
        ("-17", json!(-17)),
        ("+17", json!(17)),
        ("007", json!(7)),
        (
            "18446744073709551615",
            json!(18_446_744_073_709_551_615_u64),
        ),
        ("-9223372036854775808", json!(i64::MIN)),
        ("0o17", json!(15)),
        ("0x1F", json!(31)),
        ("0o8", json!("0o8")),
        ("0xG", json!("0xG")),
        ("0x", json!("0x")),
        ("0x+1", json!("0x+1")),
        ("1.5", json!(1.5)),
        ("-1.5", json!(-1.5)),
        ("+1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("5.", json!(5.0)),
        ("1e3", json!(1000.0)),
        ("1.5E-3", json!(0.0015)),
        ("1e+2", json!(100.0)),
        (
            "123456789012345678901",
            json!(123_456_789_012_345_680_000.0),
        ),
        (".", json!(".")),
        ("-", json!("-")),
        ("+", json!("+")),
        ("e5", json!("e5")),
        (".e5", json!(".e5")),
        ("1e", json!("1e")),
        ("1e+", json!("1e+")),
        ("1.2.3", json!("1.2.3")),
        ("1x", json!("1x")),
        ("1.x", json!("1.x")),
        ("x.1", json!("x.1")),
        ("--1", json!("--1")),
        ("5m", json!("5m")),
        ("inf", json!("inf")),
    ] {
        assert_eq!(plain(text), Ok(value), "{text}");
    }
}

#[test]
fn what_is_no_finite_number_has_no_value() {
    for text in [
        ".inf", ".Inf", ".INF", "-.inf", "+.INF", ".nan", ".NaN", ".NAN", "1e999",
    ] {
        assert_eq!(plain(text), Err(Fault::NotFinite), "{text}");
    }
    assert_eq!(plain("-.nan"), Ok(json!("-.nan")));
}

#[test]
fn quotes_make_text() {
    for style in [
        ScalarStyle::SingleQuoted,
        ScalarStyle::DoubleQuoted,
        ScalarStyle::Literal,
        ScalarStyle::Folded,
    ] {
        assert_eq!(resolve("12", style, None), Ok(json!("12")));
    }
}

#[test]
fn tags_of_the_core_schema_are_held_against_the_text() {
    assert_eq!(tagged("12", "str"), Ok(json!("12")));
    assert_eq!(tagged("12", "int"), Ok(json!(12)));
    assert_eq!(tagged("18446744073709551615", "int"), Ok(json!(u64::MAX)));
    assert_eq!(tagged("12", "float"), Ok(json!(12)));
    assert_eq!(tagged("1.5", "float"), Ok(json!(1.5)));
    assert_eq!(tagged("true", "bool"), Ok(json!(true)));
    assert_eq!(tagged("~", "null"), Ok(json!(null)));
    assert_eq!(tagged("1.5", "int"), Err(Fault::Misfit("int".to_owned())));
    assert_eq!(tagged("x", "float"), Err(Fault::Misfit("float".to_owned())));
    assert_eq!(tagged("1", "bool"), Err(Fault::Misfit("bool".to_owned())));
    assert_eq!(tagged("1", "null"), Err(Fault::Misfit("null".to_owned())));
    assert_eq!(tagged(".inf", "float"), Err(Fault::NotFinite));
    assert_eq!(
        Fault::Misfit("int".to_owned()).to_string(),
        "the value does not fit its tag `!!int`"
    );
}

#[test]
fn other_tags_are_refused() {
    assert!(matches!(tagged("x", "binary"), Err(Fault::Tag(_))));
    let tag = Tag {
        handle: "!".to_owned(),
        suffix: "secret".to_owned(),
    };
    assert_eq!(
        resolve("x", ScalarStyle::Plain, Some(&tag)),
        Err(Fault::Tag("!secret".to_owned()))
    );
}

#[test]
fn the_bare_tag_makes_text() {
    for (handle, suffix) in [("", "!"), ("!", "")] {
        let tag = Tag {
            handle: handle.to_owned(),
            suffix: suffix.to_owned(),
        };
        assert_eq!(
            resolve("12", ScalarStyle::Plain, Some(&tag)),
            Ok(json!("12"))
        );
    }
    let tag = Tag {
        handle: String::new(),
        suffix: "x".to_owned(),
    };
    assert!(resolve("12", ScalarStyle::Plain, Some(&tag)).is_err());
}
