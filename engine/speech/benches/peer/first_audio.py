"""Time to first audio of `kokoro serve` and of the Python package kokoro-onnx, in alternation on one machine.

Both speak the same text with the same model file and the same voice. Ours is asked over HTTP for a stream, theirs in the
process by `create_stream`; each is loaded once, warmed up, and idle while the other is measured. Prints a JSON object: medians in
seconds, their ratio, and the ratio's 95 % interval by resampling pairs (10,000 times, seeded).

    python3 -m venv peer && peer/bin/pip install kokoro-onnx==0.6.1
    cargo build --release -p kokoro
    peer/bin/python engine/speech/benches/peer/first_audio.py --kokoro target/release/kokoro --model MODEL --voices VOICES
"""

import argparse
import asyncio
import json
import random
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

# The text of `kokoro bench --preset short`: 140 characters.
TEXT = (
    "The quick brown fox jumps over the lazy dog while the five boxing wizards jump quickly, "
    "and nobody in the village is surprised by any of it."
)
WARM_UP = 2
START_S = 120


class Server:
    """`kokoro serve` on a free port, until the block ends."""

    def __init__(self, program, model, voices, backend):
        self.command = [program, "serve", "--port", "0", "--model", model, "--voices", voices, "--backend", backend]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"\d+\.\d+\.\d+\.\d+:\d+", line):
                self.url = f"http://{found.group()}"
                break
        else:
            raise SystemExit(f"expected a server; it ended: {''.join(said)}")
        # A full pipe would stop the server.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz"):
                    return self
            except urllib.error.URLError:
                time.sleep(0.2)
        raise SystemExit(f"expected a server that is ready within {START_S} s; found none")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def first_audio(self, voice):
        body = json.dumps({"text": TEXT, "voice": voice, "stream": True, "format": "pcm"}).encode()
        request = urllib.request.Request(f"{self.url}/v1/audio/speech", body, {"content-type": "application/json"})
        begun = time.perf_counter()
        with urllib.request.urlopen(request) as answer:
            answer.read(2)
            first = time.perf_counter() - begun
            answer.read()
        return first


def peer(model, voices):
    from kokoro_onnx import Kokoro

    kokoro = Kokoro(model, voices)

    async def speak(voice):
        begun, first = time.perf_counter(), None
        async for _ in kokoro.create_stream(TEXT, voice):
            first = first or time.perf_counter() - begun
        return first

    return lambda voice: asyncio.run(speak(voice))


def interval(ours, theirs):
    draw = random.Random(20250101)
    pairs = list(zip(ours, theirs))
    ratios = []
    for _ in range(10_000):
        sample = draw.choices(pairs, k=len(pairs))
        ratios.append(statistics.median(t for _, t in sample) / statistics.median(o for o, _ in sample))
    ratios.sort()
    return ratios[249], ratios[9749]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kokoro", required=True, help="our program")
    options.add_argument("--model", required=True)
    options.add_argument("--voices", required=True)
    options.add_argument("--voice", default="af_heart")
    options.add_argument("--backend", default="auto")
    options.add_argument("--trials", type=int, default=30)
    given = options.parse_args()
    theirs = peer(given.model, given.voices)
    ours_s, theirs_s = [], []
    with Server(given.kokoro, given.model, given.voices, given.backend) as server:
        for trial in range(-WARM_UP, given.trials):
            pair = server.first_audio(given.voice), theirs(given.voice)
            # What is measured is not lost when the rest is not.
            print(f"{trial}: ours {pair[0]:.3f} s, theirs {pair[1]:.3f} s", file=sys.stderr, flush=True)
            if trial >= 0:
                ours_s.append(pair[0])
                theirs_s.append(pair[1])
    low, high = interval(ours_s, theirs_s)
    result = {
        "trials": given.trials,
        "ours_median_s": round(statistics.median(ours_s), 4),
        "theirs_median_s": round(statistics.median(theirs_s), 4),
        "ratio": round(statistics.median(theirs_s) / statistics.median(ours_s), 2),
        "ratio_95": [round(low, 2), round(high, 2)],
        "ours_s": [round(value, 4) for value in ours_s],
        "theirs_s": [round(value, 4) for value in theirs_s],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
