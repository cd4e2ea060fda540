"""By how much may a licence be exceeded, on which day, and who says so?

A tolerance is law with dates, like a measure: in force over periods, known since a day, with its sources and how surely it is
known.
"""

from __future__ import annotations

from dataclasses import dataclass

from greenlane.law.measure import InForce
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source, Standing

METERS = ("quantity", "value")
BASES = ("granted", "remaining")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """One rule: how many thousandths of what is granted, or of what remains, may go beyond."""

    id: str
    title: str
    side: str
    meter: str
    per_mille: int
    of: str
    periods: tuple[InForce, ...]
    known_since: Bound
    standing: Standing
    sources: tuple[Source, ...]
    reading: str
    line: int

    @property
    def confirmed(self) -> bool:
        """Whether a source confirms it; what none does is shown and never used."""
        return self.standing is not Standing.UNVERIFIED

    def holds(self, on: Asked) -> bool:
        """Whether it is in force on the whole of a day, or at an instant."""
        bounds = frozenset(bound for one in self.periods for bound in (one.period.start, one.period.end) if bound is not None)
        moments: tuple[Moment, ...] = on.moments(bounds)
        return all(any(one.period.holds(moment) for one in self.periods) for moment in moments)
