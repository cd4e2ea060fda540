"""Alphabets that are read letter by letter: Cyrillic of several languages; Greek and the rest by a general table.

The romanisation is the plain one of lists and passports (kh, ts, shch, y); other habits meet it in `sounds.sound_of`.
"""

from __future__ import annotations

from functools import lru_cache

from greenlane.screen.letters import folded

_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
    "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch",
    "ш": "sh", "щ": "shch", "ъ": "",
    "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g", "ў": "u", "ј": "j",
    "љ": "lj", "њ": "nj", "ћ": "c",
    "ђ": "dj", "џ": "dz", "ѓ": "g", "ќ": "k", "ѕ": "dz", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o", "ұ": "u",
    "ү": "u", "һ": "h", "ҳ": "h",
    "ҷ": "j", "ӣ": "i", "ӯ": "u", "ѐ": "e", "ѝ": "i", "ӏ": "",
}  # fmt: skip
# Ukrainian and Belarusian read two letters in their own way.
_UKRAINIAN = _CYRILLIC | {"г": "h", "и": "y"}
_BELARUSIAN = _CYRILLIC | {"г": "h"}
_IE = str.maketrans({"'": None, "’": None, "ʼ": None, '"': None})


def cyrillic_table(text: str) -> str:
    """The language whose letters the text shows: `uk`, `be`, or `ru` where nothing speaks against it."""
    low = text.lower()
    if "ў" in low or ("і" in low and any(c in low for c in "ыэё")):
        return "be"
    if any(c in low for c in "іїєґ"):
        return "uk"
    return "ru"


@lru_cache(maxsize=50_000)
def romanised(word: str, language: str) -> str:
    """A Cyrillic word in Latin letters."""
    table = {"uk": _UKRAINIAN, "be": _BELARUSIAN}.get(language, _CYRILLIC)
    text = "".join(table.get(c, c) for c in word.lower().translate(_IE))
    return folded(text).replace("yy", "y") if language == "ru" else folded(text)
