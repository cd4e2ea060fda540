"""Numbers for rows of 64-bit words: what is left of the law for many lines, worked out many rows at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from greenlane.batch.pairs import NEW, Hashed, Ints, Wide

Words = npt.NDArray[np.uint64]
_SHIFT: Final = np.uint64(29)
_DOWN: Final = np.uint64(31)
_FEW: Final = 16  # rows that are sooner looked up one by one
_PIECE: Final = 1 << 12  # rows that are looked up at once
_ALL: Final = (1 << 64) - 1


class Hand(Protocol):
    """A faster way to go through rows of words."""

    def number(self, rows: Words, known: Patterns) -> Ints:
        """The numbers of rows, new ones added where there is room for them; below 0 where a row has the sum of another one."""

    def less(self, may: Words, does: Words, weighed: Weighed) -> tuple[Words, Words]:
        """What `LawBits.less` says."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What tells which rules are still asked for, as words.

    `measures`: those that are measures. `subject`: of each regime that asks for one, its ways of being subject to it and its
    measures. `lifts`: for each measure all lifts of it. `beside`: what is asked for whatever holds.
    """

    measures: Words
    subject: Words
    lifts: Words
    beside: Words


@dataclass(slots=True)
class Hands:
    """Who goes through rows of words: NumPy, if nobody is named."""

    by: Hand | None = None


class Patterns:
    """A number for each kind of row, in the order in which they are met; rows are of `bits` bits, in whole words."""

    def __init__(self, bits: int, hands: Hands | None = None) -> None:
        self.width = max(1, (bits + 63) // 64)
        self._hands = hands or Hands()
        self._rows: Words = np.zeros((16, self.width), np.uint64)
        self._count = 0
        self._hashed = Hashed()
        self._odd: dict[bytes, int] = {}  # rows whose sum is that of another one
        self._single: dict[int, int] = {}  # those that were asked for singly

    def __len__(self) -> int:
        return self._count

    @property
    def hashed(self) -> Hashed:
        """The numbers by the sums of their rows."""
        return self._hashed

    @property
    def held(self) -> Words:
        """The rows, and room for more."""
        return self._rows

    @property
    def factors(self) -> Words:
        """By what the words of a row are multiplied for its sum."""
        return _factors(self.width)

    @property
    def rows(self) -> Words:
        """A row for each number so far."""
        return self._rows[: self._count]

    def value(self, number: int) -> int:
        """The row of a number, as one number."""
        return number_of(self._rows[number])

    def number(self, value: int) -> int:
        """The number of a row that is given as one number."""
        found = self._single.get(value)
        if found is None:
            found = self._single[value] = self._number(words_of(value, 64 * self.width))
        return found

    def _number(self, row: Words) -> int:
        """What `numbers` says of a single row, without the detour by columns."""
        key = _sum(row)
        found = self._hashed.one(key)
        if found == NEW:
            found = int(self._add(row[np.newaxis])[0])
            self._hashed.put_one(key, found)
        elif not np.array_equal(self._rows[found], row):
            found = self._of_odd(row)
        return found

    def numbers(self, rows: Words) -> Ints:
        """The numbers of rows."""
        if len(rows) <= _FEW:
            return np.asarray([self._number(row) for row in rows], np.int32)
        if self._hands.by is None:
            return self._numbers(rows)
        found = np.empty(len(rows), np.int32)
        for start in range(0, len(rows), _PIECE):
            piece = rows[start : start + _PIECE]
            self.make_room(len(piece))
            found[start : start + _PIECE] = self._hands.by.number(piece, self)
        for one in np.flatnonzero(found < 0).tolist():
            found[one] = self._of_odd(rows[one])
        return found

    def _numbers(self, rows: Words) -> Ints:
        keys = _sums(rows)
        found = self._hashed.many(keys)
        if found.min() < 0:
            new = np.flatnonzero(found < 0)
            _, first = np.unique(keys[new], return_index=True)
            first = new[np.sort(first)]
            self._hashed.put(keys[first], self._add(rows[first]))
            found = self._hashed.many(keys)
        unlike = np.flatnonzero((self._rows[found] != rows).any(axis=1))
        for one in unlike.tolist():
            found[one] = self._of_odd(rows[one])
        return found

    def make_room(self, more: int) -> None:
        """Make room for so many more rows, so that machine code can put them down by itself."""
        self._grow(self._count + more)
        self._hashed.make_room(more)

    def added(self, count: int) -> None:
        """Machine code has put down rows, and now there are so many."""
        self._hashed.count += count - self._count
        self._count = count

    def _grow(self, count: int) -> None:
        if count > len(self._rows):
            grown = np.zeros((max(count, 2 * len(self._rows)), self.width), np.uint64)
            grown[: self._count] = self.rows
            self._rows = grown

    def _add(self, rows: Words) -> Ints:
        count = self._count + len(rows)
        self._grow(count)
        self._rows[self._count : count] = rows
        numbers = np.arange(self._count, count, dtype=np.int32)
        self._count = count
        return numbers

    def _of_odd(self, row: Words) -> int:
        told = row.tobytes()
        if told not in self._odd:
            self._odd[told] = int(self._add(row[np.newaxis])[0])
        return self._odd[told]


class Filled:
    """A row of words for each of some numbers, worked out when it is asked for first; rows that are the same are held once."""

    def __init__(self, width: int, fill: Callable[[int], Words], hands: Hands | None = None) -> None:
        self._patterns = Patterns(64 * width, hands)
        self._place_of: Ints = np.full(16, -1, np.int32)
        self._fill = fill

    def __len__(self) -> int:
        """Of how many numbers there is room for the rows."""
        return len(self._place_of)

    @property
    def held(self) -> Words:
        """The rows, and room for more."""
        return self._patterns.held

    @property
    def place_of(self) -> Ints:
        """Of each number which row it has; -1 where that is not worked out."""
        return self._place_of

    def of(self, numbers: Ints) -> Words:
        """The rows of numbers."""
        self.hold(numbers)
        found: Words = self.held[self._place_of[numbers]]
        return found

    def hold(self, numbers: Ints | Wide) -> None:
        """Work the rows of numbers out, where that was not done."""
        high = int(numbers.max(initial=0)) + 1
        if high > len(self._place_of):
            grown = np.full(max(high, 2 * len(self._place_of)), -1, np.int32)
            grown[: len(self._place_of)] = self._place_of
            self._place_of = grown
        new = np.unique(numbers[self._place_of[numbers] < 0])
        if len(new):
            self._place_of[new] = self._patterns.numbers(np.stack([self._fill(one) for one in new.tolist()]))


def words_of(value: int, bits: int) -> Words:
    """One number as words."""
    width = max(1, (bits + 63) // 64)
    return np.frombuffer(value.to_bytes(8 * width, "little"), np.uint64)


def number_of(words: Words) -> int:
    """Words as one number."""
    return int.from_bytes(np.ascontiguousarray(words).tobytes(), "little")


@lru_cache(maxsize=64)
def _factors(width: int) -> Words:
    """An odd number for each word of a row."""
    return np.random.Generator(np.random.PCG64(width)).integers(0, 1 << 64, width, np.uint64) | np.uint64(1)


@lru_cache(maxsize=64)
def _plain_factors(width: int) -> tuple[int, ...]:
    return tuple(_factors(width).tolist())


def _sum(row: Words) -> int:
    """What `_sums` says of one row."""
    found = 0
    for word, factor in zip(row.tolist(), _plain_factors(len(row)), strict=True):
        found += (word ^ word >> 31) * factor
    found &= _ALL
    return (found ^ found >> 29) >> 1


def _sums(rows: Words) -> Wide:
    """A number from 0 up for each row, mostly another one for another row."""
    mixed = rows ^ rows >> _DOWN  # else the high bits of all words would count alike
    found: Words = (mixed * _factors(rows.shape[1])).sum(axis=1, dtype=np.uint64)
    found ^= found >> _SHIFT
    return (found >> np.uint64(1)).view(np.int64)
