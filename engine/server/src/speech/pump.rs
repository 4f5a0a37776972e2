//! From the engine's blocking stream to an HTTP body. What is ahead of the client is bounded in
//! bytes; the synthesis slot is free as soon as synthesis ends, however slowly the client listens.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use kokoro_speech::encode::{Delivery, Encoder, encoder};
use kokoro_speech::{Cancel, SpeechError, SpeechStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tracing::Span;

use super::body::{Piece, StreamBody, Wrapping};
use super::captions::{Caption, captions};
use super::totals::Totals;
use super::{Admitted, CancelOnDrop, Job, Opening, seconds_of};
use crate::app::App;
use crate::error::Code;
use crate::spans;

/// Speaks a request as a stream; answers once its first audio exists.
pub(super) async fn streamed(job: Job, admitted: Admitted) -> Result<Response, SpeechError> {
    let Admitted { permit, queued } = admitted;
    let cancel = Cancel::new();
    let guard = CancelOnDrop(cancel.clone());
    let room = Arc::new(Semaphore::new(job.app.limits.stream_buffer_bytes));
    // Bounded by `room`: every piece in it holds a share of that.
    let (pieces, mut received) = mpsc::unbounded_channel();
    let (opened, opening) = oneshot::channel();

    let engine = Arc::clone(&job.engine);
    let utterance = job.request.utterance.clone();
    let encoder = encoder(
        job.request.format,
        job.request.sample_rate,
        Delivery::Streamed,
    )
    .map_err(|error| SpeechError::Synthesis(error.to_string()))?;
    let pump = Pump {
        app: Arc::clone(&job.app),
        id: Arc::clone(&job.context.id),
        arrived: job.context.started,
        encoder,
        text: job
            .request
            .timestamps
            .then(|| job.request.utterance.text.clone()),
        room: Arc::clone(&room),
        pieces,
        opened: Some(opened),
        handle: Handle::current(),
        first: Some(spans::first_segment(&job.synthesis)),
        encoding: None,
        encoded: Duration::ZERO,
        synthesis: job.synthesis.clone(),
    };
    let log = job.context.log.clone();
    tokio::task::spawn_blocking(move || {
        let _log = log.entered();
        let _permit = permit;
        match engine.stream(&utterance, &cancel) {
            Ok(stream) => pump.run(stream),
            Err(error) => pump.fail(error),
        }
    });

    let first = received.recv().await.ok_or(SpeechError::Cancelled)??;
    let opening = opening.await.map_err(|_| SpeechError::Cancelled)?;
    let wrapping = if job.request.events {
        Wrapping::Events {
            characters: job.request.characters,
            timestamps: job.request.timestamps,
        }
    } else if job.request.timestamps {
        Wrapping::Lines {
            media_type: job.request.format.media_type(),
        }
    } else {
        Wrapping::Bare {
            trailers: job.takes_bare_audio(),
        }
    };
    let body = StreamBody {
        first: Some(first),
        received,
        room,
        wrapping,
        is_over: false,
        _guard: guard,
    };
    Ok(job.answer(&opening, queued, None, Body::new(body)))
}

/// The blocking side.
struct Pump {
    app: Arc<App>,
    id: Arc<str>,
    arrived: Instant,
    encoder: Box<dyn Encoder>,
    /// The text, where its words are asked for.
    text: Option<String>,
    room: Arc<Semaphore>,
    pieces: mpsc::UnboundedSender<Result<Piece, SpeechError>>,
    opened: Option<oneshot::Sender<Opening>>,
    handle: Handle,
    synthesis: Span,
    /// Ends with the first audio.
    first: Option<Span>,
    /// Begins with the first audio.
    encoding: Option<Span>,
    /// Time the encoder has worked.
    encoded: Duration,
}

impl Pump {
    fn run(mut self, mut stream: SpeechStream) {
        let mut progress = Progress::new(Instant::now());
        let mut words = Vec::new();
        while let Some(chunk) = stream.next() {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => return self.fail(error),
            };
            // What stands before the audio waits for the first of it.
            if chunk.samples.is_empty() {
                continue;
            }
            drop(self.first.take());
            if let Some(text) = self.text.as_deref() {
                words.extend(captions(text, &chunk.words));
            }
            let bytes = match self.encode(&chunk.samples) {
                Ok(bytes) => bytes,
                Err(error) => return self.fail(error),
            };
            progress.add(Instant::now(), chunk.samples.len());
            // An encoder may keep what does not fill a frame yet.
            if bytes.is_empty() {
                continue;
            }
            self.open(&stream);
            let waiting = Instant::now();
            if self.send(bytes, std::mem::take(&mut words)).is_err() {
                return;
            }
            progress.waited += waiting.elapsed().as_secs_f64();
        }
        match self.finish() {
            Ok(bytes) if bytes.is_empty() && words.is_empty() => {}
            Ok(bytes) => {
                // A sound so short that the encoder kept all of it.
                if progress.samples > 0 {
                    self.open(&stream);
                }
                if self.send(bytes, words).is_err() {
                    return;
                }
            }
            Err(error) => return self.fail(error),
        }
        let totals = progress.totals(self.arrived, stream.segments(), stream.spelled_words());
        totals.count(&self.app.metrics);
        totals.tell(&self.synthesis);
        if self.opened.is_none() {
            // A listener who has left does not miss it.
            let _ = self.pieces.send(Ok(Piece::End(totals)));
        }
    }

    fn encode(&mut self, samples: &[f32]) -> Result<Vec<u8>, SpeechError> {
        if self.encoding.is_none() {
            self.encoding = Some(spans::encoding(&self.synthesis));
        }
        let since = Instant::now();
        let bytes = self.encoder.push(samples);
        self.encoded += since.elapsed();
        bytes
    }

    /// What the encoder has kept.
    fn finish(&mut self) -> Result<Vec<u8>, SpeechError> {
        let since = Instant::now();
        let bytes = self.encoder.finish();
        if let Some(encoding) = self.encoding.take() {
            spans::encoded(&encoding, self.encoded + since.elapsed());
        }
        bytes
    }

    /// Says who speaks, once it is certain.
    fn open(&mut self, stream: &SpeechStream) {
        if let Some(opened) = self.opened.take() {
            // A dropped receiver shows again when audio is handed over.
            let _ = opened.send(Opening {
                provider: stream.provider().to_owned(),
                voice: stream.voice().to_owned(),
                dropped_characters: stream.dropped_characters(),
            });
        }
    }

    /// Hands audio over, once there is room for it. An error when the client is gone.
    fn send(&self, bytes: Vec<u8>, words: Vec<Caption>) -> Result<(), ()> {
        let share = bytes.len().min(self.app.limits.stream_buffer_bytes);
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let permit = self
            .handle
            .block_on(Arc::clone(&self.room).acquire_many_owned(share))
            .map_err(|_| ())?;
        self.pieces
            .send(Ok(Piece::Audio {
                bytes: Bytes::from(bytes),
                words,
                _share: permit,
            }))
            .map_err(|_| ())
    }

    /// Ends the stream with an error: before its first audio a status, after it a broken body.
    fn fail(&self, error: SpeechError) {
        let is_heard = self.opened.is_none();
        if is_heard && !matches!(error, SpeechError::Cancelled) {
            // The answer is on its way as a 200: only the log and the counters can still say it.
            self.app.metrics.broken();
            spans::failed(&self.synthesis, Code::from(&error).name());
            tracing::error!(request_id = &*self.id, reason = %error, "stream broke");
        }
        // When nobody listens, the error has nowhere to go and matters to nobody.
        let _ = self.pieces.send(Err(error));
    }
}

/// Synthesis against real-time playback that begins with the first audio.
struct Progress {
    began: Instant,
    first: Option<Instant>,
    /// Samples so far.
    samples: usize,
    /// Seconds playback stood still.
    stalled: f64,
    underruns: u64,
    /// Seconds the client, not the engine, held things up.
    waited: f64,
}

impl Progress {
    fn new(began: Instant) -> Self {
        Self {
            began,
            first: None,
            samples: 0,
            stalled: 0.0,
            underruns: 0,
            waited: 0.0,
        }
    }

    fn add(&mut self, now: Instant, samples: usize) {
        let first = *self.first.get_or_insert(now);
        let late =
            (now - first).as_secs_f64() - self.waited - self.stalled - seconds_of(self.samples);
        if late > 0.0 && self.samples > 0 {
            self.underruns += 1;
            self.stalled += late;
        }
        self.samples += samples;
    }

    fn totals(&self, arrived: Instant, segments: usize, spelled_words: usize) -> Totals {
        Totals {
            total: arrived.elapsed(),
            synthesis_seconds: self.began.elapsed().as_secs_f64() - self.waited,
            audio_seconds: seconds_of(self.samples),
            underruns: self.underruns,
            segments,
            spelled_words,
        }
    }
}

#[cfg(test)]
mod tests;
