//! Checkpoints of a ledger, held against what was said of the keys that signed them.
//!
//! A checkpoint has no time of its own, and is younger than the leaves it is over: one that a key signed
//! over a leaf that was made when the key's time was over was not signed in that time. The time of a leaf
//! is what its attestation says of itself.

use std::collections::{BTreeMap, BTreeSet};

use caws_attest::Keyring;
use caws_attest::keyring::Refusal;
use caws_evidence::{Finding, codes};
use caws_ledger::files::Files;
use caws_ledger::store::{Sealed, each_checkpoint};
use caws_ledger::{Entry, Reader, StoreError, Trust};
use jiff::Timestamp;

use crate::report::{Findings, Problem};

/// Checkpoints of a whole log that no key signed while it counted, as far as their leaves show. Leaves
/// are read up to the last checkpoint whose signers have all come to an end by `now`, and not at all where
/// there is none.
///
/// # Errors
/// [`StoreError`] when the log cannot be read.
pub fn check<F: Files>(
    files: &F,
    trust: &Trust,
    ring: &Keyring,
    now: Timestamp,
) -> Result<Vec<Finding>, StoreError> {
    let today = now.to_string();
    let ended = |sealed: &Sealed<'_>| {
        let mut signers = fingerprints(sealed);
        signers.all(|signer| ring.judge(&signer, &today, now).is_err())
    };
    let mut suspects = Vec::new();
    each_checkpoint(files, trust, |sealed| {
        if sealed.size > 0 && !sealed.signers.is_empty() && ended(&sealed) {
            suspects.push(sealed);
        }
    })?;
    let times = times(files, trust, &suspects)?;
    let mut findings = Findings::default();
    for sealed in &suspects {
        let Some(time) = times.get(&sealed.size) else {
            continue;
        };
        for (signer, refusal) in late(sealed, ring, time, now) {
            findings.error(Problem {
                code: refusal.code,
                path: &sealed.path,
                message: format!(
                    "the checkpoint over {} leaves was signed by a key whose time was over",
                    sealed.size
                ),
                expected: refusal.expected,
                found: format!("one over a leaf of {time}, signed after it by {signer}"),
                help: "whoever has the key goes on with the log; find out who did, and sign with the key that follows it",
            });
        }
    }
    Ok(findings.into_list())
}

fn fingerprints(sealed: &Sealed<'_>) -> impl Iterator<Item = String> {
    sealed.signers.iter().map(|key| key.key().fingerprint())
}

/// Why none of the signers can have signed in its time what is younger than `time`; nothing where one can.
fn late(sealed: &Sealed<'_>, ring: &Keyring, time: &str, now: Timestamp) -> Vec<(String, Refusal)> {
    let mut refusals = Vec::new();
    for signer in fingerprints(sealed) {
        match ring.judge(&signer, time, now) {
            Err(refusal) if matches!(refusal.code, codes::KEY_EXPIRED | codes::KEY_REVOKED) => {
                refusals.push((signer, refusal));
            }
            // It counted, or does later than the leaf was made; and a leaf ahead of the clock shows nothing.
            Ok(_) | Err(_) => return Vec::new(),
        }
    }
    refusals
}

/// The times of the last leaves of checkpoints, by their sizes, where the leaves say one.
fn times<F: Files>(
    files: &F,
    trust: &Trust,
    suspects: &[Sealed<'_>],
) -> Result<BTreeMap<u64, String>, StoreError> {
    let mut times = BTreeMap::new();
    let wanted: BTreeSet<u64> = suspects.iter().map(|sealed| sealed.size).collect();
    let (Some(&first), Some(&last)) = (wanted.first(), wanted.last()) else {
        return Ok(times);
    };
    Reader::open(files, trust)?.each(first - 1, |index, leaf| {
        let size = index + 1;
        if wanted.contains(&size)
            && let Ok(entry) = Entry::from_leaf(leaf)
        {
            times.extend(entry.time.map(|time| (size, time)));
        }
        size < last
    })?;
    Ok(times)
}
