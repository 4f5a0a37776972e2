//! What a run tells whoever watches it. The runner itself prints nothing.

use caws_evidence::Verdict;

/// Told what happens, from several threads at once.
pub trait Observer: Sync {
    /// A gate waits for its turn.
    fn gate_queued(&self, gate: &str) {
        let _ = gate;
    }

    /// A gate begins to run.
    fn gate_started(&self, gate: &str) {
        let _ = gate;
    }

    /// How far a gate is. `total` 0 means that nobody knows; `text` is one line for people.
    fn gate_progress(&self, gate: &str, done: u64, total: u64, text: &str) {
        let _ = (gate, done, total, text);
    }

    /// A gate has its verdict; `measured` is the time of an earlier run where the cache answered.
    fn gate_finished(&self, gate: &str, verdict: Verdict, seconds: f64, measured: Option<&str>) {
        let _ = (gate, verdict, seconds, measured);
    }

    /// A tool is being installed.
    fn setup_started(&self, tool: &str, how: &str) {
        let _ = (tool, how);
    }

    /// One line of what the installing client says.
    fn setup_progress(&self, tool: &str, line: &str) {
        let _ = (tool, line);
    }

    /// A tool is there, or why it is not.
    fn setup_finished(&self, tool: &str, result: Result<&str, &str>) {
        let _ = (tool, result);
    }
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}
