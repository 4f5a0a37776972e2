"""An outside recogniser, trained on people (PocketSphinx), hears the teacher and the artefact say commands of a closed grammar."""
import argparse
import importlib.util
import json
import pathlib
import random
import sys

import numpy as np
import pocketsphinx
import scipy.signal

import features
import make_teacher
import symbols
from evaluate import Model
from make_text import ADJECTIVES, COMMON, PREPOSITIONS, VERBS, Writer

RATE = 16000  # Hz, of the recogniser
SEED = 20261123
LIMIT = 2.0  # points of word errors over the teacher's
_SHAPE = ("verb", "the", "adjective", "noun", "preposition", "the", "noun")
_LOUDNESS = 0.08  # root mean square, for both speakers
_EDGE = RATE // 4  # samples of silence before and behind
# What the recogniser, which knows American words alone, calls the sounds of British ones.
_PHONES = {
    **dict(zip("bdfklmnpstvwzɡɹh", "B D F K L M N P S T V W Z G R HH".split())), "j": "Y", "ð": "DH", "θ": "TH", "ŋ": "NG", "ʃ": "SH", "ʒ": "ZH", "ʤ": "JH", "ʧ": "CH",
    "A": "EY", "I": "AY", "Q": "OW", "W": "AW", "Y": "OY", "a": "AE", "ɒ": "AA", "ɑ": "AA", "ɔ": "AO", "ə": "AH", "ᵊ": "AH", "ɛ": "EH", "ɜ": "ER", "ɪ": "IH", "i": "IY",
    "u": "UW", "ʊ": "UH", "ʌ": "AH",
}


def lists(decoder, spoken):
    """The words of the grammar that the recogniser knows and both dictionaries can say."""
    words = {"verb": VERBS, "adjective": ADJECTIVES, "noun": COMMON, "preposition": PREPOSITIONS, "the": ["the"]}
    return {kind: sorted({word for word in many if decoder.lookup_word(word) and all(word in known for known in spoken.values())}) for kind, many in words.items()}


def listener(words, spoken, accent):
    """A recogniser of the grammar, which has heard of British pronunciations where somebody British speaks."""
    decoder = untaught()
    if accent == "gb":
        for word in sorted({word for many in words.values() for word in many}):
            phones = " ".join(_PHONES[symbol] for symbol in spoken[accent][word] if symbol not in symbols.STRESS + "ː")
            decoder.add_word(f"{word}(9)", phones, True)
    decoder.add_jsgf_string("commands", grammar(words))
    decoder.activate_search("commands")
    return decoder


def untaught():
    return pocketsphinx.Decoder(
        hmm=pocketsphinx.get_model_path("en-us/en-us"), dict=pocketsphinx.get_model_path("en-us/cmudict-en-us.dict"), lm=None, loglevel="FATAL",
    )


def grammar(words):
    rules = "".join(f"<{kind}> = {' | '.join(many)};\n" for kind, many in words.items())
    return f"#JSGF V1.0;\ngrammar commands;\npublic <command> = {' '.join(f'<{kind}>' for kind in _SHAPE)};\n{rules}"


def distance(said, heard):
    """Words to change, add or leave out."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def heard(decoder, sound, rate):
    """float sound to words."""
    sound = scipy.signal.resample_poly(sound.astype(np.float64), RATE // 50, rate // 50)
    sound = np.pad(sound * _LOUDNESS / max(np.sqrt(np.mean(sound ** 2)), 1e-6), _EDGE)
    decoder.start_utt()
    decoder.process_raw((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr.split() if found else []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--artefact", type=pathlib.Path, default=pathlib.Path(__file__).parents[1])
    parser.add_argument("--commands", type=int, default=50, help="of each voice")
    parser.add_argument("--known", type=pathlib.Path, help="keeps what was heard of the teacher, who does not change")
    options = parser.parse_args()
    folder = pathlib.Path(importlib.util.find_spec("misaki").submodule_search_locations[0]) / "data"
    writer, choose = Writer(folder, SEED), random.Random(SEED)
    words = lists(untaught(), writer.spoken)
    listeners = {accent: listener(words, writer.spoken, accent) for accent in writer.spoken}
    commands = [[choose.choice(words[kind]) for kind in _SHAPE] for _ in range(options.commands)]
    jobs = [(voice, command) for command in commands for voice in make_teacher.VOICES]
    make_teacher.start(None)

    def by_teacher(voice, spoken, accent):
        text, _ = make_teacher.prepared(spoken, accent)
        language = make_teacher.LANGUAGES[accent] + make_teacher.VOICES[voice][0]
        return make_teacher.espeak.speak(text, language, make_teacher.BASE_RATE)[0], make_teacher.ESPEAK_RATE

    def by_artefact(voice, spoken, _):
        tokens = [0, *(symbols.VOCABULARY[c] for c in spoken), 0]
        return model.speak(tokens, model.styles[voice])[0], features.RATE

    def errors(speaker):
        wrong = dict.fromkeys(make_teacher.VOICES, 0)
        for voice, command in jobs:
            accent = make_teacher.VOICES[voice][1]
            wrong[voice] += distance(command, heard(listeners[accent], *speaker(voice, writer.say([*command, "."], accent), accent)))
        return {voice: 100 * count / options.commands / len(_SHAPE) for voice, count in wrong.items()}

    if options.known and options.known.exists():
        teacher = json.loads(options.known.read_text())
    else:
        teacher = errors(by_teacher)
        if options.known:
            options.known.write_text(json.dumps(teacher))
    model = Model(options.artefact)
    artefact = errors(by_artefact)
    print(f"{sum(map(len, words.values()))} words, {len(jobs)} commands, {len(jobs) * len(_SHAPE)} words said; word errors, %")
    for voice in teacher:
        print(f"{voice:<10} teacher {teacher[voice]:5.1f}  artefact {artefact[voice]:5.1f}")
    over = np.mean(list(artefact.values())) - np.mean(list(teacher.values()))
    print(f"over the teacher: {over:.1f} points (limit {LIMIT})")
    sys.exit(over > LIMIT)


if __name__ == "__main__":
    main()
