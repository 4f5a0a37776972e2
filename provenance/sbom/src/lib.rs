//! CycloneDX 1.6 documents of what a lock file pins.
//!
//! In: bytes of `Cargo.lock`, `package-lock.json`, `requirements.txt`, `uv.lock` or `poetry.lock`, and
//! licences from `cargo metadata` where there are some.
//! Out: components with versions, digests and dependencies; one JSON document, the same for the same bytes.
//! Never: files, processes, sockets, clocks, or a guess: what is not pinned is an error with its place.

mod cargo;
mod cyclonedx;
mod license;
mod model;
mod npm;
mod purl;
mod requirements;
mod toml_locks;

pub use cargo::add_licenses;
pub use cyclonedx::{PREDICATE_TYPE, document};
pub use model::{Component, Distribution, Hash, Inventory, Need, SbomError};

/// Most bytes of a lock file: 64 MiB.
pub const SIZE_LIMIT: usize = 64 << 20;

/// Which tool wrote a lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// `Cargo.lock`, versions 1 to 4.
    Cargo,
    /// npm's `package-lock.json`, `lockfileVersion` 2 and 3.
    Npm,
    /// pip's `requirements.txt` with every version pinned.
    Requirements,
    /// `uv.lock`.
    Uv,
    /// `poetry.lock`.
    Poetry,
}

impl Lock {
    /// The kind of a lock file, by its name.
    #[must_use]
    pub fn named(file_name: &str) -> Option<Self> {
        match file_name {
            "Cargo.lock" => Some(Self::Cargo),
            "package-lock.json" | "npm-shrinkwrap.json" => Some(Self::Npm),
            "uv.lock" => Some(Self::Uv),
            "poetry.lock" => Some(Self::Poetry),
            name if name.starts_with("requirements") && name.ends_with(".txt") => {
                Some(Self::Requirements)
            }
            _ => None,
        }
    }

    /// What the lock file pins.
    ///
    /// # Errors
    /// [`SbomError`]: not of its format, or something in it is not pinned.
    pub fn read(self, bytes: &[u8]) -> Result<Inventory, SbomError> {
        if bytes.len() > SIZE_LIMIT {
            return Err(SbomError::Format {
                expected: "a lock file of at most 64 MiB",
                found: format!("{} bytes", bytes.len()),
            });
        }
        let text = std::str::from_utf8(bytes).map_err(|e| SbomError::Format {
            expected: "a lock file in UTF-8",
            found: e.to_string(),
        })?;
        let mut inventory = match self {
            Self::Cargo => cargo::read(text),
            Self::Npm => npm::read(text),
            Self::Requirements => requirements::read(text),
            Self::Uv => toml_locks::read_uv(text),
            Self::Poetry => toml_locks::read_poetry(text),
        }?;
        inventory.normalise()?;
        inventory.lock_sha256 = caws_evidence::sha256_hex(bytes);
        Ok(inventory)
    }
}

#[cfg(test)]
mod tests;
