//! The Merkle tree of RFC 6962: roots, proofs and what verifies them. Pure.

mod build;
mod frontier;
mod verify;

pub use build::{Subtrees, consistency_proof, inclusion_proof, root_of, subtree_of};
pub use frontier::Frontier;
pub use verify::{ProofError, verify_consistency, verify_inclusion};

#[cfg(test)]
mod tests;
