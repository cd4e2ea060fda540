"""How a folded Latin word sounds, however it was romanised: a spelling without its habits, and its bare consonants.

`sound_of` keeps the vowels and takes away the habits of romanisation (y, i and j; kh and h; ks and x; w and v). `bones_of`
keeps consonants only, in few classes, so that a name written without vowels meets all its spellings with them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from greenlane.screen.given_names import one_spelling

_SOUND_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("shch|schtsch|sch|sht(?=ch)", "sh"),
        ("tsch|tch|cz|tj(?=$)", "ch"),
        ("sj(?=[aeiouyk])|sz", "sh"),
        ("kh", "h"),
        ("dzh|dj|zh", "j"),
        ("ph", "f"),
        ("th", "t"),
        ("gh", "g"),
        ("ts|tz", "c"),
        ("ch", "4"),
        ("c(?=[eiy])", "c"),
        ("ck|q|c(?![eiy])(?!$)", "k"),
        ("x", "ks"),
        ("w", "v"),
        ("ou|oo", "u"),
        ("ee", "i"),
        ("(?<=[^aeiouy])j(?=[aeou])|[yi](?=[aeou])", ""),
        ("(?<=[aeiouy])j(?=$|[^aeiouy])|[yi]+", "i"),
        ("ii+", "i"),
        ("ei|ai|ay|ey", "e"),
        (r"([a-z0-9])\1+", r"\1"),
        ("(?<=[^aeiou])e?v(?=$)|ff?(?=$)", "v"),
        ("h(?=$|[^aeiou])", ""),
    )
)

_BONE_STEPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        ("^(?:al|el|ul|ar|as|an|ad|at|az|ash)(?=[bcdfghjklmnpqrstvwxyz][a-z]{3})(?<=^al|^el)", ""),
        ("shch|sch|sh|ch(?=$)|x", "s"),
        ("kh|gh|ck|[cqg](?![eiyh])|q|g", "k"),
        ("tch|ch|zh|dj|dzh", "j"),
        ("th", "t"),
        ("dh", "z"),
        ("ph", "f"),
        ("ts|tz", "s"),
        ("c", "s"),
        ("^w|^v|v", "f"),
        ("p", "b"),
        ("r", "l"),
        ("^[yij](?=[aeou])", "y"),
        ("(?<!^)[yw]", ""),
        ("[aeiou]", ""),
        ("(?<!^)h(?=$)", ""),
        (r"([a-z])\1+", r"\1"),
    )
)


@lru_cache(maxsize=20_000)
def sound_of(word: str) -> str:
    """The word without habits of romanisation; digits stay, an empty result falls back to the word."""
    if not word.isalpha() or len(word) < 3:
        return word
    text = one_spelling(word)
    for pattern, to in _SOUND_STEPS:
        text = pattern.sub(to, text)
    return text or word


@lru_cache(maxsize=20_000)
def bones_of(word: str) -> str:
    """The consonants of the word in coarse classes; empty where fewer than two are left, since they say too little."""
    if not word.isalpha():
        return ""
    text = word
    for pattern, to in _BONE_STEPS:
        text = pattern.sub(to, text)
    return text if len(text) > 1 else ""
