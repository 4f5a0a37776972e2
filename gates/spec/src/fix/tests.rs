use caws_evidence::codes;

use super::{MAX_BYTES, diagnose, faults, fix};
use crate::parse;

/// The mended text; it must parse.
fn mended(text: &str) -> String {
    assert!(parse("f.yaml", text.as_bytes()).is_err(), "{text} parses");
    let fixed = fix("f.yaml", text).unwrap_or_else(|| panic!("{text} is not mended"));
    assert_eq!(fixed.rest, [], "{}", fixed.text);
    fixed.text
}

#[test]
fn checklists_and_signs_are_quoted() {
    for (text, expected) in [
        (
            "a:\n  - [ ] one\n  - [x] two: 2\n",
            "a:\n  - \"[ ] one\"\n  - \"[x] two: 2\"\n",
        ),
        ("a:\n- [ ] say \"hi\"\n", "a:\n- '[ ] say \"hi\"'\n"),
        ("a:\n- [ ] it's \"hi\"\n", "a:\n- \"[ ] it's \\\"hi\\\"\"\n"),
        ("a:\n- [ ] one # two\n", "a:\n- \"[ ] one\" # two\n"),
        (
            "- then: >95% of it, <5% false\n  b: 1\n",
            "- then: \">95% of it, <5% false\"\n  b: 1\n",
        ),
        ("a: |half\nb: 1\n", "a: \"|half\"\nb: 1\n"),
        ("a: @home\n", "a: \"@home\"\n"),
        ("a: `x`\n", "a: \"`x`\"\n"),
        ("a: %x\n", "a: \"%x\"\n"),
        ("a: *all files\n", "a: \"*all files\"\n"),
        ("a: given: b\nc: 1\n", "a: \"given: b\"\nc: 1\n"),
        ("a:\r\n  - [ ] one\r\n", "a:\r\n  - \"[ ] one\"\r\n"),
    ] {
        assert_eq!(mended(text), expected);
    }
}

#[test]
fn a_value_that_runs_on_is_quoted_as_a_whole() {
    assert_eq!(
        mended("a:\n  - [ ] one that\n    runs on\n  - [ ] two\n"),
        "a:\n  - \"[ ] one that runs on\"\n  - \"[ ] two\"\n"
    );
}

#[test]
fn tabs_become_as_many_spaces_as_fit() {
    assert_eq!(mended("a:\n\tb: 1\n\tc: 2\n"), "a:\n  b: 1\n  c: 2\n");
    assert_eq!(mended("a:\n    b: 1\n\tc: 2\n"), "a:\n    b: 1\n    c: 2\n");
}

#[test]
fn curly_quotes_become_straight_where_they_break_the_file() {
    assert_eq!(
        mended("a: \u{201c}b: c\u{201d}\nd: \u{201c}e\u{201d}\n"),
        "a: \"b: c\"\nd: \u{201c}e\u{201d}\n"
    );
    assert_eq!(mended("a: \u{2018}b: c\u{2019} # d\n"), "a: \"b: c\" # d\n");
}

#[test]
fn a_key_that_stands_twice_goes_where_nothing_is_lost() {
    for (text, expected) in [
        ("a: 1\nb: 2\na: 1\n", "a: 1\nb: 2\n"),
        ("a: [x]\nb: 2\na: []\nc: 3\n", "a: [x]\nb: 2\nc: 3\n"),
        ("a: []\nb: 2\na: [x]\n", "b: 2\na: [x]\n"),
        (
            "a:\n  - x\n\nb: 1\na:\n  - x\n\nc: 1\n",
            "a:\n  - x\n\nb: 1\n\nc: 1\n",
        ),
        (
            "l:\n  - id: A1\n    n: 1\n    id: A1\n  - id: A2\n",
            "l:\n  - id: A1\n    n: 1\n  - id: A2\n",
        ),
    ] {
        assert_eq!(mended(text), expected);
    }
}

#[test]
fn what_only_its_author_can_decide_is_left() {
    for text in [
        "a: 1\nb: 2\na: 3\n",
        "l:\n  - id:\n    n: 1\n    id: A1\n",
        "{a: 1, a: 1}\n",
        "a: 'open\n",
        "a: [1\n",
        "a: 1\n---\nb: 2\n",
        "",
    ] {
        assert_eq!(fix("f.yaml", text), None, "{text:?}");
    }
    // What could be mended is, and what is left is said.
    let fixed = fix("f.yaml", "a:\n  - [ ] one\nb: 1\nb: 2\n").expect("one is mended");
    assert_eq!(fixed.text, "a:\n  - \"[ ] one\"\nb: 1\nb: 2\n");
    assert_eq!(fixed.rest.len(), 1);
    assert_eq!(fixed.rest[0].code, codes::DOCUMENT_DUPLICATE_KEY);
    assert_eq!(fixed.repairs.len(), 1);
    assert_eq!(
        (fixed.repairs[0].line, fixed.repairs[0].what),
        (2, "the checklist item was quoted")
    );
}

#[test]
fn text_in_blocks_and_json_are_left_alone() {
    assert_eq!(fix("f.yaml", "a: |\n  - [ ] one\n  b: >95%\n"), None);
    assert_eq!(fix("f.json", "{\"a\": >95%}"), None);
    let fixed = mended("a: |\n  - [ ] one\nb:\n  - [ ] two\n");
    assert_eq!(fixed, "a: |\n  - [ ] one\nb:\n  - \"[ ] two\"\n");
}

#[test]
fn a_file_no_person_wrote_is_left_alone() {
    let text = format!("a: >5%\n#{}", "x".repeat(MAX_BYTES));
    assert_eq!(fix("f.yaml", &text), None);
}

#[test]
fn every_line_that_is_no_yaml_is_named_in_one_run() {
    let text = "a:\n  - [ ] one\n  - [x] two\nb: >95% of it\n";
    let first = parse("f.yaml", text.as_bytes()).expect_err("no YAML");
    let found: Vec<_> = faults("f.yaml", text, first)
        .into_iter()
        .map(|finding| {
            let place = finding.place.expect("a place");
            (place.line.unwrap_or(0), finding.found.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        found,
        [
            (2, "`- [ ] one`".to_owned()),
            (3, "`- [x] two`".to_owned()),
            (4, "`b: >95% of it`".to_owned()),
        ]
    );
    let first = parse("f.yaml", text.as_bytes()).expect_err("no YAML");
    let (found, mended) = diagnose("f.yaml", text, first);
    assert!(
        found[0]
            .help
            .as_deref()
            .is_some_and(|help| help.ends_with("; `caws validate --fix` mends it")),
        "{found:?}"
    );
    let mended = mended.expect("all of it can be mended");
    assert_eq!(mended.value()["b"], ">95% of it");
    assert_eq!(mended.place_of("/b").line, Some(4));
    // Where nothing can be mended, the parser's own finding is all there is.
    let text = "a: [1\n";
    let first = parse("f.yaml", text.as_bytes()).expect_err("no YAML");
    assert_eq!(
        diagnose("f.yaml", text, first.clone()),
        (first.clone(), None)
    );
    // Where a value runs over several lines, its mend moves the lines behind it.
    let text = "a:\n  - [ ] one that\n    runs on\nb: >5%\n";
    let first = parse("f.yaml", text.as_bytes()).expect_err("no YAML");
    assert_eq!(diagnose("f.yaml", text, first).1, None);
}
