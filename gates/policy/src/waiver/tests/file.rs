use caws_spec::{Document, parse};

use super::*;

const PATH: &str = ".caws/waivers.yaml";

fn document(text: &str) -> Document {
    parse(PATH, text.as_bytes()).unwrap()
}

fn faults(text: &str) -> Vec<(String, Option<u32>)> {
    read(&document(text))
        .unwrap_err()
        .into_iter()
        .map(|finding| (finding.code, finding.place.unwrap().line))
        .collect()
}

fn file(entries: &[Waiver]) -> String {
    let mut text = String::from("schema_version: 1\nwaivers:\n");
    for waiver in entries {
        text.push_str(&entry_text(waiver));
    }
    text
}

#[test]
fn a_waiver_is_read_as_it_was_written() {
    let mut full = waiver();
    full.id = "WV-2".to_owned();
    full.reason = "it says: \"no\", # and 'yes'\nand more".to_owned();
    full.owner.key = Some(key('0'));
    full.scope.component = Some("crates/one".to_owned());
    full.scope.paths = vec!["src/a b".to_owned(), "true".to_owned()];
    full.commits.to = Some("9".repeat(40));
    full.ticket = Some("https://example.org/1".to_owned());
    let list = read(&document(&file(&[waiver(), full.clone()]))).unwrap();
    assert_eq!(list.entries.len(), 2);
    assert_eq!(list.entries[0].waiver, waiver());
    assert_eq!(list.entries[1].waiver, full);
    assert_eq!(list.entries[1].pointer, "/waivers/1");
    assert!(list.entries.iter().all(|entry| entry.revoked.is_none()));
}

#[test]
fn a_revoked_waiver_says_the_same_and_is_over() {
    let text = file(&[waiver()])
        + "    revoked:\n      at: \"2026-11-20T00:00:00Z\"\n      reason: mended\n";
    let list = read(&document(&text)).unwrap();
    assert_eq!(list.entries[0].waiver, waiver());
    let revoked = list.entries[0].revoked.clone().unwrap();
    assert_eq!(
        (revoked.at, revoked.reason.as_str()),
        (time("2026-11-20T00:00:00Z"), "mended")
    );
}

#[test]
fn an_empty_list_waives_nothing() {
    for text in [
        "schema_version: 1\nwaivers: []\n",
        "schema_version: 1\nwaivers:\n",
    ] {
        assert_eq!(read(&document(text)).unwrap(), List::default());
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_at_its_line() {
    let good = file(&[waiver()]);
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    for (text, expected) in [
        (with("    gate: coverage\n", ""), ("document-schema", 3)),
        (
            with("gate: coverage", "gates: coverage"),
            ("document-schema", 3),
        ),
        (
            with("2026-11-28T12:00:00Z", "2026-11-28"),
            ("document-schema", 10),
        ),
        (
            with("2026-11-28T12:00:00Z", "2026-13-28T12:00:00Z"),
            ("document-schema", 3),
        ),
        (with("0123456789abcdef", "0123"), ("document-schema", 15)),
        (
            with("schema_version: 1", "schema_version: 2"),
            ("document-schema", 1),
        ),
        (file(&[waiver(), waiver()]), ("spec-duplicate-id", 16)),
    ] {
        let found = faults(&text);
        let expected = (expected.0.to_owned(), Some(expected.1));
        assert!(
            found.contains(&expected),
            "{expected:?} in {found:?}\n{text}"
        );
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_survives_the_file(text in "\\PC{10,40}", name in "\\PC{1,20}") {
        let mut waiver = waiver();
        waiver.reason = text;
        waiver.owner.name = name;
        let list = read(&document(&file(std::slice::from_ref(&waiver)))).unwrap();
        proptest::prop_assert_eq!(&list.entries[0].waiver, &waiver);
    }
}
