//! Any JUnit report: counted, or refused as malformed; twice the same gives no flaky test but those that say so themselves.
#![no_main]

use caws_evidence::measure::{MeasureError, Raw, measure};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let raw = |role: &str| Raw {
        role: role.to_owned(),
        name: "junit.xml".to_owned(),
        bytes: bytes.to_vec(),
    };
    match measure("flakes", &Value::Null, &[raw("run-1"), raw("run-2")], &[]) {
        Ok(reading) => {
            for observation in &reading.observations {
                let value = observation.value;
                assert!(value.is_finite() && value >= 0.0, "{observation:?}");
            }
            assert!(
                reading
                    .findings
                    .iter()
                    .all(|finding| !finding.code.is_empty())
            );
        }
        Err(MeasureError::Malformed { found, .. }) => {
            assert!(!found.is_empty());
            assert!(found.len() < 10_000, "{found}");
        }
        Err(MeasureError::Missing { .. }) => {}
        Err(other @ MeasureError::UnknownMethod(_)) => unreachable!("{other}"),
    }
});
