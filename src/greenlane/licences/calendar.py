"""Is this a working day of an authority, and which day is the 45th? Counting on calendars that were published, and on no others.

A year that is not held is not guessed at: whatever needs it raises `UsageError` GL0731, which names the years that are held. Days
are those of the authority's zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from greenlane.errors import UsageError
from greenlane.terms.sources import Source, Standing

COUNT_MAX: Final = 2_000
ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year as published: which days are off beside the weekends, and which weekend days are worked."""

    year: int
    standing: Standing
    off: frozenset[date]
    worked: frozenset[date]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The working days of one authority."""

    id: str
    title: str
    zone: str
    weekend: frozenset[int]  # as `date.weekday` counts: Monday is 0
    years: Mapping[int, Year]
    reading: str

    def works(self, day: date) -> bool:
        """Whether the authority works on a day. Raises UsageError GL0731 for a year that is not held."""
        year = self.years.get(day.year)
        if year is None:
            held = ", ".join(map(str, sorted(self.years)))
            message = f"the working days of {self.title} in {day.year} are not held"
            raise UsageError("GL0731", message, hint=f"held: {held}; nothing is computed beyond them")
        return day in year.worked or (day.weekday() not in self.weekend and day not in year.off)

    def standing(self, first: date, last: date) -> Standing:
        """How surely the days between two days are known: as the least sure of the years that they lie in."""
        found = {year.standing for number, year in self.years.items() if first.year <= number <= last.year}
        return max(found, key=list(Standing).index) if found else Standing.UNVERIFIED

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after a day, which itself is not counted; for 0 the day itself."""
        _check(count)
        while count:
            day += ONE
            count -= self.works(day)
        return day

    def before(self, day: date, count: int) -> date:
        """The last day of which the `count`-th working day after it is not later than `day`."""
        _check(count)
        start = day
        while count:
            count -= self.works(start)
            start -= ONE
        return start

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` and not after `end`."""
        if (end - start).days > 10 * COUNT_MAX:
            raise UsageError("GL0731", f"from {start} to {end} is more than is counted here")
        return sum(self.works(start + n * ONE) for n in range(1, (end - start).days + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long the law gives an authority to decide."""

    id: str
    authority: str
    title: str
    days: int
    counts: str  # working, calendar
    starts: str  # accepted, submitted
    standing: Standing
    reading: str
    sources: tuple[Source, ...]

    def end(self, start: date, calendar: Calendar | None) -> date:
        """The last day of a clock that started on a day. Raises UsageError GL0731 where the calendar is not held."""
        if self.counts == "calendar":
            return start + self.days * ONE
        if calendar is None:
            raise UsageError("GL0731", f"no calendar of working days is held for {self.authority}")
        return calendar.after(start, self.days)

    def latest(self, end: date, calendar: Calendar | None) -> date:
        """The last day on which a clock may start so that it ends by a day. Raises UsageError GL0731."""
        if self.counts == "calendar":
            return end - self.days * ONE
        if calendar is None:
            raise UsageError("GL0731", f"no calendar of working days is held for {self.authority}")
        return calendar.before(end, self.days)


def _check(count: int) -> None:
    if not 0 <= count <= COUNT_MAX:
        raise UsageError("GL0731", f"{count} working days are not counted here", hint=f"0 to {COUNT_MAX}")
