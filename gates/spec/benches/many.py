#!/usr/bin/env python3
"""Measures `caws validate`: one spec, and thousands, of every generation.

    python3 gates/spec/benches/many.py target/release/caws [--specs 5000] [--trials 10]

Two cores at most are used. The specs are those of the tests; what is no YAML in them is mended first. Ends with 1 where 5,000 take 2 s or more on the clock, or one 20 ms or more
of processor time. A floor is the least it could cost, measured in the same run: for one the start of the program, for many
the reading of the files.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
FIXTURES = ROOT / "gates" / "spec" / "tests" / "fixtures" / "dialects"
CORES = 2


def timed(command, folder):
    """Seconds on the clock and of the processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    run = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    clock = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode not in (0, 2):
        sys.exit(f"{' '.join(map(str, command))[:200]} ended with {run.returncode}\n{run.stderr.decode()}")
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, run.stdout


def summary(trials):
    clocks, processors = [trial[0] for trial in trials], [trial[1] for trial in trials]
    return {"clock_s": round(statistics.median(clocks), 4), "clock_max_s": round(max(clocks), 4),
            "processors_s": round(statistics.median(processors), 4), "processors_max_s": round(max(processors), 4)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("caws", type=pathlib.Path)
    parser.add_argument("--specs", type=int, default=5000)
    parser.add_argument("--trials", type=int, default=10)
    arguments = parser.parse_args()
    caws = arguments.caws.resolve()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        sources = []
        for path in sorted(FIXTURES.glob("*.yaml")):
            (folder / "one.yaml").write_text(path.read_text())
            timed([caws, "validate", "--quiet", "--fix", "one.yaml"], folder)
            sources.append((folder / "one.yaml").read_text())
        names = [f"{index:05}.yaml" for index in range(arguments.specs)]
        for index, name in enumerate(names):
            (folder / name).write_text(f"# {index}\n{sources[index % len(sources)]}")

        def read():
            began, busy = time.perf_counter(), time.process_time()
            size = sum(len((folder / name).read_bytes()) for name in names)
            return time.perf_counter() - began, time.process_time() - busy, size

        floors, many, starts, single = [], [], [], []
        for _ in range(arguments.trials):
            floors.append(read())
            many.append(timed([caws, "validate", "--quiet", *names], folder))
        for index in range(5 * arguments.trials):
            starts.append(timed([caws, "--version"], folder))
            single.append(timed([caws, "validate", "--quiet", names[index % len(names)]], folder))
        checked = json.loads(timed([caws, "validate", "--format", "json", *names], folder)[2])
        judged = {finding["place"]["path"] for finding in checked["findings"]}
    result = {
        "cores": min(CORES, os.cpu_count() or 1), "specs": len(names), "bytes": floors[0][2], "trials": arguments.trials,
        "many": summary(many), "many_floor": summary(floors), "one": summary(single), "one_floor": summary(starts),
    }
    result["many_times_floor"] = round(result["many"]["processors_s"] / result["many_floor"]["processors_s"], 1)
    result["one_times_floor"] = round(result["one"]["processors_s"] / result["one_floor"]["processors_s"], 1)
    print(json.dumps(result, indent=1))
    # Every one of these specs has at least the note which generation it is of.
    if len(judged) != len(names):
        sys.exit(f"expected findings for {len(names)} specs, found some for {len(judged)}")
    slow = result["many"]["clock_s"] * 5000 / len(names) >= 2 or result["one"]["processors_s"] >= 0.020
    sys.exit(1 if slow else 0)


if __name__ == "__main__":
    main()
