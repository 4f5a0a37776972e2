use super::*;

#[test]
fn limits_grow_to_the_maximum() {
    let limits = Limits {
        first: 20,
        max: 100,
        growth: 2,
    };
    assert_eq!(
        [0, 1, 2, 3, 4, 1000].map(|n| limits.at(n)),
        [20, 40, 80, 100, 100, 100]
    );
    assert_eq!(
        Limits {
            first: 20,
            max: 100,
            growth: 1
        }
        .at(9),
        20
    );
    assert_eq!(
        Limits {
            first: 20,
            max: 100,
            growth: 0
        }
        .at(9),
        20
    );
    assert_eq!(
        Limits {
            first: 50,
            max: 10,
            growth: 3
        }
        .at(0),
        10
    );
    assert_eq!(
        Limits {
            first: 0,
            max: 0,
            growth: 3
        }
        .at(5),
        1
    );
    assert_eq!(
        Limits {
            first: 2,
            max: usize::MAX,
            growth: 3
        }
        .at(63),
        usize::MAX
    );
}

#[test]
fn boundaries_are_ordered_by_their_pause() {
    let order = [
        Boundary::Hard,
        Boundary::Word,
        Boundary::Comma,
        Boundary::Clause,
        Boundary::Sentence,
        Boundary::Paragraph,
    ];
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]));
}
