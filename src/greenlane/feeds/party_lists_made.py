"""What is made of a file of listed parties: entries by list, rows that could not be read, and what was not understood.

A row without a name, or one that does not fit its table, is a reject: a party that may be missing. Whatever else is not understood
(a column, a kind, a country, a date) is a finding; the party is kept, and with a date that does not read it counts as standing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from greenlane.errors import LineError, Place, SourceError
from greenlane.feeds.party_lists_places import place_of
from greenlane.feeds.tables import Reject
from greenlane.feeds.us_ear import utf8
from greenlane.terms.listed import ListEdition, ListedParty, NameKind, PartyKind, PartyName, numbered

SIZE_MAX: Final[int] = 250_000_000  # bytes of a list file, unpacked
NAME_MAX: Final[int] = 1_000  # signs of a name
NAMES_MAX: Final[int] = 2_000  # names of one party
PARTIES_MAX: Final[int] = 1_000_000
_FIELD_MAX: Final[int] = 1_000_000  # signs of a cell
_FINDINGS_MAX: Final[int] = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file that was not understood, the first place where it stands, and how often it does."""

    code: str
    message: str
    at: Place
    count: int

    def __str__(self) -> str:
        often = f" ({self.count} times)" if self.count > 1 else ""
        return f"finding[{self.code}]: {self.message}{often}\n  in {self.at}"


@dataclass(frozen=True, slots=True)
class ListFile:
    """What a file holds: an edition of each list in it, the rows that are missing from them, and what was not understood."""

    editions: tuple[ListEdition, ...]
    rejects: tuple[Reject, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Making:
    """A file being read. `state`: the day the user says it is of; the file itself goes before."""

    file: str
    source: str
    sha256: str
    state: date | None = None
    parties: dict[str, list[ListedParty]] = field(default_factory=dict)
    rejects: list[tuple[str, Reject]] = field(default_factory=list)
    _findings: dict[tuple[str, str], tuple[Place, int]] = field(default_factory=dict)

    def note(self, code: str, message: str, *, line: int | None = None, column: str | None = None) -> None:
        """Say that something was not understood; the same thing again is counted."""
        key = (code, message)
        place, count = self._findings.get(key, (Place(self.file, line, column), 0))
        if count or len(self._findings) < _FINDINGS_MAX:
            self._findings[key] = (place, count + 1)

    def reject(self, cells: Mapping[str, str], line: int, problem: LineError, *, list: str = "") -> None:
        """Put a row aside with what is wrong with it; `list` where it is known of which list it is."""
        self.rejects.append((list, Reject(cells, self.file, line, (problem,))))

    def bad(self, code: str, message: str, line: int, column: str | None, hint: str) -> LineError:
        """An error of a row."""
        return LineError(code, message, at=Place(self.file, line, column), hint=hint)

    def add(self, party: ListedParty, line: int, cells: Mapping[str, str]) -> None:
        """Take in a party, unless it has no name or a name above the limit."""
        problem: LineError | None = None
        if not party.names or not party.names[0].text:
            problem = self.bad("GL0613", "an entry without a name", line, None, "take the file from the source again")
        elif len(party.names) > NAMES_MAX or any(len(one.text) > NAME_MAX for one in party.names):
            problem = self.bad(
                "GL0111", f"a name of more than {NAME_MAX} signs, or more than {NAMES_MAX} names", line, None, "split it"
            )
        if problem is not None:
            self.reject(cells, line, problem, list=party.list)
            return
        here = self.parties.setdefault(party.list, [])
        if len(here) >= PARTIES_MAX:
            raise SourceError("GL0608", f"more than {PARTIES_MAX} entries", at=Place(self.file, line))
        here.append(party)

    def place(self, text: str, line: int, column: str) -> str:
        """The code of a country; one that is not known is noted and left open."""
        if not text.strip():
            return ""
        found = place_of(text)
        if not found:
            self.note(
                "GL0615", f"`{text.strip()[:80]}` is no country that is known here; it is left open", line=line, column=column
            )
        return found

    def places(self, texts: Iterable[str], line: int, column: str) -> tuple[str, ...]:
        """The codes of several countries, each once, in their order."""
        return tuple(dict.fromkeys(code for text in texts if (code := self.place(text, line, column))))

    def day(self, text: str, reader: Callable[[str], date], line: int, column: str) -> date | None:
        """A day; one that does not read is noted and left open, so that the listing counts as standing."""
        if not text.strip():
            return None
        try:
            return reader(text.strip())
        except ValueError:
            self.note(
                "GL0616", f"`{text.strip()[:80]}` is not a day in the form of this list; it is left open", line=line, column=column
            )
            return None

    def kind(self, text: str, kinds: Mapping[str, PartyKind], line: int, column: str) -> PartyKind:
        """The kind of a party; one that is not known is noted, and the party is kept."""
        found = kinds.get(text.strip())
        if found is None:
            self.note(
                "GL0614", f"the record type `{text.strip()[:80]}` is not known here; kept as unknown", line=line, column=column
            )
            return PartyKind.UNKNOWN
        return found

    def born(self, text: str, line: int, column: str) -> tuple[str, ...]:
        """Birth dates in ISO 8601; one that does not read is noted."""
        found = born_of(text)
        if text.strip() and not found:
            self.note("GL0616", f"`{text.strip()[:80]}` is not a birth date that is read here", line=line, column=column)
        return found

    def done(self, *, state: date | None = None) -> ListFile:
        """Close the file. Raises SourceError GL0611 if nobody says of which day it is, GL0605 if nothing is in it."""
        when = state or self.state
        if when is None:
            raise SourceError(
                "GL0611", "the file does not say of which day it is", at=Place(self.file), hint="give its day with --state"
            )
        if not self.parties:
            raise SourceError("GL0605", "no listed party in it", at=Place(self.file), hint="take the file from the source again")
        lost = [name for name, _ in self.rejects]
        editions = tuple(
            ListEdition(
                list=name,
                state=when,
                source=self.source,
                sha256=self.sha256,
                parties=numbered(parties),
                rejected=sum(one in ("", name) for one in lost),
            )
            for name, parties in sorted(self.parties.items())
        )
        findings = tuple(Finding(code, message, at, count) for (code, message), (at, count) in self._findings.items())
        return ListFile(editions, tuple(one for _, one in self.rejects), findings)


# ----------------------------------------------------------------------------------------------------------------------
# Words


def clean(text: str | None) -> str:
    """A text on one line, composed, without control signs."""
    plain = unicodedata.normalize("NFC", text or "")
    return " ".join("".join(sign if unicodedata.category(sign) != "Cc" else " " for sign in plain).split())


def names_of(first: str, *others: tuple[Iterable[str], NameKind]) -> tuple[PartyName, ...]:
    """Names in their order, each once; empty ones are left out. A name that stands twice keeps its first kind."""
    found: dict[str, NameKind] = {clean(first): NameKind.PRIMARY}
    for texts, kind in others:
        for text in texts:
            if clean(text):
                found.setdefault(clean(text), kind)
    return tuple(PartyName(text, kind) for text, kind in found.items())


def split(text: str, sign: str = ";") -> tuple[str, ...]:
    """The parts of a cell, without empty ones."""
    return tuple(part for one in text.split(sign) if (part := clean(one)))


_MONTHS: Final = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
_WRITTEN = re.compile(r"(?:([0-9]{1,2})\s+)?([A-Za-z]{3})[a-z]*\.?\s+([0-9]{4})\Z")
_POINTS = re.compile(r"(?:([0-9]{1,2})\.)?([0-9]{1,2})\.([0-9]{4})\Z")
_SLASHES = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\Z")
_ISO = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}\Z")
_ABOUT = re.compile(r"(?:circa|approximately|approx\.?|about|c\.)\s+|\([a-z]\)\s*", re.IGNORECASE)
_OR = re.compile(r"\s*;\s*|\s*,?\s+(?:or|and)\s+|\s*,\s+(?=[0-9])")


def born_of(text: str) -> tuple[str, ...]:
    """Birth dates as lists write them: `22 Dec 1947`, `circa 1960`, `1960 to 1965`, `11.8.1960`, `1960-08-11`; no others."""
    found = []
    for part in _OR.split(_ABOUT.sub("", clean(text))):
        low, _, high = re.sub(r"(?:between|from)\s+", "", part).partition(" to ")
        ends = [one for one in (_born(low), _born(high)) if one]
        if ends:
            found.append("/".join(ends))
    return tuple(dict.fromkeys(found))


def _born(text: str) -> str:
    plain = text.strip()
    if _ISO.match(plain):
        return plain
    if (written := _WRITTEN.match(plain)) is not None:
        month = _MONTHS.get(written[2].lower())
        return "" if month is None else _iso(written[3], month, written[1])
    if (points := _POINTS.match(plain)) is not None:
        return _iso(points[3], int(points[2]), points[1])
    return ""


def _iso(year: str, month: int, day: str | None) -> str:
    try:
        whole = date(int(year), month, int(day or 1))
    except ValueError:
        return ""
    return whole.isoformat() if day else f"{year}-{month:02d}"


def slashed_day(text: str) -> date:
    """A day written 31/12/2025. Raises ValueError."""
    found = _SLASHES.match(text)
    if found is None:
        raise ValueError(text)
    return date(int(found[3]), int(found[2]), int(found[1]))


def american_day(text: str) -> date:
    """A day written 12/31/2025. Raises ValueError."""
    found = _SLASHES.match(text)
    if found is None:
        raise ValueError(text)
    return date(int(found[3]), int(found[1]), int(found[2]))


def pointed_day(text: str) -> date:
    """A day written 31.12.2025. Raises ValueError."""
    found = _POINTS.match(text)
    if found is None or not found[1]:
        raise ValueError(text)
    return date(int(found[3]), int(found[2]), int(found[1]))


# ----------------------------------------------------------------------------------------------------------------------
# Tables


def csv_rows(raw: bytes, file: str, *, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with the line each begins on; blank rows and the end sign of old systems are passed over.

    Raises SourceError GL0602 for a quote that is never closed, GL0603 for another encoding, GL0608 above the size limit.
    """
    text = utf8(raw, file, size_max=SIZE_MAX)
    if "\0" in text:
        raise SourceError("GL0603", "a NUL in the text", at=Place(file), hint="take the file from the source again")
    csv.field_size_limit(_FIELD_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip("\x1a \t") for cell in cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise SourceError(
            "GL0602", f"not a table: {error}", at=Place(file, line), hint="take the file from the source again"
        ) from error


def named_rows(
    making: Making,
    raw: bytes,
    known: Collection[str],
    compulsory: Sequence[str],
    *,
    delimiter: str = ",",
    ragged: bool = False,
) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table with a header, as cells by column. A column that is not known is noted, a row that does not fit rejected.

    `ragged`: rows may end early. Raises SourceError GL0612 if a compulsory column is missing.
    """
    rows = csv_rows(raw, making.file, delimiter=delimiter)
    first, header = next(rows, (1, []))
    header = [clean(name.removeprefix("\ufeff")) for name in header]
    missing = [name for name in compulsory if name not in header]
    if missing or len(set(header)) != len(header):
        what = f"no column `{missing[0]}`" if missing else "a column is named twice"
        raise SourceError("GL0612", what, at=Place(making.file, first), hint=f"the form has the columns {', '.join(compulsory)}")
    for name in header:
        if name not in known:
            making.note("GL0614", f"the column `{name[:80]}` is not known here; it is not read", line=first, column=name[:80])
    for line, cells in rows:
        if len(cells) == len(header) or (ragged and len(cells) < len(header)):
            yield line, dict(zip(header, cells, strict=False))
        else:
            message = f"{len(cells)} cells under {len(header)} columns"
            kept = {f"column_{at}": cell for at, cell in enumerate(cells, start=1)}
            making.reject(kept, line, making.bad("GL0113", message, line, None, "put a cell that holds the delimiter in quotes"))
