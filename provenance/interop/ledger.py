"""Roots and inclusion proofs by pymerkle, an implementation of RFC 6962 that is not ours.

    python3 ledger.py           compares ledger-vectors.json, which the Rust tests read, with pymerkle
    python3 ledger.py --write   writes it anew

Leaf number i of every tree is the text `leaf i`. Hashes are hexadecimal, paths from the leaf's sibling up.
"""

import json
import pathlib
import sys

import pymerkle

FILE = pathlib.Path(__file__).with_name("ledger-vectors.json")
SIZES = [1, 2, 3, 255, 256, 257, 65537]


def vectors():
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    found = []
    for index in range(max(SIZES)):
        tree.append_entry(f"leaf {index}".encode())
        size = index + 1
        if size not in SIZES:
            continue
        proofs = []
        for at in sorted({0, size // 2, size - 1}):
            proof = tree.prove_inclusion(at + 1, size)
            pymerkle.verify_inclusion(tree.get_leaf(at + 1), tree.get_root(size), proof)
            # pymerkle's path begins with the leaf itself.
            proofs.append({"index": at, "path": proof.serialize()["path"][1:]})
        found.append({"size": size, "root": tree.get_root(size).hex(), "inclusion": proofs})
    return found


def main():
    found = vectors()
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(json.dumps(found, indent=1) + "\n")
        return 0
    recorded = json.loads(FILE.read_text())
    for ours, theirs in zip(recorded, found, strict=True):
        if ours != theirs:
            print(f"{FILE.name}: expected for {theirs['size']} leaves {theirs}, found {ours}")
            return 1
    print(f"pymerkle {pymerkle.__version__} agrees on {len(found)} trees")
    return 0


if __name__ == "__main__":
    sys.exit(main())
