//! A log in a directory: appended to by one writer at a time, read by anyone at any time.
//!
//! ```text
//! checkpoint            the state the tiles below are at, signed
//! tile/<L>/<N>[.p/<W>]  hashes, and tile/entries/... the entries (C2SP tlog-tiles)
//! checkpoints/...       the checkpoints before, in bundles of 256
//! journal               what was sealed since, one record each (crate::journal)
//! pending/              leaves waiting for a sync, in no tree yet
//! lock                  held by the writer
//! ```
//! A file that is there is never changed: the journal grows until its leaves are in tiles, the
//! checkpoint is replaced as a whole, everything else is written once. Whatever a crash leaves
//! beyond the last sealed state is found, reported and removed by the next writer.

mod check;
mod checkpoints;
mod error;
pub(crate) mod history;
pub(crate) mod load;
pub(crate) mod pending;
mod reader;
mod writer;

pub use check::{CheckReport, Finding, check};
pub use checkpoints::{Sealed, each_checkpoint};
pub use error::StoreError;
pub use load::Repair;
pub use pending::{Pending, enqueue};
pub use reader::Reader;
pub use writer::Writer;

/// Name of the file with the signed state of the tiles.
pub const CHECKPOINT: &str = "checkpoint";
/// Name of the journal.
pub const JOURNAL: &str = "journal";
/// Name of the lock of the writer.
pub const LOCK: &str = "lock";
/// Name of the file that says which remote a log follows; such a log grows by syncs alone.
pub(crate) const SHARED: &str = "shared";
/// Where files are written before they get their names.
pub const TEMPORARY: &str = "tmp";

#[cfg(test)]
mod tests;
