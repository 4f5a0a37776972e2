//! What was found, in one form.

use serde_json::Value;

use super::{Finding, Place, Severity, codes};

/// What a change does to the evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Less is asked than before.
    Looser,
    /// Something that decides changed, and only a person can say which way.
    Unjudged,
    /// Tests are gone.
    TestRemoved,
    /// Tests are there and do not run.
    TestIgnored,
    /// Fewer assertions about code that changed.
    AssertionLost,
    /// A check is told to look away from a place.
    Suppressed,
}

impl Weight {
    /// All, in the order they are reported.
    pub(super) const ALL: [Self; 6] = [
        Self::Looser,
        Self::TestRemoved,
        Self::TestIgnored,
        Self::AssertionLost,
        Self::Suppressed,
        Self::Unjudged,
    ];

    /// The observation that counts it.
    pub(super) fn observation(self) -> &'static str {
        match self {
            Self::Looser => "guards_loosened",
            Self::Unjudged => "guards_unjudged",
            Self::TestRemoved => "tests_removed",
            Self::TestIgnored => "tests_ignored",
            Self::AssertionLost => "assertions_lost",
            Self::Suppressed => "suppressions_added",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Looser => codes::GUARD_LOOSENED,
            Self::Unjudged => codes::GUARD_CHANGED,
            Self::TestRemoved | Self::AssertionLost => codes::TEST_LOST,
            Self::TestIgnored => codes::TEST_IGNORED,
            Self::Suppressed => codes::CHECK_SUPPRESSED,
        }
    }
}

/// One thing found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub(super) weight: Weight,
    /// How many it stands for.
    pub(super) count: u64,
    pub(super) message: String,
    pub(super) path: String,
    pub(super) line: Option<u32>,
    pub(super) expected: Option<String>,
    pub(super) found: Option<String>,
    pub(super) help: String,
}

impl Change {
    pub(super) fn new(weight: Weight, path: &str, message: String) -> Self {
        let help = match weight {
            Weight::Looser => {
                "undo it, or give the reason in the change and have a second person sign"
            }
            Weight::Unjudged => "have a person see that it asks no less than before",
            Weight::TestRemoved => {
                "bring the tests back, or say in the change what they tested that is gone"
            }
            Weight::TestIgnored => "mend the test, or remove it and say why",
            Weight::AssertionLost => {
                "assert of the changed code what was asserted before, or say why it no longer holds"
            }
            Weight::Suppressed => {
                "mend what the check says, or give the reason beside the suppression"
            }
        };
        Self {
            weight,
            count: 1,
            message,
            path: path.to_owned(),
            line: None,
            expected: None,
            found: None,
            help: help.to_owned(),
        }
    }

    /// A value that was one thing and is another.
    pub(super) fn of_value(
        weight: Weight,
        path: &str,
        place: &str,
        before: &Value,
        after: &Value,
    ) -> Self {
        let what = match (before, after) {
            (Value::Null, _) => "is new",
            (_, Value::Null) => "is gone",
            _ => "changed",
        };
        Self {
            expected: (!before.is_null()).then(|| short(before)),
            found: (!after.is_null()).then(|| short(after)),
            ..Self::new(weight, path, format!("`{place}` {what}"))
        }
    }

    pub(super) fn finding(&self, severity: Severity) -> Finding {
        Finding {
            code: self.weight.code().to_owned(),
            severity,
            message: self.message.clone(),
            place: Some(Place {
                path: self.path.clone(),
                line: self.line,
                column: None,
            }),
            expected: self.expected.clone(),
            found: self.found.clone(),
            help: Some(self.help.clone()),
        }
    }
}

/// A value on one line.
pub(super) fn short(value: &Value) -> String {
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    super::common::quote(&text)
}

/// Whether more of a number is asked for less, or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looser {
    /// A lower number asks for less: a minimum.
    Lower,
    /// A higher number asks for less: a limit.
    Higher,
}

/// Compares a number both sides may have. Where only one has it: a limit or minimum that is gone asks for nothing, a
/// new one asks for more.
pub(super) fn number(
    path: &str,
    place: &str,
    looser: Looser,
    before: &Value,
    after: &Value,
) -> Option<Change> {
    let change = |weight| Some(Change::of_value(weight, path, place, before, after));
    match (before, after) {
        (Value::Null, _) => None,
        (_, Value::Null) => change(Weight::Looser),
        _ if before == after => None,
        _ => match (before.as_f64(), after.as_f64(), looser) {
            (Some(one), Some(other), Looser::Lower) if other < one => change(Weight::Looser),
            (Some(one), Some(other), Looser::Higher) if other > one => change(Weight::Looser),
            (Some(_), Some(_), _) => None,
            _ => change(Weight::Unjudged),
        },
    }
}

/// A value that changed, where only a person can say which way.
pub(super) fn unjudged(path: &str, place: &str, before: &Value, after: &Value) -> Option<Change> {
    (before != after).then(|| Change::of_value(Weight::Unjudged, path, place, before, after))
}

/// The members of a list that are gone, by what `name` says they are.
pub(super) fn gone<'v>(
    before: &'v Value,
    after: &Value,
    name: impl Fn(&Value) -> String,
) -> Vec<&'v Value> {
    let kept: Vec<String> = items(after).iter().map(&name).collect();
    items(before)
        .iter()
        .filter(|item| !kept.contains(&name(item)))
        .collect()
}

/// The members of a list; none where there is no list.
pub(super) fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A member of an object; null where there is none.
pub(super) fn at<'v>(value: &'v Value, pointer: &str) -> &'v Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}
