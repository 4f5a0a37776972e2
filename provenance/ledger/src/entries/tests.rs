use super::*;

#[test]
fn entries_come_back_as_they_went_in() {
    let mut bundle = Vec::new();
    for entry in [b"".as_slice(), b"one", &[7; MAX_ENTRY]] {
        push(&mut bundle, entry).unwrap();
    }
    assert_eq!(&bundle[..7], b"\0\0\0\x03one");
    assert_eq!(
        parse(&bundle, 3).unwrap(),
        [b"".as_slice(), b"one", &[7; MAX_ENTRY]]
    );
    assert_eq!(
        parse(&bundle, 2).unwrap().len(),
        2,
        "a full bundle serves as a partial one"
    );
    assert_eq!(parse(&[], 0).unwrap().len(), 0);
}

#[test]
fn an_entry_too_long_is_refused_and_leaves_nothing() {
    let mut bundle = Vec::new();
    let error = push(&mut bundle, &[0; MAX_ENTRY + 1]);
    assert_eq!(error, Err(BundleError::TooLong(65_536)));
    assert!(bundle.is_empty());
}

#[test]
fn a_bundle_cut_anywhere_is_found() {
    let mut bundle = Vec::new();
    push(&mut bundle, b"first").unwrap();
    push(&mut bundle, b"second").unwrap();
    for end in 0..bundle.len() {
        let found = parse(&bundle[..end], 2).unwrap_err();
        let expected = match end {
            0 => BundleError::Count {
                expected: 2,
                found: 0,
            },
            7 => BundleError::Count {
                expected: 2,
                found: 1,
            },
            1..7 => BundleError::Truncated { entry: 0 },
            _ => BundleError::Truncated { entry: 1 },
        };
        assert_eq!(found, expected, "cut at {end}");
    }
}

#[test]
fn a_bundle_of_more_than_256_entries_is_none() {
    assert_eq!(
        parse(&[0; 2 * 257], 256),
        Err(BundleError::Count {
            expected: 256,
            found: 257
        })
    );
}
