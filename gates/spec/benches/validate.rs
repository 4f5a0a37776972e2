//! How long it takes to validate a working spec: parse, schema, rules.

use std::hint::black_box;

use caws_spec::schema::WORKING_SPEC;
use caws_spec::{Schema, parse, validate_spec};
use criterion::{Criterion, criterion_group, criterion_main};
use saphyr_parser::Parser;

const SPEC: &[u8] = include_bytes!("../../../.caws/working-spec.yaml");

fn validate(c: &mut Criterion) {
    let mut group = c.benchmark_group("validate");
    let text = std::str::from_utf8(SPEC).unwrap_or_default();
    group.bench_function("floor: bare YAML events", |b| {
        b.iter(|| Parser::new_from_str(black_box(text)).count())
    });
    group.bench_function("parse", |b| {
        b.iter(|| parse("working-spec.yaml", black_box(SPEC)))
    });
    // What a process pays once.
    group.bench_function("compile schema", |b| {
        b.iter(|| Schema::compile(black_box(WORKING_SPEC.text())))
    });
    let document =
        parse("working-spec.yaml", SPEC).unwrap_or_else(|findings| unreachable!("{findings:?}"));
    group.bench_function("schema and rules", |b| {
        b.iter(|| validate_spec(black_box(&document)))
    });
    group.bench_function("whole", |b| {
        b.iter(|| {
            parse("working-spec.yaml", black_box(SPEC)).map(|document| validate_spec(&document))
        })
    });
    group.finish();
}

criterion_group!(benches, validate);
criterion_main!(benches);
