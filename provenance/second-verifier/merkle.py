"""Hashes of a Merkle tree and what its proofs lead to (RFC 6962, section 2.1). Asked by verify.py."""

import hashlib


def node(left, right):
    """The hash of a node of a Merkle tree (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(leaf, index, size, proof):
    """The root over `size` leaves that an inclusion proof leads to (RFC 6962, section 2.1.1)."""
    if size == 1:
        return leaf
    middle, beside = 1 << (size - 1).bit_length() - 1, proof.pop()
    left = index < middle
    return node(root_of(leaf, index, middle, proof), beside) if left else node(beside, root_of(leaf, index - middle, size - middle, proof))


def roots_of(old, new, proof, known):
    """The roots over `old` and over `new` leaves that a consistency proof leads to (RFC 6962, section 2.1.2), which leaves out a root that is `known`."""
    if old == new:
        return [known or proof.pop()] * 2
    middle, beside = 1 << (new - 1).bit_length() - 1, proof.pop()
    if old <= middle:
        older, newer = roots_of(old, middle, proof, known)
        return [older, node(newer, beside)]
    older, newer = roots_of(old - middle, new - middle, proof, None)
    return [node(beside, older), node(beside, newer)]
