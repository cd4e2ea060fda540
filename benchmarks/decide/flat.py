"""The same law as a list of products of one-dimensional conditions: what engines without dates and exceptions are given.

A rule whose days depend on what was known when is no product; each of its versions is (known from k to k', applies in these
windows). A control of which something can be left is split by gravity: one product says "at least a licence", one "at least
prohibited", and an exception kills those above what it leaves. Then the answer for a line is: of the matched exceptions,
deepest first, those not killed kill their targets; the gravest control left decides; the duties left are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from benchmarks.decide.law import FREE, LICENCE, PROHIBITED, USES, Goods, Law, Places, Rule

OPEN: Final = 1 << 29  # a day that never comes; less it, one that was always past
ANY: Final = (-1, 1 << 40)
Spans = tuple[tuple[int, int], ...]
Holds = Callable[[int, int], bool]  # on a day, as known on another


@dataclass(frozen=True, slots=True, kw_only=True)
class Flat:
    """One product of conditions."""

    number: int
    kind: str
    rule: int  # the rule it comes from
    weight: int  # of a control its gravity, of a duty its rate
    goods: Goods | None
    origin: Places | None
    ship_to: Places | None  # lines are used where they are shipped to, so this is the destination as well
    flags: int
    uses: int
    value: tuple[int, int]
    content: tuple[int, int]
    days: Spans  # half-open
    known: tuple[int, int]  # half-open
    kills: tuple[int, ...] = ()
    depth: int = 0  # of an exception: 0 to a control or duty, 1 to an exception, ...


@dataclass(frozen=True)
class FlatLaw:
    """All products of a law; the place of each is its number: controls by gravity, then exceptions deepest first, then duties."""

    law: Law
    flats: tuple[Flat, ...]

    def of_kind(self, kind: str) -> list[Flat]:
        """The products of a kind."""
        return [one for one in self.flats if one.kind == kind]


def flatten(law: Law) -> FlatLaw:
    """The products of a law."""
    found: list[Flat] = []
    eased = _eased(law)
    for rule in law.rules:
        if rule.kind == "duty":
            for rate in sorted({step.rate for step in rule.steps}):
                found += _flats(rule, rate, _has_rate(rule, rate))
        elif rule.kind == "lift":
            found += _flats(rule, rule.leaves, _weighs(rule, LICENCE))
        else:
            levels = {rule.effect, *(one for one in eased[rule.number] if FREE < one < rule.effect)}
            if rule.pause is not None and rule.pause.leaves:
                levels.add(min(rule.effect, rule.pause.leaves))
            for level in sorted(levels):
                found += _flats(rule, level, _weighs(rule, level))
    depths = _depths(law)
    found = [replace(one, depth=depths.get(one.rule, 0)) for one in found]
    order = {"control": 0, "lift": 1, "duty": 2}
    found.sort(key=lambda one: (order[one.kind], -one.weight if one.kind == "control" else -one.depth, one.rule, one.known))
    found = [replace(one, number=number) for number, one in enumerate(found)]
    targets = {rule.number: set(rule.targets) for rule in law.rules}
    by_rule: dict[int, list[Flat]] = {}
    for one in found:
        by_rule.setdefault(one.rule, []).append(one)
    done = []
    for one in found:
        aims = (other for target in targets[one.rule] for other in by_rule.get(target, ())) if one.kind == "lift" else ()
        kills = tuple(sorted(other.number for other in aims if other.kind != "control" or other.weight > one.weight))
        done.append(replace(one, kills=kills))
    return FlatLaw(law, tuple(done))


def _has_rate(rule: Rule, rate: int) -> Holds:
    return lambda day, known: rule.stands(day, known) is not None and rule.rate(day) == rate


def _weighs(rule: Rule, level: int) -> Holds:
    whole = rule.effect or PROHIBITED
    return lambda day, known: min(rule.stands(day, known) or FREE, whole) >= level


def _eased(law: Law) -> dict[int, set[int]]:
    """What exceptions may leave of each rule."""
    found: dict[int, set[int]] = {rule.number: set() for rule in law.rules}
    for lift in law.of_kind("lift"):
        for target in lift.targets:
            found[target].add(lift.leaves)
    return found


def _depths(law: Law) -> dict[int, int]:
    """How deep exceptions lie."""
    lifts = {one.number: one for one in law.of_kind("lift")}
    depths: dict[int, int] = {}

    def depth(lift: Rule) -> int:
        if lift.number not in depths:
            depths[lift.number] = max((1 + depth(lifts[one]) for one in lift.targets if one in lifts), default=0)
        return depths[lift.number]

    for one in lifts.values():
        depth(one)
    return depths


def _flats(rule: Rule, weight: int, holds: Holds) -> Iterable[Flat]:
    """The versions of a rule: spans of knowledge, each with the windows in which it applies."""
    edges = (-OPEN, *rule.known_edges, OPEN)
    versions: list[tuple[int, int, Spans]] = []
    for start, end in pairwise(edges):
        days = _windows(rule, holds, start)
        if versions and versions[-1][2] == days:
            versions[-1] = (versions[-1][0], end, days)
        else:
            versions.append((start, end, days))
    for start, end, days in versions:
        if days:
            yield Flat(
                number=-1,
                kind=rule.kind,
                rule=rule.number,
                weight=weight,
                goods=rule.goods,
                origin=rule.origin,
                ship_to=rule.ship_to or rule.destination,
                flags=0 if rule.party is None else 1 << rule.party,
                uses=sum(1 << USES.index(word) for word in rule.uses),
                value=ANY if rule.value is None else rule.value.span,
                content=ANY if rule.content is None else rule.content.span,
                days=days,
                known=(start, end),
            )


def _windows(rule: Rule, holds: Holds, known: int) -> Spans:
    found: list[tuple[int, int]] = []
    for start, end in pairwise((-OPEN, *rule.day_edges, OPEN)):
        if holds(start, known):
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
    return tuple(found)


@dataclass(frozen=True)
class Resolver:
    """From the numbers of the products that match a line to the answer: for engines that only match."""

    flats: tuple[Flat, ...]

    def resolve(self, matched: Iterable[int]) -> tuple[int, tuple[int, ...], int]:
        """The verdict, the rules that decide it, and the sum of the duties."""
        alive = sorted(matched)
        killed: set[int] = set()
        for number in alive:  # deepest exceptions come first
            one = self.flats[number]
            if one.kind == "lift" and number not in killed:
                killed.update(one.kills)
        left = [self.flats[number] for number in alive if number not in killed]
        verdict = max((one.weight for one in left if one.kind == "control"), default=FREE)
        deciding = {one.rule for one in left if one.kind == "control" and one.weight == verdict}
        return verdict, tuple(sorted(deciding)), sum(one.weight for one in left if one.kind == "duty")


def goods_hold(goods: Goods, code: str, control: str) -> bool:
    """Whether goods of these codes are meant."""
    if goods.prefixes and code.startswith(goods.prefixes) and not (goods.but and code.startswith(goods.but)):
        return True
    return _within(control, goods.controls) and not _within(control, goods.control_but)


def _within(control: str, wanted: Sequence[str]) -> bool:
    return any(control == one or control.startswith(one + ".") for one in wanted)
