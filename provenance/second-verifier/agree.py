#!/usr/bin/env python3
"""Holds `caws verify` and verify.py against each other on a record and on what can be done to it.

    python3 agree.py CAWS ARTIFACTS PUBLIC_KEY VECTORS

Every file of a true record, and its package, is altered, cut, emptied, removed, doubled and swapped: both must refuse every one, and
accept what was not touched. VECTORS are packages of the tamper matrix (docs/tamper-matrix.md), whose signer lies: `caws verify` was asked
about them when they were made, so that verify.py is asked alone, and must refuse exactly those it says it covers.
"""

import io
import json
import random
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import verify

FLIPS = 6
SEED = 20261121


class Lab:
    """A record that can be changed and put back."""

    def __init__(self, caws, artifacts, public, folder):
        self.caws, self.original, self.public = caws, Path(artifacts), public
        self.root = Path(folder) / "artifacts"
        self.keys = [verify.Key(Path(public).read_bytes())]
        self.kinds = self.failures = 0
        self.reset()

    def reset(self):
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.copytree(self.original, self.root)

    def answers(self, root=None):
        """What each says: accepted or not, and why."""
        root = root or self.root
        run = subprocess.run([self.caws, "verify", str(root), "--key", self.public], capture_output=True, text=True, check=False)
        second = refusal(root, self.keys)
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


def refusal(root, keys):
    """Why the second verifier refuses; empty where it accepts."""
    try:
        verify.verify(root, keys)
    except verify.Broken as broken:
        return str(broken)
    return ""


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
        for _ in range(FLIPS):
            at, bit = generator.randrange(size), 1 << generator.randrange(8)

            def flip(file=file, at=at, bit=bit):
                data = bytearray(file.read_bytes())
                data[at] ^= bit
                file.write_bytes(data)

            lab.refused(f"bit {bit} of byte {at} of {path}", flip)
        lab.refused(f"{path} cut", lambda file=file: file.write_bytes(file.read_bytes()[: size // 2]))
        lab.refused(f"{path} empty", lambda file=file: file.write_bytes(b""))
        lab.refused(f"{path} with a line at its end", lambda file=file: file.write_bytes(file.read_bytes() + b"\n"))
        # Without its last proof a record is only not shown to be logged.
        if path != verify.MANIFEST_PROOF:
            lab.refused(f"{path} removed", file.unlink)
        lab.refused(f"{path} doubled", lambda file=file: shutil.copy(file, file.with_name("copy-" + file.name)))
        other = files[(files.index(path) + 1) % len(files)]
        lab.refused(f"{path} in place of {other}", lambda path=path, other=other: shutil.copy(lab.root / path, lab.root / other))


def packages(lab, package):
    """The record in one file: bits, cuts, and containers that another tar program would take."""
    whole, generator = package.read_bytes(), random.Random(SEED)
    files = verify.unpack(whole)
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
    for path in sorted(set(files) - {verify.PAGE, verify.MANIFEST_PROOF}):
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


def vectors(lab, folder):
    """The rows of the tamper matrix, and records that are true."""
    for vector in json.loads((folder / "index.json").read_bytes()):
        said = refusal(folder / vector["file"], [verify.Key(key.encode()) for key in vector["keys"]])
        lab.kinds += 1
        if bool(said) != vector["refused"]:
            lab.failures += 1
            expected = "refuse" if vector["refused"] else "accept"
            print(f"DISAGREE on {vector['name']} ({vector['file']}): expected to {expected} it, found: {said or 'accepted'}")


def main(caws, artifacts, public, matrix):
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(caws, artifacts, public, folder)
        code, said, second = lab.answers()
        if code != 0 or second:
            print(f"the record itself is refused: caws exit {code}, second: {second or 'accepted'}\n{said}")
            return 1
        bytes_altered(lab)
        manifest = lab.load(verify.MANIFEST)
        commit = manifest["commit"] + ("-dirty" if manifest["caws"]["dirty"] and manifest["commit"] != "uncommitted" else "")
        package = Path(shutil.copy(Path(artifacts) / "audit" / f"{commit}.caws", folder))
        code, said, second = lab.answers(package)
        if code != 0 or second:
            print(f"the audit package is refused: caws exit {code}, second: {second or 'accepted'}\n{said}")
            return 1
        packages(lab, package)
        altered = lab.kinds
        vectors(lab, Path(matrix))
    print(f"{altered} changes of a record, {lab.kinds - altered} packages of the tamper matrix: {lab.kinds - lab.failures} judged as they should be, {lab.failures} not")
    return 1 if lab.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
