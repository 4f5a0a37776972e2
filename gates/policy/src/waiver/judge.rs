//! Whether a waiver holds: a pure function of what it says, who signed it, and when and where it is used.

use caws_evidence::codes;
use jiff::{SignedDuration, Timestamp};

use super::{Waiver, WaiverRules};

/// How far the clocks of who asks and who measures may be apart.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Under what a waiver is used.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// When the run began.
    pub now: Timestamp,
    /// Id of the working spec.
    pub spec: &'a str,
    /// What the project allows.
    pub rules: &'a WaiverRules,
    /// The gates there are; `None` where that is not known.
    pub gates: Option<&'a [&'a str]>,
}

/// Who signed a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signature {
    /// Nobody.
    Missing,
    /// A signature that is none, or of something else: what was found.
    Broken(String),
    /// A key that verifies, by its fingerprint.
    By(String),
}

/// Why a waiver does not hold, or what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Diagnostic code.
    pub code: &'static str,
    /// JSON pointer of the field in the waiver; empty for the whole.
    pub field: &'static str,
    /// One sentence.
    pub message: String,
    /// What was expected.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// What to do.
    pub help: &'static str,
}

/// Everything that keeps a waiver from holding, in the order of its fields; empty where it holds.
///
/// `range` says whether the run's commit lies in the waiver's range, and if not, what was found.
#[must_use]
pub fn faults(
    waiver: &Waiver,
    signature: &Signature,
    range: &Result<(), String>,
    circumstances: &Circumstances<'_>,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(gate(waiver, circumstances));
    faults.extend(approval(waiver, signature, circumstances.rules));
    faults.extend(times(waiver, circumstances));
    faults.extend(place(waiver, range, circumstances));
    faults
}

fn gate(waiver: &Waiver, circumstances: &Circumstances<'_>) -> Option<Fault> {
    let (id, gate) = (&waiver.id, &waiver.gate);
    if !circumstances.rules.may_waive(gate) {
        return Some(Fault {
            code: codes::WAIVER_NOT_ALLOWED,
            field: "/gate",
            message: format!("the waiver {id} is for the gate `{gate}`, which may never be waived"),
            expected: "a gate that may be waived".to_owned(),
            found: format!("`{gate}`"),
            help: "mend what the gate finds; take the waiver away",
        });
    }
    let known = circumstances.gates?;
    (!known.contains(&gate.as_str())).then(|| Fault {
        code: codes::WAIVER_GATE_UNKNOWN,
        field: "/gate",
        message: format!("the waiver {id} is for `{gate}`, which is no gate"),
        expected: format!("one of {}", known.join(", ")),
        found: format!("`{gate}`"),
        help: "name the gate as `caws plan` lists it, and have the waiver signed again",
    })
}

fn approval(waiver: &Waiver, signature: &Signature, rules: &WaiverRules) -> Vec<Fault> {
    let id = &waiver.id;
    let mut faults = Vec::new();
    let own = |message: String, found: String| Fault {
        code: codes::WAIVER_SELF_APPROVED,
        field: "/approver",
        message,
        expected: "somebody else than who asks".to_owned(),
        found,
        help: "have another approver look at it and sign it",
    };
    let (owner, approver) = (&waiver.owner, &waiver.approver);
    if same_person(&owner.name, approver) {
        faults.push(own(
            format!("the waiver {id} is approved by the one who asks for it"),
            format!("owner `{}`, approver `{approver}`", owner.name),
        ));
    }
    let unsigned = |message: String, expected: String, found: String, help| Fault {
        code: codes::WAIVER_SIGNATURE,
        field: "/approver",
        message,
        expected,
        found,
        help,
    };
    let wanted = format!("the signature of `{approver}`");
    let by = match signature {
        Signature::By(key) => key,
        Signature::Missing => {
            faults.push(unsigned(
                format!("nobody signed the waiver {id}"),
                wanted,
                "no signature".to_owned(),
                "have its approver run `caws waiver sign`",
            ));
            return faults;
        }
        Signature::Broken(found) => {
            faults.push(unsigned(
                format!("the signature of the waiver {id} does not hold"),
                wanted,
                found.clone(),
                "have its approver read it as it is now, and sign it again",
            ));
            return faults;
        }
    };
    let named: Vec<&str> = rules
        .approvers
        .iter()
        .filter(|one| same_person(&one.name, approver))
        .map(|one| one.key.as_str())
        .collect();
    if named.is_empty() {
        let all: Vec<&str> = rules
            .approvers
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        faults.push(unsigned(
            format!("the waiver {id} is approved by somebody who may not"),
            if all.is_empty() {
                "an approver of `waivers.approvers`, which names none".to_owned()
            } else {
                format!("one of {}", all.join(", "))
            },
            format!("`{approver}`"),
            "ask somebody of `waivers.approvers` in .caws.yml",
        ));
    } else if !named.contains(&by.as_str()) {
        faults.push(unsigned(
            format!("the waiver {id} is signed by another key than its approver's"),
            format!("key {}", named.join(" or ")),
            format!("key {by}"),
            "have the approver it names sign it",
        ));
    }
    // One key is one hand, whatever names it goes by.
    let mut of_owner = rules
        .approvers
        .iter()
        .filter(|one| same_person(&one.name, &owner.name))
        .map(|one| &one.key)
        .chain(&owner.key);
    if faults.is_empty() && of_owner.any(|key| key == by) {
        faults.push(own(
            format!("the waiver {id} is signed with the key of the one who asks for it"),
            format!("key {by}, of `{}`", owner.name),
        ));
    }
    faults
}

fn times(waiver: &Waiver, circumstances: &Circumstances<'_>) -> Vec<Fault> {
    let (id, now) = (&waiver.id, circumstances.now);
    let (created, expires) = (waiver.created, waiver.expires);
    let mut faults = Vec::new();
    if now >= expires {
        faults.push(Fault {
            code: codes::WAIVER_EXPIRED,
            field: "/expires",
            message: format!("the waiver {id} has expired, and blocks until it is dealt with"),
            expected: format!("a run before {expires}"),
            found: format!("one of {now}"),
            help: "mend what it was for and revoke it with `caws waiver revoke`, or have a new one approved",
        });
    }
    let latest = now.checked_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
    if created > latest {
        faults.push(Fault {
            code: codes::WAIVER_NOT_YET_VALID,
            field: "/created",
            message: format!("the waiver {id} was asked for in the future"),
            expected: format!("a time up to {now}"),
            found: created.to_string(),
            help: "write when it was asked for, and have it signed again",
        });
    }
    let days = circumstances.rules.days();
    let longest = SignedDuration::from_hours(24 * i64::from(days));
    let lasts = expires.duration_since(created);
    if lasts <= SignedDuration::ZERO {
        faults.push(Fault {
            code: codes::WAIVER_TOO_LONG,
            field: "/expires",
            message: format!("the waiver {id} ends before it begins"),
            expected: format!("an end after {created}"),
            found: expires.to_string(),
            help: "write a later end, and have it signed again",
        });
    } else if lasts > longest {
        faults.push(Fault {
            code: codes::WAIVER_TOO_LONG,
            field: "/expires",
            message: format!("the waiver {id} lasts longer than a waiver may"),
            expected: format!(
                "at most {days} days: an end up to {}",
                end(created, longest)
            ),
            found: format!("{expires}, {} days", whole_days(lasts)),
            help: "write an earlier end, and have it signed again",
        });
    }
    faults
}

fn end(created: Timestamp, longest: SignedDuration) -> Timestamp {
    created.checked_add(longest).unwrap_or(Timestamp::MAX)
}

/// Days, a part of one counted as one.
fn whole_days(time: SignedDuration) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    let part = time.as_secs() % DAY != 0 || time.subsec_nanos() != 0;
    time.as_secs() / DAY + i64::from(part)
}

fn place(
    waiver: &Waiver,
    range: &Result<(), String>,
    circumstances: &Circumstances<'_>,
) -> Vec<Fault> {
    let id = &waiver.id;
    let mut faults = Vec::new();
    if waiver.scope.spec != circumstances.spec {
        faults.push(Fault {
            code: codes::WAIVER_OUT_OF_RANGE,
            field: "/scope/spec",
            message: format!("the waiver {id} is for another working spec"),
            expected: format!("`{}`", circumstances.spec),
            found: format!("`{}`", waiver.scope.spec),
            help: "a waiver holds for the spec it names; have one approved for this",
        });
    }
    if let Err(found) = range {
        let to = waiver.commits.to.as_ref();
        faults.push(Fault {
            code: codes::WAIVER_OUT_OF_RANGE,
            field: "/commits",
            message: format!("the waiver {id} does not hold for this commit"),
            expected: format!(
                "a commit from {} {}",
                waiver.commits.from,
                to.map_or_else(|| "on".to_owned(), |to| format!("to {to}"))
            ),
            found: found.clone(),
            help: "a waiver holds for the commits it names; revoke it, or have one approved for these",
        });
    }
    faults
}

/// More waivers than may be active at once.
#[must_use]
pub fn too_many(active: usize, rules: &WaiverRules) -> Option<Fault> {
    (active > rules.most()).then(|| Fault {
        code: codes::WAIVER_TOO_MANY,
        field: "",
        message: "more waivers are active than may be at once".to_owned(),
        expected: format!("at most {}", rules.most()),
        found: active.to_string(),
        help: "mend what one of them is for, and revoke it with `caws waiver revoke`",
    })
}

/// Whether two names are one person's: case, spaces around and a leading `@` make no difference.
#[must_use]
pub fn same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| {
        let words: Vec<String> = name
            .trim()
            .trim_start_matches('@')
            .split_whitespace()
            .map(str::to_lowercase)
            .collect();
        words.join(" ")
    };
    plain(one) == plain(other)
}
