"""A made-up law of N rules: the same for the same seed and size, in a form that no engine owns.

Whoever compares engines needs one law that all of them can be given. Here it is, as plain values: controls, exceptions to
them, exceptions to exceptions, duties; each with goods, places, parties, end uses, thresholds, days in force, pauses, and
the days on which all that became public. `encode.py` writes it as a rule base of greenlane; `flat.py` as a list of products
of one-dimensional conditions, which is what the other engines are given.

The module stands alone (standard library only), because the other engines run in an environment without greenlane.
Days are counted from 1970-01-01 (as Arrow counts them), money in cents, shares in tenths of a percent, rates in hundredths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random
from typing import Final

FREE, LICENCE, DENIAL, PROHIBITED, CANNOT_SAY = range(5)
EFFECTS: Final = ("free", "licence_required", "presumption_of_denial", "prohibited", "cannot_say")
EPOCH: Final = date(1970, 1, 1).toordinal()
FIRST: Final = date(2024, 1, 1).toordinal() - EPOCH  # first day of any line
LAST: Final = date(2026, 12, 31).toordinal() - EPOCH
MODELLED: Final = date(2022, 1, 1).toordinal() - EPOCH
BASE_RATE: Final = 250  # a duty on everything
FROM: Final = "US"
PLACES: Final = tuple(
    "AE AR AT AU BD BE BR CA CH CL CN CO CZ DE DK EG ES FI FR GB GR HK HU ID IE IL IN IR IT JP KE KH KP KR KZ MA MX MY NG "
    "NL NO NZ PE PH PK PL PT QA RO RU SA SE SG TH TR TW UA VN ZA".split()
)
USES: Final = ("civil", "military", "nuclear", "missile", "chemical", "surveillance", "supercomputer", "advanced_node_ic", "space")
OUTSIDE: Final = "EAR99"  # the word for "on no control list"
VALUES: Final = (50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 20_000_000)  # thresholds, in cents
SHARES: Final = (0, 50, 100, 200, 250, 333, 500, 750)  # thresholds, in tenths of a percent


def day_text(day: int) -> str:
    """A day as people write it."""
    return date.fromordinal(day + EPOCH).isoformat()


@dataclass(frozen=True, slots=True)
class Goods:
    """Customs prefixes less those in `but`, or control codes less those in `control_but`: one of the two suffices."""

    prefixes: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    control_but: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Places by code and by named group, or all others."""

    codes: tuple[str, ...]
    groups: tuple[int, ...] = ()
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold: `at_least`, `more_than`, `at_most` or `less_than` a whole number."""

    op: str
    value: int

    @property
    def span(self) -> tuple[int, int]:
        """The same as first and last whole number that passes."""
        if self.op in ("at_least", "more_than"):
            return self.value + (self.op == "more_than"), 1 << 40
        return -1, self.value - (self.op == "less_than")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to the day before `end`, public since `known`; that it ends is public since `end_known`."""

    start: int
    end: int | None
    known: int
    end_known: int


@dataclass(frozen=True, slots=True)
class Pause:
    """An act that suspends a rule and leaves at most `leaves` of it, public since `known`."""

    start: int
    end: int
    known: int
    leaves: int = FREE


@dataclass(frozen=True, slots=True)
class Step:
    """The rate of a duty from a day on."""

    start: int
    rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A control, an exception (`lift`) or a duty. What is None or empty is not asked."""

    number: int
    kind: str
    known: int
    effect: int = FREE  # of a control
    leaves: int = FREE  # of an exception: what it leaves of its targets
    targets: tuple[int, ...] = ()  # of an exception
    goods: Goods | None = None
    origin: Places | None = None
    ship_to: Places | None = None
    destination: Places | None = None  # the place shipped to, or the country of end use
    party: int | None = None  # the consignee or the end user is in this group
    uses: tuple[str, ...] = ()
    value: Limit | None = None
    content: Limit | None = None
    periods: tuple[Period, ...] = ()
    steps: tuple[Step, ...] = ()
    pause: Pause | None = None

    @property
    def name(self) -> str:
        """A name whose order is the order of the numbers."""
        return f"{self.kind[0]}{self.number:05}"

    def stands(self, day: int, known: int) -> int | None:
        """How grave the rule may be on a day as known on another (PROHIBITED: as grave as it is); None if it does nothing."""
        if known < self.known:
            return None
        if self.steps:
            if day < self.steps[0].start:
                return None
        elif not any(
            one.known <= known and one.start <= day and (one.end is None or known < one.end_known or day < one.end)
            for one in self.periods
        ):
            return None
        if self.pause is not None and self.pause.known <= known and self.pause.start <= day < self.pause.end:
            return self.pause.leaves or None
        return PROHIBITED

    def rate(self, day: int) -> int:
        """The rate of a duty on a day."""
        return max((one for one in self.steps if one.start <= day), key=lambda one: one.start).rate

    @property
    def known_edges(self) -> tuple[int, ...]:
        """The days of knowledge from which on the rule may stand otherwise."""
        edges = {self.known, *(one.known for one in self.periods), *(one.end_known for one in self.periods if one.end is not None)}
        return tuple(sorted(edges | ({self.pause.known} if self.pause else set())))

    @property
    def day_edges(self) -> tuple[int, ...]:
        """The days from which on the rule may stand otherwise, or have another rate."""
        edges = {one.start for one in self.periods} | {one.start for one in self.steps}
        edges |= {one.end for one in self.periods if one.end is not None}
        return tuple(sorted(edges | ({self.pause.start, self.pause.end} if self.pause else set())))


@dataclass(frozen=True)
class Item:
    """One kind of goods of the order book: its customs code, its control code, and its share of the lines."""

    code: str
    control: str
    weight: float


@dataclass(frozen=True)
class Law:
    """Rules, groups and the goods there are."""

    seed: int
    rules: tuple[Rule, ...]
    place_groups: tuple[tuple[str, ...], ...]
    party_groups: tuple[tuple[str, ...], ...]
    items: tuple[Item, ...]

    def of_kind(self, kind: str) -> list[Rule]:
        """The rules of a kind."""
        return [one for one in self.rules if one.kind == kind]

    @cached_property
    def flags(self) -> dict[str, int]:
        """The groups of each listed party, as bits."""
        found: dict[str, int] = {}
        for number, names in enumerate(self.party_groups):
            for name in names:
                found[name] = found.get(name, 0) | 1 << number
        return found

    def places(self, some: Places) -> frozenset[str]:
        """The places of a set, of those in which lines can lie."""
        inside = {*some.codes, *(place for group in some.groups for place in self.place_groups[group])}
        return frozenset({*PLACES, FROM} - inside) if some.negate else frozenset(inside)


# --- how it is made ---------------------------------------------------------------------------------------------------

_KINDS = (("control", 62), ("lift", 22), ("blocker", 6), ("duty", 10))
_CHAPTERS = tuple(f"{number:02}" for number in range(1, 98) if number != 77)
_CONTROLLED = frozenset("28 29 36 38 69 71 72 81 84 85 87 88 89 90 93".split())  # chapters in which most controls lie
_MASS = 0.18  # of the lines in these chapters


def make_law(size: int, *, seed: int) -> Law:
    """A law of that many rules (a duty on everything comes on top)."""
    return _Maker(size, seed).law()


class _Maker:
    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.seed = seed
        self.world = Random(f"{seed}")  # goods, places and parties are the same for every size
        self.chance = Random(f"{seed} {size}")
        self.items = self._items()
        self.wanted = [one for one in self.items if one.code[:2] in _CONTROLLED]
        self.listed = sorted({one.control for one in self.items if one.control != OUTSIDE})
        self.place_groups = tuple(tuple(sorted(self.world.sample(PLACES, self.world.randint(4, 14)))) for _ in range(6))
        names = [f"Example Works {number}" for number in range(400)]
        self.party_groups = tuple(tuple(sorted(self.world.sample(names, 50))) for _ in range(10))

    # --- goods of the order book --------------------------------------------------------------------------------------

    def _items(self) -> tuple[Item, ...]:
        world = self.world
        controls = [
            f"{category}{group}{number:03}.{letter}.{digit}"
            for category in range(1, 10)
            for group in "ABDE"
            for number in (1, 2)
            for letter in "abc"
            for digit in (1, 2)
        ]
        headings = [f"{chapter}{number:02}" for chapter in _CHAPTERS for number in sorted(world.sample(range(1, 30), 5))]
        subs = [f"{heading}{number}" for heading in headings for number in sorted(world.sample(range(10, 100), 3))]
        codes: dict[str, None] = {}
        while len(codes) < 6_000:
            codes[f"{world.choice(subs)}{world.choice((10, 20, 90))}{world.choice((0, 10, 20, 50, 80)):02}"] = None
        order = list(codes)
        world.shuffle(order)
        raw = {code: 1 / (place + 20) for place, code in enumerate(order)}  # a few kinds of goods are most of a book
        inside = sum(weight for code, weight in raw.items() if code[:2] in _CONTROLLED)
        outside = sum(raw.values()) - inside
        found = []
        for code in sorted(raw):
            controlled = code[:2] in _CONTROLLED
            weight = raw[code] * (_MASS / inside if controlled else (1 - _MASS) / outside)
            on_list = world.random() < (0.4 if controlled else 0.02)
            found.append(Item(code, world.choice(controls) if on_list else OUTSIDE, weight))
        return tuple(found)

    # --- rules --------------------------------------------------------------------------------------------------------

    def law(self) -> Law:
        counts = {kind: round(self.size * percent / 100) for kind, percent in _KINDS}
        counts["control"] += self.size - sum(counts.values())
        rules: list[Rule] = []
        seen: set[object] = set()

        def add(rule: Rule) -> None:
            meaning = (rule.kind, rule.goods, rule.origin, rule.ship_to, rule.destination, rule.party, rule.uses, rule.value,
                       rule.content)  # fmt: skip
            if meaning not in seen:  # no two rules say the same
                seen.add(meaning)
                rules.append(rule)

        while len(rules) < counts["control"]:
            add(self._control(len(rules)))
        controls = list(rules)
        while len(rules) < counts["control"] + counts["duty"]:
            add(self._duty(len(rules)))
        duties = rules[len(controls) :]
        eased = {one.number: self.chance.choice((FREE, FREE, FREE, LICENCE)) for one in controls}
        exceptions: list[Rule] = []
        while len(exceptions) < counts["lift"]:
            before = len(rules)
            add(self._lift(len(rules), controls, duties, eased))
            exceptions += rules[before:]
        blockers: list[Rule] = []
        while len(blockers) < counts["blocker"]:
            before = len(rules)
            add(self._blocker(len(rules), exceptions, blockers))
            blockers += rules[before:]
        rules.append(Rule(number=len(rules), kind="duty", known=MODELLED, steps=(Step(MODELLED, BASE_RATE),)))
        return Law(self.seed, tuple(rules), self.place_groups, self.party_groups, self.items)

    def _control(self, number: int) -> Rule:
        chance = self.chance
        kind = chance.choices(("controlled", "anywhere", "list", "both", "none"), (55, 15, 15, 8, 7))[0]
        narrow = kind in ("anywhere", "none")
        goods = None
        if kind != "none":
            goods = self._goods(
                self.items if kind == "anywhere" else self.wanted, customs=kind != "list", listed=kind in ("list", "both")
            )
        effect = chance.choices((LICENCE, DENIAL, PROHIBITED), (60, 20, 20))[0]
        party = chance.randrange(len(self.party_groups)) if chance.random() < (0.6 if narrow else 0.08) else None
        special = narrow and party is None
        ship_to, destination = self._to(0.55, 0.2)
        known, periods = self._days()
        return Rule(
            number=number,
            kind="control",
            effect=effect,
            goods=goods,
            origin=self._places(0.2, 0.1, (FROM, *PLACES)),
            ship_to=ship_to,
            destination=destination,
            party=party,
            uses=tuple(sorted(chance.sample(USES[1:], chance.randint(1, 3)))) if special or chance.random() < 0.1 else (),
            value=Limit(chance.choice(("at_least", "more_than")), chance.choice(VALUES)) if chance.random() < 0.2 else None,
            content=Limit(chance.choice(("at_least", "more_than")), chance.choice(SHARES[2:])) if chance.random() < 0.2 else None,
            known=known,
            periods=periods,
            pause=self._pause(periods, effect) if chance.random() < 0.25 else None,
        )

    def _lift(self, number: int, controls: Sequence[Rule], duties: Sequence[Rule], eased: dict[int, int]) -> Rule:
        chance = self.chance
        leaves = chance.choice((FREE, FREE, FREE, LICENCE))
        # What two exceptions leave of one control is the same: else the law would contradict itself.
        some = [one.number for one in controls if eased[one.number] == leaves and one.effect > leaves]
        targets = chance.sample(some, min(len(some), chance.randint(2, 9)))
        if leaves == FREE and duties and chance.random() < 0.15:
            targets.append(chance.choice(duties).number)
        civil = chance.random() < 0.2
        ship_to, destination = self._to(0.25, 0.15)
        known, periods = self._days()
        return Rule(
            number=number,
            kind="lift",
            leaves=leaves,
            targets=tuple(sorted(targets)),
            goods=self._goods(self.wanted, customs=True, listed=False) if chance.random() < 0.1 else None,
            origin=self._places(0.1, 0.05, (FROM, *PLACES)),
            ship_to=ship_to,
            destination=destination,
            uses=("civil",) if civil else (),
            value=Limit(chance.choice(("at_most", "less_than")), chance.choice(VALUES[2:])),
            content=Limit(chance.choice(("at_most", "less_than")), chance.choice(SHARES[1:])) if chance.random() < 0.2 else None,
            known=known,
            periods=periods,
            pause=self._pause(periods, FREE) if chance.random() < 0.1 else None,
        )

    def _blocker(self, number: int, exceptions: Sequence[Rule], blockers: Sequence[Rule]) -> Rule:
        """An exception to exceptions, now and then to such a one."""
        chance = self.chance
        plain = {one.number for one in exceptions}
        simple = [one for one in blockers if plain.issuperset(one.targets)]
        aims = simple if simple and chance.random() < 0.25 else exceptions
        ship_to, destination = self._to(0.3, 0.25)
        known, periods = self._days()
        return Rule(
            number=number,
            kind="lift",
            targets=tuple(sorted(one.number for one in chance.sample(aims, min(len(aims), chance.randint(2, 8))))),
            ship_to=ship_to,
            destination=destination,
            party=chance.randrange(len(self.party_groups)) if chance.random() < 0.1 else None,
            uses=tuple(sorted(chance.sample(USES[1:], 2))) if chance.random() < 0.1 else (),
            content=Limit("at_least", chance.choice(SHARES[1:])),
            known=known,
            periods=periods,
        )

    def _duty(self, number: int) -> Rule:
        chance = self.chance
        start = chance.randint(FIRST - 300, LAST - 200)
        days = [start]
        while len(days) < 3 and chance.random() < 0.4:
            days.append(days[-1] + chance.randint(60, 300))
        ship_to, _ = self._to(0.5, 0.2, among=0.0)
        return Rule(
            number=number,
            kind="duty",
            known=self._known(start),
            goods=self._goods(self.items, customs=True, listed=False, lengths=(30, 40, 30, 0, 0)),
            origin=self._places(0.3, 0.1, (FROM, *PLACES)),
            ship_to=ship_to,
            steps=tuple(Step(day, 50 * chance.randint(1, 50)) for day in days),
            pause=self._pause((Period(start, None, start, start),), FREE) if chance.random() < 0.15 else None,
        )

    # --- parts --------------------------------------------------------------------------------------------------------

    def _goods(
        self, items: Sequence[Item], *, customs: bool, listed: bool, lengths: tuple[int, ...] = (3, 27, 35, 20, 15)
    ) -> Goods:
        chance = self.chance
        prefixes: dict[str, None] = {}
        but: dict[str, None] = {}
        controls: dict[str, None] = {}
        control_but: dict[str, None] = {}
        for _ in range(chance.randint(1, 4) if customs else 0):
            code = chance.choice(items).code
            length = chance.choices((2, 4, 6, 8, 10), lengths)[0]
            prefixes[code[:length]] = None
            if length < 10 and chance.random() < 0.5:  # a carve-out lies beneath the prefix
                deeper = chance.choice([one for one in (4, 6, 8, 10) if one > length])
                other = chance.choice([one.code for one in self.items if one.code.startswith(code[:length])])
                but[other[:deeper]] = None
        for _ in range(chance.randint(1, 3) if listed else 0):
            parts = chance.choice(self.listed).split(".")
            depth = chance.choices((1, 2, 3), (4, 4, 2))[0]
            controls[".".join(parts[:depth])] = None
            if depth < 3 and chance.random() < 0.4:
                beneath = chance.choice([one for one in self.listed if one.startswith(".".join(parts[:depth]) + ".")])
                control_but[".".join(beneath.split(".")[: depth + 1])] = None
        for carved in (but, control_but):
            for whole in (prefixes, controls):
                for one in whole:
                    carved.pop(one, None)  # what is wanted is not taken out again
        return Goods(tuple(sorted(prefixes)), tuple(sorted(but)), tuple(sorted(controls)), tuple(sorted(control_but)))

    def _places(self, some: float, others: float, among: Sequence[str]) -> Places | None:
        chance = self.chance
        drawn = chance.random()
        if drawn < some:
            groups = (chance.randrange(len(self.place_groups)),) if chance.random() < 0.4 else ()
            return Places(tuple(sorted(chance.sample(among, chance.randint(1, 6)))), groups)
        if drawn < some + others:
            return Places(tuple(sorted(chance.sample(among, chance.randint(1, 4)))), negate=True)
        return None

    def _to(self, some: float, others: float, *, among: float = 0.5) -> tuple[Places | None, Places | None]:
        """Where goods are shipped to, or where they go or are used: one of the two, or neither."""
        places = self._places(some, others, PLACES)
        return (None, places) if self.chance.random() < among else (places, None)

    def _known(self, start: int) -> int:
        """Three rules in four are public before they begin; the others reach back."""
        chance = self.chance
        return start - chance.randint(0, 30) if chance.random() < 0.75 else start + chance.randint(1, 400)

    def _days(self) -> tuple[int, tuple[Period, ...]]:
        """Since when a rule is public, and its periods."""
        chance = self.chance
        start = chance.randint(FIRST - 500, LAST - 250)
        known = self._known(start)
        end = start + chance.randint(120, 900) if chance.random() < 0.35 else None
        # That a rule ends may be public with the rule, or be said before or after its last day.
        end_known = known if end is None or chance.random() < 0.6 else max(known, end + chance.randint(-60, 60))
        periods = [Period(start, end, known, end_known)]
        if end is not None and chance.random() < 0.4:  # a gap is a suspension
            again = end + chance.randint(20, 200)
            later = max(known, self._known(again))
            periods.append(Period(again, None, later, later))
        return known, tuple(periods)

    def _pause(self, periods: Sequence[Period], effect: int) -> Pause:
        """A pause by another act, that begins in one of the periods; now and then something is left of a grave rule."""
        chance = self.chance
        period = chance.choice(periods)
        end = LAST if period.end is None else period.end
        start = chance.randint(period.start, max(period.start, end - 30))
        leaves = LICENCE if effect > LICENCE and chance.random() < 0.3 else FREE
        return Pause(start, start + chance.randint(60, 400), self._known(start), leaves)
