#!/usr/bin/env bash
# openssl verifies our signatures over the pre-authentication encoding, and reads our key files.
set -uo pipefail
vectors=$CAWS_VECTORS/attest
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

holds() {
  local name=$1
  shift
  if "$@" >"$scratch/out" 2>&1; then echo "ok $name"; else
    echo "not ok $name: $(tr '\n' ' ' <"$scratch/out")"
    failed=1
  fi
}
fails() {
  local name=$1
  shift
  if "$@" >"$scratch/out" 2>&1; then
    echo "not ok $name: openssl accepted it"
    failed=1
  else echo "ok $name"; fi
}

verify() { # NAME PAE
  case $1 in
    p256) openssl dgst -sha256 -verify "$vectors/p256.pub" -signature "$vectors/p256.sig" "$2" ;;
    ed25519) openssl pkeyutl -verify -pubin -inkey "$vectors/ed25519.pub" -rawin -in "$2" -sigfile "$vectors/ed25519.sig" ;;
  esac
}
same_key() { # NAME FILE [OPENSSL ARGUMENT..]
  local name=$1 file=$2
  shift 2
  openssl pkey -in "$file" "$@" -pubout -out "$scratch/pub" && cmp "$scratch/pub" "$vectors/$name.pub"
}

for name in p256 ed25519; do
  holds "$name: the signature over the encoding verifies" verify "$name" "$vectors/$name.pae"
  sed 's/DSSEv1/DSSEv2/' "$vectors/$name.pae" >"$scratch/pae"
  fails "$name: not over a changed encoding" verify "$name" "$scratch/pae"
  holds "$name: the plain key file is read" same_key "$name" "$vectors/$name.plain.pem"
  holds "$name: the encrypted key file opens" same_key "$name" "$vectors/$name.encrypted.pem" -passin pass:interop
  fails "$name: not with another passphrase" same_key "$name" "$vectors/$name.encrypted.pem" -passin pass:interpo
done
exit "$failed"
