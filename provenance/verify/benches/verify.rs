//! How long an auditor waits, against the least that could be: hashing the same bytes once.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use caws_verify::verify_artifacts;
use criterion::{Criterion, criterion_group, criterion_main};
use sha2::{Digest as _, Sha256};

fn verification(criterion: &mut Criterion) {
    let gates = [
        common::static_gate(),
        common::coverage_gate(1000),
        common::mutation_gate(),
    ];
    let files = common::record(&gates).sealed(1);
    let Ok(directory) = tempfile::tempdir() else {
        return;
    };
    common::write(directory.path(), &files);
    let options = common::options();
    assert!(
        verify_artifacts(directory.path(), &options).ok,
        "the record to measure is whole"
    );
    let raws = gates
        .iter()
        .flat_map(|gate| &gate.raws)
        .map(|(.., content)| content.as_slice());
    let bytes: Vec<&[u8]> = files.values().map(Vec::as_slice).chain(raws).collect();
    let mut group = criterion.benchmark_group("evidence");
    group.throughput(criterion::Throughput::Bytes(
        bytes.iter().map(|b| b.len() as u64).sum(),
    ));
    group.bench_function("verify", |b| {
        b.iter(|| verify_artifacts(black_box(directory.path()), &options));
    });
    group.bench_function("floor: sha256 of the same bytes", |b| {
        b.iter(|| {
            for bytes in &bytes {
                black_box(Sha256::digest(black_box(bytes)));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, verification);
criterion_main!(benches);
