"""Which measures ask the same of a line but for its goods, and which goods lie under quite other headings than the stated ones.

Worked out once for a base, so that of hundreds of measures a line is asked only what may matter to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenlane.law.facts import Basis, Facts
from greenlane.law.measure import Measure
from greenlane.law.scope import Condition, GoodsAre, stated_heads, words_stated


@dataclass(frozen=True, slots=True)
class Alike:
    """Measures of one side and regime that share all conditions but the one on goods."""

    side: str
    regime: str
    shared: tuple[Condition, ...]  # in the order of what they cost to judge
    measures: tuple[tuple[Measure, GoodsAre | None], ...]

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
class Headings:
    """Conditions on goods, by identity: under which headings they lie, and what may speak for them under others."""

    lying: frozenset[int]  # those that lie under some headings only
    under: Mapping[str, frozenset[int]]
    spoken_for: Mapping[str, Mapping[str, frozenset[int]]]  # by fact and word ("": whatever is stated)

    @classmethod
    def of(cls, conditions: Iterable[GoodsAre]) -> Headings:
        """The headings of conditions, which must be kept as long as these are."""
        lying = {id(one): one for one in conditions if one.heads}
        under: dict[str, set[int]] = {}
        spoken_for: dict[str, dict[str, set[int]]] = {}
        for name, one in lying.items():
            for head in one.heads:
                under.setdefault(head, set()).add(name)
            for fact, word in (spoken for item in one.items for spoken in item.spoken_for_by):
                spoken_for.setdefault(fact, {}).setdefault(word, set()).add(name)
        return cls(frozenset(lying), _frozen(under), {fact: _frozen(words) for fact, words in spoken_for.items()})

    def elsewhere(self, facts: Facts) -> frozenset[int]:
        """Conditions that the stated tariff codes rule out, with nothing that could speak for them; these bite on no day."""
        stated = stated_heads(facts)
        if not stated:
            return frozenset()
        apart = [self.under[head] for head in stated if head in self.under]
        for name in facts.names():
            fact, words = facts.get(name), self.spoken_for.get(name)
            if fact is not None and words is not None:
                said = words if fact.basis is Basis.PRESUMED else ("", *words_stated(str(fact.value)))
                apart += [words[one] for one in said if one in words]
        return self.lying.difference(*apart)


def _frozen(index: Mapping[str, set[int]]) -> Mapping[str, frozenset[int]]:
    return {key: frozenset(names) for key, names in index.items()}
