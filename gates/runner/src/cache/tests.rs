use std::collections::BTreeMap;
use std::path::PathBuf;

use caws_evidence::Verdict;
use serde_json::json;

use super::{Cache, project_key};
use crate::gates::testing::{Lab, evidence, offline, temp, verdict};

const CONFIG: &str = "
schema_version: 1
gates:
  static:
    inputs: ['src/**']
    checks: [{ name: good, command: [good] }]
";

fn entries(lab: &Lab) -> Vec<PathBuf> {
    let dir = lab
        .host()
        .cache
        .join("evidence")
        .join(project_key(&lab.root()));
    let Ok(found) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    found.map(|entry| entry.unwrap().path()).collect()
}

fn cached(lab: &Lab) -> bool {
    let outcome = lab.run();
    outcome
        .manifest
        .caws
        .gates
        .iter()
        .find(|gate| gate.gate == "static")
        .unwrap()
        .cached
}

#[test]
fn nothing_changed_answers_from_the_cache_and_anything_that_counts_does_not() {
    let lab = Lab::new(CONFIG);
    lab.file("src/a", "1");
    lab.file("other", "1");
    lab.tool("good", "echo 1");
    assert!(!cached(&lab));
    assert!(cached(&lab));
    lab.file("other", "2");
    assert!(cached(&lab), "no input");
    lab.file("src/a", "2");
    assert!(!cached(&lab), "an input");
    lab.file("src/a", "1");
    assert!(cached(&lab), "the first content again");
    lab.file(".caws.yml", &CONFIG.replace("[good] }", "[good, more] }"));
    assert!(!cached(&lab), "a setting");
    let outcome = lab.run_with(&crate::Options {
        no_cache: true,
        ..offline()
    });
    assert!(outcome.manifest.caws.gates.iter().all(|gate| !gate.cached));
}

#[test]
fn a_program_that_changed_is_another_tool() {
    let lab = Lab::new(CONFIG);
    lab.versioned("good", "1.0.0", "exit 0");
    assert!(!cached(&lab));
    assert!(cached(&lab));
    lab.versioned("good", "1.0.0", "true");
    assert!(!cached(&lab), "the same version with other bytes");
}

#[test]
fn an_entry_changed_on_disk_is_removed_and_the_gate_runs() {
    for file in ["evidence.json", ".stamp"] {
        let lab = Lab::new(CONFIG);
        lab.tool("good", "exit 0");
        assert!(!cached(&lab));
        let path = entries(&lab).pop().unwrap().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen(['a', '1'], "b", 1)).unwrap();
        assert!(!cached(&lab), "{file}");
        assert!(cached(&lab), "{file}");
    }
}

#[test]
fn an_entry_whose_raw_output_changed_or_went_is_no_entry() {
    let lab = Lab::new("schema_version: 1\ngates: { spec: {} }");
    let find = |lab: &Lab| {
        lab.run()
            .manifest
            .caws
            .gates
            .iter()
            .find(|gate| gate.gate == "spec")
            .unwrap()
            .cached
    };
    assert!(!find(&lab));
    let entry = entries(&lab).pop().unwrap();
    std::fs::write(entry.join("raw/diagnostics.json.gz"), "x").unwrap();
    assert!(!find(&lab));
    std::fs::remove_file(entry.join("raw/diagnostics.json.gz")).unwrap();
    assert!(!find(&lab));
    assert!(find(&lab));
}

#[test]
fn what_could_not_be_measured_is_asked_again_and_a_failure_is_not() {
    let lab = Lab::new(CONFIG);
    assert_eq!(verdict(&lab.run(), "static"), Verdict::Unmeasured);
    assert!(entries(&lab).is_empty());
    lab.tool("good", "exit 1");
    assert_eq!(verdict(&lab.run(), "static"), Verdict::Fail);
    assert_eq!(entries(&lab).len(), 1);
}

#[test]
fn restored_evidence_is_what_was_measured() {
    let lab = Lab::new("schema_version: 1\ngates: { spec: {} }");
    let first = lab.run();
    std::fs::remove_dir_all(&first.artifacts).unwrap();
    let second = lab.run();
    assert_eq!(evidence(&first, "spec"), evidence(&second, "spec"));
    let dir = second.artifacts.join("evidence/spec");
    assert!(dir.join("raw/diagnostics.json.gz").is_file());
    assert!(!dir.join(".stamp").exists());
    let entry = first.manifest.caws.gates[0].clone();
    assert_eq!(second.manifest.caws.gates[0].measured, entry.measured);
    assert_eq!(
        second.manifest.caws.gates[0].evidence_sha256,
        entry.evidence_sha256
    );
}

#[test]
fn the_machine_and_the_settings_are_part_of_the_key() {
    let lab = Lab::new(CONFIG);
    let planned = crate::plan(&lab.open(), &offline()).unwrap();
    let gate = &planned.plan.gates[0];
    let machine = BTreeMap::from([("os".to_owned(), "linux".to_owned())]);
    let base = Cache::key(gate, &json!({}), &machine).unwrap();
    assert_eq!(base, Cache::key(gate, &json!({}), &machine).unwrap());
    assert_ne!(
        base,
        Cache::key(gate, &json!({ "a": 1 }), &machine).unwrap()
    );
    assert_ne!(
        base,
        Cache::key(gate, &json!({}), &BTreeMap::new()).unwrap()
    );
    let mut other = gate.clone();
    other.version += 1;
    assert_ne!(base, Cache::key(&other, &json!({}), &machine).unwrap());
}

#[test]
fn projects_do_not_answer_for_each_other() {
    let (one, two) = (temp(), temp());
    assert_ne!(project_key(one.path()), project_key(two.path()));
    assert_eq!(project_key(one.path()), project_key(&one.path().join(".")));
    assert_eq!(project_key(one.path()).len(), 16);
}

#[test]
fn the_oldest_entries_make_room() {
    let lab = Lab::new("schema_version: 1\ngates: { spec: {} }");
    let dir = lab
        .host()
        .cache
        .join("evidence")
        .join(project_key(&lab.root()));
    let begin = std::time::SystemTime::UNIX_EPOCH;
    for number in 0..super::MOST_ENTRIES {
        let entry = dir.join(format!("entry-{number}"));
        std::fs::create_dir_all(&entry).unwrap();
        let age = std::time::Duration::from_secs(1_000 + u64::try_from(number).unwrap());
        std::fs::File::open(&entry)
            .unwrap()
            .set_modified(begin + age)
            .unwrap();
    }
    lab.run();
    assert_eq!(entries(&lab).len(), super::MOST_ENTRIES);
    assert!(!dir.join("entry-0").exists() && dir.join("entry-1").exists());
}
