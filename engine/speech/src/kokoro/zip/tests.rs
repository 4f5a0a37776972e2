use super::*;
use crate::testing::fixture;

fn archive() -> Vec<u8> {
    std::fs::read(fixture("tiny-voices.npz")).unwrap()
}

fn directory(bytes: &[u8]) -> usize {
    size_at(bytes, end_record(bytes).unwrap() + 16).unwrap()
}

#[test]
fn the_members_of_a_numpy_archive_are_found() {
    let bytes = archive();
    let found = members(&bytes).unwrap();
    let names: Vec<&str> = found.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "af_heart.npy",
            "am_michael.npy",
            "bf_emma.npy",
            "ef_dora.npy"
        ]
    );
    for member in found {
        assert_eq!(bytes[member.bytes.clone()][..6], *b"\x93NUMPY");
        assert_eq!(member.bytes.len(), 128 + 4 * 256 * 4);
    }
}

#[test]
fn a_comment_at_the_end_does_no_harm() {
    let mut bytes = archive();
    let length = bytes.len();
    bytes.extend(b"a comment");
    assert_eq!(members(&bytes).unwrap().len(), 4);
    assert_eq!(end_record(&bytes), Some(length - 22));
    // Farther from the end than a comment can be long.
    bytes.extend(vec![b' '; 70_000]);
    assert_eq!(end_record(&bytes), None);
}

#[test]
fn packed_members_are_unpacked() {
    let bytes = std::fs::read(fixture("compressed-voices.npz")).unwrap();
    let found = members(&bytes).unwrap();
    assert_eq!(found.len(), 4);
    let plain = archive();
    for (packed, stored) in found.iter().zip(members(&plain).unwrap()) {
        let size = packed.packed.unwrap();
        assert_eq!(packed.unpacked(&bytes, size).unwrap(), plain[stored.bytes]);
        assert_eq!(stored.packed, None);
        let lie = "`af_heart.npy` in it is damaged: its unpacked size is not the ";
        if packed.name == "af_heart.npy" {
            for wrong in [size - 1, size + 1] {
                let error = packed.unpacked(&bytes, wrong).unwrap_err();
                assert_eq!(error, format!("{lie}{wrong} bytes announced"));
            }
        }
    }
    let first = &found[0];
    assert_eq!(
        first.unpacked(&bytes, LARGEST + 1).unwrap_err(),
        "`af_heart.npy` in it has 8388609 bytes unpacked; at most 8388608 are accepted"
    );
    assert!(
        first
            .unpacked(&bytes, LARGEST)
            .unwrap_err()
            .contains("is damaged")
    );
    let mut damaged = bytes.clone();
    damaged[first.bytes.clone()].fill(0xFF);
    assert_eq!(
        first.unpacked(&damaged, 1).unwrap_err(),
        "`af_heart.npy` in it is damaged: it cannot be unpacked"
    );
}

#[test]
fn other_ways_to_pack_are_refused_by_name() {
    let mut bytes = archive();
    let at = directory(&bytes);
    bytes[at + 10] = 12;
    assert_eq!(
        members(&bytes).unwrap_err(),
        "`af_heart.npy` in it is compressed by method 12, not stored or deflated; write it with numpy.savez"
    );
}

#[test]
fn a_file_cut_short_is_said_to_be() {
    let bytes = archive();
    for length in [0, 10, 21, 1_000, bytes.len() - 1] {
        assert_eq!(
            members(&bytes[..length]).unwrap_err(),
            "its ZIP directory is missing: the file is cut short",
            "{length}"
        );
    }
}

#[test]
fn a_damaged_directory_is_said_to_be() {
    let mut bytes = archive();
    let at = directory(&bytes);
    bytes[at] = b'X';
    assert_eq!(members(&bytes).unwrap_err(), "its ZIP directory is damaged");
    // More members than there are.
    let mut bytes = archive();
    let end = end_record(&bytes).unwrap();
    bytes[end + 10] = 5;
    assert_eq!(members(&bytes).unwrap_err(), "its ZIP directory is damaged");
    // A directory beyond the end.
    let mut bytes = archive();
    bytes[end + 16..end + 20].copy_from_slice(&[0xFF; 4]);
    assert_eq!(members(&bytes).unwrap_err(), "its ZIP directory is damaged");
}

#[test]
fn a_member_beyond_the_end_is_cut_short() {
    let mut bytes = archive();
    let at = directory(&bytes);
    bytes[at + 20..at + 24].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x7F]);
    assert_eq!(
        members(&bytes).unwrap_err(),
        "`af_heart.npy` in it is cut short"
    );
    // A local header beyond the end.
    let mut bytes = archive();
    bytes[at + 42..at + 46].copy_from_slice(&[0xFF; 4]);
    assert_eq!(
        members(&bytes).unwrap_err(),
        "its ZIP directory is cut short"
    );
    // A name longer than the file.
    let mut bytes = archive();
    bytes[at + 28..at + 30].copy_from_slice(&[0xFF; 2]);
    assert_eq!(
        members(&bytes).unwrap_err(),
        "its ZIP directory is cut short"
    );
}

#[test]
fn extra_fields_and_comments_of_members_are_skipped() {
    // One stored member with an extra field and a comment in the directory, and another extra field in front of it.
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend([0; 22]);
    bytes.extend([1, 0, 2, 0]);
    bytes.extend(b"aEE");
    bytes.extend(b"data!");
    let directory = u8::try_from(bytes.len()).unwrap();
    let entry = |bytes: &mut Vec<u8>| {
        bytes.extend(b"PK\x01\x02");
        bytes.extend([0; 16]);
        bytes.extend([5, 0, 0, 0, 5, 0, 0, 0]);
        bytes.extend([1, 0, 3, 0, 2, 0]);
        bytes.extend([0; 12]);
        bytes.extend(b"aXXXCC");
    };
    entry(&mut bytes);
    entry(&mut bytes);
    bytes.extend(b"PK\x05\x06\0\0\0\0\x02\0\x02\0\0\0\0\0");
    bytes.extend([directory, 0, 0, 0, 0, 0]);
    let found = members(&bytes).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].name, "a");
    assert_eq!(bytes[found[0].bytes.clone()], *b"data!");
}
