"""Lets eSpeak NG speak the training text and analyses the sound: features of each 10 ms frame, frames of each symbol."""
import argparse
import json
import multiprocessing
import pathlib
import random

import numpy as np
import scipy.signal

import symbols
from espeak import RATE as ESPEAK_RATE, Espeak
from features import HOP, RATE, analyse, f0_range

# Our voice: eSpeak's variant (what the throat is like), and the accent that it speaks at home.
VOICES = {"af_fern": ("+f2", "us"), "am_flint": ("", "us"), "bf_hazel": ("+f3", "gb"), "bm_rowan": ("+m3", "gb")}
LANGUAGES = {"us": "en-us", "gb": "en-gb-x-rp"}
BASE_RATE = 160  # words a minute at speed 1
RATES = [BASE_RATE] * 12 + [120, 205, 205, 240, 280, 280, 330, 330]
HELD_OUT = 40  # sentences at the end of the text: for evaluation alone


def prepared(spoken, accent):
    """What eSpeak is given, and a list of (symbols, mnemonic); the mnemonic of a pause or of silence is empty."""
    items, text = [], ""
    for word in spoken.replace(" ", "\0 \0").split("\0"):
        marks_before = word[:len(word) - len(word.lstrip("“(\""))]
        core = word[len(marks_before):].rstrip("".join(symbols.PAUSES) + "”)\" ")
        marks_after = word[len(marks_before) + len(core):]
        items += [(mark, "") for mark in marks_before]
        if core:
            found = symbols.sounds(core, accent)
            items += found
            text += "[[" + "|".join(mnemonic for _, mnemonic in found) + "]]"
        items += [(mark, "") for mark in marks_after]
        text += "".join(" " if mark == " " else symbols.PAUSES.get(mark, "") for mark in marks_after)
    return text, items


def aligned(items, events, length):
    """First sample of each symbol and of the pad behind them; None where eSpeak made other sounds than it was asked for."""
    starts, at, i = [], 0, 0

    def sample(index):
        return events[index][0] if index < len(events) else length

    while i < len(items):
        run = i
        while run < len(items) and not items[run][1]:
            run += 1
        if run > i:  # marks and spaces between words: one of them takes the pause
            marks = [mark for mark, _ in items[i:run]]
            taker = next((n for n, mark in enumerate(marks) if mark in symbols.PAUSES), 0)
            begin = sample(at)
            while at < len(events) and not events[at][1]:
                at += 1
            starts += [begin] * (taker + 1) + [sample(at)] * (len(marks) - taker - 1)
            i = run
            continue
        spelled = items[i][0]
        if at >= len(events) or not events[at][1]:
            return None
        begin, at, i = sample(at), at + 1, i + 1
        ends_word = i == len(items) or not items[i][1]
        if ends_word and spelled.endswith("ɹ") and i + 1 < len(items) and sample(at) < length and events[at][1] == "ɹ":
            expected = next((mnemonic for _, mnemonic in items[i:] if mnemonic), "")
            at += expected != "r"  # the r that links to a vowel belongs to the coloured vowel before it
        while not ends_word and at < len(events) and not events[at][1]:
            at += 1  # a glide or a gap inside a word belongs to the sound before it
        sounding = [c for c in spelled if c not in symbols.STRESS]
        shares = iter(np.linspace(begin, sample(at), len(sounding) + 1)[:-1])
        starts += [begin if c in symbols.STRESS else next(shares) for c in spelled]
    tail = sample(at)
    return None if any(name for _, name in events[at:]) else [*starts, tail]


def plan(lines, seed):
    """What is to be said: (set, voice, accent, words a minute, symbols)."""
    choose, jobs = random.Random(seed), []
    for line in lines[:-HELD_OUT]:
        for voice in choose.sample(list(VOICES), choose.choice([1, 1, 2])):
            home = VOICES[voice][1]
            accent = home if choose.random() < 0.7 else {"us": "gb", "gb": "us"}[home]
            jobs.append(("train", voice, accent, choose.choice(RATES), line[accent]))
    choose.shuffle(jobs)
    for line in lines[-HELD_OUT:]:
        for voice, (_, home) in VOICES.items():
            away = {"us": "gb", "gb": "us"}[home]
            jobs.append(("home", voice, home, BASE_RATE, line[home]))
            jobs.append(("away", voice, away, BASE_RATE, line[away]))
            jobs.append(("fast", voice, home, round(BASE_RATE * 1.3), line[home]))
    return jobs


def start(limits):
    global espeak, f0_limits
    espeak, f0_limits = Espeak(), limits


def resampled(sound):
    return scipy.signal.resample_poly(sound.astype(np.float64), RATE // 150, ESPEAK_RATE // 150)


def make(job):
    """The features and the length of each token in frames; None where the symbols and the sounds do not match."""
    purpose, voice, accent, rate, spoken = job
    text, items = prepared(spoken, accent)
    sound, events = espeak.speak(text, LANGUAGES[accent] + VOICES[voice][0], rate)
    starts = aligned(items, events, len(sound))
    if starts is None:
        return None
    features = analyse(resampled(sound), f0_limits[voice])
    ends = np.append(np.array(starts), len(sound)) / ESPEAK_RATE * RATE / HOP  # a leading pad lasts until the first symbol
    ends[-1] = len(features)
    tokens = [0, *(symbols.VOCABULARY[c] for spelled, _ in items for c in spelled), 0]
    durations = np.diff(ends, prepend=0.0)
    assert len(tokens) == len(durations) and durations.min() > -0.6, (spoken, durations)
    return purpose, voice, accent, rate, tokens, np.maximum(durations, 0), features


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.text.read_text(encoding="utf-8").splitlines()]
    start(None)
    limits = {}
    for voice, (variant, home) in VOICES.items():
        text = " ".join(prepared(line[home], home)[0] for line in lines[:4])
        limits[voice] = f0_range(resampled(espeak.speak(text, LANGUAGES[home] + variant, BASE_RATE)[0]))
    print("eSpeak NG", espeak.version, "F0 in Hz", limits, flush=True)
    jobs = plan(lines, options.seed)
    with multiprocessing.Pool(options.processes, start, (limits,)) as pool:
        made = [one for one in pool.imap(make, jobs, chunksize=8) if one]
    print(f"{len(made)} of {len(jobs)} utterances match", f"{sum(len(m[6]) for m in made) / 360000:.2f} h", flush=True)
    columns = list(zip(*made))
    np.savez(
        options.out,
        purpose=np.array(columns[0]), voice=np.array(columns[1]), accent=np.array(columns[2]), rate=np.array(columns[3]),
        token_counts=np.array([len(t) for t in columns[4]]), frame_counts=np.array([len(f) for f in columns[6]]),
        tokens=np.concatenate(columns[4]), durations=np.concatenate(columns[5]).astype(np.float32),
        features=np.concatenate(columns[6]),
    )


if __name__ == "__main__":
    main()
