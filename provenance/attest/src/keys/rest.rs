//! Private keys at rest: PKCS#8 in PEM, encrypted with scrypt and AES-256-CBC; [`super::cosign`] reads
//! and writes cosign's own files.
//!
//! PBES2 of RFC 8018 with the key derivation of RFC 7914, which OpenSSL reads and writes as well
//! (`openssl pkcs8 -scrypt`).

use pkcs8::der::pem::{self, PemLabel as _};
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::pkcs5::{EncryptionScheme, scrypt};
use pkcs8::{
    EncodePrivateKey as _, EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef,
    SecretDocument,
};
use rand_core::TryCryptoRng;

use super::{KeyError, SecretKey, Signing, Zeroizing, cosign};

/// Most memory scrypt may ask for when a key is opened: 128 * N * r bytes to look things up in, and 128 * p * r
/// that are mixed. Little while fuzzing, as the two below, so that an input takes milliseconds.
const MEMORY_LIMIT: u64 = if cfg!(fuzzing) { 1 << 17 } else { 1 << 30 };
/// Most repetitions of that.
const PARALLELIZATION_LIMIT: u32 = if cfg!(fuzzing) { 4 } else { 64 };
/// Most PBKDF2 iterations when a key is opened.
const ITERATION_LIMIT: u32 = if cfg!(fuzzing) { 1000 } else { 10_000_000 };

/// How hard a passphrase is to guess: scrypt's N (as its binary logarithm), r and p.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// log2(N).
    pub log_n: u8,
    /// Block size.
    pub r: u32,
    /// Repetitions.
    pub p: u32,
}

impl Default for Cost {
    /// N = 2^14, r = 8, p = 5: one of the equivalent settings of the OWASP Password Storage Cheat
    /// Sheet, and the one within the 32 MiB that OpenSSL grants scrypt.
    fn default() -> Self {
        Self {
            log_n: 14,
            r: 8,
            p: 5,
        }
    }
}

/// What stands in a PEM file of a private key.
enum Content<'a> {
    Pkcs8(PrivateKeyInfoRef<'a>),
    Encrypted(EncryptedPrivateKeyInfoRef<'a>),
}

fn malformed(found: String) -> KeyError {
    KeyError::Malformed {
        expected: "a PEM block `PRIVATE KEY`, `ENCRYPTED PRIVATE KEY`, `EC PRIVATE KEY` or a cosign key file, with a P-256 or Ed25519 key",
        found,
    }
}

fn block(text: &str) -> Result<(&str, Zeroizing<Vec<u8>>), KeyError> {
    pem::decode_vec(text.trim().as_bytes())
        .map(|(label, bytes)| (label, Zeroizing::new(bytes)))
        .map_err(|e| malformed(format!("no PEM ({e})")))
}

/// Whether `text` is a private key that needs a passphrase.
#[must_use]
pub fn is_encrypted(text: &str) -> bool {
    block(text).is_ok_and(|(label, _)| {
        label == EncryptedPrivateKeyInfoRef::PEM_LABEL || cosign::is_label(label)
    })
}

impl SecretKey {
    /// Reads a private key in PEM; `passphrase` is used only where the key is encrypted.
    ///
    /// # Errors
    /// [`KeyError::Encrypted`] without a passphrase, [`KeyError::Passphrase`] with a wrong one,
    /// [`KeyError::Malformed`] for anything else.
    pub fn from_pem(text: &str, passphrase: Option<&[u8]>) -> Result<Self, KeyError> {
        let (label, document) = block(text)?;
        let bytes = document.as_slice();
        let broken = |_| malformed(format!("a PEM block `{label}` that holds no key"));
        let content = if label == PrivateKeyInfoRef::PEM_LABEL {
            Content::Pkcs8(PrivateKeyInfoRef::try_from(bytes).map_err(broken)?)
        } else if label == EncryptedPrivateKeyInfoRef::PEM_LABEL {
            Content::Encrypted(EncryptedPrivateKeyInfoRef::try_from(bytes).map_err(|_| {
                malformed(format!("a PEM block `{label}` that holds no encrypted key"))
            })?)
        } else if label == "EC PRIVATE KEY" {
            return p256::SecretKey::from_sec1_der(bytes)
                .map(|key| Self {
                    key: Signing::P256(key.into()),
                })
                .map_err(|_| malformed("an `EC PRIVATE KEY` of another curve".to_owned()));
        } else if cosign::is_label(label) {
            let open = cosign::open(bytes, passphrase.ok_or(KeyError::Encrypted)?)?;
            let info = PrivateKeyInfoRef::try_from(open.as_slice()).map_err(broken)?;
            return Self::from_info(info);
        } else {
            return Err(malformed(format!("a PEM block `{label}`")));
        };
        match content {
            Content::Pkcs8(info) => Self::from_info(info),
            Content::Encrypted(encrypted) => {
                let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
                bounded(&encrypted.encryption_algorithm)?;
                let open = encrypted
                    .decrypt(passphrase)
                    .map_err(|_| KeyError::Passphrase)?;
                let info = PrivateKeyInfoRef::try_from(open.as_bytes())
                    .map_err(|_| KeyError::Passphrase)?;
                Self::from_info(info)
            }
        }
    }

    fn from_info(info: PrivateKeyInfoRef<'_>) -> Result<Self, KeyError> {
        if let Ok(key) = p256::ecdsa::SigningKey::try_from(info.clone()) {
            return Ok(Self {
                key: Signing::P256(key),
            });
        }
        ed25519_dalek::SigningKey::try_from(info)
            .map(|key| Self {
                key: Signing::Ed25519(key),
            })
            .map_err(|_| malformed("a private key of another kind".to_owned()))
    }

    pub(super) fn to_document(&self) -> Result<SecretDocument, KeyError> {
        match &self.key {
            Signing::P256(key) => key.to_pkcs8_der(),
            // With the public key beside it, as the library writes by itself, OpenSSL 3.0 does not
            // read the key.
            Signing::Ed25519(key) => ed25519_dalek::pkcs8::KeypairBytes {
                secret_key: key.to_bytes(),
                public_key: None,
            }
            .to_pkcs8_der(),
        }
        .map_err(|_| KeyError::Library("encoding the private key"))
    }

    /// PEM block `PRIVATE KEY`, not encrypted: for a CI secret, never for a disk.
    ///
    /// # Errors
    /// Never for a key that was read or made here; the signature follows the library.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyError> {
        self.to_document()?
            .to_pem(PrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            .map_err(|_| KeyError::Library("encoding the private key"))
    }

    /// PEM block `ENCRYPTED PRIVATE KEY`.
    ///
    /// # Errors
    /// [`KeyError::EmptyPassphrase`], [`KeyError::Randomness`] when `rng` fails, or
    /// [`KeyError::Library`] for a cost scrypt does not know.
    pub fn to_encrypted_pem<R: TryCryptoRng + ?Sized>(
        &self,
        passphrase: &[u8],
        cost: Cost,
        rng: &mut R,
    ) -> Result<Zeroizing<String>, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::EmptyPassphrase);
        }
        let (mut salt, mut iv) = ([0_u8; 16], [0_u8; 16]);
        for part in [&mut salt, &mut iv] {
            rng.try_fill_bytes(part)
                .map_err(|e| KeyError::Randomness(e.to_string()))?;
        }
        let failed = || KeyError::Library("encrypting the private key");
        let params = scrypt::Params::new(cost.log_n, cost.r, cost.p).map_err(|_| failed())?;
        let params =
            Parameters::generate_scrypt_aes256cbc(params, &salt, iv).map_err(|_| failed())?;
        let plain = self.to_document()?;
        let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|_| failed())?;
        info.encrypt_with_params(params, passphrase)
            .map_err(|_| failed())?
            .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
            .map_err(|_| failed())
    }
}

/// Refuses a derivation that would take the machine's memory or the user's day; the numbers come
/// from the file.
fn bounded(scheme: &EncryptionScheme) -> Result<(), KeyError> {
    let refused = |limit, found| Err(KeyError::Derivation { limit, found });
    match scheme.pbes2().map(|parameters| &parameters.kdf) {
        Some(Kdf::Scrypt(scrypt)) => bounded_scrypt(
            scrypt.cost_parameter,
            scrypt.block_size.into(),
            scrypt.parallelization.into(),
        ),
        Some(Kdf::Pbkdf2(pbkdf2)) if pbkdf2.iteration_count <= ITERATION_LIMIT => Ok(()),
        Some(Kdf::Pbkdf2(pbkdf2)) => refused(
            "10000000 iterations of PBKDF2",
            format!("{} iterations", pbkdf2.iteration_count),
        ),
        _ => refused("PBES2 with scrypt or PBKDF2", "another scheme".to_owned()),
    }
}

/// The same for scrypt's numbers alone.
pub(super) fn bounded_scrypt(n: u64, r: u32, p: u32) -> Result<(), KeyError> {
    let blocks = n.max(u64::from(p));
    let memory = blocks.saturating_mul(128).saturating_mul(u64::from(r));
    // The library computes log2(N) and trusts N to be a power of two above one.
    if n < 2 || !n.is_power_of_two() || memory > MEMORY_LIMIT || p > PARALLELIZATION_LIMIT {
        return Err(KeyError::Derivation {
            limit: "scrypt in 1 GiB, 64 times, with N a power of two",
            found: format!("scrypt with N = {n}, r = {r}, p = {p}"),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
