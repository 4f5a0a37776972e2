//! Whether a signature counts: what the records say of its key, at the time it says of itself.

use caws_evidence::codes;
use jiff::{SignedDuration, Timestamp};

use super::{KeyStatus, Keyring, Reason};
use crate::keys::PublicKey;

/// How far the clocks of a signer and a verifier may be apart.
pub const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Why a signature that verifies does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Diagnostic code.
    pub code: &'static str,
    /// What would count.
    pub expected: String,
    /// What there is.
    pub found: String,
}

impl Refusal {
    /// A refusal in these words.
    #[must_use]
    pub fn new(code: &'static str, expected: &str, found: &str) -> Self {
        Self {
            code,
            expected: expected.to_owned(),
            found: found.to_owned(),
        }
    }
}

impl Keyring {
    /// Whether a signature by the key with this fingerprint counts; gives its time. `at` is what the
    /// signed document says of itself, its signer's claim: so it may not be ahead of `now`, and a key
    /// that is given up as compromised by now counts for no time at all.
    ///
    /// # Errors
    /// [`Refusal`], with one of the codes `signing-time`, `key-untrusted`, `key-not-yet-valid`,
    /// `key-expired` and `key-revoked`.
    pub fn judge(&self, fingerprint: &str, at: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
        let at = time(at, now)?;
        let signed = format!("a signature of {at} by {fingerprint}");
        Err(match self.status_of(fingerprint, at, now) {
            KeyStatus::Valid { .. } => return Ok(at),
            KeyStatus::Untrusted => {
                Refusal::new(codes::KEY_UNTRUSTED, "a trusted key", fingerprint)
            }
            KeyStatus::NotYetValid { not_before } => Refusal::new(
                codes::KEY_NOT_YET_VALID,
                &format!("a signature from {not_before} on"),
                &signed,
            ),
            KeyStatus::Expired { not_after } => Refusal::new(
                codes::KEY_EXPIRED,
                &format!("a signature before {not_after}"),
                &signed,
            ),
            KeyStatus::Revoked {
                since,
                reason: Reason::Compromised,
            } => Refusal::new(
                codes::KEY_REVOKED,
                "a key that nobody else may have",
                &format!("{signed}, compromised since {since}"),
            ),
            KeyStatus::Revoked { since, .. } => Refusal::new(
                codes::KEY_REVOKED,
                &format!("a signature before {since}, when the key was given up"),
                &signed,
            ),
        })
    }

    /// What a key was worth at `at` to somebody who asks at `now`.
    fn status_of(&self, fingerprint: &str, at: Timestamp, now: Timestamp) -> KeyStatus {
        let today = self.status(fingerprint, now);
        match today {
            KeyStatus::Revoked {
                reason: Reason::Compromised,
                ..
            } => today,
            _ => self.status(fingerprint, at),
        }
    }

    /// The keys whose signatures count of some time at least: neither unknown nor given up as
    /// compromised by `now`.
    #[must_use]
    pub fn counting(&self, now: Timestamp) -> Vec<PublicKey> {
        let counts = |key: &&PublicKey| {
            !matches!(
                self.status(&key.fingerprint(), now),
                KeyStatus::Untrusted
                    | KeyStatus::Revoked {
                        reason: Reason::Compromised,
                        ..
                    }
            )
        };
        self.keys.iter().filter(counts).cloned().collect()
    }
}

fn time(at: &str, now: Timestamp) -> Result<Timestamp, Refusal> {
    let of = |found: &str| {
        let expected = format!("a time of signing up to {now}");
        Refusal::new(codes::SIGNING_TIME, &expected, found)
    };
    let time: Timestamp = at.parse().map_err(|_| of(&format!("{at:?}")))?;
    let latest = now.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
    if time > latest {
        return Err(of(at));
    }
    Ok(time)
}

#[cfg(test)]
mod tests;
