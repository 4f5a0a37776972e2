use crate::hash::{Hash, empty_root, node_hash};

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The tree has no such leaf.
    #[error("expected an index below the tree size {size}, found {index}")]
    Index {
        /// Index asked for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("expected an older tree of at most {new} leaves, found {old}")]
    Sizes {
        /// Leaves in the tree said to be older.
        old: u64,
        /// Leaves in the tree said to be newer.
        new: u64,
    },
    /// Too few or too many hashes.
    #[error("expected a proof as long as the tree is high, found {found} hashes")]
    Length {
        /// Hashes in the proof.
        found: usize,
    },
    /// The proof leads elsewhere.
    #[error("expected the root {expected}, found {found} by the proof")]
    Root {
        /// The root that should come out.
        expected: Hash,
        /// The root that came out.
        found: Hash,
    },
}

fn equal(expected: &Hash, found: Hash) -> Result<(), ProofError> {
    if *expected == found {
        return Ok(());
    }
    Err(ProofError::Root {
        expected: *expected,
        found,
    })
}

/// Verifies that the leaf with hash `leaf` stands at `index` in the tree of `size` leaves and `root`.
///
/// Source: RFC 9162 section 2.1.3.2.
///
/// # Errors
/// [`ProofError`] when it does not, or the proof does not say so.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let wrong_length = ProofError::Length { found: proof.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    equal(root, hash)
}

/// Verifies that the tree of `old` leaves is what the tree of `new` leaves began as.
///
/// Source: RFC 9162 section 2.1.4.2; an empty older tree and equal trees have an empty proof.
///
/// # Errors
/// [`ProofError`] when it is not, or the proof does not say so.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let wrong_length = ProofError::Length { found: proof.len() };
    if old > new {
        return Err(ProofError::Sizes { old, new });
    }
    if old == new || old == 0 {
        if !proof.is_empty() {
            return Err(wrong_length);
        }
        return if old == 0 {
            equal(old_root, empty_root())
        } else {
            equal(old_root, *new_root)
        };
    }
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut hashes = proof.iter();
    // A complete older tree is its own first node.
    let first = if node == 0 {
        Some(old_root)
    } else {
        hashes.next()
    };
    let (mut older, mut newer) = match first {
        Some(hash) => (*hash, *hash),
        None => return Err(wrong_length),
    };
    for hash in hashes {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            older = node_hash(hash, &older);
            newer = node_hash(hash, &newer);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            newer = node_hash(&newer, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    equal(old_root, older)?;
    equal(new_root, newer)
}
