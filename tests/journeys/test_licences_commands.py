"""The commands of the ledger, as a script uses them."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from greenlane.cli import main as entry
from greenlane.cli.main import cli

GRANT = (
    "grant --licence CN-6M-0042 --authority CN --kind single --holder=Example_Magnetics --consignee=Example_Antriebe "
    "--codes cn:1C905.a.4 --quantity 1500 --unit kg --from 2025-06-01 --until 2025-12-01"
)
STEP = "--licence CN-6M-0042 --quantity 10 --unit kg --on 2025-06-10 --id ORDER-7/1"


class Desk:
    """A desk with a ledger, and what its commands print."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capture = capfd
        self.err = ""

    def run(self, line: str, *, code: int = 0) -> str:
        """Run a command to its exit code; what it prints to standard output."""
        words = ["greenlane", "licences", *line.split(), "--desk", str(self.folder)]
        self._patch.setattr("sys.argv", words)
        with pytest.raises(SystemExit) as stop:
            entry.main()
        out, self.err = self._capture.readouterr()
        assert stop.value.code == code, (out, self.err)
        return out

    def rows(self, line: str, *, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.run(f"{line} --format jsonl", code=code).splitlines()]

    def row(self) -> dict[str, Any]:
        (row,) = self.rows("register")
        return row


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path / "desk", monkeypatch, capfd)
    made.run(GRANT)
    return made


def test_reserve_commit_and_the_register(desk: Desk) -> None:
    desk.run(f"reserve {STEP}")
    assert desk.row() | {"reserved": "10", "used": "0", "left": "1490"} == desk.row()
    desk.run(f"commit {STEP}")
    wanted = {
        "licence": "CN-6M-0042", "status": "active", "granted": "1500", "reserved": "0", "used": "10", "left": "1490", "unit": "kg",
    }  # fmt: skip
    row = desk.row()
    assert {key: row[key] for key in wanted} == wanted
    desk.run("verify")


def test_release_frees_it(desk: Desk) -> None:
    desk.run(f"reserve {STEP}")
    desk.run(f"release {STEP}")
    assert (desk.row()["reserved"], desk.row()["left"]) == ("0", "1500")


def test_the_same_step_twice_is_one_step(desk: Desk) -> None:
    first, again = desk.rows(f"draw {STEP}")[0], desk.rows(f"draw {STEP}")[0]
    assert (first["again"], again["again"], first["entry"]) == (False, True, again["entry"])
    assert desk.row()["used"] == "10"


@pytest.mark.parametrize(
    ("steps", "refused", "code", "words"),
    [
        (
            [],
            "draw --licence CN-6M-0042 --quantity 1500.5 --unit kg --on 2025-06-10 --id A",
            "GL0703",
            "1500 kg left, 0.5 kg too much",
        ),
        ([], "draw --licence NONE --quantity 1 --unit kg --on 2025-06-10 --id A", "GL0701", "holds no licence NONE"),
        ([f"draw {STEP}"], f"draw {STEP.replace('10 --unit', '11 --unit')}", "GL0702", "another q"),
        ([], "draw --licence CN-6M-0042 --quantity 1 --unit kg --on 2025-12-01 --id A", "GL0705", "to the end of 2025-11-30"),
        (["suspend --licence CN-6M-0042 --on 2025-06-05"], f"draw {STEP}", "GL0706", "suspended on 2025-06-10"),
        ([], f"commit {STEP}", "GL0707", "no open reservation ORDER-7/1"),
        ([f"draw {STEP}"], f"release {STEP}", "GL0707", "no open reservation ORDER-7/1"),
        ([], "draw --licence CN-6M-0042 --quantity 1 --unit l --on 2025-06-10 --id A", "GL0708", "cannot be said exactly in kg"),
        ([], "draw --licence CN-6M-0042 --quantity 0.000000001 --on 2025-06-10 --id A", "GL0708", "finer than 0.00000001"),
        ([], "draw --licence CN-6M-0042 --quantity -5 --on 2025-06-10 --id A", "GL0708", "above zero"),
        ([], "draw --licence CN-6M-0042 --on 2025-06-10 --id A", "GL0713", "state the quantity"),
        ([f"draw {STEP}"], "amend --licence CN-6M-0042 --quantity 1491 --minus --on 2025-06-11", "GL0712", "more than is left"),
        (["revoke --licence CN-6M-0042 --on 2025-06-09"], f"reserve {STEP}", "GL0706", "revoked"),
        ([], f"draw {STEP} --tolerance us-750-11", "GL0714", "law of US"),
        ([], f"draw {STEP} --tolerance cn-bulk-last-batch", "GL0714", "no source"),
    ],
)
def test_a_refusal_exits_1_with_its_code_and_books_nothing(
    desk: Desk, steps: list[str], refused: str, code: str, words: str
) -> None:
    for step in steps:
        desk.run(step)
    before = desk.row()
    assert desk.run(refused, code=1) == ""
    assert f"error[{code}]" in desk.err
    assert words in desk.err
    assert desk.row() == before
    desk.run("verify")


def test_what_cannot_be_read_exits_2(desk: Desk) -> None:
    for line in (
        "draw --licence CN-6M-0042 --quantity 1,5 --on 2025-06-10 --id A",
        "draw --licence CN-6M-0042 --quantity 1 --on 10.6.2025 --id A",
        "draw --licence CN-6M-0042 --quantity 1 --on 2025-06-10",
        "grant --licence X --authority KR --kind single --holder Y --quantity 1 --unit kg --from 2025-06-01 --until 2025-12-01",
        "grant --licence X --authority CN --kind single --holder Y --quantity 1 --unit kg --from 2025-06-01 --until 2025-06-01",
        f"draw {STEP} --tolerance none",
    ):
        desk.run(line, code=2)


def test_the_life_of_a_licence(desk: Desk) -> None:
    desk.run("suspend --licence CN-6M-0042 --on 2025-06-05")
    assert desk.row()["status"] == "suspended"
    desk.run("resume --licence CN-6M-0042 --on 2025-06-20")
    desk.run("draw --licence CN-6M-0042 --quantity 1 --unit t --on 2025-06-21 --id A")
    desk.run("amend --licence CN-6M-0042 --quantity 500 --unit kg --on 2025-06-22 --until 2026-01-01")
    assert (desk.row()["granted"], desk.row()["left"], desk.row()["until"]) == ("2000", "1000", "2026-01-01")
    desk.run("contra --licence CN-6M-0042 --of A --quantity 100 --unit kg --uses 1 --on 2025-06-23 --id A-back")
    desk.run("adjust --licence CN-6M-0042 --quantity 0.5 --minus --on 2025-06-23 --id slip")
    assert desk.row()["left"] == "1100.5"
    desk.run("allocate --licence CN-6M-0042 --site Ningbo --quantity 300 --on 2025-06-24 --id S1")
    desk.run("draw --licence CN-6M-0042 --site Ningbo --quantity 100 --on 2025-06-24 --id S2")
    desk.run("recall --licence CN-6M-0042 --site Ningbo --quantity 200 --on 2025-06-25 --id S3")
    assert desk.row()["left"] == "1000.5"
    desk.run("surrender --licence CN-6M-0042 --on 2025-07-01")
    desk.run("close --licence CN-6M-0042 --on 2025-07-02")
    assert desk.row()["status"] == "closed"
    desk.run("draw --licence CN-6M-0042 --quantity 1 --on 2025-06-30 --id B", code=1)
    desk.run("verify")


def test_customs_reports_totals(desk: Desk) -> None:
    desk.run("draw --licence CN-6M-0042 --quantity 250 --on 2025-06-10 --id A")
    for run, total in ((17, 400), (18, 700), (18, 700)):
        desk.run(f"observe --licence CN-6M-0042 --quantity {total} --unit kg --on 2025-07-01 --run {run}")
    desk.run("observe --licence CN-6M-0042 --quantity 300 --unit kg --on 2025-06-20 --run 16")
    row = desk.row()
    assert (row["used"], row["drawn"], row["observed"], row["left"]) == ("700", "250", "700", "800")
    (shown,) = desk.rows("show CN-6M-0042")
    assert shown["questions"][0]["question"] == "customs counts 700 kg, our book 250"
    desk.run("observe --licence CN-6M-0042 --quantity 600 --unit kg --on 2025-07-02 --run 19")
    (shown,) = desk.rows("show CN-6M-0042")
    assert "the total fell from 700 to 600 kg" in shown["questions"][0]["question"]


def test_tc2_which_licence_how_much_is_left_when_does_it_end_which_proviso_bites(desk: Desk) -> None:
    desk.run(
        "grant --licence US-D1 --authority US --kind individual --holder=Example_Tools --quantity 100 --unit kg --value 5000 "
        "--currency USD --max-uses 12 --from 2025-06-01 --until 2029-06-01 --proviso no_resale --destination DE"
    )
    desk.run("reserve --licence US-D1 --quantity 10 --value 400 --currency USD --on 2025-06-10 --id R")
    (shown,) = desk.rows("show US-D1")
    wanted = {"left": "90", "value_left": "4600", "uses_left": 11, "until": "2029-06-01", "status": "active"}
    assert {key: shown[key] for key in wanted} == wanted
    assert shown["provisos"] == [{"id": "P1", "words": "no_resale", "from": "", "until": ""}]
    assert shown["reservations"] == [{"id": "R", "line": 1, "quantity": "10", "unit": "kg", "value": "400", "currency": "USD"}]
    assert "proviso P1: no_resale" in desk.run("show US-D1")


def test_value_may_be_exceeded_by_a_tolerance_that_is_named(desk: Desk) -> None:
    desk.run(
        "grant --licence US-D1 --authority US --kind individual --holder=Example_Tools --quantity 100 --unit kg --value 5000 "
        "--currency USD --from 2025-06-01 --until 2029-06-01"
    )
    step = "draw --licence US-D1 --quantity 50 --value 5500 --currency USD --on 2025-06-10 --id A"
    desk.run(step, code=1)
    assert "500 USD too much" in desk.err
    desk.run(f"{step} --tolerance us-750-11")
    desk.run("draw --licence US-D1 --quantity 50 --value 1 --on 2025-06-10 --id B --tolerance us-750-11", code=1)
    (row,) = [one for one in desk.rows("show US-D1 --entries") if one.get("id") == "A"]
    assert json.loads(row["more"])["tolerance"] == {"meter": "value", "of": "granted", "per_mille": 100, "rule": "us-750-11"}


def test_the_balance_of_a_day_as_known_on_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenlane.wiring import licensing

    for booked, step in (
        ("2027-01-10", "draw --licence CN-6M-0042 --quantity 10 --on 2025-06-10 --id A"),
        ("2027-01-20", "draw --licence CN-6M-0042 --quantity 5 --on 2025-06-10 --id LATE"),
        ("2027-01-21", "suspend --licence CN-6M-0042 --on 2025-06-09"),
        ("2027-01-22", "observe --licence CN-6M-0042 --quantity 40 --on 2025-06-10 --run 1"),
    ):
        monkeypatch.setattr(licensing, "now", lambda booked=booked: f"{booked}T04:00:00.000000Z")
        desk.run(step)

    def said(on: str, known_by: str) -> tuple[str, str]:
        (row,) = desk.rows(f"show CN-6M-0042 --on {on} --known-by {known_by}")
        return row["left"], row["status"]

    assert said("2025-06-10", "2027-01-10") == ("1490", "active")
    assert said("2025-06-10", "2027-01-20") == ("1485", "active")
    assert said("2025-06-10", "2027-01-21") == ("1485", "suspended")
    assert said("2025-06-10", "2027-01-22") == ("1460", "suspended")
    assert said("2025-06-09", "2027-01-22") == ("1500", "suspended")


def test_verify_finds_what_was_changed(desk: Desk) -> None:
    desk.run(f"draw {STEP}")
    (file,) = desk.folder.rglob("licences.sqlite")
    with closing(sqlite3.connect(file)) as base:
        base.execute("UPDATE sums SET used_q = 0")
        base.commit()
    assert desk.rows("verify", code=1)[0]["sound"] is False
    desk.run("verify", code=1)
    assert "the sums kept of licence CN-6M-0042" in desk.err


def test_a_backup_at_another_desk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.run(f"draw {STEP}")
    desk.run(f"backup {tmp_path / 'copy.sqlite'}")
    other = Desk(tmp_path / "other", monkeypatch, capfd)
    other.run(f"restore {tmp_path / 'copy.sqlite'}")
    assert other.rows("register") == desk.rows("register")
    other.run(f"restore {tmp_path / 'copy.sqlite'}", code=2)


def test_an_empty_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path, monkeypatch, capfd)
    assert desk.rows("register") == []
    assert desk.rows("verify")[0] == {"sound": True, "problems": [], "entries": 0, "sha256": "00" * 32}
    desk.run("register")
    desk.run("show NONE", code=1)
    assert list(tmp_path.iterdir()) == []


def test_tolerances_are_listed_with_their_standing() -> None:
    out = CliRunner().invoke(cli, ["licences", "tolerances", "--on", "2025-06-10"], catch_exceptions=False).output
    assert "us-750-11: 10 % of the value granted, official" in out
    assert "cn-bulk-last-batch: 5 % of the quantity remaining, unverified; never used" in out
    assert "before-2013" not in out


def test_what_a_clerk_gets_wrong_is_named_with_the_way_out(desk: Desk, tmp_path: Path) -> None:
    """Wrong day, sign, ground, line, desk: what was given, the code, and what to do."""
    step = "draw --licence CN-6M-0042 --unit kg --id X"
    desk.run(f"{step} --quantity 5 --on 2025-13-10", code=2)
    assert desk.err.startswith("error[GL0709]: --on: `2025-13-10` is no day: ")
    desk.run(f"{step} --quantity 5 --on 2025-02-30", code=2)
    assert "`2025-02-30` is no day" in desk.err
    desk.run(f"{step} --quantity 5 --on 2026-02-03", code=1)
    assert "hint: goods that went are booked on the day on which they went; others need another licence" in desk.err
    desk.run(f"{step} --quantity -5 --on 2025-06-10", code=1)
    assert "hint: what comes back is booked as `contra`, a correction as `adjust`" in desk.err
    orders = tmp_path / "orders.csv"
    orders.write_text('line_id,ship_from,ship_to,item,quantity,unit\nX-1,CN,DE,"torn,1o,kg\nX-2,CN,DE,a,1,kg\n', encoding="utf-8")
    desk.run(f"apply B-1 --kind single --order {orders} --lines X-1 --on 2025-06-10", code=2)
    assert re.search(r"error\[GL\d{4}\]: .*\n  in .*orders.csv, line 2", desk.err)
    assert "holds no line X-1 that reads" in desk.err
    assert "hint: it holds X-2" in desk.err
    desk.run(f"apply B-1 --kind single --order {orders} --lines X-2 --exporter Example_Magnetics --on 2025-06-10")
    desk.run("submit B-1 --on 2025-06-12")
    desk.run("return B-1 --ground nonsense --on 2025-06-13", code=2)
    assert "error[GL0735]: `nonsense` is no known ground" in desk.err
    assert "hint: missing, unsealed, untranslated" in desk.err
    desk.run("return B-1 --ground unsealed --on 2025-06-13")
    assert "nothing that was said in public is held of XX" in desk.run("file-by --authority XX --filed --on 2025-06-10")


def test_rows_that_do_not_read_are_named_where_lines_are_matched(desk: Desk, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("line_id,ship_from,ship_to,quantity,unit\nX-1,CN,DE,12,kg\nX-2,CN,Germany,1o,kg\n", encoding="utf-8")
    for words in (f"match {orders}", f"inspections {orders}", f"share {orders} --quantity 5 --unit kg --authority CN --rule equal"):
        desk.run(f"{words} --on 2025-06-10", code=1)
        assert "orders.csv, line 3, column quantity" in desk.err
        assert "orders.csv, line 3, column ship_to" in desk.err
        assert "1 row left out" in desk.err


def test_a_desk_that_is_not_there_is_not_sound(desk: Desk) -> None:
    desk.run("verify")
    desk.folder = desk.folder / "no"
    desk.run("verify", code=2)
    assert "error[GL0304]: there is no desk" in desk.err
    assert not desk.folder.exists()
