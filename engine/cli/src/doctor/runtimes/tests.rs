use super::*;

fn library() -> Library {
    Library {
        path: "/lib/libonnxruntime.so.1.20.0".into(),
        version: "1.20.0".to_owned(),
    }
}

fn searched() -> Vec<(String, Option<Library>)> {
    vec![
        ("/a".to_owned(), None),
        ("/lib".to_owned(), Some(library())),
    ]
}

#[test]
fn the_embedded_runtime_is_always_there() {
    let config = EngineConfig {
        ort_library: Some("/nowhere/libonnxruntime.so".into()),
        ..EngineConfig::default()
    };
    let checks = checks(&config);
    assert_eq!(
        (checks[0].name.as_str(), checks[0].status),
        ("rten", Status::Ok)
    );
    assert!(checks[0].found.starts_with("rten 0."));
    assert_eq!(
        (checks[1].status, checks[1].found.as_str()),
        (
            Status::Ok,
            "none, and none is needed; looked in order at /nowhere/libonnxruntime.so: none"
        )
    );
}

#[test]
fn onnx_runtime_is_named_with_every_place_looked_at() {
    let loaded = OnnxRuntime {
        library: library(),
        providers: vec!["cpu", "cuda"],
    };
    let check = onnx_runtime(&searched(), Some(Ok(loaded)), true);
    assert_eq!(
        (check.status, check.found.as_str(), check.mend),
        (
            Status::Ok,
            "1.20.0 at /lib/libonnxruntime.so.1.20.0, computes on cpu, cuda; looked in order at /a: none; \
             /lib: /lib/libonnxruntime.so.1.20.0",
            None
        )
    );
}

#[test]
fn a_runtime_that_was_asked_for_must_work() {
    let broken = || Some(Err(SpeechError::Synthesis("it does not load".to_owned())));
    let check = onnx_runtime(&searched(), broken(), false);
    assert_eq!(check.status, Status::Warn);
    assert!(
        check
            .found
            .starts_with("synthesis failed: it does not load; looked"),
        "{}",
        check.found
    );
    assert!(check.mend.is_some());
    assert_eq!(
        onnx_runtime(&searched(), broken(), true).status,
        Status::Fail
    );
    let check = onnx_runtime(&[], None, true);
    assert_eq!((check.status, check.mend.is_some()), (Status::Fail, true));
    for config in [
        EngineConfig {
            backend: BackendChoice::Ort,
            ..EngineConfig::default()
        },
        EngineConfig {
            execution: ExecutionChoice::Cuda,
            ..EngineConfig::default()
        },
    ] {
        let config = EngineConfig {
            ort_library: Some("/nowhere/libonnxruntime.so".into()),
            ..config
        };
        assert_eq!(checks(&config)[1].status, Status::Fail);
    }
}
