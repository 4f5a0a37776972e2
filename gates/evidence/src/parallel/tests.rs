use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread::{available_parallelism, current};

use super::map;

#[test]
fn results_stand_in_the_order_of_the_items() {
    let items: Vec<u32> = (0..1000).collect();
    let doubled: Vec<u32> = (0..1000).map(|item| item * 2).collect();
    assert_eq!(map(&items, |item| item * 2), doubled);
    assert_eq!(map(&[7], |item| item + 1), [8]);
    assert!(map(&[], |item: &u32| *item).is_empty());
}

#[test]
fn every_processor_takes_part() {
    let threads = available_parallelism().unwrap().get();
    let all = Barrier::new(threads);
    let items = vec![(); threads];
    // Each item waits for the others: one thread alone would never end.
    let seen: BTreeSet<String> = map(&items, |()| {
        all.wait();
        format!("{:?}", current().id())
    })
    .into_iter()
    .collect();
    assert_eq!(seen.len(), threads);
}

#[test]
fn a_panic_of_one_item_is_the_callers() {
    let items = [1, 2, 3];
    let found = std::panic::catch_unwind(|| {
        map(&items, |item| {
            assert_ne!(*item, 2, "the second");
            *item
        })
    });
    assert!(found.is_err());
}
