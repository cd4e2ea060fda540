"""Days, instants and half-open periods, in the zone of the authority that set them.

A bound is a whole day in its authority's zone, or an instant where the act gives an hour. A question is asked
for an instant, or for a day and a time of that day; a day is the authority's own day (Beijing law on Beijing
days, US law on Eastern days), because that is how the acts count.

Acts that begin at 12:01 a.m. mean "from the start of that day": for a question with a day only, a bound within
the first minute counts as the whole day; for an instant it is exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

T = TypeVar("T")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})\Z")
_FIRST_MINUTE = time(0, 1)
_MIDNIGHT = time(0, 0)


def read_day(text: str) -> date:
    """Read `2025-04-04`. Raises ValueError for anything else, also for days that do not exist."""
    if not _DAY.match(text):
        raise ValueError(f"`{text}` is not a day like 2025-04-04")
    return date.fromisoformat(text)


def read_instant(text: str) -> datetime:
    """Read `2025-04-10T12:01+08:00`: minutes or seconds, with an offset. Raises ValueError otherwise."""
    if not _INSTANT.match(text):
        raise ValueError(f"`{text}` is not an instant like 2025-04-10T12:01+08:00")
    return datetime.fromisoformat(text)


@lru_cache(maxsize=64)
def read_zone(name: str) -> ZoneInfo:
    """Read an IANA zone name. Raises ValueError if there is none of that name."""
    if not re.fullmatch(r"[A-Za-z]+(/[A-Za-z_+\-0-9]+){0,2}", name):
        raise ValueError(f"`{name}` is not the name of a time zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(f"`{name}` is not the name of a time zone") from error


@dataclass(frozen=True)
class Bound:
    """One edge of a period: a whole day in `zone`, or an instant."""

    text: str
    local: datetime  # naive, in the authority's zone
    utc: datetime

    @classmethod
    def read(cls, text: str, zone: ZoneInfo) -> Bound:
        """Read a day (its first moment in `zone`) or an instant. Raises ValueError."""
        return _read_bound(text, zone)

    @classmethod
    def _read(cls, text: str, zone: ZoneInfo) -> Bound:
        if _DAY.match(text):
            local = datetime.combine(read_day(text), _MIDNIGHT)
            return cls(text, local, local.replace(tzinfo=zone).astimezone(UTC))
        instant = read_instant(text)
        return cls(text, instant.astimezone(zone).replace(tzinfo=None), instant.astimezone(UTC))

    @cached_property
    def as_day(self) -> datetime:
        """The local time used for questions with a day only: the first minute counts as the whole day."""
        if self.local.time() <= _FIRST_MINUTE:
            return datetime.combine(self.local.date(), _MIDNIGHT)
        return self.local

    @cached_property
    def changes(self) -> tuple[datetime, ...]:
        """The local times that must be asked about, since something may change there: the day, the hour, the day after."""
        start = datetime.combine(self.local.date(), _MIDNIGHT)
        return (start, self.as_day) if self.as_day == start else (start, self.as_day, start + timedelta(days=1))

    @property
    def day(self) -> date:
        """The authority's day on which the bound lies."""
        return self.local.date()

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: Bound) -> bool:
        return self.utc < other.utc


@lru_cache(maxsize=4096)  # the same few days stand in thousands of rows
def _read_bound(text: str, zone: ZoneInfo) -> Bound:
    return Bound._read(text, zone)


@dataclass(frozen=True, slots=True)
class Moment:
    """The time a question is asked for: an instant, or a time of the authority's day."""

    instant: datetime | None
    local: datetime | None

    @classmethod
    def of_instant(cls, instant: datetime) -> Moment:
        """An exact instant (with offset)."""
        return cls(instant.astimezone(UTC), None)

    @classmethod
    def of_day(cls, day: date, clock: time = _MIDNIGHT) -> Moment:
        """A time of the day in each authority's own zone."""
        return cls(None, datetime.combine(day, clock))

    def reached(self, bound: Bound) -> bool:
        """Whether the bound has come."""
        if self.instant is not None:
            return self.instant >= bound.utc
        assert self.local is not None
        return self.local >= bound.as_day


Span = list["datetime | None"]  # the last bound that had come, and the first that had not (None: there was none)
Kept = tuple[T, "datetime | None", "datetime | None"]  # what was found, and the span in which it stays so


class Watch(Moment):
    """A moment that notes which bounds it was asked about: between them, whatever was found stays so.

    So that what was found once need not be found again for another moment of the same question (days with days, or
    instants with instants). `begin` and `end` enclose one finding; they may be nested.
    """

    __slots__ = ("_now", "_spans")
    _now: datetime
    _spans: list[Span]

    def __init__(self, moment: Moment) -> None:
        now = moment.local if moment.instant is None else moment.instant
        assert now is not None
        for name, value in (("instant", moment.instant), ("local", moment.local), ("_now", now), ("_spans", [[None, None]])):
            object.__setattr__(self, name, value)

    def reached(self, bound: Bound) -> bool:
        """Whether the bound has come."""
        edge = bound.as_day if self.instant is None else bound.utc
        span = self._spans[-1]
        if self._now >= edge:
            if span[0] is None or edge > span[0]:
                span[0] = edge
            return True
        if span[1] is None or edge < span[1]:
            span[1] = edge
        return False

    def begin(self) -> None:
        """From here on, note the bounds that one finding depends on."""
        self._spans.append([None, None])

    def end(self, found: T) -> Kept[T]:
        """What was found since the last `begin`, with the span in which it stays so."""
        since, until = self._spans.pop()
        if since is not None or until is not None:
            self._lean_on(since, until)
        return found, since, until

    def recalls(self, kept: Kept[T]) -> bool:
        """Whether what was found at another moment still holds at this one; what is being found now depends on it then."""
        _, since, until = kept
        if since is None and until is None:
            return True
        if (since is not None and self._now < since) or (until is not None and self._now >= until):
            return False
        self._lean_on(since, until)
        return True

    def _lean_on(self, since: datetime | None, until: datetime | None) -> None:
        span = self._spans[-1]
        if since is not None and (span[0] is None or since > span[0]):
            span[0] = since
        if until is not None and (span[1] is None or until < span[1]):
            span[1] = until


@dataclass(frozen=True, slots=True)
class Asked:
    """The day or instant of a question, as given."""

    text: str
    day: date | None
    instant: datetime | None

    @classmethod
    def read(cls, text: str) -> Asked:
        """Read a day or an instant. Raises ValueError."""
        text = text.strip()
        if _DAY.match(text):
            return cls(text, read_day(text), None)
        if "T" not in text:
            raise ValueError(f"`{text}` is not a day like 2025-06-10, nor an instant like 2025-06-10T12:01+08:00")
        return cls(text, None, read_instant(text))

    @classmethod
    def of(cls, value: date) -> Asked:
        """From a date or an aware datetime."""
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError("an instant needs an offset")
            return cls(value.isoformat(timespec="minutes"), None, value)
        return cls(value.isoformat(), value, None)

    @property
    def calendar_day(self) -> date:
        """The day as written (for an instant: in its own offset)."""
        if self.day is not None:
            return self.day
        assert self.instant is not None
        return self.instant.date()

    def moments(self, bounds: frozenset[Bound]) -> tuple[Moment, ...]:
        """The moments that must be judged: one for an instant; for a day its start and each change within it."""
        if self.instant is not None:
            return (Moment.of_instant(self.instant),)
        assert self.day is not None
        clocks = {bound.as_day.time() for bound in bounds if bound.as_day.date() == self.day}
        return tuple(Moment.of_day(self.day, clock) for clock in sorted(clocks | {_MIDNIGHT}))

    def knows(self, bound: Bound) -> bool:
        """As a knowledge date: whether what became public at `bound` may be used (a day counts to its end)."""
        if self.instant is not None:
            return self.instant.astimezone(UTC) >= bound.utc
        assert self.day is not None
        return self.day >= bound.day

    def is_after(self, day: date) -> bool:
        """Whether the question lies after the end of `day`."""
        return self.calendar_day > day


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` (in) to `end` (out); no end means that none is known."""

    start: Bound
    end: Bound | None

    def holds(self, moment: Moment) -> bool:
        """Whether the moment lies in the period."""
        return moment.reached(self.start) and not (self.end is not None and moment.reached(self.end))


def day_before(day: date) -> date:
    """The calendar day before."""
    return day - timedelta(days=1)
