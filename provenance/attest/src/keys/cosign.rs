//! cosign's key files: JSON in a PEM block, sealed with scrypt and NaCl's secretbox.
//!
//! Source: cosign's `specifications.md`, and the `encrypted` package of go-securesystemslib, whose
//! reader takes none but a few settings of scrypt. secretbox is XSalsa20 with Poly1305
//! (<https://nacl.cr.yp.to/secretbox.html>), put together here from the two, since the crate that
//! does so has no release for this generation of its parts. What is inside is PKCS#8.

use pkcs8::der::pem::{self, LineEnding};
use pkcs8::pkcs5::scrypt;
use poly1305::Poly1305;
use poly1305::universal_hash::KeyInit as _;
use rand_core::TryCryptoRng;
use salsa20::XSalsa20;
use salsa20::cipher::{KeyIvInit as _, StreamCipher as _};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::rest::bounded_scrypt;
use super::{KeyError, SecretKey, Zeroizing};
use crate::encoding::{from_base64, to_base64};
use crate::json;

/// PEM label cosign writes since version 2.
pub const LABEL: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
/// PEM label it wrote before, and still reads.
pub const LABEL_OLD: &str = "ENCRYPTED COSIGN PRIVATE KEY";

/// cosign's own setting of scrypt; its reader refuses most others.
const COST: Params = Params {
    n: 1 << 16,
    r: 8,
    p: 1,
};
const TAG: usize = 16;
/// Most bytes of the JSON in such a file; a real one has some 500.
const SIZE_LIMIT: usize = 64 << 10;

#[derive(Serialize, Deserialize)]
struct Sealed {
    kdf: Derivation,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Serialize, Deserialize)]
struct Derivation {
    name: String,
    params: Params,
    salt: String,
}

#[derive(Serialize, Deserialize)]
struct Params {
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
}

#[derive(Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

fn malformed(found: String) -> KeyError {
    KeyError::Malformed {
        expected: "a cosign key file: scrypt and nacl/secretbox as JSON",
        found,
    }
}

/// Whether a PEM label is one of cosign's.
pub(super) fn is_label(label: &str) -> bool {
    label == LABEL || label == LABEL_OLD
}

/// The PKCS#8 document in a key file's JSON.
pub(super) fn open(content: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let sealed: Sealed =
        json::read_within(content, SIZE_LIMIT).map_err(|e| malformed(e.to_string()))?;
    let (kdf, cipher) = (&sealed.kdf, &sealed.cipher);
    if kdf.name != "scrypt" || cipher.name != "nacl/secretbox" {
        return Err(malformed(format!("`{}` and `{}`", kdf.name, cipher.name)));
    }
    let decode = |field: &str, text: &str| {
        from_base64(text).map_err(|e| malformed(format!("no base64 in `{field}`: {e}")))
    };
    let salt = decode("kdf.salt", &kdf.salt)?;
    let nonce: [u8; 24] = decode("cipher.nonce", &cipher.nonce)?
        .try_into()
        .map_err(|bytes: Vec<u8>| malformed(format!("a nonce of {} bytes", bytes.len())))?;
    let key = derive(passphrase, &salt, &kdf.params)?;
    let boxed = decode("ciphertext", &sealed.ciphertext)?;
    let (tag, text) = boxed
        .split_at_checked(TAG)
        .ok_or_else(|| malformed(format!("{} bytes of ciphertext", boxed.len())))?;
    let (mut stream, mac) = secretbox(&key, &nonce);
    let right = mac.compute_unpadded(text).as_slice().ct_eq(tag);
    if !bool::from(right) {
        return Err(KeyError::Passphrase);
    }
    let mut plain = Zeroizing::new(text.to_vec());
    stream.apply_keystream(&mut plain);
    Ok(plain)
}

/// The cipher after its first 32 bytes, which are the one-time key of the authenticator.
fn secretbox(key: &[u8; 32], nonce: &[u8; 24]) -> (XSalsa20, Poly1305) {
    let mut stream = XSalsa20::new(key.into(), nonce.into());
    let mut first = Zeroizing::new([0_u8; 32]);
    stream.apply_keystream(first.as_mut());
    let mac = Poly1305::new((&*first).into());
    (stream, mac)
}

fn derive(passphrase: &[u8], salt: &[u8], cost: &Params) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    bounded_scrypt(cost.n, cost.r, cost.p)?;
    let failed = || KeyError::Library("deriving a key with scrypt");
    let log_n = u8::try_from(cost.n.ilog2()).map_err(|_| failed())?;
    let params = scrypt::Params::new(log_n, cost.r, cost.p).map_err(|_| failed())?;
    let mut key = Zeroizing::new([0_u8; 32]);
    scrypt::scrypt(passphrase, salt, &params, key.as_mut()).map_err(|_| failed())?;
    Ok(key)
}

impl SecretKey {
    /// The private half as a cosign key file (`cosign sign-blob --key`); the public half is
    /// [`super::PublicKey::to_pem`].
    ///
    /// # Errors
    /// [`KeyError::EmptyPassphrase`], or [`KeyError::Randomness`] when `rng` fails.
    pub fn to_cosign_pem<R: TryCryptoRng + ?Sized>(
        &self,
        passphrase: &[u8],
        rng: &mut R,
    ) -> Result<Zeroizing<String>, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::EmptyPassphrase);
        }
        let (mut salt, mut nonce) = ([0_u8; 32], [0_u8; 24]);
        for part in [&mut salt[..], &mut nonce[..]] {
            rng.try_fill_bytes(part)
                .map_err(|e| KeyError::Randomness(e.to_string()))?;
        }
        let key = derive(passphrase, &salt, &COST)?;
        let plain = self.to_document()?;
        let mut text = plain.as_bytes().to_vec();
        let (mut stream, mac) = secretbox(&key, &nonce);
        stream.apply_keystream(&mut text);
        let mut boxed = mac.compute_unpadded(&text).as_slice().to_vec();
        boxed.append(&mut text);
        let failed = |_| KeyError::Library("encoding the private key");
        let content = serde_json::to_vec(&Sealed {
            kdf: Derivation {
                name: "scrypt".to_owned(),
                params: COST,
                salt: to_base64(&salt),
            },
            cipher: Cipher {
                name: "nacl/secretbox".to_owned(),
                nonce: to_base64(&nonce),
            },
            ciphertext: to_base64(&boxed),
        })
        .map_err(|_| KeyError::Library("encoding the private key"))?;
        pem::encode_string(LABEL, LineEnding::LF, &content)
            .map(Zeroizing::new)
            .map_err(failed)
    }
}

#[cfg(test)]
mod tests;
