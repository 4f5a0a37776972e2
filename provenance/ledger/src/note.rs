//! Signed notes: a text, a blank line, and a line for each signature.
//!
//! Source: C2SP signed-note, <https://c2sp.org/signed-note>, and tlog-cosignature for witnesses. Two of
//! its algorithms are verified, Ed25519 (0x01) and timestamped Ed25519 cosignatures (0x04); the
//! byte is open, and signatures by others (0x06, ML-DSA-44) are carried along unread.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use caws_attest::{Algorithm, KeyError, PublicKey, SecretKey};
use sha2::{Digest as _, Sha256};

/// Longest note read, in bytes: one that fits a bundle. 16 signatures of ML-DSA-44 take 53 kB.
pub const MAX_NOTE: usize = crate::entries::MAX_ENTRY;
/// Most signatures read; the specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 64;

/// DER of a SubjectPublicKeyInfo of Ed25519 before the 32 bytes of the key (RFC 8410 section 4).
const SPKI_ED25519: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const ED25519_LEN: usize = 32;
const DASH: &str = "\u{2014} ";

/// Why bytes are no note, or a key is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a note at all.
    #[error("expected a signed note, found {0}")]
    Malformed(String),
    /// A line that should be a signature.
    #[error("expected `\u{2014} NAME BASE64` as signature {line} of the note, found `{found}`")]
    SignatureLine {
        /// Which line after the blank one, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A key's name that no note can hold.
    #[error("expected a key name without spaces, `+` or control characters, found `{0}`")]
    Name(String),
    /// Not `NAME+ID+KEY`.
    #[error("expected a verifier key `NAME+HEX+BASE64`, found `{0}`")]
    VerifierKey(String),
    /// The id is not that of the key.
    #[error("expected the id {expected:08x} of the verifier key `{name}`, found {found:08x}")]
    KeyId {
        /// Name of the key.
        name: String,
        /// Id that follows from name and key.
        expected: u32,
        /// Id that stands there.
        found: u32,
    },
    /// Notes are signed with Ed25519 only.
    #[error("expected an Ed25519 key to sign checkpoints, found {0}")]
    Algorithm(Algorithm),
    /// A signature by a known key is wrong.
    #[error("the signature of `{name}` (key id {id:08x}) does not verify")]
    Signature {
        /// Name of the key.
        name: String,
        /// Its id.
        id: u32,
    },
    /// The key does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What a signature says, by its algorithm byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// 0x01: the text, signed with Ed25519.
    Ed25519,
    /// 0x04: a witness saw this checkpoint at a time and found it consistent (`cosignature/v1`).
    Cosignature,
}

impl SignatureKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }
}

/// A signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// First four bytes of SHA-256 over name, algorithm and key.
    pub id: u32,
    /// The signature, for a cosignature with its time before it.
    pub signature: Vec<u8>,
}

/// A text with signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What is signed; ends in a line feed.
    pub text: String,
    /// Who signed.
    pub signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note; signatures are not verified here.
    ///
    /// # Errors
    /// [`NoteError`] when the bytes are not exactly a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let malformed = |found: &str| NoteError::Malformed(found.to_owned());
        if bytes.len() > MAX_NOTE {
            return Err(malformed("more bytes than a note may have"));
        }
        let note = std::str::from_utf8(bytes).map_err(|e| malformed(&e.to_string()))?;
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(malformed("a control character"));
        }
        let (text, lines) = note
            .rsplit_once("\n\n")
            .ok_or_else(|| malformed("no blank line before signatures"))?;
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| malformed("no line feed at the end"))?;
        let mut signatures = Vec::new();
        for (index, line) in lines.split('\n').enumerate() {
            if index == MAX_SIGNATURES {
                return Err(malformed("more signatures than are read"));
            }
            signatures.push(
                signature_line(line).ok_or_else(|| NoteError::SignatureLine {
                    line: index + 1,
                    found: line.to_owned(),
                })?,
            );
        }
        Ok(Self {
            text: format!("{text}\n"),
            signatures,
        })
    }

    /// The note as [`Note::parse`] reads it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut note = format!("{}\n", self.text);
        for signature in &self.signatures {
            let mut bytes = signature.id.to_be_bytes().to_vec();
            bytes.extend_from_slice(&signature.signature);
            note.push_str(&format!(
                "{DASH}{} {}\n",
                signature.name,
                STANDARD.encode(bytes)
            ));
        }
        note.into_bytes()
    }

    /// The signatures by `keys`, each with the time it states. Signatures by others are passed over.
    ///
    /// # Errors
    /// [`NoteError::Signature`] when one that names a key of `keys` does not verify.
    pub fn verify<'k>(
        &self,
        keys: &'k [NoteVerifier],
    ) -> Result<Vec<(&'k NoteVerifier, Option<u64>)>, NoteError> {
        let mut found = Vec::new();
        for signature in &self.signatures {
            let Some(key) = keys
                .iter()
                .find(|key| key.name == signature.name && key.id() == signature.id)
            else {
                continue;
            };
            let time = key.verify(&self.text, signature)?;
            found.push((key, time));
        }
        Ok(found)
    }
}

fn signature_line(line: &str) -> Option<NoteSignature> {
    let (name, base64) = line.strip_prefix(DASH)?.split_once(' ')?;
    let bytes = STANDARD.decode(base64).ok()?;
    let (id, signature) = bytes.split_first_chunk::<4>()?;
    (is_name(name) && !signature.is_empty()).then(|| NoteSignature {
        name: name.to_owned(),
        id: u32::from_be_bytes(*id),
        signature: signature.to_vec(),
    })
}

/// Whether a key can have this name: neither empty nor with white space, `+` or control characters.
#[must_use]
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '+')
}

fn key_id(name: &str, kind: SignatureKind, key: &[u8]) -> u32 {
    let digest = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', kind.byte()])
        .chain_update(key)
        .finalize();
    digest
        .first_chunk::<4>()
        .map_or(0, |id| u32::from_be_bytes(*id))
}

/// Exactly what a cosignature signs: two lines of its own, then the checkpoint's text.
fn cosigned(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A name and a public key, to verify signatures of notes with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteVerifier {
    name: String,
    kind: SignatureKind,
    key: PublicKey,
    raw: [u8; ED25519_LEN],
}

impl NoteVerifier {
    /// A verifier of `key`'s signatures under `name`.
    ///
    /// # Errors
    /// A name no note can hold, a key that is not Ed25519.
    pub fn new(name: &str, kind: SignatureKind, key: &PublicKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name(name.to_owned()));
        }
        let raw = key
            .to_der()
            .strip_prefix(&SPKI_ED25519)
            .and_then(|raw| raw.try_into().ok())
            .ok_or(NoteError::Algorithm(key.algorithm()))?;
        Ok(Self {
            name: name.to_owned(),
            kind,
            key: key.clone(),
            raw,
        })
    }

    /// Reads `NAME+ID+BASE64`, as Go's note tools and witnesses publish keys.
    ///
    /// # Errors
    /// [`NoteError`] when it is none, or of an algorithm that is not verified here.
    pub fn from_vkey(text: &str) -> Result<Self, NoteError> {
        let malformed = || NoteError::VerifierKey(text.to_owned());
        let (name, rest) = text.split_once('+').ok_or_else(malformed)?;
        let (id, base64) = rest.split_once('+').ok_or_else(malformed)?;
        let bytes = STANDARD.decode(base64).map_err(|_| malformed())?;
        let (byte, raw) = bytes.split_first().ok_or_else(malformed)?;
        let kind = [SignatureKind::Ed25519, SignatureKind::Cosignature]
            .into_iter()
            .find(|kind| kind.byte() == *byte)
            .ok_or_else(malformed)?;
        if raw.len() != ED25519_LEN || id.len() != 8 {
            return Err(malformed());
        }
        let found = u32::from_str_radix(id, 16).map_err(|_| malformed())?;
        let verifier = Self::new(
            name,
            kind,
            &PublicKey::from_der(&[&SPKI_ED25519, raw].concat())?,
        )?;
        if found != verifier.id() {
            return Err(NoteError::KeyId {
                name: name.to_owned(),
                expected: verifier.id(),
                found,
            });
        }
        Ok(verifier)
    }

    /// `NAME+ID+BASE64`, as [`NoteVerifier::from_vkey`] reads it.
    #[must_use]
    pub fn to_vkey(&self) -> String {
        let mut bytes = vec![self.kind.byte()];
        bytes.extend_from_slice(&self.raw);
        format!("{}+{:08x}+{}", self.name, self.id(), STANDARD.encode(bytes))
    }

    /// The name signatures carry.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its signatures say.
    #[must_use]
    pub fn kind(&self) -> SignatureKind {
        self.kind
    }

    /// The id signatures carry: `SHA-256(name || 0x0A || algorithm || key)[:4]`.
    #[must_use]
    pub fn id(&self) -> u32 {
        key_id(&self.name, self.kind, &self.raw)
    }

    /// The key itself.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    fn verify(&self, text: &str, signature: &NoteSignature) -> Result<Option<u64>, NoteError> {
        let wrong = || NoteError::Signature {
            name: self.name.clone(),
            id: signature.id,
        };
        let bytes = signature.signature.as_slice();
        match self.kind {
            SignatureKind::Ed25519 => {
                let verified = self.key.verify_strict(text.as_bytes(), bytes);
                verified.map(|()| None).map_err(|_| wrong())
            }
            SignatureKind::Cosignature => {
                let (time, bytes) = bytes.split_first_chunk::<8>().ok_or_else(wrong)?;
                let time = u64::from_be_bytes(*time);
                if i64::try_from(time).is_err() {
                    return Err(wrong());
                }
                let message = cosigned(text, time);
                let verified = self.key.verify_strict(message.as_bytes(), bytes);
                verified.map(|()| Some(time)).map_err(|_| wrong())
            }
        }
    }
}

/// A name and an Ed25519 key that signs notes.
#[derive(Debug, Clone)]
pub struct NoteSigner {
    key: SecretKey,
    verifier: NoteVerifier,
}

impl NoteSigner {
    /// A signer that signs as a log does ([`SignatureKind::Ed25519`]) or as a witness does.
    ///
    /// # Errors
    /// As [`NoteVerifier::new`].
    pub fn new(name: &str, kind: SignatureKind, key: &SecretKey) -> Result<Self, NoteError> {
        Ok(Self {
            verifier: NoteVerifier::new(name, kind, &key.public()?)?,
            key: key.clone(),
        })
    }

    /// What verifies its signatures.
    #[must_use]
    pub fn verifier(&self) -> &NoteVerifier {
        &self.verifier
    }

    /// A signature line for `text`. `time`, in seconds since 1970, is what a cosignature states; a
    /// log's own signature has none.
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(&self, text: &str, time: u64) -> Result<NoteSignature, NoteError> {
        let signature = match self.verifier.kind {
            SignatureKind::Ed25519 => self.key.sign(text.as_bytes())?,
            SignatureKind::Cosignature => {
                let signed = self.key.sign(cosigned(text, time).as_bytes())?;
                [time.to_be_bytes().as_slice(), &signed].concat()
            }
        };
        Ok(NoteSignature {
            name: self.verifier.name.clone(),
            id: self.verifier.id(),
            signature,
        })
    }
}

#[cfg(test)]
mod tests;
