//! Playback of a stream as it arrives.

/// 16-bit mono at 24 kHz: what the contract streams.
const BYTES_PER_SECOND: f64 = 48_000.0;
/// A chunk this much late is in time: clocks and schedulers are no finer.
const TOLERANCE_SECONDS: f64 = 0.001;

/// How often a listener who starts playing at the first chunk runs out of audio. After an underrun
/// playback goes on with the chunk that was waited for.
pub(super) fn underruns(chunks: &[(f64, u64)]) -> u64 {
    let mut underruns = 0;
    let mut played_until: Option<f64> = None;
    for &(arrival, bytes) in chunks {
        let start = match played_until {
            Some(until) if arrival <= until + TOLERANCE_SECONDS => until,
            Some(_) => {
                underruns += 1;
                arrival
            }
            None => arrival,
        };
        played_until = Some(start + bytes as f64 / BYTES_PER_SECOND);
    }
    underruns
}

#[cfg(test)]
mod tests;
