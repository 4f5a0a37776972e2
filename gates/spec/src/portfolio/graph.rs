//! What depends on what: ids become positions, and circles are found.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use caws_evidence::{Finding, codes};

use super::entry::Entry;
use crate::nearest;
use crate::notice::{Details as _, error};

/// Unknown ids that are compared with every id there is; where there are more, something else is wrong, and all of
/// them would take minutes.
const SUGGESTIONS: usize = 20;

/// Positions of what each entry depends on, and a finding for each id nobody has.
pub(super) fn resolve(
    entries: &[Entry],
    ids: &BTreeMap<&str, usize>,
) -> (Vec<Vec<usize>>, Vec<Finding>) {
    let mut findings: Vec<Finding> = Vec::new();
    let needs = entries
        .iter()
        .map(|entry| {
            let mut needs = BTreeSet::new();
            for dependency in &entry.dependencies {
                match ids.get(dependency.id.as_str()) {
                    Some(position) => {
                        needs.insert(*position);
                    }
                    None if dependency.strict => {
                        let near = (findings.len() < SUGGESTIONS)
                            .then(|| nearest(&dependency.id, ids.keys().copied()))
                            .flatten();
                        let help = near.map_or_else(
                            || "write that spec, or remove the line".to_owned(),
                            |near| format!("did you mean `{near}`?"),
                        );
                        findings.push(
                            error(
                                codes::PORTFOLIO_DEPENDENCY,
                                dependency.place.clone(),
                                format!(
                                    "{} depends on {}, which is no spec here",
                                    entry.name(),
                                    dependency.id
                                ),
                            )
                            .expected("the id of a component spec of this tree")
                            .found(format!("`{}`", dependency.id))
                            .help(help),
                        );
                    }
                    None => {}
                }
            }
            needs.into_iter().collect()
        })
        .collect();
    (needs, findings)
}

/// A finding for each group of components that depend on each other.
pub(super) fn cycle_findings(entries: &[Entry], needs: &[Vec<usize>]) -> Vec<Finding> {
    cycles(needs)
        .into_iter()
        .filter_map(|cycle| {
            let name = |position: &usize| entries.get(*position).map_or("", Entry::name);
            let first = entries.get(*cycle.first()?)?;
            // The entry of the list that leads into the circle.
            let next = cycle.get(1).or(cycle.first()).map(name)?;
            let place = first
                .dependencies
                .iter()
                .find(|dependency| dependency.id == next)
                .map(|dependency| dependency.place.clone())?;
            let mut path: Vec<&str> = cycle.iter().map(name).collect();
            path.push(first.name());
            Some(
                error(
                    codes::PORTFOLIO_CYCLE,
                    place,
                    format!("{} waits for itself", first.name()),
                )
                .expected("an order in which the work can be done")
                .found(path.join(" → "))
                .help("remove one of these dependencies, or cut the component that closes the circle in two"),
            )
        })
        .collect()
}

/// A shortest circle of each group of nodes that lead to each other, the lowest position first.
pub(super) fn cycles(needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    groups(needs)
        .into_iter()
        .filter_map(|group| circle(needs, &group))
        .collect()
}

/// The shortest way from the lowest node of a group back to itself, within the group.
fn circle(needs: &[Vec<usize>], group: &BTreeSet<usize>) -> Option<Vec<usize>> {
    let start = *group.first()?;
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        for &next in needs.get(node).into_iter().flatten() {
            if next == start {
                let mut path = vec![node];
                while let Some(&before) = path.last().and_then(|last| came_from.get(last)) {
                    path.push(before);
                }
                path.reverse();
                return Some(path);
            }
            if group.contains(&next) && !came_from.contains_key(&next) {
                came_from.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    None
}

/// Strongly connected components (R. Tarjan, SIAM J. Comput. 1 (1972), 146-160), without recursion: a
/// chain of thousands of specs must not exhaust the stack. In the order of their lowest positions.
fn groups(needs: &[Vec<usize>]) -> Vec<BTreeSet<usize>> {
    const UNSEEN: usize = usize::MAX;
    let count = needs.len();
    let (mut order, mut low) = (vec![UNSEEN; count], vec![0_usize; count]);
    let mut on_stack = vec![false; count];
    let (mut stack, mut found, mut next) = (Vec::new(), Vec::new(), 0_usize);
    let get = |list: &[usize], at: usize| list.get(at).copied().unwrap_or(UNSEEN);
    for root in 0..count {
        if get(&order, root) != UNSEEN {
            continue;
        }
        // A node, and how many of its edges were followed.
        let mut calls = vec![(root, 0_usize)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                set(&mut order, node, next);
                set(&mut low, node, next);
                set(&mut on_stack, node, true);
                stack.push(node);
                next += 1;
            }
            match needs.get(node).and_then(|list| list.get(edge)).copied() {
                Some(target) => {
                    calls.push((node, edge + 1));
                    if get(&order, target) == UNSEEN {
                        calls.push((target, 0));
                    } else if on_stack.get(target).copied().unwrap_or(false) {
                        let reached = get(&low, node).min(get(&order, target));
                        set(&mut low, node, reached);
                    }
                }
                None => {
                    if get(&low, node) == get(&order, node) {
                        let mut group = BTreeSet::new();
                        while let Some(member) = stack.pop() {
                            set(&mut on_stack, member, false);
                            group.insert(member);
                            if member == node {
                                break;
                            }
                        }
                        found.push(group);
                    }
                    if let Some(&(parent, _)) = calls.last() {
                        let reached = get(&low, parent).min(get(&low, node));
                        set(&mut low, parent, reached);
                    }
                }
            }
        }
    }
    found.sort_unstable_by_key(|group| group.first().copied());
    found
}

fn set<T>(list: &mut [T], at: usize, value: T) {
    if let Some(slot) = list.get_mut(at) {
        *slot = value;
    }
}
