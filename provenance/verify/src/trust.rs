//! Whose signature counts for what, and when: a trust policy, and the records of keys.
//!
//! The time of a signature is what the signed manifest says of itself. So a key that was given up as
//! compromised counts for nothing at any time: its thief can write any date. A time in the future is
//! refused as well.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use caws_attest::keyring::{KeyringError, Refusal};
use caws_attest::{KeyError, Keyring, PublicKey};
use caws_evidence::codes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the [`TrustPolicy`] this verifier knows.
pub const TRUST_SCHEMA_VERSION: u32 = 1;

/// What a signature is put under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signs {
    /// The manifest of a run.
    Manifest,
    /// The evidence of a gate.
    Evidence,
    /// The checkpoints of the ledger that a run is logged in.
    Ledger,
    /// Waivers: leave for a gate to fail.
    Waiver,
}

/// Which keys may sign what, until when: a file an auditor writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustPolicy {
    /// [`TRUST_SCHEMA_VERSION`] of the writer.
    pub schema_version: u32,
    /// The keys; no other counts, but one that follows them by rotation.
    pub keys: Vec<Grant>,
    /// How many have to sign; one where nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thresholds: Vec<Threshold>,
}

/// How many signers a document needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Which document: the manifest alone can have several signers.
    pub signs: Signs,
    /// How many.
    pub signers: NonZeroUsize,
    /// Names of the keys of which they have to be; all that may sign it where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Vec<String>>,
}

/// What one key may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// What people call it.
    pub name: String,
    /// The key, PEM.
    pub public_key: String,
    /// What it may sign.
    pub signs: Vec<Signs>,
    /// Gates whose evidence it may sign; all where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gates: Option<Vec<String>>,
    /// First moment it may sign no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Why a policy or key records are of no use.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// No JSON of its schema.
    #[error("expected a trust policy (.caws/schemas/trust-policy.schema.json), found: {0}")]
    Policy(#[from] serde_json::Error),
    /// Written by another version.
    #[error("expected `schema_version` {TRUST_SCHEMA_VERSION}, found {0}")]
    Version(u32),
    /// A key that is none.
    #[error("key `{name}` of the trust policy: {why}")]
    Key {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: KeyError,
    },
    /// One key in two entries: which of them counts would be a guess.
    #[error("expected each key once in the trust policy, found `{name}` a second time")]
    Twice {
        /// The name of the second.
        name: String,
    },
    /// A threshold that cannot be met, or could be read in two ways.
    #[error("threshold {number} of the trust policy: expected {expected}, found {found}")]
    Threshold {
        /// Which one, from 1.
        number: usize,
        /// What a threshold has to be.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// Records that cannot be read.
    #[error(transparent)]
    Records(#[from] KeyringError),
}

/// A policy and the records of its keys, ready to judge.
#[derive(Debug, Clone)]
pub struct Trust {
    ring: Keyring,
    /// By fingerprint; `None`: every key of the ring may sign everything.
    grants: Option<BTreeMap<String, Grant>>,
    thresholds: Vec<Required>,
    now: Timestamp,
}

/// A threshold, resolved.
#[derive(Debug, Clone)]
struct Required {
    signers: usize,
    /// Fingerprints of the policy's keys, and their names.
    of: BTreeMap<String, String>,
}

impl Trust {
    /// Keys that may sign everything, as far as the records say they count.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub fn pinned(keys: &[PublicKey], records: &[u8], now: Timestamp) -> Result<Self, TrustError> {
        Ok(Self {
            ring: Keyring::read(keys, records)?,
            grants: None,
            thresholds: Vec::new(),
            now,
        })
    }

    /// The keys of a policy (JSON), as far as the records say they count.
    ///
    /// # Errors
    /// When the policy or the records cannot be read, or the policy names a key twice.
    pub fn of_policy(policy: &[u8], records: &[u8], now: Timestamp) -> Result<Self, TrustError> {
        let policy: TrustPolicy = serde_json::from_slice(policy)?;
        if policy.schema_version != TRUST_SCHEMA_VERSION {
            return Err(TrustError::Version(policy.schema_version));
        }
        let mut keys = Vec::new();
        let mut grants = BTreeMap::new();
        for grant in policy.keys {
            let key = PublicKey::from_pem(&grant.public_key).map_err(|why| TrustError::Key {
                name: grant.name.clone(),
                why,
            })?;
            let name = grant.name.clone();
            if grants.insert(key.fingerprint(), grant).is_some() {
                return Err(TrustError::Twice { name });
            }
            keys.push(key);
        }
        let thresholds = policy.thresholds.iter().enumerate();
        let thresholds: Result<Vec<Required>, TrustError> = thresholds
            .map(|(index, threshold)| required(index + 1, threshold, &grants))
            .collect();
        Ok(Self {
            ring: Keyring::read(&keys, records)?,
            grants: Some(grants),
            thresholds: thresholds?,
            now,
        })
    }

    /// All keys there are, whatever they are worth: to verify with before they are judged.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        self.ring.keys()
    }

    /// What was found in the records that changes nothing.
    pub(crate) fn ignored(&self) -> impl Iterator<Item = String> {
        self.ring
            .ignored()
            .iter()
            .map(|ignored| format!("record {}: {}", ignored.index + 1, ignored.why))
    }

    /// Whether a signature counts that was made at `at`, as the signed manifest says.
    pub(crate) fn judge(
        &self,
        fingerprint: &str,
        signs: Signs,
        gate: Option<&str>,
        at: &str,
    ) -> Result<(), Refusal> {
        let at = self.ring.judge(fingerprint, at, self.now)?;
        let Some(grants) = &self.grants else {
            return Ok(());
        };
        let Some((_, grant)) = self.granted(grants, fingerprint) else {
            return Err(Refusal::new(
                codes::KEY_UNTRUSTED,
                "a key of the trust policy",
                fingerprint,
            ));
        };
        let what = match (signs, gate) {
            (Signs::Evidence, Some(gate)) => format!("the evidence of `{gate}`"),
            (Signs::Evidence, None) => "evidence".to_owned(),
            (Signs::Manifest, _) => "the manifest".to_owned(),
            (Signs::Ledger, _) => "checkpoints of the ledger".to_owned(),
            (Signs::Waiver, _) => "waivers".to_owned(),
        };
        let of_gate = match (&grant.gates, gate) {
            (Some(gates), Some(gate)) => gates.iter().any(|one| one == gate),
            _ => true,
        };
        if !grant.signs.contains(&signs) || !of_gate {
            return Err(Refusal::new(
                codes::KEY_NOT_ALLOWED,
                &format!("a key that may sign {what}"),
                &format!("key `{}`, which may not", grant.name),
            ));
        }
        match grant.until {
            Some(until) if at >= until => Err(Refusal::new(
                codes::KEY_EXPIRED,
                &format!(
                    "a signature before {until}, until when key `{}` may sign",
                    grant.name
                ),
                &format!("one of {at}"),
            )),
            _ => Ok(()),
        }
    }

    /// The policy's own key that a key is or follows, and what it may do.
    fn granted<'t>(
        &self,
        grants: &'t BTreeMap<String, Grant>,
        fingerprint: &str,
    ) -> Option<(&'t String, &'t Grant)> {
        grants.get_key_value(fingerprint).or_else(|| {
            let before = self.ring.predecessors(fingerprint);
            grants.iter().find(|(key, _)| before.contains(key.as_str()))
        })
    }

    /// Every threshold that these keys, whose signatures count, do not reach: what it asks for, and who signed.
    pub(crate) fn shortfalls(&self, signers: &[String]) -> Vec<(String, String)> {
        let Some(grants) = &self.grants else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for threshold in &self.thresholds {
            let counted: Vec<(&str, &str)> = signers
                .iter()
                .filter_map(|signer| {
                    let (key, _) = self.granted(grants, signer)?;
                    let name = threshold.of.get(key)?;
                    Some((signer.as_str(), name.as_str()))
                })
                .collect();
            let people = self.people(counted.iter().map(|(signer, _)| *signer));
            if people < threshold.signers {
                let mut all: Vec<&str> = threshold.of.values().map(String::as_str).collect();
                let mut names: Vec<&str> = counted.iter().map(|(_, name)| *name).collect();
                all.sort_unstable();
                names.sort_unstable();
                names.dedup();
                found.push((
                    format!(
                        "signatures by {} of these keys: {}",
                        threshold.signers,
                        all.join(", ")
                    ),
                    match names.as_slice() {
                        [] => "none by any of them".to_owned(),
                        names => format!("{people}: {}", names.join(", ")),
                    },
                ));
            }
        }
        found
    }

    /// How many signers these keys are: a key and one that follows it by rotation are in one hand, and count once.
    fn people<'k>(&self, keys: impl Iterator<Item = &'k str>) -> usize {
        let mut hands: Vec<BTreeSet<&str>> = Vec::new();
        for key in keys {
            let mut own = self.ring.predecessors(key);
            own.insert(key);
            let (same, mut others): (Vec<_>, Vec<_>) =
                hands.into_iter().partition(|hand| !hand.is_disjoint(&own));
            own.extend(same.into_iter().flatten());
            others.push(own);
            hands = others;
        }
        hands.len()
    }
}

/// The threshold, with the keys it is over.
fn required(
    number: usize,
    threshold: &Threshold,
    grants: &BTreeMap<String, Grant>,
) -> Result<Required, TrustError> {
    let wrong = |expected, found| TrustError::Threshold {
        number,
        expected,
        found,
    };
    if threshold.signs != Signs::Manifest {
        let found = format!("{:?}", threshold.signs).to_lowercase();
        return Err(wrong("`signs`: `manifest`", format!("`{found}`")));
    }
    let may = grants
        .iter()
        .filter(|(_, grant)| grant.signs.contains(&Signs::Manifest));
    let mut of = BTreeMap::new();
    match &threshold.of {
        None => of.extend(may.map(|(key, grant)| (key.clone(), grant.name.clone()))),
        Some(names) => {
            for name in names {
                let called: Vec<&String> = may
                    .clone()
                    .filter(|(_, grant)| grant.name == *name)
                    .map(|(key, _)| key)
                    .collect();
                let [key] = called.as_slice() else {
                    let found = format!("{} called `{name}`", called.len());
                    return Err(wrong("the name of one key that may sign it", found));
                };
                if of.insert((*key).clone(), name.clone()).is_some() {
                    return Err(wrong("each name once", format!("`{name}` a second time")));
                }
            }
        }
    }
    if of.len() < threshold.signers.get() {
        let found = format!("{} of {} keys", threshold.signers, of.len());
        return Err(wrong("no more signers than there are keys", found));
    }
    Ok(Required {
        signers: threshold.signers.get(),
        of,
    })
}
