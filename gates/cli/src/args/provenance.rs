//! Arguments of `caws provenance`, and of what signs and concludes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{Keys, Record, Trusted};

#[derive(Debug, Subcommand)]
pub(crate) enum Provenance {
    /// Make, list, rotate and revoke keys.
    #[command(subcommand)]
    Keys(Keys),
    /// Show the manifest of the last run.
    Show(Record),
    /// Sign a run after the fact, or add a signature to those it has.
    Sign(Sign),
    /// Write a CycloneDX 1.6 document of what a lock file pins.
    Sbom(Sbom),
    /// Sign SLSA provenance v1 of files that a recorded command built.
    Slsa(Slsa),
    /// Verify a record, and sign a summary (VSA v1) of what came of it.
    Vsa(Vsa),
    /// Verify a record, and sign the properties that hold (in-toto SVR v0.2).
    Svr(Conclusion),
}

#[derive(Debug, Args)]
pub(crate) struct Sbom {
    /// A lock file of Cargo, npm, uv, poetry or pip; the one in this directory where none is given.
    #[arg(value_name = "LOCK")]
    pub(crate) lock: Option<PathBuf>,
    /// What wrote the lock file, where its name does not say.
    #[arg(long, value_enum)]
    pub(crate) kind: Option<LockKind>,
    /// What the project is called, where the lock file does not say; the name of its directory where not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Licences: the output of `cargo metadata --format-version 1`.
    #[arg(long, value_name = "FILE")]
    pub(crate) cargo_metadata: Option<PathBuf>,
    /// Write a signed attestation of the document: a Sigstore bundle with it as predicate.
    #[arg(long)]
    pub(crate) attest: bool,
    /// A file the attestation is about; the lock file where none is given.
    #[arg(long = "subject", value_name = "FILE", requires = "attest")]
    pub(crate) subjects: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) signing: Signing,
    /// Where it goes; standard output where not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What wrote a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LockKind {
    /// Cargo.lock.
    Cargo,
    /// package-lock.json of npm.
    Npm,
    /// requirements.txt of pip, every version pinned.
    Requirements,
    /// uv.lock.
    Uv,
    /// poetry.lock.
    Poetry,
}

/// Who signs an attestation.
#[derive(Debug, Args)]
#[cfg_attr(
    not(feature = "keyless"),
    allow(
        dead_code,
        reason = "without the feature it is said that it is missing"
    )
)]
pub(crate) struct Signing {
    /// Sign without a key, through Sigstore: a certificate for the identity token in SIGSTORE_ID_TOKEN or of GitHub Actions, and
    /// an entry in a public log, which keeps the identity and the digests for ever.
    #[arg(long)]
    pub(crate) keyless: bool,
    /// The certificate authority (Fulcio); that of the public instance where not given.
    #[arg(long, value_name = "URL", requires = "keyless")]
    pub(crate) fulcio_url: Option<String>,
    /// The transparency log (Rekor); that of the public instance where not given.
    #[arg(long, value_name = "URL", requires = "keyless")]
    pub(crate) rekor_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Slsa {
    /// What was built.
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Name of the record of the command that built it (`caws evidence run --name NAME`).
    #[arg(long, value_name = "NAME")]
    pub(crate) build: String,
    /// URI of the platform that built it, if it was one that signs for itself.
    #[arg(long, value_name = "URI", default_value = caws_attest::predicate::slsa::LOCAL_BUILDER_V1)]
    pub(crate) builder: String,
    /// URI where the commit can be had, such as git+https://example.org/project.
    #[arg(long, value_name = "URI")]
    pub(crate) source: Option<String>,
    /// A file that went in, such as a lock file.
    #[arg(long = "dependency", value_name = "FILE")]
    pub(crate) dependencies: Vec<PathBuf>,
    /// A public key to trust about the command's record (PEM); yours, and .caws/keys/*.pub, where none is given.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// The artifacts directory, from the project's root.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    #[command(flatten)]
    pub(crate) signing: Signing,
    /// Where the signed bundle goes; standard output where not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Vsa {
    #[command(flatten)]
    pub(crate) conclusion: Conclusion,
    /// URI that the reader knows the subject by, such as git+https://example.org/project.
    #[arg(long, value_name = "URI")]
    pub(crate) resource_uri: String,
}

#[derive(Debug, Args)]
pub(crate) struct Conclusion {
    /// The artifacts directory of a run, or its audit package.
    #[arg(value_name = "ARTIFACT", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    #[command(flatten)]
    pub(crate) trusted: Trusted,
    /// URI of the trust policy, where it is published.
    #[arg(long, value_name = "URI", requires = "trust")]
    pub(crate) policy_uri: Option<String>,
    #[command(flatten)]
    pub(crate) signing: Signing,
    /// Where the signed bundle goes; standard output where not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The artifacts directory of a run; with --add also its audit package.
    #[arg(value_name = "ARTIFACT", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// Sign the manifest as one more signer: every signature that is there stays.
    #[arg(long)]
    pub(crate) add: bool,
}
