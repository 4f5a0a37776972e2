use super::*;

#[test]
fn two_syntheses_at_least_and_one_for_each_core() {
    assert_eq!(default_concurrency(1), 2);
    assert_eq!(default_concurrency(2), 2);
    assert_eq!(default_concurrency(3), 3);
    assert_eq!(default_concurrency(64), 64);
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let limits = Limits::default();
    assert_eq!(limits.body_bytes, 65_536);
    assert_eq!(limits.queue, 32);
    assert_eq!(limits.connections, 512);
    assert_eq!(limits.stream_buffer_bytes, 2_097_152);
    assert!(limits.concurrency >= 2);
    // The longest text, all of it beyond the basic plane and escaped, with room for the other keys.
    assert!(MAX_CHARACTERS * r"\ud83d\ude00".len() + 1024 < limits.body_bytes);
}
