//! What is wrong with a policy itself, as opposed to what a policy finds wrong.

use std::fmt;

use crate::model::Location;

/// Why a policy cannot be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The file is no Rego of version 1.
    Syntax,
    /// An expression nests so deep that reading it would take too much.
    TooDeep,
    /// There is no policy at all.
    Empty,
    /// A package decides nothing and no other file uses it.
    NoRule,
    /// `deny`, `warn` or `exception` is no set.
    NoSet,
    /// A function that does not exist here.
    UnknownFunction,
    /// A part of the input that its schema does not have: it would be undefined for ever.
    UnknownInput,
    /// Evaluation broke off.
    Evaluation,
    /// A result without a message, or of a shape nobody can read.
    Result,
    /// The data document is no JSON object, or two parts of it contradict each other.
    Data,
}

impl FaultKind {
    /// What to do.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Syntax => {
                "mend the line; policies are Rego of version 1 (`deny contains result if { ... }`)"
            }
            Self::TooDeep => {
                "give its parts names, in rules or variables of their own; a policy nobody can read decides nothing"
            }
            Self::Empty => "write a policy, or correct the patterns that name them",
            Self::NoRule => {
                "add a rule `deny` or `warn`, or import the package from a policy; a file nobody asks decides nothing"
            }
            Self::NoSet => {
                "write `deny contains result if { ... }`: a set is empty where nothing is wrong, and never undefined"
            }
            Self::UnknownFunction => {
                "correct the name; functions that read the clock, the network or chance are left out on purpose"
            }
            Self::UnknownInput => {
                "correct the name; a part that is never there makes its rule undefined, and the rule never fires"
            }
            Self::Evaluation => {
                "mend the expression at that place; a policy that breaks off has not passed"
            }
            Self::Result => {
                "give a string, or an object with `msg` and, where there are, `code`, `place` and `help`"
            }
            Self::Data => "make the data one JSON object",
        }
    }
}

/// A fault, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// Which.
    pub kind: FaultKind,
    /// Where; `None` where it is in no single file.
    pub location: Option<Location>,
    /// One sentence.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            location: None,
            message: message.into(),
        }
    }

    pub(crate) fn at(mut self, path: &str, line: Option<u32>, column: Option<u32>) -> Self {
        self.location = Some(Location {
            path: path.to_owned(),
            line,
            column,
        });
        self
    }

    /// An error of the engine: its place is in its text, `--> path:line:column`, and what it says
    /// follows `error: `.
    pub(crate) fn of_engine(kind: FaultKind, path: &str, text: &str) -> Self {
        let place = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("--> "));
        let message = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("error: "))
            .unwrap_or(text)
            .trim();
        let fault = Self::new(kind, message);
        let Some((file, column)) = place.and_then(|place| place.rsplit_once(':')) else {
            return fault.at(path, None, None);
        };
        let Some((file, line)) = file.rsplit_once(':') else {
            return fault.at(path, None, None);
        };
        fault.at(file, line.parse().ok(), column.parse().ok())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        f.write_str(&self.message)
    }
}
