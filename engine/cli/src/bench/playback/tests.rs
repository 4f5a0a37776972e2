use super::*;

const SECOND: u64 = 48_000;

#[test]
fn bytes_are_seconds_of_pcm() {
    assert_eq!(seconds_of(SECOND), 1.0);
    assert_eq!(seconds_of(24_000), 0.5);
}

#[test]
fn audio_in_time_is_never_an_underrun() {
    assert_eq!(underruns(&[]), 0);
    assert_eq!(underruns(&[(9.0, SECOND)]), 0);
    assert_eq!(underruns(&[(1.0, SECOND), (2.0, SECOND), (3.0, SECOND)]), 0);
    // A scheduler's breath late.
    assert_eq!(underruns(&[(1.0, SECOND), (2.0009, SECOND)]), 0);
}

#[test]
fn every_silence_is_one_underrun_and_moves_what_follows() {
    assert_eq!(
        underruns(&[(1.0, SECOND), (2.1, SECOND), (3.05, SECOND)]),
        1
    );
    assert_eq!(underruns(&[(1.0, SECOND), (2.1, SECOND), (3.2, SECOND)]), 2);
    // What came early is played first.
    assert_eq!(
        underruns(&[
            (1.0, SECOND),
            (1.1, 2 * SECOND),
            (3.9, SECOND),
            (4.9, SECOND)
        ]),
        0
    );
}

#[test]
fn reads_that_the_network_split_are_one_arrival() {
    let mut arrivals = Vec::new();
    for arrival in [
        (0.1, 10),
        (0.1001, 20),
        (0.1005, 30),
        (0.1012, 40),
        (0.2, 50),
    ] {
        add(&mut arrivals, arrival);
    }
    // The first keeps its time; the last of a group gives its own.
    assert_eq!(arrivals, [(0.1, 10), (0.1012, 90), (0.2, 50)]);
}
