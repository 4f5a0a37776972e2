//! One file over HTTP into a part, resumed where it broke off.
//!
//! Beside the part lies a note: from where it is, which version of it (strong ETag, RFC 9110 section 8.8.3), how long the whole is,
//! and how much of it is known to be on the disk. A part is continued only at the same URL, with `If-Range`, from what is on the
//! disk for certain; in every other case it is begun anew.

mod agent;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use ureq::http::{HeaderMap, Response, header};

use crate::Progress;
use crate::error::{StoreError, failed};
use crate::known::{read_json, write_json};

/// After how many bytes the part is brought to the disk.
const SYNCED_EVERY: u64 = 8 << 20;
/// No published file is longer.
const LONGEST: u64 = 4 << 30;

/// How long to wait for a server, and how often to try again.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Until it takes the connection.
    pub connect: Duration,
    /// Until it sends something, each time.
    pub read: Duration,
    /// Tries in a row that bring nothing new.
    pub tries: u32,
    /// Before the second of them; doubled for each further one.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            read: Duration::from_secs(60),
            tries: 5,
            pause: Duration::from_millis(500),
        }
    }
}

/// What is known of a part.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    url: String,
    etag: Option<String>,
    total: Option<u64>,
    synced: u64,
}

/// A part and its note.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// The bytes.
    pub(crate) path: PathBuf,
    note: PathBuf,
}

impl Part {
    /// The part of a file in a folder.
    pub(crate) fn of(folder: &Path, file: &str) -> Self {
        Self {
            path: folder.join(format!(".part-{file}")),
            note: folder.join(format!(".note-{file}")),
        }
    }

    /// Removes it, if it is there.
    pub(crate) fn remove(&self) -> Result<(), StoreError> {
        for path in [&self.note, &self.path] {
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed("remove", path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes only the note: the part has become something else.
    pub(crate) fn forget_note(&self) {
        let _ = std::fs::remove_file(&self.note);
    }

    /// What can be continued from a URL; a note that cannot be read is as none.
    fn resumable(&self, url: &str) -> Result<Option<Note>, StoreError> {
        let Some(Ok(note)) = read_json::<Note>(&self.note)? else {
            return Ok(None);
        };
        let there = std::fs::metadata(&self.path).map_or(0, |file| file.len());
        Ok(Some(note).filter(|note| {
            note.url == url && note.etag.is_some() && note.synced > 0 && note.synced <= there
        }))
    }
}

/// One try that did not end with the whole file.
enum Broken {
    /// It may go better next time.
    Again(StoreError),
    /// It will not.
    Final(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

/// Fetches a URL into a part, whole and on the disk when this returns.
///
/// # Errors
/// When it cannot be had; the part stays, to be continued.
pub(crate) fn fetch(
    url: &str,
    file: &str,
    part: &Part,
    patience: &Patience,
    progress: &dyn Progress,
) -> Result<(), StoreError> {
    let agent = agent::agent(url, patience, std::env::var_os("SSL_CERT_FILE"))?;
    let (mut barren, mut pause) = (0, patience.pause);
    loop {
        let before = part.resumable(url)?.map_or(0, |note| note.synced);
        let error = match attempt(&agent, url, file, part, progress) {
            Ok(()) => return Ok(()),
            Err(Broken::Final(error)) => return Err(error),
            Err(Broken::Again(error)) => error,
        };
        if part.resumable(url)?.map_or(0, |note| note.synced) > before {
            (barren, pause) = (0, patience.pause);
        }
        barren += 1;
        if barren >= patience.tries {
            return Err(error);
        }
        progress.note(&format!("{error}; trying again"));
        std::thread::sleep(pause);
        pause *= 2;
    }
}

fn attempt(
    agent: &ureq::Agent,
    url: &str,
    file: &str,
    part: &Part,
    progress: &dyn Progress,
) -> Result<(), Broken> {
    let known = part.resumable(url)?;
    if known
        .as_ref()
        .is_some_and(|note| note.total == Some(note.synced))
    {
        return Ok(());
    }
    let mut request = agent.get(url).header(header::ACCEPT_ENCODING, "identity");
    if let Some(Note {
        synced,
        etag: Some(etag),
        ..
    }) = &known
    {
        request = request
            .header(header::RANGE, format!("bytes={synced}-"))
            .header(header::IF_RANGE, etag);
    }
    let answer = request
        .call()
        .map_err(|error| agent::unreachable(url, &error))?;
    let (mut note, mut out) = match (answer.status().as_u16(), known) {
        (200, _) => begun(url, &answer, part)?,
        (206, Some(note)) if continues(answer.headers(), &note) => continued(note, part)?,
        // The server's idea of the rest does not fit ours: what is here is worth nothing.
        (206 | 416, Some(_)) => {
            part.remove()?;
            return Err(Broken::Again(StoreError::Network {
                url: url.to_owned(),
                reason: "the server offers another rest of the file than the one asked for"
                    .to_owned(),
            }));
        }
        (status @ (408 | 429 | 500..), _) => {
            return Err(Broken::Again(StoreError::Refused {
                url: url.to_owned(),
                status,
            }));
        }
        (status, _) => {
            return Err(Broken::Final(StoreError::Refused {
                url: url.to_owned(),
                status,
            }));
        }
    };
    progress.begin(file, note.synced, note.total);
    let mut body = answer.into_body().into_reader();
    let end = copy(&mut body, &mut out, &mut note, part, progress);
    // Whatever happened: what is here is brought to the disk, and is not fetched again.
    let kept = synced(&out, &mut note, part);
    let reason = end?;
    kept?;
    match reason {
        None if note.total.is_none_or(|total| total == note.synced) => {
            note.total = Some(note.synced);
            write_json(&part.note, &note)?;
            Ok(())
        }
        reason => Err(Broken::Again(StoreError::Network {
            url: url.to_owned(),
            reason: reason.unwrap_or_else(|| "the connection ended early".to_owned()),
        })),
    }
}

/// A part from its first byte.
fn begun(url: &str, answer: &Response<ureq::Body>, part: &Part) -> Result<(Note, File), Broken> {
    let note = Note {
        url: url.to_owned(),
        etag: strong_etag(answer.headers()),
        total: number(answer.headers(), header::CONTENT_LENGTH.as_str()),
        synced: 0,
    };
    // First the note: a part with another's note would be continued wrongly.
    write_json(&part.note, &note)?;
    let out = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part.path)
        .map_err(failed("write", &part.path))?;
    Ok((note, out))
}

/// A part from where it is on the disk for certain.
fn continued(note: Note, part: &Part) -> Result<(Note, File), Broken> {
    let write = failed("write", &part.path);
    let out = OpenOptions::new()
        .append(true)
        .open(&part.path)
        .map_err(&write)?;
    out.set_len(note.synced).map_err(&write)?;
    Ok((note, out))
}

/// Copies until the end, or until it breaks off: then the reason.
fn copy(
    body: &mut dyn Read,
    out: &mut File,
    note: &mut Note,
    part: &Part,
    progress: &dyn Progress,
) -> Result<Option<String>, StoreError> {
    let write = failed("write", &part.path);
    let mut piece = vec![0; 1 << 16];
    let (mut here, mut until) = (note.synced, note.synced + SYNCED_EVERY);
    loop {
        let read = match body.read(&mut piece) {
            Ok(0) => return Ok(None),
            Ok(read) => piece.get(..read).unwrap_or_default(),
            Err(error) => return Ok(Some(error.to_string())),
        };
        here += u64::try_from(read.len()).unwrap_or(u64::MAX);
        if here > note.total.unwrap_or(LONGEST) {
            return Ok(Some("the server sends more than it said".to_owned()));
        }
        out.write_all(read).map_err(&write)?;
        progress.at(here);
        if here >= until {
            synced(out, note, part)?;
            until = here + SYNCED_EVERY;
        }
    }
}

/// Brings a part to the disk and notes how far it is there.
fn synced(out: &File, note: &mut Note, part: &Part) -> Result<(), StoreError> {
    let write = failed("write", &part.path);
    out.sync_data().map_err(&write)?;
    note.synced = out.metadata().map_err(&write)?.len();
    write_json(&part.note, note)
}

/// Whether an answer of 206 is the rest of the same file.
fn continues(headers: &HeaderMap, note: &Note) -> bool {
    let Some(range) = text(headers, header::CONTENT_RANGE.as_str()) else {
        return false;
    };
    let Some((range, total)) = range
        .strip_prefix("bytes ")
        .and_then(|range| range.split_once('/'))
    else {
        return false;
    };
    let first = range
        .split_once('-')
        .and_then(|(first, _)| first.parse().ok());
    first == Some(note.synced)
        && total
            .parse()
            .is_ok_and(|total: u64| note.total.is_none_or(|known| known == total))
        && strong_etag(headers).is_none_or(|etag| Some(etag) == note.etag)
}

fn strong_etag(headers: &HeaderMap) -> Option<String> {
    text(headers, header::ETAG.as_str())
        .filter(|etag| etag.starts_with('"') && etag.ends_with('"') && etag.len() > 2)
        .map(str::to_owned)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
