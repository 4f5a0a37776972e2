//! Arguments of `caws policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
