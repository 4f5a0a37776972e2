//! Findings, put together.

use caws_evidence::{Finding, Place, Severity};

/// A finding that blocks.
pub(crate) fn error(code: &str, place: Place, message: String) -> Finding {
    Finding {
        code: code.to_owned(),
        severity: Severity::Error,
        message,
        place: Some(place),
        expected: None,
        found: None,
        help: None,
    }
}

/// A finding that does not block.
pub(crate) fn warning(code: &str, place: Place, message: String) -> Finding {
    Finding {
        severity: Severity::Warning,
        ..error(code, place, message)
    }
}

/// What a finding may say beyond its message.
pub(crate) trait Details {
    fn expected(self, text: impl Into<String>) -> Self;
    fn found(self, text: impl Into<String>) -> Self;
    fn help(self, text: impl Into<String>) -> Self;
}

impl Details for Finding {
    fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = Some(text.into());
        self
    }

    fn found(mut self, text: impl Into<String>) -> Self {
        self.found = Some(text.into());
        self
    }

    fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}
