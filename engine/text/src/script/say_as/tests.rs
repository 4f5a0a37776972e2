use super::*;
use crate::script::piece::Piece;

/// What a text becomes: other text, or words with blanks between them.
fn read(text: &str, name: &str, format: Option<&str>) -> String {
    let mut pieces = Pieces::default();
    SayAs::named(name, format)
        .unwrap()
        .read(&Mapped::whole(text), &mut pieces);
    match pieces.finish().0.as_slice() {
        [Piece::Text(mapped)] => mapped.text().to_owned(),
        [Piece::Words(words)] => words
            .iter()
            .map(|word| word.spoken.clone())
            .collect::<Vec<_>>()
            .join(" "),
        _ => String::new(),
    }
}

#[test]
fn characters_have_their_names() {
    for name in ["characters", "spell-out", "verbatim", "Letters", " spell "] {
        assert_eq!(read("ab-3é", name, None), "A B three É", "{name}");
    }
    assert_eq!(read("-", "characters", None), "");
}

#[test]
fn digits_are_said_one_by_one_with_breaths() {
    assert_eq!(
        read("+1 (555) 01-9", "telephone", None),
        "plus one , five five five , zero one , nine"
    );
    assert_eq!(read("#21*x", "digits", None), "pound two one star X");
    assert_eq!(read(" 1x2", "digits", None), "one X two");
}

#[test]
fn cardinals_are_no_years() {
    assert_eq!(read("1984", "cardinal", None), "1,984");
    assert_eq!(read("-1234567", "number", None), "-1,234,567");
    assert_eq!(read("123", "cardinal", None), "123");
    assert_eq!(read("-", "cardinal", None), "-");
    assert_eq!(read("3.5", "cardinal", None), "3.5");
    assert_eq!(read("21", "number", Some("ordinal")), "21st");
}

#[test]
fn ordinals_have_their_endings() {
    for (number, said) in [
        ("1", "1st"),
        ("2", "2nd"),
        ("3", "3rd"),
        ("4", "4th"),
        ("11", "11th"),
        ("12", "12th"),
        ("13", "13th"),
        ("111", "111th"),
        ("22", "22nd"),
        ("1003", "1,003rd"),
        ("one", "one"),
    ] {
        assert_eq!(read(number, "ordinal", None), said);
    }
}

#[test]
fn dates_are_read_in_the_order_given() {
    let date = |text, format| read(text, "date", format);
    assert_eq!(date("3/4/2025", None), "March 4, 2025");
    assert_eq!(date("3/4/2025", Some("dmy")), "April 3, 2025");
    assert_eq!(date("2025-04-03", Some("yyyy-mm-dd")), "April 3, 2025");
    assert_eq!(date("2025-04-03", Some("ymd")), "April 3, 2025");
    assert_eq!(date("12/31", Some("md")), "December 31");
    assert_eq!(date("12/1999", Some("my")), "December 1999");
    assert_eq!(date("1999", Some("y")), "1999");
    assert_eq!(date("7", Some("m")), "July");
}

#[test]
fn what_is_no_such_date_is_read_as_it_stands() {
    for (text, format) in [
        ("13/4/2025", "mdy"),
        ("0/4/2025", "mdy"),
        ("1/0/2025", "mdy"),
        ("1/32/2025", "mdy"),
        ("1/2", "mdy"),
        ("1/2/3/4", "mdy"),
        ("May 2", "md"),
        ("5", "d"),
    ] {
        assert_eq!(read(text, "date", Some(format)), text);
    }
}

#[test]
fn other_ways_are_the_texts_own_or_unknown() {
    assert_eq!(read("10:30", "time", None), "10:30");
    assert_eq!(SayAs::named("expletive", None), None);
    assert_eq!(SayAs::named("", None), None);
}
