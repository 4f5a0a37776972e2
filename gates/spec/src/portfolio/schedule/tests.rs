use proptest::prelude::*;

use super::*;

fn people(number: usize) -> NonZeroUsize {
    NonZeroUsize::new(number).expect("not 0")
}

fn task(effort: u32, tier: u8, needs: &[usize]) -> Task {
    Task {
        effort,
        tier,
        needs: needs.to_vec(),
    }
}

/// `task:person@start-end` of each slot.
fn shown(schedule: &Schedule) -> String {
    let slots: Vec<String> = schedule
        .slots
        .iter()
        .map(|slot| format!("{}:{}@{}-{}", slot.task, slot.person, slot.start, slot.end))
        .collect();
    slots.join(" ")
}

#[test]
fn work_is_spread_in_the_order_that_ends_first() {
    type Case = (&'static str, Vec<Task>, usize, &'static str, u64, u64);
    let table: [Case; 9] = [
        ("nothing", vec![], 2, "", 0, 0),
        ("one piece", vec![task(3, 2, &[])], 2, "0:0@0-3", 3, 3),
        (
            "two at once",
            vec![task(3, 2, &[]), task(2, 2, &[])],
            2,
            "0:0@0-3 1:1@0-2",
            3,
            3,
        ),
        (
            "one after the other for one person, tier 1 first",
            vec![task(3, 2, &[]), task(2, 1, &[])],
            1,
            "1:0@0-2 0:0@2-5",
            5,
            5,
        ),
        (
            "a chain is no faster with more people",
            vec![task(1, 2, &[]), task(2, 2, &[0]), task(3, 2, &[1])],
            9,
            "0:0@0-1 1:0@1-3 2:0@3-6",
            6,
            6,
        ),
        (
            "a tier is no reason to end later: the longest way goes first",
            vec![
                task(2, 1, &[]),
                task(2, 1, &[]),
                task(2, 2, &[]),
                task(6, 2, &[2]),
            ],
            2,
            "2:0@0-2 0:1@0-2 3:0@2-8 1:1@2-4",
            8,
            8,
        ),
        (
            "what is longest first fills the gaps",
            vec![task(1, 1, &[]), task(1, 1, &[]), task(2, 2, &[])],
            2,
            "2:0@0-2 0:1@0-1 1:1@1-2",
            2,
            2,
        ),
        (
            "what is done takes no time, and what waits for it begins at once",
            vec![task(0, 2, &[]), task(0, 2, &[0]), task(4, 2, &[1])],
            1,
            "0:0@0-0 1:0@0-0 2:0@0-4",
            4,
            4,
        ),
        (
            "the bound need not be reached: three pieces of 2 for two people",
            vec![task(2, 2, &[]), task(2, 2, &[]), task(2, 2, &[])],
            2,
            "0:0@0-2 1:1@0-2 2:0@2-4",
            4,
            3,
        ),
    ];
    for (what, tasks, number, slots, length, bound) in table {
        let schedule = schedule(&tasks, people(number));
        assert_eq!(shown(&schedule), slots, "{what}");
        assert_eq!(
            (schedule.length, schedule.bound()),
            (length, bound),
            "{what}"
        );
    }
}

#[test]
fn what_waits_for_itself_is_in_no_schedule_and_in_no_bound() {
    let tasks = [
        task(1, 2, &[]),
        task(5, 2, &[2]),
        task(5, 2, &[1]),
        task(5, 2, &[1]),
        task(5, 2, &[4]),
    ];
    let schedule = schedule(&tasks, people(2));
    assert_eq!(shown(&schedule), "0:0@0-1");
    assert_eq!((schedule.critical_path, schedule.share), (1, 1));
}

/// Pieces of work of which each may wait for earlier ones.
fn tasks() -> impl Strategy<Value = Vec<Task>> {
    let one = (
        0_u32..40,
        1_u8..4,
        prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    );
    prop::collection::vec(one, 0..40).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(position, (effort, tier, needs))| {
                let mut needs: Vec<usize> = if position == 0 {
                    Vec::new()
                } else {
                    needs.iter().map(|need| need.index(position)).collect()
                };
                needs.sort_unstable();
                needs.dedup();
                Task {
                    effort,
                    tier,
                    needs,
                }
            })
            .collect()
    })
}

/// The longest chain, computed the plain way.
fn longest(tasks: &[Task]) -> u64 {
    let mut ends: Vec<u64> = Vec::new();
    for task in tasks {
        let before = task.needs.iter().map(|&need| ends[need]).max().unwrap_or(0);
        ends.push(before + u64::from(task.effort));
    }
    ends.into_iter().max().unwrap_or(0)
}

proptest! {
    #[test]
    fn every_schedule_keeps_the_rules(tasks in tasks(), number in 1_usize..8) {
        let schedule = schedule(&tasks, people(number));
        // Each piece once, for as long as it takes.
        let mut slots = schedule.slots.clone();
        slots.sort_by_key(|slot| slot.task);
        prop_assert_eq!(slots.len(), tasks.len());
        for (position, (slot, task)) in slots.iter().zip(&tasks).enumerate() {
            prop_assert_eq!(slot.task, position);
            prop_assert_eq!(slot.end - slot.start, u64::from(task.effort));
            prop_assert!(slot.person < number);
            // Not before what it waits for is done.
            for &need in &task.needs {
                prop_assert!(slots[need].end <= slot.start);
            }
        }
        // Nobody does two things at once.
        for person in 0..number {
            let mut mine: Vec<_> = slots.iter().filter(|slot| slot.person == person).collect();
            mine.sort_by_key(|slot| (slot.start, slot.end));
            for pair in mine.windows(2) {
                prop_assert!(pair[0].end <= pair[1].start);
            }
        }
        // The length is that of the last piece, and no shorter than it can be.
        let total: u64 = tasks.iter().map(|task| u64::from(task.effort)).sum();
        let number = number as u64;
        prop_assert_eq!(schedule.length, slots.iter().map(|slot| slot.end).max().unwrap_or(0));
        prop_assert_eq!(schedule.critical_path, longest(&tasks));
        prop_assert!(schedule.length >= schedule.critical_path);
        prop_assert!(schedule.length * number >= total);
        prop_assert!(schedule.length >= schedule.bound());
        // Graham's bound holds for the bound as well, which is no longer than the best schedule:
        // length <= total / n + (1 - 1/n) * critical path.
        prop_assert!(schedule.length * number <= total + (number - 1) * schedule.critical_path);
    }

    #[test]
    fn one_person_needs_the_sum_and_the_order_is_one(tasks in tasks()) {
        let schedule = schedule(&tasks, people(1));
        let total: u64 = tasks.iter().map(|task| u64::from(task.effort)).sum();
        prop_assert_eq!((schedule.length, schedule.bound()), (total, total));
        let ends: Vec<u64> = schedule.slots.iter().map(|slot| slot.end).collect();
        prop_assert!(ends.is_sorted());
    }

    #[test]
    fn as_many_people_as_pieces_need_the_longest_chain(tasks in tasks()) {
        let schedule = schedule(&tasks, people(tasks.len().max(1)));
        prop_assert_eq!(schedule.length, schedule.critical_path);
    }

    #[test]
    fn circles_end_in_a_schedule_of_the_rest(
        edges in prop::collection::vec(prop::collection::vec(0_usize..12, 0..3), 12..13),
        number in 1_usize..4,
    ) {
        let tasks: Vec<Task> = edges
            .into_iter()
            .map(|mut needs| {
                needs.sort_unstable();
                needs.dedup();
                Task { effort: 1, tier: 2, needs }
            })
            .collect();
        let schedule = schedule(&tasks, people(number));
        let done: Vec<usize> = schedule.slots.iter().map(|slot| slot.task).collect();
        for (position, task) in tasks.iter().enumerate() {
            // In the schedule exactly where everything it waits for is.
            let can = task.needs.iter().all(|need| done.contains(need));
            prop_assert_eq!(done.contains(&position), can);
        }
    }
}
