"""From a party of an order line to its verdict: screened, owned, in doubt, cleared, done again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from greenlane.cli.main import cli

LINE = ("--from", "US", "--to", "CN", "--codes", "hs:8471300000;eccn:EAR99", "--end-use", "civil")
DAY = ("--on", "2025-10-15")


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == code, result.output
    return result.stdout


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GREENLANE_DESK", str(tmp_path))
    return tmp_path


def ask(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("ask", *LINE, *arguments, "--format", "jsonl"))
    return found


def test_a_chinese_name_meets_the_latin_one_that_is_listed(desk: Path) -> None:
    found = ask("--consignee", "华为技术有限公司", *DAY)
    assert found["verdict"] == "presumption_of_denial"
    assert "translated" in found["reasons"][0]["matched"]["party"]
    assert run("verify").startswith("same")
    assert "华为技术有限公司" in run("why", "ask")


def test_without_screening_only_equal_names_count(desk: Path) -> None:
    assert ask("--consignee", "华为技术有限公司", "--no-screening", *DAY)["verdict"] == "free"
    assert ask("--consignee", "Huawei Technologies Co., Ltd.", "--no-screening", *DAY)["verdict"] == "presumption_of_denial"


def test_a_party_like_nobody_is_taken_as_not_listed_and_the_search_is_told(desk: Path) -> None:
    found = ask("--consignee", "Example Sunflower Bakery", *DAY)
    assert found["verdict"] == "free"
    because = next(one["because"] for one in found["assumed"] if one["fact"] == "consignee")
    assert "nothing alike found" in because
    assert "lists searched" in because


def test_a_doubt_is_asked_and_what_two_people_cleared_is_a_fact(desk: Path) -> None:
    name = "Huawei Digital Tech"
    found = ask("--consignee", name, *DAY)
    assert found["verdict"] == "cannot_say"
    (question,) = found["missing"]
    assert "is it the listed" in question["why"]
    assert question["verdicts"]["another party"] == "free"

    run("screen", name, *DAY, "--threshold", "0.3", code=1)
    for line in run("screen", "queue").splitlines():
        key = line.split()[0]
        words = ("--verdict", "false_positive", "--until", "2027-01-01", "--reason", "another town", "--by", "Ann Example")
        written = run("screen", "propose", key, *words)
        number = re.search(r"entry (\d+)", written)
        assert number is not None
        run("screen", "approve", key, "--proposal", number[1], "--by", "Bo Example")
    cleared = ask("--consignee", name, *DAY)
    assert cleared["verdict"] == "free"
    because = next(one["because"] for one in cleared["assumed"] if one["fact"] == "consignee")
    assert "cleared by Ann Example and Bo Example: another town" in because


@pytest.fixture
def owners(tmp_path: Path) -> Path:
    path = tmp_path / "owners.csv"
    path.write_text(
        "owner,owned,share,from\n"
        '"Huawei Technologies Co., Ltd.",Example Holding,40%,2019-05-01\n'
        "Semiconductor Manufacturing International Corporation,Example Holding,15%,2019-05-01\n"
        "Example Holding,Example Sub,60%,2021-01-01\n"
        '"Huawei Technologies Co., Ltd.",Example Maybe,25-60%,\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("2025-09-28", "free"),
        ("2025-09-29", "presumption_of_denial"),
        ("2025-11-09", "presumption_of_denial"),
        ("2025-11-10", "free"),
    ],
)
def test_listed_owners_up_the_chain_count_together_while_the_rule_stands(owners: Path, on: str, verdict: str) -> None:
    assert ask("--consignee", "Example Sub", "--owners", str(owners), "--on", on)["verdict"] == verdict


def test_after_the_pause_both_branches_are_told(owners: Path) -> None:
    told = ask("--consignee", "Example Sub", "--owners", str(owners), "--on", "2026-11-12", "--known-by", "2026-09-30")
    assert told["verdict"] == "cannot_say"
    assert told["range"] == ["free", "presumption_of_denial"]


def test_a_share_that_is_not_known_is_asked(owners: Path) -> None:
    found = ask("--consignee", "Example Maybe", "--owners", str(owners), *DAY)
    assert found["verdict"] == "cannot_say"
    assert [one["fact"] for one in found["missing"]] == ["owner_share"]


def test_a_book_with_its_owners(owners: Path, desk: Path) -> None:
    book = desk / "book.csv"
    book.write_text("id,name\nC-1,Example Sub\nC-2,Example Sunflower Bakery\n", encoding="utf-8")
    out = run("screen", str(book), "--owners", str(owners), *DAY, "--format", "jsonl", code=1)
    assert [json.loads(line)["outcome"] for line in out.splitlines()] == ["cannot_say", "cannot_say"]
    told = run("screen", str(book), "--owners", str(owners), *DAY, "--format", "csv", code=1)
    assert "C-1,Example Sub,owned," in told
    assert "C-2,Example Sunflower Bakery,no holding stated," in told
