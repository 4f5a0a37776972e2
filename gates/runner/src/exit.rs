//! What the process says to its caller (design section 5).

use caws_evidence::Verdict;

/// Exit codes of `caws`. They are a public contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ExitCode {
    /// Every gate passed or is waived, and the score reaches the threshold.
    Pass = 0,
    /// A gate failed, or the score is below the threshold.
    GateFailed = 1,
    /// Wrong usage, or the spec, the policy or the configuration is invalid.
    Invalid = 2,
    /// A required number does not exist: unmeasured, vacuous or error.
    NotMeasured = 3,
    /// The record does not verify.
    VerificationFailed = 4,
    /// A waiver is expired or refused.
    Waiver = 5,
    /// A defect of caws itself.
    Internal = 70,
}

impl ExitCode {
    /// The number the process exits with.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The code of a run, from its verdicts and whether the score reached the threshold.
    ///
    /// A failure wins over a missing number: someone has work to do in the product either way, and
    /// the report lists both. A score below the threshold with every gate passing is a failure.
    #[must_use]
    pub fn of_run(verdicts: &[Verdict], threshold_reached: bool) -> Self {
        if verdicts.contains(&Verdict::Fail) {
            return Self::GateFailed;
        }
        let missing = |verdict: &Verdict| {
            matches!(
                verdict,
                Verdict::Vacuous | Verdict::Unmeasured | Verdict::Error
            )
        };
        if verdicts.iter().any(missing) {
            return Self::NotMeasured;
        }
        if threshold_reached {
            Self::Pass
        } else {
            Self::GateFailed
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

#[cfg(test)]
mod tests;
