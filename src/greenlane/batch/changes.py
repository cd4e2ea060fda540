"""Which lines are answered otherwise under another day, another knowledge or another law; and what they come to together?

Only lines whose verdict differs are looked at further. They are counted, with their money, by the two verdicts, by measure, by
party and by goods; the money is exact, and lines without a value or a currency are counted without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from greenlane.terms.amounts import read_decimal

BY: Final = ("verdicts", "measure", "party", "goods")
_TOLD: Final = ("verdict", "range_low", "range_high", "decided_by", "why", "reasons", "duty_percent")
CHANGES: Final = ("against", *(f"{name}_{side}" for name in _TOLD for side in ("before", "after")), "because")
_PARTY: Final = ("end_user", "consignee", "exporter")  # the first that is named
_GOODS: Final = ("codes", "item", "description")
_NO_MONEY: Final = ""


@dataclass(slots=True)
class Sum:
    """How many lines, and their value by currency."""

    lines: int = 0
    money: dict[str, Decimal] = field(default_factory=dict)

    def add(self, lines: int, money: Mapping[str, Decimal]) -> None:
        """Add some more."""
        self.lines += lines
        for currency, value in money.items():
            self.money[currency] = self.money.get(currency, Decimal(0)) + value


@dataclass(slots=True)
class Sums:
    """The lines that one question changes, added up: in all, and by each of `BY`."""

    total: Sum = field(default_factory=Sum)
    by: dict[str, dict[str, Sum]] = field(default_factory=lambda: {name: {} for name in BY})

    def take(self, texts: Any, before: Any, after: Any) -> None:
        """Take in the lines of `changed`."""
        values, currencies = _values(texts), _texts(texts, ("currency",))
        verdicts = zip(_all(before, "verdict"), _all(after, "verdict"), strict=True)
        keys = {
            "verdicts": [f"{one} -> {two}" for one, two in verdicts],
            "measure": because(before, after),
            "party": _texts(texts, _PARTY),
            "goods": _texts(texts, _GOODS),
        }
        self._add("", [""] * texts.num_rows, values, currencies)
        for name, found in keys.items():
            self._add(name, found, values, currencies)

    def _add(self, by: str, keys: Sequence[str], values: Sequence[Decimal | None], currencies: Sequence[str]) -> None:
        distinct, back = np.unique(np.asarray(keys, object), return_inverse=True)
        counts = np.bincount(back, minlength=len(distinct))
        money: list[dict[str, Decimal]] = [{} for _ in distinct]
        for row, value in enumerate(values):
            if value is not None and (currency := currencies[row]):
                of_key = money[back[row]]
                of_key[currency] = of_key.get(currency, Decimal(0)) + value
        for key, count, sums in zip(distinct.tolist(), counts.tolist(), money, strict=True):
            if not by:
                self.total.add(count, sums)
                continue
            for name in key.split(";") if by == "measure" else (key,):
                self.by[by].setdefault(name, Sum()).add(count, sums)

    def ordered(self, by: str) -> Iterator[tuple[str, Sum]]:
        """The groups of one kind, those of most lines first."""
        yield from sorted(self.by[by].items(), key=lambda one: (-one[1].lines, one[0]))


def changed(before: Any, after: Any) -> Any:
    """Of each line, whether its verdict differs. A line that only one of the two could answer differs, too."""
    one, two = (pc.fill_null(each.column("verdict").cast(pa.string()), "") for each in (before, after))
    return pc.not_equal(one, two)


def because(before: Any, after: Any) -> list[str]:
    """The measures that bite on one side only, or else all that do, `;` between; where none does, which facts are not said."""
    told: dict[tuple[str, ...], str] = {}
    columns = [_all(answers, name) for name in ("reasons", "missing") for answers in (before, after)]
    rows = list(zip(*columns, strict=True))
    for row in set(rows):
        was, now, asked, asks = (set(filter(None, text.split(";"))) for text in row)
        open_ = f"not said: {', '.join(sorted(asked | asks))}" if asked | asks else "what is covered, or presumed"
        told[row] = ";".join(sorted(was ^ now) or sorted(was | now)) or open_
    return [told[row] for row in rows]


def beside(given: Any, before: Any, after: Any, against: str) -> Any:
    """Lines with both answers beside them; a column that has such a name keeps the user's as `input_...`."""
    columns: dict[str, Any] = {"against": pa.array([against] * given.num_rows, pa.string())}
    for name in _TOLD:
        for side, answers in (("before", before), ("after", after)):
            columns[f"{name}_{side}"] = answers.column(name).cast(pa.string())
    columns["because"] = pa.array(because(before, after), pa.string())
    names = [f"input_{name}" if name in columns else name for name in given.schema.names]
    return pa.RecordBatch.from_arrays([*given.columns, *columns.values()], names=[*names, *columns])


def schema_beside(given: Any, *, as_texts: bool) -> Any:
    """The schema of what `beside` makes."""
    names = [f"input_{one.name}" if one.name in CHANGES else one.name for one in given]
    fields = [pa.field(name, pa.string() if as_texts else one.type) for name, one in zip(names, given, strict=True)]
    return pa.schema([*fields, *(pa.field(name, pa.string()) for name in CHANGES)])


def _all(answers: Any, name: str) -> list[str]:
    return [text or "" for text in answers.column(name).to_pylist()]


def _texts(texts: Any, names: Sequence[str]) -> list[str]:
    """Of each row the first of these columns that says something."""
    found = [""] * texts.num_rows
    for name in reversed(names):
        if name in texts.schema.names:
            for row, text in enumerate(texts.column(name).to_pylist()):
                if text and text.strip():
                    found[row] = text.strip()
    return found


def _values(texts: Any) -> list[Decimal | None]:
    if "value" not in texts.schema.names:
        return [None] * texts.num_rows
    cells = texts.column("value").to_pylist()
    return [read_decimal(cell.strip()) if cell and cell.strip() else None for cell in cells]
