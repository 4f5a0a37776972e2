//! Small things the unit tests share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::host::Host;

/// A directory that goes with the test.
pub(crate) fn temp() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// An executable shell script.
pub(crate) fn script(dir: &Path, name: &str, body: &str) -> PathBuf {
    std::fs::create_dir_all(dir).unwrap();
    let path = dir.join(name);
    write_script(&path, body);
    path
}

fn write_script(path: &Path, body: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    // Written by a child: a test that forks while this file is open for writing here would make
    // its execution fail with "text file busy".
    let text = format!("#!/bin/sh\n{body}\n");
    let mut child = std::process::Command::new("/bin/sh")
        .arg("-c")
        .arg("cat > \"$0\"")
        .arg(path)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A machine with its cache under `dir`, the system's own programs and two cores.
pub(crate) fn host(dir: &Path) -> Host {
    let mut host = Host::from_vars(BTreeMap::new(), 2);
    host.cache = dir.join(".cache-of-the-test");
    host.keys = None;
    host.path = vec![PathBuf::from("/usr/local/bin"), PathBuf::from("/usr/bin"), PathBuf::from("/bin")];
    host
}
