"""Ten thousand malformed rule files: each is refused with a known code, or read whole.

The files are real ones, damaged: lines lost, doubled or moved, signs changed, bytes thrown in, values of another kind,
anchors, tabs, deep nesting. Two things must hold of every one. Nothing but `RuleError` leaves the reader. And where the
reader has no complaint, no condition is lost on the way: as many conditions, items, tests and codes stand in the rules
as the YAML has keys and entries, counted from the YAML alone, without any code of greenlane.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from greenlane.errors import CODES, RuleError
from greenlane.feeds.rule_files import SCHEDULE, read_node, read_table, read_text
from greenlane.law.measure import Rule
from greenlane.law.parse import Reader
from greenlane.law.scope import Condition, GoodsAre
from greenlane.law.table import Table

RULES = Path(__file__).parents[2] / "rules"
SIZE_MAX = 3_500  # bytes of a file, so that ten thousand take half a minute
TIMES = 10_000
PARTS = 8

Mutation = Callable[[str, random.Random], str]


# --- damage -----------------------------------------------------------------------------------------------------------


def _at_line(change: Callable[[list[str], int, random.Random], None]) -> Mutation:
    def damage(text: str, dice: random.Random) -> str:
        lines = text.split("\n")
        change(lines, dice.randrange(len(lines)), dice)
        return "\n".join(lines)

    return damage


def _lose(lines: list[str], at: int, dice: random.Random) -> None:
    del lines[at : at + dice.choice((1, 1, 1, 2, 5))]


def _double(lines: list[str], at: int, dice: random.Random) -> None:
    lines.insert(dice.randrange(len(lines)), lines[at])


def _indent(lines: list[str], at: int, dice: random.Random) -> None:
    lines[at] = dice.choice(("\t", "  ", " ", "- ")) + lines[at]


def _outdent(lines: list[str], at: int, dice: random.Random) -> None:
    lines[at] = lines[at][dice.choice((1, 2, 4)) :]


def _value(lines: list[str], at: int, dice: random.Random) -> None:
    key, colon, _ = lines[at].partition(": ")
    if colon:
        lines[at] = f"{key}: {dice.choice(VALUES)}"


def _inner_value(lines: list[str], at: int, dice: random.Random) -> None:
    """One value of a flow mapping or list in the line, where there is one."""
    starts = [number for number, sign in enumerate(lines[at]) if sign in ":[," and number + 1 < len(lines[at])]
    if starts:
        start = dice.choice(starts) + 1
        end = min((found for sign in ",]}" if (found := lines[at].find(sign, start)) >= 0), default=len(lines[at]))
        lines[at] = f"{lines[at][:start]} {dice.choice(VALUES)}{lines[at][end:]}"


def _key(lines: list[str], at: int, dice: random.Random) -> None:
    head, colon, tail = lines[at].partition(":")
    if colon and head.strip():
        lines[at] = f"{head[: len(head) - len(head.lstrip())]}{dice.choice(KEYS)}:{tail}"


VALUES = (
    "", "[]", "{}", "~", "null", "NO", "yes", "0", "-1", "1e9", "2025-02-30", "2025-04-04", "[a, [b, [c]]]",
    "{a: {b: c}}", "&a x", "*a", "!!int 5", "!x y", "'", '"', "|", ">", "[", "{", "? x", "<<", "@", "`", "%",
    "hs:8505.1O", "group:nothing", ">= ", "> ten", "\u200b", "\ufeffx", "{not: [CN]}", "{not: {not: [CN]}}", "[CN, CN]",
    "[group:a, group:a]", "[{}]", "{in: [CN], in: [US]}", "x" * 5000,
)  # fmt: skip
KEYS = (
    "id", "when", "whens", "goods", "good", "in_force", "attr", "is", "not", "<<", "ship_to", "Ship_to", "share", "",
    "a b", "{x: y}", "*a",
)  # fmt: skip


def _sign(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + dice.choice("\t:,[]{}&*!#|>'\"%@`\x00\x07\u0085\u2028OoIl0-. \n") + text[at + dice.choice((0, 1)) :]


def _swap(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(1, len(text))]


def _deep(text: str, dice: random.Random) -> str:
    """Nesting far beyond what a rule needs; the C parser itself is not tried here, it dies beyond some 30,000."""
    at = max(text.find("\n", dice.randrange(len(text))), 0)
    depth = dice.choice((5, 23, 25, 40, 400))
    return f"{text[:at]}\ndeep: {'[' * depth}x{']' * depth}{text[at:]}"


def _bytes(text: str, dice: random.Random) -> str:
    raw = bytearray(text.encode())
    for _ in range(dice.choice((1, 1, 3, 20))):
        raw[dice.randrange(len(raw))] = dice.randrange(256)
    return raw.decode("utf-8", errors="replace")  # what is not UTF-8 never comes so far: see the last tests


MUTATIONS: tuple[Mutation, ...] = (
    *map(_at_line, (_lose, _double, _indent, _outdent, _value, _value, _inner_value, _inner_value, _key)),
    _sign, _sign, _swap, _cut, _deep, _bytes,
)  # fmt: skip


# --- what the YAML says, and what was read ----------------------------------------------------------------------------


def _written(raw: Any) -> int:
    """Conditions, items, tests and codes in a file, counted from its YAML."""
    top = raw.get("when", {})
    total = 0
    for kind in ("measures", "lifts"):
        for rule in raw.get(kind, ()):
            scopes = (top, rule.get("when", {})) if kind == "measures" else (rule.get("when", {}),)
            total += sum(_keys_of(scope) for scope in scopes)
    return total


def _keys_of(scope: dict[str, Any]) -> int:
    total = 0
    for key, value in scope.items():
        if key == "attr":
            total += len(value)
        elif key == "goods":
            total += 1 + sum(_keys_of_item(item) for item in value)
        else:
            total += 1
    return total


def _keys_of_item(item: dict[str, Any]) -> int:
    shape = item.get("is", {})
    tests = len(shape) - ("contains" in shape) + len(shape.get("contains", ()))
    return 1 + tests + len(item.get("customs", ())) + len(item.get("reach", ())) + ("control" in item) + ("list" in item)


def _read(conditions: tuple[Condition, ...]) -> Iterator[int]:
    for condition in conditions:
        yield 1
        for item in condition.items if isinstance(condition, GoodsAre) else ():
            yield (1 + len(item.tests) + len(item.customs) + len(item.reach) + (item.control is not None) + (item.list is not None))


@lru_cache
def _beside(name: str, side: str) -> tuple[dict[str, str], dict[str, Table]]:
    """The schedules and tables beside a rule file, undamaged."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in (RULES / side / name).glob("*.csv")}
    tables = {file: read_table(text, file=file) for file, text in texts.items() if not file.startswith(SCHEDULE)}
    return {f"/{file}": text for file, text in texts.items() if file.startswith(SCHEDULE)}, tables


def _own(reader: Reader, name: str, side: str) -> list[Rule]:
    """The rules that the file itself writes: all but those of the tables beside it."""
    own = (row.get("id") for table in _beside(name, side)[1].values() for row in table.rows)
    rows = {f"{name}/{one.text()}" for one in own if one is not None}
    return [rule for rule in (*reader.measures.values(), *reader.lifts.values()) if rule.id not in rows]


def _try(text: str, name: str, side: str) -> tuple[Reader, list[RuleError]]:
    reader = Reader()
    schedules, tables = _beside(name, side)
    reader.schedules.update(schedules)
    try:
        node = read_node(text, file="measure.yaml")
        reader.instrument_file(node, folder=name, side=side, sha256="", tables=tables)
    except RuleError as problem:
        return reader, [problem]
    return reader, reader.problems


def _files() -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(RULES.glob("*/*/measure.yaml")):
        text = path.read_text(encoding="utf-8")
        if len(text.encode()) <= SIZE_MAX:
            found.append((path.parent.name, path.parent.parent.name, text))
    return found


# --- tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(PARTS))
def test_a_damaged_file_is_refused_or_read_whole(part: int) -> None:
    files = _files()
    assert len(files) > 20
    dice = random.Random(f"greenlane {part}")
    refused = 0
    for number in range(TIMES // PARTS):
        name, side, text = files[number % len(files)]
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            text = dice.choice(MUTATIONS)(text, dice) or "x\n"
            if len(text) < 3:
                break
        try:
            reader, problems = _try(text, name, side)
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error} left the reader, for {name}:\n{text[:6000]}")
        if problems:
            refused += 1
            for one in problems:
                assert isinstance(one, RuleError)
                assert one.code in CODES, one.code
                assert one.at is not None
                assert one.at.file == "measure.yaml"
            continue
        raw = yaml.load(text, Loader=yaml.CBaseLoader)
        rules = _own(reader, name, side)
        assert len(rules) == len(raw.get("measures", ())) + len(raw.get("lifts", ()))
        assert len(reader.acts) == len(raw.get("acts", ()))
        assert sum(sum(_read(rule.conditions)) for rule in rules) == _written(raw), text
    assert refused > TIMES // PARTS // 3, "the damage should mostly be noticed"


def test_the_undamaged_files_are_read_whole() -> None:
    for path in sorted(RULES.glob("*/*/measure.yaml")):
        text = path.read_text(encoding="utf-8")
        reader, problems = _try(text, path.parent.name, path.parent.parent.name)
        assert problems == []
        rules = _own(reader, path.parent.name, path.parent.parent.name)
        assert sum(sum(_read(rule.conditions)) for rule in rules) == _written(yaml.load(text, Loader=yaml.CBaseLoader))


@pytest.mark.parametrize("raw", [b"id: \xff\xfe\n", b"\x80", "id: é".encode("latin-1"), b"a\n" * 1_000_001])
def test_bytes_that_are_no_rule_file_are_refused(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "measure.yaml"
    path.write_bytes(raw)
    with pytest.raises(RuleError) as caught:
        read_text(path, shown="measure.yaml")
    assert caught.value.code == "GL0208"


@pytest.mark.parametrize(
    "text",
    ["", "\n", "# nothing\n", "---\n...\n", "- a\n", "a", "a: b\n---\nc: d\n", "? [a]\n: b\n", "a: &x b\nc: *x\n"],
)
def test_texts_that_are_no_rule_file_are_refused(text: str) -> None:
    _, problems = _try(text, "cn-x", "cn")
    assert [one.code in CODES for one in problems] == [True]
