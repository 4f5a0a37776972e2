//! What speaking costs on this machine, and how long segments may be for sound to start in time and not to stop again.
//!
//! A call of a provider costs something fixed and something for each unit of work. A unit is a character at speed 1: the
//! work of every model here goes with the length of the audio it makes, and that with characters divided by speed. Both
//! costs are measured once, when the engine opens; what is measured later says only how busy the machine is. That load
//! moves in coarse steps with a wide dead band, so that the same request is cut the same way from one minute to the next.

mod schedule;

#[cfg(test)]
mod tests;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kokoro_text::Limits;
pub(super) use schedule::Schedule;

/// Lengths a segment's limit may have, in characters. Steps, not a continuum: see above.
const RUNGS: [usize; 16] = [
    6, 8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 100, 130, 160, 240, 320,
];
/// Characters of a segment where there is no time for any: about two words.
const LEAST: usize = 12;
/// Share of the time to first audio that synthesis may take; the rest is for text, loudness and the way to the listener.
const SHARE: f64 = 0.75;
/// Ratio from one step of load to the next.
const STEP: f64 = 1.5;
/// How many steps the load must be away from the current one before that changes.
const DEAD_BAND: f64 = 0.8;
/// Weight of one call in the running mean of the load.
const WEIGHT: f64 = 0.15;
/// A single call says no more than this about the load: it may just have been interrupted.
const WILDEST: f64 = 4.0;

/// One call of a provider.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Call {
    /// Characters spoken.
    pub(super) characters: usize,
    /// Speed they were spoken at.
    pub(super) speed: f32,
    /// Time it took.
    pub(super) took: Duration,
    /// Seconds of audio it gave.
    pub(super) audio: f64,
}

impl Call {
    fn units(&self) -> f64 {
        units(self.characters, self.speed)
    }
}

#[expect(clippy::cast_precision_loss, reason = "characters of a segment")]
fn units(characters: usize, speed: f32) -> f64 {
    characters as f64 / f64::from(speed)
}

/// Costs as they were when the engine opened.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Costs {
    /// Seconds of any call.
    fixed: f64,
    /// Seconds of work for each unit.
    each: f64,
    /// Seconds of audio of each unit.
    audio: f64,
}

impl Costs {
    fn of(&self, units: f64) -> f64 {
        self.fixed + self.each * units
    }

    /// The same on a machine that takes so many times as long.
    fn times(self, factor: f64) -> Self {
        Self {
            fixed: self.fixed * factor,
            each: self.each * factor,
            ..self
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct State {
    costs: Option<Costs>,
    /// Running mean of the logarithm of how much longer calls take than they did at first.
    load: f64,
    /// The step of load that counts.
    step: i32,
}

impl State {
    fn factor(&self) -> f64 {
        STEP.powi(self.step)
    }
}

/// What one provider costs on this machine.
#[derive(Debug, Default)]
pub(super) struct Pace(Mutex<State>);

impl Pace {
    /// Learns the costs from a short and a longer call on a machine that does little else.
    pub(super) fn calibrate(&self, short: Call, long: Call) {
        let (few, many) = (short.units(), long.units());
        if many <= few || long.audio <= 0.0 {
            return;
        }
        let (quick, slow) = (short.took.as_secs_f64(), long.took.as_secs_f64());
        // A short call that took longer than its share was disturbed: then all is put on the units.
        let each = ((slow - quick) / (many - few)).max(slow / many / 2.0);
        *self.state() = State {
            costs: Some(Costs {
                fixed: (slow - each * many).max(0.0),
                each,
                audio: long.audio / many,
            }),
            ..State::default()
        };
    }

    /// Takes note of a call, to know how busy the machine is.
    pub(super) fn note(&self, call: Call) {
        let mut state = self.state();
        let Some(costs) = state.costs else { return };
        let expected = costs.of(call.units());
        let ratio = call.took.as_secs_f64() / expected;
        if !ratio.is_finite() || ratio <= 0.0 {
            return;
        }
        let seen = ratio.clamp(1.0 / WILDEST, WILDEST).ln();
        state.load += WEIGHT * (seen - state.load);
        let steps = state.load / STEP.ln();
        if (steps - f64::from(state.step)).abs() > DEAD_BAND {
            state.step = rounded(steps);
        }
    }

    /// Lengths of a stream's segments for sound to start within `target` at this speed, and then to go on, while no call takes
    /// longer than `longest`. `own` are the provider's limits, which are never exceeded; they are the answer while nothing was measured.
    pub(super) fn schedule(
        &self,
        own: Limits,
        target: Duration,
        longest: Duration,
        speed: f32,
    ) -> Schedule {
        let state = *self.state();
        let costs = state.costs.map(|costs| costs.times(state.factor()));
        let limits = costs.map_or(own, |costs| {
            let max = at_least(rung(costs, speed, longest.as_secs_f64())).min(own.max);
            Limits {
                first: at_least(rung(costs, speed, target.as_secs_f64() * SHARE)).min(max),
                max,
                growth: own.growth,
            }
        });
        Schedule {
            costs,
            limits,
            speed,
            ahead: 0.0,
            spoken: 0,
        }
    }

    /// Limits of segments where nobody waits for the first: as long as a call may be on a machine that does little else,
    /// whatever it does now, so that a whole text is always cut the same way.
    pub(super) fn steady(&self, own: Limits, longest: Duration, speed: f32) -> Limits {
        let max = self.state().costs.map_or(own.max, |costs| {
            at_least(rung(costs, speed, longest.as_secs_f64())).min(own.max)
        });
        Limits {
            first: max,
            max,
            growth: 1,
        }
    }

    /// Seconds that speaking so many characters takes when the machine does little else; none while nothing was measured.
    pub(super) fn cost(&self, characters: usize, speed: f32) -> Option<f64> {
        self.state()
            .costs
            .map(|costs| costs.of(units(characters, speed)))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Plain numbers: whole whatever a thread that held them died of.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The longest segment that takes no longer than `seconds`; none where even the shortest does.
fn rung(costs: Costs, speed: f32, seconds: f64) -> Option<usize> {
    let fits = |rung: &usize| costs.of(units(*rung, speed)) <= seconds;
    RUNGS.into_iter().rev().find(fits)
}

/// However little time there is, something must be said.
fn at_least(rung: Option<usize>) -> usize {
    rung.map_or(LEAST, |rung| rung.max(LEAST))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "at most the logarithm of the wildest ratio"
)]
fn rounded(steps: f64) -> i32 {
    steps.round() as i32
}
