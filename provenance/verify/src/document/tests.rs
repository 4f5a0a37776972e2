use caws_evidence::codes;
use serde::{Deserialize, Serialize};

use super::{Versioned, read};
use crate::report::Findings;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Document {
    schema_version: u32,
    value: f64,
}

impl Versioned for Document {
    const VERSION: u32 = 1;
    fn version(&self) -> u32 {
        self.schema_version
    }
}

fn said(text: &str) -> (Option<Document>, Vec<(String, String, String)>) {
    let mut findings = Findings::default();
    let document = read("a.json", text.as_bytes(), &mut findings);
    let list = findings.into_list().into_iter();
    let triple = |f: caws_evidence::Finding| (f.code, f.expected.unwrap(), f.found.unwrap());
    (document, list.map(triple).collect())
}

fn finding(code: &str, expected: &str, found: &str) -> (String, String, String) {
    (code.to_owned(), expected.to_owned(), found.to_owned())
}

#[test]
fn a_canonical_document_is_read_without_a_word() {
    let document = Document {
        schema_version: 1,
        value: 0.1,
    };
    assert_eq!(
        said(r#"{"schema_version":1,"value":0.1}"#),
        (Some(document), vec![])
    );
}

#[test]
fn another_form_is_read_and_said() {
    let canonical = |at: usize| {
        let found = format!("a difference at byte {at}");
        finding(
            codes::RECORD_NOT_CANONICAL,
            "compact JSON with sorted keys",
            &found,
        )
    };
    for (text, at) in [
        (r#"{"schema_version":1,"value":0.1} "#, 32),
        (r#"{ "schema_version":1,"value":0.1}"#, 1),
        (r#"{"value":0.1,"schema_version":1}"#, 2),
        (r#"{"schema_version":1,"value":0.10}"#, 31),
        (r#"{"schema_version":1,"value":9,"value":0.1}"#, 28),
    ] {
        let (document, findings) = said(text);
        assert_eq!(
            document,
            Some(Document {
                schema_version: 1,
                value: 0.1
            }),
            "{text}"
        );
        assert_eq!(findings, [canonical(at)], "{text}");
    }
}

#[test]
fn what_the_types_do_not_know_is_said() {
    let unknown = |at: usize| {
        let found = format!("a difference at byte {at}");
        finding(
            codes::DOCUMENT_UNKNOWN_KEY,
            "only known keys, in known forms",
            &found,
        )
    };
    assert_eq!(
        said(r#"{"schema_version":1,"value":0.1,"x":1}"#).1,
        [unknown(31)]
    );
    // A whole number where a fraction is written.
    assert_eq!(said(r#"{"schema_version":1,"value":1}"#).1, [unknown(29)]);
}

#[test]
fn what_is_no_document_is_said() {
    let (document, findings) = said(r#"{"schema_version":2,"value":0.1}"#);
    assert_eq!(document, None);
    assert_eq!(
        findings,
        [finding(codes::DOCUMENT_SCHEMA, "`schema_version` 1", "2")]
    );
    let (document, findings) = said(r#"{"schema_version":1}"#);
    assert_eq!(document, None);
    assert_eq!(
        findings,
        [finding(
            codes::DOCUMENT_SCHEMA,
            "a record of version 1",
            "missing field `value`"
        )]
    );
    let (document, findings) = said("{");
    assert_eq!(document, None);
    assert_eq!(findings[0].0, codes::DOCUMENT_SYNTAX);
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(said(&deep).1[0].0, codes::DOCUMENT_SYNTAX);
}
