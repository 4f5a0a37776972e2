//! What a signer can say and nobody can hold against him: only his word stands.

use std::collections::BTreeSet;

use caws_attest::seal::is_gate_name;
use caws_evidence::manifest::layout::MANIFEST;
use caws_evidence::{Evidence, Manifest, ToolIdentity, sha256_hex};
use caws_policy::record::gate_plan_sha256;
use serde_json::{Value, json};

use crate::common::{Files, Log, Record, canonical, options, sealed, whole};
use crate::fields::{changes, packed};
use crate::row::{Row, made, signer};

/// Values of the record that follow from nothing else in it.
pub(crate) struct Word {
    /// What is claimed.
    pub(crate) claim: &'static str,
    /// Where: document and JSON pointer, `*` for the entries of a list.
    pub(crate) places: &'static [&'static str],
    /// Why nothing shows that it is not so.
    pub(crate) why: &'static str,
}

/// All of them: a test changes every value of a record, signs it again, and finds these to be accepted.
pub(crate) const WORDS: &[Word] = &[
    Word {
        claim: "which tool ran, with which command, and what it printed",
        places: &[
            "evidence/tool/name",
            "evidence/tool/version",
            "evidence/tool/sha256",
            "evidence/tools",
            "evidence/tools/*/name",
            "evidence/tools/*/version",
            "evidence/tools/*/sha256",
            "evidence/command",
            "evidence/command/*",
            "evidence/exit_code",
            "evidence/key_output",
            "evidence/steps",
            "evidence/steps/*/command",
            "evidence/steps/*/command/*",
            "evidence/steps/*/exit_code",
            "evidence/steps/*/key_output",
            "evidence/steps/*/name",
        ],
        why: "executables are named by digest and not handed over; of steps only those count that a gate is measured by",
    },
    Word {
        claim: "on which machine",
        places: &["evidence/environment", "evidence/environment/os"],
        why: "it is what the machine said of itself",
    },
    Word {
        claim: "when, within five minutes",
        places: &[
            "evidence/started",
            "evidence/finished",
            "evidence/steps/*/started",
            "evidence/steps/*/finished",
            "manifest/caws/started",
            "manifest/caws/finished",
        ],
        why: "times are the signer's clock; a shared ledger with witnesses gives an upper bound",
    },
    Word {
        claim: "what was looked at and left out, in words",
        places: &[
            "evidence/scope/included",
            "evidence/scope/included/*",
            "evidence/scope/excluded",
            "evidence/scope/excluded/*",
        ],
        why: "what counts is in the plan, as parameters",
    },
    Word {
        claim: "findings for people",
        places: &[
            "evidence/findings",
            "evidence/findings/*/code",
            "evidence/findings/*/expected",
            "evidence/findings/*/found",
            "evidence/findings/*/help",
            "evidence/findings/*/message",
            "evidence/findings/*/place/column",
            "evidence/findings/*/place/line",
            "evidence/findings/*/place/path",
        ],
        why: "no verdict follows from them",
    },
    Word {
        claim: "order and media types",
        places: &[
            "evidence/measurements",
            "evidence/outputs",
            "evidence/outputs/*/media_type",
        ],
        why: "nothing follows from them",
    },
    Word {
        claim: "who wrote the record and who approved",
        places: &[
            "manifest/agent",
            "manifest/approvals",
            "manifest/approvals/*",
        ],
        why: "names; whoever signs vouches for them",
    },
    Word {
        claim: "whether the cache answered",
        places: &["manifest/caws/gates/*/cached"],
        why: "a gate said to be from the cache may be of an earlier commit and run; what it was measured on is fixed by the digest of its inputs",
    },
    Word {
        claim: "spec, policy and settings by digest",
        places: &[
            "plan/config/path",
            "plan/config/sha256",
            "plan/policy/path",
            "plan/policy/sha256",
            "plan/spec/acceptance",
            "plan/spec/acceptance/*",
            "plan/spec/id",
            "plan/spec/path",
            "plan/spec/profile",
            "plan/spec/risk_tier",
            "plan/spec/sha256",
            "plan/spec/title",
        ],
        why: "they are not handed over; compare them with the files of the commit",
    },
    Word {
        claim: "what was planned",
        places: &[
            "plan/gates",
            "plan/gates/*/gate",
            "plan/gates/*/inputs",
            "plan/gates/*/inputs/*",
            "plan/gates/*/inputs_sha256",
            "plan/gates/*/method",
            "plan/gates/*/params",
            "plan/gates/*/reason",
            "plan/gates/*/requirements",
            "plan/gates/*/requirements/*/source",
            "plan/gates/*/version",
            "plan/trust/terms",
            "plan/trust/terms/*/gates",
            "plan/trust/terms/*/gates/*",
            "plan/trust/terms/*/measurement",
            "plan/trust/terms/*/minimum",
            "plan/trust/terms/*/target",
            "plan/trust/terms/*/weight",
            "plan/trust/threshold",
        ],
        why: "a plan is judged by who signs it, and the score is computed from it again; that it stood before the run shows the ledger",
    },
    Word {
        claim: "which tree",
        places: &["plan/subject/dirty", "plan/subject/tree"],
        why: "compare it with the commit: `git rev-parse COMMIT^{tree}`",
    },
];

/// A document of a record, by whose name in [`Word::places`].
enum Document {
    Plan,
    Evidence(usize),
    Manifest,
}

/// The record with another document, and everything made anew that follows from it: digests, the
/// manifest with its score, signatures. `None` where nobody could write it: it is no such document.
fn lie(record: &Record, document: &Document, changed: &Value) -> Option<Files> {
    let mut lying = record.clone();
    match document {
        Document::Plan => {
            lying.plan = same(changed)?;
            for evidence in &mut lying.evidence {
                if let Some(gate) = lying.plan.gates.iter().find(|g| g.gate == evidence.gate) {
                    evidence.plan_sha256 = gate_plan_sha256(gate).unwrap();
                }
            }
        }
        Document::Evidence(index) => {
            lying.evidence[*index] = same::<Evidence>(changed)?;
            if !is_gate_name(&lying.evidence[*index].gate) {
                return None;
            }
        }
        Document::Manifest => {
            same::<Manifest>(changed)?;
        }
    }
    let run = &lying.run;
    let manifest = caws_policy::record::manifest(&lying.plan, &lying.evidence, run).ok()?;
    let mut files = lying.files.clone();
    for evidence in &lying.evidence {
        let path = caws_attest::seal::evidence_path(&evidence.gate);
        files.insert(path, canonical(evidence));
    }
    files.insert(crate::row::PLAN.to_owned(), canonical(&lying.plan));
    let manifest = match document {
        Document::Manifest => canonical(changed),
        _ => canonical(&manifest),
    };
    files.insert(MANIFEST.to_owned(), manifest);
    let bundles = caws_attest::seal(&files, &crate::common::key(1)).ok()?;
    files.extend(bundles);
    Some(files)
}

/// The value as its type, where that keeps every byte.
fn same<T: serde::de::DeserializeOwned + serde::Serialize>(value: &Value) -> Option<T> {
    let typed: T = serde_json::from_value(value.clone()).ok()?;
    (canonical(&typed) == canonical(value)).then_some(typed)
}

/// A run of which every value is there.
fn full() -> Record {
    let mut record = whole();
    for evidence in &mut record.evidence {
        let tool = ToolIdentity {
            name: "tool".to_owned(),
            version: "1.2.3".to_owned(),
            sha256: sha256_hex(b"tool"),
        };
        evidence.tool = Some(tool.clone());
        evidence.tools = vec![tool];
        evidence.command = vec!["tool".to_owned(), "--all".to_owned()];
        evidence.exit_code = Some(0);
        evidence.key_output = "done".to_owned();
        evidence.scope.included = vec!["src/**".to_owned()];
        evidence.scope.excluded = vec!["src/generated/**: generated".to_owned()];
    }
    record
}

/// Changes every value of some documents: what is accepted is what [`WORDS`] says of them.
fn only_his_word(name: &str, documents: &[(Document, Value)]) {
    let record = full();
    let (mut found, mut accepted) = (0, BTreeSet::new());
    for (document, value) in documents {
        let files = lie(&record, document, value).unwrap();
        assert!(
            packed(&files, &options()).ok,
            "{name} signed again as it was"
        );
        for change in changes(value) {
            let Some(files) = lie(&record, document, &change.changed) else {
                continue;
            };
            if packed(&files, &options()).ok {
                accepted.insert(format!("{name}{}", change.place));
            } else {
                found += 1;
            }
        }
    }
    let listed = WORDS.iter().flat_map(|word| word.places);
    let listed: BTreeSet<String> = listed
        .filter(|place| place.split('/').next() == Some(name))
        .map(|place| (*place).to_owned())
        .collect();
    assert_eq!(accepted, listed, "accepted, and listed");
    assert!(found >= 20, "{found} changes found");
}

#[test]
fn of_the_plan_the_signers_word_alone_is_what_is_listed() {
    let plan = serde_json::to_value(&full().plan).unwrap();
    only_his_word("plan", &[(Document::Plan, plan)]);
}

#[test]
fn of_the_manifest_the_signers_word_alone_is_what_is_listed() {
    let mut manifest = serde_json::to_value(full().manifest()).unwrap();
    manifest["approvals"] = json!(["a reviewer"]);
    only_his_word("manifest", &[(Document::Manifest, manifest)]);
}

#[test]
fn of_evidence_the_signers_word_alone_is_what_is_listed() {
    let evidence = full().evidence.into_iter().enumerate();
    let documents: Vec<(Document, Value)> = evidence
        .map(|(index, one)| {
            (
                Document::Evidence(index),
                serde_json::to_value(one).unwrap(),
            )
        })
        .collect();
    only_his_word("evidence", &documents);
}

/// Whole runs that are not what they seem, and verify.
pub(crate) fn rows() -> Vec<(Row, &'static str)> {
    vec![
        (
            signer(
                "raw outputs, numbers and verdicts invented, in agreement with each other",
                |r| {
                    let mut files = Files::new();
                    r.evidence[1] = crate::common::evidence(&perfect(), &mut files);
                    r.files.extend(files);
                },
            ),
            "nothing in a file shows that a program ran; let CI hold the key, and measure the commit again",
        ),
        (
            signer(
                "a requirement lowered before the plan was logged",
                |record| {
                    record.plan.gates[1].requirements[0].threshold = 0.5;
                    let plan = &record.plan.gates[1];
                    let mut files = Files::new();
                    let mut gate = crate::common::coverage_gate(1);
                    gate.plan = plan.clone();
                    record.evidence[1] = crate::common::evidence(&gate, &mut files);
                },
            ),
            "a plan is judged by who signs it; the gate `integrity` tells what a change loosens, against the merge base",
        ),
        (
            signer("a gate left out before the plan was logged", |record| {
                record.plan.gates[2].applies = false;
                record.plan.gates[2].reason = Some("too slow".to_owned());
                record.evidence.pop();
                record.files.remove(crate::common::MUTATION_RAW);
            }),
            "the record says that it does not apply, and why; an auditor reads that list first",
        ),
        (
            made("another run of the same commit kept, this one deleted", {
                let mut record = whole();
                record.run.agent = "caws 0.0.0, second try".to_owned();
                record.logged(1)
            }),
            "a ledger kept by the signer alone can be made anew; a shared one, or a checkpoint somebody holds, shows the gap",
        ),
        (
            made("the whole record of an older run handed out for today's", {
                let mut record = whole();
                record.run.started = "2026-11-20T09:59:00Z".to_owned();
                record.logged(1)
            }),
            "it is a true record: of the commit and the time it names, which the auditor compares",
        ),
        (
            made(
                "everything about the ledger taken out, and signed again",
                whole().sealed(1),
            ),
            "it is what a record signed after the run looks like; without `commitment` it shows no order",
        ),
        (
            made("the record behind the plan not logged", {
                let (mut record, log) = (whole(), Log::ours());
                record.commit(&log, 1);
                sealed(record.unsigned(), 1)
            }),
            "a ledger can be out of reach: a warning, `plan-not-logged`, and not an error",
        ),
    ]
}

/// Coverage of every branch.
fn perfect() -> crate::common::Gate {
    let mut gate = crate::common::coverage_gate(1);
    let text = String::from_utf8(gate.raws[0].3.clone()).unwrap();
    gate.raws[0].3 = text.replace("0% (0/2)", "100% (2/2)").into_bytes();
    gate
}
