use serde_json::json;

use super::{ResourceDescriptor, Statement, StatementError};

fn text() -> String {
    r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a","digest":{"sha256":"00"}}],"predicateType":"p","predicate":{"x":1}}"#.to_owned()
}

#[test]
fn reads_what_it_writes() {
    let subject = vec![ResourceDescriptor::digested("a", "sha256", "00")];
    let statement = Statement::new("p", subject, json!({ "x": 1 }));
    assert_eq!(serde_json::to_string(&statement).unwrap(), text());
    assert_eq!(Statement::parse(text().as_bytes()).unwrap(), statement);
}

#[test]
fn unknown_fields_are_ignored_and_a_predicate_may_be_absent() {
    let json = text().replace(r#","predicate":{"x":1}"#, r#","later":true"#);
    assert_eq!(
        Statement::parse(json.as_bytes()).unwrap().predicate,
        json!(null)
    );
}

#[test]
fn all_fields_of_a_descriptor_survive() {
    let json = r#"{"name":"n","uri":"u","digest":{"gitTree":"1"},"content":"YQ==","downloadLocation":"d","mediaType":"m","annotations":{"k":1}}"#;
    let descriptor: ResourceDescriptor = serde_json::from_str(json).unwrap();
    assert_eq!(descriptor.download_location.as_deref(), Some("d"));
    assert_eq!(serde_json::to_string(&descriptor).unwrap(), json);
}

#[test]
fn what_is_no_statement_is_refused() {
    let parse = |text: String| Statement::parse(text.as_bytes()).unwrap_err();
    assert!(matches!(parse("1".to_owned()), StatementError::Shape(_)));
    assert_eq!(
        parse(text().replace("Statement/v1", "Statement/v0.1")),
        StatementError::Type("https://in-toto.io/Statement/v0.1".to_owned())
    );
    let none = text().replace(r#"{"name":"a","digest":{"sha256":"00"}}"#, "");
    assert_eq!(parse(none), StatementError::NoSubject);
    let second = text().replace(r#""00"}}"#, r#""00"}},{"name":"b"}"#);
    assert_eq!(parse(second), StatementError::NoDigest(1));
}
