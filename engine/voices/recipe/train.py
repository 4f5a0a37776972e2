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

FRAMES = 1000  # frames a batch
BLENDS = 6  # every so-manieth batch also asks that a blend of two styles sounds like the blend of their sounds
STYLE_SEED, STYLE_DEVIATION = 7, 0.25


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


def collate(speech, which, model, table):
    """The utterances behind one another with gaps between them; `owner` says which utterance a token or a pair of frames is of."""
    columns = {name: [] for name in ("tokens", "durations", "token_mask", "token_owner", "index", "place", "target", "guess", "pair_mask", "pair_owner", "base")}
    first, mean, deviation = 0, model.mean.numpy(), model.deviation.numpy()
    for number, i in enumerate(which):
        tokens, durations, frames = speech.utterance(i)
        count = len(frames) // PAIR * PAIR
        ends = ends_of(durations, count)
        index = torch.searchsorted(ends, torch.arange(count), right=True)
        blank, base = torch.zeros(PAIR * GAP), float(speech.rate[i] == BASE_RATE)
        place, style = places(ends, index, count), table[speech.voice[i]].unsqueeze(0)
        guess = model.first_guess(torch.tensor(tokens), style, index, place)
        columns["guess"] += [guess, torch.zeros(PAIR * GAP, features.SIZE)]
        columns["tokens"] += [torch.tensor(tokens), torch.zeros(GAP, dtype=torch.long)]
        columns["durations"] += [torch.tensor(durations), blank[:GAP]]
        columns["token_mask"] += [torch.ones(len(tokens)), blank[:GAP]]
        columns["base"] += [torch.full((len(tokens),), base), blank[:GAP]]
        columns["token_owner"].append(torch.full((len(tokens) + GAP,), number))
        columns["index"] += [index + first, torch.full((PAIR * GAP,), first)]
        columns["place"] += [place, torch.zeros(PAIR * GAP, PLACES)]
        columns["target"] += [torch.tensor((frames[:count] - mean) / deviation), torch.zeros(PAIR * GAP, features.SIZE)]
        columns["pair_mask"] += [torch.ones(count // PAIR), blank[:GAP]]
        columns["pair_owner"].append(torch.full((count // PAIR + GAP,), number))
        first += len(tokens) + GAP
    return {name: torch.cat(parts) for name, parts in columns.items()}


def run(model, batch, style):
    """What the first guess lacks, and frames of each token; `style` has a row for each utterance."""
    timbre = model.boil(style)
    hidden, lengths = model.encode(batch["tokens"], timbre[batch["token_owner"]], batch["token_mask"].unsqueeze(1))
    hidden = functional.embedding(batch["index"], hidden)
    return model.decode(hidden, batch["place"], timbre[batch["pair_owner"]], batch["pair_mask"].unsqueeze(1)).float(), lengths


def losses(out, lengths, batch, weight):
    out, target, mask = out + batch["guess"], batch["target"], batch["pair_mask"].repeat_interleave(PAIR).unsqueeze(1)
    voiced, learnt = (target[:, 1:2] > 0) * mask, batch["base"]
    flags = functional.binary_cross_entropy_with_logits(out[:, 1:2], (target[:, 1:2] > 0).float(), reduction="none")
    return {
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
    return 2 * sound + length


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
    begun, step, queue, sums, last = time.monotonic(), 0, [], {}, time.monotonic()
    while True:
        progress = max(step / options.steps, (time.monotonic() - begun) / 60 / options.minutes)
        if step % 100 == 0 or progress >= 1:
            rates = {name: round(value / 100, 4) for name, value in sums.items()}
            print(json.dumps({"step": step, "progress": round(progress, 3), "seconds": round(time.monotonic() - last), **rates}), flush=True)
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
        batch = collate(speech, chosen, model, table)
        with torch.autocast("cpu", torch.bfloat16):
            out, lengths = run(model, batch, table[speech.voice[chosen]])
            parts = losses(out, lengths, batch, weight)
            if step % BLENDS == BLENDS - 1:
                parts["blend"] = blend_loss(model, batch, table, random)
        optimiser.zero_grad()
        sum(parts.values()).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        share = min(0.998, (1 + step) / (10 + step))
        with torch.no_grad():
            trained = dict(model.named_parameters())
            torch._foreach_lerp_([kept[name] for name in trained], list(trained.values()), 1 - share)
        for name, value in parts.items():
            sums[name] = sums.get(name, 0.0) + value.item()


if __name__ == "__main__":
    main()
