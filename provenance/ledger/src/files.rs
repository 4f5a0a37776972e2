//! The few things a store asks of a file system, so that a test can stop at any of them.
//!
//! Paths are relative, with `/`. Nothing is durable before it is synced: the content of a file by
//! [`Files::sync`], its name by [`Files::sync_dir`] of the directory it is in.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often a waiting writer looks again.
const POLL: Duration = Duration::from_millis(10);
/// Files made durable at the same time.
const SYNCING: usize = 16;

/// A directory of files.
pub trait Files {
    /// Content of a file; `None` where there is none.
    ///
    /// # Errors
    /// As the system says.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;
    /// A file with exactly these bytes, whatever was there.
    ///
    /// # Errors
    /// As the system says.
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Bytes at the end of a file, which is created where there is none.
    ///
    /// # Errors
    /// As the system says.
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes the content of a file durable.
    ///
    /// # Errors
    /// As the system says.
    fn sync(&self, path: &str) -> io::Result<()>;
    /// Makes the content of several files durable.
    ///
    /// # Errors
    /// As the system says; then some of them may be.
    fn sync_all(&self, paths: &[String]) -> io::Result<()> {
        paths.iter().try_for_each(|path| self.sync(path))
    }
    /// Gives a file another name, in one step, in place of a file that has it.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Makes the names in a directory durable; `""` is the whole store's.
    ///
    /// # Errors
    /// As the system says.
    fn sync_dir(&self, path: &str) -> io::Result<()>;
    /// Makes a directory in one that exists; gives whether it was not there before.
    ///
    /// # Errors
    /// As the system says.
    fn make_dir(&self, path: &str) -> io::Result<bool>;
    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Removes a directory and all in it, if it is there.
    ///
    /// # Errors
    /// As the system says.
    fn remove_dir(&self, path: &str) -> io::Result<()>;
    /// Paths of all files below a directory, in order; none where there is no directory.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;
}

impl<T: Files> Files for &T {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        (**self).read(path)
    }
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        (**self).create(path, bytes)
    }
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        (**self).append(path, bytes)
    }
    fn sync(&self, path: &str) -> io::Result<()> {
        (**self).sync(path)
    }
    fn sync_all(&self, paths: &[String]) -> io::Result<()> {
        (**self).sync_all(paths)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        (**self).rename(from, to)
    }
    fn sync_dir(&self, path: &str) -> io::Result<()> {
        (**self).sync_dir(path)
    }
    fn make_dir(&self, path: &str) -> io::Result<bool> {
        (**self).make_dir(path)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        (**self).remove(path)
    }
    fn remove_dir(&self, path: &str) -> io::Result<()> {
        (**self).remove_dir(path)
    }
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        (**self).list(path)
    }
}

/// The directory a path is in.
#[must_use]
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// A directory on a disk.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The directory `root`, which is made if it is not there.
    ///
    /// # Errors
    /// As the system says.
    pub fn create(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self::at(root))
    }

    /// The directory `root`, as it is.
    #[must_use]
    pub fn at(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Takes the lock `name`, which is given back when what this returns is dropped, or its process
    /// ends. `None` where another still has it after `wait`.
    ///
    /// # Errors
    /// As the system says.
    pub fn lock(&self, name: &str, wait: Duration) -> io::Result<Option<File>> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join(name))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if begun.elapsed() >= wait => return Ok(None),
                Err(TryLockError::WouldBlock) => std::thread::sleep(POLL),
            }
        }
    }

    fn at_path(&self, path: &str) -> PathBuf {
        path.split('/')
            .filter(|part| !part.is_empty())
            .fold(self.root.clone(), |at, part| at.join(part))
    }

    fn collect(&self, path: &str, files: &mut Vec<String>) -> io::Result<()> {
        let entries = match fs::read_dir(self.at_path(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = match path {
                "" => name,
                _ => format!("{path}/{name}"),
            };
            if entry.file_type()?.is_dir() {
                self.collect(&below, files)?;
            } else {
                files.push(below);
            }
        }
        Ok(())
    }
}

/// Nothing there is no error.
fn or_absent<T: Default>(result: io::Result<T>) -> io::Result<T> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        result => result,
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        or_absent(fs::read(self.at_path(path)).map(Some))
    }

    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.at_path(path), bytes)
    }

    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.at_path(path))?
            .write_all(bytes)
    }

    fn sync(&self, path: &str) -> io::Result<()> {
        // Enough for every system: the length of the file counts as its content.
        OpenOptions::new()
            .append(true)
            .open(self.at_path(path))?
            .sync_data()
    }

    fn sync_all(&self, paths: &[String]) -> io::Result<()> {
        // All at once: each waits for the disk, and a file system writes its own journal once for
        // those that wait together.
        let share = paths.len().div_ceil(SYNCING).max(1);
        std::thread::scope(|scope| {
            let waiting: Vec<_> = paths
                .chunks(share)
                .map(|part| scope.spawn(|| part.iter().try_for_each(|path| self.sync(path))))
                .collect();
            waiting
                .into_iter()
                .try_for_each(|one| one.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.at_path(from), self.at_path(to))
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        // Elsewhere a directory cannot be opened, and its names are durable with the file's.
        if cfg!(unix) {
            File::open(self.at_path(path))?.sync_all()?;
        }
        Ok(())
    }

    fn make_dir(&self, path: &str) -> io::Result<bool> {
        match fs::create_dir(self.at_path(path)) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        or_absent(fs::remove_file(self.at_path(path)))
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        or_absent(fs::remove_dir_all(self.at_path(path)))
    }

    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        self.collect(path, &mut files)?;
        files.sort_unstable();
        Ok(files)
    }
}

#[cfg(test)]
pub(crate) mod tests;
