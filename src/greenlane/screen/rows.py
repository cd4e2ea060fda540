"""How names lie in columns: one row a reading, its telling words by number, the letters run together.

The list and a batch of queries are laid out by the same function, so that both sides are looked at alike. A name with Han
characters gets one row more, whose words are its characters: Chinese asked meets Chinese listed without a detour.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from greenlane.screen.given_names import FATHER_BEFORE, FATHER_FOLLOWS, is_patronymic
from greenlane.screen.legal_forms import FORM_WORDS
from greenlane.screen.names import Name, Reading, Word, WordKind
from greenlane.screen.slips import NearWords
from greenlane.screen.words_latin import PLACES, TRADES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WORDS_MAX: Final = 16  # of one row; what comes after says little and costs its square
KINDS: Final = (WordKind.PLAIN, WordKind.PLACE, WordKind.TRADE, WordKind.NUMBER, WordKind.INITIAL)  # the telling ones
KIND_CODE: Final = {kind: code for code, kind in enumerate(KINDS)}
PLAIN, PLACE, TRADE, NUMBER, INITIAL, REMNANT, FATHER = range(7)
# Pieces of legal forms: met outside one, since a word of it is misspelt or out of its place, they tell nobody from anybody.
_PIECES: Final = frozenset(
    """
    limited liability company joint stock public private incorporated corporation partnership proprietary sirketi anonim
    obshchestvo obschestvo ogranichennoi ogranichennoy otvetstvennostyu aktsionernoe gesellschaft beschrankter haftung
    sociedad responsabilidad limitada anonima societe compania youxian zeren gongsi gufen
    """.split()
)
_CORRECTED_LETTERS_MIN: Final = 6

_BESIDE_FATHERS: Final = FATHER_FOLLOWS | FATHER_BEFORE

# By which way two rows met; a row's own bridge is one of them, and of two rows the later one in this order names the pair.
BRIDGES: Final = ("latin", "cyrillic", "other", "arabic", "pinyin", "transliterated", "translated", "han")
LATIN, CYRILLIC, OTHER, ARABIC, PINYIN, _, _, HAN = range(8)
_BRIDGE_CODE: Final = {name: code for code, name in enumerate(BRIDGES)} | {"greek": 1, "hebrew": ARABIC}


@dataclass(frozen=True, slots=True)
class Rows:
    """R rows with W words among them; `word` holds places in `words`: V distinct ones by text, sound and bones."""

    owner: Ints  # R: which name
    reading: Ints  # R: which of its readings; after them its characters
    as_written: np.ndarray  # R: whether slips in common words are left alone, in a second row of a reading
    bridge: Ints  # R: code of BRIDGES
    forms: tuple[frozenset[str], ...]  # R: classes of legal form
    start: Ints  # R + 1
    word: Ints  # W
    kind: Ints  # W: code of KINDS
    joined: list[str]  # R: letters and digits run together, without legal forms
    whole: list[str]  # R: with them
    bag: list[str]  # R: the words of `whole` in order of the alphabet, run together
    sorted: list[str]  # R: the telling words in order of the alphabet, run together
    words: list[str]  # V
    sounds: list[str]  # V
    bones: list[str]  # V: empty where there are none


def lay_out(names: Sequence[Name], *, listed: Container[str] | None = None, twice: bool = False) -> Rows:
    """The rows of some names, in their order; a name without readings has none.

    With `listed`, the words of a list, a word that is none of them but nearly a common one is taken for that: a slip in
    "trading" or "limited" makes no name of it. With `twice`, such a reading comes a second time, as it is written.

    A word that is a place in one name, without bones, and plain in another is two words here: what a name says hangs on no other.
    """
    owner: list[int] = []
    reading_of: list[int] = []
    as_written: list[bool] = []
    bridge: list[int] = []
    forms: list[frozenset[str]] = []
    lengths: list[int] = []
    word: list[int] = []
    kind: list[int] = []
    joined: list[str] = []
    whole: list[str] = []
    bag: list[str] = []
    seen: dict[str, tuple[str, int]] = {}
    ordered: list[str] = []
    number_of: dict[tuple[str, str, str], int] = {}

    def number(text: str, sound: str, bone: str) -> int:
        return number_of.setdefault((text, sound, bone), len(number_of))

    def plain(text: str) -> tuple[str, int]:
        """What a plain word is taken for, and as what kind."""
        found = seen.get(text)
        if found is None:
            known = text
            if listed is not None and len(text) >= _CORRECTED_LETTERS_MIN - 1 and text not in listed and text not in _PIECES:
                known = nearly_common(text) or text
            if known in _PIECES or (known != text and known in FORM_WORDS):
                found = (known, REMNANT)
            elif known != text:
                found = (TRADES[known], TRADE) if known in TRADES else (PLACES[known], PLACE)
            else:
                found = (text, PLAIN)
            seen[text] = found
        return found

    for at, name in enumerate(names):
        again: list[tuple[int, Reading]] = []
        for place_of, reading, corrected in _in_turn(name, again):
            telling = telling_words(reading)
            kinds = [KIND_CODE.get(one.kind, INITIAL if _is_initial(one, reading) else PLAIN) for one in telling]
            run = reading.joined
            texts = [one.text for one in telling]
            sounds_of, bones_of = [one.sound for one in telling], [one.bones for one in telling]
            for place, kind_of in enumerate(kinds):
                if kind_of == PLAIN:
                    text, kinds[place] = plain(texts[place]) if corrected else (texts[place], PLAIN)
                    if kinds[place] != PLAIN:
                        texts[place] = sounds_of[place] = text
                        bones_of[place] = ""
            for place in _fathers(reading, telling):
                if kinds[place] == PLAIN:
                    kinds[place] = FATHER
            if REMNANT in kinds and any(kind_of != REMNANT for kind_of in kinds):
                run = "".join([one.text for one, kind_of in zip(telling, kinds, strict=True) if kind_of != REMNANT])
            if twice and corrected and texts != [one.text for one in telling]:
                again.append((place_of, reading))
            owner.append(at)
            reading_of.append(place_of)
            as_written.append(not corrected)
            bridge.append(_BRIDGE_CODE.get(reading.bridge, OTHER))
            forms.append(forms_of(reading))
            lengths.append(len(telling))
            word.extend(map(number, texts, sounds_of, bones_of))
            kind.extend(kinds)
            joined.append(run)
            if reading.bridge == "latin":
                pieces = " ".join([one.source for one in reading.words]).split()
                whole.append("".join(pieces))
                bag.append("".join(sorted(pieces)))
            else:
                whole.append(run)
                bag.append("".join(sorted(texts)))
            ordered.append("".join(sorted([text for text, kind_of in zip(texts, kinds, strict=True) if kind_of != REMNANT])))
        if name.han:
            signs = name.han[:WORDS_MAX]
            owner.append(at)
            reading_of.append(len(name.readings))
            as_written.append(False)
            bridge.append(HAN)
            forms.append(forms_of(name.readings[0]) if name.readings else frozenset())
            lengths.append(len(signs))
            word.extend([number(sign, sign, "") for sign in signs])
            kind.extend([PLAIN] * len(signs))
            joined.append(name.han)
            whole.append(name.han)
            bag.append("".join(sorted(name.han)))
            ordered.append("".join(sorted(name.han)))
    start = np.zeros(len(owner) + 1, dtype=np.int64)
    np.cumsum(np.asarray(lengths, dtype=np.int64), out=start[1:])
    return Rows(
        owner=np.asarray(owner, dtype=np.int64),
        reading=np.asarray(reading_of, dtype=np.int64),
        as_written=np.asarray(as_written, dtype=bool),
        bridge=np.asarray(bridge, dtype=np.int64),
        forms=tuple(forms),
        start=start,
        word=np.asarray(word, dtype=np.int64),
        kind=np.asarray(kind, dtype=np.int64),
        joined=joined,
        whole=whole,
        bag=bag,
        sorted=ordered,
        words=[text for text, _, _ in number_of],
        sounds=[sound for _, sound, _ in number_of],
        bones=[bone for _, _, bone in number_of],
    )


def _in_turn(name: Name, again: Sequence[tuple[int, Reading]]) -> Iterator[tuple[int, Reading, bool]]:
    """The readings by number, then once more those that by then are in `again`: whether slips are put right."""
    yield from ((number, reading, True) for number, reading in enumerate(name.readings))
    yield from ((number, reading, False) for number, reading in again)


def telling_words(reading: Reading) -> tuple[Word, ...]:
    """The words of a reading that tell names apart; of a name of small words and legal forms only, all there are."""
    telling = tuple([one for one in reading.words if one.kind in KIND_CODE or _is_initial(one, reading)])
    return (telling or reading.words)[:WORDS_MAX]


def _fathers(reading: Reading, telling: Sequence[Word]) -> list[int]:
    """Places of the telling words that name a father: by their ending, or by the word before or behind."""
    found = [place for place, word in enumerate(telling) if word.bones and is_patronymic(word.text)]
    words = reading.words
    if not _BESIDE_FATHERS.isdisjoint([word.text for word in words]):
        named = [
            word
            for before, word, after in zip((None, *words[:-1]), words, (*words[1:], None), strict=True)
            if (before is not None and before.text in FATHER_FOLLOWS) or (after is not None and after.text in FATHER_BEFORE)
        ]
        found += [place for place, word in enumerate(telling) if any(word is one for one in named)]
    return found


def _is_initial(word: Word, reading: Reading) -> bool:
    """A small word of one letter, such as `a` or `d`, is an initial where it opens a name."""
    return word is reading.words[0] and word.kind is WordKind.STOP and len(word.text) == 1 and len(reading.words) > 1


_COMMON: Final = {
    text for text in (*TRADES, *PLACES, *_PIECES, *FORM_WORDS) if len(text) >= _CORRECTED_LETTERS_MIN and text.isalpha()
}
_NEAR_COMMON: Final = NearWords(_COMMON)


@lru_cache(maxsize=100_000)
def nearly_common(text: str) -> str:
    """The common word that differs by one slip (a letter more, less, other or exchanged), else nothing."""
    return next(iter(_NEAR_COMMON.near(text)), "")


def forms_of(reading: Reading) -> frozenset[str]:
    """The classes of legal form that a reading carries."""
    return frozenset(one.text for one in reading.words if one.kind is WordKind.LEGAL_FORM)


def occurrences(start: Ints, word: Ints) -> Ints:
    """W: how often each word of each row has stood in its row before."""
    row = np.repeat(np.arange(len(start) - 1), np.diff(start))
    key = row * (int(word.max(initial=0)) + 1) + word
    order = np.argsort(key, kind="stable")
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[order][1:] != key[order][:-1]
    found = np.empty(len(key), dtype=np.int64)
    begin = np.flatnonzero(first)
    found[order] = np.arange(len(key)) - np.repeat(begin, np.diff(np.append(begin, len(key))))
    return found


def sign_rows(owner: Ints, bridge: Ints, count: int) -> Ints:
    """The row of Chinese characters of each of `count` names, -1 where it has none."""
    found = np.full(count, -1, dtype=np.int64)
    rows = np.flatnonzero(bridge == HAN)
    found[owner[rows]] = rows
    return found


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The keys that occur, rising, and where among them each given one stands. To sort is faster here than to hash."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    place = np.empty(len(keys), dtype=np.int64)
    place[order] = np.cumsum(first) - 1
    return ordered[first], place


def spans(starts: Ints, lengths: Ints) -> Ints:
    """The places `starts[i] .. starts[i] + lengths[i] - 1` of every i, one after the other."""
    total = int(lengths.sum())
    ends = np.cumsum(lengths)
    return np.arange(total, dtype=np.int64) - np.repeat(ends - lengths - starts, lengths)


def columns_of(table: csr_matrix, kept: np.ndarray) -> csr_matrix:
    """The table with nothing in the columns that are not kept; their numbers stay."""
    chosen = kept[table.indices]
    start = np.concatenate([[0], np.cumsum(chosen)])[table.indptr].astype(np.int32)
    return csr_matrix((table.data[chosen], table.indices[chosen], start), shape=table.shape)
