use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, server, value, verdict};

const CONFIG: &str = "
schema_version: 1
services:
  tts: { command: [server, '{port}'], ready: /ready, ready_within: 20s }
gates:
  audio:
    service: tts
    endpoint: /speak
    texts: [one, two]
    voices: [a]
    speeds: [1.0, 2]
    loudness: { target: -16.0, tolerance: 1.0 }
    true_peak: { at_most: -1.0 }
";

fn lab(mode: &str) -> Lab {
    let lab = Lab::new(CONFIG);
    server::install(&lab, mode);
    lab
}

#[test]
fn every_text_voice_and_speed_is_asked_for_whole_and_streamed() {
    let outcome = lab("ok").run();
    let found = evidence(&outcome, "audio");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(value(&outcome, "audio", "clips"), Some(8.0));
    assert_eq!(value(&outcome, "audio", "clips_silent"), Some(0.0));
    assert!(value(&outcome, "audio", "loudness_deviation_max").unwrap() < 1.0);
    let paths: Vec<&str> = found
        .outputs
        .iter()
        .map(|output| output.path.as_str())
        .collect();
    assert_eq!(
        paths[..3],
        [
            "raw/clip-000.wav.gz",
            "raw/clip-001.pcm.gz",
            "raw/clip-002.wav.gz"
        ]
    );
    assert_eq!(
        found.scope.included[1],
        "text 0, voice a at speed 1, streamed"
    );
    assert_eq!(
        found.scope.included[7],
        "text 1, voice a at speed 2, streamed"
    );
    let params = &outcome
        .plan
        .gates
        .iter()
        .find(|gate| gate.gate == "audio")
        .unwrap()
        .params;
    assert_eq!(params["clips"][3]["speed"], 2.0);
    assert_eq!(params["clips"][3]["encoding"], "pcm");
    assert_eq!(params["clips"][3]["streamed"], true);
    assert_eq!(params["clips"][7]["text_index"], 1);
    let step = &found.steps[0];
    assert_eq!((step.name.as_str(), step.exit_code), ("serve-tts", None));
    assert!(step.key_output.contains("starting"), "{}", step.key_output);
}

#[test]
fn a_server_too_loud_fails() {
    let outcome = lab("loud").run();
    assert_eq!(verdict(&outcome, "audio"), Verdict::Fail);
    assert!(codes_of(&outcome, "audio").contains(&"audio-out-of-range"));
}

#[test]
fn silence_and_errors_are_named() {
    let outcome = lab("silent").run();
    assert_ne!(verdict(&outcome, "audio"), Verdict::Pass);
    assert_eq!(value(&outcome, "audio", "clips_silent"), Some(8.0));
    let outcome = lab("broken").run();
    assert_ne!(verdict(&outcome, "audio"), Verdict::Pass);
    let finding = &evidence(&outcome, "audio").findings[0];
    assert_eq!(finding.code, "audio-silent");
    assert_eq!(
        finding.message,
        "clip-000 got no sound: status 500: no voice"
    );
}

#[test]
fn a_server_that_does_not_become_ready_or_dies_is_named_with_its_last_lines() {
    let outcome = lab("dies").run();
    assert_eq!(verdict(&outcome, "audio"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "audio").findings[0];
    assert_eq!(finding.code, "service-not-ready");
    let found = finding.found.as_deref().unwrap();
    assert!(
        found.contains("exit status: 3") && found.contains("cannot find my model"),
        "{found}"
    );
    assert_eq!(evidence(&outcome, "audio").steps.len(), 1);

    let outcome = lab("dies-when-asked").run();
    let messages: Vec<&str> = evidence(&outcome, "audio")
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(
        messages.contains(&"the service `tts` ended while it was asked"),
        "{messages:?}"
    );
}

#[test]
fn it_runs_alone() {
    use crate::gates::Gate as _;
    assert!(super::Audio.needs(&lab("ok").open()).exclusive);
}
