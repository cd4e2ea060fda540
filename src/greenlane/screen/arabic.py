"""Names in Arabic letters (Arabic, Persian, Urdu, Pashto): vowelled from a lexicon, else by consonants and best guess."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlane.screen.given_names import ARABIC_WORDS
from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded
from greenlane.screen.reading import Reading

_FOLD = {
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ی": "ي", "ى": "ي", "ې": "ي", "ئ": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك",
    "ہ": "ه", "ۀ": "ه", "ھ": "ه", "ة": "ه", "ؤ": "و", "ۇ": "و",
}  # fmt: skip
_SIGN = {
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ذ": "dh",
    "ر": "r", "ز": "z", "ژ": "zh",
    "س": "s", "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k",
    "گ": "g", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "و": "u", "ي": "i", "ء": "", "ٹ": "t", "ڈ": "d", "ړ": "r", "ڑ": "r", "ں": "n", "ڤ": "v",
    "ټ": "t", "ډ": "d", "ځ": "z", "څ": "ts", "ښ": "sh", "ږ": "zh", "ڼ": "n", "ګ": "g",
}  # fmt: skip
_MARK = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_WORD = re.compile(r"[^\W_]+")


# Two words often written as one, or one as two: "servant of" and what follows, "... of God", "... of the faith".
_SERVANT = re.compile("^عبد(?:ال)?(?=.{3})")
_OF_GOD = re.compile("^(.{2,})الله$")
_SHORT_VOWEL = "a"
_VOWELS = frozenset("aiu")


def arabic_readings(text: str) -> list[Reading]:
    """The readings of a name in Arabic letters: known words in their usual spelling, others with vowels guessed."""
    tokens: list[str] = []
    sources: list[str] = []
    for word in _WORD.findall(_MARK.sub("", text)):
        for token in tokens_of(_romanised("".join(_FOLD.get(c, c) for c in word))):
            if token == "allah" and tokens and tokens[-1] not in ("al", "abd"):
                # "Hamd Allah" is listed as Hamdullah.
                tokens[-1] += "ullah"
                sources[-1] += " " + word
                continue
            tokens.append(token)
            sources.append(word)
    return [latin_reading(tokens, "arabic", sources=sources, how="romanised")]


@lru_cache(maxsize=50_000)
def _romanised(word: str) -> str:
    known = ARABIC_WORDS.get(word)
    if known is not None:
        return known
    servant = _SERVANT.match(word)
    if servant is not None:
        return f"abd al {_romanised(word[servant.end() :])}"
    of_god = _OF_GOD.match(word)
    if of_god is not None:
        return f"{_romanised(of_god[1])}ullah"
    if word.startswith("ال") and len(word) > 4:
        return f"al {_romanised(word[2:])}"
    for tail in ("زاده", "پور", "نژاد"):
        if word.endswith(tail) and len(word) > len(tail) + 2:
            return f"{_romanised(word[: -len(tail)])}{ARABIC_WORDS[tail]}"
    return folded(_vowelled(word))


def _vowelled(word: str) -> str:
    """Letter by letter, with a short vowel where two consonants would begin or end the word, or three would meet."""
    signs = [_SIGN.get(c, c) for c in word]
    signs = [sign for sign in signs if sign]
    if len(signs) > 1 and word[0] in "وي" and signs[1][0] in "aiu":
        signs[0] = "w" if word[0] == "و" else "y"
    said: list[str] = []
    bare = 0  # consonants since the last vowel
    for at, sign in enumerate(signs):
        if sign in _VOWELS:
            # Two vowel letters together: the first is a consonant.
            if said and said[-1] in ("u", "i"):
                said[-1] = {"u": "w", "i": "y"}[said[-1]]
            bare = 0
        else:
            bare += 1
            if bare == 2 and (at == 1 or at == len(signs) - 1 or (signs[at + 1] not in _VOWELS)):
                said.append(_SHORT_VOWEL)
                bare = 1
        said.append(sign)
    return "".join(said)
