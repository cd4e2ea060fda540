"""What two classes come to together: a table that is filled as pairs are met.

Rows are looked up by the hundred thousand, a new pair is worked out once. While the table is small it is a plain square of
numbers; past `DENSE_MAX` cells only the pairs that occur are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
DENSE_MAX = 1 << 24
_SHIFT = 32
_NEW = -1


class Pairs:
    """`fill(a, b)` says what a pair comes to (a number from 0 up); it is asked once a pair."""

    def __init__(self, fill: Callable[[int, int], int]) -> None:
        self._fill = fill
        self._known: dict[int, int] = {}
        self._table: Ints | None = np.full((16, 16), _NEW, np.int32)

    def __len__(self) -> int:
        return len(self._known)

    def one(self, a: int, b: int) -> int:
        """What one pair comes to."""
        key = a << _SHIFT | b
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._fill(a, b)
            if self._table is not None:
                self._room(a, b)
                if self._table is not None:
                    self._table[a, b] = found
        return found

    def many(self, a: Ints, b: Ints) -> Ints:
        """What the pairs of two columns come to, row by row."""
        if not len(a):
            return np.zeros(0, np.int32)
        self._room(int(a.max()), int(b.max()))
        if self._table is None:
            return self._sparse(a, b)
        wide = self._table.shape[1]
        place = a.astype(np.int64) * wide + b
        found: Ints = self._table.ravel().take(place)
        if found.min() == _NEW:
            for new in np.unique(place[found == _NEW]):
                self.one(*divmod(int(new), wide))
            if self._table is None:
                return self._sparse(a, b)
            found = self._table.ravel().take(place)
        return found

    def _sparse(self, a: Ints, b: Ints) -> Ints:
        keys, back = np.unique(a.astype(np.int64) << _SHIFT | b, return_inverse=True)
        known = self._known
        told: Any = [known.get(key, _NEW) for key in keys.tolist()]
        for place, key in enumerate(keys.tolist()):
            if told[place] == _NEW:
                told[place] = self.one(key >> _SHIFT, key & ((1 << _SHIFT) - 1))
        found: Ints = np.asarray(told, np.int32)[back]
        return found

    def _room(self, a: int, b: int) -> None:
        """Make room for a pair, or give the square up."""
        if self._table is None:
            return
        high, wide = self._table.shape
        if a < high and b < wide:
            return
        while high <= a:
            high *= 2
        while wide <= b:
            wide *= 2
        if high * wide > DENSE_MAX:
            self._table = None
            return
        table = np.full((high, wide), _NEW, np.int32)
        table[: self._table.shape[0], : self._table.shape[1]] = self._table
        self._table = table


class Singles:
    """The same for one class: `fill(a)` says what it comes to, and is asked once; where rows matter, with the first that shows it."""

    def __init__(self) -> None:
        self._table: Ints = np.full(16, _NEW, np.int32)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._table != _NEW))

    def many(self, a: Ints, fill: Callable[[int, int], int]) -> Ints:
        """What the classes of a column come to, row by row; `fill` is given the class and the first row of it."""
        if not len(a):
            return np.zeros(0, np.int32)
        high = int(a.max())
        if high >= len(self._table):
            table = np.full(max(high + 1, 2 * len(self._table)), _NEW, np.int32)
            table[: len(self._table)] = self._table
            self._table = table
        found: Ints = self._table.take(a)
        if found.min() == _NEW:
            new = np.flatnonzero(found == _NEW)
            classes, first = np.unique(a[new], return_index=True)
            for one, row in zip(classes.tolist(), new[first].tolist(), strict=True):
                self._table[one] = fill(one, row)
            found = self._table.take(a)
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
