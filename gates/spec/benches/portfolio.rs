//! How long it takes to read thousands of component specs, hold them against each other and plan their work; beside
//! it, what reading the files alone takes.

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use caws_spec::Portfolio;
use criterion::{Criterion, criterion_group, criterion_main};

const SPECS: usize = 5_000;
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
            let path = format!("{number:05}/.caws/working-spec.yaml");
            (path, text.into_bytes())
        })
        .collect()
}

fn write(dir: &Path, files: &[(String, Vec<u8>)]) -> std::io::Result<Vec<PathBuf>> {
    let write = |(path, bytes): &(String, Vec<u8>)| {
        let path = dir.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    files.iter().map(write).collect()
}

fn portfolio(c: &mut Criterion) {
    let files = files();
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut group = c.benchmark_group("portfolio");
    group.sample_size(10);
    let dir = tempfile::tempdir().unwrap_or_else(|error| unreachable!("{error}"));
    let paths = write(dir.path(), &files).unwrap_or_else(|error| unreachable!("{error}"));
    group.bench_function(format!("floor: read {SPECS} files"), |b| {
        b.iter(|| {
            let sizes = paths
                .iter()
                .map(|path| std::fs::read(path).map_or(0, |bytes| bytes.len()));
            black_box(sizes.sum::<usize>())
        })
    });
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
