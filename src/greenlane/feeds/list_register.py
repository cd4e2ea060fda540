"""The register of lists, `lists/register.yaml` beside the law, and the tables of members beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from greenlane.errors import Place, RuleBaseError, RuleError
from greenlane.feeds import party_lists_plain
from greenlane.feeds.party_lists_made import Making
from greenlane.feeds.rule_files import read_node, read_text
from greenlane.law.listings import Register, RegisteredList, problems_of
from greenlane.law.node import Node
from greenlane.law.rulebase import RuleBase
from greenlane.terms.listed import ListedParty
from greenlane.terms.periods import read_day
from greenlane.terms.sources import Standing

FOLDER: Final = "lists"
_KEYS: Final = frozenset(
    """
    id title authority page download floor drop_max_percent stale_after_days groups joint follows standing whole state table
    """.split()
)


def read_register(rules: Path, base: RuleBase) -> Register:
    """Read the register and hold it against the rule base. Raises RuleBaseError with every problem."""
    name = f"{FOLDER}/register.yaml"
    problems: list[RuleError] = []
    found: dict[str, RegisteredList] = {}
    try:
        root = read_node(read_text(rules / name, shown=name), file=name)
        for node in root.need("lists").items():
            try:
                one = _entry(node, rules)
                if one.id in found:
                    raise node.need("id").fail("RB12", f"`{one.id}` is there twice", "keep one of the two")
                found[one.id] = one
            except RuleError as problem:
                problems.append(problem)
    except RuleError as problem:
        problems.append(problem)
    if not problems:
        hint = "name it in `groups` or `joint`, or take it away"
        problems = [RuleError("RB03", text, at=Place(name), hint=hint) for text in problems_of(found, base)]
    if problems:
        raise RuleBaseError(tuple(problems))
    return found


def _entry(node: Node, rules: Path) -> RegisteredList:
    for key, value in node.mapping().items():
        if key not in _KEYS:
            raise value.fail("GL0203", f"`{key}` is not known here", f"known are {', '.join(sorted(_KEYS))}")

    def texts(key: str) -> tuple[str, ...]:
        found = node.get(key)
        return () if found is None else found.texts()

    def text(key: str) -> str:
        found = node.get(key)
        return "" if found is None else found.text()

    state, table = node.get("state"), node.get("table")
    name = node.need("id").text()
    return RegisteredList(
        id=name,
        title=node.need("title").text(),
        authority=node.need("authority").text(),
        page=node.need("page").text(),
        downloads=texts("download"),
        floor=node.need("floor").read(_count),
        drop_max_percent=node.need("drop_max_percent").read(_percent),
        stale_after_days=node.need("stale_after_days").read(_count),
        groups=texts("groups"),
        joint=texts("joint"),
        follows=text("follows"),
        standing=Standing(node.need("standing").choice(*(one.value for one in Standing)))
        if node.get("standing")
        else Standing.OFFICIAL,
        whole=text("whole") != "no",
        state=None if state is None else state.read(read_day),
        table=() if table is None else _table(table, rules, name),
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"`{text}` is not a count of at least 1")
    return int(text)


def _percent(text: str) -> int:
    count = _count(text)
    if count > 100:
        raise ValueError(f"`{text}` is more than 100 percent")
    return count


def _table(node: Node, rules: Path, name: str) -> tuple[ListedParty, ...]:
    """The members in a table of our own form. Nothing of it may be left unread. Raises RuleError."""
    shown = f"{FOLDER}/{node.text()}"
    raw = read_text(rules / shown, shown=shown).encode("utf-8")
    making = Making(shown, shown, hashlib.sha256(raw).hexdigest(), read_day("2025-01-01"))  # the day stands in the register
    found = party_lists_plain.read_csv(raw, making, list_id=name)
    wrong = [str(one.problems[0].message) for one in found.rejects] + [one.message for one in found.findings]
    if wrong:
        raise RuleError("GL0209", f"the table does not read: {wrong[0]}", at=Place(shown), hint="put the row right")
    return found.editions[0].parties
