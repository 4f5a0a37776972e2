//! DSSE envelopes, in-toto statements, Sigstore bundles and keys.
//!
//! In: bytes of attestations and keys that others wrote; a manifest and evidence records to sign.
//! Out: verified payloads and the key that signed them; bundles an auditor's tools can read.
//! Never: files, processes, sockets, clocks. Randomness comes in as an argument, and nothing here
//! says whether a payload is *true*: that is recomputed in `caws-verify`.

pub mod bundle;
pub mod dsse;
mod encoding;
pub mod json;
pub mod keyring;
pub mod keys;
pub mod predicate;
pub mod seal;
pub mod sigstore;
pub mod statement;

pub use bundle::{Bundle, BundleError, VerifiedStatement, sign_statement, verify_strict};
pub use dsse::{Envelope, VerifiedPayload, VerifyError, pae};
pub use keyring::{KeyStatus, Keyring, key_status};
pub use keys::{Algorithm, KeyError, PublicKey, SecretKey, SystemRng};
pub use predicate::{Predicate, PredicateError};
pub use seal::{SealError, seal};
pub use statement::{ResourceDescriptor, Statement};
