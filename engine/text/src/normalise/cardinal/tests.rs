use super::*;

fn said(words: Words) -> String {
    words.join(" ")
}

#[test]
fn whole_numbers_have_their_and_in_british_only() {
    for (n, american, british) in [
        (0, "zero", "zero"),
        (19, "nineteen", "nineteen"),
        (20, "twenty", "twenty"),
        (99, "ninety nine", "ninety nine"),
        (100, "one hundred", "one hundred"),
        (110, "one hundred ten", "one hundred and ten"),
        (1_000, "one thousand", "one thousand"),
        (
            1_099,
            "one thousand ninety nine",
            "one thousand and ninety nine",
        ),
        (
            1_100,
            "one thousand one hundred",
            "one thousand one hundred",
        ),
        (1_000_001, "one million one", "one million and one"),
    ] {
        assert_eq!(said(whole(n, Accent::American)), american);
        assert_eq!(said(whole(n, Accent::British)), british);
    }
}

#[test]
fn the_greatest_number_has_words() {
    let words = said(whole(u128::MAX, Accent::American));
    assert!(
        words.starts_with("three hundred forty thousand two hundred eighty two decillion"),
        "{words}"
    );
}

#[test]
fn digits_are_said_one_by_one_after_a_zero_and_beyond_the_names() {
    assert_eq!(said(cardinal("05", Accent::American)), "zero five");
    assert_eq!(said(cardinal("0", Accent::American)), "zero");
    assert_eq!(
        said(cardinal(&"9".repeat(40), Accent::American)),
        vec!["nine"; 40].join(" ")
    );
}

#[test]
fn ordinals_change_the_last_word() {
    for (text, expected) in [
        ("0", "zeroth"),
        ("1", "first"),
        ("2", "second"),
        ("3", "third"),
        ("12", "twelfth"),
        ("20", "twentieth"),
        ("88", "eighty eighth"),
        ("90", "ninetieth"),
        ("100", "one hundredth"),
        ("1000", "one thousandth"),
        ("1000000", "one millionth"),
        ("07", "seventh"),
    ] {
        assert_eq!(said(ordinal(text, Accent::American)), expected);
    }
}

#[test]
fn years_are_read_in_pairs() {
    for (n, expected) in [
        (999, "nine hundred ninety nine"),
        (1000, "one thousand"),
        (1009, "one thousand nine"),
        (1010, "ten ten"),
        (1100, "eleven hundred"),
        (1901, "nineteen oh one"),
        (1999, "nineteen ninety nine"),
        (2000, "two thousand"),
        (2009, "two thousand nine"),
        (2010, "twenty ten"),
        (2100, "twenty one hundred"),
        (9999, "ninety nine ninety nine"),
        (10_000, "ten thousand"),
    ] {
        assert_eq!(said(year(n, Accent::American)), expected);
    }
}

#[test]
fn names_are_read_as_people_read_them() {
    for (text, expected) in [
        ("7", "seven"),
        ("07", "zero seven"),
        ("64", "sixty four"),
        ("101", "one oh one"),
        ("110", "one ten"),
        ("200", "two hundred"),
        ("012", "zero one two"),
        ("4090", "forty ninety"),
        ("12345", "one two three four five"),
    ] {
        assert_eq!(said(name(text, Accent::American)), expected);
    }
}

#[test]
fn plurals_change_the_last_word() {
    for (n, expected) in [
        (0, "zeros"),
        (6, "sixes"),
        (20, "twenties"),
        (50, "fifties"),
        (100, "one hundreds"),
        (1000, "one thousands"),
    ] {
        assert_eq!(said(plural(whole(n, Accent::American))), expected);
    }
    assert_eq!(said(decade(1910, Accent::American)), "nineteen tens");
}
