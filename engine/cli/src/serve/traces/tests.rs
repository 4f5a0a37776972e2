use super::*;

fn named(variables: &[(&str, &str)]) -> Option<&'static str> {
    unheard(|name| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.into())
    })
}

#[test]
fn a_collector_that_this_build_cannot_reach_is_noticed() {
    const GENERAL: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
    const TRACES: (&str, &str) = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost");
    assert_eq!(named(&[]), None);
    assert_eq!(named(&[(GENERAL.0, "")]), None);
    assert_eq!(named(&[GENERAL]), Some(GENERAL.0));
    assert_eq!(named(&[GENERAL, TRACES]), Some(TRACES.0));
    assert_eq!(named(&[GENERAL, ("OTEL_SDK_DISABLED", "True")]), None);
    assert_eq!(named(&[GENERAL, ("OTEL_TRACES_EXPORTER", "none")]), None);
}
