use caws_evidence::{Raw, sha256_hex};

use super::{
    compress, copy_dir, decompress, keep, keep_raw, media_type, replace_dir, stored_name, write,
};
use crate::gates::testing::temp;

fn raw(role: &str, name: &str, bytes: &[u8]) -> Raw {
    Raw {
        role: role.to_owned(),
        name: name.to_owned(),
        bytes: bytes.to_vec(),
    }
}

#[test]
fn a_file_is_replaced_whole_and_readable_by_everybody() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = temp();
    let path = dir.path().join("a/b/c.json");
    write(&path, b"one").unwrap();
    write(&path, b"two").unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"two");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "nothing is left beside it"
    );
    let error = keep(&path.join("below-a-file"), b"x").unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
}

#[test]
fn the_same_content_compresses_to_the_same_bytes() {
    let bytes = compress(b"content content content").unwrap();
    assert_eq!(bytes, compress(b"content content content").unwrap());
    // RFC 1952: magic, deflate, no flags, no time.
    assert_eq!(bytes[..8], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
    assert_eq!(bytes[9], 255, "no operating system");
    assert_eq!(decompress(&bytes).unwrap(), b"content content content");
    assert!(decompress(b"no gzip").is_err());
}

#[test]
fn names_are_safe() {
    assert_eq!(stored_name(&raw("r", "junit.xml", b"")), "junit.xml.gz");
    assert_eq!(
        stored_name(&raw("r", "../../etc/pass wd", b"")),
        "_.._etc_pass_wd.gz"
    );
    assert_eq!(stored_name(&raw("r", ".caws.yml", b"")), "caws.yml.gz");
}

#[test]
fn media_types_go_by_name() {
    let pairs = [
        ("a.json", "application/json"),
        ("a.sarif", "application/json"),
        ("a.xml", "application/xml"),
        ("a.yml", "application/yaml"),
        ("a.yaml", "application/yaml"),
        ("a.wav", "audio/wav"),
        ("a.pcm", "audio/L16;rate=24000;channels=1"),
        ("a.info", "text/plain"),
        ("a", "application/octet-stream"),
    ];
    for (name, expected) in pairs {
        assert_eq!(media_type(name), expected, "{name}");
    }
}

#[test]
fn raw_outputs_are_kept_compressed_with_both_digests() {
    let dir = temp();
    let outputs = keep_raw(
        dir.path(),
        &[raw("one", "same.json", b"1"), raw("two", "same.json", b"2")],
    )
    .unwrap();
    assert_eq!(outputs[0].path, "raw/same.json.gz");
    assert_eq!(outputs[1].path, "raw/two-same.json.gz");
    for (output, content) in outputs.iter().zip([b"1", b"2"]) {
        let stored = std::fs::read(dir.path().join(&output.path)).unwrap();
        assert_eq!(output.sha256, sha256_hex(&stored));
        assert_eq!(output.content_sha256, sha256_hex(content));
        assert_eq!(output.media_type, "application/json");
        assert_eq!(decompress(&stored).unwrap(), content);
    }
}

#[test]
fn a_directory_takes_the_place_of_another() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = temp();
    let (from, to) = (dir.path().join("from"), dir.path().join("x/to"));
    write(&from.join("in/new"), b"new").unwrap();
    write(&to.join("old"), b"old").unwrap();
    let copy = dir.path().join("copy");
    copy_dir(&from, &copy).unwrap();
    replace_dir(&from, &to).unwrap();
    assert!(!from.exists() && !to.join("old").exists());
    assert_eq!(std::fs::read(to.join("in/new")).unwrap(), b"new");
    assert_eq!(to.metadata().unwrap().permissions().mode() & 0o777, 0o755);
    replace_dir(&copy, &dir.path().join("y/z")).unwrap();
    assert!(dir.path().join("y/z/in/new").is_file());
    let error = copy_dir(&dir.path().join("nowhere"), &dir.path().join("q")).unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}
