"""A keeper of the rule base takes in a notice: draft, blast, accept."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from greenlane.cli.main import cli
from greenlane.errors import DraftError, GreenlaneError, UsageError
from tests.law import notice_texts as texts
from tests.law.broken.small import BASE
from tests.services.test_rulekeeping import CASES, MEASURE

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
ORDERS = (
    "line_id,codes,contains,value,currency,ship_from,ship_to\n"
    "A,hs:8505119000,Dy:0,1000,EUR,CN,DE\nB,hs:8505112000,Dy:0,7,USD,CN,DE\nC,,,,,,\n"
)


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["rules", *words], standalone_mode=False)


def done(*words: str, code: int = 0) -> str:
    result = run(*words)
    assert result.exception is None, result.exception
    assert result.return_value == code, result.output
    return result.stdout


def refused(*words: str) -> GreenlaneError:
    error = run(*words).exception
    assert isinstance(error, GreenlaneError), error
    return error


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(BASE, tmp_path / "rules")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    return tmp_path


def notice(home: Path, text: str = texts.ANNOUNCEMENT_55, name: str = "notice.txt") -> str:
    (home / name).write_text(text, encoding="utf-8")
    return name


def test_a_notice_becomes_a_draft_folder(home: Path) -> None:
    said = done("draft", notice(home), "--source", "https://example.com/n", "--on", "2025-10-10", "--rules", "rules", code=1)
    assert "6 control codes" in said
    folder = home / "drafts" / "cn-2025-055"
    assert (folder / "source.txt").read_text(encoding="utf-8") == texts.ANNOUNCEMENT_55
    head = (folder / "draft.yaml").read_text(encoding="utf-8")
    assert "address: https://example.com/n" in head
    assert "value: cn:2B005.b" in head
    error = refused("draft", "notice.txt", "--on", "2025-10-10", "--rules", "rules")
    assert isinstance(error, DraftError)
    assert error.code == "GL0402"
    done("draft", "notice.txt", "--on", "2025-10-10", "--rules", "rules", "--out", "again", "--id", "cn-again", code=1)
    assert (home / "again" / "files" / "cn" / "cn-again" / "measure.yaml").is_file()


def test_a_draft_loads_or_says_what_to_fill_in(home: Path) -> None:
    done("draft", notice(home), "--source", "https://example.com/n", "--on", "2025-10-10", "--rules", "rules", code=1)
    assert "new measure: cn-2025-055/2B005.b" in done(
        "blast", "drafts/cn-2025-055", "--on", "2025-10-10", "--rules", "rules", code=0
    )
    done("draft", notice(home, texts.ANNOUNCEMENT_61), "--on", "2025-10-10", "--rules", "rules", code=1)
    error = refused("blast", "drafts/cn-2025-061", "--on", "2025-10-10", "--rules", "rules")
    assert isinstance(error, DraftError)
    assert "in_force" in error.hint


@pytest.mark.parametrize("text", ["The two sides met again in London; controls may ease.", texts.LAW])
def test_news_is_no_notice(home: Path, text: str) -> None:
    assert refused("draft", notice(home, text), "--on", "2025-10-10", "--rules", "rules").code == "GL0409"
    assert not (home / "drafts").exists()


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed reports lie beside the project and are not here")
def test_the_seed_reports_are_no_notices(home: Path) -> None:
    for report in sorted(SEEDS.glob("*.txt")):
        name = notice(home, report.read_text(encoding="utf-8"))
        assert refused("draft", name, "--on", "2025-06-10", "--rules", "rules").code == "GL0409"


def ready(home: Path) -> str:
    """A draft that can be accepted."""
    text = texts.ANNOUNCEMENT_55.replace("2025", "2026").replace("第55号", "第7号")
    done(
        "draft",
        notice(home, text),
        "--id",
        "cn-weak",
        "--source",
        "https://example.com/n",
        "--on",
        "2026-03-02",
        "--rules",
        "rules",
        code=1,
    )
    files = home / "drafts" / "cn-weak" / "files" / "cn" / "cn-weak"
    (files / "measure.yaml").write_text(MEASURE, encoding="utf-8")
    (files / "cases.yaml").write_text(CASES, encoding="utf-8")
    return "drafts/cn-weak"


def test_from_notice_to_law(home: Path) -> None:
    draft = ready(home)
    said = done("blast", draft, "orders.csv", "--on", "2026-04-01", "--rules", "rules", code=1)
    assert "1 of 2 lines change (1000 EUR)" in said
    printed = done("blast", draft, "orders.csv", "--on", "2026-04-01", "--rules", "rules", "--format", "jsonl", code=1)
    rows: list[dict[str, Any]] = [json.loads(line) for line in printed.splitlines()]
    (line,) = (row for row in rows if row["change"] == "line")
    assert (line["line_id"], line["before"], line["after"], line["because"]) == ("A", "free", "licence_required", ["cn-weak/weak"])
    assert rows[-1]["value"] == {"EUR": "1000"}
    person = ("--reviewer", "Example Officer", "--reason", "Read", "--on", "2026-03-02", "--rules", "rules")
    assert refused("accept", draft, *person).code == "GL0404"
    said = done("accept", draft, *person, "--confirm", "measures.when.goods")
    assert "accepted: rule base 2026.3.2; 4 worked cases" in said
    assert refused("accept", draft, *person, "--confirm", "measures.when.goods").code == "GL0405"
    assert "no acceptance is open" in done("accept", "--finish", "--rules", "rules")
    assert "0 of 2 lines change" in done("blast", draft, "orders.csv", "--on", "2026-04-01", "--rules", "rules")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["accept", "d", "--rules", "rules"], "--reviewer is missing"),
        (["accept", "d", "--reviewer", "A", "--rules", "rules"], "--reason is missing"),
        (["accept", "d", "--reviewer", "A", "--reason", "B"], "no rule base is named"),
        (["accept", "--reviewer", "A", "--reason", "B", "--rules", "rules"], "no draft is named"),
        (["accept", "d", "--finish", "--rules", "rules"], "--finish goes without a draft"),
        (["draft"], "give either a FILE or one of"),
        (["draft", "a.txt", "--suspend", "cn-magnets"], "give either a FILE or one of"),
        (["draft", "a.txt", "--source", "nowhere"], "is not an address"),
        (["draft", "a.txt", "--id", "eu-1"], "is not an id"),
        (["draft", "a.txt", "--regime", "cn-exports", "--rules", "rules"], "is no regime"),
        (["draft", "--suspend", "cn-magnet", "--from", "2026-04-01", "--rules", "rules"], "is no instrument or measure"),
        (["draft", "--suspend", "cn-magnets", "--rules", "rules"], "--suspend needs --from"),
        (["draft", "--extend", "cn-pause/pause", "--from", "2026-04-01", "--rules", "rules"], "is no act|does not go with"),
        (["draft", "--terminate", "cn-magnets", "--until", "2026-04-01", "--rules", "rules"], "does not go with"),
        (["draft", "--lift-part", "cn-magnets", "--from", "2026-04-01", "--rules", "rules"], "--goods goes with"),
        (
            ["draft", "--suspend", "cn-magnets", "--from", "2026-04-01", "--until", "2026-03-01", "--rules", "rules"],
            "before it begins",
        ),
        (["draft", "--suspend", "cn-magnets", "--from", "2026-04-01", "--rules", "rules"], "has no name"),
        (
            [
                "draft",
                "--lift-part",
                "cn-magnets",
                "--goods",
                "magnets",
                "--from",
                "2026-04-01",
                "--id",
                "cn-x",
                "--rules",
                "rules",
            ],
            "--goods: ",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(home: Path, words: list[str], says: str) -> None:
    error = refused(*words, *(["--on", "2026-03-02"] if words[0] == "draft" else []))
    assert isinstance(error, UsageError)
    assert error.hint
    assert re.search(says, error.message), error.message


def test_an_act_by_options(home: Path) -> None:
    said = done(
        "draft", "--suspend", "cn-magnets/strong", "--from", "2026-04-01", "--until", "2026-05-01",
        "--number", "Announcement 8 of 2026",
        "--title", "A pause", "--issuer", "Example Ministry", "--source", "https://example.com/8", "--published", "2026-03-20",
        "--after", "revives", "--on", "2026-03-20", "--rules", "rules",
    )  # fmt: skip
    assert "0 to fill in" in said
    said = done("blast", "drafts/cn-2026-008", "--on", "2026-04-01", "--rules", "rules")
    assert "new act: cn-2026-008/pause" in said


@pytest.mark.parametrize("command", ["draft", "blast", "accept"])
def test_help_has_an_example(command: str) -> None:
    result = CliRunner().invoke(cli, ["rules", command, "--help"])
    assert "Example:" in result.stdout
    assert f"greenlane rules {command}" in result.stdout
