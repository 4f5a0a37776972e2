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
from train import Speech, collate, run, styles

CENTS, DECIBELS = 1200 / np.log(2), 10 / np.log(10) * np.sqrt(2)
SPEECH = -6.0  # frames whose cepstrum 0 is above are speech
FOLDS = {"ɾ": "T", "ᵊ": "ə", "ɐ": "ə"}  # the same sound to any listener


class Model:
    def __init__(self, folder):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        begun = time.perf_counter()
        self.session = onnxruntime.InferenceSession(str(folder / f"{NAME}.onnx"), options, providers=["CPUExecutionProvider"])
        self.load_seconds = time.perf_counter() - begun
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
        batch = collate(speech, np.array([i]), voice, table)
        with torch.no_grad():
            out, lengths = run(voice, batch, table[speech.voice[i]][None])
        tokens, durations, frames = speech.utterance(i)
        count = len(frames) // PAIR * PAIR
        made, frames = (out + batch["guess"]).numpy()[:count] * deviation + mean, frames[:count]
        talk = frames[:, 5] > SPEECH
        sums["mcd"].append(DECIBELS * np.sqrt(((made - frames)[talk, 6:] ** 2).sum(1)))
        both = (made[:, 1] > 0.5) & (frames[:, 1] > 0.5)
        sums["f0"].append(np.abs(made - frames)[both, 0] * CENTS)
        sums["voicing"].append((made[talk, 1] > 0.5) != (frames[talk, 1] > 0.5))
        guessed = lengths.numpy()[:len(tokens)]
        sums["token"].append(np.abs(guessed - durations)[durations > 0] * 10)
        sums["total"].append(guessed.sum() / durations.sum() - 1)
    joined = {name: np.concatenate(parts) for name, parts in sums.items() if name != "total"}
    return {"mcd": joined["mcd"].mean(), "f0": np.median(joined["f0"]), "voicing": 100 * joined["voicing"].mean(),
            "token": joined["token"].mean(), "total": 100 * np.mean(sums["total"])}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--checkpoint", type=pathlib.Path, required=True)
    parser.add_argument("--artefact", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    parser.add_argument("--epochs", type=int, default=12, help="of the listener's training")
    parser.add_argument("--sounds", type=int, default=40, help="sentences a voice for what is measured on sound")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    speech, model, (voice, _), table = Speech(options.teacher), Model(options.artefact), load(options.checkpoint), []

    def gate(name, value, limit, low=None):
        table.append({"gate": name, "value": round(float(value), 3), "limit": limit, "low": low, "passed": bool(value <= limit and (low is None or value >= low))})

    names, home = list(VOICES), speech.chosen("home")
    own = {name: home[speech.voice[home] == n] for n, name in enumerate(names)}
    for name, which in own.items():
        found = by_features(voice, speech, which)
        gate(f"{name}: cepstral distance, dB", found["mcd"], 3.8)
        gate(f"{name}: F0 median error, cents", found["f0"], 45)
        gate(f"{name}: voicing error, %", found["voicing"], 5)
        gate(f"{name}: token length error, ms", found["token"], 6)
        gate(f"{name}: length bias, %", found["total"], 2, -2)

    listener = Listener(speech, options.epochs)
    chosen = {}
    for purpose in ("home", "away", "fast"):
        which = speech.chosen(purpose)
        chosen[purpose] = np.concatenate([which[speech.voice[which] == n][:options.sounds] for n in range(len(names))])
    teacher = {purpose: listener.errors(speech.utterance(i) for i in which) for purpose, which in chosen.items()}
    print("listener's errors on the teacher, %:", {k: round(v, 2) for k, v in teacher.items()})
    sounds = {name: [] for name in names}

    def spoken(which, speed=1.0, style=None, keep=False):
        for i in which:
            tokens = speech.utterance(i)[0]
            audio, duration = model.speak(tokens, style if style is not None else model.styles[names[speech.voice[i]]], speed)
            if keep:
                sounds[names[speech.voice[i]]].append(audio)
            yield tokens, duration, analysed(audio)

    gate("phones, home accent, points over the teacher", listener.errors(spoken(chosen["home"], keep=True)) - teacher["home"], 1.5)
    gate("phones, other accent", listener.errors(spoken(chosen["away"])) - teacher["away"], 4)
    gate("phones, speed 1.3", listener.errors(spoken(chosen["home"], 1.3)) - teacher["fast"], 4)
    blends = []
    for one, other in itertools.combinations(names, 2):
        which = own[one][:max(options.sounds // 4, 4)]
        blends += spoken(which, style=(model.styles[one] + model.styles[other]) / 2)
    gate("phones, 50/50 blends", listener.errors(blends) - teacher["home"], 4)

    for name, made in sounds.items():
        whole = np.concatenate(made).astype(np.float64)
        gate(f"{name}: loudness, LUFS", pyloudnorm.Meter(features.RATE).integrated_loudness(whole), -18, -22)
        gate(f"{name}: true peak, dBTP", 20 * np.log10(np.abs(scipy.signal.resample_poly(whole, 4, 1)).max()), -1)
        gate(f"{name}: offset, thousandths", 1000 * abs(whole.mean()), 1)

    worst = 0.0
    for i in home[speech.frame_counts[home] > 200][:8]:  # a frame more or less weighs little in these
        tokens, style = speech.utterance(i)[0], model.styles[names[speech.voice[i]]]
        base = len(model.speak(tokens, style)[0])
        worst = max(worst, *(abs(len(model.speak(tokens, style, s)[0]) * s / base - 1) for s in (0.5, 0.75, 1.3, 1.6, 2.0)))
    gate("speed law, worst, %", 100 * worst, 1.5)
    random, failures = np.random.default_rng(5), 0
    for count in (*range(2, 14), 60, 200, 511, 512):
        tokens = np.concatenate([[0], random.integers(0, symbols.TOKENS, count - 2), [0]])
        for speed, name in itertools.product((0.5, 1.0, 2.0), names):
            audio, duration = model.speak(tokens, model.styles[name], speed)
            again = model.speak(tokens, model.styles[name], speed)[0]
            sane = np.isfinite(audio).all() and np.abs(audio).max() <= 0.85 and duration.sum() * features.HOP == len(audio) > 0
            failures += not (sane and np.array_equal(audio, again))
    gate("random ids that failed or differed when repeated", failures, 0)
    gate("seconds of one core for a second of sound", model.busy / model.sounded, 0.02)
    gate("load, s", model.load_seconds, 0.5)
    gate("files, MB", sum(p.stat().st_size for p in options.artefact.glob(f"{NAME}*")) / 1e6, 4)
    for row in table:
        print(f"{'ok  ' if row['passed'] else 'MISS'} {row['gate']:<55} {row['value']:>9} (limit {row['limit']}{'' if row['low'] is None else ', at least ' + str(row['low'])})")
    if options.json:
        options.json.write_text(json.dumps({"teacher": teacher, "gates": table}, indent=1) + "\n")
    sys.exit(not all(row["passed"] for row in table))


if __name__ == "__main__":
    main()
