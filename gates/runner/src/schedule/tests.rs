use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Needs, State, run};

fn shared(cores: usize) -> Needs {
    Needs {
        cores,
        exclusive: false,
    }
}

fn exclusive() -> Needs {
    Needs {
        cores: usize::MAX,
        exclusive: true,
    }
}

fn state(waiting: &[Needs], free: usize, running: usize) -> State {
    State {
        waiting: waiting.iter().copied().enumerate().collect(),
        running,
        free,
        alone: false,
    }
}

#[test]
fn the_first_that_fits_is_taken() {
    let mut held = state(&[shared(2), shared(1)], 1, 1);
    assert_eq!(held.take(2), Some((1, shared(1))));
    assert_eq!(held.take(2), None);
    held.free = 2;
    assert_eq!(held.take(2), Some((0, shared(2))));
}

#[test]
fn more_cores_than_there_are_means_all() {
    assert_eq!(state(&[shared(64)], 2, 0).take(2), Some((0, shared(64))));
    assert_eq!(state(&[shared(64)], 1, 1).take(2), None);
    assert_eq!(state(&[shared(0)], 1, 1).take(2), Some((0, shared(0))));
    assert_eq!(state(&[shared(0)], 0, 1).take(2), None);
}

#[test]
fn exclusive_jobs_wait_for_all_others_and_run_alone() {
    let mut held = state(&[exclusive(), shared(1)], 2, 0);
    assert_eq!(held.take(2), Some((1, shared(1))));
    held.running = 1;
    assert_eq!(held.take(2), None);
    held.running = 0;
    assert_eq!(held.take(2), Some((0, exclusive())));
    let mut held = state(&[shared(1)], 2, 1);
    held.alone = true;
    assert_eq!(held.take(2), None);
}

#[test]
fn every_job_runs_once_and_exclusive_ones_see_nobody() {
    let jobs = [
        exclusive(),
        shared(1),
        shared(1),
        shared(2),
        exclusive(),
        shared(1),
    ];
    let running = AtomicUsize::new(0);
    let seen = Mutex::new(Vec::new());
    run(&jobs, 2, &|job, cores| {
        let beside = running.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(5));
        if jobs[job].exclusive {
            assert_eq!((beside, running.load(Ordering::SeqCst), cores), (0, 1, 2));
        } else {
            assert!(beside < 2);
            assert_eq!(cores, jobs[job].cores);
        }
        seen.lock().unwrap().push(job);
        running.fetch_sub(1, Ordering::SeqCst);
    });
    let mut seen = seen.into_inner().unwrap();
    assert_eq!(
        seen[4..],
        [0, 4],
        "exclusive jobs come last, in their order"
    );
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn two_jobs_of_one_core_run_side_by_side() {
    let barrier = std::sync::Barrier::new(2);
    // It would never end if they ran one after the other.
    run(&[shared(1), shared(1)], 2, &|_, _| {
        barrier.wait();
    });
}

#[test]
fn no_jobs_and_no_cores_are_fine() {
    run(&[], 2, &|_, _| panic!("there is no job"));
    let count = AtomicUsize::new(0);
    run(&[shared(1)], 0, &|_, cores| {
        count.fetch_add(cores, Ordering::SeqCst);
    });
    assert_eq!(count.into_inner(), 1);
}
