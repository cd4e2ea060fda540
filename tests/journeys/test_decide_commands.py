"""The commands decide, ask, why, verify and demo, end to end, as a user meets them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

import greenlane
from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.law.rulebase import RuleBase

HEADER = [
    "line_id",
    "description",
    "codes",
    "contains",
    "attrs",
    "ship_from",
    "ship_to",
    "exporter",
    "activity",
    "date",
    "ERP no.",
]
ROWS = [
    ["L-1", "ferrite magnets", "hs:850519", "", "family=ferrite", "CN", "DE", "", "", "", "77"],
    ["L-2", "sintered NdFeB", "hs:8505111000", "Nd:29%;Dy:3.1%", "", "CN", "DE", "", "", "2025-06-12", "78"],
    ["L-3", "sintered NdFeB", "hs:8505111000", "Nd:29%", "", "CN", "DE", "", "", "", "79"],
]


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules()


@pytest.fixture
def run(base: RuleBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in a folder of its own, the shipped base loaded once for all."""
    monkeypatch.chdir(tmp_path)
    real = wiring.load_rules
    monkeypatch.setattr(
        wiring, "load_rules", lambda folder=None, **more: base if folder is None and not more else real(folder, **more)
    )

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli, list(arguments), standalone_mode=False, catch_exceptions=True)

    return invoke


def orders(folder: Path, *further: list[str]) -> Path:
    path = folder / "orders.csv"
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([HEADER, *ROWS, *further])
    return path


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_lines_hold_the_keys_of_the_contract(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    found = answers(run("decide", "orders.csv", "--on", "2025-06-10", "--format", "jsonl"))
    assert [one["verdict"] for one in found] == ["free", "licence_required", "cannot_say"]
    assert [one["lane"] for one in found] == ["green", "amber", "grey"]
    second, third = found[1], found[2]
    assert (second["on"], second["known_by"]) == ("2025-06-12", "2025-06-10")
    assert second["reasons"][0]["measure"] == "cn-2025-018/1C905.a.4"
    assert second["reasons"][0]["decided"] is True
    assert second["reasons"][0]["source"]["href"].startswith("http")
    assert {"goods", "ship_from"} <= second["reasons"][0]["matched"].keys()
    assert third["range"] == ["free", "licence_required"]
    assert {one["fact"]: one["verdicts"] for one in third["missing"]} == {
        "contains.Dy": {"0": "cannot_say", ">0": "licence_required"},
        "contains.Tb": {"0": "cannot_say", ">0": "licence_required"},
    }
    assert {"fact": "consignee", "as": "not listed", "because": "no consignee is named"} in found[0]["assumed"]
    assert {one["regime"]: one["status"] for one in second["coverage"]} == {"cn-export": "modelled"}
    for key in ("near_misses", "lifts", "next_change", "cover", "duty", "rules"):
        assert key in second
    assert len(second["rules"]["sha256"]) == 64


def test_a_bad_row_is_named_and_kept_whole_and_the_others_are_answered(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path, ["L-4", "x", "hs:8505.1O", "", "", "ZZ", "DE", "", "", "", "keep, me"])
    result = run("decide", "orders.csv", "--on", "2025-06-10", "--format", "jsonl")
    assert result.return_value == 1
    assert [one["line_id"] for one in answers(result)] == ["L-1", "L-2", "L-3"]
    assert "error[GL0104]" in result.stderr
    assert "orders.csv, line 5, column codes" in result.stderr
    assert "did you mean `850510`?" in result.stderr
    with (tmp_path / "orders.csv.rejects.csv").open(encoding="utf-8", newline="") as handle:
        [row] = csv.DictReader(handle)
    assert {name: row[name] for name in HEADER} == dict(
        zip(HEADER, ["L-4", "x", "hs:8505.1O", "", "", "ZZ", "DE", "", "", "", "keep, me"], strict=True)
    )
    assert row["reject_row"] == "5"
    assert {"GL0103", "GL0104"} <= set(row["reject_code"].split(" | "))


def test_why_prints_the_proof_tree_and_verify_says_same(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    run("decide", "orders.csv", "--on", "2025-06-10")
    tree = run("why", "L-2").stdout
    for text in ("LICENCE REQUIRED [amber]", "cn-2025-018/1C905.a.4", "Dy 3.1 %", "source: ", "<http", "presumed"):
        assert text in tree
    same = run("verify")
    assert same.return_value == 0
    assert same.stdout.startswith("same: 3 answers")


def test_why_names_the_lines_there_are(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    run("decide", "orders.csv", "--on", "2025-06-10")
    problem = run("why", "L-9").exception
    assert isinstance(problem, greenlane.GreenlaneError)
    assert problem.code == "GL0301"
    assert "L-1, L-2, L-3" in problem.hint


def test_verify_names_the_law_and_the_answer_that_changed(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    run("decide", "orders.csv", "--on", "2025-06-10")
    other = tmp_path / "rules"
    shutil.copytree(Path(greenlane.__file__).parents[2] / "rules", other)
    rule = other / "cn" / "cn-2025-018" / "measure.yaml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("from: 2025-04-04", "from: 2025-07-04"), encoding="utf-8")
    result = run("verify", "--rules", str(other))
    assert result.return_value == 1
    assert "law: cn-2025-018: changed" in result.stdout
    assert "answer: L-2: licence_required -> free" in result.stdout


def test_verify_finds_a_changed_byte_in_the_journal(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    run("decide", "orders.csv", "--on", "2025-06-10")
    run("ask", "--from", "CN", "--to", "DE", "--codes", "hs:850519", "--attrs", "family=ferrite", "--on", "2025-06-10")
    journal = tmp_path / ".greenlane" / "journal.jsonl"
    text = journal.read_text(encoding="utf-8")
    journal.write_text(text.replace('"number": 1', '"number": 7'), encoding="utf-8")
    result = run("verify")
    assert result.return_value == 1
    assert "journal entry 1 does not match its hash" in result.stdout


def test_the_same_run_is_the_same_record(run: Callable[..., Result], tmp_path: Path) -> None:
    orders(tmp_path)
    for _ in range(2):
        run("decide", "orders.csv", "--on", "2025-06-10")
    assert len(list((tmp_path / ".greenlane" / "runs").iterdir())) == 1
    assert len((tmp_path / ".greenlane" / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl"])
def test_every_form_of_answer_and_the_same_bytes_each_time(run: Callable[..., Result], tmp_path: Path, form: str) -> None:
    orders(tmp_path)
    for name in ("a", "b"):
        assert run("decide", "orders.csv", "--on", "2025-06-10", "--out", f"{name}.{form}").return_value == 0
    assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()
    if form == "csv":
        with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        assert [row["verdict"] for row in rows] == ["free", "licence_required", "cannot_say"]
        assert [row["ERP no."] for row in rows] == ["77", "78", "79"]
        assert rows[1]["decided_by"] == "cn-2025-018/1C905.a.4"
    if form == "xlsx":
        book = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx"))
        assert book.sheet_names[1] == "sources"
        assert "licence_required" in book.get_sheet_by_index(0).to_python()[2]


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "jsonl"])
def test_every_form_of_question_gets_the_same_answer(run: Callable[..., Result], tmp_path: Path, form: str) -> None:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    path = tmp_path / f"in.{form}"
    if form == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        wiring.write_table(path, HEADER, rows, form=form, sources=())
    result = run("decide", path.name, "--on", "2025-06-10", "--format", "jsonl")
    assert [one["verdict"] for one in answers(result)] == ["free", "licence_required", "cannot_say"]


def test_a_side_that_was_not_asked_never_frees(run: Callable[..., Result]) -> None:
    line = ("ask", "--from", "US", "--to", "CN", "--codes", "eccn:EAR99;hs:851410", "--on", "2025-06-10", "--format", "jsonl")
    assert answers(run(*line))[0]["verdict"] == "free"
    [alone] = answers(run(*line, "--regimes", "cn"))
    assert alone["verdict"] == "cannot_say"
    assert {one["regime"]: one["status"] for one in alone["coverage"]} == {"us-ear": "not_asked"}


def test_strict_asks_for_what_was_presumed(run: Callable[..., Result]) -> None:
    line = (
        "ask",
        "--from",
        "CN",
        "--to",
        "US",
        "--codes",
        "hs:8505.19",
        "--attrs",
        "family=ferrite",
        "--on",
        "2025-06-10",
        "--format",
        "jsonl",
    )
    assert answers(run(*line))[0]["verdict"] == "free"
    [strict] = answers(run(*line, "--strict"))
    assert strict["verdict"] == "cannot_say"
    assert strict["assumed"] == []
    assert {"consignee", "end_user", "origin"} & {one["fact"] for one in strict["missing"]}


def test_duty_stands_beside_the_verdict_with_its_money(run: Callable[..., Result]) -> None:
    [found] = answers(
        run("ask", "--from", "CN", "--to", "US", "--codes", "hts:8505.11.0070", "--contains", "Nd:29%;Dy:3.1%", "--value", "96000",
            "--currency", "USD", "--on", "2025-06-10", "--format", "jsonl")
    )  # fmt: skip
    assert found["verdict"] == "licence_required"
    assert found["duty"]["rate_percent"] == "32.1"
    assert found["duty"]["amount"] == "30816"
    assert {layer["measure"]: layer["rate_percent"] for layer in found["duty"]["layers"]} == {
        "us-mfn-2025": "2.1",
        "us-fentanyl-2025": "20",
        "us-reciprocal-2025": "10",
    }


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("ask", "--to", "DE", "--on", "2025-06-10"), "GL0101"),
        (("ask", "--from", "CN", "--to", "DE", "--on", "10.06.2025"), "GL0304"),
        (("ask", "--from", "CN", "--to", "DE", "--on", "2025-06-10", "--regimes", "eu"), "GL0304"),
        (("ask", "--from", "UK", "--to", "DE", "--on", "2025-06-10"), "GL0103"),
        (("decide", "none.csv", "--on", "2025-06-10"), "GL0120"),
        (("why", "L-1"), "GL0302"),
        (("verify", "nothing"), "GL0302"),
    ],
)
def test_bad_questions_get_a_code_and_a_way_out(run: Callable[..., Result], arguments: tuple[str, ...], code: str) -> None:
    problem = run(*arguments).exception
    assert isinstance(problem, greenlane.GreenlaneError)
    assert problem.code == code
    assert problem.hint


def test_demo_is_computed(run: Callable[..., Result], tmp_path: Path) -> None:
    shipped = run("demo").stdout
    for text in (
        "1  WHAT IS LAW",
        "2  MAY I SHIP?   (42 lines)",
        "6  CANNOT SAY",
        "offered",
        "in force by letter",
        "Not legal advice",
    ):
        assert text in shipped
    desk = tmp_path / "desk"
    shutil.copytree(wiring.example_desk(), desk)
    file = desk / "orders.csv"
    text = file.read_text(encoding="utf-8")
    assert "Nd:29%;Dy:3.1%,,1200" in text
    file.write_text(text.replace("Nd:29%;Dy:3.1%,,1200", "Nd:29%;Dy:0;Tb:0,,1200"), encoding="utf-8")
    moved = run("demo", "--desk", str(desk)).stdout
    line = next(one for one in shipped.splitlines() if one.strip().startswith("L-04"))
    assert "LICENCE REQUIRED" in line
    assert "FREE" in next(one for one in moved.splitlines() if one.strip().startswith("L-04"))


def test_demo_seen_with_less_knowledge_shows_fewer_letters(run: Callable[..., Result]) -> None:
    early = run("demo", "--known-by", "2025-05-20").stdout
    assert "Other letters of late May 2025" not in early
    assert "Green channel" not in early
    # Two lines state that their exporter got a letter: to them it is known before the public knows.
    assert "Letters to makers of chip-design software" in early


def test_every_verdict_and_activity_occurs_on_the_example_desk(base: RuleBase) -> None:
    lines, rejects = wiring.read_order_file(wiring.example_desk() / "orders.csv")
    assert rejects == []
    found = {wiring.decide_line(line, base, on="2025-06-10", known_by="2025-06-10").verdict.value for line in lines}
    assert found == {"free", "licence_required", "presumption_of_denial", "prohibited", "cannot_say"}
    assert {line.activity for line in lines} >= {"export", "load", "deliver", "import"}


def test_the_library_answers_like_the_command(base: RuleBase) -> None:
    decision = greenlane.decide_line(
        {"ship_from": "CN", "ship_to": "DE", "codes": "hs:850511", "contains": "Nd:29%;Dy:3.1%"}, base, on="2025-06-10"
    )
    assert decision.verdict is greenlane.Verdict.LICENCE_REQUIRED
    with pytest.raises(greenlane.GreenlaneError):
        greenlane.decide_line({"ship_from": "CN", "ship_to": "DE"}, base, on="June")
