//! From a checked request to audio.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use kokoro_text::{Segment, segments};

use super::check::Job;
use super::{AudioChunk, Cancel, EngineInfo, Rendered, Voice};
use crate::dsp::join::{pause, trimmed};
use crate::error::SpeechError;
use crate::provider::{Control, Provider, Request};

/// Samples of one streamed chunk: 100 ms.
pub(super) const CHUNK: usize = 2400;
/// Chunks that wait for a listener before the work pauses: 6 s.
const QUEUE: usize = 60;
/// How often a full queue is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// Who spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spoken {
    pub(super) provider: &'static str,
    pub(super) voice: String,
}

/// The providers and what is known about them.
#[derive(Debug)]
pub(super) struct Speaker {
    first: Arc<dyn Provider>,
    second: Option<Arc<dyn Provider>>,
    fallbacks: AtomicU64,
    /// Whether the second spoke last.
    standing_in: AtomicBool,
}

impl Speaker {
    pub(super) fn new(first: Arc<dyn Provider>, second: Option<Arc<dyn Provider>>) -> Self {
        Self {
            first,
            second,
            fallbacks: AtomicU64::new(0),
            standing_in: AtomicBool::new(false),
        }
    }

    pub(super) fn voices(&self) -> &[Voice] {
        self.first.voices()
    }

    pub(super) fn info(&self) -> EngineInfo {
        let standing_in = self.standing_in.load(Ordering::Acquire);
        let provider = self
            .second
            .as_ref()
            .filter(|_| standing_in)
            .unwrap_or(&self.first);
        EngineInfo {
            provider: provider.name().to_owned(),
            backend: provider.backend(),
            execution_provider: "cpu".to_owned(),
            model_sha256: provider.model_sha256(),
            fallback_count: self.fallbacks.load(Ordering::Acquire),
        }
    }

    pub(super) fn render(&self, job: &Job, control: &Control) -> Result<Rendered, SpeechError> {
        let mut voicing = Voicing::new(self, job);
        let mut samples = Vec::new();
        for segment in voicing.segments() {
            samples.extend(voicing.speak(&segment, control)?);
        }
        let spoken = voicing.spoken();
        Ok(Rendered {
            samples,
            voice: spoken.voice,
            provider: spoken.provider.to_owned(),
            dropped_characters: job.dropped,
        })
    }
}

/// One request on its way through a provider.
struct Voicing<'a> {
    job: &'a Job,
    provider: &'a dyn Provider,
    voice: Voice,
    /// Silence owed before the next segment.
    owed: usize,
    started: bool,
}

impl<'a> Voicing<'a> {
    fn new(speaker: &'a Speaker, job: &'a Job) -> Self {
        Self {
            job,
            provider: speaker.first.as_ref(),
            voice: job.voice.clone(),
            owed: 0,
            started: false,
        }
    }

    fn segments(&self) -> Vec<Segment> {
        segments(&self.job.text, &self.provider.limits())
    }

    fn spoken(&self) -> Spoken {
        Spoken {
            provider: self.provider.name(),
            voice: self.voice.id.clone(),
        }
    }

    /// A segment's audio with the pause before it. Empty where a segment has no sound, such as a lone dash.
    fn speak(&mut self, segment: &Segment, control: &Control) -> Result<Vec<f32>, SpeechError> {
        control.check()?;
        let raw = self.attempt(segment, control)?;
        let sound = trimmed(&raw);
        let mut samples = Vec::new();
        if !sound.is_empty() {
            samples.resize(self.owed, 0.0);
            samples.extend(sound);
            self.owed = 0;
            self.started = true;
        }
        if self.started {
            self.owed = self.owed.max(pause(segment.ends, self.job.speed));
        }
        Ok(samples)
    }

    fn attempt(&mut self, segment: &Segment, control: &Control) -> Result<Vec<f32>, SpeechError> {
        let request = Request {
            text: &segment.text,
            voice: &self.voice,
            language: &self.job.language,
            speed: self.job.speed,
        };
        self.provider.synthesise(&request, control)
    }
}

/// Streamed audio: an iterator of chunks that blocks until the next exists. Dropping it cancels the work.
#[derive(Debug)]
pub struct SpeechStream {
    planned: Spoken,
    spoken: Arc<OnceLock<Spoken>>,
    dropped_characters: usize,
    chunks: Receiver<Result<AudioChunk, SpeechError>>,
    cancel: Cancel,
}

impl SpeechStream {
    /// Voice that really speaks. Until the first chunk has come it is the one that was asked for.
    #[must_use]
    pub fn voice(&self) -> &str {
        &self.spoken.get().unwrap_or(&self.planned).voice
    }

    /// Provider that really speaks, `kokoro` or `espeak`. Until the first chunk has come it is the first choice.
    #[must_use]
    pub fn provider(&self) -> &str {
        self.spoken.get().unwrap_or(&self.planned).provider
    }

    /// Characters of the text that cannot be spoken and are left out.
    #[must_use]
    pub fn dropped_characters(&self) -> usize {
        self.dropped_characters
    }
}

impl Iterator for SpeechStream {
    type Item = Result<AudioChunk, SpeechError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.chunks.recv().ok()
    }
}

impl Drop for SpeechStream {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// Starts the work on a thread of its own.
pub(super) fn stream(
    speaker: Arc<Speaker>,
    job: Job,
    cancel: &Cancel,
    deadline: Duration,
) -> Result<SpeechStream, SpeechError> {
    let (sender, chunks) = sync_channel(QUEUE);
    let spoken = Arc::new(OnceLock::new());
    let planned = Spoken {
        provider: speaker.first.name(),
        voice: job.voice.id.clone(),
    };
    let dropped_characters = job.dropped;
    let control = Control::new(cancel.clone(), deadline);
    let teller = Arc::clone(&spoken);
    thread::Builder::new()
        .name("kokoro-speech".to_owned())
        .spawn(move || {
            let mut delivery = Delivery {
                sender,
                control,
                waiting: Vec::new(),
                index: 0,
                deadline,
            };
            if let Err(error) = deliver(&speaker, &job, &teller, &mut delivery) {
                delivery.fail(error);
            }
        })
        .map_err(|error| {
            SpeechError::Synthesis(format!("no thread to speak on: {}", error.kind()))
        })?;
    Ok(SpeechStream {
        planned,
        spoken,
        dropped_characters,
        chunks,
        cancel: cancel.clone(),
    })
}

fn deliver(
    speaker: &Speaker,
    job: &Job,
    teller: &OnceLock<Spoken>,
    delivery: &mut Delivery,
) -> Result<(), SpeechError> {
    let mut voicing = Voicing::new(speaker, job);
    for segment in voicing.segments() {
        let samples = voicing.speak(&segment, &delivery.control)?;
        if !samples.is_empty() {
            // Said once: later segments never change provider.
            let _ = teller.set(voicing.spoken());
        }
        delivery.push(&samples)?;
    }
    delivery.finish()
}

/// Cuts audio into chunks and hands them to the listener, waiting while the queue is full.
struct Delivery {
    sender: SyncSender<Result<AudioChunk, SpeechError>>,
    control: Control,
    waiting: Vec<f32>,
    index: u64,
    deadline: Duration,
}

impl Delivery {
    fn push(&mut self, samples: &[f32]) -> Result<(), SpeechError> {
        self.waiting.extend_from_slice(samples);
        let whole = self.waiting.len() - self.waiting.len() % CHUNK;
        let rest = self.waiting.split_off(whole);
        let ready = std::mem::replace(&mut self.waiting, rest);
        ready
            .chunks(CHUNK)
            .try_for_each(|chunk| self.send(chunk.to_vec()))
    }

    fn finish(&mut self) -> Result<(), SpeechError> {
        let last = std::mem::take(&mut self.waiting);
        if last.is_empty() {
            Ok(())
        } else {
            self.send(last)
        }
    }

    /// A listener may be as slow as real time and hold a stream open for long: time spent waiting for it is not
    /// counted as the request's. One that takes nothing for a whole deadline is given up.
    fn send(&mut self, samples: Vec<f32>) -> Result<(), SpeechError> {
        let mut item = Ok(AudioChunk {
            index: self.index,
            samples,
        });
        let since = Instant::now();
        loop {
            match self.sender.try_send(item) {
                Ok(()) => {
                    self.index += 1;
                    self.control.extend(since.elapsed());
                    return Ok(());
                }
                Err(TrySendError::Disconnected(_)) => return Err(SpeechError::Cancelled),
                Err(TrySendError::Full(back)) => item = back,
            }
            if since.elapsed() >= self.deadline {
                return Err(SpeechError::Deadline {
                    seconds: self.deadline.as_secs(),
                });
            }
            if self.control.cancelled() {
                return Err(SpeechError::Cancelled);
            }
            thread::sleep(RETRY);
        }
    }

    /// The stream's last word. Nobody hears it when the listener is gone or the queue stays full.
    fn fail(&self, error: SpeechError) {
        let _ = self.sender.try_send(Err(error));
    }
}
