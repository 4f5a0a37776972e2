use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

use super::{Algorithm, KeyError, PublicKey, SecretKey, SignatureError, SystemRng};

/// Bytes `n, n + 1, ...`: a key is known by its seed.
pub(crate) struct Counting(pub(crate) u8);

impl TryRng for Counting {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

/// Gives zeros, which are no scalar, `zeros` times; then ones; fails where `broken`.
struct Odd {
    zeros: usize,
    broken: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("no entropy today")]
struct NoEntropy;

impl TryRng for Odd {
    type Error = NoEntropy;
    fn try_next_u32(&mut self) -> Result<u32, NoEntropy> {
        Err(NoEntropy)
    }
    fn try_next_u64(&mut self) -> Result<u64, NoEntropy> {
        Err(NoEntropy)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        if self.broken {
            return Err(NoEntropy);
        }
        bytes.fill(u8::from(self.zeros == 0));
        self.zeros = self.zeros.saturating_sub(1);
        Ok(())
    }
}

impl TryCryptoRng for Odd {}

pub(crate) fn p256(seed: u8) -> SecretKey {
    SecretKey::generate(Algorithm::EcdsaP256, &mut Counting(seed)).unwrap()
}

pub(crate) fn ed25519(seed: u8) -> SecretKey {
    SecretKey::generate(Algorithm::Ed25519, &mut Counting(seed)).unwrap()
}

/// The order of P-256's group (FIPS 186-5).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The other valid signature: the same `r`, and `n - s`.
pub(crate) fn malleated(der: &[u8]) -> Vec<u8> {
    let signature = p256::ecdsa::Signature::from_der(der).unwrap();
    let (r, s) = signature.split_bytes();
    let mut high = [0_u8; 32];
    let mut borrow = 0_i16;
    for i in (0..32).rev() {
        let digit = i16::from(ORDER[i]) - i16::from(s[i]) - borrow;
        borrow = i16::from(digit < 0);
        high[i] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    p256::ecdsa::Signature::from_scalars(r, high)
        .unwrap()
        .to_der()
        .as_bytes()
        .to_vec()
}

#[test]
fn both_algorithms_sign_and_verify() {
    for key in [p256(1), ed25519(1)] {
        let public = key.public().unwrap();
        assert_eq!(public.algorithm(), key.algorithm());
        let signature = key.sign(b"message").unwrap();
        assert_eq!(
            key.sign(b"message").unwrap(),
            signature,
            "signing is deterministic"
        );
        assert_eq!(public.verify(b"message", &signature), Ok(()));
        assert_eq!(public.verify_strict(b"message", &signature), Ok(()));
        assert_eq!(public.verify(b"massage", &signature), Err(SignatureError));
        assert_eq!(
            public.verify_strict(b"massage", &signature),
            Err(SignatureError)
        );
        for broken in [&b""[..], &signature[1..], &[0; 64]] {
            assert_eq!(public.verify(b"message", broken), Err(SignatureError));
            assert_eq!(
                public.verify_strict(b"message", broken),
                Err(SignatureError)
            );
        }
        let other = p256(9).public().unwrap();
        assert_eq!(other.verify(b"message", &signature), Err(SignatureError));
    }
}

#[test]
fn p256_signatures_have_the_smaller_s_and_only_that_counts_strictly() {
    let key = p256(3);
    let public = key.public().unwrap();
    for message in 0..32_u8 {
        let signature = key.sign(&[message]).unwrap();
        let other = malleated(&signature);
        assert_ne!(signature, other);
        assert_eq!(
            public.verify(&[message], &other),
            Ok(()),
            "ECDSA accepts both"
        );
        assert_eq!(public.verify_strict(&[message], &signature), Ok(()));
        assert_eq!(
            public.verify_strict(&[message], &other),
            Err(SignatureError)
        );
    }
}

#[test]
fn public_keys_survive_pem_and_der() {
    for key in [p256(1), ed25519(1)] {
        let public = key.public().unwrap();
        let pem = public.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
        assert!(pem.ends_with("-----END PUBLIC KEY-----\n"));
        assert_eq!(PublicKey::from_pem(&pem).unwrap(), public);
        assert_eq!(
            PublicKey::from_pem(&format!("\n  {pem}\n\n")).unwrap(),
            public
        );
        assert_eq!(PublicKey::from_der(public.to_der()).unwrap(), public);
        assert_eq!(
            public.fingerprint(),
            caws_evidence::sha256_hex(public.to_der())
        );
        assert_eq!(public.fingerprint().len(), 64);
        let hint = crate::encoding::from_base64(&public.hint()).unwrap();
        let hex: String = hint.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, public.fingerprint());
    }
    assert_ne!(p256(1).public().unwrap(), p256(2).public().unwrap());
}

#[test]
fn what_is_no_public_key_says_what_it_is() {
    let error = |text: &str| PublicKey::from_pem(text).unwrap_err().to_string();
    assert!(
        error("hello").contains("found no PEM"),
        "{}",
        error("hello")
    );
    let private = p256(1).to_pem().unwrap();
    let found = error(&private);
    assert!(
        found.ends_with("found a PEM block `PRIVATE KEY`"),
        "{found}"
    );
    let p384 = include_str!("../../tests/vectors/p384.pub");
    let found = error(p384);
    assert!(
        found.ends_with("found 120 bytes of something else"),
        "{found}"
    );
    assert!(PublicKey::from_der(b"").is_err());
}

#[test]
fn debug_forms_show_no_secret() {
    let key = p256(1);
    assert_eq!(format!("{key:?}"), "SecretKey(ecdsa-p256-sha256, hidden)");
    assert_eq!(format!("{:?}", ed25519(1)), "SecretKey(ed25519, hidden)");
    let public = key.public().unwrap();
    assert_eq!(
        format!("{public:?}"),
        format!("PublicKey(ecdsa-p256-sha256 {})", public.fingerprint())
    );
}

#[test]
fn a_draw_that_is_no_scalar_is_drawn_again() {
    let key = |zeros, broken| SecretKey::generate(Algorithm::EcdsaP256, &mut Odd { zeros, broken });
    let plain = key(0, false).unwrap().public().unwrap();
    assert_eq!(key(15, false).unwrap().public().unwrap(), plain);
    assert_eq!(
        key(16, false).unwrap_err(),
        KeyError::Randomness("16 draws in a row were no scalar of P-256".to_owned())
    );
    let no_entropy = KeyError::Randomness("no entropy today".to_owned());
    assert_eq!(key(0, true).unwrap_err(), no_entropy);
    let mut odd = Odd {
        zeros: 0,
        broken: true,
    };
    assert_eq!(
        SecretKey::generate(Algorithm::Ed25519, &mut odd).unwrap_err(),
        no_entropy
    );
}

#[test]
fn the_systems_randomness_gives_different_keys() {
    let key = || SecretKey::generate(Algorithm::default(), &mut SystemRng).unwrap();
    assert_ne!(key().public().unwrap(), key().public().unwrap());
    assert_eq!(key().algorithm(), Algorithm::EcdsaP256);
}
