//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use caws_spec::spec::Profile;
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

/// Quality gates with a record an auditor can recompute.
#[derive(Debug, Parser)]
#[command(name = "caws", version, max_term_width = 100, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 pass; 1 a gate failed; 2 usage, or an invalid spec, policy or configuration; \
3 could not measure; 4 verification failed; 5 waiver expired or refused; 70 internal error.";

/// Arguments every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Run as if started in this directory.
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// How results are printed.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) format: Format,
    /// Print the verdict alone, and no progress.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Print every finding and measurement.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    /// When to use colour.
    #[arg(long, value_enum, default_value_t, global = true)]
    pub(crate) color: Color,
    /// Use no network: install nothing.
    #[arg(long, global = true)]
    pub(crate) offline: bool,
}

/// Formats of results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs; carries a `schema_version`.
    Json,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// JUnit XML.
    Junit,
    /// For a pull request's comment.
    Markdown,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal that shows it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Scaffold this repository: working spec, policy, configuration, CI, hooks.
    Init(Init),
    /// Check the working spec, the tier policy, .caws.yml and the waivers; specs of every generation.
    Validate(Validate),
    /// Show a spec of any generation in the current dialect.
    Migrate(Migrate),
    /// Read all component specs of a tree together, with their numbers and a plan of work.
    Portfolio(Portfolio),
    /// Show what would run, what each gate needs to pass, and what is cached.
    Plan(PlanCommand),
    /// Run the gates, write evidence, score, record and report.
    Gates(Gates),
    /// Show the trust score of the last run term by term, and how to raise it.
    Trust(Record),
    /// Check a record: signature, consistency, and every number computed again.
    Verify(Verify),
    /// Keys, signatures and the manifest of the last run.
    #[command(subcommand)]
    Provenance(Provenance),
    /// The transparency log of what was attested.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Records of commands: run one and leave a record, show them, check that some succeeded.
    #[command(subcommand)]
    Evidence(Evidence),
    /// Rego policies: hold the project against them, test them, bundle them for OPA.
    #[command(subcommand)]
    Policy(Policy),
    /// Waivers: leave for a gate to fail, approved by somebody else, for a while.
    #[command(subcommand)]
    Waiver(Waiver),
    /// Install the pinned tools that are missing.
    Setup,
    /// Say which tools are missing, why it matters, and the exact mend.
    Doctor,
    /// Explain a diagnostic code, a gate, or `config`.
    Explain(Explain),
    /// Write the report of the last run, or of an audit package, again.
    Report(Report),
    /// Score the review rubric: what evidence decides, and what only a person can say.
    Review(ReviewCommand),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Kind of software: web-ui, backend-api, library or cli; a question of the spec where not given.
    #[arg(long, value_name = "PROFILE", value_parser = profile)]
    pub(crate) profile: Option<Profile>,
    /// Risk tier: 1, 2 or 3; a question of the spec where not given.
    #[arg(long, value_name = "TIER", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(crate) tier: Option<u8>,
    /// Say what would be written, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// Documents to check; the project's own where none is given.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Mend files that are no YAML: show the difference, then write. What parses is left alone.
    #[arg(long, requires = "paths")]
    pub(crate) fix: bool,
    /// Hold the documents against this JSON Schema, and nothing else.
    #[arg(long, value_name = "FILE", requires = "paths", conflicts_with = "fix")]
    pub(crate) schema: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The spec.
    #[arg(value_name = "SPEC")]
    pub(crate) spec: PathBuf,
    /// Write it, once the difference is shown.
    #[arg(long)]
    pub(crate) write: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Portfolio {
    /// The tree: every `.caws/working-spec.yaml` in it is a component's, but for that of a project.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    /// For how many people the work is planned.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) people: u16,
    /// The record of a run, or its audit package: what was measured of each component.
    #[arg(long, value_name = "ARTIFACT", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// Write index.html, portfolio.md and portfolio.json there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

/// What decides which gates run, and on what.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// Gates to look at; all that apply where none is named.
    #[arg(value_name = "GATE")]
    pub(crate) gates: Vec<String>,
    /// Compare with this git revision.
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
    /// Measure everything instead of a sample.
    #[arg(long)]
    pub(crate) no_sample: bool,
    /// Time a sampled gate may take, such as 12m.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) time_budget: Option<Duration>,
    /// Where the record of a run lies.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct PlanCommand {
    #[command(flatten)]
    pub(crate) plan: Plan,
    /// Say what applies to this path: spec, tier, gates, and where each number comes from.
    #[arg(long, value_name = "PATH", conflicts_with = "gates")]
    pub(crate) explain: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Gates {
    #[command(flatten)]
    pub(crate) plan: Plan,
    /// Measure again, whatever is cached.
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Gates that may run at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct Record {
    /// The artifacts directory of a run.
    #[arg(value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewCommand {
    #[command(flatten)]
    pub(crate) record: Record,
    /// Answers of people to the rows no gate can see (YAML or JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) answers: Option<PathBuf>,
    /// Write the review to this file as well (JSON).
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The artifacts directory of a run, its audit package, or a Sigstore bundle of anybody.
    #[arg(value_name = "ARTIFACT", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    #[command(flatten)]
    pub(crate) trusted: Trusted,
    /// Accept a record that nobody signed; everything else is checked all the same.
    #[arg(long, conflicts_with = "trust")]
    pub(crate) allow_unsigned: bool,
    /// A copy of the ledger (of a clone, or an export): every bundle of the record must stand in it, the plan before the rest.
    #[arg(long, value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// Run the gates again on a checkout of the record's commit, taken from the git repository here, and compare. This runs the
    /// project's own commands.
    #[arg(long)]
    pub(crate) recompute: bool,
    #[command(flatten)]
    pub(crate) again: Again,
    #[command(flatten)]
    pub(crate) bundle: OfBundle,
}

/// What is asked of a Sigstore bundle.
#[derive(Debug, Args)]
#[command(next_help_heading = "Of a Sigstore bundle")]
pub(crate) struct OfBundle {
    /// The file it is about: its digest must be among the subjects, or its bytes what was signed.
    #[arg(long = "subject", value_name = "FILE")]
    pub(crate) subjects: Vec<PathBuf>,
    /// Certificates of authorities to believe (PEM), for a bundle signed with a certificate.
    #[arg(long, value_name = "FILE", requires_all = ["identity", "issuer", "at"], conflicts_with_all = ["keys", "trust"])]
    pub(crate) authority: Option<PathBuf>,
    /// Whom the certificate must be for, in full: a workflow's URI, an address.
    #[arg(long, value_name = "NAME", requires = "authority")]
    pub(crate) identity: Option<String>,
    /// Who must have vouched for the identity: the OpenID Connect issuer.
    #[arg(long, value_name = "URL", requires = "authority")]
    pub(crate) issuer: Option<String>,
    /// When it was signed, as somebody else than the signer says, such as 2026-11-21T08:00:00Z: the certificate must have been valid then.
    #[arg(long, value_name = "TIME", requires = "authority", value_parser = moment)]
    pub(crate) at: Option<jiff::Timestamp>,
}

/// Whose signatures count, and for what.
#[derive(Debug, Args)]
pub(crate) struct Trusted {
    /// A public key to trust (PEM); .caws/keys/*.pub where none is given.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// A trust policy: which keys may sign what, until when. No other key counts.
    #[arg(long, value_name = "FILE", conflicts_with = "keys")]
    pub(crate) trust: Option<PathBuf>,
    /// Records of keys: validity, rotation, revocation (DSSE envelopes, one a line);
    /// .caws/keys/records.jsonl, where it is there and no key and no policy is named.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_records: Option<PathBuf>,
}

/// How gates are run again.
#[derive(Debug, Args)]
pub(crate) struct Again {
    /// Run this gate again; all of the record where none is named.
    #[arg(long = "gate", value_name = "GATE", requires = "recompute")]
    pub(crate) gates: Vec<String>,
    /// Revision the run was compared with.
    #[arg(long, value_name = "REV", requires = "recompute")]
    pub(crate) base: Option<String>,
    /// Time a sampled gate may take, such as 12m; the configuration's where not given.
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "recompute")]
    pub(crate) time_budget: Option<Duration>,
    /// Keep the record of the second run in this directory.
    #[arg(long, value_name = "DIR", requires = "recompute")]
    pub(crate) into: Option<PathBuf>,
}

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

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A diagnostic code, a gate, or `config`; a list of all where none is given.
    #[arg(value_name = "CODE|GATE|config")]
    pub(crate) topic: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The artifacts directory of a run, or its audit package.
    #[arg(value_name = "ARTIFACT", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
    /// Where the HTML page goes; where not given, report/index.html of a directory, NAME.html beside
    /// a package NAME.caws.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

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

#[derive(Debug, Subcommand)]
pub(crate) enum Evidence {
    /// Run a command, show what it prints, and leave a signed record; exits as the command does.
    Run(EvidenceRun),
    /// Show the record of a command, or list all of them.
    Show(EvidenceShow),
    /// Check that the commands a file lists succeeded.
    Check(EvidenceCheck),
}

#[derive(Debug, Args)]
#[command(after_help = RUN_EXIT)]
pub(crate) struct EvidenceRun {
    /// The command, after `--`.
    #[arg(value_name = "CMD", last = true, required = true)]
    pub(crate) command: Vec<String>,
    /// What the record is called; after the program where not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// How long it may run, such as 90s or 12m.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// Record this environment variable, too.
    #[arg(long = "env", value_name = "NAME")]
    pub(crate) variables: Vec<String>,
    /// The artifacts directory, from the project's root.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
}

const RUN_EXIT: &str = "Exit code: the command's own; 124 past its --timeout, 130 interrupted, 128 + N ended by signal N. \
Where caws itself fails it writes a line that starts with `error:` and exits 2 or 70.";

#[derive(Debug, Args)]
pub(crate) struct EvidenceShow {
    /// Name of the record; a list of all where none is given.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The artifacts directory, from the project's root.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceCheck {
    /// The list (YAML or JSON): schema required-commands.schema.json.
    #[arg(value_name = "FILE")]
    pub(crate) list: PathBuf,
    /// A public key to trust (PEM); .caws/keys/*.pub of the project where none is given.
    #[arg(long = "key", value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// Records of keys: validity, rotation, revocation (DSSE envelopes, one a line);
    /// .caws/keys/records.jsonl of the project, where it is there and no key is named.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_records: Option<PathBuf>,
    /// Accept records that nobody signed; everything else is checked all the same.
    #[arg(long)]
    pub(crate) allow_unsigned: bool,
    /// The artifacts directory, from the project's root.
    #[arg(long, value_name = "DIR", default_value = "artifacts")]
    pub(crate) artifacts: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Evaluate policies: what they deny, warn of and except.
    #[command(visible_alias = "eval")]
    Check(PolicyCheck),
    /// Run the tests of policies, with the lines they reach.
    Test(PolicyTest),
    /// Write policies as an OPA bundle, signed.
    Bundle(PolicyBundle),
    /// Print the document that policies are asked about, for any Rego engine.
    Input(PolicyInput),
}

/// Which policies.
#[derive(Debug, Args)]
pub(crate) struct Policies {
    /// Policy files, or folders of them; those of `gates.policy` where none is given.
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A JSON document policies see as `data`; that of `gates.policy` where no path is given.
    #[arg(long, value_name = "FILE")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheck {
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// Ask about this document (YAML or JSON) in place of the project.
    #[arg(long, value_name = "FILE", conflicts_with = "base")]
    pub(crate) input: Option<PathBuf>,
    /// Compare with this git revision, where the tier asks for review.
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyTest {
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// Fail where the tests reach fewer of the policies' lines, in percent.
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) min_coverage: Option<u8>,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyBundle {
    #[command(flatten)]
    pub(crate) policies: Policies,
    /// Where the bundle goes.
    #[arg(long, short, value_name = "FILE", default_value = "bundle.tar.gz")]
    pub(crate) out: PathBuf,
    /// Its revision; the commit where not given.
    #[arg(long, value_name = "TEXT")]
    pub(crate) revision: Option<String>,
    /// Leave it unsigned.
    #[arg(long)]
    pub(crate) unsigned: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyInput {
    /// Compare with this git revision, where the tier asks for review.
    #[arg(long, value_name = "REV")]
    pub(crate) base: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Waiver {
    /// Ask for a waiver: writes it into .caws/waivers.yaml; it holds once its approver has signed it.
    Add(Box<WaiverAdd>),
    /// Approve a waiver: signs it with your key.
    Sign(WaiverSign),
    /// List the waivers, and what each is worth now.
    List,
    /// Say what keeps waivers from holding; of a file of any published shape, what it is in ours.
    Check(WaiverCheck),
    /// End a waiver before its time; it stays in the file.
    Revoke(WaiverRevoke),
}

#[derive(Debug, Args)]
pub(crate) struct WaiverAdd {
    /// The gate.
    #[arg(long, value_name = "GATE")]
    pub(crate) gate: String,
    /// Why it may fail.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Who asks for it.
    #[arg(long, value_name = "NAME")]
    pub(crate) owner: String,
    /// The public key of who asks (PEM), which then cannot sign it.
    #[arg(long, value_name = "FILE")]
    pub(crate) owner_key: Option<PathBuf>,
    /// Who is to approve it: a name of `waivers.approvers`.
    #[arg(long, value_name = "NAME")]
    pub(crate) approver: String,
    /// What keeps the damage small meanwhile.
    #[arg(long, value_name = "TEXT")]
    pub(crate) control: String,
    /// Days it lasts.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u8).range(1..=14))]
    pub(crate) days: u8,
    /// First moment it holds no more, in place of --days.
    #[arg(long, value_name = "TIME", value_parser = beginning, conflicts_with = "days")]
    pub(crate) expires: Option<Timestamp>,
    /// Folder of the component it is limited to.
    #[arg(long, value_name = "DIR")]
    pub(crate) component: Option<String>,
    /// A file or folder it is limited to.
    #[arg(long = "path", value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// First commit it holds for.
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(crate) from: String,
    /// Last commit it holds for; every later one where not given.
    #[arg(long, value_name = "REV")]
    pub(crate) to: Option<String>,
    /// Where the work that ends it is tracked.
    #[arg(long, value_name = "TEXT")]
    pub(crate) ticket: Option<String>,
    /// Its name; the next WV-NNNN where not given.
    #[arg(long, value_name = "ID")]
    pub(crate) id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct WaiverSign {
    /// The waiver.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Debug, Args)]
pub(crate) struct WaiverCheck {
    /// Files to look at in place of the project's own.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct WaiverRevoke {
    /// The waiver.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Why it is over.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// A moment, RFC 3339.
fn moment(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| {
        "expected a moment with its offset from UTC, such as 2026-11-21T08:00:00Z".to_owned()
    })
}

/// A profile by its name.
fn profile(name: &str) -> Result<Profile, String> {
    Profile::parse(name)
        .ok_or_else(|| format!("expected {}", Profile::ALL.map(Profile::as_str).join(", ")))
}

/// A day, or a moment in UTC: what stands in RFC 3339 order beside the times of entries.
fn time(text: &str) -> Result<String, String> {
    const SHAPE: &str = "0000-00-00T00:00:00";
    let moment = text.strip_suffix('Z').unwrap_or(text);
    let whole = text.ends_with('Z') && moment.len() >= SHAPE.len();
    let fits = |(found, shape): (char, char)| match shape {
        '0' => found.is_ascii_digit(),
        other => found == other,
    };
    let fraction = moment.get(SHAPE.len()..).unwrap_or_default();
    let fraction_fits = fraction.is_empty()
        || fraction
            .strip_prefix('.')
            .is_some_and(|d| !d.is_empty() && d.chars().all(|c| c.is_ascii_digit()));
    if (whole || text.len() == 10) && moment.chars().zip(SHAPE.chars()).all(fits) && fraction_fits {
        Ok(text.to_owned())
    } else {
        Err(
            "expected a day or a moment in UTC, such as 2026-11-21 or 2026-11-21T08:00:00Z"
                .to_owned(),
        )
    }
}

/// A moment in UTC; a day stands for its beginning.
fn beginning(text: &str) -> Result<Timestamp, String> {
    time(text)?;
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    whole
        .parse()
        .map_err(|_| format!("there is no such time as {text}"))
}

/// A whole number and `ms`, `s`, `m` or `h`.
fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected a whole number and ms, s, m or h, such as 90s or 12m".to_owned();
    let split = text
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(expected)?;
    let (number, unit) = text.split_at_checked(split).ok_or_else(expected)?;
    let number: u64 = number.parse().map_err(|_| expected())?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => None,
    };
    milliseconds.map(Duration::from_millis).ok_or_else(expected)
}

/// A file name without surprises.
fn key_name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if (1..=64).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("expected 1 to 64 letters, digits, - or _".to_owned())
    }
}

#[cfg(test)]
mod tests;
