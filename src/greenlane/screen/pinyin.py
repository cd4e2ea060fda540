"""Chinese names typed in pinyin, syllable by syllable or cut at random: put together, cut into known words, translated.

A name is taken for pinyin where every word of it is made of syllables and there are at least four of them; Latin names that
happen to be so only gain a reading nobody matches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from greenlane.screen.han import pinyin_of
from greenlane.screen.latin import latin_reading
from greenlane.screen.reading import Reading
from greenlane.screen.words_zh import WORDS_ZH

_SYLLABLE = re.compile(
    "(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|ia|ie|in|iu|ou|ua|ue|ui|un|uo|a|e|i|o|u)"
    "|[ln]ve?|ang?|ai|ao|eng?|er|ou?|a|e"
)
_TOKEN = re.compile(f"(?:{_SYLLABLE.pattern})+")
_ENDING = re.compile(
    "(?:gufenyouxiangongsi|youxianzerengongsi|youxiangongsi|gufengongsi|zhushihuishe|youxianhuishe|gongsi|huishe)$"
)
_FORM_WORD = {"gufenyouxiangongsi": "jsc", "gufengongsi": "jsc", "zhushihuishe": "jsc", "gongsi": "co", "huishe": "co"}
_SYLLABLES_MIN = 4
_LAST_LETTERS = "aeiouvngr"  # most words of other languages end otherwise, and to see it is quick


def typed_pinyin_readings(tokens: Sequence[str]) -> list[Reading]:
    """The readings of a name typed in pinyin; none where it is not."""
    if len(tokens) < 2 or not all(map(_syllables, tokens)) or sum(map(_syllables, tokens)) < _SYLLABLES_MIN:
        return []
    run = "".join(tokens)
    ending = _ENDING.search(run)
    form = ""
    if ending is not None and ending.start() > 1:
        form = _FORM_WORD.get(ending.group(0), "ltd")
        run = run[: ending.start()]
    pieces = _cut(run)
    tail = [form] if form else []
    readings = [latin_reading([*(written for written, _ in pieces), *tail], "pinyin", how="pinyin")]
    if any(english for _, english in pieces):
        said = [word for written, english in pieces for word in (english.split() or [written])]
        readings.append(latin_reading([*said, *tail], "translated", how="translated"))
    return readings


@lru_cache(maxsize=100_000)
def _syllables(token: str) -> int:
    """How many syllables of pinyin a word is made of; none where it is not made of them."""
    return len(_SYLLABLE.findall(token)) if token[-1] in _LAST_LETTERS and _TOKEN.fullmatch(token) else 0


@lru_cache(maxsize=1)
def _words() -> tuple[dict[str, str], int]:
    """Pinyin of the known words of two characters and more -> English, and the longest."""
    words: dict[str, str] = {}
    for han, ways in WORDS_ZH.items():
        if len(han) > 1:
            words.setdefault(pinyin_of(han), ways[0])
    return words, max(map(len, words))


@lru_cache(maxsize=5_000)
def _cut(run: str) -> tuple[tuple[str, str], ...]:
    """The run cut into known words and unknown stretches, each with its English or an empty text."""
    words, longest = _words()
    size = len(run)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * size
    for at in range(size):
        base = best[at][0]
        if base + 0.4 < best[at + 1][0]:
            best[at + 1] = (base + 0.4, at)
        for end in range(at + 4, min(size, at + longest) + 1):
            if run[at:end] in words and base + 0.8 - 0.005 * (end - at) < best[end][0]:
                best[end] = (base + 0.8 - 0.005 * (end - at), at)
    cuts: list[tuple[str, str]] = []
    end = size
    while end:
        start = best[end][1]
        written = run[start:end]
        english = words.get(written, "")
        if not english and cuts and not cuts[-1][1]:
            cuts[-1] = (written + cuts[-1][0], "")
        else:
            cuts.append((written, english))
        end = start
    return tuple(reversed(cuts))
