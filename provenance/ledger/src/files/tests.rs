//! A file system in memory that stops at any step, and forgets what was not made durable.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// What is left after a crash.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Crash {
    /// The process was killed: the system has all it was told.
    Killed,
    /// The power failed: only what was synced is there.
    PowerLost,
    /// The power failed after the system had written names, and no content, by itself.
    NamesWritten,
    /// The power failed after the system had written content, and no names, by itself.
    ContentWritten,
}

pub(crate) const CRASHES: [Crash; 4] = [
    Crash::Killed,
    Crash::PowerLost,
    Crash::NamesWritten,
    Crash::ContentWritten,
];

#[derive(Debug, Clone, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
struct Names {
    files: BTreeMap<String, usize>,
    directories: BTreeSet<String>,
}

/// Steps until the crash: a byte of content or a change of a name is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(RefCell<State>);

#[derive(Debug, Clone, Default)]
struct State {
    now: Names,
    durable: Names,
    contents: Vec<Content>,
    left: Option<usize>,
    taken: usize,
    crashed: bool,
}

impl State {
    /// Takes up to `steps`; gives how many were taken before the crash.
    fn take(&mut self, steps: usize) -> io::Result<usize> {
        if self.crashed {
            return Err(io::Error::other("crashed"));
        }
        let granted = self.left.map_or(steps, |left| left.min(steps));
        self.left = self.left.map(|left| left - granted);
        self.taken += granted;
        self.crashed = granted < steps;
        Ok(granted)
    }

    fn step(&mut self) -> io::Result<()> {
        match self.take(1)? {
            1 => Ok(()),
            _ => Err(io::Error::other("crashed")),
        }
    }

    fn in_directory(&self, path: &str) -> io::Result<()> {
        let directory = parent(path);
        if directory.is_empty() || self.now.directories.contains(directory) {
            return Ok(());
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, id: usize, bytes: &[u8]) -> io::Result<()> {
        let granted = self.take(bytes.len())?;
        self.contents[id].now.extend_from_slice(&bytes[..granted]);
        if granted < bytes.len() {
            return Err(io::Error::other("crashed"));
        }
        Ok(())
    }

    fn open(&mut self, path: &str) -> io::Result<usize> {
        self.in_directory(path)?;
        self.step()?;
        self.contents.push(Content::default());
        let id = self.contents.len() - 1;
        self.now.files.insert(path.to_owned(), id);
        Ok(id)
    }
}

fn is_below(path: &str, directory: &str) -> bool {
    directory.is_empty() || path.starts_with(&format!("{directory}/"))
}

impl Memory {
    /// The same files, which crash after `steps`.
    pub(crate) fn crashing_after(&self, steps: usize) -> Self {
        let mut state = self.0.borrow().clone();
        state.left = Some(steps);
        state.taken = 0;
        Self(RefCell::new(state))
    }

    /// Steps taken since [`Memory::crashing_after`].
    pub(crate) fn taken(&self) -> usize {
        self.0.borrow().taken
    }

    /// What a restart finds.
    pub(crate) fn after(&self, crash: Crash) -> Self {
        let state = self.0.borrow();
        let names = match crash {
            Crash::Killed | Crash::NamesWritten => &state.now,
            Crash::PowerLost | Crash::ContentWritten => &state.durable,
        };
        let content = |id: &usize| match crash {
            Crash::Killed | Crash::ContentWritten => state.contents[*id].now.clone(),
            Crash::PowerLost | Crash::NamesWritten => state.contents[*id].durable.clone(),
        };
        let reachable = |path: &str| {
            let mut directory = parent(path);
            while !directory.is_empty() {
                if !names.directories.contains(directory) {
                    return false;
                }
                directory = parent(directory);
            }
            true
        };
        let mut next = State::default();
        for (path, id) in names.files.iter().filter(|(path, _)| reachable(path)) {
            let bytes = content(id);
            next.now.files.insert(path.clone(), next.contents.len());
            next.contents.push(Content {
                now: bytes.clone(),
                durable: bytes,
            });
        }
        let directories = names.directories.iter().filter(|path| reachable(path));
        next.now.directories = directories.cloned().collect();
        next.durable = next.now.clone();
        Self(RefCell::new(next))
    }

    /// Every file with its content.
    pub(crate) fn content(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.0.borrow();
        let files = state.now.files.iter();
        let content = |id: &usize| state.contents[*id].now.clone();
        files
            .map(|(path, id)| (path.clone(), content(id)))
            .collect()
    }

    /// Puts bytes into a file, or takes it away, as somebody who tampers does.
    pub(crate) fn tamper(&self, path: &str, bytes: Option<Vec<u8>>) {
        let mut state = self.0.borrow_mut();
        match bytes {
            Some(bytes) => {
                let id = state.contents.len();
                state.contents.push(Content {
                    now: bytes.clone(),
                    durable: bytes,
                });
                state.now.files.insert(path.to_owned(), id);
            }
            None => {
                state.now.files.remove(path).unwrap();
            }
        }
    }
}

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let state = self.0.borrow();
        if state.crashed {
            return Err(io::Error::other("crashed"));
        }
        let id = state.now.files.get(path);
        Ok(id.map(|id| state.contents[*id].now.clone()))
    }

    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let id = state.open(path)?;
        state.write(id, bytes)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let id = match state.now.files.get(path) {
            Some(id) => *id,
            None => state.open(path)?,
        };
        state.write(id, bytes)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.step()?;
        let id = *state.now.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        let content = &mut state.contents[id];
        content.durable = content.now.clone();
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.in_directory(to)?;
        state.step()?;
        let id = state
            .now
            .files
            .remove(from)
            .ok_or(io::ErrorKind::NotFound)?;
        state.now.files.insert(to.to_owned(), id);
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.step()?;
        let State { now, durable, .. } = &mut *state;
        durable.files.retain(|file, _| parent(file) != path);
        durable
            .directories
            .retain(|directory| parent(directory) != path);
        let files = now.files.iter().filter(|(file, _)| parent(file) == path);
        durable
            .files
            .extend(files.map(|(file, id)| (file.clone(), *id)));
        let directories = now.directories.iter().filter(|d| parent(d) == path);
        durable.directories.extend(directories.cloned());
        Ok(())
    }

    fn make_dir(&self, path: &str) -> io::Result<bool> {
        let mut state = self.0.borrow_mut();
        state.in_directory(path)?;
        if state.now.directories.contains(path) {
            return Ok(false);
        }
        state.step()?;
        Ok(state.now.directories.insert(path.to_owned()))
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        state.step()?;
        state.now.files.remove(path);
        Ok(())
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let below: Vec<String> = {
            let files = state.now.files.keys();
            files.filter(|file| is_below(file, path)).cloned().collect()
        };
        for file in below {
            state.step()?;
            state.now.files.remove(&file);
        }
        state
            .now
            .directories
            .retain(|d| d != path && !is_below(d, path));
        Ok(())
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let state = self.0.borrow();
        if state.crashed {
            return Err(io::Error::other("crashed"));
        }
        let files = state.now.files.keys();
        Ok(files.filter(|file| is_below(file, path)).cloned().collect())
    }
}

#[test]
fn a_disk_does_what_a_store_asks_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::create(&directory.path().join("a/b")).unwrap();
    assert_eq!(disk.root(), directory.path().join("a/b"));
    assert_eq!(disk.read("x").unwrap(), None);
    assert_eq!(disk.list("x").unwrap(), Vec::<String>::new());
    assert!(disk.make_dir("x").unwrap());
    assert!(!disk.make_dir("x").unwrap());
    assert!(disk.make_dir("none/x").is_err());
    disk.create("x/one", b"first").unwrap();
    disk.create("x/one", b"1").unwrap();
    disk.append("x/two", b"2").unwrap();
    disk.append("x/two", b"3").unwrap();
    disk.sync("x/two").unwrap();
    let both = ["x/one", "x/two"].map(str::to_owned);
    disk.sync_all(&both).unwrap();
    disk.sync_all(&[]).unwrap();
    assert!(
        disk.sync_all(&["x/two".to_owned(), "none".to_owned()])
            .is_err()
    );
    disk.sync_dir("x").unwrap();
    disk.sync_dir("").unwrap();
    disk.rename("x/one", "one").unwrap();
    assert_eq!(disk.list("").unwrap(), ["one", "x/two"]);
    assert_eq!(disk.list("x").unwrap(), ["x/two"]);
    assert_eq!(disk.read("one").unwrap().unwrap(), b"1");
    assert_eq!(disk.read("x/two").unwrap().unwrap(), b"23");
    assert!(disk.read("x").is_err(), "a directory");
    disk.remove("one").unwrap();
    disk.remove("one").unwrap();
    disk.remove_dir("x").unwrap();
    disk.remove_dir("x").unwrap();
    assert_eq!(disk.list("").unwrap(), Vec::<String>::new());
}

#[test]
fn a_lock_is_held_by_one_until_it_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let disk = Disk::at(directory.path());
    let held = disk.lock("lock", Duration::ZERO).unwrap();
    assert!(held.is_some());
    assert!(
        disk.lock("lock", Duration::from_millis(25))
            .unwrap()
            .is_none()
    );
    assert!(disk.lock("other", Duration::ZERO).unwrap().is_some());
    let disk_of_another = disk.clone();
    let waiting = std::thread::spawn(move || {
        disk_of_another
            .lock("lock", Duration::from_secs(60))
            .unwrap()
            .is_some()
    });
    drop(held);
    assert!(waiting.join().unwrap());
    assert!(
        Disk::at(&directory.path().join("none"))
            .lock("lock", Duration::ZERO)
            .is_err()
    );
}
