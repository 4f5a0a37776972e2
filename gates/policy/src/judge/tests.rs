use caws_evidence::{
    Basis, Comparator, Finding, Interval, MeasureError, Observation, Ratio, Reading, Severity,
    Verdict,
};
use serde_json::Value;

use super::{Judgement, judge, message, rank};
use crate::plan::{GatePlan, Requirement};

fn plan(requirements: Vec<Requirement>) -> GatePlan {
    GatePlan {
        gate: "g".to_owned(),
        version: 1,
        method: "m".to_owned(),
        applies: true,
        reason: None,
        term: None,
        requirements,
        params: Value::Null,
        inputs: Vec::new(),
        inputs_sha256: String::new(),
        tools: Vec::new(),
    }
}

fn asks(name: &str, comparator: Comparator, threshold: f64) -> Requirement {
    Requirement {
        measurement: name.to_owned(),
        comparator,
        threshold,
        source: "tier 2".to_owned(),
    }
}

fn at_least(threshold: f64) -> Requirement {
    asks("x", Comparator::AtLeast, threshold)
}

fn at_most(threshold: f64) -> Requirement {
    asks("x", Comparator::AtMost, threshold)
}

fn equal(threshold: f64) -> Requirement {
    asks("x", Comparator::Equal, threshold)
}

fn observed(name: &str, value: f64) -> Observation {
    Observation {
        name: name.to_owned(),
        value,
        unit: "seconds".to_owned(),
        ratio: None,
        sample_size: None,
        interval: None,
        basis: Basis::Observed,
    }
}

fn between(low: f64, high: f64) -> Observation {
    let interval = Interval {
        low,
        high,
        confidence: 0.95,
        method: "order-statistics".to_owned(),
    };
    Observation {
        interval: Some(interval),
        ..observed("x", f64::midpoint(low, high))
    }
}

/// A share with its 95 % Wilson interval.
fn sampled(numerator: u64, denominator: u64) -> Observation {
    const Z: f64 = 1.959_963_984_540_054;
    let (n, p) = (denominator as f64, numerator as f64 / denominator as f64);
    let center = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let interval = Interval {
        low: center - half,
        high: center + half,
        confidence: 0.95,
        method: "wilson".to_owned(),
    };
    Observation {
        unit: "ratio".to_owned(),
        ratio: Some(Ratio {
            numerator,
            denominator,
        }),
        sample_size: Some(denominator),
        interval: Some(interval),
        ..observed("x", p)
    }
}

fn reading(observations: Vec<Observation>) -> Reading {
    Reading {
        observations,
        examined: 1,
        findings: Vec::new(),
    }
}

fn judged(requirement: Requirement, observation: Observation) -> Judgement {
    judge(&plan(vec![requirement]), Ok(reading(vec![observation])))
}

fn codes(judgement: &Judgement) -> Vec<&str> {
    judgement
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

fn mets(judgement: &Judgement) -> Vec<Option<bool>> {
    judgement
        .measurements
        .iter()
        .map(|measurement| measurement.met)
        .collect()
}

/// The only finding as `code | message | expected | found | help`.
fn line(judgement: &Judgement) -> String {
    assert_eq!(judgement.findings.len(), 1, "{:#?}", judgement.findings);
    let finding = &judgement.findings[0];
    assert_eq!(finding.severity, Severity::Error);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    format!(
        "{} | {} | {} | {} | {}",
        finding.code,
        finding.message,
        text(&finding.expected),
        text(&finding.found),
        text(&finding.help)
    )
}

#[test]
fn a_value_is_held_against_its_threshold() {
    use Verdict::{Fail, Pass};
    for (requirement, value, verdict) in [
        (at_least(0.8), 0.8, Pass),
        (at_least(0.8), 0.81, Pass),
        (at_least(0.8), 0.799_999_999, Fail),
        (at_most(0.5), 0.5, Pass),
        (at_most(0.5), 0.49, Pass),
        (at_most(0.5), 0.500_000_001, Fail),
        (equal(0.0), 0.0, Pass),
        (equal(0.0), 1.0, Fail),
        (equal(0.0), -1.0, Fail),
    ] {
        let judgement = judged(requirement.clone(), observed("x", value));
        assert_eq!(judgement.verdict, verdict, "{requirement:?} {value}");
        assert_eq!(mets(&judgement), [Some(verdict == Pass)]);
        assert_eq!(codes(&judgement).is_empty(), verdict == Pass);
    }
}

#[test]
fn an_interval_is_held_against_its_threshold_by_its_ends() {
    use Verdict::{Fail, Pass, Unmeasured};
    for (requirement, low, high, verdict) in [
        (at_least(0.5), 0.5, 0.9, Pass),
        (at_least(0.5), 0.49, 0.9, Unmeasured),
        (at_least(0.5), 0.3, 0.5, Unmeasured),
        (at_least(0.5), 0.3, 0.49, Fail),
        (at_most(0.5), 0.3, 0.5, Pass),
        (at_most(0.5), 0.3, 0.51, Unmeasured),
        (at_most(0.5), 0.5, 0.7, Unmeasured),
        (at_most(0.5), 0.51, 0.7, Fail),
        (equal(0.5), 0.5, 0.5, Pass),
        (equal(0.5), 0.4, 0.5, Unmeasured),
        (equal(0.5), 0.5, 0.6, Unmeasured),
        (equal(0.5), 0.6, 0.7, Fail),
        (equal(0.5), 0.3, 0.4, Fail),
    ] {
        let judgement = judged(requirement.clone(), between(low, high));
        assert_eq!(judgement.verdict, verdict, "{requirement:?} {low}..{high}");
        let met = match verdict {
            Pass => Some(true),
            Fail => Some(false),
            _ => None,
        };
        assert_eq!(mets(&judgement), [met]);
    }
}

#[test]
fn an_end_the_sample_cannot_bound_is_said_in_words() {
    let mut observation = between(0.3, 0.4);
    observation.value = 0.35;
    if let Some(interval) = &mut observation.interval {
        interval.high = caws_evidence::interval::UNBOUNDED;
    }
    let judgement = judged(at_most(0.5), observation);
    assert_eq!(judgement.verdict, Verdict::Unmeasured);
    let line = line(&judgement);
    assert!(
        line.contains("0.35 seconds, at least 0.3000 and not bounded above with 95 % confidence"),
        "{line}"
    );
}

#[test]
fn what_is_no_number_never_passes() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for requirement in [at_least(0.5), at_most(0.5), equal(0.5)] {
            let judgement = judged(requirement, observed("x", value));
            assert_eq!(judgement.verdict, Verdict::Unmeasured);
            assert_eq!(mets(&judgement), [None]);
            assert!(line(&judgement).starts_with(
                "number-missing | `x` does not exist: its value is no finite number | "
            ));
        }
        let judgement = judged(at_least(value), observed("x", 1.0));
        assert_eq!(judgement.verdict, Verdict::Unmeasured);
        assert!(line(&judgement).contains("its threshold is no finite number"));
    }
    for (low, high) in [
        (f64::NAN, 1.0),
        (0.9, f64::NAN),
        (0.9, f64::INFINITY),
        (f64::NEG_INFINITY, 1.0),
        (1.0, 0.9),
    ] {
        let observation = Observation {
            value: 0.9,
            ..between(low, high)
        };
        let judgement = judged(at_least(0.5), observation);
        assert_eq!(judgement.verdict, Verdict::Unmeasured, "{low}..{high}");
        assert!(line(&judgement).contains("its interval is no interval"));
    }
}

#[test]
fn a_required_number_that_does_not_exist_is_unmeasured() {
    let judgement = judge(
        &plan(vec![at_least(0.8)]),
        Ok(reading(vec![observed("y", 1.0)])),
    );
    assert_eq!(judgement.verdict, Verdict::Unmeasured);
    assert_eq!(
        line(&judgement),
        "number-missing | `x` does not exist: nothing measured it | at least 0.8 (tier 2) | no number | \
         see the gate's output for what kept it from measuring"
    );
    let measurement = &judgement.measurements[0];
    assert_eq!(
        (
            measurement.comparator,
            measurement.threshold,
            measurement.met
        ),
        (None, None, None)
    );
}

#[test]
fn a_gate_that_examined_nothing_is_vacuous() {
    let nothing = Reading {
        examined: 0,
        ..reading(vec![observed("x", 1.0)])
    };
    let judgement = judge(
        &plan(vec![at_least(0.8), asks("y", Comparator::AtLeast, 1.0)]),
        Ok(nothing),
    );
    assert_eq!(judgement.verdict, Verdict::Vacuous);
    assert_eq!(
        mets(&judgement),
        [None],
        "a number of nothing meets nothing"
    );
    assert!(line(&judgement).starts_with(
        "nothing-examined | the gate `g` ran and examined nothing | at least one thing"
    ));
}

#[test]
fn a_gate_that_is_asked_nothing_is_vacuous() {
    let judgement = judge(&plan(Vec::new()), Ok(reading(vec![observed("x", 1.0)])));
    assert_eq!(judgement.verdict, Verdict::Vacuous);
    assert!(
        line(&judgement).starts_with("nothing-examined | the plan asks nothing of the gate `g` | ")
    );
}

#[test]
fn a_number_that_rests_on_no_sample_is_vacuous() {
    let observation = |samples| Observation {
        sample_size: Some(samples),
        ..observed("x", 0.1)
    };
    let judgement = judged(at_most(0.5), observation(0));
    assert_eq!(
        (judgement.verdict, mets(&judgement)),
        (Verdict::Vacuous, vec![None])
    );
    assert!(line(&judgement).starts_with(
        "nothing-examined | `x` rests on no sample | at most 0.5 (tier 2) | 0 samples | "
    ));
    assert_eq!(judged(at_most(0.5), observation(1)).verdict, Verdict::Pass);
}

#[test]
fn a_reading_that_could_not_be_made_says_why() {
    let missing = MeasureError::Missing {
        what: "lcov.info".to_owned(),
        why: "install nightly".to_owned(),
    };
    let malformed = MeasureError::Malformed {
        name: "junit".to_owned(),
        expected: "JUnit XML".to_owned(),
        found: "an open tag in line 3".to_owned(),
    };
    let unknown = MeasureError::UnknownMethod("tea-leaves".to_owned());
    for (fault, verdict, expected) in [
        (
            missing,
            Verdict::Unmeasured,
            "number-missing | the gate `g` has no numbers: lcov.info does not exist: install nightly | lcov.info | nothing | install nightly",
        ),
        (
            malformed,
            Verdict::Error,
            "report-malformed | the gate `g` has no numbers: junit is not a valid JUnit XML: an open tag in line 3 | junit as a valid JUnit XML | an open tag in line 3 | see the gate's output, and run its tool by hand",
        ),
        (
            unknown,
            Verdict::Error,
            "method-unknown | the gate `g` has no numbers: unknown measuring method `tea-leaves` | a measuring method this version knows | `tea-leaves` | use the version of caws that wrote the plan, or a newer one",
        ),
    ] {
        let judgement = judge(&plan(vec![at_least(0.8)]), Err(fault));
        assert_eq!(judgement.verdict, verdict);
        assert_eq!(judgement.measurements, []);
        assert_eq!(line(&judgement), expected);
    }
}

#[test]
fn two_observations_of_one_name_are_an_error() {
    let judgement = judge(
        &plan(vec![at_least(0.5)]),
        Ok(reading(vec![observed("x", 0.9), observed("x", 0.1)])),
    );
    assert_eq!(judgement.verdict, Verdict::Error);
    assert!(
        line(&judgement)
            .starts_with("report-malformed | the gate `g` measured `x` more than once | ")
    );
}

#[test]
fn the_verdict_that_says_least_about_the_code_wins() {
    let order = [
        Verdict::Pass,
        Verdict::Waived,
        Verdict::Fail,
        Verdict::Unmeasured,
        Verdict::Vacuous,
        Verdict::Error,
    ];
    assert!(order.map(rank).is_sorted_by(|a, b| a < b));
    let requirements = || {
        vec![
            at_least(0.5),
            asks("y", Comparator::AtLeast, 0.5),
            asks("z", Comparator::AtLeast, 0.5),
        ]
    };
    let bad = || observed("x", 0.1);
    let fails = judge(
        &plan(requirements()),
        Ok(reading(vec![bad(), observed("y", 1.0), observed("z", 1.0)])),
    );
    assert_eq!(
        (fails.verdict, codes(&fails)),
        (Verdict::Fail, vec!["threshold-missed"])
    );
    let missing = judge(
        &plan(requirements()),
        Ok(reading(vec![bad(), observed("z", 1.0)])),
    );
    assert_eq!(
        (missing.verdict, codes(&missing)),
        (
            Verdict::Unmeasured,
            vec!["threshold-missed", "number-missing"]
        )
    );
    let empty = Observation {
        sample_size: Some(0),
        ..observed("z", 1.0)
    };
    let vacuous = judge(
        &plan(requirements()),
        Ok(reading(vec![bad(), empty.clone()])),
    );
    assert_eq!(vacuous.verdict, Verdict::Vacuous);
    assert_eq!(
        codes(&vacuous),
        ["threshold-missed", "number-missing", "nothing-examined"]
    );
    let error = judge(
        &plan(requirements()),
        Ok(reading(vec![bad(), empty, bad()])),
    );
    assert_eq!(error.verdict, Verdict::Error);
}

#[test]
fn findings_of_the_reading_are_kept_and_come_first() {
    let mut reading = reading(vec![observed("x", 0.1)]);
    reading.findings.push(Finding {
        code: "test-failed".to_owned(),
        severity: Severity::Error,
        message: "t".to_owned(),
        place: None,
        expected: None,
        found: None,
        help: None,
    });
    let judgement = judge(&plan(vec![at_least(0.5)]), Ok(reading));
    assert_eq!(codes(&judgement), ["test-failed", "threshold-missed"]);
}

#[test]
fn every_requirement_of_a_number_is_recorded() {
    let judgement = judge(
        &plan(vec![at_least(0.5), at_least(0.9)]),
        Ok(reading(vec![observed("x", 0.7), observed("extra", 3.0)])),
    );
    assert_eq!(judgement.verdict, Verdict::Fail);
    let seen: Vec<_> = judgement
        .measurements
        .iter()
        .map(|measurement| {
            (
                measurement.observation.name.as_str(),
                measurement.threshold,
                measurement.met,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("x", Some(0.5), Some(true)),
            ("x", Some(0.9), Some(false)),
            ("extra", None, None)
        ]
    );
    assert_eq!(
        judgement.measurements[0].comparator,
        Some(Comparator::AtLeast)
    );
}

#[test]
fn a_missed_threshold_says_what_is_lacking() {
    let share = Observation {
        ratio: Some(Ratio {
            numerator: 75,
            denominator: 100,
        }),
        unit: "ratio".to_owned(),
        ..observed("x", 0.75)
    };
    assert_eq!(
        line(&judged(at_least(0.8), share.clone())),
        "threshold-missed | `x` misses its threshold | at least 0.8 (tier 2) | 0.7500 (75 of 100) | \
         5 more of the 100 would reach it; the findings of this gate name them"
    );
    let thirds = Observation {
        ratio: Some(Ratio {
            numerator: 2,
            denominator: 7,
        }),
        ..share.clone()
    };
    assert!(line(&judged(at_least(0.8), thirds)).contains("| 4 more of the 7 would reach it"));
    assert!(
        line(&judged(at_most(0.5), share))
            .ends_with("| bring it down; the findings of this gate name the places")
    );
    assert_eq!(
        line(&judged(at_most(0.5), observed("x", 0.62))),
        "threshold-missed | `x` misses its threshold | at most 0.5 (tier 2) | 0.62 seconds | \
         bring it down; the findings of this gate name the places"
    );
    assert!(
        line(&judged(at_least(0.7), observed("x", 0.62)))
            .ends_with("| raise it; the findings of this gate name the places")
    );
    let count = Observation {
        unit: "count".to_owned(),
        ..observed("x", 3.0)
    };
    assert_eq!(
        line(&judged(equal(0.0), count)),
        "threshold-missed | `x` misses its threshold | exactly 0 (tier 2) | 3 | bring it to the value asked for"
    );
    assert_eq!(
        line(&judged(at_least(0.8), sampled(1, 2)))
            .split(" | ")
            .nth(3),
        None.or(Some(
            "0.5000 (1 of 2), between 0.0945 and 0.9055 with 95 % confidence"
        )),
    );
    let far = line(&judged(at_least(0.8), sampled(10, 100)));
    assert!(
        far.ends_with("| raise it; the findings of this gate name the places"),
        "{far}"
    );
}

#[test]
fn a_sample_too_small_says_how_many_more_would_decide() {
    // 30 of 50 caught, 0.5 asked: the interval is 0.4618..0.7239. At a rate of 0.6 the lower end
    // reaches 0.5 from n = z^2 * 0.25 / 0.01 = 96.04 on, so 47 more are needed.
    let judgement = judged(at_least(0.5), sampled(30, 50));
    assert_eq!(judgement.verdict, Verdict::Unmeasured);
    assert_eq!(
        line(&judgement),
        "sample-too-small | the sample behind `x` is too small to tell | at least 0.5 (tier 2) | \
         0.6000 (30 of 50), between 0.4618 and 0.7239 with 95 % confidence | \
         47 more samples at the same rate would decide it; or examine everything"
    );
}

#[test]
fn the_number_promised_decides_and_one_less_does_not() {
    for (numerator, denominator, threshold) in [
        (3_u64, 5_u64, 0.5),
        (7, 10, 0.5),
        (45, 100, 0.5),
        (2, 10, 0.25),
        (9, 10, 0.8),
    ] {
        let observation = sampled(numerator, denominator);
        let more = message::more_samples(&observation, threshold).expect("a number");
        let decided = |samples: u64| {
            // At the same rate, whatever fraction of a mutant that is.
            const Z: f64 = 1.959_963_984_540_054;
            let (n, p) = (samples as f64, numerator as f64 / denominator as f64);
            let center = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
            let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
            center - half >= threshold || center + half < threshold
        };
        assert!(
            decided(denominator + more),
            "{numerator}/{denominator} {threshold}: {more}"
        );
        assert!(
            !decided(denominator + more - 1),
            "{numerator}/{denominator} {threshold}: {more}"
        );
    }
}

#[test]
fn one_more_sample_is_said_as_one() {
    let interval = |low| Interval {
        low,
        high: 0.53,
        confidence: 0.95,
        method: "wilson".to_owned(),
    };
    let sample = |low| Observation {
        interval: Some(interval(low)),
        ..sampled(51, 100)
    };
    // The lower end gives n = 100 * (0.51 - low)^2 / 0.01^2 = 100.4 and 101.1.
    let one = line(&judged(at_least(0.5), sample(0.499_98)));
    assert!(
        one.ends_with("| 1 more sample at the same rate would decide it; or examine everything"),
        "{one}"
    );
    let two = line(&judged(at_least(0.5), sample(0.499_945)));
    assert!(
        two.ends_with("| 2 more samples at the same rate would decide it; or examine everything"),
        "{two}"
    );
    // One is the least that is ever promised.
    assert_eq!(message::more_samples(&sampled(5900, 10_000), 0.5), Some(1));
}

#[test]
fn where_no_sample_decides_no_number_is_promised() {
    let wilson = sampled(30, 50);
    assert_eq!(
        message::more_samples(&wilson, 0.6),
        None,
        "the rate is the threshold"
    );
    assert_eq!(message::more_samples(&wilson, 1.5), None);
    assert_eq!(message::more_samples(&wilson, -0.5), None);
    assert_eq!(
        message::more_samples(
            &Observation {
                interval: None,
                ..wilson.clone()
            },
            0.5
        ),
        None
    );
    assert_eq!(
        message::more_samples(
            &Observation {
                ratio: None,
                ..wilson.clone()
            },
            0.5
        ),
        None
    );
    let none = Some(Ratio {
        numerator: 0,
        denominator: 0,
    });
    assert_eq!(
        message::more_samples(
            &Observation {
                ratio: none,
                ..wilson.clone()
            },
            0.5
        ),
        None
    );
    let interval = |low, high, method: &str| {
        Some(Interval {
            low,
            high,
            confidence: 0.95,
            method: method.to_owned(),
        })
    };
    assert_eq!(
        message::more_samples(
            &Observation {
                interval: interval(0.4, 0.7, "bootstrap"),
                ..wilson.clone()
            },
            0.5
        ),
        None
    );
    assert_eq!(
        message::more_samples(
            &Observation {
                interval: interval(0.0, 1.0, "wilson"),
                ..wilson.clone()
            },
            0.5
        ),
        None
    );
    let judgement = judged(at_least(0.6), wilson);
    assert!(line(&judgement).ends_with("| take more samples, or examine everything"));
    assert!(
        line(&judged(at_most(0.5), between(0.4, 0.6)))
            .ends_with("| take more samples, or examine everything")
    );
}

#[test]
fn a_rate_of_nothing_or_everything_is_reckoned_from_its_other_end() {
    // 10 of 10: the lower end reaches 0.9 at n = z^2 * 0.9 / 0.1 = 34.57, so 25 more.
    assert_eq!(message::more_samples(&sampled(10, 10), 0.9), Some(25));
    assert_eq!(message::more_samples(&sampled(0, 10), 0.1), Some(25));
}
