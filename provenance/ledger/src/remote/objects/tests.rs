use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::super::tests::{clone_at, leaves, race, sync_at, wait_for_sync};
use super::*;
use crate::remote::SyncError;
use crate::testing::{leaf, log_signer};

/// A bucket in memory, with the conditional writes of S3.
#[derive(Debug, Clone, Default)]
struct Bucket {
    objects: Arc<Mutex<BTreeMap<String, Object>>>,
}

impl Objects for Bucket {
    fn name(&self) -> String {
        "s3://bucket/log".to_owned()
    }

    fn get(&mut self, key: &str) -> Result<Option<Object>, String> {
        Ok(self.objects.lock().unwrap().get(key).cloned())
    }

    fn put(&mut self, key: &str, bytes: &[u8], when: Condition<'_>) -> Result<bool, String> {
        let mut objects = self.objects.lock().unwrap();
        let now = objects.get(key).map(|object| object.etag.clone());
        let may = match when {
            Condition::Always => true,
            Condition::Absent => now.is_none(),
            Condition::Unchanged(etag) => now.as_deref() == Some(etag),
        };
        if may {
            let object = Object {
                bytes: bytes.to_vec(),
                etag: format!("\"{}\"", sha256_hex(bytes)),
            };
            objects.insert(key.to_owned(), object);
        }
        Ok(may)
    }
}

impl Bucket {
    fn remote(&self) -> ObjectRemote<Self> {
        ObjectRemote::new(self.clone())
    }

    fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }
}

#[test]
fn p6_two_clones_that_sync_over_a_bucket_at_once_lose_and_double_nothing() {
    let base = tempfile::tempdir().unwrap();
    let bucket = Bucket::default();
    race(base.path(), 25, |_| bucket.remote());
    // A third clone has all of it from the bucket alone.
    let third = base.path().join("third");
    assert_eq!(sync_at(&third, &mut bucket.remote()).unwrap().fetched, 50);
    assert_eq!(leaves(&third).len(), 50);
}

#[test]
fn a_log_of_many_tiles_goes_there_and_comes_back() {
    let base = tempfile::tempdir().unwrap();
    let (here, there) = (base.path().join("here"), base.path().join("there"));
    let bucket = Bucket::default();
    let all: Vec<Vec<u8>> = (0..700).map(leaf).collect();
    clone_at(&here).append(&all, &log_signer(1)).unwrap();
    let mut remote = bucket.remote();
    assert_eq!(sync_at(&here, &mut remote).unwrap().size, 700);
    wait_for_sync(&there, "new");
    let synced = sync_at(&there, &mut remote).unwrap();
    assert_eq!((synced.fetched, synced.sealed.len()), (700, 1));
    assert_eq!(sync_at(&here, &mut bucket.remote()).unwrap().fetched, 1);
    assert_eq!(leaves(&here), leaves(&there));
}

#[test]
fn what_the_slower_one_wrote_is_read_by_nobody() {
    let bucket = Bucket::default();
    let (mut fast, mut slow) = (bucket.remote(), bucket.remote());
    let file = |text: &str| vec![("tile/0/000.p/1".to_owned(), text.as_bytes().to_vec())];
    assert_eq!(slow.head().unwrap(), None);
    assert_eq!(
        fast.publish(None, file("fast"), b"one").unwrap(),
        Published::Done
    );
    assert_eq!(
        slow.publish(None, file("slow"), b"two").unwrap(),
        Published::Moved
    );
    let head = slow.head().unwrap().unwrap();
    assert_eq!(head.checkpoint, b"one");
    let read = slow.read(&head, "tile/0/000.p/1").unwrap();
    assert_eq!(read.as_deref(), Some(&b"fast"[..]));
    assert_eq!(slow.list(&head, "tile").unwrap(), ["tile/0/000.p/1"]);
    assert_eq!(slow.list(&head, "checkpoints").unwrap(), [""; 0]);
    assert_eq!(slow.read(&head, "tile/0/001").unwrap(), None);
    // On top of what is there it goes on, and files of before stay where they are.
    let more = vec![("tile/0/000.p/2".to_owned(), b"more".to_vec())];
    assert_eq!(
        slow.publish(Some(&head), more, b"three").unwrap(),
        Published::Done
    );
    assert_eq!(
        fast.publish(Some(&head), file("late"), b"four").unwrap(),
        Published::Moved
    );
    let head = fast.head().unwrap().unwrap();
    let both = ["tile/0/000.p/1", "tile/0/000.p/2"];
    assert_eq!(fast.list(&head, "tile").unwrap(), both);
    let read = fast.read(&head, both[0]).unwrap();
    assert_eq!(read.as_deref(), Some(&b"fast"[..]));
}

#[test]
fn a_store_that_was_changed_by_something_else_is_said() {
    let base = tempfile::tempdir().unwrap();
    let here = base.path().join("here");
    let bucket = Bucket::default();
    wait_for_sync(&here, "one");
    sync_at(&here, &mut bucket.remote()).unwrap();
    let keys = bucket.keys();
    let index = keys.iter().find(|key| key.ends_with("/index")).unwrap();
    let there = base.path().join("there");
    let said = |bytes: Option<&[u8]>| {
        let mut objects = bucket.objects.lock().unwrap();
        match bytes {
            Some(bytes) => objects.get_mut(index).unwrap().bytes = bytes.to_vec(),
            None => drop(objects.remove(index)),
        }
        drop(objects);
        match sync_at(&there, &mut bucket.remote()).unwrap_err() {
            SyncError::Remote(error) => error.to_string(),
            other => panic!("{other}"),
        }
    };
    let found = said(Some(b"{"));
    assert!(found.contains("expected an index"), "{found}");
    let found = said(Some(br#"{"tile/0/000.p/1":"../x"}"#));
    assert!(found.contains("`../x` in place of a digest"), "{found}");
    let found = said(None);
    assert!(found.starts_with("objects s3://bucket/log: "), "{found}");
    assert!(found.contains("found nothing"), "{found}");
}
