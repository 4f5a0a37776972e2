//! The table of what the normaliser must say, and what must hold for any text.

#![expect(clippy::panic, reason = "a test fails where it panics")]

use kokoro_text::{Accent, Word, WordKind, normalise, normalised};
use proptest::prelude::*;

/// Category, accent, text, spoken words; a line may have further columns for others.
const TABLE: &str = include_str!("normalise.tsv");

/// Words as the table writes them: letters to be named apart.
fn written(words: &[Word]) -> String {
    let one = |word: &Word| match word.kind {
        WordKind::Letters => {
            let (letters, ending) = match word.spoken.strip_suffix("'s") {
                Some(letters) => (letters, "'s"),
                None => (word.spoken.as_str(), ""),
            };
            let apart: Vec<String> = letters.chars().map(String::from).collect();
            apart.join(" ") + ending
        }
        _ => word.spoken.clone(),
    };
    words.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn cases() -> impl Iterator<Item = (usize, Vec<&'static str>)> {
    TABLE
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#') && !line.is_empty())
        .map(|(at, line)| (at + 1, line.split('\t').collect()))
}

fn accents(column: &str) -> &'static [Accent] {
    match column {
        "us" => &[Accent::American],
        "gb" => &[Accent::British],
        "both" => &[Accent::American, Accent::British],
        other => panic!("accent {other}"),
    }
}

#[test]
fn every_case_of_the_table_is_said_as_it_says() {
    let mut wrong = Vec::new();
    for (line, columns) in cases() {
        for accent in accents(columns[1]) {
            let said = written(&normalise(columns[2], *accent));
            if said != columns[3] {
                wrong.push(format!(
                    "line {line} ({accent:?}): {}\n  expected {}\n  found    {said}",
                    columns[2], columns[3]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_at_least_four_hundred_cases() {
    assert!(cases().count() >= 400, "{}", cases().count());
}

/// Ranges are in the text, on characters, in order, and the same or apart.
fn in_order(text: &str, words: &[Word]) -> Result<(), TestCaseError> {
    let mut last = 0..0;
    for word in words {
        let source = word.source.clone();
        prop_assert!(source.start <= source.end && source.end <= text.len());
        prop_assert!(text.is_char_boundary(source.start) && text.is_char_boundary(source.end));
        prop_assert!(
            source == last || source.start >= last.end,
            "{last:?} {source:?}"
        );
        prop_assert!(!word.spoken.is_empty() && !word.spoken.contains(char::is_whitespace));
        if word.kind == WordKind::Letters {
            let bare = word.spoken.strip_suffix("'s").unwrap_or(&word.spoken);
            prop_assert!(bare.bytes().all(|b| b.is_ascii_uppercase()));
        }
        if word.kind == WordKind::Mark {
            prop_assert!(";:,.!?—…\"()“”".contains(&word.spoken));
        } else {
            prop_assert!(
                !word.spoken.contains(|c: char| c.is_ascii_digit()),
                "{}",
                word.spoken
            );
        }
        last = source;
    }
    Ok(())
}

proptest! {
    #[test]
    fn places_are_in_order_on_characters_and_inside_any_text(text in any::<String>()) {
        in_order(&text, &normalise(&text, Accent::American))?;
    }

    #[test]
    fn places_are_in_order_in_text_like_what_people_write(
        text in "([$£€-]?[0-9]{1,4}([.,:/x–-][0-9]{1,4}){0,3}(%|km|st|s|am|½)?|[A-Za-zé'.@/_-]{1,8}|[\"(“'.,!?…)🎉🇯🇵👍🏽é́ﬁ①½℡ ]{1,4}| |\n){0,12}"
    ) {
        for accent in [Accent::American, Accent::British] {
            in_order(&text, &normalise(&text, accent))?;
        }
    }

    #[test]
    fn plain_words_are_said_as_they_are(words in proptest::collection::vec("[bdfglmnprst][aeiou][bdglmnprt][aeiou]", 1..8)) {
        let text = words.join(" ");
        let said = normalised(&text, Accent::British);
        prop_assert_eq!(written(&said.words), text);
        prop_assert_eq!(said.dropped, 0);
    }
}

#[test]
fn what_has_no_english_name_is_counted() {
    let found = normalised("你好 world\u{7}", Accent::American);
    assert_eq!(written(&found.words), "world");
    assert_eq!(found.dropped, 3);
}

/// Time this thread has computed, where the system tells it, so that a busy machine does not count; else time on the wall.
fn computed(since: std::time::Instant) -> std::time::Duration {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|stat| stat.split(' ').next()?.parse().ok())
        .map_or_else(|| since.elapsed(), std::time::Duration::from_nanos)
}

#[test]
fn one_long_token_of_anything_takes_linear_time() {
    for unit in [
        "1",
        "a",
        "-",
        ".",
        "1-",
        "a.",
        "1,",
        "(",
        "'",
        "@",
        "/",
        "A",
        "é",
        "🎉",
        "1 ",
        "A ",
        "'a ",
        "http://",
        "a'",
        "½",
        "\u{301}",
        "👩\u{200D}",
        "🇯",
        "好",
        "x1",
        "\"",
        "1:",
        "[",
        "[a](http://",
        "<",
        "&",
        "$1",
        "a&",
        "²",
    ] {
        let text = unit.repeat(40_000 / unit.len());
        let start = std::time::Instant::now();
        let before = computed(start);
        let words = normalise(&text, Accent::American);
        let taken = computed(start) - before;
        // A third of a second does it unoptimised; what grew with the square would take tens of seconds.
        assert!(taken < std::time::Duration::from_secs(4), "{unit}");
        in_order(&text, &words).unwrap();
    }
}

#[test]
fn a_hundred_kilobytes_of_the_whole_table_keep_their_places() {
    let every: Vec<&str> = cases().map(|(_, columns)| columns[2]).collect();
    let text = every.join(" ").repeat(8);
    assert!(text.len() > 50_000, "{}", text.len());
    for accent in [Accent::American, Accent::British] {
        in_order(&text, &normalise(&text, accent)).unwrap();
    }
}
