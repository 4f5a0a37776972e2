use super::*;

#[test]
fn speaks_whole_and_streamed() {
    let engine = Engine::open(EngineConfig::default()).unwrap();
    let utterance = Utterance {
        text: "Hello there, this is a test. It speaks in sentences.".to_owned(),
        voice: Some("af_heart".to_owned()),
        speed: 1.0,
        lang: None,
    };
    let whole = engine.render(&utterance, &Cancel::new()).unwrap();
    assert_eq!(whole.voice, "en-us-f");
    let streamed: usize = engine
        .stream(&utterance, &Cancel::new())
        .unwrap()
        .map(|chunk| chunk.unwrap().samples.len())
        .sum();
    assert!(streamed > 48_000);
}
