use super::*;
use crate::bench::client::tests::{STATUS, Stub};

#[test]
fn samples_of_a_time_are_those_within_it() {
    let samples = [(0.9, 1), (1.0, 2), (1.5, 3), (2.0, 4), (2.1, 5)];
    assert_eq!(between(&samples, 1.0, 2.0), [2, 3, 4]);
    assert_eq!(between(&samples, 5.0, 6.0), Vec::<u64>::new());
}

#[test]
fn the_sampler_asks_until_it_is_stopped() {
    let stub = Stub::answering(&[STATUS]);
    let sampler = Sampler::start(&stub.client(), Instant::now());
    std::thread::sleep(PERIOD * 3);
    let samples = sampler.stop();
    assert!((1..=6).contains(&samples.len()), "{samples:?}");
    assert!(
        samples
            .iter()
            .all(|(time, bytes)| *time < 10.0 && *bytes == 4096),
        "{samples:?}"
    );
    assert!(samples.is_sorted());
}
