//! How long it takes to read thousands of component specs, hold them against each other and plan their work.

use std::hint::black_box;
use std::num::NonZeroUsize;

use caws_spec::Portfolio;
use criterion::{Criterion, criterion_group, criterion_main};

const SPECS: usize = 2_000;
const SPEC: &str = include_str!(
    "../../../examples/hardening-portfolio/caws-provenance-ledger/.caws/working-spec.yaml"
);

/// Specs of the size of real ones, each but the first depending on one before it.
fn files() -> Vec<(String, Vec<u8>)> {
    let id = |number: usize| format!("PART-{number}");
    (0..SPECS)
        .map(|number| {
            let needs = match number {
                0 => String::new(),
                _ => id(number / 2),
            };
            let text = SPEC
                .replace("INFRA-001-HARDEN", &id(number))
                .replace("depends_on: []", &format!("depends_on: [{needs}]"));
            (format!("{number:05}.yaml"), text.into_bytes())
        })
        .collect()
}

fn portfolio(c: &mut Criterion) {
    let files = files();
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut group = c.benchmark_group("portfolio");
    group.sample_size(10);
    group.bench_function(format!("read {SPECS} specs"), |b| {
        b.iter(|| Portfolio::read(black_box(&files), |_| true, cores))
    });
    let portfolio = Portfolio::read(&files, |_| true, cores);
    let people = NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN);
    group.bench_function(format!("plan {SPECS} specs"), |b| {
        b.iter(|| black_box(&portfolio).plan(people))
    });
    group.finish();
}

criterion_group!(benches, portfolio);
criterion_main!(benches);
