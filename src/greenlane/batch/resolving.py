"""What machine code needs to work out by itself what a pair comes to, where that is a row of words that is known already.

Most pairs that were never met come to something that was: the masks of two parts are put together, and what is left is looked up.
Only where that is new, too, is Python asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
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


class Summary:
    """In which blocks of its words each row of a part has measures: 64 blocks at most, a bit each."""

    def __init__(self, part: Patterns, measures: Words, words: int) -> None:
        self._part, self._measures, self._words = part, measures, words
        self._rows: Words = np.zeros(0, np.uint64)

    def fresh(self) -> Words:
        """The summaries of all rows so far."""
        new = self._part.rows[len(self._rows) :]
        if len(new):
            self._rows = np.append(self._rows, summarised(new, self._measures, self._words))
        return self._rows


def block_of(words: int) -> int:
    """How many words a block has."""
    return max(1, (words + 63) // 64)


def summarised(rows: Words, measures: Words, words: int) -> Words:
    """Of each row the blocks among its first words that have one of some measures."""
    flags = np.zeros((len(rows), 64 * block_of(words)), np.bool_)
    flags[:, :words] = rows[:, :words] & measures[:words] != 0
    blocks = flags.reshape(len(rows), 64, -1).any(axis=2)
    found: Words = np.packbits(blocks, axis=1, bitorder="little").view(np.uint64).ravel()
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Composing:
    """By which tables machine code composes what rows come to. `parts`: what each kind of facts leaves; `found`: its numbers."""

    parts: Sequence[Patterns]
    summaries: Sequence[Summary]
    block: int  # words for which one bit of a summary stands
    width: int
    measures: int
    on_days: Filled
    lifting: Lifting
    weighed: Weighed
    found: Patterns


@dataclass(frozen=True, kw_only=True, slots=True)
class Deciding(Composing):
    """The same of verdicts.

    By measure: its gravity, the regime, in `doubtful` those whose gravity hangs on more. By rule: the gravity that a lift leaves.
    By regime that is held against lines: its conjunctions (`masks`: ways, within, speaks of, covers, outside), whether it is asked.
    """

    beside: int  # the first word with conjunctions
    regimes: int
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
    """The same of duties. By measure its layer, the base layer being number 0; by regime its measures (`masks`)."""

    beside: int  # the bit with which routes begin
    layer_of: Ints
    layers: int
    masks: Words
