//! Clones that share a log through a remote: the same tests for every kind of remote.

use std::path::Path;
use std::time::Duration;

use super::directory::Directory;
use super::*;
use crate::checkpoint::Checkpoint;
use crate::files::Disk;
use crate::store::{Reader, StoreError, Writer, check, enqueue};
use crate::testing::{ORIGIN, leaf, log_signer, trust};

pub(super) fn clone_at(path: &Path) -> Writer<Disk> {
    Writer::open_directory(path, trust(), Duration::from_secs(60)).unwrap()
}

pub(super) fn wait_for_sync(path: &Path, text: &str) {
    enqueue(&Disk::create(path).unwrap(), text.as_bytes()).unwrap();
}

pub(super) fn leaves(path: &Path) -> Vec<String> {
    let reader = Reader::open(Disk::at(path), &trust()).unwrap();
    let mut leaves = Vec::new();
    let read = reader.each(0, |_, leaf| {
        leaves.push(String::from_utf8(leaf.to_vec()).unwrap());
        true
    });
    read.unwrap();
    leaves
}

pub(super) fn sync_at<R: Remote>(path: &Path, remote: &mut R) -> Result<Synced, SyncError> {
    sync(&mut clone_at(path), remote, &log_signer(1))
}

/// Two clones in threads, each with `rounds` leaves of its own; gives the one history both have.
pub(super) fn race<R: Remote + Send>(
    base: &Path,
    rounds: u32,
    remote: impl Fn(&Path) -> R + Sync,
) -> Vec<String> {
    let remote = &remote;
    std::thread::scope(|scope| {
        for name in ["left", "right"] {
            let path = base.join(name);
            scope.spawn(move || {
                for round in 0..rounds {
                    wait_for_sync(&path, &format!("{name} {round}"));
                    let synced = sync_at(&path, &mut remote(&path)).unwrap();
                    assert_eq!(synced.sealed.len(), 1);
                }
            });
        }
    });
    let (left, right) = (base.join("left"), base.join("right"));
    for path in [&left, &right] {
        sync_at(path, &mut remote(path)).unwrap();
        assert_eq!(check(&Disk::at(path), &trust()).findings, []);
    }
    let history = leaves(&left);
    assert_eq!(history, leaves(&right), "one history");
    for name in ["left", "right"] {
        let own = history.iter().filter(|leaf| leaf.starts_with(name));
        let expected: Vec<String> = (0..rounds).map(|round| format!("{name} {round}")).collect();
        assert!(
            own.eq(&expected),
            "{name}: each leaf once, in its order: {history:?}"
        );
    }
    assert_eq!(history.len(), usize::try_from(2 * rounds).unwrap());
    history
}

#[test]
fn p6_two_clones_that_sync_over_a_directory_at_once_lose_and_double_nothing() {
    let base = tempfile::tempdir().unwrap();
    let shared = base.path().join("shared");
    race(base.path(), 25, |_| Directory::new(&shared));
    let report = check(&Disk::at(&shared), &trust());
    assert_eq!(report.findings, [], "the remote is a whole log of its own");
    assert_eq!((report.leaves, report.checkpoints), (50, 50));
}

#[test]
fn a_log_of_before_is_shared_whole_and_grows_by_syncs_alone_then() {
    let base = tempfile::tempdir().unwrap();
    let (here, there) = (base.path().join("here"), base.path().join("there"));
    let mut remote = Directory::new(&base.path().join("shared"));
    let nothing = sync_at(&here, &mut remote).unwrap();
    assert_eq!(
        (nothing.size, nothing.fetched, nothing.sealed.len()),
        (0, 0, 0)
    );
    let all: Vec<Vec<u8>> = (0..300).map(leaf).collect();
    clone_at(&here).append(&all, &log_signer(1)).unwrap();
    let synced = sync_at(&here, &mut remote).unwrap();
    assert_eq!((synced.size, synced.fetched, synced.moved), (300, 0, 0));
    let error = clone_at(&here).append(&all, &log_signer(1)).unwrap_err();
    assert!(matches!(error, StoreError::Shared { .. }), "{error}");

    wait_for_sync(&there, "new");
    let synced = sync_at(&there, &mut remote).unwrap();
    assert_eq!((synced.size, synced.fetched), (301, 300));
    assert_eq!(synced.sealed, [(300, crate::leaf_hash(b"new"))]);
    assert_eq!(sync_at(&here, &mut remote).unwrap().fetched, 1);
    assert_eq!(leaves(&here), leaves(&there));
}

/// Takes what is published and does not say so, as a connection that breaks.
struct Silent(Directory);

impl Remote for Silent {
    fn name(&self) -> String {
        self.0.name()
    }
    fn head(&mut self) -> Result<Option<Head>, RemoteError> {
        self.0.head()
    }
    fn read(&mut self, head: &Head, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        self.0.read(head, path)
    }
    fn list(&mut self, head: &Head, directory: &str) -> Result<Vec<String>, RemoteError> {
        self.0.list(head, directory)
    }
    fn publish(
        &mut self,
        expected: Option<&Head>,
        files: Vec<FileContent>,
        checkpoint: &[u8],
    ) -> Result<Published, RemoteError> {
        self.0.publish(expected, files, checkpoint)?;
        let (remote, reason) = (self.name(), "the connection broke".to_owned());
        Err(RemoteError { remote, reason })
    }
}

#[test]
fn p6_a_leaf_whose_publication_was_not_confirmed_is_not_sealed_twice() {
    let base = tempfile::tempdir().unwrap();
    let here = base.path().join("here");
    let directory = Directory::new(&base.path().join("shared"));
    wait_for_sync(&here, "one");
    let error = sync_at(&here, &mut Silent(directory.clone())).unwrap_err();
    assert!(matches!(error, SyncError::Remote(_)), "{error}");
    wait_for_sync(&here, "two");
    let synced = sync_at(&here, &mut directory.clone()).unwrap();
    assert_eq!(synced.sealed.len(), 1);
    assert_eq!(leaves(&here), ["one", "two"]);
    wait_for_sync(&here, "one");
    let again = sync_at(&here, &mut directory.clone()).unwrap();
    assert_eq!(
        (again.size, again.sealed.len()),
        (2, 0),
        "the log has this very leaf"
    );
}

#[test]
fn p6_two_histories_of_one_log_are_found() {
    let base = tempfile::tempdir().unwrap();
    let here = base.path().join("here");
    for (name, size) in [("shorter", 1), ("equal", 3), ("longer", 5)] {
        let mut remote = Directory::new(&base.path().join(name));
        let other = base.path().join(format!("from {name}"));
        for index in 0..size {
            wait_for_sync(&other, &format!("other {index}"));
        }
        sync_at(&other, &mut remote).unwrap();
        let path = here.join(name);
        let all: Vec<Vec<u8>> = (0..3).map(leaf).collect();
        clone_at(&path).append(&all, &log_signer(1)).unwrap();
        let error = sync_at(&path, &mut remote).unwrap_err();
        assert!(
            matches!(error, SyncError::Diverged { .. }),
            "{name}: {error}"
        );
        assert_eq!(
            leaves(&path),
            ["leaf 0", "leaf 1", "leaf 2"],
            "{name}: what is here stays"
        );
    }
}

#[test]
fn p6_a_remote_that_lost_leaves_is_found() {
    let base = tempfile::tempdir().unwrap();
    let (here, shared) = (base.path().join("here"), base.path().join("shared"));
    let mut remote = Directory::new(&shared);
    wait_for_sync(&here, "one");
    sync_at(&here, &mut remote).unwrap();
    let earlier = remote.head().unwrap().unwrap();
    wait_for_sync(&here, "two");
    sync_at(&here, &mut remote).unwrap();
    std::fs::write(shared.join("checkpoint"), &earlier.checkpoint).unwrap();
    let error = sync_at(&here, &mut remote).unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Behind {
                expected: 2,
                found: 1,
                ..
            }
        ),
        "{error}"
    );
    std::fs::remove_dir_all(&shared).unwrap();
    let error = sync_at(&here, &mut remote).unwrap_err();
    assert!(
        matches!(
            error,
            SyncError::Behind {
                expected: 2,
                found: 0,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn p6_a_remote_signed_by_somebody_else_or_with_files_missing_is_refused() {
    let base = tempfile::tempdir().unwrap();
    let (here, shared) = (base.path().join("here"), base.path().join("shared"));
    let mut remote = Directory::new(&shared);
    wait_for_sync(&here, "one");
    sync_at(&here, &mut remote).unwrap();
    let fresh = base.path().join("fresh");
    std::fs::remove_file(shared.join("tile/entries/000.p/1")).unwrap();
    let error = sync_at(&fresh, &mut remote).unwrap_err();
    assert!(
        matches!(error, SyncError::Store(StoreError::Missing { .. })),
        "{error}"
    );
    let forged = Checkpoint::empty(ORIGIN).sign(&log_signer(2)).unwrap();
    std::fs::write(shared.join("checkpoint"), forged.to_bytes()).unwrap();
    let error = sync_at(&fresh, &mut remote).unwrap_err();
    assert!(
        matches!(error, SyncError::Store(StoreError::Checkpoint { .. })),
        "{error}"
    );
}
