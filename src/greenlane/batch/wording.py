"""Columns of few texts: what is a number for each row is put into words once, and written as a dictionary."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from greenlane.batch.pairs import Ints
from greenlane.batch.scan import Flags, Places, Scan


class Wording:
    """The text that each number stands for in one column; `tell` is asked once for each."""

    def __init__(self, tell: Callable[[int], str], scan: Scan) -> None:
        self._tell, self._scan = tell, scan
        self._texts: list[str] = []
        self._place_of: dict[str, int] = {}
        self._of: Ints = np.full(16, -1, np.int32)  # the text of each number, -1 where it was not asked for yet
        self._held: tuple[bytes, Places, pa.Array] = (b"", np.zeros(0, np.int64), pa.array([], pa.string()))

    def column(self, numbers: Ints, met: Places, reads: Flags, *, beyond: int = 0, alone: Sequence[str] = ()) -> pa.Array:
        """The texts of the numbers of rows, nulls where a row does not read: its dictionary holds those that occur, in their order.

        `met`: the distinct numbers of rows that read. Those from `beyond` up stand for the texts of `alone`, which nothing keeps.
        """
        size = max(int(numbers.max(initial=0)) + 1, beyond + len(alone))
        own = met[met < beyond] if alone else met
        of_number = np.zeros(size, np.int64)
        of_number[own] = self._places(own)
        texts = self._texts
        if alone:
            place_of = dict(self._place_of)
            of_number[beyond : beyond + len(alone)] = [place_of.setdefault(text, len(place_of)) for text in alone]
            texts = list(place_of)
        order, held = self._in_order(np.unique(of_number[met]), texts)
        place = np.zeros(len(texts) + 1, np.int32)
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
        new = found < 0
        if new.any():
            self._of[numbers[new]] = [self._place(self._tell(one)) for one in numbers[new].tolist()]
            found = self._of[numbers]
        return found

    def _place(self, text: str) -> int:
        place = self._place_of.setdefault(text, len(self._texts))
        if place == len(self._texts):
            self._texts.append(text)
        return place

    def _in_order(self, places: Places, texts: Sequence[str]) -> tuple[Places, pa.Array]:
        """Texts in their order: their places, and themselves (one, if there are none). Mostly those of the batch before."""
        told = places.tobytes()
        if told != self._held[0] or not len(places) or texts is not self._texts:
            order = sorted(places.tolist(), key=texts.__getitem__)
            found = np.asarray(order, np.int64), pa.array([texts[one] for one in order] or [""], pa.string())
            if texts is not self._texts:
                return found
            self._held = told, *found
        return self._held[1:]
