"""How do the rules stand on the days of a span? Rules that come and go together, rows of one table mostly, are asked once."""

from __future__ import annotations

from collections.abc import Iterator

from greenlane.batch.law_bits import LawBits
from greenlane.batch.remains import Lines
from greenlane.law.measure import Measure, Rule
from greenlane.law.rulebase import Stand


class Stands:
    """The rules of some law in groups that share periods, acts upon them and knowledge."""

    def __init__(self, lines: Lines, bits: LawBits) -> None:
        self.lines = lines
        self._groups: dict[object, tuple[Rule, int]] = {}
        for place, rule in enumerate(bits.rules_in_order):
            steps = rule.steps if isinstance(rule, Measure) else ()
            acts = tuple(id(act) for act in lines.rules.acts_on(rule.id))
            key = (isinstance(rule, Measure), rule.periods, rule.known_since, rule.instrument.id, steps, acts)
            first, members = self._groups.get(key, (rule, 0))
            self._groups[key] = (first, members | 1 << place)

    def at(self, span: int) -> Iterator[tuple[Rule, int, Stand, Stand]]:
        """One rule of each group, the bits of all, how it stands in public, and for who was told of it by letter."""
        rules, one = self.lines.rules, self.lines.days.at(span)
        for rule, members in self._groups.values():
            stand = rules.stand(rule, one.moments[0], one.known_by)
            told = stand if rule.instrument.letter is None else rules.stand(rule, one.moments[0], one.known_by, told=True)
            yield rule, members, stand, told
