#!/usr/bin/env python3
"""CycloneDX's own library validates our documents, and reads back as many components as there are packages."""
import base64
import json
import os
import pathlib
import re
import sys

from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = pathlib.Path(os.environ["CAWS_ROOT"])
VECTORS = pathlib.Path(os.environ["CAWS_VECTORS"]) / "sbom"
failures = 0


def case(name, holds, why=""):
    global failures
    failures += not holds
    print(f"ok {name}" if holds else f"not ok {name}: {' '.join(str(why).split())[:400]}")


validator = JsonStrictValidator(SchemaVersion.V1_6)
expected = {
    "cargo": (ROOT / "Cargo.lock").read_text().count("[[package]]"),
    "npm": len(json.loads((ROOT / "provenance/interop/package-lock.json").read_text())["packages"]) - 1,
    "requirements": len(re.findall("^[^#\\n].*==", (ROOT / "provenance/interop/requirements.txt").read_text(), re.MULTILINE)),
    "uv": 1,
    "poetry": 1,
}
for name, count in expected.items():
    text = (VECTORS / f"{name}.cdx.json").read_text()
    document = json.loads(text)
    error = validator.validate_str(text)
    case(f"{name}: valid CycloneDX 1.6", error is None, error)
    bom = Bom.from_json(document)
    case(f"{name}: {count} components", len(bom.components) == count, f"{len(bom.components)} components")
    try:
        bom.validate()
        case(f"{name}: every reference leads to a component", True)
    except Exception as problem:  # whatever it says is the finding
        case(f"{name}: every reference leads to a component", False, problem)
    wrong = [c["purl"] for c in document["components"] if "purl" in c and PackageURL.from_string(c["purl"]).version != c["version"]]
    case(f"{name}: package URLs name the version", not wrong, wrong)
    del document["bomFormat"]
    case(f"{name}: not valid without bomFormat", validator.validate_str(json.dumps(document)) is not None)

for bundle in sorted((VECTORS.parent / "cli").glob("*.sbom.sigstore.json")):
    statement = json.loads(base64.b64decode(json.loads(bundle.read_text())["dsseEnvelope"]["payload"], validate=True))
    case(f"{bundle.name}: a statement about the lock file", [s["name"] for s in statement["subject"]] == ["Cargo.lock"], statement["subject"])
    error = validator.validate_str(json.dumps(statement["predicate"]))
    case(f"{bundle.name}: the predicate is valid CycloneDX 1.6", error is None, error)

sys.exit(failures > 0)
