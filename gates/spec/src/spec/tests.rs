use super::{Perf, Profile};

#[test]
fn profiles_are_written_and_read_alike() {
    let names = ["web-ui", "backend-api", "library", "cli"];
    assert_eq!(Profile::ALL.map(Profile::as_str), names);
    for (profile, name) in Profile::ALL.into_iter().zip(names) {
        assert_eq!(Profile::parse(name), Some(profile));
        assert_eq!(profile.to_string(), name);
        assert_eq!(serde_json::to_value(profile).expect("it serialises"), name);
    }
    assert_eq!(Profile::parse("Library"), None);
}

#[test]
fn stated_budgets_come_in_order() {
    assert_eq!(Perf::default().budgets(), []);
    let perf = Perf {
        rtf_p95: Some(0.6),
        api_p95_ms: Some(500.0),
        ..Perf::default()
    };
    assert_eq!(perf.budgets(), [("api_p95_ms", 500.0), ("rtf_p95", 0.6)]);
    let all = Perf {
        api_p95_ms: Some(1.0),
        lcp_ms: Some(2.0),
        streaming_ttfa_ms: Some(3.0),
        memory_limit_mb: Some(4.0),
        ttfa_p95_ms: Some(5.0),
        rtf_p95: Some(6.0),
        ..Perf::default()
    };
    let names: Vec<_> = all
        .budgets()
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        names.join(" "),
        "api_p95_ms=1 lcp_ms=2 streaming_ttfa_ms=3 memory_limit_mb=4 ttfa_p95_ms=5 rtf_p95=6"
    );
}
