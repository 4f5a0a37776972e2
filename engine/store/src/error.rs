//! Everything that can go wrong with models and the store: what was expected, what was found, where, what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no file, or why it is not trusted.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Not in the catalogue.
    #[error(
        "the catalogue has no `{name}`; perhaps `{nearest}`; `kokoro model list` shows all, and a file is named by its path"
    )]
    UnknownName {
        /// The name asked for.
        name: String,
        /// The nearest there is.
        nearest: String,
    },
    /// In the catalogue, not in the store.
    #[error("`{name}` is not installed: expected {}; get it with `kokoro model pull {name}`", path.display())]
    NotInstalled {
        /// The name asked for.
        name: String,
        /// The file that is absent.
        path: PathBuf,
    },
    /// There under its name, but not as it was taken in.
    #[error("{} is not as it was taken in: {found}; get it again with `kokoro model pull {name}`", path.display())]
    Damaged {
        /// Its name in the catalogue.
        name: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        found: String,
    },
    /// The user has no data folder.
    #[error("this system names no folder for data; set KOKORO_MODELS to the folder for models")]
    NoFolder,
    /// A file or folder that cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// No room left.
    #[error("the disk of {} is full; make room and pull again: what is here stays and is not fetched twice", path.display())]
    DiskFull {
        /// The file that did not fit.
        path: PathBuf,
    },
    /// Nobody answers.
    #[error(
        "cannot reach {url}: {reason}; check the network and HTTPS_PROXY, or take the file from elsewhere with --mirror URL or --from PATH; \
             what came so far stays"
    )]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// Somebody answers, but without the file.
    #[error("expected the file at {url}; the server answered {status}{}", hint(*status))]
    Refused {
        /// What was asked for.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// A file of another size.
    #[error(
        "{file} from {from} has {found} bytes; expected about {expected}; it was not kept; take another source with --mirror URL or --from PATH"
    )]
    Size {
        /// Its name in the store.
        file: String,
        /// Where it came from.
        from: String,
        /// Size as published, rounded.
        expected: u64,
        /// Size found.
        found: u64,
    },
    /// A file with another digest.
    #[error("{file} from {from} has another digest: expected sha256 {expected} ({}), found {found}; it was not kept{}", basis.words(), accept(*basis))]
    Digest {
        /// Its name in the store.
        file: String,
        /// Where it came from.
        from: String,
        /// Digest expected.
        expected: String,
        /// Where that comes from.
        basis: crate::Basis,
        /// Digest found.
        found: String,
    },
    /// A file that is not what it is called.
    #[error("{file} from {from} was not kept: {reason}")]
    NotThat {
        /// Its name in the store.
        file: String,
        /// Where it came from.
        from: String,
        /// What was expected and found.
        reason: String,
    },
    /// A folder of local files without the one wanted.
    #[error("expected {} in {}; found neither", names.join(" or "), folder.display())]
    NotInFolder {
        /// Names looked for.
        names: Vec<String>,
        /// Where.
        folder: PathBuf,
    },
    /// The list of digests cannot be understood.
    #[error("{} is not the store's list of digests: {reason}; mend it, or remove it and let `kokoro model pull` trust what is there anew", path.display())]
    Known {
        /// The list.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The catalogue is not as it should be: a defect of this program.
    #[error("the catalogue is malformed: {0}")]
    Catalogue(String),
    /// Certificates named by the user cannot be used.
    #[error("expected certificates (PEM) in the file SSL_CERT_FILE names, {}: {reason}", path.display())]
    Certificates {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

fn hint(status: u16) -> &'static str {
    match status {
        404 | 410 => {
            ": it is not there (any more); name a mirror with --mirror URL or local files with --from PATH"
        }
        401 | 403 | 407 => {
            ": it wants credentials or refuses; name a mirror with --mirror URL or local files with --from PATH"
        }
        429 | 500.. => ": it is overloaded or broken; try again later, what came so far stays",
        _ => "; name a mirror with --mirror URL or local files with --from PATH",
    }
}

fn accept(basis: crate::Basis) -> &'static str {
    match basis {
        crate::Basis::Catalogue => "; take another source with --mirror URL or --from PATH",
        crate::Basis::FirstUse => {
            "; if its publisher says that it was replaced, and you trust that, pull it with --accept-changed"
        }
    }
}

/// The error of an operation on a path.
pub(crate) fn failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError {
    move |source| match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull {
            path: path.to_path_buf(),
        },
        _ => StoreError::Io {
            doing,
            path: path.to_path_buf(),
            source,
        },
    }
}
