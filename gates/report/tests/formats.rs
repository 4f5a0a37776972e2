//! Every format of the same two runs, held against committed snapshots.

mod common;

use caws_evidence::{Finding, Place, Severity};
use caws_report::terminal::Detail;
use caws_report::{Palette, Seal, excerpt, html, json, junit, markdown, sarif, terminal};
use common::{finding, mixed, passed};

#[test]
fn terminal_shows_every_outcome_with_symbol_and_word() {
    insta::assert_snapshot!(terminal::run(&mixed(), Palette::plain(), Detail::Normal));
}

#[test]
fn terminal_verbose_lists_every_measurement() {
    insta::assert_snapshot!(terminal::run(&mixed(), Palette::plain(), Detail::Verbose));
}

#[test]
fn terminal_quiet_says_verdict_and_next_step() {
    insta::assert_snapshot!(terminal::run(&mixed(), Palette::plain(), Detail::Quiet));
}

#[test]
fn terminal_of_a_passed_run_says_what_would_raise_the_score() {
    insta::assert_snapshot!(terminal::run(&passed(), Palette::plain(), Detail::Normal));
}

#[test]
fn terminal_paints_only_when_asked() {
    let coloured = terminal::run(&mixed(), Palette::coloured(), Detail::Normal);
    insta::assert_snapshot!(coloured.replace('\u{1b}', "ESC"));
    assert!(!terminal::run(&mixed(), Palette::plain(), Detail::Normal).contains('\u{1b}'));
}

#[test]
fn terminal_cuts_long_lists_of_findings_unless_verbose() {
    let mut view = mixed();
    view.evidence[1].findings = (0..11)
        .map(|n| finding("branch-unreached", Severity::Note, &format!("branch {n}")))
        .collect();
    let normal = terminal::run(&view, Palette::plain(), Detail::Normal);
    assert!(
        normal.contains("branch 7") && !normal.contains("branch 8"),
        "{normal}"
    );
    assert!(
        normal.contains("coverage: 3 more findings in the report; --verbose prints them all"),
        "{normal}"
    );
    let verbose = terminal::run(&view, Palette::plain(), Detail::Verbose);
    assert!(
        verbose.contains("branch 10") && !verbose.contains("more findings"),
        "{verbose}"
    );
    view.evidence[1].findings.truncate(8);
    assert!(!terminal::run(&view, Palette::plain(), Detail::Normal).contains("more findings"));
}

#[test]
fn trust_lists_every_way_to_raise_the_score_most_points_first() {
    insta::assert_snapshot!(terminal::trust(&mixed(), Palette::plain()));
    let mut perfect = passed();
    perfect.score.terms.remove(0);
    assert!(!terminal::trust(&perfect, Palette::plain()).contains("ways to raise"));
}

#[test]
fn json_is_versioned_and_complete() {
    let text = json::run(&mixed()).unwrap();
    assert!(text.ends_with("}\n"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema_version"], 1);
    insta::assert_snapshot!(text);
    let signed: serde_json::Value = serde_json::from_str(&json::run(&passed()).unwrap()).unwrap();
    assert_eq!(
        signed["signature"],
        serde_json::json!({ "state": "signed", "key": "ab12cd34" })
    );
    assert_eq!(signed["passed"], true);
}

#[test]
fn json_of_findings_is_versioned() {
    let text = json::findings(
        "validate",
        false,
        &[finding("document-syntax", Severity::Error, "no YAML")],
    )
    .unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn markdown_begins_with_the_marker_of_the_comment() {
    let text = markdown::run(&mixed());
    assert_eq!(text.lines().next(), Some(markdown::MARKER));
    insta::assert_snapshot!(text);
    insta::assert_snapshot!("markdown_passed", markdown::run(&passed()));
}

#[test]
fn markdown_cuts_long_lists_of_findings() {
    let mut view = mixed();
    view.evidence[1].findings = (0..21)
        .map(|n| finding("branch-unreached", Severity::Note, &format!("branch {n};")))
        .collect();
    let text = markdown::run(&view);
    assert!(
        text.contains("branch 19;") && !text.contains("branch 20;"),
        "{text}"
    );
    assert!(text.contains("- and 1 more in the full report"), "{text}");
    view.evidence[1].findings.truncate(20);
    assert!(!markdown::run(&view).contains("more in the full report"));
}

#[test]
fn markdown_of_findings() {
    assert_eq!(
        markdown::findings("caws validate", &[]),
        "## caws validate\n\nNo findings.\n"
    );
    let found = [finding("document-syntax", Severity::Error, "no YAML")];
    assert_eq!(
        markdown::findings("caws validate", &found),
        "## caws validate\n\n- **error document-syntax**: no YAML\n"
    );
}

#[test]
fn html_is_one_page_without_scripts_or_outside_resources() {
    let page = html::run(&mixed());
    for outside in [
        "<script", "<link", "<img", "<iframe", "http://", "https://", "@import", "url(",
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
    insta::assert_snapshot!(page.replace("><", ">\n<"));
}

#[test]
fn html_of_a_signed_run_names_the_key() {
    let page = html::run(&passed());
    assert!(page.contains("Signed with key <code>ab12cd34</code>"));
    assert!(page.contains("✓ The run passed: trust score 95 of 100, 80 needed"));
    assert!(page.contains("<code>caws verify out/artifacts</code>"));
    assert!(!page.contains("blocked by") && !page.contains("capped at"));
}

#[test]
fn sarif_has_places_rules_and_stable_fingerprints() {
    let document = sarif::run(&mixed());
    let mut shown = document.clone();
    for rule in shown["runs"][0]["tool"]["driver"]["rules"]
        .as_array_mut()
        .unwrap()
    {
        rule.as_object_mut().unwrap().remove("help");
        rule["shortDescription"]["text"] = "...".into();
    }
    shown["runs"][0]["tool"]["driver"]["version"] = "...".into();
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
    let mut moved = mixed();
    moved.evidence[1].findings[0].place.as_mut().unwrap().line = Some(99);
    let print = |document: &serde_json::Value| {
        document["runs"][0]["results"][1]["partialFingerprints"].clone()
    };
    assert_eq!(print(&document), print(&sarif::run(&moved)));
    moved.evidence[1].findings[0].place.as_mut().unwrap().path = "other.rs".into();
    assert_ne!(print(&document), print(&sarif::run(&moved)));
}

#[test]
fn sarif_rules_carry_their_page() {
    let found = finding("threshold-missed", Severity::Warning, "x");
    let document = sarif::document(&[("coverage", &found)]);
    let rule = &document["runs"][0]["tool"]["driver"]["rules"][0];
    assert!(
        rule["help"]["markdown"]
            .as_str()
            .unwrap()
            .starts_with("# threshold-missed")
    );
    assert_eq!(document["runs"][0]["results"][0]["level"], "warning");
    let unknown = finding("no-such-code", Severity::Error, "x");
    let document = sarif::document(&[("coverage", &unknown)]);
    let rule = &document["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["shortDescription"]["text"], "no-such-code");
    assert!(rule.get("help").is_none());
}

#[test]
fn sarif_region_is_as_exact_as_the_place() {
    let mut found = finding("check-failed", Severity::Error, "x");
    found.place = Some(Place {
        path: "a.rs".into(),
        line: None,
        column: Some(3),
    });
    let at = |found: &Finding| {
        sarif::document(&[("static", found)])["runs"][0]["results"][0]["locations"][0]["physicalLocation"].clone()
    };
    assert_eq!(
        at(&found),
        serde_json::json!({ "artifactLocation": { "uri": "a.rs" } })
    );
    found.place = Some(Place {
        path: "a.rs".into(),
        line: Some(2),
        column: None,
    });
    assert_eq!(at(&found)["region"], serde_json::json!({ "startLine": 2 }));
}

#[test]
fn junit_has_a_test_case_per_gate() {
    insta::assert_snapshot!(junit::run(&mixed()));
    insta::assert_snapshot!("junit_passed", junit::run(&passed()));
}

#[test]
fn excerpt_points_at_the_word() {
    let source = "id: KOKORO-001\n\trisk_tier: five # five?\n";
    let mut found = Finding {
        place: Some(Place {
            path: "spec.yaml".into(),
            line: Some(2),
            column: Some(13),
        }),
        expected: Some("1, 2 or 3".into()),
        found: Some("five".into()),
        help: Some("write a number".into()),
        ..finding("document-schema", Severity::Error, "risk_tier is no tier")
    };
    insta::assert_snapshot!(excerpt::excerpt(&found, Some(source), Palette::plain()));
    found.place = Some(Place {
        path: "spec.yaml".into(),
        line: Some(2),
        column: None,
    });
    insta::assert_snapshot!(
        "excerpt_without_column",
        excerpt::excerpt(&found, Some(source), Palette::plain())
    );
}

#[test]
fn excerpt_without_a_line_to_show_says_the_place_alone() {
    let mut found = finding("document-schema", Severity::Warning, "too short");
    assert_eq!(
        excerpt::excerpt(&found, Some("a"), Palette::plain()),
        "warning[document-schema]: too short\n\n"
    );
    for line in [0, 2] {
        found.place = Some(Place {
            path: "s.yaml".into(),
            line: Some(line),
            column: Some(1),
        });
        let expected = format!("warning[document-schema]: too short\n    --> s.yaml:{line}:1\n\n");
        assert_eq!(
            excerpt::excerpt(&found, Some("a"), Palette::plain()),
            expected
        );
    }
    found.place = Some(Place {
        path: "s.yaml".into(),
        line: Some(1),
        column: Some(9),
    });
    let beyond = excerpt::excerpt(&found, Some("a"), Palette::plain());
    assert_eq!(
        beyond,
        "warning[document-schema]: too short\n    --> s.yaml:1:9\n     |\n   1 | a\n     |  ^\n\n"
    );
}

#[test]
fn excerpt_cuts_a_long_line_around_the_place() {
    let mut found = finding("document-schema", Severity::Error, "wrong");
    let source = format!("{}key{}", "a ".repeat(500), " b".repeat(500));
    let mut at = |column: u32| {
        found.place = Some(Place {
            path: "s.json".into(),
            line: Some(1),
            column: Some(column),
        });
        let text = excerpt::excerpt(&found, Some(&source), Palette::plain());
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        (lines[3].clone(), lines[4].clone())
    };
    let (line, caret) = at(1001);
    assert_eq!(line.chars().count(), 7 + 162);
    assert!(
        line.starts_with("   1 | …") && line.ends_with('…'),
        "{line}"
    );
    assert_eq!(line.chars().nth(caret.chars().count() - 3), Some('k'));
    assert!(caret.ends_with(" ^^^"), "{caret}");
    // At the ends of the line nothing is cut on that side.
    let (line, caret) = at(1);
    assert!(
        line.starts_with("   1 | a a") && line.ends_with('…'),
        "{line}"
    );
    assert_eq!(caret, "     | ^");
    let (line, _) = at(2003);
    assert!(
        line.starts_with("   1 | …") && line.ends_with('b'),
        "{line}"
    );
}

#[test]
fn json_of_trust_lists_the_raises() {
    let document: serde_json::Value =
        serde_json::from_str(&json::trust(&passed()).unwrap()).unwrap();
    assert_eq!(
        (&document["schema_version"], &document["kind"]),
        (&1.into(), &"trust".into())
    );
    assert_eq!(document["trust"]["score"], 95);
    assert_eq!(document["raises"].as_array().unwrap().len(), 1);
    assert_eq!(
        document["raises"][0]["what"],
        "raise coverage: 5 more of 100 for the target of 0.95; up to 4.8 points"
    );
}

#[test]
fn a_run_of_some_gates_has_no_score() {
    let mut view = passed();
    view.partial = true;
    view.score.passed = false;
    view.score.blocking = vec!["mutation".into()];
    assert!(view.passed());
    let ground = "passed: a run of some gates, which has no trust score";
    let shown = terminal::run(&view, Palette::plain(), Detail::Normal);
    assert!(
        shown.contains(&format!("✓ {ground}\n"))
            && !shown.contains("\ntrust score\n")
            && !shown.contains("next:"),
        "{shown}"
    );
    let document = markdown::run(&view);
    assert!(
        document.contains(&format!("## ✓ caws {ground}\n")) && !document.contains("| Term |"),
        "{document}"
    );
    let page = html::run(&view);
    assert!(
        page.contains(&format!("✓ The run {ground}")) && !page.contains("term by term"),
        "{page}"
    );
    let value: serde_json::Value = serde_json::from_str(&json::run(&view).unwrap()).unwrap();
    assert_eq!(
        (&value["partial"], &value["passed"], &value["trust"]),
        (&true.into(), &true.into(), &serde_json::Value::Null)
    );

    let mut view = mixed();
    view.partial = true;
    view.score.blocking.clear();
    assert_eq!(
        view.blocking(),
        ["coverage", "mutation", "contracts", "audio", "static"]
    );
    assert!(!view.passed());
    assert!(terminal::run(&view, Palette::plain(), Detail::Quiet).starts_with(
        "✗ did not pass: a run of some gates, which has no trust score; blocked by coverage, mutation, contracts, audio, static\n"
    ));
}

#[test]
fn whoever_cosigned_is_named_in_every_format() {
    let mut view = mixed();
    view.seal = Seal::Signed {
        key: "ab12".into(),
        cosigners: vec!["cd34".into(), "<ef56>".into()],
    };
    assert!(html::run(&view).contains(
        "Signed with key <code>ab12</code>, cosigned with key <code>cd34</code>, cosigned with key <code>&lt;ef56&gt;</code>; whether"
    ));
    assert!(
        terminal::run(&view, Palette::plain(), Detail::Quiet)
            .contains("checks it\ncosigned with key cd34\ncosigned with key <ef56>\n")
    );
    let document: serde_json::Value = serde_json::from_str(&json::run(&view).unwrap()).unwrap();
    assert_eq!(
        document.pointer("/signature/cosigners").unwrap(),
        &serde_json::json!(["cd34", "<ef56>"])
    );
}

#[test]
fn an_unsigned_run_says_why_where_it_is_known() {
    let mut view = mixed();
    view.seal = Seal::Unsigned {
        why: Some("the key is locked".into()),
    };
    assert!(
        terminal::run(&view, Palette::plain(), Detail::Quiet)
            .contains("unsigned: the key is locked\n")
    );
    assert!(markdown::run(&view).ends_with("Unsigned: the key is locked\n"));
    assert!(html::run(&view).contains("Unsigned: the key is locked"));
}
