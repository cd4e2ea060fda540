"""Names in Arabic letters (Arabic, Persian, Urdu, Pashto): vowelled from a lexicon, else by consonants and best guess."""

from __future__ import annotations

import re
from functools import lru_cache

from greenlane.screen.given_names import ARABIC_WORDS, PERSIAN_SPELLINGS
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
# Persian and its neighbours write ya and kaf with their own signs, and say some letters otherwise.
_PERSIAN_SIGN = re.compile("[یکگچپژۀہے]")
_PERSIAN = _SIGN | {"ض": "z", "ذ": "z", "ث": "s"}
_MARK = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
_WORD = re.compile(r"[^\W_]+")


# Two words often written as one, or one as two: "servant of" and what follows, "... of God", "... of the faith".
_SERVANT = re.compile("^عبد(?:ال)?(?=.{3})")
_OF_GOD = re.compile("^(.{2,})الله$")
_WORD_MAX = 40  # nothing longer is a word that could be taken apart
_SHORT_VOWEL = "a"
_VOWELS = frozenset("aiu")
_GLIDES = {"u": "w", "i": "y"}


def arabic_readings(text: str) -> list[Reading]:
    """The readings of a name in Arabic letters: known words in their usual spelling, others with vowels guessed."""
    persian = _PERSIAN_SIGN.search(text) is not None
    tokens: list[str] = []
    sources: list[str] = []
    for word in _WORD.findall(_MARK.sub("", text)):
        for token in tokens_of(_romanised("".join(_FOLD.get(c, c) for c in word), persian=persian)):
            if token == "allah" and tokens and tokens[-1] not in ("al", "abd"):
                # "Hamd Allah" is listed as Hamdullah.
                tokens[-1] += "ullah"
                sources[-1] += " " + word
                continue
            tokens.append(token)
            sources.append(word)
    readings = [latin_reading(tokens, "arabic", sources=sources, how="romanised")]
    for at in range(1, len(tokens) - 1):
        if tokens[at : at + 2] == ["al", "din"]:
            # "Shams al-Din" is as often listed as Shamsuddin.
            tokens[at - 1 : at + 2] = [f"{tokens[at - 1]}uddin"]
            sources[at - 1 : at + 2] = [" ".join(sources[at - 1 : at + 2])]
            readings.append(latin_reading(tokens, "arabic", sources=sources, how="romanised"))
            break
    return readings


@lru_cache(maxsize=50_000)
def _romanised(word: str, *, persian: bool) -> str:
    if len(word) > _WORD_MAX:
        return folded(_vowelled(word, persian=persian))
    known = ARABIC_WORDS.get(word)
    if known is not None:
        return PERSIAN_SPELLINGS.get(known, known) if persian else known
    servant = _SERVANT.match(word)
    if servant is not None:
        return f"abd al {_romanised(word[servant.end() :], persian=persian)}"
    of_god = _OF_GOD.match(word)
    if of_god is not None:
        return f"{_romanised(of_god[1], persian=persian)}ullah"
    if word.startswith("ابوال") and len(word) > 6:
        return f"{'abol' if persian else 'abu al '}{_romanised(word[5:], persian=persian)}"
    if word.startswith("ال") and len(word) > 4:
        return f"al {_romanised(word[2:], persian=persian)}"
    for tail in ("زاده", "پور", "نژاد"):
        if word.endswith(tail) and len(word) > len(tail) + 2:
            return f"{_romanised(word[: -len(tail)], persian=persian)}{ARABIC_WORDS[tail]}"
    for at in range(2, len(word) - 1):
        if word[:at] in ARABIC_WORDS and word[at:] in ARABIC_WORDS:
            return f"{_romanised(word[:at], persian=persian)}{_romanised(word[at:], persian=persian)}"
    return folded(_vowelled(word, persian=persian))


def _vowelled(word: str, *, persian: bool) -> str:
    """Letter by letter, with a short vowel where two consonants would begin or end the word, or three would meet."""
    table = _PERSIAN if persian else _SIGN
    signs = [sign for c in word if (sign := table.get(c, c))]
    for at, sign in enumerate(signs):
        # Waw and ya are consonants before a vowel.
        if sign in _GLIDES and at + 1 < len(signs) and signs[at + 1] in _VOWELS:
            signs[at] = "v" if persian and sign == "u" else _GLIDES[sign]
    said: list[str] = []
    bare = 0  # consonants since the last vowel
    for at, sign in enumerate(signs):
        bare = 0 if sign in _VOWELS else bare + 1
        if bare == 3 or (bare == 2 and at in (1, len(signs) - 1)):
            said.append(_SHORT_VOWEL)
            bare = 1
        said.append(sign)
    return "".join(said)
