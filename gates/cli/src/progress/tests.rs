use caws_evidence::Verdict;
use caws_runner::Observer as _;

use super::{Bars, finished, installed};

#[test]
fn a_finished_gate_says_how_long_it_took_or_when_it_was_measured() {
    assert_eq!(
        finished("coverage", Verdict::Pass, 92.4, None),
        "coverage: ✓ pass, took 92 s"
    );
    let cached = finished("spec", Verdict::Fail, 0.0, Some("2026-08-01T10:00:00Z"));
    assert_eq!(
        cached,
        "spec: ✗ fail, cached, measured at 2026-08-01T10:00:00Z"
    );
}

#[test]
fn an_installed_tool_says_its_version_or_why_not() {
    assert_eq!(installed("x", Ok("1.2")), "x: installed, version 1.2");
    assert_eq!(
        installed("x", Err("no\u{1b} network")),
        "x: not installed, no network"
    );
}

#[test]
fn a_gate_has_one_bar_until_it_is_finished() {
    let bars = Bars::default();
    bars.gate_queued("coverage");
    assert_eq!(bars.bars()["coverage"].message(), "waits for its turn");
    bars.gate_started("coverage");
    assert_eq!(bars.bars().len(), 1);
    assert_eq!(bars.bars()["coverage"].message(), "");
    assert_eq!(bars.bars()["coverage"].length(), None);
    bars.gate_progress("coverage", 0, 0, "building");
    assert_eq!(bars.bars()["coverage"].length(), None);
    bars.gate_progress("coverage", 3, 12, "test\n3");
    {
        let map = bars.bars();
        let bar = &map["coverage"];
        assert_eq!(
            (bar.position(), bar.length(), bar.message().as_str()),
            (3, Some(12), "test 3")
        );
        assert_eq!(bar.prefix(), "coverage");
    }
    bars.gate_progress("unknown", 1, 2, "nobody started it");
    assert_eq!(
        (bars.overall().position(), bars.overall().length()),
        (0, Some(1))
    );
    bars.gate_finished("coverage", Verdict::Pass, 1.0, None);
    assert!(bars.bars().is_empty());
    assert_eq!(bars.overall().position(), 1);
}

#[test]
fn a_tool_has_a_bar_while_it_is_installed() {
    let bars = Bars::default();
    bars.setup_started("cargo-mutants", "cargo install");
    bars.setup_progress("cargo-mutants", "Compiling x");
    assert_eq!(bars.bars()["cargo-mutants"].message(), "Compiling x");
    assert!(bars.overall.get().is_none());
    bars.setup_finished("cargo-mutants", Ok("27.1.0"));
    assert!(bars.bars().is_empty());
}
