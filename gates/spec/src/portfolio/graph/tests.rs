use proptest::prelude::*;

use super::cycles;

#[test]
fn each_group_shows_its_shortest_circle_from_the_lowest_position() {
    type Case = (&'static str, Vec<Vec<usize>>, Vec<Vec<usize>>);
    let table: [Case; 8] = [
        ("nothing", vec![], vec![]),
        ("a line", vec![vec![1], vec![2], vec![]], vec![]),
        (
            "a diamond",
            vec![vec![1, 2], vec![3], vec![3], vec![]],
            vec![],
        ),
        (
            "one that waits for itself",
            vec![vec![], vec![1]],
            vec![vec![1]],
        ),
        ("two", vec![vec![1], vec![0]], vec![vec![0, 1]]),
        (
            "a short circle in a long one",
            vec![vec![1], vec![2], vec![3, 0], vec![0]],
            vec![vec![0, 1, 2]],
        ),
        (
            "two groups and what waits for them",
            vec![vec![1, 3], vec![2], vec![1], vec![4], vec![3]],
            vec![vec![1, 2], vec![3, 4]],
        ),
        ("a position nobody has", vec![vec![7]], vec![]),
    ];
    for (what, needs, expected) in table {
        assert_eq!(cycles(&needs), expected, "{what}");
    }
}

#[test]
fn a_chain_of_a_hundred_thousand_needs_no_deep_stack() {
    let count = 100_000_usize;
    let mut needs: Vec<Vec<usize>> = (1..=count).map(|next| vec![next]).collect();
    needs.push(Vec::new());
    assert_eq!(cycles(&needs), Vec::<Vec<usize>>::new());
    needs[count] = vec![0];
    let found = cycles(&needs);
    assert_eq!((found.len(), found[0].len()), (1, count + 1));
}

proptest! {
    #[test]
    fn a_circle_is_one_and_without_one_there_is_an_order(
        needs in prop::collection::vec(prop::collection::vec(0_usize..10, 0..3), 10..11),
    ) {
        let found = cycles(&needs);
        for cycle in &found {
            prop_assert_eq!(cycle.iter().min(), cycle.first());
            for (position, node) in cycle.iter().enumerate() {
                let next = cycle[(position + 1) % cycle.len()];
                prop_assert!(needs[*node].contains(&next), "{:?}", cycle);
            }
        }
        // Take away, again and again, what waits for nothing that is left: what stays leads into a circle.
        let mut left: Vec<usize> = (0..needs.len()).collect();
        while let Some(at) = left.iter().position(|node| needs[*node].iter().all(|need| !left.contains(need))) {
            left.remove(at);
        }
        prop_assert_eq!(left.is_empty(), found.is_empty());
    }
}
