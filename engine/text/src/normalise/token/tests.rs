use super::*;

fn parts(text: &str) -> Vec<(&str, &str, &str)> {
    tokens(text)
        .into_iter()
        .map(|t| {
            (
                text.get(t.lead).unwrap(),
                text.get(t.core).unwrap(),
                text.get(t.trail).unwrap(),
            )
        })
        .collect()
}

#[test]
fn marks_are_taken_off_both_ends() {
    assert_eq!(
        parts("(\"Yes,\") 'tis $5. ...and .5 –5 –x '90s C++ ?!"),
        [
            ("(\"", "Yes", ",\")"),
            ("", "'tis", ""),
            ("", "$5", "."),
            ("...", "and", ""),
            ("", ".5", ""),
            ("", "–5", ""),
            ("–", "x", ""),
            ("", "'90s", ""),
            ("", "C++", ""),
            ("?!", "", ""),
        ]
    );
}

#[test]
fn the_first_token_of_a_line_is_known() {
    let opens: Vec<bool> = tokens("a b\nc\n\n d e")
        .iter()
        .map(|t| t.opens_line)
        .collect();
    assert_eq!(opens, [true, false, true, true, false]);
}

#[test]
fn a_quotation_mark_is_no_apostrophe() {
    assert_eq!(
        parts("'cause 'cats'"),
        [("", "'cause", ""), ("'", "cats", "'")]
    );
}
