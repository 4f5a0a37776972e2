use super::*;

#[test]
fn a_word_keeps_its_place() {
    let words = normalise("It costs $5.", Accent::American);
    let said: Vec<(&str, std::ops::Range<usize>)> = words
        .iter()
        .map(|w| (w.spoken.as_str(), w.source.clone()))
        .collect();
    assert_eq!(
        said,
        [
            ("It", 0..2),
            ("costs", 3..8),
            ("five", 9..11),
            ("dollars", 9..11),
            (".", 11..12)
        ]
    );
}
