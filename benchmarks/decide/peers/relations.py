"""The products as relations, for engines that join: products (one row a window), their goods, and what exceptions take away."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.decide.engine import Task
from benchmarks.decide.flat import goods_hold
from benchmarks.decide.law import FROM, PLACES, Places
from benchmarks.decide.lines import Lines

Columns = dict[str, object]
_BITS = {place: 1 << at for at, place in enumerate((FROM, *PLACES))}
_WIDE = ("origins", "places", "value_low", "value_high", "content_high")
_ALL = (1 << len(_BITS)) - 1


class Relations:
    """Columns by name."""

    def __init__(self, task: Task) -> None:
        self.law = task.law
        self.flats = task.flat.flats

    @cached_property
    def products(self) -> Columns:
        """One row for each window of each product; windows do not overlap, so a line meets a product once."""
        rows = [
            (
                one.number, one.kind, one.rule, one.weight, one.depth, start, end, *one.known, self._bits(one.origin),
                self._bits(one.ship_to), one.flags, one.uses, *one.value, *one.content,
            )
            for one in self.flats
            for start, end in one.days
        ]  # fmt: skip
        names = (
            "n", "kind", "rule", "weight", "depth", "since", "until", "known_since", "known_until", "origins", "places",
            "wants_flags", "wants_uses", "value_low", "value_high", "content_low", "content_high",
        )  # fmt: skip
        columns = list(zip(*rows, strict=True))
        return {
            name: list(column) if name == "kind" else np.asarray(column, dtype=np.int64 if name in _WIDE else np.int32)
            for name, column in zip(names, columns, strict=True)
        }

    @cached_property
    def candidates(self) -> Columns:
        """For each kind of goods of the book the products that mean it."""
        pairs = [
            (place, one.number)
            for place, item in enumerate(self.law.items)
            for one in self.flats
            if one.goods is None or goods_hold(one.goods, item.code, item.control)
        ]
        return {"item": _column(pairs, 0), "n": _column(pairs, 1)}

    @cached_property
    def kills(self) -> Columns:
        """Which exception takes which product away."""
        pairs = [(one.number, target) for one in self.flats for target in one.kills]
        return {"killer": _column(pairs, 0), "target": _column(pairs, 1)}

    @staticmethod
    def lines(lines: Lines) -> Columns:
        """The lines; a place is its bit."""
        return {
            "line": np.arange(len(lines), dtype=np.int64),
            "item": lines.item.astype(np.int32),
            "origin": np.int64(1) << lines.origin,
            "to": np.int64(2) << lines.ship_to,
            "flags": lines.flags.astype(np.int32),
            "uses": lines.uses.astype(np.int32),
            "value": lines.value,
            "content": lines.content,
            "day": lines.day.astype(np.int32),
            "known": lines.known.astype(np.int32),
        }

    def _bits(self, some: Places | None) -> int:
        return _ALL if some is None else sum(_BITS[place] for place in self.law.places(some) if place in _BITS)


def _column(pairs: list[tuple[int, int]], at: int) -> NDArray[np.int32]:
    return np.asarray([pair[at] for pair in pairs], dtype=np.int32)
