"""Sound to features and the constants of the way back (vocoder.py).

A frame is 10 ms: log F0, voiced or not, aperiodicity in 3 bands (dB), 40 mel-cepstra of the log amplitude (natural logarithm).
"""
import numpy as np
import pyworld
import scipy.fft

RATE = 24000  # Hz
HOP = 240  # samples a frame
BANDS = 3  # aperiodicity at 3, 6 and 9 kHz
CEPSTRA = 40
SIZE = 2 + BANDS + CEPSTRA
LEVEL = 2 + BANDS  # of a frame's numbers, cepstrum 0
SPEECH = -6.0  # frames whose cepstrum 0 is above are speech
DECIBELS = 10 / np.log(10) * np.sqrt(2)  # of the distance of two cepstra
ALPHA = 0.46  # warping of the frequency axis at 24 kHz
_POINTS = 257
_TOP = 10300.0  # Hz; the teacher has nothing above, so the envelope is held flat from here
_FLOOR = -9.5  # of cepstrum 0


def warped(omega, alpha=ALPHA):
    """The warped frequency of omega (radians a sample): the phase of a first-order all-pass."""
    return omega + 2 * np.arctan(alpha * np.sin(omega) / (1 - alpha * np.cos(omega)))


def f0_range(sound):
    """Where this voice's F0 lies, in Hz: narrow enough that no octave error fits in."""
    f0, _ = pyworld.dio(sound, RATE, f0_floor=60.0, f0_ceil=420.0, frame_period=10.0)
    middle = np.median(f0[f0 > 0])
    return 0.6 * middle, 1.65 * middle


def analyse(sound, f0_limits):
    """float64 sound at 24 kHz to [frames, SIZE]."""
    f0, times = pyworld.dio(sound, RATE, f0_floor=f0_limits[0], f0_ceil=f0_limits[1], frame_period=10.0)
    f0 = pyworld.stonemask(sound, f0, times, RATE)
    voiced = f0 > 0
    envelope = pyworld.cheaptrick(sound, f0, times, RATE)
    aperiodicity = pyworld.code_aperiodicity(pyworld.d4c(sound, f0, times, RATE), RATE)
    frames = np.arange(len(f0))
    log_f0 = np.full(len(f0), np.log(sum(f0_limits) / 2))
    if voiced.any():
        log_f0 = np.interp(frames, frames[voiced], np.log(f0[voiced]))
    return np.column_stack([log_f0, voiced, np.clip(aperiodicity, -60, 0), _cepstra(envelope)]).astype(np.float32)


def _cepstra(envelope):
    bins = envelope.shape[1]
    top = int(_TOP / (RATE / 2) * (bins - 1))
    log_amplitude = 0.5 * np.log(np.maximum(envelope, 1e-12))
    log_amplitude[:, top:] = log_amplitude[:, top:top + 1]
    omega = warped(np.linspace(0, np.pi, _POINTS), -ALPHA)
    at = omega / np.pi * (bins - 1)
    low = np.minimum(at.astype(int), bins - 2)
    points = log_amplitude[:, low] + (log_amplitude[:, low + 1] - log_amplitude[:, low]) * (at - low)
    cepstra = scipy.fft.dct(points, type=1, axis=1)[:, :CEPSTRA] / (_POINTS - 1)
    cepstra[:, 0] = np.maximum(cepstra[:, 0] / 2, _FLOOR)
    return cepstra
