"""What can be said of a frame from its symbol, its neighbours and the voice alone: a sum of tables, solved for and not trained.

Each token gets a course of KNOTS points over its length. The voice's tables mix with the weights that the style holds of each voice.
"""
import numpy as np
import scipy.linalg
import scipy.sparse
import torch
from torch import nn

import features
import symbols

KNOTS = 5
_REACH = 2  # knots that a neighbour bends, at its end of the token
_SEEN = 4  # tokens of a pair, or it has no row of its own
_STIFFNESS = {"symbol": 0.3, "voice": 8.0, "pair": 6.0}  # ridge, in frames


def neighbours(tokens, silent):
    """The tokens that sound before and after each one; the pads at the ends stand for nothing."""
    at = torch.arange(tokens.shape[0], dtype=torch.float32)
    sounding = 1 - silent[tokens]
    earlier = (at.unsqueeze(0) < at.unsqueeze(1)).to(torch.float32) * sounding.unsqueeze(0)
    later = (at.unsqueeze(0) > at.unsqueeze(1)).to(torch.float32) * sounding.unsqueeze(0)
    before = (earlier * at.unsqueeze(0)).amax(1).to(torch.int64)
    # The nearest one after is the furthest from the end.
    back = at[-1:] - at
    after = (at[-1:] - (later * back.unsqueeze(0)).amax(1)).to(torch.int64)
    return tokens[before], tokens[after]


def hats(place):
    """[frames] from 0 to 1 in a token, to the weights of its knots [frames, KNOTS]."""
    knots = torch.arange(KNOTS, dtype=torch.float32)
    return torch.clamp(1 - torch.abs(place.unsqueeze(1) * (KNOTS - 1) - knots), min=0.0)


class Diphones(nn.Module):
    def __init__(self, kinds, pairs, voices, style):
        super().__init__()
        size = features.SIZE
        self.register_buffer("kind", torch.zeros(symbols.TOKENS, dtype=torch.long))
        self.register_buffer("silent", torch.zeros(symbols.TOKENS))
        self.register_buffer("pair", torch.zeros(kinds * kinds, dtype=torch.long))
        self.register_buffer("symbol", torch.zeros(kinds, KNOTS * size))
        self.register_buffer("voice", torch.zeros(voices, kinds, KNOTS * size))
        self.register_buffer("left", torch.zeros(pairs, _REACH * size))
        self.register_buffer("right", torch.zeros(pairs, _REACH * size))
        self.register_buffer("own_left", torch.zeros(voices, pairs, size))
        self.register_buffer("own_right", torch.zeros(voices, pairs, size))
        self.register_buffer("share", torch.zeros(style, voices))

    def courses(self, tokens, before, after, style):
        """[tokens, KNOTS * SIZE], normalised; `style` has one row, or one for each token."""
        kinds = self.symbol.shape[0]
        own = self.kind[tokens]
        begins, ends = self.pair[self.kind[before] * kinds + own], self.pair[own * kinds + self.kind[after]]
        left, right = self.left[begins], self.right[ends]
        nothing = left[:, :features.SIZE] * 0
        course = self.symbol[own] + torch.cat([left, nothing, right], 1)
        between, shares = torch.cat([nothing] * (KNOTS - 2), 1), style @ self.share
        for number in range(self.voice.shape[0]):
            edges = torch.cat([self.own_left[number][begins], between, self.own_right[number][ends]], 1)
            course = course + shares[:, number:number + 1] * (self.voice[number][own] + edges)
        return course

    def frames(self, courses, place):
        """[frames, KNOTS * SIZE], each frame with its token's course, to [frames, SIZE]."""
        weights = hats(place)
        size = features.SIZE
        return sum(weights[:, knot:knot + 1] * courses[:, knot * size:(knot + 1) * size] for knot in range(KNOTS))


def fit(speech, which, mean, deviation, table):
    """Solves for all tables at once: ridge regression on one-hot columns."""
    seen = sorted(set(speech.tokens.tolist()))
    kinds = len(seen)
    kind, silent = np.zeros(symbols.TOKENS, np.int64), np.zeros(symbols.TOKENS, np.float32)
    kind[seen] = np.arange(kinds)
    for symbol in symbols.SILENT:
        silent[symbols.VOCABULARY[symbol]] = 1
    parts = {name: [] for name in ("own", "left", "right", "voice", "place", "target")}
    for i in which:
        tokens, durations, frames = speech.utterance(i)
        before, after = neighbours(torch.tensor(tokens), torch.tensor(silent))
        ends = np.minimum(np.rint(np.cumsum(durations)), len(frames)).astype(int)
        ends[-1] = len(frames)
        index = np.searchsorted(ends, np.arange(len(frames)), side="right")
        starts = np.concatenate([[0], ends[:-1]])
        own = kind[tokens]
        parts["own"].append(own[index])
        parts["left"].append((kind[before.numpy()] * kinds + own)[index])
        parts["right"].append((own * kinds + kind[after.numpy()])[index])
        parts["voice"].append(np.full(len(frames), speech.voice[i]))
        parts["place"].append((np.arange(len(frames)) + 0.5 - starts[index]) / (ends - starts)[index])
        parts["target"].append((frames - mean) / deviation)
    own, left, right, voice, place, target = (np.concatenate(column) for column in parts.values())
    counts = np.bincount(np.concatenate([left, right]), minlength=kinds * kinds)
    pair = np.where(counts >= _SEEN * 8, np.cumsum(counts >= _SEEN * 8), 0)
    pairs, voices, count = int(pair.max()) + 1, len(table), len(own)
    weights, rows = hats(torch.tensor(place, dtype=torch.float32)).numpy(), np.arange(count)
    entries, first = [], 0

    def column(block, width, knots, name):
        nonlocal first
        for n, knot in enumerate(knots):
            used = np.flatnonzero((weights[:, knot] > 0) & (block >= 0))
            entries.append((rows[used], first + block[used] * len(knots) + n, weights[used, knot]))
        begin, first = first, first + width * len(knots)
        return slice(begin, first), name

    slices = [
        column(own, kinds, range(KNOTS), "symbol"), column(voice * kinds + own, voices * kinds, range(KNOTS), "voice"),
        column(np.where(pair[left] > 0, pair[left], -1), pairs, range(_REACH), "pair"),
        column(np.where(pair[right] > 0, pair[right], -1), pairs, range(KNOTS - _REACH, KNOTS), "pair"),
    ]
    row, col, value = (np.concatenate(one) for one in zip(*entries))
    matrix = scipy.sparse.csr_matrix((value, (row, col)), (count, first), dtype=np.float32)
    gram = (matrix.T @ matrix).toarray()
    for part, name in slices:
        gram[np.arange(first)[part], np.arange(first)[part]] += _STIFFNESS[name]
    target = target.astype(np.float32)
    solved = scipy.linalg.solve(gram, matrix.T @ target, assume_a="pos", overwrite_a=True)
    made = Diphones(kinds, pairs, voices, table.shape[1])
    tables = [torch.tensor(solved[part], dtype=torch.float32) for part, _ in slices]
    for name, values in zip(("symbol", "voice", "left", "right"), tables):
        getattr(made, name).copy_(values.reshape(getattr(made, name).shape))
    made.kind.copy_(torch.tensor(kind))
    made.silent.copy_(torch.tensor(silent))
    made.pair.copy_(torch.tensor(pair))
    made.share.copy_(torch.linalg.pinv(table))
    lacks = target - matrix @ solved
    for number in range(voices):
        # What a voice does at the ends of a token, where the others do otherwise.
        own_rows = np.flatnonzero(voice == number)
        ends = [(weights[own_rows, knot], pair[side[own_rows]]) for knot, side in ((0, left), (KNOTS - 1, right))]
        edges = scipy.sparse.hstack([
            scipy.sparse.csr_matrix((weight * (row > 0), (np.arange(len(own_rows)), row)), (len(own_rows), pairs)) for weight, row in ends
        ]).tocsr()
        gram = (edges.T @ edges).toarray() + _STIFFNESS["pair"] * np.eye(2 * pairs, dtype=np.float32)
        change = scipy.linalg.solve(gram, edges.T @ lacks[own_rows], assume_a="pos", overwrite_a=True)
        made.own_left[number], made.own_right[number] = torch.tensor(change).split(pairs)
        lacks[own_rows] -= edges @ change
    return made, float(np.abs(lacks)[:, 2:].mean())
