use crate::hash::{Hash, node_hash};

/// Roots of complete subtrees, wherever they are kept.
pub trait Subtrees {
    /// Why a hash cannot be had.
    type Error;

    /// The root over the leaves `index * 2^height .. (index + 1) * 2^height`, all of which exist.
    ///
    /// # Errors
    /// Where the hash cannot be had.
    fn subtree(&self, height: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The largest power of two below `n`, for `n` of at least 2.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// The root over the leaves `start..end`, a range that a split of a tree can give: `start` is a multiple
/// of the power of two not below its length.
fn range<S: Subtrees>(tree: &S, start: u64, end: u64) -> Result<Hash, S::Error> {
    let n = end - start;
    if n.is_power_of_two() {
        return tree.subtree(n.ilog2(), start >> n.ilog2());
    }
    let middle = start + split(n);
    Ok(node_hash(
        &range(tree, start, middle)?,
        &range(tree, middle, end)?,
    ))
}

/// The root of the first `size` leaves; `size` is at least 1.
///
/// # Errors
/// Where a hash cannot be had.
pub fn root_of<S: Subtrees>(tree: &S, size: u64) -> Result<Hash, S::Error> {
    range(tree, 0, size)
}

/// Hashes from the leaf's sibling up to the child of the root (RFC 6962 section 2.1.1), for
/// `index < size`.
///
/// # Errors
/// Where a hash cannot be had.
pub fn inclusion_proof<S: Subtrees>(
    tree: &S,
    index: u64,
    size: u64,
) -> Result<Vec<Hash>, S::Error> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Hashes that show the tree of `old` leaves to be what the tree of `new` leaves began as (RFC 6962
/// section 2.1.2), for `old <= new`. Empty where there is nothing to show.
///
/// # Errors
/// Where a hash cannot be had.
pub fn consistency_proof<S: Subtrees>(tree: &S, old: u64, new: u64) -> Result<Vec<Hash>, S::Error> {
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while old != end {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range(tree, middle, end)?);
            end = middle;
        } else {
            path.push(range(tree, start, middle)?);
            start = middle;
        }
    }
    // The verifier knows the older root already where that is a node of the newer tree.
    if start != 0 {
        path.push(range(tree, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// The root over a power of two of hashes of one height.
#[must_use]
pub fn subtree_of(hashes: &[Hash]) -> Option<Hash> {
    if !hashes.len().is_power_of_two() {
        return None;
    }
    let mut frontier = super::Frontier::new();
    frontier.extend(hashes.iter().copied());
    Some(frontier.root())
}
