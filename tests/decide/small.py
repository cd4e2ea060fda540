"""Small invented rule bases, written as YAML text, read by the real reader; and questions put to them.

    base = small_base(measures='''
      - id: m
        effect: prohibited
        in_force: [{from: 2025-03-01, source: s}]
        when: {ship_from: [CN], attr: {form: magnet}}
    ''')
    assert ask(base, attrs="form=magnet").verdict.value == "prohibited"

Measures stand in the instrument `cn-small` of the regime `cn-export`; more instruments, groups and top files may be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line, Row, read_line
from greenlane.errors import RuleBaseError
from greenlane.feeds.rule_files import read_node
from greenlane.law.node import Node
from greenlane.law.parse import Reader
from greenlane.law.rulebase import RuleBase
from greenlane.terms.periods import Asked

HEAD = """\
id: {name}
title: An invented instrument
issuer: Nobody
kind: {kind}
regime: {regime}
zone: {zone}
known_since: {known_since}
standing: {standing}
status: {status}
checked_on: 2026-10-10
sources:
  s: {{title: Invented, href: none}}
source: [s]
"""

COVERED = """\
regimes:
  - id: cn-export
    title: Chinese export control
    side: cn
    kind: control
    zone: Asia/Shanghai
    from: 2025-01-01
    known_through: 2026-12-31
    reaches:
      - {ship_from: [CN]}
    covers:
      - {id: all, statement: everything from China, when: {ship_from: [CN]}}
"""


def instrument(
    body: str,
    *,
    name: str = "cn-small",
    regime: str = "cn-export",
    zone: str = "Asia/Shanghai",
    known_since: str = "2025-01-01",
    standing: str = "official",
    status: str = "in_force",
    kind: str = "announcement",
) -> str:
    """The text of one measure.yaml: a plain head and the given body."""
    head = HEAD.format(name=name, regime=regime, zone=zone, known_since=known_since, standing=standing, status=status, kind=kind)
    return head + dedent(body)


def small_base(
    measures: str = "",
    *,
    more: str = "",
    instruments: Mapping[str, str] | None = None,
    groups: str = "",
    regimes: str = COVERED,
    presumptions: str = "",
    derivations: str = "",
    zone: str = "Asia/Shanghai",
    schedules: Mapping[str, str] | None = None,
) -> RuleBase:
    """Read a base from text. `more` is lifts and acts of `cn-small`; `schedules` are its tables of rates by name.

    The integrity rules are not asked: they have tests of their own.
    """
    reader = Reader()
    reader.schedules.update({f"cn/cn-small/{name}": text for name, text in (schedules or {}).items()})
    reader.regimes_file(_node(regimes, "regimes.yaml"))
    if presumptions:
        reader.presumptions_file(_node(_list("presumptions", presumptions), "presumptions.yaml"))
    if derivations:
        reader.derivations_file(_node(_list("derivations", derivations), "derivations.yaml"))
    if groups:
        head = "zone: Asia/Shanghai\nsources: {s: {title: Invented, href: none}}\n"
        reader.groups_file(_node(head + _list("groups", groups), "cn/groups.yaml"))
    files = dict(instruments or {})
    if measures or more:
        files["cn-small"] = instrument((_list("measures", measures) if measures else "") + dedent(more), zone=zone)
    for name, text in files.items():
        side = name.partition("-")[0]
        reader.instrument_file(_node(_titled(text), f"{side}/{name}/measure.yaml"), folder=name, side=side, sha256="")
    if reader.problems:
        raise RuleBaseError(tuple(reader.problems))
    return reader.base(version="2025.1.1", sha256="", hashes={})


def _node(text: str, file: str) -> Node:
    return read_node(dedent(text), file=file)


def _list(key: str, text: str) -> str:
    return f"{key}:\n" + indent(dedent(text).strip("\n"), "  ") + "\n"


def _titled(text: str) -> str:
    """Titles are compulsory for readers of law, and noise here: put one wherever an id begins a list item."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        bare = line.lstrip()
        if bare.startswith("- id:"):
            name = bare.removeprefix("- id:").strip()
            lines.append(" " * (len(line) - len(bare) + 2) + f"title: Rule {name}")
    return "\n".join(lines) + "\n"


def rule(name: str, effect: str, when: str, in_force: str = "from: 2025-01-01") -> str:
    """The text of one measure."""
    return f"- {{id: {name}, title: Rule {name}, effect: {effect}, in_force: [{{{in_force}, source: s}}], when: {when}}}\n"


def lift(name: str, target: str, when: str, *, leaves: str = "free", in_force: str = "from: 2025-01-01", extra: str = "") -> str:
    """The text of one lift, to stand under `lifts:`."""
    head = f"  - {{id: {name}, title: Lift {name}, lifts: [{target}], leaves: {leaves}"
    return f"{head}, in_force: [{{{in_force}, source: s}}], when: {when}{extra}}}\n"


def line_of(**cells: str) -> Line:
    """A line, by default from China to Germany; a cell that does not read fails the test."""
    line, problems = read_line(Row({"line_id": "L", "ship_from": "CN", "ship_to": "DE", **cells}, "test", 1))
    assert line is not None, problems
    return line


def ask(
    rules: RuleBase,
    *,
    on: str = "2025-06-01",
    known_by: str | None = None,
    strict: bool = False,
    look_ahead: bool = False,
    sides: tuple[str, ...] = ("cn", "us"),
    **cells: str,
) -> Decision:
    """Decide one line."""
    known = None if known_by is None else Asked.read(known_by)
    return decide(line_of(**cells), rules, on=Asked.read(on), known_by=known, strict=strict, look_ahead=look_ahead, sides=sides)


def verdict(rules: RuleBase, **question: str) -> str:
    """The verdict's word."""
    return ask(rules, **question).verdict.value  # type: ignore[arg-type]


def said_range(decision: Decision) -> tuple[str, str]:
    """The two ends of the range."""
    return decision.low.value, decision.high.value


def missing(decision: Decision) -> set[str]:
    """The facts asked for."""
    return {one.fact for one in decision.missing}


def biting(decision: Decision) -> set[str]:
    """The measures that certainly bite."""
    return {reason.measure.id for reason in decision.reasons}
