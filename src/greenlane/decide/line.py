"""What is asked: goods, route, parties, end use, day; read from the columns of an order file, every cell checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeVar

from greenlane.errors import LineError, Place
from greenlane.law.facts import Basis, Facts, Known
from greenlane.law.parse_scope import ACTIVITIES
from greenlane.terms.amounts import Share, read_decimal, read_unit
from greenlane.terms.codes import SCHEMES, Code
from greenlane.terms.goods import read_composition
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked
from greenlane.terms.places import read_place

T = TypeVar("T")

COMPULSORY: Final = ("line_id", "ship_from", "ship_to")
COLUMNS: Final = (
    "line_id", "item", "description", "codes", "contains", "attrs", "quantity", "unit", "value", "currency", "origin", "ship_from",
    "ship_to", "end_use_country", "exporter", "consignee", "end_user", "end_use", "activity", "date", "us_content", "cn_re_content",
    "owner", "owner_share",
)  # fmt: skip
ACROSS: Final = ("export", "reexport", "import")  # activities that lead from one place to another
CELL_MAX: Final = 4_000
_CONTROL_SIGNS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_WORD = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One order line, read and checked. What the row did not say is empty or None; nothing is presumed here."""

    line_id: str
    ship_from: str
    ship_to: str
    item: str = ""
    description: str = ""
    codes: tuple[Code, ...] = ()
    contains: tuple[tuple[str, Share], ...] = ()
    attrs: tuple[tuple[str, str], ...] = ()
    quantity: Decimal | None = None
    unit: str = ""
    value: Decimal | None = None
    currency: str = ""
    origin: str = ""
    end_use_country: str = ""
    exporter: str = ""
    consignee: str = ""
    end_user: str = ""
    owner: str = ""
    owner_share: Decimal | None = None
    end_use: tuple[str, ...] = ()
    activity: str = "export"
    date: Asked | None = None
    us_content: Share | None = None
    cn_re_content: Share | None = None
    cells: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)  # the row as it stood, whole

    def facts(self) -> Facts:
        """What the row states, by the names conditions use."""
        stated: dict[str, object] = {"activity": self.activity, "ship_from": self.ship_from, "ship_to": self.ship_to}
        for name in ("description", "origin", "end_use_country", *ROLES):
            if getattr(self, name):
                stated[name] = getattr(self, name)
        for scheme in SCHEMES:
            codes = tuple(code for code in self.codes if code.scheme == scheme)
            if codes:
                stated[f"codes.{scheme}"] = codes
        for element, share in self.contains:
            stated[f"contains.{element}"] = share
        for name, text in self.attrs:
            if name == "letters_received":
                stated["letters_received"] = tuple(one for one in text.split("|") if one and one != "none")
            else:
                stated[f"attrs.{name}"] = text
        if self.end_use:
            stated["end_use"] = self.end_use
        for name in ("us_content", "cn_re_content"):
            if getattr(self, name) is not None:
                stated[name] = getattr(self, name)
        if self.value is not None and self.currency:
            stated[f"value.{self.currency}"] = self.value
        if self.owner_share is not None:
            stated["owner_share"] = Share(self.owner_share)
        return Facts({name: Known(value, Basis.STATED) for name, value in stated.items()})

    def goods_words(self) -> str:
        """A short name of the goods for people."""
        parts = [self.description or self.item or "goods"]
        parts += [f"{element} {share}" for element, share in self.contains]
        if not self.description:
            parts += [str(code) for code in self.codes[:2]]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stood in its file: all cells as text, with its place."""

    cells: Mapping[str, str]
    file: str
    number: int


def read_line(row: Row) -> tuple[Line | None, tuple[LineError, ...]]:
    """Read a row. Returns the line, or None and every problem of the row."""
    return _LineReader(row).read()


class _LineReader:
    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[LineError] = []

    def fail(self, code: str, message: str, column: str, hint: str = "") -> None:
        self.problems.append(LineError(code, message, at=Place(self.row.file, self.row.number, column), hint=hint))

    def cell(self, column: str) -> str:
        return (self.row.cells.get(column) or "").strip()

    def take(self, column: str, read: Callable[[str], T], code: str, hint: str = "") -> T | None:
        text = self.cell(column)
        if not text:
            return None
        try:
            return read(text)
        except ValueError as error:
            message, _, near = str(error).partition("; ")
            self.fail(code, message, column, near or hint)
            return None

    def read(self) -> tuple[Line | None, tuple[LineError, ...]]:
        for column, text in self.row.cells.items():
            if len(text) > CELL_MAX:
                self.fail("GL0111", f"the cell has {len(text)} signs, more than {CELL_MAX}", column, "shorten it")
            elif _CONTROL_SIGNS.search(text):
                self.fail("GL0111", "the cell holds control characters", column, "take them out")
        if self.problems:
            return None, tuple(self.problems)
        for column in COMPULSORY:
            if not self.cell(column):
                self.fail("GL0101", f"`{column}` is empty", column, "every line needs line_id, ship_from and ship_to")
        places = {
            name: self.take(name, read_place, "GL0103") or "" for name in ("ship_from", "ship_to", "origin", "end_use_country")
        }
        codes = self.take("codes", _read_codes, "GL0104", "write `scheme:code`, several with `;` between") or ()
        contains = self.take("contains", read_composition, "GL0105", "write `Nd:29%;Dy:3.1%`; `Dy:0` says none") or ()
        attrs = self.take("attrs", _read_attrs, "GL0110", "write `name=value`, several with `;` between") or ()
        uses = self.take("end_use", _read_words, "GL0114", "words like `civil;military`") or ()
        activity = self.take("activity", _read_activity, "GL0107", f"one of {', '.join(ACTIVITIES)}")
        activity = activity or ("" if self.cell("activity") else "export")
        if activity in ACROSS and places["ship_to"] and places["ship_to"] == places["ship_from"]:
            message = f"{places['ship_from']} to {places['ship_to']} is no {activity}: the goods stay in one country"
            other = "comes from, in ship_from" if activity == "import" else "leaves for"
            self.fail("GL0117", message, "ship_to", f"write activity=transfer, or the country it {other}")
        line = Line(
            line_id=self.cell("line_id"),
            item=self.cell("item"),
            description=self.cell("description"),
            codes=codes,
            contains=contains,
            attrs=attrs,
            quantity=self.take("quantity", _read_amount, "GL0106"),
            unit=self.take("unit", read_unit, "GL0115") or "",
            value=self.take("value", _read_amount, "GL0106"),
            currency=self.take("currency", _read_currency, "GL0108") or "",
            exporter=self.cell("exporter"),
            consignee=self.cell("consignee"),
            end_user=self.cell("end_user"),
            owner=self.cell("owner"),
            owner_share=self.take("owner_share", _read_share_number, "GL0105"),
            end_use=uses,
            activity=activity,
            date=self.take("date", Asked.read, "GL0102", "a day like 2025-06-10, or an instant with offset"),
            us_content=self.take("us_content", Share.read, "GL0105"),
            cn_re_content=self.take("cn_re_content", Share.read, "GL0105"),
            cells=self.row.cells,
            **places,
        )
        return (None, tuple(self.problems)) if self.problems else (line, ())


def _read_codes(text: str) -> tuple[Code, ...]:
    return tuple(dict.fromkeys(Code.read(part) for part in text.split(";") if part.strip()))


def _read_attrs(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, equals, value = part.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not _WORD.match(name) or not value:
            raise ValueError(f"`{part}` is not written name=value")
        if name in found:
            raise ValueError(f"`{name}` is written twice")
        found[name] = value
    return tuple(sorted(found.items()))


def _read_words(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
    for word in words:
        if not _WORD.match(word):
            raise ValueError(f"`{word}` is not a lower-case keyword")
    return words


def _read_activity(text: str) -> str:
    if text not in ACTIVITIES:
        raise ValueError(f"`{text}` is not an activity")
    return text


def _read_amount(text: str) -> Decimal:
    value = read_decimal(text)
    if value < 0:
        raise ValueError(f"`{text}` is below zero")
    return value


def _read_currency(text: str) -> str:
    if not _CURRENCY.match(text):
        raise ValueError(f"`{text}` is not an ISO 4217 currency code")
    return text


def _read_share_number(text: str) -> Decimal:
    value = read_decimal(text.removesuffix("%").strip())
    if not 0 <= value <= 100:
        raise ValueError(f"`{text}` is not between 0 and 100")
    return value
