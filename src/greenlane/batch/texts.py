"""The cells of a column as the engine takes them: each distinct text once, and for each row which of them it holds.

Columns of texts are taken as they are, plain or dictionary-encoded. Days, whole numbers and exact decimals mean the texts that
Arrow writes for them, which are the cells of an order file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.batch.pairs import Ints
from greenlane.batch.scan import Scan, Wide

DAYS_MAX: Final = 1 << 16  # between the first and the last of a column that is counted off
_DENSE: Final = 16  # rows for each day from which on all days are held


def as_texts(array: pa.Array) -> pa.Array:
    """A column as texts: as it is, if it holds texts, plain or as a dictionary."""
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    return array if pa.types.is_string(kind) else array.cast(pa.string())


def cell(array: pa.Array, row: int) -> str:
    """One cell of a column."""
    return as_texts(array.slice(row, 1))[0].as_py() or ""


def alike(number: int, count: int) -> Ints:
    """One number for all rows, held once (`is_alike`); to be read only."""
    return np.ndarray((count,), np.int32, np.int32(number).tobytes(), strides=(0,))


def is_alike(numbers: Ints) -> bool:
    """Whether that is so."""
    return numbers.strides == (0,)


@dataclass(frozen=True, slots=True)
class Texts:
    """A column: its distinct cells as an Arrow array, and for each row which one it holds (past their end: a blank cell)."""

    held: pa.Array
    rows: Ints
    may_be_blank: bool = True

    @classmethod
    def of(cls, array: pa.Array, scan: Scan) -> Texts:
        """The column of an Arrow array; nulls are blank cells."""
        if pa.types.is_date32(array.type) and not array.null_count and len(array):
            return _of_days(array, scan)
        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        indices = array.indices if array.indices.type == pa.int32() else array.indices.cast(pa.int32())
        filled = indices.fill_null(len(array.dictionary)) if indices.null_count else indices
        return cls(as_texts(array.dictionary), filled.to_numpy(), bool(indices.null_count))

    @property
    def cells(self) -> list[str]:
        """The distinct cells, a blank one at their end."""
        return [*(one or "" for one in self.held.to_pylist()), ""]

    def told(self, of: Callable[[str], int]) -> Ints:
        """What the cells of rows come to, each asked once."""
        found: Ints = np.asarray([of(cell) for cell in self.cells], np.int32)[self.rows]
        return found


def _of_days(array: pa.Array, scan: Scan) -> Texts:
    """A column of days, counted off on a calendar: in their order, so that batches of the same days hold the same cells.

    Many rows in few years hold the whole calendar between the first day and the last.
    """
    days = array.view(pa.int32()).to_numpy()
    first, last = int(days.min()), int(days.max())
    if last - first > DAYS_MAX:
        return Texts.of(array.dictionary_encode(), scan)
    places = days - np.int32(first)
    if _DENSE * (last - first) < len(days):
        return Texts(_calendar(first, last), places, may_be_blank=False)
    held = scan.met(places)
    place_of = np.zeros(last - first + 1, np.int32)
    place_of[held] = np.arange(len(held))
    return Texts(_texts_of(held + first), scan.take(place_of, places), may_be_blank=False)


def _texts_of(days: Wide) -> pa.Array:
    return as_texts(pa.array(days, pa.int32()).view(pa.date32()))


@lru_cache(maxsize=4)
def _calendar(first: int, last: int) -> pa.Array:
    """The days from one to another, by their numbers, as texts."""
    return _texts_of(np.arange(first, last + 1))


@dataclass(slots=True)
class Lately:
    """What the cells of a column came to lately: batches of one file hold much the same cells."""

    held: pa.Array | None = None
    found: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    _has: dict[int, bool] = field(default_factory=dict)  # of numbers: whether a cell that is not blank comes to it
    _blank: bool = True

    def told(self, texts: Texts, of: Callable[[str], int], scan: Scan) -> Ints:
        """What the cells of rows come to; only those that the batch before did not hold are asked for."""
        if self.held is None or (texts.held is not self.held and not texts.held.equals(self.held)):
            self.found = self._anew(texts, of)
            self.held = texts.held
            self._has.clear()
        self._blank = texts.may_be_blank
        if len(texts.held) == 1 and not texts.may_be_blank:
            return alike(int(self.found[0]), len(texts.rows))
        return scan.take(self.found, texts.rows)

    def may_be(self, number: int) -> bool:
        """Whether a cell of the batch that was told last may come to a number."""
        if number not in self._has:
            self._has[number] = number in self.found[:-1]
        return self._has[number] or (self._blank and bool(self.found[-1] == number))

    def _anew(self, texts: Texts, of: Callable[[str], int]) -> Ints:
        if self.held is None:
            return np.asarray([of(cell) for cell in texts.cells], np.int32)
        before = pc.index_in(texts.held, value_set=self.held)
        known = before.is_valid().to_numpy(zero_copy_only=False)
        found = np.empty(len(known) + 1, np.int32)
        found[:-1] = self.found.take(before.fill_null(0).to_numpy(zero_copy_only=False)) if known.any() else 0
        found[-1] = self.found[-1]
        new = np.flatnonzero(~known)
        if len(new):
            found[new] = [of(cell or "") for cell in texts.held.take(pa.array(new)).to_pylist()]
        return found
