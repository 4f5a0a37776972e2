//! The tamper matrix: every way to change a record that somebody thought of, who can do it, what is
//! found, and where. `docs/tamper-matrix.md` is written from these rows.
//!
//! `CAWS_TAMPER_VECTORS=DIR` makes packages of them, for the second verifier to be asked about.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod documents;
mod fields;
mod files;
mod keys;
mod order;
mod page;
mod row;
mod runs;
mod signer;
mod truths;
mod waivers;
mod word;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use caws_verify::{Limits, Options, Package, Report, package, refused_package, verify_package};
use common::{log_options, said, verify};
use row::{Case, Row, Who};
use serde_json::{Value, json};

type Rows = fn() -> Vec<Row>;

const DOCUMENTS: (&str, Rows) = ("Documents", documents::rows);
const FILES: (&str, Rows) = ("Files and packages", files::rows);
const KEYS: (&str, Rows) = ("Keys, signatures, times", keys::rows);
const RUNS: (&str, Rows) = ("Other runs, gates more and less", runs::rows);
const SIGNER: (&str, Rows) = ("A signer who does not tell the truth", signer::rows);
const WAIVERS: (&str, Rows) = ("Waivers", waivers::rows);
const ORDER: (&str, Rows) = ("The order in the ledger", order::rows);

/// The rows, group by group.
static MATRIX: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let groups = [DOCUMENTS, FILES, KEYS, RUNS, SIGNER, WAIVERS, ORDER];
    groups.into_iter().flat_map(of_group).collect()
});

fn of_group((group, rows): (&'static str, Rows)) -> Vec<Row> {
    let rows = rows().into_iter();
    rows.map(|row| Row { group, ..row }).collect()
}

fn report(row: &Row) -> Report {
    match &row.case {
        Case::Record(files) => verify(files, &row.options),
        Case::Package(bytes) => match Package::read(bytes.clone(), &Limits::default()) {
            Ok(package) => verify_package(&package, &row.options),
            Err(error) => refused_package(files::PACKAGE, &error),
        },
    }
}

/// Each code at each place once.
fn once<'a>(said: Vec<(&'a str, &'a str)>) -> Vec<(&'a str, &'a str)> {
    let mut seen = BTreeSet::new();
    said.into_iter().filter(|one| seen.insert(*one)).collect()
}

/// Every change of a group is found, with all its codes at their places.
fn found(group: (&'static str, Rows)) {
    let mut wrong = Vec::new();
    for row in of_group(group) {
        let report = report(&row);
        let said = once(said(&report));
        if report.ok || said != row.said {
            wrong.push(format!(
                "{}\n  expected {:?}\n  found    {said:?}",
                row.name, row.said
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a6_changed_documents_are_found() {
    found(DOCUMENTS);
}

#[test]
fn a6_changed_files_and_packages_are_found() {
    found(FILES);
}

#[test]
fn wrong_keys_signatures_and_times_are_found() {
    found(KEYS);
}

#[test]
fn other_runs_and_gates_are_found() {
    found(RUNS);
}

#[test]
fn a_signer_who_does_not_tell_the_truth_is_found() {
    found(SIGNER);
}

#[test]
fn waivers_that_do_not_hold_are_found() {
    found(WAIVERS);
}

#[test]
fn another_order_in_the_ledger_is_found() {
    found(ORDER);
}

#[test]
fn there_are_more_than_sixty_kinds_and_none_twice() {
    let names: BTreeSet<&str> = MATRIX.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), MATRIX.len(), "two rows have one name");
    for who in [Who::Anyone, Who::Signer] {
        let kinds = MATRIX.iter().filter(|row| row.who == who).count();
        assert!(kinds >= 60, "{who:?}: {kinds}");
    }
}

#[test]
fn what_is_true_is_accepted() {
    for (name, files) in truths::truths() {
        let report = verify(&files, &log_options());
        assert!(report.ok, "{name}: {:?}", report.findings);
    }
}

#[test]
fn what_only_the_signer_knows_is_accepted() {
    for (row, _) in word::rows() {
        let report = report(&row);
        assert!(report.ok, "{}: {:?}", row.name, report.findings);
    }
}

/// The second verifier must refuse what it covers, and accept the rest of the rows.
#[test]
fn the_second_verifier_gets_the_same_packages() {
    let Some(directory) = std::env::var_os("CAWS_TAMPER_VECTORS").map(PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&directory).unwrap();
    let mut vectors = Vec::new();
    let mut write = |name: &str, bytes: &[u8], options: &Options, refused: bool| {
        let file = format!("{:03}.caws", vectors.len());
        std::fs::write(directory.join(&file), bytes).unwrap();
        let keys = options.keys.iter().map(|key| key.to_pem().unwrap());
        let keys: Vec<String> = keys.collect();
        vectors.push(json!({ "name": name, "file": file, "keys": keys, "refused": refused }));
    };
    for row in MATRIX.iter().chain(word::rows().iter().map(|(row, _)| row)) {
        let bytes = match &row.case {
            Case::Record(files) => package::write(files).unwrap(),
            Case::Package(bytes) => bytes.clone(),
        };
        let refused = !row.said.is_empty() && row.left.is_none();
        write(row.name, &bytes, &row.options, refused);
    }
    for (name, files) in truths::truths() {
        let bytes = package::write(&files).unwrap();
        write(name, &bytes, &log_options(), false);
    }
    let index = serde_json::to_vec_pretty(&Value::Array(vectors)).unwrap();
    std::fs::write(directory.join("index.json"), index).unwrap();
}

/// `UPDATE_TAMPER_MATRIX=1` writes it anew.
#[test]
fn the_page_for_auditors_is_this_matrix() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tamper-matrix.md");
    let page = page::page(&MATRIX, &word::rows(), fields::tried());
    if std::env::var_os("UPDATE_TAMPER_MATRIX").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == page,
        "docs/tamper-matrix.md is not this matrix: run this test with UPDATE_TAMPER_MATRIX=1 and review the change"
    );
}
