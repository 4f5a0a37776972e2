use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use super::*;
use crate::engine::Cancel;

fn control() -> Control {
    Control::new(Cancel::new(), Duration::from_secs(60))
}

/// Waits until so many are in the queue.
fn queued(runs: &Runs, count: usize) {
    let since = Instant::now();
    while runs.state().waiting.len() != count {
        assert!(since.elapsed() < Duration::from_secs(30), "never {count}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn as_many_run_as_may_and_at_least_one() {
    let runs = Runs::new(2);
    let first = runs.acquire(&control()).unwrap();
    let second = runs.acquire(&control()).unwrap();
    let short = Control::new(Cancel::new(), Duration::from_millis(30));
    assert!(matches!(
        runs.acquire(&short),
        Err(SpeechError::Deadline { .. })
    ));
    drop(first);
    let third = runs.acquire(&control()).unwrap();
    drop((second, third));
    assert_eq!(runs.state().running, 0);
    assert_eq!(Runs::new(0).limit, 1);
}

#[test]
fn whoever_came_first_is_first() {
    let runs = Arc::new(Runs::new(1));
    let held = runs.acquire(&control()).unwrap();
    let (said, order) = mpsc::channel();
    let threads: Vec<_> = (0..5)
        .map(|number| {
            let (mine, said) = (Arc::clone(&runs), said.clone());
            let thread = thread::spawn(move || {
                let _permit = mine.acquire(&control()).unwrap();
                said.send(number).unwrap();
            });
            queued(&runs, number + 1);
            thread
        })
        .collect();
    drop(held);
    for thread in threads {
        thread.join().unwrap();
    }
    drop(said);
    assert_eq!(order.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
}

#[test]
fn never_more_run_than_may() {
    let runs = Arc::new(Runs::new(3));
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..12)
        .map(|_| {
            let (runs, now, most) = (Arc::clone(&runs), Arc::clone(&now), Arc::clone(&most));
            thread::spawn(move || {
                for _ in 0..20 {
                    let _permit = runs.acquire(&control()).unwrap();
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_micros(300));
                    now.fetch_sub(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert!(runs.state().waiting.is_empty());
}

#[test]
fn whoever_gives_up_leaves_the_queue_and_holds_nobody_up() {
    let runs = Arc::new(Runs::new(1));
    let held = runs.acquire(&control()).unwrap();
    let cancel = Cancel::new();
    let leaving = {
        let (runs, cancel) = (Arc::clone(&runs), cancel.clone());
        thread::spawn(move || {
            let outcome = runs.acquire(&Control::new(cancel, Duration::from_secs(60)));
            matches!(outcome, Err(SpeechError::Cancelled))
        })
    };
    queued(&runs, 1);
    let staying = {
        let runs = Arc::clone(&runs);
        thread::spawn(move || runs.acquire(&control()).is_ok())
    };
    queued(&runs, 2);
    let since = Instant::now();
    cancel.cancel();
    assert!(leaving.join().unwrap());
    assert!(since.elapsed() < Duration::from_secs(1));
    queued(&runs, 1);
    drop(held);
    assert!(staying.join().unwrap());
}

#[test]
fn this_machine_has_room_for_a_run() {
    let runs = Runs::for_machine(Footprint {
        threads: 1,
        memory: 1 << 20,
    });
    assert_eq!(runs.limit, machine::cores());
    let huge = Footprint {
        threads: 1,
        memory: u64::MAX,
    };
    assert_eq!(Runs::for_machine(huge).limit, 1);
}
