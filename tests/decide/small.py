"""Small invented rule bases, written as YAML text and read by the real reader; and questions put to them.

    base = small_base(tmp_path, measures='''
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
from pathlib import Path
from textwrap import dedent, indent

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.decide.line import Line, Row, read_line
from greenlane.feeds.rule_files import load
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
    folder: Path,
    measures: str = "",
    *,
    more: str = "",
    instruments: Mapping[str, str] | None = None,
    groups: str = "",
    regimes: str = COVERED,
    presumptions: str = "",
    derivations: str = "",
    zone: str = "Asia/Shanghai",
) -> RuleBase:
    """Write a base into a folder and read it. `more` is lifts and acts of `cn-small`; titles may be left out."""
    folder = folder / f"rules-{len(list(folder.iterdir()))}"
    files = dict(instruments or {})
    if measures or more:
        body = ("measures:\n" + indent(dedent(measures).strip("\n"), "  ") + "\n" if measures else "") + dedent(more)
        files["cn-small"] = instrument(body, zone=zone)
    _write(folder / "VERSION", "2025.1.1\n")
    _write(folder / "regimes.yaml", dedent(regimes))
    if presumptions:
        _write(folder / "presumptions.yaml", "presumptions:\n" + indent(dedent(presumptions).strip("\n"), "  ") + "\n")
    else:
        _write(folder / "presumptions.yaml", "presumptions:\n  - {fact: attrs.never_asked, as: none, because: a base has some}\n")
    if derivations:
        _write(folder / "derivations.yaml", "derivations:\n" + indent(dedent(derivations).strip("\n"), "  ") + "\n")
    else:
        _write(
            folder / "derivations.yaml",
            "derivations:\n  - {id: none, fact: attrs.never_asked, value: x, when: {attr: {never_stated: x}}, because: a base has some}\n",
        )
    if groups:
        text = "zone: Asia/Shanghai\nsources: {s: {title: Invented, href: none}}\ngroups:\n" + indent(dedent(groups).strip("\n"), "  ")
        _write(folder / "cn" / "groups.yaml", text + "\n")
    for name, text in files.items():
        _write(folder / name.partition("-")[0] / name / "measure.yaml", _titled(text))
    return load(folder, release=False)


def _titled(text: str) -> str:
    """Titles are compulsory for readers of law, and noise here: put one wherever an id begins a list item."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        bare = line.lstrip()
        if bare.startswith("- id:"):
            name = bare.removeprefix("- id:").strip()
            lines.append(" " * (len(line) - len(bare) + 2) + f"title: Rule {name}")
    without_acts = "\n".join(lines) + "\n"
    return without_acts


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


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
