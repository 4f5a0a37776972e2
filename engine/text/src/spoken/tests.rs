use super::*;
use crate::{Accent, Limits, ScriptOptions, script};

fn is_said(text: &str) -> bool {
    let limits = Limits {
        first: 1000,
        max: 1000,
        growth: 1,
    };
    script(text, &ScriptOptions::new(Accent::American, limits)).is_ok()
}

#[test]
fn ranges_are_in_order_and_apart() {
    assert!(SPOKEN.iter().all(|(first, last)| first <= last));
    assert!(
        SPOKEN
            .windows(2)
            .all(|pair| u32::from(pair[0].1) + 1 < u32::from(pair[1].0))
    );
}

#[test]
fn every_one_of_them_is_said_wherever_it_stands() {
    let mut silent = Vec::new();
    for c in SPOKEN.iter().flat_map(|(first, last)| *first..=*last) {
        assert!(is_spoken(c), "{c:?}");
        for text in [
            format!("{c}"),
            format!("{c}{c}{c}"),
            format!("- {c}"),
            format!("({c})\u{1}"),
            format!("\u{200D}{c}\u{FE0E}"),
            format!("{c}\u{301}"),
            format!("-{c}="),
            format!("/{c}."),
            format!("\u{1F3FB}{c}\u{1F1E6}"),
            format!("|{c}|\n---"),
            format!("好*{c}*"),
        ] {
            if !is_said(&text) {
                silent.push(text);
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn what_is_outside_is_not_in_any_range() {
    for c in [
        '=',
        '~',
        '#',
        '\u{0}',
        ' ',
        '好',
        '/',
        ':',
        '@',
        '[',
        '`',
        '{',
        '\u{1F3FB}',
        char::MAX,
    ] {
        assert!(!is_spoken(c), "{c:?}");
    }
}

proptest::proptest! {
    #[test]
    fn one_is_enough_for_any_text_without_markup(before in "[^<>&\\[\\]`]{0,20}", at in 0..SPOKEN.len(), after in "[^<>&\\[\\]`]{0,20}") {
        let text = format!("{before}{}{after}", SPOKEN[at].0);
        proptest::prop_assert!(is_said(&text), "{text:?}");
    }
}
