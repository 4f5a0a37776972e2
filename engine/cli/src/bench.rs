//! `kokoro bench`: what a client of the server sees and hears, trial by trial.
//!
//! Raw data of every trial is kept, failed ones too; the summary can be computed again from it.

mod client;
mod content;
mod leavers;
pub(crate) mod machine;
mod order;
mod playback;
mod presets;
mod report;
mod rss;
mod server;
mod stats;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::args::{BenchArguments, Preset};
use crate::exit::CliError;
use client::{Ask, Client};
use content::Reference;
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
    let (trials, unmeasured) = plan.measure(&client, &references);
    let left = plan.leave(&client)?;

    let config = plan.config(&references);
    let report = Report::new(config, &status, unmeasured, &references, left, trials);
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
    amount: Amount,
    concurrent: usize,
    /// Clients that go afterwards.
    leavers: Option<usize>,
    voice: Option<String>,
}

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Amount {
    Trials(usize),
    Time(Duration),
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
            amount: arguments
                .time()
                .map_or(Amount::Trials(arguments.trials), Amount::Time),
            leavers: arguments.disconnect,
            concurrent: arguments.concurrent.unwrap_or(concurrent),
            voice: arguments.voice.clone(),
        }
    }

    /// Requests before the measured ones.
    fn before(&self) -> usize {
        WARMUP.max(self.concurrent)
    }

    /// Requests after the measured ones, so that the last of those had as much company as the first. None where the time is up: those under
    /// way are heard out, and that is all.
    fn after(&self) -> usize {
        match self.amount {
            Amount::Trials(_) => self.concurrent - 1,
            Amount::Time(_) => 0,
        }
    }

    fn config(&self, references: &[Reference]) -> Config {
        let (trials, duration_s) = match self.amount {
            Amount::Trials(trials) => (Some(trials), None),
            Amount::Time(time) => (None, Some(time.as_secs())),
        };
        Config {
            preset: match self.preset {
                Preset::Short => "short",
                Preset::Long => "long",
                Preset::Load => "load",
            },
            stream: self.stream,
            format: "pcm",
            trials,
            duration_s,
            concurrent: self.concurrent,
            compared: content::compared(references, self.stream),
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

    /// Every text alone: what answers are compared with.
    fn references(&self, client: &Client) -> Result<Vec<Reference>, CliError> {
        (0..self.texts.len())
            .map(|text| {
                Reference::of(client, &self.ask(text, self.stream)).map_err(|error| {
                    CliError::Unavailable(format!(
                        "the server does not speak the text it would be measured with: {error}"
                    ))
                })
            })
            .collect()
    }

    /// Asks without a pause: first what is not measured, then the trials, then as many again as keep up the load.
    fn measure(&self, client: &Client, references: &[Reference]) -> (Vec<Trial>, Unmeasured) {
        let origin = Instant::now();
        let sampler = rss::Sampler::start(client, origin);
        let is_wanted = |index| match self.amount {
            Amount::Trials(trials) => index < self.before() + trials + self.after(),
            Amount::Time(time) => index < self.before() || origin.elapsed() < time,
        };
        let all = self.in_parallel(is_wanted, |index| {
            // The first measured request asks for the first text, whatever came before.
            let text =
                (index + self.texts.len() * self.before() - self.before()) % self.texts.len();
            let before = client.resident_bytes();
            let started = origin.elapsed().as_secs_f64();
            let heard = client.speak(&self.ask(text, self.stream), Instant::now());
            let ended = origin.elapsed().as_secs_f64();
            let after = client.resident_bytes();
            let mut trial = Trial::new(text, started, &heard);
            if let Some(reference) = references.get(text) {
                content::judge(&mut trial, &heard, reference, self.stream);
            }
            if let (Amount::Time(time), Some(pause)) = (self.amount, heard.refused) {
                // What a client should do, as long as there is time.
                std::thread::sleep(pause.min(time.saturating_sub(origin.elapsed())));
            }
            (trial, before, ended, after)
        });
        let samples = sampler.stop();
        let mut trials: Vec<_> = all
            .into_iter()
            .map(|(mut trial, before, ended, after)| {
                let during = rss::between(&samples, trial.started_s, ended);
                trial.rss_bytes = before.into_iter().chain(during).chain(after).collect();
                trial
            })
            .collect();
        let mut measured = trials.split_off(self.before().min(trials.len()));
        let rest = measured.split_off(measured.len().saturating_sub(self.after()));
        let failed = |part: &[Trial]| part.iter().filter(|trial| !trial.ok).count();
        let unmeasured = Unmeasured {
            before: self.before(),
            after: self.after(),
            failed: failed(&trials) + failed(&rest),
        };
        (measured, unmeasured)
    }

    /// Lets clients go in the middle of their audio, where that was asked for.
    fn leave(&self, client: &Client) -> Result<Option<leavers::Left>, CliError> {
        let Some(clients) = self.leavers else {
            return Ok(None);
        };
        let text = presets::endless();
        let ask = Ask {
            text: &text,
            ..self.ask(0, true)
        };
        leavers::measure(client, &ask, clients)
            .map(Some)
            .map_err(CliError::Unavailable)
    }

    /// As many pieces of work as are wanted, on `concurrent` threads; results in the order the work was started.
    fn in_parallel<T: Send>(
        &self,
        is_wanted: impl Fn(usize) -> bool + Sync,
        work: impl Fn(usize) -> T + Sync,
    ) -> Vec<T> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..self.concurrent {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if !is_wanted(index) {
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

#[cfg(test)]
mod tests;
