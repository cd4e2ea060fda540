"""Is a firm owned by listed parties, so that a rule treats it like them, on that day, as known by another?

The threshold, the days and whose shares count are law (`OwnershipProfile`); who owns what are rows (`Edge`); who stands on which
list is given. Two least fixed points make the answer: what is reached with the least the rows say is certain, what is reached with
the most they allow is possible, and between the two lies a question. A firm that meets a rule counts in full for the firms it owns.

    finding = owners_of("Example Sub", Graph.of(edges), {"Example Parent": (party,)}, rules, on=day, known_by=day)
    finding.outcome, finding.sentence

For many parties ask `assess` once, and its `finding` for each. No answer here is a clearance: `settled` says that the rules held
here were asked, that every owner up the chain is named, and that nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

import numpy as np

from greenlane.law.effect import Effect
from greenlane.law.ownership import CountedOwner, OwnershipProfile, Weight
from greenlane.law.rulebase import RuleBase, State
from greenlane.screen.holdings import FULL, UNITS, Edge, Graph, Holdings, Ints, Range, Spread, percent
from greenlane.terms.listed import ListedParty
from greenlane.terms.periods import Asked

CHAINS_MAX: Final = 12  # chains shown for one rule
QUESTIONS_MAX: Final = 20
LINKS_MAX: Final = 200  # links shown of one chain, those next to the firm
UPSTREAM_MAX: Final = 1_000  # owners looked at for what passes on; past them `cut` says so
Listed = Mapping[str, Sequence[ListedParty]]
_Below = tuple[int, "_Below"] | None  # the links below, the nearest first


class Reach(Enum):
    """How far a rule reaches a firm by its shares alone, whether the rule stands in force or not."""

    NONE = "none"
    POSSIBLE = "possible"
    CERTAIN = "certain"


class Outcome(Enum):
    """What one rule, or all of them, say of a firm; in order of gravity."""

    NOT_FOUND = "not_found"
    QUESTION = "question"
    OWNED = "owned"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: the share an owner holds of a firm, with its rows."""

    owner: str
    owned: str
    share: Range
    control: bool
    rows: tuple[Edge, ...]

    def __str__(self) -> str:
        return f"{self.owner} -> {self.owned} ({'control' if self.control and not self.share.low else self.share})"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """A listing that passes on to the firm: whose, what it asks for, and whether that is certain."""

    owner: str
    party: str  # id of the entry
    list: str
    effect: Effect
    measure: str
    certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """What one rule says of one firm.

    `low` and `high`: what the owners that count hold of it together, in millionths of a percent. `owners` are its direct owners
    that count, the largest first; `chains` lead from a listed party to it; `passes_on` is ordered, the most restrictive first.
    `branches` say what holds if the state of the rule, which is not known, is the one or the other.
    """

    rule: str
    title: str
    state: State
    reach: Reach
    outcome: Outcome
    low: int
    high: int
    owners: tuple[Link, ...]
    chains: tuple[tuple[Link, ...], ...]
    passes_on: tuple[PassedOn, ...]
    questions: tuple[str, ...]
    warnings: tuple[str, ...]
    branches: tuple[tuple[str, Outcome], ...]
    settled: bool
    cut: bool
    sentence: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipFinding:
    """What all ownership rules say of one firm, on a day, as known by another."""

    party: str
    on: str
    known_by: str
    answers: tuple[RuleAnswer, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest answer."""
        order = list(Outcome)
        return max((one.outcome for one in self.answers), key=order.index, default=Outcome.QUESTION)

    @property
    def settled(self) -> bool:
        """Whether nothing was found and nothing is open; without any rule nothing is settled."""
        return bool(self.answers) and all(one.settled for one in self.answers)

    @property
    def passes_on(self) -> tuple[PassedOn, ...]:
        """The listings that pass on under any rule that bites or may; the most restrictive first."""
        found = {one: None for answer in self.answers if answer.outcome is not Outcome.NOT_FOUND for one in answer.passes_on}
        return tuple(sorted(found, key=_by_gravity))

    @property
    def sentence(self) -> str:
        """The finding in one sentence: that of the gravest answer."""
        order = list(Outcome)
        gravest = max(self.answers, key=lambda one: order.index(one.outcome), default=None)
        if gravest is None:
            return f"{self.party}: no ownership rule is held, so nothing can be said"
        if gravest.outcome is Outcome.NOT_FOUND and not self.settled:
            return f"{self.party}: no listed owner reaches a threshold by the rows given, but owners that no row names could"
        if gravest.outcome is Outcome.NOT_FOUND:
            return f"{self.party}: no rule held here is met, and owners that no row names could not change that"
        return gravest.sentence


def owners_of(party: str, graph: Graph, listed: Listed, rules: RuleBase, *, on: Asked, known_by: Asked) -> OwnershipFinding:
    """What the ownership rules say of one party; for many parties use `assess`.

    `listed`: for each node of the graph that stands on a list, its entries. Raises OverfullError (GL0125) if the shares of the
    party, or of an owner up its chain, add up to more than 100 % on the day.
    """
    return assess(graph, listed, rules, on=on, known_by=known_by).finding(party)


def assess(graph: Graph, listed: Listed, rules: RuleBase, *, on: Asked, known_by: Asked) -> Assessment:
    """Ask all ownership rules about all firms of a graph at once."""
    day, by = on.calendar_day, known_by.calendar_day
    standing = {
        node: kept
        for node, entries in listed.items()
        if node in graph.index and (kept := tuple(one for one in entries if _stands(one, on, known_by)))
    }
    holdings = graph.on(day, by)
    runs = tuple(_Run(profile, _state(rules, profile, on, known_by), holdings, standing) for profile in rules.ownership.values())
    return Assessment(holdings, runs, on.text, known_by.text)


class Assessment:
    """All rules over all firms of one day; `finding` explains one firm."""

    def __init__(self, holdings: Holdings, runs: tuple[_Run, ...], on: str, known_by: str) -> None:
        self._holdings, self._runs, self._on, self._known_by = holdings, runs, on, known_by
        self._overfull = holdings.overfull()

    def finding(self, party: str) -> OwnershipFinding:
        """What the rules say of a party. Raises OverfullError (GL0125), see `owners_of`."""
        node = self._holdings.graph.index.get(party)
        if node is not None and self._overfull:
            wrong = self._overfull.intersection(self._holdings.upstream(node))
            if wrong:
                raise self._holdings.overfull_error(min(wrong, key=lambda one: self._holdings.graph.names[one]))
        answers = tuple(run.answer(party, node) for run in self._runs)
        return OwnershipFinding(party=party, on=self._on, known_by=self._known_by, answers=answers)

    def reached(self, rule: str) -> Mapping[str, Reach]:
        """The firms on no list of the rule that it reaches, certainly or possibly, by name; suspended or not."""
        run = next(one for one in self._runs if one.profile.id == rule)
        names = self._holdings.graph.names
        found = np.flatnonzero(run.possible.rank > 0).tolist()
        return {names[node]: Reach.CERTAIN if run.certain.has(node) else Reach.POSSIBLE for node in found}


class _Run:
    """One rule over the holdings of a day; the fixed points are worked out when first asked for."""

    def __init__(
        self, profile: OwnershipProfile, state: State, holdings: Holdings, listed: Mapping[str, Sequence[ListedParty]]
    ) -> None:
        self.profile, self.state, self.holdings = profile, state, holdings
        self.counted: dict[int, tuple[tuple[ListedParty, CountedOwner], ...]] = {}
        by_list = {one.list: one for one in profile.owners}
        for name in sorted(listed):
            mine = tuple((party, by_list[party.list]) for party in listed[name] if party.list in by_list)
            if mine:
                self.counted[holdings.graph.index[name]] = mine
        threshold = profile.threshold
        self.need = max(1, int(threshold.percent * UNITS) + (0 if threshold.at_least else 1))

    # --- fixed points -----------------------------------------------------------------------------------------------

    @cached_property
    def high(self) -> Ints:
        """The most each pair may count: what is said to be controlled, where control is a question, may count in full."""
        if self.profile.control is not Weight.ASKS:
            return self.holdings.high
        return np.where(self.holdings.control, FULL, self.holdings.high)

    @cached_property
    def certain(self) -> Spread:
        """What is reached by the least the rows say."""
        sure = [node for node, mine in self.counted.items() if any(owner.certain for _, owner in mine)]
        profile = self.profile
        return self.holdings.spread(_nodes(sure), self.holdings.low, self.need, add=profile.aggregate, chain=profile.chain)

    @cached_property
    def possible(self) -> Spread:
        """What is reached by the most the rows allow; what the law leaves open is taken the graver way."""
        return self.holdings.spread(_nodes(self.counted), self.high, self.need, add=True, chain=True)

    @cached_property
    def unnamed(self) -> Ints:
        """How much of each firm is in hands that no row names; nothing for firms without any row, which may have no owners."""
        total, any_named = self.holdings.named()
        return np.where(any_named, np.maximum(FULL - total, 0), 0)

    @cached_property
    def open(self) -> Spread:
        """What would be reached if all owners that no row names were listed."""
        seeds = _nodes([*self.counted, *np.flatnonzero(self.unnamed >= self.need).tolist()])
        return self.holdings.spread(seeds, self.high, self.need, add=True, chain=True, begin=self.unnamed)

    @cached_property
    def beside(self) -> Spread:
        """What would be reached if the owners that no row names were listed where a listed one stands beside them."""
        begin = np.where(self.possible.sums > 0, self.unnamed, 0)
        return self.holdings.spread(_nodes(self.counted), self.high, self.need, add=True, chain=True, begin=begin)

    def counts(self, spread: Spread, node: int) -> bool:
        """Whether a firm counts as an owner in a set; where chains do not count for certain, only what is listed does."""
        rank = int(spread.rank[node])
        return rank == 0 or (rank > 0 and (spread is not self.certain or self.profile.chain))

    # --- one firm ---------------------------------------------------------------------------------------------------

    def answer(self, party: str, node: int | None) -> RuleAnswer:
        """What the rule says of a firm (`node` None: no row names it)."""
        if node is None:
            return self._answer(party, Reach.NONE, 0, 0, is_open=True)
        pairs = self.holdings.into(node)
        counting = self._members(node, self.possible, self.high)
        sure = [int(self.holdings.low[pair]) for pair in self._members(node, self.certain, self.holdings.low)]
        least, most = sum(sure), sum(int(self.high[pair]) for pair in counting)
        enough = least if self.profile.aggregate else max(sure, default=0)
        reach = Reach.CERTAIN if enough >= self.need else Reach.POSSIBLE if most >= self.need else Reach.NONE
        is_open = bool(self.open.sums[node] >= self.need or not len(pairs))
        return self._answer(party, reach, min(least, FULL), min(most, FULL), node=node, counting=counting, is_open=is_open)

    def _answer(
        self,
        party: str,
        reach: Reach,
        low: int,
        high: int,
        *,
        node: int = -1,
        counting: Sequence[int] = (),
        is_open: bool,
    ) -> RuleAnswer:
        profile, idle = self.profile, self.state not in (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED)
        warnings: list[str] = []
        asked: list[str] = []
        if reach is Reach.POSSIBLE:
            asked += self._questions(node)
        if reach is Reach.NONE and counting:
            told = f"listed owners hold {_span(low, high)} of {party}, less than the threshold"
            self._weigh(profile.minority, told, asked, warnings)
        if reach is Reach.NONE and node >= 0 and self.beside.sums[node] >= self.need:
            told = f"who else owns {party}, or an owner of it? a listed party is among them, and the rows do not name everybody"
            self._weigh(profile.unnamed, told, asked, warnings)
        if profile.control is Weight.WARNS:
            said = [self._name(int(self.holdings.owner[pair])) for pair in counting if self.holdings.control[pair]]
            warnings += [f"{owner} is said to control {party}; this rule counts ownership only" for owner in said]
        doubtful = self.state is not State.IN_FORCE or not profile.confirmed
        branches: tuple[tuple[str, Outcome], ...] = ()
        if idle:
            outcome = Outcome.NOT_FOUND
        elif reach is Reach.CERTAIN and not doubtful:
            outcome = Outcome.OWNED
        elif reach is not Reach.NONE or asked:
            outcome = Outcome.QUESTION
            if doubtful:
                if_held = Outcome.OWNED if reach is Reach.CERTAIN else Outcome.QUESTION
                branches = ((f"{profile.id} in force", if_held), (f"{profile.id} not in force", Outcome.NOT_FOUND))
                asked.insert(0, self._doubt())
        else:
            outcome = Outcome.NOT_FOUND
        links = tuple(sorted((self._link(pair) for pair in counting), key=lambda one: (-one.share.low, -one.share.high, one.owner)))
        passes_on: tuple[PassedOn, ...] = ()
        chains: tuple[tuple[Link, ...], ...] = ()
        cut = False
        if reach is not Reach.NONE:
            passes_on, cut = self._passes_on(node, reach)
            chains, shortened = self._chains(node, self.certain if reach is Reach.CERTAIN else self.possible)
            cut = cut or shortened
        return RuleAnswer(
            rule=profile.id,
            title=profile.title,
            state=self.state,
            reach=reach,
            outcome=outcome,
            low=low,
            high=high,
            owners=links,
            chains=chains,
            passes_on=passes_on,
            questions=() if idle else tuple(dict.fromkeys(asked))[:QUESTIONS_MAX],
            warnings=() if idle else tuple(warnings),
            branches=branches,
            settled=profile.confirmed and outcome is Outcome.NOT_FOUND and (idle or not is_open),
            cut=cut,
            sentence=self._sentence(party, reach, outcome, low, high, links),
            sources=tuple(one.href or one.title for one in profile.sources),
        )

    @staticmethod
    def _weigh(weight: Weight, words: str, asked: list[str], warnings: list[str]) -> None:
        if weight is Weight.ASKS:
            asked.append(words)
        elif weight is Weight.WARNS:
            warnings.append(words)

    def _doubt(self) -> str:
        if not self.profile.confirmed:
            return f"no source confirms {self.profile.id}; does it hold?"
        return f"does {self.profile.id} hold on that day? its state is {self.state.value}, and nobody has confirmed it"

    def _sentence(self, party: str, reach: Reach, outcome: Outcome, low: int, high: int, links: Sequence[Link]) -> str:
        profile = self.profile
        if outcome is Outcome.NOT_FOUND and self.state is not State.IN_FORCE and reach is not Reach.NONE:
            return f"{party}: {profile.title} would reach it by its owners, but the rule is {self.state.value} on that day"
        if not links:
            return f"{party}: no owner that counts under {profile.title} is named"
        held = ", ".join(str(link) for link in links[:5]) + (f" and {len(links) - 5} more" if len(links) > 5 else "")
        told = f"{party}: owners that count hold {_span(low, high)} ({held}); {profile.title} asks for {profile.threshold}"
        ending = {Outcome.OWNED: "it is met", Outcome.QUESTION: "that is a question", Outcome.NOT_FOUND: "it is not met"}
        return f"{told}: {ending[outcome]}"

    # --- the way up -------------------------------------------------------------------------------------------------

    def _name(self, node: int) -> str:
        return self.holdings.graph.names[node]

    def _link(self, pair: int) -> Link:
        view = self.holdings
        share = Range(int(view.low[pair]), max(int(view.low[pair]), int(view.high[pair])))
        return Link(
            self._name(int(view.owner[pair])), self._name(int(view.owned[pair])), share, bool(view.control[pair]), view.edges(pair)
        )

    def _members(self, node: int, spread: Spread, weight: Ints) -> list[int]:
        """The pairs through which members of a set own a firm, the largest first."""
        pairs = [
            pair for pair in self.holdings.into(node) if weight[pair] > 0 and self.counts(spread, int(self.holdings.owner[pair]))
        ]
        return sorted(pairs, key=lambda pair: (-int(weight[pair]), self._name(int(self.holdings.owner[pair]))))

    def _chains(self, node: int, spread: Spread) -> tuple[tuple[tuple[Link, ...], ...], bool]:
        """Chains from a listed party down to the firm, along falling rounds, so that none runs in a circle; and if some are cut."""
        weight = self.holdings.low if spread is self.certain else self.high
        found: list[tuple[Link, ...]] = []
        cut = False
        top = int(spread.rank.max()) + 1
        todo: list[tuple[int, int, _Below]] = [(node, 0, None)]
        while todo and len(found) < CHAINS_MAX:
            at, length, below = todo.pop()
            rank = int(spread.rank[at])
            if length and (rank == 0 or length == LINKS_MAX):
                found.append(tuple(self._link(pair) for pair in _unrolled(below)))
                cut = cut or rank > 0
                continue
            limit = rank if rank > 0 else top  # the firm itself may be listed, or not reached by a set that stops after one link
            for pair in reversed(self._members(at, spread, weight)):
                owner = int(self.holdings.owner[pair])
                if spread.rank[owner] < limit and owner != node:
                    todo.append((owner, length + 1, (pair, below)))
        return tuple(found), cut or bool(todo)

    def _passes_on(self, node: int, reach: Reach) -> tuple[tuple[PassedOn, ...], bool]:
        """Every listing that passes down to the firm; what is only possible is marked."""
        sure = self._above(node, self.certain, self.holdings.low) if reach is Reach.CERTAIN else ({}, False)
        may = self._above(node, self.possible, self.high)
        found = []
        for source in may[0]:
            for party, owner in self.counted[source]:
                effect = owner.effect
                if effect is Effect.LICENCE_REQUIRED and any("denial" in one.policy.lower() for one in party.listings):
                    effect = Effect.PRESUMPTION_OF_DENIAL
                certain = source in sure[0] and owner.certain
                found.append(PassedOn(self._name(source), party.id, party.list, effect, owner.measure, certain))
        return tuple(sorted(found, key=_by_gravity)), sure[1] or may[1]

    def _above(self, node: int, spread: Spread, weight: Ints) -> tuple[dict[int, None], bool]:
        """The listed owners above a firm; past one that is listed only if the rule reaches that one by its owners, too."""
        found: dict[int, None] = {}
        seen, todo = {node}, [node]
        while todo and len(seen) <= UPSTREAM_MAX:
            at = todo.pop()
            if at != node and at in self.counted:
                found[at] = None
                if spread.sums[at] < self.need:
                    continue
            for pair in self._members(at, spread, weight):
                owner = int(self.holdings.owner[pair])
                if owner not in seen:
                    seen.add(owner)
                    todo.append(owner)
        return found, bool(todo)

    def _questions(self, node: int) -> list[str]:
        """What would settle a firm that is possibly reached, the nearest first."""
        found: list[str] = []
        seen, todo = {node}, [node]
        while todo and len(found) < QUESTIONS_MAX and len(seen) <= UPSTREAM_MAX:
            at = todo.pop(0)
            members = self._members(at, self.possible, self.high)
            found += self._questions_of(at, members)
            for pair in members:
                owner = int(self.holdings.owner[pair])
                if owner not in seen and not self.certain.has(owner):
                    seen.add(owner)
                    todo.append(owner)
        return found

    def _questions_of(self, node: int, members: Sequence[int]) -> Iterable[str]:
        view, profile, name = self.holdings, self.profile, self._name(node)
        for pair in members:
            owner = self._name(int(view.owner[pair]))
            rows = "; ".join(str(edge) for edge in view.edges(pair)[:3])
            if view.control[pair] and profile.control is Weight.ASKS:
                yield f"does {owner} control {name}? ({rows})"
            if view.low[pair] < view.high[pair]:
                yield f"what share of {name} does {owner} hold? ({rows})"
            if not profile.chain and int(view.owner[pair]) not in self.counted:
                yield f"does a share held through {owner} count under {profile.id}?"
            elif int(view.owner[pair]) in self.counted and not self.certain.has(int(view.owner[pair])):
                lists = ", ".join(dict.fromkeys(party.list for party, _ in self.counted[int(view.owner[pair])]))
                yield f"is {owner} ({lists}) among the parties of that list that count under {profile.id}?"
        if not profile.aggregate and len(members) > 1 and max(int(view.low[pair]) for pair in members) < self.need:
            yield f"do the shares of {', '.join(self._name(int(view.owner[pair])) for pair in members[:5])} in {name} add up?"


def _by_gravity(one: PassedOn) -> tuple[int, bool, str, str, str]:
    return (-one.effect.rank, not one.certain, one.list, one.owner, one.party)


def _span(low: int, high: int) -> str:
    return f"{percent(low)} %" if low == high else f"{percent(low)} to {percent(high)} %"


def _unrolled(below: _Below) -> Iterable[int]:
    while below is not None:
        pair, below = below
        yield pair


def _nodes(found: Iterable[int]) -> Ints:
    return np.unique(np.array(list(found), dtype=np.int64))


def _stands(party: ListedParty, on: Asked, known_by: Asked) -> bool:
    """Whether an entry stands on the day; one without dated listings stands as long as its list does."""
    days = {"on": on.calendar_day, "known_by": known_by.calendar_day}
    return not party.listings or any(one.stands(**days) for one in party.listings)


def _state(rules: RuleBase, profile: OwnershipProfile, on: Asked, known_by: Asked) -> State:
    """The gravest state of the day: in force before not known, not known before at rest."""
    states = [one.state for one in rules.stands_of(profile, on, known_by)]
    for grave in (State.IN_FORCE, State.UNKNOWN, State.UNENFORCED):
        if grave in states:
            return grave
    return State.SUSPENDED if State.SUSPENDED in states else states[0]
