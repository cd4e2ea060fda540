"""Which measures may concern a line on some day, and what keeps the others away?

Most conditions say the same of a line on every day. A measure one of whose lasting conditions fails is out for good; what is
left of it is at most a near miss (one thing stated keeps it away) or a presumption (what is presumed alone keeps it away).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from greenlane.law.effect import Effect
from greenlane.law.facts import Facts
from greenlane.law.measure import Measure
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import FAR, AddresseeIs, Condition, Finding, GoodsAre, Setting, Truth, follows_days


@dataclass(frozen=True, slots=True)
class KeptAway:
    """A measure that presumptions alone keep away on every day, and its conditions that must be judged day by day."""

    measure: Measure
    failed: tuple[Finding, ...]
    daily: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Sorting:
    """The measures that may concern a line, and of the others those that something is to be said of."""

    candidates: list[Measure] = field(default_factory=list)
    nearly: list[tuple[Measure, Finding]] = field(default_factory=list)  # one thing stated keeps them away: perhaps near misses
    kept_away: list[KeptAway] = field(default_factory=list)  # what is presumed alone keeps them away


def sort(measures: Iterable[Measure], facts: Facts, neutral: Setting, rules: RuleBase, sides: tuple[str, ...]) -> Sorting:
    """Part the measures whose lasting conditions may hold from those that fail for good; `neutral`: a setting on any day."""
    sorting = Sorting()
    lasting: dict[int, Finding | None] = {}  # many measures share a condition
    for measure in measures:
        if measure.effect is Effect.DUTY or measure.instrument.side not in sides:
            continue
        failed: list[Finding] = []
        daily: list[Condition] = []
        lacking = 0  # how many conditions do not hold on any day
        stated = False  # whether one fails that leans on no presumption
        for condition in measure.by_cost:
            try:
                found = lasting[id(condition)]
            except KeyError:
                found = lasting[id(condition)] = _lasting(condition, facts, neutral, rules)
            if found is None:
                daily.append(condition)
                continue
            if found.truth is Truth.YES:
                continue
            lacking += 1
            if found.truth is Truth.NO:
                failed.append(found)
                stated = stated or not found.presumed
            if stated and lacking > 1:
                break  # not even a near miss
        else:
            if not failed:
                sorting.candidates.append(measure)
            elif not stated:
                sorting.kept_away.append(KeptAway(measure, tuple(failed), tuple(daily)))
            elif failed[0].key != FAR and measure.restricts:
                sorting.nearly.append((measure, failed[0]))
    return sorting


def _lasting(condition: Condition, facts: Facts, neutral: Setting, rules: RuleBase) -> Finding | None:
    """What a condition finds, if it finds the same on every day."""
    if isinstance(condition, GoodsAre):
        told = condition.tell_at_once(facts)
        if told is not None:
            return told
    if isinstance(condition, AddresseeIs) or (follows_days(condition) and any(True for _ in rules.days_of(condition, facts))):
        return None
    return neutral.judge(condition, facts)
