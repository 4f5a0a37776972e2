#!/usr/bin/env python3
"""check-jsonschema accepts our predicates under the published schemas, and refuses each without what it requires."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

VECTORS = pathlib.Path(os.environ["CAWS_VECTORS"]) / "attest"
SCHEMAS = pathlib.Path(os.environ["CAWS_ROOT"]) / ".caws" / "schemas"
failures = 0


def case(name, holds, why=""):
    global failures
    failures += not holds
    print(f"ok {name}" if holds else f"not ok {name}: {' '.join(why.split())}")


def check(*arguments):
    """Files that check-jsonschema refuses, and what it says."""
    command = ["check-jsonschema", "--output-format", "json", *map(str, arguments)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(found.stdout)
    except ValueError:
        return None, found.stdout + found.stderr
    refused = {pathlib.Path(e["filename"]).name for key in ("errors", "parse_errors") for e in report.get(key, [])}
    return refused, found.stdout + found.stderr


schemas = sorted(SCHEMAS.glob("*.schema.json"))
refused, said = check("--check-metaschema", *schemas)
case(f"{len(schemas)} published schemas are schemas", refused == set() and len(schemas) > 0, said)

with tempfile.TemporaryDirectory() as scratch:
    documents = [(p.stem, json.loads(p.read_text()), p.stem) for p in sorted((VECTORS / "predicates").glob("*.json"))]
    for record in sorted((VECTORS / "records").glob("*.json")):
        payload = base64.b64decode(json.loads(record.read_text())["payload"], validate=True)
        documents.append((f"key-v1 {record.stem.split('.')[0]}", json.loads(payload)["predicate"], "key-v1"))
    kinds = {"slsa": "slsa-provenance-v1", "vsa": "verification-summary-v1", "svr": "simple-verification-result-v0.2"}
    for bundle in sorted((VECTORS.parent / "cli").glob("*.sigstore.json")):
        algorithm, kind = bundle.name.split(".")[:2]
        if kind in kinds:
            payload = base64.b64decode(json.loads(bundle.read_text())["dsseEnvelope"]["payload"], validate=True)
            documents.append((f"cli {kind} by {algorithm}", json.loads(payload)["predicate"], kinds[kind]))
    for name, document, schema in documents:
        schema = SCHEMAS / f"{schema}.schema.json"
        folder = pathlib.Path(scratch) / name
        folder.mkdir()
        (folder / "whole.json").write_text(json.dumps(document))
        required = json.loads(schema.read_text())["required"]
        for field in required:
            (folder / f"no-{field}.json").write_text(json.dumps({k: v for k, v in document.items() if k != field}))
        refused, said = check("--schemafile", schema, *sorted(folder.iterdir()))
        case(f"{name} is accepted", refused is not None and "whole.json" not in refused, said)
        for field in required:
            case(f"{name} without {field} is refused", f"no-{field}.json" in (refused or ()), "it was accepted")
    case("every predicate was looked at", len(documents) >= 14, f"{len(documents)} documents")

sys.exit(failures > 0)
