//! What a listener hears who starts to play at the first byte of audio: whether the rest comes in time.

/// Bytes of one second of audio: 24 kHz, 16 bits, one channel.
pub(crate) const BYTES_PER_SECOND: f64 = 48_000.0;
/// Reads that come this close together, in seconds, are kept as one: what the network split.
const MERGE_WITHIN: f64 = 0.001;

/// Lateness that is none, in seconds: clocks and schedulers are no finer.
const IN_TIME: f64 = 0.001;

/// An arrival: seconds since the request was sent, bytes.
pub(crate) type Arrival = (f64, u64);

/// Seconds of that many bytes.
#[expect(
    clippy::cast_precision_loss,
    reason = "audio of 2^53 bytes does not happen"
)]
pub(crate) fn seconds_of(bytes: u64) -> f64 {
    bytes as f64 / BYTES_PER_SECOND
}

/// Adds an arrival to those so far. Close ones become one that came when the last of them did; the
/// first keeps its time, since playback starts with it.
pub(crate) fn add(arrivals: &mut Vec<Arrival>, arrival: Arrival) {
    let is_after_first = arrivals.len() > 1;
    match arrivals.last_mut() {
        Some(last) if is_after_first && arrival.0 - last.0 < MERGE_WITHIN => {
            *last = (arrival.0, last.1 + arrival.1);
        }
        _ => arrivals.push(arrival),
    }
}

/// How often playback that started at the first arrival had nothing left to play. After each it
/// waits for the next arrival and goes on from there.
pub(crate) fn underruns(arrivals: &[Arrival]) -> u64 {
    let Some(((start, first), rest)) = arrivals.split_first() else {
        return 0;
    };
    let mut plays_until = start + seconds_of(*first);
    let mut count = 0;
    for (time, bytes) in rest {
        if *time > plays_until + IN_TIME {
            count += 1;
            plays_until = *time;
        }
        plays_until += seconds_of(*bytes);
    }
    count
}

#[cfg(test)]
mod tests;
