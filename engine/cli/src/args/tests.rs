use std::ffi::OsString;

use super::*;

fn parse(line: &str) -> Result<Command, clap::Error> {
    Arguments::try_parse_from(line.split_whitespace()).map(|arguments| arguments.command)
}

fn serve(line: &str) -> ServeArguments {
    match parse(line).unwrap() {
        Command::Serve(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

fn bench(line: &str) -> BenchArguments {
    match parse(line).unwrap() {
        Command::Bench(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

#[test]
fn serving_is_local_and_bounded_by_default() {
    let arguments = serve("kokoro serve");
    assert_eq!(
        (arguments.host.to_string(), arguments.port),
        ("127.0.0.1".to_owned(), 8880)
    );
    let (limits, default) = (arguments.limits(), Limits::default());
    assert_eq!(limits.concurrency, default.concurrency);
    assert_eq!((limits.queue, limits.connections), (32, 512));
    assert_eq!(limits.request_deadline, default.request_deadline);
    assert_eq!(limits.body_bytes, default.body_bytes);
}

#[test]
fn limits_can_be_set() {
    let limits =
        serve("kokoro serve --concurrency 3 --queue 0 --connections 7 --deadline 9").limits();
    assert_eq!(
        (limits.concurrency, limits.queue, limits.connections),
        (3, 0, 7)
    );
    assert_eq!(limits.request_deadline, Duration::from_secs(9));
}

#[test]
fn counts_start_at_one() {
    assert_eq!(parse_count("1"), Ok(1));
    for text in ["0", "-1", "x", ""] {
        assert_eq!(
            parse_count(text),
            Err("expected a whole number of at least 1".to_owned()),
            "{text}"
        );
    }
    assert!(parse("kokoro bench --trials 0").is_err());
}

#[test]
fn engine_options_reach_the_engine_and_survive_being_passed_on() {
    let given = "kokoro serve --model m.onnx --voices v.npz --backend ort --execution cuda --ort-library l.so --lexicon w.txt --provider kokoro --threads 2 --espeak /e";
    let engine = serve(given).engine;
    let config = engine.config();
    assert_eq!(config.model, Some(PathBuf::from("m.onnx")));
    assert_eq!(config.voices, Some(PathBuf::from("v.npz")));
    assert_eq!(config.espeak, Some(PathBuf::from("/e")));
    assert_eq!(config.threads, Some(2));
    assert_eq!(
        (config.backend, config.provider),
        (BackendChoice::Ort, ProviderChoice::Kokoro)
    );
    assert_eq!(config.execution, ExecutionChoice::Cuda);
    assert_eq!(config.ort_library, Some(PathBuf::from("l.so")));
    assert_eq!(config.lexicon, Some(PathBuf::from("w.txt")));
    let passed_on: Vec<OsString> = given
        .split_whitespace()
        .skip(2)
        .map(OsString::from)
        .collect();
    assert_eq!(engine.to_arguments(), passed_on);
}

#[test]
fn engine_options_default_to_auto() {
    let engine = EngineArguments::default();
    let config = engine.config();
    assert_eq!(
        (config.backend, config.provider),
        (BackendChoice::Auto, ProviderChoice::Auto)
    );
    assert_eq!(
        engine.to_arguments(),
        [
            "--backend",
            "auto",
            "--execution",
            "cpu",
            "--provider",
            "auto"
        ]
    );
    assert_eq!(config.execution, ExecutionChoice::Cpu);
    for (provider, expected) in [
        (Provider::Hedgerow, ProviderChoice::Hedgerow),
        (Provider::Espeak, ProviderChoice::Espeak),
    ] {
        let named = EngineArguments {
            provider,
            ..EngineArguments::default()
        };
        assert_eq!(named.config().provider, expected);
    }
    for (backend, execution, expected) in [
        (
            Backend::Rten,
            Execution::Cpu,
            (BackendChoice::Rten, ExecutionChoice::Cpu),
        ),
        (
            Backend::Auto,
            Execution::Coreml,
            (BackendChoice::Auto, ExecutionChoice::CoreMl),
        ),
    ] {
        let named = EngineArguments {
            backend,
            execution,
            ..EngineArguments::default()
        };
        assert_eq!((named.config().backend, named.config().execution), expected);
    }
}

#[test]
fn benches_stream_a_hundred_times_unless_told_otherwise() {
    let arguments = bench("kokoro bench");
    assert_eq!(
        (arguments.preset, arguments.trials, arguments.concurrent),
        (Preset::Short, 100, None)
    );
    assert!(!arguments.whole && !arguments.stream);
    assert!(bench("kokoro bench --stream").stream);
    assert!(bench("kokoro bench --whole").whole);
    assert!(parse("kokoro bench --whole --stream").is_err());
    assert_eq!(
        bench("kokoro bench --preset load --concurrent 4").concurrent,
        Some(4)
    );
}

#[test]
fn a_bench_is_so_many_trials_or_so_long() {
    let time = |line: &str| bench(line).time().map(|time| time.as_secs());
    assert_eq!(time("kokoro bench"), None);
    assert_eq!(time("kokoro bench --duration 60"), Some(60));
    assert_eq!(time("kokoro bench --soak 20"), Some(1200));
    assert_eq!(bench("kokoro bench --disconnect 20").disconnect, Some(20));
    for wrong in [
        "--trials 3 --duration 1",
        "--trials 3 --soak 1",
        "--duration 1 --soak 1",
        "--duration 0",
    ] {
        assert!(parse(&format!("kokoro bench {wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn formats_have_the_names_of_the_server() {
    let names = AudioFormat::value_variants().iter().map(|format| {
        let name = format.to_possible_value().unwrap().get_name().to_owned();
        (Format::parse(&name).unwrap(), Format::from(*format))
    });
    let (named, meant): (Vec<_>, Vec<_>) = names.unzip();
    assert_eq!(named, meant);
    assert_eq!(meant, Format::ALL);
    assert_eq!(AudioFormat::from_str("ogg", false), Ok(AudioFormat::Opus));
}

#[test]
fn a_sample_rate_is_one_of_nine() {
    assert_eq!(parse_rate("8000"), Ok(8_000));
    assert_eq!(parse_rate("48000"), Ok(48_000));
    assert!(parse_rate("8001").unwrap_err().contains("found 8001"));
    assert_eq!(
        parse_rate("fast").unwrap_err(),
        "expected a whole number of samples per second"
    );
}

#[test]
fn the_command_line_is_sound() {
    use clap::CommandFactory as _;
    Arguments::command().debug_assert();
}
