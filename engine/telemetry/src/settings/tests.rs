use super::*;

/// What an environment of these variables asks for.
fn read(variables: &[(&'static str, &str)]) -> Result<Option<Settings>, TelemetryError> {
    Settings::read(|name| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.into())
    })
}

/// The same, beside a collector.
fn with(variables: &[(&'static str, &str)]) -> Result<Settings, String> {
    let collector = (ENDPOINT, "http://localhost:4318");
    match read(&[&[collector], variables].concat()) {
        Ok(settings) => Ok(settings.unwrap()),
        Err(error) => Err(error.to_string()),
    }
}

#[test]
fn without_a_collector_nothing_is_asked_for() {
    assert_eq!(read(&[]).unwrap(), None);
    assert_eq!(read(&[(ENDPOINT, "  ")]).unwrap(), None);
    let others = [
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
    ];
    assert_eq!(read(&others).unwrap(), None);
}

#[test]
fn traces_that_are_not_wanted_are_not_exported() {
    for (name, value) in [
        ("OTEL_SDK_DISABLED", "true"),
        ("OTEL_SDK_DISABLED", "TRUE"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ] {
        let found = read(&[(ENDPOINT, "http://localhost:4318"), (name, value)]);
        assert_eq!(found.unwrap(), None, "{name}={value}");
    }
    assert!(with(&[("OTEL_SDK_DISABLED", "false")]).is_ok());
}

#[test]
fn the_defaults_are_those_of_the_specification() {
    let settings = with(&[]).unwrap();
    assert_eq!(
        settings,
        Settings {
            endpoint: "http://localhost:4318/v1/traces".to_owned(),
            timeout: Duration::from_secs(10),
            certificates: None,
            sampling: Sampling::ALL,
            queue: 2048,
            batch: 512,
            delay: Duration::from_secs(5),
            names_service: false,
        }
    );
}

#[test]
fn the_address_for_traces_is_used_as_it_is_and_comes_first() {
    let general = |text: &str| read(&[(ENDPOINT, text)]).unwrap().unwrap().endpoint;
    assert_eq!(general("http://a:1/"), "http://a:1/v1/traces");
    assert_eq!(general("https://a/otlp"), "https://a/otlp/v1/traces");
    let both = [
        (ENDPOINT, "http://a"),
        (TRACES_ENDPOINT, "https://b/in?x=1"),
    ];
    let settings = read(&both).unwrap().unwrap();
    assert_eq!(settings.endpoint, "https://b/in?x=1");
}

#[test]
fn what_is_said_of_the_collector_holds_no_secret() {
    let said = |text: &str| Settings::new(text.to_owned()).collector();
    assert_eq!(
        said("https://user:secret@a.example/in?key=secret"),
        "a.example"
    );
    assert_eq!(said("http://[::1]:4318/v1/traces"), "[::1]:4318");
    assert_eq!(said("\n"), "an address that is none");
}

#[test]
fn every_variable_is_heard() {
    let settings = with(&[
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1500"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20x, x-tenant=1,",
        ),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
        ("SSL_CERT_FILE", "/other.pem"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "100"),
        ("OTEL_BSP_SCHEDULE_DELAY", "250"),
        ("OTEL_SERVICE_NAME", "voice"),
    ])
    .unwrap();
    let certificates = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem".into());
    assert_eq!(
        settings,
        Settings {
            timeout: Duration::from_millis(1500),
            certificates: Some(certificates),
            queue: 100,
            // A batch is no larger than what can wait.
            batch: 100,
            delay: Duration::from_millis(250),
            names_service: true,
            ..Settings::new("http://localhost:4318/v1/traces".to_owned())
        }
    );
    let batch = with(&[("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "7")])
        .unwrap()
        .batch;
    assert_eq!(batch, 7);
}

#[test]
fn a_service_is_named_by_its_variable_or_its_attribute() {
    let named = |value: &str| {
        with(&[("OTEL_RESOURCE_ATTRIBUTES", value)])
            .unwrap()
            .names_service
    };
    assert!(named("a=b, service.name = voice"));
    assert!(!named("a=service.name"));
}

#[test]
fn samplers_are_those_of_the_specification() {
    let sampling = |sampler, share| {
        with(&[
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", share),
        ])
        .map(|settings| (settings.sampling.share, settings.sampling.follows_caller))
    };
    assert_eq!(sampling("always_on", "0.5"), Ok((1.0, false)));
    assert_eq!(sampling("always_off", ""), Ok((0.0, false)));
    assert_eq!(sampling("traceidratio", "0.25"), Ok((0.25, false)));
    assert_eq!(sampling("traceidratio", ""), Ok((1.0, false)));
    assert_eq!(sampling("parentbased_always_on", ""), Ok((1.0, true)));
    assert_eq!(sampling("parentbased_always_off", ""), Ok((0.0, true)));
    assert_eq!(sampling("parentbased_traceidratio", "1"), Ok((1.0, true)));
    for (sampler, share) in [
        ("jaeger_remote", ""),
        ("traceidratio", "2"),
        ("traceidratio", "NaN"),
        ("parentbased_traceidratio", "half"),
    ] {
        assert!(sampling(sampler, share).is_err(), "{sampler} {share}");
    }
}

#[test]
fn what_nobody_can_do_is_refused_with_the_name_of_the_variable() {
    let cases = [
        (
            "OTEL_TRACES_EXPORTER",
            "zipkin",
            "OTEL_TRACES_EXPORTER: expected otlp or none, found `zipkin`",
        ),
        (
            "OTEL_EXPORTER_OTLP_PROTOCOL",
            "grpc",
            "OTEL_EXPORTER_OTLP_PROTOCOL: expected http/protobuf (a collector has it on port 4318), found `grpc`",
        ),
        (
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION",
            "zstd",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: expected gzip or none, found `zstd`",
        ),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "a=1,secret",
            "OTEL_EXPORTER_OTLP_HEADERS: expected NAME=VALUE,NAME=VALUE of headers, found something else in place 2",
        ),
        (
            "OTEL_EXPORTER_OTLP_TIMEOUT",
            "10s",
            "OTEL_EXPORTER_OTLP_TIMEOUT: expected milliseconds from 1 to 3600000, found `10s`",
        ),
        (
            "OTEL_BSP_MAX_QUEUE_SIZE",
            "0",
            "OTEL_BSP_MAX_QUEUE_SIZE: expected a number from 1 to 1048576, found `0`",
        ),
        (
            "OTEL_TRACES_SAMPLER_ARG",
            "-1",
            "OTEL_TRACES_SAMPLER_ARG: expected a number from 0 to 1, found `-1`",
        ),
    ];
    for (name, value, expected) in cases {
        let sampler = ("OTEL_TRACES_SAMPLER", "traceidratio");
        assert_eq!(with(&[sampler, (name, value)]).unwrap_err(), expected);
    }
    for value in [
        "localhost:4318",
        "ftp://a",
        "http://",
        "/v1/traces",
        "http://a b",
    ] {
        let error = read(&[(ENDPOINT, value)]).unwrap_err().to_string();
        assert_eq!(
            error,
            "OTEL_EXPORTER_OTLP_ENDPOINT: expected an address such as http://localhost:4318, found one that is none",
            "{value}"
        );
    }
}

#[cfg(unix)]
#[test]
fn bytes_that_are_no_text_are_refused() {
    use std::os::unix::ffi::OsStringExt as _;
    let error = Settings::read(|name| (name == ENDPOINT).then(|| OsString::from_vec(vec![0xff])));
    assert_eq!(
        error.unwrap_err().to_string(),
        "OTEL_EXPORTER_OTLP_ENDPOINT: expected text in UTF-8, found bytes that are none"
    );
}
