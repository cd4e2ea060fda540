"""The same look-ups in machine code: a block of rows at a time through all steps, so that nothing in between leaves the cache.

A row that meets something never met before is marked and left to the executor that can work it out. Needs the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.batch.pairs import Ints
from greenlane.batch.program import Program

_BLOCK = 8192
_NOTHING: Ints = np.zeros(1, np.int32)
_NO_KEYS: npt.NDArray[np.int64] = np.full(1, -1, np.int64)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _join(made, one, other, gated, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What pairs of classes come to, -1 where a pair was never met; where `gated`, 0 for the first class 0."""
    if wide:
        high = len(table) // wide
        for row in range(rows):
            a, b = one[row], other[row]
            if gated and a == 0:
                made[row] = 0
            elif a < high and b < wide:
                made[row] = table[a * wide + b]
            else:
                made[row] = -1
        return
    last, shift, size = len(keys) - 1, np.uint64(64), len(keys)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    for row in range(rows):
        a = one[row]
        if gated and a == 0:
            made[row] = 0
            continue
        key = (np.int64(a) << 32) | np.int64(other[row])
        place = np.int64((np.uint64(key) * _MIX) >> shift)
        held = keys[place]
        while held != key and held != -1:
            place = (place + 1) & last
            held = keys[place]
        made[row] = values[place] if held == key else -1


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _dated(made, one, other, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The pair with the day, where a class follows the days."""
    place = np.zeros(1, np.int32)
    for row in range(rows):
        if made[row] == -2:
            _join(place, one[row : row + 1], other[row : row + 1], False, table, wide, keys, values, 1)
            made[row] = place[0]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _run(kinds, to, a, b, c, guards, singles, tables, wides, keys, values, inputs, outputs, out, missed, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    count = len(missed)
    registers = np.zeros((size, _BLOCK), np.int32)
    for start in range(0, count, _BLOCK):
        rows = min(_BLOCK, count - start)
        for place in range(len(inputs)):
            registers[place, :rows] = inputs[place][start : start + rows]
        for step in range(len(kinds)):
            kind, made = kinds[step], registers[to[step]]
            if guards[step] >= 0 and not registers[guards[step], :rows].any():
                made[:rows] = 0
                continue
            one, other = registers[a[step]], registers[b[step]]
            if kind == 0 or kind == 2:
                single = singles[step]
                high = len(single)
                dated = False
                for row in range(rows):
                    at = one[row]
                    found = single[at] if at < high else -1
                    made[row] = found
                    dated |= found == -2
                if kind == 2 and dated:
                    _dated(made, one, other, tables[step], wides[step], keys[step], values[step], rows)
            elif kind == 1 or kind == 3:
                _join(made, one, other, kind == 3, tables[step], wides[step], keys[step], values[step], rows)
            elif kind == 4:
                for row in range(rows):
                    made[row] = other[row] if one[row] else 0
            elif kind == 5:
                for row in range(rows):
                    made[row] = other[row] + 1 if one[row] == -2 else 0
            else:
                third = registers[c[step]]
                for row in range(rows):
                    made[row] = other[row] + 1 if one[row] or third[row] else 0
            for row in range(rows):
                if made[row] == -1:
                    missed[start + row] = 1
                    made[row] = 0
        for place in range(len(outputs)):
            out[place, start : start + rows] = registers[outputs[place], :rows]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _parse(offsets, data, found, plain):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Plain decimals of up to twelve digits and six places as whole millionths."""
    for row in range(len(found)):
        place, end = offsets[row], offsets[row + 1]
        start, number, places = place, np.int64(0), -1
        good = end > place
        while place < end:
            sign = data[place]
            if 48 <= sign <= 57:
                number = number * 10 + (sign - 48)
                if places >= 0:
                    places += 1
                    good &= places <= 6
                else:
                    good &= place - start < 12
            elif sign == 46 and places < 0 and place > start:
                places = 0
            else:
                good = False
            if not good:
                break
            place += 1
        good &= places != 0
        plain[row] = good
        if good:
            for _ in range(6 - max(places, 0)):
                number *= 10
            found[row] = number


def millionths(cells: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """What `figures.millionths` says, in machine code."""
    if cells.null_count:
        cells = cells.fill_null("")
    _, offsets, data = cells.buffers()
    found, plain = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.bool_)
    if len(cells) and data is not None:
        starts = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
        _parse(starts, np.frombuffer(data, np.uint8), found, plain)
    return found, plain


class Fused:
    """A program in machine code, with the tables as they are at each run."""

    @staticmethod
    def millionths(cells: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """What `figures.millionths` says."""
        return millionths(cells)

    def __init__(self, program: Program, wanted: Sequence[str]) -> None:
        self.program = program
        self.wanted = tuple(wanted)
        steps = program.steps
        self._kinds = np.asarray([int(one.kind) for one in steps], np.int32)
        self._to, self._a, self._b, self._c = (
            np.asarray([getattr(one, name) for one in steps], np.int32) for name in ("to", "a", "b", "c")
        )
        self._guards = np.asarray([-1 if one.guard is None else one.guard for one in steps], np.int32)
        self._outputs = np.asarray([program.names[name] for name in self.wanted], np.int32)
        self._singles = numba.typed.List([_NOTHING] * len(steps))
        self._tables = numba.typed.List([_NOTHING] * len(steps))
        self._keys = numba.typed.List([_NO_KEYS] * len(steps))
        self._values = numba.typed.List([_NOTHING] * len(steps))
        self._wides = np.zeros(len(steps), np.int64)
        self._held: list[tuple[Any, ...]] = [()] * len(steps)

    def run(self, inputs: Mapping[str, Ints], count: int) -> tuple[dict[str, Ints], npt.NDArray[np.bool_]]:
        """The wanted registers of rows, and which rows meet something new (theirs say nothing)."""
        self._look_again()
        given = numba.typed.List([np.ascontiguousarray(inputs.get(name, _NOTHING)) for name in self.program.inputs])
        out = np.empty((len(self.wanted), count), np.int32)
        missed = np.zeros(count, np.uint8)
        _run(
            self._kinds, self._to, self._a, self._b, self._c, self._guards, self._singles, self._tables, self._wides, self._keys,
            self._values, given, self._outputs, out, missed, len(self.program.names),
        )  # fmt: skip
        return dict(zip(self.wanted, out, strict=True)), missed.view(np.bool_)

    def _look_again(self) -> None:
        """Take up tables that were made anew since the last run; what is filled in place is seen as it is."""
        for place, step in enumerate(self.program.steps):
            single = None if step.singles is None else step.singles.table
            table = keys = None
            if step.pairs is not None:
                table, keys = step.pairs.table, step.pairs.hashed.keys
            now = (single, table, keys)
            if all(one is other for one, other in zip(now, self._held[place], strict=False)) and self._held[place]:
                continue
            self._held[place] = now
            if single is not None:
                self._singles[place] = single
            if step.pairs is not None:
                if table is not None:
                    self._tables[place], self._wides[place] = table.ravel(), table.shape[1]
                else:
                    self._wides[place] = 0
                    self._keys[place], self._values[place] = step.pairs.hashed.keys, step.pairs.hashed.values
