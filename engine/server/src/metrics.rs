//! Counters and histograms, and their Prometheus text form. Labels come from closed lists.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Upper bounds of the buckets of time to first audio, in seconds.
const TTFA_BUCKETS: &[f64] = &[0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.5, 3.0, 10.0];
/// Upper bounds of the buckets of the real-time factor.
const RTF_BUCKETS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 2.0];

/// Upper bounds of the buckets of time in the queue, in seconds.
const QUEUE_BUCKETS: &[f64] = &[0.001, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 30.0];

/// What was counted since the server started.
#[derive(Debug)]
pub(crate) struct Metrics {
    counts: Mutex<Counts>,
}

#[derive(Debug)]
struct Counts {
    requests: BTreeMap<(&'static str, u16), u64>,
    errors: BTreeMap<&'static str, u64>,
    ttfa: Histogram,
    rtf: Histogram,
    underruns: u64,
    spoken: u64,
    broken: u64,
    synthesis_seconds: f64,
    audio_seconds: f64,
    characters: u64,
    dropped: u64,
    spelled: u64,
    queue: Histogram,
}

/// Cumulative counts for fixed upper bounds.
#[derive(Debug)]
struct Histogram {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
    count: u64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: vec![0; bounds.len()],
            sum: 0.0,
            count: 0,
        }
    }

    fn observe(&mut self, value: f64) {
        for (count, bound) in self.counts.iter_mut().zip(self.bounds) {
            *count += u64::from(value <= *bound);
        }
        self.sum += value;
        self.count += 1;
    }
}

/// Gauges read at the moment of the exposition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gauges {
    pub(crate) queue_depth: usize,
    pub(crate) active_requests: usize,
    pub(crate) rss_bytes: u64,
    pub(crate) uptime_seconds: f64,
    /// Processor time since the start; none where the system does not say.
    pub(crate) cpu_seconds: Option<f64>,
    pub(crate) fallbacks: u64,
}

/// The figures of `/status`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    /// Mean synthesis time in milliseconds; none before the first synthesis.
    pub(crate) mean_synthesis_ms: Option<f64>,
    /// Requests to speak, of any outcome.
    pub(crate) speech_requests: u64,
    /// Spoken, of spoken and broken; none before the first.
    pub(crate) success_rate: Option<f64>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            counts: Mutex::new(Counts {
                requests: BTreeMap::new(),
                errors: BTreeMap::new(),
                ttfa: Histogram::new(TTFA_BUCKETS),
                rtf: Histogram::new(RTF_BUCKETS),
                underruns: 0,
                spoken: 0,
                broken: 0,
                synthesis_seconds: 0.0,
                audio_seconds: 0.0,
                characters: 0,
                dropped: 0,
                spelled: 0,
                queue: Histogram::new(QUEUE_BUCKETS),
            }),
        }
    }
}

impl Metrics {
    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Counters stay usable when a thread died while it held them.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: &'static str, status: u16, error: Option<&'static str>) {
        let mut counts = self.lock();
        *counts.requests.entry((route, status)).or_default() += 1;
        if let Some(code) = error {
            *counts.errors.entry(code).or_default() += 1;
        }
    }

    /// A request was let in after so long in the queue.
    pub(crate) fn queued(&self, seconds: f64) {
        self.lock().queue.observe(seconds);
    }

    /// A text of so many characters is being spoken, without those that cannot be.
    pub(crate) fn accepted(&self, characters: usize, dropped: usize) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let mut counts = self.lock();
        counts.characters = counts.characters.saturating_add(count(characters));
        counts.dropped = counts.dropped.saturating_add(count(dropped));
    }

    /// So many words of a text were spelled letter by letter.
    pub(crate) fn spelled(&self, words: usize) {
        let mut counts = self.lock();
        let words = u64::try_from(words).unwrap_or(u64::MAX);
        counts.spelled = counts.spelled.saturating_add(words);
    }

    /// The first audio of a request left.
    pub(crate) fn first_audio(&self, seconds: f64) {
        self.lock().ttfa.observe(seconds);
    }

    /// A text was spoken to its end.
    pub(crate) fn spoken(&self, synthesis_seconds: f64, audio_seconds: f64, underruns: u64) {
        let mut counts = self.lock();
        counts.spoken += 1;
        counts.underruns += underruns;
        counts.synthesis_seconds += synthesis_seconds;
        counts.audio_seconds += audio_seconds;
        if audio_seconds > 0.0 {
            counts.rtf.observe(synthesis_seconds / audio_seconds);
        }
    }

    /// A text could not be spoken to its end, and not because its listener left.
    pub(crate) fn broken(&self) {
        self.lock().broken += 1;
    }

    /// The figures of `/status`.
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts beyond 2^53 do not happen"
    )]
    pub(crate) fn summary(&self) -> Summary {
        let counts = self.lock();
        let finished = counts.spoken + counts.broken;
        Summary {
            mean_synthesis_ms: (counts.spoken > 0)
                .then(|| counts.synthesis_seconds * 1000.0 / counts.spoken as f64),
            speech_requests: counts
                .requests
                .iter()
                .filter(|((route, _), _)| crate::app::SPEECH_ROUTES.contains(route))
                .map(|(_, count)| count)
                .sum(),
            success_rate: (finished > 0).then(|| counts.spoken as f64 / finished as f64),
        }
    }

    /// The Prometheus text form, version 0.0.4.
    pub(crate) fn exposition(&self, gauges: Gauges) -> String {
        let counts = self.lock();
        let mut page = Page::default();
        page.head(
            "tts_requests_total",
            "counter",
            "Requests answered, by route and status.",
        );
        for ((route, status), count) in &counts.requests {
            page.line(
                "tts_requests_total",
                &format!("{{route=\"{route}\",status=\"{status}\"}}"),
                count,
            );
        }
        page.head(
            "tts_errors_total",
            "counter",
            "Requests answered with an error, by code.",
        );
        for (code, count) in &counts.errors {
            page.line("tts_errors_total", &format!("{{code=\"{code}\"}}"), count);
        }
        page.histogram(
            "tts_ttfa_seconds",
            "Time from a request to its first audio, in seconds.",
            &counts.ttfa,
        );
        page.histogram(
            "tts_rtf_ratio",
            "Synthesis time over audio time.",
            &counts.rtf,
        );
        page.single(
            "tts_underruns_total",
            "counter",
            "Times a stream was behind real-time playback.",
            counts.underruns,
        );
        page.histogram(
            "tts_queue_seconds",
            "Time a request waited for its synthesis to begin, in seconds.",
            &counts.queue,
        );
        for (name, help, value) in [
            (
                "tts_fallbacks_total",
                "Times another provider had to speak instead.",
                gauges.fallbacks,
            ),
            (
                "tts_characters_total",
                "Characters of the texts that were spoken.",
                counts.characters,
            ),
            (
                "tts_dropped_characters_total",
                "Characters of these that cannot be spoken and were left out.",
                counts.dropped,
            ),
            (
                "tts_spelled_words_total",
                "Words that nobody knew how to say, and that were spelled letter by letter.",
                counts.spelled,
            ),
        ] {
            page.single(name, "counter", help, value);
        }
        page.single(
            "tts_audio_seconds_total",
            "counter",
            "Audio spoken, in seconds.",
            counts.audio_seconds,
        );
        page.single(
            "tts_queue_depth",
            "gauge",
            "Requests that wait for a synthesis to end.",
            gauges.queue_depth,
        );
        page.single(
            "tts_active_requests",
            "gauge",
            "Syntheses running.",
            gauges.active_requests,
        );
        page.single(
            "process_resident_memory_bytes",
            "gauge",
            "Resident memory, in bytes.",
            gauges.rss_bytes,
        );
        if let Some(seconds) = gauges.cpu_seconds {
            page.single(
                "process_cpu_seconds_total",
                "counter",
                "User and system processor time, in seconds.",
                seconds,
            );
        }
        page.single(
            "process_uptime_seconds",
            "gauge",
            "Time since the server started, in seconds.",
            gauges.uptime_seconds,
        );
        page.0
    }
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn single(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, kind, help);
        self.line(name, "", value);
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, "histogram", help);
        for (bound, count) in histogram.bounds.iter().zip(&histogram.counts) {
            self.line(
                &format!("{name}_bucket"),
                &format!("{{le=\"{bound}\"}}"),
                count,
            );
        }
        self.line(&format!("{name}_bucket"), "{le=\"+Inf\"}", histogram.count);
        self.line(&format!("{name}_sum"), "", histogram.sum);
        self.line(&format!("{name}_count"), "", histogram.count);
    }
}

#[cfg(test)]
mod tests;
