"""What machine code needs to work out by itself what a pair comes to, where that is a row of words that is known already.

Most pairs that were never met come to something that was: the masks of two parts are put together, and what is left is looked up.
Only where that is new, too, is Python asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from greenlane.batch.law_bits import Lifting
from greenlane.batch.pairs import Ints
from greenlane.batch.patterns import Filled, Patterns, Weighed, Words

DECIDED_MAX: Final = 12  # measures that decide a verdict whose places stand in the row of an outcome, 16 bits each
NO_STEP: Final = -2  # of a duty that has no rate yet on a day
NO_BASE: Final = 1 << 40  # of duties without the base rate: what they add up to is not known


class Way(IntEnum):
    """How two rows are put together."""

    COMMON = 1  # what is left after some parts, and of one more: both
    LEFT = 2  # what all parts leave, on a day: of answers
    CHARGED = 3  # the same, of duties


@dataclass(frozen=True, slots=True)
class Resolving:
    """How a pair is put together: a row of `one`, a row of `other`, and the number of what comes of it in `found`.

    `number_of` gives for a number in `found` what the pair comes to (None: that number). `gates` (LEFT): word and bit of each gated
    way. `regimes` (CHARGED): by measure the place of its regime; `first_beside` and `rules`: where routes begin, and all rules.
    """

    way: Way
    width: int  # words of rules
    one: Patterns
    other: Patterns | Filled
    found: Patterns
    weighed: Weighed
    number_of: Callable[[], Ints] | None = None
    gates: Sequence[tuple[int, int]] = ()
    regimes: Sequence[int] = ()
    first_beside: int = 0
    rules: Words | None = None


class Blocks:
    """Measures in blocks, 64 at most, for each of which a bit of one word stands: a piece of a word, or whole words.

    A block has `across` places in `words` and `masks`: which word of a row, and which bits of it are meant.
    """

    def __init__(self, measures: Words, count: int, sections: Iterable[int] = ()) -> None:
        """Of the measures among the first bits of rows, `count` of them; where a section starts, a block does, if there is room."""
        width = max(1, (count + 63) // 64)
        self.measures: Words = measures[:width]
        self.across = (width + 63) // 64
        self._starts = [64 * word for word in range(0, width, self.across)]
        if self.across == 1:
            self._starts = _cut(sorted({*self._starts, *sections}), count) or self._starts
        self.words = np.zeros(64 * self.across, np.int64)
        self.masks: Words = np.zeros(64 * self.across, np.uint64)
        for block, (start, end) in enumerate(pairwise([*self._starts, 64 * width])):
            for place, word in enumerate(range(start >> 6, (end + 63) >> 6), start=block * self.across):
                first, last = max(start - 64 * word, 0), min(end - 64 * word, 64)
                self.words[place] = word
                self.masks[place] = self.measures[word] & np.uint64((1 << last) - (1 << first))

    def held(self, rows: Words) -> Words:
        """Of each row in which blocks it has any: one word."""
        here = np.ascontiguousarray(rows[:, : len(self.measures)] & self.measures)
        bits = np.unpackbits(here.view(np.uint8), axis=1, bitorder="little")
        blocks = np.zeros((len(rows), 64), np.uint8)
        blocks[:, : len(self._starts)] = np.maximum.reduceat(bits, self._starts, axis=1)
        found: Words = np.packbits(blocks, axis=1, bitorder="little").view(np.uint64)
        return found


def _cut(starts: Sequence[int], count: int) -> list[int]:
    """Where 64 pieces of stretches may start, as many as there is room for; none if there are more stretches."""
    stretches = list(pairwise([*starts, max(count, starts[-1] + 1)]))
    for size in range(1, 65):
        pieces = [piece for start, end in stretches for piece in range(start, end, size)]
        if len(pieces) <= 64:
            return pieces
    return []


class Digest:
    """What of each row of a part is looked at first, in few words that lie close together."""

    def __init__(self, part: Patterns, of: Callable[[Words], Words]) -> None:
        self._part, self._of = part, of
        self._rows = of(part.rows[:0])
        self._count = 0

    def fresh(self) -> Words:
        """Those of all rows so far, and room for more."""
        new = self._part.rows[self._count :]
        if len(new):
            told = self._of(new)
            if len(self._part) > len(self._rows):
                grown = np.zeros((max(len(self._part), 2 * len(self._rows)), told.shape[1]), np.uint64)
                grown[: self._count] = self._rows[: self._count]
                self._rows = grown
            self._rows[self._count : len(self._part)] = told
            self._count = len(self._part)
        return self._rows


def close(*columns: Words) -> Words:
    """Columns of words as rows, each of a power of two of words."""
    rows = np.concatenate(columns, axis=1)
    found = np.zeros((len(rows), 1 << (rows.shape[1] - 1).bit_length()), np.uint64)
    found[:, : rows.shape[1]] = rows
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Composing:
    """By which tables machine code composes what rows come to. `parts`: what each kind of facts leaves; `found`: its numbers.

    A digest of a row: in which blocks it has measures, and words of its own kind.
    """

    parts: Sequence[Patterns]
    digests: Sequence[Digest]
    blocks: Blocks
    width: int
    measures: int
    on_days: Filled
    lifting: Lifting
    found: Patterns


@dataclass(frozen=True, kw_only=True, slots=True)
class Deciding(Composing):
    """The same of verdicts.

    By measure: its gravity, the regime, in `doubtful` those whose gravity hangs on more. By rule: the gravity that a lift leaves.
    By regime that is held against lines: its conjunctions (`masks`: ways, within, speaks of, covers, outside), whether it is asked.
    Conjunctions stand in `beside` words of their own, in digests first what may hold, then what does. `subject`: of each regime
    that asks for it the ways of being subject to it; `subjected`: its measures. `gates`: word among these, and bit.
    """

    beside: int
    regimes: int
    subject: Words
    subjected: Words
    doubtful: Words
    effects: npt.NDArray[np.int8]
    regime_of: Ints
    leaves: npt.NDArray[np.int8]
    masks: Words
    asked: npt.NDArray[np.uint8]
    gates: npt.NDArray[np.int64]
    plain: Ints  # by low + 4 * high: the outcome that no measure decides


@dataclass(frozen=True, kw_only=True, slots=True)
class Charging(Composing):
    """The same of duties. By measure its layer, the base layer being number 0, and all lifts of it.

    A digest also says which measures are on the route of a row. `few`: all rules are in one word, and digests have that for
    blocks, and at their end what certainly holds of it.
    """

    layer_of: Ints
    layers: int
    lifts: Words
    rates: Ints  # by 16-bit code, as it stands in days
    few: bool
