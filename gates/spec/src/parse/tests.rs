use serde_json::{Value, json};

use super::{MAX_BYTES, MAX_COPIED, MAX_DEPTH, MAX_VALUES, parse};
use crate::Document;

fn yaml(text: &str) -> Document {
    parse("f.yaml", text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"))
}

fn value(path: &str, text: &str) -> Value {
    parse(path, text.as_bytes())
        .unwrap_or_else(|findings| panic!("{findings:?}"))
        .value()
        .clone()
}

/// Code, message, line and column of the only finding.
fn refusal(path: &str, bytes: &[u8]) -> (String, String, Option<u32>, Option<u32>) {
    let findings = parse(path, bytes).expect_err("it is refused");
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = &findings[0];
    let place = finding.place.as_ref().expect("a place");
    assert_eq!(place.path, path);
    assert!(
        finding.expected.is_some() && finding.found.is_some() && finding.help.is_some(),
        "{finding:?}"
    );
    (
        finding.code.clone(),
        finding.message.clone(),
        place.line,
        place.column,
    )
}

fn syntax(path: &str, text: &str) -> (String, Option<u32>, Option<u32>) {
    let (code, message, line, column) = refusal(path, text.as_bytes());
    assert_eq!(code, "document-syntax");
    (message, line, column)
}

#[test]
fn yaml_becomes_json() {
    let text = "a: 1\nb: [x, 'y', {c: ~}]\nd: |\n  one\n  two\ne: {}\nf: []\n1: k\n";
    let expected = json!({"a": 1, "b": ["x", "y", {"c": null}], "d": "one\ntwo\n", "e": {}, "f": [], "1": "k"});
    assert_eq!(yaml(text).value(), &expected);
    assert_eq!(value("f.yaml", "3\n"), json!(3));
    assert_eq!(value("f.yaml", "---\na: 1\n...\n"), json!({"a": 1}));
}

#[test]
fn json_becomes_json() {
    let text = "{\"a\": [1, -2.5e3, true, null, \"x\\\"\\u00e4,}\"],\n \"b\": {}, \"c\": []}";
    let expected = json!({"a": [1, -2500.0, true, null, "x\"ä,}"], "b": {}, "c": []});
    for path in ["f.json", "dir/f.JSON"] {
        assert_eq!(value(path, text), expected);
    }
    assert_eq!(value("f.json", " 3 "), json!(3));
    // JSON may be indented with tabs, and YAML knows no surrogate pairs.
    assert_eq!(
        value("f.json", "{\n\t\"a\": \"\\ud83d\\ude00\"\n}"),
        json!({"a": "😀"})
    );
}

#[test]
fn json_parts_know_their_places() {
    let document = parse(
        "f.json",
        "{\n \"ä\": [1,\n  {\"b\": \"x\\\\\"}]}".as_bytes(),
    )
    .expect("it parses");
    let at = |pointer: &str| {
        let node = document.span_of(pointer).expect("a place");
        (
            node.key.map(|key| (key.line, key.column)),
            (node.value.line, node.value.column),
        )
    };
    assert_eq!(at(""), (None, (1, 1)));
    assert_eq!(at("/ä"), (Some((2, 2)), (2, 7)));
    assert_eq!(at("/ä/0"), (None, (2, 8)));
    assert_eq!(at("/ä/1"), (None, (3, 3)));
    assert_eq!(at("/ä/1/b"), (Some((3, 4)), (3, 9)));
    assert_eq!(document.value().pointer("/ä/1/b"), Some(&json!("x\\")));
}

#[test]
fn lines_end_as_every_editor_ends_them_in_json_too() {
    for line_end in ["\n", "\r", "\r\n"] {
        let text = format!("{{{line_end}{line_end} \"a\": 1}}{line_end}");
        let document = parse("f.json", text.as_bytes()).expect("it parses");
        let key = document.span_of("/a").and_then(|node| node.key);
        assert_eq!(key.map(|key| (key.line, key.column)), Some((3, 2)));
        let broken = format!("{line_end} {line_end}").into_bytes();
        let broken = [broken, vec![0xff]].concat();
        let place = parse("f.json", &broken).unwrap_err()[0].place.clone();
        assert_eq!(place.and_then(|place| place.line), Some(3));
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let document = yaml("\u{feff}a: 1\n");
    assert_eq!(
        document
            .span_of("/a")
            .and_then(|node| node.key)
            .map(|key| (key.line, key.column)),
        Some((1, 1))
    );
    assert_eq!(value("f.json", "\u{feff}{}"), json!({}));
}

#[test]
fn an_alias_stands_for_what_its_anchor_holds() {
    let document = yaml("a: &x {n: [1]}\nb: *x\nc: &y text\n*y : 1\n? &z key\n: 2\nd: *z\n");
    assert_eq!(
        document.value(),
        &json!({"a": {"n": [1]}, "b": {"n": [1]}, "c": "text", "text": 1, "key": 2, "d": "key"})
    );
    assert_eq!(document.span_of("/b/n"), None);
    let place = document.place_of("/b/n/0");
    assert_eq!((place.line, place.column), (Some(2), Some(4)));
}

#[test]
fn a_merge_key_brings_in_what_does_not_stand_there() {
    let document = yaml(
        "base: &b {given: g, when: w}\nmore: &m {when: x, then: t}\nlist:\n  - <<: *b\n    when: here\n    then: n\n  \
         - <<: [*b, *m]\n  - {\"<<\": text}\n  - {<<: {k: {l: 1}}, a: [1]}\n",
    );
    assert_eq!(
        document.value()["list"],
        json!([
            {"when": "here", "then": "n", "given": "g"},
            {"given": "g", "when": "w", "then": "t"},
            {"<<": "text"},
            {"a": [1], "k": {"l": 1}},
        ])
    );
    // What was brought in has the place of its mapping.
    assert_eq!(document.span_of("/list/0/given"), None);
    assert_eq!(document.place_of("/list/0/given").line, Some(4));
    assert_eq!(document.span_of("/list/3/k"), None);
    assert!(document.span_of("/list/3/a/0").is_some());
    for text in ["a: {<<: 1}\n", "a: {<<: [{b: 1}, c]}\n"] {
        assert_eq!(
            syntax("f.yaml", text).0,
            "`<<` merges what is no mapping",
            "{text}"
        );
    }
}

#[test]
fn bytes_that_are_no_utf8_are_refused_at_their_place() {
    let (code, message, line, column) = refusal("f.yaml", b"a: 1\nb: \xc3\xa4\xff\n");
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("document-syntax", "the file is not UTF-8")
    );
    assert_eq!((line, column), (Some(2), Some(5)));
    let findings = parse("f.yaml", b"\xff\xfea\0").expect_err("no UTF-8");
    assert_eq!(
        findings[0].found.as_deref(),
        Some("UTF-16: byte 0xff at offset 0")
    );
    let findings = parse("f.yaml", b"\xff").expect_err("no UTF-8");
    assert_eq!(findings[0].found.as_deref(), Some("byte 0xff at offset 0"));
    assert_eq!(
        findings[0].place.as_ref().and_then(|place| place.line),
        Some(1)
    );
}

#[test]
fn a_file_of_the_largest_size_is_read_and_one_byte_more_is_not() {
    let mut text = "#".repeat(MAX_BYTES - 5);
    text.push_str("\na: 1");
    assert_eq!(text.len(), MAX_BYTES);
    assert_eq!(value("f.yaml", &text), json!({"a": 1}));
    text.push('2');
    let (message, line, _) = syntax("f.yaml", &text);
    assert_eq!(
        (message.as_str(), line),
        ("the file has 8388609 bytes", None)
    );
}

#[test]
fn an_empty_document_is_refused() {
    for (path, text) in [
        ("f.yaml", ""),
        ("f.yaml", "# nothing\n"),
        ("f.json", " \n"),
        ("f.json", ""),
    ] {
        assert_eq!(
            syntax(path, text).0,
            "the document is empty",
            "{path} {text:?}"
        );
    }
}

#[test]
fn a_second_document_is_refused() {
    let (message, line, column) = syntax("f.yaml", "a: 1\n---\nb: 2\n");
    assert_eq!(
        (message.as_str(), line, column),
        ("the file holds several documents", Some(2), Some(1))
    );
}

#[test]
fn a_key_that_stands_twice_is_refused_each_time() {
    for (path, text) in [
        ("f.yaml", "a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n"),
        (
            "f.json",
            "{\"a\": 1,\n\"b\": {\"c\": 1, \"c\": 2},\n\"a\": 3,\n\"a\": [4]}",
        ),
    ] {
        let findings = parse(path, text.as_bytes()).expect_err("keys stand twice");
        let seen: Vec<_> = findings
            .iter()
            .map(|finding| {
                (
                    finding.code.as_str(),
                    finding.message.as_str(),
                    finding.place.as_ref().and_then(|place| place.line),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (
                    "document-duplicate-key",
                    "the key `c` stands here twice",
                    Some(2)
                ),
                (
                    "document-duplicate-key",
                    "the key `a` stands here twice",
                    Some(3)
                ),
                (
                    "document-duplicate-key",
                    "the key `a` stands here twice",
                    Some(4)
                ),
            ]
        );
        assert_eq!(
            findings[1].found.as_deref(),
            Some("`a` first in line 1, and again in line 3")
        );
    }
}

#[test]
fn collections_nest_so_deep_and_no_deeper() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for path in ["f.yaml", "f.json"] {
        assert!(parse(path, nested(MAX_DEPTH).as_bytes()).is_ok());
        let (message, line, column) = syntax(path, &nested(MAX_DEPTH + 1));
        assert_eq!(
            (message.as_str(), line, column),
            ("the document nests too deep", Some(1), Some(65))
        );
    }
}

#[test]
fn an_alias_counts_as_deep_as_what_it_stands_for() {
    // The anchor holds 32 levels; below 32 more it just fits, below 33 it does not.
    let text = |outer: usize| {
        format!(
            "- &x {}{}\n- {}*x{}\n",
            "[".repeat(32),
            "]".repeat(32),
            "[".repeat(outer - 1),
            "]".repeat(outer - 1)
        )
    };
    assert!(parse("f.yaml", text(32).as_bytes()).is_ok());
    assert_eq!(syntax("f.yaml", &text(33)).0, "the document nests too deep");
    // An alias within an anchor counts, too.
    let chained = format!(
        "- &x {}{}\n- &y {}*x{}\n- {}*y{}\n",
        "[".repeat(32),
        "]".repeat(32),
        "[".repeat(20),
        "]".repeat(20),
        "[".repeat(20),
        "]".repeat(20)
    );
    assert_eq!(syntax("f.yaml", &chained).0, "the document nests too deep");
}

#[test]
fn aliases_of_aliases_do_not_blow_up() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let (message, line, _) = syntax("f.yaml", &text);
    assert_eq!(
        (message.as_str(), line),
        ("the document holds too many values", Some(5))
    );
}

#[test]
fn a_large_text_is_not_repeated_for_ever() {
    let large = "x".repeat(1024 * 1024);
    // Few values, each of a mebibyte: the anchor and its aliases are all copies.
    let text = |aliases: usize| format!("a: &x {large}\nb: [{}]\n", vec!["*x"; aliases].join(", "));
    let read = MAX_COPIED / large.len() - 2;
    assert!(parse("f.yaml", text(read).as_bytes()).is_ok());
    let (message, line, _) = syntax("f.yaml", &text(read + 1));
    assert_eq!(
        (message.as_str(), line),
        (
            "the document repeats too much by anchors and aliases",
            Some(2)
        )
    );
    // The same as keys.
    let mut keys = format!("a: &x {large}\nl:\n");
    keys.push_str(&"  - { *x : 1 }\n".repeat(read + 2));
    assert_eq!(
        syntax("f.yaml", &keys).0,
        "the document repeats too much by anchors and aliases"
    );
}

#[test]
fn anchors_within_anchors_do_not_hold_all_again() {
    let mut text = String::new();
    for level in 0..30 {
        text.push_str(&format!("{}k: &a{level}\n", " ".repeat(level)));
    }
    let deep = format!("{text}{}k: {}\n", " ".repeat(30), "x".repeat(1024 * 1024));
    assert_eq!(
        syntax("f.yaml", &deep).0,
        "the document repeats too much by anchors and aliases"
    );
    let shallow = format!("{text}{}k: x\n", " ".repeat(30));
    assert!(parse("f.yaml", shallow.as_bytes()).is_ok());
}

#[test]
fn a_long_key_is_not_held_for_each_value_below_it() {
    let key = "k".repeat(256 * 1024);
    for (path, before, between, after) in [
        ("f.json", "{\"", "\": ", "}"),
        ("f.yaml", "? ", "\n: ", "\n"),
    ] {
        let text = |values: usize| {
            let values = vec!["1"; values].join(",");
            format!("{before}{key}{between}[{values}]{after}")
        };
        assert!(parse(path, text(100).as_bytes()).is_ok(), "{path}");
        assert_eq!(
            syntax(path, &text(140)).0,
            "the document's keys are too long",
            "{path}"
        );
    }
}

#[test]
fn megabytes_of_one_sign_are_refused_at_once() {
    for (path, sign) in [
        ("f.yaml", "["),
        ("f.yaml", "{"),
        ("f.yaml", "- "),
        ("f.yaml", "? "),
        ("f.yaml", "!a "),
        ("f.yaml", "&a "),
        ("f.yaml", "{a: "),
        ("f.yaml", "[{a: "),
        ("f.json", "["),
        ("f.json", "{\"a\":"),
        ("f.json", "[1,"),
        ("f.json", "\""),
        ("f.json", "9"),
    ] {
        let text = sign.repeat(1024 * 1024 / sign.len());
        let (message, ..) = syntax(path, &text);
        assert!(message.len() < 200, "{path} {sign}: {message}");
    }
}

#[test]
fn so_many_values_and_no_more() {
    let list = |values: usize| format!("[{}]", vec!["1"; values].join(","));
    assert!(parse("f.json", list(MAX_VALUES - 1).as_bytes()).is_ok());
    assert_eq!(
        syntax("f.json", &list(MAX_VALUES)).0,
        "the document holds too many values"
    );
    // They are counted before they are put together; what is in quotes is no value.
    let (message, line, column) = syntax("f.json", &format!("[\n{}", "0,".repeat(MAX_VALUES)));
    assert_eq!(
        (message.as_str(), line, column),
        ("the document holds too many values", Some(2), Some(200_000))
    );
    let quoted = format!("[\"\\\"{}\"]", ",".repeat(MAX_VALUES));
    assert!(parse("f.json", quoted.as_bytes()).is_ok());
}

#[test]
fn an_alias_within_its_own_anchor_is_refused() {
    let (message, line, _) = syntax("f.yaml", "a: &x [1, *x]\n");
    assert_eq!(
        (message.as_str(), line),
        ("an alias stands within its own anchor", Some(1))
    );
}

#[test]
fn an_unknown_alias_is_refused() {
    assert!(
        syntax("f.yaml", "a: *nowhere\n")
            .0
            .starts_with("the file is no YAML")
    );
}

#[test]
fn a_key_that_is_no_text_is_refused() {
    for text in ["? [a]\n: 1\n", "{a: 1}: 1\n", "b: &x [1]\n*x : 1\n"] {
        assert_eq!(syntax("f.yaml", text).0, "a key is no text", "{text}");
    }
}

#[test]
fn tags_are_refused_unless_they_say_what_is_so() {
    assert_eq!(
        value("f.yaml", "a: !!seq [!!str 1]\nb: !!map {}\n"),
        json!({"a": ["1"], "b": {}})
    );
    assert_eq!(
        syntax("f.yaml", "a: !!int x\n").0,
        "the value does not fit its tag `!!int`"
    );
    for text in [
        "a: !!map []\n",
        "a: !!seq {}\n",
        "a: !own []\n",
        "a: !own {}\n",
        "a: !own 1\n",
    ] {
        assert!(syntax("f.yaml", text).0.starts_with("the tag `"), "{text}");
    }
    assert_eq!(
        syntax("f.yaml", "a: .nan\n").0,
        "the value is no finite number"
    );
}

#[test]
fn broken_json_is_refused_at_its_place_with_its_mend() {
    for (text, line, column, word) in [
        ("{\"a\": 1,}", 1, 9, "comma"),
        ("{\n \"ä\": tru\n}", 2, 10, "mend the text"),
        ("{a: 1}", 1, 2, "double quotes"),
        ("{\"a\": 1", 1, 7, "still open"),
        ("{\n// why\n\"a\": 1}", 2, 1, "remove the comment"),
        ("{} {}", 1, 4, "one"),
        ("[1e999]", 1, 6, "64-bit"),
        ("[\"\t\"]", 1, 3, "tabs"),
        ("[\"\\x\"]", 1, 4, "backslash"),
        ("{\"a\" 1}", 1, 6, "mend the text"),
    ] {
        let (message, at_line, at_column) = syntax("f.json", text);
        assert!(message.starts_with("the file is no JSON: "), "{message}");
        assert!(!message.contains(" at line "), "{message}");
        assert_eq!((at_line, at_column), (Some(line), Some(column)), "{text}");
        let help = parse("f.json", text.as_bytes()).expect_err("broken")[0]
            .help
            .clone()
            .unwrap_or_default();
        assert!(help.contains(word), "{text}: {help}");
    }
    let deep = "[".repeat(200);
    assert!(
        parse("f.json", deep.as_bytes()).expect_err("deep")[0]
            .help
            .as_deref()
            .is_some_and(|help| help.contains("flatten"))
    );
}
