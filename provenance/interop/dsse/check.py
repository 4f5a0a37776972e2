#!/usr/bin/env python3
"""securesystemslib verifies our DSSE envelopes and refuses changed ones; PyNaCl opens our cosign key files."""
import base64
import json
import os
import pathlib
import sys
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key, load_pem_public_key
from nacl.secret import SecretBox
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

VECTORS = pathlib.Path(os.environ["CAWS_VECTORS"]) / "attest"
failures = 0


def case(name, holds, why=""):
    global failures
    failures += not holds
    print(f"ok {name}" if holds else f"not ok {name}: {why or 'it does not hold'}")


def key(name):
    """The public key, under the id that our envelopes use: SHA-256 of the SPKI DER."""
    loaded = SSlibKey.from_crypto(load_pem_public_key((VECTORS / f"{name}.pub").read_bytes()))
    public = load_pem_public_key((VECTORS / f"{name}.pub").read_bytes())
    fingerprint = sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
    return SSlibKey(fingerprint, loaded.keytype, loaded.scheme, loaded.keyval)


def envelope(name):
    return Envelope.from_dict(json.loads((VECTORS / name).read_text()))


def accepted(env, keys, threshold):
    try:
        return len(env.verify(keys, threshold)) >= threshold
    except VerificationError:
        return False


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


keys = {name: key(name) for name in ("p256", "ed25519")}
for name in keys:
    other = keys["ed25519" if name == "p256" else "p256"]
    good = envelope(f"{name}.dsse.json")
    case(f"{name}: the envelope verifies", accepted(good, [keys[name]], 1))
    case(f"{name}: its encoding is theirs byte for byte", good.pae() == (VECTORS / f"{name}.pae").read_bytes())
    case(f"{name}: the payload is a statement", json.loads(good.payload)["_type"] == "https://in-toto.io/Statement/v1")
    case(f"{name}: not under another key", not accepted(good, [other], 1))
    bad = envelope(f"{name}.dsse.json")
    bad.payload = flipped(bad.payload)
    case(f"{name}: a changed payload is refused", not accepted(bad, [keys[name]], 1))
    bad = envelope(f"{name}.dsse.json")
    bad.payload_type = "application/json"
    case(f"{name}: a changed type is refused", not accepted(bad, [keys[name]], 1))
    bad = envelope(f"{name}.dsse.json")
    for signature in bad.signatures.values():
        signature.signature = flipped(bytes.fromhex(signature.signature)).hex()
    case(f"{name}: a changed signature is refused", not accepted(bad, [keys[name]], 1))

both = envelope("both.dsse.json")
case("two signatures: threshold 2 of 2", accepted(both, list(keys.values()), 2))
stranger = SSlibKey.from_crypto(Ed25519PrivateKey.generate().public_key())
case("two signatures: threshold 2 with one key and a stranger's is refused", not accepted(both, [keys["p256"], stranger], 2))
for record, signers in (("issue", ["p256"]), ("rotate", ["p256", "ed25519"]), ("revoke", ["ed25519"])):
    env = envelope(f"records/{record}.dsse.json")
    case(f"key record `{record}`: signed by {' and '.join(signers)}", accepted(env, [keys[s] for s in signers], len(signers)))

CLI = VECTORS.parent / "cli"
for bundle in sorted(CLI.glob("*.sigstore.json")):
    signer = SSlibKey.from_crypto(load_pem_public_key((CLI / f"{bundle.name.split('.')[0]}.pub").read_bytes()))
    content = json.loads(bundle.read_text())["dsseEnvelope"]
    signer = SSlibKey(content["signatures"][0]["keyid"], signer.keytype, signer.scheme, signer.keyval)
    # Their reader takes the dictionary apart: each envelope needs one of its own.
    case(f"cli {bundle.name}: the envelope verifies", accepted(Envelope.from_dict(json.loads(json.dumps(content))), [signer], 1))
    bad = Envelope.from_dict(content)
    bad.payload = flipped(bad.payload)
    case(f"cli {bundle.name}: a changed payload is refused", not accepted(bad, [signer], 1))

for name in keys:
    pem = (VECTORS / f"{name}.cosign.key").read_text().split("\n")
    case(f"{name}: cosign key file has cosign's label", pem[0] == "-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----", pem[0])
    sealed = json.loads(base64.b64decode("".join(pem[1:-2]), validate=True))
    kdf, cipher = sealed["kdf"], sealed["cipher"]
    cost = kdf["params"]
    case(f"{name}: cosign key file has cosign's cost", cost == {"N": 65536, "r": 8, "p": 1}, str(cost))
    derived = Scrypt(salt=base64.b64decode(kdf["salt"]), length=32, n=cost["N"], r=cost["r"], p=cost["p"]).derive(b"interop")
    der = SecretBox(derived).decrypt(base64.b64decode(sealed["ciphertext"]), base64.b64decode(cipher["nonce"]))
    public = load_der_private_key(der, None).public_key()
    case(f"{name}: secretbox opens the cosign key file", public == load_pem_public_key((VECTORS / f"{name}.pub").read_bytes()))

sys.exit(failures > 0)
