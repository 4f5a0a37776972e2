//! The life of keys: from when to when one counts, which one follows it, and that it was given up.
//!
//! In: the keys a verifier pinned, and signed records (DSSE envelopes, one in-toto statement each).
//! Out: what a key was worth at a time. The clock is the caller's.
//!
//! Two rules decide what records can do. Only a rotation signed by both the old key and the new one
//! makes a key trusted; everything else can only narrow: a record more never makes a key better than
//! the pinned keys and its rotations made it. And a time in a record is its writer's claim, so a key
//! given up as compromised vouches for no successor at all: its thief can write any date.

mod judge;
mod record;

pub use judge::{CLOCK_SKEW, Refusal};
pub use record::{
    Event, KeyRecord, Reason, RecordError, SCHEMA_VERSION, Verified, issue, revoke, rotate,
};

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::dsse::{Envelope, EnvelopeError, Signature};
use crate::json::SIZE_LIMIT;
use crate::keys::PublicKey;

/// Most records of one ring.
pub const RECORD_LIMIT: usize = 256;

/// What a key was worth at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStatus {
    /// It counts.
    Valid {
        /// When it stops to, where that was said.
        not_after: Option<Timestamp>,
    },
    /// Neither pinned nor made the successor of a key that counted.
    Untrusted,
    /// Its time had not come.
    NotYetValid {
        /// When it does.
        not_before: Timestamp,
    },
    /// Its time was over.
    Expired {
        /// When it ended.
        not_after: Timestamp,
    },
    /// It was given up.
    Revoked {
        /// From when on.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
}

impl KeyStatus {
    /// Whether a signature of that time counts.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        matches!(self, Self::Valid { .. })
    }
}

/// A record that changes nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Which one, in the order given, from 0.
    pub index: usize,
    /// Why.
    pub why: RecordError,
}

/// Why a file of records cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// Too many, or too large.
    #[error("expected at most {RECORD_LIMIT} key records in {SIZE_LIMIT} bytes, found {0}")]
    Limit(String),
    /// A line that is no envelope.
    #[error("line {line} of the key records: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        why: EnvelopeError,
    },
}

/// From when to when a key counts.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    not_before: Option<Timestamp>,
    not_after: Option<Timestamp>,
}

impl Window {
    fn narrow(&mut self, not_before: Option<Timestamp>, not_after: Option<Timestamp>) {
        self.not_before = self.not_before.max(not_before);
        self.not_after = match (self.not_after, not_after) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}

/// Pinned keys and what the records say of them and their successors.
#[derive(Debug, Clone)]
pub struct Keyring {
    keys: Vec<PublicKey>,
    trusted: BTreeSet<String>,
    windows: BTreeMap<String, Window>,
    revoked: BTreeMap<String, (Timestamp, Reason)>,
    /// New key to the old ones it was made to follow, by rotations that count.
    follows: BTreeMap<String, BTreeSet<String>>,
    records: Vec<Verified>,
    ignored: Vec<Ignored>,
}

impl Keyring {
    /// A ring of pinned keys alone, which count at all times.
    #[must_use]
    pub fn pinned(roots: &[PublicKey]) -> Self {
        Self::new(roots, &[])
    }

    /// Reads JSON Lines, one DSSE envelope a line; empty lines are passed over.
    ///
    /// # Errors
    /// [`KeyringError`] for what is no envelope. An envelope that says nothing that counts here is
    /// no error: see [`Keyring::ignored`].
    pub fn read(roots: &[PublicKey], records: &[u8]) -> Result<Self, KeyringError> {
        if records.len() > SIZE_LIMIT {
            return Err(KeyringError::Limit(format!("{} bytes", records.len())));
        }
        let mut envelopes = Vec::new();
        for (index, line) in records.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            if envelopes.len() == RECORD_LIMIT {
                return Err(KeyringError::Limit("more records".to_owned()));
            }
            envelopes.push(Envelope::parse(line).map_err(|why| KeyringError::Line {
                line: index + 1,
                why,
            })?);
        }
        Ok(Self::new(roots, &envelopes))
    }

    /// The ring that `roots` and `records` make; the order of the records does not matter. Each
    /// record has to name its signers by `keyid`, as ours do.
    #[must_use]
    pub fn new(roots: &[PublicKey], records: &[Envelope]) -> Self {
        let (keys, mut verified, ignored) = verify_all(roots, records);
        let pinned: BTreeSet<String> = roots.iter().map(PublicKey::fingerprint).collect();
        let mut ring = Self {
            keys,
            trusted: pinned.clone(),
            windows: BTreeMap::new(),
            revoked: BTreeMap::new(),
            follows: BTreeMap::new(),
            records: Vec::new(),
            ignored,
        };
        let rotations = ring.narrow(&verified);
        ring.revoke(&verified, &pinned, &rotations);
        ring.extend(&rotations);
        verified.sort_by_key(|record| record.index);
        ring.records = verified;
        ring
    }

    /// All keys, pinned or learnt from a rotation, whatever they are worth: to verify with before
    /// asking [`key_status`].
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Records whose signatures hold, in the order given; what a key without a say revoked is among them, and
    /// [`Keyring::ignored`] names it.
    #[must_use]
    pub fn records(&self) -> &[Verified] {
        &self.records
    }

    /// From when on a key was given up, and why, where somebody with a say said so.
    #[must_use]
    pub fn revocation(&self, fingerprint: &str) -> Option<(Timestamp, Reason)> {
        self.revoked.get(fingerprint).copied()
    }

    /// Records that changed nothing.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        &self.ignored
    }

    /// The fingerprints of all keys that a key follows, by rotations that count.
    #[must_use]
    pub fn predecessors(&self, fingerprint: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut pending = vec![fingerprint];
        while let Some(key) = pending.pop() {
            for old in self.follows.get(key).into_iter().flatten() {
                if found.insert(old.as_str()) {
                    pending.push(old);
                }
            }
        }
        found
    }

    /// Narrows windows; gives the rotations.
    fn narrow<'r>(&mut self, records: &'r [Verified]) -> Vec<Rotation<'r>> {
        let mut rotations = Vec::new();
        for verified in records {
            match &verified.record.event {
                Event::Issue {
                    not_before,
                    not_after,
                    ..
                } => self
                    .window(&verified.key)
                    .narrow(Some(*not_before), *not_after),
                Event::Rotate {
                    previous,
                    not_before,
                    not_after,
                    previous_not_after,
                    ..
                } => {
                    self.window(&verified.key)
                        .narrow(Some(*not_before), *not_after);
                    self.window(previous).narrow(None, *previous_not_after);
                    rotations.push(Rotation {
                        old: previous,
                        new: &verified.key,
                        issued: verified.record.issued,
                    });
                }
                Event::Revoke { .. } => {}
            }
        }
        rotations
    }

    fn window(&mut self, fingerprint: &str) -> &mut Window {
        self.windows.entry(fingerprint.to_owned()).or_default()
    }

    /// A key is given up by itself, by a pinned key, or by one that follows it. Of several
    /// revocations the earliest counts, and of equals the worst.
    fn revoke(
        &mut self,
        records: &[Verified],
        pinned: &BTreeSet<String>,
        rotations: &[Rotation<'_>],
    ) {
        for verified in records {
            let Event::Revoke { since, reason, .. } = &verified.record.event else {
                continue;
            };
            let followers = followers(&verified.key, rotations);
            let may =
                |signer: &String| pinned.contains(signer) || followers.contains(signer.as_str());
            if !verified.signers.iter().any(may) {
                self.ignored.push(Ignored {
                    index: verified.index,
                    why: RecordError::NotItsBusiness {
                        key: verified.key.clone(),
                        signers: verified.signers.clone(),
                    },
                });
                continue;
            }
            let found = (*since, *reason);
            self.revoked
                .entry(verified.key.clone())
                .and_modify(|known| {
                    *known = (known.0.min(found.0), known.1.max(found.1));
                })
                .or_insert(found);
        }
    }

    /// Trusts the successors of what is trusted, until nothing more follows.
    fn extend(&mut self, rotations: &[Rotation<'_>]) {
        loop {
            let before = self.trusted.len();
            for rotation in rotations {
                let compromised = matches!(
                    self.revoked.get(rotation.old),
                    Some((_, Reason::Compromised))
                );
                if !compromised && self.status(rotation.old, rotation.issued).is_valid() {
                    self.trusted.insert(rotation.new.to_owned());
                    self.follows
                        .entry(rotation.new.to_owned())
                        .or_default()
                        .insert(rotation.old.to_owned());
                }
            }
            if self.trusted.len() == before {
                return;
            }
        }
    }

    fn status(&self, fingerprint: &str, at: Timestamp) -> KeyStatus {
        if !self.trusted.contains(fingerprint) {
            return KeyStatus::Untrusted;
        }
        if let Some((since, reason)) = self.revoked.get(fingerprint)
            && *since <= at
        {
            return KeyStatus::Revoked {
                since: *since,
                reason: *reason,
            };
        }
        let window = self.windows.get(fingerprint).copied().unwrap_or_default();
        match (window.not_before, window.not_after) {
            (Some(not_before), _) if at < not_before => KeyStatus::NotYetValid { not_before },
            (_, Some(not_after)) if at >= not_after => KeyStatus::Expired { not_after },
            (_, not_after) => KeyStatus::Valid { not_after },
        }
    }
}

/// What the key with this fingerprint was worth at `at`, as far as `ring` knows. Pure.
///
/// `at` decides, so it has to come from somebody other than the signer: a log, a timestamp
/// authority, or now.
#[must_use]
pub fn key_status(fingerprint: &str, at: Timestamp, ring: &Keyring) -> KeyStatus {
    ring.status(fingerprint, at)
}

/// The new key follows the old one.
struct Rotation<'r> {
    old: &'r str,
    new: &'r str,
    issued: Timestamp,
}

/// The key itself and every key that follows it.
fn followers<'r>(key: &'r str, rotations: &[Rotation<'r>]) -> BTreeSet<&'r str> {
    let mut found = BTreeSet::from([key]);
    loop {
        let before = found.len();
        for rotation in rotations {
            if found.contains(rotation.old) {
                found.insert(rotation.new);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// Verifies each record with the pinned keys and with those that verified records introduce.
fn verify_all(
    roots: &[PublicKey],
    records: &[Envelope],
) -> (Vec<PublicKey>, Vec<Verified>, Vec<Ignored>) {
    let mut keys = Known::default();
    for root in roots {
        keys.add(root.clone());
    }
    let (mut verified, mut ignored) = (Vec::new(), Vec::new());
    let mut waiting: Vec<Waiting<'_>> = records
        .iter()
        .enumerate()
        .map(|(index, envelope)| (index, envelope, None))
        .collect();
    loop {
        let before = waiting.len();
        let mut later = Vec::new();
        for (index, envelope, why) in waiting {
            // A record by nobody known waits for another that introduces its signer.
            let unknown = match &why {
                Some(RecordError::Signer { expected, .. }) => !keys.at.contains_key(expected),
                _ => keys.named(envelope).is_empty(),
            };
            if unknown {
                later.push((index, envelope, why));
                continue;
            }
            match record::open(index, envelope, &keys.named(envelope)) {
                Ok((record, introduced)) => {
                    if let Some(key) = introduced {
                        keys.add(key);
                    }
                    verified.push(record);
                }
                // One of two signers is known: the other may be the successor of a key in a later record.
                Err(why @ RecordError::Signer { .. }) if !keys.knows_missing(&why) => {
                    later.push((index, envelope, Some(why)));
                }
                Err(why) => ignored.push(Ignored { index, why }),
            }
        }
        if later.len() == before {
            for (index, envelope, why) in later {
                let why = why.or_else(|| record::open(index, envelope, &[]).err());
                ignored.extend(why.map(|why| Ignored { index, why }));
            }
            ignored.sort_by_key(|ignored| ignored.index);
            return (keys.keys, verified, ignored);
        }
        waiting = later;
    }
}

/// A record that cannot be opened yet, and what the last attempt said.
type Waiting<'r> = (usize, &'r Envelope, Option<RecordError>);

/// Keys by fingerprint. Records name their signers, so that each costs few verifications.
#[derive(Default)]
struct Known {
    keys: Vec<PublicKey>,
    at: BTreeMap<String, usize>,
}

impl Known {
    fn add(&mut self, key: PublicKey) {
        let next = self.keys.len();
        if *self.at.entry(key.fingerprint()).or_insert(next) == next {
            self.keys.push(key);
        }
    }

    /// Whether the key that a record lacks a signature of is known, so that no other record can mend it.
    fn knows_missing(&self, why: &RecordError) -> bool {
        matches!(why, RecordError::Signer { expected, .. } if self.at.contains_key(expected))
    }

    /// The keys that the signatures of an envelope say they are by.
    fn named(&self, envelope: &Envelope) -> Vec<PublicKey> {
        let found = |s: &Signature| self.keys.get(*self.at.get(&s.keyid)?).cloned();
        envelope.signatures.iter().filter_map(found).collect()
    }
}

#[cfg(test)]
mod tests;
