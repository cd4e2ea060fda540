"""What does a licence say? Its terms as they were granted: lines, scope, provisos, days, uses.

A dimension of scope that has no row means any. Every row keeps the words of the condition it stands for. The terms never change;
amendments are entries of the ledger. Days are half-open and count in the authority's zone.
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

from greenlane.errors import UsageError
from greenlane.licences.amounts import AMOUNT_MAX, QUANTITY_SCALE, VALUE_SCALE, shown
from greenlane.terms.periods import read_day, read_zone

ZONES: Final = {"CN": "Asia/Shanghai", "US": "America/New_York", "EU": "Europe/Brussels", "GB": "Europe/London"}
DIMENSIONS: Final = (
    "consignee", "end_user", "ultimate_end_user", "third_party", "destination", "transit", "customs_office", "mode", "contract",
    "site", "end_use", "nationality",
)  # fmt: skip
LINES_MAX: Final = 999
ROWS_MAX: Final = 10_000
NAME_MAX: Final = 500
WINDOW_MAX: Final = {"days": 3660, "months": 120, "years": 10}
WINDOW_HINT: Final = "such as `90 days`, `12 months`, `each year` or `each month`"
_WINDOW = re.compile(r"(?:each (?P<each>year|month)|(?:any )?(?P<length>[1-9][0-9]{0,3}) (?P<unit>days?|months?|years?))\Z")
_BAD = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ID = re.compile(r"[^\x00-\x20\x7f>\ud800-\udfff]([^\x00-\x1f\x7f\ud800-\udfff]{0,126}[^\x00-\x20\x7f\ud800-\udfff])?\Z")


class Kind(Enum):
    """What sort of permission it is."""

    SINGLE = "single"  # China: items to one end user
    GENERAL = "general"  # China: several exports
    REGISTRATION = "registration"  # China: an export certificate by registration
    INDIVIDUAL = "individual"
    OPEN_INDIVIDUAL = "open_individual"
    OPEN_GENERAL = "open_general"
    EXCEPTION = "exception"  # an exception with a meter, such as a yearly value
    LETTER = "letter"  # a partial authorisation by letter
    DOSSIER = "dossier"  # no licence: the account of an application, of which nothing is ever granted


def read_id(text: str, what: str = "id") -> str:
    """An id made by a client: up to 128 signs, no control signs, not beginning with `>`. Raises UsageError GL0709."""
    if not _ID.match(text):
        hint = "1 to 128 signs, none of them a control sign, no space at the ends, not beginning with `>`"
        raise UsageError("GL0709", f"{what} {text[:140]!r} cannot be used", hint=hint)
    return text


def read_words(text: str, what: str) -> str:
    """A name or remark: one line of text. Raises UsageError GL0709."""
    if len(text) > NAME_MAX or _BAD.search(text):
        raise UsageError("GL0709", f"{what} {text[:40]!r} is too long, or holds control signs", hint=f"one line, {NAME_MAX} signs")
    return text


def read_iso_day(text: str, what: str) -> str:
    """A day as it stands in entries: ISO text, which sorts as days do. Raises UsageError GL0709."""
    try:
        return read_day(text).isoformat()
    except ValueError as error:
        said = str(error) if text in str(error) else f"`{text}` is no day: {error}"
        raise UsageError("GL0709", f"{what}: {said}", hint="a day like 2025-06-10") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How much of a line may be used in a stretch of time: in any so many days or months, or in each year or month of the calendar.

    `each` counts by the calendar (of a year or a month), otherwise the stretch rolls: it ends on any day.
    """

    length: int
    unit: str  # days, months, years
    each: bool = False
    quantity: int | None = None
    value: int | None = None

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0709."""
        if self.unit not in WINDOW_MAX or not 1 <= self.length <= WINDOW_MAX[self.unit]:
            raise UsageError("GL0709", f"a window of {self.length} {self.unit} is not counted here", hint=WINDOW_HINT)
        if self.each and (self.unit == "days" or self.length != 1):
            raise UsageError("GL0709", "by the calendar a window is each year or each month", hint=WINDOW_HINT)
        if self.quantity is None and self.value is None:
            raise UsageError("GL0709", "a window limits a quantity, a value or both")
        for amount in (self.quantity, self.value):
            if amount is not None and not 0 <= amount <= AMOUNT_MAX:
                raise UsageError("GL0709", f"a window for {amount} parts cannot be")

    @classmethod
    def read(cls, text: str, *, quantity: int | None, value: int | None) -> Window:
        """A window as people write it: `90 days`, `12 months`, `each year`. Raises UsageError GL0709."""
        found = _WINDOW.match(" ".join(text.split()))
        if found is None:
            raise UsageError("GL0709", f"`{text}` is no window", hint=WINDOW_HINT)
        if found["each"]:
            return cls(length=1, unit=f"{found['each']}s", each=True, quantity=quantity, value=value)
        unit = found["unit"] if found["unit"].endswith("s") else f"{found['unit']}s"
        return cls(length=int(found["length"]), unit=unit, quantity=quantity, value=value)

    @property
    def words(self) -> str:
        """As people say it: any 90 days, each year."""
        return f"each {self.unit[:-1]}" if self.each else f"any {self.length} {self.unit if self.length > 1 else self.unit[:-1]}"

    def ending(self, day: str) -> tuple[str, str]:
        """First and last day of the stretch that ends on a day; by the calendar, of the one that holds it."""
        last = date.fromisoformat(day)
        if self.each:
            first_month, last_month = (1, 12) if self.unit == "years" else (last.month, last.month)
            end = last.replace(month=last_month, day=monthrange(last.year, last_month)[1])
            return last.replace(month=first_month, day=1).isoformat(), end.isoformat()
        if self.unit == "days":
            return date.fromordinal(max(last.toordinal() - self.length + 1, 1)).isoformat(), day
        # The same day so many months before is the first that is out; where that month has none, its last day.
        months = self.length * (12 if self.unit == "years" else 1)
        if last.year * 12 + last.month - 1 - months < 12:
            return date.min.isoformat(), day
        return (_months_before(last, months) + timedelta(days=1)).isoformat(), day


def window_words(line: LicenceLine) -> str:
    """The limit of a window in words: 300 kg in any 90 days."""
    window = line.window
    assert window is not None
    limits = [] if window.quantity is None else [f"{shown(window.quantity, line.scale)} {line.unit}"]
    limits += [] if window.value is None else [f"{shown(window.value, line.value_scale)} {line.currency}"]
    return f"{' and '.join(limits)} in {window.words}"


def _months_before(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceLine:
    """One line: what it covers, and how much of it; None is not metered."""

    codes: tuple[str, ...] = ()
    words: str = ""
    unit: str
    scale: int = QUANTITY_SCALE
    quantity: int | None
    currency: str = ""
    value_scale: int = VALUE_SCALE
    value: int | None = None
    customs_unit: str = ""
    window: Window | None = None

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0709."""
        for text in (*self.codes, self.words, self.unit, self.currency, self.customs_unit):
            read_words(text, "a word of the line")
        for amount in (self.quantity, self.value):
            if amount is not None and not 0 <= amount <= AMOUNT_MAX:
                raise UsageError("GL0709", f"a licence for {amount} parts cannot be")
        if not self.unit or not 0 <= self.scale <= 12 or not 0 <= self.value_scale <= 6:
            raise UsageError("GL0709", "a line needs a unit, and a scale from 0 to 12")
        if self.value is not None and not self.currency:
            raise UsageError("GL0709", "a value needs its currency", hint="--currency USD")
        if self.window is not None and self.window.value is not None and not self.currency:
            raise UsageError("GL0709", "the value of a window needs its currency", hint="--currency USD")

    @property
    def limits_quantity(self) -> bool:
        """Whether there is a bound to the quantity, of the whole or in a window: then each use must state it."""
        return self.quantity is not None or (self.window is not None and self.window.quantity is not None)

    @property
    def limits_value(self) -> bool:
        """The same of the value."""
        return self.value is not None or (self.window is not None and self.window.value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow:
    """One condition: the licence is only for this (or not for this) consignee, destination, mode of transport and so on."""

    dimension: str
    allow: bool = True
    value: str
    words: str = ""  # of the condition it stands for

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0709."""
        if self.dimension not in DIMENSIONS:
            raise UsageError("GL0709", f"`{self.dimension}` is no dimension of scope", hint=", ".join(DIMENSIONS))
        read_words(self.value, self.dimension)
        read_words(self.words, "the words of a condition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proviso:
    """A condition to be kept beside the balance, with days of its own."""

    id: str
    words: str
    since: str = ""  # from this day; empty: as the licence
    until: str = ""

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0709."""
        read_id(self.id, "the id of a proviso")
        read_words(self.words, "a proviso")
        for day in (self.since, self.until):
            if day:
                read_iso_day(day, "a day of a proviso")


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The terms of a licence as granted."""

    id: str
    authority: str
    kind: Kind
    holder: str
    lines: tuple[LicenceLine, ...]
    since: str  # first day on which it is valid
    until: str  # first day on which it no longer is
    zone: str
    procedure: str = "ordinary"  # or green_channel, or what the authority calls it
    max_uses: int | None = None
    scope: tuple[ScopeRow, ...] = ()
    provisos: tuple[Proviso, ...] = ()
    predecessor: str = ""
    document: str = ""  # digest of the paper
    unsplit: bool = False  # the whole of it goes at once, or nothing

    def __post_init__(self) -> None:
        """Check itself. Raises UsageError GL0709."""
        read_id(self.id, "the licence")
        for text in (self.authority, self.holder, self.procedure, self.predecessor, self.document):
            read_words(text, "a word of the licence")
        if not 1 <= len(self.lines) <= LINES_MAX or len(self.scope) + len(self.provisos) > ROWS_MAX:
            raise UsageError("GL0709", f"a licence has 1 to {LINES_MAX} lines, and at most {ROWS_MAX} conditions")
        if read_iso_day(self.since, "from") >= read_iso_day(self.until, "until"):
            raise UsageError("GL0709", f"a licence from {self.since} until {self.until} is valid on no day")
        if self.max_uses is not None and not 1 <= self.max_uses <= 10**9:
            raise UsageError("GL0709", f"{self.max_uses} uses cannot be")
        try:
            read_zone(self.zone)
        except ValueError as error:
            raise UsageError("GL0709", str(error), hint="an IANA name such as Asia/Shanghai") from error

    def text(self) -> str:
        """The terms as JSON that is the same for the same terms; what is empty is left out."""
        told = {
            "authority": self.authority,
            "document": self.document,
            "holder": self.holder,
            "kind": self.kind.value,
            "lines": [_plain_line(line) for line in self.lines],
            "max_uses": self.max_uses,
            "predecessor": self.predecessor,
            "procedure": self.procedure,
            "provisos": [_plain(one) for one in self.provisos],
            "scope": [_plain(one) for one in self.scope],
            "since": self.since,
            "unsplit": self.unsplit or None,
            "until": self.until,
            "zone": self.zone,
        }
        return canonical({key: value for key, value in told.items() if value not in (None, "", [])})

    @classmethod
    def read(cls, id: str, text: str) -> Licence:
        """The terms from their JSON. Raises UsageError, ValueError, KeyError or TypeError for what is no such text."""
        told: dict[str, Any] = json.loads(text)
        lines = tuple(_read_line(one) for one in told.pop("lines"))
        scope = tuple(ScopeRow(**one) for one in told.pop("scope", ()))
        provisos = tuple(Proviso(**one) for one in told.pop("provisos", ()))
        return cls(id=id, kind=Kind(told.pop("kind")), lines=lines, scope=scope, provisos=provisos, **_texts(told))


def canonical(told: Mapping[str, Any]) -> str:
    """JSON that is the same for the same values."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(one: LicenceLine | ScopeRow | Proviso | Window) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


def _plain_line(line: LicenceLine) -> dict[str, Any]:
    """A line as plain values. Without a window it says nothing of one: the text of a licence of before is what it was."""
    told = _plain(line) | {"codes": list(line.codes)}
    window = told.pop("window")
    return told if window is None else told | {"window": _plain(window)}


def _read_line(told: Mapping[str, Any]) -> LicenceLine:
    window = told.get("window")
    return LicenceLine(
        **{**told, "codes": tuple(told["codes"]), "window": None if window is None else Window(**window)},
    )


def _texts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"holder": "", **told}
