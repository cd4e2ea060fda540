"""What a measure does to a line, from light to grave."""

from __future__ import annotations

from enum import Enum


class Effect(Enum):
    """The effects in order; `DUTY`, `REPORT` and `NONE` stand beside the order and never make a verdict."""

    FREE = "free"
    LICENCE_REQUIRED = "licence_required"
    PRESUMPTION_OF_DENIAL = "presumption_of_denial"
    PROHIBITED = "prohibited"
    DUTY = "duty"
    REPORT = "report"
    NONE = "none"

    @property
    def restricts(self) -> bool:
        """Whether the effect can make a line worse than free."""
        return self in GRAVITY and self is not Effect.FREE

    @property
    def rank(self) -> int:
        """Place in the order of gravity; effects outside the order weigh nothing."""
        return GRAVITY.index(self) if self in GRAVITY else 0


GRAVITY: tuple[Effect, ...] = (
    Effect.FREE,
    Effect.LICENCE_REQUIRED,
    Effect.PRESUMPTION_OF_DENIAL,
    Effect.PROHIBITED,
)


def graver(one: Effect, other: Effect) -> Effect:
    """The graver of two effects."""
    return one if one.rank >= other.rank else other
