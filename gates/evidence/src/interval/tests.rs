use super::*;

fn near(left: f64, right: f64, tolerance: f64) {
    assert!((left - right).abs() <= tolerance, "{left} is not {right}");
}

#[test]
fn z_matches_the_tables() {
    near(two_sided_z(0.95).unwrap(), 1.959_963_984_540_054, 1e-12);
    near(two_sided_z(0.90).unwrap(), 1.644_853_626_951_472_2, 1e-12);
    near(two_sided_z(0.99).unwrap(), 2.575_829_303_548_901, 1e-12);
    for nonsense in [0.0, 1.0, -0.5, 1.5, f64::NAN] {
        assert_eq!(two_sided_z(nonsense), None);
    }
}

#[test]
fn wilson_matches_published_values() {
    let eight = wilson(8, 10, 0.95).unwrap();
    near(eight.low, 0.490_162_47, 1e-7);
    near(eight.high, 0.943_317_84, 1e-7);
    assert_eq!(eight.confidence, 0.95);
    assert_eq!(eight.method, "wilson");
    // R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    let many = wilson(81, 263, 0.95).unwrap();
    near(many.low, 0.255_3, 5e-5);
    near(many.high, 0.366_2, 5e-5);
    let few = wilson(15, 148, 0.95).unwrap();
    near(few.low, 0.062_4, 5e-5);
    near(few.high, 0.160_5, 5e-5);
    let none = wilson(0, 20, 0.95).unwrap();
    assert_eq!(none.low, 0.0);
    near(none.high, 0.161_1, 5e-5);
    let one = wilson(1, 29, 0.95).unwrap();
    near(one.low, 0.006_1, 5e-5);
    near(one.high, 0.171_8, 5e-5);
    let all = wilson(20, 20, 0.95).unwrap();
    near(all.low, 1.0 - 0.161_1, 5e-5);
    assert_eq!(all.high, 1.0);
}

#[test]
fn wilson_refuses_what_is_no_share() {
    assert_eq!(wilson(0, 0, 0.95), None);
    assert_eq!(wilson(3, 2, 0.95), None);
    assert_eq!(wilson(1, 2, 1.0), None);
    assert!(wilson(2, 2, 0.95).is_some());
}

#[test]
fn more_needed_is_the_first_sample_size_that_decides() {
    for (successes, n, threshold) in [(6, 10, 0.5), (4, 10, 0.5), (55, 100, 0.5), (7, 10, 0.8)] {
        let more = wilson_more_needed(successes, n, threshold, 0.95);
        let share = successes as f64 / n as f64;
        let at = |total: u64| {
            // The same share at another size, on the interval's own formula.
            let (count, z) = (total as f64, two_sided_z(0.95).unwrap());
            let scale = 1.0 + z * z / count;
            let centre = (share + z * z / (2.0 * count)) / scale;
            let half =
                z / scale * (share * (1.0 - share) / count + z * z / (4.0 * count * count)).sqrt();
            (centre - half, centre + half)
        };
        let decided = |(low, high): (f64, f64)| low >= threshold || high < threshold;
        assert!(more > 0);
        assert!(decided(at(n + more)), "{successes}/{n} at {more}");
        assert!(!decided(at(n + more - 1)), "{successes}/{n} at {more}");
    }
    assert_eq!(wilson_more_needed(6, 10, 0.5, 0.95), 87);
}

#[test]
fn more_needed_at_its_ends() {
    assert_eq!(wilson_more_needed(90, 100, 0.5, 0.95), 0);
    assert_eq!(wilson_more_needed(5, 10, 0.5, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(0, 0, 0.5, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(3, 2, 0.5, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(1, 2, 1.5, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(1, 2, -0.1, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(1, 2, 0.4, 2.0), u64::MAX);
    assert_eq!(wilson_more_needed(0, 5, 0.0, 0.95), 0);
    assert_eq!(wilson_more_needed(5, 5, 1.0, 0.95), u64::MAX);
    assert_eq!(wilson_more_needed(4, 5, 1.0, 0.95), 0);
}

#[test]
fn binomial_is_exact_for_small_and_stable_for_large() {
    let coin = cumulative_binomial(4, 0.5);
    for (got, wanted) in coin.iter().zip([1.0, 5.0, 11.0, 15.0, 16.0]) {
        near(*got, wanted / 16.0, 1e-15);
    }
    assert_eq!(cumulative_binomial(0, 0.3), vec![1.0]);
    let skewed = cumulative_binomial(3, 0.9);
    for (got, wanted) in skewed.iter().zip([0.001, 0.028, 0.271, 1.0]) {
        near(*got, wanted, 1e-15);
    }
    let hundred = cumulative_binomial(100, 0.95);
    near(1.0 - hundred[99], 0.95_f64.powi(100), 1e-12);
    near(hundred[89], 0.011_472_410_067_484_772, 1e-14);
    let large = cumulative_binomial(100_000, 0.95);
    near(large[95_000], 0.503, 2e-3);
    near(large[100_000], 1.0, 1e-9);
}

#[test]
fn quantile_ranks_are_the_narrowest_that_hold() {
    assert_eq!(quantile_ranks(100, 0.95, 0.95), Some((90, 99)));
    // 1 - 0.95^58 = 0.9490 and 1 - 0.95^59 = 0.9515.
    assert_eq!(quantile_ranks(58, 0.95, 0.95), None);
    assert_eq!(quantile_ranks(59, 0.95, 0.95).unwrap().1, 59);
    // The median of 6: the extremes hold with 1 - 2/64 = 0.969; of 5 with 0.9375.
    assert_eq!(quantile_ranks(6, 0.5, 0.95), Some((1, 6)));
    assert_eq!(quantile_ranks(5, 0.5, 0.95), None);
    // A pair that holds with exactly the confidence asked for is enough.
    assert_eq!(quantile_ranks(2, 0.5, 0.5), Some((1, 2)));
    for n in [0, 1] {
        assert_eq!(quantile_ranks(n, 0.5, 0.5), None);
    }
    for (p, confidence) in [
        (0.0, 0.9),
        (1.0, 0.9),
        (0.5, 0.0),
        (0.5, 1.0),
        (f64::NAN, 0.9),
    ] {
        assert_eq!(quantile_ranks(10, p, confidence), None);
    }
}

#[test]
fn quantile_interval_reads_the_ranks() {
    let sample: Vec<f64> = (1..=100).map(f64::from).collect();
    let interval = quantile(&sample, 0.95, 0.95).unwrap();
    assert_eq!((interval.low, interval.high), (90.0, 99.0));
    assert_eq!(interval.method, "order-statistics");
    assert_eq!(interval.confidence, 0.95);
}

#[test]
fn a_sample_too_small_has_no_upper_end() {
    let sample: Vec<f64> = (1..=40).map(f64::from).collect();
    let interval = quantile(&sample, 0.95, 0.95).unwrap();
    assert_eq!(interval.high, UNBOUNDED);
    // P(Bin(40, .95) <= 34) = 0.0139 and P(<= 35) = 0.0480: the 36th value is the last that holds.
    assert_eq!(interval.low, 36.0);
    assert_eq!(quantile(&[3.0], 0.95, 0.95).unwrap().low, 3.0);
    assert_eq!(quantile(&[], 0.95, 0.95), None);
    assert_eq!(quantile(&sample, 1.0, 0.95), None);
    assert_eq!(quantile(&sample, 0.0, 0.95), None);
    assert_eq!(quantile(&sample, 0.5, 1.0), None);
}

#[test]
fn trials_that_never_answered_leave_no_upper_end() {
    let mut sample: Vec<f64> = (1..=100).map(f64::from).collect();
    sample[98] = f64::INFINITY;
    sample[99] = f64::INFINITY;
    let interval = quantile(&sample, 0.95, 0.95).unwrap();
    assert_eq!((interval.low, interval.high), (90.0, UNBOUNDED));
    sample[89..].fill(f64::INFINITY);
    assert_eq!(quantile(&sample, 0.95, 0.95).unwrap().low, UNBOUNDED);
}
