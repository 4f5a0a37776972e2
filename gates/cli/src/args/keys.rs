//! Arguments of `caws provenance keys`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::values::{beginning, key_name};

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Make a key: the private half encrypted, for you; the public half for the project.
    New(NewKey),
    /// List the keys the project trusts and those that follow them, and what each is worth now.
    List(KeyList),
    /// Show a key, and what the records say of it.
    Show(KeyShow),
    /// Make a key that follows the one you sign with; both sign the record of it.
    Rotate(RotateKey),
    /// Give a key up from a time on; the key you sign with signs the record of it.
    Revoke(RevokeKey),
}

#[derive(Debug, Args)]
pub(crate) struct NewKey {
    /// Signature algorithm.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) algorithm: Algorithm,
    /// Where the private key goes; never overwritten.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The public key goes to .caws/keys/NAME.pub; never overwritten.
    #[arg(long, value_name = "NAME", default_value = "signing", value_parser = key_name)]
    pub(crate) name: String,
    /// Do not encrypt the private key.
    #[arg(long)]
    pub(crate) no_passphrase: bool,
    /// First moment the key counts: writes a record of it.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) not_before: Option<Timestamp>,
    /// First moment the key counts no more: writes a record of it.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) not_after: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) records: KeyRecords,
}

/// Where the records of keys are.
#[derive(Debug, Args)]
pub(crate) struct KeyRecords {
    /// The file of key records (DSSE envelopes, one a line).
    #[arg(long = "records", value_name = "FILE", default_value = crate::keys::RECORDS)]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct KeyList {
    #[command(flatten)]
    pub(crate) records: KeyRecords,
}

#[derive(Debug, Args)]
pub(crate) struct KeyShow {
    /// NAME of .caws/keys/NAME.pub, a file, or the first digits of a fingerprint.
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) records: KeyRecords,
}

#[derive(Debug, Args)]
pub(crate) struct RotateKey {
    /// Signature algorithm of the new key.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) algorithm: Algorithm,
    /// The new public key goes to .caws/keys/NAME.pub; never overwritten.
    #[arg(long, value_name = "NAME", value_parser = key_name)]
    pub(crate) name: String,
    /// Where the new private key goes, never overwritten; NAME.pem beside your own key where not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Do not encrypt the new private key.
    #[arg(long)]
    pub(crate) no_passphrase: bool,
    /// First moment the new key counts; now where not given.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) not_before: Option<Timestamp>,
    /// First moment the new key counts no more.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) not_after: Option<Timestamp>,
    /// First moment the old key counts no more.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) previous_not_after: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) records: KeyRecords,
}

#[derive(Debug, Args)]
pub(crate) struct RevokeKey {
    /// NAME of .caws/keys/NAME.pub, a file, or the first digits of a fingerprint.
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    /// Why; a compromised key counts for nothing, whenever it signed.
    #[arg(long, value_enum)]
    pub(crate) reason: RevocationReason,
    /// First moment the key counts no more; now where not given.
    #[arg(long, value_name = "TIME", value_parser = beginning)]
    pub(crate) since: Option<Timestamp>,
    #[command(flatten)]
    pub(crate) records: KeyRecords,
}

/// Why a key is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RevocationReason {
    /// Another one took its place.
    Superseded,
    /// Its holder signs no more.
    Retired,
    /// Somebody else may have it.
    Compromised,
}

/// Signature algorithms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    /// ECDSA over NIST P-256: the widest compatibility.
    #[default]
    P256,
    /// Ed25519.
    Ed25519,
}
