use std::convert::Infallible;

use proptest::prelude::*;

use super::*;
use crate::hash::{Hash, empty_root, leaf_hash, node_hash};
use crate::testing::leaf_hashes;

/// Leaves in memory; the definition of a subtree's root, word by word.
struct Leaves(Vec<Hash>);

impl Subtrees for Leaves {
    type Error = Infallible;
    fn subtree(&self, height: u32, index: u64) -> Result<Hash, Infallible> {
        let width = 1_usize << height;
        let start = usize::try_from(index).unwrap() * width;
        Ok(merkle_tree_hash(&self.0[start..start + width]))
    }
}

/// RFC 6962 section 2.1, as it is written there.
fn merkle_tree_hash(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        _ => {
            let k = leaves.len().next_power_of_two() / 2;
            node_hash(
                &merkle_tree_hash(&leaves[..k]),
                &merkle_tree_hash(&leaves[k..]),
            )
        }
    }
}

/// A tree of `leaf 0`, `leaf 1`, ... as pymerkle 7.0.0 has it; `provenance/interop/run` compares the file.
#[derive(serde::Deserialize)]
struct Vector {
    size: u64,
    root: String,
    inclusion: Vec<Inclusion>,
}

#[derive(serde::Deserialize)]
struct Inclusion {
    index: u64,
    path: Vec<String>,
}

#[test]
fn p6_roots_and_inclusion_proofs_are_those_of_pymerkle() {
    let recorded = include_str!("../../../interop/ledger-vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(recorded).unwrap();
    let sizes: Vec<u64> = vectors.iter().map(|vector| vector.size).collect();
    assert_eq!(sizes, [1, 2, 3, 255, 256, 257, 65_537]);
    let leaves = Leaves(leaf_hashes(65_537));
    for Vector {
        size,
        root,
        inclusion,
    } in vectors
    {
        let mut frontier = Frontier::new();
        let count = usize::try_from(size).unwrap();
        frontier.extend(leaves.0.iter().take(count).copied());
        assert_eq!(
            (frontier.size(), frontier.root().to_hex()),
            (size, root.clone())
        );
        assert_eq!(root_of(&leaves, size).unwrap().to_hex(), root);
        for Inclusion { index, path } in inclusion {
            let proof = inclusion_proof(&leaves, index, size).unwrap();
            let found: Vec<String> = proof.iter().map(Hash::to_hex).collect();
            assert_eq!(found, path, "leaf {index} of {size}");
            let leaf = leaves.0[usize::try_from(index).unwrap()];
            let verified = verify_inclusion(&leaf, index, size, &proof, &frontier.root());
            assert_eq!(verified, Ok(()));
        }
    }
}

#[test]
fn an_empty_tree_has_the_hash_of_nothing() {
    let root = Frontier::new().root();
    assert_eq!(
        root.to_hex(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn p6_every_inclusion_proof_of_small_trees_holds_and_holds_nowhere_else() {
    let leaves = Leaves(leaf_hashes(40));
    for size in 1..40 {
        let root = root_of(&leaves, size).unwrap();
        for index in 0..size {
            let proof = inclusion_proof(&leaves, index, size).unwrap();
            let leaf = leaf_hash(format!("leaf {index}").as_bytes());
            assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
            for other in (0..size).filter(|other| *other != index) {
                assert!(verify_inclusion(&leaf, other, size, &proof, &root).is_err());
            }
            let changed = leaf_hash(b"changed");
            assert!(matches!(
                verify_inclusion(&changed, index, size, &proof, &root),
                Err(ProofError::Root { .. })
            ));
        }
    }
}

#[test]
fn p6_every_consistency_proof_of_small_trees_holds() {
    let leaves = Leaves(leaf_hashes(40));
    for new in 1..40 {
        let new_root = root_of(&leaves, new).unwrap();
        for old in 0..=new {
            let old_root = if old == 0 {
                empty_root()
            } else {
                root_of(&leaves, old).unwrap()
            };
            let proof = consistency_proof(&leaves, old, new).unwrap();
            assert_eq!(
                verify_consistency(old, &old_root, new, &new_root, &proof),
                Ok(()),
                "{old} {new}"
            );
            let forked = leaf_hash(b"fork");
            assert!(matches!(
                verify_consistency(old, &forked, new, &new_root, &proof),
                Err(ProofError::Root { .. })
            ));
            if old > 0 {
                assert!(verify_consistency(old, &old_root, new, &forked, &proof).is_err());
            }
        }
    }
}

#[test]
fn proofs_of_the_wrong_length_are_refused() {
    let leaves = Leaves(leaf_hashes(7));
    let root = root_of(&leaves, 7).unwrap();
    let leaf = leaf_hash(b"leaf 2");
    let mut proof = inclusion_proof(&leaves, 2, 7).unwrap();
    proof.push(leaf);
    assert_eq!(
        verify_inclusion(&leaf, 2, 7, &proof, &root),
        Err(ProofError::Length { found: 4 })
    );
    assert_eq!(
        verify_inclusion(&leaf, 2, 7, &proof[..2], &root),
        Err(ProofError::Length { found: 2 })
    );
    assert_eq!(
        verify_inclusion(&leaf, 7, 7, &proof, &root),
        Err(ProofError::Index { index: 7, size: 7 })
    );

    let old = root_of(&leaves, 3).unwrap();
    let mut proof = consistency_proof(&leaves, 3, 7).unwrap();
    let shorter = proof.len() - 1;
    assert_eq!(
        verify_consistency(3, &old, 7, &root, &proof[..shorter]),
        Err(ProofError::Length { found: shorter })
    );
    assert_eq!(
        verify_consistency(3, &old, 7, &root, &[]),
        Err(ProofError::Length { found: 0 })
    );
    proof.push(old);
    let longer = proof.len();
    assert_eq!(
        verify_consistency(3, &old, 7, &root, &proof),
        Err(ProofError::Length { found: longer })
    );
    assert_eq!(
        verify_consistency(7, &root, 7, &root, &[root]),
        Err(ProofError::Length { found: 1 })
    );
    assert_eq!(
        verify_consistency(8, &root, 7, &root, &[]),
        Err(ProofError::Sizes { old: 8, new: 7 })
    );
    assert!(verify_consistency(7, &old, 7, &root, &[]).is_err());
}

#[test]
fn the_root_over_hashes_needs_a_power_of_two() {
    let hashes = leaf_hashes(4);
    assert_eq!(subtree_of(&hashes), Some(merkle_tree_hash(&hashes)));
    assert_eq!(subtree_of(&hashes[..3]), None);
    assert_eq!(subtree_of(&[]), None);
}

proptest! {
    #[test]
    fn p6_proofs_of_any_size_hold(size in 1_u64..3000, a in any::<u64>(), b in any::<u64>()) {
        let leaves = Leaves(leaf_hashes(size));
        let root = root_of(&leaves, size).unwrap();
        let (index, old) = (a % size, b % size + 1);
        let proof = inclusion_proof(&leaves, index, size).unwrap();
        let leaf = leaves.0[usize::try_from(index).unwrap()];
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &root), Ok(()));
        let old_root = root_of(&leaves, old).unwrap();
        let proof = consistency_proof(&leaves, old, size).unwrap();
        prop_assert_eq!(verify_consistency(old, &old_root, size, &root, &proof), Ok(()));
    }

    #[test]
    fn foreign_proofs_never_panic(
        index in any::<u64>(), size in any::<u64>(), hashes in prop::collection::vec(any::<[u8; 32]>(), 0..70)
    ) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash).collect();
        let root = leaf_hash(b"root");
        prop_assert!(verify_inclusion(&root, index, size, &hashes, &root).is_err() || size == 1);
        let _ = verify_consistency(index, &root, size, &root, &hashes);
    }
}
