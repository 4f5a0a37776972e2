//! Whether a stream is the audio it should be, in the order it should have.
//!
//! Raw PCM has no sequence numbers, so the sound itself is compared with the same text spoken
//! whole: first the length, then the loudness envelope. Each half second of the stream is looked
//! for in the whole; those that are found beyond doubt must be found in rising order, and most of
//! them must be found at all, else it is another text that was heard.

/// Samples of an envelope value: 10 ms.
const HOP_SAMPLES: usize = 240;
/// Envelope values of a block: half a second.
const BLOCK: usize = 50;
/// How much the length of a stream may differ from that of the whole: pauses between segments.
const LENGTH_TOLERANCE: f64 = 0.15;
/// Correlation from which a block is found.
const FOUND: f64 = 0.9;
/// How much better it must be found there than anywhere else not near.
const MARGIN: f64 = 0.05;
/// Envelope values that count as near.
const NEAR: usize = 10;

/// Loudness over time, in steps of 10 ms, made from PCM as it arrives.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Envelope {
    values: Vec<f64>,
    energy: f64,
    samples: usize,
    odd_byte: Option<u8>,
    bytes: u64,
}

impl Envelope {
    /// Takes the next bytes of signed 16-bit little-endian PCM.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.bytes += u64::try_from(bytes.len()).unwrap_or_default();
        for byte in bytes {
            match self.odd_byte.take() {
                None => self.odd_byte = Some(*byte),
                Some(low) => self.sample(f64::from(i16::from_le_bytes([low, *byte]))),
            }
        }
    }

    fn sample(&mut self, sample: f64) {
        self.energy += sample * sample;
        self.samples += 1;
        if self.samples == HOP_SAMPLES {
            self.finish();
        }
    }

    /// Closes the value that is being made.
    #[expect(clippy::cast_precision_loss, reason = "at most 240")]
    pub(crate) fn finish(&mut self) {
        if self.samples > 0 {
            // Close to how loud it is heard: differences in quiet places count, those in silence do not.
            self.values
                .push((self.energy / self.samples as f64).sqrt().max(1.0).ln());
        }
        self.energy = 0.0;
        self.samples = 0;
    }

    /// Bytes taken so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }
}

/// How many blocks of a stream come before one that should have come earlier.
///
/// # Errors
/// When it is not the audio of the reference at all.
pub(crate) fn compare(stream: &Envelope, reference: &Envelope) -> Result<u64, String> {
    let (found, expected) = (
        super::playback::seconds_of(stream.bytes),
        super::playback::seconds_of(reference.bytes),
    );
    if (found - expected).abs() > LENGTH_TOLERANCE * expected {
        return Err(format!(
            "expected about {expected:.2} s of audio, as when spoken whole; found {found:.2} s"
        ));
    }
    let places: Vec<_> = stream
        .values
        .chunks_exact(BLOCK)
        .map(|block| place(block, &reference.values))
        .collect();
    let speaking = places
        .iter()
        .filter(|place| **place != Place::Silent)
        .count();
    let missing = places
        .iter()
        .filter(|place| **place == Place::Nowhere)
        .count();
    if missing * 2 > speaking {
        return Err(format!(
            "{missing} of {speaking} half seconds of the stream are not in the same text spoken whole: it is other audio"
        ));
    }
    let sure: Vec<usize> = places
        .into_iter()
        .filter_map(|place| match place {
            Place::At(index) => Some(index),
            _ => None,
        })
        .collect();
    Ok(u64::try_from(sure.len() - longest_rising(&sure)).unwrap_or_default())
}

/// Where a block was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Without a shape of its own.
    Silent,
    Nowhere,
    /// In several places.
    Unsure,
    At(usize),
}

fn place(block: &[f64], reference: &[f64]) -> Place {
    let Some(block) = Shape::of(block) else {
        return Place::Silent;
    };
    let scores: Vec<f64> = reference
        .windows(BLOCK)
        .map(|window| Shape::of(window).map_or(0.0, |window| block.correlation(&window)))
        .collect();
    let Some((best, score)) = scores
        .iter()
        .copied()
        .enumerate()
        .max_by(|one, other| one.1.total_cmp(&other.1))
    else {
        return Place::Nowhere;
    };
    if score < FOUND {
        return Place::Nowhere;
    }
    let rival = scores
        .iter()
        .enumerate()
        .filter(|(index, _)| index.abs_diff(best) > NEAR)
        .map(|(_, score)| *score)
        .fold(0.0, f64::max);
    if score - rival < MARGIN {
        Place::Unsure
    } else {
        Place::At(best)
    }
}

/// A block without its mean and its size.
struct Shape(Vec<f64>);

impl Shape {
    /// None for a block that is all alike.
    #[expect(clippy::cast_precision_loss, reason = "blocks are short")]
    fn of(values: &[f64]) -> Option<Self> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let size = values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            .sqrt();
        // Less than a twentieth of a neper around the mean is noise, not speech.
        (size > 0.05 * values.len() as f64)
            .then(|| Self(values.iter().map(|value| (value - mean) / size).collect()))
    }

    fn correlation(&self, other: &Self) -> f64 {
        self.0
            .iter()
            .zip(&other.0)
            .map(|(one, other)| one * other)
            .sum()
    }
}

/// Length of the longest rising subsequence.
fn longest_rising(places: &[usize]) -> usize {
    // `ends[k]` is the least end of any rising subsequence of length k + 1 so far.
    let mut ends: Vec<usize> = Vec::new();
    for place in places {
        let length = ends.partition_point(|end| end <= place);
        match ends.get_mut(length) {
            Some(end) => *end = *place,
            None => ends.push(*place),
        }
    }
    ends.len()
}

#[cfg(test)]
mod tests;
