use pkcs8::der::pem::{self, LineEnding};
use serde_json::{Value, json};

use super::super::tests::{Counting, ed25519, p256};
use super::{LABEL, LABEL_OLD};
use crate::keys::{KeyError, PublicKey, SecretKey, is_encrypted};

const COSIGN: &str = include_str!("../../../tests/vectors/cosign.key");
const COSIGN_PUB: &str = include_str!("../../../tests/vectors/cosign.pub");
const OLD: &str = include_str!("../../../tests/vectors/cosign-old.key");
const OLD_PUB: &str = include_str!("../../../tests/vectors/cosign-old.pub");

/// The old file (its cost is the smaller one) after `change`.
fn changed(change: impl FnOnce(&mut Value)) -> KeyError {
    let (_, content) = pem::decode_vec(OLD.as_bytes()).unwrap();
    let mut value: Value = serde_json::from_slice(&content).unwrap();
    change(&mut value);
    let text = serde_json::to_vec(&value).unwrap();
    let file = pem::encode_string(LABEL, LineEnding::LF, &text).unwrap();
    SecretKey::from_pem(&file, Some(b"")).unwrap_err()
}

fn found(error: &KeyError) -> &str {
    match error {
        KeyError::Malformed { found, .. } | KeyError::Derivation { found, .. } => found,
        other => panic!("{other}"),
    }
}

#[test]
fn key_files_of_strangers_open_under_both_labels() {
    for (file, public, passphrase, label) in [
        (COSIGN, COSIGN_PUB, &b"correct-horse"[..], LABEL),
        (OLD, OLD_PUB, b"", LABEL_OLD),
    ] {
        assert!(file.contains(label));
        assert!(is_encrypted(file));
        let key = SecretKey::from_pem(file, Some(passphrase)).unwrap();
        let public = PublicKey::from_pem(public).unwrap();
        assert_eq!(key.public().unwrap(), public);
        let signature = key.sign(b"message").unwrap();
        assert_eq!(public.verify(b"message", &signature), Ok(()));
        assert_eq!(
            SecretKey::from_pem(file, None).unwrap_err(),
            KeyError::Encrypted
        );
    }
}

#[test]
fn what_is_written_is_read_and_has_cosigns_shape() {
    for key in [p256(1), ed25519(1)] {
        let file = key.to_cosign_pem(b"pw", &mut Counting(7)).unwrap();
        let again = SecretKey::from_pem(&file, Some(b"pw")).unwrap();
        assert_eq!(again.public().unwrap(), key.public().unwrap());
        assert_eq!(
            SecretKey::from_pem(&file, Some(b"px")).unwrap_err(),
            KeyError::Passphrase
        );
        let (label, content) = pem::decode_vec(file.as_bytes()).unwrap();
        assert_eq!(label, "ENCRYPTED SIGSTORE PRIVATE KEY");
        let text = String::from_utf8(content).unwrap();
        let salt: Vec<u8> = (7..39).collect();
        let start = format!(
            r#"{{"kdf":{{"name":"scrypt","params":{{"N":65536,"r":8,"p":1}},"salt":"{}"}},"cipher":{{"name":"nacl/secretbox","nonce":""#,
            crate::encoding::to_base64(&salt)
        );
        assert!(text.starts_with(&start), "{text}");
    }
}

#[test]
fn an_empty_passphrase_is_read_and_never_written() {
    let error = p256(1).to_cosign_pem(b"", &mut Counting(0)).unwrap_err();
    assert_eq!(error, KeyError::EmptyPassphrase);
}

#[test]
fn a_key_file_cannot_ask_for_all_memory() {
    // Few blocks to look things up in, and as many to mix as take 16 GiB.
    for (n, r, p) in [
        (2_u64, 1 << 21, 64_u32),
        (1 << 21, 8, 1),
        (1 << 30, 1 << 30, 1),
    ] {
        let error = changed(|v| {
            v["kdf"]["params"] = json!({ "N": n, "r": r, "p": p });
        });
        assert_eq!(
            found(&error),
            format!("scrypt with N = {n}, r = {r}, p = {p}")
        );
    }
}

#[test]
fn damage_is_told_from_another_format() {
    let passphrase = changed(|v| v["ciphertext"] = json!("AAAAAAAAAAAAAAAAAAAAAAAA"));
    assert_eq!(passphrase, KeyError::Passphrase);
    let short = changed(|v| v["ciphertext"] = json!("AAAA"));
    assert_eq!(found(&short), "3 bytes of ciphertext");
    let nonce = changed(|v| v["cipher"]["nonce"] = json!("AAAA"));
    assert_eq!(found(&nonce), "a nonce of 3 bytes");
    let cipher = changed(|v| v["cipher"]["name"] = json!("aes"));
    assert_eq!(found(&cipher), "`scrypt` and `aes`");
    let kdf = changed(|v| v["kdf"]["name"] = json!("argon2id"));
    assert_eq!(found(&kdf), "`argon2id` and `nacl/secretbox`");
    let salt = changed(|v| v["kdf"]["salt"] = json!("*"));
    assert!(found(&salt).starts_with("no base64 in `kdf.salt`"));
    let missing = changed(|v| v["kdf"] = json!({}));
    assert!(found(&missing).contains("missing field"), "{missing}");
}

#[test]
fn the_file_does_not_decide_how_much_work_is_done() {
    for (params, said) in [
        (
            json!({ "N": 1_u64 << 40, "r": 8, "p": 1 }),
            "N = 1099511627776",
        ),
        (json!({ "N": 1000, "r": 8, "p": 1 }), "N = 1000"),
        (json!({ "N": 0, "r": 8, "p": 1 }), "N = 0"),
        (json!({ "N": 16, "r": 8, "p": 65 }), "p = 65"),
    ] {
        let error = changed(|v| v["kdf"]["params"] = params);
        assert!(found(&error).contains(said), "{error}");
    }
    let zero = changed(|v| v["kdf"]["params"] = json!({ "N": 16, "r": 0, "p": 1 }));
    assert_eq!(zero, KeyError::Library("deriving a key with scrypt"));
}
