//! `llvm-cov`: branch, region and line coverage, counted again from llvm-cov's raw records.
//!
//! Raw output `coverage`: `llvm-cov export` in JSON, as `cargo +nightly llvm-cov --branch --json`
//! writes it; raw output `tests`: the JUnit report of the run.
//!
//! The totals that llvm-cov prints leave out every function no code was generated for, which
//! flatters. The raw records keep them, and repeat each branch for every instantiation of a generic
//! and for every object file; so records are merged by file and span, their counts added up, and a
//! branch has two outcomes however often it was instantiated.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::{
    MeasureError, Raw, Reading, common,
    coverage::{FileCoverage, Params, Tally, measured},
};

mod lines;
mod records;

use records::{Branch, Export, Function, Region};

const EXPECTED: &str = "llvm-cov JSON export";
/// The `type` every export of llvm-cov carries.
const TYPE: &str = "llvm.coverage.json.export";
/// The kind of a region that is code; the others are macro expansions, skipped text, gaps, branches.
const CODE_REGION: u64 = 0;

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    let files = files(params, raws)?;
    let unmeasured = common::missing(
        "branch coverage",
        "the export has files and not one branch: branches were not measured. Stable Rust cannot; \
         run `cargo +nightly llvm-cov --branch` with an llvm-cov of the same LLVM version",
    );
    measured(params, &files, raws, Some(unmeasured))
}

/// What the report says about each file that counts.
pub(super) fn files(
    params: &Value,
    raws: &[Raw],
) -> Result<BTreeMap<String, FileCoverage>, MeasureError> {
    let params: Params = common::params(params)?;
    recompute(common::raw(raws, "coverage")?, &params)
}

/// Counts coverage per file, by path relative to the project's root.
fn recompute(raw: &Raw, params: &Params) -> Result<BTreeMap<String, FileCoverage>, MeasureError> {
    let export: Export = common::json(raw, EXPECTED)?;
    let wrong = |found: String| common::malformed(raw, EXPECTED, found);
    if export.kind != TYPE {
        return Err(wrong(format!(
            "its type is `{}`, not `{TYPE}`",
            export.kind
        )));
    }
    let mut exports = export.data.into_iter();
    let (Some(data), None) = (exports.next(), exports.next()) else {
        return Err(wrong("`data` does not hold exactly one export".to_owned()));
    };
    let mut files = BTreeMap::new();
    for file in data.files {
        let Some(path) = params.counted(&file.filename) else {
            continue;
        };
        let mut coverage = FileCoverage {
            lines: lines::tally(file.segments),
            ..Default::default()
        };
        count_branches(file.branches, &mut coverage);
        if files.insert(path, coverage).is_some() {
            return Err(wrong(format!("the file {} is listed twice", file.filename)));
        }
    }
    for (path, mut regions) in regions_by_file(data.functions, params).map_err(wrong)? {
        if let Some(coverage) = files.get_mut(&path) {
            coverage.regions = count_regions(&mut regions);
        }
    }
    Ok(files)
}

/// Merges branch records by span: two outcomes each, reached when any record reached them.
fn count_branches(mut branches: Vec<Branch>, coverage: &mut FileCoverage) {
    branches.sort_unstable_by_key(|branch| branch.span);
    for same in branches.chunk_by(|a, b| a.span == b.span) {
        let taken = u64::from(same.iter().any(|branch| branch.taken > 0));
        let passed = u64::from(same.iter().any(|branch| branch.passed > 0));
        coverage.branches.add(taken + passed, 2);
        if taken + passed < 2 {
            coverage
                .unreached
                .extend(same.first().map(|branch| branch.span.start_line));
        }
    }
}

fn count_regions(regions: &mut [Region]) -> Tally {
    regions.sort_unstable_by_key(|region| region.span);
    let mut tally = Tally::default();
    for same in regions.chunk_by(|a, b| a.span == b.span) {
        tally.add(u64::from(same.iter().any(|region| region.count > 0)), 1);
    }
    tally
}

/// The code regions of all functions, by the file they lie in; excluded files left out.
fn regions_by_file(
    functions: Vec<Function>,
    params: &Params,
) -> Result<HashMap<String, Vec<Region>>, String> {
    let mut paths: HashMap<String, Option<String>> = HashMap::new();
    let mut regions: HashMap<String, Vec<Region>> = HashMap::new();
    for function in functions {
        for region in function.regions {
            if region.kind != CODE_REGION {
                continue;
            }
            let filename = usize::try_from(region.file)
                .ok()
                .and_then(|index| function.filenames.get(index))
                .ok_or_else(|| {
                    format!(
                        "a region names file {} of {}",
                        region.file,
                        function.filenames.len()
                    )
                })?;
            if !paths.contains_key(filename) {
                paths.insert(filename.clone(), params.counted(filename));
            }
            let Some(Some(path)) = paths.get(filename) else {
                continue;
            };
            match regions.get_mut(path) {
                Some(list) => list.push(region),
                None => {
                    regions.insert(path.clone(), vec![region]);
                }
            }
        }
    }
    Ok(regions)
}

#[cfg(test)]
mod tests;
