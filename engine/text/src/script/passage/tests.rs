use super::*;

fn passages(pieces: &[Piece]) -> Vec<(String, Boundary, Option<f32>, f32)> {
    let mut collected = Passages::new(Accent::American);
    pieces.iter().for_each(|piece| collected.add(piece));
    collected
        .finish()
        .iter()
        .map(|p| (crate::word::plain_text(&p.words), p.ends, p.pause, p.rate))
        .collect()
}

fn text(text: &str) -> Piece {
    Piece::Text(Mapped::whole(text))
}

#[test]
fn blank_lines_part_paragraphs() {
    assert_eq!(
        paragraphs("\n\none\n two \r\n \r\nthree\u{2029}four \n\n"),
        [(2, "one\n two"), (16, "three"), (24, "four \n\n")]
    );
    assert_eq!(paragraphs("one\u{2028}\u{2028}two").len(), 2);
    assert_eq!(paragraphs(""), [(0, "")]);
}

#[test]
fn marks_alone_belong_to_the_words_before_them() {
    let found = passages(&[
        text("one"),
        Piece::Pause(1.0),
        text(". "),
        Piece::Pause(0.5),
        text("two"),
    ]);
    assert_eq!(
        found,
        [
            ("one.".to_owned(), Boundary::Word, Some(1.5), 1.0),
            ("two".to_owned(), Boundary::Sentence, None, 1.0)
        ]
    );
}

#[test]
fn marks_before_all_words_belong_to_the_first() {
    let found = passages(&[
        text("("),
        Piece::Rate(2.0),
        text("one)"),
        Piece::End(Boundary::Paragraph),
    ]);
    assert_eq!(
        found,
        [("(one)".to_owned(), Boundary::Paragraph, None, 2.0)]
    );
}

#[test]
fn the_marks_at_its_end_say_what_a_passage_ends() {
    let found = passages(&[
        text("one,"),
        Piece::Rate(0.5),
        text("two?"),
        Piece::Rate(1.0),
        text("three"),
    ]);
    let ends: Vec<_> = found
        .iter()
        .map(|(_, ends, _, rate)| (*ends, *rate))
        .collect();
    assert_eq!(
        ends,
        [
            (Boundary::Comma, 1.0),
            (Boundary::Sentence, 0.5),
            (Boundary::Sentence, 1.0)
        ]
    );
}

#[test]
fn an_end_without_words_makes_the_last_one_longer() {
    let found = passages(&[
        text("one."),
        Piece::End(Boundary::Sentence),
        Piece::End(Boundary::Paragraph),
        Piece::End(Boundary::Sentence),
        text("two"),
    ]);
    assert_eq!(found[0].1, Boundary::Paragraph);
    assert_eq!(found.len(), 2);
}
