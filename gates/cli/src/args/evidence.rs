//! Arguments of `caws evidence`.

use std::path::PathBuf;
use std::time::Duration;

use caws_runner::duration;
use clap::{Args, Subcommand};

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
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
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
