//! In which order the work of a portfolio can be done, and how long it takes some people.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use super::schedule::{Schedule, Slot, Task, schedule};
use super::{Effort, Portfolio};

/// A plan of the work that is left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkPlan {
    /// For how many people.
    pub people: usize,
    /// Who does what and when, in the order of beginnings.
    pub assignments: Vec<Assignment>,
    /// When everything is done, in quarters of a day.
    pub length: u64,
    /// The longest chain of components that wait for each other, in quarters of a day.
    pub critical_path: u64,
    /// All work divided by people, rounded up, in quarters of a day.
    pub share: u64,
    /// Components no plan can hold, in the order of their paths.
    pub unplanned: Vec<Unplanned>,
}

/// A component in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// Its position in [`Portfolio::entries`].
    pub entry: usize,
    /// Who, from 0.
    pub person: usize,
    /// When the work begins, in quarters of a day from the beginning of the plan.
    pub start: u64,
    /// When it is done.
    pub end: u64,
}

/// A component that is in no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplanned {
    /// Its position in [`Portfolio::entries`].
    pub entry: usize,
    /// Why.
    pub why: String,
}

impl WorkPlan {
    /// No plan of this work for these people is shorter.
    #[must_use]
    pub fn bound(&self) -> u64 {
        self.critical_path.max(self.share)
    }
}

/// Quarters of a day as days.
#[must_use]
pub fn days(quarters: u64) -> f64 {
    quarters as f64 / f64::from(Effort::PER_DAY)
}

impl Portfolio {
    /// Plans the work that is left, component by component: nobody shares one, and none is interrupted.
    ///
    /// A component whose effort is unknown has no place in time, and neither has what waits for it.
    #[must_use]
    pub fn plan(&self, people: NonZeroUsize) -> WorkPlan {
        let unplanned = self.unplanned();
        let left_out = |position: usize| {
            unplanned
                .binary_search_by_key(&position, |component| component.entry)
                .is_ok()
        };
        let planned: Vec<usize> = (0..self.entries.len())
            .filter(|&position| !left_out(position))
            .collect();
        let tasks: Vec<Task> = planned
            .iter()
            .filter_map(|&position| {
                let entry = self.entries.get(position)?;
                Some(Task {
                    effort: entry.effort?.0,
                    tier: entry.tier.unwrap_or(u8::MAX),
                    needs: self
                        .needs(position)
                        .iter()
                        .filter_map(|need| planned.binary_search(need).ok())
                        .collect(),
                })
            })
            .collect();
        let Schedule {
            slots,
            length,
            critical_path,
            share,
        } = schedule(&tasks, people);
        let assignment = |slot: Slot| {
            Some(Assignment {
                entry: *planned.get(slot.task)?,
                person: slot.person,
                start: slot.start,
                end: slot.end,
            })
        };
        WorkPlan {
            people: people.get(),
            assignments: slots.into_iter().filter_map(assignment).collect(),
            length,
            critical_path,
            share,
            unplanned,
        }
    }

    /// Components without a place in time: of unknown effort, with an unknown dependency, in a circle; then all
    /// that wait for one of those.
    fn unplanned(&self) -> Vec<Unplanned> {
        let mut why: Vec<Option<String>> = self
            .entries
            .iter()
            .enumerate()
            .map(|(position, entry)| {
                if entry.effort.is_none() {
                    return Some("its spec has no `component.effort_days`".to_owned());
                }
                let known = |id: &String| {
                    self.needs(position)
                        .iter()
                        .filter_map(|need| self.entries.get(*need))
                        .any(|need| need.id.as_ref() == Some(id))
                };
                let unknown = entry.depends_on.iter().find(|id| !known(id))?;
                Some(format!("it depends on {unknown}, which is no spec here"))
            })
            .collect();
        for cycle in super::graph::cycles(&self.needs) {
            for position in cycle {
                if let Some(slot) = why.get_mut(position) {
                    slot.get_or_insert_with(|| "it waits for itself".to_owned());
                }
            }
        }
        self.spread(&mut why);
        why.into_iter()
            .enumerate()
            .filter_map(|(entry, why)| Some(Unplanned { entry, why: why? }))
            .collect()
    }

    /// Carries "has no place in time" to everything that waits for it.
    fn spread(&self, why: &mut [Option<String>]) {
        let mut followers: Vec<Vec<usize>> = vec![Vec::new(); self.entries.len()];
        for position in 0..self.entries.len() {
            for &need in self.needs(position) {
                if let Some(list) = followers.get_mut(need) {
                    list.push(position);
                }
            }
        }
        let mut queue: Vec<usize> = (0..why.len())
            .filter(|&position| why.get(position).is_some_and(Option::is_some))
            .collect();
        while let Some(position) = queue.pop() {
            let name = self.entries.get(position).map_or("", super::Entry::name);
            for &follower in followers.get(position).into_iter().flatten() {
                if let Some(slot @ None) = why.get_mut(follower) {
                    *slot = Some(format!("it waits for {name}, which is in no plan"));
                    queue.push(follower);
                }
            }
        }
    }
}
