use super::*;

#[test]
fn audio_that_comes_in_time_never_runs_dry() {
    assert_eq!(underruns(&[]), 0);
    assert_eq!(underruns(&[(5.0, 10)]), 0);
    // A second of audio, and the next chunk a second later; then all at once.
    assert_eq!(
        underruns(&[(0.5, 48_000), (1.5, 48_000), (1.6, 96_000), (1.6, 48_000)]),
        0
    );
}

#[test]
fn a_millisecond_late_is_in_time_and_more_is_not() {
    assert_eq!(underruns(&[(0.0, 48_000), (1.0009, 48_000)]), 0);
    assert_eq!(underruns(&[(0.0, 48_000), (1.0011, 48_000)]), 1);
}

#[test]
fn playback_goes_on_from_the_late_chunk() {
    // Dry at 1.0 until 1.5; then a second of audio, in time at 2.4, dry at 3.5.
    assert_eq!(
        underruns(&[(0.0, 48_000), (1.5, 48_000), (2.4, 48_000), (3.6, 1)]),
        2
    );
    // Had playback not waited, the chunk at 2.4 would have been late as well.
    assert_eq!(
        underruns(&[(0.0, 48_000), (1.5, 48_000), (2.4, 48_000), (3.4, 1)]),
        1
    );
}
