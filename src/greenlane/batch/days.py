"""Into which span of time does a day fall, and by which law is it judged: classes of days and of knowledge.

Between two days on which anything of the base changes, one day is like another. Instants are told apart by instants.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeVar

from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked, Bound, Moment

T = TypeVar("T", date, datetime)
_SKIPPED = frozenset({"conditions", "sources", "source", "cases", "hashes"})
_DAY = timedelta(days=1)


def all_bounds(rules: RuleBase) -> frozenset[Bound]:
    """Every day and instant that the law names anywhere, of what is in force and of what is known."""
    found: set[Bound] = set()
    seen: set[int] = set()
    stack: list[object] = [
        *rules.measures.values(), *rules.lifts.values(), *rules.acts.values(), *rules.groups.values(), *rules.regimes.values(),
        *rules.letters.values(), *rules.lists.values(),
    ]  # fmt: skip
    while stack:
        value = stack.pop()
        if isinstance(value, Bound):
            found.add(value)
        elif isinstance(value, tuple | list | frozenset):
            stack.extend(value)
        elif isinstance(value, Mapping):
            stack.extend(value.values())
        elif is_dataclass(value) and id(value) not in seen:
            seen.add(id(value))
            stack.extend(getattr(value, one.name) for one in fields(value) if one.name not in _SKIPPED)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Span:
    """A class of days as known by a class of days: one day of it, how it was known, and the moments that must be judged."""

    on: Asked
    known_by: Asked
    moments: tuple[Moment, ...]

    @property
    def changes_within(self) -> bool:
        """Whether something changes in the course of the day."""
        return len(self.moments) > 1


class Days:
    """The classes of the days of a base."""

    def __init__(self, rules: RuleBase) -> None:
        self._changes: set[Bound] = set()
        self._through = {regime.known_through.day + _DAY for regime in rules.regimes.values()}
        self._spans: list[Span] = []
        self._numbers: dict[tuple[object, object], int] = {}  # by the days of change around: classes that are not cut keep theirs
        self._parts: dict[int, tuple[int, ...]] = {}
        self._watched: dict[tuple[datetime, datetime], int] = {}  # bounds by the place of their bit
        self._bounds: list[Bound] = []
        self._come: list[tuple[int, int, int]] = []  # by span: how many bounds were asked, those that have come, those known
        self._class_anew(all_bounds(rules))

    def add(self, bounds: Iterable[Bound]) -> bool:
        """Take in days of change; returns whether one is new. Days are classed anew then; classes that are not cut keep theirs."""
        new = set(bounds) - self._changes
        if new:
            self._class_anew(new)
        return bool(new)

    def _class_anew(self, new: Iterable[Bound]) -> None:
        self._changes.update(new)
        clocks: dict[date, set[time]] = {}
        for bound in self._changes:
            for local in bound.changes:
                clocks.setdefault(local.date(), {time()}).add(local.time())
        self._days = sorted({*clocks, *self._through})
        self._clocks = {day: tuple(sorted(times)) for day, times in clocks.items() if len(times) > 1}
        ends = (datetime.combine(day, time(), UTC) for day in self._through)
        self._instants = sorted({*(bound.utc for bound in self._changes), *ends})
        self._known = sorted({*(bound.day for bound in self._changes), *self._through})
        self._of: dict[tuple[str, str], int] = {}

    def span(self, on: Asked, known_by: Asked) -> int:
        """The number of the class of a day as known by another."""
        key = (on.text, known_by.text)
        found = self._of.get(key)
        if found is None:
            number = self._numbers.setdefault((self._day_class(on), self._known_class(known_by)), len(self._spans))
            if number == len(self._spans):
                self._spans.append(Span(on, known_by, tuple(self._moments(on))))
            found = self._of[key] = number
        return found

    def __len__(self) -> int:
        return len(self._spans)

    def at(self, number: int) -> Span:
        """A class by its number."""
        return self._spans[number]

    def watch(self, bounds: Iterable[Bound]) -> int:
        """The bits of some bounds among those that `come` tells of."""
        found = 0
        for bound in bounds:
            place = self._watched.setdefault((bound.local, bound.utc), len(self._watched))
            if place == len(self._bounds):
                self._bounds.append(bound)
            found |= 1 << place
        return found

    def come(self, number: int) -> tuple[int, int]:
        """Of the bounds that are watched, those that have come by the first moment of a class, and those that are known by then."""
        self._come += [(0, 0, 0)] * (number + 1 - len(self._come))
        count, come, known = self._come[number]
        if count < len(self._bounds):
            one = self.at(number)
            for place in range(count, len(self._bounds)):
                bound = self._bounds[place]
                come |= one.moments[0].reached(bound) << place
                known |= one.known_by.knows(bound) << place
            self._come[number] = len(self._bounds), come, known
        return come, known

    def parts(self, number: int) -> tuple[int, ...]:
        """The moments of the day of a class, each as a class of its own."""
        found = self._parts.get(number)
        if found is None:
            one = self._spans[number]
            self._spans += [Span(one.on, one.known_by, (moment,)) for moment in one.moments]
            found = self._parts[number] = tuple(range(len(self._spans) - len(one.moments), len(self._spans)))
        return found

    def _day_class(self, on: Asked) -> object:
        if on.day is not None:
            return "day", _around(self._days, on.day), self._clocks.get(on.day)
        assert on.instant is not None
        return "instant", _around(self._instants, on.instant.astimezone(UTC))

    def _known_class(self, known_by: Asked) -> object:
        day = _around(self._known, known_by.calendar_day)
        if known_by.instant is None:
            return "day", day
        return "instant", day, _around(self._instants, known_by.instant.astimezone(UTC))

    def _moments(self, on: Asked) -> Iterator[Moment]:
        if on.instant is not None:
            yield Moment.of_instant(on.instant)
            return
        assert on.day is not None
        for clock in self._clocks.get(on.day, (time(),)):
            yield Moment.of_day(on.day, clock)


def _around(days: Sequence[T], one: T) -> tuple[T | None, T | None]:
    """The last of some days in order that has come by another, and the first that has not."""
    place = bisect_right(days, one)
    return days[place - 1] if place else None, days[place] if place < len(days) else None


@lru_cache(maxsize=1 << 16)
def asked(text: str) -> Asked:
    """A day or instant that was read before."""
    return Asked.read(text)
