"""Kokoro's symbols, and what eSpeak NG calls the sounds they stand for."""

VOCABULARY = dict(zip(
    ';:,.!?—…"()“” \u0303ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ',
    [1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31, 33, 35, 36, 39, 41, 42]
    + list(range(43, 49)) + list(range(50, 70)) + [70, 71, 72, 75, 76, 77, 78, 80, 81, 82, 83, 85, 86, 87, 90, 92, 99, 101, 102, 103]
    + [110, 111, 112, 113, 114, 115, 116, 118, 119, 120, 123, 125, 126, 128, 129, 130, 131, 132, 133, 135, 136, 138, 139, 140]
    + [142, 143, 147, 148, 156, 157, 158, 162, 164, 169, 171, 172, 173, 177],
))
TOKENS = 178  # ids 0..177; 0 pads both ends
STRESS = "ˈˌ"
SILENT = STRESS + ' “”()"'  # take no time of their own
PAUSES = {".": ".", "!": "!", "?": "?", ",": ",", ";": ";", ":": ":", "—": ",", "…": "."}
# Short closures and taps: shorter than this many frames they are lost.
FLOOR_FRAMES = {symbol: 2.0 for symbol in "pbtdkɡTʧʤɾʔ"}

_VOWELS = frozenset("AIOQWYaiuæɑɐɒɔəɛɜɪʊʌᵊᵻ")
_BOTH = {
    "b": "b", "d": "d", "f": "f", "h": "h", "j": "j", "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "s": "s", "t": "t",
    "v": "v", "w": "w", "z": "z", "ð": "D", "ŋ": "N", "ɡ": "g", "ɹ": "r", "ʃ": "S", "ʒ": "Z", "ʤ": "dZ", "ʧ": "tS", "θ": "T",
    "A": "eI", "I": "aI", "W": "aU", "Y": "OI", "ə": "@", "ɛ": "E", "ɪ": "I", "ʊ": "U", "ʌ": "V", "ɐ": "a#", "ᵊ": "@", "ᵊl": "@L",
}
_OWN = {
    "us": {
        "T": "t#", "O": "oU", "i": "i:", "u": "u:", "æ": "a", "ɑ": "A:", "ɔ": "O:", "ɜ": "3:", "ᵻ": "I#", "ᵊn": "n-",
        "ɜɹ": "3:", "əɹ": "3", "ɑɹ": "A@", "ɔɹ": "O@", "ɛɹ": "e@", "ɪɹ": "i@3", "ʊɹ": "U@",
    },
    "gb": {
        "Q": "oU", "a": "a", "i": "i", "u": "u:", "iː": "i:", "uː": "u:", "ɑː": "A:", "ɔː": "O:", "ɜː": "3:", "ɒ": "0",
        "ɛː": "e@", "ɪə": "i@3", "ʊə": "U@", "ɛə": "e@",
    },
}
_TABLES = {accent: {**_BOTH, **own} for accent, own in _OWN.items()}


def sounds(word, accent):
    """Cuts a word's symbols into [(symbols with their stress mark, eSpeak mnemonic)]; ValueError names one it cannot say."""
    table, found, at = _TABLES[accent], [], 0
    while at < len(word):
        start = at
        stress = word[at] if word[at] in STRESS else ""
        at += len(stress)
        pair = word[at:at + 2]
        # A coloured vowel is one sound unless the r begins the next syllable.
        if pair in table and not (pair.endswith("ɹ") and word[at + 2:at + 4].lstrip(STRESS)[:1] in _VOWELS):
            size = 2
        elif word[at:at + 1] in table:
            size = 1
        else:
            raise ValueError(f"no sound for {word[at:at + 1]!r} in {word!r}")
        mnemonic = {"ˈ": "'", "ˌ": ",", "": ""}[stress] + table[word[at:at + size]]
        found.append((word[start:at + size], mnemonic))
        at += size
    return found
