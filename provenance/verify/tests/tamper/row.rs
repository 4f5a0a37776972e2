//! A row of the matrix, and what makes one.

use std::sync::LazyLock;

pub(crate) use caws_evidence::manifest::layout::{PLAN, PLAN_PROOF};
use caws_verify::Options;
use serde_json::Value;

use crate::common::{Files, Log, Record, edit, log_options, reveal, whole};

/// Code and place of what is found.
pub(crate) type Said = (&'static str, &'static str);

/// Who changes a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Somebody who has the files, and no key.
    Anyone,
    /// Who holds the signing key and keeps the ledger with its key: everything is digested, signed and
    /// logged anew.
    Signer,
}

/// What is handed to the auditor.
#[derive(Debug, Clone)]
pub(crate) enum Case {
    /// A record, as a directory or packed by caws.
    Record(Files),
    /// An audit package that is not in its form.
    Package(Vec<u8>),
}

/// One way to change a record.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) who: Who,
    pub(crate) case: Case,
    pub(crate) options: Options,
    /// All that is found, in order, each code at each place once.
    pub(crate) said: Vec<Said>,
    /// Why the second verifier does not look at it.
    pub(crate) left: Option<&'static str>,
}

/// Measurements and verdicts are computed from raw outputs by `caws verify` alone.
pub(crate) const RAW: &str = "recomputes nothing from raw outputs";
/// Key records and trust policies are read by `caws verify` alone.
pub(crate) const KEYS: &str = "knows keys, not their policies and records";

impl Row {
    pub(crate) fn new(name: &'static str, who: Who, case: Case) -> Self {
        Self {
            group: "",
            name,
            who,
            case,
            options: log_options(),
            said: Vec::new(),
            left: None,
        }
    }

    /// Says what has to be found.
    pub(crate) fn found(mut self, said: &[Said]) -> Self {
        self.said = said.to_vec();
        self
    }

    /// Says why the second verifier does not find it.
    pub(crate) fn left(mut self, why: &'static str) -> Self {
        self.left = Some(why);
        self
    }

    /// Says who does it.
    pub(crate) fn by(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    /// Says what the auditor trusts.
    pub(crate) fn under(mut self, options: Options) -> Self {
        self.options = options;
        self
    }
}

/// The record that is changed: three gates, signed and logged.
pub(crate) fn base() -> Files {
    static BASE: LazyLock<Files> = LazyLock::new(|| whole().logged(1));
    BASE.clone()
}

/// Files are changed, and nothing is signed again.
pub(crate) fn anyone(name: &'static str, change: impl FnOnce(&mut Files)) -> Row {
    let mut files = base();
    change(&mut files);
    Row::new(name, Who::Anyone, Case::Record(files))
}

/// A JSON document is changed and left canonical; nothing is signed again.
pub(crate) fn edited(
    name: &'static str,
    path: &'static str,
    change: impl FnOnce(&mut Value),
) -> Row {
    anyone(name, |files| edit(files, path, change))
}

/// Another audit package.
pub(crate) fn packed(name: &'static str, package: Vec<u8>) -> Row {
    Row::new(name, Who::Anyone, Case::Package(package))
}

/// The run is another one, and everything is made from it as if it were true.
pub(crate) fn signer(name: &'static str, change: impl FnOnce(&mut Record)) -> Row {
    let mut record = whole();
    change(&mut record);
    Row::new(name, Who::Signer, Case::Record(record.logged(1)))
}

/// Files are changed after the plan was logged, and before they are signed and logged themselves.
pub(crate) fn signed(name: &'static str, change: impl FnOnce(&mut Files)) -> Row {
    let (mut record, log) = (whole(), Log::ours());
    record.commit(&log, 1);
    let mut files = record.unsigned();
    change(&mut files);
    made(name, reveal(files, &log, 1))
}

/// Files as somebody with the key left them.
pub(crate) fn made(name: &'static str, files: Files) -> Row {
    Row::new(name, Who::Signer, Case::Record(files))
}
