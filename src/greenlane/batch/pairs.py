"""What two classes come to together: tables that are filled as pairs are met.

Rows are looked up by the hundred thousand, a new pair is worked out once. While a table is small it is a plain square of numbers;
past `DENSE_MAX` cells only the pairs that occur are kept, in a hash table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
DENSE_MAX: Final = 1 << 22
_SHIFT: Final = 32
_LOW: Final = (1 << _SHIFT) - 1
NEW: Final = -1  # the number of what is not held
_MIXED: Final = 0x9E3779B97F4A7C15
_MIX: Final = np.uint64(_MIXED)
_ALL: Final = (1 << 64) - 1

Fill = Callable[[int, int], int]
FillMany = Callable[[Ints, Ints], Ints]
Ahead = Callable[[list[int]], None]  # told the rows that will be asked about, before they are


class Hashed:
    """Numbers by 64-bit keys (from 0 up), looked up many at a time."""

    def __init__(self) -> None:
        self.count = 0
        self.keys: Wide = np.full(1 << 12, NEW, np.int64)
        self.values: Ints = np.zeros(1 << 12, np.int32)

    def _start(self, keys: Wide) -> Wide:
        shift = np.uint64(64 - (len(self.keys).bit_length() - 1))
        found: Wide = ((keys.view(np.uint64) * _MIX) >> shift).astype(np.int64)
        return found

    def many(self, keys: Wide) -> Ints:
        """The numbers of keys, -1 where one is not held."""
        found = np.full(len(keys), NEW, np.int32)
        place, open_ = self._start(keys), np.arange(len(keys))
        last = len(self.keys) - 1
        while len(open_):
            held = self.keys[place]
            hit = held == keys
            found[open_[hit]] = self.values[place[hit]]
            on = ~hit & (held != NEW)
            open_, keys, place = open_[on], keys[on], (place[on] + 1) & last
        return found

    def one(self, key: int) -> int:
        """The number of one key, NEW if it is not held."""
        place = self._place_of(key)
        return int(self.values[place]) if self.keys.item(place) == key else NEW

    def put_one(self, key: int, value: int) -> None:
        """Take in a new key."""
        self.make_room(1)
        place = self._place_of(key)
        self.keys[place], self.values[place] = key, value
        self.count += 1

    def _place_of(self, key: int) -> int:
        """Where a key is held, or would be."""
        bits = len(self.keys).bit_length() - 1
        place = (key * _MIXED & _ALL) >> (64 - bits)
        while self.keys.item(place) not in (key, NEW):
            place = (place + 1) & ((1 << bits) - 1)
        return place

    def make_room(self, more: int) -> None:
        """Make room for so many more keys."""
        if 2 * (self.count + more) > len(self.keys):
            held = self.keys != NEW
            old = self.keys[held], self.values[held]
            size = len(self.keys)
            while 2 * (self.count + more) > size:
                size *= 2
            self.keys, self.values = np.full(size, NEW, np.int64), np.zeros(size, np.int32)
            self._place(*old)

    def put(self, keys: Wide, values: Ints) -> None:
        """Take in new keys, each once."""
        self.make_room(len(keys))
        self._place(keys, values)
        self.count += len(keys)

    def _place(self, keys: Wide, values: Ints) -> None:
        place, last = self._start(keys), len(self.keys) - 1
        while len(keys):
            free = self.keys[place] == NEW
            _, first = np.unique(np.where(free, place, -1 - np.arange(len(keys))), return_index=True)
            first = first[free[first]]  # of several that want one place the first gets it
            self.keys[place[first]], self.values[place[first]] = keys[first], values[first]
            on = np.ones(len(keys), np.bool_)
            on[first] = False
            keys, values, place = keys[on], values[on], (place[on] + 1) & last


class Pairs:
    """What a pair comes to, a number from 0 up: `fill` says it of new ones, many at a time, each asked once."""

    def __init__(self, fill: FillMany) -> None:
        self._fill = fill
        self.table: Ints | None = np.full((16, 16), NEW, np.int32)
        self.hashed = Hashed()

    @classmethod
    def each(cls, fill: Fill) -> Pairs:
        """The same where `fill` says it of one pair."""
        return cls(lambda a, b: np.asarray([fill(*one) for one in zip(a.tolist(), b.tolist(), strict=True)], np.int32))

    def __len__(self) -> int:
        return self.hashed.count if self.table is None else int(np.count_nonzero(self.table != NEW))

    def one(self, a: int, b: int) -> int:
        """What one pair comes to."""
        if self.table is not None and a < self.table.shape[0] and b < self.table.shape[1] and self.table[a, b] != NEW:
            return int(self.table[a, b])
        return int(self.many(np.asarray([a], np.int32), np.asarray([b], np.int32))[0])

    def many(self, a: Ints, b: Ints) -> Ints:
        """What the pairs of two columns come to, row by row."""
        if not len(a):
            return np.zeros(0, np.int32)
        self.make_room(int(a.max()), int(b.max()))
        if self.table is None:
            return self._sparse(a, b)
        wide = self.table.shape[1]
        place = a.astype(np.int64)
        place *= wide
        place += b
        found: Ints = self.table.ravel().take(place)
        if found.min() == NEW:
            new = np.unique(place[found == NEW])
            one, other = np.divmod(new, wide)
            told = self._fill(one.astype(np.int32), other.astype(np.int32))
            self.table[one, other] = told
            found = self.table.ravel().take(place)
        return found

    def _sparse(self, a: Ints, b: Ints) -> Ints:
        keys = a.astype(np.int64)
        keys <<= _SHIFT
        keys |= b
        found = self.hashed.many(keys)
        if found.min() == NEW:
            new = np.unique(keys[found == NEW])
            told = self._fill((new >> _SHIFT).astype(np.int32), (new & _LOW).astype(np.int32))
            self.hashed.put(new, told)
            found = self.hashed.many(keys)
        return found

    def make_room(self, a: int, b: int) -> None:
        """Make room for a pair, or give the square up."""
        if self.table is None:
            return
        high, wide = self.table.shape
        if a < high and b < wide:
            return
        while high <= a:
            high *= 2
        while wide <= b:
            wide *= 2
        old = self.table
        if high * wide > DENSE_MAX:
            one, other = np.nonzero(old != NEW)
            self.table = None
            if len(one):
                self.hashed.put(one.astype(np.int64) << _SHIFT | other, old[one, other])
            return
        self.table = np.full((high, wide), NEW, np.int32)
        self.table[: old.shape[0], : old.shape[1]] = old


class Singles:
    """The same for one class, worked out with the first row that shows it."""

    def __init__(self) -> None:
        self.table: Ints = np.full(16, NEW, np.int32)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.table != NEW))

    def many(self, a: Ints, fill: Fill, ahead: Ahead | None = None) -> Ints:
        """What the classes of a column come to, row by row; `fill` is given the class and the first row of it."""
        if not len(a):
            return np.zeros(0, np.int32)
        high = int(a.max())
        if high >= len(self.table):
            table = np.full(max(high + 1, 2 * len(self.table)), NEW, np.int32)
            table[: len(self.table)] = self.table
            self.table = table
        found: Ints = self.table.take(a)
        new = np.flatnonzero(found == NEW)  # what a class comes to may be less than that: DATED, OPEN
        if len(new):
            classes, first = np.unique(a[new], return_index=True)
            rows = new[first].tolist()
            if ahead is not None:
                ahead(rows)
            for one, row in zip(classes.tolist(), rows, strict=True):
                self.table[one] = fill(one, row)
            found = self.table.take(a)
        return found


class Names:
    """Numbers for values, in the order in which they are met."""

    def __init__(self) -> None:
        self._of: dict[object, int] = {}
        self.values: list[Any] = []

    def __len__(self) -> int:
        return len(self.values)

    def number(self, value: object) -> int:
        """The number of a value."""
        found = self._of.get(value)
        if found is None:
            found = self._of[value] = len(self.values)
            self.values.append(value)
        return found


def joining() -> tuple[Pairs, list[tuple[int, int]]]:
    """A table that gives each pair a number of its own, and the pairs by their numbers."""
    joined: list[tuple[int, int]] = []

    def fill(a: Ints, b: Ints) -> Ints:
        joined.extend(zip(a.tolist(), b.tolist(), strict=True))
        return np.arange(len(joined) - len(a), len(joined), dtype=np.int32)

    return Pairs(fill), joined
