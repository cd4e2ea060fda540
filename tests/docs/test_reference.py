"""The reference says what the code says: written again, it is the same, and nothing is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import greenlane
from docs.reference import generate
from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.cli.output import ANSWER_COLUMNS
from greenlane.decide.line import COLUMNS, Row, read_line
from greenlane.errors import CODES
from greenlane.law.checks import CHECKS
from greenlane.law.rulebase import RuleBase
from greenlane.services.runs import Question

HERE = generate.HERE


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules(generate.ROOT / "rules")


def read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def test_written_again_the_reference_is_the_same(base: RuleBase) -> None:
    """If this fails: python docs/reference/generate.py"""
    old = generate.stale(generate.pages(base), lambda path: path.read_text(encoding="utf-8"))
    assert [str(path.relative_to(generate.ROOT)) for path in old] == []


def test_every_command_and_option_is_documented() -> None:
    text = read("commands.md")
    for path, command in generate.walk(cli, "greenlane"):
        assert f"\n## {path}\n" in text
        for parameter in command.params:
            assert all(option in text for option in parameter.opts if option.startswith("--"))


def test_every_error_code_is_documented() -> None:
    text = read("errors.md")
    assert [code for code in (*CODES, *(check.code for check in CHECKS)) if f"| `{code}` |" not in text] == []


def test_every_integrity_check_has_its_code_in_the_list_of_errors() -> None:
    assert [check.code for check in CHECKS if check.code not in CODES] == []


def test_every_column_is_documented_and_its_example_reads() -> None:
    text = read("columns.md")
    assert set(generate.ABOUT_COLUMNS) == set(COLUMNS)
    cells = {name: example for name, (_, example, _) in generate.ABOUT_COLUMNS.items()}
    line, problems = read_line(Row(cells, "columns.md", 1))
    assert line is not None, problems
    assert all(f"| `{name}` |" in text for name in COLUMNS)


def test_every_key_of_an_answer_is_documented(base: RuleBase) -> None:
    text = read("verdicts.md")
    line = wiring.read_one({"line_id": "A-1", "ship_from": "CN", "ship_to": "DE", "codes": "hs:850511", "date": "2025-06-10"})
    question = Question(generate.DAY, generate.DAY, ("cn", "us"), strict=False)
    for decision in wiring.answer([line], base, question):
        assert [key for key in decision.plain() if f"| `{key}` |" not in text] == []


def test_nothing_is_described_that_is_not_there() -> None:
    found = re.findall(r"^\| `([a-z0-9_.\[\]]+)` \|", read("verdicts.md"), re.MULTILINE)
    used = {name for name in generate.ABOUT_KEYS if name in found or any(path.endswith(name.lstrip("*")) for path in found)}
    assert set(generate.ABOUT_KEYS) - used == set()
    assert set(generate.ABOUT_ANSWERS) == set(ANSWER_COLUMNS)


def test_every_instrument_is_documented(base: RuleBase) -> None:
    text = read("measures.md")
    assert [name for name in base.instruments if f"| `{name}` |" not in text] == []


def test_every_regime_and_statement_of_coverage_is_documented(base: RuleBase) -> None:
    text = read("coverage.md")
    for regime in base.regimes.values():
        assert f"\n## {regime.id}\n" in text
        assert all(f"| `{cover.id}` |" in text for cover in regime.covers)


def test_every_name_of_the_library_is_documented() -> None:
    text = (generate.ROOT / "docs" / "how-to" / "wire-it-in.md").read_text(encoding="utf-8")
    assert [name for name in greenlane.__all__ if f"`{name}`" not in text and f"greenlane.{name}" not in text] == []


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert generate.stale({page: "new"}, lambda _: "old") == [page]
    page.write_text("new", encoding="utf-8")
    assert generate.stale({page: "new"}, lambda path: path.read_text(encoding="utf-8")) == []
