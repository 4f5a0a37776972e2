use caws_evidence::Verdict;

use crate::gates::testing::{Lab, codes_of, evidence, offline, value, verdict};

const CONFIG: &str = "
schema_version: 1
tools:
  cargo-llvm-cov: { from: cargo, version: '0.9.1' }
  llvm-cov-22: { from: system, packages: { apt: llvm-22 } }
  llvm-profdata-22: { from: system, packages: { apt: llvm-22 } }
gates:
  coverage:
    adapter: cargo-llvm-cov
    toolchain: nightly
    uses: [cargo-llvm-cov, llvm-cov-22, llvm-profdata-22]
    inputs: ['src/**']
    exclude: [{ path: '**/tests.rs', reason: tests }]
";

/// An export with one file: two branches, three of their four outcomes taken, one line of two.
const EXPORT: &str = r#"{"type":"llvm.coverage.json.export","version":"3.1.0","data":[{"files":[
{"filename":"ROOT/src/lib.rs","segments":[[1,1,1,true,true,false],[2,1,0,true,true,false],[3,1,0,false,false,false]],
"branches":[[1,1,1,5,1,1,0,0,4],[2,1,2,5,1,0,0,0,4]],"expansions":[],"summary":{}}],"functions":[],"totals":{}}]}"#;

/// A `cargo-llvm-cov` that writes JUnit where nextest's tool configuration says, and the export.
fn fake(junit: &str, export: &str) -> String {
    format!(
        r#"
mkdir -p target/caws
echo "$RUSTUP_TOOLCHAIN $LLVM_COV $*" >> target/caws/calls
mkdir -p "$CARGO_LLVM_COV_TARGET_DIR"
config=; out=; last=
for word; do
  case "$last" in --tool-config-file) config="${{word#caws:}}";; --output-path) out="$word";; esac
  last="$word"
done
case "$*" in
  *nextest*) path=$(sed -n 's/^path = "\(.*\)"$/\1/p' "$config"); {junit};;
  *report*) {export};;
esac
"#
    )
}

fn junit(failures: u8) -> String {
    let failing = if failures > 0 {
        "<testcase name='bad' classname='t'><failure message='no'/></testcase>"
    } else {
        ""
    };
    let tests = 1 + failures;
    format!(
        "cat > \"$path\" <<X\n<testsuites><testsuite name='t' tests='{tests}' failures='{failures}'><testcase name='good' classname='t'/>{failing}</testsuite></testsuites>\nX\nexit {}",
        if failures > 0 { 100 } else { 0 }
    )
}

fn export() -> String {
    format!(
        "cat > \"$out\" <<X\n{}\nX\nsed -i \"s#ROOT#$PWD#\" \"$out\"",
        EXPORT.replace('$', "\\$")
    )
}

fn lab(body: &str) -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("src/lib.rs", "fn a() {}");
    lab.rust();
    lab.versioned("cargo-llvm-cov", "0.9.1", body);
    lab.versioned("llvm-cov-22", "22.1.8", "");
    lab.versioned("llvm-profdata-22", "22.1.8", "");
    lab
}

#[test]
fn the_number_comes_from_the_raw_records_with_paths_of_the_project() {
    let lab = lab(&fake(&junit(0), &export()));
    let outcome = lab.run();
    let found = evidence(&outcome, "coverage");
    // Tier 3 asks for lines; branches are reported beside them.
    assert_eq!(
        value(&outcome, "coverage", "branch_coverage"),
        Some(0.75),
        "{:?}",
        found.findings
    );
    assert_eq!(
        value(&outcome, "coverage", "line_coverage"),
        Some(2.0 / 3.0)
    );
    assert_eq!(value(&outcome, "coverage", "tests_failed"), Some(0.0));
    assert_eq!(found.verdict, Verdict::Fail);
    assert_eq!(
        found.tool.as_ref().map(|tool| tool.name.as_str()),
        Some("cargo-llvm-cov")
    );
    assert_eq!(found.scope.excluded, ["**/tests.rs: tests"]);
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["tests", "export"]);
    let unreached = found
        .findings
        .iter()
        .find(|finding| finding.code == "branch-unreached")
        .unwrap();
    assert!(
        unreached.message.contains("of src/lib.rs"),
        "{}",
        unreached.message
    );
    let stored = std::fs::read(
        outcome
            .artifacts
            .join("evidence/coverage/raw/llvm-cov.json.gz"),
    )
    .unwrap();
    let text = String::from_utf8(crate::record::decompress(&stored).unwrap()).unwrap();
    assert!(text.contains("\"filename\":\"src/lib.rs\""), "{text}");
    let calls = std::fs::read_to_string(lab.root().join("target/caws/calls")).unwrap();
    assert!(
        calls.lines().all(|line| line.starts_with("nightly /")),
        "{calls}"
    );
    assert!(
        calls.contains("--branch --no-report nextest --workspace --locked"),
        "{calls}"
    );
}

#[test]
fn a_failing_test_still_exports_and_fails_the_gate() {
    let lab = lab(&fake(&junit(1), &export()));
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Fail);
    assert_eq!(value(&outcome, "coverage", "tests_failed"), Some(1.0));
    assert!(codes_of(&outcome, "coverage").contains(&"test-failed"));
}

#[test]
fn a_suite_without_tests_is_vacuous() {
    let empty = "echo '<testsuites tests=\"0\"/>' > \"$path\"; exit 4";
    let outcome = lab(&fake(empty, &export())).run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Vacuous);
    assert_eq!(outcome.exit, crate::ExitCode::NotMeasured);
}

#[test]
fn a_build_that_breaks_is_unmeasured_and_says_how_to_see_it() {
    let outcome = lab(&fake(
        "echo 'error: no such thing' >&2; exit 101",
        &export(),
    ))
    .run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "coverage").findings[0];
    assert_eq!(finding.code, "tool-failed");
    assert_eq!(finding.found.as_deref(), Some("error: no such thing"));
    assert!(
        finding
            .help
            .as_deref()
            .unwrap()
            .starts_with("run `cargo-llvm-cov llvm-cov --branch"),
        "{finding:?}"
    );
    assert_eq!(
        evidence(&outcome, "coverage").findings.len(),
        1,
        "the echo of the missing report is left out"
    );
}

#[test]
fn an_export_that_breaks_is_unmeasured() {
    let outcome = lab(&fake(&junit(0), "exit 139")).run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "coverage")[0], "tool-failed");
}

#[test]
fn counters_are_cleaned_and_a_changed_layout_cleans_everything() {
    let lab = lab(&fake(&junit(0), &export()));
    let again = crate::Options {
        no_cache: true,
        ..offline()
    };
    lab.run_with(&again);
    lab.file("src/lib.rs", "fn b() {}");
    lab.run_with(&again);
    lab.file("src/other.rs", "");
    lab.run_with(&again);
    lab.file("Cargo.toml", "[package]");
    lab.run_with(&again);
    let calls = std::fs::read_to_string(lab.root().join("target/caws/calls")).unwrap();
    let cleans: Vec<&str> = calls
        .lines()
        .filter_map(|line| line.split_once(" clean "))
        .map(|(_, how)| how)
        .collect();
    // The first run finds nothing to clean; a changed line keeps the build, a new file or manifest does not.
    assert_eq!(cleans, ["--profraw-only", "--workspace", "--workspace"]);
}

#[test]
fn without_nightly_or_llvm_tools_the_mend_is_named() {
    let lab = lab("exit 0");
    lab.tool(
        "rustc",
        "case \"$1\" in +nightly) echo no >&2; exit 1;; esac; exit 1",
    );
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "coverage").findings[0];
    assert_eq!(finding.message, "`rustc +nightly` is not to be had");
    assert_eq!(
        finding.help.as_deref(),
        Some("rustup toolchain install nightly")
    );

    let config = CONFIG.replace(
        "    uses: [cargo-llvm-cov, llvm-cov-22, llvm-profdata-22]\n",
        "    uses: [cargo-llvm-cov]\n",
    );
    let lab = Lab::new(&config);
    lab.rust();
    lab.versioned("cargo-llvm-cov", "0.9.1", "exit 0");
    let outcome = lab.run();
    let finding = &evidence(&outcome, "coverage").findings[0];
    assert_eq!(finding.message, "`llvm-cov` is not to be had");
    assert!(
        finding
            .help
            .as_deref()
            .unwrap()
            .contains("rustup component add llvm-tools")
    );
    // The toolchain's own tools come first, and suffice.
    let bin = lab
        .sysroot()
        .join("lib/rustlib/x86_64-unknown-linux-gnu/bin");
    let own = crate::gates::testing::script(&bin, "llvm-cov", "");
    crate::gates::testing::script(&bin, "llvm-profdata", "");
    lab.versioned("cargo-llvm-cov", "0.9.1", &fake(&junit(0), &export()));
    assert_eq!(value(&lab.run(), "coverage", "branch_coverage"), Some(0.75));
    let calls = std::fs::read_to_string(lab.root().join("target/caws/calls")).unwrap();
    assert!(
        calls.contains(&format!("nightly {}", own.display())),
        "{calls}"
    );
}

#[test]
fn reports_need_no_adapter() {
    let lab = Lab::new(
        "
schema_version: 1
gates:
  coverage:
    report: { format: lcov, path: out/lcov.info }
    tests: { format: junit, path: out/junit.xml }
",
    );
    lab.file(
        "out/lcov.info",
        "SF:src/a.py\nDA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nend_of_record\n",
    );
    lab.file("out/junit.xml", "<testsuites><testsuite name='t'><testcase name='a' classname='t'/></testsuite></testsuites>");
    let outcome = lab.run();
    assert_eq!(
        verdict(&outcome, "coverage"),
        Verdict::Pass,
        "{:?}",
        evidence(&outcome, "coverage").findings
    );
    assert_eq!(value(&outcome, "coverage", "line_coverage"), Some(0.75));
    assert_eq!(evidence(&outcome, "coverage").inputs.len(), 2);
    lab.remove("out/junit.xml");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "coverage").findings[0];
    assert!(
        finding
            .message
            .starts_with("expected a junit report in out/junit.xml, found none"),
        "{}",
        finding.message
    );
    assert!(finding.help.as_deref().unwrap().contains("before caws"));
}

#[test]
fn coverage_that_nobody_configured_is_unmeasured() {
    let outcome = Lab::new("schema_version: 1\ngates: {}").run();
    assert_eq!(verdict(&outcome, "coverage"), Verdict::Unmeasured);
    assert_eq!(codes_of(&outcome, "coverage"), ["gate-not-configured"]);
    let message = &evidence(&outcome, "coverage").findings[0].message;
    assert!(message.contains("`coverage`"), "{message}");
}

#[test]
fn it_keeps_all_cores_busy_only_where_it_builds() {
    use crate::gates::Gate as _;
    let builds = lab("").open();
    assert_eq!(super::Coverage.needs(&builds).cores, usize::MAX);
    let reads = Lab::new("schema_version: 1\ngates: {}").open();
    assert_eq!(super::Coverage.needs(&reads).cores, 1);
}
