"""Cover on a desk, as a user meets it: questions of clerk and compliance officer, reserving, and what a change moves."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from greenlane import wiring
from greenlane.cli import main as entry

ON = "--on 2025-06-10 --no-screening"
GRANT = (
    "licences grant --licence L-1 --authority CN --kind general --holder=Example_Magnetics --codes 'cn:1C905;cn:1C904' "
    "--quantity 1000 --unit kg --from 2025-06-01 --until 2025-12-01"
)
HEAD = "line_id,codes,contains,quantity,unit,ship_from,ship_to,exporter,consignee,date,attrs\n"
ORDERS = HEAD + (
    "A,hs:8505111000,Nd:29%;Dy:3%;Tb:0,700,kg,CN,DE,Example_Magnetics,Example_Antriebe,,\n"
    "B,hs:8505111000,Nd:29%;Dy:3%;Tb:0,700,kg,CN,DE,Example_Magnetics,Example_Antriebe,,mode=sea\n"
    "C,hs:8505191000,,5,kg,CN,DE,Example_Magnetics,Example_Antriebe,,family=ferrite\n"
)


class Desk:
    """A desk, and what the commands print there."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._capture = folder, patch, capture
        self.err = ""
        folder.mkdir(exist_ok=True)

    def run(self, line: str, *, code: int = 0) -> str:
        """Run a command to its exit code; what it prints to standard output."""
        words = shlex.split(line)
        self._patch.setattr("sys.argv", ["greenlane", *words, "--desk", str(self.folder)])
        self._patch.chdir(self.folder)
        with pytest.raises(SystemExit) as stop:
            entry.main()
        out, self.err = self._capture.readouterr()
        assert stop.value.code == code, (out, self.err)
        return out

    def rows(self, line: str, *, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.run(f"{line} --format jsonl", code=code).splitlines()]

    def orders(self, text: str = ORDERS) -> None:
        (self.folder / "orders.csv").write_text(text, encoding="utf-8")

    def register(self) -> dict[str, Any]:
        return self.rows("licences register")[0]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path / "desk", monkeypatch, capfd)
    made.orders()
    return made


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Desk:
    shutil.copytree(wiring.example_desk(), tmp_path / "desk")
    return Desk(tmp_path / "desk", monkeypatch, capfd)


# --- the questions of the example desk --------------------------------------------------------------------------------


def test_tc2_which_licence_covers_it_how_much_is_left_when_does_it_end_which_proviso_bites(example: Desk) -> None:
    (told,) = example.rows(f"licences match L-04 {ON}", code=1)
    (bite,) = told["bites"]
    best = bite["licences"][0]
    wanted = {
        "licence": "CN-6M-0042", "says": "yes", "granted": "1500", "used": "900", "reserved": "200", "left": "400", "takes": "400",
        "short": "800", "unit": "kg", "until": "2025-12-02", "days_left": 173,
    }  # fmt: skip
    assert best | wanted == best
    assert [one["id"] for one in best["provisos"]] == ["P1"]  # P2 had an end of its own
    text = example.run(f"licences match L-04 {ON}", code=1)
    assert "400 kg left of 1500 (900 used, 200 reserved), 10 uses left; gives 400, short 800" in text
    assert "[ ] P1: report the use of each shipment within 30 days" in text
    early = example.run(f"licences match L-04 {ON} --change date=2025-06-09", code=1)
    assert "[ ] P2: first shipment: photographs of the mounted magnets (until 2025-06-10)" in early


def test_tc2_value_is_told_beside_quantity_and_an_act_on_licences_stops_it(example: Desk) -> None:
    (told,) = example.rows("licences match L-30 --no-screening --on 2025-05-31")
    best = told["bites"][0]["licences"][0]
    assert best | {"licence": "US-D-7731", "left": "10", "value_left": "745000", "currency": "USD"} == best
    (told,) = example.rows(f"licences match L-30 {ON}", code=1)
    lost = next(one for one in told["bites"][0]["licences"] if one["licence"] == "US-D-7731")
    assert any("stopped by us-licsusp-2025-06-nuclear" in one["words"] for one in lost["checks"] if one["says"] == "no")


def test_lc7_a_licence_is_not_for_a_sister_company_and_the_clause_is_cited(example: Desk) -> None:
    for change in ("end_user=Example_Robots", "consignee=Example_Optik"):
        text = example.run(f"licences match L-04 {ON} --change {change}", code=1)
        assert "CN-6M-0042: cannot be used" in text
    text = example.run(f"licences match L-04 {ON} --change end_user=Example_Robots", code=1)
    assert "not to be passed to a third party without consent of the authority" in text


def test_lc6_who_gets_the_next_500_kg_by_the_rule_that_is_named(example: Desk) -> None:
    line = f"licences share orders.csv --quantity 500 --unit kg --authority CN --codes 'cn:1C904.a.4;cn:1C905.a.4' {ON}"
    equal = example.rows(f"{line} --rule equal")
    assert [(one["line_id"], one["asked"], one.get("given")) for one in equal if "given" in one] == [
        ("L-04", "800", "250"), ("L-07", "300", "250"),
    ]  # fmt: skip
    assert [(one["line_id"], one["left_out"]) for one in equal if "left_out" in one] == [
        ("L-08", "1500 pcs cannot be said exactly in kg")
    ]
    assert example.rows(f"{line.replace(' orders.csv', '')} --rule equal") == equal  # the lines of the desk, if no file is named
    file = example.folder / "orders.csv"
    rows = file.read_text(encoding="utf-8").splitlines()
    stops = {"L-07": "2025-06-27", "L-04": "2025-07-09"}
    rows = [f"{rows[0]},line_stops_on", *(f"{row},{stops.get(row.split(',')[0], '')}" for row in rows[1:])]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    first = example.run(f"{line} --rule line_stop")
    assert "L-07  300 of 300 kg  Example Motors Michigan: served 1 of 2: its line stops on 2025-06-27" in first
    assert "L-04  200 of 800 kg" in first


def test_the_ledger_of_the_example_desk_is_facts_and_takes_no_entry(example: Desk) -> None:
    assert example.register()["left"] == "400"
    step = "licences draw --licence CN-6M-0042 --quantity 1 --unit kg --on 2025-06-11 --id X"
    example.run(step, code=1)
    assert "GL0711" in example.err
    assert not (example.folder / ".greenlane" / "ledger.sqlite").exists()
    entries = example.rows("licences show CN-6M-0042 --entries")
    assert [one["kind"] for one in entries[1:]] == ["grant", "reserve", "commit", "reserve"]
    balance = example.rows("licences show CN-6M-0042 --on 2025-06-04 --known-by 2025-06-04")[0]
    assert (balance["used"], balance["reserved"], balance["left"]) == ("0", "900", "600")


def test_facts_that_do_not_read_are_named_by_line(example: Desk) -> None:
    file = example.folder / "licences.jsonl"
    text = file.read_text(encoding="utf-8")
    for bad, why in (
        (text + '{"at": "2025-06-09"}\n', "is not a moment"),
        (text + text.splitlines()[0], "before the event above it"),
        (text.replace('"900", "unit"', '"1900", "unit"', 1), "400 kg too much"),
        (text.replace('"authority": "CN", ', "", 1), "KeyError"),
    ):
        file.write_text(bad, encoding="utf-8")
        example.run("licences register", code=2)
        assert "GL0715" in example.err
        assert why in example.err, example.err


# --- the demo -----------------------------------------------------------------------------------------------------------


def l04(text: str) -> str:
    lines = text.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip().startswith("L-04"))
    return "\n".join(lines[at : at + 6])


def test_the_demo_computes_the_partial_cover_of_l04(example: Desk) -> None:
    shown = l04(example.run("demo"))
    assert "covered by CN-6M-0042: 1500 kg granted, 900 drawn, 200 reserved, 400 left; short 800 kg" in shown
    assert "split: 400 kg under CN-6M-0042 now; short 800 kg: file for that today" in shown
    assert "filed today: P50 2025-08-01, P90 2025-11-10, by the prior eu-us-civil-2025-06 (unverified, in hindsight)" in shown
    assert "the law's 45 working days end on 2025-08-12, if it is accepted at once" in shown
    file = example.folder / "licences.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace('"quantity": "200"', '"quantity": "350"'), encoding="utf-8")
    moved = l04(example.run("demo"))
    assert "900 drawn, 350 reserved, 250 left; short 950 kg" in moved
    assert "split: 250 kg" in moved
    assert "covered" not in l04(example.run("demo --known-by 2025-06-01"))  # the licence came on 2 June
    file.unlink()
    assert "covered" not in l04(example.run("demo"))
    assert "filed today" not in l04(example.run("demo"))


# --- decide ---------------------------------------------------------------------------------------------------------------


def test_without_a_ledger_nothing_changes_and_none_is_made_by_looking(desk: Desk) -> None:
    line = f"decide orders.csv {ON} --format jsonl --no-record"
    before, flat = desk.run(line), desk.run(f"decide orders.csv {ON} --format csv --no-record")
    assert not (desk.folder / ".greenlane").exists()
    assert "cover" not in flat.splitlines()[0].replace("coverage", "")
    desk.run(GRANT)
    after = [json.loads(one) for one in desk.run(line).splitlines()]
    assert [one["lane"] for one in after] == ["green", "amber", "green"]
    plain = [json.loads(one) for one in before.splitlines()]
    assert [{**one, "cover": [], "lane": was["lane"], "uncovered": 0} for one, was in zip(after, plain, strict=True)] == [
        {**one, "uncovered": 0} for one in plain
    ]


def test_a_limit_in_time_bounds_what_a_licence_gives(desk: Desk) -> None:
    """Uses count by the day on which they went: one of last year, booked this year, takes nothing from this year."""
    grant = GRANT.replace("--until 2025-12-01", "--until 2026-12-01").replace("--from 2025-06-01", "--from 2024-06-01")
    desk.run(f"{grant} --window 'each year' --window-quantity 600")
    draw = "licences draw --licence L-1 --unit kg"
    desk.run(f"{draw} --quantity 500 --on 2024-12-31 --id LATE")
    told = desk.rows(f"licences match A {ON}", code=1)[0]["bites"][0]["licences"][0]
    assert (told["left"], told["takes"], told["short"], told["window"]) == ("500", "500", "200", "600 kg in each year")
    desk.run(f"{draw} --quantity 400 --on 2025-02-01 --id NOW")
    told = desk.rows(f"licences match A {ON}", code=1)[0]["bites"][0]["licences"][0]
    assert (told["left"], told["takes"]) == ("100", "100")
    desk.run(f"{draw} --quantity 101 --on 2024-12-30 --id LATER", code=1)
    assert "error[GL0703]" in desk.err  # of the whole licence 100 kg are left
    desk.run("licences amend --licence L-1 --quantity 1000 --unit kg --on 2025-03-01")
    desk.run(f"{draw} --quantity 101 --on 2024-12-30 --id LATER", code=1)
    assert "in each year 600 kg may be used; for a use on 2024-12-30 100 kg are left of it, asked 101 kg" in desk.err
    desk.run("licences reserve --licence L-1 --quantity 150 --unit kg --on 2025-03-01 --id R")
    assert desk.rows(f"licences match A {ON}", code=1)[0]["bites"][0]["licences"][0]["left"] == "50"
    desk.run(f"{draw} --quantity 60 --on 2025-04-01 --id MORE")
    text = desk.run(f"licences match A {ON}", code=1)
    assert "no: nothing is left on that day of 600 kg in each year" in text
    shown = desk.run("licences show L-1 --on 2025-06-10")
    assert "600 kg in each year: 460 kg used from 2025-01-01 through 2025-12-31" in shown
    # As it was known in 2024: nothing had been booked then.
    assert "0 kg used from 2024-01-01 through 2024-12-31" in desk.run("licences show L-1 --on 2024-12-31 --known-by 2025-01-01")
    assert desk.register()["window"] == "600 kg in each year"
    desk.run("licences verify")


def test_a_limit_in_time_of_value_only(desk: Desk) -> None:
    head, rows = ORDERS.split("\n", 1)
    desk.orders(f"{head},value,currency\n" + "\n".join(f"{row},90000,USD" for row in rows.splitlines()) + "\n")
    grant = GRANT.replace("--quantity 1000 ", "")
    desk.run(f"{grant} --window '90 days' --window-value 60000", code=2)
    assert "the value of a window needs its currency" in desk.err
    desk.run(f"{grant} --currency USD --window '90 days' --window-value 60000")
    (told,) = desk.rows(f"licences match A {ON}", code=1)[0]["bites"][0]["licences"]
    assert (told["left"], told["takes"], told["short"], told["unit"]) == ("60000", "60000", "30000", "USD")
    desk.run("licences draw --licence L-1 --quantity 5 --unit kg --on 2025-06-10 --id D", code=1)
    assert "counts USD: state the value" in desk.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("--window '5 weeks' --window-quantity 1", "such as `90 days`, `12 months`, `each year` or `each month`"),
        ("--window '90 days'", "a window limits a quantity, a value or both"),
        ("--window-quantity 5", "--window-quantity and --window-value need --window"),
        ("--window 'each year' --window-quantity many", "--window-quantity"),
    ],
)
def test_a_limit_in_time_that_is_none(desk: Desk, more: str, said: str) -> None:
    desk.run(f"{GRANT} {more}", code=2)
    assert said in desk.err


def test_decide_says_it_in_every_form(desk: Desk) -> None:
    desk.run(GRANT)
    assert "300 kg under L-1 now; short 400 kg: file for that today" in " ".join(desk.run(f"decide orders.csv {ON}").split())
    head, *rows = desk.run(f"decide orders.csv {ON} --format csv").splitlines()
    cells = [dict(zip(head.split(","), row.split(","), strict=False)) for row in rows]
    at = head.split(",").index("uncovered")
    assert len(rows[1].split(",")) > at >= 0
    assert "L-1=300 kg,400 kg,cn-2025-018/1C905.a.4" in rows[1]
    assert cells[0]["line_id"] == "A"
    tree = desk.run("why B")
    assert "+- cover" in tree
    assert "L-1: 300 kg left; gives 300, short 400 kg" in tree
    assert "LICENCE REQUIRED [green]" in desk.run("why A")
    desk.run("verify")


def test_ask_tells_the_cover_of_one_line(desk: Desk) -> None:
    desk.run(GRANT)
    told = desk.run(
        f"ask --from CN --to DE --codes hs:8505111000 --contains 'Nd:29%;Dy:3%;Tb:0' --quantity 10 --unit kg {ON} "
        "--exporter Example_Magnetics --consignee Example_Antriebe"
    )
    assert "[green]" in told
    assert "goes: 10 kg under L-1" in told


def test_reserve_books_once_a_run_and_line(desk: Desk) -> None:
    desk.run(GRANT)
    first = desk.rows(f"decide orders.csv {ON} --reserve --by Example_Clerk")
    assert "A: 700 kg of L-1 reserved, entry 2" in desk.err
    assert "B: 300 kg of L-1 reserved, entry 3" in desk.err
    assert (desk.register()["reserved"], desk.register()["left"]) == ("1000", "0")
    again = desk.rows(f"decide orders.csv {ON} --reserve --by Another_Clerk")
    assert "A: 700 kg of L-1 reserved already" in desk.err
    assert desk.register()["reserved"] == "1000"
    assert [one["lane"] for one in first] == [one["lane"] for one in again] == ["green", "amber", "green"]
    assert [one["cover"][0]["takes"] for one in again[:2]] == ["700", "300"]
    desk.run("licences verify")
    desk.orders(ORDERS.replace("B,", "D,"))  # another run: what the first holds is not its own
    assert [one["cover"] for one in desk.rows(f"decide orders.csv {ON}")] == [[], [], []]


def test_reserve_names_what_is_refused(desk: Desk) -> None:
    desk.run(f"decide orders.csv {ON} --reserve", code=2)
    assert "--reserve needs a ledger" in desk.err
    desk.run(GRANT)
    desk.run("licences suspend --licence L-1 --on 2025-06-11")  # lines of the tenth are covered, but nothing is reserved any more
    desk.run(f"decide orders.csv {ON} --reserve --by Example_Clerk", code=1)
    assert "A: 700 kg of L-1 not reserved: licence L-1 does not take `reserve`: it is suspended on" in desk.err
    assert desk.register()["reserved"] == "0"


def test_four_eyes_when_the_desk_says_so(desk: Desk) -> None:
    desk.run(GRANT)
    (desk.folder / "desk.toml").write_text("[licences]\nfour_eyes = true\n", encoding="utf-8")
    line = f"decide orders.csv {ON} --reserve"
    desk.run(line, code=1)
    assert "GL0716" in desk.err
    for _ in range(2):  # the same person twice is one person
        desk.run(f"{line} --by Example_Clerk", code=1)
        assert "second person" in desk.err
        assert desk.register()["reserved"] == "0"
    desk.orders(ORDERS.replace("700,kg", "600,kg"))  # not what the first one saw
    desk.run(f"{line} --by Example_Chief", code=1)
    assert desk.register()["reserved"] == "0"
    desk.orders()
    desk.run(f"{line} --by Example_Chief")
    assert desk.register()["reserved"] == "1000"
    entries = desk.rows("licences show L-1 --entries")
    assert entries[-1]["by"] == "Example_Clerk; Example_Chief"
    (desk.folder / "desk.toml").write_text("[licences]\nfour_eyes = 1\n", encoding="utf-8")
    desk.run(f"{line} --by Example_Chief", code=2)


# --- match and affected -------------------------------------------------------------------------------------------------


def test_match_serves_a_file_in_its_order_and_asks_for_what_is_not_said(desk: Desk) -> None:
    desk.run(f"{GRANT} --mode sea")
    first, second, third = desk.rows(f"licences match orders.csv {ON}", code=1)
    assert [one["fact"] for one in first["bites"][0]["licences"][0]["checks"] if one["says"] == "ask"] == ["attrs.mode"]
    assert (second["bites"][0]["licences"][0]["takes"], second["covered"]) == ("700", True)
    assert third["bites"] == []
    told = desk.run(f"licences match A {ON} --change attrs=mode=air", code=1)
    assert "mode `air` is not met; the licence is only for `sea`" in told
    desk.run(f"licences match Z {ON}", code=2)
    assert "GL0301" in desk.err


def test_match_of_the_last_run_sees_what_lines_before_it_take(desk: Desk) -> None:
    desk.run(GRANT)
    desk.run(f"decide orders.csv {ON}")
    (told,) = desk.rows("licences match B", code=1)
    assert told["bites"][0]["licences"][0] | {"left": "300", "short": "400"} == told["bites"][0]["licences"][0]
    desk.run("licences match A")


def test_affected_lists_the_lines_that_an_act_moves(desk: Desk) -> None:
    desk.run(f"decide orders.csv {ON}")
    desk.run("licences affected", code=2)  # no ledger yet
    desk.run(GRANT)
    arrived = desk.rows("licences affected", code=1)
    assert [(one["line_id"], one["lane"]) for one in arrived] == [("A", ["amber", "green"]), ("B", ["amber", "amber"])]
    desk.run("licences suspend --licence L-1 --on 2025-06-09")
    stopped = desk.run("licences affected", code=1)
    assert "since entry 2: suspend L-1, 2025-06-09" in desk.err
    assert "A  LICENCE REQUIRED [green] -> LICENCE REQUIRED [amber]" in stopped
    assert "was: 700 kg under L-1, short 0" in stopped
    desk.run("licences resume --licence L-1 --on 2025-06-10")
    assert [one["lane"] for one in desk.rows("licences affected", code=1)] == [["amber", "green"], ["amber", "amber"]]
    assert desk.run("licences affected --since 1") == "no line of 3 changes\n"
    expired = desk.rows("licences affected --on 2025-12-01", code=1)
    assert [(one["line_id"], one["lane"]) for one in expired] == [("A", ["green", "amber"]), ("B", ["amber", "amber"])]
    assert desk.run("licences affected --on 2025-11-30") == "no line of 3 changes\n"


def test_affected_folds_reservations_and_draws_up_to_the_entry(desk: Desk) -> None:
    desk.run(GRANT)
    desk.run(f"decide orders.csv {ON} --reserve --by Example_Clerk")
    step = "--licence L-1 --quantity 5 --unit kg --on 2025-06-11"
    desk.run("licences amend --licence L-1 --quantity 100 --unit kg --on 2025-06-11 --id M-1")
    desk.run(f"licences draw {step} --id D-1")
    desk.run(f"licences contra {step} --of D-1 --id D-2")
    (moved,) = desk.rows("licences affected --since 3", code=1)
    assert (moved["line_id"], [one[0]["short"] for one in moved["cover"]]) == ("B", ["400", "300"])


def test_grant_takes_conditions_with_their_words_and_provisos_with_their_days(desk: Desk) -> None:
    more = (
        "--end-user 'Example Motors' --clause 'end-user=own use' --no-splitting --proviso 'until 2025-07-01: report' --proviso keep"
    )
    desk.run(f"{GRANT} {more}")
    (told,) = desk.rows("licences show L-1")
    assert told["scope"] == [{"dimension": "end_user", "allow": True, "value": "Example Motors", "words": "own use"}]
    assert [(one["words"], one["until"]) for one in told["provisos"]] == [("report", "2025-07-01"), ("keep", "")]
    shown = desk.run("licences show L-1")
    assert "only end user: Example Motors (own use)" in shown
    assert "no splitting" in shown
    assert "proviso P1: report (until 2025-07-01)" in shown
    desk.run(f"{GRANT.replace('L-1', 'L-2')} --clause mode=x", code=2)
    desk.run(f"{GRANT.replace('L-1', 'L-2')} --clause mode", code=2)
