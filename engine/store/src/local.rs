//! Files that are here already: copied in, never moved.

#[cfg(test)]
mod tests;

use std::fs::File as Opened;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::Progress;
use crate::catalogue::File;
use crate::error::{StoreError, failed};
use crate::fetch::Part;

/// Where a file lies that the user offers: the path itself, or by its name in the store or at its publisher's in that folder.
///
/// # Errors
/// When it is not there.
pub(crate) fn offered(file: &File, from: &Path) -> Result<PathBuf, StoreError> {
    if !from.is_dir() {
        return Ok(from.to_path_buf());
    }
    let names = names(file);
    names
        .iter()
        .map(|name| from.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| StoreError::NotInFolder {
            names,
            folder: from.to_path_buf(),
        })
}

/// Its name in the store, and those at its publishers'.
fn names(file: &File) -> Vec<String> {
    let mut names = vec![file.file.clone()];
    for name in file
        .sources
        .iter()
        .filter_map(|url| url.rsplit('/').next().map(str::to_owned))
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Copies a file into a part, whole and on the disk when this returns.
///
/// # Errors
/// When it cannot be read or written.
pub(crate) fn copy(
    from: &Path,
    file: &str,
    part: &Part,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    // A part of another source is not continued from this one.
    part.remove()?;
    let (read, write) = (failed("read", from), failed("write", &part.path));
    let mut source = Opened::open(from).map_err(&read)?;
    let total = source.metadata().map_err(&read)?.len();
    progress.begin(file, 0, Some(total));
    let mut out = Opened::create(&part.path).map_err(&write)?;
    let mut piece = vec![0; 1 << 17];
    let mut here = 0;
    loop {
        let length = source.read(&mut piece).map_err(&read)?;
        if length == 0 {
            break;
        }
        out.write_all(piece.get(..length).unwrap_or_default())
            .map_err(&write)?;
        here += u64::try_from(length).unwrap_or_default();
        progress.at(here);
    }
    out.sync_all().map_err(&write)
}
