"""Which measures ask the same of a line but for its goods, and which goods lie under quite other headings than the stated ones.

Worked out once for a base, so that of hundreds of measures a line is asked only what may matter to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenlane.law.facts import Basis, Facts
from greenlane.law.groups import HEADING
from greenlane.law.measure import Measure
from greenlane.law.scope import Condition, Finding, GoodsAre, stated_codes, stated_heads, words_stated

Pair = tuple[Measure, GoodsAre | None]  # a measure and its goods
_NONE: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Alike:
    """Measures of one side and regime that share all conditions but the one on goods."""

    side: str
    regime: str
    shared: tuple[Condition, ...]  # in the order of what they cost to judge
    measures: tuple[Pair, ...]

    @classmethod
    def of(cls, *measures: Measure) -> Alike:
        """Of measures that are alike, the first of which stands for all."""
        first, _ = _shared_and_goods(measures[0])
        pairs = tuple((one, _shared_and_goods(one)[1]) for one in measures)
        return cls(measures[0].instrument.side, measures[0].regime, first, pairs)


def _shared_and_goods(measure: Measure) -> tuple[tuple[Condition, ...], GoodsAre | None]:
    by_cost = measure.by_cost
    if by_cost and isinstance(by_cost[-1], GoodsAre):
        return by_cost[:-1], by_cost[-1]
    return by_cost, None


def put_together(measures: Iterable[Measure]) -> tuple[Alike, ...]:
    """The measures, each with those that are alike."""
    found: dict[tuple[object, ...], list[Measure]] = {}
    for one in measures:
        shared, _ = _shared_and_goods(one)
        found.setdefault((one.instrument.side, one.regime, *map(id, shared)), []).append(one)
    return tuple(Alike.of(*them) for them in found.values())


@dataclass(frozen=True, slots=True)
class Keeper:
    """What keeps measures of a regime away on every day: presumptions alone, unless conditions to be judged day by day do."""

    regime: str
    presumed: frozenset[str]
    daily: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Measures that nothing they share keeps away for good."""

    them: Alike
    daily: tuple[Condition, ...]
    holds: bool  # whether all the rest of it holds


@dataclass(frozen=True, slots=True)
class Near:
    """A measure that one thing stated keeps away, and nothing else that it shares with others."""

    side: str
    measure: Measure
    goods: GoodsAre | None
    lacks: Finding


@dataclass(frozen=True, slots=True)
class Away:
    """Measures that presumptions keep away."""

    side: str
    keeper: Keeper
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What becomes of measures by what they share alone, before anybody looks at their goods; of the rest nothing is to be said."""

    open: tuple[Open, ...]
    near: tuple[Near, ...]
    away: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class Hints:
    """What of a line may speak for conditions on goods, which stand here by their identity."""

    plain: frozenset[int]  # those that name no list and no group of codes
    lying: frozenset[int]  # those that lie under some headings only
    under: Mapping[str, frozenset[int]]
    proved_by: Mapping[str, frozenset[int]]  # by heading of the customs code that proves them ("": whatever is stated)
    spoken_for: Mapping[str, Mapping[str, frozenset[int]]]  # by fact and word ("": whatever is stated)

    @classmethod
    def of(cls, conditions: Iterable[GoodsAre]) -> Hints:
        """The hints to conditions, which must be kept as long as these are."""
        goods = {id(one): one for one in conditions}
        under: dict[str, set[int]] = {}
        proved_by: dict[str, set[int]] = {}
        spoken_for: dict[str, dict[str, set[int]]] = {}
        for name, one in goods.items():
            for head in one.heads:
                under.setdefault(head, set()).add(name)
            for item in one.items:
                for head in item.proving_heads:
                    proved_by.setdefault(head, set()).add(name)
                for fact, word in item.spoken_for_by:
                    spoken_for.setdefault(fact, {}).setdefault(word, set()).add(name)
        return cls(
            plain=frozenset(name for name, one in goods.items() if not one.follows_days),
            lying=frozenset(name for name, one in goods.items() if one.heads),
            under=_frozen(under),
            proved_by=_frozen(proved_by),
            spoken_for={fact: _frozen(words) for fact, words in spoken_for.items()},
        )

    def read(self, facts: Facts) -> tuple[frozenset[int], frozenset[int]]:
        """Conditions that the stated tariff codes rule out while nothing speaks for them, and those that do not hold on any day.

        The first are told at once to be nothing like the goods; the second may fail or stay open.
        """
        spoken_for = [*self._spoken_for(facts)]
        proved = [self.proved_by.get(code.value[:HEADING], _NONE) for code in stated_codes(facts)]
        if proved:
            proved.append(self.proved_by.get("", _NONE))
        stated = stated_heads(facts)
        here = [self.under.get(head, _NONE) for head in stated]
        elsewhere = self.lying.difference(*here, *spoken_for) if stated else _NONE
        return elsewhere, self.plain.difference(*proved, *spoken_for)

    def _spoken_for(self, facts: Facts) -> Iterable[frozenset[int]]:
        for name in facts.names():
            fact, words = facts.get(name), self.spoken_for.get(name)
            if fact is not None and words is not None:
                said = words if fact.basis is Basis.PRESUMED else ("", *words_stated(str(fact.value)))
                yield from (words[one] for one in said if one in words)


def _frozen(index: Mapping[str, set[int]]) -> Mapping[str, frozenset[int]]:
    return {key: frozenset(names) for key, names in index.items()}
