#!/usr/bin/env python3
"""Holds `caws validate --schema` and a second JSON Schema validator against each other.

    python3 agree.py CAWS [CORPUS]

Every schema is asked about every document, and about documents changed at random (always the same ones), written as
YAML and as JSON. Both must accept the same ones, and of the others name the same places, by line and column. Places come
from a second YAML parser, and what a plain scalar means from the few lines below, so that the reader is compared, too.

Known differences, which the changes keep clear of: Python's `\\d` takes digits of every script and its `$` a line end
behind it, where JSON Schema asks for the rules of ECMA-262. `format` is a note to both.
"""

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for

ROOT = Path(__file__).resolve().parent.parent.parent.parent
CHANGED = 500
SEED = 20261122
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True

    # A list that stands no deeper than its key is marked at its first item by our parser, and at its dash by this one.
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


def ours():
    schemas = sorted((ROOT / "gates/spec/src/dialect/schemas").glob("*.json"))
    schemas += [ROOT / f".caws/schemas/{name}.schema.json" for name in ("working-spec", "tier-policy", "caws-config")]
    documents = sorted((ROOT / "gates/spec/tests/fixtures/dialects").glob("*.yaml"))
    projects = [ROOT, ROOT / "fixtures/python-textstats"]
    for project in projects:
        documents += [project / ".caws.yml", project / ".caws/working-spec.yaml", project / ".caws/policy/tier-policy.json"]
    return schemas, documents


def theirs(corpus):
    schemas = sorted((corpus / "schemas").glob("*.json"))
    documents = [path for path in sorted(corpus.rglob("*")) if path.suffix in (".json", ".yaml", ".yml") and path.parent.name != "schemas"]
    return schemas, documents


def scalar(node):
    """YAML 1.2.2 section 10.3."""
    text = node.value
    if node.style:
        return text
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"0o[0-7]+", text):
        return int(text[2:], 8)
    if re.fullmatch(r"0x[0-9a-fA-F]+", text):
        return int(text[2:], 16)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


class Text:
    """A document: its value, and where each part stands."""

    def __init__(self, text):
        self.places = {}
        self.lines = text.splitlines()
        self.value = self.read(yaml.compose(text, Loader=LOADER), (), None)

    def read(self, node, path, key):
        at = place(node.start_mark)
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            at = self.block(at)
        self.places[path] = (key or at, at)
        if isinstance(node, yaml.MappingNode):
            value = {}
            for name, member in node.value:
                value[name.value] = self.read(member, (*path, name.value), place(name.start_mark))
            return value
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index), None) for index, item in enumerate(node.value)]
        return scalar(node)

    def block(self, header):
        """A block of text is at its header to this parser, and at its first line to ours."""
        for number, line in enumerate(self.lines[header[0]:], header[0] + 1):
            if line.strip():
                return (number, len(line) - len(line.lstrip()) + 1)
        return header

    def key(self, path):
        return self.places[path][0]

    def part(self, path):
        return self.places[path][1]


def place(mark):
    return (mark.line + 1, mark.column + 1)


def places(error, text):
    """The places of an error that must be named, and sets of which at least one must be."""
    path = tuple(error.absolute_path)
    if error.validator in ("anyOf", "oneOf") and error.context:
        some = {text.part(path)}
        for inner in error.context:
            surely, maybe = places(inner, text)
            some |= surely.union(*maybe)
        return set(), [some]
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = error.schema.get("properties", {})
        patterns = error.schema.get("patternProperties", {})
        extra = [key for key in error.instance if key not in known and not any(re.search(one, key) for one in patterns)]
        return {text.key((*path, key)) for key in extra}, []
    if error.validator == "required":
        return {text.key(path)}, []
    return {text.part(path)}, []


def keywords(errors):
    for error in errors:
        yield str(error.validator)
        yield from keywords(error.context)


def caws(program, folder, *arguments):
    run = subprocess.run([program, "-C", str(folder), "validate", *arguments], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 2) or not run.stdout:
        raise RuntimeError(f"caws validate {' '.join(arguments)[:200]}: exit {run.returncode}\n{run.stdout}{run.stderr}")
    return run


def answers(program, folder, schema, names):
    found = {name: set() for name in names}
    document = json.loads(caws(program, folder, "--format", "json", "--schema", str(schema), *names).stdout)
    for finding in document["findings"]:
        place = finding["place"]
        found[place["path"]].add((place.get("line"), place.get("column")))
    return found


# Changes.

def parts(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from parts(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from parts(item, (*path, index))


def get(value, path):
    for step in path:
        value = value[step]
    return value


OTHERS = [None, True, 0, -1, 1.5, 2.0, 10**12, "", "x", "2", "A1", "text that is long enough for any title", [], ["x"], [1], {}, {"x": 1},
          [{"id": "A1"}], "a" * 250]


def other(rng, value):
    """Something in the place of a value: another kind, or the same kind and a little different."""
    choice = rng.random()
    if choice < 0.5:
        return rng.choice(OTHERS)
    if isinstance(value, str):
        return rng.choice([value + "x", value[:3], value.upper(), value.lower(), " " + value, f"{value}-{value}", value[::-1]])
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, (int, float)):
        return rng.choice([value + 1, -value, value * 10, value / 2, float(value), str(value)])
    if isinstance(value, list):
        return rng.choice([value[:-1], value + value[:1], value[::-1], [], value[:1] * 3])
    return rng.choice([dict(reversed(value.items())), dict(list(value.items())[1:]), {**value, "further": 1}, {}])


def change(rng, value):
    value = json.loads(json.dumps(value))
    for _ in range(rng.randint(1, 3)):
        path = rng.choice(list(parts(value)))
        if not path:
            continue
        around, last = get(value, path[:-1]), path[-1]
        what = rng.random()
        if what < 0.25:
            del around[last]
        elif what < 0.4 and isinstance(around, dict):
            name = rng.choice([last + "s", last.upper(), last.replace("_", "-"), f"x-{last}", "further"])
            members = [(name if key == last else key, member) for key, member in around.items()]
            around.clear()
            around.update(members)
        elif what < 0.5 and isinstance(around, dict):
            around[rng.choice(["further", "x-note", "profile", "open_questions"])] = rng.choice(OTHERS)
        else:
            around[last] = other(rng, around[last])
    return value


def written(value, as_json):
    if as_json:
        return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    return yaml.dump(value, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10**6)


class Comparison:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.failures = 0
        self.keywords = Counter()

    def hold(self, schema, texts):
        """Asks both about documents, by name; gives how many errors each has."""
        rules = json.loads(schema.read_text())
        second = validator_for(rules, default=Draft202012Validator)(rules)
        first = answers(self.program, self.folder, schema, list(texts))
        counts = {}
        for name, text in texts.items():
            errors = list(second.iter_errors(text.value))
            self.keywords.update(keywords(errors))
            counts[name] = len(errors)
            surely, some = set(), []
            for error in errors:
                named, maybe = places(error, text)
                surely |= named
                some += maybe
            found = first[name]
            allowed = surely.union(*some)
            if not (surely <= found <= allowed and all(found & one for one in some)):
                self.failures += 1
                print(f"DISAGREE on {name} under {schema.name}:\n  only caws   {sorted(found - allowed)}\n  only second {sorted(surely - found)}")
                for error in errors:
                    print(f"    {list(error.absolute_path)} {error.validator}: {error.message[:120]}")
        return counts


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("expected a caws program: agree.py target/release/caws [CORPUS]")
    program = str(Path(sys.argv[1]).resolve())
    schemas, documents = theirs(Path(sys.argv[2]).resolve()) if len(sys.argv) == 3 else ours()
    rng = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        comparison = Comparison(program, folder)
        texts = {}
        for index, path in enumerate(documents):
            name = f"{index:03}-{path.name.lstrip('.')}"
            shutil.copy(path, folder / name)
            # What is no YAML as it was published is compared once mended; what parses is left alone.
            caws(program, folder, "--quiet", "--fix", name)
            texts[name] = Text((folder / name).read_text())
        errors = {schema: comparison.hold(schema, texts) for schema in schemas}
        for schema in schemas:
            taken = [name for name, count in errors[schema].items() if count == 0]
            print(f"  {schema.name}: accepts {', '.join(taken) or 'none of the documents'}")
        # Of each schema the documents nearest to it are changed: a document that is far off says little.
        changed = {schema: {} for schema in schemas}
        for index in range(CHANGED):
            schema = schemas[index % len(schemas)]
            near = sorted(errors[schema], key=lambda name: (errors[schema][name], name))
            taken = [name for name in near if errors[schema][name] == 0]
            near = taken if taken and rng.random() < 0.8 else near[:4]
            text = written(change(rng, texts[rng.choice(near)].value), index % 2 == 1)
            name = f"changed-{index:03}.{'json' if index % 2 else 'yaml'}"
            (folder / name).write_text(text)
            changed[schema][name] = Text(text)
        accepted = 0
        for schema in schemas:
            accepted += sum(count == 0 for count in comparison.hold(schema, changed[schema]).values())
    pairs = len(schemas) * len(texts)
    print(f"second validator: {len(schemas)} schemas on {len(texts)} documents ({pairs} pairs) and {CHANGED} changed ones "
          f"({accepted} accepted, {CHANGED - accepted} refused), {comparison.failures} disagreements")
    print(f"  keywords: {', '.join(f'{name} {count}' for name, count in sorted(comparison.keywords.items()))}")
    # Changes that are all refused, or all accepted, compare nothing.
    told_apart = 0.05 * CHANGED < accepted < 0.95 * CHANGED
    if not told_apart:
        print("NOT COMPARED: the changes do not tell the two apart")
    sys.exit(1 if comparison.failures or not told_apart else 0)


if __name__ == "__main__":
    main()
