"""What a name says, in whatever script it is written: a few readings in folded Latin, word by word.

`read_name` never raises, asks nothing but its text, and gives the same readings in the same order every time. Case, marks,
width and invisible signs change nothing. The first reading is the likeliest; there are at most `READINGS_MAX`.

    read_name("北京华为数字技术有限公司").readings[0].words   # beijing, huawei, digital, technology, limited
"""

from __future__ import annotations

import re

from greenlane.screen.alphabets import cyrillic_table, romanised
from greenlane.screen.arabic import arabic_readings
from greenlane.screen.han import han_of, han_readings
from greenlane.screen.hangul import hangul_readings
from greenlane.screen.kana import kana_readings
from greenlane.screen.latin import latin_reading, tokens_of
from greenlane.screen.letters import folded, one_script, visible
from greenlane.screen.pinyin import typed_pinyin_readings
from greenlane.screen.reading import Name, Reading, Word, WordKind
from greenlane.screen.respelled import respelled_readings

__all__ = ["READINGS_MAX", "Name", "Reading", "Word", "WordKind", "read_name"]

READINGS_MAX = 6
_BESIDE = " / "
_SIDES_MAX = 3

_SCRIPTS = {
    "han": "\u2e80-\u2fd5\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufad9\U00020000-\U0003134f",
    "kana": "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff",
    "hangul": "\u1100-\u11ff\u3130-\u318f\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb",
    # Without the comma, semicolon and question mark, which stand in other scripts too.
    "arabic": "\u0600-\u060b\u060d-\u061a\u061e\u0620-\u066f\u0671-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc",
    "cyrillic": "\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f",
    "hebrew": "\u0590-\u05ff\ufb1d-\ufb4f",
    "greek": "\u0370-\u03ff\u1f00-\u1fff",
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u024f\u0250-\u02af\u1d00-\u1d7f\u1e00-\u1eff",
}
_LETTERS_OF = {script: re.compile(f"[{signs}]") for script, signs in _SCRIPTS.items()}


def read_name(text: str) -> Name:
    """Read a name of any script; only its first 1,000 characters count."""
    seen = visible(text)
    name = _read(text, seen)
    if _BESIDE not in seen:
        return name
    # A name beside the same in another language: whoever is asked about is called by one of them.
    sides = [side for side in seen.split(_BESIDE) if side.strip()]
    if not 1 < len(sides) <= _SIDES_MAX:
        return name
    more = [reading for side in sides for reading in _read(side, side).readings[:1] if len(reading.words) > 1]
    return Name(name.text, name.script, (*name.readings[: READINGS_MAX - len(more)], *more), name.han)


def _read(text: str, seen: str) -> Name:
    if seen.isascii():
        return Name(text, "latin", _latin_readings(seen.lower()))
    return _read_other(text, one_script(seen))


def _latin_readings(plain: str) -> tuple[Reading, ...]:
    tokens = tokens_of(plain)
    if not tokens:
        return ()
    return (latin_reading(tokens, "latin"), *typed_pinyin_readings(tokens), *respelled_readings(plain, tokens))


def _read_other(text: str, seen: str) -> Name:
    counts = {script: len(letters.findall(seen)) for script, letters in _LETTERS_OF.items()}
    # On a tie the script named first above wins: a Latin abbreviation in a Chinese name leaves the name Chinese.
    script = max(counts, key=lambda one: counts[one])
    han = ""
    readings: list[Reading]
    if counts["kana"]:
        readings = kana_readings(seen)
        han = han_of(seen)
    elif counts["han"]:
        readings = han_readings(seen)
        han = han_of(seen)
    elif counts["hangul"]:
        readings = hangul_readings(seen)
    elif counts["arabic"]:
        readings = arabic_readings(seen)
    elif counts["cyrillic"]:
        readings = [_cyrillic_reading(seen)]
    elif counts["latin"] or not counts[script]:
        return Name(text, "latin", _latin_readings(folded(seen)))
    else:
        readings = [latin_reading(tokens_of(folded(seen)), script)]
    # Readings of the same words are one reading; the first, likelier bridge is kept.
    distinct: dict[tuple[tuple[str, WordKind], ...], Reading] = {}
    for reading in readings:
        distinct.setdefault(tuple((word.text, word.kind) for word in reading.words), reading)
    return Name(text, script, tuple(one for one in distinct.values() if one.words)[:READINGS_MAX], han)


_CYRILLIC_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W\d_]+)*")


def _cyrillic_reading(text: str) -> Reading:
    language = cyrillic_table(text)
    tokens: list[str] = []
    sources: list[str] = []
    for piece in _CYRILLIC_WORD.findall(text):
        for token in tokens_of(romanised(piece, language)):
            tokens.append(token)
            sources.append(piece)
    return latin_reading(tokens, "cyrillic", sources=sources, how="romanised")
