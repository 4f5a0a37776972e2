//! A list schedule: work in pieces, some of which wait for others, spread over people.
//!
//! Whoever is free takes the first piece that is ready. Which piece is first decides how long it takes in
//! the end, so three orders are tried and the shortest schedule wins: by tier and then by how much work
//! hangs on a piece (the longest way to the end), the other way round, and the longest piece first. Of equals
//! the first wins, which begins with tier 1. Any list schedule takes at most (2 - 1/people) times as long as the best
//! there is (R. L. Graham, SIAM J. Appl. Math. 17 (1969), 416-429); how near to the best this one is, the bound says.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::num::NonZeroUsize;

/// A piece of work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Task {
    /// How long one person works on it.
    pub effort: u32,
    /// Of pieces that are otherwise alike, the one of the lower tier goes first.
    pub tier: u8,
    /// Positions of the pieces that must be done before it begins.
    pub needs: Vec<usize>,
}

/// When a piece is done, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Position of the piece.
    pub task: usize,
    /// Who, from 0.
    pub person: usize,
    /// When it begins.
    pub start: u64,
    /// When it is done.
    pub end: u64,
}

/// A schedule; times in the unit of [`Task::effort`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// The pieces in the order they begin. One that waits for itself, over however many others, stands in no schedule.
    pub slots: Vec<Slot>,
    /// When everything is done.
    pub length: u64,
    /// The longest chain of pieces that wait for each other: no number of people is faster.
    pub critical_path: u64,
    /// All work, divided by people and rounded up: these people cannot be faster.
    pub share: u64,
}

impl Schedule {
    /// No schedule of these pieces for these people is shorter.
    #[must_use]
    pub fn bound(&self) -> u64 {
        self.critical_path.max(self.share)
    }
}

/// Spreads the pieces over the people.
#[must_use]
pub fn schedule(tasks: &[Task], people: NonZeroUsize) -> Schedule {
    let followers = followers(tasks);
    let (tails, total) = tails(tasks, &followers);
    let tail = |task: usize| tails.get(task).copied().flatten().unwrap_or(0);
    let of = |task: usize| {
        tasks.get(task).map_or((0, 0), |task| {
            (u64::from(task.tier), u64::from(task.effort))
        })
    };
    let orders: [&dyn Fn(usize) -> Rank; 3] = [
        &|task: usize| ([of(task).0, !tail(task), !of(task).1], task),
        &|task: usize| ([!tail(task), of(task).0, !of(task).1], task),
        &|task: usize| ([!of(task).1, of(task).0, !tail(task)], task),
    ];
    let (slots, length) = orders
        .into_iter()
        .map(|rank| run(tasks, &followers, people, rank))
        // The first of equals.
        .min_by_key(|(_, length)| *length)
        .unwrap_or_default();
    let people = u64::try_from(people.get()).unwrap_or(u64::MAX);
    Schedule {
        slots,
        length,
        critical_path: tails.iter().copied().flatten().max().unwrap_or(0),
        share: total.div_ceil(people),
    }
}

/// What comes first: the lowest (`!` turns "the most" into "the lowest"). The position makes it an order.
type Rank = ([u64; 3], usize);

/// The pieces that wait for each.
fn followers(tasks: &[Task]) -> Vec<Vec<usize>> {
    let mut followers = vec![Vec::new(); tasks.len()];
    for (position, task) in tasks.iter().enumerate() {
        for &need in &task.needs {
            if let Some(list) = followers.get_mut(need) {
                list.push(position);
            }
        }
    }
    followers
}

/// How much work lies on the longest way from the beginning of each piece to the end, and all work. Pieces that
/// wait for themselves, and what waits for those, have none.
fn tails(tasks: &[Task], followers: &[Vec<usize>]) -> (Vec<Option<u64>>, u64) {
    let mut waits: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
    let mut order: Vec<usize> = Vec::with_capacity(tasks.len());
    order.extend((0..tasks.len()).filter(|&task| waits.get(task) == Some(&0)));
    let mut done = 0;
    while let Some(&task) = order.get(done) {
        done += 1;
        for &follower in followers.get(task).into_iter().flatten() {
            if let Some(left) = waits.get_mut(follower) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    order.push(follower);
                }
            }
        }
    }
    let mut tails: Vec<Option<u64>> = vec![None; tasks.len()];
    let mut total = 0_u64;
    for &task in order.iter().rev() {
        let effort = tasks.get(task).map_or(0, |task| u64::from(task.effort));
        total += effort;
        let behind = followers
            .get(task)
            .into_iter()
            .flatten()
            .filter_map(|&follower| tails.get(follower).copied().flatten())
            .max()
            .unwrap_or(0);
        if let Some(slot) = tails.get_mut(task) {
            *slot = Some(effort + behind);
        }
    }
    (tails, total)
}

/// One list schedule, and its length.
fn run(
    tasks: &[Task],
    followers: &[Vec<usize>],
    people: NonZeroUsize,
    rank: &dyn Fn(usize) -> Rank,
) -> (Vec<Slot>, u64) {
    let mut waits: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
    let mut ready: BTreeSet<Rank> = (0..tasks.len())
        .filter(|&task| waits.get(task) == Some(&0))
        .map(rank)
        .collect();
    // More people than pieces have nothing to do.
    let mut free: BTreeSet<usize> = (0..people.get().min(tasks.len())).collect();
    let mut busy: BinaryHeap<Reverse<(u64, usize, usize)>> = BinaryHeap::new();
    let mut slots = Vec::with_capacity(tasks.len());
    let mut now = 0_u64;
    loop {
        while !free.is_empty()
            && let Some((_, task)) = ready.pop_first()
            && let Some(person) = free.pop_first()
        {
            let effort = tasks.get(task).map_or(0, |task| u64::from(task.effort));
            let end = now + effort;
            slots.push(Slot {
                task,
                person,
                start: now,
                end,
            });
            busy.push(Reverse((end, person, task)));
        }
        let Some(Reverse((end, person, task))) = busy.pop() else {
            return (slots, now);
        };
        now = end;
        let mut ended = vec![(person, task)];
        while let Some(Reverse((_, person, task))) =
            busy.peek().copied().filter(|Reverse((at, ..))| *at == now)
        {
            busy.pop();
            ended.push((person, task));
        }
        for (person, task) in ended {
            free.insert(person);
            for &follower in followers.get(task).into_iter().flatten() {
                if let Some(left) = waits.get_mut(follower) {
                    *left = left.saturating_sub(1);
                    if *left == 0 {
                        ready.insert(rank(follower));
                    }
                }
            }
        }
    }
}
