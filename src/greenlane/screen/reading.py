"""The words a name comes down to. A name in any script is read as a handful of readings, each a row of folded Latin words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class WordKind(Enum):
    """What part a word plays in a name."""

    PLAIN = "plain"
    LEGAL_FORM = "legal_form"  # `text` is the class: limited, stock, company, ... (see legal_forms)
    PLACE = "place"
    TRADE = "trade"  # `text` is the family: technology, trade, institute, ...
    NUMBER = "number"
    INITIAL = "initial"
    TITLE = "title"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a reading. Words of one `text` and `kind` mean the same, whatever their `source`."""

    text: str  # folded: a-z and 0-9
    kind: WordKind
    source: str  # the piece of the name it comes from, folded where that piece is Latin
    how: str  # equal, family, romanised, translated, pinyin, ...
    sound: str  # `text` without habits of romanisation
    bones: str  # consonants only; empty where too few are left or the word is not plain


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name."""

    words: tuple[Word, ...]
    bridge: str  # latin, cyrillic, greek, arabic, hebrew, hangul, kana, pinyin, translated, transliterated, korean, japanese, ...
    joined: str  # letters and digits of all words but legal forms, run together; for n-grams


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its readings, the likeliest first. `readings` is empty where the text holds no letter and no digit."""

    text: str
    script: str  # the script of most letters: latin, han, arabic, ...
    readings: tuple[Reading, ...]
    han: str = ""  # simplified characters without legal form, for names with Han characters
