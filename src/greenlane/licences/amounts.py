"""How is an amount counted without losing a grain? As a whole number of the smallest part its line counts in.

A line counts its quantity in one unit and in parts of ten to the minus `scale` of it; its value likewise in one currency. Nothing
is rounded: an amount that is finer than the line counts is refused, and so is a unit of another kind.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

from greenlane.errors import LedgerRefusal
from greenlane.terms.amounts import convert

QUANTITY_SCALE: Final = 8  # a pound is exact in kilograms with eight places
VALUE_SCALE: Final = 4
AMOUNT_MAX: Final = 10**18 - 1  # what both databases hold in eight bytes, with room for a sum
_DIGITS: Final = 60  # enough for any product of an amount and a factor of units


def scaled(value: Decimal, scale: int, *, what: str = "amount") -> int:
    """A decimal as a whole number of parts. Raises LedgerRefusal GL0708 if it is finer than they are, or beyond what is counted."""
    with localcontext() as exact:
        exact.prec = _DIGITS
        parts = value.scaleb(scale)
        if parts != parts.to_integral_value():
            message = f"{what} {value:f} is finer than {Decimal(1).scaleb(-scale):f}, in which it is counted"
            raise LedgerRefusal("GL0708", message, hint="nothing is rounded here; state it in a unit that comes out even")
        if abs(parts) > AMOUNT_MAX:
            raise LedgerRefusal("GL0708", f"{what} {value:f} is larger than can be counted here")
        return int(parts)


def in_unit(value: Decimal, unit: str, wanted: str) -> Decimal:
    """A quantity in the unit of a line, exactly. Raises LedgerRefusal GL0708 for units of different kinds, or not known."""
    if unit == wanted:
        return value
    with localcontext() as exact:
        exact.prec = _DIGITS
        found = convert(value, unit, wanted)
        if found is None or convert(found, wanted, unit) != value:
            message = f"{value:f} {unit} cannot be said exactly in {wanted}, the unit of the licence"
            raise LedgerRefusal("GL0708", message, hint=f"state the quantity in {wanted}")
        return found


def shown(parts: int, scale: int) -> str:
    """A number of parts as a plain decimal without needless zeros: 1490, 0.5, -3."""
    sign = "-" if parts < 0 else ""
    whole, rest = divmod(abs(parts), 10**scale)
    return f"{sign}{whole}.{rest:0{scale}d}".rstrip("0").rstrip(".") if rest else f"{sign}{whole}"
