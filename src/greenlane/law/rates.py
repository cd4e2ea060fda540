"""A schedule of duty: which rate stands for a tariff code, at a moment and as known.

A schedule is a table with a row for each code and period. A code inherits the rate of the longest code above it; a code that
is too short to say is answered by every line beneath it. Rates are written in a notation of our own:

    0              free
    2.1            percent of the value
    4.4 c/kg       cents a kilogram (`usd/kg`: dollars)
    1.5 c/no + 3   cents a piece, and percent of the value
    unread         the schedule prints a rate in words that are not computed
    unknown        nobody knows it; `branches` gives the readings, as `listed:25;not_listed:0`
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from greenlane.errors import Place, RuleError
from greenlane.terms.amounts import show
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source

COLUMNS = ("code", "rate", "from", "until", "known_since", "until_known_since", "source", "heading", "branches", "note")
UNITS = ("kg", "l", "no", "pr", "doz", "gross", "thousand", "bbl", "t", "m2", "m3")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,12})?\Z")
_SPECIFIC = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,12})?) (c|usd)/([a-z0-9]{1,9})\Z")
_BRANCH = re.compile(r"([a-z][a-z0-9_]{0,39}):([0-9]{1,9}(?:\.[0-9]{1,12})?)\Z")
_SIZES = frozenset((2, 4, 6, 8, 10))
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Specific:
    """Money for each unit of quantity, in US dollars."""

    usd: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of duty: percent of the value, money for a quantity, or both; `read` is false where the words are not computed."""

    percent: Decimal
    specific: tuple[Specific, ...] = ()
    text: str = ""
    read: bool = True

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read the notation. Raises ValueError."""
        if _NUMBER.match(text):
            return cls(Decimal(text), (), text)
        if text == "unread":
            return cls(Decimal(0), (), text, read=False)
        percent: Decimal | None = None
        specific: list[Specific] = []
        for part in text.split(" + "):
            if found := _SPECIFIC.match(part):
                if found[3] not in UNITS:
                    raise ValueError(f"`{found[3]}` is not a unit of a schedule ({', '.join(UNITS)})")
                amount = Decimal(found[1])
                specific.append(Specific(amount / _HUNDRED if found[2] == "c" else amount, found[3]))
            elif _NUMBER.match(part) and percent is None:
                percent = Decimal(part)
            else:
                raise ValueError(f"`{text}` is not a rate like 2.1, 4.4 c/kg, 1.5 c/no + 3, unread or unknown")
        if not specific:
            raise ValueError(f"`{text}` is not a rate like 2.1, 4.4 c/kg, 1.5 c/no + 3, unread or unknown")
        return cls(percent or Decimal(0), tuple(specific), text)

    def __str__(self) -> str:
        return f"{show(self.percent)} %" if self.read and not self.specific else self.text


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says of its code: the rate (None: not known) with its period; shared by all rows that say the same."""

    rate: Rate | None
    start: Bound
    end: Bound | None
    known_since: Bound
    end_known_since: Bound
    source: Source | None
    heading: str
    branches: tuple[tuple[str, Decimal], ...]
    note: str

    def holds(self, moment: Moment, known_by: Asked) -> bool:
        """Whether the row counts at the moment, as known; an end not yet known is no end."""
        if not moment.reached(self.start) or not known_by.knows(self.known_since):
            return False
        return self.end is None or not known_by.knows(self.end_known_since) or not moment.reached(self.end)


@dataclass(frozen=True, slots=True)
class Found:
    """A code of the schedule, and its entry."""

    code: str
    entry: Entry


@dataclass(frozen=True)
class Schedule:
    """The rates of a measure by code. `whole`: every line of the tariff stands in it, so what is not there does not exist."""

    scheme: str
    whole: bool
    file: str
    rows: Mapping[str, tuple[Entry, ...]]

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """All codes, in order."""
        return tuple(sorted(self.rows))

    @cached_property
    def bounds(self) -> frozenset[Bound]:
        """Every day on which a rate of the table changes."""
        entries = {entry for entries in self.rows.values() for entry in entries}
        return frozenset(bound for entry in entries for bound in (entry.start, entry.end) if bound is not None)

    def above(self, digits: str, moment: Moment, known_by: Asked) -> Found | None:
        """The row of the code itself, or of the longest code above it, that counts at the moment."""
        for size in range(len(digits), 1, -1):
            entries = self.rows.get(digits[:size])
            if entries is not None:
                current = _current(entries, moment, known_by)
                if current is not None:
                    return Found(digits[:size], current)
        return None

    def beneath(self, digits: str) -> tuple[str, ...]:
        """The codes beneath one, in order."""
        start = bisect_left(self.codes, digits)
        end = bisect_left(self.codes, digits + ":")  # the sign after 9
        return tuple(code for code in self.codes[start:end] if code != digits)


def _current(entries: tuple[Entry, ...], moment: Moment, known_by: Asked) -> Entry | None:
    """Of the rows of one code that count, the last begun; same start, the later known."""
    holding = [one for one in entries if one.holds(moment, known_by)]
    return max(holding, key=lambda one: (one.start.utc, one.known_since.utc), default=None)


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a row has if it does not say so itself."""

    start: Bound
    known_since: Bound
    source: Source | None
    sources: Mapping[str, Source]
    zone: ZoneInfo


def read_schedule(text: str, *, file: str, scheme: str, whole: bool, defaults: Defaults) -> Schedule:
    """Parse the table of a schedule. Raises RuleError for the first row that does not read, with its line and column.

    Most rows say the same of many codes: what stands after the code is read once for each distinct text.
    """
    lines = text.split("\n")
    header = tuple(lines[0].split(","))
    if header[:2] != COLUMNS[:2] or len(set(header)) != len(header) or not set(header) <= set(COLUMNS):
        raise RuleError("GL0209", f"the header is `{lines[0]}`", at=Place(file, 1), hint=f"columns: {', '.join(COLUMNS)}")
    rows: dict[str, tuple[Entry, ...]] = {}
    said: dict[str, Entry] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line:
            if number == len(lines):
                break
            raise RuleError("GL0209", "an empty line", at=Place(file, number))
        code, _, rest = line.partition(",")
        if len(code) not in _SIZES or not (code.isascii() and code.isdigit()):
            raise RuleError("GL0209", f"`{code}` is not a tariff code of 2 to 10 digits", at=Place(file, number, "code"))
        entry = said.get(rest)
        if entry is None:
            entry = said[rest] = _read_entry(rest, header[1:], Place(file, number), defaults)
        before = rows.get(code)
        if before is None:
            rows[code] = (entry,)
        elif any(_clash(one, entry) for one in before):
            raise RuleError("GL0209", f"`{code}` has two rates on one day", at=Place(file, number, "code"))
        else:
            rows[code] = (*before, entry)
    if not rows:
        raise RuleError("GL0209", "a schedule without rows", at=Place(file))
    return Schedule(scheme, whole, file, rows)


def _clash(one: Entry, other: Entry) -> bool:
    """Whether two rows of a code hold on one day as known by one day; a row may be known later than the one it overtakes."""
    if one.known_since.utc != other.known_since.utc and one.start.utc == other.start.utc:
        return False
    return (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)


def _read_entry(rest: str, columns: tuple[str, ...], at: Place, defaults: Defaults) -> Entry:
    cells = rest.split(",")
    if len(cells) != len(columns):
        what = f"{len(cells) + 1} cells under {len(columns) + 1} columns"
        raise RuleError("GL0209", what, at=at, hint="a cell of a schedule holds no comma")
    named = {name: cell for name, cell in zip(columns, cells, strict=True) if cell}

    def fail(column: str, what: str) -> RuleError:
        return RuleError("GL0209", what, at=Place(at.file, at.line, column))

    def bound(column: str) -> Bound | None:
        cell = named.get(column)
        try:
            return None if cell is None else Bound.read(cell, defaults.zone)
        except ValueError as error:
            raise fail(column, str(error)) from error

    rate = named.get("rate", "")
    try:
        read = None if rate == "unknown" else Rate.parse(rate)
    except ValueError as error:
        raise fail("rate", str(error)) from error
    branches = []
    for part in named.get("branches", "").split(";") if "branches" in named else ():
        found = _BRANCH.match(part)
        if found is None or read is not None:
            raise fail("branches", f"`{part}` is not a reading like listed:25 of an unknown rate")
        branches.append((found[1], Decimal(found[2])))
    source = named.get("source")
    if source is not None and source not in defaults.sources:
        raise fail("source", f"`{source}` is not among the sources of the instrument")
    start, end = bound("from") or defaults.start, bound("until")
    if end is not None and not start < end:
        raise fail("until", f"the row ends on {end}, before it begins on {start}")
    known = bound("known_since") or defaults.known_since
    return Entry(
        rate=read,
        start=start,
        end=end,
        known_since=known,
        end_known_since=bound("until_known_since") or known,
        source=defaults.source if source is None else defaults.sources[source],
        heading=named.get("heading", ""),
        branches=tuple(branches),
        note=named.get("note", ""),
    )
