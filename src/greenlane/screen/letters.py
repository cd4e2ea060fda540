"""How letters are made alike before words are looked at: width, marks, invisible signs, look-alikes, case.

Everything here is text in, text out, and folding what is folded changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

#: No name is read beyond this many characters: longer ones are headlines or attacks.
LENGTH_MAX = 1_000

# Signs nobody sees: zero width, direction marks, soft hyphen, variation selectors, tatweel (which only stretches Arabic).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u0640\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
)

# Cyrillic and Greek letters that look like a Latin one. They count as Latin inside a word that also has Latin letters, or
# in a name whose other words are Latin when the whole word could be Latin.
_LOOK_ALIKE_CYRILLIC = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХЗаеѕіјорсухӀԁԛԝһвкмнтьп",
        "ABESIJKMHOPCTYX3aesijopcyxIdqwhbkmhtbn",
        strict=True,
    )
)
_LOOK_ALIKE_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ", "ABEZHIKMNOPTYXaikvopux", strict=True))
_LOOK_ALIKE = _LOOK_ALIKE_CYRILLIC | _LOOK_ALIKE_GREEK
# The way back, for a Cyrillic word into which Latin letters were put.
_BACK = {latin: cyrillic for cyrillic, latin in zip("АВЕІЈКМНОРСТУХаеіјорсух", "ABEIJKMHOPCTYXaeijopcyx", strict=True)}

_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_GREEK_CYRILLIC = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_CYRILLIC_ONLY = re.compile("[бгджзийлфцчшщъыэюяґєїўБГДЖЗИЙЛФЦЧШЩЪЫЭЮЯҐЄЇЎ]")
_WORD = re.compile(r"[^\W\d_]+")

# Letters which lose more than a mark when they are written in plain Latin.
_LATIN_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "ng",
    "ə": "a", "ĸ": "k", "ŧ": "t", "ſ": "s", "ʻ": "'", "ʼ": "'", "ʿ": "'", "ʾ": "'", "‘": "'", "’": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "№": " no ",
    "&": " & ", "·": " · ", "・": " · ", "•": " · ", "‧": " · ",
}  # fmt: skip


def visible(text: str) -> str:
    """The text in NFKC, without invisible signs, spaces made single, cut at `LENGTH_MAX` characters."""
    text = text[:LENGTH_MAX]
    if text.isascii():
        return text
    # Composing may set free a sign that is itself invisible, so the strip comes after; it sets nothing free that composes
    # across it more than once, which the second composing settles.
    composed = unicodedata.normalize("NFKC", text)
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", composed))[:LENGTH_MAX]


def one_script(text: str) -> str:
    """Undo look-alikes: a word of mixed Latin and Cyrillic or Greek letters becomes a word of one script."""
    if not (_LATIN.search(text) and _GREEK_CYRILLIC.search(text)):
        return text
    return _WORD.sub(lambda m: _unmixed(m.group(0), mostly_latin=_mostly_latin(text)), text)


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Lower case plain Latin letters, digits and ASCII signs only; what has no Latin form falls away."""
    if text.isascii():
        return text.lower()
    text = text.lower()
    if any(letter in _LATIN_LETTERS for letter in text):
        text = "".join(_LATIN_LETTERS.get(letter, letter) for letter in text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return plain.lower() if plain.isascii() else str(anyascii(plain)).lower()


def _mostly_latin(text: str) -> bool:
    """Whether no letter of the text is Cyrillic for sure, and Latin letters stand in it."""
    return _CYRILLIC_ONLY.search(text) is None


def _unmixed(word: str, *, mostly_latin: bool) -> str:
    foreign = _GREEK_CYRILLIC.findall(word)
    if not foreign:
        return word
    if len(foreign) == len(word):
        return "".join(_LOOK_ALIKE.get(c, c) for c in word) if mostly_latin and all(c in _LOOK_ALIKE for c in word) else word
    if _CYRILLIC_ONLY.search(word) or (not mostly_latin and 2 * len(foreign) > len(word)):
        return "".join(_BACK.get(c, c) for c in word)
    return "".join(_LOOK_ALIKE.get(c, c) for c in word)
