"""Which days does a notice print, and which of them is the day it was published, or begins to hold?

Nothing is guessed: a day counts as the beginning only where the words beside it say so, and two different beginnings are
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join([*_MONTHS, *(month[:3] + r"\.?" for month in _MONTHS if month != "May"), r"Sept\.?"])
_CHINESE = re.compile(r"(?<!\d)(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_FAULTY = re.compile(r"(?<![0-9A-Za-z])[0-9OolI|SB]{4}\s*年\s*[0-9OolI|SB]{1,2}\s*月\s*[0-9OolI|SB]{1,2}\s*日")
_AMERICAN = re.compile(rf"\b({_MONTH})\s+(\d{{1,2}}),\s+(\d{{4}})\b")
_BRITISH = re.compile(rf"\b(\d{{1,2}})\s+({_MONTH})\s+(\d{{4}})\b")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class FoundDay:
    """A day in a text; without a `day` it is faulty. `text` is the bound as rule files write it (an instant with an hour)."""

    start: int
    end: int
    day: date | None
    text: str = ""


def days(text: str) -> tuple[FoundDay, ...]:
    """Every day that a narrow text prints, in order."""
    found = list(_days(text))
    taken = {(one.start, one.end) for one in found}
    found += [FoundDay(one.start(), one.end(), None) for one in _FAULTY.finditer(text) if (one.start(), one.end()) not in taken]
    return tuple(sorted(found, key=lambda one: one.start))


def _days(text: str) -> Iterator[FoundDay]:
    for one in _CHINESE.finditer(text):
        yield _found(one, one[1], one[2], one[3])
    for one in _AMERICAN.finditer(text):
        yield _found(one, one[3], _number(one[1]), one[2])
    for one in _BRITISH.finditer(text):
        yield _found(one, one[3], _number(one[2]), one[1])
    for one in _ISO.finditer(text):
        yield _found(one, one[1], one[2], one[3])


def _number(month: str) -> str:
    return str(next(at for at, name in enumerate(_MONTHS, start=1) if name.startswith(month[:3])))


def _found(match: re.Match[str], year: str, month: str, day: str) -> FoundDay:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return FoundDay(match.start(), match.end(), None)
    return FoundDay(match.start(), match.end(), found, found.isoformat())


_CLOCK = re.compile(
    r"(\d{1,2}):(\d{2})\s*(a\.?m\.?|p\.?m\.?)\s*\(?(eastern)?\s*(daylight|standard)?\s*(?:time)?\)?,?\s*(?:on\s+)?$", re.IGNORECASE
)
_CHINESE_CLOCK = re.compile(r"^\s*(\d{1,2})\s*时\s*(?:(\d{1,2})\s*分)?")


def with_clock(text: str, found: FoundDay, zone: str) -> FoundDay:
    """The day with the hour that the text gives beside it, in the zone of the authority."""
    if found.day is None:
        return found
    before = _CLOCK.search(text[max(0, found.start - 70) : found.start].replace("\n", " "))
    after = _CHINESE_CLOCK.match(text[found.end : found.end + 12])
    if before is not None:
        hour = int(before[1]) % 12 + (12 if before[3].lower().startswith("p") else 0)
        minute, start, end = int(before[2]), found.start - len(before[0]), found.end
    elif after is not None:
        hour, minute, start, end = int(after[1]), int(after[2] or 0), found.start, found.end + after.end()
    else:
        return found
    if hour > 23 or minute > 59:
        return found
    moment = datetime.combine(found.day, time(hour, minute), tzinfo=ZoneInfo(zone))
    return FoundDay(max(0, start), end, found.day, moment.isoformat(timespec="minutes"))
