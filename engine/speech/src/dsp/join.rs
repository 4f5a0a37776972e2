//! Segments into one utterance: silence trimmed, natural pauses between, and no click at any join.
//!
//! Where a voice pauses, both edges fade and exact silence lies between. Where it must not pause, because a segment was
//! cut between two words or inside one, the end of one piece is cross-faded with the beginning of the next.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "durations in samples: small, positive"
)]

#[cfg(test)]
mod tests;

use std::f32::consts::PI;

use kokoro_text::Boundary;

use crate::engine::SAMPLE_RATE;

/// Samples in one frame of the silence detector: 5 ms.
const FRAME: usize = 120;
/// Frames quieter than this share of the loudest are silence: -50 dB.
const SILENCE: f32 = 0.003_16;
/// Silence kept before and after speech beside a pause, so that soft onsets and tails stay whole: 15 ms and 40 ms.
const LEAD: usize = 360;
const TAIL: usize = 960;
/// The same where there is no pause: 5 ms and 20 ms, the closure of a stop consonant.
const TIGHT_LEAD: usize = 120;
const TIGHT_TAIL: usize = 480;
/// Samples of a fade beside a pause: 4 ms.
const FADE: usize = 96;
/// Samples of a cross-fade: 10 ms.
const BLEND: usize = 240;
/// Longest silence that one place of a text may ask for, in seconds.
pub const MAX_PAUSE: f32 = 10.0;

/// What comes between two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Nothing: they are cross-faded.
    Blend,
    /// The pause that a voice makes here: samples of silence. Of several in a row the longest counts.
    Natural(usize),
    /// Silence that was asked for, in samples. It replaces natural pauses; several in a row add up.
    Asked(usize),
}

impl Gap {
    /// The gap after a segment that ends so at this speed, and for which `asked` seconds of silence are wanted if any.
    #[must_use]
    pub fn after(ends: Boundary, asked: Option<f32>, speed: f32) -> Self {
        let natural = match ends {
            Boundary::Hard | Boundary::Word => None,
            Boundary::Comma => Some(0.15),
            Boundary::Clause => Some(0.2),
            Boundary::Sentence => Some(0.35),
            Boundary::Paragraph => Some(0.6),
        };
        match (asked, natural) {
            (Some(seconds), _) => Self::Asked(silence(seconds)),
            (None, Some(seconds)) => Self::Natural(
                (seconds / f64::from(speed) * f64::from(SAMPLE_RATE)).round() as usize,
            ),
            (None, None) => Self::Blend,
        }
    }

    fn and(self, next: Self) -> Self {
        match (self, next) {
            (Self::Asked(one), Self::Asked(other)) => Self::Asked(one.saturating_add(other)),
            (Self::Asked(one), _) | (_, Self::Asked(one)) => Self::Asked(one),
            (Self::Natural(one), Self::Natural(other)) => Self::Natural(one.max(other)),
            (Self::Natural(one), Self::Blend) | (Self::Blend, Self::Natural(one)) => {
                Self::Natural(one)
            }
            (Self::Blend, Self::Blend) => Self::Blend,
        }
    }

    fn samples(self) -> usize {
        match self {
            Self::Blend => 0,
            Self::Natural(samples) | Self::Asked(samples) => samples,
        }
    }
}

/// Samples of so many seconds of silence, at most [`MAX_PAUSE`]; none for what is no length.
#[must_use]
pub fn silence(seconds: f32) -> usize {
    // The cast makes zero of what is not a number.
    (f64::from(seconds.clamp(0.0, MAX_PAUSE)) * f64::from(SAMPLE_RATE)).round() as usize
}

/// Puts pieces of speech one after the other.
#[derive(Debug, Clone, PartialEq)]
pub struct Joiner {
    /// The end of the last piece, to be cross-faded with the next; empty beside a pause.
    held: Vec<f32>,
    gap: Gap,
    started: bool,
    /// Samples given so far.
    given: usize,
}

/// What a piece adds to the utterance.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Joined {
    /// The gap before it and the piece, but for what waits to be cross-faded. Empty where the piece has no sound.
    pub samples: Vec<f32>,
    /// Where in the utterance the first sample of the piece lies or would lie, were it not trimmed away.
    pub origin: i64,
}

impl Joiner {
    /// An utterance that begins with this much silence.
    #[must_use]
    pub fn new(lead: usize) -> Self {
        Self {
            held: Vec::new(),
            gap: Gap::Asked(lead),
            started: false,
            given: 0,
        }
    }

    /// Whether any piece had sound.
    #[must_use]
    pub fn started(&self) -> bool {
        self.started
    }

    /// Adds a piece of sound and what is to come after it.
    #[must_use]
    pub fn push(&mut self, sound: &[f32], after: Gap) -> Joined {
        let is_blended = self.gap == Gap::Blend;
        let (lead, tail) = (
            if is_blended { TIGHT_LEAD } else { LEAD },
            if after == Gap::Blend {
                TIGHT_TAIL
            } else {
                TAIL
            },
        );
        let Some((from, to)) = bounds(sound, lead, tail) else {
            // Before anything was said there is nothing to pause after, but for what was asked for.
            if self.started || matches!(after, Gap::Asked(_)) {
                self.gap = self.gap.and(after);
            }
            return Joined::default();
        };
        let mut speech = sound.get(from..to).unwrap_or_default().to_vec();
        let mut samples = std::mem::take(&mut self.held);
        if is_blended {
            blend(&samples, &mut speech);
            samples.clear();
        } else {
            // Held back for a cross-fade that does not come: what lay between made a pause of it.
            fade_out(&mut samples);
            samples.resize(samples.len() + self.gap.samples(), 0.0);
            fade_in(&mut speech);
        }
        let origin = signed(self.given + samples.len()) - signed(from);
        samples.append(&mut speech);
        if after == Gap::Blend {
            self.held = samples.split_off(samples.len().saturating_sub(BLEND));
        } else {
            fade_out(&mut samples);
        }
        self.gap = after;
        self.started = true;
        self.given += samples.len();
        Joined { samples, origin }
    }

    /// What is left: the end of the last piece, and silence that was asked for after it.
    #[must_use]
    pub fn finish(&mut self) -> Vec<f32> {
        let mut samples = std::mem::take(&mut self.held);
        fade_out(&mut samples);
        if let (Gap::Asked(silence), true) = (self.gap, self.started) {
            samples.resize(samples.len() + silence, 0.0);
        }
        self.gap = Gap::Blend;
        self.given += samples.len();
        samples
    }
}

fn signed(samples: usize) -> i64 {
    i64::try_from(samples).unwrap_or(i64::MAX)
}

/// Speech without the silence around it, faded at both edges; empty when all is silent.
#[must_use]
pub fn trimmed(samples: &[f32]) -> Vec<f32> {
    let Some((from, to)) = bounds(samples, LEAD, TAIL) else {
        return Vec::new();
    };
    let mut speech = samples.get(from..to).unwrap_or_default().to_vec();
    fade_in(&mut speech);
    fade_out(&mut speech);
    speech
}

/// Where speech begins and ends, with so much silence on each side of it as there is and may stay.
fn bounds(samples: &[f32], lead: usize, tail: usize) -> Option<(usize, usize)> {
    let levels: Vec<f32> = samples
        .chunks(FRAME)
        .map(|f| f.iter().fold(0.0_f32, |peak, s| peak.max(s.abs())))
        .collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    let heard = |level: &f32| *level > loudest * SILENCE;
    let first = levels.iter().position(heard)?;
    let last = levels.iter().rposition(heard)?;
    Some((
        (first * FRAME).saturating_sub(lead),
        ((last + 1) * FRAME + tail).min(samples.len()),
    ))
}

/// Raised cosine from 0 to 1 over `length` samples: no step, so no click.
fn rise(n: usize, length: usize) -> f32 {
    0.5 - 0.5 * (PI * (n as f32 + 0.5) / length as f32).cos()
}

fn fade_in(samples: &mut [f32]) {
    let length = FADE.min(samples.len() / 2);
    for (n, sample) in samples.iter_mut().take(length).enumerate() {
        *sample *= rise(n, length);
    }
}

fn fade_out(samples: &mut [f32]) {
    let length = FADE.min(samples.len() / 2);
    for (n, sample) in samples.iter_mut().rev().take(length).enumerate() {
        *sample *= rise(n, length);
    }
}

/// Fades the end of one piece out while the beginning of the next fades in. `speech` grows where it is the shorter.
fn blend(end: &[f32], speech: &mut Vec<f32>) {
    if speech.len() < end.len() {
        speech.resize(end.len(), 0.0);
    }
    let length = end.len();
    for (n, (sample, before)) in speech.iter_mut().zip(end).enumerate() {
        let gain = rise(n, length);
        *sample = *sample * gain + before * (1.0 - gain);
    }
}
