"""Mapping to measure: what a rule file says, as values; every problem with file, line and key.

Each function reads one kind of node and raises `RuleError`; `Reader` gathers the problems of the whole base, because a
person who mends rules wants to see them all in one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from greenlane.errors import RuleError
from greenlane.law.effect import Effect
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Act, InForce, Instrument, Lift, Measure, Step
from greenlane.law.node import Node
from greenlane.law.regime import Cover, Derivation, Presumption, Regime, Way
from greenlane.law.rulebase import Case, RuleBase
from greenlane.law.scope import (
    ActivityIs,
    Addressee,
    AddresseeIs,
    Condition,
    DestinationIs,
    EndUseIs,
    EndUseOnly,
    GoodsAre,
    Item,
    Letter,
    NumberTest,
    PartyIs,
    PlaceIs,
    PlaceSet,
    Test,
    ValueIs,
    WordsIn,
    WordTest,
)
from greenlane.terms.amounts import read_decimal
from greenlane.terms.codes import Code
from greenlane.terms.goods import ELEMENTS
from greenlane.terms.parties import ROLES
from greenlane.terms.periods import Asked, Bound, Period, read_zone
from greenlane.terms.places import read_place
from greenlane.terms.sources import Source, Standing

T = TypeVar("T")

ACTIVITIES = ("export", "reexport", "transfer", "import", "load", "deliver", "service", "release")
KINDS = (
    "announcement",
    "rule",
    "order",
    "notice",
    "letter",
    "guidance",
    "listing",
    "licence_act",
    "statement",
    "tariff",
)
STATUSES = ("floated", "offered", "agreed", "published", "in_force")
SHARES = ("us_content", "cn_re_content", "owner_share")
PLACE_ATTRIBUTES = ("ultimate_parent_headquarters",)
RULE_KEYS = ("effect", "review", "when", "in_force", "source")
_ID = re.compile(r"[a-z0-9][a-z0-9\-]{1,79}\Z")
_LOCAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_]{0,79}\Z")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")
_COMPARISON = re.compile(r"(>=|<=|>|<|=)\s*([+-]?[0-9.]+)\s*(%?)\Z")
_CASE_WANTS = (
    "because", "not_because", "near_miss", "lifted", "range", "missing", "assumed", "duty", "layers", "next_change",
    "obligations", "promises", "regimes", "strict", "branches", "conflicts",
)  # fmt: skip


# --- small readers --------------------------------------------------------------------------------------------------


def read_id(node: Node) -> str:
    """An instrument or group id: lower case, digits, hyphens."""
    text = node.text()
    if not _ID.match(text):
        raise node.fail("GL0206", f"`{text}` is not an id", "use lower case letters, digits and hyphens")
    return text


def read_bound(node: Node, zone: ZoneInfo) -> Bound:
    """A day or instant."""
    return node.read(lambda text: Bound.read(text, zone), "a day like 2025-04-04 or an instant like 2025-04-10T12:01+08:00")


def read_code(node: Node) -> Code:
    """A goods or control code."""
    return node.read(Code.read)


def read_codes(node: Node | None) -> tuple[Code, ...]:
    """A list of codes, or nothing."""
    return () if node is None else tuple(read_code(one) for one in node.items())


def read_test(node: Node) -> Test:
    """`">= 4800"`, a word, a list of words, or `{not: [...]}`."""
    if isinstance(node.value, dict):
        node.only("not")
        return WordTest(node.need("not").texts(), negate=True)
    if isinstance(node.value, list):
        return WordTest(node.texts())
    text = node.text()
    if text[0] in "<>=":
        found = _COMPARISON.match(text)
        if not found:
            raise node.fail("GL0206", f"`{text}` is not a comparison", "write it as `>= 4800` or `> 0`")
        return NumberTest(found[1], node.read(lambda _: read_decimal(found[2])), found[3])
    return WordTest((text,))


def read_places(node: Node) -> PlaceSet:
    """`[CN, group:us-d5]`, `{not: [...]}`, `{in: [...], not: [...]}`."""
    if isinstance(node.value, dict):
        node.only("in", "not")
        without = node.get("not")
        if node.has("in"):
            base = read_places(node.need("in"))
            return base if without is None else PlaceSet(base.codes, base.groups, without=read_places(without))
        inner = read_places(node.need("not"))
        return PlaceSet(inner.codes, inner.groups, negate=True)
    codes: set[str] = set()
    groups: list[str] = []
    for one in node.items():
        text = one.text()
        if text.startswith("group:"):
            groups.append(text.removeprefix("group:"))
        else:
            codes.add(one.read(read_place))
    return PlaceSet(frozenset(codes), tuple(groups))


def read_attribute(name: str, node: Node, prefix: str = "attrs.") -> Condition:
    """A test on one attribute."""
    if not _ATTRIBUTE.match(name):
        raise node.fail("GL0206", f"`{name}` is not an attribute name", "use lower case letters, digits and underscores")
    if name in PLACE_ATTRIBUTES:
        return PlaceIs(f"{prefix}{name}", read_places(node))
    return ValueIs(f"{prefix}{name}", read_test(node))


def read_share(node: Node) -> ValueIs:
    """A value-share test with its direction."""
    node.only("fact", "at_least", "more_than", "at_most", "less_than", "direction")
    fact = node.need("fact").choice(*SHARES)
    ops = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<"}
    given = [key for key in ops if node.has(key)]
    if len(given) != 1:
        raise node.fail("GL0204", "a share test needs exactly one of at_least, more_than, at_most, less_than")
    direction = node.get("direction")
    if direction is None:
        raise node.fail("RB10", "a share test without a direction", "say `direction: floor` (catches from there up) or `ceiling`")
    floor = direction.choice("floor", "ceiling") == "floor"
    if floor is not (given[0] in ("at_least", "more_than")):
        raise node.fail("RB10", f"`{given[0]}` and `direction: {direction.text()}` contradict each other")
    threshold = node.need(given[0])
    text = threshold.text()
    if not text.endswith("%"):
        raise threshold.fail("GL0206", f"`{text}` needs its percent sign")
    return ValueIs(fact, NumberTest(ops[given[0]], threshold.read(lambda t: read_decimal(t.removesuffix("%").strip())), "%"), floor)


def read_item(node: Node) -> Item:
    """One goods item."""
    node.only("control", "customs", "reach", "reach_reading", "is", "list")
    control = node.get("control")
    tests: list[ValueIs] = []
    shape = node.get("is")
    if shape is not None:
        for name, value in shape.mapping().items():
            if name == "contains":
                for symbol, share in value.mapping().items():
                    if symbol not in ELEMENTS:
                        raise share.fail("GL0206", f"`{symbol}` is not a chemical symbol")
                    test = read_test(share)
                    if not isinstance(test, NumberTest):
                        raise share.fail("GL0206", f"`{share.text()}` is not a comparison", 'write it as "> 0" or ">= 10 %"')
                    tests.append(ValueIs(f"contains.{symbol}", test))
            else:
                condition = read_attribute(name, value)
                if not isinstance(condition, ValueIs):
                    raise value.fail("GL0203", f"`{name}` is not a property of goods")
                tests.append(condition)
    listed = node.get("list")
    reading = node.get("reach_reading")
    item = Item(
        control=None if control is None else read_code(control),
        customs=read_codes(node.get("customs")),
        reach=read_codes(node.get("reach")),
        tests=tuple(tests),
        list=None if listed is None else listed.text(),
        reach_reading="" if reading is None else reading.text(),
    )
    if item.control is None and not item.customs and not item.tests and item.list is None:
        raise node.fail("GL0204", "an item needs at least one of control, customs, is, list")
    if item.list is not None and (item.control or item.customs or item.tests or item.reach):
        raise node.fail("GL0203", "an item with `list` has no other keys")
    return item


def read_conditions(node: Node | None, instrument: str) -> tuple[Condition, ...]:
    """The conditions of a `when`."""
    if node is None:
        return ()
    found: list[Condition] = []
    for key, value in node.mapping().items():
        if key == "activity":
            found.append(_read_activities(value))
        elif key in ("ship_from", "ship_to", "origin", "end_use_country"):
            found.append(PlaceIs(key, read_places(value)))
        elif key == "destination":
            found.append(DestinationIs(read_places(value)))
        elif key == "end_use":
            found.append(EndUseIs(value.texts()))
        elif key == "end_use_only":
            found.append(EndUseOnly(value.texts()))
        elif key == "party":
            found.append(_read_party(value))
        elif key == "addressee":
            value.choice("exporter")
            found.append(AddresseeIs(instrument))
        elif key == "attr":
            found.extend(read_attribute(name, test) for name, test in value.mapping().items())
        elif key == "share":
            found.append(read_share(value))
        elif key == "goods":
            found.append(GoodsAre(tuple(read_item(one) for one in value.items())))
        elif key == "words":
            found.append(WordsIn(value.texts()))
        else:
            raise value.fail("GL0203", f"`{key}` is not a condition", "see docs/reference/rule-format.md, Conditions")
    return tuple(found)


def _read_way(node: Node, regime: str, zone: ZoneInfo) -> Way:
    keys = node.mapping()
    since = keys.get("asked_since")
    rest = {key: value for key, value in keys.items() if key != "asked_since"}
    conditions = read_conditions(Node(rest, node.file, node.line, node.key), regime)
    return Way(conditions=conditions, asked_since=None if since is None else read_bound(since, zone))


def _read_activities(node: Node) -> ActivityIs:
    if isinstance(node.value, dict):
        node.only("not")
        others = tuple(one.choice(*ACTIVITIES) for one in node.need("not").items())
        return ActivityIs(tuple(word for word in ACTIVITIES if word not in others))
    return ActivityIs(tuple(one.choice(*ACTIVITIES) for one in node.items()))


def _read_party(node: Node) -> PartyIs:
    node.only("role", "listed", "named")
    roles = tuple(one.choice(*ROLES) for one in node.need("role").items())
    listed, named = node.get("listed"), node.get("named")
    if (listed is None) is (named is None):
        raise node.fail("GL0204", "a party condition needs either `listed` or `named`")
    return PartyIs(roles, listed=None if listed is None else read_id(listed), named=() if named is None else named.texts())


# --- one file ---------------------------------------------------------------------------------------------------


@dataclass
class Reader:
    """Reads the nodes of a whole base and gathers the problems."""

    problems: list[RuleError] = field(default_factory=list)
    regimes: dict[str, Regime] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    lifts: dict[str, Lift] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    presumptions: list[Presumption] = field(default_factory=list)
    derivations: list[Derivation] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    places: dict[str, Node] = field(default_factory=dict)

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Run a reader; keep its problem and go on."""
        try:
            return read()
        except RuleError as problem:
            self.problems.append(problem)
            return None

    # --- top files ------------------------------------------------------------------------------------------------

    def regimes_file(self, node: Node) -> None:
        """regimes.yaml."""
        node.only("regimes")
        for one in node.need("regimes").items():
            self.attempt(lambda one=one: self._regime(one))  # type: ignore[misc]

    def _regime(self, node: Node) -> None:
        node.only("id", "title", "side", "kind", "zone", "from", "known_through", "reaches", "within", "covers")
        name = read_id(node.need("id"))
        zone = node.need("zone").read(read_zone)
        covers = []
        for one in node.get("covers") or ():
            one.only("id", "statement", "when")
            when = read_conditions(one.need("when"), name)
            covers.append(Cover(id=read_id(one.need("id")), statement=one.need("statement").text(), conditions=when))
        regime = Regime(
            id=name,
            title=node.need("title").text(),
            side=node.need("side").choice("cn", "us"),
            kind=node.need("kind").choice("control", "import", "duty"),
            start=read_bound(node.need("from"), zone),
            known_through=read_bound(node.need("known_through"), zone),
            reaches=tuple(_read_way(one, name, zone) for one in node.get("reaches") or ()),
            within=read_conditions(node.get("within"), name),
            covers=tuple(covers),
        )
        self._add(self.regimes, name, regime, node)
        self.places[f"regime:{name}"] = node

    def presumptions_file(self, node: Node) -> None:
        """presumptions.yaml."""
        node.only("presumptions")
        for one in node.need("presumptions").items():
            self.attempt(lambda one=one: self._presumption(one))  # type: ignore[misc]

    def _presumption(self, node: Node) -> None:
        node.only("fact", "as", "because", "when")
        self.places[f"presumption:{node.need('fact').text()}"] = node
        self.presumptions.append(
            Presumption(
                fact=node.need("fact").text(),
                value=node.need("as").text(),
                because=node.need("because").text(),
                when=read_conditions(node.get("when"), ""),
            )
        )

    def derivations_file(self, node: Node) -> None:
        """derivations.yaml."""
        node.only("derivations")
        for one in node.need("derivations").items():
            self.attempt(lambda one=one: self._derivation(one))  # type: ignore[misc]

    def _derivation(self, node: Node) -> None:
        node.only("id", "fact", "value", "when", "because")
        name = read_id(node.need("id"))
        if f"derivation:{name}" in self.places:
            raise node.fail("RB12", f"`{name}` is there twice", "give one of them another id")
        self.places[f"derivation:{name}"] = node
        self.derivations.append(
            Derivation(
                id=read_id(node.need("id")),
                fact=node.need("fact").text(),
                value=node.need("value").text(),
                conditions=read_conditions(node.need("when"), ""),
                because=node.need("because").text(),
            )
        )

    def groups_file(self, node: Node) -> None:
        """<side>/groups.yaml."""
        node.only("groups", "sources", "zone")
        zone_node = node.get("zone")
        zone = read_zone("UTC") if zone_node is None else zone_node.read(read_zone)
        sources = self._sources(node.need("sources"))
        for one in node.need("groups").items():
            self.attempt(lambda one=one: self._group(one, zone, sources))  # type: ignore[misc]

    def _group(self, node: Node, zone: ZoneInfo, sources: Mapping[str, Source]) -> None:
        node.only("id", "kind", "title", "source", "complete", "complete_for", "members", "reading")
        name = read_id(node.need("id"))
        kind = node.need("kind").choice("places", "parties", "list")
        members = node.get("members")
        if members is None or members.value == [] or members.value == "":
            raise node.fail("RB09", f"group `{name}` has no members", "list its members, or take the group out")
        complete = node.get("complete")
        group = Group(
            id=name,
            kind=kind,
            title=node.need("title").text(),
            members=tuple(self._member(one, kind, zone, sources) for one in members.items()),
            complete=kind == "places" if complete is None else complete.choice("yes", "no") == "yes",
            complete_for=read_codes(node.get("complete_for")),
            sources=self._named(node.need("source"), sources),
        )
        self._add(self.groups, name, group, node)
        self.places[f"group:{name}"] = node

    def _member(self, node: Node, kind: str, zone: ZoneInfo, sources: Mapping[str, Source]) -> Member:
        if isinstance(node.value, str):
            return Member(value=node.read(read_place) if kind == "places" else node.text())
        node.only("code", "name", "also", "from", "until", "known_since", "effect", "review", "source", "reading")
        value = node.need("name" if kind == "parties" else "code")

        def bound(key: str) -> Bound | None:
            found = node.get(key)
            return None if found is None else read_bound(found, zone)

        effect, review, source, also = node.get("effect"), node.get("review"), node.get("source"), node.get("also")
        return Member(
            value=value.read(read_place) if kind == "places" else value.text(),
            also=() if also is None else also.texts(),
            start=bound("from"),
            end=bound("until"),
            known_since=bound("known_since"),
            effect=None if effect is None else Effect(effect.choice(*(e.value for e in Effect if e.restricts))),
            review=None if review is None else review.text(),
            source=None if source is None else self._named(source, sources)[0],
        )

    # --- an instrument ----------------------------------------------------------------------------------------------

    def instrument_file(self, node: Node, *, folder: str, side: str, sha256: str) -> None:
        """<side>/<instrument>/measure.yaml."""
        node.only(
            "id", "title", "issuer", "number", "kind", "regime", "zone", "published", "known_since", "standing", "checked_on",
            "status", "reading", "sources", "addressees", "others", "measures", "lifts", "acts", "layer", *RULE_KEYS,
        )  # fmt: skip
        name = read_id(node.need("id"))
        if name != folder:
            raise node.need("id").fail("GL0206", f"`{name}` does not equal its folder `{folder}`", "rename one of the two")
        zone = node.need("zone").read(read_zone)
        if not node.has("sources"):
            raise node.fail("RB11", f"instrument `{name}` has no source", "add `sources:` with at least one document")
        sources = self._sources(node.need("sources"))
        known_since = read_bound(node.need("known_since"), zone)
        optional = {key: node.get(key) for key in ("number", "published", "status", "reading")}
        for key in ("published", "checked_on"):
            if (found := node.get(key)) is not None:
                read_bound(found, zone)
        instrument = Instrument(
            id=name,
            title=node.need("title").text(),
            issuer=node.need("issuer").text(),
            number=_text(optional["number"]),
            kind=node.need("kind").choice(*KINDS),
            regime=node.need("regime").text(),
            side=side,
            zone=zone.key,
            published=_text(optional["published"]),
            known_since=known_since,
            standing=Standing(node.need("standing").choice(*(one.value for one in Standing))),
            status="in_force" if optional["status"] is None else optional["status"].choice(*STATUSES),
            checked_on=node.need("checked_on").text(),
            reading=_text(optional["reading"]),
            sources=tuple(sources.values()),
            letter=self._letter(node, name, zone, known_since),
            file=node.file,
            sha256=sha256,
        )
        self._add(self.instruments, name, instrument, node)
        self.places[f"instrument:{name}"] = node
        for key, read in (("measures", self._measure), ("lifts", self._lift), ("acts", self._act)):
            for one in node.get(key) or ():
                self.attempt(lambda one=one, read=read: read(one, node, instrument, zone, sources))  # type: ignore[misc]
        if not any(node.has(key) for key in ("measures", "lifts", "acts")):
            self.problems.append(node.fail("GL0204", f"`{name}` has no measures, lifts or acts", "an instrument does something"))

    def _letter(self, node: Node, name: str, zone: ZoneInfo, known_since: Bound) -> Letter | None:
        addressees = node.get("addressees")
        if addressees is None:
            return None
        firms = []
        for one in addressees.items():
            one.only("name", "also", "from", "until", "known_to_since", "source", "reading")
            start, also = one.need("from"), one.get("also")
            known, end = one.get("known_to_since"), one.get("until")
            begun = None if start.text() == "unknown" else read_bound(start, zone)
            firms.append(
                Addressee(
                    name=one.need("name").text(),
                    also=() if also is None else also.texts(),
                    start=begun,
                    end=None if end is None else read_bound(end, zone),
                    known_to_since=begun if known is None else read_bound(known, zone),
                )
            )
        return Letter(name, known_since, tuple(firms), node.need("others").choice("unknown", "none") == "unknown")

    def _full_id(self, node: Node, instrument: Instrument) -> str:
        local = node.need("id")
        text = local.text()
        if text == instrument.id:
            return text
        if not _LOCAL_ID.match(text):
            raise local.fail("GL0206", f"`{text}` is not an id", "use letters, digits, dots, hyphens")
        return f"{instrument.id}/{text}"

    def _periods(
        self, node: Node, zone: ZoneInfo, known_since: Bound, sources: Mapping[str, Source], *, must: bool
    ) -> tuple[InForce, ...]:
        found: list[InForce] = []
        for one in node.items():
            one.only("from", "until", "known_since", "until_known_since", "unknown_after", "source", "reading")
            start = read_bound(one.need("from"), zone)
            doubt = one.get("unknown_after")
            end_node, source = one.get("until"), one.get("source")
            known_node, end_known = one.get("known_since"), one.get("until_known_since")
            end = None if end_node is None else read_bound(end_node, zone)
            known = known_since if known_node is None else read_bound(known_node, zone)
            if end is not None and not start < end:
                assert end_node is not None
                raise end_node.fail(
                    "RB04", f"the period ends on {end}, before it begins on {start}", "`until` is the first day out"
                )
            if doubt is not None and not start < read_bound(doubt, zone):
                raise doubt.fail("RB04", f"`unknown_after` {doubt.text()} lies before the period begins on {start}")
            if source is None and must:
                raise one.fail("RB11", "a period without a source", "name a key of `sources`")
            found.append(
                InForce(
                    period=Period(start, end),
                    known_since=known,
                    end_known_since=known if end_known is None else read_bound(end_known, zone),
                    source=None if source is None else self._named(source, sources)[0],
                    unknown_after=None if doubt is None else read_bound(doubt, zone),
                )
            )
        ordered = sorted(found, key=lambda one: one.period.start.utc)
        for before, after in pairwise(ordered):
            if before.period.end is None or after.period.start < before.period.end:
                raise node.fail("RB07", "two periods overlap", "join them, or end the first where the second begins")
        return tuple(ordered)

    def _measure(self, node: Node, top: Node, instrument: Instrument, zone: ZoneInfo, sources: Mapping[str, Source]) -> None:
        node.only(
            "id",
            "title",
            "known_since",
            "standing",
            "reading",
            "review_note",
            "layer",
            "steps",
            "conflicts_with",
            "lists",
            *RULE_KEYS,
        )
        name = self._full_id(node, instrument)

        def own(key: str) -> Node | None:
            return node.get(key) or top.get(key)

        effect_node = own("effect")
        if effect_node is None:
            raise node.fail("GL0204", "`effect` is missing", "add it here or at the top of the file")
        effect = Effect(effect_node.choice(*(one.value for one in Effect if one is not Effect.FREE)))
        known_node, standing_node = node.get("known_since"), node.get("standing")
        known_since = instrument.known_since if known_node is None else read_bound(known_node, zone)
        source = own("source")
        if source is None:
            raise node.fail("RB11", f"measure `{name}` has no source", "add `source: [key]`")
        steps_node, force = node.get("steps"), own("in_force")
        if (effect is Effect.DUTY) is not (steps_node is not None):
            raise node.fail("GL0204", "a duty has `steps`, every other measure has `in_force`")
        if effect is not Effect.DUTY and force is None:
            raise node.fail("GL0204", "`in_force` is missing", "add it here or at the top of the file")
        layer = own("layer")
        if effect is Effect.DUTY and layer is None:
            raise node.fail("GL0204", "`layer` is missing", "name the layer of the duty")
        conflicts = node.get("conflicts_with")
        review, note, reading = own("review"), node.get("review_note"), node.get("reading")
        conditions = read_conditions(top.get("when"), instrument.id) + read_conditions(node.get("when"), instrument.id)
        if not conditions:
            raise node.fail("GL0204", f"measure `{name}` has no conditions", "a measure that reaches everything is a mistake")
        measure = Measure(
            id=name,
            title=node.need("title").text(),
            instrument=instrument,
            conditions=conditions,
            periods=() if force is None or steps_node is not None else self._periods(force, zone, known_since, sources, must=True),
            known_since=known_since,
            standing=instrument.standing if standing_node is None else Standing(standing_node.choice(*(s.value for s in Standing))),
            sources=self._named(source, sources),
            line=node.line,
            effect=effect,
            review=_text(review),
            review_note=_text(note),
            reading=_text(reading),
            layer=_text(layer),
            steps=() if steps_node is None else self._steps(steps_node, zone, known_since, sources),
            conflicts_with=() if conflicts is None else conflicts.texts(),
        )
        self._add(self.measures, name, measure, node)
        self.places[name] = node

    def _steps(self, node: Node, zone: ZoneInfo, known_since: Bound, sources: Mapping[str, Source]) -> tuple[Step, ...]:
        steps = []
        for one in node.items():
            one.only("from", "rate", "known_since", "source", "branches", "reading")
            rate, known, branches = one.need("rate"), one.get("known_since"), one.get("branches")
            steps.append(
                Step(
                    start=read_bound(one.need("from"), zone),
                    rate=None if rate.text() == "unknown" else rate.read(read_decimal),
                    known_since=known_since if known is None else read_bound(known, zone),
                    source=self._named(one.need("source"), sources)[0],
                    branches=()
                    if branches is None
                    else tuple((key, value.read(read_decimal)) for key, value in branches.mapping().items()),
                )
            )
        return tuple(steps)

    def _lift(self, node: Node, top: Node, instrument: Instrument, zone: ZoneInfo, sources: Mapping[str, Source]) -> None:
        node.only(
            "id",
            "title",
            "lifts",
            "leaves",
            "in_force",
            "known_since",
            "when",
            "source",
            "certainty",
            "standing",
            "reading",
        )
        name = self._full_id(node, instrument)
        known_node, leaves, standing, certainty = (node.get(key) for key in ("known_since", "leaves", "standing", "certainty"))
        known_since = instrument.known_since if known_node is None else read_bound(known_node, zone)
        source = node.get("source") or top.get("source")
        if source is None:
            raise node.fail("RB11", f"lift `{name}` has no source", "add `source: [key]`")
        lift = Lift(
            id=name,
            title=node.need("title").text(),
            instrument=instrument,
            conditions=read_conditions(node.get("when"), instrument.id),
            periods=self._periods(node.need("in_force"), zone, known_since, sources, must=True),
            known_since=known_since,
            standing=instrument.standing if standing is None else Standing(standing.choice(*(s.value for s in Standing))),
            sources=self._named(source, sources),
            line=node.line,
            targets=node.need("lifts").texts(),
            leaves=Effect.FREE if leaves is None else Effect(leaves.choice("free", "licence_required", "presumption_of_denial")),
            certainty=_text(certainty),
        )
        self._add(self.lifts, name, lift, node)
        self.places[name] = node

    def _act(self, node: Node, top: Node, instrument: Instrument, zone: ZoneInfo, sources: Mapping[str, Source]) -> None:
        node.only("id", "title", "does", "to", "from", "until", "after", "leaves", "known_since", "source", "reading")
        name = self._full_id(node, instrument)
        does = node.need("does").choice("suspends", "ends", "extends", "not_enforced", "states_end")
        if does in ("suspends", "ends", "not_enforced"):
            node.need("from")
        if does in ("extends", "states_end"):
            node.need("until")
        start, end, after, leaves, known = (node.get(key) for key in ("from", "until", "after", "leaves", "known_since"))
        source = node.get("source") or top.get("source")
        if source is None:
            raise node.fail("RB11", f"act `{name}` has no source", "add `source: [key]`")
        act = Act(
            id=name,
            instrument=instrument,
            does=does,
            targets=node.need("to").texts(),
            start=None if start is None else read_bound(start, zone),
            end=None if end is None else read_bound(end, zone),
            after_unknown=after is not None and after.choice("revives", "unknown") == "unknown",
            leaves=Effect.FREE if leaves is None else Effect(leaves.choice("licence_required", "presumption_of_denial")),
            known_since=instrument.known_since if known is None else read_bound(known, zone),
            sources=self._named(source, sources),
            line=node.line,
        )
        if act.start is not None and act.end is not None and not act.start < act.end:
            raise node.fail("RB04", f"the act ends on {act.end}, before it begins on {act.start}")
        self._add(self.acts, name, act, node)
        self.places[name] = node

    # --- cases ------------------------------------------------------------------------------------------------------

    def cases_file(self, node: Node, *, instrument: str) -> None:
        """<side>/<instrument>/cases.yaml: a list of cases."""
        for one in node.items():
            case = self.attempt(lambda one=one: read_case(one, instrument))  # type: ignore[misc]
            if case is not None:
                self.cases.append(case)

    # --- helpers ----------------------------------------------------------------------------------------------------

    def _sources(self, node: Node) -> dict[str, Source]:
        found = {}
        for key, one in node.mapping().items():
            one.only("title", "href", "read", "published", "publisher")
            href = one.need("href").text()
            read = one.get("read")
            if href != "none" and not re.match(r"https?://[^\s]+\Z", href):
                raise one.need("href").fail("GL0206", f"`{href}` is not an address", "give an http(s) address, or `none`")
            found[key] = Source(
                key,
                one.need("title").text(),
                None if href == "none" else href,
                "copy" if read is None else read.choice("official", "copy", "press", "data", "not_opened"),
            )
        return found

    def _named(self, node: Node, sources: Mapping[str, Source]) -> tuple[Source, ...]:
        found = []
        for key in node.texts():
            if key not in sources:
                raise node.fail("RB11", f"`{key}` is not among the sources", f"known: {', '.join(sources)}")
            found.append(sources[key])
        return tuple(found)

    def _add(self, store: dict[str, T], name: str, value: T, node: Node) -> None:
        rules: tuple[dict[str, Any], ...] = (self.measures, self.lifts, self.acts)
        if name in store or (any(store is one for one in rules) and any(name in one for one in rules)):
            raise node.fail("RB12", f"`{name}` is there twice", "give one of them another id")
        store[name] = value

    def base(self, *, version: str, sha256: str, hashes: Mapping[str, str]) -> RuleBase:
        """The base, if everything read."""
        return RuleBase(
            version=version,
            sha256=sha256,
            instruments=self.instruments,
            measures=self.measures,
            lifts=self.lifts,
            acts=self.acts,
            groups=self.groups,
            regimes=self.regimes,
            presumptions=tuple(self.presumptions),
            derivations=tuple(self.derivations),
            cases=tuple(self.cases),
            hashes=hashes,
        )


def read_case(node: Node, instrument: str) -> Case:
    """One worked example."""
    node.only("case", "line", "on", "known_by", "expect", *_CASE_WANTS)
    on = node.need("on")
    known_by = node.get("known_by")
    for one in (on, known_by):
        if one is not None:
            one.read(Asked.read)
    wants: dict[str, tuple[str, ...]] = {}
    for key in _CASE_WANTS:
        found = node.get(key)
        if found is None:
            continue
        if key == "layers":
            wants[key] = tuple(f"{name}={rate.text()}" for name, rate in found.mapping().items())
        else:
            wants[key] = () if found.value == [] else found.texts()
    return Case(
        name=node.need("case").text(),
        instrument=instrument,
        line={key: value.text() for key, value in node.need("line").mapping().items()},
        on=on.text(),
        known_by=on.text()[:10] if known_by is None else known_by.text(),
        expect=node.need("expect").choice("free", "licence_required", "presumption_of_denial", "prohibited", "cannot_say"),
        wants=wants,
        file=node.file,
        at_line=node.line,
    )


def _text(node: Node | None) -> str:
    return "" if node is None else node.text()
