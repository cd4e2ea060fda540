"""The verdict and its reasons: what `decide` returns, and its plain form for files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from greenlane.decide.line import Line
from greenlane.law.effect import Effect
from greenlane.law.measure import Measure, Rule
from greenlane.law.scope import Finding
from greenlane.terms.amounts import show
from greenlane.terms.sources import Source


class Verdict(Enum):
    """The five words."""

    FREE = "free"
    LICENCE_REQUIRED = "licence_required"
    PRESUMPTION_OF_DENIAL = "presumption_of_denial"
    PROHIBITED = "prohibited"
    CANNOT_SAY = "cannot_say"

    @property
    def lane(self) -> str:
        """The lane's colour, always shown with the word."""
        return _LANES[self]


_LANES = {
    Verdict.FREE: "green",
    Verdict.LICENCE_REQUIRED: "amber",
    Verdict.PRESUMPTION_OF_DENIAL: "red",
    Verdict.PROHIBITED: "red",
    Verdict.CANNOT_SAY: "grey",
}


def verdict_of(low: Effect, high: Effect) -> Verdict:
    """The verdict of a range: the effect, if there is only one."""
    return Verdict(low.value) if low is high else Verdict.CANNOT_SAY


@dataclass(frozen=True, slots=True)
class Reason:
    """A measure that bites, or may bite."""

    measure: Measure
    effect: Effect
    review: str
    certain: bool
    decided: bool
    state: str
    findings: tuple[Finding, ...]
    lifted_by: tuple[str, ...] = ()
    entry: str = ""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "measure": self.measure.id,
            "title": self.measure.title,
            "regime": self.measure.regime,
            "effect": self.effect.value,
            "review": self.review,
            "decided": self.decided,
            "certain": self.certain,
            "state": self.state,
            "standing": self.measure.standing.value,
            "matched": {found.key: found.says for found in self.findings},
            "source": source_of(self.measure),
        } | {key: text for key, text in (("review_note", self.measure.review_note), ("entry", self.entry)) if text}


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A measure that would bite but for one condition, or but for its state."""

    measure: Measure
    why: str

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "measure": self.measure.id,
            "title": self.measure.title,
            "effect": self.measure.effect.value,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class Lifted:
    """A lift that took a bite away, or made it lighter."""

    lift: Rule
    measure: Measure
    leaves: Effect
    certainty: str

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "lift": self.lift.id,
            "title": self.lift.title,
            "measure": self.measure.id,
            "leaves": self.leaves.value,
            "certainty": self.certainty,
            "source": source_of(self.lift),
        }


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact to ask for, with the verdict each answer would lead to."""

    fact: str
    why: str
    verdicts: Mapping[str, str]

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"fact": self.fact, "why": self.why, "verdicts": dict(self.verdicts)}


@dataclass(frozen=True, slots=True)
class Assumed:
    """A presumption that was used."""

    fact: str
    value: str
    because: str

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"fact": self.fact, "as": self.value, "because": self.because}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the base can say of one regime for this line."""

    regime: str
    status: str  # modelled, not_modelled, not_asked, absent, outside
    why: str
    verdict: str = ""
    subject: str = ""  # where a regime first asks whether it reaches the line at all: what it found

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        more = {"verdict": self.verdict, "subject": self.subject}
        return {"regime": self.regime, "status": self.status, "why": self.why} | {key: text for key, text in more.items() if text}


@dataclass(frozen=True, slots=True)
class DutyLayer:
    """One layer of duty: its measure, rate (None: not known), and what it comes to."""

    measure: Measure
    rate: Decimal | None
    note: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""  # the rate as written, where it is not plain percent
    heading: str = ""
    source: Source | None = None
    amount: Decimal | None = None
    currency: str = ""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        rate = None if self.rate is None else show(self.rate)
        source = source_of(self.measure) if self.source is None else {"title": self.source.title, "href": self.source.href}
        found: dict[str, Any] = {
            "measure": self.measure.id,
            "title": self.measure.title,
            "layer": self.measure.layer,
            "rate_percent": rate,
            "source": source,
        }
        if self.rate is None:
            found["range_percent"] = [None if one is None else show(one) for one in (self.low, self.high)]
        words = {"rate_text": self.text, "heading": self.heading, "note": self.note}
        found |= {key: text for key, text in words.items() if text}
        if self.amount is not None:
            found |= {"amount": show(self.amount), "currency": self.currency}
        return found


@dataclass(frozen=True, slots=True)
class Duty:
    """The duties on the line: the sum where every layer is known, else the range, or nothing.

    `additional`: the sum of the layers upon the base rate, where only that is not held. `as_read`: the sum by the law as
    last read, on a day that nobody has read up to.
    """

    rate: Decimal | None
    low: Decimal | None
    high: Decimal | None
    layers: tuple[DutyLayer, ...]
    exempt: tuple[Lifted, ...]
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    ceiling: Decimal = Decimal(0)
    amount: Decimal | None = None
    currency: str = ""
    as_read: Decimal | None = None
    assumed: tuple[Assumed, ...] = ()
    doubtful: tuple[Lifted, ...] = ()
    additional: Decimal | None = None

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        found: dict[str, Any] = {
            "rate_percent": None if self.rate is None else show(self.rate),
            "range_percent": None if self.low is None or self.high is None else [show(self.low), show(self.high)],
            "layers": [layer.plain() for layer in self.layers],
            "exempt": [lifted.plain() for lifted in self.exempt],
            "missing": list(self.missing),
            "notes": list(self.notes),
        }
        if self.amount is not None:
            found |= {"amount": show(self.amount), "currency": self.currency}
        if self.additional is not None:
            found["additional_percent"] = show(self.additional)
        if self.as_read is not None:
            found["as_read_percent"] = show(self.as_read)
        if self.assumed:
            found["assumed"] = [one.plain() for one in self.assumed]
        if self.doubtful:
            found["doubtful"] = [one.plain() for one in self.doubtful]
        return found


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One line, judged: the verdict, the range, every reason, and what is not known."""

    line: Line
    on: str
    known_by: str
    verdict: Verdict
    low: Effect
    high: Effect
    exact: bool
    reasons: tuple[Reason, ...]
    possible: tuple[Reason, ...]
    near_misses: tuple[NearMiss, ...]
    lifts: tuple[Lifted, ...]
    assumed: tuple[Assumed, ...]
    missing: tuple[Missing, ...]
    branches: tuple[Missing, ...]
    coverage: tuple[Coverage, ...]
    obligations: tuple[Reason, ...]
    promises: tuple[Reason, ...]
    conflicts: tuple[str, ...]
    derived: tuple[Assumed, ...]
    duty: Duty | None
    notes: tuple[str, ...]
    rules_version: str
    rules_sha256: str
    next_change: str | None = None
    next_verdict: str | None = None
    cover: tuple[Mapping[str, Any], ...] = ()  # what open licences give, see `licences.cover`
    cover_asks: tuple[Mapping[str, str], ...] = ()
    uncovered: tuple[str, ...] = ()  # measures that no licence of the desk answers in full; none without a ledger
    covered: bool = False  # whether licences answer every bite in full

    @property
    def lane(self) -> str:
        """The lane's colour: that of the verdict; green where licences answer every bite."""
        return "green" if self.covered else self.verdict.lane

    @property
    def deciding(self) -> tuple[str, ...]:
        """The measures that decided."""
        return tuple(reason.measure.id for reason in self.reasons if reason.decided)

    def plain(self) -> dict[str, Any]:
        """The stable form for JSON Lines: plain values, keys in a fixed order."""
        return {
            "line_id": self.line.line_id,
            "verdict": self.verdict.value,
            "lane": self.lane,
            "on": self.on,
            "known_by": self.known_by,
            "range": [self.low.value, self.high.value],
            "range_exact": self.exact,
            "reasons": [reason.plain() for reason in self.reasons],
            "possible": [reason.plain() for reason in self.possible],
            "near_misses": [near.plain() for near in self.near_misses],
            "lifts": [lifted.plain() for lifted in self.lifts],
            "assumed": [one.plain() for one in self.assumed],
            "derived": [one.plain() for one in self.derived],
            "next_change": self.next_change,
            "next_verdict": self.next_verdict,
            "missing": [one.plain() for one in self.missing],
            "branches": [one.plain() for one in self.branches],
            "coverage": [one.plain() for one in self.coverage],
            "obligations": [one.plain() for one in self.obligations],
            "promises": [one.plain() for one in self.promises],
            "conflicts": list(self.conflicts),
            "cover": [dict(one) for one in self.cover],
            **({"cover_asks": [dict(one) for one in self.cover_asks]} if self.cover_asks else {}),
            **({"uncovered": list(self.uncovered)} if self.uncovered else {}),
            "duty": None if self.duty is None else self.duty.plain(),
            "notes": list(self.notes),
            "rules": {"version": self.rules_version, "sha256": self.rules_sha256},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A decision less its explanation: what is the same for all lines that are alike to the law, however they are worded.

    `settled`: whether the range needed no missing fact to be tried out.
    """

    low: Effect
    high: Effect
    exact: bool
    settled: bool
    reasons: tuple[Reason, ...]
    lifts: tuple[Lifted, ...]
    missing: tuple[Missing, ...]
    branches: tuple[Missing, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict of its range."""
        return verdict_of(self.low, self.high)

    @property
    def deciding(self) -> tuple[Measure, ...]:
        """The measures that make the range as grave as it is."""
        return tuple(one.measure for one in self.reasons if one.decided)


_READ_ORDER = ("official", "not_opened", "copy", "press", "data")


def source_of(rule: Rule) -> dict[str, str | None]:
    """The source to show first: one with an address, the state's own page before copies, press and collections of data."""
    best = min(rule.sources, key=lambda source: (source.href is None, _READ_ORDER.index(source.read)))
    return {"title": best.title, "href": best.href}
