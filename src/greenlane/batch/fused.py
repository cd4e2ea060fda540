"""The same look-ups in machine code: a block of rows at a time through all steps, so that nothing in between leaves the cache.

A row that meets something never met before is marked and left to the executor that can work it out. Needs the extra `fast`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import is_
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from greenlane.batch import machine
from greenlane.batch.machine import PARTS_MAX, Plan, Spec
from greenlane.batch.pairs import Ints, Wide
from greenlane.batch.patterns import Filled, Patterns, Weighed, Words
from greenlane.batch.program import DATED, Kind, Program
from greenlane.batch.resolving import Charging, Composing, Deciding, Resolving, Way
from greenlane.batch.scan import Flags, Places, Scan
from greenlane.batch.texts import alike, is_alike

_NOTHING: Ints = np.zeros(1, np.int32)
_ROOM = 1 << 13  # rows that machine code may add in one run
_FOLDED = 4  # rows for each number of a table that is made for a run
_MOVING = (Plan.DAYS_AT, Plan.PLACE_OF_AT, Plan.FOUND_AT, Plan.KEYS_AT, Plan.VALUES_AT)
_FEW = 1 << 10  # rows for which nothing is folded: that takes longer than looking them up
_FRESH = 1 << 14  # pairs put together in one run that are kept where a table has no square


def _where(array: Any) -> int:
    """Where the numbers of an array lie."""
    found: int = array.__array_interface__["data"][0]
    return found


def _are_same(now: Sequence[object], before: Sequence[object]) -> bool:
    """Whether all are the very things that they were before."""
    return len(now) == len(before) and all(map(is_, now, before))


class FastScan(Scan):
    """The same loops in machine code."""

    def take(self, table: Ints, rows: Ints) -> Ints:
        """What `Scan.take` says; of one place throughout one number throughout."""
        if is_alike(rows) and len(rows):
            return alike(int(super().take(table, rows[:1])[0]), len(rows))
        rows, found = np.ascontiguousarray(rows), np.empty(len(rows), np.int32)
        if not machine.take(table, rows, found):
            raise IndexError(f"places from {rows.min()} to {rows.max()} in a table of {len(table)}")
        return found

    def met(self, numbers: Ints) -> Places:
        """What `Scan.met` says."""
        flags = np.zeros(int(numbers.max(initial=-1)) + 1, np.bool_)
        machine.met(np.ascontiguousarray(numbers), flags)
        return np.flatnonzero(flags)

    def positions(self, numbers: Wide, cuts: Wide) -> Ints:
        """What `Scan.positions` says."""
        found: Ints = machine.positions(numbers, cuts)
        return found

    def scaled(self, halves: Wide, factor: int, limit: int) -> Wide | None:
        """What `Scan.scaled` says."""
        found = np.empty(len(halves) // 2, np.int64)
        return found if machine.scaled(halves, factor, limit, found) else None

    def millionths(self, cells: pa.Array) -> tuple[Wide, Flags]:
        """What `Scan.millionths` says."""
        if cells.null_count:
            cells = cells.fill_null("")
        _, offsets, data = cells.buffers()
        found, plain = np.zeros(len(cells), np.int64), np.zeros(len(cells), np.bool_)
        if len(cells) and data is not None:
            starts = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
            machine.parse(starts, np.frombuffer(data, np.uint8), found, plain)
        return found, plain


class Fused:
    """A program in machine code, with the tables as they are at each run."""

    def __init__(self, program: Program, wanted: Sequence[str]) -> None:
        self.program = program
        self.scan: Scan = FastScan()
        self.wanted = tuple(wanted)
        steps = program.steps
        self._steps = np.asarray([(int(one.kind), one.to, one.a, one.b, one.c) for one in steps], np.int32)
        self._guards = np.asarray([-1 if one.guard is None else one.guard for one in steps], np.int32)
        self._outputs = np.asarray([program.names[name] for name in self.wanted], np.int32)
        #: Of each step: where its single table lies, its length; that of pairs, its length and width; keys, their number, values.
        self._tables = np.zeros((len(steps), 8), np.int64)
        self._tables[:, (0, 2, 5, 7)] = _where(_NOTHING)
        self._tabled = [(place, one.singles, one.pairs) for place, one in enumerate(steps)]
        self._resolving = [(place, one) for place, one in enumerate(steps) if one.resolving is not None]
        #: The plan of each step that composes, how it does, the registers of its parts.
        self._composing = [(one.kind - Kind.DECIDE, *one.composing) for one in steps if one.composing is not None]
        self._held: list[tuple[Any, ...]] = [()] * len(steps)
        self._specs = np.zeros((len(steps), len(Spec)), np.int64)
        self._told: list[Any] = [()] * len(steps)  # what the addresses in them are of, held so that it stays where it is
        self._plans = np.zeros((2, machine.SIZE), np.int64)  # of verdicts, of duties
        #: By kind of plan what may lie elsewhere another time, and what stays.
        self._planned: dict[type[Composing], tuple[tuple[Any, ...], object]] = {}
        self._fresh = np.zeros((_FRESH, 3), np.int64)
        self._wide = 1
        self.unmet: Places = np.zeros(0, np.int64)  # the steps, by place, that met something new in the last run

    def run(
        self, inputs: Mapping[str, Ints], count: int, but: npt.NDArray[np.bool_] | None = None
    ) -> tuple[dict[str, Ints], npt.NDArray[np.bool_]]:
        """The wanted registers of rows, and which rows meet something new or are not asked for (theirs say nothing)."""
        self._look_again()
        given = [inputs[name] for name in self.program.inputs]
        alike = {place: int(one[0]) for place, one in enumerate(given) if count and is_alike(one)}
        given = [one if place in alike else np.ascontiguousarray(one) for place, one in enumerate(given)]
        where = np.asarray([0 if place in alike else _where(one) for place, one in enumerate(given)], np.int64)
        constants = np.asarray([alike.get(place, 0) for place in range(len(given))], np.int32)
        out = np.empty((len(self.wanted), count), np.int32)
        missed = np.zeros(count, np.uint8) if but is None else but.astype(np.uint8)
        size, fresh = len(self.program.names), self._fresh
        unmet = np.zeros(len(self._steps), np.bool_)
        steps, singles, held = self._folded(alike, count)
        tables = (steps, self._guards, singles, self._specs, self._plans)
        noted = machine.run(*tables, self._wide, fresh, where, constants, self._outputs, out, missed, unmet, size)
        for place, one in self._resolving:
            assert one.resolving is not None
            one.resolving.found.added(int(self._specs[place, Spec.COUNT]))
        for place, how, _ in self._composing:
            how.found.added(int(self._plans[place, Plan.COUNT]))
        for step in np.unique(fresh[:noted, 0]).tolist() if noted else ():
            pairs, mine = self.program.steps[step].pairs, fresh[:noted][fresh[:noted, 0] == step]
            assert pairs is not None
            keys, first = np.unique(mine[:, 1], return_index=True)
            pairs.hashed.put(keys, mine[first, 2].astype(np.int32))
        self.unmet = np.flatnonzero(unmet)
        del held  # until here it lay where machine code looked for it
        return dict(zip(self.wanted, out, strict=True)), missed.view(np.bool_)

    def number(self, rows: Words, known: Patterns) -> Ints:
        """What `patterns.Hand` says."""
        hashed, held = known.hashed, known.held
        found, count = machine.number(
            np.ascontiguousarray(rows), known.factors, held.ravel(), len(known), hashed.keys, hashed.values
        )
        known.added(count)
        return found  # type: ignore[no-any-return]

    def less(self, may: Words, does: Words, weighed: Weighed) -> tuple[Words, Words]:
        """What `LawBits.less` says, in machine code."""
        found: tuple[Words, Words] = machine.less(
            np.ascontiguousarray(may),
            np.ascontiguousarray(does),
            (weighed.measures, weighed.subject, weighed.lifts, weighed.beside),
        )
        return found

    def _folded(self, alike: Mapping[int, int], count: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64], list[Ints]]:
        """Steps and tables, shorter where inputs are one number on all rows: a pair with it is a look-up, one after another is one.

        `alike` holds these numbers by register. Also returns the tables that were made for it.
        """
        if count <= _FEW:
            return self._steps, self._tables, []
        steps, tables = self._steps.copy(), self._tables.copy()
        folded: dict[int, tuple[int, int, Ints]] = {}  # register -> step, the register from which it is looked up, where
        for place, step in enumerate(self.program.steps):
            told = None
            if step.guard is not None or step.resolving is not None:
                continue
            if step.kind is Kind.JOIN and step.b in alike and step.pairs is not None and step.pairs.table is not None:
                square, number = step.pairs.table, alike[step.b]
                if step.a not in alike and 0 <= number < square.shape[1] and _FOLDED * len(square) < count:
                    told = np.ascontiguousarray(square[:, number])
            elif step.kind in (Kind.LOOK, Kind.DATED) and step.a in folded and step.singles is not None:
                told = step.singles.table
            if told is None or not len(told) or (step.kind is Kind.DATED and told.min() == DATED):
                continue
            base = step.a
            if base in folded:
                _, base, before = folded[base]
                table, told = told, np.empty(len(before), np.int32)
                machine.look(told, before, table, len(before))
            folded[step.to] = place, base, told
            steps[place] = Kind.LOOK, step.to, base, base, base
            tables[place, :2] = _where(told), len(told)
        places = {place for place, _, _ in folded.values()}
        needed = {int(one) for one in self._outputs}
        for place, step in enumerate(self.program.steps):
            if place not in places:
                needed |= {step.a, step.b, step.c, *(() if step.composing is None else step.composing[1])}
            if step.guard is not None:
                needed.add(step.guard)
        for register, (place, _, _) in folded.items():
            if register not in needed:
                steps[place, 0] = machine.PASSED
        return steps, tables, [told for _, _, told in folded.values()]

    def _look_again(self) -> None:
        """Take up tables that were made anew since the last run; what is filled in place is seen as it is."""
        for place, step in self._resolving:
            assert step.resolving is not None
            assert step.pairs is not None
            self._specify(place, step.resolving)
            step.pairs.make_room(len(step.resolving.one) - 1, len(step.resolving.other) - 1)
        for place, how, registers in self._composing:
            self._plan(self._plans[place], how, registers)
        for place, singles, pairs in self._tabled:
            single = None if singles is None else singles.table
            table = keys = values = None
            if pairs is not None:
                table, keys, values = pairs.table, pairs.hashed.keys, pairs.hashed.values
            now = (single, table, keys, values)  # held, so that they stay where they are
            if _are_same(now, self._held[place]):
                continue
            self._held[place] = now
            told = self._tables[place]
            if single is not None:
                told[:2] = _where(single), len(single)
            if table is not None:
                told[2:5] = _where(table), table.size, table.shape[1]
            elif keys is not None and values is not None:
                told[4:8] = 0, _where(keys), len(keys), _where(values)

    def _specify(self, place: int, how: Resolving) -> None:
        """Say where all lies that is needed to put a pair together."""
        spec, weighed, found = self._specs[place], how.weighed, how.found
        if how.way is Way.COMMON:
            found.make_room(_ROOM)
        spec[Spec.COUNT] = len(found)
        numbers = _NOTHING if how.number_of is None else how.number_of()
        place_of = how.other.place_of if isinstance(how.other, Filled) else _NOTHING
        now = (how.one.held, how.other.held, place_of, found.held, found.hashed.keys, found.hashed.values, numbers)
        if len(self._told[place]) and _are_same(now, self._told[place][0]):
            return
        extra = np.asarray([*how.regimes, *(one for gate in how.gates for one in gate)], np.int64)
        rules = weighed.beside if how.rules is None else how.rules
        self._told[place] = (now, extra, rules, how)
        widths = (how.one.width, how.other.held.shape[1], found.width)
        spec[[Spec.WAY, Spec.WIDTH, Spec.WIDE_ONE, Spec.WIDE_OTHER, Spec.WIDE_FOUND, Spec.FIRST]] = (
            how.way,
            how.width,
            *widths,
            how.first_beside,
        )
        alone: dict[int, Any] = {
            Spec.ONE_AT: how.one.held,
            Spec.OTHER_AT: how.other.held,
            Spec.VALUES_AT: found.hashed.values,
            Spec.FACTORS_AT: found.factors,
        }
        alone |= {Spec.MEASURES_AT: weighed.measures, Spec.BESIDE_AT: weighed.beside, Spec.RULES_AT: rules}
        for at, one in alone.items():
            spec[at] = _where(one)
        counted: dict[int, Any] = {
            Spec.PLACE_OF_AT: place_of,
            Spec.KEYS_AT: found.hashed.keys,
            Spec.NUMBERS_AT: numbers,
            Spec.SUBJECT_AT: weighed.subject,
        }
        for at, many in (counted | {Spec.LIFTS_AT: weighed.lifts, Spec.EXTRA_AT: extra}).items():
            spec[[at, at + 1]] = _where(many), len(many)
        spec[[Spec.FOUND_AT, Spec.FOUND]] = _where(found.held), found.held.size
        if how.number_of is None:
            spec[Spec.NUMBERS] = -1
        self._wide = max(self._wide, found.width, how.width)

    def _plan(self, plan: npt.NDArray[np.int64], how: Composing, registers: Sequence[int]) -> None:
        """Say where all lies that is needed to compose what rows come to."""
        found, days = how.found, how.on_days
        found.make_room(_ROOM)
        plan[Plan.COUNT] = len(found)
        parts = [(one.held, digest.fresh()) for one, digest in zip(how.parts, how.digests, strict=True)]
        hashed = found.hashed
        now = (days.held, days.place_of, found.held, hashed.keys, hashed.values, *(one for part in parts for one in part))
        before = self._planned.get(type(how))
        if before is None:
            fixed = self._plan_for_good(plan, how, registers, parts[0][1].shape[1])
        elif _are_same(now, before[0]):
            return
        else:
            _, fixed = before
        self._planned[type(how)] = now, fixed
        for at, one in zip(_MOVING, now, strict=False):
            plan[at] = _where(one)
        plan[[Plan.DAYS, Plan.FOUND, Plan.KEYS]] = len(days.place_of), found.held.size, len(hashed.keys)
        if isinstance(how, Charging):
            plan[Plan.ALONE] = 64 * len(days.held) + 1 if how.few else 0
        for place, (part, digests) in enumerate(parts):
            plan[Plan.PARTS_AT + place], plan[Plan.DIGESTS_AT + place] = _where(part), _where(digests)

    def _plan_for_good(self, plan: npt.NDArray[np.int64], how: Composing, registers: Sequence[int], digest: int) -> object:
        """Say all of it that stays as it is: returns what the addresses are of, which must be held."""
        lifting = how.lifting
        tables: dict[Plan, Any] = {
            Plan.WORDS_AT: how.blocks.words, Plan.HERE_AT: how.blocks.masks,
            Plan.STARTS_AT: lifting.starts, Plan.TARGETS_AT: lifting.targets, Plan.CHAINS_AT: lifting.chains,
            Plan.CHAINED_AT: lifting.chained, Plan.FACTORS_AT: how.found.factors,
        }  # fmt: skip
        sizes = {
            Plan.WIDTH: how.width, Plan.MEASURES: how.measures, Plan.DAY_WIDTH: how.on_days.held.shape[1],
            Plan.TARGETS: len(lifting.targets), Plan.CHAINED: len(lifting.chained), Plan.ACROSS: how.blocks.across,
            Plan.DIGEST: (8 * digest).bit_length() - 1,
        }  # fmt: skip
        if isinstance(how, Deciding):
            tables |= {
                Plan.DOUBTFUL_AT: how.doubtful, Plan.EFFECTS_AT: how.effects, Plan.REGIME_OF_AT: how.regime_of,
                Plan.LEAVES_AT: how.leaves, Plan.MASKS_AT: how.masks, Plan.ASKED_AT: how.asked, Plan.GATES_AT: how.gates,
                Plan.PLAIN_AT: how.plain, Plan.SUBJECT_AT: how.subject, Plan.SUBJECTED_AT: how.subjected,
            }  # fmt: skip
            sizes |= {
                Plan.BESIDE: how.beside, Plan.REGIMES: len(how.masks), Plan.REGIMES_ALL: how.regimes,
                Plan.GATES: len(how.gates), Plan.SUBJECT: len(how.subject),
            }  # fmt: skip
        if isinstance(how, Charging):
            tables |= {Plan.LAYER_OF_AT: how.layer_of, Plan.LIFTS_AT: how.lifts, Plan.RATES_AT: how.rates}
            sizes |= {Plan.BESIDE: len(how.blocks.measures), Plan.LAYERS: how.layers}
        for at, one in tables.items():
            plan[at] = _where(one)
        for at, size in sizes.items():
            plan[at] = size
        all_ = np.full(2 * how.width + digest, -1, np.int64).view(np.uint64)
        for place in range(PARTS_MAX):  # where there are fewer, all is left by the others
            plan[Plan.PARTS_AT + place] = plan[Plan.DIGESTS_AT + place] = _where(all_)
            plan[Plan.REGISTERS_AT + place] = registers[place] if place < len(how.parts) else len(self.program.names)
        return tables, all_
