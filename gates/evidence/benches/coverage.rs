//! How long it takes to count an llvm-cov export again, against the floor of merely parsing it.

#![allow(
    missing_docs,
    reason = "criterion's macros write undocumented functions"
)]

use std::fmt::Write as _;

use caws_evidence::{Raw, measure};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::de::IgnoredAny;
use serde_json::Value;

/// An export of `files` files in the proportions of a real one: most of it is regions of functions.
fn export(files: usize) -> Vec<u8> {
    let mut text =
        String::from(r#"{"type":"llvm.coverage.json.export","version":"3.1.0","data":[{"files":["#);
    for file in 0..files {
        let comma = if file > 0 { "," } else { "" };
        let _ = write!(
            text,
            r#"{comma}{{"filename":"/project/src/module_{file}.rs","branches":["#
        );
        for line in 1..=200 {
            let comma = if line > 1 { "," } else { "" };
            let _ = write!(
                text,
                "{comma}[{line},8,{line},20,{},{},0,0,4]",
                line % 7,
                line % 3
            );
        }
        text.push_str(r#"],"segments":["#);
        for line in 1..=600 {
            let comma = if line > 1 { "," } else { "" };
            let _ = write!(text, "{comma}[{line},5,{},true,true,false]", line % 5);
        }
        text.push_str(r#"],"summary":{"lines":{"count":600,"covered":480,"percent":80.0}}}"#);
    }
    text.push_str(r#"],"functions":["#);
    for function in 0..files * 40 {
        let comma = if function > 0 { "," } else { "" };
        let file = function / 40;
        let _ = write!(
            text,
            r#"{comma}{{"name":"_RNvNtCs1234_7project_{function}","count":3,"filenames":["/project/src/module_{file}.rs"],"branches":[],"regions":["#
        );
        for line in 1..=30 {
            let comma = if line > 1 { "," } else { "" };
            let at = function % 40 * 15 + line;
            let _ = write!(text, "{comma}[{at},5,{at},40,{},0,0,0]", line % 4);
        }
        text.push_str("]}");
    }
    text.push_str(r#"],"totals":{}}]}"#);
    text.into_bytes()
}

fn recompute(criterion: &mut Criterion) {
    let bytes = export(200);
    let mut group = criterion.benchmark_group("coverage");
    group
        .throughput(Throughput::Bytes(bytes.len() as u64))
        .sample_size(10);
    group.bench_function("floor: parse and drop", |bench| {
        bench.iter(|| serde_json::from_slice::<IgnoredAny>(&bytes));
    });
    let raws = [
        Raw {
            role: "coverage".into(),
            name: "coverage.json".into(),
            bytes,
        },
        Raw {
            role: "tests".into(),
            name: "junit.xml".into(),
            bytes: br#"<testsuite tests="1"><testcase name="t"/></testsuite>"#.to_vec(),
        },
    ];
    group.bench_function("recompute", |bench| {
        bench.iter(|| measure("llvm-cov", &Value::Null, &raws, &[]));
    });
    group.finish();
}

criterion_group!(benches, recompute);
criterion_main!(benches);
