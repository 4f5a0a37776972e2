//! Arguments of `caws ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::time;

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Show the state of the log: its size, its root, where it is shared, what waits.
    Show(Log),
    /// Append signed bundles: those of the last run, or the files named.
    Append(LedgerAppend),
    /// Compute everything in the log again: every hash, every root, every signature.
    Check(LedgerCheck),
    /// Prove that an entry stands in the log.
    Prove(LedgerProve),
    /// Copy the log as static files in the C2SP tile layout.
    Export(LedgerExport),
    /// Bring the log and a shared one to one state.
    Sync(LedgerSync),
    /// List the entries that match.
    Query(LedgerQuery),
}

/// Which log, and whom to believe about it.
#[derive(Debug, Args)]
pub(crate) struct Log {
    /// The directory of the log.
    #[arg(long, value_name = "DIR", default_value = "artifacts/ledger")]
    pub(crate) ledger: PathBuf,
    /// A public key to trust (PEM); .caws/keys/*.pub where none is given.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Records of keys: validity, rotation, revocation (DSSE envelopes, one a line);
    /// .caws/keys/records.jsonl, where it is there and no key is named.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_records: Option<PathBuf>,
    /// Name of the log; the one its checkpoint has where not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerAppend {
    /// Signed bundles; those of the run in --artifacts where none is named.
    #[arg(value_name = "BUNDLE")]
    pub(crate) bundles: Vec<PathBuf>,
    /// Where the record of a run lies.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// The commit of bundles that do not name one.
    #[arg(long, value_name = "COMMIT", requires = "bundles")]
    pub(crate) commit: Option<String>,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerCheck {
    /// A checkpoint or proof of the log, kept elsewhere, that it must continue.
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerProve {
    /// Index of the entry, or the bundle it is of.
    #[arg(value_name = "INDEX|BUNDLE")]
    pub(crate) entry: String,
    /// Where the proof goes; standard output where not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerExport {
    /// A directory that is empty or not there yet.
    #[arg(value_name = "DIR")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerSync {
    /// A git remote, by name or URL; the one the log follows, else `origin`, where none is given.
    #[arg(long, value_name = "REMOTE", conflicts_with_all = ["shared", "s3"])]
    pub(crate) git: Option<String>,
    /// A bucket of S3, or of a store compatible with it: s3://BUCKET/PREFIX. Keys, region and endpoint come from the AWS_* variables.
    #[arg(long, value_name = "URL", conflicts_with = "shared")]
    pub(crate) s3: Option<String>,
    /// A shared directory.
    #[arg(long = "directory", value_name = "DIR")]
    pub(crate) shared: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) log: Log,
}

#[derive(Debug, Args)]
pub(crate) struct LedgerQuery {
    /// Commit, or its first digits.
    #[arg(long, value_name = "COMMIT")]
    pub(crate) commit: Option<String>,
    /// Gate.
    #[arg(long, value_name = "GATE")]
    pub(crate) gate: Option<String>,
    /// Verdict.
    #[arg(long, value_name = "VERDICT")]
    pub(crate) verdict: Option<String>,
    /// Fingerprint of the key that signed, or its first digits.
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) signer: Option<String>,
    /// Earliest time, such as 2026-11-21 or 2026-11-21T08:00:00Z (UTC).
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) since: Option<String>,
    /// Latest time; a day counts to its end.
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) until: Option<String>,
    #[command(flatten)]
    pub(crate) log: Log,
}
