//! `cobertura`: branch and line coverage from Cobertura XML, as coverage.py, gcovr and others write it.
//!
//! Raw output `coverage`: the report; raw output `tests`: the JUnit report of the run. The rates the
//! report prints at its top are not read: every line is counted, merged by file and line, because a
//! file may appear in several classes and a line in a method and in its class. A report without
//! any branch gives no branch coverage.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    MeasureError, Raw, Reading, common,
    coverage::{FileCoverage, Params, Tally, measured},
    xml::{Element, Node, walk},
};

const EXPECTED: &str = "Cobertura report";

/// What a report says about one line.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    hits: u64,
    conditions: Tally,
}

type Lines = BTreeMap<u64, Line>;

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
    let mut files: BTreeMap<String, Lines> = BTreeMap::new();
    // The file of the class that is open; `None` outside classes and in excluded files.
    let mut open: Option<String> = None;
    walk(raw, EXPECTED, &["coverage"], |node| {
        match node {
            Node::Open(element) if element.name == "class" => {
                open = params.counted(element.required("filename")?);
                if let Some(path) = &open {
                    files.entry(path.clone()).or_default();
                }
            }
            Node::Close(name) if name == "class" => open = None,
            Node::Open(element) if element.name == "line" => {
                if let Some(lines) = open.as_ref().and_then(|path| files.get_mut(path)) {
                    add(lines, &element)?;
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(files
        .into_iter()
        .map(|(path, lines)| (path, tally(&lines)))
        .collect())
}

fn add(lines: &mut Lines, element: &Element) -> Result<(), String> {
    let number = element
        .number("number")?
        .ok_or("<line> has no attribute `number`")?;
    let hits = element
        .number("hits")?
        .ok_or("<line> has no attribute `hits`")?;
    let conditions = if element
        .attribute("branch")
        .is_some_and(|text| text.eq_ignore_ascii_case("true"))
    {
        conditions(element.required("condition-coverage")?)?
    } else {
        Tally::default()
    };
    let line = lines.entry(number).or_default();
    line.hits = line.hits.max(hits);
    line.conditions.reached = line.conditions.reached.max(conditions.reached);
    line.conditions.all = line.conditions.all.max(conditions.all);
    Ok(())
}

/// Reads `50% (1/2)`.
fn conditions(text: &str) -> Result<Tally, String> {
    let counts = || {
        let (_, rest) = text.split_once('(')?;
        let (reached, all) = rest.trim_end().strip_suffix(')')?.split_once('/')?;
        Some(Tally {
            reached: reached.trim().parse().ok()?,
            all: all.trim().parse().ok()?,
        })
    };
    counts()
        .filter(|tally| tally.reached <= tally.all)
        .ok_or_else(|| format!("condition-coverage=\"{text}\" where `50% (1/2)` belongs"))
}

fn tally(lines: &Lines) -> FileCoverage {
    let mut coverage = FileCoverage::default();
    for (&number, line) in lines {
        coverage.lines.add(u64::from(line.hits > 0), 1);
        coverage
            .branches
            .add(line.conditions.reached, line.conditions.all);
        if line.conditions.reached < line.conditions.all {
            coverage.unreached.push(number);
        }
    }
    coverage
}

#[cfg(test)]
mod tests;
