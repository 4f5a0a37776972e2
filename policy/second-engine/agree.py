#!/usr/bin/env python3
"""Holds `caws policy` and a second Rego engine against each other.

    python3 agree.py CAWS

Every shipped policy must give the same results in both, with code, message, place and help: on the project itself and on inputs made
at random (always the same ones). A rule that gives nothing on any of them has not been compared, and is a failure. The policies' own tests
are left out: regopy 1.5.2 dies on `with` around a rule that calls another.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from regopy import Interpreter

ROOT = Path(__file__).resolve().parent.parent.parent
POLICIES = ROOT / "policy" / "rego"
INPUTS = 240
SEED = 20261121
SHA = "3d3c42e5aac5ba805825da76410c181273ba90b1"

USES = [None, "./local", f"actions/checkout@{SHA}", "actions/checkout@v4", "softprops/action-gh-release@v2", "a/b@main",
        "docker://alpine:3", f"docker://alpine@sha256:{SHA}{SHA[:24]}", "actions/attest-build-provenance@v2"]
RUNS = [None, "cargo caws gates", "caws gates || true", "make test", "gh release create v1", "cosign sign-blob x", "npm publish",
        "caws provenance sign", "echo ${{ github.event.issue.title }}", "echo ${{ github.sha }}", "git checkout ${{ github.head_ref }}"]
ENVS = [{}, {"TOKEN": "${{ secrets.T }}"}, {"DB_PASSWORD": "hunter22"}, {"API_KEY": "$OTHER"}, {"N": 7}, {"apikey": "abcdefgh"}]
LINES = ["name: ci", "key: AK" + "IA" + "IOSFODNN7EXAMPLE", "url: https://u:" + "passw0rd@h/x", "t: gh" + "p_" + "a1" * 18,
         "-----BEGIN " + "PRIVATE KEY-----", "password: ${{ secrets.P }}", "ü: „quoted“"]
TRIGGERS = ["push", "pull_request", "schedule"]
LICENCES = [None, "MIT", "GPL-3.0-only", "MIT OR GPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT OR Apache-2.0) AND Unicode-3.0",
            "MIT/Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Zlib OR (ISC AND BSD-3-Clause)"]
SOURCES = ["registry", "registry", "registry", "git", "project", "https://example.com/index"]
SETTINGS = [{}, {}, {}, {"workflows": {"required": [{"run": "make test", "on": "push"}]}}, {"dependencies": {"sources": ["registry", "git"]}},
            {"dependencies": {"licences": ["ISC", "GPL-3.0-only"]}}, {"signing": {"sign": "make seal", "release": "make test"}}]


def package(rng):
    return {"name": rng.choice("abcd"), "version": rng.choice(["1.0.0", "2.0.0"]), "purl": None, "license": rng.choice(LICENCES),
            "source": rng.choice(SOURCES), "hashed": rng.random() < 0.8}


def step(rng):
    return {"line": rng.randint(1, 99), "name": None, "id": None, "uses": rng.choice(USES), "run": rng.choice(RUNS), "condition": None,
            "env": rng.choice(ENVS), "with": {}}


def job(rng, name, others):
    return {"id": name, "line": rng.randint(1, 99), "uses": rng.choice([None, None, None, "a/b/.github/workflows/x.yml@v1"]),
            "environment": None, "permissions": None, "needs": rng.sample(others, rng.randint(0, len(others))),
            "steps": [step(rng) for _ in range(rng.randint(0, 4))]}


def workflow(rng, index):
    names = ["build", "sign", "release"][: rng.randint(1, 3)]
    return {"path": f".github/workflows/{index}.yml", "sha256": "", "error": rng.choice([None] * 5 + ["line 3: a tab"]), "name": None,
            "triggers": sorted(rng.sample(TRIGGERS, rng.randint(0, 3))),
            "jobs": [job(rng, name, names[:at]) for at, name in enumerate(names)],
            "text": "\n".join(rng.choice(LINES) for _ in range(rng.randint(0, 5)))}


def document(rng):
    digests = ["aa", "bb", "cc"]
    broken = [None] * 6 + ["no TOML"]
    owners = [{"pattern": rng.choice(["*", "/.caws/", ".github/", "/policy/**", "docs/"]), "owners": rng.choice([[], ["@a"]]), "line": at + 1}
              for at in range(rng.randint(0, 5))]
    commits = [{"id": f"{rng.getrandbits(160):040x}", "author": "a@x", "reviewers": rng.choice([[], ["a@x"], ["A@X"], ["b@x"], ["a@x", "b@x"]])}
               for _ in range(rng.randint(0, 3))]
    return {
        "schema_version": 1,
        "spec": {"id": "APP-001", "risk_tier": rng.randint(1, 3)},
        "tier": {"manual_review": rng.random() < 0.5},
        "settings": rng.choice(SETTINGS),
        "workflows": [workflow(rng, at) for at in range(rng.randint(0, 3))],
        "locks": [{"path": f"{at}/Cargo.lock", "sha256": rng.choice(digests), "kind": "cargo", "error": rng.choice(broken),
                   "packages": [package(rng) for _ in range(rng.randint(0, 4))]} for at in range(rng.randint(0, 2))],
        "sboms": [{"path": f"{at}.cdx.json", "sha256": "", "error": rng.choice(broken), "format": "CycloneDX", "spec_version": "1.6",
                   "lock_sha256": rng.choice([None, *digests]), "packages": [package(rng) for _ in range(rng.randint(0, 6))]}
                  for at in range(rng.randint(0, 2))],
        "codeowners": rng.choice([None, {"path": "CODEOWNERS", "rules": owners}]),
        "change": rng.choice([None, {"base": "main", "commits": commits}]),
    }


def policies():
    return [path for path in sorted(POLICIES.glob("*.rego")) if not path.stem.endswith("_test")]


class Second:
    """The other engine, with the same files, compiled once."""

    def __init__(self, rules):
        self.rego = Interpreter()
        for path in policies():
            self.rego.add_module(path.name, path.read_text())
        sets = ", ".join(f'"{rule}": [result | some result in data.{rule}]' for rule in rules)
        self.bundle = self.rego.build(f"found := {{{sets}}}")

    def results(self, value):
        """The elements of every rule's set, as sorted lists of what counts of them."""
        # As JSON text: `set_input` of regopy 1.5.2 leaves line ends in strings as they are, and `split` then does not find them.
        self.rego.set_input_term(json.dumps(value))
        answer = json.loads(str(self.rego.query_bundle(self.bundle)))
        if "bindings" not in answer:
            raise RuntimeError(f"the second engine: {answer}")
        return {rule: sorted(map(shown, results), key=json.dumps) for rule, results in answer["bindings"]["found"].items()}


def shown(result):
    place = result.get("place") or {}
    return [result.get("code"), result["msg"], place.get("path"), place.get("line"), result.get("help")]


def caws(program, *arguments):
    run = subprocess.run([program, "-C", str(ROOT), "policy", *arguments], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        raise RuntimeError(f"caws policy {' '.join(arguments)}: exit {run.returncode}\n{run.stdout}{run.stderr}")
    return json.loads(run.stdout)


def first_answers(program, path, rules):
    found = {rule: [] for rule in rules}
    for one in caws(program, "check", "policy/rego", "--input", str(path), "--format", "json")["outcomes"]:
        place = one.get("place") or {}
        what = [one.get("code"), one["message"], place.get("path"), place.get("line"), one.get("help")]
        found[f"{one['package']}.{one['rule']}"].append(what)
    return {rule: sorted(results, key=json.dumps) for rule, results in found.items()}


def main():
    if len(sys.argv) != 2:
        sys.exit("expected a caws program: agree.py target/release/caws")
    program = str(Path(sys.argv[1]).resolve())
    failures = 0
    rules = [f"caws.{path.stem}.{kind}" for path in policies() for kind in ("deny", "warn") if f"\n{kind} contains" in path.read_text()]
    second = Second(rules)
    rng = random.Random(SEED)
    inputs = [caws(program, "input")] + [document(rng) for _ in range(INPUTS)]
    fired = dict.fromkeys(rules, 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.json"
        for index, value in enumerate(inputs):
            path.write_text(json.dumps(value, ensure_ascii=False))
            answers = first_answers(program, path, rules)
            others = second.results(value)
            for rule in rules:
                other = others[rule]
                fired[rule] += bool(other)
                if answers[rule] != other:
                    failures += 1
                    first = [one for one in answers[rule] if one not in other]
                    rest = [one for one in other if one not in answers[rule]]
                    print(f"DISAGREE on input {index}, {rule}:\n  only caws   {first}\n  only second {rest}")
    for rule, times in fired.items():
        if times == 0:
            failures += 1
            print(f"NOT COMPARED: {rule} gave nothing on any input")
    print(f"second Rego engine: {len(rules)} rules on {len(inputs)} inputs, {failures} disagreements")
    sys.exit(1 if failures or not rules else 0)


if __name__ == "__main__":
    main()
