"""Tokens and a style to the frames of features.py: an encoder with durations, and a decoder that makes two frames at a time.

Everything is [time, channels]. In training many utterances lie behind one another, GAP empty steps apart, and `mask` [time, 1] is 0 there.
"""
import torch
from torch import nn
from torch.nn import functional

import features
import symbols
from diphones import KNOTS, hats, neighbours

STYLE = 256
TIMBRE = 32  # a style is boiled down to this many numbers
PLACES = 5 + KNOTS  # what a frame knows of its place in its token
PAIR = 2  # frames of one step of the decoder: half the work, and each frame still has its own place and its own output
CHANNELS = 128  # of the encoder
WIDTH = 192  # channels of the decoder
GAP = 8  # the largest dilation


def beside(x, dilation):
    """Each step with the one `dilation` before and after it: [time, 3 * channels]."""
    edge = torch.zeros(dilation, x.shape[1], dtype=x.dtype)
    longer = torch.cat([edge, x, edge])
    return torch.cat([longer[:-2 * dilation], x, longer[2 * dilation:]], 1)


class Block(nn.Module):
    def __init__(self, dilation, channels):
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(channels)
        self.style = nn.Linear(TIMBRE, channels, bias=False)
        self.wide = nn.Linear(3 * channels, channels)
        self.mix = nn.Linear(channels, channels)

    def forward(self, x, timbre, mask):
        style = self.style(timbre)
        h = self.norm(x).to(style.dtype) + style  # in training 16 bits, so that `beside` moves half as much
        h = h if mask is None else h * mask.to(style.dtype)
        return x + self.mix(torch.relu(self.wide(beside(h, self.dilation))))


class Stack(nn.Module):
    def __init__(self, dilations, channels):
        super().__init__()
        self.blocks = nn.ModuleList(Block(dilation, channels) for dilation in dilations)

    def forward(self, x, timbre, mask):
        for block in self.blocks:
            x = block(x, timbre, mask)
        return x


class Voice(nn.Module):
    def __init__(self, mean, deviation, diphones):
        super().__init__()
        self.diphones = diphones  # a first guess at every frame; the decoder makes what is missing in it
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32))
        self.register_buffer("deviation", torch.as_tensor(deviation, dtype=torch.float32))
        floor = torch.zeros(symbols.TOKENS)
        for symbol, frames in symbols.FLOOR_FRAMES.items():
            floor[symbols.VOCABULARY[symbol]] = frames
        self.register_buffer("floor", floor)
        self.embedding = nn.Embedding(symbols.TOKENS, CHANNELS)
        self.timbre = nn.Linear(STYLE, TIMBRE)
        self.encoder = Stack([1, 2, 4, 8, 1], CHANNELS)
        self.length_norm = nn.LayerNorm(CHANNELS)
        self.length_wide = nn.Linear(CHANNELS, 64)
        self.length = nn.Linear(64, 1)
        self.widen = nn.Linear(PAIR * CHANNELS, WIDTH)
        self.place = nn.Linear(PAIR * PLACES, WIDTH)
        self.decoder = Stack([1, 2, 4, 8, 2, 1], WIDTH)
        self.out_norm = nn.LayerNorm(WIDTH)
        self.out = nn.Linear(WIDTH, PAIR * features.SIZE)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def boil(self, style):
        return torch.tanh(self.timbre(style))

    def encode(self, tokens, timbre, mask=None):
        """[tokens] and [tokens or 1, TIMBRE] to [tokens, CHANNELS] and the frames of each token at speed 1."""
        hidden = self.encoder(self.embedding(tokens), timbre, mask)
        lengths = self.length(torch.relu(self.length_wide(self.length_norm(hidden))))
        return hidden, functional.softplus(lengths.float()).squeeze(1) * 4

    def decode(self, hidden, places, timbre, mask=None):
        """The token's channels and the place of each frame, of an even count, to what the diphones lack [frames, SIZE]."""
        pairs = hidden.shape[0] // PAIR
        x = self.widen(hidden.reshape(pairs, -1)) + self.place(places.reshape(pairs, -1))
        out = self.out(self.out_norm(self.decoder(x.float(), timbre, mask)))
        return out.reshape(pairs * PAIR, -1)

    def first_guess(self, tokens, style, index, places):
        """Normalised features [frames, SIZE] of one utterance by the diphones; `index` is the token of each frame."""
        before, after = neighbours(tokens, self.diphones.silent)
        return self.diphones.frames(self.diphones.courses(tokens, before, after, style)[index], places[:, 0])

    def features(self, normalised):
        return normalised * self.deviation + self.mean


def places(ends, index, frames):
    """Where each frame lies in its token: `ends` [tokens] and `index` [frames] of one utterance, gives [frames, PLACES]."""
    ends = ends.to(torch.float32)
    starts = torch.cat([ends[:1] * 0, ends[:-1]])
    start, length = starts[index], (ends - starts)[index]
    since = torch.arange(frames, dtype=torch.float32) + 0.5 - start
    counted = torch.stack([since / length, since / 16, (length - since) / 16, length / 16, 1 / (1 + since)], 1)
    return torch.cat([counted, hats(counted[:, 0])], 1)
