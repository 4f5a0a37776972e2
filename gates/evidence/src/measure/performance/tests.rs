use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn trial(ttfa: f64) -> Value {
    json!({"ok": true, "ttfa_s": ttfa, "wall_s": 2.0 * ttfa, "audio_s": 4.0, "underruns": 9, "out_of_order": 1,
           "rss_bytes": [1_000_000], "chunks": [[ttfa, 48_000], [ttfa + 2.0, 48_000]], "error": null})
}

fn failed() -> Value {
    json!({"ok": false, "ttfa_s": 0.01, "wall_s": 3.0, "audio_s": null, "out_of_order": null, "rss_bytes": [],
           "chunks": [], "error": "503  busy"})
}

fn report(trials: &[Value], ttfa_p95: Value, rtf_p95: Value) -> Value {
    let failed = trials
        .iter()
        .filter(|trial| trial["ok"] == json!(false))
        .count();
    json!({"preset": "short", "ttfa_p95": ttfa_p95, "rtf_p95": rtf_p95, "failed_trials": failed, "trials": trials})
}

/// 0.01, 0.02, ... seconds to first audio.
fn hundredths(n: i32) -> Vec<Value> {
    (1..=n).map(|i| trial(f64::from(i) / 100.0)).collect()
}

fn raw(role: &str, value: &Value) -> Raw {
    let bytes = value.to_string().into_bytes();
    Raw {
        role: role.to_owned(),
        name: format!("{role}.json"),
        bytes,
    }
}

fn of(role: &str, value: &Value) -> Reading {
    super::read(&[raw(role, value)]).unwrap()
}

fn observation<'a>(reading: &'a Reading, name: &str) -> Option<&'a Observation> {
    reading.observations.iter().find(|o| o.name == name)
}

fn number(reading: &Reading, name: &str) -> Option<f64> {
    observation(reading, name).map(|o| o.value)
}

fn said(value: &Value) -> String {
    super::read(&[raw("short", value)]).unwrap_err().to_string()
}

#[test]
fn percentiles_are_recomputed_with_their_interval() {
    let reading = of(
        "short",
        &report(&hundredths(100), json!(0.95), json!(0.475)),
    );
    assert_eq!(reading.examined, 100);
    let ttfa = observation(&reading, "short.ttfa_p95").unwrap();
    assert_eq!(
        (ttfa.value, ttfa.unit.as_str(), ttfa.sample_size),
        (0.95, "seconds", Some(100))
    );
    let interval = ttfa.interval.as_ref().unwrap();
    assert_eq!((interval.low, interval.high), (0.9, 0.99));
    assert_eq!(ttfa.basis, Basis::Observed);
    let rtf = observation(&reading, "short.rtf_p95").unwrap();
    assert_eq!((rtf.value, rtf.unit.as_str()), (0.475, "ratio"));
    assert_eq!(number(&reading, "short.failed_trials"), Some(0.0));
    assert_eq!(number(&reading, "short.underruns"), Some(100.0));
    assert_eq!(number(&reading, "short.out_of_order"), Some(100.0));
    assert_eq!(number(&reading, "short.memory_envelope"), Some(0.0));
}

#[test]
fn the_percentile_is_the_nearest_rank() {
    let of = |n: u32| percentile(&(1..=n).map(f64::from).collect::<Vec<_>>());
    assert_eq!(of(0), None);
    assert_eq!(of(1), Some(1.0));
    assert_eq!(of(19), Some(19.0));
    assert_eq!(of(20), Some(19.0));
    assert_eq!(of(21), Some(20.0));
    assert_eq!(of(40), Some(38.0));
}

#[test]
fn failed_trials_are_trials_that_never_answered() {
    let mut trials = hundredths(19);
    trials.insert(0, failed());
    let reading = of("short", &report(&trials, json!(0.19), json!(0.095)));
    assert_eq!(number(&reading, "short.ttfa_p95"), Some(0.19));
    assert_eq!(number(&reading, "short.failed_trials"), Some(1.0));
    assert_eq!(number(&reading, "short.underruns"), Some(19.0));
    let [finding] = reading.findings.as_slice() else {
        panic!("one finding")
    };
    assert_eq!(finding.code, codes::TRIAL_FAILED);
    assert_eq!(finding.message, "trial 1 of the run `short` failed");
    assert_eq!(finding.found.as_deref(), Some("503 busy"));
    assert!(finding.help.is_some());
    // Two of twenty: the 95th percentile never answered.
    trials[19] = failed();
    let reading = of("short", &report(&trials, Value::Null, Value::Null));
    assert_eq!(number(&reading, "short.ttfa_p95"), None);
    assert_eq!(number(&reading, "short.rtf_p95"), None);
    assert_eq!(number(&reading, "short.failed_trials"), Some(2.0));
    let all: Vec<_> = (0..15).map(|_| failed()).collect();
    let reading = of("short", &report(&all, Value::Null, Value::Null));
    assert_eq!((reading.findings.len(), reading.examined), (10, 15));
}

#[test]
fn a_summary_that_its_trials_do_not_give_is_malformed() {
    let trials = hundredths(20);
    let with = |ttfa: Value, rtf: Value| report(&trials, ttfa, rtf);
    assert!(super::read(&[raw("short", &with(json!(0.190_1), json!(0.095)))]).is_ok());
    assert_eq!(
        said(&with(json!(0.18), json!(0.095))),
        "short.json is not a valid benchmark result: it says ttfa_p95 is 0.18, and its trials give 0.19"
    );
    assert!(said(&with(json!(0.190_3), json!(0.095))).contains("ttfa_p95"));
    assert!(
        said(&with(Value::Null, json!(0.095)))
            .ends_with("ttfa_p95 is no number, and its trials give 0.19")
    );
    assert!(said(&with(json!(0.19), json!(0.09))).contains("it says rtf_p95 is 0.09"));
    let mut value = with(json!(0.19), json!(0.095));
    value["failed_trials"] = json!(1);
    assert!(said(&value).ends_with("it says 1 trials failed, and 0 did"));
    // The percentile of those that answered is a summary too, and another number is not.
    let mut two_failed = trials.clone();
    two_failed[0] = failed();
    two_failed[1] = failed();
    for (ttfa, rtf) in [(json!(0.2), json!(0.1)), (Value::Null, Value::Null)] {
        let reading = of("short", &report(&two_failed, ttfa, rtf));
        assert_eq!(number(&reading, "short.ttfa_p95"), None);
    }
    assert!(said(&report(&two_failed, json!(0.19), Value::Null)).ends_with("its trials give 0.2"));
    let none = [failed(), failed()];
    assert!(said(&report(&none, json!(0.2), Value::Null)).ends_with("its trials give no number"));
}

#[test]
fn what_was_not_recorded_is_no_number() {
    let mut trials = hundredths(20);
    trials[3]["ttfa_s"] = Value::Null;
    trials[4]["audio_s"] = json!(0.0);
    trials[5]["chunks"] = json!([]);
    trials[6]["out_of_order"] = Value::Null;
    for trial in &mut trials {
        trial["rss_bytes"] = json!([]);
    }
    let reading = of("short", &report(&trials, Value::Null, Value::Null));
    let names: Vec<_> = reading
        .observations
        .iter()
        .map(|o| o.name.as_str())
        .collect();
    assert_eq!(names, ["short.failed_trials", "short.drift"]);
}

#[test]
fn memory_is_measured_after_the_first_tenth() {
    let mut trials = hundredths(20);
    trials[0]["rss_bytes"] = json!([900_000_000]);
    trials[1]["rss_bytes"] = json!([1]);
    trials[2]["rss_bytes"] = json!([3_500_000, 2_000_000]);
    let reading = of("load", &report(&trials, json!(0.19), json!(0.095)));
    let memory = observation(&reading, "load.memory_envelope").unwrap();
    assert_eq!((memory.value, memory.unit.as_str()), (2.5, "MB"));
}

fn drift(role: &str, first: f64, last: f64) -> Option<f64> {
    let trials: Vec<_> = [first, first, first, 9.0, 9.0, 9.0, last, last, last]
        .map(trial)
        .to_vec();
    number(
        &of(role, &report(&trials, json!(9.0), json!(4.5))),
        &format!("{role}.drift"),
    )
}

#[test]
fn drift_compares_the_outer_thirds() {
    let near = |left: Option<f64>, right: f64| {
        let left = left.unwrap();
        assert!((left - right).abs() < 1e-9, "{left} is not {right}");
    };
    near(drift("short", 0.1, 0.15), 0.5);
    near(drift("short", 0.2, 0.15), 0.25);
    // Below 20 ms, against 20 ms.
    near(drift("short", 0.001, 0.002), 0.05);
    near(drift("short", 0.02, 0.03), 0.5);
    // Under load, of the wall time, twice as long here.
    near(drift("load", 0.008, 0.016), 0.016 / 0.02);
    near(drift("load", 0.1, 0.15), 0.5);
}

#[test]
fn drift_needs_trials_that_answered() {
    let mut trials: Vec<_> = [0.1; 9].map(trial).to_vec();
    let stated = |trials: &[Value], p95: Value, rtf: Value| {
        number(&of("short", &report(trials, p95, rtf)), "short.drift")
    };
    assert_eq!(stated(&trials, json!(0.1), json!(0.05)), Some(0.0));
    assert_eq!(stated(&trials[..8], json!(0.1), json!(0.05)), None);
    trials[8] = failed();
    assert_eq!(stated(&trials, Value::Null, Value::Null), None);
}

#[test]
fn drift_beyond_all_numbers_is_no_number() {
    let mut trials: Vec<_> = [0.1; 9].map(trial).to_vec();
    for trial in &mut trials[6..] {
        trial["ttfa_s"] = json!(f64::MAX);
    }
    trials[0]["ttfa_s"] = json!(0.0);
    trials[1]["ttfa_s"] = json!(0.0);
    let reading = of("short", &report(&trials, json!(f64::MAX), json!(0.05)));
    assert_eq!(number(&reading, "short.drift"), None);
}

#[test]
fn medians() {
    let of = |times: &[f64]| median(times.iter().copied());
    assert_eq!(of(&[1.0, 2.0]), None);
    assert_eq!(of(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(of(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
}

#[test]
fn several_runs_stand_beside_each_other() {
    let value = report(&hundredths(20), json!(0.19), json!(0.095));
    let reading = super::read(&[raw("short", &value), raw("long", &value)]).unwrap();
    assert_eq!(reading.examined, 40);
    assert!(number(&reading, "long.ttfa_p95").is_some());
    assert!(number(&reading, "short.ttfa_p95").is_some());
}

#[test]
fn what_is_no_result_is_refused() {
    assert!(matches!(
        super::read(&[]),
        Err(MeasureError::Missing { .. })
    ));
    assert!(said(&json!({"trials": []})).contains("missing field `failed_trials`"));
    let mut unknown = report(&hundredths(1), json!(0.01), Value::Null);
    unknown["trials"][0]["wall_s"] = Value::Null;
    assert_eq!(number(&of("short", &unknown), "short.rtf_p95"), None);
    let value = report(&hundredths(1), json!(0.01), json!(0.005));
    assert!(super::read(&[raw("a", &value), raw("a", &value)]).is_err());
    for (field, time) in [
        ("wall_s", json!(-1)),
        ("ttfa_s", json!(-0.1)),
        ("audio_s", json!(-4)),
    ] {
        let mut value = report(&hundredths(2), json!(0.02), json!(0.01));
        value["trials"][1][field] = time;
        assert!(
            said(&value).ends_with("trial 2 has a time below zero"),
            "{field}"
        );
    }
    let mut value = report(&hundredths(1), json!(0.01), json!(0.005));
    value["trials"][0]["chunks"] = json!([[-0.5, 1]]);
    assert!(said(&value).ends_with("trial 1 has a time below zero"));
}

#[test]
fn no_trials_examine_nothing() {
    let reading = of("short", &report(&[], Value::Null, Value::Null));
    assert_eq!(reading, Reading::default());
}

proptest! {
    #[test]
    fn no_numbers_make_it_panic_or_leave_json(
        times in proptest::collection::vec((any::<f64>(), any::<f64>(), any::<u64>(), any::<bool>()), 0..12),
        stated in any::<f64>()
    ) {
        let trials: Vec<_> = times
            .iter()
            .map(|&(wall, audio, bytes, ok)| json!({"ok": ok, "wall_s": wall.abs(), "audio_s": audio.abs(), "ttfa_s": audio.abs(),
                "rss_bytes": [bytes], "out_of_order": bytes, "chunks": [[wall.abs(), bytes], [audio.abs(), bytes]]}))
            .collect();
        for p95 in [json!(stated), Value::Null] {
            if let Ok(reading) = super::read(&[raw("short", &report(&trials, p95.clone(), p95))]) {
                for observation in reading.observations {
                    prop_assert!(observation.value.is_finite(), "{:?}", observation);
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = super::read(&[Raw { role: "short".into(), name: "r".into(), bytes }]);
    }
}
