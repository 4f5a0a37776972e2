//! The body of a streamed answer: the audio itself, or events that carry it (`stream_format: sse`).

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::Frame;
use kokoro_speech::SpeechError;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::CancelOnDrop;
use super::captions::{self, Caption};
use super::totals::Totals;
use crate::error::ApiError;

/// What the blocking side hands over.
#[derive(Debug)]
pub(super) enum Piece {
    /// Audio on its way, and its share of the buffer.
    Audio {
        bytes: Bytes,
        /// Words that begin in it, where they are asked for.
        words: Vec<Caption>,
        /// Given back once the client has taken it.
        _share: OwnedSemaphorePermit,
    },
    /// All of it has been handed over.
    End(Totals),
}

/// How the audio is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Not at all; at the end trailers, for who takes them.
    Bare { trailers: bool },
    /// In events, as OpenAI's clients know them. Characters of the text are the tokens of their input.
    Events { characters: usize, timestamps: bool },
    /// In lines of JSON, with its words.
    Lines { media_type: &'static str },
}

/// The asynchronous side: a body that ends when the stream does.
pub(super) struct StreamBody {
    pub(super) first: Option<Piece>,
    pub(super) received: mpsc::UnboundedReceiver<Result<Piece, SpeechError>>,
    pub(super) room: Arc<Semaphore>,
    pub(super) wrapping: Wrapping,
    pub(super) is_over: bool,
    pub(super) _guard: CancelOnDrop,
}

impl http_body::Body for StreamBody {
    type Data = Bytes;
    type Error = SpeechError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, SpeechError>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let piece = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => match self.received.poll_recv(context) {
                Poll::Ready(piece) => piece,
                Poll::Pending => return Poll::Pending,
            },
        };
        let frame = match piece {
            Some(Ok(Piece::Audio { bytes, words, .. })) => {
                Some(Ok(Frame::data(self.wrapping.audio(bytes, &words))))
            }
            Some(Ok(Piece::End(totals))) => {
                self.is_over = true;
                self.wrapping.end(&totals).map(Ok)
            }
            Some(Err(error)) => {
                self.is_over = true;
                Some(self.wrapping.failure(error))
            }
            None => None,
        };
        Poll::Ready(frame)
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        // Wakes a pump that waits for room.
        self.room.close();
    }
}

impl Wrapping {
    fn audio(self, bytes: Bytes, words: &[Caption]) -> Bytes {
        match self {
            Self::Bare { .. } => bytes,
            Self::Events { timestamps, .. } => delta(&bytes, timestamps.then_some(words)),
            Self::Lines { media_type } => captions::line(&bytes, media_type, words),
        }
    }

    fn end(self, totals: &Totals) -> Option<Frame<Bytes>> {
        match self {
            Self::Bare { trailers: true } => Some(Frame::trailers(totals.trailers())),
            Self::Bare { trailers: false } | Self::Lines { .. } => None,
            Self::Events { characters, .. } => Some(Frame::data(done(totals, characters))),
        }
    }

    /// Events can say what went wrong; anything else can only break off.
    fn failure(self, error: SpeechError) -> Result<Frame<Bytes>, SpeechError> {
        match self {
            Self::Events { .. } => Ok(Frame::data(failed(error))),
            Self::Bare { .. } | Self::Lines { .. } => Err(error),
        }
    }
}

fn event(kind: &str, mut value: Value) -> Bytes {
    if let Some(object) = value.as_object_mut() {
        object.shift_insert(0, "type".to_owned(), kind.into());
    }
    Bytes::from(format!("event: {kind}\ndata: {value}\n\n"))
}

fn delta(bytes: &[u8], words: Option<&[Caption]>) -> Bytes {
    let mut value = json!({ "audio": STANDARD.encode(bytes) });
    if let (Some(words), Some(object)) = (words, value.as_object_mut()) {
        object.insert("timestamps".to_owned(), json!(words));
    }
    event("speech.audio.delta", value)
}

fn done(totals: &Totals, characters: usize) -> Bytes {
    let frames = frames_of(totals.audio_seconds);
    let input = u64::try_from(characters).unwrap_or(u64::MAX);
    event(
        "speech.audio.done",
        json!({
            "usage": {
                "input_tokens": input,
                "output_tokens": frames,
                "total_tokens": input.saturating_add(frames),
            },
            "spelled_words": totals.spelled_words,
            "timing": {
                "total_seconds": totals.total.as_secs_f64(),
                "synthesis_seconds": totals.synthesis_seconds,
                "audio_seconds": totals.audio_seconds,
                "rtf": totals.rtf(),
                "underruns": totals.underruns,
            },
        }),
    )
}

/// What OpenAI's usage calls tokens of audio: frames of 25 ms, the unit in which the model plans durations.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length of audio is not negative, and 2^64 frames do not happen"
)]
fn frames_of(seconds: f64) -> u64 {
    (seconds * 40.0).ceil() as u64
}

fn failed(error: SpeechError) -> Bytes {
    let error = ApiError::from(error);
    event("error", json!({ "error": error.openai_error() }))
}

#[cfg(test)]
mod tests;
