//! Colour as an addition: every word stands without it.

use anstyle::{AnsiColor, Style};
use caws_evidence::{Severity, Verdict};

/// How a terminal report is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    colour: bool,
}

impl Palette {
    /// No escape sequences at all.
    #[must_use]
    pub const fn plain() -> Self {
        Self { colour: false }
    }

    /// ANSI colours of the terminal's own theme.
    #[must_use]
    pub const fn coloured() -> Self {
        Self { colour: true }
    }

    /// A heading.
    #[must_use]
    pub fn heading(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// Something of lesser weight.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Text in the colour of a verdict.
    #[must_use]
    pub fn verdict(self, verdict: Verdict, text: &str) -> String {
        let colour = match verdict {
            Verdict::Pass => AnsiColor::Green,
            Verdict::Fail | Verdict::Error => AnsiColor::Red,
            Verdict::Waived | Verdict::Vacuous | Verdict::Unmeasured => AnsiColor::Yellow,
        };
        self.paint(Style::new().bold().fg_color(Some(colour.into())), text)
    }

    /// Text in the colour of a severity.
    #[must_use]
    pub fn severity(self, severity: Severity, text: &str) -> String {
        let colour = match severity {
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Note => AnsiColor::Cyan,
        };
        self.paint(Style::new().bold().fg_color(Some(colour.into())), text)
    }

    fn paint(self, style: Style, text: &str) -> String {
        if self.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}
