//! Policy files, their rules, and what they say.

use std::fmt;

use serde::Serialize;

/// A policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// A file of this path and text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// Whether it holds tests.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.ends_with(crate::TEST_SUFFIX)
    }
}

/// A place in a file; line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    /// Path, with `/`.
    pub path: String,
    /// Line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for number in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

/// What a rule is for, by its name, as Conftest has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `deny`, `deny_NAME`, `violation`, `violation_NAME`: blocks.
    Deny,
    /// `warn`, `warn_NAME`: told.
    Warn,
    /// `exception`: takes results back, with a reason.
    Exception,
    /// `test_NAME`: a test.
    Test,
}

impl Kind {
    /// The kind of a rule of this name; `None` for a helper.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let is = |stem: &str| {
            name.strip_prefix(stem)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        if is("deny") || is("violation") {
            Some(Self::Deny)
        } else if is("warn") {
            Some(Self::Warn)
        } else if name == "exception" {
            Some(Self::Exception)
        } else if name.starts_with("test_") {
            Some(Self::Test)
        } else {
            None
        }
    }
}

/// A rule of a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Its package, without `data.`.
    pub package: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Where it is defined first.
    pub location: Location,
}

impl Rule {
    /// How a query names it.
    pub(crate) fn query(&self) -> String {
        format!("data.{}.{}", self.package, self.name)
    }
}

/// How serious a result is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Blocks.
    Deny,
    /// Told.
    Warn,
}

/// One result of a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Outcome {
    /// How serious.
    pub level: Level,
    /// Package of the rule.
    pub package: String,
    /// The rule.
    pub rule: String,
    /// The policy's own name for what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One sentence.
    pub message: String,
    /// Where in the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Location>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Why it does not count, where an exception takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excepted: Option<String>,
}

/// An exception that takes nothing back.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unused {
    /// Its package.
    pub package: String,
    /// What it is for.
    pub exception: String,
}

/// What policies say about an input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// In the order of package, rule and content.
    pub outcomes: Vec<Outcome>,
    /// Exceptions that take nothing back.
    pub unused: Vec<Unused>,
    /// How many rules of `deny` and `warn` were evaluated.
    pub rules: u64,
}

impl Report {
    /// Results of a level that no exception takes back.
    pub fn standing(&self, level: Level) -> impl Iterator<Item = &Outcome> {
        self.outcomes
            .iter()
            .filter(move |one| one.level == level && one.excepted.is_none())
    }
}
