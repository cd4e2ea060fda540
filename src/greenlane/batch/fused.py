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
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.numpy_support import carray

from greenlane.batch.pairs import Hashed, Ints
from greenlane.batch.patterns import Weighed, Words
from greenlane.batch.program import Kind, Program

_BLOCK = 1024
_NOTHING: Ints = np.zeros(1, np.int32)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SEQUENCE = np.uint64(0x03F79D71B4CB0A89)  # of de Bruijn: six of its bits tell by how much it was shifted
_PLACE_OF = np.zeros(64, np.int64)
_PLACE_OF[[((int(_SEQUENCE) << place) % (1 << 64)) >> 58 for place in range(64)]] = np.arange(64)
_LOOK, _JOIN, _DATED, _GATED, _KEEP, _OPENED = (int(one) for one in list(Kind)[:6])


def _pointer(context, address):  # type: ignore[no-untyped-def]  # pragma: no cover
    """An address as a pointer, so that tables are passed by where they lie."""
    del context

    def build(_, builder, __, given):  # type: ignore[no-untyped-def]
        return builder.inttoptr(given[0], cgutils.voidptr_t)

    return types.voidptr(address), build


_at: Any = intrinsic(_pointer)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _join(made, one, other, gated, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What pairs of classes come to, -1 where a pair was never met; where `gated`, 0 for the first class 0.

    Returns the bits of all of them together: below 0 if one was never met, 0 if all are.
    """
    bits = np.int32(0)
    if wide:
        high = len(table) // wide
        for row in range(rows):
            a, b = one[row], other[row]
            found = np.int32(-1)
            if gated and a == 0:
                found = np.int32(0)
            elif a < high and b < wide:
                found = table[a * wide + b]
            made[row] = found
            bits |= found
        return bits
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
        found = values[place] if held == key else np.int32(-1)
        made[row] = found
        bits |= found
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _look(made, one, single, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What classes come to, -1 where one was never met. Returns the bits of all of them together."""
    bits, high = np.int32(0), len(single)
    for row in range(rows):
        at = one[row]
        found = single[at] if at < high else np.int32(-1)
        made[row] = found
        bits |= found
    return bits


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _dated(made, one, other, table, wide, keys, values, rows):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The pair with the day, where a class follows the days."""
    place = np.zeros(1, np.int32)
    for row in range(rows):
        if made[row] == -2:
            _join(place, one[row : row + 1], other[row : row + 1], False, table, wide, keys, values, 1)
            made[row] = place[0]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _same(cells):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Whether a column holds one class throughout."""
    for row in range(1, len(cells)):
        if cells[row] != cells[0]:
            return False
    return len(cells) > 0


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _run(steps, guards, tables, inputs, outputs, out, missed, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Lead rows along all steps, a block at a time; a register that is one number on all rows is made once."""
    count = len(missed)
    registers = np.zeros((size, _BLOCK), np.int32)
    same = np.zeros(size, np.bool_)
    blank = np.zeros(size, np.bool_)  # whether a register is 0 on all rows of the block, and beyond them
    for place in range(len(inputs)):
        cells = carray(_at(inputs[place]), (count,), np.int32)
        if _same(cells):
            same[place] = True
            registers[place, :] = cells[0]
            blank[place] = cells[0] == 0
    for start in range(0, count, _BLOCK):
        rows = min(_BLOCK, count - start)
        for step in range(len(steps)):
            kind, to, a, b, c = steps[step]
            if start and same[to]:
                continue
            guard = guards[step]
            made = registers[to]
            if guard >= 0 and blank[guard]:
                if not blank[to]:
                    made[:] = 0
                    blank[to] = True
                continue
            given = same[a] and same[b] and same[c] and (guard < 0 or same[guard])
            wanted = _BLOCK if given else rows
            one, other = registers[a], registers[b]
            if a < len(inputs) and not same[a]:
                one = carray(_at(inputs[a] + 4 * start), (rows,), np.int32)
            if b < len(inputs) and not same[b]:
                other = carray(_at(inputs[b] + 4 * start), (rows,), np.int32)
            bits = np.int32(0)
            if kind in (_LOOK, _DATED):
                single = carray(_at(tables[step, 0]), (tables[step, 1],), np.int32)
                bits = _look(made, one, single, wanted)
            if kind in (_JOIN, _GATED) or (kind == _DATED and bits < 0):
                wide = tables[step, 4]
                table = carray(_at(tables[step, 2]), (tables[step, 3],), np.int32)
                keys = carray(_at(tables[step, 5]), (tables[step, 6],), np.int64)
                values = carray(_at(tables[step, 7]), (tables[step, 6],), np.int32)
                if kind == _DATED:
                    _dated(made, one, other, table, wide, keys, values, wanted)
                else:
                    bits = _join(made, one, other, kind == _GATED, table, wide, keys, values, wanted)
            elif kind == _KEEP:
                for row in range(wanted):
                    made[row] = other[row] if one[row] else 0
                bits = np.int32(1)
            elif kind == _OPENED:
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] == -2 else 0
                    bits |= made[row]
            elif kind > _OPENED:
                third = registers[c]
                if c < len(inputs) and not same[c]:
                    third = carray(_at(inputs[c] + 4 * start), (rows,), np.int32)
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] or third[row] else 0
                bits = np.int32(1)
            if bits < 0:
                for row in range(rows):
                    if made[row] == -1:
                        missed[start + row] = 1
                        made[row] = 0
                        given = False
            same[to] = given
            blank[to] = bits == 0 and wanted == _BLOCK
        for place in range(len(outputs)):
            out[place, start : start + rows] = registers[outputs[place], :rows]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _less(may, does, measures, subject, lifts, beside):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What may hold and what does, less what no rule asks for any more."""
    count, width = may.shape
    one, other = np.empty((count, width), np.uint64), np.empty((count, width), np.uint64)
    here, kept = np.empty(width, np.uint64), np.empty(width, np.uint64)
    for row in range(count):
        for word in range(width):
            here[word] = may[row, word] & measures[word]
            kept[word] = beside[word]
        for regime in range(len(subject)):
            met = np.uint64(0)
            for word in range(width):
                met |= may[row, word] & subject[regime, 0, word]
            if not met:
                for word in range(width):
                    here[word] &= ~subject[regime, 1, word]
        for word in range(width):
            left = here[word]
            kept[word] |= left
            while left:
                place = 64 * word + _PLACE_OF[(left & (~left + np.uint64(1))) * _SEQUENCE >> np.uint64(58)]
                left &= left - np.uint64(1)
                for each in range(width):
                    kept[each] |= lifts[place, each]
        for word in range(width):
            one[row, word] = may[row, word] & kept[word]
            other[row, word] = does[row, word] & kept[word]
    return one, other


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _find(rows, factors, known, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The numbers of rows by their sums, as `patterns._sums` has them; -1 where no known row is the same."""
    count, width = rows.shape
    found = np.full(count, -1, np.int32)
    last, shift, size = len(keys) - 1, np.uint64(64), len(keys)
    while size > 1:
        size >>= 1
        shift -= np.uint64(1)
    for row in range(count):
        total = np.uint64(0)
        for word in range(width):
            total += (rows[row, word] ^ rows[row, word] >> np.uint64(31)) * factors[word]
        total ^= total >> np.uint64(29)
        key = np.int64(total >> np.uint64(1))
        place = np.int64((np.uint64(key) * _MIX) >> shift)
        while keys[place] != key and keys[place] != -1:
            place = (place + 1) & last
        if keys[place] == key:
            number = values[place]
            same = True
            for word in range(width):
                same &= rows[row, word] == known[number, word]
            if same:
                found[row] = number
    return found


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
        self._steps = np.asarray([(int(one.kind), one.to, one.a, one.b, one.c) for one in steps], np.int32)
        self._guards = np.asarray([-1 if one.guard is None else one.guard for one in steps], np.int32)
        self._outputs = np.asarray([program.names[name] for name in self.wanted], np.int32)
        #: Of each step: where its single table lies, its length; that of pairs, its length and width; keys, their number, values.
        self._tables = np.zeros((len(steps), 8), np.int64)
        self._tables[:, (0, 2, 5, 7)] = _NOTHING.ctypes.data
        self._held: list[tuple[Any, ...]] = [()] * len(steps)

    def run(self, inputs: Mapping[str, Ints], count: int) -> tuple[dict[str, Ints], npt.NDArray[np.bool_]]:
        """The wanted registers of rows, and which rows meet something new (theirs say nothing)."""
        self._look_again()
        given = [np.ascontiguousarray(inputs[name]) for name in self.program.inputs]
        where = np.asarray([one.ctypes.data for one in given], np.int64)
        out = np.empty((len(self.wanted), count), np.int32)
        missed = np.zeros(count, np.uint8)
        _run(self._steps, self._guards, self._tables, where, self._outputs, out, missed, len(self.program.names))
        return dict(zip(self.wanted, out, strict=True)), missed.view(np.bool_)

    def find(self, rows: Words, factors: Words, known: Words, hashed: Hashed) -> Ints:
        """What `patterns.Hand` says."""
        found: Ints = _find(np.ascontiguousarray(rows), factors, known, hashed.keys, hashed.values)
        return found

    def less(self, may: Words, does: Words, weighed: Weighed) -> tuple[Words, Words]:
        """What `LawBits.less` says, in machine code."""
        found: tuple[Words, Words] = _less(
            np.ascontiguousarray(may), np.ascontiguousarray(does), weighed.measures, weighed.subject, weighed.lifts, weighed.beside
        )
        return found

    def _look_again(self) -> None:
        """Take up tables that were made anew since the last run; what is filled in place is seen as it is."""
        for place, step in enumerate(self.program.steps):
            single = None if step.singles is None else step.singles.table
            table = keys = values = None
            if step.pairs is not None:
                table, keys, values = step.pairs.table, step.pairs.hashed.keys, step.pairs.hashed.values
            now = (single, table, keys, values)  # held, so that they stay where they are
            if len(self._held[place]) and all(one is other for one, other in zip(now, self._held[place], strict=True)):
                continue
            self._held[place] = now
            told = self._tables[place]
            if single is not None:
                told[:2] = single.ctypes.data, len(single)
            if table is not None:
                told[2:5] = table.ctypes.data, table.size, table.shape[1]
            elif keys is not None and values is not None:
                told[4:8] = 0, keys.ctypes.data, len(keys), values.ctypes.data
