use super::{order, seed};
use crate::gates::mutation::population::Mutant;

fn mutants(count: usize) -> Vec<Mutant> {
    (0..count)
        .map(|number| Mutant {
            id: format!("id-{number}"),
            name: String::new(),
            package: String::new(),
            file: String::new(),
            line: 1,
            column: 1,
            function: None,
            replacement: String::new(),
        })
        .collect()
}

#[test]
fn the_order_is_a_permutation_that_the_seed_alone_decides() {
    let all = mutants(100);
    let one = order("s", &all);
    assert_eq!(one, order("s", &all));
    assert_ne!(one, order("t", &all));
    assert_ne!(one, (0..100).collect::<Vec<_>>());
    let mut sorted = one;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..100).collect::<Vec<_>>());
}

#[test]
fn a_mutant_keeps_its_rank_among_others_when_the_list_moves() {
    let all = mutants(10);
    let names = |list: &[Mutant]| {
        order("s", list)
            .into_iter()
            .map(|index| list[index].id.clone())
            .collect::<Vec<_>>()
    };
    let mut reversed = all.clone();
    reversed.reverse();
    assert_eq!(names(&all), names(&reversed));
}

#[test]
fn the_seed_is_the_content() {
    assert_eq!(seed("a"), seed("a"));
    assert_ne!(seed("a"), seed("b"));
    assert_eq!(seed("a").len(), 64);
}
