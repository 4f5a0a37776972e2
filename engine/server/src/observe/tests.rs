use super::*;

#[test]
fn labels_are_our_routes_or_unmatched() {
    assert_eq!(route_of(Some("/v1/tts")), "/v1/tts");
    assert_eq!(route_of(Some("/readyz")), "/readyz");
    assert_eq!(route_of(Some("/assets/{name}")), "/assets/{name}");
    assert_eq!(route_of(Some("/made/up")), "unmatched");
    assert_eq!(route_of(None), "unmatched");
}

#[test]
fn every_route_of_the_contract_is_a_label() {
    let document = crate::openapi::document(&[]);
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 17);
    for path in paths.keys() {
        assert_eq!(route_of(Some(path)), path);
    }
}

#[test]
fn only_the_route_of_openais_clients_has_their_errors() {
    assert_eq!(shape_of("/v1/audio/speech"), Shape::OpenAi);
    for route in ["/v1/tts", "/v1/models", "unmatched"] {
        assert_eq!(shape_of(route), Shape::Plain, "{route}");
    }
}

#[test]
fn ids_differ_and_have_the_documented_form() {
    let ids: std::collections::BTreeSet<_> = (0..100).map(|_| new_id()).collect();
    assert_eq!(ids.len(), 100);
    for id in ids {
        let digits = id.strip_prefix("req_").unwrap();
        assert_eq!(digits.len(), 16);
        assert!(
            digits
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()),
            "{id}"
        );
    }
}

#[test]
fn durations_are_logged_in_milliseconds() {
    assert_eq!(milliseconds(Duration::from_micros(1500)), 1.5);
}
