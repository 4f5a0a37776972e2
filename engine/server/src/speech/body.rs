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
use super::totals::Totals;
use crate::error::ApiError;

/// What the blocking side hands over.
#[derive(Debug)]
pub(super) enum Piece {
    /// Audio on its way, and its share of the buffer.
    Audio(Bytes, OwnedSemaphorePermit),
    /// All of it has been handed over.
    End(Totals),
}

/// How the audio is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// Not at all; at the end trailers, for who takes them.
    Bare { trailers: bool },
    /// In events, as OpenAI's clients know them. Characters of the text are the tokens of their input.
    Events { characters: usize },
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
        let frame = match (piece, self.wrapping) {
            (Some(Ok(Piece::Audio(bytes, _share))), Wrapping::Bare { .. }) => {
                Some(Ok(Frame::data(bytes)))
            }
            (Some(Ok(Piece::Audio(bytes, _share))), Wrapping::Events { .. }) => {
                Some(Ok(Frame::data(delta(&bytes))))
            }
            (Some(Ok(Piece::End(totals))), wrapping) => {
                self.is_over = true;
                match wrapping {
                    Wrapping::Bare { trailers: true } => {
                        Some(Ok(Frame::trailers(totals.trailers())))
                    }
                    Wrapping::Bare { trailers: false } => None,
                    Wrapping::Events { characters } => {
                        Some(Ok(Frame::data(done(&totals, characters))))
                    }
                }
            }
            // Events can say what went wrong; bare audio can only break off.
            (Some(Err(error)), Wrapping::Events { .. }) => {
                self.is_over = true;
                Some(Ok(Frame::data(failed(error))))
            }
            (Some(Err(error)), Wrapping::Bare { .. }) => Some(Err(error)),
            (None, _) => None,
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

fn event(kind: &str, mut value: Value) -> Bytes {
    if let Some(object) = value.as_object_mut() {
        object.shift_insert(0, "type".to_owned(), kind.into());
    }
    Bytes::from(format!("event: {kind}\ndata: {value}\n\n"))
}

fn delta(bytes: &[u8]) -> Bytes {
    event(
        "speech.audio.delta",
        json!({ "audio": STANDARD.encode(bytes) }),
    )
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
