use super::*;
use crate::script::script;
use crate::{Accent, ScriptOptions};

fn cut_text(text: &str, first: usize, max: usize) -> Vec<(String, Boundary)> {
    let limits = Limits {
        first,
        max,
        growth: 2,
    };
    script(text, &ScriptOptions::new(Accent::American, limits))
        .unwrap()
        .segments
        .iter()
        .map(|segment| (segment.text(), segment.ends))
        .collect()
}

fn texts(text: &str, limit: usize) -> Vec<String> {
    cut_text(text, limit, limit)
        .into_iter()
        .map(|(text, _)| text)
        .collect()
}

#[test]
fn a_sentence_that_fits_is_a_segment() {
    assert_eq!(
        cut_text("One two. Three four five six seven.", 20, 80),
        [
            ("One two.".to_owned(), Boundary::Sentence),
            ("Three four five six seven.".to_owned(), Boundary::Sentence),
        ]
    );
}

#[test]
fn clauses_come_before_commas_and_commas_before_words() {
    assert_eq!(
        cut_text("Mary ate, she; they went from town home.", 20, 20),
        [
            ("Mary ate, she;".to_owned(), Boundary::Clause),
            ("they went from town".to_owned(), Boundary::Word),
            ("home.".to_owned(), Boundary::Sentence),
        ]
    );
    assert_eq!(
        cut_text("Mary ate, they went home.", 20, 20)[0],
        ("Mary ate,".to_owned(), Boundary::Comma)
    );
}

#[test]
fn a_crumb_before_a_comma_is_not_left_alone() {
    assert_eq!(
        texts("So, they went home from town", 20)[0],
        "So, they went home"
    );
}

#[test]
fn the_last_sentence_end_that_fits_wins() {
    assert_eq!(
        cut_text("Hi. Go on. Then stop there, please", 12, 12),
        [
            ("Hi. Go on.".to_owned(), Boundary::Sentence),
            ("Then stop".to_owned(), Boundary::Word),
            ("there,".to_owned(), Boundary::Comma),
            ("please".to_owned(), Boundary::Sentence),
        ]
    );
}

#[test]
fn the_first_segment_is_short_and_later_ones_grow() {
    let text = "one two three four five six seven eight nine ten eleven twelve";
    let lengths: Vec<usize> = cut_text(text, 8, 32)
        .iter()
        .map(|(text, _)| text.len())
        .collect();
    assert_eq!(lengths, [7, 15, 31, 6]);
}

#[test]
fn each_mark_has_its_boundary() {
    for (text, expected) in [
        ("end.", Boundary::Sentence),
        ("end?", Boundary::Sentence),
        ("end!", Boundary::Sentence),
        ("\"end.\"", Boundary::Sentence),
        ("(\"end.\")", Boundary::Sentence),
        ("end;", Boundary::Clause),
        ("end:", Boundary::Clause),
        ("end —", Boundary::Clause),
        ("end…", Boundary::Clause),
        ("(end)", Boundary::Clause),
        ("end,", Boundary::Comma),
        ("end,\"", Boundary::Comma),
        ("end", Boundary::Word),
        ("end\"", Boundary::Word),
    ] {
        let words = crate::normalise(text, Accent::American);
        assert_eq!(ending(&words), expected, "{text}");
    }
    assert_eq!(ending(&[]), Boundary::Word);
}

#[test]
fn stops_inside_numbers_initials_and_titles_end_nothing() {
    for (text, first) in [
        ("It is 3.5 now", "It is three point five now"),
        ("Dr. J. K. Rowling left.", "Doctor J K Rowling left."),
    ] {
        assert_eq!(
            cut_text(text, 80, 80),
            [(first.to_owned(), Boundary::Sentence)]
        );
    }
}

#[test]
fn a_long_word_stands_alone_and_an_endless_one_is_cut() {
    assert_eq!(
        cut_text("a sesquipedalian b", 4, 40)[1],
        ("sesquipedalian".to_owned(), Boundary::Word)
    );
    assert_eq!(texts("abcdefghij", 4), ["abcd", "efgh", "ij"]);
}

#[test]
fn each_piece_is_as_long_as_is_wanted_when_its_turn_comes() {
    let limits = Limits {
        first: 80,
        max: 80,
        growth: 1,
    };
    let text = "One two three four five six seven.\n\nEight nine, Llanfairpwllgwyngyll ten.";
    let script = script(text, &ScriptOptions::new(Accent::American, limits)).unwrap();
    let mut cutter = script.cutter(12);
    let mut next = |limit| {
        cutter
            .cut(limit)
            .map(|segment| (segment.text(), segment.ends))
    };
    let piece = |text: &str, ends| Some((text.to_owned(), ends));
    assert_eq!(next(4), piece("One", Boundary::Word));
    assert_eq!(next(9), piece("two three", Boundary::Word));
    // Never longer than any may be.
    assert_eq!(next(80), piece("four five", Boundary::Word));
    assert_eq!(next(12), piece("six seven.", Boundary::Paragraph));
    assert_eq!(next(0), piece("Eight", Boundary::Word));
    assert_eq!(next(8), piece("nine,", Boundary::Comma));
    assert_eq!(next(12), piece("Llanfairpwll", Boundary::Word));
    assert_eq!(next(12), piece("gwyngyll ten.", Boundary::Sentence));
    assert_eq!(next(12), None);
    assert_eq!(next(12), None);
}
