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
from numba.np.numpy_support import carray

from greenlane.batch.composing import PARTS_MAX, SIZE, Plan, compose
from greenlane.batch.machine import MIX, find_row, less_row, lowest, lying_at, shift_of
from greenlane.batch.pairs import Hashed, Ints
from greenlane.batch.patterns import Filled, Weighed, Words
from greenlane.batch.program import Kind, Program
from greenlane.batch.resolving import Composing, Resolving, Way

_BLOCK = 1024
_NOTHING: Ints = np.zeros(1, np.int32)
_LOOK, _JOIN, _DATED, _GATED, _KEEP, _OPENED, _FOLLOWED, _COMPOSE = (int(one) for one in Kind)
_COMMON, _LEFT, _CHARGED = (int(one) for one in Way)
_ROOM = 1 << 13  # rows that machine code may add in one run
_FRESH = 1 << 14  # pairs put together in one run that are kept where a table has no square
#: Of a step whose pairs can be put together: the places of what `_resolve` wants. An address and, beside it, how many lie there.
_WAY, _WIDTH, _WIDE_ONE, _WIDE_OTHER, _WIDE_FOUND, _FIRST, _ONE, _OTHER = range(8)
_IS_HELD, _FOUND, _KEYS, _NUMBERS, _SUBJECT, _LIFTS, _EXTRA = range(8, 22, 2)
_VALUES, _FACTORS, _MEASURES, _BESIDE, _RULES, _COUNT, _SPEC = range(22, 29)


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
        place = np.int64((np.uint64(key) * MIX) >> shift)
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
def _common(one, other, width, row, here, kept, weighed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What is left after some parts, and of one more (`Remains.common`)."""
    for word in range(2 * width):
        row[word] = one[word] & other[word]
    less_row(row[:width], row[width : 2 * width], here, kept, *weighed)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _left(one, day, span, width, row, here, kept, weighed, gates):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a day leaves of what all parts leave (`Answers._leave`)."""
    may, does = row[:width], row[width : 2 * width]
    for word in range(width):
        may[word] = one[word] & day[word]
        does[word] = one[width + word] & day[word]
    for gate in range(len(gates) // 2):
        word, bit = gates[2 * gate], np.uint64(1) << np.uint64(gates[2 * gate + 1])
        if not (day[2 * width] >> np.uint64(gate)) & np.uint64(1) and not does[word] & bit:
            may[word] &= ~bit
    less_row(may, does, here, kept, *weighed)
    odd = np.uint64(0)
    for word in range(width):
        odd |= day[width + word] & may[word]
    row[2 * width] = day[2 * width + 1]
    row[2 * width + 1] = np.uint64(span + 1) if odd else np.uint64(0)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _charged(one, day, width, row, here, kept, weighed, regimes, first_beside, rules):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The same of duties (`Duties._leave`)."""
    concerned = np.uint64(0)
    for place in range(len(regimes)):
        beside = first_beside + place
        if (one[beside >> 6] >> np.uint64(beside & 63)) & (day[width + (place >> 6)] >> np.uint64(place & 63)) & np.uint64(1):
            concerned |= np.uint64(1) << np.uint64(regimes[place])
    row[:] = np.uint64(0)
    if not concerned:
        return
    may, does = row[:width], row[width : 2 * width]
    for word in range(width):
        may[word] = one[word] & day[word]
        does[word] = one[width + word]
    less_row(may, does, here, kept, *weighed)
    for word in range(width):
        may[word] &= rules[word]
        does[word] &= may[word]
        left = may[word]
        while left:
            place = 64 * word + lowest(left)
            left &= left - np.uint64(1)
            at = place >> 2  # 16 bits of a rule say how it stands
            row[2 * width + at] |= day[2 * width + at] & (np.uint64(0xFFFF) << np.uint64(16 * (place & 3)))
    row[18 * width] = concerned
    row[18 * width + 1] = day[18 * width]


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _resolve(spec, a, b, row, here, kept):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What a pair comes to by the rows of its two numbers; below 0 where that was never met and hangs on more than a number."""
    way, width = spec[_WAY], spec[_WIDTH]
    wide, wide_other, wide_found = spec[_WIDE_ONE], spec[_WIDE_OTHER], spec[_WIDE_FOUND]
    if way != _COMMON and (b >= spec[_IS_HELD + 1] or not carray(lying_at(spec[_IS_HELD]), (spec[_IS_HELD + 1],), np.uint8)[b]):
        return np.int32(-1)
    one = carray(lying_at(spec[_ONE] + 8 * wide * np.int64(a)), (wide,), np.uint64)
    other = carray(lying_at(spec[_OTHER] + 8 * wide_other * np.int64(b)), (wide_other,), np.uint64)
    weighed = (
        carray(lying_at(spec[_MEASURES]), (width,), np.uint64),
        carray(lying_at(spec[_SUBJECT]), (spec[_SUBJECT + 1], 2, width), np.uint64),
        carray(lying_at(spec[_LIFTS]), (spec[_LIFTS + 1], width), np.uint64),
        carray(lying_at(spec[_BESIDE]), (width,), np.uint64),
    )
    row, here, kept = row[:wide_found], here[:width], kept[:width]
    extra = carray(lying_at(spec[_EXTRA]), (spec[_EXTRA + 1],), np.int64)
    if way == _COMMON:
        _common(one, other, width, row, here, kept, weighed)
    elif way == _LEFT:
        _left(one, other, b, width, row, here, kept, weighed, extra)
    else:
        rules = carray(lying_at(spec[_RULES]), (width,), np.uint64)
        _charged(one, other, width, row, here, kept, weighed, extra, spec[_FIRST], rules)
    keys = carray(lying_at(spec[_KEYS]), (spec[_KEYS + 1],), np.int64)
    values = carray(lying_at(spec[_VALUES]), (spec[_KEYS + 1],), np.int32)
    known = carray(lying_at(spec[_FOUND]), (spec[_FOUND + 1],), np.uint64)
    factors = carray(lying_at(spec[_FACTORS]), (wide_found,), np.uint64)
    number, place, key = find_row(row, wide_found, factors, known, keys, values, shift_of(len(keys)))
    if number == -1 and way == _COMMON and spec[_COUNT] < min(spec[_FOUND + 1] // wide_found, len(keys) // 2):
        number = np.int32(spec[_COUNT])  # nothing hangs on it yet: it only gets a number
        keys[place], values[place] = key, number
        start = np.int64(number) * wide_found
        for word in range(wide_found):
            known[start + word] = row[word]
        spec[_COUNT] += 1
    numbers = spec[_NUMBERS + 1]  # below 0: the number itself is what the pair comes to
    if numbers < 0:
        return number
    return carray(lying_at(spec[_NUMBERS]), (numbers,), np.int32)[number] if 0 <= number < numbers else np.int32(-1)


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _run(steps, guards, tables, specs, plan, wide, fresh, inputs, outputs, out, missed, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Lead rows along all steps, a block at a time; a register that is one number on all rows is made once.

    Pairs that were never met are put together, where `specs` says how: those of tables without a square are noted in `fresh`.
    """
    count = len(missed)
    put, here, kept = np.zeros(wide, np.uint64), np.zeros(wide, np.uint64), np.zeros(wide, np.uint64)
    noted = 0
    registers = np.zeros((size, _BLOCK), np.int32)
    same = np.zeros(size, np.bool_)
    blank = np.zeros(size, np.bool_)  # whether a register is 0 throughout
    for place in range(len(inputs)):
        cells = carray(lying_at(inputs[place]), (count,), np.int32)
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
            given = same[a] and same[b] and same[c] and (guard < 0 or same[guard]) and kind != _COMPOSE
            wanted = _BLOCK if given else rows
            one, other = registers[a], registers[b]
            if a < len(inputs) and not same[a]:
                one = carray(lying_at(inputs[a] + 4 * start), (rows,), np.int32)
            if b < len(inputs) and not same[b]:
                other = carray(lying_at(inputs[b] + 4 * start), (rows,), np.int32)
            bits = np.int32(0)
            if kind in (_LOOK, _DATED):
                single = carray(lying_at(tables[step, 0]), (tables[step, 1],), np.int32)
                bits = _look(made, one, single, wanted)
            if kind in (_JOIN, _GATED) or (kind == _DATED and bits < 0):
                wide = tables[step, 4]
                table = carray(lying_at(tables[step, 2]), (tables[step, 3],), np.int32)
                keys = carray(lying_at(tables[step, 5]), (tables[step, 6],), np.int64)
                values = carray(lying_at(tables[step, 7]), (tables[step, 6],), np.int32)
                if kind == _DATED:
                    _dated(made, one, other, table, wide, keys, values, wanted)
                else:
                    bits = _join(made, one, other, kind == _GATED, table, wide, keys, values, wanted)
            elif kind == _KEEP:
                for row in range(wanted):
                    made[row] = other[row] if one[row] else 0
                    bits |= made[row]
            elif kind == _OPENED:
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] == -2 else 0
                    bits |= made[row]
            elif kind == _FOLLOWED:
                third = registers[c]
                if c < len(inputs) and not same[c]:
                    third = carray(lying_at(inputs[c] + 4 * start), (rows,), np.int32)
                for row in range(wanted):
                    made[row] = other[row] + 1 if one[row] or third[row] else 0
                    bits |= made[row]
            elif kind == _COMPOSE:
                bits = compose(plan, registers, one, made, rows)
            if bits < 0 and specs[step, _WAY]:
                square, across = carray(lying_at(tables[step, 2]), (tables[step, 3],), np.int32), tables[step, 4]
                for row in range(1 if given else rows):
                    if made[row] != -1 or missed[start + row] or (guard >= 0 and not registers[guard, row]):
                        continue
                    a_row, b_row = one[row], other[row]
                    found = _resolve(specs[step], a_row, b_row, put, here, kept)
                    if found < 0:
                        continue
                    made[row] = found
                    if across and b_row < across and a_row < len(square) // across:
                        square[a_row * across + b_row] = found
                    elif not across and noted < len(fresh):
                        fresh[noted, 0], fresh[noted, 1] = step, (np.int64(a_row) << 32) | np.int64(b_row)
                        fresh[noted, 2] = found
                        noted += 1
                if given:
                    made[:] = made[0]
            if bits < 0:
                bits = np.int32(0)
                for row in range(rows):
                    if made[row] == -1:
                        if guard < 0 or registers[guard, row]:
                            missed[start + row] = 1
                        made[row] = 0
                        given = False
                    bits |= made[row]
            if rows < _BLOCK and not given:
                made[rows:] = 0
            same[to] = given
            blank[to] = bits == 0
        for place in range(len(outputs)):
            out[place, start : start + rows] = registers[outputs[place], :rows]
    return noted


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _less(may, does, weighed):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What may hold and what does, less what no rule asks for any more."""
    one, other = may.copy(), does.copy()
    here, kept = np.empty(may.shape[1], np.uint64), np.empty(may.shape[1], np.uint64)
    for row in range(len(may)):
        less_row(one[row], other[row], here, kept, *weighed)
    return one, other


@numba.njit(nogil=True, cache=True, boundscheck=False)
def _find(rows, factors, known, keys, values):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The numbers of rows; -1 where no known row is the same."""
    found = np.empty(len(rows), np.int32)
    shift = shift_of(len(keys))
    for row in range(len(rows)):
        found[row] = find_row(rows[row], rows.shape[1], factors, known, keys, values, shift)[0]
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
        self._specs = np.zeros((len(steps), _SPEC), np.int64)
        self._told: list[Any] = [()] * len(steps)  # what the addresses in them are of, held so that it stays where it is
        self._plan = np.zeros(SIZE, np.int64)
        self._planned: tuple[Any, ...] = ()  # what its addresses are of
        self._fresh = np.zeros((_FRESH, 3), np.int64)
        self._wide = 1

    def run(self, inputs: Mapping[str, Ints], count: int) -> tuple[dict[str, Ints], npt.NDArray[np.bool_]]:
        """The wanted registers of rows, and which rows meet something new (theirs say nothing)."""
        self._look_again()
        given = [np.ascontiguousarray(inputs[name]) for name in self.program.inputs]
        where = np.asarray([one.ctypes.data for one in given], np.int64)
        out = np.empty((len(self.wanted), count), np.int32)
        missed = np.zeros(count, np.uint8)
        size, fresh = len(self.program.names), self._fresh
        tables = (self._steps, self._guards, self._tables, self._specs, self._plan)
        noted = _run(*tables, self._wide, fresh, where, self._outputs, out, missed, size)
        for place, one in enumerate(self.program.steps):
            if one.resolving is not None:
                one.resolving.found.added(int(self._specs[place, _COUNT]))
            if one.composing is not None:
                one.composing[0].found.added(int(self._plan[Plan.COUNT]))
        for step in np.unique(fresh[:noted, 0]).tolist():
            pairs, mine = self.program.steps[step].pairs, fresh[:noted][fresh[:noted, 0] == step]
            assert pairs is not None
            keys, first = np.unique(mine[:, 1], return_index=True)
            pairs.hashed.put(keys, mine[first, 2].astype(np.int32))
        return dict(zip(self.wanted, out, strict=True)), missed.view(np.bool_)

    def find(self, rows: Words, factors: Words, known: Words, hashed: Hashed) -> Ints:
        """What `patterns.Hand` says."""
        found: Ints = _find(np.ascontiguousarray(rows), factors, known.ravel(), hashed.keys, hashed.values)
        return found

    def less(self, may: Words, does: Words, weighed: Weighed) -> tuple[Words, Words]:
        """What `LawBits.less` says, in machine code."""
        found: tuple[Words, Words] = _less(
            np.ascontiguousarray(may),
            np.ascontiguousarray(does),
            (weighed.measures, weighed.subject, weighed.lifts, weighed.beside),
        )
        return found

    def _look_again(self) -> None:
        """Take up tables that were made anew since the last run; what is filled in place is seen as it is."""
        for place, step in enumerate(self.program.steps):
            if step.resolving is not None:
                self._specify(place, step.resolving)
                assert step.pairs is not None
                step.pairs.make_room(len(step.resolving.one) - 1, len(step.resolving.other) - 1)
            if step.composing is not None:
                self._plan_out(*step.composing)
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

    def _specify(self, place: int, how: Resolving) -> None:
        """Say where all lies that is needed to put a pair together."""
        spec, weighed, found = self._specs[place], how.weighed, how.found
        if how.way is Way.COMMON:
            found.make_room(_ROOM)
        spec[_COUNT] = len(found)
        numbers = _NOTHING if how.number_of is None else how.number_of()
        is_held = how.other.is_held if isinstance(how.other, Filled) else _NOTHING
        now = (how.one.held, how.other.held, is_held, found.held, found.hashed.keys, found.hashed.values, numbers)
        if len(self._told[place]) and all(one is other for one, other in zip(now, self._told[place][0], strict=True)):
            return
        extra = np.asarray([*how.regimes, *(one for gate in how.gates for one in gate)], np.int64)
        rules = weighed.beside if how.rules is None else how.rules
        self._told[place] = (now, extra, rules, how)
        widths = (how.one.width, how.other.held.shape[1], found.width)
        spec[[_WAY, _WIDTH, _WIDE_ONE, _WIDE_OTHER, _WIDE_FOUND, _FIRST]] = (how.way, how.width, *widths, how.first_beside)
        alone: dict[int, Any] = {_ONE: how.one.held, _OTHER: how.other.held, _VALUES: found.hashed.values, _FACTORS: found.factors}
        alone |= {_MEASURES: weighed.measures, _BESIDE: weighed.beside, _RULES: rules}
        for at, one in alone.items():
            spec[at] = one.ctypes.data
        counted: dict[int, Any] = {_IS_HELD: is_held, _KEYS: found.hashed.keys, _NUMBERS: numbers, _SUBJECT: weighed.subject}
        for at, many in (counted | {_LIFTS: weighed.lifts, _EXTRA: extra}).items():
            spec[[at, at + 1]] = many.ctypes.data, len(many)
        spec[[_FOUND, _FOUND + 1]] = found.held.ctypes.data, found.held.size
        if how.number_of is None:
            spec[_NUMBERS + 1] = -1
        self._wide = max(self._wide, found.width, how.width)

    def _plan_out(self, how: Composing, registers: Sequence[int]) -> None:
        """Say where all lies that is needed to compose outcomes."""
        plan, found, weighed = self._plan, how.found, how.weighed
        found.make_room(_ROOM)
        addresses: dict[Plan, Any] = {
            Plan.DAYS_AT: how.on_days.held, Plan.IS_HELD_AT: how.on_days.is_held, Plan.MEASURES_AT: weighed.measures,
            Plan.SUBJECT_AT: weighed.subject, Plan.LIFTS_AT: weighed.lifts, Plan.BESIDE_AT: weighed.beside,
            Plan.DOUBTFUL_AT: how.doubtful, Plan.EFFECTS_AT: how.effects, Plan.REGIME_OF_AT: how.regime_of,
            Plan.LEAVES_AT: how.leaves, Plan.STARTS_AT: how.starts, Plan.TARGETS_AT: how.targets, Plan.MASKS_AT: how.masks,
            Plan.ASKED_AT: how.asked, Plan.GATES_AT: how.gates, Plan.FOUND_AT: found.held, Plan.KEYS_AT: found.hashed.keys,
            Plan.VALUES_AT: found.hashed.values, Plan.FACTORS_AT: found.factors, Plan.PLAIN_AT: how.plain,
            Plan.CHAINS_AT: how.chains, Plan.CHAINED_AT: how.chained,
        }  # fmt: skip
        sizes = {
            Plan.WIDTH: how.width, Plan.MEASURES: how.measures, Plan.BESIDE: how.beside, Plan.REGIMES: len(how.masks),
            Plan.REGIMES_ALL: how.regimes, Plan.DAY_WIDTH: how.on_days.held.shape[1], Plan.DAYS: len(how.on_days.is_held),
            Plan.SUBJECT: len(weighed.subject), Plan.TARGETS: len(how.targets), Plan.CHAINED: len(how.chained), Plan.GATES: len(how.gates),
            Plan.FOUND: found.held.size, Plan.KEYS: len(found.hashed.keys), Plan.COUNT: len(found),
        }  # fmt: skip
        for at, one in addresses.items():
            plan[at] = one.ctypes.data
        for at, size in sizes.items():
            plan[at] = size
        parts = [one.held for one in how.parts]
        parts += [np.full(2 * how.width, -1, np.int64).view(np.uint64)] * (PARTS_MAX - len(parts))  # all may hold
        for place, part in enumerate(parts):
            there = place < len(how.parts)
            plan[[Plan.PARTS_AT + place, Plan.STRIDES_AT + place]] = part.ctypes.data, 2 * how.width if there else 0
            plan[Plan.REGISTERS_AT + place] = registers[place] if there else 0
        self._planned = (addresses, parts)
