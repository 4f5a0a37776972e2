use crate::files::Files;
use crate::hash::{Hash, leaf_hash};
use crate::store::StoreError;

/// Where leaves wait.
const DIRECTORY: &str = "pending";
const TEMPORARY: &str = "pending/new";

/// A leaf that waits for a sync: durable here, in no tree yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its file.
    pub path: String,
    /// Hash of the leaf.
    pub hash: Hash,
    /// The leaf.
    pub leaf: Vec<u8>,
}

/// Puts a leaf behind those that wait; one that waits already keeps its place. Nobody else may do so
/// meanwhile. When this returns the leaf is durable.
///
/// # Errors
/// [`StoreError`] when files fail, or the leaf is too long for a log.
pub fn enqueue<F: Files>(files: &F, leaf: &[u8]) -> Result<Pending, StoreError> {
    if leaf.len() > crate::entries::MAX_ENTRY {
        return Err(StoreError::Bundle {
            path: DIRECTORY.to_owned(),
            error: crate::entries::BundleError::TooLong(leaf.len()),
        });
    }
    let hash = leaf_hash(leaf);
    let waiting = files.list(DIRECTORY).map_err(StoreError::io(DIRECTORY))?;
    let pending = |path: String| Pending {
        path,
        hash,
        leaf: leaf.to_vec(),
    };
    let hex = hash.to_hex();
    if let Some(path) = waiting.iter().find(|path| path.ends_with(&hex)) {
        return Ok(pending(path.clone()));
    }
    let last = waiting.iter().filter_map(|path| sequence(path)).max();
    let next = last.map_or(0, |last| last + 1);
    let path = format!("{DIRECTORY}/{next:020}-{hex}");
    let write = || {
        let made = files.make_dir(DIRECTORY)?;
        files.create(TEMPORARY, leaf)?;
        files.sync(TEMPORARY)?;
        files.rename(TEMPORARY, &path)?;
        files.sync_dir(DIRECTORY)?;
        if made { files.sync_dir("") } else { Ok(()) }
    };
    write().map_err(StoreError::io(&path))?;
    Ok(pending(path))
}

fn sequence(path: &str) -> Option<u64> {
    let (sequence, _) = path.rsplit('/').next()?.split_once('-')?;
    sequence.parse().ok()
}

/// The leaves that wait, in order.
pub(crate) fn waiting<F: Files>(files: &F) -> Result<Vec<Pending>, StoreError> {
    let paths = files.list(DIRECTORY).map_err(StoreError::io(DIRECTORY))?;
    let mut waiting = Vec::new();
    for path in paths.into_iter().filter(|path| sequence(path).is_some()) {
        // Gone since it was listed: another process has synced it.
        if let Some(leaf) = files.read(&path).map_err(StoreError::io(&path))? {
            let hash = leaf_hash(&leaf);
            waiting.push(Pending { path, hash, leaf });
        }
    }
    Ok(waiting)
}
