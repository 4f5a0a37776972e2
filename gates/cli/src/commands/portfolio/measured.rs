//! What a run measured of each component.

use std::path::Path;

use caws_evidence::{Part, PartReading, measure_parts};
use caws_report::portfolio::{RunRef, Source};
use caws_spec::portfolio::Entry;
use caws_verify::{GateRecord, GateRecordError, Limits, gate_record, gate_record_of_package};

use crate::artifacts::Artifacts;
use crate::error::CliError;

/// The numbers of both gates.
pub(super) struct Measured {
    pub(super) coverage: Gate,
    pub(super) mutation: Gate,
}

/// The numbers of a gate: where they come from, and one reading for each component; or why there are none.
pub(super) struct Gate {
    name: &'static str,
    readings: Result<(RunRef, Vec<PartReading>), String>,
}

impl Measured {
    /// Counts the raw outputs of a run for each component.
    ///
    /// # Errors
    /// When a file of the record is not what the record says. That there is no record is no error.
    pub(super) fn read(path: &Path, entries: &[Entry]) -> Result<Self, CliError> {
        let artifacts = Artifacts::open(path)?;
        let parts: Vec<Part> = entries
            .iter()
            .map(|entry| Part {
                paths: entry.paths.clone(),
            })
            .collect();
        Ok(Self {
            coverage: Gate::read("coverage", &artifacts, &parts)?,
            mutation: Gate::read("mutation", &artifacts, &parts)?,
        })
    }

    pub(super) fn sources(&self) -> Vec<Source> {
        [&self.coverage, &self.mutation]
            .into_iter()
            .map(|gate| Source {
                gate: gate.name,
                run: gate
                    .readings
                    .as_ref()
                    .map(|(run, _)| run.clone())
                    .map_err(Clone::clone),
            })
            .collect()
    }
}

impl Gate {
    fn read(name: &'static str, from: &Artifacts, parts: &[Part]) -> Result<Self, CliError> {
        let limits = Limits::default();
        let shown = from.path().display().to_string();
        let found = match from {
            Artifacts::Directory(dir) => gate_record(dir, name, &limits),
            Artifacts::Package { package, .. } => gate_record_of_package(package, name, &limits),
        };
        let readings = match found {
            Ok(record) => count(record, shown, parts),
            Err(why @ GateRecordError::NoRecord) => Err(format!("{why} in {shown}")),
            Err(why @ GateRecordError::NoGate(_)) => Err(why.to_string()),
            Err(GateRecordError::Broken {
                path,
                expected,
                found,
            }) => {
                return Err(CliError::Record {
                    path: from.path().join(path),
                    expected: "file of the record",
                    found: format!("expected {expected}, found {found}"),
                });
            }
        };
        Ok(Self { name, readings })
    }

    /// The reading of the component at a position, or why there is none.
    pub(super) fn of(&self, position: usize) -> Result<&PartReading, &str> {
        match &self.readings {
            Ok((_, readings)) => readings.get(position).ok_or("nothing was read of it"),
            Err(why) => Err(why),
        }
    }
}

fn count(
    record: GateRecord,
    artifacts: String,
    parts: &[Part],
) -> Result<(RunRef, Vec<PartReading>), String> {
    let plan = &record.plan;
    let readings = measure_parts(&plan.method, &plan.params, &record.raws, parts)
        .map_err(|error| error.to_string())?;
    let run = RunRef {
        artifacts,
        commit: record.commit,
        dirty: record.dirty,
        measured: record.evidence.finished,
    };
    Ok((run, readings))
}
