//! What the verifier trusts, and how much it is willing to read.

use caws_attest::PublicKey;

use crate::trust::{Signs, Trust};

/// How an artifacts directory is verified.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Keys whose signatures count. With none, every signature is untrusted.
    pub keys: Vec<PublicKey>,
    /// What the keys may sign, and when; with none they may sign everything at any time.
    pub trust: Option<Trust>,
    /// Whether a record without any signature is acceptable: its digests and numbers are checked
    /// all the same, and the missing signature is a warning instead of an error.
    pub allow_unsigned: bool,
    /// How much is read.
    pub limits: Limits,
}

impl Options {
    /// The keys that may sign checkpoints of a ledger at a time, RFC 3339.
    #[must_use]
    pub fn sealing(&self, at: &str) -> Vec<PublicKey> {
        let may = |key: &&PublicKey| {
            self.trust.as_ref().is_none_or(|trust| {
                trust
                    .judge(&key.fingerprint(), Signs::Ledger, None, at)
                    .is_ok()
            })
        };
        self.keys.iter().filter(may).cloned().collect()
    }
}

/// Bounds on foreign input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest manifest, plan, evidence record or bundle, in bytes.
    pub document: u64,
    /// Largest stored raw output, in bytes.
    pub stored: u64,
    /// Most bytes of one gate's raw outputs together, once inflated.
    pub content: u64,
    /// Most files and directories under `evidence/` and `provenance/`, or in a package.
    pub entries: usize,
    /// Largest audit package, in bytes.
    pub package: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            document: 64 * MIB,
            stored: 512 * MIB,
            content: 512 * MIB,
            entries: 100_000,
            package: 1024 * MIB,
        }
    }
}
