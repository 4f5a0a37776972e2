//! The command line.

mod evidence;
mod keys;
mod ledger;
mod policy;
mod provenance;
#[cfg(test)]
mod tests;
mod values;
mod waiver;

use std::path::PathBuf;
use std::time::Duration;

use caws_runner::duration;
use caws_spec::spec::Profile;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use evidence::{Evidence, EvidenceCheck, EvidenceRun, EvidenceShow};
pub(crate) use keys::{
    Algorithm, KeyList, KeyShow, Keys, NewKey, RevocationReason, RevokeKey, RotateKey,
};
pub(crate) use ledger::{
    Ledger, LedgerAppend, LedgerCheck, LedgerExport, LedgerProve, LedgerQuery, LedgerSync, Log,
};
pub(crate) use policy::{Policies, Policy, PolicyBundle, PolicyCheck, PolicyInput, PolicyTest};
pub(crate) use provenance::{Conclusion, LockKind, Provenance, Sbom, Sign, Signing, Slsa, Vsa};
use values::{beginning, profile};
pub(crate) use waiver::{Waiver, WaiverAdd, WaiverCheck, WaiverRevoke, WaiverSign};

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
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
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
    #[arg(long, value_name = "FILE", requires_all = ["identity", "issuer"], conflicts_with_all = ["keys", "trust"])]
    pub(crate) authority: Option<PathBuf>,
    /// Whom the certificate must be for, in full: a workflow's URI, an address.
    #[arg(long, value_name = "NAME", requires = "authority")]
    pub(crate) identity: Option<String>,
    /// Who must have vouched for the identity: the OpenID Connect issuer.
    #[arg(long, value_name = "URL", requires = "authority")]
    pub(crate) issuer: Option<String>,
    /// When it was signed, as somebody else than the signer says, such as 2026-11-21T08:00:00Z: the certificate must have been valid then.
    #[arg(long, value_name = "TIME", requires = "authority", value_parser = beginning)]
    pub(crate) at: Option<jiff::Timestamp>,
    /// The public key of the transparency log (PEM), in place of --at: the log's signature over its entry says when it was signed.
    #[arg(
        long,
        value_name = "FILE",
        requires = "authority",
        conflicts_with = "at"
    )]
    pub(crate) log_key: Option<PathBuf>,
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
    #[arg(long, value_name = "TIME", value_parser = duration::parse, requires = "recompute")]
    pub(crate) time_budget: Option<Duration>,
    /// Keep the record of the second run in this directory.
    #[arg(long, value_name = "DIR", requires = "recompute")]
    pub(crate) into: Option<PathBuf>,
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
