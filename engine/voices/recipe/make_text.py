"""Writes the training text: invented sentences in Kokoro's symbols, American and British, from misaki's dictionaries."""
import argparse
import importlib.util
import json
import pathlib
import random

import symbols

NUMBERS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million first second third half""".split()
COMMON = """time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money story fact
month lot right study book eye job word business issue side kind head house service friend father power hour game line end member
law car city community name president team minute idea kid body information back parent face others level office door health person
art war history party result change morning reason research girl guy moment air teacher force education quick brown fox lazy dog
hello world please thank weather phone message meeting computer voice letter garden river mountain music coffee kitchen station
train bridge paper window summer winter doctor market picture bottle button little water butter better city party""".split()
VERBS = """is was are were has had says said goes went makes made knows knew takes took sees saw comes came wants wanted looks looked
uses found gives gave tells told works called tries tried asks asked needs needed feels felt becomes left puts meant keeps kept lets
begins began seems helps helped shows showed hears heard plays played runs ran moves moved likes liked lives lived believes holds
held brings brought happens wrote sits sat stands stood loses lost pays paid meets met jumps reads learned changed watched""".split()
ADJECTIVES = """good new first last long great little own other old right big high different small large next early young important few
public bad same able quiet bright dark heavy light green red blue yellow warm cold quick brown lazy simple strange careful""".split()
LINKS = "and but or so because when while if although before after that which as".split()
PREPOSITIONS = "of in to for with on at from by about into over after under between through without around near".split()
DETERMINERS = "the the the a this that my your his her their our some every no each".split()
PRONOUNS = "I you he she it we they".split()
ADVERBS = "now then here there very also just well even only never always often really again today tomorrow maybe together".split()
OPENERS = "who what where when why how".split()
AUXILIARIES = "do did can could will would should must may".split()


def dictionary(folder, accent):
    entries = {}
    for quality in ("silver", "gold"):
        entries |= json.loads((folder / f"{accent}_{quality}.json").read_text(encoding="utf-8"))
    found = {}
    for word, spoken in entries.items():
        spoken = spoken.get("DEFAULT") if isinstance(spoken, dict) else spoken
        if word.isalpha() and spoken:
            # What misaki gives to Kokoro v1: T for the tap, t for the glottal stop.
            found[word] = spoken.replace("ɾ", "T").replace("ʔ", "t")
    return found


class Writer:
    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        self.spoken = {accent: dictionary(folder, accent) for accent in ("us", "gb")}
        shared = self.spoken["us"].keys() & self.spoken["gb"].keys()
        self.rare = sorted(word for word in shared if word.islower() and 3 <= len(word) <= 11 and self.sayable(word))

    def sayable(self, word):
        try:
            return all(symbols.sounds(self.spoken[accent][word], accent) for accent in self.spoken)
        except ValueError:
            return False

    def pick(self, common, rare=0.0):
        return self.random.choice(self.rare if self.random.random() < rare else common)

    def thing(self):
        words = [self.pick(DETERMINERS)]
        if self.random.random() < 0.4:
            words.append(self.pick(ADJECTIVES, 0.3))
        if self.random.random() < 0.1:
            words = [self.pick(NUMBERS), self.pick(NUMBERS)]
        return words + [self.pick(COMMON, 0.6)]

    def clause(self):
        subject = [self.pick(PRONOUNS)] if self.random.random() < 0.35 else self.thing()
        words = subject + [self.pick(VERBS, 0.15)]
        if self.random.random() < 0.7:
            words += self.thing()
        if self.random.random() < 0.5:
            words += [self.pick(PREPOSITIONS), *self.thing()]
        if self.random.random() < 0.25:
            words.append(self.pick(ADVERBS))
        return words

    def sentence(self):
        """Words and marks, marks as words of their own."""
        shape = self.random.random()
        if shape < 0.1:
            return [self.pick(COMMON, 0.5) for _ in range(self.random.randint(1, 3))] + [self.random.choice(".!?.")]
        if shape < 0.2:
            many = [word for _ in range(self.random.randint(2, 5)) for word in (self.pick(COMMON + NUMBERS, 0.6), ",")]
            return many[:-1] + ["and", self.pick(COMMON, 0.6), "."]
        if shape < 0.35:
            opener = [self.pick(OPENERS)] if self.random.random() < 0.6 else []
            return opener + [self.pick(AUXILIARIES)] + self.clause() + ["?"]
        words = self.clause()
        while self.random.random() < 0.4 and len(words) < 28:
            mark = self.random.choice([",", ",", ",", ";", ":", "—", "…", ""])
            words += [mark] * bool(mark) + [self.pick(LINKS), *self.clause()]
        if self.random.random() < 0.06:
            at = self.random.randrange(len(words))
            opening, closing = self.random.choice(["“”", "()"])
            words = words[:at] + [opening] + words[at:] + [closing]
        end = self.random.choice("......!") if self.random.random() < 0.93 else ""
        return words + [end] * bool(end)

    def say(self, words, accent):
        """The symbols of a sentence; the small words change with their neighbours, as misaki has it."""
        spoken = ""
        for i, word in enumerate(words):
            if not word.isalpha():
                spoken = spoken + " " + word if word in "“(" else spoken.rstrip(" ") + word
                continue
            nearby = [w for w in words[i + 1:i + 2] if w.isalpha()]
            vowel = bool(nearby) and self.spoken[accent][nearby[0]].lstrip(symbols.STRESS)[0] in "AIOQWYaiuæɑɒɔəɛɜɪʊʌ"
            special = {"a": "ɐn" if vowel else "ɐ", "the": "ði" if vowel else "ðə", "I": "ˌI", "in": "ɪn"}
            if nearby:
                special["to"] = "tʊ" if vowel else "tə"
            spoken += (" " if spoken and spoken[-1] not in "“(" else "") + special.get(word, self.spoken[accent][word])
        return spoken


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--sentences", type=int, default=1700)
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    package = pathlib.Path(importlib.util.find_spec("misaki").submodule_search_locations[0])
    writer, lines, seen = Writer(package / "data", options.seed), [], set()
    while len(lines) < options.sentences:
        words = writer.sentence()
        try:
            line = {"text": " ".join(words), **{accent: writer.say(words, accent) for accent in ("us", "gb")}}
        except KeyError:
            continue  # a word that one of the dictionaries lacks
        if line["text"] not in seen:
            seen.add(line["text"])
            lines.append(line)
    options.out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
