//! Numbers, text, views and steps, value by value.

mod common;

use caws_evidence::{Comparator, Measurement, Place, Ratio, Verdict};
use caws_policy::Term;
use caws_policy::waiver::{ActiveWaiver, Commits, Person, Scope};
use caws_policy::{Waiver, WaiverRules, Waivers};
use caws_report::next::{next_step, raises};
use caws_report::terminal::{self, Detail};
use caws_report::view::{self, place_text};
use caws_report::{Outcome, codes, number, text};
use caws_report::{Palette, html, json, markdown, sarif};
use common::{asked, mixed, observation, passed, ratio};

#[test]
fn a_value_and_a_threshold_that_differ_never_look_equal() {
    let text = |numerator, denominator| {
        number::measurement(&asked(
            ratio("c", numerator, denominator),
            Comparator::AtLeast,
            0.8,
            None,
        ))
    };
    assert_eq!(text(8, 10), "c 80 % (8 of 10), at least 80 %");
    assert_eq!(
        text(79_999, 100_000),
        "c 79.999 % (79999 of 100000), at least 80 %"
    );
    assert_eq!(
        text(7_999_999_999, 10_000_000_000),
        "c 79.99999999 % (7999999999 of 10000000000), at least 80 %"
    );
}

#[test]
fn numbers_carry_their_units() {
    let shown = |value, unit| number::value(&observation("x", value, unit));
    assert_eq!(shown(0.4996, "seconds"), "0.5 s");
    assert_eq!(shown(0.4312, "seconds"), "0.431 s");
    assert_eq!(shown(0.75, "ratio"), "0.75");
    assert_eq!(shown(12.0, "count"), "12");
    assert_eq!(shown(1200.0, "bytes"), "1200 bytes");
    assert_eq!(shown(-16.04, "LUFS"), "-16 LUFS");
    assert_eq!(shown(-0.04, "LU"), "0 LU");
    assert_eq!(number::value(&ratio("x", 1, 3)), "33.3 %");
    assert_eq!(number::threshold(&ratio("x", 1, 3), 0.85), "85 %");
    assert_eq!(
        number::threshold(&observation("x", 1.0, "dBTP"), -1.0),
        "-1 dBTP"
    );
}

#[test]
fn comparators_have_words() {
    let words =
        [Comparator::AtLeast, Comparator::AtMost, Comparator::Equal].map(number::comparator_words);
    assert_eq!(words, ["at least", "at most", "exactly"]);
}

#[test]
fn a_number_nothing_is_asked_of_stands_alone() {
    let plain = Measurement {
        observation: observation("loudness", -15.8, "LUFS"),
        comparator: None,
        threshold: None,
        met: None,
    };
    assert_eq!(number::measurement(&plain), "loudness -15.8 LUFS");
    let mut sampled = observation("ttfa", 0.4, "seconds");
    sampled.interval = Some(caws_evidence::Interval {
        low: 0.38,
        high: 0.45,
        confidence: 0.995,
        method: "order-statistics".into(),
    });
    let sampled = Measurement {
        observation: sampled,
        comparator: None,
        threshold: None,
        met: None,
    };
    assert_eq!(
        number::measurement(&sampled),
        "ttfa 0.4 s (0.38 s to 0.45 s at 99.5 % confidence)"
    );
    let mut few = sampled;
    if let Some(interval) = &mut few.observation.interval {
        interval.high = caws_evidence::interval::UNBOUNDED;
    }
    assert_eq!(
        number::measurement(&few),
        "ttfa 0.4 s (0.38 s or more at 99.5 % confidence)"
    );
}

#[test]
fn quotients_and_counts() {
    assert_eq!(
        number::quotient(Ratio {
            numerator: 1,
            denominator: 4
        }),
        Some(0.25)
    );
    assert_eq!(
        number::quotient(Ratio {
            numerator: 1,
            denominator: 0
        }),
        None
    );
    assert_eq!(
        number::counts(Ratio {
            numerator: 1,
            denominator: 4
        }),
        "1 of 4"
    );
}

#[test]
fn durations_read_well_at_every_length() {
    let cases = [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.95, "10 s"),
        (99.4, "99 s"),
        (99.5, "1 min 40 s"),
        (119.7, "2 min 0 s"),
        (725.0, "12 min 5 s"),
    ];
    for (seconds, shown) in cases {
        assert_eq!(number::duration(seconds), shown);
    }
}

#[test]
fn lines_have_no_steering_characters() {
    assert_eq!(
        text::line(" a\u{1b}[31m\r\n\tb\u{202E}c\u{2066}d\u{200F} "),
        "a [31m b c d"
    );
    assert_eq!(text::line("\u{200E}"), "");
    assert_eq!(text::block("a\tb\r\nc\u{1b}d"), "a    b\nc\u{FFFD}d");
}

#[test]
fn long_text_is_cut_at_the_limit() {
    assert_eq!(text::shorten("äbc", 3), "äbc");
    assert_eq!(text::shorten("äbcd", 3), "äb…");
}

#[test]
fn markdown_shows_the_text_itself() {
    assert_eq!(
        text::markdown("a|b `c` <i>&*_[x](y)\n# @me ~!$\\"),
        "a\\|b \\`c\\` &lt;i&gt;&amp;\\*\\_\\[x\\](y) \\# @<!-- -->me \\~\\!\\$\\\\"
    );
}

#[test]
fn xml_keeps_what_it_can_and_replaces_what_it_cannot() {
    assert_eq!(
        text::xml("<a b=\"c\" d='e'>&\t\n\r\u{1}\u{FFFE}é"),
        "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&#9;&#10;&#13;\u{FFFD}\u{FFFD}é"
    );
}

#[test]
fn references_are_percent_encoded() {
    assert_eq!(
        text::href("a b/ü\"<:?#%~_-.Z9"),
        "a%20b/%C3%BC%22%3C%3A%3F%23%25~_-.Z9"
    );
}

#[test]
fn places_are_as_exact_as_known() {
    let place = |line, column| {
        place_text(&Place {
            path: "a.rs".into(),
            line,
            column,
        })
    };
    assert_eq!(place(Some(1), Some(2)), "a.rs:1:2");
    assert_eq!(place(Some(1), None), "a.rs:1");
    assert_eq!(place(None, Some(2)), "a.rs");
}

#[test]
fn the_subject_says_whether_the_tree_differs() {
    let mut view = passed();
    assert_eq!(view.subject(), "commit 0123456789ab");
    view.plan.subject.dirty = true;
    assert_eq!(
        view.subject(),
        "commit 0123456789ab with uncommitted changes"
    );
    view.plan.subject.commit = None;
    view.plan.subject.dirty = false;
    assert_eq!(view.subject(), "uncommitted files");
}

#[test]
fn points_renormalise_over_the_terms_that_apply() {
    let view = mixed();
    let points: Vec<_> = view
        .score
        .terms
        .iter()
        .map(|term| view.points(term))
        .collect();
    assert_eq!(points[3], None);
    let (coverage, most) = points[0].unwrap();
    assert!((most - 100.0 * 25.0 / 90.0).abs() < 1e-9);
    assert!((coverage - most * 2399.0 / 3000.0).abs() < 1e-9);
    assert_eq!(points[1].unwrap().0, 0.0);
}

#[test]
fn key_number_is_the_missed_one_then_the_undecided_then_the_terms() {
    let view = mixed();
    let terms = &view.plan.trust.terms;
    let key = |gate: &str| view.row(gate).unwrap().key_text(terms);
    assert_eq!(
        key("coverage"),
        "branch_coverage 79.97 % (2399 of 3000), at least 80 %"
    );
    assert_eq!(
        key("mutation"),
        "mutation_score 54 % (27 of 50; 40.4 % to 67 % at 95 % confidence), at least 50 %"
    );
    assert_eq!(
        key("performance"),
        "long.rtf_p95 0.75, at most 0.6; 2 of 3 met"
    );
    assert_eq!(
        key("contracts"),
        "junit.xml is not valid JUnit: it ends inside <testcase>"
    );
    assert_eq!(key("audio"), "no number");
    assert_eq!(key("static"), "not part of this run");
    assert_eq!(key("accessibility"), "profile backend-api has no pages");

    let mut view = passed();
    let informative = Measurement {
        observation: ratio("region_coverage", 1, 2),
        comparator: None,
        threshold: None,
        met: None,
    };
    view.evidence[0].measurements.insert(0, informative.clone());
    view.evidence[0].measurements.insert(
        1,
        asked(ratio("other", 1, 2), Comparator::AtLeast, 0.1, Some(true)),
    );
    let terms = view.plan.trust.terms.clone();
    let name = |view: &view::RunView, terms: &[_]| {
        view.row("coverage")
            .unwrap()
            .key_measurement(terms)
            .unwrap()
            .observation
            .name
            .clone()
    };
    assert_eq!(name(&view, &terms), "branch_coverage");
    assert_eq!(name(&view, &[]), "other");
    view.evidence[0].measurements.truncate(1);
    assert_eq!(name(&view, &terms), "region_coverage");
}

#[test]
fn rows_know_time_cache_and_outcome() {
    let view = mixed();
    let row = view.row("coverage").unwrap();
    assert_eq!(row.seconds(), Some(92.5));
    assert_eq!(row.cached(), None);
    assert_eq!(
        view.row("spec").unwrap().cached(),
        Some("2026-08-01T10:00:00.04Z")
    );
    assert_eq!(row.outcome(), Outcome::Judged(Verdict::Fail));
    assert_eq!(view.row("static").unwrap().outcome(), Outcome::NotRun);
    assert_eq!(view.row("static").unwrap().seconds(), None);
    assert!(view.row("none").is_none());
    assert_eq!(row.evidence_path(), "evidence/coverage/evidence.json");
    let codes: Vec<_> = row
        .findings()
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(codes, ["threshold-missed", "branch-unreached"]);
    let mut broken = mixed();
    broken.evidence[1].started = "yesterday".into();
    assert_eq!(broken.row("coverage").unwrap().seconds(), None);
}

#[test]
fn an_evidence_time_that_runs_backwards_is_no_negative_time() {
    let mut view = mixed();
    view.evidence[1].finished = "2026-08-01T09:00:00Z".into();
    assert_eq!(view.row("coverage").unwrap().seconds(), Some(0.0));
}

#[test]
fn gate_that_does_not_apply_without_a_reason_says_so() {
    let mut view = mixed();
    view.plan.gates[4].reason = None;
    assert_eq!(
        view.row("accessibility").unwrap().outcome(),
        Outcome::NotApplicable("no reason recorded")
    );
}

#[test]
fn next_step_takes_the_cheapest_block_first() {
    let mut view = mixed();
    let step = next_step(&view).unwrap();
    assert_eq!(
        step.what,
        "mutation is unmeasured: 50 mutants cannot decide whether the score is at least 50 %"
    );
    assert_eq!(
        step.how.as_deref(),
        Some("measure 120 more mutants, or run with --no-sample")
    );
    assert_eq!(step.code.as_deref(), Some("sample-too-small"));
    let drop = |view: &mut view::RunView, gate: &str| {
        view.evidence.retain(|evidence| evidence.gate != gate)
    };
    drop(&mut view, "mutation");
    assert_eq!(
        next_step(&view).unwrap().what,
        "contracts is in error: junit.xml is not valid JUnit: it ends inside <testcase>"
    );
    drop(&mut view, "contracts");
    assert_eq!(next_step(&view).unwrap().what, "audio is vacuous");
    drop(&mut view, "audio");
    assert_eq!(
        next_step(&view).unwrap().what,
        "coverage is failing: branch_coverage misses its threshold"
    );
    drop(&mut view, "coverage");
    assert!(
        next_step(&view)
            .unwrap()
            .what
            .starts_with("raise mutation (not measured): up to 27.8 points")
    );
}

#[test]
fn raises_say_how_many_more_are_needed() {
    let view = mixed();
    let steps = raises(&view);
    let texts: Vec<&str> = steps.iter().map(|step| step.what.as_str()).collect();
    assert_eq!(
        texts,
        [
            "raise mutation (not measured): up to 27.8 points",
            "raise contracts (not measured): up to 22.2 points",
            "raise coverage: 1 more of 3000 for the minimum of 0.8; up to 5.6 points",
            "raise performance (2 of 3 budgets met): up to 3.7 points",
        ],
    );
    let view = passed();
    let steps = raises(&view);
    assert_eq!(steps.len(), 1);
    assert_eq!(
        steps[0].what,
        "raise coverage: 5 more of 100 for the target of 0.95; up to 4.8 points"
    );
    assert_eq!(
        (
            steps[0].how.as_ref(),
            steps[0].place.as_ref(),
            steps[0].code.as_ref()
        ),
        (None, None, None)
    );
}

#[test]
fn raises_survive_goals_that_are_no_numbers() {
    let mut view = passed();
    view.plan.trust.terms[0].minimum = Some("most".into());
    view.plan.trust.terms[0].target = Some(format!("0.{}", "9".repeat(60)));
    assert_eq!(
        raises(&view)[0].what,
        "raise coverage (0.8 + 0.2 * (v - m) / (t - m)): up to 4.8 points"
    );
    view.plan.trust.terms[0].target = Some("1".into());
    assert_eq!(
        raises(&view)[0].what,
        "raise coverage: 10 more of 100 for the target of 1; up to 4.8 points"
    );
}

#[test]
fn nothing_to_do_when_every_term_is_full() {
    let mut view = passed();
    view.score.terms[0].worth = Ratio {
        numerator: 1,
        denominator: 1,
    };
    assert_eq!(next_step(&view), None);
}

#[test]
fn terms_and_severities_have_words() {
    let words = [
        Term::Coverage,
        Term::Mutation,
        Term::Contracts,
        Term::Accessibility,
        Term::Performance,
        Term::Flakes,
    ]
    .map(view::term_word);
    assert_eq!(
        words,
        [
            "coverage",
            "mutation",
            "contracts",
            "accessibility",
            "performance",
            "flakes"
        ]
    );
}

#[test]
fn verdict_words_are_those_of_the_records() {
    for verdict in [
        Verdict::Pass,
        Verdict::Fail,
        Verdict::Waived,
        Verdict::Vacuous,
        Verdict::Unmeasured,
        Verdict::Error,
    ] {
        assert_eq!(
            serde_json::to_value(verdict).unwrap(),
            view::verdict_word(verdict)
        );
    }
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let mut listed = caws_evidence::codes::ALL.to_vec();
    listed.sort_unstable();
    assert_eq!(codes::pages().collect::<Vec<_>>(), listed);
}

#[test]
fn pages_have_the_four_parts() {
    for code in codes::pages() {
        let page = codes::page(code).unwrap();
        assert!(page.starts_with(&format!("# {code}\n")), "{code}");
        for part in [
            "\n## What it means\n",
            "\n## Why it matters\n",
            "\n## What to do\n",
            "\n## Example\n",
        ] {
            assert!(page.contains(part), "{code} lacks {part:?}");
        }
        assert!(
            codes::summary(code)
                .is_some_and(|summary| summary.len() > 10 && !summary.ends_with('.')),
            "{code}"
        );
    }
}

#[test]
fn an_unknown_code_has_no_page_and_a_near_name() {
    assert_eq!(codes::page("threshold-mised"), None);
    assert_eq!(codes::nearest("threshold-mised"), Some("threshold-missed"));
    assert_eq!(codes::nearest("confg"), Some("config"));
    assert_eq!(codes::nearest("zzzzzzzzzz"), None);
    assert_eq!(codes::summary("none"), None);
}

#[test]
fn gates_have_pages() {
    assert!(codes::gates().any(|gate| gate == "coverage"));
    for gate in codes::gates() {
        assert!(
            codes::gate_page(gate)
                .unwrap()
                .starts_with(&format!("# {gate}")),
            "{gate}"
        );
    }
    assert_eq!(codes::gate_page("none"), None);
    assert!(codes::config_page().starts_with("# `.caws.yml`"));
}

#[test]
fn m6_every_format_says_what_was_let_pass_who_allowed_it_and_why_the_score_is_capped() {
    let mut view = mixed();
    let waiver = |id: &str, gate: &str| ActiveWaiver {
        waiver: Waiver {
            id: id.into(),
            gate: gate.into(),
            reason: "the model is being replaced <soon>".into(),
            owner: Person {
                name: "Olga".into(),
                key: None,
            },
            approver: "Anna".into(),
            created: "2026-07-25T00:00:00Z".parse().unwrap(),
            expires: "2026-08-08T00:00:00Z".parse().unwrap(),
            compensating_control: "latency is watched daily".into(),
            scope: Scope {
                spec: "DEMO-001".into(),
                component: None,
                paths: Vec::new(),
            },
            commits: Commits {
                from: "0123456789abcdef0123456789abcdef01234567".into(),
                to: None,
            },
            ticket: None,
        },
        bundle_sha256: String::new(),
        lineage_sha256: String::new(),
    };
    view.plan.waivers = Some(Waivers {
        rules: WaiverRules::default(),
        active: vec![waiver("WV-0001", "performance"), waiver("WV-0002", "spec")],
    });
    view.score = caws_policy::trust_score(&view.plan, &view.evidence);
    let texts = [
        terminal::run(&view, Palette::plain(), Detail::Normal),
        markdown::run(&view),
        html::run(&view),
        json::run(&view).unwrap(),
    ];
    for text in &texts {
        for word in [
            "WV-0001",
            "Olga",
            "Anna",
            "2026-08-08T00:00:00Z",
            "the model is being replaced",
        ] {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
    let [terminal, markdown, html, json] = texts;
    let cap = "capped at 79 while a waiver is active: WV-0001 (`performance`, until 2026-08-08T00:00:00Z), WV-0002";
    assert!(terminal.contains(cap), "{terminal}");
    assert!(terminal.contains("WV-0002  waives nothing, until"));
    assert!(terminal.contains("warning[waiver-unmatched] waiver: the waiver WV-0002"));
    assert!(
        markdown.contains("| WV\\-0001 | performance |")
            || markdown.contains("| WV-0001 | performance |"),
        "{markdown}"
    );
    assert!(html.contains("replaced &lt;soon&gt;") && html.contains("waiver-unmatched"));
    assert!(html.contains("provenance/waivers/WV-0001.sigstore.json"));
    assert!(
        json.contains("\"waives\": [") || json.contains("\"waives\":["),
        "{json}"
    );
    assert!(sarif::run(&view).to_string().contains("waiver-unmatched"));
    // Without one there is nothing of it anywhere.
    assert!(!html::run(&passed()).contains("id=\"waivers\""));
}
