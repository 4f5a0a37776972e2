//! Where a model or its voices are: in a file, or in the program.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;

/// A file, or bytes that have the name of one.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    /// A file.
    File(&'a Path),
    /// In the program: a name for messages, and the bytes.
    Embedded(&'static str, &'static [u8]),
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for Source<'a> {
    fn from(path: &'a P) -> Self {
        Self::File(path.as_ref())
    }
}

/// What is read from either.
pub(crate) trait Bytes: Read + Seek {}
impl<T: Read + Seek> Bytes for T {}

impl<'a> Source<'a> {
    /// Its place, for messages.
    pub(crate) fn place(&self) -> &'a Path {
        match self {
            Self::File(path) => path,
            Self::Embedded(name, _) => Path::new(*name),
        }
    }

    /// Its bytes, from the first.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Bytes>> {
        Ok(match self {
            Self::File(path) => Box::new(File::open(path)?),
            Self::Embedded(_, bytes) => Box::new(Cursor::new(*bytes)),
        })
    }

    /// How many bytes it has.
    ///
    /// # Errors
    /// The file is not there.
    pub(crate) fn length(&self) -> io::Result<u64> {
        match self {
            Self::File(path) => Ok(std::fs::metadata(path)?.len()),
            Self::Embedded(_, bytes) => u64::try_from(bytes.len()).map_err(io::Error::other),
        }
    }
}
