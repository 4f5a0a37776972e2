//! What a portfolio holds, counted.

use std::collections::BTreeMap;

use super::entry::Entry;

/// Counts of a portfolio.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// All components.
    pub all: Totals,
    /// By tier; `None` holds those whose tier is none.
    pub tiers: BTreeMap<Option<u8>, Totals>,
}

/// Counts of some components.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Components.
    pub components: usize,
    /// Acceptance scenarios.
    pub scenarios: usize,
    /// Threats.
    pub threats: usize,
    /// Threats with a mitigation of their own.
    pub mitigated: usize,
    /// Sections that are complete.
    pub sections: usize,
    /// Components whose spec says how much work is left.
    pub estimated: usize,
    /// Work left in those, in quarters of a day.
    pub effort: u64,
}

impl Totals {
    /// Work left, in days.
    #[must_use]
    pub fn days(&self) -> f64 {
        self.effort as f64 / f64::from(super::Effort::PER_DAY)
    }

    fn add(&mut self, entry: &Entry) {
        self.components += 1;
        self.scenarios += entry.scenarios;
        self.threats += entry.threats;
        self.mitigated += entry.mitigated;
        self.sections += entry
            .sections
            .iter()
            .filter(|state| state.is_complete())
            .count();
        if let Some(effort) = entry.effort {
            self.estimated += 1;
            self.effort += u64::from(effort.0);
        }
    }
}

pub(super) fn of(entries: &[Entry]) -> Statistics {
    let mut statistics = Statistics::default();
    for entry in entries {
        statistics.all.add(entry);
        statistics.tiers.entry(entry.tier).or_default().add(entry);
    }
    statistics
}
