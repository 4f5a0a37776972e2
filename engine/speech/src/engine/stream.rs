//! Audio that leaves while the rest is still being made.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::check::Job;
use super::seat::{characters, seconds};
use super::speaker::{Failure, Speaker, Spoken, Turn};
use super::voicing::sample_at;
use super::{AudioChunk, Cancel, SpokenWord};
use crate::error::SpeechError;
use crate::provider::Control;

/// Samples of one streamed chunk, 100 ms; where a segment ends there may be fewer.
const CHUNK: usize = 2400;
/// Chunks that wait for a listener before the work pauses: 6 s.
const QUEUE: usize = 60;
/// Segments that wait to be levelled and delivered: while one is, the next is made.
const AHEAD: usize = 1;
/// How often a full queue is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// Streamed audio: an iterator of chunks that blocks until the next exists. Dropping it cancels the work.
#[derive(Debug)]
pub struct SpeechStream {
    planned: Spoken,
    spoken: Arc<OnceLock<Spoken>>,
    dropped_characters: usize,
    counts: Arc<Counts>,
    ignored_markup: usize,
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

    /// Words so far that nobody knew how to say, and that were spelled letter by letter. All of them once the last chunk
    /// has come.
    #[must_use]
    pub fn spelled_words(&self) -> usize {
        self.counts.spelled.load(Ordering::Acquire)
    }

    /// Segments delivered so far. All of them once the last chunk has come.
    #[must_use]
    pub fn segments(&self) -> usize {
        self.counts.segments.load(Ordering::Acquire)
    }

    /// Tags and attributes of markup that were not understood and have no effect.
    #[must_use]
    pub fn ignored_markup(&self) -> usize {
        self.ignored_markup
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
pub(super) fn start(
    speaker: Arc<Speaker>,
    job: Job,
    cancel: &Cancel,
    deadline: Duration,
) -> Result<SpeechStream, SpeechError> {
    let (sender, chunks) = sync_channel(QUEUE);
    let spoken = Arc::new(OnceLock::new());
    let planned = Spoken {
        provider: speaker.first_name(),
        voice: job.voice.id.clone(),
    };
    let (dropped_characters, ignored_markup) = (job.script.dropped, job.script.ignored);
    let control = Control::new(cancel.clone(), deadline);
    let teller = Arc::clone(&spoken);
    let counts = Arc::new(Counts::default());
    let counted = Arc::clone(&counts);
    thread::Builder::new()
        .name("kokoro-speech".to_owned())
        .spawn(move || {
            let mut delivery = Delivery {
                sender,
                control,
                words: VecDeque::new(),
                counts: counted,
                index: 0,
                sent: 0,
                deadline,
            };
            if let Err(error) = deliver(&speaker, &job, &teller, &mut delivery) {
                delivery.fail(error);
            }
        })
        .map_err(|error| no_thread(&error))?;
    Ok(SpeechStream {
        planned,
        spoken,
        dropped_characters,
        counts,
        ignored_markup,
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
    speaker.perform(job, |turn| {
        deliver_turn(turn, teller, delivery).map_err(|error| Failure {
            error,
            // A listener who has heard one voice is not to hear the rest from another.
            heard: delivery.index > 0,
        })
    })
}

/// Makes segments on one thread and levels and delivers them on this one, so that neither waits for the other.
fn deliver_turn(
    turn: &Turn<'_>,
    teller: &OnceLock<Spoken>,
    delivery: &mut Delivery,
) -> Result<(), SpeechError> {
    delivery.forget();
    let mut leveller = turn.leveller(&delivery.control)?;
    let control = delivery.control.clone();
    thread::scope(|scope| {
        let (made, pieces) = sync_channel(AHEAD);
        thread::Builder::new()
            .name("kokoro-voice".to_owned())
            .spawn_scoped(scope, move || make(turn, &control, &made))
            .map_err(|error| no_thread(&error))?;
        // Dropped with the first error, which ends the other thread after the call it is in.
        for piece in pieces {
            let piece = piece?;
            let mut samples = leveller.push(&piece.samples);
            if piece.is_last {
                samples.extend(leveller.finish());
            }
            delivery.counts.add(&piece);
            delivery.words.extend(piece.words);
            if !samples.is_empty() || piece.is_last {
                // Said once: from here on nobody stands in for this provider.
                let _ = teller.set(turn.spoken());
            }
            delivery.push(&samples)?;
        }
        Ok(())
    })
}

/// A segment on its way to the listener.
struct Piece {
    samples: Vec<f32>,
    words: Vec<SpokenWord>,
    spelled: usize,
    is_last: bool,
}

/// What has been delivered so far.
#[derive(Debug, Default)]
struct Counts {
    segments: AtomicUsize,
    /// Words that were spelled.
    spelled: AtomicUsize,
}

impl Counts {
    fn add(&self, piece: &Piece) {
        self.spelled.fetch_add(piece.spelled, Ordering::AcqRel);
        // What comes last is what was kept back for a join, and no segment.
        self.segments
            .fetch_add(usize::from(!piece.is_last), Ordering::AcqRel);
    }
}

/// Makes every segment of a turn, one after the other, until nobody takes them any more.
fn make(turn: &Turn<'_>, control: &Control, made: &SyncSender<Result<Piece, SpeechError>>) {
    let (mut voicing, mut schedule) = (turn.voicing(), turn.schedule());
    let mut text = turn.cutter(schedule.max());
    while let Some(segment) = text.cut(schedule.next()) {
        let piece = voicing.speak(&segment, control).map(|voiced| {
            schedule.spoke(characters(&segment), seconds(voiced.samples.len()));
            Piece {
                samples: voiced.samples,
                words: voiced.words,
                spelled: voiced.spelled,
                is_last: false,
            }
        });
        let is_over = piece.is_err();
        if made.send(piece).is_err() || is_over {
            return;
        }
    }
    let last = voicing.finish().map(|samples| Piece {
        samples,
        words: Vec::new(),
        spelled: 0,
        is_last: true,
    });
    // When nobody takes it, nobody misses it.
    let _ = made.send(last);
}

fn no_thread(error: &std::io::Error) -> SpeechError {
    SpeechError::Synthesis(format!("no thread to speak on: {}", error.kind()))
}

/// Cuts audio into chunks and hands them to the listener, waiting while the queue is full.
struct Delivery {
    sender: SyncSender<Result<AudioChunk, SpeechError>>,
    control: Control,
    /// Words whose chunk is still to come.
    words: VecDeque<SpokenWord>,
    counts: Arc<Counts>,
    index: u64,
    /// Samples sent.
    sent: usize,
    deadline: Duration,
}

impl Delivery {
    /// Another provider begins anew.
    fn forget(&mut self) {
        self.words.clear();
        self.counts.spelled.store(0, Ordering::Release);
        self.counts.segments.store(0, Ordering::Release);
    }

    /// All of it goes at once: the next segment may take as long as this one plays.
    fn push(&mut self, samples: &[f32]) -> Result<(), SpeechError> {
        samples
            .chunks(CHUNK)
            .try_for_each(|chunk| self.send(chunk.to_vec()))
    }

    /// A listener may be as slow as real time and hold a stream open for long: time spent waiting for it is not
    /// counted as the request's. One that takes nothing for a whole deadline is given up.
    fn send(&mut self, samples: Vec<f32>) -> Result<(), SpeechError> {
        let length = samples.len();
        let end = self.sent + length;
        let mut words = Vec::new();
        while let Some(word) = self.words.pop_front_if(|word| sample_at(word.start) < end) {
            words.push(word);
        }
        let mut item = Ok(AudioChunk {
            index: self.index,
            samples,
            words,
        });
        let since = Instant::now();
        loop {
            match self.sender.try_send(item) {
                Ok(()) => {
                    self.index += 1;
                    self.sent += length;
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
