//! A small and whole artifacts directory: three gates with real raw outputs, judged by the same
//! functions the runner calls, sealed with a key made from a seed.
#![allow(
    dead_code,
    unused_imports,
    reason = "every test file uses another part"
)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests, outside test functions"
)]

mod log;
#[path = "../../../ledger/tests/common/memory.rs"]
mod memory;
#[path = "../../../ledger/tests/common/seed.rs"]
mod seed;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;

use caws_attest::seal::evidence_path;
use caws_attest::{Algorithm, PublicKey, SecretKey, seal};
use caws_evidence::manifest::layout;
use caws_evidence::model::EVIDENCE_SCHEMA_VERSION;
use caws_evidence::{
    Comparator, Evidence, FileDigest, Manifest, Output, Raw, Scope, Step, canonical_json, measure,
    sha256_hex,
};
use caws_policy::plan::PLAN_SCHEMA_VERSION;
use caws_policy::record::{self, Run};
use caws_policy::{
    DocumentRef, GatePlan, Plan, Requirement, SpecRef, Subject, Term, TermPolicy, TrustPolicy,
    judge,
};
use caws_verify::{Limits, Options, Package, Report, package, verify_artifacts, verify_package};
use seed::Seed;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use log::{
    LOG_KEY, Log, ORIGIN, checkpoint_of, leaf, log_key, log_options, log_public, reveal,
};

pub(crate) const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
pub(crate) const TREE: &str = "89abcdef0123456789abcdef0123456789abcdef";
pub(crate) const STATIC: &str = "evidence/static/evidence.json";
pub(crate) const COVERAGE: &str = "evidence/coverage/evidence.json";
pub(crate) const MUTATION: &str = "evidence/mutation/evidence.json";
pub(crate) const COVERAGE_RAW: &str = "evidence/coverage/raw/coverage.xml.gz";
pub(crate) const TESTS_RAW: &str = "evidence/coverage/raw/tests.xml.gz";
pub(crate) const MUTATION_RAW: &str = "evidence/mutation/raw/mutants.json.gz";
pub(crate) const COVERAGE_BUNDLE: &str = "evidence/coverage/evidence.sigstore.json";
pub(crate) const STATIC_BUNDLE: &str = "evidence/static/evidence.sigstore.json";
pub(crate) const MUTATION_BUNDLE: &str = "evidence/mutation/evidence.sigstore.json";

pub(crate) use waivers::{
    APPROVER, CHILD, WAIVER, WAIVER_COMMITS, approved, child, fails, put, waived, waived_by, waiver,
};

/// A file tree in memory: path to bytes.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A key made from a seed other than 0.
pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::generate(Algorithm::EcdsaP256, &mut Seed(seed)).unwrap()
}

pub(crate) fn public(seed: u8) -> PublicKey {
    key(seed).public().unwrap()
}

/// Trusts key 1.
pub(crate) fn options() -> Options {
    Options {
        keys: vec![public(1)],
        ..Options::default()
    }
}

pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn canonical<T: Serialize>(value: &T) -> Vec<u8> {
    canonical_json(value).unwrap()
}

/// What a gate is made from before it is judged.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) plan: GatePlan,
    pub(crate) steps: Vec<Step>,
    /// Role, file name under `raw/` without `.gz`, media type, content.
    pub(crate) raws: Vec<(&'static str, &'static str, &'static str, Vec<u8>)>,
}

/// A run that can be changed before it is written down.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) plan: Plan,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) files: Files,
    pub(crate) run: Run,
}

fn requirement(measurement: &str, comparator: Comparator, threshold: f64) -> Requirement {
    Requirement {
        measurement: measurement.to_owned(),
        comparator,
        threshold,
        source: "tier 2".to_owned(),
    }
}

fn gate_plan(
    gate: &str,
    method: &str,
    term: Option<Term>,
    requirements: Vec<Requirement>,
) -> GatePlan {
    GatePlan {
        gate: gate.to_owned(),
        version: 1,
        method: method.to_owned(),
        applies: true,
        reason: None,
        term,
        requirements,
        params: json!({}),
        inputs: vec!["src/**".to_owned()],
        inputs_sha256: sha256_hex(&canonical(&inputs())),
        tools: Vec::new(),
    }
}

pub(crate) fn inputs() -> Vec<FileDigest> {
    vec![FileDigest {
        path: "src/lib.rs".to_owned(),
        sha256: sha256_hex(b"pub fn f() {}"),
    }]
}

fn step(name: &str) -> Step {
    Step {
        name: name.to_owned(),
        command: vec!["tool".to_owned(), name.to_owned()],
        started: "2026-11-20T10:00:00Z".to_owned(),
        finished: "2026-11-20T10:00:01Z".to_owned(),
        exit_code: Some(0),
        key_output: String::new(),
    }
}

pub(crate) fn static_gate() -> Gate {
    let wanted = vec![requirement("checks_failed", Comparator::AtMost, 0.0)];
    Gate {
        plan: gate_plan("static", "checks", None, wanted),
        steps: vec![step("format"), step("lint")],
        raws: Vec::new(),
    }
}

/// Eighteen of twenty branch outcomes, in `files` files.
pub(crate) fn coverage_gate(files: usize) -> Gate {
    let mut classes = String::new();
    for file in 0..files {
        classes.push_str(&format!("<class filename=\"src/f{file}.py\"><lines>"));
        for line in 1..=10 {
            let (share, reached) = if line == 10 {
                ("0%", "0/2")
            } else {
                ("100%", "2/2")
            };
            classes.push_str(&format!(
                "<line number=\"{line}\" hits=\"1\" branch=\"true\" condition-coverage=\"{share} ({reached})\"/>"
            ));
        }
        classes.push_str("</lines></class>");
    }
    let coverage = format!(
        "<coverage><packages><package name=\"p\"><classes>{classes}</classes></package></packages></coverage>"
    );
    let tests = "<testsuites><testsuite name=\"s\" tests=\"3\"><testcase classname=\"c\" name=\"a\"/><testcase classname=\"c\" name=\"b\"/><testcase classname=\"c\" name=\"d\"/></testsuite></testsuites>";
    let wanted = vec![
        requirement("branch_coverage", Comparator::AtLeast, 0.8),
        requirement("tests_failed", Comparator::AtMost, 0.0),
    ];
    Gate {
        plan: gate_plan("coverage", "cobertura", Some(Term::Coverage), wanted),
        steps: vec![step("test")],
        raws: vec![
            (
                "coverage",
                "coverage.xml",
                "application/xml",
                coverage.into_bytes(),
            ),
            (
                "tests",
                "tests.xml",
                "application/xml",
                tests.as_bytes().to_vec(),
            ),
        ],
    }
}

/// A sample of 40 of 400 mutants, 36 of them caught.
pub(crate) fn mutation_gate() -> Gate {
    let planned: Vec<Value> = (0..40)
        .map(|n| {
            json!({ "id": format!("m{n}"), "name": format!("replace f{n} with ()"), "file": "src/lib.rs",
                    "line": n + 1, "column": 1, "function": "f", "replacement": "()" })
        })
        .collect();
    let outcomes: Vec<Value> = (0..40)
        .map(|n| {
            let summary = if n % 10 == 0 {
                "MissedMutant"
            } else {
                "CaughtMutant"
            };
            json!({ "id": format!("m{n}"), "summary": summary })
        })
        .collect();
    let record = json!({ "schema_version": 1, "population": 400, "planned": planned,
                         "outcomes": outcomes, "sample": { "selected": 40 }, "stopped_by": "complete" });
    let wanted = vec![requirement("mutation_score", Comparator::AtLeast, 0.5)];
    Gate {
        plan: gate_plan("mutation", "cargo-mutants", Some(Term::Mutation), wanted),
        steps: vec![step("mutants")],
        raws: vec![(
            "mutants",
            "mutants.json",
            "application/json",
            canonical(&record),
        )],
    }
}

fn term(
    term: Term,
    weight: u32,
    measurement: &str,
    minimum: &str,
    target: &str,
    gate: &str,
) -> TermPolicy {
    TermPolicy {
        term,
        weight,
        measurement: measurement.to_owned(),
        minimum: Some(minimum.to_owned()),
        target: Some(target.to_owned()),
        gates: vec![gate.to_owned()],
        not_applicable: None,
    }
}

pub(crate) fn plan(gates: Vec<GatePlan>) -> Plan {
    let document = |path: &str| DocumentRef {
        path: path.to_owned(),
        sha256: sha256_hex(b"x"),
    };
    Plan {
        schema_version: PLAN_SCHEMA_VERSION,
        subject: Subject {
            commit: Some(COMMIT.to_owned()),
            tree: TREE.to_owned(),
            dirty: false,
        },
        spec: SpecRef {
            path: ".caws/working-spec.yaml".to_owned(),
            sha256: sha256_hex(b"spec"),
            id: "X-001".to_owned(),
            title: "a fixture".to_owned(),
            risk_tier: 2,
            profile: "library".to_owned(),
            acceptance: vec!["A1".to_owned()],
        },
        policy: document(".caws/policy/tier-policy.json"),
        config: document(".caws.yml"),
        trust: TrustPolicy {
            threshold: 80,
            terms: vec![
                term(
                    Term::Coverage,
                    25,
                    "branch_coverage",
                    "0.8",
                    "0.95",
                    "coverage",
                ),
                term(
                    Term::Mutation,
                    25,
                    "mutation_score",
                    "0.5",
                    "0.9",
                    "mutation",
                ),
            ],
        },
        gates,
        waivers: None,
    }
}

/// Judges a gate and writes its record; raw outputs go to `files`.
pub(crate) fn evidence(gate: &Gate, files: &mut Files) -> Evidence {
    let mut outputs = Vec::new();
    let mut raws = Vec::new();
    for (role, name, media_type, content) in &gate.raws {
        let (path, stored) = (format!("raw/{name}.gz"), gzip(content));
        outputs.push(Output {
            role: (*role).to_owned(),
            path: path.clone(),
            sha256: sha256_hex(&stored),
            content_sha256: sha256_hex(content),
            media_type: (*media_type).to_owned(),
        });
        files.insert(format!("evidence/{}/{path}", gate.plan.gate), stored);
        raws.push(Raw {
            role: (*role).to_owned(),
            name: path,
            bytes: content.clone(),
        });
    }
    let reading = measure(&gate.plan.method, &gate.plan.params, &raws, &gate.steps);
    let judged = judge(&gate.plan, reading);
    Evidence {
        schema_version: EVIDENCE_SCHEMA_VERSION,
        gate: gate.plan.gate.clone(),
        verdict: judged.verdict,
        measurements: judged.measurements,
        findings: judged.findings,
        scope: Scope::default(),
        tool: None,
        tools: Vec::new(),
        command: Vec::new(),
        exit_code: None,
        key_output: String::new(),
        steps: gate.steps.clone(),
        started: "2026-11-20T10:00:00Z".to_owned(),
        finished: "2026-11-20T10:00:01Z".to_owned(),
        commit: Some(COMMIT.to_owned()),
        environment: BTreeMap::from([("os".to_owned(), "linux".to_owned())]),
        inputs: inputs(),
        outputs,
        plan_sha256: record::gate_plan_sha256(&gate.plan).unwrap(),
        plan_leaf: None,
        waivers: Vec::new(),
    }
}

/// A run of these gates.
pub(crate) fn record(gates: &[Gate]) -> Record {
    let mut files = Files::new();
    let evidence = gates
        .iter()
        .map(|gate| evidence(gate, &mut files))
        .collect();
    Record {
        plan: plan(gates.iter().map(|gate| gate.plan.clone()).collect()),
        evidence,
        files,
        run: Run {
            agent: "caws 0.0.0".to_owned(),
            started: "2026-11-20T10:00:00Z".to_owned(),
            finished: "2026-11-20T10:01:00Z".to_owned(),
            commitment: None,
            cached: BTreeSet::new(),
        },
    }
}

/// The run all tests start from.
pub(crate) fn whole() -> Record {
    let mut record = record(&[static_gate(), coverage_gate(1), mutation_gate()]);
    let mut pages = gate_plan("pages", "axe", None, Vec::new());
    (pages.applies, pages.reason) = (false, Some("shows no pages".to_owned()));
    record.plan.gates.push(pages);
    record
}

impl Record {
    pub(crate) fn manifest(&self) -> Manifest {
        record::manifest(&self.plan, &self.evidence, &self.run).unwrap()
    }

    /// Everything but signatures.
    pub(crate) fn unsigned(&self) -> Files {
        let mut files = self.files.clone();
        for evidence in &self.evidence {
            files.insert(evidence_path(&evidence.gate), canonical(evidence));
        }
        files.insert(layout::PLAN.to_owned(), canonical(&self.plan));
        files.insert(layout::MANIFEST.to_owned(), canonical(&self.manifest()));
        files
    }

    /// Everything, signed by key `seed`.
    pub(crate) fn sealed(&self, seed: u8) -> Files {
        sealed(self.unsigned(), seed)
    }
}

/// Adds the signatures of key `seed` to what lies there.
pub(crate) fn sealed(mut files: Files, seed: u8) -> Files {
    let bundles = seal(&files, &key(seed)).unwrap();
    files.extend(bundles);
    files
}

pub(crate) fn write(root: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Verifies the files as a directory and as an audit package, which must be one to the verifier.
pub(crate) fn verify(files: &Files, options: &Options) -> Report {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), files);
    let report = verify_artifacts(directory.path(), options);
    if options.limits.entries != Limits::default().entries {
        // Files of a package are counted before anything is verified.
        return report;
    }
    let packed = package::write(files).unwrap();
    let package = Package::read(packed, &Limits::default()).unwrap();
    assert_eq!(verify_package(&package, options), report);
    report
}

/// `(code, path)` of every finding, in order.
pub(crate) fn said(report: &Report) -> Vec<(&str, &str)> {
    report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.code.as_str(),
                finding.place.as_ref().unwrap().path.as_str(),
            )
        })
        .collect()
}

/// Changes a JSON document among the files and leaves it canonical.
pub(crate) fn edit(files: &mut Files, path: &str, change: impl FnOnce(&mut Value)) {
    let mut value: Value = serde_json::from_slice(&files[path]).unwrap();
    change(&mut value);
    files.insert(path.to_owned(), canonical(&value));
}
