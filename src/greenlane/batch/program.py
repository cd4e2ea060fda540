"""The way from classes to answers as a list of look-ups, which rows of any number can be led along.

Each step makes one register of others: a table for one class, a table for a pair, or a plain choice. Two executors lead rows along
it: this one step by step with NumPy, which works out what was never met; `fused` block by block in machine code, which leaves rows
that meet something new to this one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np

from greenlane.batch.pairs import Ahead, Fill, Ints, Pairs, Singles
from greenlane.batch.resolving import Composing, Resolving

DATED: Final = -2  # of a class whose table follows the days: see the pair of it and the day
_AROUND_MAX: Final = 1 << 8  # shorter programs that are kept at once
OPEN: Final = -2  # of what is left that does not settle a line


class Kind(IntEnum):
    """What a step does with registers a, b (and c)."""

    LOOK = 0  # singles[a]
    JOIN = 1  # pairs[a, b]
    DATED = 2  # singles[a], or pairs[a, b] where that is DATED
    GATED = 3  # pairs[a, b] where a is not 0, else 0
    KEEP = 4  # b where a is not 0, else 0
    OPENED = 5  # b + 1 where a is OPEN, else 0
    FOLLOWED = 6  # b + 1 where a or c is not 0, else 0
    DECIDE = 7  # the outcome of what `composing` puts together, on the days of a: in machine code only
    CHARGE = 8  # the duties of it, where b is not 0; the same


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the register it makes, those it looks at, its tables."""

    kind: Kind
    to: int
    a: int
    b: int = 0
    c: int = 0
    singles: Singles | None = None
    pairs: Pairs | None = None
    fill: Fill | None = None
    ahead: Ahead | None = None
    resolving: Resolving | None = None  # how machine code can put a pair together by itself
    composing: tuple[Composing, tuple[int, ...]] | None = None  # and the registers of its parts
    guard: int | None = None  # a register: for a row where it is 0, the step makes 0, whatever its tables say
    memory: dict[int, int] = field(default_factory=dict)  # what single lines came to here


@dataclass(slots=True)
class Program:
    """Steps and the names of registers; `inputs` are given with the rows."""

    inputs: tuple[str, ...]
    names: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    guard: str = ""  # of the steps that are added
    _around: dict[tuple[int, ...], Program] = field(default_factory=dict, init=False)  # what `around` found

    def __post_init__(self) -> None:
        for name in self.inputs:
            self.register(name)

    def register(self, name: str) -> int:
        """The register of that name, a new one if it is new."""
        return self.names.setdefault(name, len(self.names))

    def add(
        self,
        kind: Kind,
        to: str,
        a: str,
        b: str = "",
        c: str = "",
        *,
        singles: Singles | None = None,
        pairs: Pairs | None = None,
        fill: Fill | None = None,
        ahead: Ahead | None = None,
        resolving: Resolving | None = None,
    ) -> str:
        """Add a step; returns the name of what it makes."""
        if to in self.names:
            raise ValueError(f"`{to}` is another register already")
        one, other, third = (self.names[name] if name else 0 for name in (a, b, c))
        guard = self.names[self.guard] if self.guard else None
        made = self.register(to)
        step = Step(kind, made, one, other, third, singles, pairs, fill, ahead, resolving, guard=guard)
        self.steps.append(step)
        return to

    def leading_to(self, wanted: Sequence[str]) -> Program:
        """The steps alone that lead to some registers, on the same tables."""
        needed = {self.names[name] for name in wanted}
        steps: list[Step] = []
        for step in reversed(self.steps):
            if step.to in needed:
                steps.append(step)
                needed |= {step.a, step.b, step.c, step.to if step.guard is None else step.guard}
        return Program(self.inputs, dict(self.names), steps[::-1])

    def around(self, met: Sequence[int]) -> Program:
        """The steps alone that are changed by what some of them (by place) come to anew, and all that lead to these."""
        found = self._around.get(tuple(met))
        if found is None:
            names, changed = [*self.names], {self.steps[place].to for place in met}
            for step in self.steps:
                if changed.intersection((step.a, step.b, step.c, step.to if step.guard is None else step.guard)):
                    changed.add(step.to)
            if len(self._around) >= _AROUND_MAX:
                self._around.clear()
            found = self._around[tuple(met)] = self.leading_to([names[register] for register in changed])
        return found

    def compose(self, kind: Kind, to: str, a: str, b: str, composing: Composing, parts: Sequence[str]) -> None:
        """Add a step that puts registers together as rows of words."""
        one, other = self.names[a], self.names[b]
        made = self.register(to)
        places = tuple(self.names[name] for name in parts)
        self.steps.append(Step(kind, made, one, other, one, composing=(composing, places)))

    def run(self, inputs: Mapping[str, Ints], registers: dict[str, Ints]) -> None:
        """Lead rows along all steps, working out what was never met; every register is put down as it is made."""
        made: dict[int, Ints] = {self.names[name]: inputs[name] for name in self.inputs}
        registers.update((name, inputs[name]) for name in self.inputs)
        name_of = {place: name for name, place in self.names.items()}
        for step in self.steps:
            if step.guard is not None and not made[step.guard].any():
                told = np.zeros(len(made[step.guard]), np.int32)
            else:
                told = _DO[step.kind](step, made)
                if step.guard is not None:
                    told[made[step.guard] == 0] = 0
            made[step.to] = registers[name_of[step.to]] = told

    def lead(self, inputs: Mapping[str, int]) -> list[int] | None:
        """Lead one line along all steps by what was met before; None where it meets something new. Returns every register."""
        made = [0] * len(self.names)
        for place, name in enumerate(self.inputs):
            made[place] = inputs[name]
        for step in self.steps:
            kind, a = step.kind, made[step.a]
            if step.guard is not None and not made[step.guard]:
                continue
            if kind is Kind.KEEP:
                made[step.to] = made[step.b] if a else 0
            elif kind is Kind.OPENED:
                made[step.to] = made[step.b] + 1 if a == OPEN else 0
            elif kind is Kind.FOLLOWED:
                made[step.to] = made[step.b] + 1 if a or made[step.c] else 0
            elif kind is not Kind.GATED or a:
                found = step.memory.get(a if kind is Kind.LOOK else a << 32 | made[step.b])
                if found is None:
                    return None
                made[step.to] = found
        return made

    def learn(self, registers: Mapping[str, Ints]) -> None:
        """Remember for single lines what rows came to."""
        columns = [registers[name].tolist() for name in self.names]
        for step in self.steps:
            if step.kind in (Kind.KEEP, Kind.OPENED, Kind.FOLLOWED):
                continue
            pairs = zip(columns[step.a], columns[step.a if step.kind is Kind.LOOK else step.b], columns[step.to], strict=True)
            led = [True] * len(columns[step.a]) if step.guard is None else columns[step.guard]
            for (a, b, made), guard in zip(pairs, led, strict=True):
                if guard:  # else the step was passed over
                    step.memory[a if step.kind is Kind.LOOK else a << 32 | b] = made


def _look(step: Step, registers: Mapping[int, Ints]) -> Ints:
    assert step.singles is not None
    assert step.fill is not None
    return step.singles.many(registers[step.a], step.fill, step.ahead)


def _join(step: Step, registers: Mapping[int, Ints]) -> Ints:
    assert step.pairs is not None
    return step.pairs.many(registers[step.a], registers[step.b])


def _dated(step: Step, registers: Mapping[int, Ints]) -> Ints:
    found = _look(step, registers)
    if found.min(initial=0) == DATED:
        assert step.pairs is not None
        here = np.flatnonzero(found == DATED)
        found[here] = step.pairs.many(registers[step.a][here], registers[step.b][here])
    return found


def _gated(step: Step, registers: Mapping[int, Ints]) -> Ints:
    assert step.pairs is not None
    here = np.flatnonzero(registers[step.a])
    found = np.zeros(len(registers[step.a]), np.int32)
    found[here] = step.pairs.many(registers[step.a][here], registers[step.b][here])
    return found


def _keep(step: Step, registers: Mapping[int, Ints]) -> Ints:
    return np.where(registers[step.a] != 0, registers[step.b], np.int32(0))


def _opened(step: Step, registers: Mapping[int, Ints]) -> Ints:
    return np.where(registers[step.a] == OPEN, registers[step.b] + np.int32(1), np.int32(0))


def _followed(step: Step, registers: Mapping[int, Ints]) -> Ints:
    follows = (registers[step.a] != 0) | (registers[step.c] != 0)
    return np.where(follows, registers[step.b] + np.int32(1), np.int32(0))


_DO: Final[dict[Kind, Callable[[Step, Mapping[int, Ints]], Ints]]] = {
    Kind.LOOK: _look,
    Kind.JOIN: _join,
    Kind.DATED: _dated,
    Kind.GATED: _gated,
    Kind.KEEP: _keep,
    Kind.OPENED: _opened,
    Kind.FOLLOWED: _followed,
}
