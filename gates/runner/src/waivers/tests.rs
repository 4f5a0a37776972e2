use caws_attest::seal::seal_waiver;
use caws_attest::{Algorithm, SecretKey, SystemRng};
use caws_evidence::{Verdict, canonical_json, codes};
use caws_policy::waiver::{Commits, Person, Scope, entry_text};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::gates::testing::{Lab, evidence, offline};
use crate::{Interrupt, Silent, run};

const CONFIG: &str = "
schema_version: 1
gates:
  static: { inputs: ['textstats/**'], checks: [{ name: bad, command: [bad] }] }
waivers:
  never: [mutation]
  approvers: [{ name: Anna, key: .caws/keys/anna.pub }]
";

type Change = fn(&mut Waiver);

/// A project whose check fails, in git, and the key of who may approve.
struct Case {
    lab: Lab,
    anna: SecretKey,
    /// Its first commit.
    first: String,
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

impl Case {
    fn new() -> Self {
        let lab = Lab::new(CONFIG);
        lab.tool("bad", "exit 1");
        let anna = SecretKey::generate(Algorithm::Ed25519, &mut SystemRng).unwrap();
        let pem = anna.public().unwrap().to_pem().unwrap();
        lab.file(".caws/keys/anna.pub", &pem);
        lab.commit();
        let first = head(&lab);
        lab.file("README.md", "a second commit");
        lab.commit();
        Self { lab, anna, first }
    }

    fn waiver(&self) -> Waiver {
        Waiver {
            id: "WV-1".to_owned(),
            gate: "static".to_owned(),
            reason: "the check is being replaced".to_owned(),
            owner: Person {
                name: "Olga".to_owned(),
                key: None,
            },
            approver: "Anna".to_owned(),
            created: time("2026-11-14T12:00:00Z"),
            expires: time("2026-11-28T12:00:00Z"),
            compensating_control: "somebody looks at every change".to_owned(),
            scope: Scope {
                spec: self.lab.open().spec.id,
                component: None,
                paths: Vec::new(),
            },
            commits: Commits {
                from: self.first.clone(),
                to: None,
            },
            ticket: None,
        }
    }

    fn keep(&self, waivers: &[Waiver]) {
        let entries: String = waivers.iter().map(entry_text).collect();
        let text = format!("schema_version: 1\nwaivers:\n{entries}");
        self.lab.file(PATHS[0], &text);
    }

    fn sign(&self, waiver: &Waiver) {
        let bytes = canonical_json(waiver).unwrap();
        let bundle = seal_waiver(&waiver.id, &waiver.commits.from, &bytes, &self.anna).unwrap();
        let text = String::from_utf8(bundle).unwrap();
        self.lab.file(&bundle_path(&waiver.id), &text);
    }

    /// A signed waiver in force, changed first.
    fn with(&self, change: impl FnOnce(&mut Waiver)) -> Waiver {
        let mut waiver = self.waiver();
        change(&mut waiver);
        self.keep(std::slice::from_ref(&waiver));
        self.sign(&waiver);
        waiver
    }

    fn run(&self, now: &str) -> Result<crate::RunOutcome, RunError> {
        let options = Options {
            gates: vec!["static".to_owned()],
            now: Some(time(now)),
            ..offline()
        };
        run(&self.lab.open(), &options, &Silent, &Interrupt::new())
    }

    /// Exit code and codes of a run that is refused.
    fn refused(&self, now: &str) -> (ExitCode, Vec<String>) {
        let error = self.run(now).unwrap_err();
        let codes = error.findings().iter().map(|one| one.code.clone());
        (error.exit(), codes.collect())
    }
}

fn head(lab: &Lab) -> String {
    let id = git::git(&lab.root(), &lab.host(), &["rev-parse", "HEAD"]).unwrap();
    String::from_utf8(id).unwrap().trim().to_owned()
}

const NOW: &str = "2026-11-20T12:00:00Z";

fn refusal(code: &str) -> (ExitCode, Vec<String>) {
    (ExitCode::Waiver, vec![code.to_owned()])
}

#[test]
fn m6_a_gate_that_fails_is_waived_and_the_record_shows_why() {
    let case = Case::new();
    let before = case.run(NOW).unwrap();
    assert_eq!(before.exit, ExitCode::GateFailed);
    assert_eq!(before.plan.waivers, None);
    let waiver = case.with(|_| {});
    // The cache knows what was measured, and no waiver.
    let outcome = case.run(NOW).unwrap();
    let found = evidence(&outcome, "static");
    assert_eq!(
        (found.verdict, found.waivers.as_slice()),
        (Verdict::Waived, ["WV-1".to_owned()].as_slice())
    );
    assert_eq!(outcome.exit, ExitCode::Pass);
    assert_eq!(outcome.score.cap, Some(79));
    assert!(outcome.manifest.caws.gates[0].cached);
    let active = &outcome.plan.waivers.as_ref().unwrap().active;
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].waiver, waiver);
    for path in [waiver.bundle_path(), waiver.lineage_path()] {
        let bytes = std::fs::read(outcome.artifacts.join(&path)).unwrap();
        let listed = outcome
            .manifest
            .caws
            .files
            .iter()
            .find(|file| file.path == path);
        assert_eq!(listed.unwrap().sha256, sha256_hex(&bytes), "{path}");
    }
    // Revoked, it waives nothing, blocks nothing, and leaves nothing behind.
    case.keep(std::slice::from_ref(&waiver));
    let text = std::fs::read_to_string(case.lab.root().join(PATHS[0])).unwrap();
    case.lab.file(
        PATHS[0],
        &(text + "    revoked: { at: \"2026-11-19T00:00:00Z\", reason: mended }\n"),
    );
    let outcome = case.run("2026-12-24T00:00:00Z").unwrap();
    assert_eq!(evidence(&outcome, "static").verdict, Verdict::Fail);
    assert!(
        !outcome
            .artifacts
            .join(caws_policy::waiver::DIRECTORY)
            .exists()
    );
}

#[test]
fn m6_one_second_past_its_end_a_waiver_blocks_with_exit_code_5() {
    let case = Case::new();
    let waiver = case.with(|_| {});
    let at = |seconds: i64| {
        let now = waiver
            .expires
            .checked_add(SignedDuration::from_secs(seconds));
        now.unwrap().to_string()
    };
    assert!(case.run(&at(-1)).is_ok());
    assert_eq!(case.refused(&at(0)), refusal(codes::WAIVER_EXPIRED));
    assert_eq!(case.refused(&at(1)), refusal(codes::WAIVER_EXPIRED));
    // Planning says so as well, and so does nobody who leaves waivers aside.
    let past = Options {
        now: Some(time(&at(1))),
        ..offline()
    };
    assert!(crate::plan(&case.lab.open(), &past).is_err());
    let aside = Options {
        no_waivers: true,
        ..past
    };
    assert!(crate::plan(&case.lab.open(), &aside).is_ok());
}

#[test]
fn waivers_that_do_not_hold_keep_the_gates_from_running() {
    let case = Case::new();
    let cases: [(Change, &str); 9] = [
        (
            |w| w.expires = time("2026-11-28T12:00:01Z"),
            codes::WAIVER_TOO_LONG,
        ),
        (
            |w| w.owner.name = "anna".to_owned(),
            codes::WAIVER_SELF_APPROVED,
        ),
        (|w| w.approver = "Bert".to_owned(), codes::WAIVER_SIGNATURE),
        (
            |w| w.gate = "statics".to_owned(),
            codes::WAIVER_GATE_UNKNOWN,
        ),
        (
            |w| w.gate = "mutation".to_owned(),
            codes::WAIVER_NOT_ALLOWED,
        ),
        (|w| w.gate = "spec".to_owned(), codes::WAIVER_NOT_ALLOWED),
        (
            |w| w.scope.spec = "OTHER-1".to_owned(),
            codes::WAIVER_OUT_OF_RANGE,
        ),
        (
            |w| w.commits.from = "f".repeat(40),
            codes::WAIVER_OUT_OF_RANGE,
        ),
        (
            |w| w.created = time("2026-11-20T13:00:00Z"),
            codes::WAIVER_NOT_YET_VALID,
        ),
    ];
    for (change, code) in cases {
        case.with(change);
        assert_eq!(case.refused(NOW), refusal(code), "{code}");
    }
    // Changed after it was signed; signed by nobody.
    let waiver = case.with(|_| {});
    let mut longer = waiver.clone();
    longer.expires = time("2026-11-28T11:00:00Z");
    case.keep(std::slice::from_ref(&longer));
    assert_eq!(case.refused(NOW), refusal(codes::WAIVER_SIGNATURE));
    case.lab.remove(&bundle_path(&waiver.id));
    assert_eq!(case.refused(NOW), refusal(codes::WAIVER_SIGNATURE));
    // Three at once.
    let three: Vec<Waiver> = ["WV-1", "WV-2", "WV-3"]
        .map(|id| Waiver {
            id: id.to_owned(),
            ..waiver.clone()
        })
        .to_vec();
    case.keep(&three);
    for waiver in &three {
        case.sign(waiver);
    }
    assert_eq!(case.refused(NOW), refusal(codes::WAIVER_TOO_MANY));
}

#[test]
fn a_range_is_followed_through_the_repository() {
    let case = Case::new();
    let second = head(&case.lab);
    let held = |from: &str, to: Option<&str>| {
        let commits = Commits {
            from: from.to_owned(),
            to: to.map(str::to_owned),
        };
        let at = head(&case.lab);
        history::lineage(&case.lab.root(), &case.lab.host(), &commits, Some(&at))
    };
    let lengths = |lineage: Lineage| (lineage.since.len(), lineage.until.len());
    assert_eq!(held(&case.first, None).map(lengths), Ok((1, 0)));
    assert_eq!(held(&second, Some(&second)).map(lengths), Ok((0, 0)));
    assert_eq!(held(&case.first, Some(&second)).map(lengths), Ok((1, 0)));
    assert!(held(&case.first, Some(&case.first)).is_err());
    case.lab.file("README.md", "a third commit");
    case.lab.commit();
    assert_eq!(held(&case.first, None).map(lengths), Ok((2, 0)));
    let beyond = held(&case.first, Some(&second)).unwrap_err();
    assert!(beyond.contains("does not descend from"), "{beyond}");
    let unknown = held(&"f".repeat(40), None).unwrap_err();
    assert!(unknown.contains("git does not follow it"), "{unknown}");
}

#[test]
fn a_file_that_cannot_be_read_is_no_refusal() {
    let case = Case::new();
    case.lab
        .file(PATHS[0], "schema_version: 1\nwaivers: [{ id: WV-1 }]\n");
    assert_eq!(case.run(NOW).unwrap_err().exit(), ExitCode::Invalid);
    case.lab.file(PATHS[0], "schema_version: 1\nwaivers: []\n");
    assert_eq!(case.run(NOW).unwrap().plan.waivers, None);
    case.lab.file(PATHS[1], "schema_version: 1\nwaivers: []\n");
    assert_eq!(case.run(NOW).unwrap_err().exit(), ExitCode::Invalid);
    case.lab.remove(PATHS[1]);
    // One of another shape waives nothing, and says so.
    case.lab.file(
        PATHS[0],
        "WV-1: { gate: coverage, owner: a, expiry: '2026-12-01T00:00:00Z', approved_by: b }\n",
    );
    assert_eq!(case.refused(NOW), refusal(codes::WAIVER_SHAPE));
}

#[test]
fn the_key_of_an_approver_must_be_there() {
    let case = Case::new();
    case.lab.remove(".caws/keys/anna.pub");
    let error = Project::open_on(&case.lab.root(), case.lab.host()).unwrap_err();
    let mut findings = error.findings().iter();
    let finding = findings
        .find(|one| one.severity == Severity::Error)
        .unwrap();
    let place = finding.place.as_ref().unwrap();
    assert_eq!((place.path.as_str(), place.line), (".caws.yml", Some(7)));
}
