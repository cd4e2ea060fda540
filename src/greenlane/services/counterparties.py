"""Who stands in a row of a book: its cells, each as a person would type it, read as a counterparty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from greenlane.decide.line import Row
from greenlane.errors import LineError, Place
from greenlane.screen.finding import Counterparty
from greenlane.terms.listed import Identifier, PartyKind
from greenlane.terms.places import CODES

COLUMNS: Final = ("id", "name", "aliases", "kind", "country", "identifiers", "born", "address")
COMPULSORY: Final = ("name",)
NAME_MAX: Final = 1_000  # signs
_KINDS: Final = {one.value: one for one in PartyKind}
_BORN = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?\Z")
_SCHEME = re.compile(r"[a-z][a-z0-9_]{1,20}\Z")


def read_counterparty_row(row: Row) -> tuple[Counterparty | None, tuple[LineError, ...]]:
    """The counterparty of a row, or everything that is wrong with it.

    Several values of a cell stand with `;` between; identifiers are `scheme:value`. Without an `id` the name serves as one: two
    rows of one name are then one counterparty, and the second is rejected. Codes: GL0101, GL0102, GL0103, GL0111, GL0114.
    """
    cells = row.cells
    problems: list[LineError] = []

    def wrong(code: str, column: str, message: str, hint: str) -> None:
        problems.append(LineError(code, message, at=Place(row.file, row.number, column), hint=hint))

    name = cells.get("name", "").strip()
    names = (name, *_several(cells, "aliases"))
    if not name[:1].isalnum() and not any(map(str.isalnum, name)):
        wrong("GL0101", "name", "nobody is named", "give the name as it is written on papers")
    id_ = cells.get("id", "")
    if not all(map(str.isprintable, names)) or not id_.isprintable() or max(len(id_), *map(len, names)) > NAME_MAX:
        wrong("GL0111", "name", f"a name of more than {NAME_MAX} signs, or with control signs", "give the name alone")
    kind = cells.get("kind", "").strip().lower() or PartyKind.UNKNOWN.value
    if kind not in _KINDS:
        wrong("GL0114", "kind", f"`{kind}` is no kind of party", f"one of {', '.join(_KINDS)}")
    countries = tuple(map(str.upper, _several(cells, "country")))
    for code in countries:
        if code not in CODES:
            wrong("GL0103", "country", f"`{code}` is not an ISO 3166-1 alpha-2 code", "two letters, such as CN")
    born = _several(cells, "born")
    for day in born:
        if not _BORN.match(day):
            wrong("GL0102", "born", f"`{day}` is no day, month or year", "1970, 1970-05 or 1970-05-17")
    identifiers: list[Identifier] = []
    for text in _several(cells, "identifiers"):
        scheme, _, value = (part.strip() for part in text.partition(":"))
        if not _SCHEME.match(scheme.lower()) or not value:
            wrong("GL0114", "identifiers", f"`{text}` is not written scheme:value", "such as uscc:91... or lei:...")
        identifiers.append(Identifier(scheme.lower(), value))
    if problems:
        return None, tuple(problems)
    one = Counterparty(
        id=id_.strip() or name,
        names=names,
        kind=_KINDS[kind],
        countries=countries,
        identifiers=tuple(identifiers),
        born=born,
        addresses=_several(cells, "address"),
    )
    return one, ()


def _several(cells: Mapping[str, str], column: str) -> tuple[str, ...]:
    text = cells.get(column)
    if not text:
        return ()
    if ";" not in text:
        one = text.strip()
        return (one,) if one else ()
    return tuple([one for part in text.split(";") if (one := part.strip())])
