"""greenlane screen: from a name to a receipt, and from an alert to two people's word on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from greenlane.cli.main import cli
from greenlane.errors import FileError, UsageError
from greenlane.wiring import screening as room
from tests.services.naive_matcher import Shelf, edition, party

LISTED = edition(party(1, "Example Orbital Works", "示例轨道"), party(2, "Example Trading"))
DAY = "2026-11-02"


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["screen", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == code, result.output
    return result.stdout


def verify(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, ["verify", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert result.return_value == code, result.output
    return result.stdout


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty desk whose lists hold two invented firms; the day is that of the lists."""
    monkeypatch.setattr(room, "party_lists", lambda _: Shelf({"example": 1.0}, LISTED))
    monkeypatch.setattr("greenlane.wiring.today", lambda: LISTED.state)
    monkeypatch.setenv("GREENLANE_DESK", str(tmp_path))
    return tmp_path


def test_a_name_that_is_listed(desk: Path) -> None:
    told = run("Example Trading", code=1)
    assert "HIT" in told
    assert "1.0000  Example Trading  (us-sdn, us-sdn:2)" in told
    assert "example = example  equal" in told
    assert "shares 2 words" in told


def test_a_name_that_is_not(desk: Path) -> None:
    told = run("Nobody Known")
    assert "NONE FOUND" in told
    assert "not nobody there" in told
    assert "clear" not in told.casefold()


def test_a_name_that_is_a_step_is_found_by_find(desk: Path) -> None:
    assert run("find", "queue").startswith("queue  queue\n")
    assert run("queue") == ""


def test_the_lists_that_ship_are_searched_by_the_pinned_model_and_silence_of_an_old_list_says_nothing(tmp_path: Path) -> None:
    on = ("--desk", str(tmp_path), "--list", "us-entity-list", "--format", "jsonl")
    hit = json.loads(run("华为技术有限公司", "--on", "2026-08-05", *on, code=1))
    assert hit["outcome"] == "hit"
    assert hit["hits"][0]["list"] == "us-entity-list"
    assert {word[2] for word in hit["hits"][0]["words"]} == {"translated"}
    assert json.loads(run("Example Sunflower Bakery", "--on", "2026-08-05", *on))["outcome"] == "none_found"
    assert json.loads(run("Example Sunflower Bakery", "--on", "2027-08-05", *on, code=1))["outcome"] == "cannot_say"
    assert json.loads(run("Example Sunflower Bakery", "--on", "2025-08-05", *on, code=1))["outcome"] == "cannot_say"
    assert "same" in verify("--desk", str(tmp_path))


def test_a_list_that_nobody_keeps(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run("Example Trading", "--desk", str(tmp_path), "--list", "us-everybody")
    assert caught.value.code == "GL0505"


def test_a_stale_list_makes_it_cannot_say(desk: Path) -> None:
    result = CliRunner().invoke(cli, ["screen", "Nobody Known", "--on", "2027-11-02", "--format", "jsonl"], standalone_mode=False)
    assert result.return_value == 1
    assert json.loads(result.stdout)["outcome"] == "cannot_say"
    assert "cannot say: us-sdn: the edition of 2026-11-02 was 365 days old" in result.stderr


@pytest.fixture
def book(desk: Path) -> Path:
    path = desk / "book.csv"
    rows = ("id,name,country,entry,born", "C-1,Example Trading,CN,mine,", "C-2,Nobody Known,,,", "C-3,,,,")
    more = ("C-4,Orbital Works,XX,,1.1.70", "C-1,Twice,,,")
    path.write_text("\n".join((*rows, *more)) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl"])
def test_a_book_in_and_out(desk: Path, book: Path, form: str) -> None:
    run(str(book), "--out", str(desk / f"out.{form}"), code=1)
    rejected = (desk / "book.csv.rejects.csv").read_text(encoding="utf-8")
    assert [code in rejected for code in ("GL0101", "GL0102", "GL0103", "GL0109")] == [True] * 4
    assert (desk / f"out.{form}").stat().st_size > 0
    if form == "csv":
        told = (desk / "out.csv").read_text(encoding="utf-8").splitlines()
        assert told[0].startswith("id,name,country,input_entry,born,outcome,hits,probability")
        assert told[1].startswith("C-1,Example Trading,CN,mine,,hit,1,1.0000,us-sdn,us-sdn:2,Example Trading,")
        assert told[2].startswith("C-2,Nobody Known,,,,none_found,0,")


def test_a_book_again_by_the_changes(desk: Path, book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(str(book), code=1)
    after = edition(party(1, "Example Orbital Works"), party(3, "Nobody Known Ltd"), party(2, "Example Trading"))
    monkeypatch.setattr(room, "party_lists", lambda _: Shelf({"example": 1.0}, LISTED, replace(after, state=date(2026, 11, 3))))
    told = CliRunner().invoke(cli, ["screen", "rescreen", str(book), "--on", "2026-11-03"], standalone_mode=False)
    assert told.return_value == 1
    assert "1 of 2 matched anew since the screening" in told.stderr
    assert "us-sdn:3" in told.stdout
    assert verify().startswith("same")
    with pytest.raises(UsageError) as caught:
        run("rescreen", str(book.rename(book.with_name("other.csv"))))
    assert caught.value.code == "GL0302"


def test_a_file_that_is_not_there_is_not_screened_as_a_name(desk: Path) -> None:
    with pytest.raises(FileError):
        run("bok.csv")


def alert_of(desk: Path) -> str:
    (line,) = run("queue", "--format", "jsonl").splitlines()
    return str(json.loads(line)["alert"])


def test_from_an_alert_to_two_peoples_word_and_back(desk: Path) -> None:
    run("Example Trading", "--id", "C-1", code=1)
    key = alert_of(desk)
    (desk / "papers.txt").write_text("seen", encoding="utf-8")
    words = ("--verdict", "false_positive", "--reason", "another town", "--evidence-file", str(desk / "papers.txt"))
    told = run("propose", key, *words, "--until", "2027-11-02", "--by", "Ann Example")
    number = told.split("entry ")[1].split()[0]
    assert "another town (Ann Example" in run("queue", "--state", "proposed")
    with pytest.raises(UsageError) as caught:
        run("approve", key, "--proposal", number, "--by", "ann  EXAMPLE")
    assert caught.value.code == "GL0503"
    run("approve", key, "--proposal", number, "--by", "Bo Example")
    assert "cleared: Example Trading" in run("Example Trading", "--id", "C-1")
    run("Example Trading", "--id", "C-2", code=1)  # a namesake is not cleared with it
    run("undo", key, "--reason", "the papers were another's", "--by", "Cy Example")
    run("Example Trading", "--id", "C-1", code=1)
    assert run("log", "--check") == "sound\n"
    assert [json.loads(line)["event"] for line in run("log").splitlines()].count("screened") == 4


def test_a_refusal_opens_again(desk: Path) -> None:
    run("Example Trading", code=1)
    key = alert_of(desk)
    told = run("propose", key, "--verdict", "true_match", "--reason", "it is", "--by", "Ann Example")
    number = told.split("entry ")[1].split()[0]
    run("refuse", key, "--proposal", number, "--reason", "no papers", "--by", "Bo Example")
    assert json.loads(run("queue", "--format", "jsonl"))["state"] == "open"


@pytest.mark.parametrize("name", ["C-1", "C-2"])
def test_a_receipt_is_done_again_hit_or_no_hit(desk: Path, book: Path, name: str) -> None:
    run(str(book), code=1)
    for file in ("receipt.json", "again.json", "receipt.pdf", "again.pdf"):
        run("receipt", name, "--out", str(desk / file))
    assert (desk / "receipt.json").read_bytes() == (desk / "again.json").read_bytes()
    assert (desk / "receipt.pdf").read_bytes() == (desk / "again.pdf").read_bytes()
    assert verify(str(desk / "receipt.json")) == f"same: 1 answer, on {DAY}, as known {DAY}\n"
    assert verify() == f"same: 2 answers, on {DAY}, as known {DAY}\n"


def spoilt(desk: Path, change: Callable[[Any], None]) -> Path:
    told = json.loads((desk / "receipt.json").read_text(encoding="utf-8"))
    change(told)
    head = {key: value for key, value in told.items() if key != "answers"}
    one = json.dumps(head, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    answers = ",\n".join(json.dumps(each, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for each in told["answers"])
    path = desk / "spoilt.json"
    path.write_text(f'{one[:-1]},"answers":[\n{answers}\n]}}\n', encoding="utf-8", newline="")
    return path


def test_a_forged_receipt_is_found(desk: Path) -> None:
    run("Example Trading", code=1)
    run("receipt", "Example Trading", "--out", str(desk / "receipt.json"))
    assert verify(str(spoilt(desk, lambda _: None))).startswith("same")
    path = spoilt(desk, lambda told: told["answers"][0].update(outcome="none_found"))
    assert "answer: Example Trading: none_found" in verify(str(path), code=1)
    path = spoilt(desk, lambda told: told["log"].update(number=1, sha256="0" * 64))
    assert "entry 1 is not the one" in verify(str(path), code=1)


def test_a_screening_is_no_run_of_lines(desk: Path) -> None:
    run("Nobody Known")
    result = CliRunner().invoke(cli, ["why", "L-1"], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert result.exception.code == "GL0302"
