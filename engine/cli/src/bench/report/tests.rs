use super::*;
use crate::bench::client::Process;
use crate::bench::order::Envelope;

fn trial(ttfa_s: f64, wall_s: f64) -> Trial {
    Trial {
        ok: true,
        status: Some(200),
        text: 0,
        started_s: 0.0,
        ttfa_s: Some(ttfa_s),
        wall_s,
        bytes: 96_000,
        audio_s: 2.0,
        underruns: 0,
        out_of_order: 0,
        identical: None,
        refused: false,
        rss_bytes: vec![1_000_000, 3_000_000],
        chunks: vec![(ttfa_s, 96_000)],
        error: None,
    }
}

fn failed() -> Trial {
    let mut trial = trial(0.0, 9.0);
    trial.ttfa_s = None;
    trial.fail("no answer".to_owned());
    trial
}

fn numbers(count: u32) -> Vec<Trial> {
    (1..=count)
        .map(|n| trial(f64::from(n) / 100.0, f64::from(n) / 10.0))
        .collect()
}

#[test]
fn a_trial_is_what_was_heard() {
    let mut envelope = Envelope::default();
    envelope.add(&[0; 96_000]);
    let heard = Heard {
        status: Some(200),
        chunks: vec![(0.5, 48_000), (2.0, 48_000)],
        ttfa_s: Some(0.5),
        wall_s: 2.1,
        envelope,
        sha256: Some([1; 32]),
        refused: None,
        error: None,
    };
    let trial = Trial::new(3, 7.0, &heard);
    assert!(trial.ok);
    assert_eq!(
        (trial.text, trial.started_s, trial.ttfa_s, trial.wall_s),
        (3, 7.0, Some(0.5), 2.1)
    );
    assert_eq!(
        (trial.bytes, trial.audio_s, trial.underruns),
        (96_000, 2.0, 1)
    );
    assert_eq!(trial.rtf(), 1.05);
    let heard = Heard {
        error: Some("broken".to_owned()),
        ..heard
    };
    let trial = Trial::new(3, 7.0, &heard);
    assert_eq!((trial.ok, trial.error.as_deref()), (false, Some("broken")));
    assert!(!trial.refused);
    let heard = Heard {
        refused: Some(std::time::Duration::from_secs(2)),
        ..heard
    };
    assert!(Trial::new(3, 7.0, &heard).refused);
}

#[test]
fn the_numbers_are_those_of_the_trials() {
    let mut trials = numbers(100);
    trials[4].underruns = 2;
    trials[5].out_of_order = 3;
    let summary = Summary::of(&trials, false);
    assert_eq!(
        (summary.ttfa_p50, summary.ttfa_p95),
        (Some(0.5), Some(0.95))
    );
    assert_eq!((summary.rtf_p50, summary.rtf_p95), (Some(2.5), Some(4.75)));
    assert_eq!(summary.wall_p95, Some(9.5));
    assert!(
        summary.ttfa_p95_interval.low.unwrap() < 0.95
            && summary.ttfa_p95_interval.high.unwrap() > 0.95
    );
    assert!(
        summary.rtf_p95_interval.low.unwrap() < 4.75
            && summary.rtf_p95_interval.high.unwrap() > 4.75
    );
    assert_eq!((summary.underruns, summary.out_of_order), (2, 3));
    assert_eq!((summary.failed_trials, summary.successful_trials), (0, 100));
}

#[test]
fn failures_are_counted_and_their_times_are_not() {
    let mut trials = numbers(20);
    trials.push(failed());
    trials.push(Trial {
        refused: true,
        // What a failed trial heard is not counted.
        identical: Some(true),
        ..failed()
    });
    for (index, identical) in [(0, Some(true)), (1, Some(true)), (2, Some(false))] {
        trials[index].identical = identical;
    }
    let summary = Summary::of(&trials, false);
    assert_eq!((summary.failed_trials, summary.successful_trials), (2, 20));
    assert_eq!((summary.refused_trials, summary.identical_trials), (1, 2));
    assert_eq!(summary.ttfa_p95, Some(0.19));
    assert_eq!(summary.wall_p95, Some(1.9));
}

#[test]
fn without_a_success_there_are_no_numbers() {
    let summary = Summary::of(&[failed()], false);
    assert_eq!(
        (
            summary.ttfa_p50,
            summary.ttfa_p95,
            summary.rtf_p95,
            summary.drift
        ),
        (None, None, None, None)
    );
    assert_eq!(summary.failed_trials, 1);
}

#[test]
fn memory_is_that_of_the_steady_state() {
    let mut trials = numbers(20);
    // Within the first tenth: still growing.
    trials[1].rss_bytes = vec![10];
    assert_eq!(memory_envelope(&trials), Some(2.0));
    trials[2].rss_bytes = vec![500_000];
    assert_eq!(memory_envelope(&trials), Some(2.5));
    // A failed trial's memory counts, too.
    trials.push(Trial {
        rss_bytes: vec![5_500_000],
        ..failed()
    });
    assert_eq!(memory_envelope(&trials), Some(5.0));
    for trial in &mut trials {
        trial.rss_bytes.clear();
    }
    assert_eq!(memory_envelope(&trials), None);
}

#[test]
fn memory_drifts_from_the_first_third_to_the_last() {
    let mut trials = vec![trial(0.1, 1.0); 9];
    assert_eq!(memory_drift(&trials), Some(0.0));
    for (index, bytes) in [(0, 100), (1, 104), (2, 96), (6, 200), (7, 103), (8, 105)] {
        trials[index].rss_bytes = vec![bytes];
    }
    assert_eq!(memory_drift(&trials), Some(0.05));
    trials[8].rss_bytes = vec![90];
    assert_eq!(memory_drift(&trials), Some(0.03));
    trials[8].rss_bytes.clear();
    assert_eq!(memory_drift(&trials), None);
    assert_eq!(memory_drift(&[]), None);
}

#[test]
fn drift_is_between_the_thirds() {
    let mut trials = vec![trial(0.1, 1.0); 9];
    for trial in &mut trials[6..] {
        trial.ttfa_s = Some(0.15);
        trial.wall_s = 3.0;
    }
    assert!((drift(&trials, false).unwrap() - 0.5).abs() < 1e-9);
    assert!((drift(&trials, true).unwrap() - 2.0).abs() < 1e-9);
    assert_eq!(drift(&trials[..8], false), None);
    trials[0].fail("gone".to_owned());
    assert_eq!(drift(&trials, false), None);
}

fn report(trials: Vec<Trial>) -> Report {
    let config = Config {
        preset: "short",
        stream: true,
        format: "pcm",
        trials: Some(trials.len()),
        duration_s: None,
        concurrent: 1,
        compared: "envelope",
        voice: None,
        characters: vec![140],
    };
    let status = Status {
        provider: Some("espeak".to_owned()),
        backend: Some("espeak-ng 1".to_owned()),
        providers: vec!["cpu".to_owned()],
        model_sha256: Some("ab".to_owned()),
        version: "0.1.0".to_owned(),
        process: Process { rss_bytes: None },
    };
    let mut reference = Envelope::default();
    reference.add(&[0; 48_000]);
    Report::new(
        config,
        &status,
        Unmeasured {
            before: 3,
            after: 0,
            failed: 1,
        },
        &[Reference {
            envelope: reference,
            sha256: None,
        }],
        None,
        trials,
    )
}

#[test]
fn the_file_has_its_numbers_at_the_top_and_its_trials_whole() {
    let file = serde_json::to_value(report(numbers(100))).unwrap();
    for (key, value) in [
        ("schema_version", serde_json::json!(2)),
        ("preset", "short".into()),
        ("engine_version", "0.1.0".into()),
        ("provider", "espeak".into()),
        ("backend", "espeak-ng 1".into()),
        ("execution_provider", "cpu".into()),
        ("model_sha256", "ab".into()),
        ("ttfa_p95", 0.95.into()),
        ("ttfa_p50", 0.5.into()),
        ("rtf_p95", 4.75.into()),
        ("memory_envelope", 2.0.into()),
        ("underruns", 0.into()),
        ("out_of_order", 0.into()),
        ("failed_trials", 0.into()),
        ("refused_trials", 0.into()),
        ("identical_trials", 0.into()),
        ("memory_drift", 0.0.into()),
        ("disconnect", serde_json::Value::Null),
        ("reference_audio_s", serde_json::json!([1.0])),
        (
            "unmeasured",
            serde_json::json!({ "before": 3, "after": 0, "failed": 1 }),
        ),
    ] {
        assert_eq!(file[key], value, "{key}");
    }
    assert_eq!(file["summary"]["ttfa_p95"], file["ttfa_p95"]);
    assert_eq!(file["ttfa_p95_interval"]["method"], "order-statistics");
    assert_eq!(file["trials"].as_array().unwrap().len(), 100);
    let first = serde_json::json!({
        "ok": true, "status": 200, "text": 0, "started_s": 0.0, "ttfa_s": 0.01, "wall_s": 0.1, "bytes": 96_000, "audio_s": 2.0,
        "underruns": 0, "out_of_order": 0, "identical": null, "refused": false, "rss_bytes": [1_000_000, 3_000_000], "chunks": [[0.01, 96_000]], "error": null,
    });
    assert_eq!(file["trials"][0], first);
}

#[test]
fn under_load_the_drift_is_that_of_the_whole_answer() {
    let mut trials = vec![trial(0.1, 1.0); 9];
    for trial in &mut trials[6..] {
        trial.wall_s = 2.0;
    }
    let mut load = report(trials.clone());
    assert_eq!(load.summary.drift, Some(0.0));
    load.config.preset = "load";
    let load = Report::new(
        load.config,
        &Status {
            provider: None,
            backend: None,
            providers: Vec::new(),
            model_sha256: None,
            version: String::new(),
            process: Process { rss_bytes: None },
        },
        load.unmeasured,
        &[],
        None,
        trials,
    );
    assert_eq!(load.summary.drift, Some(1.0));
}

#[test]
fn people_read_the_numbers_and_the_first_failure() {
    let good = report(numbers(100));
    assert!(good.has_success());
    let expected = "provider             espeak (espeak-ng 1)\n\
                    trials               100, 0 failed, 0 of them refused\n\
                    time to first audio  p50 0.500 s, p95 0.950 s\n\
                    real-time factor     p50 2.500, p95 4.750\n\
                    memory envelope      2.000 MB\n\
                    memory drift         0.000\n\
                    drift                3.941\n\
                    underruns            0\n\
                    out of order         0\n\
                    same bytes as alone  0; judged by envelope\n";
    assert_eq!(good.for_people(), expected);
    let left = |idle_after_s| Report {
        disconnect: Some(Left {
            clients: 20,
            hearing: 3,
            idle_after_s,
            cpu_s: Some(0.01),
        }),
        ..good.clone()
    };
    for (idle, said) in [(Some(0.25), "0.250 s"), (None, "none")] {
        let line = format!(
            "clients that went    20, 3 of them hearing; idle after {said}, 0.010 s of processor in the second from 1 s\n"
        );
        assert!(left(idle).for_people().ends_with(&line));
    }
    let bad = report(vec![failed()]);
    assert!(!bad.has_success());
    assert!(bad.for_people().contains("p50 none, p95 none"));
    assert!(
        bad.for_people()
            .ends_with("first failure        no answer\n")
    );
}
