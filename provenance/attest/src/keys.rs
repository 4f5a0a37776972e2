//! Signing keys: ECDSA P-256 by default, because everybody can verify it, and Ed25519.
//!
//! A key is known by its fingerprint, SHA-256 over the DER of its SubjectPublicKeyInfo
//! (RFC 5280 section 4.1.2.7). How a private key lies on a disk is said in [`rest`].

pub mod cosign;
pub mod rest;

pub use rest::{Cost, is_encrypted};

use std::fmt;

use caws_evidence::sha256_hex;
use ed25519_dalek::Signature as EdSignature;
use p256::ecdsa::Signature as EcSignature;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use pkcs8::{DecodePublicKey as _, EncodePublicKey as _, LineEnding};
use rand_core::TryCryptoRng;
use sha2::{Digest as _, Sha256};

use crate::encoding::to_base64;

/// Randomness of the operating system, for [`SecretKey::generate`].
pub use getrandom::SysRng as SystemRng;
/// A string wiped from memory when dropped.
pub use pkcs8::der::zeroize::Zeroizing;

/// Tries to draw a P-256 scalar before the source of randomness is called broken. One draw fails
/// with a chance of 2^-32.
const DRAWS: usize = 16;

/// Signature algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// ECDSA over NIST P-256 with SHA-256, signatures in ASN.1 DER (FIPS 186-5, RFC 6979).
    #[default]
    EcdsaP256,
    /// Ed25519 (RFC 8032).
    Ed25519,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EcdsaP256 => "ecdsa-p256-sha256",
            Self::Ed25519 => "ed25519",
        })
    }
}

/// Why there is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text or bytes are no key of the kind expected.
    #[error("expected {expected}, found {found}")]
    Malformed {
        /// What should stand there.
        expected: &'static str,
        /// What stands there, never key material.
        found: String,
    },
    /// The private key is encrypted and no passphrase came with it.
    #[error("the private key is encrypted: a passphrase is needed to read it")]
    Encrypted,
    /// The passphrase is wrong, or the encrypted key was damaged.
    #[error("the private key does not open: wrong passphrase, or the file is damaged")]
    Passphrase,
    /// Nobody should protect a key with nothing.
    #[error("expected a passphrase, found an empty one")]
    EmptyPassphrase,
    /// The encrypted key asks for more work than a key file has reason to.
    #[error("expected a key derivation of at most {limit}, found {found}")]
    Derivation {
        /// What is accepted.
        limit: &'static str,
        /// What the file asks for.
        found: String,
    },
    /// No randomness.
    #[error("the source of randomness failed: {0}")]
    Randomness(String),
    /// The library could not do what it always does.
    #[error("{0} failed")]
    Library(&'static str),
}

/// A signature that does not verify under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// A public key anyone can verify with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: Verifying,
    der: Vec<u8>,
}

#[derive(Clone, PartialEq, Eq)]
enum Verifying {
    P256(p256::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} {})", self.algorithm(), self.fingerprint())
    }
}

impl PublicKey {
    /// Reads a PEM `PUBLIC KEY` block. Text around it is not accepted, white space is.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but a P-256 or Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let malformed = |found: String| KeyError::Malformed {
            expected: "a PEM block `PUBLIC KEY` with a P-256 or Ed25519 key",
            found,
        };
        let (label, document) = pkcs8::Document::from_pem(text.trim())
            .map_err(|e| malformed(format!("no PEM ({e})")))?;
        if label != "PUBLIC KEY" {
            return Err(malformed(format!("a PEM block `{label}`")));
        }
        Self::from_der(document.as_bytes())
    }

    /// Reads the DER of a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] for anything but a P-256 or Ed25519 key.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let p256 = p256::ecdsa::VerifyingKey::from_public_key_der(der).map(Verifying::P256);
        let key = p256
            .or_else(|_| {
                ed25519_dalek::VerifyingKey::from_public_key_der(der).map(Verifying::Ed25519)
            })
            .map_err(|_| KeyError::Malformed {
                expected: "a SubjectPublicKeyInfo of P-256 or Ed25519",
                found: format!("{} bytes of something else", der.len()),
            })?;
        Self::new(key)
    }

    fn new(key: Verifying) -> Result<Self, KeyError> {
        let der = match &key {
            Verifying::P256(key) => key.to_public_key_der(),
            Verifying::Ed25519(key) => key.to_public_key_der(),
        };
        let der = der
            .map_err(|_| KeyError::Library("encoding the public key"))?
            .into_vec();
        Ok(Self { key, der })
    }

    /// Which algorithm its signatures use.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.key {
            Verifying::P256(_) => Algorithm::EcdsaP256,
            Verifying::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// DER of the SubjectPublicKeyInfo.
    #[must_use]
    pub fn to_der(&self) -> &[u8] {
        &self.der
    }

    /// PEM block `PUBLIC KEY`, ending in a line feed.
    ///
    /// # Errors
    /// Never for a key that was read or made here; the signature follows the library.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        match &self.key {
            Verifying::P256(key) => key.to_public_key_pem(LineEnding::LF),
            Verifying::Ed25519(key) => key.to_public_key_pem(LineEnding::LF),
        }
        .map_err(|_| KeyError::Library("encoding the public key"))
    }

    /// What the key is known by: SHA-256 of the SPKI DER, 64 hexadecimal digits. Also the `keyid`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.der)
    }

    /// The hint of a Sigstore bundle: base64 of SHA-256 of the SPKI DER.
    #[must_use]
    pub fn hint(&self) -> String {
        to_base64(&Sha256::digest(&self.der))
    }

    /// Verifies a signature as strangers write it.
    ///
    /// # Errors
    /// [`SignatureError`] says nothing more on purpose.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        match &self.key {
            Verifying::P256(key) => {
                let signature = EcSignature::from_der(signature).map_err(|_| SignatureError)?;
                key.verify(message, &signature).map_err(|_| SignatureError)
            }
            Verifying::Ed25519(key) => {
                let signature = EdSignature::from_slice(signature).map_err(|_| SignatureError)?;
                key.verify_strict(message, &signature)
                    .map_err(|_| SignatureError)
            }
        }
    }

    /// Verifies a signature in its one canonical form.
    ///
    /// ECDSA accepts `(r, s)` and `(r, n - s)` alike, so whoever holds a signature can make a
    /// second one without the key. Here only the smaller `s` counts, in exact DER.
    ///
    /// # Errors
    /// [`SignatureError`], also for the other form of a valid signature.
    pub fn verify_strict(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        if let Verifying::P256(_) = &self.key {
            let parsed = EcSignature::from_der(signature).map_err(|_| SignatureError)?;
            if parsed.normalize_s().to_der().as_bytes() != signature {
                return Err(SignatureError);
            }
        }
        self.verify(message, signature)
    }
}

/// A key that signs. Its `Debug` form shows no secret; memory is wiped when it is dropped.
#[derive(Clone)]
pub struct SecretKey {
    key: Signing,
}

#[derive(Clone)]
enum Signing {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, hidden)", self.algorithm())
    }
}

impl SecretKey {
    /// Makes a key from `rng`: [`SystemRng`] in a program, a counted one in a test.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] when `rng` fails or gives what no random source gives.
    pub fn generate<R: TryCryptoRng + ?Sized>(
        algorithm: Algorithm,
        rng: &mut R,
    ) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        for _ in 0..DRAWS {
            rng.try_fill_bytes(seed.as_mut())
                .map_err(|e| KeyError::Randomness(e.to_string()))?;
            match algorithm {
                Algorithm::Ed25519 => {
                    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                    return Ok(Self {
                        key: Signing::Ed25519(key),
                    });
                }
                Algorithm::EcdsaP256 => {
                    if let Ok(key) = p256::ecdsa::SigningKey::from_slice(seed.as_ref()) {
                        return Ok(Self {
                            key: Signing::P256(key),
                        });
                    }
                }
            }
        }
        Err(KeyError::Randomness(format!(
            "{DRAWS} draws in a row were no scalar of P-256"
        )))
    }

    /// Which algorithm its signatures use.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self.key {
            Signing::P256(_) => Algorithm::EcdsaP256,
            Signing::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The public half.
    ///
    /// # Errors
    /// Never for a key that was read or made here; the signature follows the library.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        PublicKey::new(match &self.key {
            Signing::P256(key) => Verifying::P256(*key.verifying_key()),
            Signing::Ed25519(key) => Verifying::Ed25519(key.verifying_key()),
        })
    }

    /// Signs `message`, always with the same result: RFC 6979 with the smaller `s`, or Ed25519.
    ///
    /// # Errors
    /// [`KeyError::Library`] when the library refuses, which it has no reason to.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.key {
            Signing::P256(key) => {
                let signature: EcSignature = key
                    .try_sign(message)
                    .map_err(|_| KeyError::Library("signing"))?;
                Ok(signature.normalize_s().to_der().as_bytes().to_vec())
            }
            Signing::Ed25519(key) => {
                let signature: EdSignature = key
                    .try_sign(message)
                    .map_err(|_| KeyError::Library("signing"))?;
                Ok(signature.to_bytes().to_vec())
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
