#!/usr/bin/env python3
"""Holds `caws verify` and verify.py against each other on a record and on what can be done to it.

    python3 agree.py CAWS ARTIFACTS PUBLIC_KEY PRIVATE_KEY

Every file is altered, cut, emptied, removed, doubled and swapped; then the record is changed and signed again with the true key,
so that only the content can give it away. Both verifiers must refuse every one, and accept what was not touched.
"""

import base64
import io
import json
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

import verify

FLIPS = 6
MANIFEST_PROOF = "provenance/manifest.tlog-proof"
SEED = 20261121


class Lab:
    """A record that can be changed and put back."""

    def __init__(self, caws, artifacts, public, private, folder):
        self.caws, self.original, self.public = caws, Path(artifacts), public
        self.root = Path(folder) / "artifacts"
        self.key = serialization.load_pem_private_key(Path(private).read_bytes(), None)
        self.keys = [verify.Key(public)]
        self.kinds = self.failures = 0
        self.reset()

    def reset(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.original, self.root)

    def answers(self, root=None):
        """What each says: accepted or not, and why."""
        root = root or self.root
        run = subprocess.run([self.caws, "verify", str(root), "--key", self.public], capture_output=True, text=True, check=False)
        try:
            verify.check(verify.Record(root, self.keys))
            second = ""
        except verify.Broken as broken:
            second = str(broken)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            second = f"shape: {error!r}"
        return run.returncode, run.stdout + run.stderr, second

    def refused(self, what, change, only_caws=False, root=None):
        """Both must refuse the record after `change`; `only_caws`: what only a computation from raw outputs can find."""
        change()
        code, said, second = self.answers(root)
        self.kinds += 1
        if code != 4 or bool(second) == only_caws:
            self.failures += 1
            print(f"DISAGREE on {what}: caws exit {code}, second: {second or 'accepted'}\n{said[:600]}")
        self.reset()

    def load(self, path):
        return verify.parse((self.root / path).read_bytes(), path)

    def save(self, path, value):
        (self.root / path).write_bytes(verify.canonical(value).encode())

    def digest(self, path):
        return verify.sha256((self.root / path).read_bytes())

    def seal(self, gate, evidence=None, manifest=None):
        """Writes a changed record as its true signer would: every digest and signature anew."""
        current = self.load(verify.MANIFEST)
        path = f"evidence/{gate}/evidence.json"
        if evidence is not None:
            self.save(path, evidence)
            self.sign(f"evidence/{gate}/evidence.sigstore.json", path, evidence, "gate-evidence/v1", [path])
            for entry in current["caws"]["gates"]:
                if entry["gate"] == gate:
                    entry["evidence_sha256"], entry["verdict"] = self.digest(path), evidence["verdict"]
                    current["results"]["verdicts"][gate] = evidence["verdict"]
        commitment = current["caws"].get("commitment")
        if commitment:
            self.sign(verify.PLAN_BUNDLE, verify.PLAN, self.load(verify.PLAN), "plan/v1", [verify.PLAN])
            commitment["bundle_sha256"] = self.digest(verify.PLAN_BUNDLE)
        for file in current["caws"]["files"]:
            file["sha256"] = self.digest(file["path"])
        current["caws"]["plan_sha256"] = self.digest(verify.PLAN)
        current["attestations"]["artifacts_sha256"] = verify.sha256(verify.canonical(current["caws"]["files"]).encode())
        if manifest:
            manifest(current)
        self.save(verify.MANIFEST, current)
        self.sign(verify.MANIFEST_BUNDLE, verify.MANIFEST, current, "manifest/v1", [verify.MANIFEST, *(file["path"] for file in current["caws"]["files"])])

    def sign(self, bundle_path, path, predicate, kind, files):
        bundle = json.loads((self.root / bundle_path).read_bytes())
        envelope = bundle["dsseEnvelope"]
        statement = json.loads(base64.b64decode(envelope["payload"]))
        others = [subject for subject in statement["subject"] if "sha256" not in subject["digest"]]
        statement["subject"] = others + [{"digest": {"sha256": self.digest(file)}, "name": file} for file in files]
        statement["predicate"] = predicate
        statement["predicateType"] = verify.NAMESPACE + kind
        payload = verify.canonical(statement).encode()
        kind = verify.PAYLOAD_TYPE.encode()
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        ecdsa = isinstance(self.key, ec.EllipticCurvePrivateKey)
        signature = verify.smaller_s(self.key.sign(pae, ec.ECDSA(hashes.SHA256()))) if ecdsa else self.key.sign(pae)
        envelope["payload"] = base64.b64encode(payload).decode()
        envelope["signatures"][0]["sig"] = base64.b64encode(signature).decode()
        (self.root / bundle_path).write_bytes(verify.canonical(bundle).encode())


def files_of(lab):
    return sorted(
        file.relative_to(lab.root).as_posix()
        for folder in ("evidence", "provenance")
        for file in (lab.root / folder).rglob("*")
        if file.is_file()
    )


def bytes_altered(lab):
    """Nobody signs again: whatever happens to a file must be found."""
    generator = random.Random(SEED)
    files = files_of(lab)
    for path in files:
        file = lab.root / path
        size = file.stat().st_size
        # Proofs are left to caws; without the last the record is only not shown to be logged.
        is_proof = path == MANIFEST_PROOF
        for _ in range(FLIPS):
            at, bit = generator.randrange(size), 1 << generator.randrange(8)

            def flip(file=file, at=at, bit=bit):
                data = bytearray(file.read_bytes())
                data[at] ^= bit
                file.write_bytes(data)

            lab.refused(f"bit {bit} of byte {at} of {path}", flip, is_proof)
        lab.refused(f"{path} cut", lambda file=file: file.write_bytes(file.read_bytes()[: size // 2]), is_proof)
        lab.refused(f"{path} empty", lambda file=file: file.write_bytes(b""), is_proof)
        lab.refused(f"{path} with a line at its end", lambda file=file: file.write_bytes(file.read_bytes() + b"\n"), is_proof)
        if not is_proof:
            lab.refused(f"{path} removed", file.unlink)
        lab.refused(f"{path} doubled", lambda file=file: shutil.copy(file, file.with_name("copy-" + file.name)))
        other = files[(files.index(path) + 1) % len(files)]
        lab.refused(f"{path} in place of {other}", lambda path=path, other=other: shutil.copy(lab.root / path, lab.root / other), other == MANIFEST_PROOF)
        if path.endswith(".sigstore.json") and isinstance(lab.key, ec.EllipticCurvePrivateKey):
            lab.refused(f"the larger s in {path}", lambda path=path: larger_s(lab, path))


def larger_s(lab, path):
    """The signature that anybody can make of another: the same `r`, and `n - s`."""
    bundle = lab.load(path)
    signature = bundle["dsseEnvelope"]["signatures"][0]
    r, s = decode_dss_signature(base64.b64decode(signature["sig"]))
    signature["sig"] = base64.b64encode(encode_dss_signature(r, verify.P256_ORDER - s)).decode()
    lab.save(path, bundle)


def signed_again(lab):
    """The signer lies: signatures and digests agree, and the content does not."""
    gate = "coverage"
    path = f"evidence/{gate}/evidence.json"

    def trust(**changes):
        return lambda manifest: manifest["caws"]["trust"].update(changes)

    def change_evidence(change):
        def change_it():
            evidence = lab.load(path)
            change(evidence)
            lab.seal(gate, evidence)

        return change_it

    def change_plan(change):
        def change_it():
            plan = lab.load(verify.PLAN)
            change(plan)
            lab.save(verify.PLAN, plan)
            lab.seal(gate)

        return change_it

    def coverage_of(plan):
        return next(entry for entry in plan["gates"] if entry["gate"] == gate)

    def as_failed(evidence):
        evidence["verdict"] = "fail"

    def measured(index, **changes):
        return lambda evidence: evidence["measurements"][index].update(changes)

    score = lab.load(verify.MANIFEST)["caws"]["trust"]["score"]
    lab.refused("a score one lower", lambda: lab.seal(gate, manifest=trust(score=score - 1)))
    lab.refused("a run that passed as one that did not", lambda: lab.seal(gate, manifest=trust(passed=False)))
    lab.refused("another threshold of the score", lambda: lab.seal(gate, manifest=trust(threshold=1)))
    lab.refused("another commit", lambda: lab.seal(gate, manifest=lambda manifest: manifest.update(commit="0" * 40)))
    lab.refused("a clean tree as a dirty one", lambda: lab.seal(gate, manifest=lambda manifest: manifest["caws"].update(dirty=True)))
    lab.refused("a gate left out", lambda: lab.seal(gate, manifest=lambda manifest: manifest["caws"]["gates"].pop()))
    lab.refused("gates in another order", lambda: lab.seal(gate, manifest=lambda manifest: manifest["caws"]["gates"].reverse()))
    lab.refused("a file left out", lambda: lab.seal(gate, manifest=lambda manifest: manifest["caws"]["files"].pop()))
    lab.refused("another verdict in the evidence", change_evidence(as_failed))
    lab.refused("a requirement that is not met", change_evidence(lambda evidence: evidence["measurements"][-1].update(met=False)))
    lab.refused("a number below its threshold", change_evidence(measured(-1, value=verify.Number("0.1"))))
    lab.refused("inputs of another tree", change_evidence(lambda evidence: evidence["inputs"].pop()))
    lab.refused("evidence of another plan", change_evidence(lambda evidence: evidence.update(plan_sha256="0" * 64)))
    lab.refused("evidence of another gate", change_evidence(lambda evidence: evidence.update(gate="mutation")))
    lab.refused("an output left out", change_evidence(lambda evidence: evidence["outputs"].pop()))
    lab.refused("a lower threshold in the plan", change_plan(lambda plan: coverage_of(plan)["requirements"][-1].update(threshold=verify.Number("0.1"))))
    lab.refused("a gate that no longer applies", change_plan(lambda plan: coverage_of(plan).update(applies=False)))
    lab.refused("another weight", change_plan(lambda plan: plan["trust"]["terms"][0].update(weight=1, gates=[])))
    counts = {"denominator": 79, "numerator": 78}
    number = verify.Number(repr(78 / 79))
    lab.refused("a measurement that the raw output does not give", change_evidence(measured(-1, ratio=counts, value=number)), only_caws=True)


def packages(lab, package):
    """The record in one file: bits, cuts, and containers that another tar program would take."""
    whole, generator = package.read_bytes(), random.Random(SEED)
    files = verify.unpack(package)
    page = files[verify.PAGE]
    at_page = range(start := whole.index(page), start + len(page))

    def refused(what, data, only_caws=False):
        lab.refused(f"package: {what}", lambda: package.write_bytes(data), only_caws, package)

    for at in generator.sample(range(len(whole)), FLIPS * 20):
        data = bytearray(whole)
        data[at] ^= 1 << generator.randrange(8)
        refused(f"a bit of byte {at}", data, only_caws=at in at_page)
    for at in (0, 511, 512, len(whole) // 2, len(whole) - 1024, len(whole) - 512, len(whole) - 1):
        refused(f"cut at {at}", whole[:at])
    refused("a zero at its end", whole + b"\0")
    refused("twice", whole[:-1024] + whole)
    refused("another page", verify.pack(files | {verify.PAGE: page.replace(b"<h1>", b"<h1>Certified: ")}), only_caws=True)
    refused("a file added", verify.pack(files | {"notes.txt": b"all is well"}))
    for path in sorted(set(files) - {verify.PAGE, MANIFEST_PROOF}):
        refused(f"without {path}", verify.pack({name: data for name, data in files.items() if name != path}))
    for form in (tarfile.USTAR_FORMAT, tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        refused(f"packed by another program, form {form}", packed_by_tar(files, form))
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE):
        refused(f"an entry of type {kind}", packed_by_tar(files, tarfile.USTAR_FORMAT, kind))
    package.write_bytes(whole)


def packed_by_tar(files, form, kind=None):
    """The files as Python's tarfile packs them, the first one as another type."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for path in sorted(files):
            entry = tarfile.TarInfo(path)
            entry.size = len(files[path])
            if kind:
                entry.type, entry.linkname, entry.size, kind = kind, "../../etc/passwd", 0, None
            archive.addfile(entry, io.BytesIO(files[path]))
    return out.getvalue()


def main(caws, artifacts, public, private):
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(caws, artifacts, public, private, folder)
        code, said, second = lab.answers()
        if code != 0 or second:
            print(f"the record itself is refused: caws exit {code}, second: {second or 'accepted'}\n{said}")
            return 1
        # Signing what is there again changes nothing: the cases below fail for what they change.
        lab.seal("coverage")
        code, said, second = lab.answers()
        if code != 0 or second:
            print(f"a record signed again is refused: caws exit {code}, second: {second or 'accepted'}\n{said}")
            return 1
        lab.reset()
        bytes_altered(lab)
        signed_again(lab)
        manifest = lab.load(verify.MANIFEST)
        commit = manifest["commit"] + ("-dirty" if manifest["caws"]["dirty"] and manifest["commit"] != "uncommitted" else "")
        package = Path(shutil.copy(Path(artifacts) / "audit" / f"{commit}.caws", folder))
        code, said, second = lab.answers(package)
        if code != 0 or second:
            print(f"the audit package is refused: caws exit {code}, second: {second or 'accepted'}\n{said}")
            return 1
        packages(lab, package)
    print(f"{lab.kinds} changes of a record: {lab.kinds - lab.failures} judged alike, {lab.failures} not")
    return 1 if lab.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
