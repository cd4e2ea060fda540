"""What goods are made of: element shares by mass. Absent means unknown, zero means none."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from greenlane.terms.amounts import Share

ELEMENTS: Final[frozenset[str]] = frozenset(
    """
    H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo
    Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl
    Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
    """.split()
)


def read_composition(text: str) -> tuple[tuple[str, Share], ...]:
    """Read `Nd:29%;Dy:3.1%;Tb:0`. Raises ValueError for unknown or doubled elements and sums above 100 %."""
    found: dict[str, Share] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        symbol, colon, share = part.partition(":")
        symbol = symbol.strip()
        if not colon or symbol not in ELEMENTS:
            raise ValueError(f"`{part}` is not written element:share% with a chemical symbol")
        if symbol in found:
            raise ValueError(f"`{symbol}` is written twice")
        found[symbol] = Share.read(share)
    total = sum((share.percent for share in found.values() if share.percent is not None), Decimal(0))
    if total > 101:  # one point is left for rounding
        raise ValueError(f"the shares add up to {total} %")
    return tuple(sorted(found.items()))
