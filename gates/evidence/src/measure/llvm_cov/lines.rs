//! Line coverage from segments.
//!
//! A segment says what counter holds from its place on, until the next one. A line is code when a
//! counter region starts on it, or when the counter that holds at its beginning covers it; its
//! count is the largest among those.

use super::{super::coverage::Tally, records::Segment};

/// Counts lines with code and lines reached. Segments come in the order of the text.
pub(super) fn tally(segments: Vec<Segment>) -> Tally {
    let mut tally = Tally::default();
    let mut before: Option<Segment> = None;
    for line in segments.chunk_by(|a, b| a.line == b.line) {
        let (Some(first), Some(last)) = (line.first(), line.last()) else {
            continue;
        };
        if let Some(held) = before.filter(|segment| segment.has_count) {
            // Lines without a segment of their own, between the last one that had some and this.
            let between = first.line.saturating_sub(held.line).saturating_sub(1);
            tally.add(if held.count > 0 { between } else { 0 }, between);
        }
        let held = before.filter(|segment| segment.has_count);
        let starts = || line.iter().filter(|segment| segment.starts_code());
        let skipped = first.is_region_entry && !first.has_count;
        let is_code = starts().next().is_some() || (held.is_some() && !skipped);
        if is_code {
            let reached = starts()
                .copied()
                .chain(held)
                .any(|segment| segment.count > 0);
            tally.add(u64::from(reached), 1);
        }
        before = Some(*last);
    }
    tally
}
