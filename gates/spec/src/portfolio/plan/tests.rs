use std::num::NonZeroUsize;

use super::super::Portfolio;
use super::super::tests::{component, read, spec};
use super::days;

fn plan(portfolio: &Portfolio, people: usize) -> super::WorkPlan {
    portfolio.plan(NonZeroUsize::new(people).expect("not 0"))
}

#[test]
fn work_is_planned_for_one_and_for_two() {
    let portfolio = read(&[
        ("a.yaml", spec("A-1", &component("10", ""))),
        ("b.yaml", spec("A-2", &component("7.5", "A-1"))),
        ("c.yaml", spec("A-3", &component("0.25", "A-1"))),
        ("d.yaml", spec("A-4", &component("0", "A-3"))),
    ]);
    assert_eq!(portfolio.findings, []);
    let alone = plan(&portfolio, 1);
    assert_eq!((days(alone.length), days(alone.bound())), (17.75, 17.75));
    assert_eq!(alone.unplanned, []);
    let order: Vec<usize> = alone.assignments.iter().map(|a| a.entry).collect();
    assert_eq!(order, [0, 1, 2, 3]);
    let two = plan(&portfolio, 2);
    assert_eq!((two.people, days(two.length)), (2, 17.5));
    assert_eq!((days(two.critical_path), days(two.share)), (17.5, 9.0));
    let slots: Vec<_> = two
        .assignments
        .iter()
        .map(|a| (a.entry, a.person, days(a.start), days(a.end)))
        .collect();
    assert_eq!(
        slots,
        [
            (0, 0, 0.0, 10.0),
            (1, 0, 10.0, 17.5),
            (2, 1, 10.0, 10.25),
            (3, 1, 10.25, 10.25)
        ]
    );
}

#[test]
fn what_has_no_place_in_time_says_why() {
    let portfolio = read(&[
        ("a.yaml", spec("A-1", "component: { depends_on: [] }\n")),
        ("b.yaml", spec("A-2", &component("1", "A-1"))),
        ("c.yaml", spec("A-3", &component("1", "A-2"))),
        ("d.yaml", spec("A-4", &component("1", "A-5"))),
        ("e.yaml", spec("A-5", &component("1", "A-4"))),
        ("f.yaml", spec("A-6", &component("1", "A-5"))),
        ("g.yaml", spec("A-7", &component("1", "A-99"))),
        ("h.yaml", spec("A-8", "")),
        ("i.yaml", spec("A-9", &component("1", ""))),
    ]);
    let plan = plan(&portfolio, 2);
    let why: Vec<String> = plan
        .unplanned
        .iter()
        .map(|component| {
            let name = portfolio.entries[component.entry].name();
            format!("{name}: {}", component.why)
        })
        .collect();
    assert_eq!(
        why,
        [
            "A-1: its spec has no `component.effort_days`",
            "A-2: it waits for A-1, which is in no plan",
            "A-3: it waits for A-2, which is in no plan",
            "A-4: it waits for itself",
            "A-5: it waits for itself",
            "A-6: it waits for A-5, which is in no plan",
            "A-7: it depends on A-99, which is no spec here",
            "A-8: its spec has no `component.effort_days`",
        ]
    );
    let planned: Vec<usize> = plan.assignments.iter().map(|a| a.entry).collect();
    assert_eq!(planned, [8]);
    assert_eq!(days(plan.length), 1.0);
}
