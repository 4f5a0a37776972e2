use super::*;

#[test]
fn people_read_why_and_what_to_do_only_where_something_is_wrong() {
    let check = |status, mend: Option<&str>| Check {
        name: "thing".to_owned(),
        status,
        found: "this".to_owned(),
        why: "it matters",
        mend: mend.map(str::to_owned),
    };
    let text = as_text(&[
        check(Status::Ok, None),
        check(Status::Warn, Some("do")),
        check(Status::Fail, None),
    ]);
    let expected = "ok    thing: this\nwarn  thing: this\n      why it matters: it matters\n      to mend it: do\n\
                    FAIL  thing: this\n      why it matters: it matters\n";
    assert_eq!(text, expected);
    let json: serde_json::Value =
        serde_json::from_str(&as_json(&[check(Status::Warn, None)])).unwrap();
    let expected = serde_json::json!({ "name": "thing", "status": "warn", "found": "this", "why": "it matters", "mend": null });
    assert_eq!(
        json,
        serde_json::json!({ "schema_version": 2, "checks": [expected] })
    );
}
