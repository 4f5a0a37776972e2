//! Any key file: PEM of public and private keys, encrypted ones and cosign's among them, and DER; the first
//! byte says which. A key that is read signs, verifies, and is written and read as the same.
#![no_main]

use caws_attest::keys::is_encrypted;
use caws_attest::{PublicKey, SecretKey};
use libfuzzer_sys::fuzz_target;

const MESSAGE: &[u8] = b"message";

fuzz_target!(|input: &[u8]| {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let text = std::str::from_utf8(bytes);
    match (kind % 4, text) {
        (0, _) => {
            if let Ok(key) = PublicKey::from_der(bytes) {
                public(&key);
            }
        }
        (1, Ok(text)) => {
            if let Ok(key) = PublicKey::from_pem(text) {
                public(&key);
            }
        }
        (2, Ok(text)) => {
            if let Ok(key) = SecretKey::from_pem(text, None) {
                assert!(!is_encrypted(text));
                secret(&key);
            }
        }
        (_, Ok(text)) => {
            if let Ok(key) = SecretKey::from_pem(text, Some(b"passphrase")) {
                secret(&key);
            }
        }
        (_, Err(_)) => {}
    }
});

fn public(key: &PublicKey) {
    assert_eq!(PublicKey::from_der(key.to_der()).as_ref(), Ok(key));
    let pem = key.to_pem().expect("a key is PEM");
    assert_eq!(PublicKey::from_pem(&pem).as_ref(), Ok(key));
    assert_eq!(key.fingerprint().len(), 64);
    for length in [0, 63, 64, 65, 70] {
        assert!(key.verify(MESSAGE, &vec![0; length]).is_err());
    }
}

fn secret(key: &SecretKey) {
    let its_public = key.public().expect("a public half");
    public(&its_public);
    let signature = key.sign(MESSAGE).expect("signed");
    assert!(its_public.verify_strict(MESSAGE, &signature).is_ok());
    assert!(its_public.verify_strict(b"other", &signature).is_err());
    let pem = key.to_pem().expect("a key is PEM");
    let again = SecretKey::from_pem(&pem, None).expect("what we wrote");
    assert_eq!(again.public().as_ref(), Ok(&its_public));
}
