use std::time::Duration;

use super::parse;

#[test]
fn each_unit_has_its_length() {
    assert_eq!(parse("500ms"), Ok(Duration::from_millis(500)));
    assert_eq!(parse("30s"), Ok(Duration::from_secs(30)));
    assert_eq!(parse("12m"), Ok(Duration::from_secs(720)));
    assert_eq!(parse("2h"), Ok(Duration::from_secs(7200)));
}

#[test]
fn what_is_no_duration_is_named() {
    for text in [
        "",
        "s",
        "30",
        "30 s",
        "1.5s",
        "-1s",
        "30d",
        "99999999999999999999s",
        "18446744073709551615h",
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(
            error,
            format!("expected a duration such as `30s`, `500ms`, `12m` or `2h`, found `{text}`")
        );
    }
}
