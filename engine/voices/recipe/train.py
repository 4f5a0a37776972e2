"""Trains the voice on make_teacher.py's file. Stops after --steps or --minutes, whichever comes first; keeps the mean weights."""
import argparse
import json
import math
import pathlib
import time

import numpy as np
import torch
from torch.nn import functional

import diphones
import features
from make_teacher import BASE_RATE, VOICES
from model import GAP, PAIR, PLACES, STYLE, Voice, places

FRAMES = 4000  # frames a batch
BLENDS = 12  # every so-manieth batch also asks that a blend of two styles sounds like the blend of their sounds
STYLE_SEED, STYLE_DEVIATION = 7, 0.25
# The spectrum has 43 numbers a frame and must not drown in the few others.
WEIGHTS = {"distance": 1.0, "spectrum": 10.0, "f0": 5.0, "voiced": 2.0, "length": 2.0, "blend": 4.0}
STEEPEST = 20.0  # gradients are cut to this length


def styles():
    """One row for each voice, in the order of VOICES."""
    made = np.random.default_rng(STYLE_SEED).normal(0, STYLE_DEVIATION, (len(VOICES), STYLE))
    return torch.tensor(made, dtype=torch.float32)


class Speech:
    """The teacher's file, utterance by utterance."""

    def __init__(self, path):
        file = np.load(path)
        self.features, self.tokens, self.durations = file["features"], file["tokens"], file["durations"]
        self.token_ends, self.frame_ends = np.cumsum(file["token_counts"]), np.cumsum(file["frame_counts"])
        self.frame_counts, self.token_counts = file["frame_counts"], file["token_counts"]
        self.purpose, self.accent, self.rate = file["purpose"], file["accent"], file["rate"]
        self.voice = np.array([list(VOICES).index(voice) for voice in file["voice"]])

    def utterance(self, i):
        """Tokens, durations in frames, features."""
        t, f = self.token_ends[i], self.frame_ends[i]
        own = slice(t - self.token_counts[i], t)
        return self.tokens[own], self.durations[own], self.features[f - self.frame_counts[i]:f]

    def chosen(self, purpose):
        return np.flatnonzero(self.purpose == purpose)


def ends_of(durations, frames):
    ends = torch.tensor(np.minimum(np.rint(np.cumsum(durations)), frames).astype(np.int64))
    ends[-1] = frames
    return ends


def batches(speech, which, random):
    """Lists of utterances, about FRAMES long, in random order."""
    made, current, frames = [], [], 0
    for i in random.permutation(which):
        current.append(i)
        frames += speech.frame_counts[i]
        if frames >= FRAMES:
            made.append(np.array(current))
            current, frames = [], 0
    return made


def prepared(speech, i, model, table):
    """One utterance as `collate` wants it, with the gap behind it."""
    mean, deviation = model.mean.numpy(), model.deviation.numpy()
    tokens, durations, frames = speech.utterance(i)
    count = len(frames) // PAIR * PAIR
    ends = ends_of(durations, count)
    index = torch.searchsorted(ends, torch.arange(count), right=True)
    blank, gap = torch.zeros(GAP), torch.zeros(PAIR * GAP, features.SIZE)
    place, style = places(ends, index, count), table[speech.voice[i]].unsqueeze(0)
    guess = model.first_guess(torch.tensor(tokens), style, index, place)
    return {
        "tokens": torch.cat([torch.tensor(tokens), torch.zeros(GAP, dtype=torch.long)]),
        "durations": torch.cat([torch.tensor(durations), blank]),
        "token_mask": torch.cat([torch.ones(len(tokens)), blank]),
        "base": torch.cat([torch.full((len(tokens),), float(speech.rate[i] == BASE_RATE)), blank]),
        "index": torch.cat([index, torch.zeros(PAIR * GAP, dtype=torch.long)]),
        "place": torch.cat([place, torch.zeros(PAIR * GAP, PLACES)]),
        "target": torch.cat([torch.tensor((frames[:count] - mean) / deviation), gap]),
        "guess": torch.cat([guess, gap]),
        "pair_mask": torch.cat([torch.ones(count // PAIR), blank]),
        "speech": torch.cat([torch.tensor(frames[:count, features.LEVEL] > features.SPEECH, dtype=torch.float32), torch.zeros(PAIR * GAP)]),
    }


def collate(utterances):
    """Prepared utterances behind one another; `owner` says which utterance a token or a pair of frames is of."""
    batch = {name: torch.cat([one[name] for one in utterances]) for name in utterances[0] if name != "index"}
    counts = torch.tensor([[len(one["tokens"]), len(one["pair_mask"])] for one in utterances])
    numbers, before = torch.arange(len(utterances)), (counts[:, 0].cumsum(0) - counts[:, 0]).tolist()
    batch["index"] = torch.cat([one["index"] + first for one, first in zip(utterances, before)])
    batch["token_owner"] = numbers.repeat_interleave(counts[:, 0])
    batch["pair_owner"] = numbers.repeat_interleave(counts[:, 1])
    return batch


def run(model, batch, style):
    """What the first guess lacks, and frames of each token; `style` has a row for each utterance."""
    timbre = model.boil(style)
    hidden, lengths = model.encode(batch["tokens"], timbre[batch["token_owner"]], batch["token_mask"].unsqueeze(1))
    hidden = functional.embedding(batch["index"], hidden)
    return model.decode(hidden, batch["place"], timbre[batch["pair_owner"]], batch["pair_mask"].unsqueeze(1)).float(), lengths


def losses(out, lengths, batch, weight, deviation):
    out, target, mask = out + batch["guess"], batch["target"], batch["pair_mask"].repeat_interleave(PAIR).unsqueeze(1)
    voiced, learnt = (target[:, 1:2] > 0) * mask, batch["base"]
    flags = functional.binary_cross_entropy_with_logits(out[:, 1:2], (target[:, 1:2] > 0).float(), reduction="none")
    shape = slice(features.LEVEL + 1, None)
    apart = ((out[:, shape] - target[:, shape]) * deviation[shape]).square().sum(1, keepdim=True).add(1e-4).sqrt()
    talk = batch["speech"].unsqueeze(1)
    return {
        # What evaluate.py measures, in dB.
        "distance": features.DECIBELS * (apart * talk).sum() / talk.sum(),
        "f0": ((out[:, :1] - target[:, :1]).abs() * voiced).sum() / voiced.sum(),
        "voiced": (flags * mask).sum() / mask.sum(),
        "spectrum": ((out[:, 2:] - target[:, 2:]).abs() * weight * mask).sum() / mask.sum() / (features.SIZE - 2),
        # Lengths are learnt at speed 1 alone; the other speeds are for the sound of short and long phones.
        "length": (functional.smooth_l1_loss(lengths, batch["durations"], reduction="none") * learnt).sum() / learnt.sum().clamp(min=1),
    }


def blend_loss(model, batch, table, random):
    """How far the sound of a blend of two styles lies from the blend of their sounds. The first guess blends by itself."""
    rows = int(batch["token_owner"][-1]) + 1
    pairs = np.stack([random.permutation(len(table))[:2] for _ in range(rows)])
    share = torch.tensor(random.uniform(0.15, 0.85, (rows, 1)), dtype=torch.float32)
    one, other = table[pairs[:, 0]], table[pairs[:, 1]]
    with torch.no_grad():
        (a, la), (b, lb) = run(model, batch, one), run(model, batch, other)
    out, lengths = run(model, batch, share * one + (1 - share) * other)
    of_frame, of_token = share[batch["pair_owner"].repeat_interleave(PAIR)], share[batch["token_owner"], 0]
    mask = batch["pair_mask"].repeat_interleave(PAIR).unsqueeze(1)
    sound = ((out - of_frame * a - (1 - of_frame) * b).abs() * mask).sum() / mask.sum() / features.SIZE
    length = ((lengths - of_token * la - (1 - of_token) * lb).abs() * batch["token_mask"]).sum() / batch["token_mask"].sum()
    return 2 * sound + length / 4


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teacher", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=20000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", type=pathlib.Path, help="begin with the weights of this checkpoint")
    parser.add_argument("--rate", type=float, default=2.5e-3, help="the first learning rate")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(options.seed)
    speech, table = Speech(options.teacher), styles()
    which = speech.chosen("train")
    own = np.concatenate([speech.utterance(i)[2] for i in which])
    mean, deviation = own.mean(0), np.maximum(own.std(0), 1e-3)
    mean[1], deviation[1] = 0.5, 0.5  # so that above 0 is voiced
    weight = torch.tensor(0.5 + 0.5 * deviation[2:] / deviation[5:].mean()).clamp(max=2)
    guess, error = diphones.fit(speech, which, mean, deviation, table)
    print(f"diphones: mean error {error:.3f} deviations", flush=True)
    model, before = Voice(mean, deviation, guess), 0
    if options.resume:
        begun_with = torch.load(options.resume, weights_only=True)
        known = {name: value for name, value in begun_with["weights"].items() if not name.startswith("diphones.")}
        model.load_state_dict(known, strict=False)
        before = begun_with["step"]
    kept = {name: value.clone() for name, value in model.state_dict().items()}
    optimiser = torch.optim.AdamW(model.parameters(), lr=options.rate, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    begun, step, queue, sums, last, heard = time.monotonic(), 0, [], {}, time.monotonic(), 0
    utterances = {i: prepared(speech, i, model, table) for i in which}
    while True:
        progress = max(step / options.steps, (time.monotonic() - begun) / 60 / options.minutes)
        if step % 100 == 0 or progress >= 1:
            means = {name: round(total / count, 4) for name, (total, count) in sums.items()}
            seconds = round(time.monotonic() - last)
            print(json.dumps({"step": step, "progress": round(progress, 3), "frames": heard, "seconds": seconds, **means}), flush=True)
            sums, last = {}, time.monotonic()
            partial = options.out.with_suffix(".partial")
            torch.save({"weights": kept, "step": before + step, "seed": options.seed}, partial)
            partial.replace(options.out)
        if progress >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1, (step + 1) / 100) * (0.5 + 0.5 * math.cos(math.pi * progress)) + 1e-6
        queue = queue or batches(speech, which, random)
        chosen = queue.pop()
        batch = collate([utterances[i] for i in chosen])
        heard += int(batch["pair_mask"].sum()) * PAIR
        with torch.autocast("cpu", torch.bfloat16):
            out, lengths = run(model, batch, table[speech.voice[chosen]])
            parts = losses(out, lengths, batch, weight, model.deviation)
            if step % BLENDS == BLENDS - 1:
                parts["blend"] = blend_loss(model, batch, table, random)
        optimiser.zero_grad()
        sum(WEIGHTS[name] * value for name, value in parts.items()).backward()
        parts["slope"] = torch.nn.utils.clip_grad_norm_(model.parameters(), STEEPEST)
        optimiser.step()
        step += 1
        share = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            trained = dict(model.named_parameters())
            torch._foreach_lerp_([kept[name] for name in trained], list(trained.values()), 1 - share)
        for name, value in parts.items():
            total, count = sums.get(name, (0.0, 0))
            sums[name] = total + value.item(), count + 1


if __name__ == "__main__":
    main()
