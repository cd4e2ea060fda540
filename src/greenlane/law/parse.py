"""Mapping to measure: what a rule file says, as values; every problem with file, line and key.

Each function reads one kind of node and raises `RuleError`; `Reader` gathers the problems of the whole base, because a
person who mends rules wants to see them all in one run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from greenlane.errors import RuleError
from greenlane.law.effect import Effect
from greenlane.law.groups import Group, Member
from greenlane.law.measure import Act, InForce, Instrument, Lift, Measure, Step
from greenlane.law.node import Node
from greenlane.law.ownership import CountedOwner, OwnershipProfile, Threshold, Weight, threshold_of
from greenlane.law.parse_scope import read_bound, read_codes, read_conditions, read_entries, read_id, read_parties_off, read_way
from greenlane.law.rates import Defaults, Schedule, read_schedule
from greenlane.law.regime import Cover, Derivation, Presumption, Regime
from greenlane.law.rulebase import Case, RuleBase
from greenlane.law.scope import Addressee, Condition, GoodsAre, Letter
from greenlane.law.table import LIFT_COLUMNS, MEASURE_COLUMNS, MEMBER_COLUMNS, Table, as_lift, as_measure
from greenlane.law.tolerance import BASES, METERS, Tolerance
from greenlane.terms.amounts import read_decimal, read_percent
from greenlane.terms.codes import TARIFF, Code
from greenlane.terms.periods import Asked, Bound, Period, read_zone
from greenlane.terms.places import read_place
from greenlane.terms.sources import Source, Standing

T = TypeVar("T")
_NO_TABLES: Mapping[str, Table] = MappingProxyType({})

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
GROUP_KINDS = ("places", "parties", "list", "goods")
RULE_KEYS = ("effect", "review", "when", "in_force", "source")
_LOCAL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_]{0,79}\Z")
_CASE_WANTS = (
    "because", "not_because", "near_miss", "lifted", "range", "missing", "assumed", "duty", "layers", "next_change",
    "obligations", "promises", "regimes", "strict", "branches", "conflicts",
)  # fmt: skip


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
    ownership: dict[str, OwnershipProfile] = field(default_factory=dict)
    tolerances: dict[str, Tolerance] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    places: dict[str, Node] = field(default_factory=dict)
    tables_used: set[str] = field(default_factory=set)
    schedules: dict[str, str] = field(default_factory=dict)  # the text of every schedule by its file
    conditions: dict[Condition, Condition] = field(default_factory=dict)

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
        node.only(
            "id", "title", "side", "kind", "zone", "from", "known_through", "reaches", "subject", "within", "entries", "parties",
            "covers",
            "outside",
        )  # fmt: skip
        name = read_id(node.need("id"))
        zone = node.need("zone").read(read_zone)
        regime = Regime(
            id=name,
            title=node.need("title").text(),
            side=node.need("side").choice("cn", "us"),
            kind=node.need("kind").choice("control", "import", "duty"),
            start=read_bound(node.need("from"), zone),
            known_through=read_bound(node.need("known_through"), zone),
            reaches=tuple(read_way(one, name) for one in node.get("reaches") or ()),
            subject=tuple(read_way(one, name) for one in node.get("subject") or ()),
            within=read_conditions(node.get("within"), name),
            speaks_of=(
                *(() if node.get("entries") is None else (read_entries(node.need("entries")),)),
                *(() if node.get("parties") is None else (read_parties_off(node.need("parties")),)),
            ),
            covers=_covers(node.get("covers"), name),
            outside=_covers(node.get("outside"), name),
        )
        self._add(self.regimes, name, regime, node)
        self.places[f"regime:{name}"] = node

    def presumptions_file(self, node: Node) -> None:
        """presumptions.yaml."""
        node.only("presumptions")
        for one in node.need("presumptions").items():
            self.attempt(lambda one=one: self._presumption(one))  # type: ignore[misc]

    def _presumption(self, node: Node) -> None:
        node.only("fact", "as", "because", "when", "unless_stated")
        self.places[f"presumption:{node.need('fact').text()}"] = node
        self.presumptions.append(
            Presumption(
                fact=node.need("fact").text(),
                value=node.need("as").text(),
                because=node.need("because").text(),
                when=read_conditions(node.get("when"), ""),
                unless_stated="" if (stated := node.get("unless_stated")) is None else stated.text(),
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

    def ownership_file(self, node: Node) -> None:
        """ownership.yaml; read after the instruments, because a profile may have its days and threshold from measures."""
        node.only("profiles", "sources")
        sources = self._sources(node.need("sources"))
        for one in node.need("profiles").items():
            self.attempt(lambda one=one: self._profile(one, sources))  # type: ignore[misc]

    def _profile(self, node: Node, sources: Mapping[str, Source]) -> None:
        node.only(
            "id", "title", "side", "of", "threshold", "owners", "aggregate", "chain", "control", "minority", "unnamed",
            "zone", "in_force", "known_since", "standing", "checked_on", "source", "reading",
        )  # fmt: skip
        name = read_id(node.need("id"))
        read_bound(node.need("checked_on"), read_zone("UTC"))
        of, weights = node.get("of"), tuple(one.value for one in Weight)
        measures = () if of is None else tuple(self._measure_of(of, one) for one in of.texts())
        for key in ("threshold", "zone", "in_force", "known_since", "standing"):
            if measures and node.has(key):
                hint = "take it out here, or take `of` out"
                raise node.need(key).fail("RB30", f"`{key}` of `{name}` is that of its measures", hint)
        periods: tuple[InForce, ...] = ()
        if measures:
            known = min((one.known_since for one in measures), key=lambda bound: bound.utc)
            unverified = any(one.standing is Standing.UNVERIFIED for one in measures)
            standing = Standing.UNVERIFIED if unverified else measures[0].standing
        else:
            zone = node.need("zone").read(read_zone)
            known = read_bound(node.need("known_since"), zone)
            standing = Standing(node.need("standing").choice(*(one.value for one in Standing)))
            periods = self._periods(node.need("in_force"), zone, known, sources, must=True)
        profile = OwnershipProfile(
            id=name,
            title=node.need("title").text(),
            side=node.need("side").choice("cn", "us", "eu", "uk"),
            measures=tuple(one.id for one in measures),
            threshold=self._threshold(node, measures),
            owners=tuple(_counted(one) for one in node.need("owners")),
            aggregate=node.need("aggregate").choice("yes", "no") == "yes",
            chain=node.need("chain").choice("yes", "no") == "yes",
            control=Weight(node.need("control").choice(*weights)),
            minority=Weight(node.need("minority").choice(*weights)),
            unnamed=Weight(node.need("unnamed").choice(*weights)),
            periods=periods,
            known_since=known,
            standing=standing,
            sources=self._named(node.need("source"), sources),
            reading=_text(node.get("reading")),
            line=node.line,
        )
        for one in profile.owners:
            if one.measure and one.measure not in profile.measures:
                raise node.need("owners").fail("RB30", f"`{one.measure}` is no measure of `{name}`", "name one of those under `of`")
        self._add(self.ownership, name, profile, node)
        self.places[f"ownership:{name}"] = node

    def tolerances_file(self, node: Node) -> None:
        """tolerances.yaml."""
        node.only("tolerances", "sources")
        sources = self._sources(node.need("sources"))
        for one in node.need("tolerances").items():
            self.attempt(lambda one=one: self._tolerance(one, sources))  # type: ignore[misc]

    def _tolerance(self, node: Node, sources: Mapping[str, Source]) -> None:
        node.only(
            "id", "title", "side", "meter", "percent", "of", "zone", "in_force", "known_since", "standing", "checked_on", "source",
            "reading",
        )  # fmt: skip
        name = read_id(node.need("id"))
        read_bound(node.need("checked_on"), read_zone("UTC"))
        zone = node.need("zone").read(read_zone)
        known = read_bound(node.need("known_since"), zone)
        percent = node.need("percent")
        per_mille = percent.read(read_percent) * 10
        if per_mille != int(per_mille):
            raise percent.fail("GL0206", f"`{percent.text()}` is finer than a tenth of a percent", "write one decimal at most")
        tolerance = Tolerance(
            id=name,
            title=node.need("title").text(),
            side=node.need("side").choice("cn", "us"),
            meter=node.need("meter").choice(*METERS),
            per_mille=int(per_mille),
            of=node.need("of").choice(*BASES),
            periods=self._periods(node.need("in_force"), zone, known, sources, must=True),
            known_since=known,
            standing=Standing(node.need("standing").choice(*(one.value for one in Standing))),
            sources=self._named(node.need("source"), sources),
            reading=_text(node.get("reading")),
            line=node.line,
        )
        self._add(self.tolerances, name, tolerance, node)
        self.places[f"tolerance:{name}"] = node

    def _measure_of(self, node: Node, name: str) -> Measure:
        found = self.measures.get(name)
        if found is None:
            raise node.fail("RB30", f"there is no measure `{name}`", "name measures with their instrument: us-rule/part")
        return found

    @staticmethod
    def _threshold(node: Node, measures: tuple[Measure, ...]) -> Threshold:
        if measures:
            found = {threshold_of(one.conditions) for one in measures}
            one = next(iter(found)) if len(found) == 1 else None
            if one is None:
                hint = "give each a `share` of `owner_share`, the same for all, or write a profile for each"
                raise node.need("of").fail("RB30", "the measures set no one threshold for the share of an owner", hint)
            return one
        given = node.need("threshold")
        given.only("at_least", "more_than")
        if len(given.mapping()) != 1:
            raise given.fail("GL0204", "a threshold is exactly one of at_least, more_than")
        key, value = next(iter(given.mapping().items()))
        return Threshold(value.read(read_percent), key == "at_least")

    def groups_file(self, node: Node, tables: Mapping[str, Table] = _NO_TABLES) -> None:
        """<side>/groups.yaml, with the tables beside it."""
        node.only("groups", "tables", "sources", "zone")
        zone_node = node.get("zone")
        zone = read_zone("UTC") if zone_node is None else zone_node.read(read_zone)
        sources = self._sources(node.need("sources"))
        for one in node.get("groups") or ():
            self.attempt(lambda one=one: self._group(one, zone, sources))  # type: ignore[misc]
        for one in node.get("tables") or ():
            self.attempt(lambda one=one: self._group_table(one, zone, sources, tables))  # type: ignore[misc]

    def _group_table(self, node: Node, zone: ZoneInfo, sources: Mapping[str, Source], tables: Mapping[str, Table]) -> None:
        """Groups whose members stand in a table: each mark is a group, each row a member of those it is marked with."""
        node.only("file", "kind", "source", "as_of", "complete", "groups")
        table = self._table(node, tables, MEMBER_COLUMNS, ("member", "marks"))
        kind = node.need("kind").choice(*(one for one in GROUP_KINDS if one != "list"))
        named = self._named(node.need("source"), sources)
        as_of, complete = node.get("as_of"), node.get("complete")
        titles = node.need("groups").mapping()
        found: dict[str, list[Member]] = {mark: [] for mark in titles}
        for row in table.rows:
            member = self.attempt(lambda row=row: self._row_member(row, kind, zone, sources))  # type: ignore[misc]
            if member is None:
                continue
            for mark in row.need("marks").text().split():
                if mark in found:
                    found[mark].append(member)
                else:
                    problem = row.need("marks").fail("GL0206", f"`{mark}` is no mark of this table", f"known: {', '.join(titles)}")
                    self.problems.append(problem)
        for mark, one in titles.items():
            one.only("id", "title")
            name = read_id(one.need("id"))
            if not found[mark]:
                raise one.fail("RB09", f"group `{name}` has no members: no row has the mark `{mark}`", "take the group out")
            group = Group(
                id=name,
                kind=kind,
                title=one.need("title").text(),
                members=tuple(found[mark]),
                complete=kind != "parties" if complete is None else complete.choice("yes", "no") == "yes",
                sources=named,
                as_of=None if as_of is None else read_bound(as_of, zone),
            )
            self._add(self.groups, name, group, one)
            self.places[f"group:{name}"] = one

    def _row_member(self, row: Node, kind: str, zone: ZoneInfo, sources: Mapping[str, Source]) -> Member:
        cells = row.mapping()
        keys = ("from", "until", "known_since", "until_known_since", "effect", "review", "source")
        fields = {key: cells[key] for key in keys if key in cells}
        if "name" in cells and kind != "parties":
            fields["name"] = cells["name"]
        fields["name" if kind == "parties" else "code"] = cells["member"]
        if "also" in cells:
            names = [part.strip() for part in cells["also"].text().split(";")]
            fields["also"] = Node([Node(name, row.file, row.line, "also") for name in names if name], row.file, row.line, "also")
        return self._member(Node(fields, row.file, row.line, "member"), kind, zone, sources)

    def _table(self, node: Node, tables: Mapping[str, Table], columns: tuple[str, ...], needed: tuple[str, ...]) -> Table:
        """The table a node names."""
        name = node.need("file")
        table = tables.get(name.text())
        if table is None:
            known = ", ".join(sorted(tables)) or "none"
            raise name.fail("GL0208", f"there is no table `{name.text()}` beside this file", f"tables here: {known}")
        table.only(columns, needed)
        self.tables_used.add(table.file)
        return table

    def _group(self, node: Node, zone: ZoneInfo, sources: Mapping[str, Source]) -> None:
        node.only("id", "kind", "title", "source", "complete", "complete_for", "members", "reading")
        name = read_id(node.need("id"))
        kind = node.need("kind").choice(*GROUP_KINDS)
        members = node.get("members")
        if members is None or members.value == [] or members.value == "":
            raise node.fail("RB09", f"group `{name}` has no members", "list its members, or take the group out")
        complete = node.get("complete")
        group = Group(
            id=name,
            kind=kind,
            title=node.need("title").text(),
            members=tuple(self._member(one, kind, zone, sources) for one in members.items()),
            complete=kind in ("places", "goods") if complete is None else complete.choice("yes", "no") == "yes",
            complete_for=read_codes(node.get("complete_for")),
            sources=self._named(node.need("source"), sources),
        )
        self._add(self.groups, name, group, node)
        self.places[f"group:{name}"] = node

    def _member(self, node: Node, kind: str, zone: ZoneInfo, sources: Mapping[str, Source]) -> Member:
        if isinstance(node.value, str):
            return Member(value=_member_value(node, kind))
        node.only(
            "code", "name", "also", "from", "until", "known_since", "until_known_since", "effect", "review", "source", "reading"
        )
        value = node.need("name" if kind == "parties" else "code")
        get = node.mapping().get  # there are thousands of members

        def bound(key: str) -> Bound | None:
            found = get(key)
            return None if found is None else read_bound(found, zone)

        effect, review, source, also = get("effect"), get("review"), get("source"), get("also")
        title = None if kind == "parties" else get("name")
        return Member(
            value=_member_value(value, kind),
            title="" if title is None else title.text(),
            also=() if also is None else also.texts(),
            start=bound("from"),
            end=bound("until"),
            known_since=bound("known_since"),
            end_known_since=bound("until_known_since"),
            effect=None if effect is None else Effect(effect.choice(*(e.value for e in Effect if e.restricts))),
            review=None if review is None else review.text(),
            source=None if source is None else self._named(source, sources)[0],
        )

    # --- an instrument ----------------------------------------------------------------------------------------------

    def instrument_file(self, node: Node, *, folder: str, side: str, sha256: str, tables: Mapping[str, Table] = _NO_TABLES) -> None:
        """<side>/<instrument>/measure.yaml, with the tables beside it."""
        node.only(
            "id", "title", "issuer", "number", "kind", "regime", "zone", "published", "known_since", "standing", "checked_on",
            "status", "reading", "sources", "addressees", "others", "measures", "lifts", "acts", "layer", "rows", "lift_rows",
            "as_of", *RULE_KEYS,
        )  # fmt: skip
        name = read_id(node.need("id"))
        if name != folder:
            raise node.need("id").fail("GL0206", f"`{name}` does not equal its folder `{folder}`", "rename one of the two")
        zone = node.need("zone").read(read_zone)
        if not node.has("sources"):
            raise node.fail("RB11", f"instrument `{name}` has no source", "add `sources:` with at least one document")
        sources = self._sources(node.need("sources"))
        known_since = read_bound(node.need("known_since"), zone)
        optional = {key: node.get(key) for key in ("number", "published", "status", "reading", "as_of")}
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
            as_of=None if optional["as_of"] is None else read_bound(optional["as_of"], zone),
            file=node.file,
            sha256=sha256,
        )
        self._add(self.instruments, name, instrument, node)
        self.places[f"instrument:{name}"] = node
        for key, read in (("measures", self._measure), ("lifts", self._lift), ("acts", self._act)):
            for one in node.get(key) or ():
                self.attempt(lambda one=one, read=read: read(one, node, instrument, zone, sources))  # type: ignore[misc]
        for one in node.get("rows") or ():
            self.attempt(lambda one=one: self._rows(one, node, instrument, zone, sources, tables))  # type: ignore[misc]
        for one in node.get("lift_rows") or ():
            self.attempt(lambda one=one: self._lift_rows(one, node, instrument, zone, sources, tables))  # type: ignore[misc]
        if not any(node.has(key) for key in ("measures", "lifts", "acts", "rows", "lift_rows")):
            self.problems.append(node.fail("GL0204", f"`{name}` has no measures, lifts or acts", "an instrument does something"))

    def _rows(
        self,
        node: Node,
        top: Node,
        instrument: Instrument,
        zone: ZoneInfo,
        sources: Mapping[str, Source],
        tables: Mapping[str, Table],
    ) -> None:
        """Measures from a table; what the node says holds for every row that does not say otherwise."""
        node.only("file", "known_since", "standing", "review_note", "reading", *RULE_KEYS)
        table = self._table(node, tables, MEASURE_COLUMNS, ("id", "title"))
        defaults, common = self._defaults(node, top, instrument)
        for row in table.rows:
            self.attempt(
                lambda row=row: self._measure(  # type: ignore[misc]
                    as_measure(row), defaults, instrument, zone, sources, common=common, table=table.file
                )
            )

    def _lift_rows(
        self,
        node: Node,
        top: Node,
        instrument: Instrument,
        zone: ZoneInfo,
        sources: Mapping[str, Source],
        tables: Mapping[str, Table],
    ) -> None:
        """Lifts from a table."""
        keys = ("lifts", "leaves", "in_force", "known_since", "when", "source", "certainty", "standing", "reading")
        node.only("file", *keys)
        table = self._table(node, tables, LIFT_COLUMNS, ("id", "title"))
        defaults, common = self._defaults(node, top, instrument)
        for row in table.rows:
            self.attempt(
                lambda row=row: self._lift(as_lift(row), defaults, instrument, zone, sources, common=common, table=table.file)  # type: ignore[misc]
            )

    @staticmethod
    def _defaults(node: Node, top: Node, instrument: Instrument) -> tuple[Node, tuple[Condition, ...]]:
        """What holds for every row of a table, and the conditions common to them."""
        own = node.mapping()
        merged = {key: top.mapping()[key] for key in ("layer", *RULE_KEYS) if top.has(key)} | own
        common = read_conditions(top.get("when"), instrument.id)
        if "when" in own:
            common += read_conditions(own["when"], instrument.id)
        merged.pop("when", None)
        return Node(merged, node.file, node.line, node.key), common

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

    def _measure(
        self,
        node: Node,
        top: Node,
        instrument: Instrument,
        zone: ZoneInfo,
        sources: Mapping[str, Source],
        *,
        common: tuple[Condition, ...] = (),
        table: str = "",
    ) -> None:
        node.only(
            "id",
            "title",
            "known_since",
            "standing",
            "reading",
            "review_note",
            "layer",
            "steps",
            "rates",
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
        known_node, standing_node = (own(key) if table else node.get(key) for key in ("known_since", "standing"))
        known_since = instrument.known_since if known_node is None else read_bound(known_node, zone)
        source = own("source")
        if source is None:
            raise node.fail("RB11", f"measure `{name}` has no source", "add `source: [key]`")
        steps_node, rates_node, force = node.get("steps"), node.get("rates"), own("in_force")
        if (effect is Effect.DUTY) is not (steps_node is not None or rates_node is not None) or (steps_node and rates_node):
            raise node.fail("GL0204", "a duty has `steps`, or `rates` with `in_force`; every other measure has `in_force`")
        if steps_node is None and force is None:
            raise node.fail("GL0204", "`in_force` is missing", "add it here or at the top of the file")
        layer = own("layer")
        if effect is Effect.DUTY and layer is None:
            raise node.fail("GL0204", "`layer` is missing", "name the layer of the duty")
        conflicts = node.get("conflicts_with")
        review, note, reading = own("review"), node.get("review_note"), node.get("reading")
        conditions = common + read_conditions(top.get("when"), instrument.id) + read_conditions(node.get("when"), instrument.id)
        if not conditions:
            raise node.fail("GL0204", f"measure `{name}` has no conditions", "a measure that reaches everything is a mistake")
        conditions = self._shared(conditions)
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
            entries=_entries(conditions) if table else frozenset(),
            table=table,
            schedule=None if rates_node is None else self._schedule(rates_node, instrument, zone, known_since, sources),
        )
        self._add(self.measures, name, measure, node)
        self.places[name] = node

    def _schedule(
        self, node: Node, instrument: Instrument, zone: ZoneInfo, known_since: Bound, sources: Mapping[str, Source]
    ) -> Schedule:
        """The rates of a duty by code, from the table beside the measure."""
        node.only("file", "scheme", "whole", "from", "source")
        name, scheme, whole, start = node.need("file"), node.get("scheme"), node.get("whole"), node.need("from")
        file = instrument.file.rpartition("/")[0] + "/" + name.text()
        text = self.schedules.get(file)
        if text is None:
            raise name.fail("GL0208", f"there is no schedule `{name.text()}` beside this file", "a schedule is named rates*.csv")
        self.tables_used.add(file)
        return read_schedule(
            text,
            file=file,
            scheme="hts" if scheme is None else scheme.choice(*TARIFF),
            whole=whole is not None and whole.choice("yes", "no") == "yes",
            defaults=Defaults(
                start=read_bound(start, zone),
                known_since=known_since,
                source=self._named(node.need("source"), sources)[0],
                sources=sources,
                zone=zone,
            ),
        )

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

    def _lift(
        self,
        node: Node,
        top: Node,
        instrument: Instrument,
        zone: ZoneInfo,
        sources: Mapping[str, Source],
        *,
        common: tuple[Condition, ...] = (),
        table: str = "",
    ) -> None:
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

        def own(key: str) -> Node | None:
            return node.get(key) or (top.get(key) if table else None)

        known_node, leaves, standing, certainty = (own(key) for key in ("known_since", "leaves", "standing", "certainty"))
        known_since = instrument.known_since if known_node is None else read_bound(known_node, zone)
        source = node.get("source") or top.get("source")
        force, lifts = own("in_force") or node.need("in_force"), own("lifts") or node.need("lifts")
        if source is None:
            raise node.fail("RB11", f"lift `{name}` has no source", "add `source: [key]`")
        lift = Lift(
            id=name,
            title=node.need("title").text(),
            instrument=instrument,
            conditions=self._shared(common + read_conditions(node.get("when"), instrument.id)),
            periods=self._periods(force, zone, known_since, sources, must=True),
            known_since=known_since,
            standing=instrument.standing if standing is None else Standing(standing.choice(*(s.value for s in Standing))),
            sources=self._named(source, sources),
            line=node.line,
            targets=lifts.texts(),
            leaves=Effect.FREE if leaves is None else Effect(leaves.choice("free", "licence_required", "presumption_of_denial")),
            certainty=_text(certainty),
            table=table,
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

    def _shared(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """The same conditions, each one object however often it is written: what is found of it is found once."""
        return tuple([self.conditions.setdefault(one, one) for one in conditions])

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
            ownership=self.ownership,
            tolerances=self.tolerances,
        )


def _entries(conditions: tuple[Condition, ...]) -> frozenset[Code]:
    """The list entries that alone can bring a line under these conditions; empty if anything else can."""
    found: set[Code] = set()
    for goods in (one for one in conditions if isinstance(one, GoodsAre)):
        for item in goods.items:
            if item.control is None or item.customs or item.tests or item.reach:
                return frozenset()
            found.add(item.control.entry)
    return frozenset(found)


def _counted(node: Node) -> CountedOwner:
    """A list whose parties count as owners."""
    node.only("list", "effect", "counts", "measure")
    counts, measure = node.get("counts"), node.get("measure")
    return CountedOwner(
        list=read_id(node.need("list")),
        effect=Effect(node.need("effect").choice(*(one.value for one in Effect if one.restricts))),
        certain=counts is None or counts.choice("all", "some") == "all",
        measure=_text(measure),
    )


def _member_value(node: Node, kind: str) -> str:
    if kind == "places":
        return node.read(read_place)
    return str(node.read(Code.read)) if kind == "goods" else node.text()


def _covers(node: Node | None, regime: str) -> tuple[Cover, ...]:
    found = []
    for one in node or ():
        one.only("id", "statement", "when")
        when = read_conditions(one.need("when"), regime)
        found.append(Cover(id=read_id(one.need("id")), statement=one.need("statement").text(), conditions=when))
    return tuple(found)


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
