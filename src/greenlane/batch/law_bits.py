"""The law of a question as bits: one a rule and one a conjunction of a regime, and which conditions each hangs on.

Two halves of one number stand for what is left of the law: the lower half says which rules may still hold, the upper half which
certainly do. What two kinds of facts leave together is their `&`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from greenlane.batch.cells import GOODS, PARTIES, ROUTE, SHARES
from greenlane.batch.pairs import Ints
from greenlane.batch.patterns import Filled, Hands, Patterns, Weighed, Words, words_of
from greenlane.law.measure import Lift, Measure, Rule
from greenlane.law.regime import Regime, Way
from greenlane.law.rulebase import DEPTH_MAX, RuleBase
from greenlane.law.scope import Condition, GoodsAre, PartyIs, Reads, follows_days, reads_of

NODES: Final = {"route": ROUTE, "goods": GOODS, "parties": PARTIES, "shares": SHARES, "origin": ("origin",)}
CROSS: Final = "cross"
_NODE_OF: Final = {column: node for node, columns in NODES.items() for column in columns}


def bits_of(number: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low


def column_of(fact: str) -> str | None:
    """The column in which a row states a fact; None for what no row states."""
    family = fact.partition(".")[0]
    if family in ("codes", "contains", "attrs", "value"):
        return family
    if fact.startswith("letter:") or fact == "letters_received":
        return "attrs"
    return fact if fact in _NODE_OF else None


class Union:
    """What many sets have together, for any choice of them: worked out eight at a time and kept."""

    def __init__(self, sets: Sequence[int]) -> None:
        self._sets = sets
        self._size = (len(sets) + 7) // 8
        self._known: list[dict[int, int]] = [{} for _ in range(self._size)]

    def of(self, chosen: int) -> int:
        """The union of the sets whose bits are set."""
        found = 0
        for place, eight in enumerate(chosen.to_bytes(self._size, "little")):
            if eight:
                known = self._known[place]
                part = known.get(eight)
                if part is None:
                    part = 0
                    for one in bits_of(eight):
                        part |= self._sets[8 * place + one]
                    known[eight] = part
                found |= part
        return found


@dataclass(frozen=True, slots=True)
class RegimeBits:
    """The conjunctions of a regime: in which ways it reaches a line, and what must hold before it is modelled for it."""

    regime: Regime
    ways: int
    subject: int
    within: int
    speaks_of: int
    covers: int
    outside: int


@dataclass(slots=True)
class Conds:
    """The conditions of one node, as bits of their own."""

    many: list[Condition] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)  # by identity
    dated: int = 0  # those whose answer may follow the days

    def bit(self, condition: Condition) -> int:
        """The bit of a condition, a new one if it is new."""
        place = self.place.get(id(condition))
        if place is None:
            place = self.place[id(condition)] = len(self.many)
            self.many.append(condition)
            if follows_days(condition):
                self.dated |= 1 << place
        return 1 << place


@dataclass(frozen=True, slots=True)
class Lifting:
    """Which lifts aim at which rules, by place.

    `targets`, from `starts` on by rule: the lifts of it. `chained`, from `chains` on by measure: all lifts of it and of these,
    exceptions before what they are exceptions to. `deep`: the measures of which some are left out, being too many levels down.
    """

    starts: Ints
    targets: Ints
    chains: Ints
    chained: Ints
    deep: int


class LawBits:
    """Some measures, the lifts that aim at them, and conjunctions besides; `judged` says which conditions of a rule count."""

    def __init__(
        self,
        rules: RuleBase,
        measures: Sequence[Measure],
        *,
        judged: Callable[[Rule], tuple[Condition, ...]] = lambda rule: rule.conditions,
        beside: Iterable[tuple[Condition, ...]] = (),
        regimes: bool = False,
        hands: Hands | None = None,
    ) -> None:
        self.rules = rules
        self.hands = hands or Hands()
        self.columns_of_fact: dict[str, frozenset[str]] = {}
        self.conds: dict[str, Conds] = {name: Conds() for name in (*NODES, CROSS)}
        self._node_of_cond: dict[int, str] = {}
        self.measures = measures
        self.lifts: list[Lift] = []
        self.place_of_lift: dict[str, int] = {}
        for measure in self.measures:
            for lift in rules.all_lifts_of(measure.id):
                if lift.id not in self.place_of_lift:
                    self.place_of_lift[lift.id] = len(self.measures) + len(self.lifts)
                    self.lifts.append(lift)
        self.rules_in_order: tuple[Rule, ...] = (*self.measures, *self.lifts)
        self.scopes: list[tuple[Condition, ...]] = [judged(one) for one in self.rules_in_order]
        self.of_regime: dict[str, int] = {}  # the measures of a regime
        for place, one in enumerate(self.measures):
            self.of_regime[one.regime] = self.of_regime.get(one.regime, 0) | 1 << place
        self.regimes: list[RegimeBits] = []
        self.gated: list[tuple[int, Way]] = []  # the places of ways that nobody asks about while their measures do not stand
        self.first_beside = len(self.scopes)
        self.scopes.extend(beside)
        for regime in rules.regimes.values() if regimes else ():
            if regime.kind != "duty":
                self._take_regime(regime)
        self.size = len(self.scopes)
        self.width = max(1, (self.size + 63) // 64)  # a law without duties has none
        self.all = (1 << self.size) - 1
        self.of_measures = (1 << len(self.measures)) - 1
        self.beside = self.all ^ ((1 << self.first_beside) - 1)  # the conjunctions that are no rule's own
        self.hanging: dict[str, Union] = {}  # node -> for each of its conditions the rules that hang on it
        self.hang: list[dict[str, int]] = [{} for _ in self.scopes]  # rule -> node -> its conditions there
        for number, conditions in enumerate(self.scopes):
            for condition in conditions:
                node = self.node_of(condition)
                bit = self.conds[node].bit(condition)
                self.hang[number][node] = self.hang[number].get(node, 0) | bit
        for node, conds in self.conds.items():
            hanging = [0] * len(conds.many)
            for number, hang in enumerate(self.hang):
                for place in bits_of(hang.get(node, 0)):
                    hanging[place] |= 1 << number
            self.hanging[node] = Union(hanging)
        self.lifts_of: list[int] = [self._lifts_mask(one) for one in self.measures]
        self.all_lifts_of = Union(self.lifts_of)
        self._measures = Patterns(self.size, self.hands)  # those that may hold together
        self._kept = Filled(self.width, lambda number: words_of(self.kept(self._measures.value(number)), self.size))
        self._known: dict[tuple[int, str], int] = {}
        self.weighed = self._weigh()
        self._asked = {node: Union([hang.get(node, 0) for hang in self.hang]) for node in self.conds}

    def _take_regime(self, regime: Regime) -> None:
        for place, way in enumerate((*regime.reaches, *regime.subject), start=len(self.scopes)):
            if way.asked_while:
                self.gated.append((place, way))
        reaches = self._take(way.conditions for way in regime.reaches)
        subject = self._take(way.conditions for way in regime.subject)
        self.regimes.append(
            RegimeBits(
                regime,
                ways=reaches | subject,
                subject=subject,
                within=self._take((one,) for one in regime.within),
                speaks_of=self._take((one,) for one in regime.speaks_of),
                covers=self._take(cover.conditions for cover in regime.covers),
                outside=self._take(cover.conditions for cover in regime.outside),
            )
        )

    def _take(self, scopes: Iterable[tuple[Condition, ...]]) -> int:
        """The bits of further conjunctions."""
        first = len(self.scopes)
        self.scopes.extend(scopes)
        return (1 << len(self.scopes)) - (1 << first)

    def conditions(self, rules: int, node: str) -> int:
        """The conditions of a node on which some rules and conjunctions hang."""
        found = self._known.get((rules, node))
        if found is None:
            found = self._known[rules, node] = self._asked[node].of(rules)
        return found

    def _lifts_mask(self, measure: Measure) -> int:
        found = 0
        for lift in self.rules.all_lifts_of(measure.id):
            found |= 1 << self.place_of_lift[lift.id]
        return found

    def kept(self, measures: int) -> int:
        """What is asked of lines for which some measures may hold."""
        return self.beside | measures | self.all_lifts_of.of(measures)

    def less(self, may: Words, does: Words) -> tuple[Words, Words]:
        """What may hold and what does, row by row, less what no rule asks for any more: so few different ones are left."""
        if self.hands.by is not None:
            return self.hands.by.less(may, does, self.weighed)
        measures = may & self.weighed.measures
        for subject, rules in self.weighed.subject:
            measures[~(may & subject).any(axis=1)] &= ~rules
        kept = self._kept.of(self._measures.numbers(measures))
        return may & kept, does & kept

    def _weigh(self) -> Weighed:
        many = ((one.subject, self.of_regime.get(one.regime.id, 0)) for one in self.regimes)
        subject = [words_of(one, self.size) for pair in many if all(pair) for one in pair]
        lifts = [words_of(one, self.size) for one in self.lifts_of]
        return Weighed(
            words_of(self.of_measures, self.size),
            np.asarray(subject, np.uint64).reshape(-1, 2, self.width),
            np.asarray(lifts, np.uint64).reshape(-1, self.width),
            words_of(self.beside, self.size),
        )

    def lifting(self) -> Lifting:
        """Which lifts aim at which rules."""
        starts, targets, chains, chained = [0], list[int](), [0], list[int]()
        for rule in self.rules_in_order:
            targets += [self.place_of_lift[lift.id] for lift in self.rules.lifts_of(rule.id) if lift.id in self.place_of_lift]
            starts.append(len(targets))
        starts += [len(targets)] * (64 * self.width + 1 - len(starts))
        deep = 0
        for place, measure in enumerate(self.measures):
            chain, whole = self._chain(measure.id)
            chained += chain
            chains.append(len(chained))
            deep |= (not whole) << place
        lists = (starts, [*targets, 0], chains, [*chained, 0])  # none is empty
        one, two, three, four = (np.asarray(each, np.int32) for each in lists)
        return Lifting(one, two, three, four, deep)

    def _chain(self, name: str, depth: int = 0) -> tuple[list[int], bool]:
        """All lifts of a rule and of these, by place, and whether these are all."""
        lifts = self.rules.lifts_of(name)
        if depth > DEPTH_MAX:
            return [], not lifts
        found: dict[int, None] = {}
        all_ = True
        for lift in lifts:
            chain, whole = self._chain(lift.id, depth + 1)
            found |= dict.fromkeys([*chain, self.place_of_lift[lift.id]])
            all_ &= whole
        return list(found), all_

    # --- which facts decide about a condition -----------------------------------------------------------------------

    def reads(self, condition: Condition) -> Reads:
        """The facts a condition looks at."""
        return reads_of(condition, self.rules.lists)

    def columns_for(self, fact: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """The columns on which it depends what is known of a fact: its own, and those it is derived or presumed from."""
        if fact in self.columns_of_fact:
            return self.columns_of_fact[fact]
        own = column_of(fact)
        found = set() if own is None else {own}
        if fact not in seen:
            for other in self.sources_of(fact):
                found |= self.columns_for(other, seen | {fact})
        if not seen:
            self.columns_of_fact[fact] = frozenset(found)
        return frozenset(found)

    def sources_of(self, fact: str) -> frozenset[str]:
        """The facts that a fact may be derived or presumed from."""
        found: set[str] = set()
        for derivation in self.rules.derivations:
            if derivation.fact == fact:
                found |= self._all_reads(derivation.conditions)
        for presumption in self.rules.presumptions:
            if presumption.fact == fact:
                found |= self._all_reads(presumption.when)
                found |= {presumption.unless_stated} - {""}
                if presumption.value.startswith("="):
                    found.add(presumption.value.removeprefix("="))
        return frozenset(found)

    def _all_reads(self, conditions: Iterable[Condition]) -> set[str]:
        found: set[str] = set()
        for condition in conditions:
            read = self.reads(condition)
            if read is None:
                raise TypeError(f"{type(condition).__name__} does not say which facts it reads")
            found |= read
        return found

    def node_of(self, condition: Condition) -> str:
        """The node whose columns decide about a condition; `cross` where several do."""
        node = self._node_of_cond.get(id(condition))
        if node is None:
            columns = {column for fact in self._all_reads([condition]) for column in self.columns_for(fact)}
            nodes = {_NODE_OF[column] for column in columns}
            node = self._node_of_cond[id(condition)] = nodes.pop() if len(nodes) == 1 else CROSS
        return node

    def leaves(self, node: str) -> tuple[str, ...]:
        """The facts of a node that conditions of several nodes depend on: those that the node's own columns settle."""
        found: set[str] = set()

        def walk(fact: str, seen: frozenset[str]) -> None:
            nodes = {_NODE_OF[column] for column in self.columns_for(fact)}
            if nodes == {node}:
                found.add(fact)
            elif node in nodes and fact not in seen:
                if column_of(fact) in NODES[node]:
                    found.add(fact)
                for other in self.sources_of(fact):
                    walk(other, seen | {fact})

        for condition in self.conds[CROSS].many:
            for fact in self._all_reads([condition]):
                walk(fact, frozenset())
        return tuple(sorted(found))


def conditions_of(rules: RuleBase) -> Iterable[Condition]:
    """Every condition of a base: of measures, lifts, regimes, derivations and presumptions."""
    ruled: Mapping[str, Rule]
    for ruled in (rules.measures, rules.lifts):
        for rule in ruled.values():
            yield from rule.conditions
    for regime in rules.regimes.values():
        for conditions in regime.scopes:
            yield from conditions
    for derivation in rules.derivations:
        yield from derivation.conditions
    for presumption in rules.presumptions:
        yield from presumption.when


def side_by_side(measures: Iterable[Measure]) -> list[Measure]:
    """Measures on like goods beside each other, those for some parties apart: so whole words of them are gone for most lines."""

    def key(measure: Measure) -> tuple[object, ...]:
        items = [item for one in measure.conditions if isinstance(one, GoodsAre) for item in one.items]
        customs = min((code.value for item in items for code in item.customs), default="")
        control = min((item.control.value for item in items if item.control is not None), default="")
        return *_section(measure), customs, control

    return sorted(measures, key=key)


def sections(measures: Sequence[Measure]) -> list[int]:
    """Where among measures that stand side by side those begin that ask for parties or goods as those before did not."""
    kinds = [_section(one) for one in measures]
    return [place for place, kind in enumerate(kinds) if place == 0 or kind != kinds[place - 1]]


def _section(measure: Measure) -> tuple[bool, bool]:
    """Whether a measure asks for some parties, and whether for some goods."""
    of_parties = any(isinstance(one, PartyIs) for one in measure.conditions)
    return of_parties, any(isinstance(one, GoodsAre) and one.items for one in measure.conditions)


def restricting(rules: RuleBase, sides: tuple[str, ...]) -> list[Measure]:
    """The measures that can make a line worse than free, those that any line may come under before the rows of tables."""
    rows = (one for one in rules.measures.values() if one.entries)
    return [one for one in (*rules.general, *rows) if one.restricts and one.instrument.side in sides]
