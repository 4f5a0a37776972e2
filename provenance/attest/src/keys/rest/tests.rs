use pkcs8::EncryptedPrivateKeyInfoOwned;
use pkcs8::der::{Encode as _, asn1::OctetString, pem::LineEnding};
use pkcs8::pkcs5::pbes2::{
    EncryptionScheme as Cipher, Kdf, Parameters, Pbkdf2Params, ScryptParams,
};
use proptest::prelude::*;

use super::{Cost, is_encrypted};
use crate::keys::tests::{Counting, ed25519, p256};
use crate::keys::{KeyError, PublicKey, SecretKey};

/// Enough to see that it works.
const CHEAP: Cost = Cost {
    log_n: 2,
    r: 1,
    p: 1,
};
const SCRYPT: &str = include_str!("../../../tests/vectors/encrypted-scrypt.pem");
const PBKDF2: &str = include_str!("../../../tests/vectors/encrypted-pbkdf2.pem");

#[test]
fn private_keys_survive_pem() {
    for key in [p256(1), ed25519(1)] {
        let pem = key.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert!(!is_encrypted(&pem));
        let again = SecretKey::from_pem(&pem, None).unwrap();
        assert_eq!(again.public().unwrap(), key.public().unwrap());
        assert_eq!(again.sign(b"m").unwrap(), key.sign(b"m").unwrap());
        assert!(SecretKey::from_pem(&pem, Some(b"unused")).is_ok());
    }
}

#[test]
fn ed25519_keys_are_written_as_openssl_reads_them() {
    // RFC 8410 section 7: version 0, the algorithm, the key, and no public key after it.
    let pem = ed25519(1).to_pem().unwrap();
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = crate::encoding::from_base64(&body).unwrap();
    assert_eq!(
        der[..16],
        *b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20"
    );
    assert_eq!(der.len(), 48);
}

#[test]
fn private_keys_survive_encryption() {
    for key in [p256(1), ed25519(1)] {
        let pem = key
            .to_encrypted_pem(b"secret", CHEAP, &mut Counting(7))
            .unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert!(is_encrypted(&pem));
        let again = SecretKey::from_pem(&pem, Some(b"secret")).unwrap();
        assert_eq!(again.public().unwrap(), key.public().unwrap());
        assert_eq!(
            SecretKey::from_pem(&pem, None).unwrap_err(),
            KeyError::Encrypted
        );
        assert_eq!(
            SecretKey::from_pem(&pem, Some(b"Secret")).unwrap_err(),
            KeyError::Passphrase
        );
        let other = key
            .to_encrypted_pem(b"secret", CHEAP, &mut Counting(8))
            .unwrap();
        assert_ne!(
            *pem, *other,
            "salt and IV come from the source of randomness"
        );
    }
}

#[test]
fn an_empty_passphrase_and_an_impossible_cost_are_refused() {
    let encrypt = |passphrase, cost| p256(1).to_encrypted_pem(passphrase, cost, &mut Counting(7));
    assert_eq!(encrypt(b"", CHEAP).unwrap_err(), KeyError::EmptyPassphrase);
    let impossible = Cost {
        log_n: 2,
        r: 0,
        p: 1,
    };
    let failed = KeyError::Library("encrypting the private key");
    assert_eq!(encrypt(b"x", impossible).unwrap_err(), failed);
}

#[test]
fn the_default_cost_is_what_the_documentation_says() {
    assert_eq!(
        Cost::default(),
        Cost {
            log_n: 14,
            r: 8,
            p: 5
        }
    );
}

#[test]
fn openssl_encrypted_keys_open() {
    let public = PublicKey::from_pem(include_str!("../../../tests/vectors/encrypted.pub")).unwrap();
    for pem in [SCRYPT, PBKDF2] {
        assert!(is_encrypted(pem));
        let key = SecretKey::from_pem(pem, Some(b"correct-horse")).unwrap();
        assert_eq!(key.public().unwrap(), public);
    }
}

#[test]
fn sec1_keys_are_read() {
    let scalar = p256::SecretKey::from_slice(&[7; 32]).unwrap();
    let pem = scalar.to_sec1_pem(LineEnding::LF).unwrap();
    assert!(pem.starts_with("-----BEGIN EC PRIVATE KEY-----"));
    let key = SecretKey::from_pem(&pem, None).unwrap();
    let expected = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let expected = SecretKey {
        key: crate::keys::Signing::P256(expected),
    };
    assert_eq!(key.public().unwrap(), expected.public().unwrap());
}

fn block(label: &str, der: &[u8]) -> String {
    pkcs8::der::pem::encode_string(label, LineEnding::LF, der).unwrap()
}

#[test]
fn what_is_no_private_key_says_what_it_is() {
    let error = |text: &str| {
        SecretKey::from_pem(text, Some(b"x"))
            .unwrap_err()
            .to_string()
    };
    assert!(error("nonsense").contains("found no PEM"));
    assert!(!is_encrypted("nonsense"));
    let public = p256(1).public().unwrap().to_pem().unwrap();
    assert!(error(&public).ends_with("found a PEM block `PUBLIC KEY`"));
    let broken = error(&block("PRIVATE KEY", b"\x30\x00"));
    assert!(
        broken.ends_with("found a PEM block `PRIVATE KEY` that holds no key"),
        "{broken}"
    );
    let broken = error(&block("ENCRYPTED PRIVATE KEY", b"\x30\x00"));
    assert!(
        broken.ends_with("`ENCRYPTED PRIVATE KEY` that holds no encrypted key"),
        "{broken}"
    );
    let broken = error(&block("EC PRIVATE KEY", b"\x30\x00"));
    assert!(
        broken.ends_with("found an `EC PRIVATE KEY` of another curve"),
        "{broken}"
    );
    // PKCS#8 of another algorithm: RSA's OID with a null parameter and an empty key.
    let rsa =
        b"\x30\x14\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04\x00";
    let broken = error(&block("PRIVATE KEY", rsa));
    assert!(
        broken.ends_with("found a private key of another kind"),
        "{broken}"
    );
}

/// An encrypted key file that asks for `kdf`; it need not open.
fn asking(kdf: Kdf) -> String {
    let parameters = Parameters {
        kdf,
        encryption: Cipher::Aes256Cbc { iv: [0; 16] },
    };
    let info = EncryptedPrivateKeyInfoOwned {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetString::new(vec![0_u8; 32]).unwrap(),
    };
    block("ENCRYPTED PRIVATE KEY", &info.to_der().unwrap())
}

fn scrypt(n: u64, r: u16, p: u16) -> Kdf {
    Kdf::Scrypt(ScryptParams {
        salt: [1_u8; 8].as_slice().try_into().unwrap(),
        cost_parameter: n,
        block_size: r,
        parallelization: p,
        key_length: None,
    })
}

#[test]
fn a_key_file_cannot_ask_for_all_memory_or_time() {
    let open = |kdf| SecretKey::from_pem(&asking(kdf), Some(b"x")).unwrap_err();
    let refused = |error: &KeyError| matches!(error, KeyError::Derivation { .. });
    for (n, r, p) in [
        (0, 8, 1),
        (1, 8, 1),
        (3, 8, 1),
        (1 << 21, 8, 1),
        (1 << 63, 8, 1),
        (4, 1, 65),
    ] {
        let error = open(scrypt(n, r, p));
        assert!(refused(&error), "{n} {r} {p}: {error}");
        assert!(
            error
                .to_string()
                .ends_with(&format!("found scrypt with N = {n}, r = {r}, p = {p}"))
        );
    }
    assert_eq!(open(scrypt(2, 1, 1)), KeyError::Passphrase);
    assert_eq!(open(scrypt(4, 1, 64)), KeyError::Passphrase);
    let pbkdf2 = |count| Kdf::Pbkdf2(Pbkdf2Params::hmac_sha256(count, &[1; 8]).unwrap());
    assert_eq!(open(pbkdf2(2)), KeyError::Passphrase);
    let error = open(pbkdf2(10_000_001));
    assert!(
        error
            .to_string()
            .ends_with("at most 10000000 iterations of PBKDF2, found 10000001 iterations")
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_is_an_error_and_no_panic(label in "[A-Z ]{1,20}|PRIVATE KEY|ENCRYPTED PRIVATE KEY|EC PRIVATE KEY", der in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(pem) = pkcs8::der::pem::encode_string(&label, LineEnding::LF, &der) {
            prop_assert!(SecretKey::from_pem(&pem, Some(b"x")).is_err());
            prop_assert!(PublicKey::from_pem(&pem).is_err());
        }
    }
}
