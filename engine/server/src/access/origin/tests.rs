use super::*;

#[test]
fn origins_are_a_scheme_and_a_host_or_everybody() {
    assert_eq!("*".parse(), Ok(Origin::Any));
    for text in [
        "https://example.org",
        "http://127.0.0.1:3000",
        "http://[::1]:80",
        "https://a-b.c",
    ] {
        assert_eq!(
            text.parse(),
            Ok(Origin::One(HeaderValue::from_static(text)))
        );
    }
    for text in [
        "",
        "https://",
        "example.org",
        "ftp://example.org",
        "https://example.org/",
        "https://Example.org",
        "https://a b",
        "null",
    ] {
        assert_eq!(
            text.parse::<Origin>(),
            Err(OriginError(text.to_owned())),
            "{text}"
        );
    }
    assert!(
        OriginError("x".to_owned())
            .to_string()
            .ends_with("found `x`")
    );
}

#[test]
fn without_origins_there_is_no_layer() {
    assert!(layer(&[]).is_none());
    assert!(layer(&[Origin::Any]).is_some());
    assert!(layer(&["https://a.b".parse().unwrap()]).is_some());
}
