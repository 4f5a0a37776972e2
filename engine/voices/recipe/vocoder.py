"""Features back to sound, from operations that every ONNX runtime has, and without a random number.

Voiced sound is a band-limited pulse train, the rest a fixed table of noise; both pass the minimum-phase filter of the cepstra, frame by
frame in the frequency domain, and overlap by half a window.
"""
import math

import numpy as np
import torch
from torch import nn

from features import ALPHA, BANDS, CEPSTRA, HOP, RATE, warped

_FFT = 4 * HOP
_BINS = _FFT // 2 + 1
_CYCLE = 16384  # phase is counted in whole parts of a cycle, so that it cannot drift
_HIGHEST = 11500.0  # Hz, of the pulse train's harmonics
_NOISE_BLOCKS, _NOISE_SEED = 53, 3
_KNEE, _CEILING = 0.5, 0.85  # the limiter is straight below the knee


class Vocoder(nn.Module):
    def __init__(self, gain):
        super().__init__()
        self.gain = gain
        noise = np.random.default_rng(_NOISE_SEED).standard_normal((_NOISE_BLOCKS, HOP))
        self.register_buffer("noise", torch.tensor(noise / noise.std(), dtype=torch.float32))
        self.register_buffer("window", torch.tensor(np.hanning(2 * HOP + 1)[:-1], dtype=torch.float32))
        self.register_buffer("theta", torch.tensor(warped(np.linspace(0, np.pi, _BINS)), dtype=torch.float32))
        self.register_buffer("cosine", torch.tensor(np.cos(2 * np.pi * np.arange(_FFT) / _FFT), dtype=torch.float32))
        self.register_buffer("steps", torch.arange(_FFT))  # a buffer, or the exporter would store the whole products of it
        corners = np.arange(BANDS + 2) * 3000.0
        bins = np.linspace(0, RATE / 2, _BINS)
        bands = np.stack([np.interp(bins, corners, row) for row in np.eye(BANDS + 2)])
        self.register_buffer("bands", torch.tensor(bands[1:-1], dtype=torch.float32))
        self.register_buffer("band_floor", torch.tensor(-60 * bands[0], dtype=torch.float32))

    def bases(self):
        """Cosines and sines of the Fourier transform; runtimes work them out once, when they load the graph."""
        turn = self.steps.unsqueeze(1) * self.steps[:_BINS].unsqueeze(0) % _FFT
        return self.cosine[turn], self.cosine[(turn + 3 * _FFT // 4) % _FFT]

    def pulses(self, f0):
        """[frames] to [frames, HOP]: a pulse train of unit power."""
        after = torch.cat([f0[1:], f0[-1:]])
        cycles = torch.round((f0 + after) * (0.5 * HOP / RATE * _CYCLE)).to(torch.int32)
        total = torch.cumsum(cycles, 0, dtype=torch.int32) - cycles
        begin = torch.remainder(total, _CYCLE).to(torch.float32) / _CYCLE
        j = torch.arange(HOP, dtype=torch.float32).unsqueeze(0)
        phase = begin.unsqueeze(1) + (f0.unsqueeze(1) * j + (after - f0).unsqueeze(1) * (j * j) * (0.5 / HOP)) / RATE
        phase = phase - torch.floor(phase)
        harmonics = torch.floor(_HIGHEST / f0).unsqueeze(1) * 2 + 1
        below = torch.sin(math.pi * phase)
        train = torch.where(below < 1e-4, harmonics, torch.sin(math.pi * phase * harmonics) / torch.clamp(below, min=1e-4))
        return (train - 1) * torch.sqrt(f0 / RATE).unsqueeze(1)

    def spectra(self, blocks, before, cosines, sines):
        """Spectrum of each block together with the one before it."""
        framed = torch.cat([before, blocks], 1) * self.window
        return framed @ cosines[:2 * HOP], framed @ -sines[:2 * HOP]

    def forward(self, features):
        """[frames, SIZE] to [frames * HOP] samples."""
        f0 = torch.clamp(torch.exp(torch.clamp(features[:, 0], 3.0, 7.0)), 50.0, 600.0)
        voiced = (features[:, 1:2] > 0.5).to(torch.float32)
        decibels = torch.clamp(features[:, 2:2 + BANDS], -60.0, 0.0)
        cepstra = features[:, 2 + BANDS:]
        cosines, sines = self.bases()
        pulses = self.pulses(f0)
        silence = pulses[:1] * 0
        real, imaginary = self.spectra(pulses, torch.cat([silence, pulses[:-1]]), cosines, sines)
        noise_real, noise_imaginary = self.spectra(self.noise, torch.cat([self.noise[-1:], self.noise[:-1]]), cosines, sines)
        row = torch.arange(features.shape[0]) % _NOISE_BLOCKS
        breath = torch.exp((decibels @ self.bands + self.band_floor) * (math.log(10) / 20)) * voiced + (1 - voiced)
        tone = torch.sqrt(torch.clamp(1 - breath * breath, min=0.0)) * voiced
        real = real * tone + noise_real[row] * breath
        imaginary = imaginary * tone + noise_imaginary[row] * breath
        turns = torch.arange(CEPSTRA, dtype=torch.float32).unsqueeze(1) * self.theta.unsqueeze(0)
        amplitude = torch.exp(torch.clamp(cepstra @ torch.cos(turns), -20.0, 6.0))
        phase = -(cepstra @ torch.sin(turns))
        across, along = torch.cos(phase) * amplitude, torch.sin(phase) * amplitude
        real, imaginary = real * across - imaginary * along, real * along + imaginary * across
        # Bins 0 and _BINS - 1 count once, all others twice.
        twice = (2.0 - (torch.arange(_BINS) % (_BINS - 1) == 0).to(torch.float32)).unsqueeze(1) / _FFT
        frames = real @ (cosines.transpose(0, 1) * twice) - imaginary @ (sines.transpose(0, 1) * twice)
        first, second, third, fourth = (frames[:, i * HOP:(i + 1) * HOP] for i in range(4))
        sound = torch.cat([first[1:], silence]) + second
        sound = sound + torch.cat([silence, third[:-1]]) + torch.cat([silence, silence, fourth])[:-2]
        sound = sound.reshape(-1) * self.gain
        over = torch.clamp(torch.abs(sound) - _KNEE, min=0.0)
        limited = _KNEE + (_CEILING - _KNEE) * torch.tanh(over / (_CEILING - _KNEE))
        return torch.where(over > 0, torch.sign(sound) * limited, sound)
