"""Shares, quantities and money: exact decimals with a unit. No floats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?\Z")
_UNIT = re.compile(r"[A-Za-z0-9]{1,12}([/.\-^ ]?[A-Za-z0-9]{1,8}){0,2}\Z")


def read_decimal(text: str) -> Decimal:
    """Read a plain decimal such as `1200` or `0.5`: no exponent, no thousands mark. Raises ValueError."""
    text = text.strip()
    if not _DECIMAL.match(text):
        near = text.replace(",", ".")
        hint = f"; did you mean `{near}`?" if near != text and _DECIMAL.match(near) else ""
        raise ValueError(f"`{text}` is not a plain decimal number{hint}")
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"`{text}` is not a plain decimal number") from error


def read_percent(text: str) -> Decimal:
    """Read `12%`, `0.1 %` or `0`: percent between 0 and 100. A bare number other than 0 must carry the sign."""
    text = text.strip()
    bare = text.removesuffix("%").strip()
    value = read_decimal(bare)
    if bare == text and value != 0:
        raise ValueError(f"`{text}` needs its percent sign: `{text}%`")
    if not 0 <= value <= 100:
        raise ValueError(f"`{text}` is not between 0 % and 100 %")
    return value


def read_unit(text: str) -> str:
    """Read a unit: a UN/ECE code (KGM, H87) or a common one (kg, t, pcs). Raises ValueError."""
    text = text.strip()
    if not _UNIT.match(text):
        raise ValueError(f"`{text}` is not a unit like kg, t, pcs or a UN/ECE code such as KGM")
    return text


def show(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros: 32.1, 12, 0.1."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_money(value: Decimal) -> str:
    """An amount of money with its two places: 30816.00."""
    return f"{value:.2f}"


# What one unit is in another, exactly; UN/ECE codes (Recommendation 20) and common words, in lower case.
_SAME = {
    "kg": ("kg", "kgm", "kgs", "kilogram", "kilograms"),
    "g": ("g", "grm", "gram", "grams"),
    "t": ("t", "tne", "tonne", "tonnes"),
    "lb": ("lb", "lbr", "lbs"),
    "l": ("l", "ltr", "liter", "litre", "liters", "litres"),
    "ml": ("ml", "mlt"),
    "hl": ("hl", "hlt"),
    "no": ("no", "nmb", "h87", "c62", "ea", "pc", "pcs", "piece", "pieces", "each", "unit", "units"),
    "doz": ("doz", "dzn", "dozen"),
    "gross": ("gross", "gro"),
    "thousand": ("thousand", "mil"),
    "pr": ("pr", "prs", "npr", "pair", "pairs"),
    "bbl": ("bbl", "bll", "barrel", "barrels"),
    "m2": ("m2", "mtk", "sqm"),
    "m3": ("m3", "mtq", "cbm"),
}
_UNITS = {word: unit for unit, words in _SAME.items() for word in words}
_IN = {
    "kg": ("kg", Decimal(1)),
    "g": ("kg", Decimal("0.001")),
    "t": ("kg", Decimal(1000)),
    "lb": ("kg", Decimal("0.45359237")),
    "l": ("l", Decimal(1)),
    "ml": ("l", Decimal("0.001")),
    "hl": ("l", Decimal(100)),
    "no": ("no", Decimal(1)),
    "doz": ("no", Decimal(12)),
    "gross": ("no", Decimal(144)),
    "thousand": ("no", Decimal(1000)),
    "pr": ("pr", Decimal(1)),
    "bbl": ("bbl", Decimal(1)),
    "m2": ("m2", Decimal(1)),
    "m3": ("m3", Decimal(1)),
}


def convert(quantity: Decimal, unit: str, wanted: str) -> Decimal | None:
    """A quantity in another unit of the same kind, exactly; None where the units are of different kinds or not known."""
    one, other = _IN.get(_UNITS.get(unit.lower(), "")), _IN.get(_UNITS.get(wanted.lower(), ""))
    if one is None or other is None or one[0] != other[0]:
        return None
    return quantity if one == other else quantity * one[1] / other[1]


@dataclass(frozen=True, slots=True)
class Share:
    """A share in percent: exact, or known only to be above zero (`percent` None)."""

    percent: Decimal | None

    @classmethod
    def read(cls, text: str) -> Share:
        """Read `3.1%`, `0`, `>0`. Raises ValueError."""
        if re.fullmatch(r">\s*0\s*%?", text.strip()):
            return cls(None)
        return cls(read_percent(text))

    def __str__(self) -> str:
        return "> 0" if self.percent is None else f"{show(self.percent)} %"
