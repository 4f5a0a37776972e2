//! How long an auditor waits, against the least that could be: hashing the same bytes once.
//!
//! `CAWS_BENCH_PACKAGE=FILE.caws CAWS_BENCH_KEYS=FILE.pub` measures the package of a real run as well; several keys
//! stand as in `PATH`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;
use std::io::Read as _;

use caws_attest::PublicKey;
use caws_verify::{Limits, Options, Package, verify_artifacts, verify_package};
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

fn of_a_real_run(criterion: &mut Criterion) {
    let Some(path) = std::env::var_os("CAWS_BENCH_PACKAGE") else {
        return;
    };
    if let Err(error) = real(criterion, path.as_ref()) {
        eprintln!("CAWS_BENCH_PACKAGE, CAWS_BENCH_KEYS: {error}");
        std::process::exit(1);
    }
}

fn real(
    criterion: &mut Criterion,
    path: &std::path::Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let keys = std::env::var_os("CAWS_BENCH_KEYS").unwrap_or_default();
    let mut options = Options::default();
    for key in std::env::split_paths(&keys) {
        let pem = std::fs::read_to_string(key)?;
        options.keys.push(PublicKey::from_pem(&pem)?);
    }
    let file = std::fs::read(path)?;
    let read = || Package::read(file.clone(), &Limits::default());
    let package = read()?;
    let report = verify_package(&package, &options);
    if !report.ok {
        return Err(format!("the record is not true: {:?}", report.findings).into());
    }
    let mut contents = Vec::new();
    for path in package.paths().filter(|path| path.ends_with(".gz")) {
        let mut content = Vec::new();
        flate2::bufread::GzDecoder::new(package.get(path).unwrap_or_default())
            .read_to_end(&mut content)?;
        contents.push(content);
    }
    let bytes: Vec<&[u8]> = contents
        .iter()
        .map(Vec::as_slice)
        .chain([file.as_slice()])
        .collect();
    let mut group = criterion.benchmark_group("package");
    group.sample_size(20);
    group.throughput(criterion::Throughput::Bytes(
        bytes.iter().map(|b| b.len() as u64).sum(),
    ));
    group.bench_function("verify", |b| {
        b.iter(|| {
            let package = read();
            package.map(|package| verify_package(black_box(&package), &options).ok)
        });
    });
    group.bench_function("floor: sha256 of the same bytes", |b| {
        b.iter(|| {
            for bytes in &bytes {
                black_box(Sha256::digest(black_box(bytes)));
            }
        });
    });
    group.finish();
    Ok(())
}

criterion_group!(benches, verification, of_a_real_run);
criterion_main!(benches);
