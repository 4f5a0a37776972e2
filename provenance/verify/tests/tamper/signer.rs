//! What a signer writes who does not tell the truth: everything is digested, signed and logged as if it were.

use caws_evidence::codes::*;
use caws_evidence::manifest::layout::{MANIFEST, PLAN_BUNDLE};
use caws_evidence::{Comparator, Evidence, Observation, Output, Verdict, sha256_hex};
use caws_policy::record::gate_plan_sha256;
use serde_json::{Value, json};

use crate::common::{
    COVERAGE, COVERAGE_RAW, Gate, MUTATION, Record, STATIC, TESTS_RAW, canonical, coverage_gate,
    edit, gzip, mutation_gate, whole,
};
use crate::row::{RAW, Row, signed, signer};

pub(crate) fn rows() -> Vec<Row> {
    [
        manifest(),
        evidence(),
        verdicts(),
        plan(),
        fabricated(),
        outputs(),
    ]
    .concat()
}

fn manifest() -> Vec<Row> {
    let lie = |name, change: fn(&mut Value)| signed(name, |files| edit(files, MANIFEST, change));
    let score = [(SCORE_DIFFERS, MANIFEST)];
    let inconsistent = [(RECORD_INCONSISTENT, MANIFEST)];
    vec![
        lie("a score that plan and evidence do not give", |m| {
            m["caws"]["trust"]["score"] = json!(98);
        })
        .found(&score),
        lie("a run that passed, said not to have", |m| {
            m["caws"]["trust"]["passed"] = json!(false);
        })
        .found(&score),
        lie("another threshold than the plan's", |m| {
            m["caws"]["trust"]["threshold"] = json!(1);
        })
        .found(&score),
        lie("a result that was never measured", |m| {
            m["results"]["a11y"] = json!("pass");
        })
        .found(&score)
        .left(RESULTS),
        lie("a result left out", |m| {
            m["results"]
                .as_object_mut()
                .unwrap()
                .shift_remove("tests_passed");
        })
        .found(&score)
        .left(RESULTS),
        lie("a language model said to have judged", |m| {
            m["model"] = json!("a language model");
        })
        .found(&inconsistent)
        .left(RESULTS),
        lie("another tree than the plan's", |m| {
            m["caws"]["tree"] = json!("f".repeat(40));
        })
        .found(&inconsistent),
        lie("a clean tree said to be changed", |m| {
            m["caws"]["dirty"] = json!(true);
        })
        .found(&inconsistent),
        lie(
            "a gate measured at another time than its evidence says",
            |m| {
                m["caws"]["gates"][0]["measured"] = json!("2026-11-20T10:00:02Z");
            },
        )
        .found(&inconsistent),
        lie("the digest over other inputs", |m| {
            m["attestations"]["inputs_sha256"] = json!(sha256_hex(b""));
        })
        .found(&inconsistent),
        lie("the digest over other files", |m| {
            m["attestations"]["artifacts_sha256"] = json!(sha256_hex(b""));
        })
        .found(&inconsistent),
        lie("a file left out of one list", |m| {
            m["artifacts"].as_array_mut().unwrap().remove(0);
        })
        .found(&inconsistent),
        lie("a raw output left out of the list", |m| {
            let files = m["caws"]["files"].as_array_mut().unwrap();
            let at = files.iter().position(|f| f["path"] == COVERAGE_RAW);
            files.remove(at.unwrap());
        })
        .found(&[
            (RECORD_FILE_UNLISTED, COVERAGE_RAW),
            (RECORD_INCONSISTENT, MANIFEST),
        ]),
        lie("the plan signed before the run under another digest", |m| {
            m["caws"]["commitment"]["bundle_sha256"] = json!("0".repeat(64));
        })
        .found(&[(RECORD_INCONSISTENT, MANIFEST)]),
    ]
}

/// What is in the manifest for people alone.
const RESULTS: &str = "does not compute what is in the manifest for people";

/// Changes the evidence of the gate at `index`.
fn of(name: &'static str, index: usize, change: impl FnOnce(&mut Evidence)) -> Row {
    signer(name, |record| change(&mut record.evidence[index]))
}

fn evidence() -> Vec<Row> {
    let coverage = |name, change: fn(&mut Observation)| {
        of(name, 1, |e| change(&mut e.measurements[2].observation))
            .found(&[(MEASUREMENT_DIFFERS, COVERAGE)])
    };
    let mutation = |name, change: fn(&mut Observation)| {
        of(name, 2, |e| change(&mut e.measurements[0].observation))
            .found(&[(MEASUREMENT_DIFFERS, MUTATION)])
    };
    vec![
        coverage("a number that the raw outputs do not give", |o| {
            o.value = 0.95
        })
        .left(RAW),
        coverage("counts that the raw outputs do not give", |o| {
            o.ratio.as_mut().unwrap().numerator += 1;
        })
        .left(RAW),
        coverage("another unit", |o| o.unit = "seconds".to_owned()).left(RAW),
        coverage("another name for a number", |o| {
            o.name = "region_coverage".to_owned()
        }),
        mutation("a sample said to be larger", |o| o.sample_size = Some(400)).left(RAW),
        mutation("a narrower interval", |o| {
            let interval = o.interval.as_mut().unwrap();
            interval.low = interval.high - 0.001;
        })
        .left(RAW),
        mutation("an interval left out", |o| o.interval = None).left(RAW),
        of("a threshold met that the plan does not set", 1, |e| {
            e.measurements[2].threshold = Some(0.1);
        })
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        of("a comparison that the plan does not make", 1, |e| {
            e.measurements[2].comparator = Some(Comparator::AtMost);
        })
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        of("a requirement met that was said to be missed", 1, |e| {
            e.measurements[2].met = Some(false);
        })
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        of("a measurement left out", 1, |e| {
            e.measurements.remove(2);
        })
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        of("a measurement added", 0, |e| {
            let mut more = e.measurements[0].clone();
            more.observation.name = "tests_failed".to_owned();
            e.measurements.push(more);
        })
        .found(&[(MEASUREMENT_DIFFERS, STATIC)])
        .left(RAW),
        of("a command that failed, in a gate that passed", 0, |e| {
            e.steps[0].exit_code = Some(1);
        })
        .found(&[(VERDICT_DIFFERS, STATIC), (MEASUREMENT_DIFFERS, STATIC)])
        .left(RAW),
        of("a command that failed, left out", 0, |e| e.steps.clear())
            .found(&[(VERDICT_DIFFERS, STATIC), (MEASUREMENT_DIFFERS, STATIC)])
            .left(RAW),
        of("inputs of another tree", 0, |e| {
            e.inputs[0].sha256 = sha256_hex(b"other");
        })
        .found(&[(RECORD_INCONSISTENT, STATIC)]),
        of("an input left out", 0, |e| e.inputs.clear()).found(&[(RECORD_INCONSISTENT, STATIC)]),
    ]
}

fn verdicts() -> Vec<Row> {
    let judged =
        |name, verdict| of(name, 0, |e| e.verdict = verdict).found(&[(VERDICT_DIFFERS, STATIC)]);
    let failed = |name, change: fn(&mut Evidence)| {
        signer(name, |record| {
            let mut gate = crate::common::static_gate();
            gate.steps[0].exit_code = Some(1);
            record.evidence[0] = crate::common::evidence(&gate, &mut record.files);
            change(&mut record.evidence[0]);
        })
        .found(&[(VERDICT_DIFFERS, STATIC)])
    };
    vec![
        judged("a gate that passed, said to have failed", Verdict::Fail).left(RAW),
        judged(
            "a gate that passed, said to have examined nothing",
            Verdict::Vacuous,
        )
        .left(RAW),
        judged(
            "a gate that passed, said to be unmeasured",
            Verdict::Unmeasured,
        )
        .left(RAW),
        judged("a gate that passed, said to have broken", Verdict::Error).left(RAW),
        of("a waiver over a gate that passed", 0, |e| {
            e.verdict = Verdict::Waived;
            e.waivers = vec!["W-1".to_owned()];
        })
        .found(&[(VERDICT_DIFFERS, STATIC), (RECORD_INCONSISTENT, STATIC)]),
        failed("a gate that failed, said to have passed", |e| {
            e.verdict = Verdict::Pass;
        }),
        failed("a gate that failed, waived by no waiver", |e| {
            e.verdict = Verdict::Waived;
        }),
    ]
}

/// The gate's part of the plan is another one; `cited`: the evidence says so.
fn planned(
    name: &'static str,
    index: usize,
    cited: bool,
    change: impl FnOnce(&mut caws_policy::GatePlan),
) -> Row {
    signer(name, |record| {
        change(&mut record.plan.gates[index]);
        if cited {
            let digest = gate_plan_sha256(&record.plan.gates[index]).unwrap();
            record.evidence[index].plan_sha256 = digest;
        }
    })
}

fn plan() -> Vec<Row> {
    let exclude = json!({ "exclude": [{ "path": "src/**", "reason": "generated" }] });
    let exclude_again = exclude.clone();
    vec![
        planned(
            "a requirement lowered after the measurement",
            1,
            false,
            |plan| {
                plan.requirements[0].threshold = 0.1;
            },
        )
        .found(&[(PLAN_MISMATCH, COVERAGE)]),
        planned(
            "an exclusion added after the measurement",
            1,
            false,
            |plan| {
                plan.params = exclude;
            },
        )
        .found(&[(PLAN_MISMATCH, COVERAGE)]),
        planned("another method after the measurement", 1, false, |plan| {
            plan.method = "lcov".to_owned();
        })
        .found(&[(PLAN_MISMATCH, COVERAGE)]),
        planned(
            "a wider exclusion under numbers measured without it",
            1,
            true,
            |plan| {
                plan.params = exclude_again;
            },
        )
        .found(&[(VERDICT_DIFFERS, COVERAGE), (MEASUREMENT_DIFFERS, COVERAGE)])
        .left(RAW),
        planned(
            "a lower requirement under numbers judged by the old one",
            1,
            true,
            |plan| {
                plan.requirements[0].threshold = 0.1;
            },
        )
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        planned("a requirement more than was judged", 1, true, |plan| {
            let mut more = plan.requirements[0].clone();
            more.measurement = "line_coverage".to_owned();
            plan.requirements.push(more);
        })
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        signed("the plan changed after it was logged", |files| {
            // Another weight of a term: gates and evidence stay as they are.
            let mut record = whole();
            record.plan.trust.terms[0].weight = 1;
            let plan = canonical(&record.plan);
            let subject = &record.plan.subject;
            let commit = subject.commit.as_deref();
            let key = crate::common::key(1);
            let bundle = caws_attest::seal::seal_plan(&plan, commit, &subject.tree, &key);
            let bundle = bundle.unwrap();
            let manifest = manifest_of(&record, files, &bundle);
            files.insert(crate::row::PLAN.to_owned(), plan);
            files.insert(PLAN_BUNDLE.to_owned(), bundle);
            files.insert(MANIFEST.to_owned(), manifest);
        })
        .found(&[(LEDGER_PROOF, crate::row::PLAN_PROOF)]),
    ]
}

/// The manifest of a record whose plan was logged as `files` say, under another bundle.
fn manifest_of(record: &Record, files: &crate::common::Files, bundle: &[u8]) -> Vec<u8> {
    let old: caws_evidence::Manifest = serde_json::from_slice(&files[MANIFEST]).unwrap();
    let mut record = record.clone();
    let mut commitment = old.caws.commitment.unwrap();
    commitment.bundle_sha256 = sha256_hex(bundle);
    for evidence in &mut record.evidence {
        evidence.plan_leaf = Some(commitment.logged.clone().unwrap().leaf);
    }
    record.run.commitment = Some(commitment);
    canonical(&record.manifest())
}

/// Raw outputs written by hand, that do not give the numbers beside them.
fn fabricated() -> Vec<Row> {
    let instead = |name, index: usize, gate: fn() -> Gate, role: usize, content: Vec<u8>| {
        signer(name, move |record| {
            let raw = &gate().raws[role];
            let output = &mut record.evidence[index].outputs[role];
            let stored = gzip(&content);
            (output.sha256, output.content_sha256) = (sha256_hex(&stored), sha256_hex(&content));
            let path = format!("evidence/{}/raw/{}.gz", record.evidence[index].gate, raw.1);
            record.files.insert(path, stored);
        })
        .left(RAW)
    };
    let text = |gate: Gate, role: usize| String::from_utf8(gate.raws[role].3.clone()).unwrap();
    let coverage = text(coverage_gate(1), 0).replace("0% (0/2)", "100% (2/2)");
    let failing = text(coverage_gate(1), 1).replacen(
        "<testcase classname=\"c\" name=\"a\"/>",
        "<testcase classname=\"c\" name=\"a\"><failure/></testcase>",
        1,
    );
    let mutants: Value = serde_json::from_slice(&mutation_gate().raws[0].3).unwrap();
    let with = |change: fn(&mut Value)| {
        let mut mutants = mutants.clone();
        change(&mut mutants);
        canonical(&mutants)
    };
    vec![
        instead(
            "a coverage report with other counts",
            1,
            || coverage_gate(1),
            0,
            coverage.into(),
        )
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        instead(
            "a coverage report of another run",
            1,
            || coverage_gate(1),
            0,
            coverage_gate(2).raws[0].3.clone(),
        )
        .found(&[(MEASUREMENT_DIFFERS, COVERAGE)]),
        instead(
            "a coverage report of nothing",
            1,
            || coverage_gate(1),
            0,
            b"<coverage/>".to_vec(),
        )
        .found(&[(VERDICT_DIFFERS, COVERAGE), (MEASUREMENT_DIFFERS, COVERAGE)]),
        instead(
            "a coverage report that is none",
            1,
            || coverage_gate(1),
            0,
            b"90 %".to_vec(),
        )
        .found(&[(VERDICT_DIFFERS, COVERAGE), (MEASUREMENT_DIFFERS, COVERAGE)]),
        instead(
            "a test report with a failure",
            1,
            || coverage_gate(1),
            1,
            failing.into(),
        )
        .found(&[(VERDICT_DIFFERS, COVERAGE), (MEASUREMENT_DIFFERS, COVERAGE)]),
        instead(
            "a survivor turned into a mutant that was caught",
            2,
            mutation_gate,
            0,
            with(|m| m["outcomes"][0]["summary"] = json!("CaughtMutant")),
        )
        .found(&[(MEASUREMENT_DIFFERS, MUTATION)]),
        instead(
            "survivors left out of the outcomes",
            2,
            mutation_gate,
            0,
            with(|m| {
                let outcomes = m["outcomes"].as_array_mut().unwrap();
                outcomes.retain(|outcome| outcome["summary"] != "MissedMutant");
            }),
        )
        .found(&[(VERDICT_DIFFERS, MUTATION), (MEASUREMENT_DIFFERS, MUTATION)]),
        instead(
            "outcomes of mutants that nobody planned",
            2,
            mutation_gate,
            0,
            with(|m| m["outcomes"][0]["id"] = json!("m99")),
        )
        .found(&[(VERDICT_DIFFERS, MUTATION), (MEASUREMENT_DIFFERS, MUTATION)]),
        instead(
            "a sample drawn from fewer mutants",
            2,
            mutation_gate,
            0,
            with(|m| m["population"] = json!(40)),
        )
        .found(&[(MEASUREMENT_DIFFERS, MUTATION)]),
    ]
}

/// What the evidence says of its raw outputs.
fn outputs() -> Vec<Row> {
    let stored = |name, change: fn(Vec<u8>) -> Vec<u8>| {
        signer(name, |record| {
            let stored = change(record.files[COVERAGE_RAW].clone());
            record.evidence[1].outputs[0].sha256 = sha256_hex(&stored);
            record.files.insert(COVERAGE_RAW.to_owned(), stored);
        })
        .found(&[(DIGEST_MISMATCH, COVERAGE_RAW)])
    };
    let listed = |name, change: fn(&mut Vec<Output>)| of(name, 1, |e| change(&mut e.outputs));
    vec![
        stored("other content than the evidence says", |_| {
            gzip(b"<coverage/>")
        }),
        stored("bytes behind the compressed content", |b| {
            [b, b"more".to_vec()].concat()
        }),
        stored("the compressed content cut", |b| b[..b.len() - 1].to_vec()),
        stored("a second compressed member", |b| [b, gzip(b"")].concat()),
        stored("content that is not compressed", |_| {
            coverage_gate(1).raws[0].3.clone()
        }),
        listed("a raw output named twice", |outputs| {
            outputs.push(outputs[0].clone())
        })
        .found(&[(RECORD_INCONSISTENT, COVERAGE_RAW)]),
        listed("a raw output left out of the evidence", |outputs| {
            outputs.pop();
        })
        .found(&[
            (VERDICT_DIFFERS, COVERAGE),
            (MEASUREMENT_DIFFERS, COVERAGE),
            (RECORD_FILE_UNLISTED, TESTS_RAW),
        ]),
        of("a raw output of another gate", 1, |e| {
            e.outputs[0].path = "../mutation/raw/mutants.json.gz".to_owned();
        })
        .found(&[
            (
                RECORD_FILE_MISSING,
                "evidence/coverage/../mutation/raw/mutants.json.gz",
            ),
            (RECORD_FILE_UNLISTED, COVERAGE_RAW),
        ]),
    ]
}
