"""Do order, licence and declaration say the same: quantity, price, consignee, end user? Field by field, exactly.

A quantity is compared in one unit, exactly; a price as a fraction, so that nothing is rounded. Names are the same when they are
the same letters: whether two names are one firm is for screening, not for this. A field that a side does not state is not taken
as agreeing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from greenlane.errors import LedgerRefusal
from greenlane.licences.amounts import in_unit
from greenlane.terms.amounts import read_decimal

NAMES: Final = ("exporter", "consignee", "end_user", "destination", "contract", "mode", "end_use")
FIELDS: Final = ("quantity", "price", "value", *NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one paper says; what it does not say is empty."""

    paper: str
    quantity: str = ""
    unit: str = ""
    value: str = ""
    currency: str = ""
    names: Mapping[str, tuple[str, ...]]  # a licence may allow several


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One field, as each paper has it."""

    field: str
    said: Mapping[str, str]
    outcome: str  # same, differs, not_stated
    words: str


def agreeing(papers: tuple[Said, ...]) -> tuple[Agreed, ...]:
    """Hold papers against each other, the first against each."""
    found = [_amounts(papers, field) for field in ("quantity", "price", "value")]
    found += [_names(papers, field) for field in NAMES]
    return tuple(one for one in found if any(one.said.values()))


def _amounts(papers: tuple[Said, ...], field: str) -> Agreed:
    said = {one.paper: _shown(one, field) for one in papers}
    if not all(said.values()):
        silent = ", ".join(name for name, text in said.items() if not text)
        return Agreed(field=field, said=said, outcome="not_stated", words=f"not stated: {silent}")
    first = papers[0]
    for other in papers[1:]:
        try:
            gap = _figure(other, field, first.unit) - _figure(first, field, first.unit)
        except LedgerRefusal as error:
            return Agreed(field=field, said=said, outcome="differs", words=error.message)
        if field != "quantity" and other.currency != first.currency:
            return Agreed(
                field=field, said=said, outcome="differs", words=f"{other.currency} is not {first.currency}; nothing is converted"
            )
        if gap:
            unit = first.unit if field == "quantity" else first.currency + (f"/{first.unit}" if field == "price" else "")
            more = "more" if gap > 0 else "less"
            words = f"{other.paper}: {_decimal(abs(gap))} {unit} {more} than {first.paper}; no tolerance is confirmed"
            return Agreed(field=field, said=said, outcome="differs", words=words)
    return Agreed(field=field, said=said, outcome="same", words="")


def _shown(one: Said, field: str) -> str:
    if field == "quantity":
        return f"{one.quantity} {one.unit}" if one.quantity else ""
    if not one.value or (field == "price" and not one.quantity):
        return ""
    if field == "value":
        return f"{one.value} {one.currency}"
    return f"{_decimal(Fraction(read_decimal(one.value)) / Fraction(read_decimal(one.quantity)))} {one.currency}/{one.unit}"


def _figure(one: Said, field: str, unit: str) -> Fraction:
    if field == "value":
        return Fraction(read_decimal(one.value))
    quantity = Fraction(in_unit(read_decimal(one.quantity), one.unit, unit))
    return quantity if field == "quantity" else Fraction(read_decimal(one.value)) / quantity


def _decimal(value: Fraction) -> str:
    """A fraction for people: exact where it is, else with six places and a sign that it goes on."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{exact:.6f}".rstrip("0").rstrip(".")
    return text if Fraction(Decimal(text)) == value else f"{text}..."


def _names(papers: tuple[Said, ...], field: str) -> Agreed:
    said = {one.paper: " / ".join(one.names.get(field, ())) for one in papers}
    stated = [one for one in papers if one.names.get(field)]
    if len(stated) < len(papers):
        silent = ", ".join(name for name, text in said.items() if not text)
        agreed = len({_same(name) for one in stated for name in one.names[field]}) <= 1
        words = f"not stated: {silent}" + ("" if agreed else "; and the others differ")
        return Agreed(field=field, said=said, outcome="not_stated" if agreed else "differs", words=words)
    common = set.intersection(*({_same(name) for name in one.names[field]} for one in papers))
    same = bool(common)
    return Agreed(field=field, said=said, outcome="same" if same else "differs", words="" if same else "not the same letters")


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
