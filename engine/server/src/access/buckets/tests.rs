use super::*;

fn buckets(per_minute: u32, limit: usize) -> Buckets<u8> {
    Buckets::new(
        Rate::per_minute(NonZeroU32::new(per_minute).unwrap()),
        limit,
    )
}

#[test]
fn a_full_bucket_gives_all_its_tokens_at_once_and_each_comes_back_in_its_time() {
    let now = Instant::now();
    let buckets = buckets(3, 10);
    for _ in 0..3 {
        assert_eq!(buckets.take(1, now), Ok(()));
    }
    assert_eq!(buckets.take(1, now), Err(Duration::from_secs(20)));
    // A refusal costs nothing.
    assert_eq!(buckets.take(1, now), Err(Duration::from_secs(20)));
    let almost = now + Duration::from_millis(19_999);
    assert_eq!(buckets.take(1, almost), Err(Duration::from_millis(1)));
    let later = now + Duration::from_secs(20);
    assert_eq!(buckets.take(1, later), Ok(()));
    assert_eq!(buckets.take(1, later), Err(Duration::from_secs(20)));
}

#[test]
fn tokens_do_not_pile_up() {
    let now = Instant::now();
    let buckets = buckets(2, 10);
    assert_eq!(buckets.take(1, now), Ok(()));
    let later = now + Duration::from_secs(3600);
    assert_eq!(buckets.take(1, later), Ok(()));
    assert_eq!(buckets.take(1, later), Ok(()));
    assert_eq!(buckets.take(1, later), Err(Duration::from_secs(30)));
}

#[test]
fn clients_do_not_take_from_each_other() {
    let now = Instant::now();
    let buckets = buckets(1, 10);
    assert_eq!(buckets.take(1, now), Ok(()));
    assert_eq!(buckets.take(2, now), Ok(()));
    assert_eq!(buckets.take(1, now), Err(Duration::from_secs(60)));
}

#[test]
fn the_table_is_bounded_and_keeps_who_owes_most() {
    let now = Instant::now();
    let buckets = buckets(2, 2);
    assert_eq!(buckets.take(1, now), Ok(()));
    assert_eq!(buckets.take(1, now), Ok(()));
    assert_eq!(buckets.take(2, now), Ok(()));
    // Full: the second owes least and is forgotten.
    assert_eq!(buckets.take(3, now), Ok(()));
    assert_eq!(buckets.full.lock().unwrap().len(), 2);
    assert_eq!(buckets.take(1, now), Err(Duration::from_secs(30)));
    // One who is known needs no room.
    assert_eq!(buckets.take(3, now), Ok(()));
    assert_eq!(buckets.take(1, now), Err(Duration::from_secs(30)));
    // Whose bucket is full again is forgotten first.
    let later = now + Duration::from_secs(60);
    assert_eq!(buckets.take(4, later), Ok(()));
    assert_eq!(buckets.full.lock().unwrap().len(), 1);
}
