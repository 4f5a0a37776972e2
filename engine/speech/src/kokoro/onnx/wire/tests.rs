use proptest::prelude::*;

use super::*;

#[test]
fn a_message_is_its_fields() {
    let mut message = Vec::new();
    put_number(&mut message, 1, 300);
    put_bytes(&mut message, 2, b"abc");
    put_number(&mut message, 3, -1);
    message.extend([4 << 3 | FIXED32, 0, 0, 0, 63]);
    message.extend([5 << 3 | FIXED64, 1, 2, 3, 4, 5, 6, 7, 8]);
    put_head(&mut message, 100, 2);
    message.extend(b"\xFF\xFE");
    let found: Vec<Field<'_>> = fields(&message).collect::<Result<_, _>>().unwrap();
    let numbers: Vec<u32> = found.iter().map(|field| field.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 100]);
    assert_eq!(found[0].number(), Some(300));
    assert_eq!((found[0].text(), found[0].bytes()), (None, None));
    assert_eq!(found[1].text(), Some("abc"));
    assert_eq!(found[1].number(), None);
    assert_eq!(found[2].number(), Some(-1));
    assert_eq!(found[3].value, Value::Fixed32([0, 0, 0, 63]));
    assert_eq!(found[4].value, Value::Fixed64);
    // Bytes that are no text.
    assert_eq!(
        (found[5].text(), found[5].bytes()),
        (None, Some(&b"\xFF\xFE"[..]))
    );
    let whole: Vec<u8> = found
        .iter()
        .flat_map(|field| field.whole)
        .copied()
        .collect();
    assert_eq!(whole, message);
}

#[test]
fn what_is_no_message_is_said_so_once() {
    let broken: [&[u8]; 9] = [
        &[0],
        &[0x08],
        &[0x0A, 2, 1],
        &[0x0D, 1, 2, 3],
        &[0x09, 1, 2, 3, 4, 5, 6, 7],
        &[0x0B],
        &[0x0E, 0],
        &[
            0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
        ],
        &[
            0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1,
        ],
    ];
    for message in broken {
        let found: Vec<_> = fields(message).collect();
        assert_eq!(found, [Err(Malformed)], "{message:?}");
    }
    assert_eq!(
        Malformed.to_string(),
        "it is damaged or no ONNX file: no protocol buffers message"
    );
}

#[test]
fn tags_hold_number_and_type() {
    assert_eq!(split_tag(0x0A), Some((1, BYTES)));
    assert_eq!(split_tag(7), None);
    assert_eq!(split_tag(u64::MAX), None);
    assert_eq!(
        split_tag(u64::from(u32::MAX) << 3),
        Some((u32::MAX, VARINT))
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(fields(&bytes).count() <= bytes.len());
    }

    #[test]
    fn numbers_survive(value in any::<i64>()) {
        let mut message = Vec::new();
        put_number(&mut message, 7, value);
        prop_assert_eq!(fields(&message).next().unwrap().unwrap().number(), Some(value));
    }
}
