use std::time::Duration;

use caws_evidence::Verdict;

use super::Mode;
use crate::Options;
use crate::config::MutationGate;
use crate::gates::testing::{Lab, codes_of, evidence, offline, value, verdict};

const CONFIG: &str = "
schema_version: 1
tools:
  cargo-mutants: { from: cargo, version: '27.1.0' }
  cargo-nextest: { from: cargo, version: '0.9.143' }
gates:
  mutation:
    adapter: cargo-mutants
    uses: [cargo-mutants, cargo-nextest]
    inputs: ['src/**']
    time_budget: 10m
    mutant_timeout: 7s
";

/// A `cargo-mutants` that lists `count` mutants and tests those it is given: one whose replacement is
/// in `missed` is missed, any other caught. It notes each batch.
fn fake(count: u32, missed: &str, exit: u8) -> String {
    format!(
        r#"
case "$*" in
*--list*)
  [ -f "$0.diff" ] || cp /dev/null "$0.diff"
  for word; do case "$last" in --in-diff) cat "$word" > "$0.diff"; only=1;; esac; last="$word"; done
  echo "["; i=0; n={count}; [ -n "$only" ] && n=2
  while [ $i -lt $n ]; do
    [ $i -gt 0 ] && echo ","
    echo "{{\"name\":\"src/lib.rs:$i:1: replace f with r$i\",\"package\":\"p\",\"file\":\"src/lib.rs\",\"function\":{{\"function_name\":\"f\"}},\"genre\":\"FnValue\",\"replacement\":\"r$i\",\"span\":{{\"start\":{{\"line\":$i,\"column\":1}}}}}}"
    i=$((i+1))
  done; echo "]"; exit 0;;
esac
echo x >> "$0.batches"
echo "$CARGO_TARGET_DIR $CARGO_INCREMENTAL $CARGO_PROFILE_TEST_DEBUG $*" > "$0.call"
for word; do
  case "$last" in
    --output) out="$word/mutants.out"; mkdir -p "$out"; printf '{{"outcomes":[{{"scenario":"Baseline","summary":"Success"}}' > "$out/outcomes.json";;
    --re) name=$(echo "$word" | sed 's/^^//; s/\$$//; s/\\//g'); r=${{name##* }}
      case " {missed} " in *" $r "*) s=MissedMutant; echo "MISSED   $name";; *) s=CaughtMutant; echo "caught   $name";; esac
      printf ',{{"scenario":{{"Mutant":{{"name":"%s"}}}},"summary":"%s"}}' "$name" "$s" >> "$out/outcomes.json";;
  esac
  last="$word"
done
printf ']}}' >> "$out/outcomes.json"
exit {exit}
"#
    )
}

const METADATA: &str = r#"case "$1" in metadata) echo "{\"packages\":[{\"name\":\"p\",\"manifest_path\":\"$PWD/Cargo.toml\",\"dependencies\":[]}],\"workspace_root\":\"$PWD\"}";; esac"#;

fn lab_with(count: u32, missed: &str, exit: u8) -> Lab {
    let lab = Lab::new(CONFIG);
    lab.file("src/lib.rs", "fn f() {}");
    lab.rust();
    lab.tool("cargo", METADATA);
    lab.versioned("cargo-nextest", "0.9.143", "echo x >> \"$0.runs\"");
    lab.versioned("cargo-mutants", "27.1.0", &fake(count, missed, exit));
    lab
}

fn lines(lab: &Lab, name: &str) -> usize {
    std::fs::read_to_string(lab.root().join("../bin").join(name))
        .map_or(0, |text| text.lines().count())
}

#[test]
fn every_mutant_is_tried_when_there_is_time() {
    let lab = lab_with(20, "r1 r2", 2);
    let outcome = lab.run();
    let found = evidence(&outcome, "mutation");
    assert_eq!(found.verdict, Verdict::Pass, "{:?}", found.findings);
    assert_eq!(value(&outcome, "mutation", "mutation_score"), Some(0.9));
    assert_eq!(value(&outcome, "mutation", "population"), Some(20.0));
    assert_eq!(
        found.tool.as_ref().map(|tool| tool.name.as_str()),
        Some("cargo-mutants")
    );
    let names: Vec<&str> = found.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["list", "packages", "baseline", "mutants-0"]);
    assert_eq!(found.steps[0].key_output, "20 mutants");
    assert_eq!(found.steps[1].key_output, "1 packages");
    assert_eq!(
        found.steps[3].command.last().map(String::as_str),
        Some("(and 16 more)")
    );
    let call = std::fs::read_to_string(lab.root().join("../bin/cargo-mutants.call")).unwrap();
    assert!(
        call.contains(
            "/target 1 0 mutants --in-place --baseline skip --no-shuffle --test-tool nextest"
        ),
        "{call}"
    );
    assert!(call.contains("--timeout 7 "), "{call}");
    let survivors = found
        .findings
        .iter()
        .filter(|finding| finding.code == "mutant-survived")
        .count();
    assert_eq!(survivors, 2);
}

#[test]
fn the_order_is_random_and_the_seed_is_in_the_record() {
    let lab = lab_with(20, "", 0);
    let outcome = lab.run();
    let stored = std::fs::read(
        outcome
            .artifacts
            .join("evidence/mutation/raw/mutants.json.gz"),
    )
    .unwrap();
    let record: serde_json::Value =
        serde_json::from_slice(&crate::record::decompress(&stored).unwrap()).unwrap();
    let plan = outcome
        .plan
        .gates
        .iter()
        .find(|gate| gate.gate == "mutation")
        .unwrap();
    assert_eq!(
        record["sample"]["seed"],
        super::sample::seed(&plan.inputs_sha256)
    );
    assert_eq!(record["sample"]["selected"], 20);
    assert_eq!(record["stopped_by"], "complete");
    let order: Vec<&str> = record["planned"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["replacement"].as_str().unwrap())
        .collect();
    assert_ne!(
        order,
        (0..20)
            .map(|number| format!("r{number}"))
            .collect::<Vec<_>>()
    );
    let tried: Vec<&str> = record["outcomes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    let planned: Vec<&str> = record["planned"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(tried, planned);
    assert_eq!(record["outcomes"][0]["cached"], false);
}

#[test]
fn no_time_means_no_sample_and_a_little_time_one_batch() {
    let lab = lab_with(20, "", 0);
    let none = Options {
        time_budget: Some(Duration::ZERO),
        ..offline()
    };
    let outcome = lab.run_with(&none);
    assert_eq!(verdict(&outcome, "mutation"), Verdict::Unmeasured);
    assert_eq!(lines(&lab, "cargo-mutants.batches"), 0);
    // The estimate before the first batch is ten seconds a mutant: a batch of the least size.
    let little = Options {
        time_budget: Some(Duration::from_millis(1)),
        no_cache: true,
        ..offline()
    };
    lab.versioned(
        "cargo-mutants",
        "27.1.0",
        &format!(
            "case \"$*\" in *--list*) ;; *) sleep 0.01;; esac\n{}",
            fake(20, "", 0)
        ),
    );
    let outcome = lab.run_with(&little);
    assert_eq!(lines(&lab, "cargo-mutants.batches"), 1);
    let tried = value(&outcome, "mutation", "caught").unwrap();
    assert_eq!(tried, 8.0);
    let score = &evidence(&outcome, "mutation").measurements[0].observation;
    assert!(score.interval.is_some(), "a sample has an interval");
}

#[test]
fn outcomes_are_kept_and_only_what_changed_runs_again() {
    let lab = lab_with(20, "r3", 2);
    let again = Options {
        no_cache: true,
        ..offline()
    };
    lab.run_with(&again);
    assert_eq!(
        (
            lines(&lab, "cargo-mutants.batches"),
            lines(&lab, "cargo-nextest.runs")
        ),
        (1, 1)
    );
    let outcome = lab.run_with(&again);
    assert_eq!(
        (
            lines(&lab, "cargo-mutants.batches"),
            lines(&lab, "cargo-nextest.runs")
        ),
        (1, 1)
    );
    assert_eq!(value(&outcome, "mutation", "mutation_score"), Some(0.95));
    assert_eq!(value(&outcome, "mutation", "missed"), Some(1.0));
    lab.file("src/lib.rs", "fn f() { }");
    lab.run_with(&again);
    assert_eq!(
        (
            lines(&lab, "cargo-mutants.batches"),
            lines(&lab, "cargo-nextest.runs")
        ),
        (2, 2)
    );
}

#[test]
fn untouched_code_that_fails_its_tests_is_no_measurement() {
    let lab = lab_with(20, "", 0);
    lab.versioned("cargo-nextest", "0.9.143", "echo 'FAIL a::b'; exit 100");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "mutation"), Verdict::Unmeasured);
    let finding = &evidence(&outcome, "mutation").findings[0];
    assert_eq!(
        (finding.code.as_str(), finding.found.as_deref()),
        ("test-failed", Some("FAIL a::b"))
    );
    assert_eq!(lines(&lab, "cargo-mutants.batches"), 0);
}

#[test]
fn a_suite_without_tests_catches_nothing_and_that_is_measured() {
    let lab = lab_with(3, "r0 r1 r2", 2);
    lab.versioned("cargo-nextest", "0.9.143", "exit 4");
    let outcome = lab.run();
    assert_eq!(verdict(&outcome, "mutation"), Verdict::Fail);
    assert_eq!(value(&outcome, "mutation", "mutation_score"), Some(0.0));
}

#[test]
fn a_tool_that_breaks_is_no_measurement() {
    for exit in [1, 4, 70] {
        let lab = lab_with(20, "", exit);
        let outcome = lab.run();
        assert_eq!(verdict(&outcome, "mutation"), Verdict::Unmeasured, "{exit}");
        assert_eq!(codes_of(&outcome, "mutation"), ["tool-failed"]);
    }
    for exit in [2, 3] {
        assert_eq!(
            verdict(&lab_with(20, "", exit).run(), "mutation"),
            Verdict::Pass,
            "{exit}"
        );
    }
}

#[test]
fn a7_no_mutants_are_vacuous() {
    let outcome = lab_with(0, "", 0).run();
    assert_eq!(verdict(&outcome, "mutation"), Verdict::Vacuous);
    assert_eq!(outcome.exit, crate::ExitCode::NotMeasured);
}

#[test]
fn with_a_base_the_mutants_of_the_diff_are_all_tried() {
    let lab = lab_with(20, "r0", 2);
    lab.commit();
    lab.file("src/lib.rs", "fn f() { g() }");
    let outcome = lab.run_with(&Options {
        base: Some("main".to_owned()),
        ..offline()
    });
    assert_eq!(value(&outcome, "mutation", "population"), Some(2.0));
    assert_eq!(value(&outcome, "mutation", "mutation_score"), Some(0.5));
    assert!(
        evidence(&outcome, "mutation").measurements[0]
            .observation
            .interval
            .is_none(),
        "all of them are no sample"
    );
    let diff = std::fs::read_to_string(lab.root().join("../bin/cargo-mutants.diff")).unwrap();
    assert!(diff.contains("+fn f() { g() }"), "{diff}");
    let error = crate::plan(
        &lab.open(),
        &Options {
            base: Some("nowhere".to_owned()),
            ..offline()
        },
    )
    .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot compare with `nowhere`: "),
        "{error}"
    );
}

#[test]
fn all_of_them_are_tried_in_their_order_without_a_sample() {
    let lab = lab_with(60, "", 0);
    let outcome = lab.run_with(&Options {
        no_sample: true,
        ..offline()
    });
    assert_eq!(lines(&lab, "cargo-mutants.batches"), 2);
    assert_eq!(value(&outcome, "mutation", "caught"), Some(60.0));
    let stored = std::fs::read(
        outcome
            .artifacts
            .join("evidence/mutation/raw/mutants.json.gz"),
    )
    .unwrap();
    let record: serde_json::Value =
        serde_json::from_slice(&crate::record::decompress(&stored).unwrap()).unwrap();
    assert!(record["sample"].is_null());
    assert_eq!(record["planned"][0]["replacement"], "r0");
}

#[test]
fn what_the_project_leaves_out_is_in_the_scope() {
    let lab = lab_with(3, "", 0);
    lab.file(".cargo/mutants.toml", "# why\nexclude_globs = [\"a\"]\n");
    let outcome = lab.run();
    assert_eq!(
        evidence(&outcome, "mutation").scope.excluded,
        [".cargo/mutants.toml: exclude_globs = [\"a\"]"]
    );
}

#[test]
fn an_interrupt_keeps_the_batches_that_were_finished() {
    let lab = lab_with(60, "", 0);
    // The second batch waits until it is stopped.
    let waits = format!("{}\n", fake(60, "", 0)).replace("echo x >> \"$0.batches\"", "echo x >> \"$0.batches\"\n[ $(wc -l < \"$0.batches\") -gt 1 ] && { touch \"$0.second\"; sleep 60; }");
    lab.versioned("cargo-mutants", "27.1.0", &waits);
    let interrupt = crate::Interrupt::new();
    let second = lab.root().join("../bin/cargo-mutants.second");
    let (raise, watched) = (interrupt.clone(), second.clone());
    let watcher = std::thread::spawn(move || {
        for _ in 0..1000 {
            if watched.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        raise.raise();
    });
    let outcome = crate::run(&lab.open(), &offline(), &crate::Silent, &interrupt).unwrap();
    watcher.join().unwrap();
    assert!(second.exists());
    assert!(codes_of(&outcome, "mutation").contains(&"interrupted"));
    let kept = value(&outcome, "mutation", "caught").unwrap();
    assert!((8.0..60.0).contains(&kept), "{kept}");
    assert_eq!(
        evidence(&outcome, "mutation")
            .steps
            .last()
            .unwrap()
            .exit_code,
        None
    );
}

#[test]
fn the_mode_is_what_was_asked_for() {
    let gate = MutationGate {
        time_budget: Some(Duration::from_secs(5)),
        ..MutationGate::default()
    };
    assert_eq!(
        Mode::of(&gate, &Options::default()),
        Mode::Sample(Duration::from_secs(5))
    );
    assert_eq!(
        Mode::of(&MutationGate::default(), &Options::default()),
        Mode::Sample(Duration::from_secs(720))
    );
    let budget = Options {
        time_budget: Some(Duration::from_secs(9)),
        ..Options::default()
    };
    assert_eq!(
        Mode::of(&gate, &budget),
        Mode::Sample(Duration::from_secs(9))
    );
    let all = Options {
        no_sample: true,
        ..budget
    };
    assert_eq!(Mode::of(&gate, &all), Mode::All);
    let base = Options {
        base: Some("main".to_owned()),
        ..all
    };
    assert_eq!(Mode::of(&gate, &base), Mode::Diff("main".to_owned()));
    assert_eq!(Mode::All.as_json(), serde_json::json!({ "mode": "all" }));
    assert_eq!(
        Mode::Diff("x".to_owned()).as_json(),
        serde_json::json!({ "mode": "diff", "base": "x" })
    );
    assert_eq!(
        Mode::Sample(Duration::from_secs(9)).as_json(),
        serde_json::json!({ "mode": "sample", "seconds": 9 })
    );
}

#[test]
fn reports_of_others_are_read_by_their_format() {
    let stryker = r#"{"schemaVersion":"1.0","thresholds":{"high":80,"low":60},"files":{"a.js":{"language":"js","source":"","mutants":[
{"id":"1","mutatorName":"m","location":{"start":{"line":1,"column":1},"end":{"line":1,"column":2}},"status":"Killed"}]}}}"#;
    let own = r#"{"schema_version":1,"population":1,"planned":[{"id":"1","name":"n","file":"f","line":1,"column":1,"function":null,"replacement":"0"}],
"outcomes":[{"id":"1","summary":"CaughtMutant"}],"sample":null,"stopped_by":"complete"}"#;
    for (format, text) in [("stryker", stryker), ("cargo-mutants", own)] {
        let lab = Lab::new(&format!(
            "schema_version: 1\ngates: {{ mutation: {{ report: {{ format: {format}, path: out/report.json }} }} }}"
        ));
        lab.file("out/report.json", text);
        let outcome = lab.run();
        assert_eq!(
            value(&outcome, "mutation", "mutation_score"),
            Some(1.0),
            "{format}: {:?}",
            evidence(&outcome, "mutation").findings
        );
        let plan = outcome
            .plan
            .gates
            .iter()
            .find(|gate| gate.gate == "mutation")
            .unwrap();
        assert_eq!(plan.method, format);
    }
}
