//! Arguments of `caws waiver`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::values::beginning;

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
