//! Takes secrets out of what is recorded.

use crate::host::Host;

/// What stands where a secret stood.
pub const MASK: &str = "***";

/// The values that must never be recorded, and how often one was met.
pub struct Mask {
    secrets: Vec<String>,
    count: u64,
}

impl Mask {
    /// For the secrets of this machine.
    #[must_use]
    pub fn of(host: &Host) -> Self {
        let mut secrets = host.secrets();
        // A secret inside a longer one must not break the longer one apart.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets, count: 0 }
    }

    /// A text without them.
    pub fn text(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            let found = text.matches(secret.as_str()).count();
            if found > 0 {
                self.count += u64::try_from(found).unwrap_or(u64::MAX);
                text = text.replace(secret.as_str(), MASK);
            }
        }
        text
    }

    /// How many were masked until now.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests;
