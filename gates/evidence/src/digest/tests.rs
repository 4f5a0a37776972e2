use std::collections::HashMap;

use serde_json::json;

use super::*;

#[test]
fn digests_match_the_standard() {
    // FIPS 180-4 examples.
    assert_eq!(
        sha256_hex(b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(
        sha256_hex(b""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn hexadecimal_has_two_lowercase_digits_for_each_byte() {
    assert_eq!(hex(&[0x00, 0x0f, 0xAB, 0xff]), "000fabff");
    assert_eq!(hex(&[]), "");
}

#[test]
fn canonical_json_is_compact_and_sorted_at_every_depth() {
    let value = json!({"b": [{"z": 1, "a": null}], "a": "é\n", "B": 1.5});
    assert_eq!(
        String::from_utf8(canonical_json(&value).unwrap()).unwrap(),
        r#"{"B":1.5,"a":"é\n","b":[{"a":null,"z":1}]}"#
    );
}

#[test]
fn what_is_no_json_is_refused() {
    let map: HashMap<(u8, u8), u8> = [((1, 2), 3)].into();
    assert!(canonical_json(&map).is_err());
}

#[test]
fn a_digest_of_pieces_is_that_of_the_whole() {
    let mut stream = Sha256Stream::default();
    assert_eq!(stream.clone().hex(), sha256_hex(b""));
    for piece in [&b"a"[..], b"", b"bc"] {
        stream.update(piece);
    }
    assert_eq!(stream.hex(), sha256_hex(b"abc"));
}
