//! NumPy arrays of style rows.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::ROW;
use crate::kokoro::STYLE;

/// Where the data of an `.npy` array is, if it is rows of 256 little-endian floats in C order: of the shapes
/// `(rows, 1, 256)`, `(rows, 256)` or `(256,)`. Format: NumPy's `numpy.lib.format`, versions 1 to 3.
pub(super) fn locate(array: &[u8]) -> Result<Range<usize>, String> {
    if array.get(..6) != Some(b"\x93NUMPY") {
        return Err("is not a NumPy array".to_owned());
    }
    let short = || "has a header that is cut short".to_owned();
    let major = *array.get(6).ok_or_else(short)?;
    let number = |range: Range<usize>| {
        array.get(range).map(|bytes| {
            bytes
                .iter()
                .rev()
                .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
        })
    };
    // Version 1 has two bytes for the header's length, later ones four.
    let start = if major == 1 { 10 } else { 12 };
    let length = number(8..start).ok_or_else(short)?;
    let end = start + length;
    let header = array.get(start..end).ok_or_else(short)?;
    let header = String::from_utf8_lossy(header);
    if !header.contains("'<f4'") || header.contains("'fortran_order': True") {
        return Err(format!(
            "is not an array of little-endian 32-bit floats in C order: {}",
            header.trim()
        ));
    }
    let data = array.len() - end;
    let shape = shape(&header);
    let values = shape
        .iter()
        .try_fold(1_usize, |product, axis| product.checked_mul(*axis));
    if data == 0
        || !data.is_multiple_of(ROW)
        || shape.last() != Some(&STYLE)
        || values != Some(data / 4)
    {
        return Err(format!(
            "does not have rows of {STYLE} values: {}",
            header.trim()
        ));
    }
    Ok(end..array.len())
}

/// The lengths of the axes; empty where there are none.
fn shape(header: &str) -> Vec<usize> {
    header
        .split_once("'shape':")
        .and_then(|(_, rest)| rest.split_once('('))
        .and_then(|(_, rest)| rest.split_once(')'))
        .map(|(axes, _)| {
            axes.split(',')
                .filter_map(|axis| axis.trim().parse().ok())
                .collect()
        })
        .unwrap_or_default()
}
