"""What do the facts of a line leave of the law: which rules may still hold, and which certainly do?

A node is a few columns that are judged together: the route, the goods, the parties, shares and value. Its conditions judge a line
that states just these cells, once for each class. What only several nodes together decide is judged on what each shows of itself.
A remainder is one number: the lower half has a bit for each rule or conjunction that may hold, the upper half for each that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from greenlane.batch.cells import Column, Identify, columns, read_cells
from greenlane.batch.days import Days
from greenlane.batch.law_bits import CROSS, NODES, LawBits, bits_of, conditions_of
from greenlane.batch.pairs import Names, Pairs
from greenlane.batch.vocabulary import Vocabulary
from greenlane.decide.line import Line
from greenlane.decide.prepare import prepare
from greenlane.law.alike import Hints
from greenlane.law.facts import Facts, Identified, Listing
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import AddresseeIs, Condition, GoodsAre, Setting, Truth, stated_codes, stated_heads
from greenlane.terms.codes import CONTROL
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked, Moment

ORDER: Final = ("goods", "route", "shares", "parties")  # of the nodes, as their remainders are put together
_CROSSING: Final = (*ORDER, "origin")


@dataclass(frozen=True, slots=True)
class Judged:
    """What the conditions of a node find of a class: those that fail, those that are open; the dated ones day by day."""

    fail: int
    open: int
    dated: int


@dataclass(slots=True)
class Node:
    """The classes of a few columns together. `joins` put the columns together from the left, pair by pair."""

    name: str
    columns: tuple[Column, ...]
    joins: list[Pairs] = field(default_factory=list)
    joined: list[Names] = field(default_factory=list)
    facts: dict[int, Facts] = field(default_factory=dict)
    judged: dict[int, Judged] = field(default_factory=dict)
    exports: Names = field(default_factory=Names)  # what conditions of several nodes can see of a class
    export_of: dict[int, int] = field(default_factory=dict)
    shows: list[int] = field(default_factory=list)  # a class that shows it

    def __post_init__(self) -> None:
        for _ in self.columns[1:]:
            names = Names()
            self.joined.append(names)
            self.joins.append(Pairs(lambda a, b, names=names: names.number((a, b))))  # type: ignore[misc]

    def cells(self, number: int) -> dict[str, str]:
        """Cells that stand for a class."""
        found: dict[str, str] = {}
        for column, names in zip(reversed(self.columns[1:]), reversed(self.joined), strict=True):
            number, last = names.values[number]
            if last:
                found[column.name] = column.examples[last]
        if number:
            found[self.columns[0].name] = self.columns[0].examples[number]
        return found


class Law:
    """The law of a question: a base, sides, strictness and what screening found; everything that classes of cells leave of it."""

    def __init__(self, rules: RuleBase, sides: tuple[str, ...], *, strict: bool, identify: Identify) -> None:
        self.rules = rules
        self.sides = sides
        self.strict = strict
        self.identify = identify
        self.vocabulary = Vocabulary(conditions_of(rules), rules)
        self.columns = columns(self.vocabulary, identify)
        self.bits = LawBits(rules, sides)
        self.days = Days(rules)
        self.remainders = Names()
        self.whole = self.remainders.number(self.bits.all | self.bits.all << self.bits.size)
        self.nodes = {name: Node(name, tuple(self.columns[one] for one in parts)) for name, parts in NODES.items()}
        self._leaves = {name: self.bits.leaves(name) for name in NODES}
        self.cross = Node(CROSS, ())
        for _ in _CROSSING[1:]:
            names = Names()
            self.cross.joined.append(names)
            self.cross.joins.append(Pairs(lambda a, b, names=names: names.number((a, b))))  # type: ignore[misc]
        goods = {place: one for place, one in enumerate(self.bits.conds["goods"].many) if isinstance(one, GoodsAre)}
        self._hints = Hints.of(goods.values())
        self._goods = {id(one): 1 << place for place, one in goods.items()}
        self._entries: dict[str, dict[str, int]] = {scheme: {} for scheme in CONTROL}  # bare list entries, by how they begin
        self._bare = dict.fromkeys(CONTROL, 0)
        for place, one in goods.items():
            if one.entries is not None:
                scheme, heads, _ = one.entries
                self._bare[scheme] |= 1 << place
                for head in heads:
                    self._entries[scheme][head] = self._entries[scheme].get(head, 0) | 1 << place
        self._rows = {  # rows of tables that a code brings up once it is supposed: nothing said of the goods rules them out before
            scheme: sum(
                1 << place
                for place, one in enumerate(self.bits.measures)
                if any(entry.scheme == scheme for entry in one.entries)
            )
            for scheme in CONTROL
        }
        self._neutral = Asked.of(min((regime.start.day for regime in rules.regimes.values()), default=date(2025, 1, 1)))
        self._settings: dict[int, Setting] = {}
        self._anywhen = self._setting(Moment.of_day(self._neutral.calendar_day), self._neutral)

    # --- facts ------------------------------------------------------------------------------------------------------

    def _setting(self, moment: Moment, known_by: Asked) -> Setting:
        memory = self.rules.memory(known_by, strict=self.strict, of_days=moment.instant is None)
        return self.rules.setting(moment, known_by, strict=self.strict, memory=memory)

    def setting_at(self, span: int) -> Setting:
        """What conditions may look at on the days of a class (at its first moment)."""
        found = self._settings.get(span)
        if found is None:
            one = self.days.at(span)
            found = self._settings[span] = self._setting(one.moments[0], one.known_by)
        return found

    def parties_of(self, cells: Mapping[str, str]) -> dict[str, Identified]:
        """What screening found of the parties that cells name, by name."""
        names = [cells[role].strip() for role in ROLES if cells.get(role, "").strip()]
        return {name: party for name in names if (party := self.identify(name)) is not None}

    def facts_of(self, cells: Mapping[str, str]) -> Facts:
        """What is known of a line that states these cells and nothing else."""
        line = read_cells(cells)
        assert line is not None, cells
        return prepare(line, self.rules, self._anywhen, self.parties_of(cells))

    def facts(self, node: Node, number: int) -> Facts:
        """What is known of a line that states just the cells of a class."""
        found = node.facts.get(number)
        if found is None:
            cells = self._cross_cells(number) if node is self.cross else node.cells(number)
            found = node.facts[number] = self.facts_of(cells)
        return found

    def line_of(self, node: Node, number: int) -> Line:
        """A line that states just the cells of a class."""
        line = read_cells(node.cells(number))
        assert line is not None
        return line

    def told(self, name: str, facts: Facts) -> object:
        """What conditions can tell of a fact that is known, by its class and where it comes from."""
        fact = facts.get(name)
        if fact is None:
            return None
        value: object = fact.value
        if name.startswith("codes."):
            value = self.vocabulary.codes.class_of(stated_codes(facts, name.removeprefix("codes.")))
        elif name in ROLES:
            if isinstance(value, Listing):
                value = ("listing", value.group)
            else:
                value, _ = self.vocabulary.party(str(value), value if isinstance(value, Identified) else None)
        elif name == "end_use" and isinstance(value, tuple):
            value = (tuple(sorted(self.vocabulary.uses.intersection(value))), self.vocabulary.uses.issuperset(value))
        elif name == "description":
            value = tuple(phrase.find(facts).truth for phrase in self.vocabulary.phrases.values())
        elif name in self.vocabulary.tested:
            value = self.vocabulary.class_of(name, facts)
        return value, fact.basis

    # --- several nodes ----------------------------------------------------------------------------------------------

    def export(self, node: Node, number: int) -> int:
        """The class of what conditions of several nodes can see of a class of one."""
        found = node.export_of.get(number)
        if found is None:
            names = self._leaves[node.name]
            told = tuple(self.told(name, self.facts(node, number)) for name in names) if names else ()
            found = node.export_of[number] = node.exports.number(told)
            if found == len(node.shows):
                node.shows.append(number)
        return found

    def _cross_cells(self, number: int) -> dict[str, str]:
        shown: list[int] = []
        for names in reversed(self.cross.joined):
            number, last = names.values[number]
            shown.append(last)
        shown.append(number)
        cells: dict[str, str] = {}
        for name, one in zip(_CROSSING, reversed(shown), strict=True):
            node = self.nodes[name]
            cells |= node.cells(node.shows[one])
        return cells

    # --- remainders -------------------------------------------------------------------------------------------------

    def judge(self, node: Node, number: int) -> Judged:
        """What the conditions of a node find of a class, those that follow the days left open for them."""
        found = node.judged.get(number)
        if found is None:
            facts = self.facts(node, number)
            found = node.judged[number] = self._judge(node.name, facts)
        return found

    def _judge(self, name: str, facts: Facts) -> Judged:
        conds = self.bits.conds[name]
        setting = self._setting(self._anywhen.moment, self._neutral)  # with a memory of its own for these facts
        fail, open_, left = self._weighed_at_once(facts) if name == "goods" else (0, 0, (1 << len(conds.many)) - 1)
        dated = 0
        for place in bits_of(left):
            condition, bit = conds.many[place], 1 << place
            if self._follows_days(condition, conds.dated & bit, facts):
                dated |= bit
                continue
            truth = setting.judge(condition, facts).truth
            if truth is Truth.NO:
                fail |= bit
            elif truth is Truth.UNKNOWN:
                open_ |= bit
        return Judged(fail, open_, dated)

    def _weighed_at_once(self, facts: Facts) -> tuple[int, int, int]:
        """Of the conditions on goods those that fail or stay open without being weighed one by one, and the rest."""
        fail = open_ = 0
        elsewhere, _ = self._hints.read(facts)
        for one in elsewhere:
            fail |= self._goods[one]
        left = ((1 << len(self.bits.conds["goods"].many)) - 1) & ~fail
        for scheme, bare in self._bare.items():
            here = bare & left
            if not stated_codes(facts, scheme):
                open_ |= here
                left &= ~here
            elif stated := stated_heads(facts, scheme):
                begun = 0
                for head in stated:
                    begun |= self._entries[scheme].get(head, 0)
                fail |= here & ~begun
                left &= ~(here & ~begun)
        return fail, open_, left

    def _follows_days(self, condition: Condition, dated: int, facts: Facts) -> bool:
        """Whether the answer of a condition about these facts may change from day to day."""
        if isinstance(condition, AddresseeIs):
            return self.rules.letters[condition.instrument].addressee(facts) is not None
        return bool(dated) and any(True for _ in self.rules.days_of(condition, facts))

    def findings(self, node: Node, number: int, span: int) -> tuple[int, int]:
        """The conditions of a node that fail for a class on the days of a span, and those that are open."""
        judged = self.judge(node, number)
        fail, open_ = judged.fail, judged.open
        if judged.dated:
            setting, facts = self.setting_at(span), self.facts(node, number)
            for place in bits_of(judged.dated):
                truth = setting.judge(self.bits.conds[node.name].many[place], facts).truth
                if truth is Truth.NO:
                    fail |= 1 << place
                elif truth is Truth.UNKNOWN:
                    open_ |= 1 << place
        return fail, open_

    def remainder(self, node: Node, number: int, span: int) -> int:
        """The number of what a class of a node leaves of the law on the days of a span (any, if it follows no days)."""
        fail, open_ = self.findings(node, number, span)
        hanging = self.bits.hanging[node.name]
        failing = opened = 0
        for place in bits_of(fail):
            failing |= hanging[place]
        for place in bits_of(open_):
            opened |= hanging[place]
        may = self.bits.all & ~failing
        does = may & ~opened
        if node.name == "goods":
            facts = self.facts(node, number)
            for scheme, rows in self._rows.items():
                if not stated_codes(facts, scheme):
                    may |= rows
        return self.remainders.number(may | does << self.bits.size)

    def common(self, one: int, other: int) -> int:
        """What two remainders have in common."""
        found: int = self.remainders.values[one] & self.remainders.values[other]
        return self.remainders.number(found)


