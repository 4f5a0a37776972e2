use std::time::Duration;

use super::{LEAST, MOST, escape, marking, read, size, take};
use crate::gates::mutation::outcomes::Summary;
use crate::gates::mutation::population::Mutant;

fn mutant(id: &str) -> Mutant {
    Mutant {
        id: id.to_owned(),
        name: id.to_owned(),
        package: String::new(),
        file: String::new(),
        line: 1,
        column: 1,
        function: None,
        replacement: String::new(),
    }
}

#[test]
fn a_batch_fills_half_of_the_time_that_is_left() {
    let seconds = Duration::from_secs;
    assert_eq!(size(seconds(400), seconds(10)), 20);
    assert_eq!(size(seconds(1), seconds(10)), LEAST);
    assert_eq!(size(seconds(100_000), seconds(10)), MOST);
    assert_eq!(size(seconds(100_000), Duration::ZERO), MOST);
    assert_eq!(size(seconds(160), seconds(10)), LEAST);
    assert_eq!(size(seconds(180), seconds(10)), 9);
}

#[test]
fn known_outcomes_are_taken_along_and_cost_nothing() {
    let all: Vec<Mutant> = ["a", "known", "b", "c", "known"].map(mutant).to_vec();
    let rest: Vec<&Mutant> = all.iter().collect();
    let known = |mutant: &Mutant| (mutant.id == "known").then_some(Summary::CaughtMutant);
    let (taken, others, fresh) = take(&rest, 2, known);
    let names = |list: &[&Mutant]| {
        list.iter()
            .map(|mutant| mutant.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(taken), ["a", "known", "b"]);
    assert_eq!(names(others), ["c", "known"]);
    assert_eq!(names(&fresh), ["a", "b"]);
    let (taken, others, fresh) = take(others, 9, known);
    assert_eq!((taken.len(), others.len(), fresh.len()), (2, 0, 1));
}

#[test]
fn outcomes_are_read_by_name_and_unknown_words_are_no_verdict() {
    let entry = |name: &str, summary: &str| {
        format!(r#"{{"scenario":{{"Mutant":{{"name":"{name}"}}}},"summary":"{summary}"}}"#)
    };
    let words = [
        "CaughtMutant",
        "MissedMutant",
        "Timeout",
        "Unviable",
        "Failure",
        "Something",
    ];
    let entries: Vec<String> = words.iter().map(|word| entry(word, word)).collect();
    let json = format!(
        r#"{{"outcomes":[{{"scenario":"Baseline","summary":"Success"}},{}]}}"#,
        entries.join(",")
    );
    let found = read(json.as_bytes()).unwrap();
    assert_eq!(found.len(), 6);
    let expected = [
        Summary::CaughtMutant,
        Summary::MissedMutant,
        Summary::Timeout,
        Summary::Unviable,
        Summary::Failure,
        Summary::Failure,
    ];
    for (word, summary) in words.iter().zip(expected) {
        assert_eq!(found[*word], summary);
    }
    assert!(read(b"{}").is_err());
}

#[test]
fn names_match_themselves_alone() {
    assert_eq!(
        escape("src/a.rs:1:2: replace <T as U>::f -> Vec<u8> with vec![0]"),
        r"src/a\.rs:1:2: replace <T as U>::f \-> Vec<u8> with vec!\[0\]"
    );
    assert_eq!(
        escape("a && b || c + d* (e)? {f}^$#~\\"),
        r"a \&\& b \|\| c \+ d\* \(e\)\? \{f\}\^\$\#\~\\"
    );
}

#[test]
fn the_lines_of_mutants_are_marked_in_order_and_once() {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir(tree.path().join("src")).unwrap();
    std::fs::write(tree.path().join("src/a.rs"), "one\ntwo\nthree\n").unwrap();
    std::fs::write(tree.path().join("src/b.rs"), "only\n").unwrap();
    let at = |file: &str, line: u64| Mutant {
        file: file.to_owned(),
        line,
        ..mutant("m")
    };
    let mutants = [
        at("src/b.rs", 1),
        at("src/a.rs", 3),
        at("src/a.rs", 1),
        at("src/a.rs", 3),
    ];
    let all: Vec<&Mutant> = mutants.iter().collect();
    assert_eq!(
        marking(tree.path(), &all).unwrap(),
        "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -0,0 +1 @@\n+one\n@@ -1,0 +3 @@\n+three\n\
         --- a/src/b.rs\n+++ b/src/b.rs\n@@ -0,0 +1 @@\n+only\n"
    );
    assert!(marking(tree.path(), &[&at("src/gone.rs", 1)]).is_err());
}
