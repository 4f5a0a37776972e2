//! `lcov`: branch and line coverage from an LCOV tracefile.
//!
//! Raw output `coverage`: the tracefile; raw output `tests`: the JUnit report of the run. Records
//! of the same file are added up. A tracefile without any `BRDA` gives no branch coverage.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    MeasureError, Raw, Reading, common,
    coverage::{FileCoverage, Params, measured},
};

const EXPECTED: &str = "LCOV tracefile";

/// Counters of a file, added up over its records.
#[derive(Debug, Default)]
struct Counters<'a> {
    lines: BTreeMap<u64, u64>,
    /// By line, block and branch; the latter two are names to us.
    branches: BTreeMap<(u64, &'a str, &'a str), u64>,
}

pub(super) fn read(params: &Value, raws: &[Raw]) -> Result<Reading, MeasureError> {
    measured(params, &files(params, raws)?, raws, None)
}

/// What the report says about each file that counts.
pub(super) fn files(
    params: &Value,
    raws: &[Raw],
) -> Result<BTreeMap<String, FileCoverage>, MeasureError> {
    let params: Params = common::params(params)?;
    count(common::raw(raws, "coverage")?, &params)
}

fn count(raw: &Raw, params: &Params) -> Result<BTreeMap<String, FileCoverage>, MeasureError> {
    let wrong = |found: String| common::malformed(raw, EXPECTED, found);
    let text = std::str::from_utf8(&raw.bytes).map_err(|error| wrong(error.to_string()))?;
    let mut files: BTreeMap<String, Counters> = BTreeMap::new();
    // Whether a record is open, and its file where that counts.
    let mut open: Option<Option<String>> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim_end();
        let at = |found: String| wrong(format!("line {number}: {found}"));
        let (key, rest) = line.split_once(':').unwrap_or((line, ""));
        match (key, &open) {
            ("SF", None) => {
                let path = params.counted(rest);
                if let Some(path) = &path {
                    files.entry(path.clone()).or_default();
                }
                open = Some(path);
            }
            ("SF", Some(_)) => return Err(at("a record begins inside another".to_owned())),
            ("end_of_record", Some(_)) => open = None,
            ("DA" | "BRDA" | "end_of_record", None) => {
                return Err(at(format!("`{key}` outside a record")));
            }
            ("DA" | "BRDA", Some(Some(path))) => {
                if let Some(counters) = files.get_mut(path) {
                    add(counters, key, rest).ok_or_else(|| {
                        at(format!("`{}` is no {key} entry", common::quote(line)))
                    })?;
                }
            }
            _ => {}
        }
    }
    if open.is_some() {
        return Err(wrong(
            "the last record has no end_of_record; the file was cut".to_owned(),
        ));
    }
    Ok(files
        .into_iter()
        .map(|(path, counters)| (path, tally(&counters)))
        .collect())
}

/// Adds a `DA:line,hits[,checksum]` or `BRDA:line,block,branch,taken` entry.
fn add<'a>(counters: &mut Counters<'a>, key: &str, rest: &'a str) -> Option<()> {
    let mut fields = rest.split(',');
    let line = fields.next()?.trim().parse().ok()?;
    let (counter, hits) = if key == "DA" {
        (counters.lines.entry(line).or_default(), fields.next()?)
    } else {
        let (block, branch) = (fields.next()?, fields.next()?);
        (
            counters.branches.entry((line, block, branch)).or_default(),
            fields.next()?,
        )
    };
    // `-`: the block the branch is in was never entered.
    let hits: u64 = if hits == "-" { 0 } else { hits.parse().ok()? };
    *counter = counter.saturating_add(hits);
    Some(())
}

fn tally(counters: &Counters) -> FileCoverage {
    let mut coverage = FileCoverage::default();
    for &hits in counters.lines.values() {
        coverage.lines.add(u64::from(hits > 0), 1);
    }
    for (&(line, _, _), &taken) in &counters.branches {
        coverage.branches.add(u64::from(taken > 0), 1);
        if taken == 0 {
            coverage.unreached.push(line);
        }
    }
    coverage
}

#[cfg(test)]
mod tests;
