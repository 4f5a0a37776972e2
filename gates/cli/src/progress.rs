//! What is going on, on stderr: bars on a terminal, else a line per event.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use caws_evidence::Verdict;
use caws_report::number::duration;
use caws_report::text::{line, shorten};
use caws_report::view::Outcome;
use caws_runner::{ExitCode, Interrupt, Observer, Silent};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::error::CliError;
use crate::output::note;

/// Longest line of progress, in characters.
const LONGEST: usize = 100;
/// Time between two pictures of a bar.
const TICK: Duration = Duration::from_millis(120);

/// The observer that fits stderr.
pub(crate) fn observer(quiet: bool) -> Box<dyn Observer> {
    if quiet {
        Box::new(Silent)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bars::default())
    } else {
        Box::new(Lines)
    }
}

/// The first Ctrl-C asks everything to stop and keep what it has; the second ends the process.
pub(crate) fn on_ctrl_c() -> Result<Interrupt, CliError> {
    let interrupt = Interrupt::new();
    let raised = interrupt.clone();
    ctrlc::set_handler(move || {
        if raised.is_raised() {
            std::process::exit(i32::from(ExitCode::NotMeasured.code()));
        }
        raised.raise();
        note("stopping; what was measured is kept. Ctrl-C again ends at once");
    })
    .map_err(|error| CliError::Internal(format!("cannot watch for Ctrl-C: {error}")))?;
    Ok(interrupt)
}

/// One plain line per event, for logs.
struct Lines;

impl Observer for Lines {
    fn gate_started(&self, gate: &str) {
        note(&format!("{}: started", line(gate)));
    }

    fn gate_finished(&self, gate: &str, verdict: Verdict, seconds: f64, measured: Option<&str>) {
        note(&finished(gate, verdict, seconds, measured));
    }

    fn setup_started(&self, tool: &str, how: &str) {
        note(&format!("{}: installing, {}", line(tool), line(how)));
    }

    fn setup_finished(&self, tool: &str, result: Result<&str, &str>) {
        note(&installed(tool, result));
    }
}

fn finished(gate: &str, verdict: Verdict, seconds: f64, measured: Option<&str>) -> String {
    let outcome = Outcome::Judged(verdict);
    let how = match measured {
        Some(measured) => format!("cached, measured at {}", line(measured)),
        None => format!("took {}", duration(seconds)),
    };
    format!(
        "{}: {} {}, {how}",
        line(gate),
        outcome.symbol(),
        outcome.word()
    )
}

fn installed(tool: &str, result: Result<&str, &str>) -> String {
    match result {
        Ok(version) => format!("{}: installed, version {}", line(tool), line(version)),
        Err(why) => format!("{}: not installed, {}", line(tool), line(why)),
    }
}

/// A bar per gate and tool, for people who watch.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    bars: Mutex<BTreeMap<String, ProgressBar>>,
    overall: OnceLock<ProgressBar>,
}

impl Bars {
    fn bars(&self) -> MutexGuard<'_, BTreeMap<String, ProgressBar>> {
        // A bar map is whole at every moment; a panic elsewhere takes nothing from it.
        self.bars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bar of all gates, which comes last.
    fn overall(&self) -> &ProgressBar {
        self.overall.get_or_init(|| {
            let bar = self.all.add(ProgressBar::new(0));
            bar.set_style(style("{pos} of {len} gates done  {elapsed}"));
            bar.enable_steady_tick(TICK);
            bar
        })
    }

    fn start(&self, name: &str, text: &str) {
        let bar = self.all.insert_from_back(1, ProgressBar::new_spinner());
        bar.set_style(style("{spinner} {prefix}  {elapsed}  {msg}"));
        bar.set_prefix(line(name));
        bar.set_message(shorten(&line(text), LONGEST));
        bar.enable_steady_tick(TICK);
        if let Some(old) = self.bars().insert(name.to_owned(), bar) {
            old.finish_and_clear();
        }
    }

    fn update(&self, name: &str, done: u64, total: u64, text: &str) {
        let bars = self.bars();
        let Some(bar) = bars.get(name) else { return };
        if total > 0 {
            if bar.length() != Some(total) {
                bar.set_style(style(
                    "{spinner} {prefix}  {elapsed}  {bar:20} {pos}/{len}, {eta} left  {msg}",
                ));
                bar.set_length(total);
            }
            bar.set_position(done);
        }
        bar.set_message(shorten(&line(text), LONGEST));
    }

    fn finish(&self, name: &str, text: &str) {
        if let Some(bar) = self.bars().remove(name) {
            bar.finish_and_clear();
        }
        // Above the bars, and it stays.
        if self.all.println(text).is_err() {
            note(text);
        }
    }
}

/// The templates are ours and valid; a plain bar is no reason to stop a run.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Observer for Bars {
    fn gate_queued(&self, gate: &str) {
        self.overall().inc_length(1);
        self.start(gate, "waits for its turn");
    }

    fn gate_started(&self, gate: &str) {
        self.start(gate, "");
    }

    fn gate_progress(&self, gate: &str, done: u64, total: u64, text: &str) {
        self.update(gate, done, total, text);
    }

    fn gate_finished(&self, gate: &str, verdict: Verdict, seconds: f64, measured: Option<&str>) {
        self.finish(gate, &finished(gate, verdict, seconds, measured));
        self.overall().inc(1);
    }

    fn setup_started(&self, tool: &str, how: &str) {
        self.start(tool, how);
    }

    fn setup_progress(&self, tool: &str, line: &str) {
        self.update(tool, 0, 0, line);
    }

    fn setup_finished(&self, tool: &str, result: Result<&str, &str>) {
        self.finish(tool, &installed(tool, result));
    }
}

#[cfg(test)]
mod tests;
