//! Whatever a tool printed, it changes no report's structure.

#![allow(
    clippy::indexing_slicing,
    reason = "the run indexed is the one of the common module"
)]

mod common;

use caws_evidence::{Place, Severity};
use caws_report::terminal::Detail;
use caws_report::{Palette, RunView, excerpt, html, json, junit, markdown, sarif, terminal};
use common::{finding, mixed};
use proptest::prelude::*;
use quick_xml::events::Event;

/// A run in which every foreign string is `text`.
fn hostile(text: &str) -> RunView {
    let mut view = mixed();
    view.plan.spec.title = text.to_owned();
    view.artifacts = text.to_owned();
    for term in &mut view.score.terms {
        term.note = text.to_owned();
    }
    let coverage = &mut view.evidence[1];
    coverage.steps[0].key_output = text.to_owned();
    coverage.steps[0].command = vec![text.to_owned()];
    coverage.tools[0].version = text.to_owned();
    coverage.outputs[0].path = text.to_owned();
    let mut found = finding("threshold-missed", Severity::Error, text);
    found.place = Some(Place {
        path: text.to_owned(),
        line: Some(1),
        column: Some(1),
    });
    found.expected = Some(text.to_owned());
    found.found = Some(text.to_owned());
    found.help = Some(text.to_owned());
    coverage.findings = vec![found];
    view
}

/// Text with a bias to what means something somewhere.
fn foreign() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(|c| c.to_string()),
        "[ -~]{0,6}",
        prop::sample::select(vec![
            "<script>alert(1)</script>",
            "</pre>",
            "-->",
            "]]>",
            "&#0;",
            "\u{1b}[2J",
            "\u{202E}",
            "|",
            "\n",
            "\r",
            "\0",
            "\"",
            "'",
            "</details>",
            "```",
            "@admin",
            "\u{FFFF}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 1..8).prop_map(|pieces| format!("x{}", pieces.concat()))
}

fn count(text: &str, wanted: char) -> usize {
    text.chars().filter(|c| *c == wanted).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_has_the_same_tags_whatever_the_text(text in foreign()) {
        let (page, plain) = (html::run(&hostile(&text)), html::run(&hostile("x")));
        for mark in ['<', '>', '"'] {
            prop_assert_eq!(count(&page, mark), count(&plain, mark));
        }
    }

    #[test]
    fn junit_parses_and_has_the_same_elements(text in foreign()) {
        let names = |document: &str| -> Vec<String> {
            let mut reader = quick_xml::Reader::from_str(document);
            let mut names = Vec::new();
            loop {
                match reader.read_event().unwrap() {
                    Event::Start(tag) | Event::Empty(tag) => {
                        for attribute in tag.attributes() {
                            attribute.unwrap();
                        }
                        names.push(tag.name().as_ref().to_owned());
                    }
                    Event::Eof => return names,
                    _ => {}
                }
            }
        };
        prop_assert_eq!(names(&junit::run(&hostile(&text))), names(&junit::run(&hostile("x"))));
    }

    #[test]
    fn markdown_keeps_its_tables_and_tags(text in foreign()) {

        let (document, plain) = (markdown::run(&hostile(&text)), markdown::run(&hostile("x")));
        prop_assert_eq!(document.lines().count(), plain.lines().count());
        let cells = |document: &str| document.replace("\\\\", "").replace("\\|", "").matches('|').count();
        prop_assert_eq!(cells(&document), cells(&plain));
        let tags = |document: &str| document.replace("@<!-- -->", "").matches('<').count();
        prop_assert_eq!(tags(&document), tags(&plain));
    }

    #[test]
    fn terminal_has_no_control_characters_but_line_ends(text in foreign()) {
        let view = hostile(&text);
        let mut shown = terminal::run(&view, Palette::plain(), Detail::Verbose);
        shown.push_str(&terminal::trust(&view, Palette::plain()));
        shown.push_str(&excerpt::excerpt(&view.evidence[1].findings[0], Some(&text), Palette::plain()));
        prop_assert!(!shown.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202E}'), "{:?}", shown);
    }

    #[test]
    fn json_and_sarif_carry_the_text_unchanged(text in foreign()) {
        let view = hostile(&text);
        let document: serde_json::Value = serde_json::from_str(&json::run(&view).unwrap()).unwrap();
        prop_assert_eq!(document["gates"][1]["findings"][0]["message"].as_str(), Some(text.as_str()));
        let document = sarif::run(&view);
        let message = document["runs"][0]["results"][0]["message"]["text"].as_str().unwrap();
        prop_assert!(message.starts_with(&text));
    }
}
