use caws_evidence::Finding;
use serde_json::json;

use super::{PROVENANCE_MANIFEST, Schema, SchemaError, TIER_POLICY, WORKING_SPEC, validate_schema};
use crate::parse;

fn findings(schema: &serde_json::Value, text: &str) -> Vec<Finding> {
    let schema = Schema::compile(&schema.to_string()).expect("the schema compiles");
    let document =
        parse("f.yaml", text.as_bytes()).unwrap_or_else(|findings| panic!("{findings:?}"));
    validate_schema(&document, &schema)
}

/// The only finding as `line:column code | message | expected | found | help`.
fn finding(schema: &serde_json::Value, text: &str) -> String {
    let findings = findings(schema, text);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    line(&findings[0])
}

fn line(finding: &Finding) -> String {
    let place = finding.place.as_ref().expect("a place");
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{}:{} {} | {} | {} | {} | {}",
        place.line.unwrap_or(0),
        place.column.unwrap_or(0),
        finding.code,
        finding.message,
        or_dash(&finding.expected),
        or_dash(&finding.found),
        or_dash(&finding.help)
    )
}

#[test]
fn a_missing_key_is_found_at_its_parent() {
    let schema = json!({
        "properties": {"a": {"required": ["b", "c"], "properties": {"c": {"description": "The c."}}}}
    });
    assert_eq!(
        finding(&schema, "x: 1\na:\n  b: 1\n"),
        "2:1 document-schema | `a` has no `c` | the keys `b`, `c` | `b` | add `c`: The c."
    );
    assert_eq!(
        finding(&json!({"required": ["c"]}), "{}"),
        "1:1 document-schema | the document has no `c` | the keys `c` | no keys | add `c`"
    );
}

#[test]
fn a_document_full_of_faults_is_answered_with_the_first_and_their_number() {
    let schema = json!({"additionalProperties": false, "properties": {"title": {}}});
    let text: String = (0..20_000).map(|key| format!("k{key}: 1\n")).collect();
    let found = findings(&schema, &text);
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[999].message, "the document knows no key `k999`");
    assert_eq!(
        line(&found[1_000]),
        "1000:1 document-schema | the document has 19000 more faults | a document that satisfies its schema | 20000 faults | mend the first ones, or name the right file"
    );
}

#[test]
fn a_long_key_is_cut_in_messages_and_many_keys_are_counted() {
    let long = "k".repeat(5_000);
    let schema = json!({"additionalProperties": false, "properties": {"a": {}}});
    let found = findings(&schema, &format!("? {long}\n: 1\n"));
    let short = format!("{}…", "k".repeat(79));
    assert_eq!(
        found[0].message,
        format!("the document knows no key `{short}`")
    );
    let text: String = (0..50).map(|key| format!("k{key}: 1\n")).collect();
    let found = findings(&json!({"required": ["a"]}), &text);
    assert!(
        found[0]
            .found
            .as_deref()
            .is_some_and(|keys| keys.ends_with("`k39` and 10 more")),
        "{found:?}"
    );
}

#[test]
fn an_unknown_key_is_found_where_it_stands_with_its_likely_meaning() {
    let schema = json!({"additionalProperties": false, "properties": {"title": {}, "profile": {}}});
    assert_eq!(
        finding(&schema, "title: x\nproflie: y\n"),
        "2:1 document-unknown-key | the document knows no key `proflie` | one of `title`, `profile` | `proflie` | did you mean `profile`?"
    );
    // What is already there is not meant.
    assert_eq!(
        finding(&schema, "title: x\ntitel: y\n"),
        "2:1 document-unknown-key | the document knows no key `titel` | one of `title`, `profile` | `titel` | \
         remove `titel`, or put what it says under a key that is known"
    );
    assert_eq!(
        finding(
            &json!({"properties": {"a": {"unevaluatedProperties": false}}}),
            "a: {b/c: 1}\n"
        ),
        "1:5 document-unknown-key | `a` knows no key `b/c` | no further keys | `b/c` | \
         remove `b/c`, or put what it says under a key that is known"
    );
}

#[test]
fn a_wrong_choice_names_the_nearest_right_one() {
    let schema = json!({"properties": {"p": {"description": "The kind.", "enum": ["web-ui", "backend-api", 3]}}});
    assert_eq!(
        finding(&schema, "p: backend_api\n"),
        "1:4 document-schema | `p` is \"backend_api\", which is none of the values allowed | \
         one of \"web-ui\", \"backend-api\", 3 (The kind) | \"backend_api\" | did you mean `backend-api`?"
    );
    assert_eq!(
        finding(&schema, "p: 4\n"),
        "1:4 document-schema | `p` is 4, which is none of the values allowed | \
         one of \"web-ui\", \"backend-api\", 3 (The kind) | 4 | write one of the values allowed"
    );
    assert_eq!(
        finding(&json!({"items": {"const": 1}}), "[1, 2]"),
        "1:5 document-schema | `[1]` is not 1 | 1 | 2 | write 1"
    );
}

#[test]
fn a_mapping_that_is_none_is_told_its_keys_and_a_wrong_type_is_no_wrong_choice_too() {
    let schema = json!({"type": "object", "properties": {"a": {}, "b": {}}});
    assert!(
        finding(&schema, "[1]").ends_with("| write a mapping, of the keys `a`, `b`"),
        "{}",
        finding(&schema, "[1]")
    );
    let schema = json!({"properties": {"a": {"type": "integer", "enum": [1, 2]}}});
    assert_eq!(
        finding(&schema, "a: '2'"),
        "1:4 document-schema | `a` is text, not a whole number | a whole number | \"2\" | write 2 without quotes"
    );
}

#[test]
fn a_schema_is_of_the_draft_it_names_and_a_format_is_a_note() {
    let of =
        |draft: &str| json!({"$schema": draft, "items": [{"type": "string"}], "format": "date"});
    // A list of schemas for `items` is of the older drafts.
    let old = "http://json-schema.org/draft-07/schema#";
    assert_eq!(findings(&of(old), "[1]").len(), 1);
    assert_eq!(findings(&of(old), "no date").len(), 0);
    let unknown = of("https://example.com/mine").to_string();
    let fault = Schema::compile(&unknown).expect_err("nobody knows it");
    assert_eq!(
        fault.to_string(),
        "the schema is of the unknown draft https://example.com/mine; name a published one as `$schema`, such as https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn a_wrong_type_says_which_is_right() {
    let schema = |kind: serde_json::Value| json!({"properties": {"a": {"type": kind}}});
    for (kind, text, message, help) in [
        (
            json!("string"),
            "a: 1",
            "`a` is a whole number, not text",
            "write text, in quotes",
        ),
        (
            json!("string"),
            "a: 1.5",
            "`a` is a number, not text",
            "write text, in quotes",
        ),
        (
            json!("string"),
            "a: true",
            "`a` is true or false, not text",
            "write text, in quotes",
        ),
        (
            json!("string"),
            "a: ~",
            "`a` is empty, not text",
            "write text",
        ),
        (
            json!("string"),
            "a: {b: c, d: e}",
            "`a` is a mapping, not text",
            "write text",
        ),
        (
            json!("string"),
            "a: {b: c}",
            "`a` is a mapping, not text",
            "write text, in quotes: a bare `: ` within it made it a mapping",
        ),
        (
            json!("integer"),
            "a: x",
            "`a` is text, not a whole number",
            "write a whole number",
        ),
        (
            json!("number"),
            "a: x",
            "`a` is text, not a number",
            "write a number",
        ),
        (
            json!("boolean"),
            "a: x",
            "`a` is text, not true or false",
            "write true or false",
        ),
        (
            json!("integer"),
            "a: '2'",
            "`a` is text, not a whole number",
            "write 2 without quotes",
        ),
        (
            json!("number"),
            "a: 'inf'",
            "`a` is text, not a number",
            "write a number",
        ),
        (
            json!("boolean"),
            "a: 'true'",
            "`a` is text, not true or false",
            "write true without quotes",
        ),
        (
            json!("array"),
            "a: true",
            "`a` is true or false, not a list",
            "write a list",
        ),
        (
            json!("object"),
            "a: [1]",
            "`a` is a list, not a mapping",
            "write a mapping",
        ),
        (json!("object"), "a: {b: 1}\nb: 1", "", ""),
        (
            json!("null"),
            "a: x",
            "`a` is text, not empty",
            "write empty",
        ),
    ] {
        let found = findings(&schema(kind), text);
        if message.is_empty() {
            assert_eq!(found, []);
            continue;
        }
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].message.as_str(), found[0].help.as_deref()),
            (message, Some(help))
        );
    }
    let several = findings(&schema(json!(["string", "array"])), "a: 1");
    assert_eq!(several[0].expected.as_deref(), Some("text or a list"));
}

#[test]
fn lengths_and_bounds_say_what_they_want() {
    let schema = |rule: serde_json::Value| json!({"properties": {"a": rule}});
    for (rule, text, expected) in [
        (
            json!({"pattern": "^A\\d+$", "description": "A number."}),
            "a: B1",
            "`a` does not have the form asked for | text that matches `^A\\d+$` (A number) | \"B1\" | write it in the form expected",
        ),
        (
            json!({"minLength": 8}),
            "a: short",
            "`a` is too short | at least 8 characters | \"short\" | say more",
        ),
        (
            json!({"minLength": 1}),
            "a: ''",
            "`a` is too short | at least 1 character | \"\" | say more",
        ),
        (
            json!({"maxLength": 2}),
            "a: abc",
            "`a` is too long | at most 2 characters | \"abc\" | say it shorter",
        ),
        (
            json!({"minItems": 1}),
            "a: []",
            "`a` has too few entries | at least 1 entry | [] | add what is missing",
        ),
        (
            json!({"maxItems": 2}),
            "a: [1, 2, 3]",
            "`a` has too many entries | at most 2 entries | [1,2,3] | remove what is too many",
        ),
        (
            json!({"minimum": 3}),
            "a: 2",
            "`a` is 2, not at least 3 | a number of at least 3 | 2 | write a number of at least 3",
        ),
        (
            json!({"maximum": 3}),
            "a: 4",
            "`a` is 4, not at most 3 | a number of at most 3 | 4 | write a number of at most 3",
        ),
        (
            json!({"maximum": 1}),
            "a: 90",
            "`a` is 90, not at most 1 | a number of at most 1 | 90 | write a share: 0.9 for 90 percent",
        ),
        (
            json!({"maximum": 1}),
            "a: 7",
            "`a` is 7, not at most 1 | a number of at most 1 | 7 | write a number of at most 1",
        ),
        (
            json!({"exclusiveMinimum": 3}),
            "a: 3",
            "`a` is 3, not more than 3 | a number of more than 3 | 3 | write a number of more than 3",
        ),
        (
            json!({"exclusiveMaximum": 3}),
            "a: 3",
            "`a` is 3, not less than 3 | a number of less than 3 | 3 | write a number of less than 3",
        ),
        (
            json!({"multipleOf": 2}),
            "a: 3",
            "`a` is 3, not a multiple of 2 | a multiple of 2 | 3 | round it to a multiple of 2",
        ),
        (
            json!({"uniqueItems": true}),
            "a: [1, 1]",
            "`a` holds the same entry twice | each entry once | [1,1] | remove the repeated entry",
        ),
    ] {
        assert_eq!(
            finding(&schema(rule), text),
            format!("1:4 document-schema | {expected}")
        );
    }
    let named = finding(
        &schema(json!({"propertyNames": {"maxLength": 1}})),
        "a: {bc: 1}",
    );
    assert!(
        named.starts_with("1:4 document-schema | a key of `a` is not allowed: "),
        "{named}"
    );
    let other = finding(
        &schema(json!({"contains": {"const": 2}, "maxContains": 1})),
        "a: [2, 2]",
    );
    assert!(
        other.starts_with("1:4 document-schema | `a` breaks a rule of the schema: "),
        "{other}"
    );
}

#[test]
fn of_several_forms_the_likeliest_is_explained() {
    let schema = json!({"oneOf": [
        {"type": "string"},
        {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}, "size": {"type": "integer"}}},
        {"type": "object", "properties": {"kind": {"const": "b"}, "more": {"required": ["x"]}}}
    ]});
    assert_eq!(
        finding(&schema, "kind: a\nsize: big\nmore: {}\n")
            .split(" | ")
            .nth(1),
        Some("`size` is text, not a whole number"),
    );
    let any = json!({"properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]}}});
    assert!(finding(&any, "a: xy\n").contains("`a` is too short"));
    let none = json!({"not": {"type": "object"}});
    assert!(finding(&none, "a: 1\n").contains("breaks a rule of the schema"));
}

#[test]
fn all_faults_come_in_one_run_in_the_order_of_their_places() {
    let schema = json!({"additionalProperties": false, "required": ["z"], "properties": {"a": {"type": "string"}, "b": {"items": {"minimum": 2}}}});
    let lines: Vec<_> = findings(&schema, "b: [1, 3, 0]\na: 1\nc: 1\n")
        .iter()
        .map(|finding| {
            finding
                .place
                .as_ref()
                .map(|place| (place.line, place.column))
        })
        .map(|place| {
            place
                .map(|(line, column)| (line.unwrap_or(0), column.unwrap_or(0)))
                .unwrap_or_default()
        })
        .collect();
    assert_eq!(lines, [(1, 1), (1, 5), (1, 11), (2, 4), (3, 1)]);
}

#[test]
fn long_values_are_cut_for_messages() {
    let schema = json!({"maxLength": 1});
    let text = format!("'{}'", "ä".repeat(58));
    assert_eq!(
        findings(&schema, &text)[0].found.as_deref(),
        Some(format!("\"{}\"", "ä".repeat(58)).as_str())
    );
    let text = format!("'{}'", "ä".repeat(59));
    assert_eq!(
        findings(&schema, &text)[0].found.as_deref(),
        Some(format!("\"{}…", "ä".repeat(58)).as_str())
    );
}

#[test]
fn names_are_written_as_people_write_them() {
    let schema =
        json!({"properties": {"a/b": {"items": {"properties": {"c~d": {"type": "null"}}}}}});
    assert!(finding(&schema, "a/b: [{c~d: 1}]").contains("`a/b[0].c~d` is a whole number"));
}

#[test]
fn a_schema_that_is_none_says_why() {
    assert!(matches!(Schema::compile("{"), Err(SchemaError::Json(_))));
    let fault =
        Schema::compile("{\"properties\": {\"a\": {\"type\": 3}}}").expect_err("3 is no type");
    let SchemaError::Schema { pointer, .. } = &fault else {
        panic!("{fault:?}")
    };
    assert_eq!(pointer, "/properties/a/type");
    assert!(
        fault
            .to_string()
            .ends_with("at `/properties/a/type`; mend that part of the schema"),
        "{fault}"
    );
}

#[test]
fn nothing_is_fetched() {
    assert!(Schema::compile("{\"$ref\": \"http://127.0.0.1:1/schema.json\"}").is_err());
}

#[test]
fn shipped_schemas_compile_and_describe_every_property() {
    for (embedded, name) in [
        (&WORKING_SPEC, "working-spec"),
        (&TIER_POLICY, "tier-policy"),
        (&PROVENANCE_MANIFEST, "provenance-manifest"),
    ] {
        let schema = embedded.schema().expect("it compiles");
        assert_eq!(
            schema.json()["$id"],
            format!("https://kokoro-tts.com/caws/schemas/{name}.schema.json"),
        );
        assert_eq!(
            schema.json()["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        assert_eq!(
            embedded.text(),
            serde_json::from_str::<serde_json::Value>(embedded.text())
                .map(|_| embedded.text())
                .expect("JSON")
        );
        undescribed(schema.json(), name);
    }
}

fn undescribed(schema: &serde_json::Value, at: &str) {
    if let Some(properties) = schema["properties"].as_object() {
        for (key, property) in properties {
            assert!(
                property["description"].is_string(),
                "{at}/{key} has no description"
            );
            undescribed(property, &format!("{at}/{key}"));
        }
    }
    if schema["items"].is_object() {
        undescribed(&schema["items"], &format!("{at}[]"));
    }
    if let Some(definitions) = schema["$defs"].as_object() {
        for (key, definition) in definitions {
            assert!(
                definition["description"].is_string(),
                "{at}/$defs/{key} has no description"
            );
            undescribed(definition, &format!("{at}/$defs/{key}"));
        }
    }
}
