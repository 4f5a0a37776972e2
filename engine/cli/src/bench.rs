//! `kokoro bench`: what a client of the server sees and hears, trial by trial.
//!
//! Raw data of every trial is kept, failed ones too; the summary can be computed again from it.

mod client;
mod machine;
mod order;
mod playback;
mod presets;
mod report;
mod rss;
mod server;
mod stats;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::args::{BenchArguments, Preset};
use crate::exit::CliError;
use client::{Ask, Client, Heard};
use order::Envelope;
use report::{Config, Report, Trial, Unmeasured};
use server::Target;

/// Requests before the measured ones, so that what is loaded or grown once is not measured.
const WARMUP: usize = 3;

/// Measures and writes the result.
pub(crate) fn run(arguments: &BenchArguments) -> Result<(), CliError> {
    let target = Target::of(arguments.url.as_deref(), &arguments.engine)?;
    let client = Client::new(target.url());
    let status = client.status().map_err(CliError::Unavailable)?;
    let plan = Plan::of(arguments);
    let references = plan.references(&client)?;
    let (mut trials, unmeasured) = plan.measure(&client);
    judge_order(&mut trials, &references);
    let trials: Vec<_> = trials.into_iter().map(|(trial, _)| trial).collect();

    let report = Report::new(plan.config(), &status, unmeasured, &references, trials);
    let mut text =
        serde_json::to_string(&report).map_err(|error| CliError::Internal(error.to_string()))?;
    text.push('\n');
    match &arguments.output {
        Some(path) => crate::speak::write_file(path, text.as_bytes())?,
        None => crate::print(&text)?,
    }
    eprint!("{}", report.for_people());
    if report.has_success() {
        Ok(())
    } else {
        Err(CliError::Internal(
            "every trial failed; the result file says why, trial by trial".to_owned(),
        ))
    }
}

/// What will be asked, how often, by how many.
#[derive(Debug)]
struct Plan {
    preset: Preset,
    texts: &'static [&'static str],
    stream: bool,
    trials: usize,
    concurrent: usize,
    voice: Option<String>,
}

impl Plan {
    fn of(arguments: &BenchArguments) -> Self {
        let (texts, concurrent) = match arguments.preset {
            Preset::Short => (presets::SHORT, 1),
            Preset::Long => (presets::LONG, 1),
            Preset::Load => (presets::LOAD, 10),
        };
        Self {
            preset: arguments.preset,
            texts,
            stream: !arguments.whole,
            trials: arguments.trials,
            concurrent: arguments.concurrent.unwrap_or(concurrent),
            voice: arguments.voice.clone(),
        }
    }

    /// Requests before the measured ones.
    fn before(&self) -> usize {
        WARMUP.max(self.concurrent)
    }

    /// Requests after the measured ones, so that the last of those had as much company as the first.
    fn after(&self) -> usize {
        self.concurrent - 1
    }

    fn config(&self) -> Config {
        Config {
            preset: match self.preset {
                Preset::Short => "short",
                Preset::Long => "long",
                Preset::Load => "load",
            },
            stream: self.stream,
            format: "pcm",
            trials: self.trials,
            concurrent: self.concurrent,
            voice: self.voice.clone(),
            characters: self.texts.iter().map(|text| text.chars().count()).collect(),
        }
    }

    fn ask(&self, text: usize, stream: bool) -> Ask<'_> {
        Ask {
            text: self.texts.get(text).copied().unwrap_or_default(),
            voice: self.voice.as_deref(),
            stream,
        }
    }

    /// Every text once, whole and alone: what streams are compared with.
    fn references(&self, client: &Client) -> Result<Vec<Envelope>, CliError> {
        (0..self.texts.len())
            .map(|text| {
                let heard = client.speak(&self.ask(text, false), Instant::now());
                match heard.error {
                    Some(error) => Err(CliError::Unavailable(format!(
                        "the server does not speak the text it would be measured with: {error}"
                    ))),
                    None => Ok(heard.envelope),
                }
            })
            .collect()
    }

    /// Asks without a pause: first what is not measured, then the trials, then as many again as keep up the load.
    fn measure(&self, client: &Client) -> (Vec<(Trial, Heard)>, Unmeasured) {
        let origin = Instant::now();
        let sampler = rss::Sampler::start(client, origin);
        let all = self.in_parallel(self.before() + self.trials + self.after(), |index| {
            // The first measured request asks for the first text, whatever came before.
            let text =
                (index + self.texts.len() * self.before() - self.before()) % self.texts.len();
            let before = client.resident_bytes();
            let started = origin.elapsed().as_secs_f64();
            let heard = client.speak(&self.ask(text, self.stream), Instant::now());
            let ended = origin.elapsed().as_secs_f64();
            let after = client.resident_bytes();
            let trial = Trial::new(text, started, &heard);
            (trial, heard, before, ended, after)
        });
        let samples = sampler.stop();
        let mut trials: Vec<_> = all
            .into_iter()
            .map(|(mut trial, heard, before, ended, after)| {
                let during = rss::between(&samples, trial.started_s, ended);
                trial.rss_bytes = before.into_iter().chain(during).chain(after).collect();
                (trial, heard)
            })
            .collect();
        let rest = trials.split_off(self.before());
        let failed = |part: &[(Trial, Heard)]| part.iter().filter(|(trial, _)| !trial.ok).count();
        let mut unmeasured = Unmeasured {
            before: self.before(),
            after: self.after(),
            failed: failed(&trials),
        };
        let mut trials = rest;
        unmeasured.failed += failed(&trials.split_off(self.trials));
        (trials, unmeasured)
    }

    /// `count` pieces of work on `concurrent` threads; results in the order the work was started.
    fn in_parallel<T: Send>(&self, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(count));
        std::thread::scope(|scope| {
            for _ in 0..self.concurrent.min(count) {
                scope.spawn(|| {
                    // No thread can have more to do than all of it.
                    for _ in 0..count {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if index >= count {
                            return;
                        }
                        let result = work(index);
                        done.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((index, result));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

/// Compares every trial with the whole audio of its text.
fn judge_order(trials: &mut [(Trial, Heard)], references: &[Envelope]) {
    for (trial, heard) in trials.iter_mut().filter(|(trial, _)| trial.ok) {
        let Some(reference) = references.get(trial.text) else {
            continue;
        };
        match order::compare(&heard.envelope, reference) {
            Ok(out_of_order) => trial.out_of_order = out_of_order,
            Err(difference) => trial.fail(difference),
        }
    }
}

#[cfg(test)]
mod tests;
