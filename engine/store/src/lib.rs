//! The catalogue of published models, and the folder they are kept in.
//!
//! In: a name of the catalogue, a folder, a mirror or local files. Out: verified files and where they are.
//! Never: a file under its final name that was not read back and compared with its digest; a digest that nobody published or
//! saw; a request to any machine but those the catalogue or the user names; an engine.

mod catalogue;
mod digest;
mod error;
mod fetch;
mod known;
mod local;
mod pull;
mod store;
#[cfg(test)]
mod testing;

pub use catalogue::{Catalogue, File, Kind};
pub use digest::Basis;
pub use error::StoreError;
pub use fetch::Patience;
pub use known::Known;
pub use pull::{Check, Pulled, Request};
pub use store::{FOLDER_VARIABLE, Listed, Located, State, Store, Verdict, Verified};

/// What is told while files come in. All of it is for people: nothing depends on it.
pub trait Progress {
    /// A file of `total` bytes comes in, if that is known; `already` of them are here.
    fn begin(&self, file: &str, already: u64, total: Option<u64>);
    /// So many bytes of it are here.
    fn at(&self, bytes: u64);
    /// Something worth saying.
    fn note(&self, text: &str);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: &str, _: u64, _: Option<u64>) {}
    fn at(&self, _: u64) {}
    fn note(&self, _: &str) {}
}
