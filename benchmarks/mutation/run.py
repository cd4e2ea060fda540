"""Do the worked examples beside the law notice when the law is changed by one day, or by one condition?

Each mutant is the real rule base with one change: a day moved by one (an instant also by an hour, if asked), or one condition
left out. The change is made on the parsed nodes of one file, which is then read again by the ordinary reader, so that
defaults, inherited dates and shared conditions behave as they would in the file. A mutant is killed when a case that passes
on the real base fails on the mutant; it is refused when the reader does not accept it, or when the cases that speak of the
rule pass and a check fails without which no base loads (also a kill: nobody can ship it; RB24 and RB25, which ask for cases on
the edges of periods, are not among them, or they would refuse every moved day); it survives when every case still passes. Of
the rows of tables a sample is changed too: they are counted apart, because a table has cases for some of its rows only.

Only cases of instruments that the change can reach are run: the instrument itself, those it acts upon or lifts, those whose
acts or lifts touch it, and, for groups, every instrument that uses the group.

    PYTHONPATH=src python benchmarks/mutation/run.py --sample 300
    PYTHONPATH=src python benchmarks/mutation/run.py --instrument cn-2025-018
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from greenlane.decide.cases import run_case
from greenlane.decide.line import Row, read_line
from greenlane.decide.prepare import prepare
from greenlane.errors import RuleError
from greenlane.feeds.rule_files import SCHEDULE, load, read_node, read_table, read_text
from greenlane.law.checks import check_base
from greenlane.law.facts import Facts
from greenlane.law.groups import Group
from greenlane.law.measure import Act, Instrument, Lift, Measure, Rule
from greenlane.law.node import Node
from greenlane.law.parse import Reader
from greenlane.law.regime import Regime
from greenlane.law.rulebase import Case, RuleBase
from greenlane.law.scope import AddresseeIs, Condition, Memory, Setting, Truth
from greenlane.law.table import Table
from greenlane.terms.periods import Asked, Moment

KILL_RATE_MIN = 0.95
ROWS = 150  # of all mutants of rows, so many are tried
DROPPED = ("destination", "ship_to", "origin", "but", "part", "value_at_most", "exception")  # cells that can be left out of a row
DATE_KEYS = ("from", "until", "known_since", "until_known_since", "known_to_since")
CONDITION_KEYS = ("attr", "is", "contains")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")

Path_ = tuple["str | int", ...]
Conditions = tuple[Condition, ...]
Scopes = tuple[Conditions, Conditions]  # of a rule, or of a way of a regime: as they were, and as they are


@dataclass(frozen=True)
class Mutant:
    """One change to one file: the node at `path` gets another text, or (`text` None) is taken out."""

    file: str
    instrument: str  # the instrument, or group:<id>
    rule: str  # the measure, lift, act, addressee or member concerned
    kind: str  # "day", "hour", "condition", "row"
    path: Path_
    text: str | None
    line: int
    says: str
    table: str = ""  # the table concerned; then `path` is the number of the row and its column

    def __str__(self) -> str:
        return f"{self.instrument}: {self.rule}: {self.says} ({self.table or self.file}:{self.line})"


# --- making mutants -------------------------------------------------------------------------------------------------


def mutants_of(node: Node, *, file: str, hours: bool = False) -> Iterator[Mutant]:
    """Every mutant of one measure.yaml or groups.yaml."""
    owner = "" if file.endswith("groups.yaml") else node.need("id").text()
    yield from _walk(node, file, owner, owner, (), hours)


def _walk(node: Node, file: str, owner: str, rule: str, path: Path_, hours: bool) -> Iterator[Mutant]:
    if isinstance(node.value, list):
        for number, one in enumerate(node.value):
            yield from _walk(one, file, owner, rule, (*path, number), hours)
    if not isinstance(node.value, dict):
        return
    if len(path) == 2:  # a measure, lift, act, addressee or group
        rule = next((node.value[key].text() for key in ("id", "name") if key in node.value), rule)
        owner = owner or f"group:{rule}"
    elif path and len(path) == 4 and path[2] == "members":
        rule = next((node.value[key].text() for key in ("code", "name") if key in node.value), rule)
    for key, child in node.value.items():
        here = (*path, key)
        if key == "sources":
            continue
        if key in DATE_KEYS and isinstance(child.value, str):
            for kind, text in _shifted(child.value.strip(), hours):
                yield Mutant(file, owner, rule, kind, here, text, child.line, f"{_key_of(path)}{key} {child.value} -> {text}")
        elif key in ("when", *CONDITION_KEYS):
            yield from _left_out(child, file, owner, rule, here)
        else:
            yield from _walk(child, file, owner, rule, here, hours)


def row_mutants(node: Node, *, file: str, tables: Mapping[str, Table]) -> Iterator[Mutant]:
    """Every mutant of the rows of the tables that a file names: a cell left out, a code or a place changed, a day moved."""
    owner = "" if file.endswith("groups.yaml") else node.need("id").text()
    for key in ("rows", "lift_rows", "tables"):
        for entry in node.get(key) or ():
            table = tables.get(entry.need("file").text())
            if table is None:
                continue
            of_group = key == "tables"
            group = "" if not of_group else f"group:{next(iter(entry.need('groups').mapping().values())).need('id').text()}"
            for number, row in enumerate(table.rows):
                cells = row.mapping()
                rule = cells["member" if of_group else "id"].text()
                for column, text, says in _of_row(cells, of_group):
                    path = (number, column)
                    yield Mutant(file, owner or group, rule, "row", path, text, row.line, says, table.file)


def _of_row(cells: Mapping[str, Node], of_group: bool) -> Iterator[tuple[str, str | None, str]]:
    for column in DROPPED:
        if column in cells and not of_group:
            yield column, None, f"{column} left out"
    for column in ("from", "until", "known_since"):
        if column in cells:
            for _, text in _shifted(cells[column].text(), hours=False):
                yield column, text, f"{column} {cells[column].text()} -> {text}"
    if "control" in cells:
        codes = cells["control"].text().split(";")
        wide, dot, _ = codes[0].strip().rpartition(".")
        text = ";".join([wide if dot else "eccn:0Z998", *codes[1:]])
        yield "control", text, f"control {cells['control'].text()} -> {text}"
    if of_group and len(marks := cells["marks"].text().split()) > 1:
        yield "marks", " ".join(marks[1:]), f"without the mark {marks[0]}"


def _left_out(node: Node, file: str, owner: str, rule: str, path: Path_) -> Iterator[Mutant]:
    if not isinstance(node.value, dict):
        return
    for key, child in node.value.items():
        here = (*path, key)
        if key not in CONDITION_KEYS:
            shared = "shared " if len(path) == 1 else ""
            yield Mutant(file, owner, rule, "condition", here, None, child.line, f"{shared}{_key_of(path)}{key} left out")
        if key in CONDITION_KEYS:
            yield from _left_out(child, file, owner, rule, here)
        elif key == "goods":
            for number, item in enumerate(child.items()):
                for part, value in item.mapping().items():
                    if part == "is":
                        yield from _left_out(value, file, owner, rule, (*here, number, part))
                    elif part == "reach":
                        says = f"reach of item {number + 1} left out"
                        yield Mutant(file, owner, rule, "condition", (*here, number, part), None, value.line, says)


def _key_of(path: Path_) -> str:
    names = [str(part) for part in path if isinstance(part, str)]
    return f"{names[-1]}." if names and names[-1] not in ("measures", "lifts", "acts", "groups") else ""


def _shifted(text: str, hours: bool) -> Iterator[tuple[str, str]]:
    if _DAY.match(text):
        day = date.fromisoformat(text)
        for days in (1, -1):
            yield "day", (day + timedelta(days=days)).isoformat()
    elif _INSTANT.match(text):
        instant = datetime.fromisoformat(text)
        steps = [("day", timedelta(days=1)), ("day", timedelta(days=-1))]
        if hours:
            steps += [("hour", timedelta(hours=1)), ("hour", timedelta(hours=-1))]
        for kind, step in steps:
            yield kind, (instant + step).isoformat(timespec="minutes")


# --- reading a mutant -----------------------------------------------------------------------------------------------


def changed(node: Node, path: Path_, text: str | None) -> Node:
    """A copy of the node with the change; what is not on the way is shared. A mapping left empty is taken out as well."""
    step, rest = path[0], path[1:]
    if isinstance(node.value, list):
        assert isinstance(step, int)
        items = list(node.value)
        items[step] = changed(items[step], rest, text)
        return Node(items, node.file, node.line, node.key)
    assert isinstance(node.value, dict)
    assert isinstance(step, str)
    keys = dict(node.value)
    if rest:
        keys[step] = changed(keys[step], rest, text)
        if keys[step].value == {}:
            del keys[step]
    elif text is None:
        del keys[step]
    else:
        keys[step] = Node(text, keys[step].file, keys[step].line, step)
    return Node(keys, node.file, node.line, node.key)


class Refused(Exception):
    """The reader does not take the mutant."""


@dataclass(frozen=True)
class Folder:
    """The files of a base as read: YAML, the tables beside it, the schedules of rates."""

    nodes: Mapping[str, Node]
    tables: Mapping[str, Table]  # by path from the base's folder
    schedules: Mapping[str, str]

    @classmethod
    def read(cls, home: Path) -> Folder:
        """Read a base's folder."""
        nodes = {shown: read_node(read_text(home / shown, shown=shown), file=shown) for shown in files_of(home)}
        tables, schedules = {}, {}
        for path in sorted([*home.glob("*/*.csv"), *home.glob("*/*/*.csv")]):
            shown = path.relative_to(home).as_posix()
            text = read_text(path, shown=shown)
            if path.name.startswith(SCHEDULE) and shown.count("/") == 2:
                schedules[shown] = text
            else:
                tables[shown] = read_table(text, file=shown)
        return cls(nodes, tables, schedules)

    def beside(self, file: str) -> dict[str, Table]:
        """The tables that a file may name."""
        home = file.rpartition("/")[0] + "/"
        return {name.removeprefix(home): table for name, table in self.tables.items() if name.startswith(home)}


def mutated(base: RuleBase, files: Folder, mutant: Mutant) -> tuple[RuleBase, Mapping[str, Node]]:
    """The real base with the mutant in place of what it changes; and where in its file things stand. Raises Refused."""
    node, tables = files.nodes[mutant.file], files.beside(mutant.file)
    if mutant.table:
        if mutant.file.endswith("groups.yaml"):
            return _with_member(base, node, mutant, tables), {}
        reader = _read(base, *_only_row(node, mutant, tables, changed=True), mutant, files)
    else:
        other = changed(node, mutant.path, mutant.text)
        reader = _read(base, _without_rows(other, mutant.path), tables, mutant, files)
    groups: dict[str, Group] = dict(base.groups) | reader.groups
    instruments: dict[str, Instrument] = dict(base.instruments) | ({} if mutant.table else reader.instruments)
    # The new rules stand where the old ones stood: order is no part of the meaning, but keep it the same anyway.
    measures: dict[str, Measure] = dict(base.measures) | reader.measures
    lifts: dict[str, Lift] = dict(base.lifts) | reader.lifts
    acts: dict[str, Act] = dict(base.acts) | reader.acts
    other_base = replace(base, groups=groups, instruments=instruments, measures=measures, lifts=lifts, acts=acts)
    return other_base, reader.places


def _read(base: RuleBase, node: Node, tables: Mapping[str, Table], mutant: Mutant, files: Folder) -> Reader:
    reader = Reader()
    reader.schedules.update(files.schedules)
    try:
        if mutant.file.endswith("groups.yaml"):
            reader.groups_file(node, tables)
        else:
            name = mutant.instrument
            old = base.instruments[name]
            reader.instrument_file(node, folder=name, side=old.side, sha256=old.sha256, tables=tables)
    except RuleError as problem:
        raise Refused(problem.message) from problem
    if reader.problems:
        raise Refused(reader.problems[0].message)
    return reader


def _without_rows(node: Node, path: Path_) -> Node:
    """The file without its tables, where the change cannot touch what they say: thousands of rows need not be read again."""
    assert isinstance(node.value, dict)
    if path[0] not in ("measures", "lifts", "acts", "groups"):
        return node
    keys = {key: value for key, value in node.value.items() if key not in ("rows", "lift_rows", "tables")}
    return Node(keys, node.file, node.line, node.key)


def _only_row(node: Node, mutant: Mutant, tables: Mapping[str, Table], *, changed: bool) -> tuple[Node, dict[str, Table]]:
    """The file and its table as if there were only the one row (as it is, or as the mutant has it)."""
    assert isinstance(node.value, dict)
    number, column = mutant.path
    assert isinstance(number, int)
    assert isinstance(column, str)
    name, table = next((name, one) for name, one in tables.items() if one.file == mutant.table)
    row = table.rows[number]
    cells = dict(row.mapping())
    if changed and mutant.text is None:
        del cells[column]
        if column == "part":
            del cells["part_words"]
    elif changed:
        cells[column] = Node(mutant.text or "", row.file, row.line, column)
    keys = {key: value for key, value in node.value.items() if key not in ("measures", "lifts", "acts", "groups")}
    for key in ("rows", "lift_rows", "tables"):
        entries = [one for one in node.get(key) or () if one.need("file").text() == name]
        keys.pop(key, None)
        if entries and key != "tables":
            keys[key] = Node(entries, node.file, node.line, key)
        elif entries:  # only the groups that this row is a member of
            marks = (cells if changed else row.mapping())["marks"].text().split()
            mapping = dict(entries[0].mapping())
            titles = {mark: one for mark, one in mapping["groups"].mapping().items() if mark in marks}
            mapping["groups"] = Node(titles, node.file, node.line, "groups")
            keys[key] = Node([Node(mapping, node.file, node.line, key)], node.file, node.line, key)
    return Node(keys, node.file, node.line), {name: Table(table.file, table.columns, (Node(cells, row.file, row.line),))}


def _with_member(base: RuleBase, node: Node, mutant: Mutant, tables: Mapping[str, Table]) -> RuleBase:
    """The base with one row of a table of members changed."""
    files = Folder({}, {}, {})
    before = _read(base, *_only_row(node, mutant, tables, changed=False), mutant, files).groups
    after = _read(base, *_only_row(node, mutant, tables, changed=True), mutant, files).groups
    groups = dict(base.groups)
    for name, alone in before.items():
        members = list(groups[name].members)
        place = members.index(alone.members[0])
        members[place : place + 1] = after[name].members if name in after else ()
        groups[name] = replace(groups[name], members=tuple(members))
    return replace(base, groups=groups)


# --- which cases ----------------------------------------------------------------------------------------------------


def _groups_used(value: object, found: set[str]) -> None:
    """Names of groups in conditions, wherever they stand."""
    if isinstance(value, (list, tuple)):
        for one in value:
            _groups_used(one, found)
        return
    for name in ("listed", "list", "codes"):
        text = getattr(value, name, None)
        if isinstance(text, str):
            found.add(text)
    found.update(getattr(value, "groups", ()) or ())
    for name in ("places", "without", "items", "conditions", "tests"):
        inner = getattr(value, name, None)
        if inner is not None and inner is not value:
            _groups_used(inner, found)


@dataclass
class Reach:
    """For an instrument or group, the instruments whose cases may notice a change in it."""

    base: RuleBase
    users: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    rules: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    ways: dict[str, list[Conditions]] = field(default_factory=lambda: defaultdict(list))  # of regimes, by group
    asked: dict[str, list[Conditions]] = field(default_factory=lambda: defaultdict(list))  # of regimes, by `asked_while`

    def __post_init__(self) -> None:
        base = self.base
        for rule in (*base.measures.values(), *base.lifts.values()):
            used: set[str] = set()
            _groups_used(rule.conditions, used)
            for group in used:
                self.users[f"group:{group}"].add(rule.instrument.id)
                self.rules[group].add(rule.id)
        for regime in base.regimes.values():
            self._add_regime(regime)
        for listed in base.groups.values():
            if listed.kind == "list":
                for member in listed.members:
                    self.users[member.value.partition("/")[0]].update(self.users[f"group:{listed.id}"])
        links = [(act.instrument.id, act.targets) for act in base.acts.values()]
        links += [(lift.instrument.id, lift.targets) for lift in base.lifts.values()]
        for home, targets in links:
            for target in targets:
                other = target.partition("/")[0]
                self.users[home].add(other)
                self.users[other].add(home)
        for act in base.acts.values():  # an act upon an act reaches what that act touches
            for target in act.targets:
                if target in base.acts:
                    for further in base.acts[target].targets:
                        self.users[act.instrument.id].add(further.partition("/")[0])

    def _add_regime(self, regime: Regime) -> None:
        """The groups and measures on which hangs whom a regime reaches and how far it is modelled: all its cases may notice."""
        members = {one.id for one in self.base.instruments.values() if one.regime == regime.id}
        covers = [one.conditions for one in (*regime.covers, *regime.outside)]
        ways = [one.conditions for one in (*regime.reaches, *regime.subject)]
        for conditions in (*covers, *ways, regime.within):
            used: set[str] = set()
            _groups_used(conditions, used)
            for group in used:
                self.users[f"group:{group}"] |= members
                self.ways[group].append(conditions)
        for way in (*regime.reaches, *regime.subject):
            for name in (one for text in way.asked_while for one in self.base.expand(text)):
                self.asked[name].append(way.conditions)
                for home in (name, *(act.id for act in self.base.acts_on(name))):
                    self.users[home.partition("/")[0]] |= members

    def uses(self, rule: Rule, group: str) -> bool:
        """Whether a rule names a group, or a list of instruments does that the group is."""
        return rule.id in self.rules[group]

    def homes(self, mutant: Mutant) -> set[str]:
        """The instruments whose cases may notice the mutant."""
        return {mutant.instrument} | self.users.get(mutant.instrument, set())

    def cases(self, mutant: Mutant) -> tuple[list[Case], list[Case]]:
        """The cases that speak of the rule (for a moved date: on days about it), and all others, the instrument's own first."""
        homes = self.homes(mutant)
        full = mutant.rule if mutant.rule == mutant.instrument else f"{mutant.instrument}/{mutant.rule}"

        days = _days_near(mutant)
        near: list[Case] = []
        far: list[Case] = []
        for case in self.base.cases:
            if case.instrument in homes:
                named = any(full == name for names in case.wants.values() for name in names)
                dated = not days or case.on[:10] in days or case.known_by[:10] in days
                (near if named and dated else far).append(case)
        return near, sorted(far, key=lambda case: case.instrument != mutant.instrument)


def _days_near(mutant: Mutant) -> set[str]:
    """The days about a moved date: cases on them are tried first."""
    if mutant.kind == "condition" or mutant.text is None or not _DAY.match(mutant.text[:10]):
        return set()
    day = date.fromisoformat(mutant.text[:10])
    return {(day + timedelta(days=days)).isoformat() for days in range(-2, 3)}


# --- running --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: killed (by which case), refused (why), survived; or no case could notice."""

    mutant: Mutant
    fate: str  # killed refused survived
    by: str


class Bench:
    """The real base, its nodes, and the cases that pass on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        base = load(folder, with_cases=True, release=False)
        self.base = base
        self.reach = Reach(base)
        self._passes: dict[tuple[str, int], bool] = {}
        self._facts: dict[tuple[str, int], tuple[Facts, Setting] | None] = {}
        self.files = Folder.read(folder)

    def mutants(self, *, hours: bool = False, instrument: str | None = None) -> list[Mutant]:
        """All mutants of the YAML of the base, or of one instrument or group."""
        found = [mutant for file, node in self.files.nodes.items() for mutant in mutants_of(node, file=file, hours=hours)]
        return [mutant for mutant in found if instrument in (None, mutant.instrument) and not self._is_before_all(mutant)]

    def _is_before_all(self, mutant: Mutant) -> bool:
        """Whether a day moves from the first day that its regime models to the day before: no modelled day tells the two apart."""
        home = self.base.instruments.get(mutant.instrument)
        regime = None if home is None else self.base.regimes.get(home.regime)
        if regime is None or mutant.kind != "day" or mutant.text is None:
            return False
        start = regime.start.day
        before = mutant.says.partition(" -> ")[0].split()[-1]
        return before[:10] == start.isoformat() and mutant.text[:10] == (start - timedelta(days=1)).isoformat()

    def row_mutants(self, *, instrument: str | None = None) -> list[Mutant]:
        """All mutants of rows of tables, or of the tables of one instrument or group."""
        files = self.files
        found = [one for file, node in files.nodes.items() for one in row_mutants(node, file=file, tables=files.beside(file))]
        return [mutant for mutant in found if instrument in (None, mutant.instrument)]

    def passes(self, case: Case) -> bool:
        """Whether the case passes on the real base; one that does not kills nothing."""
        if _place(case) not in self._passes:
            self._passes[_place(case)] = not run_case(case, self.base).failures
        return self._passes[_place(case)]

    def facts_of(self, case: Case) -> tuple[Facts, Setting] | None:
        """The facts of a case as the evaluator would know them (kept), or None if its line does not read."""
        if _place(case) not in self._facts:
            line, _ = read_line(Row({"line_id": "case", **case.line}, case.file, case.at_line))
            known = Asked.read(case.known_by)
            strict = case.wants.get("strict") == ("yes",)
            setting = self.base.setting(Moment.of_day(known.calendar_day), known, strict=strict)
            self._facts[_place(case)] = None if line is None else (prepare(line, self.base, setting, {}), setting)
        kept = self._facts[_place(case)]
        # A setting remembers what it found by the identity of conditions and items; those of a mutant are gone with it.
        return None if kept is None else (kept[0], replace(kept[1], memory=Memory({})))

    def may_notice(self, case: Case, base: RuleBase, scopes: Sequence[Scopes], mutant: Mutant) -> bool:
        """Whether what changed could say anything about the case's line, before or after the change.

        A rule one of whose lasting conditions fails on known facts is silent about the line on every day and under every
        completion; so the decision cannot differ, except in near misses. The same holds of the ways of a regime.
        """
        full = {mutant.rule, f"{mutant.instrument}/{mutant.rule}"}
        if full & set(case.wants.get("near_miss", ())):
            return True
        known = self.facts_of(case)
        if known is None:
            return True
        facts, setting = known
        after = _in_base(setting, base)
        return any(not (_silent(old, facts, setting) and _silent(new, facts, after)) for old, new in scopes)

    def touched(self, base: RuleBase, mutant: Mutant) -> list[Scopes]:
        """What differs, or what a changed act, group or list bears upon: the conditions, as they were and as they are."""
        found: dict[str, tuple[Rule, Rule]] = {}
        stores = ((self.base.measures, base.measures), (self.base.lifts, base.lifts))
        for old, new in stores:
            for name, rule in old.items():
                if rule is new[name]:
                    continue
                if rule.instrument.id == mutant.instrument and (rule != new[name] or rule.instrument != new[name].instrument):
                    found[name] = (rule, new[name])
        groups = {mutant.instrument.removeprefix("group:")} if mutant.instrument.startswith("group:") else set()
        if mutant.kind in ("condition", "row"):  # what the goods of a list are, its users feel
            for listed in self.base.groups.values():
                if listed.kind == "list" and any(one.value.partition("/")[0] == mutant.instrument for one in listed.members):
                    groups.add(listed.id)
        for name in {name for group in groups for name in self.reach.rules[group]}:
            found.update((name, (old[name], new[name])) for old, new in stores if name in old)
        for name, act in self.base.acts.items():
            if act != base.acts[name]:
                for target in self._targets(act, 0):
                    for old, new in stores:
                        if target in old:
                            found[target] = (old[target], new[target])
        ways = [one for group in groups for one in self.reach.ways[group]]
        ways += [one for name in found for one in self.reach.asked.get(name, ())]
        return [*((old.conditions, new.conditions) for old, new in found.values()), *((one, one) for one in ways)]

    def _targets(self, act: Act, depth: int) -> Iterator[str]:
        for target in act.targets:
            for name in self.base.expand(target):
                if name in self.base.acts and depth < 4:
                    yield from self._targets(self.base.acts[name], depth + 1)
                yield name

    def cases(self, mutant: Mutant, base: RuleBase) -> Iterator[Iterable[Case]]:
        """The cases that may notice: first those that speak of the rule, then others, those now judged otherwise in front."""
        scopes = self.touched(base, mutant)
        near, far = self.reach.cases(mutant)
        yield (case for case in near if self.may_notice(case, base, scopes, mutant))
        others = [case for case in far if self.may_notice(case, base, scopes, mutant)]
        if mutant.kind in ("condition", "row"):
            others.sort(key=lambda case: not self._differs(case, base, scopes))
        yield others

    def _differs(self, case: Case, base: RuleBase, scopes: Sequence[Scopes]) -> bool:
        known = self.facts_of(case)
        if known is None:
            return False
        facts, setting = known
        after = _in_base(setting, base)
        return any(old != new and _truth(old, facts, setting) is not _truth(new, facts, after) for old, new in scopes)

    def try_one(self, mutant: Mutant) -> Outcome:
        """Run the cases that may notice until one does.

        Where those that speak of the rule pass, the checks without which no base loads are asked before the many others.
        """
        try:
            base, places = mutated(self.base, self.files, mutant)
        except Refused as why:
            return Outcome(mutant, "refused", str(why))
        tried = 0
        for stage, cases in enumerate(self.cases(mutant, base)):
            for case in cases:
                tried += 1
                if run_case(case, base).failures and self.passes(case):
                    return Outcome(mutant, "killed", case.name)
            problems = [] if stage else check_base(base, places, cases=False)
            if problems:
                return Outcome(mutant, "refused", f"{problems[0].code}: {problems[0].message}")
        return Outcome(mutant, "survived", f"{tried} cases pass")


def _place(case: Case) -> tuple[str, int]:
    return case.file, case.at_line


def sampled(mutants: Sequence[Mutant], count: int, *, seed: int) -> list[Mutant]:
    """Some of the mutants, in their order; the same ones for the same seed."""
    if count >= len(mutants):
        return list(mutants)
    chosen = set(random.Random(seed).sample(range(len(mutants)), count))
    return [mutant for number, mutant in enumerate(mutants) if number in chosen]


def _in_base(setting: Setting, base: RuleBase) -> Setting:
    """The same setting in another base: what a list or a group holds may be what changed."""
    return replace(setting, groups=base.groups, lists=base.lists, letters=base.letters, memory=Memory({}))


def _silent(conditions: Conditions, facts: Facts, setting: Setting) -> bool:
    """Whether a condition that no day changes fails."""
    for condition in conditions:
        if isinstance(condition, AddresseeIs) or any(True for _ in condition.bounds(setting.groups, facts)):
            continue
        if condition.judge(facts, setting).truth is Truth.NO:
            return True
    return False


def _truth(conditions: Conditions, facts: Facts, setting: Setting) -> Truth:
    truths = {condition.judge(facts, setting).truth for condition in conditions}
    return Truth.NO if Truth.NO in truths else Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.YES


def files_of(folder: Path) -> list[str]:
    """The files that can be changed."""
    found = [*folder.glob("*/*/measure.yaml"), *folder.glob("*/groups.yaml")]
    return sorted(path.relative_to(folder).as_posix() for path in found)


_bench: Bench


def _begin(bench: Bench) -> None:
    global _bench  # noqa: PLW0603  (each worker holds the one bench it was forked with)
    _bench = bench


def _try(mutant: Mutant) -> Outcome:
    return _bench.try_one(mutant)


def run(bench: Bench, mutants: Sequence[Mutant], *, jobs: int) -> list[Outcome]:
    """Try all mutants over some processes, with a bar on standard error."""
    outcomes: list[Outcome] = []
    with multiprocessing.get_context("fork").Pool(jobs, _begin, (bench,)) as pool:
        for outcome in pool.imap_unordered(_try, mutants, chunksize=4):
            outcomes.append(outcome)
            _bar(len(outcomes), len(mutants), sum(one.fate == "survived" for one in outcomes))
    order = {mutant: number for number, mutant in enumerate(mutants)}
    return sorted(outcomes, key=lambda one: order[one.mutant])


def _bar(done: int, total: int, survived: int) -> None:
    if not sys.stderr.isatty() and done not in (1, total) and done % 250:
        return
    filled = 30 * done // max(1, total)
    end = "\r" if sys.stderr.isatty() and done < total else "\n"
    print(f"[{'#' * filled}{'.' * (30 - filled)}] {done}/{total}, {survived} survive", end=end, file=sys.stderr, flush=True)


# --- reporting ------------------------------------------------------------------------------------------------------


def kill_rate(outcomes: Sequence[Outcome]) -> float:
    """The share of mutants that do not survive."""
    return 1.0 if not outcomes else sum(one.fate != "survived" for one in outcomes) / len(outcomes)


def report(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Totals by kind, rates by instrument, survivors."""
    yield f"{'kind':<12}{'mutants':>9}{'killed':>9}{'refused':>9}{'survived':>9}{'rate':>9}"
    kinds = sorted({one.mutant.kind for one in outcomes})
    for kind in [*(one for one in kinds if one != "row"), "all", *(one for one in kinds if one == "row")]:
        mine = [one for one in outcomes if kind == one.mutant.kind or (kind == "all" and one.mutant.kind != "row")]
        count = Counter(one.fate for one in mine)
        yield f"{kind:<12}{len(mine):>9}{count['killed']:>9}{count['refused']:>9}{count['survived']:>9}{kill_rate(mine):>9.1%}"
    by_instrument: dict[str, list[Outcome]] = defaultdict(list)
    for one in outcomes:
        by_instrument[one.mutant.instrument].append(one)
    yield ""
    yield f"{'instrument':<44}{'mutants':>9}{'survived':>9}{'rate':>9}"
    for name, mine in sorted(by_instrument.items()):
        yield f"{name:<44}{len(mine):>9}{sum(one.fate == 'survived' for one in mine):>9}{kill_rate(mine):>9.1%}"
    survivors = [one for one in outcomes if one.fate == "survived"]
    yield ""
    yield f"{len(survivors)} survivors"
    for one in survivors:
        yield f"  {one.mutant} [{one.by}]"
    yield ""
    yield f"kill rate {kill_rate(of_rules(outcomes)):.1%} (wanted: {KILL_RATE_MIN:.0%}; rows of tables are not in it)"


def of_rules(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The outcomes of mutants of rules in YAML."""
    return [one for one in outcomes if one.mutant.kind != "row"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 0 if enough mutants are killed, 1 if not, 2 for bad usage."""
    parser = argparse.ArgumentParser(description="Change the law by a day or a condition; see whether its cases notice.")
    parser.add_argument("--rules", type=Path, default=Path(__file__).parents[2] / "rules", help="the rule base")
    parser.add_argument("--instrument", help="only mutants of this instrument, or group:<id>")
    parser.add_argument("--sample", type=int, help="only this many mutants, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0, help="of the sample [0]")
    parser.add_argument("--rows", type=int, default=ROWS, help=f"so many mutants of rows of tables, chosen by --seed [{ROWS}]")
    parser.add_argument("--hours", action="store_true", help="move instants by an hour too")
    parser.add_argument("--jobs", type=int, default=2, help="processes [2]")
    given = parser.parse_args(arguments)
    bench = Bench(given.rules)
    mutants = bench.mutants(hours=given.hours, instrument=given.instrument)
    rows = bench.row_mutants(instrument=given.instrument)
    if not mutants and not rows:
        print(f"no mutants of `{given.instrument}`", file=sys.stderr)
        return 2
    if given.sample is not None:
        mutants = sampled(mutants, given.sample, seed=given.seed)
    mutants += sampled(rows, given.rows, seed=given.seed)
    outcomes = run(bench, mutants, jobs=given.jobs)
    print("\n".join(report(outcomes)))
    return 0 if kill_rate(of_rules(outcomes)) >= KILL_RATE_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
