use std::time::Duration;

use caws_spec::{Schema, parse, validate_schema};

use super::{Config, SCHEMA, ToolPin};

/// Findings of the schema, and the configuration where there are none.
fn read(text: &str) -> Result<Config, Vec<String>> {
    let document = parse(".caws.yml", text.as_bytes())
        .map_err(|all| all.into_iter().map(|one| one.message).collect::<Vec<_>>())?;
    let findings = validate_schema(&document, &Schema::compile(SCHEMA).unwrap());
    if findings.is_empty() {
        return document.to_struct().map_err(|one| vec![one.message]);
    }
    Err(findings.into_iter().map(|one| one.message).collect())
}

const FULL: &str = "
schema_version: 1
spec: a.yaml
policy: b.json
tools:
  one: { from: cargo, version: '1.0.0', package: p, program: q }
  two: { from: system, packages: { apt: x } }
  three: { from: npm, version: '1.0.0' }
services:
  web: { command: [serve], ready: /ready, uses: [two] }
gates:
  spec: { inputs: [a] }
  static: { uses: [one], checks: [{ name: n, command: [cargo, fmt] }] }
  coverage: { adapter: cargo-llvm-cov, toolchain: nightly, uses: [one], minimum: 0.9 }
  mutation: { adapter: cargo-mutants, uses: [one, two], time_budget: 90s }
  contracts:
    uses: [three]
    contracts: [{ name: c, path: c.yaml, role: both, adapter: schemathesis, service: web, uses: [one] }]
  performance: { service: web, uses: [one], runs: [{ role: r, command: [b], output: o }] }
  audio:
    service: web
    endpoint: /x
    texts: [t]
    voices: [v]
    speeds: [1]
    loudness: { target: -16, tolerance: 1 }
    true_peak: { at_most: -1 }
  flakes: { adapter: nextest, uses: [one] }
";

#[test]
fn a_full_file_is_read() {
    let config = read(FULL).unwrap();
    assert_eq!(
        (config.spec.as_str(), config.policy.as_str()),
        ("a.yaml", "b.json")
    );
    assert_eq!(config.tools["one"].version(), Some("1.0.0"));
    assert_eq!(
        (config.tools["one"].package(), config.tools["one"].program()),
        (Some("p"), Some("q"))
    );
    assert_eq!(
        (config.tools["two"].version(), config.tools["two"].package()),
        (None, None)
    );
    assert!(matches!(config.tools["three"], ToolPin::Npm { .. }));
    assert_eq!(config.services["web"].ready_within, Duration::from_secs(30));
    assert_eq!(
        config.gates.mutation.as_ref().unwrap().time_budget,
        Some(Duration::from_secs(90))
    );
    assert_eq!(config.gates.flakes.as_ref().unwrap().repeats, 3);
    assert_eq!(config.dangling().len(), 0);
}

#[test]
fn each_gate_names_its_tools_and_those_of_its_services() {
    let config = read(FULL).unwrap();
    let uses: Vec<(&str, String)> = config
        .uses()
        .into_iter()
        .map(|(gate, tools)| (gate, tools.join(" ")))
        .collect();
    let expected = [
        ("spec", ""),
        ("static", "one"),
        ("coverage", "one"),
        ("mutation", "one two"),
        ("contracts", "one three two"),
        ("performance", "one two"),
        ("audio", "two"),
        ("flakes", "one"),
    ];
    assert_eq!(uses, expected.map(|(gate, tools)| (gate, tools.to_owned())));
    assert_eq!(config.users_of("three"), ["contracts"]);
    let toolchains = config.toolchains();
    assert_eq!(toolchains[&None], ["mutation", "flakes", "static"]);
    assert_eq!(toolchains[&Some("nightly".to_owned())], ["coverage"]);
    assert!(
        read("schema_version: 1\ngates: {}")
            .unwrap()
            .toolchains()
            .is_empty()
    );
}

#[test]
fn what_is_left_out_has_its_default() {
    let config = read("schema_version: 1").unwrap();
    assert_eq!(config.spec, ".caws/working-spec.yaml");
    assert_eq!(config.policy, ".caws/policy/tier-policy.json");
    assert!(config.uses().is_empty() && config.tools.is_empty());
}

#[test]
fn names_that_are_used_must_be_declared() {
    let text = FULL
        .replace("service: web", "service: web2")
        .replace("uses: [one, two]", "uses: [nobody]");
    let config = read(&text).unwrap();
    let found: Vec<String> = config
        .dangling()
        .into_iter()
        .map(|(what, name, place)| format!("{what} {name} {place}"))
        .collect();
    let expected = [
        "service web2 gates.audio",
        "service web2 gates.contracts",
        "service web2 gates.performance",
        "tool nobody gates.mutation",
    ];
    assert_eq!(found, expected);
}

#[test]
fn mistakes_are_found_by_the_schema() {
    let wrong = [
        "schema_version: 2",
        "gates: {}",
        "schema_version: 1\nsomething: else",
        "schema_version: 1\ntools: { x: { from: cargo } }",
        "schema_version: 1\ntools: { x: { from: gem, version: '1' } }",
        "schema_version: 1\ngates: { static: {} }",
        "schema_version: 1\ngates: { static: { checks: [{ name: a, command: [] }] } }",
        "schema_version: 1\ngates: { coverage: { adapter: cargo-llvm-cov, minimum: 80 } }",
        "schema_version: 1\ngates: { coverage: { report: { format: cobertura, path: x } } }",
        "schema_version: 1\ngates: { mutation: { adapter: cargo-mutants, time_budget: 12 minutes } }",
        "schema_version: 1\ngates: { contracts: { contracts: [{ name: a, path: b, role: watcher, report: { format: junit, path: x } }] } }",
        "schema_version: 1\ngates: { contracts: { contracts: [{ name: a, path: b, role: both, adapter: schemathesis }] } }",
        "schema_version: 1\ngates: { flakes: { adapter: nextest, repeats: 1 } }",
        "schema_version: 1\nservices: { a: { command: [x], ready: no-slash } }",
    ];
    for text in wrong {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn our_own_file_and_the_fixtures_are_valid() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for path in [".caws.yml", "fixtures/python-textstats/.caws.yml"] {
        let config = read(&std::fs::read_to_string(root.join(path)).unwrap())
            .unwrap_or_else(|why| panic!("{path}: {why:?}"));
        assert!(config.dangling().is_empty(), "{path}");
    }
}
