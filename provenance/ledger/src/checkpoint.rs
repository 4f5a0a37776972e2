//! Checkpoints: how large the log is and what its root is, signed.
//!
//! Source: C2SP tlog-checkpoint, <https://c2sp.org/tlog-checkpoint>.

use caws_attest::{Algorithm, PublicKey};

use crate::hash::{Hash, empty_root};
use crate::note::{Note, NoteError, NoteSigner, NoteVerifier, SignatureKind};

/// A state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Further lines, which mean nothing here; ours has none.
    pub extensions: Vec<String>,
}

/// Why a checkpoint cannot be read or is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a signed note, or a wrong signature.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// A line of the text is not what belongs there.
    #[error("expected {expected} in line {line} of the checkpoint, found `{found}`")]
    Line {
        /// Which line, from 1.
        line: usize,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A checkpoint of another log.
    #[error("expected a checkpoint of `{expected}`, found one of `{found}`")]
    Origin {
        /// The log asked for.
        expected: String,
        /// The log it is of.
        found: String,
    },
    /// No signature by a trusted key of the log.
    #[error(
        "expected a signature by one of the {trusted} trusted keys of `{origin}`, found those of {found}"
    )]
    Unsigned {
        /// Which log.
        origin: String,
        /// How many keys are trusted.
        trusted: usize,
        /// Names and ids of the keys that signed.
        found: String,
    },
    /// Too few witnesses.
    #[error("expected cosignatures of {expected} trusted witnesses, found {found}")]
    Witnesses {
        /// How many the policy asks for.
        expected: usize,
        /// How many distinct ones there are.
        found: usize,
    },
}

/// Whom to believe about a log.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Which log: the first line of its checkpoints.
    pub origin: String,
    /// Keys of the log; one of them must have signed.
    pub keys: Vec<NoteVerifier>,
    /// Keys of witnesses.
    pub witnesses: Vec<NoteVerifier>,
    /// How many distinct witnesses must have cosigned.
    pub quorum: usize,
}

impl Trust {
    /// Trust in the Ed25519 keys among `keys`, as keys of the log, and in no witness. Where none of them
    /// is one, no checkpoint is believed.
    ///
    /// # Errors
    /// [`NoteError::Name`] when the origin cannot be the name of a key.
    pub fn of_keys(origin: &str, keys: &[PublicKey]) -> Result<Self, NoteError> {
        let keys: Result<Vec<NoteVerifier>, NoteError> = keys
            .iter()
            .filter(|key| key.algorithm() == Algorithm::Ed25519)
            .map(|key| NoteVerifier::new(origin, SignatureKind::Ed25519, key))
            .collect();
        Ok(Self {
            origin: origin.to_owned(),
            keys: keys?,
            witnesses: Vec::new(),
            quorum: 0,
        })
    }

    /// Trust in one key, and in no witness.
    #[must_use]
    pub fn key(origin: &str, key: NoteVerifier) -> Self {
        Self {
            origin: origin.to_owned(),
            keys: vec![key],
            witnesses: Vec::new(),
            quorum: 0,
        }
    }
}

/// A checkpoint that a trusted key signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The state of the log.
    pub checkpoint: Checkpoint,
    /// The trusted keys of the log that signed it.
    pub signers: Vec<NoteVerifier>,
    /// Trusted witnesses that cosigned, with the time each states, in seconds since 1970.
    pub witnesses: Vec<(String, u64)>,
}

impl Checkpoint {
    /// The log before its first leaf.
    #[must_use]
    pub fn empty(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            size: 0,
            root: empty_root(),
            extensions: Vec::new(),
        }
    }

    /// The text that is signed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n", self.origin, self.size, self.root);
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Reads exactly what [`Checkpoint::to_text`] writes.
    ///
    /// # Errors
    /// [`CheckpointError::Line`] names the line.
    pub fn parse_text(text: &str) -> Result<Self, CheckpointError> {
        let wrong = |line: usize, expected: &'static str, found: &str| CheckpointError::Line {
            line,
            expected,
            found: found.to_owned(),
        };
        let body = text.strip_suffix('\n').unwrap_or(text);
        let mut lines = body.split('\n');
        let mut next = || lines.next().unwrap_or_default();
        let (origin, size, root) = (next(), next(), next());
        if origin.is_empty() {
            return Err(wrong(1, "the origin of a log", origin));
        }
        let number = size.parse().ok().filter(|n: &u64| n.to_string() == size);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: number.ok_or_else(|| wrong(2, "a tree size in decimal", size))?,
            root: Hash::from_base64(root).ok_or_else(|| wrong(3, "a root hash in base64", root))?,
            extensions: lines.map(str::to_owned).collect(),
        };
        if let Some(index) = checkpoint.extensions.iter().position(String::is_empty) {
            return Err(wrong(index + 4, "an extension", ""));
        }
        if body == text {
            return Err(wrong(
                checkpoint.extensions.len() + 3,
                "a line feed at its end",
                text.rsplit('\n').next().unwrap_or_default(),
            ));
        }
        Ok(checkpoint)
    }

    /// The checkpoint as a note with one signature.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(&self, signer: &NoteSigner) -> Result<Note, NoteError> {
        let text = self.to_text();
        let signature = signer.sign(&text, 0)?;
        Ok(Note {
            text,
            signatures: vec![signature],
        })
    }

    /// Reads a signed checkpoint and verifies it.
    ///
    /// # Errors
    /// [`CheckpointError`] when it is malformed, of another log, or not signed as `trust` asks.
    pub fn verify(bytes: &[u8], trust: &Trust) -> Result<Verified, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Self::parse_text(&note.text)?;
        if checkpoint.origin != trust.origin {
            return Err(CheckpointError::Origin {
                expected: trust.origin.clone(),
                found: checkpoint.origin,
            });
        }
        let log = note.verify(&trust.keys)?;
        if log.is_empty() {
            let found: Vec<String> = note
                .signatures
                .iter()
                .map(|s| format!("{}+{:08x}", s.name, s.id))
                .collect();
            return Err(CheckpointError::Unsigned {
                origin: checkpoint.origin,
                trusted: trust.keys.len(),
                found: found.join(", "),
            });
        }
        let signers = log.into_iter().map(|(key, _)| key.clone()).collect();
        let mut witnesses: Vec<(String, u64)> = Vec::new();
        for (key, time) in note.verify(&trust.witnesses)? {
            let known = witnesses.iter().any(|(name, _)| name == key.name());
            if key.kind() == SignatureKind::Cosignature && !known {
                witnesses.push((key.name().to_owned(), time.unwrap_or_default()));
            }
        }
        if witnesses.len() < trust.quorum {
            return Err(CheckpointError::Witnesses {
                expected: trust.quorum,
                found: witnesses.len(),
            });
        }
        Ok(Verified {
            checkpoint,
            signers,
            witnesses,
        })
    }
}

#[cfg(test)]
mod tests;
