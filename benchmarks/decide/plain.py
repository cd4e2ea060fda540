"""What a programmer would write first: for each line, look at every rule. It is the yardstick of right and wrong here.

Written from the words of the law alone: it shares no code with greenlane, and it does not use the products of `flat.py`.
A line that lacks facts is answered by trying every value that the missing facts could have, as far as the law tells values
apart: if all lead to one verdict, that is the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

from benchmarks.decide.law import CANNOT_SAY, FREE, FROM, OUTSIDE, PLACES, USES, Goods, Law, Limit, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a line states; None is not stated."""

    code: str | None
    control: str | None
    origin: str | None
    ship_to: str
    used_in: str | None  # the country of end use
    consignee: int | None  # the groups of the party, as bits
    end_user: int | None
    uses: frozenset[str] | None
    value: int | None
    content: int | None
    day: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict, the rules that decide it, the sum of the duties (None: cannot be said), and the range of verdicts."""

    verdict: int
    deciding: tuple[int, ...]
    duty: int | None
    low: int
    high: int


class Plain:
    """The law, ready to be asked."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self.places = {
            id(some): law.places(some) for rule in law.rules for some in (rule.origin, rule.ship_to, rule.destination) if some
        }
        self.lifts_on: dict[int, list[Rule]] = {rule.number: [] for rule in law.rules}
        for lift in law.of_kind("lift"):
            for target in lift.targets:
                self.lifts_on[target].append(lift)
        self.controls = law.of_kind("control")
        self.duties = law.of_kind("duty")

    def decide(self, facts: Facts, known: int) -> Answer:
        """The answer for a line, as known on a day."""
        missing = [name for name in self.classes if getattr(facts, name) is None]
        if not missing:
            verdict, deciding = self.verdict(facts, known)
            return Answer(verdict, deciding, sum(self.charges(facts, known).values()), verdict, verdict)
        verdicts: set[int] = set()
        charged: dict[int, set[int]] = {rule.number: set() for rule in self.duties}
        for values in product(*(self.classes[name] for name in missing)):
            supposed = replace(facts, **dict(zip(missing, values, strict=True)))  # type: ignore[arg-type]
            verdicts.add(self.verdict(supposed, known)[0])
            due = self.charges(supposed, known)
            for number, rates in charged.items():
                rates.add(due.get(number, 0))
        low, high = min(verdicts), max(verdicts)
        sure = all(len(rates) == 1 for rates in charged.values())
        duty = sum(rate for rates in charged.values() for rate in rates) if sure else None
        return Answer(low if low == high else CANNOT_SAY, (), duty, low, high)

    # --- a line that lacks nothing ------------------------------------------------------------------------------------

    def verdict(self, facts: Facts, known: int) -> tuple[int, tuple[int, ...]]:
        """The gravest of what is left of the controls that reach the line, and the controls of which so much is left."""
        left: dict[int, int] = {}
        for rule in self.controls_for(facts):
            stands = rule.stands(facts.day, known)
            if stands is None or not self.reaches(rule, facts):
                continue
            gravity = min(rule.effect, stands)
            for lift in self.lifts_on[rule.number]:
                if lift.leaves < gravity and self.applies(lift, facts, known):
                    gravity = lift.leaves
            if gravity > FREE:
                left[rule.number] = gravity
        verdict = max(left.values(), default=FREE)
        return verdict, tuple(number for number, gravity in left.items() if gravity == verdict)

    def charges(self, facts: Facts, known: int) -> dict[int, int]:
        """What each duty that was looked at comes to."""
        found = {}
        for rule in self.duties_for(facts):
            due = rule.stands(facts.day, known) is not None and self.reaches(rule, facts)
            if due and not any(self.applies(lift, facts, known) for lift in self.lifts_on[rule.number]):
                found[rule.number] = rule.rate(facts.day)
            else:
                found[rule.number] = 0
        return found

    def controls_for(self, facts: Facts) -> Sequence[Rule]:  # noqa: ARG002
        """The controls to look at."""
        return self.controls

    def duties_for(self, facts: Facts) -> Sequence[Rule]:  # noqa: ARG002
        """The duties to look at."""
        return self.duties

    def applies(self, lift: Rule, facts: Facts, known: int) -> bool:
        """Whether an exception takes effect: it stands, it reaches the line, and no exception to it does."""
        if lift.stands(facts.day, known) is None or not self.reaches(lift, facts):
            return False
        return not any(self.applies(other, facts, known) for other in self.lifts_on[lift.number])

    def reaches(self, rule: Rule, facts: Facts) -> bool:
        """Whether the conditions of a rule hold for a line that states what they ask."""
        if rule.goods is not None and not _are(rule.goods, facts):
            return False
        if rule.origin is not None and facts.origin not in self.places[id(rule.origin)]:
            return False
        if rule.ship_to is not None and facts.ship_to not in self.places[id(rule.ship_to)]:
            return False
        if rule.destination is not None:
            wanted = self.places[id(rule.destination)]
            if facts.ship_to not in wanted and facts.used_in not in wanted:
                return False
        if rule.party is not None and not ((facts.consignee or 0) | (facts.end_user or 0)) >> rule.party & 1:
            return False
        if rule.uses and not (facts.uses or frozenset()).intersection(rule.uses):
            return False
        if rule.value is not None and not _passes(rule.value, facts.value):
            return False
        return rule.content is None or _passes(rule.content, facts.content)

    # --- what missing facts could be ----------------------------------------------------------------------------------

    @cached_property
    def classes(self) -> Mapping[str, tuple[object, ...]]:
        """For each fact that may be missing, a value of every class that the law tells apart."""
        rules = self.law.rules
        goods = [rule.goods for rule in rules if rule.goods is not None]
        parties = (0, *(1 << group for group in range(len(self.law.party_groups))))
        return {
            "code": tuple(_codes(prefix for one in goods for prefix in (*one.prefixes, *one.but))),
            "control": (OUTSIDE, "0Z999", *_controls(code for one in goods for code in (*one.controls, *one.control_but))),
            "origin": (*PLACES, FROM, "AQ"),
            "used_in": (*PLACES, FROM, "AQ"),
            "consignee": parties,
            "end_user": parties,
            "uses": (frozenset(), *(frozenset({word}) for word in USES)),
            "value": _numbers(rule.value for rule in rules),
            "content": _numbers(rule.content for rule in rules),
        }


class Sorted(Plain):
    """The same, with a memory of which controls and duties mean which goods: the first thing to mend when the loop is too slow."""

    def __init__(self, law: Law) -> None:
        super().__init__(law)
        self.held: dict[tuple[str | None, str | None], tuple[list[Rule], list[Rule]]] = {}

    def controls_for(self, facts: Facts) -> Sequence[Rule]:
        """Those that mean goods of these codes."""
        return self._held(facts)[0]

    def duties_for(self, facts: Facts) -> Sequence[Rule]:
        """Those that mean goods of these codes."""
        return self._held(facts)[1]

    def _held(self, facts: Facts) -> tuple[list[Rule], list[Rule]]:
        key = (facts.code, facts.control)
        if key not in self.held:
            controls, duties = (
                [rule for rule in rules if rule.goods is None or _are(rule.goods, facts)] for rules in (self.controls, self.duties)
            )
            self.held[key] = (controls, duties)
        return self.held[key]


def _are(goods: Goods, facts: Facts) -> bool:
    code, control = facts.code or "", facts.control or ""
    if any(code.startswith(one) for one in goods.prefixes) and not any(code.startswith(one) for one in goods.but):
        return True
    return any(_beneath(control, one) for one in goods.controls) and not any(_beneath(control, one) for one in goods.control_but)


def _beneath(control: str, wanted: str) -> bool:
    return f"{control}.".startswith(f"{wanted}.")


def _passes(limit: Limit, value: int | None) -> bool:
    assert value is not None
    match limit.op:
        case "at_least":
            return value >= limit.value
        case "more_than":
            return value > limit.value
        case "at_most":
            return value <= limit.value
        case _:
            return value < limit.value


def _numbers(limits: Iterable[Limit | None]) -> tuple[int, ...]:
    edges = {limit.value for limit in limits if limit is not None}
    return tuple(sorted({0, *edges, *(edge - 1 for edge in edges if edge), *(edge + 1 for edge in edges)}))


def _codes(prefixes: Iterable[str]) -> Iterable[str]:
    """For each prefix a whole code that lies beneath it and beneath no longer one; and a code beneath none."""
    wanted = set(prefixes)
    for one in ("", *sorted(wanted)):
        beneath = tuple(other for other in wanted if other.startswith(one) and other != one)
        filled = (f"{one}{number:0{10 - len(one)}}" if len(one) < 10 else one for number in range(100_000))
        yield next(code for code in filled if not beneath or not code.startswith(beneath))


def _controls(codes: Iterable[str]) -> Iterable[str]:
    """For each entry or paragraph one that lies beneath it and beneath no other; the last paragraphs as they are."""
    for one in sorted(set(codes)):
        yield one if one.count(".") == 2 else f"{one}.z"
