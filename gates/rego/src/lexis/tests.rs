use super::names;

fn texts(text: &str) -> Vec<String> {
    names(text).iter().map(super::Name::text).collect()
}

#[test]
fn strings_and_comments_hold_no_names() {
    assert_eq!(texts("a \"b \\\" c\" `d\ne` # f\ng"), ["a", "g"]);
}

#[test]
fn a_name_goes_on_over_dots_and_not_over_an_index() {
    let found = names("input.a.b[c].d(");
    let shown: Vec<(String, bool, bool)> = found
        .iter()
        .map(|name| (name.text(), name.call, name.continued))
        .collect();
    let expected = [
        ("input.a.b", false, false),
        ("c", false, false),
        ("d", true, true),
    ];
    let expected = expected.map(|(text, call, continued)| (text.to_owned(), call, continued));
    assert_eq!(shown, expected);
}

#[test]
fn places_count_from_one() {
    let found = names("a\n  b");
    let places: Vec<(u32, u32)> = found.iter().map(|name| (name.line, name.column)).collect();
    assert_eq!(places, [(1, 1), (2, 3)]);
}

#[test]
fn a_string_that_never_ends_ends_with_its_line() {
    assert_eq!(texts("\"open\nnext"), ["next"]);
}

#[test]
fn numbers_are_no_names() {
    assert_eq!(texts("1e5 + 0x1f + x1"), ["x1"]);
}
