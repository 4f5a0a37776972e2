//! What the fuzz targets of `provenance/verify/fuzz` call: readers that stand inside the crate, and what must
//! hold of whatever they accept. Compiled for these targets only.

use caws_evidence::{Evidence, Manifest, canonical_json};
use caws_policy::Plan;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::{self, Versioned};
use crate::inflate;
use crate::report::Findings;

/// Most bytes of an output that the target asks for.
const MOST: u64 = 1 << 20;

/// Any stored output: no more than was asked for, and the same once more.
pub fn inflated(stored: &[u8]) {
    let inflated = || inflate::inflate(stored, &inflate::Budget::of(MOST));
    let Ok(content) = inflated() else {
        return;
    };
    assert!(u64::try_from(content.len()).is_ok_and(|length| length <= MOST));
    assert_eq!(inflated(), Ok(content));
}

/// Any manifest, plan or evidence record: what is accepted without a word stands there byte for byte.
pub fn documents(bytes: &[u8]) {
    read::<Manifest>(bytes);
    read::<Plan>(bytes);
    read::<Evidence>(bytes);
}

fn read<T: DeserializeOwned + Serialize + Versioned>(bytes: &[u8]) {
    let mut findings = Findings::default();
    let value = document::read::<T>("document", bytes, &mut findings);
    assert!(value.is_some() || findings.any_error());
    if let Some(value) = value
        && !findings.any_error()
    {
        let written = canonical_json(&value).expect("a document is JSON");
        assert_eq!(written, bytes);
    }
}
