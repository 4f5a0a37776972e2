use super::*;

fn header(text: &str) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\0".to_vec();
    bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

const GOOD: &str = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 256), }\n";

#[test]
fn numpy_headers_are_read_in_both_versions() {
    let mut array = header(GOOD);
    array.extend([0; ROW]);
    let start = 10 + GOOD.len();
    assert_eq!(locate(&array), Ok(start..start + ROW));
    let mut later = b"\x93NUMPY\x02\0".to_vec();
    later.extend(u32::try_from(GOOD.len()).unwrap().to_le_bytes());
    later.extend(GOOD.as_bytes());
    later.extend([0; ROW]);
    assert_eq!(locate(&later), Ok(start + 2..start + 2 + ROW));
    // A header longer than one byte can say.
    let long = format!("{}{}", GOOD.trim(), " ".repeat(300));
    let mut array = header(&long);
    array.extend([0; ROW]);
    assert_eq!(locate(&array), Ok(10 + long.len()..10 + long.len() + ROW));
}

#[test]
fn numpy_arrays_of_another_kind_are_refused() {
    let with = |text: &str, data: usize| {
        let mut array = header(text);
        array.extend(vec![0; data]);
        locate(&array).unwrap_err()
    };
    let kind = "is not an array of little-endian 32-bit floats in C order: ";
    for text in [
        GOOD.replace("<f4", "<f8"),
        GOOD.replace("<f4", ">f4"),
        GOOD.replace("False", "True"),
    ] {
        assert_eq!(with(&text, ROW), format!("{kind}{}", text.trim()));
    }
    let rows = "does not have rows of 256 values: ";
    assert_eq!(with(GOOD, 0), format!("{rows}{}", GOOD.trim()));
    assert_eq!(with(GOOD, ROW - 1), format!("{rows}{}", GOOD.trim()));
    let narrow = GOOD.replace("256", "128");
    assert_eq!(with(&narrow, ROW), format!("{rows}{}", narrow.trim()));
    assert_eq!(locate(b"something").unwrap_err(), "is not a NumPy array");
    for cut in [
        &b"\x93NUMPY"[..],
        b"\x93NUMPY\x01\0",
        b"\x93NUMPY\x01\0\x50\0",
        b"\x93NUMPY\x02\0\x01\0",
    ] {
        assert_eq!(locate(cut).unwrap_err(), "has a header that is cut short");
    }
}

#[test]
fn every_shape_of_rows_is_read_and_no_other() {
    let with = |shape: &str, rows: usize| {
        let mut array = header(&GOOD.replace("(1, 1, 256)", shape));
        array.extend(vec![0; rows * ROW]);
        locate(&array).map(|range| range.len())
    };
    for (shape, rows) in [
        ("(256,)", 1),
        ("(1, 256)", 1),
        ("(3, 256)", 3),
        ("(2, 1, 256)", 2),
        ("( 2,1,256 )", 2),
    ] {
        assert_eq!(with(shape, rows), Ok(rows * ROW), "{shape}");
    }
    // A shape that is not that of the data, or has no axes.
    for shape in ["(2, 1, 256)", "(256, 1)", "()", "(0, 256)"] {
        assert!(with(shape, 1).is_err(), "{shape}");
    }
    assert!(with(&format!("({0}, {0}, 256)", usize::MAX), 1).is_err());
}
