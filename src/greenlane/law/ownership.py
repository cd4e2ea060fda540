"""When is a firm treated like its owners? The ownership rules, as profiles that an engine can read.

A profile says how much is enough, whose shares count, whether several owners are added up, whether the rule runs down a chain,
and what a statement of control means. A profile `of` measures has its days, its threshold and its standing from them, so that a
suspension of the measures is a suspension of the profile. A profile by itself states them, for law that no measure here holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from greenlane.law.effect import Effect
from greenlane.law.measure import InForce
from greenlane.law.scope import NumberTest, ValueIs
from greenlane.terms.periods import Bound
from greenlane.terms.sources import Source, Standing

OWNER_SHARE = "owner_share"  # the fact whose test in a measure is the threshold


class Weight(Enum):
    """What a circumstance does to the answer."""

    NOTHING = "nothing"
    WARNS = "warns"  # said beside the answer
    ASKS = "asks"  # the answer is a question


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much is enough: `percent` itself (`at_least`), or only more than it."""

    percent: Decimal
    at_least: bool

    @classmethod
    def of_test(cls, test: object) -> Threshold | None:
        """The threshold of a test on a share; None for a test of another kind."""
        if isinstance(test, NumberTest) and test.op in (">=", ">"):
            return cls(test.value, test.op == ">=")
        return None

    def __str__(self) -> str:
        number = f"{self.percent.normalize():f}"
        return f"{number} % or more" if self.at_least else f"more than {number} %"


@dataclass(frozen=True, slots=True)
class CountedOwner:
    """A list whose parties count as owners; `certain` is False where only some of them do, and which is not held."""

    list: str
    effect: Effect
    certain: bool = True
    measure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipProfile:
    """One ownership rule. `measures` (if any) own its days, threshold and standing; then `periods` is empty."""

    id: str
    title: str
    side: str
    measures: tuple[str, ...]
    threshold: Threshold
    owners: tuple[CountedOwner, ...]
    aggregate: bool  # False: the sum of several owners is only a question
    chain: bool  # a firm that meets the rule counts in full as an owner; False: beyond the first link it is only a question
    control: Weight
    minority: Weight  # listed owners below the threshold
    unnamed: Weight  # listed owners below the threshold, and owners that nobody names
    periods: tuple[InForce, ...]
    known_since: Bound
    standing: Standing
    sources: tuple[Source, ...]
    reading: str
    line: int

    @property
    def confirmed(self) -> bool:
        """Whether a source confirms it; what none does never clears, and never condemns."""
        return self.standing is not Standing.UNVERIFIED


def threshold_of(conditions: tuple[object, ...]) -> Threshold | None:
    """The threshold that the conditions of a measure set for the share of an owner."""
    for one in conditions:
        if isinstance(one, ValueIs) and one.fact == OWNER_SHARE:
            return Threshold.of_test(one.test)
    return None
