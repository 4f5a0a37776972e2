use std::io::Write as _;

use super::{InflateError, inflate};

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
