#!/usr/bin/env python3
"""A second verifier of a caws record, written from docs/record.md alone. Standard library and `cryptography`.

    python3 verify.py ARTIFACTS|PACKAGE.caws --key KEY.pub [--key ...]

Checks signatures, digests, completeness, the proofs of the ledger, the verdict of every gate from its measurements, and the trust
score. Measurements are not computed again from raw outputs: `caws verify` does that. Exit status: 0 verified, 4 not, 2 usage.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
import zlib
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

import waivers
from merkle import root_of, roots_of

PLAN, PLAN_BUNDLE, PLAN_PROOF = "provenance/plan.json", "provenance/plan.sigstore.json", "provenance/plan.tlog-proof"
MANIFEST, MANIFEST_BUNDLE, MANIFEST_PROOF = (path.replace("plan", "manifest") for path in (PLAN, PLAN_BUNDLE, PLAN_PROOF))
PAGE = "report/index.html"
NAMESPACE = "https://kokoro-tts.com/caws/"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
MEASURED = ("pass", "fail", "waived")
CLOCKS_DIFFER = timedelta(minutes=5)


class Broken(Exception):
    """What is wrong with the record, and where."""


class Number(str):
    """A fractional number by the digits it was written with, so that it can be written again."""


def parse(data, where):
    """JSON without keys twice and without NaN."""

    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("an object with a key twice")
        return dict(pairs)

    try:
        # `int` knows no NaN and no Infinity.
        return json.loads(data.decode(), object_pairs_hook=once, parse_float=Number, parse_constant=int)
    except (ValueError, RecursionError) as error:
        raise Broken(f"{where}: expected JSON, found {error}") from error


def canonical(value):
    """Compact JSON, keys in order, numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def expect(condition, message):
    if not condition:
        raise Broken(message)


def strict_base64(text, where):
    """Standard base64 of which no bit is free."""
    data = base64.b64decode(text, validate=True)
    expect(base64.b64encode(data).decode() == text, f"{where}: base64 with spare bits set")
    return data


class Key:
    """A public key: ECDSA P-256 over SHA-256, or Ed25519."""

    def __init__(self, pem):
        self.key = serialization.load_pem_public_key(pem)
        self.is_ed25519 = isinstance(self.key, ed25519.Ed25519PublicKey)
        self.der = self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.digest = hashlib.sha256(self.der).digest()

    def verifies(self, signature, data):
        """Of the forms an ECDSA signature can have one counts: exact DER with the smaller `s`."""
        try:
            self.key.verify(signature, data, *([] if self.is_ed25519 else [ec.ECDSA(hashes.SHA256())]))
        except InvalidSignature:
            return False
        r, s = (0, 0) if self.is_ed25519 else utils.decode_dss_signature(signature)
        return self.is_ed25519 or s <= P256_ORDER // 2 and utils.encode_dss_signature(r, s) == signature


def pack(files):
    """The one form of an audit package: ustar headers in which only path, size and checksum vary."""
    out = b""
    for path in sorted(files):
        expect(all(re.fullmatch(r"[\w-][\w.-]*", part, re.ASCII) for part in path.split("/")), f"{path}: not a path of a package")
        cut = path.rfind("/", 0, 156) if len(path) > 100 else -1
        sizes = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % len(files[path]) + b"0" * 11 + b"\0"
        head, prefix = path[cut + 1 :].encode().ljust(100, b"\0") + sizes, path[: max(cut, 0)].encode()
        tail = (b"0".ljust(101, b"\0") + b"ustar\x0000").ljust(189, b"\0") + prefix.ljust(167, b"\0")
        out += head + b"%07o\0" % (sum(head) + sum(tail) + 8 * 32) + tail + files[path] + bytes(-len(files[path]) % 512)
    return out + bytes(1024)


def unpack(data):
    """The files of an audit package."""
    files, at = {}, 0
    while any(block := data[at : at + 512]):
        name, size, prefix = block[:100].rstrip(b"\0"), int(block[124:135], 8), block[345:500].rstrip(b"\0")
        files["/".join(part.decode() for part in (prefix, name) if part)] = data[at + 512 : at + 512 + size]
        at += 512 + size + -size % 512
    expect(len({path.lower() for path in files}) == len(files) and pack(files) == data, "not in the form of a package")
    return files


def walk(root):
    """The files of an artifacts directory that are its record."""
    found = [path for folder in ("evidence", "provenance") for path in (root / folder, *(root / folder).rglob("*"))]
    strange = [path for path in found if path.is_symlink() or path.exists() and not path.is_dir() and not path.is_file()]
    expect(not strange, f"{strange}: expected files and directories alone")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.is_file()}


class Record:
    """The files of a record by path, and the keys whose signatures count."""

    def __init__(self, root, keys):
        self.files, self.keys = unpack(root.read_bytes()) if root.is_file() else walk(root), keys

    def read(self, path, digest=None):
        """The bytes of a file, which have the digest, where one is named."""
        expect(path in self.files, f"{path}: expected a file, found none")
        expect(digest in (None, sha256(self.files[path])), f"{path}: expected sha256 {digest}, found another")
        return self.files[path]

    def document(self, path, digest=None):
        """A document whose bytes are exactly the canonical form of what it says."""
        value = parse(self.read(path, digest), path)
        expect(canonical(value).encode() == self.files[path], f"{path}: not in canonical form")
        return value

    def signed(self, path, kind, commit, documents, predicate=None):
        """The bundle signs the first document, or `predicate`, naming `commit` and all of them, and nothing else; gives what a leaf says of it."""
        envelope = self.document(path)["dsseEnvelope"]
        sig = envelope["signatures"][0]["sig"]
        payload, signature = strict_base64(envelope["payload"], path), strict_base64(sig, path)
        pae = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
        signer = next((key for key in self.keys if key.verifies(signature, pae)), None)
        expect(signer, f"{path}: not signed by any of the keys given")
        signatures = [{"keyid": signer.digest.hex(), "sig": sig}]
        bundle = {
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "dsseEnvelope": {"payload": envelope["payload"], "payloadType": PAYLOAD_TYPE, "signatures": signatures},
            "verificationMaterial": {"publicKey": {"hint": base64.b64encode(signer.digest).decode()}, "tlogEntries": []},
        }
        expect(canonical(bundle).encode() == self.files[path], f"{path}: not the bundle of this payload, signature and key")
        digests = commit | {document: {"sha256": sha256(self.read(document))} for document in documents}
        statement = {
            "_type": "https://in-toto.io/Statement/v1",
            "predicateType": NAMESPACE + kind,
            "subject": [{"digest": digest, "name": name} for name, digest in digests.items()],
            "predicate": predicate or self.document(documents[0]),
        }
        expect(canonical(parse(payload, path)) == canonical(statement), f"{path}: not a {kind} of its document as it is")
        return {"predicate_type": NAMESPACE + kind, "key": signer.digest.hex(), "sha256": sha256(self.files[path]), "bytes": len(self.files[path])}


def checkpoint(note, origin, keys, where):
    """Size and root of a checkpoint of the log `origin` that one of the keys signed (C2SP tlog-checkpoint, signed-note)."""
    text, _, lines = note.rpartition("\n\n")
    name, size, root = text.split("\n")
    expect(re.fullmatch("(\u2014 \\S+ \\S+\n)+", lines), f"{where}: expected a signed note")
    signatures = [(signer, strict_base64(blob, where)) for _, signer, blob in map(str.split, lines.splitlines())]
    known = {(origin, hashlib.sha256(f"{origin}\n\1".encode() + key.der[-32:]).digest()[:4]): key for key in keys if key.is_ed25519}
    signed = [known[who].verifies(blob[4:], f"{text}\n".encode()) for signer, blob in signatures if (who := (signer, blob[:4])) in known]
    expect(signed and all(signed) and name == origin and str(int(size)) == size, f"{where}: no checkpoint of {origin} by any of the keys given")
    return int(size), strict_base64(root, where)


def proved(record, path, entry, origin):
    """What a tlog-proof (C2SP) shows of an entry: its leaf hash, its index, size and root of the log, the extra bytes."""
    leaf = hashlib.sha256(b"\0" + canonical({"schema": NAMESPACE + "ledger-entry/v1", **entry}).encode()).digest()
    head, _, note = record.read(path).decode().partition("\n\n")
    lines = re.fullmatch("c2sp.org/tlog-proof@v1\n(?:extra (.*)\n)?index (0|[1-9][0-9]*)((?:\n.{44})*)", head)
    expect(lines, f"{path}: not in the form of a tlog-proof")
    index, hashes = int(lines[2]), [strict_base64(line, path) for line in lines[3].split()]
    size, root = checkpoint(note, origin, record.keys, path)
    shown = index < size and root_of(leaf, index, size, hashes) == root and not hashes
    expect(shown, f"{path}: expected leaf {leaf.hex()} at {index}, found a proof of something else")
    return leaf.hex(), index, size, root, lines[1] and strict_base64(lines[1], path)


def check_log(record, logged, plan, manifest):
    """The plan is in the log, the manifest behind it, and between the two the log only grew."""
    leaf, index, size, root, extra = proved(record, PLAN_PROOF, plan, logged["origin"])
    expect((leaf, index, extra) == (logged["leaf"], logged["index"], None), f"{PLAN_PROOF}: expected {logged}, found leaf {leaf} at {index}")
    if MANIFEST_PROOF in record.files:
        _, behind, grown, newer, extra = proved(record, MANIFEST_PROOF, manifest, logged["origin"])
        hashes = [(extra or b"")[at : at + 32] for at in range(0, len(extra or b""), 32)]
        expect(behind > index and grown >= size and all(len(one) == 32 for one in hashes), f"{MANIFEST_PROOF}: not behind the plan")
        expect(roots_of(size, grown, hashes, root) == [root, newer] and not hashes, f"{MANIFEST_PROOF}: a log that does not go on from the plan's")


def answer(evidence, requirement):
    """The measurement a requirement of the plan asks for, where the gate measured it."""
    asked = tuple(requirement[field] for field in ("measurement", "comparator", "threshold"))
    found = [one for one in evidence["measurements"] if (one["name"], one.get("comparator"), one.get("threshold")) == asked]
    return found[0] if len(found) == 1 and evidence["verdict"] in MEASURED else None


def standing(measurement, requirement):
    """True: met. False: missed. None: the sample cannot decide."""
    value, limit, interval = float(measurement["value"]), float(requirement["threshold"]), measurement.get("interval")
    low, high = (float(interval["low"]), float(interval["high"])) if interval else (value, value)
    met = {">=": low >= limit, "<=": high <= limit, "==": low >= limit and high <= limit}[requirement["comparator"]]
    missed = {">=": high < limit, "<=": low > limit, "==": high < limit or low > limit}[requirement["comparator"]]
    return None if measurement.get("sample_size") == 0 else True if met else False if missed else None


def check_gate(record, entry, plan, manifest, leaf, whole):
    """One gate of the `whole` plan: its record, its bundle, its raw outputs and its verdict; gives the evidence."""
    folder = f"evidence/{entry['gate']}"
    path = f"{folder}/evidence.json"
    evidence = record.document(path, entry["evidence_sha256"])
    record.signed(f"{folder}/evidence.sigstore.json", "gate-evidence/v1", {}, [path])
    for field in ("gate", "verdict"):
        expect(evidence[field] == entry[field], f"{path}: of another {field} than in the manifest")
    expect(evidence["plan_sha256"] == sha256(canonical(plan).encode()), f"{path}: measured under another plan")
    expect(sha256(canonical(evidence["inputs"]).encode()) == plan["inputs_sha256"], f"{path}: measured on other inputs")
    begun, ended, started, finished = (datetime.fromisoformat(of[at]) for of in (evidence, manifest["caws"]) for at in ("started", "finished"))
    if entry["cached"]:
        expect(begun - CLOCKS_DIFFER <= ended <= started + CLOCKS_DIFFER, f"{path}: from the cache, and measured after the run began")
    else:
        in_order = started - CLOCKS_DIFFER <= begun <= ended + CLOCKS_DIFFER <= finished + 2 * CLOCKS_DIFFER
        expect(in_order and (evidence["commit"] or "uncommitted") == manifest["commit"], f"{path}: not measured during the run, on its commit")
        expect(evidence.get("plan_leaf") == leaf, f"{path}: cites another logged plan")
    expect(len({output["path"] for output in evidence["outputs"]}) == len(evidence["outputs"]), f"{path}: names an output twice")
    for output in evidence["outputs"]:
        raw = f"{folder}/{output['path']}"
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        same = sha256(member.decompress(record.read(raw, output["sha256"]))) == output["content_sha256"]
        expect(same and member.eof and not member.unused_data, f"{raw}: expected one gzip member of the recorded content")
    found = [answer(evidence, requirement) for requirement in plan["requirements"]]
    met = [standing(one, requirement) if one else None for one, requirement in zip(found, plan["requirements"])]
    expect([one and one.get("met") for one in found] == met, f"{path}: expected its requirements to be met as in {met}, found others")
    expect(evidence["verdict"] != "pass" or met and all(met), f"{path}: passed, and a requirement of the plan is not met")
    waived, covering = set(evidence["waivers"]), waivers.of_gate(evidence, whole)
    covered = bool(waived) == (evidence["verdict"] == "waived") and waived <= covering and not (waived and met and all(met))
    expect(covered, f"{path}: expected waivers of {covering} over a gate that did not pass, found {waived}")
    return evidence


def share(measurement):
    """The exact number between 0 and 1 that was measured; None where there is none."""
    ratio = measurement.get("ratio") or {"numerator": Fraction(canonical(measurement["value"])), "denominator": 1}
    value = Fraction(ratio["numerator"], ratio["denominator"]) if ratio["denominator"] else None
    return value if value is not None and 0 <= value <= 1 else None


def counted(evidence, gate):
    """The numbers of a gate that count: it was measured, or is waived with every requirement met or missed."""
    answers = [answer(evidence, requirement) or {} for requirement in gate["requirements"]]
    decided = evidence["verdict"] != "waived" or all(one.get("met") is not None for one in answers)
    return evidence["measurements"] if evidence["verdict"] in MEASURED and decided else []


def worth(policy, gates, records):
    """What a term of the score is worth, between 0 and 1."""
    gates = [gate for gate in gates if gate["applies"] and gate["gate"] in policy["gates"]]
    if policy["term"] == "performance":
        answers = [counted(records[gate["gate"]], gate) and answer(records[gate["gate"]], one) for gate in gates for one in gate["requirements"]]
        return Fraction(sum(bool(found) and found.get("met") is True for found in answers), len(answers) or 1)
    found = [[one for one in counted(records[gate["gate"]], gate) if one["name"] == policy["measurement"]] for gate in gates]
    shares = [share(of_gate[0]) if of_gate else None for of_gate in found]
    if not shares or None in shares:
        return Fraction(0)
    ratios = [one.get("ratio") for of_gate in found for one in of_gate]
    if policy["term"] in ("contracts", "accessibility"):
        return Fraction(*(sum(one[part] for one in ratios) for part in ("numerator", "denominator"))) if all(ratios) else min(shares)
    return min(of_share(policy, value) for value in shares)


def of_share(policy, value):
    minimum, target = policy.get("minimum"), policy.get("target")
    if policy["term"] == "flakes":
        full, half = Fraction(target or "0.005"), Fraction(minimum or "0.05")
        return Fraction(1) if value <= full else Fraction(1, 2) if value <= half else Fraction(0)
    if minimum is None or target is None:
        return Fraction(0)
    minimum, target = Fraction(minimum), Fraction(target)
    risen = (value - minimum) / (target - minimum) if target > minimum else 1
    return Fraction(4, 5) * value / minimum if value < minimum else Fraction(4, 5) + Fraction(1, 5) * min(1, risen)


def score(plan, records):
    """The trust score, and whether the run passes."""
    terms = [policy for policy in plan["trust"]["terms"] if not policy.get("not_applicable")]
    weights = sum(policy["weight"] for policy in terms)
    total = sum((worth(policy, plan["gates"], records) * policy["weight"] for policy in terms), Fraction(0))
    waived = (plan.get("waivers") or {}).get("active") or any(one["verdict"] == "waived" for one in records.values())
    points = min(79 if waived else 100, int(100 * total / weights + Fraction(1, 2)) if weights else 0)
    return points, points >= plan["trust"]["threshold"] and all(one["verdict"] in ("pass", "waived") for one in records.values())


def check(record):
    """The whole record; gives what an auditor wants to read."""
    manifest, plan = record.document(MANIFEST), record.document(PLAN)
    caws, subject = manifest["caws"], plan["subject"]
    versions = [document["schema_version"] for document in (caws, plan)]
    expect(versions == [1, 1], f"{MANIFEST}, {PLAN}: expected version 1, found {versions}")
    applying = [gate for gate in plan["gates"] if gate["applies"]]
    expect([entry["gate"] for entry in caws["gates"]] == [gate["gate"] for gate in applying], f"{MANIFEST}: not the gates of the plan")
    commitment = caws.get("commitment") or {}
    logged = commitment.get("logged") or {}
    records = {gate["gate"]: check_gate(record, entry, gate, manifest, logged.get("leaf"), plan) for entry, gate in zip(caws["gates"], applying)}
    waived, wrong = waivers.check(record, plan, manifest, canonical)
    expect(not wrong, f"{PLAN}: waivers: {wrong}")
    covered = waived | {PLAN: caws["plan_sha256"]}
    covered |= {PLAN_BUNDLE: commitment["bundle_sha256"]} if commitment else {}
    covered |= {PLAN_PROOF: logged["proof_sha256"]} if logged else {}
    covered |= {f"evidence/{entry['gate']}/evidence.json": entry["evidence_sha256"] for entry in caws["gates"]}
    covered |= {f"evidence/{name}/{output['path']}": output["sha256"] for name, one in records.items() for output in one["outputs"]}
    files = [{"path": path, "sha256": sha256(record.read(path, covered[path]))} for path in sorted(covered)]
    bundles = {f"evidence/{name}/evidence.sigstore.json" for name in records} | {MANIFEST, MANIFEST_BUNDLE, PAGE} | ({MANIFEST_PROOF} if logged else set())
    stray = sorted(set(record.files) - set(covered) - bundles)
    expect(not stray, f"{stray}: in the record, and nobody vouches for it")
    points, passed = score(plan, records)
    inputs, ended = ({name: evidence[field] for name, evidence in records.items()} for field in ("inputs", "finished"))
    for name, found, expected in (
        ("commit", manifest["commit"], subject["commit"] or "uncommitted"),
        ("tree", [caws["tree"], caws["dirty"]], [subject["tree"], subject["dirty"]]),
        ("files", [caws["files"], manifest["artifacts"]], [files, sorted(covered)]),
        ("artifacts_sha256", manifest["attestations"]["artifacts_sha256"], sha256(canonical(files).encode())),
        ("inputs_sha256", manifest["attestations"]["inputs_sha256"], sha256(canonical(inputs).encode())),
        ("measured", {entry["gate"]: entry["measured"] for entry in caws["gates"]}, ended),
        ("trust", caws["trust"], {"score": points, "passed": passed, "threshold": plan["trust"]["threshold"]}),
    ):
        expect(canonical(found) == canonical(expected), f"{MANIFEST}: {name}: expected {expected}, found {found}")
    commit = {"commit": {"gitCommit": subject["commit"]}, "tree": {"gitTree": subject["tree"]}} if subject["commit"] else {}
    entry = record.signed(MANIFEST_BUNDLE, "manifest/v1", {} if subject["dirty"] else commit, [MANIFEST, *sorted(covered)])
    plan_entry = record.signed(PLAN_BUNDLE, "plan/v1", commit, [PLAN]) if commitment else {}
    if logged:
        plan_entry |= {"commit": subject["commit"]} if commit else {}
        check_log(record, logged, plan_entry, entry | {"commit": manifest["commit"], "time": caws["finished"]})
    return {"commit": manifest["commit"], "score": points, "passed": passed, "gates": {n: one["verdict"] for n, one in records.items()}}


def verify(root, keys):
    """What `check` gives; whatever is wrong with the record is said by `Broken`."""
    try:
        return check(Record(Path(root), keys))
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, OSError, zlib.error) as error:
        raise Broken(f"a document has not the shape of docs/record.md: {type(error).__name__}: {error}") from error


def main():
    parser = argparse.ArgumentParser(description="Verifies a caws record.")
    parser.add_argument("artifacts")
    parser.add_argument("--key", action="append", required=True, help="public key (PEM) that may have signed")
    arguments = parser.parse_args()
    try:
        print("verified:", json.dumps(verify(arguments.artifacts, [Key(Path(path).read_bytes()) for path in arguments.key]), indent=2))
    except Broken as broken:
        print(f"not verified: {broken}", file=sys.stderr)
        return 4
    except (OSError, ValueError) as error:
        parser.error(f"expected a public key in PEM: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
