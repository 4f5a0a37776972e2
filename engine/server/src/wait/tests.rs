use super::*;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn who_has_measured_nothing_says_one_second() {
    assert_eq!(QueueWait::default().retry_after(Instant::now()), 1);
}

#[test]
fn the_first_wait_counts_whole_and_each_later_one_a_fifth() {
    let (waits, now) = (QueueWait::default(), Instant::now());
    waits.observe(now, seconds(10));
    assert_eq!(waits.retry_after(now), 10);
    waits.observe(now, seconds(20));
    assert_eq!(waits.retry_after(now), 12);
    waits.observe(now, seconds(0));
    // 9.6 s, rounded up.
    assert_eq!(waits.retry_after(now), 10);
}

#[test]
fn it_is_at_least_one_second_and_at_most_a_minute() {
    let (short, long, now) = (QueueWait::default(), QueueWait::default(), Instant::now());
    short.observe(now, Duration::from_millis(3));
    long.observe(now, seconds(3600));
    assert_eq!((short.retry_after(now), long.retry_after(now)), (1, 60));
}

#[test]
fn a_wait_of_more_than_a_minute_ago_says_nothing_any_more() {
    let (waits, now) = (QueueWait::default(), Instant::now());
    waits.observe(now, seconds(10));
    assert_eq!(waits.retry_after(now + seconds(60)), 10);
    assert_eq!(waits.retry_after(now + seconds(61)), 1);
    waits.observe(now + seconds(61), seconds(4));
    assert_eq!(waits.retry_after(now + seconds(61)), 4);
}
