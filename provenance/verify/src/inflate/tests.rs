use std::io::Write as _;

use super::{Budget, CHUNK, InflateError};

/// Alone, within so many bytes.
fn inflate(stored: &[u8], limit: u64) -> Result<Vec<u8>, InflateError> {
    super::inflate(stored, &Budget::of(limit))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn one_whole_member_within_the_limit() {
    assert_eq!(inflate(&gzip(b"hello"), 5), Ok(b"hello".to_vec()));
    assert_eq!(inflate(&gzip(b""), 0), Ok(Vec::new()));
    assert_eq!(inflate(&gzip(b"hello"), u64::MAX), Ok(b"hello".to_vec()));
}

#[test]
fn a_bomb_stops_at_the_limit() {
    assert_eq!(inflate(&gzip(b"hello"), 4), Err(InflateError::TooLarge(4)));
    let bomb = gzip(&vec![0; 10_000_000]);
    assert!(bomb.len() < 20_000);
    assert_eq!(inflate(&bomb, 1000), Err(InflateError::TooLarge(1000)));
}

#[test]
fn anything_but_one_whole_member_is_refused() {
    let good = gzip(b"hello");
    for end in 0..good.len() {
        assert!(
            matches!(inflate(&good[..end], 100), Err(InflateError::Broken(_))),
            "{end}"
        );
    }
    let more = [good.as_slice(), b"xyz"].concat();
    assert_eq!(inflate(&more, 100), Err(InflateError::Trailing(3)));
    let twice = [good.as_slice(), good.as_slice()].concat();
    assert_eq!(
        inflate(&twice, 100),
        Err(InflateError::Trailing(good.len()))
    );
    let mut checksum = good;
    let at = checksum.len() - 8;
    checksum[at] ^= 1;
    assert!(matches!(
        inflate(&checksum, 100),
        Err(InflateError::Broken(_))
    ));
}

#[test]
fn content_longer_than_a_chunk_is_read_whole() {
    let chunk = usize::try_from(CHUNK).unwrap();
    for length in [chunk - 1, chunk, chunk + 1] {
        let content = vec![7; length];
        let limit = u64::try_from(length).unwrap();
        let stored = gzip(&content);
        assert_eq!(
            inflate(&stored, limit - 1),
            Err(InflateError::TooLarge(limit - 1))
        );
        assert!(inflate(&stored, limit) == Ok(content), "{length}");
    }
}

#[test]
fn a_budget_is_spent_by_what_was_accepted_alone() {
    let budget = Budget::of(9);
    let whole = gzip(b"hello");
    let broken = &whole[..whole.len() - 1];
    assert!(super::inflate(broken, &budget).is_err());
    assert_eq!(super::inflate(&whole, &budget), Ok(b"hello".to_vec()));
    assert_eq!(
        super::inflate(&whole, &budget),
        Err(InflateError::TooLarge(4))
    );
    assert_eq!(
        super::inflate(&gzip(b"four"), &budget),
        Ok(b"four".to_vec())
    );
    assert_eq!(super::inflate(&gzip(b""), &budget), Ok(Vec::new()));
}
