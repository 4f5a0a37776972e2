//! A store in memory, for tests and fuzz targets that ask nothing of a disk.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;

use caws_ledger::files::Files;

/// Path to bytes.
#[derive(Default)]
pub(crate) struct Memory(pub(crate) RefCell<BTreeMap<String, Vec<u8>>>);

impl Files for Memory {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.borrow().get(path).cloned())
    }
    fn create(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }
    fn append(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut files = self.0.borrow_mut();
        files.entry(path.to_owned()).or_default().extend(bytes);
        Ok(())
    }
    fn sync(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut files = self.0.borrow_mut();
        let bytes = files.remove(from).ok_or(io::ErrorKind::NotFound)?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }
    fn sync_dir(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn make_dir(&self, _: &str) -> io::Result<bool> {
        Ok(false)
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        self.0.borrow_mut().remove(path);
        Ok(())
    }
    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let below = format!("{path}/");
        let mut files = self.0.borrow_mut();
        files.retain(|file, _| !file.starts_with(&below));
        Ok(())
    }
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let below = match path {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let files = self.0.borrow();
        let paths = files.keys().filter(|file| file.starts_with(&below));
        Ok(paths.cloned().collect())
    }
}
