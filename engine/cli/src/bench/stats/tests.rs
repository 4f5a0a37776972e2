use super::*;

fn one_to(n: u32) -> Sorted {
    Sorted::new((1..=n).rev().map(f64::from))
}

#[test]
fn percentiles_are_by_nearest_rank() {
    assert_eq!(one_to(100).percentile(0.95), Some(95.0));
    assert_eq!(one_to(100).percentile(0.5), Some(50.0));
    assert_eq!(one_to(20).percentile(0.95), Some(19.0));
    assert_eq!(one_to(21).percentile(0.95), Some(20.0));
    assert_eq!(one_to(3).percentile(0.5), Some(2.0));
    assert_eq!(one_to(1).percentile(0.95), Some(1.0));
    assert_eq!(one_to(5).percentile(0.0), Some(1.0));
    assert_eq!(one_to(0).percentile(0.95), None);
}

#[test]
fn the_binomial_sums_are_right() {
    let sums = cumulative_binomial(3, 0.5);
    for (sum, expected) in sums.iter().zip([0.125, 0.5, 0.875]) {
        assert!((sum - expected).abs() < 1e-12, "{sums:?}");
    }
    assert_eq!(sums.len(), 3);
    // Where powers of a small number are zero in floating point.
    let sums = cumulative_binomial(1000, 0.95);
    assert!((sums[949] - 0.463).abs() < 0.01, "{}", sums[949]);
}

#[test]
fn the_bounds_of_a_percentile_are_the_tabled_order_statistics() {
    // n = 100, p = 0.95: P(B <= 89) = 0.0115 and P(B <= 90) = 0.0282, so rank 90;
    // P(B <= 98) = 0.9629 and P(B <= 99) = 0.9941, so rank 100.
    let interval = one_to(100).interval(0.95);
    assert_eq!((interval.low, interval.high), (Some(90.0), Some(100.0)));
    assert_eq!(
        (interval.confidence, interval.method),
        (0.95, "order-statistics")
    );
    // The median of ten: ranks 2 and 9 (P(B <= 1) = 0.0107, P(B <= 2) = 0.0547).
    let interval = one_to(10).interval(0.5);
    assert_eq!((interval.low, interval.high), (Some(2.0), Some(9.0)));
}

#[test]
fn small_samples_have_no_upper_bound_and_tiny_ones_none() {
    let interval = one_to(20).interval(0.95);
    assert_eq!(interval.high, None);
    // P(B <= 16) = 0.0159, P(B <= 17) = 0.0755.
    assert_eq!(interval.low, Some(17.0));
    let interval = one_to(0).interval(0.95);
    assert_eq!((interval.low, interval.high), (None, None));
}

#[test]
fn differences_are_relative_to_the_first_or_to_20_ms() {
    assert!((difference(0.1, 0.15) - 0.5).abs() < 1e-12);
    assert!((difference(0.1, 0.05) - 0.5).abs() < 1e-12);
    assert!((difference(0.01, 0.02) - 0.5).abs() < 1e-12);
    assert_eq!(difference(0.02, 0.02), 0.0);
}

#[test]
fn medians_are_in_the_middle_of_at_least_three() {
    assert_eq!(median([3.0, 1.0].into_iter()), None);
    assert_eq!(median([3.0, 1.0, 2.5].into_iter()), Some(2.5));
    assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), Some(2.5));
}
