use super::{general, habit, short};
use crate::parse;

/// The place and help of the first finding.
fn advice(text: &str) -> (Option<u32>, Option<u32>, String) {
    let findings = parse("f.yaml", text.as_bytes()).expect_err("it is no YAML");
    let finding = findings.first().expect("there is a finding");
    let place = finding.place.as_ref().expect("it has a place");
    assert_eq!(finding.code, "document-syntax");
    (
        place.line,
        place.column,
        finding.help.clone().unwrap_or_default(),
    )
}

#[test]
fn a_checklist_item_is_recognised() {
    for mark in [" ", "x", "X"] {
        let (line, column, help) = advice(&format!("list:\n  - [{mark}] do it\n"));
        assert_eq!((line, column), (Some(2), Some(9)));
        assert!(help.contains("checklist"), "{help}");
    }
}

#[test]
fn a_comparison_that_looks_like_a_block_is_recognised() {
    let (line, column, help) = advice("a:\n  then: >95% reached\n");
    assert_eq!((line, column), (Some(2), Some(9)));
    assert!(help.contains("`>` or `|`"), "{help}");
}

#[test]
fn a_colon_within_a_value_is_recognised() {
    let (line, column, help) = advice("title: Speech: at once\n");
    assert_eq!((line, column), (Some(1), Some(14)));
    assert!(help.contains("`: `"), "{help}");
}

#[test]
fn a_tab_is_recognised() {
    let (line, _, help) = advice("a:\n\tb: 1\n");
    assert_eq!(line, Some(2));
    assert!(help.contains("tabs"), "{help}");
}

#[test]
fn an_open_quote_is_found_where_it_opens_or_ends() {
    let (line, _, help) = advice("a: \"open\n");
    assert_eq!(line, Some(1));
    assert!(help.contains("quote"), "{help}");
}

#[test]
fn what_people_paste_and_generate_is_recognised() {
    for (text, line, word) in [
        (
            "id: A-1\n<<<<<<< HEAD\ntitle: a\n=======\ntitle: b\n>>>>>>> main\n",
            3,
            "resolve the merge",
        ),
        ("id: A-1\n title: a\n", 2, "line it up with `id` above"),
        ("id: {{ spec_id }}\n", 1, "fill in the template"),
        ("{{ a }}: 1\n", 1, "fill in the template"),
        ("id: a\0b\n", 1, "control character"),
        ("a:\n* [ ] b\n* [x] c\n", 2, "begin the item with `-`"),
    ] {
        let (at, _, help) = advice(text);
        assert!(help.contains(word), "{text}: {help}");
        assert_eq!(at, Some(line), "{text}");
    }
    let yaml = parse("f.json", b"id: A-1\ntitle: a\n").expect_err("it is no JSON");
    assert!(
        yaml[0]
            .help
            .as_deref()
            .is_some_and(|help| help.starts_with("this is YAML")),
        "{yaml:?}"
    );
}

#[test]
fn an_error_shows_what_stands_there() {
    let findings = parse("f.yaml", b"a: @b\n").expect_err("@ is reserved");
    assert_eq!(findings[0].found.as_deref(), Some("`a: @b`"));
    assert_eq!(findings[0].expected.as_deref(), Some("YAML 1.2"));
    assert!(
        findings[0].message.starts_with("the file is no YAML: "),
        "{}",
        findings[0].message
    );
}

#[test]
fn habits() {
    for (line, word) in [
        ("\ta: 1", "tabs"),
        ("  \t- a", "tabs"),
        ("- [ ] a", "checklist"),
        ("[x] a", "checklist"),
        ("a: >95", "block"),
        ("a: |x", "block"),
        ("a: >-x", "block"),
        ("a: >123", "block"),
        ("a: >12", "block"),
        ("a: >+-", "block"),
        ("a: >1+2", "block"),
        ("a: >0", "block"),
        ("a: @b", "`@`"),
        ("- `b`", "`@`"),
        ("a: %b", "directive"),
        ("a: *b", "alias"),
        ("a: &b", "alias"),
        ("a: !b", "alias"),
        ("a: \"b", "close the quote"),
        ("a: 'b", "close the quote"),
        ("a: [b", "close the bracket"),
        ("a: {b", "close the bracket"),
        ("a: b: c", "another key"),
        ("\u{a0}\u{a0}a: 1", "blanks of another kind"),
        ("<<<<<<< HEAD", "resolve the merge"),
        ("=======", "resolve the merge"),
        (">>>>>>> main", "resolve the merge"),
        ("  * a", "begin the item with `-`"),
    ] {
        let help = habit(line).unwrap_or_default();
        assert!(help.contains(word), "{line}: {help}");
    }
    for line in [
        "",
        "a",
        "a: b",
        "- a",
        "a: >",
        "a: |",
        "a: >-",
        "a: |2+",
        "a: >+1 # note",
        "a: >1",
        "a: | # note",
        "a: \"b\"",
        "a: 'b' ",
        "a: [b, {c: 1}]",
        "a: {b: c: d}",
        "a: 'b: c'",
        "a: \"",
    ] {
        assert_eq!(habit(line), None, "{line}");
    }
}

#[test]
fn every_kind_of_fault_has_its_mend() {
    for (info, word) in [
        ("tabs disallowed in this context", "tabs"),
        ("while parsing node, found unknown anchor", "anchor"),
        ("while scanning a quoted scalar, found", "close the quote"),
        ("found unknown escape character", "close the quote"),
        ("while parsing a flow mapping", "bracket"),
        ("misplaced bracket", "bracket"),
        ("invalid indentation", "line the entry up"),
        ("while parsing a block mapping", "line the entry up"),
        ("simple key expected", "line the entry up"),
        ("mapping values are not allowed", "another key"),
        ("found unprintable character", "control character"),
        ("something else", "quote the value"),
    ] {
        assert!(general(info).contains(word), "{info}: {}", general(info));
    }
}

#[test]
fn long_lines_are_cut_for_messages() {
    assert_eq!(short(&"a".repeat(80)), "a".repeat(80));
    assert_eq!(short(&"ä".repeat(81)), format!("{}…", "ä".repeat(79)));
}
