"""Does the rule base hold together? One class per integrity rule; its docstring is its message.

The parser refuses what does not read; here the base is whole, and what is asked is whether its parts fit each other:
that names stand for something, that no rule is dead, silently without effect or the double of another, and that the
worked examples beside the law try every edge. RB24 and RB25 look at the examples and run only where these were loaded.

No check may fail on what another one refuses: every look-up allows for names that stand for nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property, partial
from itertools import pairwise
from typing import ClassVar, Final

from greenlane.errors import Place, RuleError
from greenlane.law.effect import Effect
from greenlane.law.groups import Group
from greenlane.law.measure import Act, Instrument, Lift, Measure, Rule
from greenlane.law.node import Node
from greenlane.law.rulebase import Case, RuleBase
from greenlane.law.scope import (
    ActivityIs,
    AddresseeIs,
    CodesHeld,
    Condition,
    DestinationIs,
    EndUseIs,
    GoodsAre,
    Item,
    NumberTest,
    PartyIs,
    PlaceIs,
    PlaceSet,
    Test,
    ValueIs,
    WordsIn,
    WordTest,
)
from greenlane.terms.amounts import Share, show
from greenlane.terms.codes import CONTROL, TARIFF, Code
from greenlane.terms.parties import ROLES, name_key
from greenlane.terms.periods import Asked, Bound
from greenlane.terms.places import CODES as PLACES
from greenlane.terms.sources import Standing

DEPTH_MAX: Final = 8  # of exceptions to exceptions: the engines follow no longer chain
SHARES: Final = ("us_content", "cn_re_content", "owner_share")
NEVER_PRESUMED: Final = (
    "codes.",
    "contains.",
    "letter:",
    "item:",
    "attrs.ultimate_parent_headquarters",
    "attrs.under_licence",
)
# Acts that bind by being published; letters, guidance and acts upon licences become public later, or reach back.
PUBLISHED_KINDS: Final = ("announcement", "rule", "order", "notice", "listing", "tariff")
# The columns of an order file stand one floor up, in decide.line; a test keeps the two equal.
LINE_COLUMNS: Final = (
    "line_id", "item", "description", "codes", "contains", "attrs", "quantity", "unit", "value", "currency", "origin",
    "ship_from", "ship_to", "end_use_country", "exporter", "consignee", "end_user", "end_use", "activity", "date",
    "us_content", "cn_re_content", "owner", "owner_share",
)  # fmt: skip
RESTRICTS: Final = ("licence_required", "presumption_of_denial", "prohibited")
VERDICTS: Final = ("free", *RESTRICTS, "cannot_say")


def check_base(base: RuleBase, places: Mapping[str, Node], *, cases: bool) -> list[RuleError]:
    """Every integrity problem of a base."""
    book = _Book(base, places)
    chosen = (check for check in CHECKS if cases or not check.needs_cases)
    return [problem for check in chosen for problem in check(book)._find(base)]


# --- where things stand -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Book:
    """The base with the nodes it was read from: what stands where."""

    base: RuleBase
    places: Mapping[str, Node]

    def root(self, instrument: Instrument) -> Node | None:
        """The whole file of an instrument, if its node was kept."""
        node = self.places.get(f"instrument:{instrument.id}") or self.places.get(instrument.id)
        # A measure with the id of its instrument takes the instrument's entry; only the file itself has an issuer.
        return node if node is not None and isinstance(node.value, dict) and "issuer" in node.value else None

    def of(self, instrument: Instrument, key: str) -> Place:
        """A key of the instrument itself."""
        root = self.root(instrument)
        found = None if root is None else root.get(key)
        return Place(instrument.file, 1 if found is None else found.line, key)

    def at(self, rule: Rule | Act, *keys: str, text: str = "") -> Place:
        """The first of some keys of a rule or act (or of the top of its file); in it the text, if one is given."""
        own = self.places.get(rule.id)
        for node in (own, self.root(rule.instrument)):
            if node is None or not isinstance(node.value, dict):
                continue
            for key in keys:
                found = node.get(key)
                inner = found if found is None or not text else _seek(found, text)
                if inner is not None:
                    return Place(inner.file, inner.line, inner.key)
        return Place(rule.instrument.file, rule.line, keys[0] if keys else "id")

    def has(self, rule: Rule | Act, key: str) -> bool:
        """Whether the rule file writes the key for this rule."""
        node = self.places.get(rule.id)
        return node is not None and isinstance(node.value, dict) and key in node.value

    def group(self, group: Group, text: str = "") -> Place:
        """A group, and in it the text."""
        node = self.places.get(f"group:{group.id}")
        if node is None:
            return Place("groups.yaml", None, group.id)
        found = _seek(node, text) if text else None
        return Place(node.file, (found or node).line, (found or node.get("id") or node).key)

    def loose(self, kind: str, name: str, file: str, text: str = "") -> Place:
        """A regime, derivation or presumption: its line, where the reader kept it."""
        node = self.places.get(f"{kind}:{name}")
        if node is None:
            return Place(file, None, name)
        found = _seek(node, text) if text else None
        return Place(node.file, (found or node).line, found.key if found else name)

    @cached_property
    def scopes(self) -> tuple[_Scope, ...]:
        """Every set of conditions of the base, with a way to say where a piece of it stands."""
        base = self.base
        found = [_Scope(rule.id, rule.conditions, partial(self._when, rule)) for rule in _rules(base)]
        for regime in base.regimes.values():
            where = partial(self.loose, "regime", regime.id, "regimes.yaml")
            found.extend(_Scope(regime.id, way.conditions, where) for way in (*regime.reaches, *regime.subject))
            found.append(_Scope(regime.id, regime.speaks_of, where))
            covers = (*regime.covers, *regime.outside)
            found.extend(_Scope(f"{regime.id}/{cover.id}", cover.conditions, where) for cover in covers)
        for one in base.derivations:
            where = partial(self.loose, "derivation", one.id, "derivations.yaml")
            found.append(_Scope(one.id, one.conditions, where))
        for other in base.presumptions:
            where = partial(self.loose, "presumption", other.fact, "presumptions.yaml")
            found.append(_Scope(other.fact, other.when, where))
        return tuple(found)

    def _when(self, rule: Rule, text: str) -> Place:
        return self.at(rule, "when", text=text)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Some conditions, whose they are, and where a piece of them stands."""

    name: str
    conditions: tuple[Condition, ...]
    where: Callable[[str], Place]


def _seek(node: Node, text: str) -> Node | None:
    """The first text of that wording at or under a node; or the value of a key of that name."""
    if isinstance(node.value, str):
        return node if node.value.strip() == text else None
    if isinstance(node.value, dict) and text in node.value:
        return node.value[text]
    for child in node.value if isinstance(node.value, list) else node.value.values():
        found = _seek(child, text)
        if found is not None:
            return found
    return None


def _rules(base: RuleBase) -> Iterator[Rule]:
    yield from base.measures.values()
    yield from base.lifts.values()


def _near(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"did you mean `{found[0]}`? " if found else ""


class RuleCheck(ABC):
    """One integrity rule: `code`, a docstring that is the message, and `find`."""

    code: ClassVar[str] = ""
    needs_cases: ClassVar[bool] = False

    def __init__(self, book: _Book) -> None:
        self.book = book

    @classmethod
    def find(cls, base: RuleBase, places: Mapping[str, Node]) -> Iterable[RuleError]:
        """Every breach of the rule."""
        return cls(_Book(base, places))._find(base)

    @abstractmethod
    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        """Every breach, each with the place and the way out."""

    def fail(self, what: str, at: Place, hint: str) -> RuleError:
        """A breach: what it is, the rule, where, and the way out."""
        rule = (type(self).__doc__ or "").splitlines()[0].rstrip(".")
        return RuleError(self.code, f"{what}. {rule}", at=at, hint=hint)


# --- names ------------------------------------------------------------------------------------------------------------


class RB01(RuleCheck):
    """Lifts and acts are aimed at measures, lifts or instruments with measures; an extension at a suspension."""

    code = "RB01"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        rules = {*base.measures, *base.lifts}
        for lift in base.lifts.values():
            for target in lift.targets:
                if not _stands_for(target, base) & rules:
                    yield self._dangling(lift, "lifts", target, {*rules, *base.instruments})
        for act in base.acts.values():
            for target in act.targets:
                if act.does not in ("extends", "states_end"):
                    if not _stands_for(target, base) & rules:
                        yield self._dangling(act, "to", target, {*rules, *base.instruments})
                elif target not in base.acts:
                    yield self._dangling(act, "to", target, base.acts)
                elif base.acts[target].does != "suspends" and target != act.id:
                    what = f"`{act.id}` {act.does} `{target}`, which is no suspension, so it changes nothing"
                    yield self.fail(what, self.book.at(act, "to", text=target), "name the act that suspends")

    def _dangling(self, rule: Lift | Act, key: str, target: str, known: Iterable[str]) -> RuleError:
        what = f"`{rule.id}` is aimed at `{target}`, which names nothing that it could act upon"
        return self.fail(
            what,
            self.book.at(rule, key, text=target),
            f"{_near(target, known)}correct the name, or write what it names",
        )


def _stands_for(target: str, base: RuleBase) -> set[str]:
    return set(base.expand(target))


class RB02(RuleCheck):
    """Exceptions and acts form no circle, and no chain of exceptions is longer than eight."""

    code = "RB02"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        lifts = {
            one.id: [name for target in one.targets for name in base.expand(target) if name in base.lifts]
            for one in base.lifts.values()
        }
        acts = {one.id: [name for name in one.targets if name in base.acts] for one in base.acts.values()}
        for circle in (*_circles(lifts), *_circles(acts)):
            first: Lift | Act = base.lifts[circle[0]] if circle[0] in base.lifts else base.acts[circle[0]]
            target = circle[1 % len(circle)]
            at = self.book.at(first, "lifts", "to", text=target)
            hint = "take one of the arrows away: what is excepted cannot except"
            yield self.fail(f"{' -> '.join(f'`{name}`' for name in (*circle, circle[0]))}", at, hint)
        if _circles(lifts):
            return
        for name in lifts:
            if _depth(name, lifts) > DEPTH_MAX:
                what = f"`{name}` stands in a chain of more than {DEPTH_MAX} exceptions, which nobody follows to its end"
                yield self.fail(what, self.book.at(base.lifts[name], "lifts"), "say it with fewer exceptions")


def _circles(arrows: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Each circle once, beginning with its first name."""
    found: dict[frozenset[str], tuple[str, ...]] = {}
    done: set[str] = set()
    for start in sorted(arrows):
        stack: list[tuple[str, tuple[str, ...]]] = [(start, (start,))]
        while stack:
            name, path = stack.pop()
            for target in arrows.get(name, ()):
                if target == start:
                    found.setdefault(frozenset(path), path)
                elif target not in path and target not in done:
                    stack.append((target, (*path, target)))
        done.add(start)
    return list(found.values())


def _depth(name: str, arrows: Mapping[str, Sequence[str]]) -> int:
    depth, level = 0, {name}
    while level and depth <= DEPTH_MAX:
        level = {target for one in level for target in arrows[one]}
        depth += 1
    return depth


class RB03(RuleCheck):
    """A name in a condition is the name of a group of the right kind, and an instrument's regime is in regimes.yaml."""

    code = "RB03"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for instrument in base.instruments.values():
            if instrument.regime not in base.regimes:
                what = f"`{instrument.id}` belongs to the regime `{instrument.regime}`, which is not there"
                hint = f"{_near(instrument.regime, base.regimes)}known: {', '.join(base.regimes)}"
                yield self.fail(what, self.book.of(instrument, "regime"), hint)
        for scope in self.book.scopes:
            for name, kind, text in _groups_in(scope.conditions):
                group = base.groups.get(name)
                if group is not None and group.kind == kind:
                    continue
                known = [one.id for one in base.groups.values() if one.kind == kind]
                is_what = "is not there" if group is None else f"is a group of kind {group.kind}, and one of kind {kind} is needed"
                hint = f"{_near(name, known)}groups stand in <side>/groups.yaml"
                yield self.fail(f"`{scope.name}` names the group `{name}`, which {is_what}", scope.where(text), hint)


def _groups_in(conditions: Iterable[Condition]) -> Iterator[tuple[str, str, str]]:
    """Group, kind needed, and how it is written."""
    for condition in conditions:
        if isinstance(condition, PlaceIs | DestinationIs):
            places: PlaceSet | None = condition.places
            while places is not None:
                for name in places.groups:
                    yield name, "places", f"group:{name}"
                places = places.without
        elif isinstance(condition, PartyIs):
            if condition.listed is not None:
                yield condition.listed, "parties", condition.listed
        elif isinstance(condition, GoodsAre):
            for item in condition.items:
                if item.list is not None:
                    yield item.list, "list", item.list
                if item.codes is not None:
                    yield item.codes, "goods", item.codes
        elif isinstance(condition, CodesHeld) and condition.group is not None:
            yield condition.group, "goods", condition.group


class RB04(RuleCheck):
    """A membership, a letter and the days that are modelled begin before they end."""

    code = "RB04"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for group in base.groups.values():
            for member in group.members:
                if _ends_early(member.start, member.end):
                    what = f"`{member.value}` leaves `{group.id}` on {member.end}, not after it enters on {member.start}"
                    yield self.fail(what, self.book.group(group, member.value), "`until` is the first day out")
        for instrument in base.instruments.values():
            for firm in instrument.letter.addressees if instrument.letter is not None else ():
                if _ends_early(firm.start, firm.end):
                    what = f"the letter to `{firm.name}` ends on {firm.end}, not after it begins on {firm.start}"
                    root = self.book.root(instrument)
                    found = None if root is None else _seek(root.need("addressees"), firm.name)
                    at = self.book.of(instrument, "addressees") if found is None else Place(found.file, found.line, found.key)
                    yield self.fail(what, at, "`until` is the first day out")
        for regime in base.regimes.values():
            if _ends_early(regime.start, regime.known_through):
                what = f"`{regime.id}` is modelled from {regime.start}, and read up to {regime.known_through} only"
                yield self.fail(what, self.book.loose("regime", regime.id, "regimes.yaml"), "correct `from` or `known_through`")


def _ends_early(start: Bound | None, end: Bound | None) -> bool:
    return start is not None and end is not None and not start < end


# --- time -------------------------------------------------------------------------------------------------------------


class RB05(RuleCheck):
    """An act does something: its target is in force at some time within it, and an end moves to a later day."""

    code = "RB05"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for act in base.acts.values():
            for target in act.targets:
                if act.does == "extends":
                    yield from self._extension(act, base.acts.get(target), base)
                    continue
                rules = _targets(target, base)
                if act.does == "states_end" or act.start is None or not rules:
                    continue
                end = None if act.does == "ends" else _latest_end(act, base)
                if not any(_overlaps(*span, act.start, end) for rule in rules for span in _days(rule)):
                    until = " on" if end is None else f" until {end}"
                    what = f"`{act.id}` {act.does} `{target}` from {act.start}{until}, when it is never in force"
                    at = self.book.at(act, "to", text=target)
                    yield self.fail(what, at, f"in force: {_spans(rules)}; correct the days, or take the act out")

    def _extension(self, act: Act, target: Act | None, base: RuleBase) -> Iterator[RuleError]:
        if target is None or target.does != "suspends" or act.end is None:
            return
        before = [
            one.end
            for one in base.acts_on(target.id)
            if one.does == "extends" and one is not act and one.end is not None and one.known_since < act.known_since
        ]
        ends = [target.end, *before] if target.end is not None else before
        if any(not end < act.end for end in ends) or (target.start is not None and not target.start < act.end):
            latest = max(ends, key=lambda end: end.utc, default=target.start)
            what = f"`{act.id}` extends `{target.id}` to {act.end}, and it lasts until {latest} without it"
            yield self.fail(what, self.book.at(act, "until"), "give a later day; a pause is cut short by another act")


def _targets(target: str, base: RuleBase) -> list[Rule]:
    return [rule for name in base.expand(target) if (rule := base.measures.get(name) or base.lifts.get(name)) is not None]


def _is_duty(rule: Rule) -> bool:
    return isinstance(rule, Measure) and rule.effect is Effect.DUTY


def _latest_end(act: Act, base: RuleBase) -> Bound | None:
    if act.end is None:
        return None
    ends = [one.end for one in base.acts_on(act.id) if one.does == "extends" and one.end is not None]
    return max([act.end, *ends], key=lambda end: end.utc)


def _overlaps(start: Bound, end: Bound | None, other: Bound, other_end: Bound | None) -> bool:
    return (end is None or other < end) and (other_end is None or start < other_end)


def _days(rule: Rule) -> list[tuple[Bound, Bound | None]]:
    """The periods of a rule; a duty holds from its first step on."""
    if isinstance(rule, Measure) and rule.steps:
        return [(min((step.start for step in rule.steps), key=lambda start: start.utc), None)]
    return [(one.period.start, one.period.end) for one in rule.periods]


def _spans(rules: Sequence[Rule]) -> str:
    spans = sorted({f"{start} to {end or 'no end'}" for rule in rules for start, end in _days(rule)})
    return ", ".join(spans[:4])


class RB06(RuleCheck):
    """What binds by being published cannot bind before it is public, unless its `reading` says why."""

    code = "RB06"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for measure in base.measures.values():
            instrument = measure.instrument
            if instrument.kind not in PUBLISHED_KINDS or measure.standing is not Standing.OFFICIAL or not instrument.decides:
                continue
            if measure.reading or not (measure.effect.restricts or measure.effect is Effect.DUTY):
                continue
            pairs = [(one.period.start, one.known_since) for one in measure.periods]
            for start, known in (*pairs, *((step.start, step.known_since) for step in measure.steps)):
                if start.day < known.day and not self._says_so(measure, start):
                    what = f"`{measure.id}` is in force from {start}, and known only since {known}"
                    hint = "correct one of the days, or say why in `reading` (of the measure, the period or the step)"
                    yield self.fail(what, self.book.at(measure, "in_force", "steps", text=start.text), hint)

    def _says_so(self, measure: Measure, start: Bound) -> bool:
        for node in (self.book.places.get(measure.id), self.book.root(measure.instrument)):
            for key in ("in_force", "steps"):
                found = None if node is None else node.get(key)
                for one in found.value if found is not None and isinstance(found.value, list) else ():
                    if one.has("reading") and one.need("from").text() == start.text:
                        return True
        return False


class RB08(RuleCheck):
    """Two exceptions that can meet on one line leave the same, or one is written as an exception to the other."""

    code = "RB08"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        seen: set[tuple[str, str]] = set()
        for measure in base.measures.values():
            lifts = [one for one in base.lifts_of(measure.id) if one.instrument.decides]
            for number, one in enumerate(lifts):
                for other in lifts[number + 1 :]:
                    if one.leaves is other.leaves or _is_duty(measure) or (one.id, other.id) in seen:
                        continue
                    if _ordered(one, other, base) or not _meet(measure, one, other):
                        continue
                    # a licence exception takes the need of a licence away; easing the review of one is no other answer
                    if base.is_exception(one) is not base.is_exception(other):
                        continue
                    box = _Box((*measure.conditions, *one.conditions, *other.conditions), base.groups)
                    if box.clash is not None:
                        continue
                    seen.add((one.id, other.id))
                    yield self._conflict(measure, one, other, box)

    def _conflict(self, measure: Measure, one: Lift, other: Lift, box: _Box) -> RuleError:
        what = (
            f"`{one.id}` leaves {one.leaves.value} of `{measure.id}` and `{other.id}` leaves {other.leaves.value}; "
            f"both hold for a line with {box.example}"
        )
        hint = f"write which gives way (an exception with `lifts: [{other.id}]`), or part their conditions"
        return self.fail(what, self.book.at(other, "leaves", "when", "lifts"), hint)


def _ordered(one: Lift, other: Lift, base: RuleBase) -> bool:
    """Whether one is an exception to the other."""
    return any(lift.id == other.id for lift in base.lifts_of(one.id)) or any(lift.id == one.id for lift in base.lifts_of(other.id))


def _meet(*rules: Rule) -> bool:
    """Whether all of some rules are in force at one time."""
    spans: list[tuple[Bound, Bound | None]] = [(one.period.start, one.period.end) for one in rules[0].periods]
    for rule in rules[1:]:
        cut: list[tuple[Bound, Bound | None]] = []
        for start, end in spans:
            for period in (one.period for one in rule.periods):
                if _overlaps(start, end, period.start, period.end):
                    ends = [bound for bound in (end, period.end) if bound is not None]
                    cut.append((max(start, period.start, key=lambda x: x.utc), min(ends, key=lambda x: x.utc, default=None)))
        spans = cut
    return bool(spans)


# --- scopes -----------------------------------------------------------------------------------------------------------


class RB14(RuleCheck):
    """Every rule can hold for some line on some day: its conditions agree, and no act ends it before it begins."""

    code = "RB14"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for rule in _rules(base):
            clash = _Box(rule.conditions, base.groups).clash
            if clash is not None:
                key, says = clash
                at = self.book.at(rule, "when", text=key.rpartition(".")[2])
                yield self.fail(
                    f"`{rule.id}` holds for no line: {says}",
                    at,
                    "loosen one of the two conditions, or take the rule out",
                )
            yield from self._items(rule)
            ender = self._ended(rule, base)
            if ender is not None:
                what = f"`{ender.id}` ended `{rule.id}` before it began and before it was known"
                yield self.fail(what, self.book.at(rule, "in_force"), "correct the days, or take both out")

    def _items(self, rule: Rule) -> Iterator[RuleError]:
        for item in (item for one in rule.conditions if isinstance(one, GoodsAre) for item in one.items):
            for code in item.customs if item.reach else ():
                near = [wide for wide in item.reach if code.compares(wide)]
                if near and all(code.excludes(wide) for wide in near):
                    what = f"`{rule.id}`: the customs code {code} of the item {item.name} lies outside its own `reach`"
                    at = self.book.at(rule, "when", text="customs")
                    yield self.fail(what, at, "add its heading to `reach`, or take the code out")

    def _ended(self, rule: Rule, base: RuleBase) -> Act | None:
        """The act that ends every period before it begins, known no later than the period itself."""
        if not rule.periods:
            return None
        for act in base.acts_on(rule.id):
            start = act.start
            if act.does != "ends" or start is None:
                continue
            if all(not one.period.start < start and not one.known_since < act.known_since for one in rule.periods):
                return act
        return None


class RB15(RuleCheck):
    """No two rules say the same: same regime, effect, conditions, days and knowledge."""

    code = "RB15"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        first: dict[object, Rule] = {}
        for rule in _rules(base):
            twin = first.setdefault(self._meaning(rule), rule)
            if twin is not rule:
                what = f"`{rule.id}` says the same as `{twin.id}` ({twin.instrument.file}, line {twin.line})"
                yield self.fail(what, self.book.at(rule, "id"), "keep one of the two, or say in what they differ")

    def _meaning(self, rule: Rule) -> object:
        days = tuple((one.period, one.known_since, one.end_known_since) for one in rule.periods)
        common = (
            rule.instrument.regime,
            rule.instrument.status,
            frozenset(rule.conditions),
            days,
            rule.known_since,
            rule.standing,
        )
        if isinstance(rule, Measure):
            steps = tuple((one.start, one.rate, one.known_since, one.branches) for one in rule.steps)
            # Statements without effect are there for their words: two of one day may concern the same lines.
            words = rule.title if rule.effect in (Effect.NONE, Effect.REPORT) else ""
            rates = "" if rule.schedule is None else rule.schedule.file
            return (*common, rule.effect, rule.review, rule.layer, steps, rates, rule.conflicts_with, words)
        assert isinstance(rule, Lift)
        return (*common, frozenset(rule.targets), rule.leaves)


class _Box:
    """A conjunction of conditions as a product of one-dimensional sets, each no smaller than the truth.

    Groups change with time, so a set of places is taken as wide as it ever was; parties, end uses and words can always
    hold together, because a line may have several. So a clash is certain, and an overlap is one on some day.
    """

    def __init__(self, conditions: Iterable[Condition], groups: Mapping[str, Group]) -> None:
        self._places: dict[str, frozenset[str]] = {}
        self._tests: dict[str, list[Test]] = {}
        self._either: list[frozenset[str]] = []
        self._activities: tuple[str, ...] | None = None
        self._goods: list[GoodsAre] = []
        self._loose: list[str] = []
        for condition in conditions:
            if isinstance(condition, ActivityIs):
                others = condition.activities if self._activities is None else self._activities
                self._activities = tuple(one for one in condition.activities if one in others)
            elif isinstance(condition, PlaceIs):
                places = _widest(condition.places, groups)
                earlier = self._places.get(condition.fact)
                self._places[condition.fact] = places if earlier is None else places & earlier
            elif isinstance(condition, DestinationIs):
                self._either.append(_widest(condition.places, groups))
            elif isinstance(condition, ValueIs):
                self._tests.setdefault(condition.fact, []).append(condition.test)
            elif isinstance(condition, GoodsAre):
                self._goods.append(condition)
            elif isinstance(condition, EndUseIs):
                self._loose.append(f"end use {condition.uses[0]}")
            elif isinstance(condition, PartyIs):
                self._loose.append(f"{condition.roles[0]} {'on ' + condition.listed if condition.listed else condition.named[0]}")

    @cached_property
    def clash(self) -> tuple[str, str] | None:
        """The key on which the conditions contradict each other, and how; None if they can all hold."""
        if self._activities == ():
            return "activity", "no activity is in all the lists"
        for fact, places in self._places.items():
            if not places:
                return fact, f"no place is in all the sets of `{fact}`"
        ends = [self._places[fact] for fact in ("ship_to", "end_use_country") if fact in self._places]
        for wanted in self._either:
            if len(ends) == 2 and not any(wanted & end for end in ends):
                return "destination", "neither `ship_to` nor `end_use_country` can lie in `destination`"
        for fact, tests in self._tests.items():
            if _value_of(fact, tests) is None:
                return fact, f"{' and '.join(f'`{test}`' for test in tests)} contradict each other on `{fact}`"
        for goods in self._goods:
            clashes = [self._item_clash(item) for item in goods.items]
            if all(one is not None for one in clashes):
                return clashes[0] or ("goods", "")
        return None

    def _item_clash(self, item: Item) -> tuple[str, str] | None:
        least = Decimal(0)
        own: dict[str, list[Test]] = {}
        for test in item.tests:
            own.setdefault(test.fact, []).append(test.test)
            if test.fact.startswith("contains.") and isinstance(test.test, NumberTest) and test.test.op in (">", ">=", "="):
                least += test.test.value
        for fact, tests in own.items():
            both = [*self._tests.get(fact, ()), *tests]
            if _value_of(fact, both) is None:
                return fact, f"{' and '.join(f'`{test}`' for test in both)} contradict each other on `{fact}`"
        return ("contains", f"the least shares of {item.name} add up to {show(least)} %") if least > 100 else None

    @cached_property
    def example(self) -> str:
        """A line for which all conditions hold, in words."""
        said = [f"activity {self._activities[0]}"] if self._activities else []
        said += [f"{fact} {sorted(places)[0]}" for fact, places in self._places.items()]
        said += [f"destination {sorted(places)[0]}" for places in self._either]
        tests = {fact: list(tests) for fact, tests in self._tests.items()}
        for goods in self._goods:
            item = next(one for one in goods.items if self._item_clash(one) is None)
            said.append(f"goods {item.name}")
            for test in item.tests:
                tests.setdefault(test.fact, []).append(test.test)
        said += [f"{fact} {_value_of(fact, each) or '?'}" for fact, each in tests.items()]
        return ", ".join([*said, *self._loose]) or "any goods"


def _widest(places: PlaceSet, groups: Mapping[str, Group]) -> frozenset[str]:
    """Every place that is in the set on some day."""
    some, always = _reach_of(places, groups)
    found = PLACES - always if places.negate else some
    return found if places.without is None else found - _narrowest(places.without, groups)


def _narrowest(places: PlaceSet, groups: Mapping[str, Group]) -> frozenset[str]:
    """Every place that is in the set on every day."""
    some, always = _reach_of(places, groups)
    found = PLACES - some if places.negate else always
    return found if places.without is None else found - _widest(places.without, groups)


def _reach_of(places: PlaceSet, groups: Mapping[str, Group]) -> tuple[frozenset[str], frozenset[str]]:
    if not places.groups:
        return places.codes, places.codes
    some, always = set(places.codes), set(places.codes)
    for name in places.groups:
        if name not in groups:  # RB03 says so; here it may be anywhere
            return PLACES, frozenset(places.codes)
        some |= groups[name].ever
        always |= groups[name].always
    return frozenset(some), frozenset(always)


def _value_of(fact: str, tests: Sequence[Test]) -> str | None:
    """A value that passes every test, in words; None if there is none."""
    numbers = [test for test in tests if isinstance(test, NumberTest)]
    words = [test for test in tests if isinstance(test, WordTest)]
    barred = {word.casefold() for test in words if test.negate for word in test.words}
    wanted = [test for test in words if not test.negate]
    if wanted:
        for word in wanted[0].words:
            if word.casefold() not in barred and all(test.holds(word) for test in tests):
                return word
        return None
    if numbers:
        return _number_of(fact, numbers)
    return f"other than {', '.join(sorted(barred))}"


def _number_of(fact: str, tests: Sequence[NumberTest]) -> str | None:
    is_share = fact.startswith("contains.") or fact in SHARES
    edges = sorted({test.value for test in tests} | ({Decimal(0), Decimal(100)} if is_share else set()))
    between = [(low + high) / 2 for low, high in pairwise(edges)]
    tried = [*edges, *between, *(() if is_share else (edges[0] - 1, edges[-1] + 1))]
    for value in tried:
        if (not is_share or 0 <= value <= 100) and all(test.holds(value) for test in tests):
            return show(value)
    return None


# --- letters, statements, duties --------------------------------------------------------------------------------------


class RB16(RuleCheck):
    """A letter names its addressees, and a rule that binds addressees stands in the file of the letter."""

    code = "RB16"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for scope in self.book.scopes:
            for condition in scope.conditions:
                if isinstance(condition, AddresseeIs) and condition.instrument not in base.letters:
                    what = f"`{scope.name}` binds addressees only, and its file names none"
                    yield self.fail(what, scope.where("addressee"), "add `addressees:` and `others:` at the top of the file")
        bound = {one.instrument for rule in _rules(base) for one in rule.conditions if isinstance(one, AddresseeIs)}
        for instrument in base.instruments.values():
            root = self.book.root(instrument)
            if instrument.letter is not None and instrument.id not in bound:
                what = f"`{instrument.id}` names addressees, and its rules bind everybody: none says `addressee: exporter`"
                yield self.fail(what, self.book.of(instrument, "addressees"), "add `addressee: exporter` to the `when` at the top")
            elif instrument.letter is None and root is not None and root.has("others"):
                what = f"`{instrument.id}` speaks of other addressees and names none"
                yield self.fail(what, self.book.of(instrument, "others"), "add `addressees:`, or take `others` out")
            elif instrument.letter is None and instrument.kind == "letter" and base.expand(instrument.id):
                what = f"`{instrument.id}` is a letter without addressees"
                yield self.fail(what, self.book.of(instrument, "kind"), "add `addressees:` and `others:`")


class RB17(RuleCheck):
    """A conflict of laws is declared with a measure or instrument of the other side."""

    code = "RB17"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for measure in base.measures.values():
            for name in measure.conflicts_with:
                at = self.book.at(measure, "conflicts_with", text=name)
                rules = [base.measures[one].instrument for one in base.expand(name) if one in base.measures]
                if not rules:
                    known = {*base.measures, *base.instruments}
                    yield self.fail(
                        f"`{measure.id}` conflicts with `{name}`, which names no measure",
                        at,
                        f"{_near(name, known)}correct the name",
                    )
                elif all(one.side == measure.instrument.side for one in rules):
                    what = f"`{measure.id}` and `{name}` are law of the same side ({measure.instrument.side})"
                    yield self.fail(what, at, "within one side the graver measure wins; name the other state's measure")


class RB18(RuleCheck):
    """The steps of a duty say one rate for each moment and each day of knowledge."""

    code = "RB18"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for measure in base.measures.values():
            seen: set[tuple[object, object]] = set()
            for step in measure.steps:
                at = self.book.at(measure, "steps", text=step.start.text)
                key = (step.start.utc, step.known_since.utc)
                if key in seen:
                    what = f"`{measure.id}` has two steps from {step.start} that are known since {step.known_since}"
                    yield self.fail(what, at, "give the later one its own `known_since`, or keep one")
                seen.add(key)
                if step.rate is not None and step.branches:
                    what = f"`{measure.id}`, step from {step.start}: the rate is known and `branches` would be passed over"
                    yield self.fail(what, at, "write `rate: unknown`, or take `branches` out")
                if step.rate is not None and step.rate < 0:
                    what = f"`{measure.id}`, step from {step.start}: {show(step.rate)} points"
                    yield self.fail(what, at, "a rate is zero or more; an exemption is a lift")


# --- facts, regimes, lists --------------------------------------------------------------------------------------------


class RB19(RuleCheck):
    """A derivation or presumption is about a fact that some condition reads."""

    code = "RB19"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        read = {fact for scope in self.book.scopes for condition in scope.conditions for fact in _facts_in(condition)}
        read |= {one.value.removeprefix("=") for one in base.presumptions if one.value.startswith("=")}
        for one in base.derivations:
            if one.fact not in read:
                at = self.book.loose("derivation", one.id, "derivations.yaml", "fact")
                yield self.fail(f"the derivation `{one.id}` shows `{one.fact}`, which nothing asks for", at, _spell(one.fact, read))
        for other in base.presumptions:
            if other.fact not in read:
                at = self.book.loose("presumption", other.fact, "presumptions.yaml", "fact")
                yield self.fail(f"`{other.fact}` is presumed, and nothing asks for it", at, _spell(other.fact, read))


def _spell(fact: str, read: Collection[str]) -> str:
    return f"{_near(fact, read)}correct the name (an attribute is `attrs.name`), or take it out"


def _facts_in(condition: Condition) -> Iterator[str]:
    """The facts a condition reads."""
    if isinstance(condition, PlaceIs | ValueIs):
        yield condition.fact
    elif isinstance(condition, DestinationIs):
        yield from ("ship_to", "end_use_country")
    elif isinstance(condition, PartyIs):
        yield from condition.roles
    elif isinstance(condition, GoodsAre):
        for item in condition.items:
            yield from (test.fact for test in item.tests)
            if item.part is not None:
                yield item.part.test.fact
            yield from (f"codes.{code.scheme}" for code in (*item.customs, *item.reach, *((item.control,) if item.control else ())))
    elif isinstance(condition, AddresseeIs):
        yield "exporter"
    elif isinstance(condition, WordsIn):
        yield "description"
    else:
        yield condition.key


class RB20(RuleCheck):
    """A regime says whom it reaches, and holds the instruments of its own side and kind."""

    code = "RB20"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for regime in base.regimes.values():
            for name in (name for way in (*regime.reaches, *regime.subject) for name in way.asked_while):
                if not any(one in base.measures for one in base.expand(name)):
                    at = self.book.loose("regime", regime.id, "regimes.yaml", name)
                    what = f"`{regime.id}` reaches lines only while `{name}` stands, which names no measure"
                    yield self.fail(what, at, f"{_near(name, {*base.measures, *base.instruments})}correct the name")
            if regime.kind != "duty" and not regime.reaches:
                at = self.book.loose("regime", regime.id, "regimes.yaml")
                yield self.fail(f"`{regime.id}` reaches nobody, so lines would be free without it", at, "add `reaches:`")
        for instrument in base.instruments.values():
            home = base.regimes.get(instrument.regime)
            if home is not None and home.side != instrument.side:
                what = f"`{instrument.id}` stands under {instrument.side}/; its regime `{home.id}` is law of {home.side}"
                yield self.fail(what, self.book.of(instrument, "regime"), "move the folder, or correct `regime`")
        for measure in base.measures.values():
            home = base.regimes.get(measure.regime)
            if home is None:
                continue
            if home.kind == "duty" and measure.effect.restricts:
                what = f"`{measure.id}` restricts ({measure.effect.value}), and its regime `{home.id}` holds duties"
                yield self.fail(what, self.book.at(measure, "effect"), "name a regime of kind control or import")
            if home.kind != "duty" and measure.effect is Effect.DUTY:
                what = f"`{measure.id}` is a duty, and its regime `{home.id}` is of kind {home.kind}"
                yield self.fail(what, self.book.at(measure, "effect"), "name a regime of kind duty")


class RB21(RuleCheck):
    """A control list holds instruments or measures that name goods; no group holds a member twice at a time."""

    code = "RB21"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for group in base.groups.values():
            seen: dict[str, list[tuple[Bound | None, Bound | None]]] = {}
            for member in group.members:
                if group.kind == "list" and not self._names_goods(member.value, base):
                    what = f"`{member.value}` of the list `{group.id}` is no instrument or measure that names goods"
                    hint = f"{_near(member.value, base.instruments)}correct the name, or take it out"
                    yield self.fail(what, self.book.group(group, member.value), hint)
                key = name_key(member.value) if group.kind == "parties" else member.value
                for start, end in seen.get(key, ()):
                    if not _apart(start, end, member.start, member.end):
                        what = f"`{member.value}` is in `{group.id}` twice at one time"
                        yield self.fail(
                            what,
                            self.book.group(group, member.value),
                            "join the entries, or give them days that do not overlap",
                        )
                        break
                seen.setdefault(key, []).append((member.start, member.end))

    def _names_goods(self, name: str, base: RuleBase) -> bool:
        measures = [base.measures[one] for one in base.expand(name) if one in base.measures]
        conditions = (condition for measure in measures for condition in measure.conditions)
        return any(item.list is None for one in conditions if isinstance(one, GoodsAre) for item in one.items)


def _apart(start: Bound | None, end: Bound | None, other: Bound | None, other_end: Bound | None) -> bool:
    """Whether two spans share no day; an absent bound is open."""
    return (end is not None and other is not None and not other < end) or (
        other_end is not None and start is not None and not start < other_end
    )


class RB22(RuleCheck):
    """An exception takes something away: what it is aimed at weighs more than what it leaves."""

    code = "RB22"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for lift in base.lifts.values():
            for target in lift.targets:
                rules = _targets(target, base)
                if rules and not any(self._takes(lift, rule, base) for rule in rules):
                    what = f"`{lift.id}` leaves {lift.leaves.value} of `{target}`, which is no more than that before"
                    hint = "correct `leaves` or the target; an exception to a lift or from a duty has no `leaves`"
                    yield self.fail(what, self.book.at(lift, "leaves", "lifts"), hint)

    def _takes(self, lift: Lift, rule: Rule, base: RuleBase) -> bool:
        if isinstance(rule, Lift) or _is_duty(rule):
            return lift.leaves is Effect.FREE
        assert isinstance(rule, Measure)
        return _gravest(rule, base).rank > lift.leaves.rank


def _gravest(measure: Measure, base: RuleBase) -> Effect:
    """The gravest effect of a measure, entries of its lists included."""
    effects = [measure.effect]
    for condition in measure.conditions:
        group = base.groups.get(condition.listed or "") if isinstance(condition, PartyIs) else None
        effects += [one.effect for one in group.members if one.effect is not None] if group is not None else []
    return max(effects, key=lambda effect: effect.rank)


class RB23(RuleCheck):
    """`control` holds a code of a control list, `customs` holds customs codes, and every chapter exists."""

    code = "RB23"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for scope in self.book.scopes:
            for item in (item for one in scope.conditions if isinstance(one, GoodsAre) for item in one.items):
                if item.control is not None and item.control.scheme not in CONTROL:
                    what = f"`{scope.name}` names {item.control} as a control code"
                    yield self.fail(what, scope.where("control"), "write a customs code under `customs`")
                for code in item.customs:
                    if code.scheme not in TARIFF:
                        yield self.fail(
                            f"`{scope.name}` names {code} as a customs code",
                            scope.where("customs"),
                            "write it under `control`",
                        )
                for code in (*item.customs, *item.reach):
                    if _no_chapter(code):
                        key = "customs" if code in item.customs else "reach"
                        what = f"`{scope.name}` names {code}, and there is no chapter {code.value[:2]}"
                        yield self.fail(what, scope.where(key), "chapters are 01 to 99, without 77")
        for group in base.groups.values():
            for code in group.complete_for:
                if code.scheme not in TARIFF or _no_chapter(code):
                    what = f"`{group.id}` is said to be complete for {code}, which is no heading"
                    yield self.fail(what, self.book.group(group, "complete_for"), "name customs headings")


def _no_chapter(code: Code) -> bool:
    return code.scheme in TARIFF and code.value[:2] in ("00", "77")


# --- acts -------------------------------------------------------------------------------------------------------------


class RB26(RuleCheck):
    """Where a name stands for an instrument and for one of its measures, the other measures are named as well."""

    code = "RB26"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        families: dict[str, list[str]] = {}
        for measure in base.measures.values():
            families.setdefault(measure.instrument.id, []).append(measure.id)
        aimed: tuple[Lift | Act, ...] = (*base.lifts.values(), *base.acts.values())
        for one in aimed:
            key = "lifts" if isinstance(one, Lift) else "to"
            for target in one.targets:
                others = self._left_out(target, one.targets, families, base)
                if others:
                    what = f"`{one.id}` is aimed at `{target}`, read as that measure alone; {_names(others)} stay out"
                    at = self.book.at(one, key, text=target)
                    yield self.fail(what, at, f"name them all, or give the measure `{target}` an id of its own")
        for group in base.groups.values():
            for member in group.members if group.kind == "list" else ():
                others = self._left_out(member.value, {one.value for one in group.members}, families, base)
                if others:
                    what = f"`{group.id}` holds `{member.value}`, read as that measure alone; {_names(others)} stay out"
                    at = self.book.group(group, member.value)
                    yield self.fail(what, at, f"name them all, or give the measure `{member.value}` an id of its own")

    def _left_out(self, target: str, named: Collection[str], families: Mapping[str, list[str]], base: RuleBase) -> list[str]:
        if target not in base.instruments or base.expand(target) != (target,):
            return []
        family = families.get(target, [])
        if any(one in named for one in family if one != target):
            return []  # the writer names measures one by one, and knows the others
        return [one for one in family if one != target]


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names[:3]) + (" ..." if len(names) > 3 else "")


class RB27(RuleCheck):
    """What is written is read: no measure and no act has a key that its kind passes over."""

    code = "RB27"
    UNREAD: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "suspends": (),
        "ends": ("until", "after", "leaves"),
        "extends": ("from", "leaves"),
        "not_enforced": ("after", "leaves"),
        "states_end": ("from", "after", "leaves"),
    }

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for act in base.acts.values():
            for key in self.UNREAD[act.does]:
                if self.book.has(act, key):
                    what = f"`{act.id}` {act.does}, and `{key}` would be passed over"
                    yield self.fail(what, self.book.at(act, key), f"take `{key}` out, or choose another `does`")
        for measure in base.measures.values():
            if self.book.has(measure, "lists"):
                what = f"`{measure.id}` has `lists`, which would be passed over"
                yield self.fail(what, self.book.at(measure, "lists"), "write `goods: [{list: ...}]`, or a group of kind list")
            if measure.steps and self.book.has(measure, "in_force"):
                what = f"`{measure.id}` is a duty, and `in_force` would be passed over"
                yield self.fail(what, self.book.at(measure, "in_force"), "a duty has `steps` only")


class RB28(RuleCheck):
    """The goods of an exception are those of the measure it lifts, or have a name of their own.

    Where a line contradicts itself, one is asked whether the goods are the item of that name. If measure and exception used one
    name for different goods, every answer would free the line: "yes" by the exception, "no" because the measure does not reach it.
    """

    code = "RB28"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for lift in base.lifts.values():
            own = {item.fact: item for item in _items_of(lift)}
            if not own:
                continue
            for rule in (rule for target in lift.targets for rule in _targets(target, base)):
                for item in _items_of(rule):
                    other = own.get(item.fact)
                    if other is not None and other != item and other.tests:
                        what = f"`{lift.id}` and `{rule.id}` mean different goods by `{item.name}`"
                        hint = "write the tests of the exception as `attr:` beside `goods:`, not as `is:` in the item"
                        yield self.fail(what, self.book.at(lift, "when", text="goods"), hint)


def _items_of(rule: Rule) -> Iterator[Item]:
    return (item for one in rule.conditions if isinstance(one, GoodsAre) for item in one.items)


class RB29(RuleCheck):
    """A presumption has a value that reads, and is never about composition, classification, letters or headquarters."""

    code = "RB29"

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        for one in base.presumptions:
            at = self.book.loose("presumption", one.fact, "presumptions.yaml", one.value)
            if one.fact.startswith(NEVER_PRESUMED):
                yield self.fail(f"`{one.fact}` is presumed", at, "take it out: what is silent here must be asked")
            if one.value.startswith("="):
                continue
            if one.fact in SHARES and not _reads(Share.read, one.value):
                yield self.fail(f"`{one.fact}` is presumed as `{one.value}`, which is no share", at, 'write it as "0" or "100 %"')
            if one.fact in ("origin", "ship_to", "ship_from", "end_use_country") and one.value not in PLACES:
                yield self.fail(
                    f"`{one.fact}` is presumed as `{one.value}`, which is no country",
                    at,
                    "name a country, or a fact: =ship_to",
                )
            if one.fact in ROLES and one.value != "not listed":
                what = f"`{one.fact}` is presumed as `{one.value}`, and would count as not listed"
                yield self.fail(what, at, "write `as: not listed`: no party is presumed by name")


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


# --- cases ------------------------------------------------------------------------------------------------------------


class RB24(RuleCheck):
    """A case names rules that are there, in words that can come out, and columns of an order file."""

    code = "RB24"
    needs_cases = True

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        measures = {*base.measures, *(one.instrument.id for one in base.measures.values())}
        lifts = {*base.lifts, *(one.instrument.id for one in base.lifts.values())}
        known: dict[str, Collection[str]] = {
            **dict.fromkeys(("because", "not_because", "near_miss", "obligations", "promises"), measures),
            "lifted": lifts,
            "branches": {*base.acts, *base.measures, *base.lifts},
            "conflicts": measures,
            "regimes": ("cn", "us"),
            "range": VERDICTS[:-1],
            "strict": ("yes", "no"),
        }
        columns = frozenset(LINE_COLUMNS)
        for case in base.cases:
            for key, wanted in case.wants.items():
                for name in wanted if key in known else ():
                    if name not in known[key]:
                        yield self._fail(case, key, name, known[key])
            for text in case.wants.get("layers", ()):
                name = text.partition("=")[0]
                if name not in base.measures:
                    yield self._fail(case, "layers", name, base.measures)
            for column in sorted(case.line.keys() - columns):
                yield self._fail(case, "line", column, LINE_COLUMNS)
            if len(case.wants.get("range", ("", ""))) != 2:
                at = Place(case.file, case.at_line, "range")
                yield self.fail(f"case `{case.name}`: `range` needs two verdicts", at, "write it as [free, licence_required]")

    def _fail(self, case: Case, key: str, name: str, known: Iterable[str]) -> RuleError:
        what = f"case `{case.name}`: `{key}` names `{name}`, which is not there"
        return self.fail(what, Place(case.file, case.at_line, key), f"{_near(name, known)}correct the name")


class RB25(RuleCheck):
    """Each rule (or table of rules) has its cases: hit, miss, first day, day before, hindsight, a pause's edges, exceptions."""

    code = "RB25"
    needs_cases = True

    def _find(self, base: RuleBase) -> Iterable[RuleError]:
        index = _Index(base)
        for measure in base.measures.values():
            lacks = [] if measure.table else [*self._measure(measure, index)]
            if lacks:
                yield self._lack(measure, lacks)
        yield from self._tables(base, index)
        for lift in base.lifts.values():
            if not lift.table and not self._lift(lift, index, base):
                yield self._lack(
                    lift,
                    [f"a case with `lifted: [{lift.id}]`" if _lifts_measures(lift, base) else "a case in which it holds"],
                )
        for act in base.acts.values():
            if act.does == "suspends":
                lacks = [*self._pause(act, index, base)]
                if lacks:
                    yield self._lack(act, lacks)

    def _tables(self, base: RuleBase, index: _Index) -> Iterator[RuleError]:
        """A table of measures has hits and near misses, a table of lifts something lifted; its rows need none each."""
        by_table: dict[str, list[Rule]] = {}
        for rule in _rules(base):
            if rule.table:
                by_table.setdefault(rule.table, []).append(rule)
        for table, rules in by_table.items():
            names = {rule.id for rule in rules}
            wants = (("because", "branches"), ("not_because", "near_miss")) if isinstance(rules[0], Measure) else (("lifted",),)
            for keys in wants:
                if not any(names & index.names[key] for key in keys):
                    hint = f"write a case with `{keys[0]}` and the id of a row into cases.yaml"
                    yield self.fail(f"no case tries a row of {table} under {' or '.join(keys)}", Place(table), hint)

    def _lack(self, rule: Rule | Act, lacks: Sequence[str]) -> RuleError:
        at = self.book.at(rule, "id")
        return self.fail(
            f"`{rule.id}` lacks {'; '.join(lacks)}",
            at,
            "write them into cases.yaml; see docs/reference/rule-format.md, Cases",
        )

    def _measure(self, measure: Measure, index: _Index) -> Iterator[str]:
        """What a measure lacks. Days before the regime is modelled cannot be tried; a statement must be heard."""
        if not (measure.instrument.decides and (measure.effect.restricts or measure.effect is Effect.DUTY)):
            if not index.named(measure, "obligations", "promises"):
                yield "a case that lists it under `obligations` or `promises`"
            return
        if not self._is_hit(measure, index):
            yield f"a hit (a case with `because: [{measure.id}]`)"
        if not index.named(measure, "not_because", "near_miss"):
            yield "a near miss (a case that names it under `not_because` or `near_miss`)"
        regime = index.base.regimes.get(measure.regime)
        modelled = None if regime is None else regime.start.day
        tried = index.trying(measure)
        starts = [*(one.period.start.day for one in measure.periods), *(step.start.day for step in measure.steps)]
        known = min([measure.known_since.day, *(step.known_since.day for step in measure.steps)])
        if modelled is not None and starts and modelled < min(starts):
            first = min(starts)
            # A question from before the measure was public shows nothing of its first day, unless a letter told of it.
            told = measure.instrument.letter is not None
            if not any(_day(case.on) == first and (told or not _day(case.known_by) < known) for case in tried):
                yield f"a case on the first day, {first}"
            if not any(_day(case.on) == first - timedelta(days=1) for case in tried):
                yield f"a case on the day before, {first - timedelta(days=1)}"
        if modelled is not None and modelled < known and not any(_day(case.known_by) < known for case in tried):
            yield f"a case in hindsight (`known_by` before {known})"

    def _is_hit(self, measure: Measure, index: _Index) -> bool:
        if index.named(measure, "because", "layers", "branches", exact=True):
            return True
        # What is unverified never decides and so is never a reason: it shows in the range.
        own = index.of_file.get(measure.instrument.id, ())
        return measure.standing is Standing.UNVERIFIED and any(
            case.wants.get("range", ("",))[-1] == measure.effect.value for case in own
        )

    def _lift(self, lift: Lift, index: _Index, base: RuleBase) -> bool:
        if _lifts_measures(lift, base):
            doubted = lift.standing is Standing.UNVERIFIED and lift.id in index.names["branches"]
            return (
                doubted
                or lift.id in index.names["lifted"]
                or (len(index.lifts_of_file[lift.instrument.id]) == 1 and lift.instrument.id in index.names["lifted"])
            )
        # An exception to an exception gives the measure back: it shows where the measure bites after all.
        aimed = [name for target in lift.targets for name in base.expand(target) if name in base.lifts]
        below = {name for one in aimed for name in base.lifts[one].targets}
        wanted = {measure for name in below for measure in base.expand(name)} | below
        return any(wanted & set(case.wants.get("because", ())) for case in index.of_file.get(lift.instrument.id, ()))

    def _pause(self, act: Act, index: _Index, base: RuleBase) -> Iterator[str]:
        """The edges of a suspension and of its extensions that no case tries, on any of the measures suspended."""
        measures = {name for target in act.targets for name in base.expand(target)}
        extensions = [one for one in base.acts_on(act.id) if one.does == "extends"]
        files = {one.instrument.id for one in (act, *extensions)}
        files |= {base.measures[name].instrument.id for name in measures if name in base.measures}
        names = {*measures, *act.targets, act.id, *files}
        tried = {_day(case.on) for name in names for case in index.by_name.get(name, ())}
        tried |= {_day(case.on) for file in files for case in index.of_file.get(file, ())}
        edges = [act.start, act.end, *(one.end for one in extensions)]
        for number, edge in enumerate(edges):
            if edge is None:
                continue
            # An edge within a day lies in that day: then the days around it must be tried, and the day itself.
            for day, word in (
                (edge.day - timedelta(days=1), "last day before" if number == 0 else "last day in"),
                (edge.day, "first day after"),
            ):
                if day not in tried:
                    yield f"a case on {day} ({'first day in' if number == 0 and day == edge.day else word})"


def _lifts_measures(lift: Lift, base: RuleBase) -> bool:
    return any(isinstance(rule, Measure) for target in lift.targets for rule in _targets(target, base))


def _day(text: str) -> date:
    return Asked.read(text).calendar_day


class _Index:
    """The cases by the names they want, and by the file they stand in."""

    NAMING: ClassVar[tuple[str, ...]] = (
        "because",
        "not_because",
        "near_miss",
        "obligations",
        "promises",
        "branches",
        "layers",
        "lifted",
    )

    def __init__(self, base: RuleBase) -> None:
        self.base = base
        self.names: dict[str, set[str]] = {key: set() for key in self.NAMING}
        self.by_name: dict[str, list[Case]] = {}
        self.of_file: dict[str, list[Case]] = {}
        self.measures_of_file: dict[str, list[str]] = {}
        self.lifts_of_file: dict[str, list[str]] = {}
        for measure in base.measures.values():
            self.measures_of_file.setdefault(measure.instrument.id, []).append(measure.id)
        for lift in base.lifts.values():
            self.lifts_of_file.setdefault(lift.instrument.id, []).append(lift.id)
        for case in base.cases:
            self.of_file.setdefault(case.instrument, []).append(case)
            for key in self.NAMING:
                for text in case.wants.get(key, ()):
                    name = text.partition("=")[0] if key == "layers" else text
                    self.names[key].add(name)
                    self.by_name.setdefault(name, []).append(case)

    def named(self, measure: Measure, *keys: str, exact: bool = False) -> bool:
        """Whether a case names the measure, or its instrument (with `exact`: where it is the only measure of that)."""
        home = measure.instrument.id
        names = {measure.id, home} if not exact or len(self.measures_of_file[home]) == 1 else {measure.id}
        return any(names & self.names[key] for key in keys)

    def trying(self, measure: Measure) -> list[Case]:
        """The cases that name a measure or its instrument; for an unverified one, all those of its file."""
        found = [*self.by_name.get(measure.id, ()), *self.by_name.get(measure.instrument.id, ())]
        return [*found, *self.of_file.get(measure.instrument.id, ())] if measure.standing is Standing.UNVERIFIED else found


CHECKS: Final[tuple[type[RuleCheck], ...]] = (
    RB01, RB02, RB03, RB04, RB05, RB06, RB08, RB14, RB15, RB16, RB17, RB18, RB19, RB20, RB21, RB22, RB23, RB24, RB25,
    RB26, RB27, RB28, RB29,
)  # fmt: skip
