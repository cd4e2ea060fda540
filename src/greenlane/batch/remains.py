"""What do the facts of a line leave of the law: which rules may still hold, and which certainly do?

A node is a few columns that are judged together: the route, the goods, the parties, shares and value. Its conditions judge a line
that states just these cells, once for each class. What only several nodes together decide is judged on what each shows of itself.
A remainder is one number: the lower half has a bit for each rule or conjunction that may hold, the upper half for each that does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np

from greenlane.batch.cells import Column, Identify, columns, read_cells
from greenlane.batch.days import Days
from greenlane.batch.in_roles import InRoles
from greenlane.batch.law_bits import CROSS, NODES, LawBits, bits_of, conditions_of
from greenlane.batch.learned import Learned, name_of
from greenlane.batch.pairs import Ints, Names, Pairs, joining
from greenlane.batch.patterns import Hands, Patterns
from greenlane.batch.program import DATED
from greenlane.batch.resolving import Resolving, Way
from greenlane.batch.vocabulary import Vocabulary
from greenlane.decide.line import Line
from greenlane.decide.prepare import prepare
from greenlane.errors import UsageError
from greenlane.law.alike import Hints
from greenlane.law.facts import Facts, Identified, Listing
from greenlane.law.regime import Derivation, Presumption
from greenlane.law.rulebase import RuleBase
from greenlane.law.scope import (
    AddresseeIs,
    CodesHeld,
    Condition,
    DestinationIs,
    GoodsAre,
    PlaceIs,
    Setting,
    Truth,
    follows_days,
    stated_codes,
    stated_heads,
)
from greenlane.terms.codes import CONTROL
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked, Moment

_ITEMS_MAX: Final = 1 << 12  # findings on items that the setting of a span keeps: past that it begins anew
ORDER: Final = ("goods", "route", "shares", "parties", "origin")  # of the nodes, as their remainders are put together
_GROUPS: Final = (("goods",), ("route",), ("shares",), ("origin",), ("parties", CROSS))  # no more than machine code has places for


@dataclass(frozen=True, slots=True)
class Judged:
    """What the conditions of a node find of a class: those that fail, those that are open; the dated ones day by day."""

    fail: int
    open: int
    dated: int

    @property
    def plain(self) -> tuple[int, int, int]:
        """The same as numbers."""
        return self.fail, self.open, self.dated


@dataclass(slots=True)
class Node:
    """The classes of a few columns together. `joins` put the columns together from the left, pair by pair."""

    columns: tuple[Column, ...]
    joins: list[Pairs] = field(default_factory=list)
    joined: list[list[tuple[int, int]]] = field(default_factory=list)
    facts: dict[int, Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for _ in self.columns[1:]:
            pairs, joined = joining()
            self.joins.append(pairs)
            self.joined.append(joined)

    def cells(self, number: int) -> dict[str, str]:
        """Cells that stand for a class."""
        found: dict[str, str] = {}
        for column, last in zip(reversed(self.columns), _parted(number, self.joined), strict=True):
            if last:
                found[column.name] = column.examples[last]
        return found


def _parted(number: int, joined: list[list[tuple[int, int]]]) -> Iterator[int]:
    """The numbers that were put together into one, the last first."""
    for pairs in reversed(joined):
        number, last = pairs[number]
        yield last
    yield number


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which machine code takes what they leave as one: by name, the rows, and if they are two, their numbers by pairs."""

    parts: tuple[str, ...]
    rows: Patterns
    pairs: Pairs | None = None


class Lines:
    """What is known of lines by their classes, whatever is asked of them: columns, nodes and days of a base."""

    def __init__(self, rules: RuleBase, *, strict: bool, identify: Identify) -> None:
        shown: list[Derivation | Presumption] = [*rules.derivations, *rules.presumptions]
        if any(follows_days(condition) for one in shown for condition in _conditions(one)):
            raise UsageError(
                "GL0304",
                "what a row shows follows the days in this rule base: no columnar engine for it",
                hint="judge line by line: --engine reference",
            )
        self.rules = rules
        self.hands = Hands()
        self.strict = strict
        self._identify = identify
        self.days = Days(rules)
        self.days_added = 0  # how often days came to be told apart that were one before
        self.vocabulary = Vocabulary(conditions_of(rules), rules)
        self.columns = columns(self.vocabulary, self.identify)
        self.nodes = {name: Node(tuple(self.columns[one] for one in parts)) for name, parts in NODES.items()}
        start = min((regime.start.day for regime in rules.regimes.values()), default=date(2025, 1, 1))
        self.neutral = Asked.of(start)
        self.anywhen = Moment.of_day(start)
        self._settings: dict[int, Setting] = {}

    def identify(self, name: str) -> Identified | None:
        """What screening found of a party. An entry that the base does not hold has days of its own: they are told apart now."""
        found = self._identify(name)
        if found is not None and (found.entries or found.doubts):
            days = ((one, day) for one in (*found.entries, *found.doubts) for day in (one.start, one.end, one.known_since))
            self.days_added += self.days.add(bound for one, day in days if (bound := one.bound(day)) is not None)
        return found

    def setting(self, moment: Moment, known_by: Asked) -> Setting:
        """What conditions may look at at a moment, with a memory of its own."""
        memory = self.rules.memory(known_by, strict=self.strict, of_days=moment.instant is None)
        return self.rules.setting(moment, known_by, strict=self.strict, memory=memory)

    def setting_at(self, span: int) -> Setting:
        """The same on the days of a class (at its first moment)."""
        found = self._settings.get(span)
        if found is None or len(found.memory.items) > _ITEMS_MAX:
            one = self.days.at(span)
            found = self._settings[span] = self.setting(one.moments[0], one.known_by)
        return found

    def parties_of(self, cells: Mapping[str, str]) -> dict[str, Identified]:
        """What screening found of the parties that cells name, by name."""
        names = [cells[role].strip() for role in ROLES if cells.get(role, "").strip()]
        return {name: party for name in names if (party := self.identify(name)) is not None}

    def prepared(self, line: Line) -> Facts:
        """What is known of a line."""
        return prepare(line, self.rules, self.setting(self.anywhen, self.neutral), self.parties_of(line.cells))

    def facts_of(self, cells: Mapping[str, str]) -> Facts:
        """What is known of a line that states these cells and nothing else."""
        return self.prepared(_line(cells))

    def facts(self, name: str, number: int) -> Facts:
        """What is known of a line that states just the cells of a class of a node."""
        node = self.nodes[name]
        found = node.facts.get(number)
        if found is None:
            found = node.facts[number] = self.facts_of(node.cells(number))
        return found

    def content(self, name: str, number: int) -> tuple[object, ...]:
        """What a class of a node says, column by column."""
        node = self.nodes[name]
        parts = reversed([*_parted(number, node.joined)])
        return tuple(column.names.values[part] for column, part in zip(node.columns, parts, strict=True))

    def line(self, name: str, number: int) -> Line:
        """A line that states just the cells of a class of a node."""
        return _line(self.nodes[name].cells(number))

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


def _conditions(shown: Derivation | Presumption) -> tuple[Condition, ...]:
    return shown.conditions if isinstance(shown, Derivation) else shown.when


def _line(cells: Mapping[str, str]) -> Line:
    line = read_cells(cells)
    if line is None:
        raise ValueError(f"cells that read one by one do not read together: {dict(cells)}")
    return line


class Remains:
    """What classes of lines leave of some law."""

    def __init__(self, lines: Lines, bits: LawBits, law: str, learned: Learned | None) -> None:
        self.lines = lines
        self.bits = bits
        self._law, self._learned = law, learned
        # The parts that are put together, and remainders by numbers of their own after each: so the numbers stay small.
        self.parts = [name for name in (*ORDER, CROSS) if bits.conds[name].many or name == ORDER[0]]
        self.of_part = {name: Patterns(2 * 64 * bits.width, lines.hands) for name in self.parts}
        self._after = [self.of_part[self.parts[0]], *(Patterns(2 * 64 * bits.width, lines.hands) for _ in self.parts[1:])]
        named = [tuple(name for name in group if name in self.parts) for group in _GROUPS]
        self.groups = [self._group(names) for names in named if names]
        self._judged: dict[str, dict[int, Judged]] = {name: {} for name in (*NODES, CROSS)}
        self._watched: dict[tuple[str, int], tuple[int, int] | None] = {}  # by class: the bounds on which dated answers may change
        self._between: dict[tuple[str, int, int, int], int] = {}  # by class and those that have come and are known: the remainder
        self._leaves = {name: bits.leaves(name) for name in NODES}
        self._exports = {name: Names() for name in NODES}  # what conditions of several nodes can see of a class
        self._export_of: dict[str, dict[int, int]] = {name: {} for name in NODES}
        self._shows: dict[str, list[int]] = {name: [] for name in NODES}  # a class that shows it
        joins = [joining() for _ in ORDER[1:]]
        self.cross_joins, self._cross_joined = [pairs for pairs, _ in joins], [joined for _, joined in joins]
        self._cross_facts: dict[int, Facts] = {}
        self._in_roles = InRoles(lines.rules, lines.told, bits.conds["parties"].many, bits.conds["parties"].dated)
        goods = {place: one for place, one in enumerate(bits.conds["goods"].many) if isinstance(one, GoodsAre)}
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
        # Rows of tables that a code brings up once it is supposed: nothing said of the goods rules them out before.
        self._rows = dict.fromkeys(CONTROL, 0)
        for place, measure in enumerate(bits.measures):
            for entry in measure.entries:
                self._rows[entry.scheme] |= 1 << place

    # --- several nodes ----------------------------------------------------------------------------------------------

    def export(self, name: str, number: int) -> int:
        """The class of what conditions of several nodes can see of a class of one."""
        known = self._export_of[name]
        found = known.get(number)
        if found is None:
            names = self._leaves[name]
            told = tuple(self.lines.told(one, self.lines.facts(name, number)) for one in names) if names else ()
            found = known[number] = self._exports[name].number(told)
            if found == len(self._shows[name]):
                self._shows[name].append(number)
        return found

    def facts(self, name: str, number: int) -> Facts:
        """What is known of a line that states just the cells of a class, of a node or across them."""
        if name != CROSS:
            return self.lines.facts(name, number)
        found = self._cross_facts.get(number)
        if found is None:
            cells: dict[str, str] = {}
            for one, shown in zip(reversed(ORDER), _parted(number, self._cross_joined), strict=True):
                cells |= self.lines.nodes[one].cells(self._shows[one][shown])
            found = self._cross_facts[number] = self.lines.facts_of(cells)
        return found

    # --- remainders -------------------------------------------------------------------------------------------------

    def judge(self, name: str, number: int) -> Judged:
        """What the conditions of a node find of a class, those that follow the days left open for them."""
        known = self._judged[name]
        found = known.get(number)
        if found is None:
            if name == "goods" and self._learned is not None:
                told = name_of(self._law, self.lines.content("goods", number))
                found = Judged(*self._learned.goods(told, lambda: self._judge(name, self.facts(name, number)).plain))
            else:
                found = self._judge(name, self.facts(name, number))
            known[number] = found
        return found

    def _judge(self, name: str, facts: Facts) -> Judged:
        conds = self.bits.conds[name]
        setting = self.lines.setting(self.lines.anywhen, self.lines.neutral)
        fail, open_, dated, left = 0, 0, 0, (1 << len(conds.many)) - 1
        if name == "goods":
            fail, open_, left = self._weighed_at_once(facts)
        elif name == "parties" and (told := self._in_roles.judge(facts, setting)) is not None:
            fail, open_, dated = told
            left &= ~self._in_roles.places
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
            return self.lines.rules.letters[condition.instrument].addressee(facts) is not None
        return bool(dated) and any(True for _ in self.lines.rules.days_of(condition, facts))

    def findings(self, name: str, number: int, span: int) -> tuple[int, int]:
        """The conditions of a node that fail for a class on the days of a span, and those that are open."""
        judged = self.judge(name, number)
        fail, open_ = judged.fail, judged.open
        if judged.dated:
            setting, facts = self.lines.setting_at(span), self.facts(name, number)
            for place in bits_of(judged.dated):
                truth = setting.judge(self.bits.conds[name].many[place], facts).truth
                if truth is Truth.NO:
                    fail |= 1 << place
                elif truth is Truth.UNKNOWN:
                    open_ |= 1 << place
        return fail, open_

    def remainder(self, name: str, number: int, span: int) -> int:
        """The number of what a class of a node leaves of the law on the days of a span (any, if it follows no days)."""
        watched = self._bounds_of(name, number)
        if watched is None:
            return self._remainder(name, number, span)
        come, known = self.lines.days.come(span)
        key = (name, number, come & watched[0], known & watched[1])
        found = self._between.get(key)
        if found is None:
            found = self._between[key] = self._remainder(name, number, span)
        return found

    def _bounds_of(self, name: str, number: int) -> tuple[int, int] | None:
        """The bounds on which the dated answers about a class may change, and those of what is known; None: not told beforehand."""
        if (name, number) not in self._watched:
            many, dated = self.bits.conds[name].many, self.judge(name, number).dated
            some, facts = [many[place] for place in bits_of(dated)], self.facts(name, number)
            told = all(isinstance(one, GoodsAre | CodesHeld | PlaceIs | DestinationIs) for one in some)
            rules, days = self.lines.rules, self.lines.days
            self._watched[name, number] = (
                (
                    days.watch(bound for one in some for bound in rules.days_of(one, facts)),
                    days.watch(bound for one in some for bound in rules.known_days_of(one, facts)),
                )
                if told
                else None
            )
        return self._watched[name, number]

    def _remainder(self, name: str, number: int, span: int) -> int:
        fail, open_ = self.findings(name, number, span)
        hanging = self.bits.hanging[name]
        failing, opened = hanging.of(fail), hanging.of(open_)
        may = self.bits.all & ~failing
        does = may & ~opened
        if name == "goods":
            facts = self.facts(name, number)
            for scheme, rows in self._rows.items():
                if not stated_codes(facts, scheme):
                    may |= rows
        return self.of_part[name].number(may | does << 64 * self.bits.width)

    def static(self, name: str, number: int) -> int:
        """The same where it follows no days; else DATED."""
        return DATED if self.judge(name, number).dated else self.remainder(name, number, 0)

    @property
    def remainders(self) -> Patterns:
        """What all parts may leave together."""
        return self._after[-1]

    def common(self, place: int) -> tuple[Pairs, Resolving]:
        """What is left after some parts (by the number of it), and of one part more: together; and how machine code finds it."""
        before, part, after = self._after[place - 1], self.of_part[self.parts[place]], self._after[place]
        resolving = Resolving(Way.COMMON, self.bits.width, before, part, after, self.bits.weighed)
        return self._both(before, part, after), resolving

    def _both(self, before: Patterns, part: Patterns, after: Patterns) -> Pairs:
        """For rows of two kinds what they leave together."""

        def many(one: Ints, other: Ints) -> Ints:
            both = before.rows[one] & part.rows[other]
            may, does = both[:, : self.bits.width], both[:, self.bits.width :]
            return after.numbers(np.hstack(self.bits.less(may, does)))

        return Pairs(many)

    def _group(self, names: tuple[str, ...]) -> Group:
        first, *others = (self.of_part[name] for name in names)
        if not others:
            return Group(names, first)
        together = Patterns(2 * 64 * self.bits.width, self.lines.hands)
        return Group(names, together, self._both(first, others[0], together))
