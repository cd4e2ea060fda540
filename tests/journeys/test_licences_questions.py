"""The questions of a licence clerk (LC1 to LC10), each by one command on the example desk of 10 June 2025."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from greenlane.cli import main as entry
from greenlane.decide.line import Row
from greenlane.feeds.tables import read_rows

ROOT = Path(__file__).resolve().parents[2]
ORDERS = ROOT / "examples" / "london-2025-06-10" / "orders.csv"
DAY = "2025-06-10"


class Clerk:
    """The desk of a licence clerk, and what its commands print."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = monkeypatch
        self._capture = capfd
        self.err = ""

    def run(self, *words: str, code: int = 0, verb: tuple[str, ...] = ("licences",)) -> str:
        return self._run(*verb, *words, "--desk", str(self.folder), code=code)

    def bare(self, *words: str, code: int = 0) -> str:
        """A command that asks nothing of the desk."""
        return self._run("licences", *words, code=code)

    def _run(self, *words: str, code: int) -> str:
        self._patch.setattr("sys.argv", ["greenlane", *words])
        with pytest.raises(SystemExit) as stop:
            entry.main()
        out, self.err = self._capture.readouterr()
        assert stop.value.code == code, (out, self.err)
        return out

    def rows(self, *words: str, code: int = 0) -> list[dict[str, Any]]:
        return [json.loads(one) for one in self.run(*words, "--format", "jsonl", code=code).splitlines()]

    def apply(self, id: str = "A-7", *more: str, lines: str = "L-04") -> None:
        self.run("apply", id, "--kind", "single", "--province", "Jiangxi", "--order", str(ORDERS), "--lines", lines, "--on", DAY,
                 "--trade-mode", "general", "--payment", "T/T", "--customs-office", "Ganzhou", "--mode", "sea", *more)  # fmt: skip

    def paper(self, kind: str, *more: str, id: str = "A-7") -> None:
        self.run("paper", id, kind, "--dated", "2025-06-05", "--on", DAY, *more)

    def grant(self, quantity: str = "1200", value: str = "96000") -> None:
        said = {
            "licence": "CN-6M-0042", "authority": "CN", "kind": "single", "holder": "Example Magnetics Ganzhou",
            "consignee": "Example Antriebe GmbH", "end-user": "Example Motors Michigan", "destination": "DE",
            "codes": "cn:1C905.a.4", "quantity": quantity, "unit": "kg", "value": value, "currency": "USD",
            "from": "2025-06-01", "until": "2025-12-01",
        }  # fmt: skip
        self.run("grant", *(word for name, text in said.items() for word in (f"--{name}", text)))


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Clerk:
    monkeypatch.setenv("GREENLANE_RULES", str(ROOT / "rules"))
    monkeypatch.delenv("GREENLANE_LEDGER", raising=False)
    return Clerk(tmp_path / "desk", monkeypatch, capfd)


def sheet(path: Path) -> list[Row]:
    return [row for row in read_rows(path, compulsory=()).rows if isinstance(row, Row)]


def control_codes(row: dict[str, Any]) -> dict[str, str]:
    """The list entries whose every condition the goods are said to meet, with the measure that names each."""
    return {one["proposed_code"]: one["measures"][0] for one in row["control_codes"] if one["basis"] == "fits"}


def states(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    return {row["paper"]: row["state"] for row in rows if "paper" in row}


def test_LC1_is_this_grade_controlled_and_by_which_code(clerk: Clerk) -> None:
    told = clerk.run("--file", str(ORDERS), "--format", "jsonl", verb=("classify",))
    rows = {row["line_id"]: row for row in map(json.loads, told.splitlines())}
    assert control_codes(rows["L-04"]) == {"cn:1C905.a.4": "cn-2025-018/1C905.a.4"}  # dysprosium
    assert control_codes(rows["L-05"]) == {"cn:1C902.a.4": "cn-2025-018/1C902.a.4"}  # samarium-cobalt
    assert control_codes(rows["L-07"]) == {"cn:1C904.a.4": "cn-2025-018/1C904.a.4"}  # terbium, dysprosium said to be none
    assert control_codes(rows["L-01"]) == control_codes(rows["L-02"]) == {}
    assert "Dy 3.1 % (wanted: > 0)" in rows["L-04"]["control_codes"][0]["evidence"]
    assert {one["fact"]: one["decides"] for one in rows["L-04"]["ask"]}["contains.Tb"] == ["cn:1C904.a.4"]
    # What the shares rest on: the report that the line names, or the line alone; and it is said where nothing is named.
    assert rows["L-07"]["composition"] == {
        "shares_by_mass": ["Dy 0 %", "Nd 30 %", "Tb 0.4 %"],
        "basis": "tested",
        "test_report": {"number": "TR-2025-0388", "laboratory": "Example Laboratory Ganzhou", "day": "2025-05-28"},
    }
    assert (rows["L-04"]["composition"]["basis"], rows["L-04"]["composition"]["test_report"]) == ("stated", None)
    assert rows["L-01"]["composition"]["basis"] == "none"
    text = clerk.run("--file", str(ORDERS), verb=("classify",))
    assert (
        "composition: Dy 0 %, Nd 30 %, Tb 0.4 % by mass; test report TR-2025-0388 of Example Laboratory Ganzhou, 2025-05-28" in text
    )
    assert "composition: Co 50 %, Sm 25 % by mass, as the line states; no test report is named" in text
    # An assay that is not there is asked for, and no code is taken for granted.
    assert {"contains.Dy", "contains.Tb"} <= {one["fact"] for one in rows["L-03"]["ask"]}
    assert control_codes(rows["L-03"]) == {}


def test_LC2_what_is_missing_from_this_application_before_I_send_it(clerk: Clerk) -> None:
    clerk.apply()
    clerk.paper("form", "--sealed", "--original")
    clerk.paper("end_use", "--language", "en", "--original")
    *rows, whole = clerk.rows("pack", "A-7", "--on", DAY, code=1)
    found = {row["paper"]: row for row in rows}
    assert states(rows) == {
        "form": "there", "identity": "missing", "contract": "missing", "technical": "missing", "end_use": "lacking",
        "importer": "missing", "customers": "missing",
    }  # fmt: skip
    assert found["end_use"]["lacks"] == ["seal", "in zh"]
    assert (found["end_use"]["made_by"], found["end_use"]["age_days"]) == ("end_user", 5)
    assert (found["customers"]["asked"], found["customers"]["grounds"]) == ("voluntary", [])
    assert {one["ground"] for one in whole["grounds"]} == {"missing", "unsealed", "untranslated"}
    assert whole["form_lacks"] == []
    # The table has a column for each thing that is asked: owner, language, seal, age, and whether its lack is a known ground.
    table = clerk.run("pack", "A-7", "--on", DAY, code=1)
    assert table.split("\n")[0].split() == [
        "paper", "state", "made", "by", "language", "seal", "ground", "asked", "by", "sensitivity", "age", "in", "Chinese"
    ]  # fmt: skip
    cells = {line.split()[0]: line for line in table.splitlines() if line and not line.startswith(" ")}
    assert re.search(r"^end_use +lacking: seal, in +end user +any \+ zh +needed +yes +notice +commercial +5 days", cells["end_use"])
    assert re.search(r"^customers +missing +end user +any +- +- +voluntary", cells["customers"])
    # In November the offices asked for more: practice, and told apart from what a notice requires.
    later = {row["paper"]: row for row in clerk.rows("pack", "A-7", "--on", "2025-11-20", code=1) if "paper" in row}
    assert {name for name, row in later.items() if row["asked"] == "practice"} == {"profile", "floor", "product", "dealings"}
    for kind in ("identity", "contract", "technical"):
        clerk.paper(kind)
    clerk.paper("end_use", "--language", "en", "--translation", "zh", "--original", "--sealed")
    clerk.paper("importer", "--language", "de", "--translation", "zh")
    assert clerk.rows("pack", "A-7", "--on", DAY)[-1] == {"form_lacks": [], "differs": [], "grounds": [], "whole": True}


def test_LC2_a_ground_that_no_source_confirms_is_shown_and_does_not_decide(clerk: Clerk) -> None:
    clerk.apply()
    for kind in ("identity", "contract", "technical", "importer", "end_use"):
        clerk.paper(kind, "--translation", "zh", "--original", "--sealed")
    clerk.paper("form", "--original")
    last = clerk.rows("pack", "A-7", "--on", DAY)[-1]
    assert [(one["ground"], one["standing"]) for one in last["grounds"]] == [("unsealed", "unverified")]
    assert last["whole"]


def test_LC2_an_order_that_says_something_else_than_the_form(clerk: Clerk, tmp_path: Path) -> None:
    clerk.apply()
    other = tmp_path / "orders.csv"
    other.write_text(ORDERS.read_text(encoding="utf-8").replace(",1200,kg,96000", ",1220,kg,96000"), encoding="utf-8")
    last = clerk.rows("pack", "A-7", "--on", DAY, "--order", str(other), "--lines", "L-04", code=1)[-1]
    assert "line 1 quantity: order 1220 kg, form 1200 kg" in last["differs"]
    assert "mismatch" in {one["ground"] for one in last["grounds"]}


def test_LC3_when_must_I_file_without_cases_says_so_and_prints_the_clock(clerk: Clerk) -> None:
    (told,) = clerk.rows("file-by", "--licence-by", "2025-08-01", "--on", DAY)
    assert told["estimate"] is None
    assert "5 decided ones are needed" in told["why"]
    assert (told["clock"]["accepted_by"], told["clock"]["standing"]) == ("2025-05-29", "reported")
    assert {row["asked"] for row in told["public"]} == {"CLEPA (European car suppliers)", "Reuters"}  # nothing from after the day
    assert "prior" not in told


def test_LC3_when_must_I_file_from_own_cases(clerk: Clerk) -> None:
    for number, (sent, done) in enumerate(
        [("2025-02-10", "2025-04-01"), ("2025-02-12", "2025-04-22"), ("2025-02-20", "2025-04-10"), ("2025-03-03", "2025-05-06"),
         ("2025-03-05", "2025-04-25"), ("2025-03-10", "2025-05-20"), ("2025-04-07", ""), ("2025-04-14", "")]
    ):  # fmt: skip
        id = f"A-{number}"
        clerk.run("apply", id, "--kind", "single", "--province", "Jiangxi", "--exporter", "Example Magnetics Ganzhou",
                  "--destination", "DE", "--quantity", "1", "--unit", "kg", "--on", "2025-02-03")  # fmt: skip
        clerk.run("submit", id, "--on", sent)
        if done:
            clerk.run("refuse", id, "--on", done)
    (told,) = clerk.rows("file-by", "--licence-by", "2025-10-15", "--province", "Jiangxi", "--destination", "DE", "--on", DAY)
    made = told["estimate"]
    assert told["cases"] == {"decided": 6, "waiting": 2}
    assert 30 < made["p50_days"] < made["p90_days"] < 120
    assert made["file_by_p50"] > made["file_by_p90"]
    assert made["like"] == 6
    spared = clerk.rows("file-by", "--licence-by", "2025-10-15", "--spare", "10", "--on", DAY)[0]
    assert spared["estimate"]["file_by_p50"] < made["file_by_p50"]
    # The second clock, of customs, is named; whether days are kept for it is said.
    assert "nothing is kept for it here (--spare)" in told["customs"]
    assert spared["customs"].startswith("10 working days are kept in hand for customs")
    # A day whose calendar is not held has no file-by day, and says so.
    beyond = clerk.rows("file-by", "--licence-by", "2027-02-01", "--on", DAY)[0]
    assert beyond["estimate"]["file_by_p90"] is None
    assert "2027 are not held" in beyond["estimate"]["p90_why"]


def test_LC3_a_prior_is_used_only_when_named_and_says_what_it_rests_on(clerk: Clerk) -> None:
    words = ("file-by", "--licence-by", "2025-12-01", "--prior", "eu-us-civil-2025-06")
    (told,) = clerk.rows(*words, "--on", DAY)
    assert told["estimate"]["rests_on"] == "the prior eu-us-civil-2025-06"
    assert (told["prior"]["standing"], told["prior"]["hindsight"]) == ("unverified", True)
    assert not clerk.rows(*words, "--on", "2025-07-02")[0]["prior"]["hindsight"]


def test_LC3_on_days_that_no_source_confirms_no_day_is_certain(clerk: Clerk) -> None:
    """The United Kingdom: days are counted and said to be unverified; no clock is held; old targets are told, and by whom."""
    for number, done in enumerate(("2025-03-14", "2025-03-19", "2025-03-25", "2025-04-02", "2025-04-10")):
        id = f"G-{number}"
        clerk.run("apply", id, "--authority", "GB", "--kind", "individual", "--exporter", "Example Sensors", "--destination", "IN",
                  "--quantity", "1", "--unit", "pcs", "--on", "2025-02-10")  # fmt: skip
        clerk.run("submit", id, "--on", "2025-02-17")
        clerk.run("refuse", id, "--on", done)
    words = ("file-by", "--authority", "GB", "--licence-by", "2025-10-15", "--on", DAY)
    (told,) = clerk.rows(*words)
    assert told["counted_on"] == {"calendar": "United Kingdom, bank holidays of England", "standing": "unverified"}
    assert told["estimate"]["file_by_p90"] < told["estimate"]["file_by_p50"]
    assert "clock" not in told
    assert [row["asked"] for row in told["public"]] == ["Export Control Organisation (UK), dashboard"]
    text = clerk.run(*words)
    assert "working days of United Kingdom, bank holidays of England are unverified: no day above is certain" in text
    assert "no clock of the law is held for GB" in text
    (union,) = clerk.rows("file-by", "--authority", "EU", "--licence-by", "2025-10-15", "--on", DAY)
    assert (union["estimate"], union["public"]) == (None, [])
    assert union["why"] == "no calendar of working days is held for EU, so no day can be said"


def test_what_a_licence_is_like_and_who_says_so(clerk: Clerk) -> None:
    def profiles(*words: str, code: int = 0) -> str:
        return clerk.bare("profiles", *words, code=code)

    text = profiles("--authority", "GB")
    assert "gb-siel (individual): Standard individual export licence" in text
    assert "valid for 24 months at most" in text
    assert "official; Notice to exporters 2024/01" in text
    assert "how long it is valid was not read" in text
    rows = [json.loads(row) for row in profiles("--format", "jsonl").splitlines()]
    assert {row["authority"] for row in rows} == {"CN", "US", "GB", "EU"}
    profiles("--authority", "JP", code=2)
    assert "held: CN, EU, GB, US" in clerk.err
    said = ("--authority", "GB", "--kind", "individual", "--holder", "Example Sensors", "--quantity", "5", "--unit", "pcs")
    clerk.run("grant", "--licence", "G-1", *said, "--from", "2025-06-10", "--until", "2027-06-10")
    assert "note" not in clerk.err
    clerk.run("grant", "--licence", "G-2", *said, "--from", "2025-06-10", "--until", "2027-06-11")
    assert "note: longer than 24 months" in clerk.err


def test_LC3_when_is_it_there_if_it_is_filed_now(clerk: Clerk) -> None:
    (told,) = clerk.rows("file-by", "--filed", "--on", DAY)
    assert (told["filed"], told["estimate"], told["clock"]["ends"]) == (DAY, None, "2025-08-12")
    (leaning,) = clerk.rows("file-by", "--filed", "--prior", "eu-us-civil-2025-06", "--on", DAY)
    made = leaning["estimate"]
    assert DAY < made["there_p50"] < made["there_p90"]
    # Turned round again: for that day, today is not too late.
    by = clerk.rows("file-by", "--licence-by", made["there_p90"], "--prior", "eu-us-civil-2025-06", "--on", DAY)[0]["estimate"]
    assert by["file_by_p90"] >= DAY
    (later,) = clerk.rows("file-by", "--filed", "--spare", "5", "--prior", "eu-us-civil-2025-06", "--on", DAY)
    assert later["estimate"]["there_p50"] > made["there_p50"]
    assert later["clock"]["ends"] == "2025-08-19"
    said = clerk.run("file-by", "--filed", "--prior", "eu-us-civil-2025-06", "--on", DAY)
    assert f"there by {made['there_p50']}" in said
    assert "it ends on 2025-08-12" in said
    for words in ((), ("--filed", "--licence-by", "2025-08-01")):
        clerk.run("file-by", *words, "--on", DAY, code=2)
        assert "GL0304" in clerk.err


def test_LC4_where_is_each_case(clerk: Clerk, tmp_path: Path) -> None:
    clerk.apply("A-7")
    clerk.apply("A-8", lines="L-02")
    clerk.apply("A-9", lines="L-08")
    for id in ("A-7", "A-8"):
        clerk.run("submit", id, "--on", "2025-06-12")
    clerk.run("return", "A-7", "--ground", "unsealed", "--office", "province", "--on", "2025-06-17")
    clerk.run("forward", "A-8", "--on", "2025-06-16")
    clerk.run("accept", "A-8", "--on", "2025-06-18")
    rows = {row["application"]: row for row in clerk.rows("applications", "--on", "2025-07-01")}
    assert {id: (row["stage"], row["move"], row["since"]) for id, row in rows.items()} == {
        "A-7": ("returned", "exporter", "2025-06-17"),
        "A-8": ("under_review", "ministry", "2025-06-18"),
        "A-9": ("drafted", "exporter, end user, importer", "2025-06-10"),
    }
    assert (rows["A-7"]["working_days"], rows["A-8"]["working_days"]) == (10, 9)
    assert rows["A-8"]["clock"] == "36 of 45 working days left (last day 2025-08-20)"
    # Days on which the clock was halted are not counted.
    clerk.run("halt", "A-8", "--on", "2025-07-01")
    assert clerk.rows("applications", "--stage", "halted", "--on", "2025-07-04")[0]["clock"] == "halted: no end can be said"
    clerk.run("proceed", "A-8", "--on", "2025-07-08")
    assert "last day 2025-08-27" in clerk.rows("applications", "--on", "2025-07-08")[1]["clock"]
    clerk.grant()
    clerk.run("award", "A-8", "--licence", "CN-6M-0042", "--on", "2025-09-01")
    last = clerk.rows("applications", "--on", "2025-09-02")[1]
    assert (last["stage"], last["licence"]) == ("granted", "CN-6M-0042")
    assert last["clock"] == "decided after 45 working days (last day 2025-08-27)"
    # What became of the licence: drawn in part, drawn, expired; as it was on the day that is asked about.
    clerk.run("draw", "--licence", "CN-6M-0042", "--quantity", "500", "--value", "40000", "--on", "2025-09-05", "--id", "D-1")
    clerk.run("draw", "--licence", "CN-6M-0042", "--quantity", "700", "--value", "56000", "--on", "2025-10-01", "--id", "D-2")
    came = {}
    for day in ("2025-09-02", "2025-09-05", "2025-10-01", "2025-12-01"):
        row = clerk.rows("applications", "--on", day)[1]
        came[day] = (row["licence_is"], row["licence_left"])
    assert came == {
        "2025-09-02": ("not drawn", ["1200 kg"]),
        "2025-09-05": ("drawn in part", ["700 kg"]),
        "2025-10-01": ("drawn", ["0 kg"]),
        "2025-12-01": ("expired", ["0 kg"]),
    }
    table = " ".join(clerk.run("applications", "--stage", "granted", "--on", "2025-10-01").split())
    assert "granted: CN-6M-" in table
    for name in ("board.xlsx", "board.json"):
        clerk.run("applications", "--on", "2025-09-02", "--out", str(tmp_path / name))
    assert len(json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))) == 3
    assert len(sheet(tmp_path / "board.xlsx")) == 3


def test_show_says_of_an_application_where_it_is_and_no_balance(clerk: Clerk) -> None:
    clerk.apply()
    clerk.run("submit", "A-7", "--on", "2025-06-12")
    text = clerk.run("show", "A-7", "--on", "2025-06-20", "--entries")
    assert text.splitlines()[:2] == [
        "A-7: at province since 2025-06-12; next move: province; 45 working days, not started",
        "  single, CN; Example Magnetics Ganzhou to Example Motors Michigan, DE",
    ]
    assert "submit/A-7/2025-06-12" in text
    assert "9999" not in text
    (told,) = clerk.rows("show", "A-7", "--on", "2025-06-20")
    assert (told["stage"], told["working_days"]) == ("at_province", 6)


def test_LC5_does_order_equal_licence_equal_declaration(clerk: Clerk, tmp_path: Path) -> None:
    clerk.grant(quantity="1180", value="94400")
    declared = tmp_path / "declared.csv"
    text = ORDERS.read_text(encoding="utf-8")
    head = text.splitlines()[0]
    line = next(one for one in text.splitlines() if one.startswith("L-04,"))
    line = line.replace("1200,kg,96000,USD", "1.2,t,96000,USD").replace("Example Antriebe GmbH", "ＥＸＡＭＰＬＥ antriebe gmbh")
    declared.write_text(f"{head}\n{line}\n", encoding="utf-8")
    words = ("compare", "CN-6M-0042", "--order", str(ORDERS), "--order-line", "L-04", "--declaration", str(declared))
    rows = {row["field"]: row for row in clerk.rows(*words, code=1)}
    assert rows["quantity"]["outcome"] == "differs"
    assert rows["quantity"]["words"] == "licence: 20 kg less than order; no tolerance is confirmed"
    assert (rows["price"]["outcome"], rows["value"]["outcome"]) == ("same", "differs")
    assert {name: rows[name]["outcome"] for name in ("consignee", "end_user", "exporter")} == dict.fromkeys(
        ("consignee", "end_user", "exporter"), "same"
    )
    assert rows["contract"]["outcome"] == "not_stated"


def test_LC7_may_a_licence_be_used_for_a_sister_company(clerk: Clerk) -> None:
    clerk.grant()
    (told,) = clerk.rows("transfer", "CN-6M-0042", "--to", "Example Antriebe Polska", code=1)
    assert told["answer"] == "no, not without prior consent"
    assert told["clause"]
    assert told["source"]
    assert "name Example Robots Inc. A sister" in clerk.run("transfer", "CN-6M-0042", "--to", "Example Robots Inc.", code=1)
    assert clerk.rows("transfer", "CN-6M-0042", "--to", "Example  Antriebe gmbh")[0]["answer"] == "named in the licence"


def test_LC8_is_this_customer_eligible_for_the_green_channel_or_a_general_licence(clerk: Clerk) -> None:
    rows = {row["procedure"]: row for row in clerk.rows("eligible")}
    assert rows["green_channel"]["criteria"] == "not published"
    clerk.apply()
    clerk.paper("programme")
    (row,) = clerk.rows("eligible", "general", "--application", "A-7")
    assert row["criteria"] == {"programme": "met", "record": "not met", "steady": "not met"}


def test_LC9_will_customs_stop_this_box_though_it_is_not_controlled_and_which_paper_avoids_it(clerk: Clerk) -> None:
    told = clerk.rows("inspections", str(ORDERS), "--on", DAY, code=1)
    rows = {row["line_id"]: row for row in told}
    ferrite = rows["L-01"]
    assert ferrite["verdict"] == "free"
    (heading,) = ferrite["inspections"]
    assert (heading["inspection"], heading["led_by"], heading["standing"]) == (
        "magnet_heading", ["the goods code hs:8505.19.1000"], "reported",
    )  # fmt: skip
    assert [paper["paper"] for paper in heading["papers"]] == ["composition", "safety"]
    assert heading["source"]
    # The word in the description leads to it under any heading; a motor from the United States is nobody's business here.
    assert {one["inspection"] for one in rows["L-08"]["inspections"]} == {"magnet_word", "rare_earth_word"}
    assert rows["L-13"]["inspections"] == rows["L-24"]["inspections"] == []
    clerk.folder.mkdir()
    (clerk.folder / "orders.csv").write_text(ORDERS.read_text(encoding="utf-8"), encoding="utf-8")
    text = clerk.run("inspections", "L-01", "--on", DAY, code=1)
    assert "FREE: needs no licence, and an inspection is to be expected all the same" in text
    assert "[ ] Composition report of a laboratory that customs accept / 成分检测报告" in text
    assert "leave the description as it is" in text
    assert "no inspection is reported" in clerk.run("inspections", "L-13", "--on", DAY)


def test_LC10_what_have_we_already_told_about_this_customer(clerk: Clerk) -> None:
    clerk.apply()
    clerk.paper("product", "--consent", "Example Motors Michigan, 6 June")
    clerk.run("disclose", "--to", "magnet tracking system", "--about", "Example Antriebe GmbH", "--what", "volumes, client name",
              "--sensitivity", "commercial", "--on", "2025-06-02")  # fmt: skip
    assert clerk.rows("disclosed", "--about", "Michigan") == []  # a draft was shown to nobody
    clerk.run("submit", "A-7", "--on", "2025-06-12")
    rows = clerk.rows("disclosed", "--about", "example motors")
    assert [(row["day"], row["to"], row["what"].split(":")[0]) for row in rows] == [
        ("2025-06-12", "province", "form"),
        ("2025-06-12", "province", "paper"),
    ]
    assert (rows[1]["sensitivity"], rows[1]["consent"]) == ("trade_secret", "Example Motors Michigan, 6 June")
    everything = clerk.rows("disclosed", "--about", "Antriebe")
    assert [row["to"] for row in everything] == ["magnet tracking system", "province", "province"]
    clerk.run("forward", "A-7", "--on", "2025-06-16")
    assert {row["to"] for row in clerk.rows("disclosed", "--about", "Antriebe", "--to", "ministry")} == {"ministry"}


def test_the_form_in_two_languages_as_xlsx_json_and_pdf(clerk: Clerk, tmp_path: Path) -> None:
    clerk.apply()
    for name in ("a.xlsx", "a.json", "a.pdf", "b.pdf"):
        clerk.run("form", "A-7", "--on", DAY, "--out", str(tmp_path / name))
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    rows = {row["field"]: row for row in told["form"]}
    assert (rows["end_user"]["中文"], rows["end_user"]["value"]) == ("最终用户", "Example Motors Michigan")
    assert rows["quantity"]["value"] == "1200"
    assert [row.cells["value"] for row in sheet(tmp_path / "a.xlsx") if row.cells["field"] == "contract"] == ["SO-7004"]
    pdf = (tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert pdf == (tmp_path / "b.pdf").read_bytes()


def test_the_calendar_of_cliffs(clerk: Clerk, tmp_path: Path) -> None:
    clerk.grant()
    clerk.run("reserve", "--licence", "CN-6M-0042", "--quantity", "400", "--value", "32000", "--on", DAY, "--id", "ORDER-7/1")
    clerk.apply()
    clerk.run("submit", "A-7", "--on", "2025-06-12")
    clerk.run("accept", "A-7", "--on", "2025-06-18")
    rows = clerk.rows("calendar", "--since", DAY)
    assert [(row["day"], row["what"], row["licence"]) for row in rows] == [
        ("2025-08-20", "application_clock", "A-7"),
        ("2025-12-01", "licence_ends", "CN-6M-0042"),
        ("2025-12-01", "reservation_lapses", "CN-6M-0042"),
    ]
    assert rows[1]["words"] == "800 kg left, 400 kg reserved"
    for name in ("a.ics", "b.ics"):
        clerk.run("calendar", "--since", DAY, "--out", str(tmp_path / name))
    raw = (tmp_path / "a.ics").read_bytes()
    assert raw == (tmp_path / "b.ics").read_bytes()
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert [str(one["summary"]) for one in events] == [f"{row['licence']}: {row['what'].replace('_', ' ')}" for row in rows]
    clerk.run("register", "--out", str(tmp_path / "register.xlsx"))
    assert [row.cells["licence"] for row in sheet(tmp_path / "register.xlsx")] == ["CN-6M-0042"]  # no application is a licence
    clerk.run("verify")
