"""Columns of few texts: what is a number for each row is put into words once, and written as a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.batch.pairs import Ints
from greenlane.batch.scan import Flags, Places, Scan

_BLANK: Final = pa.array([""], pa.string())


class Wording:
    """The text that each number stands for in one column.

    `tell` is asked once for each number; if there is `like`, which says for numbers which number has the same text, for those only.
    """

    def __init__(self, tell: Callable[[list[int]], list[str]], scan: Scan, like: Callable[[Places], Places] | None = None) -> None:
        self._tell, self._scan, self._like = tell, scan, like
        self._texts: list[str] = []
        self._place_of: dict[str, int] = {}
        self._of: Ints = np.full(16, -1, np.int32)  # the text of each number, -1 where it was not asked for yet
        self._ordered: npt.NDArray[np.object_] = np.zeros(0, np.object_)  # the texts in their order,
        self._order: Places = np.zeros(0, np.int64)  # and their places
        self._last: tuple[bytes, pa.Array] = b"", _BLANK  # those that occurred in the batch before, in order

    def column(self, numbers: Ints, met: Places, reads: Flags, *, beyond: int = 0, alone: Sequence[str] = ()) -> pa.Array:
        """The texts of the numbers of rows, nulls where a row does not read: its dictionary holds those that occur, in their order.

        `met`: the distinct numbers of rows that read; the others are 0, or below `beyond`. Those from `beyond` up stand for the
        texts of `alone`, which nothing keeps.
        """
        if alone:
            return self._with_alone(numbers, met, reads, beyond, alone)
        of_number = np.zeros(max(int(met[-1]) + 1 if len(met) else 1, beyond), np.int64)
        of_number[met] = self._places(met)
        self._put_in_order()
        occurs = np.zeros(len(self._texts), np.bool_)
        occurs[of_number[met]] = True
        here = occurs[self._order]
        order = self._order[here]
        if order.tobytes() != self._last[0]:  # mostly the same as in the batch before
            self._last = order.tobytes(), pa.array(self._ordered[here], pa.string()) if len(order) else _BLANK
        return self._written(numbers, reads, of_number, order, self._last[1])

    def _with_alone(self, numbers: Ints, met: Places, reads: Flags, beyond: int, alone: Sequence[str]) -> pa.Array:
        own = met[met < beyond]
        of_number = np.zeros(beyond + len(alone), np.int64)
        of_number[own] = self._places(own)
        place_of = dict(self._place_of)
        of_number[beyond:] = [place_of.setdefault(text, len(place_of)) for text in alone]
        texts = list(place_of)
        order = sorted(np.unique(of_number[met]).tolist(), key=texts.__getitem__)
        held = pa.array([texts[one] for one in order] or [""], pa.string())
        return self._written(numbers, reads, of_number, np.asarray(order, np.int64), held)

    def _written(self, numbers: Ints, reads: Flags, of_number: Places, order: Places, held: pa.Array) -> pa.Array:
        place = np.zeros(int(of_number.max(initial=0)) + 1, np.int32)
        place[order] = np.arange(len(order))
        indices = self._scan.take(place[of_number], numbers)
        mask = None
        if not reads.all():
            mask = ~reads
            indices[mask] = 0  # also under a null: the same rows give the same bytes
        return pa.DictionaryArray.from_arrays(pa.array(indices, mask=mask), held, safe=False)

    def _places(self, numbers: Places) -> Ints:
        """The texts of numbers, by place."""
        high = int(numbers[-1]) + 1 if len(numbers) else 0
        if high > len(self._of):
            self._of = np.append(self._of, np.full(max(high, 2 * len(self._of)) - len(self._of), -1, np.int32))
        found: Ints = self._of[numbers]
        new = numbers[found < 0]
        if len(new):
            told = new if self._like is None else self._like(new)
            unknown = new if self._like is None else np.unique(told[self._of[told] < 0])
            self._of[unknown] = self._put(self._tell(unknown.tolist()))
            self._of[new] = self._of[told]
            found = self._of[numbers]
        return found

    def _put(self, told: Sequence[str]) -> list[int]:
        """The places of texts, new ones among them."""
        texts, place_of, places = self._texts, self._place_of, []
        for text in told:
            place = place_of.setdefault(text, len(texts))
            if place == len(texts):
                texts.append(text)
            places.append(place)
        return places

    def _put_in_order(self) -> None:
        """Take in texts that are new."""
        before = len(self._order)
        if before == len(self._texts):
            return
        fresh = sorted(range(before, len(self._texts)), key=self._texts.__getitem__)
        texts = np.asarray([self._texts[one] for one in fresh], np.object_)
        where = np.searchsorted(self._ordered, texts)
        self._ordered, self._order = np.insert(self._ordered, where, texts), np.insert(self._order, where, fresh)
