"""Products as bits: which products each value of a column satisfies; and from a row's bits to its answer, for many rows at once.

Shared by the engines that match by bits (the same tables for all of them) or vector by vector. Controls come first, the
gravest in front, each kind in words of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from benchmarks.decide.engine import Answers
from benchmarks.decide.flat import Flat, FlatLaw, goods_hold
from benchmarks.decide.law import FIRST, FREE, FROM, LAST, PLACES, USES, Places

Words = NDArray[np.uint64]
WORD = 64


class Masks:
    """The tables of a law."""

    def __init__(self, flat: FlatLaw) -> None:
        self.law = flat.law
        self.flats = flat.flats
        self.bit_of: dict[int, int] = {}
        self.words_of: dict[str, slice] = {}
        at = 0
        for kind in ("control", "lift", "duty"):
            some = flat.of_kind(kind)
            self.bit_of.update({one.number: WORD * at + place for place, one in enumerate(some)})
            words = -(-len(some) // WORD)
            self.words_of[kind] = slice(at, at + words)
            at += words
        self.words = at

    def words_where(self, holds: Callable[[Flat], bool]) -> Words:
        """The bits of the products for which it holds."""
        found = np.zeros(self.words, dtype=np.uint64)
        for one in self.flats:
            if holds(one):
                bit = self.bit_of[one.number]
                found[bit // WORD] |= np.uint64(1 << bit % WORD)
        return found

    def table(self, values: Iterable[object], holds: Callable[[Flat, object], bool]) -> Words:
        """For each value of a column the bits of the products it satisfies."""
        return np.stack([self.words_where(lambda one, value=value: holds(one, value)) for value in values])  # type: ignore[misc]

    # --- columns ------------------------------------------------------------------------------------------------------

    @cached_property
    def item(self) -> Words:
        def means(one: Flat, item: object) -> bool:
            return one.goods is None or goods_hold(one.goods, item.code, item.control)  # type: ignore[attr-defined]

        return self.table(self.law.items, means)

    @cached_property
    def origin(self) -> Words:
        return self.table((FROM, *PLACES), lambda one, place: self._in(one.origin, place))

    @cached_property
    def ship_to(self) -> Words:
        return self.table(PLACES, lambda one, place: self._in(one.ship_to, place))

    @cached_property
    def flags(self) -> Words:
        return self.table(range(1 << len(self.law.party_groups)), lambda one, bits: not one.flags or bool(one.flags & bits))  # type: ignore[operator]

    @cached_property
    def uses(self) -> Words:
        return self.table(range(1 << len(USES)), lambda one, bits: not one.uses or bool(one.uses & bits))  # type: ignore[operator]

    @cached_property
    def day(self) -> Words:
        """From FIRST on."""
        days = range(FIRST, LAST + 1)
        return self.table(days, lambda one, day: any(start <= day < end for start, end in one.days))  # type: ignore[operator]

    @cached_property
    def known(self) -> Words:
        """From FIRST on."""
        return self.table(range(FIRST, LAST + 1), lambda one, day: one.known[0] <= day < one.known[1])  # type: ignore[operator]

    @cached_property
    def value_edges(self) -> list[int]:
        """Where classes of values begin; before the first lies class 0."""
        return sorted({edge for one in self.flats for edge in (one.value[0], one.value[1] + 1) if 0 < edge < 1 << 40})

    @cached_property
    def content_edges(self) -> list[int]:
        return sorted({edge for one in self.flats for edge in (one.content[0], one.content[1] + 1) if 0 < edge < 1 << 40})

    @cached_property
    def value(self) -> Words:
        return self.table([0, *self.value_edges], lambda one, value: one.value[0] <= value <= one.value[1])  # type: ignore[operator]

    @cached_property
    def content(self) -> Words:
        return self.table([0, *self.content_edges], lambda one, value: one.content[0] <= value <= one.content[1])  # type: ignore[operator]

    def _in(self, some: Places | None, place: object) -> bool:
        return some is None or place in self._places[id(some)]

    @cached_property
    def _places(self) -> dict[int, frozenset[str]]:
        return {id(some): self.law.places(some) for one in self.flats for some in (one.origin, one.ship_to) if some is not None}

    # --- rows ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _kills(self) -> list[tuple[int, Words]]:
        """Exceptions, the deepest first: their bit, and the bits that they leave."""
        lifts = [one for one in self.flats if one.kind == "lift"]
        found = []
        for one in sorted(lifts, key=lambda lift: -lift.depth):
            targets = set(one.kills)
            found.append((self.bit_of[one.number], ~self.words_where(lambda other, targets=targets: other.number in targets)))  # type: ignore[misc]
        return found

    @cached_property
    def _rates(self) -> NDArray[np.int64]:
        """For each byte of the duty words and each of its values: the sum of the rates."""
        span = self.words_of["duty"]
        rates = np.zeros((span.stop - span.start) * WORD, dtype=np.int64)
        for one in self.flats:
            if one.kind == "duty":
                rates[self.bit_of[one.number] - span.start * WORD] = one.weight
        bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
        return bits @ rates.reshape(-1, 8).T  # value, byte

    def resolve(self, matched: Words) -> Answers:
        """The answers of rows from their bits (row, word); the bits are used up."""
        controls, lifts, duties = (self.words_of[kind] for kind in ("control", "lift", "duty"))
        live = matched[:, controls].any(axis=1) | matched[:, duties].any(axis=1)
        rows = np.flatnonzero(live & matched[:, lifts].any(axis=1))
        some = matched[rows]
        for bit, left in self._kills:
            hit = np.flatnonzero(some[:, bit // WORD] >> np.uint64(bit % WORD) & np.uint64(1))
            if len(hit):
                some[hit] &= left
        matched[rows] = some
        first = np.full(len(matched), -1, dtype=np.int64)
        for word in range(controls.start, controls.stop):
            column = matched[:, word]
            open_rows = np.flatnonzero((first < 0) & (column != 0))
            lowest = column[open_rows] & (~column[open_rows] + np.uint64(1))
            first[open_rows] = WORD * word + np.bitwise_count(lowest - np.uint64(1)).astype(np.int64)
        octets = np.ascontiguousarray(matched[:, duties]).view(np.uint8)
        duty = np.zeros(len(matched), dtype=np.int64)
        for byte in range(octets.shape[1]):
            duty += self._rates[octets[:, byte], byte]
        return Answers(self._weights[first], self._rules[first], duty)

    @cached_property
    def _weights(self) -> NDArray[np.int64]:
        return self._of_controls(lambda one: one.weight, none=FREE)

    @cached_property
    def _rules(self) -> NDArray[np.int64]:
        return self._of_controls(lambda one: one.rule, none=-1)

    def _of_controls(self, read: Callable[[Flat], int], *, none: int) -> NDArray[np.int64]:
        """What is read of each control, by its bit; the last stands for none."""
        controls: Sequence[Flat] = [one for one in self.flats if one.kind == "control"]
        return np.asarray([*(read(one) for one in controls), none], dtype=np.int64)
