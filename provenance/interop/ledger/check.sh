#!/usr/bin/env bash
# pymerkle agrees on the roots and inclusion proofs that the Rust tests of caws-ledger read.
set -uo pipefail
if said=$(python3 "$(dirname "$0")/../ledger.py" 2>&1); then echo "ok $said"; else
  echo "not ok roots and inclusion proofs: $(tr '\n' ' ' <<<"$said")"
  exit 1
fi
