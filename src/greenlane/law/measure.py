"""A measure, a lift, an act, an instrument: the parts of the law, with their periods and sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from greenlane.law.effect import Effect
from greenlane.law.rates import Schedule
from greenlane.law.scope import Condition, GoodsAre, Letter, PartyIs
from greenlane.terms.codes import Code
from greenlane.terms.periods import Bound, Period
from greenlane.terms.sources import Source, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """A period in force; it, and its end, may have become public at different times."""

    period: Period
    known_since: Bound
    end_known_since: Bound
    source: Source | None
    unknown_after: Bound | None = None  # from then on nobody has confirmed that it still holds, nor that it ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From `start` on, the rate of a duty in percentage points (None: not known, with the readings of what it may be)."""

    start: Bound
    rate: Decimal | None
    known_since: Bound
    source: Source | None
    branches: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One act of a state, or what is reported of one."""

    id: str
    title: str
    issuer: str
    number: str
    kind: str
    regime: str
    side: str
    zone: str
    published: str
    known_since: Bound
    standing: Standing
    status: str  # floated, offered, agreed, published, in_force
    checked_on: str
    reading: str
    sources: tuple[Source, ...]
    letter: Letter | None
    file: str
    sha256: str
    as_of: Bound | None = None  # the state its text was read in; of earlier changes only the dated ones are known

    @property
    def decides(self) -> bool:
        """Whether the instrument is law at all: what is floated, offered, agreed or merely published is not."""
        return self.status == "in_force"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What measures and lifts share: a scope with periods."""

    id: str
    title: str
    instrument: Instrument
    conditions: tuple[Condition, ...]
    periods: tuple[InForce, ...]
    known_since: Bound
    standing: Standing
    sources: tuple[Source, ...]
    line: int
    table: str = ""  # the table it is a row of

    @cached_property
    def by_cost(self) -> tuple[Condition, ...]:
        """The conditions in the order of what they cost to judge: parties are looked up by name, goods are weighed."""
        return tuple(sorted(self.conditions, key=lambda one: 2 if isinstance(one, GoodsAre) else int(isinstance(one, PartyIs))))


@dataclass(frozen=True, kw_only=True)
class Measure(Rule):
    """One restriction or duty: who stops which goods going to whom, and since when."""

    effect: Effect
    review: str
    review_note: str
    reading: str
    layer: str
    steps: tuple[Step, ...]
    conflicts_with: tuple[str, ...]
    schedule: Schedule | None = None  # the rates of a duty by code, in place of steps
    entries: frozenset[Code] = frozenset()  # of a row of a table: only lines that state one of these list entries are concerned

    @property
    def regime(self) -> str:
        """The regime it belongs to."""
        return self.instrument.regime

    @cached_property
    def restricts(self) -> bool:
        """Whether it can make a line worse than free: it is law, and its effect is in the order of gravity."""
        return self.effect.restricts and self.instrument.decides


@dataclass(frozen=True, kw_only=True)
class Lift(Rule):
    """What takes a bite away, or makes it lighter: an exception, an authorisation; or an exception to a lift."""

    targets: tuple[str, ...]
    leaves: Effect
    certainty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an instrument does to measures of others: suspends, ends, extends, flags as not enforced, states an end."""

    id: str
    instrument: Instrument
    does: str
    targets: tuple[str, ...]
    start: Bound | None
    end: Bound | None
    after_unknown: bool
    leaves: Effect
    known_since: Bound
    sources: tuple[Source, ...]
    line: int

    @property
    def bounds(self) -> Iterable[Bound]:
        """Its edges."""
        return (bound for bound in (self.start, self.end) if bound is not None)
