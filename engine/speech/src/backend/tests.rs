use super::*;

#[test]
fn auto_is_rten_unless_an_accelerator_is_asked_for() {
    use {BackendChoice as B, ExecutionChoice as E};
    for (backend, execution, expected) in [
        (B::Auto, E::Cpu, B::Rten),
        (B::Auto, E::Cuda, B::Ort),
        (B::Auto, E::CoreMl, B::Ort),
        (B::Rten, E::Cuda, B::Rten),
        (B::Ort, E::Cpu, B::Ort),
    ] {
        let config = EngineConfig {
            backend,
            execution,
            ..EngineConfig::default()
        };
        assert_eq!(chosen(&config), expected);
    }
}

#[test]
fn threads_are_few() {
    assert_eq!([0, 1, 2, 4, 64].map(usual), [1, 1, 2, 4, 4]);
}

#[test]
fn only_numbers_are_sound() {
    assert_eq!(finite(vec![0.5, -1.0]).unwrap(), [0.5, -1.0]);
    for wrong in [f32::NAN, f32::INFINITY] {
        assert!(finite(vec![0.0, wrong]).is_err());
    }
}
