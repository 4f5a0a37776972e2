//! The component specs of this repository: those of its crates, and those of the example.

#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "helpers of tests stop the test"
)]

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use caws_evidence::Severity;
use caws_spec::Portfolio;
use caws_spec::portfolio::File;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn spec(folder: &str) -> File {
    let path = format!("{folder}/.caws/working-spec.yaml");
    let bytes = std::fs::read(root().join(&path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    (path, bytes)
}

/// Folders below `parent` that hold `file`.
fn folders(parent: &str, file: &str) -> Vec<String> {
    let mut folders: Vec<String> = std::fs::read_dir(root().join(parent))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join(file).is_file())
        .map(|path| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            format!("{parent}/{name}")
        })
        .collect();
    folders.sort_unstable();
    folders
}

fn read(folders: &[String]) -> Portfolio {
    let files: Vec<File> = folders.iter().map(|folder| spec(folder)).collect();
    Portfolio::read(&files, |path| root().join(path).exists(), 2)
}

#[test]
fn every_crate_has_a_component_spec_with_the_targets_of_its_room() {
    let crates: Vec<String> = ["engine", "gates", "provenance"]
        .into_iter()
        .flat_map(|room| folders(room, "Cargo.toml"))
        .collect();
    assert!(crates.len() >= 17, "{crates:?}");
    let portfolio = read(&crates);
    let mut findings = portfolio.findings.iter();
    let error = findings.find(|finding| finding.severity == Severity::Error);
    assert_eq!(error, None);
    let ids: BTreeSet<&str> = portfolio.entries.iter().map(|entry| entry.name()).collect();
    assert_eq!(ids.len(), crates.len());
    for entry in &portfolio.entries {
        let expected = if entry.path.starts_with("provenance/") {
            (Some(1), Some(0.9), Some(0.7))
        } else {
            (Some(2), Some(0.8), Some(0.5))
        };
        let coverage = entry.coverage.as_ref().map(|stated| stated.value);
        let mutation = entry.mutation.as_ref().map(|stated| stated.value);
        assert_eq!((entry.tier, coverage, mutation), expected, "{}", entry.path);
        let own = entry.path.replace(".caws/working-spec.yaml", "src/");
        assert_eq!(entry.paths, [own], "{}", entry.path);
        assert!(
            entry.sections.iter().all(|state| state.is_complete()),
            "{}",
            entry.path
        );
    }
}

#[test]
fn the_example_has_twelve_components_and_no_finding() {
    let folder = "examples/hardening-portfolio";
    let portfolio = read(&folders(folder, ".caws/working-spec.yaml"));
    assert_eq!(portfolio.findings, []);
    let statistics = portfolio.statistics();
    assert_eq!(
        (
            statistics.all.components,
            statistics.all.scenarios,
            statistics.all.threats,
            statistics.all.mitigated
        ),
        (12, 96, 36, 36)
    );
    let tiers: Vec<_> = statistics
        .tiers
        .iter()
        .map(|(tier, totals)| (*tier, totals.components))
        .collect();
    assert_eq!(tiers, [(Some(1), 3), (Some(2), 9)]);
    let two = portfolio.plan(NonZeroUsize::new(2).expect("not 0"));
    assert_eq!((two.unplanned.len(), two.assignments.len()), (0, 12));
    assert_eq!(two.length, two.bound());
}
