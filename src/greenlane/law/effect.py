"""What a measure does to a line, from light to grave."""

from __future__ import annotations

from enum import Enum

_ORDER = ("free", "licence_required", "presumption_of_denial", "prohibited")


class Effect(Enum):
    """The effects in order; `DUTY`, `REPORT` and `NONE` stand beside the order and never make a verdict."""

    FREE = "free"
    LICENCE_REQUIRED = "licence_required"
    PRESUMPTION_OF_DENIAL = "presumption_of_denial"
    PROHIBITED = "prohibited"
    DUTY = "duty"
    REPORT = "report"
    NONE = "none"

    def __init__(self, word: str) -> None:
        """`rank`: place in the order of gravity (outside it: 0); `restricts`: whether it can make a line worse than free."""
        self.rank: int = _ORDER.index(word) if word in _ORDER else 0
        self.restricts: bool = self.rank > 0


GRAVITY: tuple[Effect, ...] = tuple(Effect(word) for word in _ORDER)


def graver(one: Effect, other: Effect) -> Effect:
    """The graver of two effects."""
    return one if one.rank >= other.rank else other
