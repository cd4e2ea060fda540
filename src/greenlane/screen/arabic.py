"""Names in Arabic letters (Arabic, Persian, Urdu, Pashto): vowelled from a lexicon, else by consonants and best guess."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded
from greenlane.screen.reading import Reading

_FOLD = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ی": "ي", "ى": "ي", "ې": "ي", "ئ": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك", "ہ": "ه", "ۀ": "ه", "ھ": "ه", "ة": "ه", "ؤ": "و", "ۇ": "و"}  # fmt: skip
_SIGN = {
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh", "ر": "r", "ز": "z", "ژ": "zh",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "گ": "g", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "و": "u", "ي": "i", "ء": "", "ٹ": "t", "ڈ": "d", "ړ": "r", "ڑ": "r", "ں": "n", "ڤ": "v", "ټ": "t", "ډ": "d", "ځ": "z", "څ": "ts", "ښ": "sh", "ږ": "zh", "ڼ": "n", "ګ": "g",
}  # fmt: skip
_MARK = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_WORD = re.compile(r"[^\W_]+")


def arabic_readings(text: str) -> list[Reading]:
    """The readings of a name in Arabic letters."""
    tokens: list[str] = []
    sources: list[str] = []
    for word in _WORD.findall(_MARK.sub("", text)):
        for token in tokens_of(_romanised(word)):
            tokens.append(token)
            sources.append(word)
    return [latin_reading(tokens, "arabic", sources=sources, how="romanised")]


@lru_cache(maxsize=50_000)
def _romanised(word: str) -> str:
    plain = "".join(_FOLD.get(c, c) for c in word)
    head = ""
    if plain.startswith("ال") and len(plain) > 4:
        head, plain = "al ", plain[2:]
    return head + folded("".join(_SIGN.get(c, c) for c in plain))
