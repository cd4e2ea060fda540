"""Goods codes and control-list entries: what one code says about another.

Schemes: `hs` (six digits international, the rest of the country that uses it), `hts` (US import), `schedule_b`
(US export), `eccn` (US control list), `cn` (China's control list). Tariff schemes share their first six digits
and nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

TARIFF = ("hs", "hts", "schedule_b")
CONTROL = ("eccn", "cn")
SCHEMES = TARIFF + CONTROL
SHARED_DIGITS = 6  # of tariff codes, in all the world
_DIGITS = re.compile(r"[0-9]{2}([0-9]{2}){0,6}\Z|[0-9]{13}\Z")
_CONTROL = re.compile(r"[0-9][A-Z][0-9]{3}(\.[a-z0-9]{1,3}){0,8}\Z")
_PARAGRAPHS = re.compile(
    r"[0-9][A-Z][0-9]{3}(\.[a-z]{1,2}(\.[0-9]{1,3}(\.[a-z]{1,3}(\.[0-9]{1,3}(\.[a-z]{1,3}(\.[0-9]{1,3})?)?)?)?)?)?\Z"
)
_OUTSIDE = {"eccn": "EAR99", "cn": "NONE"}


class Match(Enum):
    """What a stated code says about a wanted one."""

    WITHIN = "within"  # the stated code is the wanted one or lies beneath it
    ABOVE = "above"  # the stated code is too short to say
    OUTSIDE = "outside"  # the stated code excludes the wanted one
    SILENT = "silent"  # nothing of a comparable scheme is stated


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """A code of a scheme; tariff codes hold digits only, control codes keep their dots."""

    scheme: str
    value: str

    @classmethod
    def read(cls, text: str) -> Code:
        """Read `hs:8505.11`, `eccn:3A090.a`, `eccn:EAR99`, `cn:none`. Raises ValueError saying what is wrong."""
        scheme, colon, value = text.strip().partition(":")
        scheme = scheme.strip().lower()
        value = value.strip()
        if not colon or scheme not in SCHEMES:
            raise ValueError(f"`{text}` is not written scheme:code with a scheme of {', '.join(SCHEMES)}")
        if scheme in TARIFF:
            digits = value.replace(".", "").replace(" ", "")
            if not _DIGITS.match(digits):
                near = digits.translate(str.maketrans("OoIlBS", "001185"))
                hint = f"; did you mean `{near}`?" if near != digits and _DIGITS.match(near) else ""
                raise ValueError(f"`{value}` is not a goods code of 2 to 14 digits{hint}")
            return cls(scheme, digits)
        if value.upper() == _OUTSIDE[scheme]:
            return cls(scheme, _OUTSIDE[scheme])
        head, tail = value[:5].upper(), value[5:]
        value = head + tail.lower()
        if not _CONTROL.match(value):
            raise ValueError(f"`{text}` is not a control code like 1C905.a.4, 3A090.a or {_OUTSIDE[scheme]}")
        return cls(scheme, value)

    @property
    def is_outside(self) -> bool:
        """Whether the code says that the goods are on no list of the scheme."""
        return self.scheme in _OUTSIDE and self.value == _OUTSIDE[self.scheme]

    @property
    def wider(self) -> tuple[Code, ...]:
        """Every code above this one, the nearest first: 8505.11, 8505, 85 of 8505.1110; 3A090 of 3A090.a."""
        if self.scheme in TARIFF:
            return tuple(Code(self.scheme, self.value[:size]) for size in range(len(self.value) - 1, 1, -1))
        parts = self.value.split(".")
        return tuple(Code(self.scheme, ".".join(parts[:size])) for size in range(len(parts) - 1, 0, -1))

    @property
    def entry(self) -> Code:
        """The list entry of a control code, without its paragraphs (3A090 of 3A090.a); a tariff code is its own."""
        return Code(self.scheme, self.value[:5]) if self.scheme in CONTROL else self

    @property
    def is_numbered_as_lists_are(self) -> bool:
        """Whether the paragraphs of a control code go by turns, a letter, a number, a letter, as both lists write them."""
        return self.is_outside or bool(_PARAGRAPHS.match(self.value))

    def is_within(self, other: Code) -> bool:
        """Whether this code is `other` or lies beneath it (tariff: the same scheme, or six digits at most)."""
        if self.scheme in TARIFF and other.scheme in TARIFF:
            if self.scheme == other.scheme or len(other.value) <= 6:
                return self.value.startswith(other.value)
            return False
        if self.scheme != other.scheme:
            return False
        return self.value == other.value or self.value.startswith(other.value + ".")

    def excludes(self, other: Code) -> bool:
        """Whether goods of this code cannot be goods of `other`.

        Digits of `hs` beyond six belong to the country of shipment; they exclude only where both codes are written
        out to ten, because shorter national forms differ from country to country.
        """
        if self.scheme in TARIFF and other.scheme in TARIFF:
            size = 6
            if self.scheme == other.scheme and (self.scheme != "hs" or min(len(self.value), len(other.value)) >= 10):
                size = 14
            mine, theirs = self.value[:size], other.value[:size]
            return not (mine.startswith(theirs) or theirs.startswith(mine))
        if self.scheme != other.scheme:
            return False
        return not (self.is_within(other) or other.is_within(self))

    def compares(self, other: Code) -> bool:
        """Whether the two schemes can be compared at all."""
        return self.scheme == other.scheme or (self.scheme in TARIFF and other.scheme in TARIFF)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.pretty}"

    @property
    def pretty(self) -> str:
        """The code with the dots people write: 8505.11, 8505.11.0070."""
        if self.scheme in CONTROL or len(self.value) <= 4:
            return self.value
        text = f"{self.value[:4]}.{self.value[4:6]}"
        return text if len(self.value) == 6 else f"{text}.{self.value[6:]}"


def match_one(stated: tuple[Code, ...], wanted: Code) -> Match:
    """The same for one wanted code."""
    compared = [have for have in stated if have.compares(wanted)]
    if not compared:
        return Match.SILENT
    if any(have.is_within(wanted) for have in compared):
        return Match.WITHIN
    return Match.OUTSIDE if all(have.excludes(wanted) for have in compared) else Match.ABOVE


@lru_cache(maxsize=65536)
def match(stated: tuple[Code, ...], wanted: tuple[Code, ...]) -> Match:
    """What the stated codes of a line say about a set of wanted ones.

    WITHIN if a stated code lies within a wanted one; OUTSIDE only if every wanted one is excluded by a stated code and
    none is too short to say; ABOVE if one is too short; SILENT if nothing comparable is stated.
    """
    compared = [(have, want) for have in stated for want in wanted if have.compares(want)]
    if not compared:
        return Match.SILENT
    if any(have.is_within(want) for have, want in compared):
        return Match.WITHIN
    if any(not have.excludes(want) for have, want in compared):
        return Match.ABOVE
    return Match.OUTSIDE if len({want for _, want in compared}) == len(set(wanted)) else Match.ABOVE
