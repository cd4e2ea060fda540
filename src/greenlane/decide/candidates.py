"""Which measures may concern a line on some day, and what keeps the others away?

Most conditions say the same of a line on every day. A measure one of whose lasting conditions fails is out for good; what is
left of it is at most a near miss (one thing stated keeps it away) or a presumption (what is presumed alone keeps it away).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from greenlane.law.alike import Alike
from greenlane.law.facts import Facts
from greenlane.law.measure import Measure
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import FAR, AddresseeIs, Condition, Finding, GoodsAre, Setting, Truth

Pair = tuple[Measure, GoodsAre | None]  # a measure and its goods


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeps measures of a regime away on every day: presumptions alone, unless conditions to be judged day by day do."""

    regime: str
    presumed: frozenset[str]
    daily: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Sorting:
    """The measures that may concern a line, and of the others those that something is to be said of."""

    candidates: list[Measure] = field(default_factory=list)
    nearly: list[tuple[Measure, Finding]] = field(default_factory=list)  # one thing stated keeps them away: perhaps near misses
    kept_away: dict[Keeper, list[Pair]] = field(default_factory=dict)  # by presumptions, if not by their goods, not weighed yet

    def keep_away(self, regime: str, failed: Iterable[Finding], daily: Iterable[Condition], pairs: Iterable[Pair]) -> None:
        """Put measures down as kept away by findings that lean on presumptions."""
        presumed = frozenset[str]().union(*(one.presumed for one in failed))
        self.kept_away.setdefault(Keeper(regime, presumed, tuple(daily)), []).extend(pairs)


def sort(listed: Iterable[Measure], facts: Facts, neutral: Setting, rules: RuleBase, sides: tuple[str, ...]) -> Sorting:
    """Part the measures whose lasting conditions may hold from those that fail for good.

    Looked at are those that any line may come under, and the rows `listed` for this one; `neutral`: a setting on any day.
    """
    sorting = Sorting()
    elsewhere, unproven = rules.hints.read(facts)
    lasting = _Lasting(facts, neutral, rules, unproven)
    for them in (*rules.alike, *map(Alike.of, listed)):
        pairs = [one for one in them.measures if id(one[1]) not in elsewhere]
        if pairs and them.side in sides:
            _part(them, pairs, lasting, sorting)
    last = len(rules.places)
    sorting.candidates.sort(key=lambda one: rules.places.get(one.id, last))
    return sorting


class _Lasting(dict[int, "Finding | None"]):
    """What conditions (by identity) find, where they find the same on every day; many measures share a condition."""

    def __init__(self, facts: Facts, neutral: Setting, rules: RuleBase, unproven: frozenset[int]) -> None:
        self._facts, self._neutral, self._rules, self._unproven = facts, neutral, rules, unproven

    def may_be_near(self, pair: Pair) -> bool:
        """Whether the measure may be a near miss, if something else that is stated keeps it away."""
        measure, goods = pair
        return measure.restricts and id(goods) not in self._unproven

    def find(self, condition: Condition) -> Finding | None:
        """The finding, or None where it may differ from day to day."""
        try:
            return self[id(condition)]
        except KeyError:
            found = self[id(condition)] = self._find_anew(condition)
            return found

    def _find_anew(self, condition: Condition) -> Finding | None:
        facts = self._facts
        if isinstance(condition, GoodsAre):
            told = condition.tell_at_once(facts)
            if told is not None:
                return told
            if condition.follows_days and any(True for _ in self._rules.days_of(condition, facts)):
                return None
        elif isinstance(condition, AddresseeIs):
            return None
        found, since, until = self._neutral.keep(condition, facts)
        return found if since is None and until is None else None


def _part(them: Alike, pairs: list[Pair], lasting: _Lasting, sorting: Sorting) -> None:
    """Sort measures that share all conditions but their goods."""
    failed: list[Finding] = []
    daily: list[Condition] = []
    lacking = 0  # how many shared conditions do not hold on any day
    stated = False  # whether one fails that leans on no presumption
    for condition in them.shared:
        found = lasting.find(condition)
        if found is None:
            daily.append(condition)
        elif found.truth is not Truth.YES:
            lacking += 1
            if found.truth is Truth.NO:
                failed.append(found)
                if not found.presumed and not stated:
                    stated = True
                    pairs = [one for one in pairs if lasting.may_be_near(one)]
            if stated and (lacking > 1 or not pairs):
                return  # not even a near miss
    if failed and not stated:
        sorting.keep_away(them.regime, failed, daily, pairs)
        return
    for measure, goods in pairs:
        found = None if goods is None else lasting.find(goods)
        if found is None or found.truth is Truth.YES:
            if stated:
                sorting.nearly.append((measure, failed[0]))
            else:
                sorting.candidates.append(measure)
        elif stated:
            continue  # the goods are a second thing that keeps it away
        elif found.truth is Truth.UNKNOWN:
            sorting.candidates.append(measure)
        elif found.presumed:
            sorting.keep_away(them.regime, (found,), daily, ((measure, None),))
        elif not lacking and found.key != FAR and measure.restricts:
            sorting.nearly.append((measure, found))
