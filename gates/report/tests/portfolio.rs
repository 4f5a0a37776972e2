//! A portfolio in every form.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::num::NonZeroUsize;

use caws_evidence::{Comparator, Finding, Interval, Severity};
use caws_policy::{Held, Requirement};
use caws_report::Palette;
use caws_report::portfolio::{
    Numbers, PortfolioView, RunRef, Source, html, json, markdown, terminal,
};
use caws_report::terminal::Detail;
use caws_spec::Portfolio;
use common::{finding, ratio};

fn spec(id: &str, tier: &str, component: &str) -> Vec<u8> {
    format!(
        "id: {id}\ntitle: The part <b>{id}</b> | of the tree\nrisk_tier: {tier}\nprofile: library\n\
         threats: [One, {{ threat: Two, mitigation: Tests }}]\nacceptance: [a, b, c]\n\
         component: {{ paths: [src/{id}/], {component} }}\n"
    )
    .into_bytes()
}

fn requirement(name: &str, threshold: f64) -> Requirement {
    Requirement {
        measurement: name.to_owned(),
        comparator: Comparator::AtLeast,
        threshold,
        source: "tier 2".to_owned(),
    }
}

fn measured(name: &str, counts: (u64, u64), threshold: f64, met: Option<bool>) -> Held {
    Held {
        requirement: Some(requirement(name, threshold)),
        observation: Some(ratio(name, counts.0, counts.1)),
        not_measured: None,
        met,
    }
}

fn not_measured(requirement: Option<Requirement>, why: &str) -> Held {
    Held {
        requirement,
        observation: None,
        not_measured: Some(why.to_owned()),
        met: None,
    }
}

/// Five components: measured, missed, undecided, not measured, and one without tier and effort.
fn view() -> PortfolioView {
    let files = [
        ("a.yaml".to_owned(), spec("A-1", "1", "effort_days: 10")),
        (
            "b.yaml".to_owned(),
            spec("B-1", "2", "effort_days: 7.5, depends_on: [A-1]"),
        ),
        ("c.yaml".to_owned(), spec("C-1", "2", "effort_days: 0.25")),
        (
            "d.yaml".to_owned(),
            spec("D-1", "2", "effort_days: 1, depends_on: [E-1]"),
        ),
        ("e.yaml".to_owned(), spec("E-1", "none", "depends_on: []")),
    ];
    let portfolio = Portfolio::read(&files, |_| true, 1);
    let (coverage, mutation) = ("branch_coverage", "mutation_score");
    let mut sampled = measured(mutation, (9, 10), 0.7, None);
    if let Some(observation) = &mut sampled.observation {
        observation.interval = Some(Interval {
            low: 0.596,
            high: 0.982,
            confidence: 0.95,
            method: "wilson".to_owned(),
        });
    }
    let none = "the component has no code yet";
    let numbers = vec![
        Numbers {
            coverage: measured(coverage, (912, 1000), 0.9, Some(true)),
            mutation: sampled,
        },
        Numbers {
            coverage: measured(coverage, (2399, 3000), 0.8, Some(false)),
            mutation: measured(mutation, (5, 10), 0.5, Some(true)),
        },
        Numbers {
            coverage: not_measured(Some(requirement(coverage, 0.8)), none),
            mutation: not_measured(Some(requirement(mutation, 0.5)), none),
        },
        Numbers {
            coverage: not_measured(Some(requirement(coverage, 0.8)), none),
            mutation: not_measured(
                Some(requirement(mutation, 0.55)),
                "the run measured nothing in its paths",
            ),
        },
        Numbers {
            coverage: not_measured(
                None,
                "no tier policy says what is counted for its tier and profile",
            ),
            mutation: not_measured(None, "there is no record"),
        },
    ];
    let run = RunRef {
        artifacts: "artifacts".to_owned(),
        commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
        dirty: true,
        measured: "2026-11-20T10:00:01Z".to_owned(),
    };
    PortfolioView {
        directory: "parts".to_owned(),
        alone: portfolio.plan(NonZeroUsize::MIN),
        team: portfolio.plan(NonZeroUsize::new(2).unwrap()),
        sources: vec![
            Source {
                gate: "coverage",
                run: Ok(run),
            },
            Source {
                gate: "mutation",
                run: Err("there is no record".to_owned()),
            },
        ],
        left_out: vec![("fixtures/py".to_owned(), "a project of its own")],
        findings: vec![
            finding(
                "threshold-missed",
                Severity::Error,
                "B-1: `branch_coverage` misses its threshold",
            ),
            finding("sample-too-small", Severity::Warning, "A-1: too small"),
        ],
        numbers,
        portfolio,
    }
}

/// The same without anything to complain of.
fn good() -> PortfolioView {
    PortfolioView {
        findings: Vec::<Finding>::new(),
        left_out: Vec::new(),
        ..view()
    }
}

#[test]
fn terminal_shows_tiers_components_sources_and_plan() {
    insta::assert_snapshot!(terminal::run(&view(), Palette::plain(), Detail::Normal));
}

#[test]
fn terminal_quiet_says_the_verdict_alone() {
    let quiet = |view: &PortfolioView| terminal::run(view, Palette::plain(), Detail::Quiet);
    assert_eq!(quiet(&view()), "✗ 1 error, 1 warning\n");
    assert_eq!(
        quiet(&good()),
        "✓ 5 components, 15 scenarios, 10 threats, 5 of them with a mitigation\n"
    );
}

#[test]
fn colour_is_an_addition() {
    let coloured = terminal::run(&view(), Palette::coloured(), Detail::Normal);
    assert!(coloured.contains('\u{1b}'));
    assert!(!terminal::run(&view(), Palette::plain(), Detail::Normal).contains('\u{1b}'));
}

#[test]
fn markdown_has_one_table_each_and_shows_foreign_text_as_text() {
    let text = markdown::run(&view());
    assert!(!text.contains("<b>"), "{text}");
    insta::assert_snapshot!(text);
    assert!(markdown::run(&good()).ends_with("No findings.\n"));
}

#[test]
fn json_is_versioned_and_leaves_out_no_reason() {
    let text = json::run(&view()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&value["schema_version"], &value["kind"]),
        (&1.into(), &"portfolio".into())
    );
    assert_eq!(value["passed"], false);
    assert_eq!(value["tiers"]["2"]["components"], 3);
    assert_eq!(value["tiers"]["none"]["effort_known"], 0);
    let parts = value["components"].as_array().unwrap();
    assert_eq!(parts[2]["coverage"]["measured"], serde_json::Value::Null);
    assert_eq!(
        parts[2]["coverage"]["not_measured"],
        "the component has no code yet"
    );
    assert_eq!(parts[1]["depends_on"][0], "A-1");
    assert_eq!(value["plans"][1]["unplanned"][0]["component"], "D-1");
    insta::assert_snapshot!(text);
}

#[test]
fn html_is_one_page_without_scripts_or_outside_resources() {
    let page = html::run(&view());
    for outside in [
        "<script", "<link", "<img", "<iframe", "http://", "https://", "@import", "url(", "<b>",
    ] {
        assert!(!page.contains(outside), "{outside}");
    }
    for landmark in [
        "<html lang=\"en\">",
        "<header>",
        "<main id=\"main\">",
        "<footer>",
        "<caption>",
        "scope=\"col\"",
        "scope=\"row\"",
    ] {
        assert!(page.contains(landmark), "{landmark}");
    }
    assert!(page.contains("not measured, at least 80 %"));
    assert!(page.contains("left: 57.143%; width: 42.857%"), "{page}");
    insta::assert_snapshot!(page);
    assert!(html::run(&good()).contains("None."));
}
