use super::{from_base64, to_base64};

#[test]
fn either_alphabet_is_read_with_or_without_padding() {
    let bytes = [0xfb_u8, 0xff, 0xbf, 0x01];
    assert_eq!(to_base64(&bytes), "+/+/AQ==");
    for text in ["+/+/AQ==", "+/+/AQ", "-_-_AQ==", "-_-_AQ"] {
        assert_eq!(from_base64(text).unwrap(), bytes, "{text}");
    }
    assert_eq!(from_base64("").unwrap(), b"");
}

#[test]
fn mixed_alphabets_and_stray_bits_are_refused() {
    for text in ["+_", "AR==x", "A", "AB==", "A Q=="] {
        assert!(from_base64(text).is_err(), "{text}");
    }
}
