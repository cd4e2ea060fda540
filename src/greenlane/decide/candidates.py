"""Which measures may concern a line on some day, and what keeps the others away?

Most conditions say the same of a line on every day. A measure one of whose lasting conditions fails is out for good; what is
left of it is at most a near miss (one thing stated keeps it away) or a presumption (what is presumed alone keeps it away).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from greenlane.law.alike import Alike, Away, Keeper, Near, Open, Pair, Survey
from greenlane.law.facts import Facts
from greenlane.law.measure import Measure
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import FAR, AddresseeIs, Condition, Finding, GoodsAre, Setting, Truth
from greenlane.law.shelves import told

SURVEYS_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Sorting:
    """The measures that may concern a line, and of the others those that something is to be said of."""

    candidates: list[Measure] = field(default_factory=list)
    nearly: list[tuple[Measure, Finding]] = field(default_factory=list)  # one thing stated keeps them away: perhaps near misses
    kept_away: dict[Keeper, list[Pair]] = field(default_factory=dict)  # by presumptions, if not by their goods, not weighed yet

    def keep_away(self, keeper: Keeper, pairs: Iterable[Pair]) -> None:
        """Put measures down as kept away by presumptions."""
        self.kept_away.setdefault(keeper, []).extend(pairs)


def sort(listed: Iterable[Measure], facts: Facts, neutral: Setting, rules: RuleBase, sides: tuple[str, ...]) -> Sorting:
    """Part the measures whose lasting conditions may hold from those that fail for good.

    Looked at are those that any line may come under, and the rows `listed` for this one; `neutral`: a setting on any day.
    """
    sorting = Sorting()
    elsewhere, unproven = rules.hints.read(facts)
    lasting = _Lasting(facts, neutral, rules)
    _part(_survey(lasting, facts, neutral, rules), lasting, sorting, sides, elsewhere, unproven)
    if listed:
        rows = _survey_of(map(rules.alone, listed), lasting)
        _part(rows, lasting, sorting, sides, elsewhere, unproven)
    last = len(rules.places)
    sorting.candidates.sort(key=lambda one: rules.places.get(one.id, last))
    return sorting


def _survey(lasting: _Lasting, facts: Facts, neutral: Setting, rules: RuleBase) -> Survey:
    """The survey of the measures that any line may come under; lines that say the same of their route share it."""
    if rules.reads_of_shared is None:
        return _survey_of(rules.alike, lasting)
    key = (neutral.known_by, neutral.strict, *(told(name, facts, rules.party_names) for name in rules.reads_of_shared))
    survey = rules.surveys.get(key)
    if survey is None:
        if len(rules.surveys) >= SURVEYS_MAX:
            rules.surveys.clear()
        survey = rules.surveys[key] = _survey_of(rules.alike, lasting)
    return survey


def _survey_of(many: Iterable[Alike], lasting: _Lasting) -> Survey:
    """What becomes of measures by what they share alone."""
    found: list[Open] = []
    near: list[Near] = []
    away: list[Away] = []
    for them in many:
        failed, daily, lacking = lasting.of_shared(them)
        stated = any(not one.presumed for one in failed)
        if stated and lacking == 1:
            near.extend(Near(them.side, measure, goods, failed[0]) for measure, goods in them.measures if measure.restricts)
        elif failed and not stated:
            away.append(Away(them.side, Keeper(them.regime, _presumed(failed), tuple(daily)), them.measures))
        elif not failed:
            found.append(Open(them, tuple(daily), not lacking))
    return Survey(tuple(found), tuple(near), tuple(away))


class _Lasting(dict[int, "Finding | None"]):
    """What conditions (by identity) find, where they find the same on every day; many measures share a condition."""

    def __init__(self, facts: Facts, neutral: Setting, rules: RuleBase) -> None:
        self._facts, self._neutral, self._rules = facts, neutral, rules

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

    def of_shared(self, them: Alike) -> tuple[list[Finding], list[Condition], int]:
        """Of the conditions that measures share: the findings that fail, those to be judged day by day, how many do not hold."""
        failed: list[Finding] = []
        daily: list[Condition] = []
        lacking = 0
        for condition in them.shared:
            found = self.find(condition)
            if found is None:
                daily.append(condition)
            elif found.truth is not Truth.YES:
                lacking += 1
                if found.truth is Truth.NO:
                    failed.append(found)
                    if lacking > 1 and any(not one.presumed for one in failed):
                        break  # not even a near miss
        return failed, daily, lacking


def _part(
    survey: Survey,
    lasting: _Lasting,
    sorting: Sorting,
    sides: tuple[str, ...],
    elsewhere: frozenset[int],
    unproven: frozenset[int],
) -> None:
    """Sort surveyed measures by their goods."""
    for one in survey.open:
        them = one.them
        if them.side in sides:
            for measure, goods in them.measures:
                if id(goods) in elsewhere:
                    continue
                found = None if goods is None else lasting.find(goods)
                if found is None or found.truth is not Truth.NO:
                    sorting.candidates.append(measure)
                elif found.presumed:
                    sorting.keep_away(Keeper(them.regime, found.presumed, one.daily), ((measure, None),))
                elif one.holds and found.key != FAR and measure.restricts:
                    sorting.nearly.append((measure, found))
    for near in survey.near:
        goods = near.goods
        if near.side in sides and id(goods) not in unproven and id(goods) not in elsewhere:
            found = None if goods is None else lasting.find(goods)
            if found is None or found.truth is Truth.YES:  # else the goods are a second thing that keeps it away
                sorting.nearly.append((near.measure, near.lacks))
    for away in survey.away:
        if away.side in sides:
            left = [pair for pair in away.pairs if id(pair[1]) not in elsewhere]
            if left:
                sorting.keep_away(away.keeper, left)


def _presumed(findings: Iterable[Finding]) -> frozenset[str]:
    return frozenset[str]().union(*(one.presumed for one in findings))
