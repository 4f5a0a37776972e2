use std::fs::File;
use std::io::ErrorKind;

use super::{read, read_text};

#[test]
fn a_file_is_read_up_to_the_limit_and_not_beyond() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    std::fs::write(&path, "12345").unwrap();
    assert_eq!(read(&path, 5).unwrap(), b"12345");
    assert_eq!(read_text(&path, 5).unwrap(), "12345");
    let refused = read(&path, 4).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::FileTooLarge);
    assert_eq!(
        refused.to_string(),
        "it has 5 bytes or more, and at most 4 are read"
    );
    assert_eq!(
        read(&folder.path().join("g"), 4).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    std::fs::write(&path, b"\xff").unwrap();
    assert_eq!(
        read_text(&path, 4).unwrap_err().kind(),
        ErrorKind::InvalidData
    );
}

#[test]
fn a_file_of_a_terabyte_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    // Sparse: it takes no room.
    File::create(&path).unwrap().set_len(1 << 40).unwrap();
    assert_eq!(
        read(&path, 1 << 20).unwrap_err().kind(),
        ErrorKind::FileTooLarge
    );
}

#[cfg(unix)]
#[test]
fn a_device_without_end_is_read_up_to_the_limit() {
    assert_eq!(
        read("/dev/zero".as_ref(), 1 << 16).unwrap_err().kind(),
        ErrorKind::FileTooLarge
    );
}
