"""Measures the artefact on held-out text against the thresholds it must reach; prints a table, exits 1 if one is missed."""
import argparse
import itertools
import json
import pathlib
import sys
import time

import numpy as np
import onnxruntime
import pyloudnorm
import scipy.signal
import torch
from torch import nn

import features
import symbols
from export import NAME, load
from make_teacher import VOICES
from model import PAIR
from train import Speech, collate, prepared, run, styles

CENTS = 1200 / np.log(2)
PARTS = ["features", "sound", "phones"]
FOLDS = {"ɾ": "T", "ᵊ": "ə", "ɐ": "ə"}  # the same sound to any listener


class Model:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        begun = time.process_time()
        self.session = onnxruntime.InferenceSession(str(folder / f"{NAME}.onnx"), options, providers=["CPUExecutionProvider"])
        self.load_seconds = time.process_time() - begun
        self.styles = {name: rows[0] for name, rows in np.load(folder / f"{NAME}-voices.bin").items()}
        self.busy = self.sounded = 0.0

    def speak(self, tokens, style, speed=1.0):
        given = {"tokens": np.asarray(tokens, np.int64)[None], "style": style, "speed": np.array([speed], np.float32)}
        begun = time.process_time()
        audio, duration = self.session.run(None, given)
        self.busy += time.process_time() - begun
        self.sounded += len(audio) / features.RATE
        return audio, duration


def heard(tokens, durations, frames):
    """What a listener of phones gets: for each token that sounds, its frames in thirds, their surroundings, and the right answer."""
    ends = np.rint(np.cumsum(durations)).astype(int)
    starts = np.concatenate([[0], ends[:-1]])
    name = {number: symbol for symbol, number in symbols.VOCABULARY.items()}
    rows, answers = [], []
    for token, start, end in zip(tokens, starts, np.minimum(ends, len(frames))):
        symbol = name.get(token, " ")
        if end - start < 2 or symbol in symbols.SILENT or symbol in symbols.PAUSES or symbol == "ː":
            continue
        thirds = [part.mean(0) for part in np.array_split(frames[start:end, 1:], 3) if len(part)]
        thirds += thirds[-1:] * (3 - len(thirds))
        around = [frames[max(start - 3, 0):start, 1:].mean(0) if start else thirds[0], frames[end:end + 3, 1:].mean(0) if end < len(frames) else thirds[-1]]
        rows.append(np.concatenate([*thirds, *around]))
        answers.append(symbols.VOCABULARY[FOLDS.get(symbol, symbol)])
    return np.array(rows), np.array(answers)


class Listener:
    """Tells phones apart; it has heard the teacher alone."""

    def __init__(self, speech, epochs):
        torch.manual_seed(3)
        rows, answers = zip(*(heard(*speech.utterance(i)) for i in speech.chosen("train")))
        rows, answers = np.concatenate([r for r in rows if len(r)]), np.concatenate([a for a in answers if len(a)])
        self.mean, self.deviation = rows.mean(0), rows.std(0) + 1e-3
        x, y = self._scaled(rows), torch.tensor(answers)
        self.net = nn.Sequential(nn.Linear(x.shape[1], 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, symbols.TOKENS))
        optimiser = torch.optim.AdamW(self.net.parameters(), lr=2e-3, weight_decay=0.01)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
        for _ in range(epochs):
            for part in torch.randperm(len(x)).split(256):
                optimiser.zero_grad()
                nn.functional.cross_entropy(self.net(x[part]), y[part]).backward()
                optimiser.step()
            schedule.step()
        self.net.eval()

    def _scaled(self, rows):
        return torch.tensor((rows - self.mean) / self.deviation, dtype=torch.float32)

    def errors(self, utterances):
        """Percent of phones taken for others."""
        wrong = count = 0
        for utterance in utterances:
            rows, answers = heard(*utterance)
            if len(rows):
                with torch.no_grad():
                    wrong += int((self.net(self._scaled(rows)).argmax(1).numpy() != answers).sum())
                count += len(answers)
        return 100 * wrong / count


def analysed(audio, limits=(65.0, 340.0)):
    return features.analyse(audio.astype(np.float64), limits)


def by_features(voice, speech, which):
    """With the teacher's timing: cepstral distance (dB), F0 error (cents), voicing error (%); and the lengths."""
    table, sums = styles(), {"mcd": [], "f0": [], "voicing": [], "token": [], "total": []}
    mean, deviation = voice.mean.numpy(), voice.deviation.numpy()
    for i in which:
        batch = collate([prepared(speech, i, voice, table)])
        with torch.no_grad():
            out, lengths = run(voice, batch, table[speech.voice[i]][None])
        tokens, durations, frames = speech.utterance(i)
        count = len(frames) // PAIR * PAIR
        made, frames = (out + batch["guess"]).numpy()[:count] * deviation + mean, frames[:count]
        talk = frames[:, features.LEVEL] > features.SPEECH
        sums["mcd"].append(features.DECIBELS * np.sqrt(((made - frames)[talk, features.LEVEL + 1:] ** 2).sum(1)))
        both = (made[:, 1] > 0.5) & (frames[:, 1] > 0.5)
        sums["f0"].append(np.abs(made - frames)[both, 0] * CENTS)
        sums["voicing"].append((made[talk, 1] > 0.5) != (frames[talk, 1] > 0.5))
        guessed = lengths.numpy()[:len(tokens)]
        sums["token"].append(np.abs(guessed - durations)[durations > 0] * 10)
        sums["total"].append(guessed.sum() / durations.sum() - 1)
    joined = {name: np.concatenate(parts) for name, parts in sums.items() if name != "total"}
    return {"mcd": joined["mcd"].mean(), "f0": np.median(joined["f0"]), "voicing": 100 * joined["voicing"].mean(),
            "token": joined["token"].mean(), "total": 100 * np.mean(sums["total"])}


class Gates:
    """Rows of the table, printed as they are found."""

    def __init__(self):
        self.rows = []

    def __call__(self, name, value, limit, low=None):
        passed = bool(value <= limit and (low is None or value >= low))
        self.rows.append({"gate": name, "value": round(float(value), 3), "limit": limit, "low": low, "passed": passed})
        limits = f"limit {limit}" + ("" if low is None else f", at least {low}")
        print(f"{'ok  ' if passed else 'MISS'} {name:<55} {value:>9.3f} ({limits})", flush=True)


def measure_features(gate, speech, own, voice):
    for name, which in own.items():
        found = by_features(voice, speech, which)
        gate(f"{name}: cepstral distance, dB", found["mcd"], 3.8)
        gate(f"{name}: F0 median error, cents", found["f0"], 45)
        gate(f"{name}: voicing error, %", found["voicing"], 5)
        gate(f"{name}: token length error, ms", found["token"], 6)
        gate(f"{name}: length bias, %", found["total"], 2, -2)


def measure_sound(gate, speech, own, model, count):
    for name, which in own.items():
        whole = np.concatenate([model.speak(speech.utterance(i)[0], model.styles[name])[0] for i in which[:count]]).astype(np.float64)
        gate(f"{name}: loudness, LUFS", pyloudnorm.Meter(features.RATE).integrated_loudness(whole), -18, -22)
        gate(f"{name}: true peak, dBTP", 20 * np.log10(np.abs(scipy.signal.resample_poly(whole, 4, 1)).max()), -1)
        gate(f"{name}: offset, thousandths", 1000 * abs(whole.mean()), 1)
    gate("seconds of one core for a second of sound", model.busy / model.sounded, 0.02)
    gate("load, s of one core", model.load_seconds, 0.5)
    worst = 0.0
    for name, which in own.items():
        for i in which[speech.frame_counts[which] > 200][:2]:  # a frame more or less weighs little in these
            tokens, style = speech.utterance(i)[0], model.styles[name]
            base = len(model.speak(tokens, style)[0])
            worst = max(worst, *(abs(len(model.speak(tokens, style, s)[0]) * s / base - 1) for s in (0.5, 0.75, 1.3, 1.6, 2.0)))
    gate("speed law, worst, %", 100 * worst, 1.5)
    random, failures = np.random.default_rng(5), 0
    for length in (*range(2, 14), 60, 200, 511, 512):
        tokens = np.concatenate([[0], random.integers(0, symbols.TOKENS, length - 2), [0]])
        for speed, style in itertools.product((0.5, 1.0, 2.0), model.styles.values()):
            audio, duration = model.speak(tokens, style, speed)
            sane = np.isfinite(audio).all() and np.abs(audio).max() <= 0.85 and duration.sum() * features.HOP == len(audio) > 0
            failures += not (sane and np.array_equal(audio, model.speak(tokens, style, speed)[0]))
    gate("random ids that failed or differed when repeated", failures, 0)


def measure_phones(gate, speech, own, model, count, epochs):
    listener, chosen, names = Listener(speech, epochs), {}, list(VOICES)
    for purpose in ("home", "away", "fast"):
        which = speech.chosen(purpose)
        chosen[purpose] = np.concatenate([which[speech.voice[which] == n][:count] for n in range(len(names))])
    teacher = {purpose: listener.errors(speech.utterance(i) for i in which) for purpose, which in chosen.items()}
    print("listener's errors on the teacher, %:", {purpose: round(errors, 2) for purpose, errors in teacher.items()}, flush=True)

    def spoken(which, speed=1.0, style=None):
        for i in which:
            tokens = speech.utterance(i)[0]
            audio, duration = model.speak(tokens, style if style is not None else model.styles[names[speech.voice[i]]], speed)
            yield tokens, duration, analysed(audio)

    gate("phones, home accent, points over the teacher", listener.errors(spoken(chosen["home"])) - teacher["home"], 1.5)
    gate("phones, other accent", listener.errors(spoken(chosen["away"])) - teacher["away"], 4)
    gate("phones, speed 1.3", listener.errors(spoken(chosen["home"], 1.3)) - teacher["fast"], 4)
    blends = itertools.chain.from_iterable(
        spoken(own[one][:max(count // 4, 4)], style=(model.styles[one] + model.styles[other]) / 2) for one, other in itertools.combinations(names, 2)
    )
    gate("phones, 50/50 blends", listener.errors(blends) - teacher["home"], 4)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--artefact", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    parser.add_argument("--epochs", type=int, default=12, help="of the listener's training")
    parser.add_argument("--sounds", type=int, default=40, help="sentences a voice for what is measured on sound")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    speech, model, gate = Speech(options.teacher), Model(options.artefact), Gates()
    home = speech.chosen("home")
    own = {name: home[speech.voice[home] == n] for n, name in enumerate(VOICES)}
    gate("files, MB", sum(p.stat().st_size for p in options.artefact.glob(f"{NAME}*")) / 1e6, 4)
    if "features" in options.parts:
        measure_features(gate, speech, own, load(options.checkpoint)[0])
    if "sound" in options.parts:
        measure_sound(gate, speech, own, model, options.sounds)
    if "phones" in options.parts:
        measure_phones(gate, speech, own, model, options.sounds, options.epochs)
    if options.json:
        options.json.write_text(json.dumps(gate.rows, indent=1) + "\n")
    sys.exit(not all(row["passed"] for row in gate.rows))


if __name__ == "__main__":
    main()
