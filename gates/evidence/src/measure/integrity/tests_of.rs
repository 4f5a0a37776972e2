//! Tests, assertions and suppressions, package by package: what moves from one file to another is not lost.

use super::diff::{Change, Weight};
use super::source::{Counted, Counts};

/// What is lost and what is silenced in each package.
pub(super) fn packages(packages: &[String], files: &[Counted]) -> Vec<Change> {
    let mut names: Vec<&str> = files
        .iter()
        .map(|file| package_of(packages, &file.path))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .flat_map(|name| {
            let of: Vec<&Counted> = files
                .iter()
                .filter(|file| package_of(packages, &file.path) == name)
                .collect();
            package(name, &of)
        })
        .collect()
}

/// The folder of the innermost package that holds a file; the root where none does.
fn package_of<'p>(packages: &'p [String], path: &str) -> &'p str {
    packages
        .iter()
        .filter(|folder| {
            folder.is_empty()
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        })
        .max_by_key(|folder| folder.len())
        .map_or("", String::as_str)
}

fn package(name: &str, files: &[&Counted]) -> Vec<Change> {
    let sum = |of: fn(&Counts) -> u64| {
        files.iter().fold((0_u64, 0_u64), |(before, after), file| {
            (before + of(&file.before), after + of(&file.after))
        })
    };
    let called = if name.is_empty() { "the project" } else { name };
    let mut changes = Vec::new();
    let (before, after) = sum(|counts| counts.tests);
    if let Some(lost) = before.checked_sub(after).filter(|lost| *lost > 0) {
        changes.push(Change {
            count: lost,
            expected: Some(format!("at least {before} tests in the changed files")),
            found: Some(format!("{after}")),
            ..Change::new(
                Weight::TestRemoved,
                most_lost(files, |counts| counts.tests),
                format!("{called} has {lost} tests fewer than before"),
            )
        });
    }
    let (before, after) = sum(|counts| counts.assertions);
    let production = files.iter().find(|file| !file.is_test);
    if let (Some(lost), Some(code)) = (
        before.checked_sub(after).filter(|lost| *lost > 0),
        production,
    ) {
        changes.push(Change {
            count: lost,
            expected: Some(format!("at least {before} assertions in the changed files")),
            found: Some(format!("{after}")),
            ..Change::new(
                Weight::AssertionLost,
                most_lost(files, |counts| counts.assertions),
                format!(
                    "{called} has {lost} assertions fewer than before, and its code changed ({})",
                    code.path
                ),
            )
        });
    }
    for (weight, what, of) in [
        (
            Weight::TestIgnored,
            "a test is kept from running",
            (|counts: &Counts| &counts.ignores) as fn(&Counts) -> &Vec<(u32, String)>,
        ),
        (
            Weight::Suppressed,
            "a check is told to look away",
            |counts: &Counts| &counts.suppressions,
        ),
    ] {
        changes.extend(added(files, weight, what, of));
    }
    changes
}

/// The file that lost most.
fn most_lost<'f>(files: &[&'f Counted], of: fn(&Counts) -> u64) -> &'f str {
    files
        .iter()
        .max_by_key(|file| of(&file.before).saturating_sub(of(&file.after)))
        .map_or("", |file| file.path.as_str())
}

/// Lines that are new in the package, by their text: a line that moved is not new.
fn added(
    files: &[&Counted],
    weight: Weight,
    what: &str,
    of: fn(&Counts) -> &Vec<(u32, String)>,
) -> Vec<Change> {
    let mut known: Vec<&str> = files
        .iter()
        .flat_map(|file| of(&file.before))
        .map(|(_, text)| text.as_str())
        .collect();
    let mut changes = Vec::new();
    for file in files {
        for (line, text) in of(&file.after) {
            if let Some(index) = known.iter().position(|one| one == text) {
                known.swap_remove(index);
                continue;
            }
            changes.push(Change {
                line: Some(*line),
                found: Some(super::common::quote(text)),
                ..Change::new(weight, &file.path, what.to_owned())
            });
        }
    }
    changes
}
