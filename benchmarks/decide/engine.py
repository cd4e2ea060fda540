"""What an engine must give to be compared: something made ready once, that turns lines into answers.

    def prepare(task: Task) -> Ready: ...
    ENGINES = (Engine("name", "what it is", prepare, needs=("its_module",)),)

`Ready.convert` brings lines into the form that the engine takes (timed apart: a user may have them in that form already);
`Ready.decide` decides them; `Ready.read` (not timed) turns what that gives into `Answers`, where it does not give them itself.
A module of `peers/` or `ours.py` with a tuple `ENGINES` is named in `registry.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.decide.flat import FlatLaw, Resolver, flatten
from benchmarks.decide.law import Law
from benchmarks.decide.lines import Lines

NOT_SAID = -1


class Missing(Exception):
    """The engine cannot be run here; the text says why."""


@dataclass(frozen=True)
class Answers:
    """For each line: the verdict, the first of the rules that decide it (-1: none), the duty in hundredths (-1: cannot be said).

    `low` and `high` are the range where facts are missing (None: the verdict itself); `deciding` are all rules that decide.
    """

    verdict: NDArray[np.int64]
    decider: NDArray[np.int64]
    duty: NDArray[np.int64]
    low: NDArray[np.int64] | None = None
    high: NDArray[np.int64] | None = None
    deciding: Sequence[tuple[int, ...]] | None = None

    @classmethod
    def of(cls, answers: Iterable[tuple[int, tuple[int, ...], int]]) -> Answers:
        """From verdict, deciding rules and duty, line by line."""
        rows = list(answers)
        deciding = [row[1] for row in rows]
        return cls(
            verdict=np.asarray([row[0] for row in rows], dtype=np.int64),
            decider=np.asarray([one[0] if one else -1 for one in deciding], dtype=np.int64),
            duty=np.asarray([row[2] for row in rows], dtype=np.int64),
            deciding=deciding,
        )


@dataclass(frozen=True)
class Task:
    """The law in every form, and the question: as known by one day, or (None) each line by its own."""

    law: Law
    folder: Path  # the law as a rule base of greenlane
    known_by: int | None
    threads: int

    @cached_property
    def flat(self) -> FlatLaw:
        """The law as products."""
        return flatten(self.law)

    @cached_property
    def resolver(self) -> Resolver:
        """From matched products to answers."""
        return Resolver(self.flat.flats)


@dataclass(frozen=True)
class Ready:
    """An engine with the law in it: `convert` (timed apart), `decide` (timed), `read` (not timed: what is compared)."""

    decide: Callable[[Any], Any]
    convert: Callable[[Lines], Any] = lambda lines: lines
    read: Callable[[Any], Answers] = lambda found: found


@dataclass(frozen=True)
class Engine:
    """An engine by name; `needs` are modules, `peer` whether it lives in the environment of the other engines."""

    name: str
    title: str
    prepare: Callable[[Task], Ready]
    needs: tuple[str, ...] = ()
    peer: bool = True
    lacking: bool = False  # whether it answers lines that lack facts
    first: int = 64  # lines of the first call
    most: int = 65_536  # lines of one call at most
