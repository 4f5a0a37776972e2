use crate::checkpoint::{Checkpoint, Trust};
use crate::entries;
use crate::files::Files;
use crate::journal::Journal;
use crate::note::{Note, NoteVerifier};
use crate::store::{CHECKPOINT, JOURNAL, StoreError, history};

/// A checkpoint as it lies in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed<'t> {
    /// The file it is in.
    pub path: String,
    /// How many leaves it is over.
    pub size: u64,
    /// The trusted keys of the log that it names as signers.
    pub signers: Vec<&'t NoteVerifier>,
}

/// Calls `see` with each checkpoint of a log, those before first and the last of all last. What is no
/// checkpoint is passed over, and no signature is verified: that is what [`super::check`] does.
///
/// # Errors
/// [`StoreError`] when files fail, or are no bundles.
pub fn each_checkpoint<'t, F: Files>(
    files: &F,
    trust: &'t Trust,
    mut see: impl FnMut(Sealed<'t>),
) -> Result<(), StoreError> {
    let mut one = |path: &str, note: &[u8]| {
        if let Some((size, signers)) = named(note, trust) {
            let path = path.to_owned();
            see(Sealed {
                path,
                size,
                signers,
            });
        }
    };
    for tile in history::bundles(files)? {
        let path = tile.path();
        let bytes = files.read(&path).map_err(StoreError::io(&path))?;
        let bytes = bytes.unwrap_or_default();
        let notes = entries::parse(&bytes, tile.width).map_err(|error| {
            let path = path.clone();
            StoreError::Bundle { path, error }
        })?;
        for note in notes {
            one(&path, note);
        }
    }
    let read = |path: &str| files.read(path).map_err(StoreError::io(path));
    if let Some(note) = read(CHECKPOINT)? {
        one(CHECKPOINT, &note);
    }
    let journal = read(JOURNAL)?.unwrap_or_default();
    for record in Journal::read(&journal).records {
        one(JOURNAL, &record.checkpoint);
    }
    Ok(())
}

fn named<'t>(note: &[u8], trust: &'t Trust) -> Option<(u64, Vec<&'t NoteVerifier>)> {
    let note = Note::parse(note).ok()?;
    let size = Checkpoint::parse_text(&note.text).ok()?.size;
    let names = |key: &&NoteVerifier| {
        note.signatures
            .iter()
            .any(|signature| signature.name == key.name() && signature.id == key.id())
    };
    Some((size, trust.keys.iter().filter(names).collect()))
}
