use crate::hash::{Hash, empty_root, node_hash};

/// The right edge of a tree: the roots of its complete subtrees, largest first. It takes leaves in
/// order and knows the root of all it was given, in space logarithmic in their number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    stack: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many hashes were pushed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of the next leaf, or of the next complete subtree where all are of one height.
    pub fn push(&mut self, hash: Hash) {
        let mut top = hash;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.stack.pop() {
                top = node_hash(&left, &top);
            }
        }
        self.stack.push(top);
        self.size += 1;
    }

    /// The root of all that was pushed.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut right_to_left = self.stack.iter().rev();
        let Some(&last) = right_to_left.next() else {
            return empty_root();
        };
        right_to_left.fold(last, |right, left| node_hash(left, &right))
    }
}

impl Extend<Hash> for Frontier {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, hashes: T) {
        for hash in hashes {
            self.push(hash);
        }
    }
}
