use super::{MAX_DEPTH, excess};

fn rule(expression: &str) -> String {
    format!("package p\n\ndeny contains \"x\" if {{\n\tx := {expression}\n\tx == 1\n}}\n")
}

/// How often the piece may stand, at most.
fn most(of: impl Fn(usize) -> String) -> usize {
    (0..10_000)
        .take_while(|times| excess(&rule(&of(*times))).is_none())
        .last()
        .unwrap_or(0)
}

#[test]
fn chains_are_as_deep_as_they_are_long() {
    // The rule around it is some levels more.
    for (before, after) in [
        ("1 + ", ""),
        ("1 +\n", ""),
        ("", "\n| 1"),
        ("", ".a"),
        ("", "[0]"),
        ("-\n", ""),
        ("", "(1\n)"),
        ("", "\nin 1"),
    ] {
        let found = most(|times| format!("{}a{}", before.repeat(times), after.repeat(times)));
        assert!(
            (MAX_DEPTH - 8..=MAX_DEPTH).contains(&found),
            "{before:?} {after:?}: {found}"
        );
    }
}

#[test]
fn brackets_double_the_time() {
    for (open, close) in [
        ("[", "]"),
        ("{1: ", "}"),
        ("(", ")"),
        ("[\n", "]\n"),
        ("f(", ")"),
    ] {
        let found = most(|times| format!("{}1{}", open.repeat(times), close.repeat(times)));
        assert!((15..=20).contains(&found), "{open:?}: {found}");
    }
    // Many of few count together.
    assert!(excess(&rule(&"[[[1]]], ".repeat(1_000))).is_none());
    assert!(excess(&rule(&format!("[{}]", "[[[[[[[[1]]]]]]]], ".repeat(1_000)))).is_some());
}

#[test]
fn what_stands_before_an_operator_counts_as_what_stands_behind_it() {
    let chain = " + 1".repeat(MAX_DEPTH / 2);
    let both = |inside: &str, outside: &str| excess(&rule(&format!("(1{inside}){outside}")));
    assert_eq!(both(&chain, ""), None);
    assert_eq!(both("", &chain), None);
    assert!(both(&chain, &chain).is_some());
}

#[test]
fn statements_entries_strings_and_comments_are_no_chains() {
    let lines = "\tinput.a.b == data.c\n".repeat(5_000);
    assert_eq!(
        excess(&format!("package p\n\nallow if {{\n{lines}}}\n")),
        None
    );
    assert_eq!(
        excess(&rule(&format!("[{}]", "1 + 1, ".repeat(5_000)))),
        None
    );
    let signs = "[({".repeat(5_000);
    for quoted in [
        format!("\"{signs}\\\"{signs}\""),
        format!("`{signs}\n{signs}`"),
        format!("1 # {signs}"),
    ] {
        assert_eq!(excess(&rule(&quoted)), None);
    }
    assert_eq!(excess(&rule("1.5e3")), None);
    assert_eq!(excess(&")]}".repeat(5_000)), None);
}

#[test]
fn the_place_is_where_it_is_too_deep() {
    let text = format!("package p\n\nx := {}", "1 +\n".repeat(1_000));
    assert_eq!(excess(&text), Some((120, 3)));
}
