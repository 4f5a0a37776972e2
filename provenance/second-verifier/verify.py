#!/usr/bin/env python3
"""A second verifier of a caws record, written from docs/record.md alone. Standard library and `cryptography`.

    python3 verify.py ARTIFACTS|PACKAGE.caws --key KEY.pub [--key ...]

Checks signatures, digests, completeness, the verdict of every gate from its measurements, and the trust score. Measurements
are not computed again from raw outputs: `caws verify` does that. Exit status: 0 verified, 4 not, 2 usage.
"""

import argparse
import base64
import gzip
import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

MANIFEST = "provenance/manifest.json"
MANIFEST_BUNDLE = "provenance/manifest.sigstore.json"
PLAN = "provenance/plan.json"
PLAN_BUNDLE = "provenance/plan.sigstore.json"
NAMESPACE = "https://kokoro-tts.com/caws/"
MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
MAX_BYTES = 256 << 20
PAGE = "report/index.html"
FIELDS = (("name", "measurement"), ("comparator", "comparator"), ("threshold", "threshold"))
PLAIN = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Broken(Exception):
    """What is wrong with the record, and where."""


class Number(float):
    """A number with the digits it was written with, so that it can be written again."""

    def __new__(cls, text):
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse(data, where):
    """JSON without keys twice and without NaN."""

    def once(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise Broken(f"{where}: an object has a key twice")
        return dict(pairs)

    def never(text):
        raise Broken(f"{where}: {text} is no JSON number")

    try:
        return json.loads(data.decode(), object_pairs_hook=once, parse_float=Number, parse_constant=never)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Broken(f"{where}: expected JSON, found {error}") from error


def canonical(value):
    """Compact JSON, keys in order, numbers as they were written."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return value.text if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def expect(condition, message):
    if not condition:
        raise Broken(message)


def smaller_s(signature):
    """The one form of an ECDSA signature that counts: exact DER with the smaller `s`."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


class Key:
    """A public key: ECDSA P-256 over SHA-256, or Ed25519."""

    def __init__(self, path):
        self.key = serialization.load_pem_public_key(Path(path).read_bytes())
        spki = self.key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.digest = hashlib.sha256(spki).digest()

    def verifies(self, signature, data):
        ed = isinstance(self.key, ed25519.Ed25519PublicKey)
        try:
            self.key.verify(signature, data, *([] if ed else [ec.ECDSA(hashes.SHA256())]))
        except InvalidSignature:
            return False
        return ed or smaller_s(signature) == signature


def pack(files):
    """The one form of an audit package: ustar headers in which only path, size and checksum vary."""
    out = b""
    for path in sorted(files):
        expect(all(part[:1] not in ("", ".") and set(part) <= PLAIN for part in path.split("/")), f"{path}: not a path of a package")
        cut = path.rfind("/", 0, 156) if len(path) > 100 else -1
        sizes = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % len(files[path]) + b"0" * 11 + b"\0"
        head, prefix = path[cut + 1 :].encode().ljust(100, b"\0") + sizes, path[: max(cut, 0)].encode()
        tail = (b"0".ljust(101, b"\0") + b"ustar\x0000").ljust(189, b"\0") + prefix.ljust(167, b"\0")
        out += head + b"%07o\0" % (sum(head) + sum(tail) + 8 * 32) + tail + files[path] + bytes(-len(files[path]) % 512)
    return out + bytes(1024)


def unpack(file):
    """The files of an audit package."""
    data, files, at = file.read_bytes(), {}, 0
    while any(block := data[at : at + 512]):
        name, size, prefix = block[:100].rstrip(b"\0"), int(block[124:135], 8), block[345:500].rstrip(b"\0")
        files["/".join(part.decode() for part in (prefix, name) if part)] = data[at + 512 : at + 512 + size]
        at += 512 + size + -size % 512
    expect(len({path.lower() for path in files}) == len(files) and pack(files) == data, f"{file}: not in the form of a package")
    return files


class Record:
    """An artifacts directory, or an audit package."""

    def __init__(self, root, keys):
        self.root, self.keys, self.document_bytes = Path(root), keys, {}
        self.packed = unpack(self.root) if self.root.is_file() else None

    def read(self, path):
        if self.packed is not None:
            expect(path in self.packed, f"{path}: expected a file, found none")
            return self.packed[path]
        parts = Path(path).parts
        expect(parts and not Path(path).is_absolute() and ".." not in parts, f"{path}: not a path within the record")
        file = self.root.joinpath(*parts)
        expect(file.is_file() and not file.is_symlink(), f"{path}: expected a file, found none")
        expect(file.stat().st_size <= MAX_BYTES, f"{path}: longer than {MAX_BYTES} bytes")
        return file.read_bytes()

    def document(self, path):
        """A document whose bytes are exactly the canonical form of what it says."""
        data = self.read(path)
        value = parse(data, path)
        expect(canonical(value).encode() == data, f"{path}: not in canonical form")
        self.document_bytes[path] = data
        return value

    def statement(self, path, predicate_type):
        """The statement in a bundle, if one of the keys signed it."""
        bundle = self.document(path)
        expect(bundle.get("mediaType") == MEDIA_TYPE, f"{path}: expected {MEDIA_TYPE}")
        envelope = bundle.get("dsseEnvelope", {})
        expect(envelope.get("payloadType") == PAYLOAD_TYPE, f"{path}: expected payload type {PAYLOAD_TYPE}")
        payload = strict_base64(envelope.get("payload"), path)
        kind = PAYLOAD_TYPE.encode()
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        signatures = envelope.get("signatures", [])
        expect(len(signatures) == 1, f"{path}: expected one signature, found {len(signatures)}")
        signature = strict_base64(signatures[0].get("sig"), path)
        hint = strict_base64(bundle.get("verificationMaterial", {}).get("publicKey", {}).get("hint"), path)
        signer = next((key for key in self.keys if key.verifies(signature, pae)), None)
        expect(signer, f"{path}: not signed by any of the keys given")
        expect(signer.digest == hint and signatures[0].get("keyid") == hint.hex(), f"{path}: names another key than the one that signed")
        statement = parse(payload, path)
        expect(statement.get("_type") == STATEMENT, f"{path}: expected {STATEMENT}")
        expect(statement.get("predicateType") == NAMESPACE + predicate_type, f"{path}: expected a {predicate_type}")
        return statement


def strict_base64(text, where):
    """Standard base64 of which no bit is free."""
    try:
        data = base64.b64decode(text, validate=True)
    except (TypeError, ValueError) as error:
        raise Broken(f"{where}: expected base64, found {error}") from error
    expect(base64.b64encode(data).decode() == text, f"{where}: base64 with spare bits set")
    return data


def signed_document(record, bundle_path, path, predicate_type):
    """The bundle signs exactly the document and names it by its digest; gives its subjects by name."""
    statement = record.statement(bundle_path, predicate_type)
    data = record.document_bytes[path]
    expect(canonical(statement.get("predicate")).encode() == data, f"{path}: not what was signed")
    subjects = {subject["name"]: subject["digest"] for subject in statement["subject"]}
    expect(len(subjects) == len(statement["subject"]), f"{bundle_path}: a subject is named twice")
    expect(subjects.get(path) == {"sha256": sha256(data)}, f"{bundle_path}: does not name {path} by its digest")
    return subjects


def standing(measurement, requirement):
    """True: met. False: missed. None: the sample cannot decide."""
    value, limit = float(measurement["value"]), float(requirement["threshold"])
    interval = measurement.get("interval")
    low, high = (float(interval["low"]), float(interval["high"])) if interval else (value, value)
    met, missed = {
        ">=": (low >= limit, high < limit),
        "<=": (high <= limit, low > limit),
        "==": (low >= limit and high <= limit, high < limit or low > limit),
    }[requirement["comparator"]]
    return None if measurement.get("sample_size") == 0 else True if met else False if missed else None


def answers(measurement, requirement):
    """Whether a measurement is the one a requirement of the plan asks for."""
    return all(measurement.get(field) == requirement[other] for field, other in FIELDS)


def check_gate(record, entry, plan):
    """One gate: its record, its bundle, its raw outputs and its verdict; gives the evidence."""
    name, folder = entry["gate"], f"evidence/{entry['gate']}"
    path = f"{folder}/evidence.json"
    evidence = record.document(path)
    expect(sha256(record.document_bytes[path]) == entry["evidence_sha256"], f"{path}: not the record the manifest names")
    signed_document(record, f"{folder}/evidence.sigstore.json", path, "gate-evidence/v1")
    expect(evidence["gate"] == name and evidence["verdict"] == entry["verdict"], f"{path}: of another gate or verdict")
    expect(evidence["plan_sha256"] == sha256(canonical(plan).encode()), f"{path}: measured under another plan")
    expect(sha256(canonical(evidence["inputs"]).encode()) == plan["inputs_sha256"], f"{path}: measured on other inputs")
    for output in evidence["outputs"]:
        raw = f"{folder}/{output['path']}"
        data = record.read(raw)
        expect(sha256(data) == output["sha256"], f"{raw}: digest differs")
        try:
            content = gzip.decompress(data)
        except (OSError, EOFError) as error:
            raise Broken(f"{raw}: expected gzip, found {error}") from error
        expect(sha256(content) == output["content_sha256"], f"{raw}: content differs")
    met = []
    for requirement in plan["requirements"]:
        found = [measurement for measurement in evidence["measurements"] if answers(measurement, requirement)]
        stands = standing(found[0], requirement) if len(found) == 1 else None
        if found and evidence["verdict"] in ("pass", "fail", "waived"):
            expect(found[0].get("met") == stands, f"{path}: says that `{requirement['measurement']}` is met, or missed, and it is not")
        met.append(stands)
    expect(evidence["verdict"] != "pass" or met and all(met), f"{path}: passed, and a requirement of the plan is not met")
    return evidence


def share(evidence, policy):
    """The exact number a gate measured for a term; None where there is none."""
    if evidence is None or evidence["verdict"] not in ("pass", "fail", "waived"):
        return None
    for measurement in evidence["measurements"]:
        if measurement["name"] == policy["measurement"]:
            ratio = measurement.get("ratio")
            if ratio and not ratio["denominator"]:
                return None
            value = Fraction(ratio["numerator"], ratio["denominator"]) if ratio else Fraction(canonical(measurement["value"]))
            return value if 0 <= value <= 1 else None
    return None


def worth(policy, gates, records):
    """What a term of the score is worth, between 0 and 1."""
    gates = [gate for gate in gates if gate["applies"] and gate["gate"] in policy["gates"]]
    shares = [share(records.get(gate["gate"]), policy) for gate in gates]
    term = policy["term"]
    if term == "performance":
        stated = [(gate, requirement) for gate in gates for requirement in gate["requirements"]]
        met = sum(is_met(records.get(gate["gate"]), requirement) for gate, requirement in stated)
        return Fraction(met, len(stated)) if stated else Fraction(0)
    if not gates or None in shares:
        return Fraction(0)
    if term in ("contracts", "accessibility"):
        measured = [m for gate in gates for m in records[gate["gate"]]["measurements"] if m["name"] == policy["measurement"]]
        ratios = [m.get("ratio") for m in measured]
        if all(ratios):
            return Fraction(sum(ratio["numerator"] for ratio in ratios), sum(ratio["denominator"] for ratio in ratios))
        return min(shares)
    return min(of_share(policy, value) for value in shares)


def of_share(policy, value):
    minimum, target = policy.get("minimum"), policy.get("target")
    if policy["term"] == "flakes":
        full, half = Fraction(target or "0.005"), Fraction(minimum or "0.05")
        return Fraction(1) if value <= full else Fraction(1, 2) if value <= half else Fraction(0)
    if minimum is None or target is None:
        return Fraction(0)
    minimum, target = Fraction(minimum), Fraction(target)
    if value < minimum:
        return Fraction(4, 5) * value / minimum
    if value >= target or target <= minimum:
        return Fraction(1)
    return Fraction(4, 5) + Fraction(1, 5) * (value - minimum) / (target - minimum)


def is_met(evidence, requirement):
    measured = evidence is not None and evidence["verdict"] in ("pass", "fail", "waived")
    return measured and any(answers(m, requirement) and m.get("met") is True for m in evidence["measurements"])


def score(plan, records):
    """The trust score, and whether the run passes."""
    terms = [policy for policy in plan["trust"]["terms"] if not policy.get("not_applicable")]
    weights = sum(policy["weight"] for policy in terms)
    total = sum((worth(policy, plan["gates"], records) * policy["weight"] for policy in terms), Fraction(0))
    points = int(100 * total / weights + Fraction(1, 2)) if weights else 0
    applying = [records.get(gate["gate"]) for gate in plan["gates"] if gate["applies"]]
    waived = any(one and (one["verdict"] == "waived" or one["waivers"]) for one in applying)
    points = min(points, 79) if waived else points
    open_way = all(one and one["verdict"] in ("pass", "waived") for one in applying)
    return points, open_way and points >= plan["trust"]["threshold"]


def check_commitment(record, caws):
    """The plan signed before the run; gives the files it adds and where it was logged. Proofs are left to `caws verify`."""
    commitment = caws.get("commitment")
    if commitment is None:
        return set(), {}
    signed_document(record, PLAN_BUNDLE, PLAN, "plan/v1")
    logged = commitment.get("logged") or {}
    digests = {PLAN_BUNDLE: commitment["bundle_sha256"]} | ({"provenance/plan.tlog-proof": logged["proof_sha256"]} if logged else {})
    for path, digest in digests.items():
        expect(sha256(record.read(path)) == digest, f"{path}: not the one of the manifest")
    return set(digests), logged


def check(record):
    """The whole record; gives what an auditor wants to read."""
    manifest = record.document(MANIFEST)
    plan = record.document(PLAN)
    caws = manifest["caws"]
    for document, version in ((MANIFEST, caws), (PLAN, plan)):
        expect(version.get("schema_version") == 1, f"{document}: expected version 1, found {version.get('schema_version')}")
    subjects = signed_document(record, MANIFEST_BUNDLE, MANIFEST, "manifest/v1")
    listed = {file["path"]: file["sha256"] for file in caws["files"]}
    expect(list(listed) == sorted(listed) == sorted(manifest["artifacts"]), f"{MANIFEST}: its lists of files disagree")
    for path, digest in listed.items():
        expect(sha256(record.read(path)) == digest, f"{path}: digest differs from the manifest's")
        expect(subjects.get(path) == {"sha256": digest}, f"{MANIFEST_BUNDLE}: does not name {path} by its digest")
    subject = plan["subject"]
    expect(manifest["commit"] == (subject["commit"] or "uncommitted"), f"{MANIFEST}: about another commit than the plan")
    expect((caws["tree"], caws["dirty"]) == (subject["tree"], subject["dirty"]), f"{MANIFEST}: about another tree than the plan")
    if subject["commit"]:
        expect(subjects.get("commit") == {"gitCommit": subject["commit"]}, f"{MANIFEST_BUNDLE}: does not name the commit")
    expect(caws["plan_sha256"] == sha256(record.document_bytes[PLAN]), f"{PLAN}: not the plan of the manifest")
    expect(manifest["attestations"]["artifacts_sha256"] == sha256(canonical(caws["files"]).encode()), f"{MANIFEST}: the digest over its files differs")
    bundles = {f"evidence/{entry['gate']}/evidence.sigstore.json" for entry in caws["gates"]}
    committed, logged = check_commitment(record, caws)
    known = set(listed) | bundles | {MANIFEST, MANIFEST_BUNDLE} | ({"provenance/manifest.tlog-proof"} if logged else set())
    expect(not set(record.packed or ()) - known - {PAGE}, f"{record.root}: holds files that nobody vouches for")
    for folder in ("evidence", "provenance"):
        for file in sorted((record.root / folder).rglob("*")):
            path = file.relative_to(record.root).as_posix()
            expect(file.is_dir() and not file.is_symlink() or path in known, f"{path}: lies in the record and nobody vouches for it")
    applying = [gate for gate in plan["gates"] if gate["applies"]]
    expect([entry["gate"] for entry in caws["gates"]] == [gate["gate"] for gate in applying], f"{MANIFEST}: not the gates of the plan")
    records = {gate["gate"]: check_gate(record, entry, gate) for entry, gate in zip(caws["gates"], applying)}
    outputs = {f"evidence/{name}/{output['path']}" for name, evidence in records.items() for output in evidence["outputs"]}
    for entry in caws["gates"]:
        expect(entry["cached"] or records[entry["gate"]].get("plan_leaf") == logged.get("leaf"), f"evidence/{entry['gate']}: cites another logged plan")
    expect(set(listed) == outputs | committed | {PLAN} | {f"evidence/{name}/evidence.json" for name in records}, f"{MANIFEST}: lists other files than its records")
    inputs = {name: evidence["inputs"] for name, evidence in records.items()}
    expect(manifest["attestations"]["inputs_sha256"] == sha256(canonical(inputs).encode()), f"{MANIFEST}: the digest over the inputs differs")
    points, passed = score(plan, records)
    found = tuple(caws["trust"][field] for field in ("score", "passed", "threshold"))
    expect(found == (points, passed, plan["trust"]["threshold"]), f"{MANIFEST}: claims {found}, computed again: {(points, passed)}")
    return {"commit": manifest["commit"], "score": points, "passed": passed, "gates": {n: one["verdict"] for n, one in records.items()}}


def main():
    parser = argparse.ArgumentParser(description="Verifies a caws record.")
    parser.add_argument("artifacts")
    parser.add_argument("--key", action="append", required=True, help="public key (PEM) that may have signed")
    arguments = parser.parse_args()
    try:
        keys = [Key(path) for path in arguments.key]
    except (OSError, ValueError) as error:
        parser.error(f"expected a public key in PEM: {error}")
    try:
        answer = {"ok": True, **check(Record(arguments.artifacts, keys))}
    except Broken as broken:
        answer = {"ok": False, "why": str(broken)}
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        answer = {"ok": False, "why": f"a document has not the shape of docs/record.md: {type(error).__name__}: {error}"}
    if answer["ok"]:
        print(f"verified: commit {answer['commit']}, trust score {answer['score']}, {'passed' if answer['passed'] else 'did not pass'}")
        for name, verdict in answer["gates"].items():
            print(f"  {name:14} {verdict}")
    else:
        print(f"not verified: {answer['why']}", file=sys.stderr)
    return 0 if answer["ok"] else 4


if __name__ == "__main__":
    sys.exit(main())
