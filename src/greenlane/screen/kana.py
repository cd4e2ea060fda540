"""Japanese names with kana: loan words in English, other kana by sound, the characters between them as in `han`."""

from __future__ import annotations

import re

from anyascii import anyascii

from greenlane.screen.han import han_readings
from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded
from greenlane.screen.reading import Reading
from greenlane.screen.words_ja import LOAN_WORDS

_KANA_RUN = re.compile("[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff]+")
_LOAN_WORD = re.compile("|".join(sorted(LOAN_WORDS, key=lambda word: (-len(word), word))))
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def kana_readings(text: str) -> list[Reading]:
    """The readings of a name with kana."""
    latin = _KANA_RUN.sub(lambda run: f" {_said(run.group(0))} ", text.replace("・", " "))
    if _HAN.search(latin):
        return han_readings(latin, japanese=True)
    return [latin_reading(tokens_of(folded(latin)), "kana", how="kana")]


def _said(run: str) -> str:
    """A run of kana: loan words set apart, the rest in Latin letters without marks of length."""
    pieces = _LOAN_WORD.sub(lambda word: f" {LOAN_WORDS[word.group(0)]} ", run)
    return "".join(c if c.isascii() else str(anyascii(c)) for c in pieces.replace("ー", ""))
