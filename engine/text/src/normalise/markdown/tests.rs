use super::*;

fn first(text: &str) -> Option<Markup> {
    markup(text, 0, &mut None)
}

#[test]
fn a_link_is_its_text() {
    let mut link = None;
    let text = "[a b](https://x.y) z";
    assert_eq!(markup(text, 0, &mut link), Some(Markup::Skip(1)));
    assert_eq!(link, Some((4, 18)));
    assert_eq!(markup(text, 3, &mut link), None);
    assert_eq!(markup(text, 4, &mut link), Some(Markup::Skip(14)));
    assert_eq!(link, None);
}

#[test]
fn brackets_without_an_address_are_brackets() {
    for text in [
        "[a]",
        "[a](b)",
        "[a](/b/)",
        "[a](https://x",
        "[a\n](https://x)",
        "[[a](b)",
        "!a",
        "!",
    ] {
        assert_eq!(first(text), None, "{text}");
    }
    assert_eq!(first("![a](#b)"), Some(Markup::Skip(1)));
}

#[test]
fn tags_are_those_of_text() {
    for (text, length) in [
        ("<b>", 3),
        ("</b>", 4),
        ("<a href=\"x\">", 12),
        ("</em>", 5),
    ] {
        assert_eq!(first(text), Some(Markup::Skip(length)), "{text}");
    }
    for (text, length) in [("<br/>", 5), ("<br />", 6), ("<H1>", 4), ("</td>", 5)] {
        assert_eq!(first(text), Some(Markup::Is(' ', length)), "{text}");
    }
    for text in ["<x>", "<b", "< b>", "<b c>", "<b<", "<>", "<3"] {
        assert_eq!(first(text), None, "{text}");
    }
}

#[test]
fn entities_are_their_characters() {
    assert_eq!(first("&amp;x"), Some(Markup::Is('&', 5)));
    assert_eq!(first("&nbsp;"), Some(Markup::Is(' ', 6)));
    assert_eq!(first("&x;"), None);
}
