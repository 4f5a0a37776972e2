//! The numbers of parts of a project: the same raw outputs, counted for the files of each part.
//!
//! A part is a component with paths of its own. Its numbers come from the records about its files,
//! not from those of the whole: what the raw outputs do not say about its files is absent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{
    MeasureError, Raw, cargo_mutants, cobertura, common, coverage::FileCoverage, junit, lcov,
    llvm_cov, stryker,
};
use crate::model::Observation;
use crate::paths::covers;

/// Which files belong to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Files, folders and patterns relative to the project's root, as [`covers`] reads them.
    pub paths: Vec<String>,
}

impl Part {
    /// Whether a file, by its path relative to the project's root, belongs to the part.
    #[must_use]
    pub fn holds(&self, file: &str) -> bool {
        self.paths.iter().any(|path| covers(path, file))
    }
}

/// What the raw outputs say about a part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PartReading {
    /// How many of its files a coverage report knows, or how many of its mutants were decided.
    pub examined: u64,
    /// The numbers, by the names [`super::measure`] gives them.
    pub observations: Vec<Observation>,
}

/// Reads the raw outputs of a coverage or mutation gate once, and counts them for each part.
///
/// Gives a reading for each of `parts`, in their order. `method`, `params` and `raws` are those of
/// [`super::measure`]; a mutation score of a random sample has its interval (Wilson).
///
/// # Errors
/// As [`super::measure`]; `Missing` also where the outputs name no files, where no test ran, and where mutants
/// were tried on changed lines alone, which says nothing about the rest of a part.
pub fn measure_parts(
    method: &str,
    params: &Value,
    raws: &[Raw],
    parts: &[Part],
) -> Result<Vec<PartReading>, MeasureError> {
    let files = match method {
        "llvm-cov" => llvm_cov::files(params, raws)?,
        "cobertura" => cobertura::files(params, raws)?,
        "lcov" => lcov::files(params, raws)?,
        _ => return mutants(method, params, raws, parts),
    };
    if junit::of_role(raws, "tests")?.run() == 0 {
        return Err(common::missing(
            "coverage",
            "no test ran; what was reached was reached by nothing",
        ));
    }
    Ok(parts.iter().map(|part| coverage_of(part, &files)).collect())
}

fn coverage_of(part: &Part, files: &BTreeMap<String, FileCoverage>) -> PartReading {
    let held: Vec<&FileCoverage> = files
        .iter()
        .filter(|(path, _)| part.holds(path))
        .map(|(_, file)| file)
        .collect();
    PartReading {
        examined: common::len(&held),
        observations: FileCoverage::sum(held.into_iter()).observations().collect(),
    }
}

/// A component that the plan names in the parameters of a coverage or mutation gate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Component {
    /// Id of its spec.
    id: String,
    /// As [`Part::paths`].
    paths: Vec<String>,
}

impl Component {
    fn split(self) -> (String, Part) {
        (self.id, Part { paths: self.paths })
    }
}

/// The numbers of components out of the files of a coverage report, each as `ID.NAME`.
pub(super) fn coverage_of_components(
    components: Vec<Component>,
    files: &BTreeMap<String, FileCoverage>,
) -> Vec<Observation> {
    let named = components.into_iter().map(Component::split);
    named
        .flat_map(|(id, part)| under(id, coverage_of(&part, files)))
        .collect()
}

/// The mutation scores of the components that the parameters name, each as `ID.NAME`; none for methods that know no mutants
/// by file.
pub(super) fn mutation_of_components(
    method: &str,
    params: &Value,
    raws: &[Raw],
) -> Result<Vec<Observation>, MeasureError> {
    #[derive(Default, Deserialize)]
    struct Named {
        #[serde(default)]
        components: Vec<Component>,
    }
    if !matches!(method, "cargo-mutants" | "stryker") {
        return Ok(Vec::new());
    }
    let Named { components } = common::params(params)?;
    if components.is_empty() {
        return Ok(Vec::new());
    }
    let (ids, parts): (Vec<String>, Vec<Part>) =
        components.into_iter().map(Component::split).unzip();
    let readings = mutants(method, params, raws, &parts)?;
    let named = ids.into_iter().zip(readings);
    Ok(named.flat_map(|(id, reading)| under(id, reading)).collect())
}

/// The numbers of a part, under its name.
fn under(id: String, reading: PartReading) -> impl Iterator<Item = Observation> {
    let renamed = move |observation: Observation| Observation {
        name: format!("{id}.{}", observation.name),
        ..observation
    };
    reading.observations.into_iter().map(renamed)
}

fn mutants(
    method: &str,
    params: &Value,
    raws: &[Raw],
    parts: &[Part],
) -> Result<Vec<PartReading>, MeasureError> {
    let tried = match method {
        "cargo-mutants" if params.pointer("/sample/mode") == Some(&Value::from("diff")) => {
            return Err(common::missing(
                "the mutation score",
                "only mutants on changed lines were tried; run the gate without --base",
            ));
        }
        "cargo-mutants" => cargo_mutants::by_file(raws)?,
        "stryker" => stryker::by_file(raws)?,
        "mutmut" => {
            return Err(common::missing(
                "the mutation score of a part",
                "mutmut's statistics name no files",
            ));
        }
        _ => return Err(MeasureError::UnknownMethod(method.to_owned())),
    };
    Ok(parts
        .iter()
        .map(|part| {
            let (examined, score) = tried.score(|path| part.holds(path));
            PartReading {
                examined,
                observations: score.into_iter().collect(),
            }
        })
        .collect())
}

#[cfg(test)]
mod tests;
