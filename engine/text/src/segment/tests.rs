use proptest::prelude::*;

use super::boundary::boundary_after;
use super::boundary::ends_abbreviation;
use super::*;

fn cut_at(text: &str, first: usize, max: usize) -> Vec<(String, Boundary)> {
    segments(
        text,
        &Limits {
            first,
            max,
            growth: 2,
        },
    )
    .into_iter()
    .map(|s| (s.text, s.ends))
    .collect()
}

fn pieces(text: &str, limit: usize) -> Vec<String> {
    cut_at(text, limit, limit)
        .into_iter()
        .map(|(text, _)| text)
        .collect()
}

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
fn a_text_that_fits_is_one_segment() {
    assert_eq!(
        cut_at("Hello there. Bye.", 17, 17),
        [("Hello there. Bye.".to_owned(), Boundary::Sentence)]
    );
    assert_eq!(
        cut_at("no stop", 40, 40),
        [("no stop".to_owned(), Boundary::Sentence)]
    );
    assert_eq!(cut_at("", 40, 40), []);
    assert_eq!(cut_at("  ", 40, 40), []);
}

#[test]
fn the_first_segment_is_short_and_later_ones_grow() {
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let lengths: Vec<usize> = cut_at(text, 8, 32)
        .iter()
        .map(|(text, _)| text.len())
        .collect();
    assert_eq!(lengths, [7, 15, 31, 6]);
}

#[test]
fn the_last_sentence_end_that_fits_wins() {
    assert_eq!(
        cut_at("Hi. Go on. Then stop there, please", 12, 12),
        [
            ("Hi. Go on.".to_owned(), Boundary::Sentence),
            ("Then stop".to_owned(), Boundary::Word),
            ("there,".to_owned(), Boundary::Comma),
            ("please".to_owned(), Boundary::Sentence),
        ]
    );
}

#[test]
fn sentences_come_before_clauses_before_commas_before_words() {
    assert_eq!(pieces("aa. bb; cc, dd ee", 16), ["aa.", "bb; cc, dd ee"]);
    assert_eq!(pieces("aaaa; bb, cc dd ee", 16), ["aaaa;", "bb, cc dd ee"]);
    assert_eq!(pieces("aaaaaa, cc dd ee", 15), ["aaaaaa,", "cc dd ee"]);
    assert_eq!(pieces("aaaaaa cc dd ee", 14), ["aaaaaa cc dd", "ee"]);
}

#[test]
fn a_crumb_is_not_cut_off_at_a_comma_or_clause() {
    // A comma counts from a third of the limit on, a clause from a quarter.
    assert_eq!(pieces("aaa, bb cc dd ee", 15), ["aaa, bb cc dd", "ee"]);
    assert_eq!(pieces("aaaa, bb cc dd ee", 15), ["aaaa,", "bb cc dd ee"]);
    assert_eq!(pieces("aa; bb cc dd ee", 14), ["aa; bb cc dd", "ee"]);
    assert_eq!(pieces("aa; bb cc dd ee", 12), ["aa;", "bb cc dd ee"]);
}

#[test]
fn a_word_too_long_is_cut_hard() {
    assert_eq!(
        cut_at("abcdefghij", 4, 4),
        [
            ("abcd".to_owned(), Boundary::Hard),
            ("efgh".to_owned(), Boundary::Hard),
            ("ij".to_owned(), Boundary::Sentence),
        ]
    );
}

#[test]
fn a_blank_line_ends_a_segment_even_if_more_would_fit() {
    assert_eq!(
        cut_at("Title\nBody text.", 40, 40),
        [
            ("Title".to_owned(), Boundary::Paragraph),
            ("Body text.".to_owned(), Boundary::Sentence)
        ]
    );
}

#[test]
fn numbers_times_and_abbreviations_stay_whole() {
    for whole in ["3.5", "10:30", "1,234", "e.g", "a.b", "x;y"] {
        let chars: Vec<char> = whole.chars().collect();
        for taken in 1..chars.len() {
            assert_eq!(boundary_after(&chars, taken), None, "{whole} at {taken}");
        }
    }
    assert_eq!(
        pieces("Dr. Smith met J. K. Rowling and left.", 22),
        ["Dr. Smith met J. K.", "Rowling and left."]
    );
}

fn ends(before: &str, after: &str) -> Option<Boundary> {
    let chars: Vec<char> = before.chars().chain(after.chars()).collect();
    boundary_after(&chars, before.chars().count())
}

#[test]
fn each_mark_has_its_boundary() {
    for (before, expected) in [
        ("end.", Boundary::Sentence),
        ("end?", Boundary::Sentence),
        ("end!", Boundary::Sentence),
        ("\"end.\"", Boundary::Sentence),
        ("('end.')", Boundary::Sentence),
        ("I.", Boundary::Sentence),
        ("end;", Boundary::Clause),
        ("end:", Boundary::Clause),
        ("end\u{2014}", Boundary::Clause),
        ("end\u{2026}", Boundary::Clause),
        ("(end)", Boundary::Clause),
        ("end,", Boundary::Comma),
        ("end,\"", Boundary::Comma),
        ("end", Boundary::Word),
        ("end\"", Boundary::Word),
        ("Mr.", Boundary::Word),
        ("i.e.", Boundary::Word),
        ("J.", Boundary::Word),
        ("\"", Boundary::Word),
    ] {
        assert_eq!(ends(before, " x"), Some(expected), "{before}");
        assert_eq!(ends(before, ""), Some(expected), "{before}");
        assert_eq!(ends(before, "\nx"), Some(Boundary::Paragraph), "{before}");
    }
    assert_eq!(ends("a\u{2014}", "b"), Some(Boundary::Clause));
    assert_eq!(ends("a\u{2026}", "b"), Some(Boundary::Clause));
    assert_eq!(ends("a.", "b"), None);
    assert_eq!(boundary_after(&[], 0), None);
    assert_eq!(boundary_after(&['a'], 2), None);
}

#[test]
fn only_known_abbreviations_and_initials_do_not_end_sentences() {
    let ends = |word: &str| ends_abbreviation(&word.chars().collect::<Vec<_>>());
    for word in ["mr", "Mrs", "DR", "e.g", "see Fig", "(approx", "X", "by J"] {
        assert!(ends(word), "{word}");
    }
    for word in ["I", "x", "mister", "", "end", "1", "no"] {
        assert!(!ends(word), "{word}");
    }
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

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

proptest! {
    #[test]
    fn no_text_is_lost_and_no_segment_is_too_long(
        input in any::<String>(), first in 0_usize..30, max in 0_usize..60, growth in 0_usize..4,
    ) {
        check(&input, Limits { first, max, growth })?;
    }

    #[test]
    fn english_is_cut_without_loss(input in "([A-Za-z]{1,9}[ ,.;:!?\"'()\n]{1,2}){0,60}", first in 1_usize..40) {
        check(&input, Limits { first, max: 80, growth: 2 })?;
    }
}

fn check(input: &str, limits: Limits) -> Result<(), TestCaseError> {
    let found = segments(input, &limits);
    let joined: String = found.iter().map(|s| s.text.as_str()).collect();
    prop_assert_eq!(bare(&joined), bare(input));
    for (index, segment) in found.iter().enumerate() {
        prop_assert!(segment.text.chars().count() <= limits.at(index));
        prop_assert!(!segment.text.is_empty());
        prop_assert_eq!(segment.text.trim(), segment.text.as_str());
    }
    Ok(())
}
