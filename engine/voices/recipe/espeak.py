"""eSpeak NG through ctypes: sound, and the sample at which each phoneme begins."""
import ctypes
import ctypes.util
import os

import numpy as np

RATE = 22050  # Hz, of everything eSpeak NG gives


class _Event(ctypes.Structure):
    class _Id(ctypes.Union):
        _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]

    _fields_ = [
        ("type", ctypes.c_int), ("unique", ctypes.c_uint), ("text_position", ctypes.c_int), ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int), ("sample", ctypes.c_int), ("user_data", ctypes.c_void_p), ("id", _Id),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
_END, _PHONEME = 0, 7
_UTF8, _PHONEME_INPUT, _PHONEME_EVENTS, _IPA_EVENTS = 1, 0x100, 1, 2
_RATE_PARAMETER = 1


class Espeak:
    """One instance a process: the library keeps its state in globals."""

    def __init__(self):
        path = os.environ.get("ESPEAK_LIBRARY") or ctypes.util.find_library("espeak-ng") or "libespeak-ng.so.1"
        data = os.environ.get("ESPEAK_DATA")  # the folder that holds espeak-ng-data
        for needed in os.environ.get("ESPEAK_NEEDS", "").split():
            ctypes.CDLL(needed, mode=ctypes.RTLD_GLOBAL)  # what an unpacked, not installed library leans on
        self.lib = ctypes.CDLL(path)
        self.lib.espeak_Info.restype = ctypes.c_char_p
        rate = self.lib.espeak_Initialize(2, 0, data.encode() if data else None, _PHONEME_EVENTS | _IPA_EVENTS)
        if rate != RATE:
            raise OSError(f"eSpeak NG was to give {RATE} Hz, gave {rate}")
        self.version = self.lib.espeak_Info(None).decode()
        self._sound, self._events = [], []
        self._callback = _CALLBACK(self._receive)
        self.lib.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples, count, events):
        if samples and count:
            self._sound.append(np.ctypeslib.as_array(samples, (count,)).copy())
        i = 0
        while events[i].type != _END:
            if events[i].type == _PHONEME:
                self._events.append((events[i].sample, bytes(events[i].id.string).split(b"\0")[0].decode()))
            i += 1
        return 0

    def speak(self, mnemonics, voice, words_per_minute):
        """Speaks text (`[[phonemes]]` in it are taken as such); gives the sound and (sample, IPA) of each phoneme."""
        self._sound, self._events = [], []
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {voice}")
        self.lib.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)
        text = mnemonics.encode()
        self.lib.espeak_Synth(text, len(text) + 1, 0, 1, 0, _UTF8 | _PHONEME_INPUT, None, None)
        sound = np.concatenate(self._sound) if self._sound else np.zeros(0, np.int16)
        return sound.astype(np.float32) / 32768, self._events
