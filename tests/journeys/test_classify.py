"""A clerk has goods and no codes: greenlane classify proposes, for one description and for a file."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from greenlane import wiring
from greenlane.cli.main import cli
from greenlane.decide.classify import NOTE
from greenlane.errors import FileError, LineError, UsageError
from greenlane.wiring import classifying
from tests.decide.real import RULES, real_base

Case = tuple[str, str, str, str, str]  # description, contains, attrs; where the goods lie; the entry (`|`: any of these)
# Written while the words were collected.
THIRTY: tuple[Case, ...] = (
    ("sintered NdFeB segment, 3 % Dy", "", "", "8505.11", "cn:1C905.a.4"),
    ("NdFeB arc magnets with terbium", "", "", "8505.11", "cn:1C904.a.4"),
    ("SmCo ring magnet", "Sm:25%;Co:50%", "", "8505.11", "cn:1C902.a.4"),
    ("ferrite magnet segments for speakers", "", "", "8505.19", ""),
    ("烧结钕铁硼磁体, 含镝3%", "", "", "8505.11", "cn:1C905.a.4"),
    ("氧化镝", "", "", "2846.90", "cn:1C905.b"),
    ("dysprosium metal, 99.9 % Dy", "", "", "2805.30", "cn:1C905.a.1"),
    ("yttrium oxide powder", "", "", "2846.90", "cn:1C908.b"),
    ("scandium aluminium alloy", "Sc:2%;Al:98%", "form=alloy", "7601|2805.30|76", "cn:1C907.a.2.a"),
    ("terbium sputtering target", "", "", "3824.99|8486.90", "cn:1C904.a.3.a"),
    ("gallium metal ingots", "", "", "8112.92", "cn:3C001.a"),
    ("gallium nitride wafers", "", "", "2850|3818", "cn:3C001.b"),
    ("germanium dioxide powder", "", "", "2825.60", "cn:3C002.e"),
    ("antimony trioxide, purity 99.99 %", "", "", "2825.80", "cn:3C003.c"),
    ("三氧化二锑", "", "", "2825.80", "cn:3C003.c"),
    ("isostatic graphite block 1.85 g/cm3 40 MPa", "", "", "3801", "cn-2023-039/artificial"),
    ("natural flake graphite", "", "", "2504", "cn-2023-039/natural"),
    ("spherical graphite for anodes", "", "", "2504|3801", "cn-2023-039/natural"),
    ("tungsten carbide powder", "", "", "2849", "cn:1C117.d"),
    ("trimethyl indium", "", "", "2931", "cn:3C004.b"),
    ("lithium iron phosphate cathode powder", "", "", "2835|2842", "cn:3C901.a.1"),
    ("lithium-ion battery pack 310 Wh/kg", "", "", "8507.60", "cn:3A001"),
    ("synthetic diamond micropowder 20 um", "", "", "7105", "cn:2C902.a"),
    ("GPU accelerator card, TPP 5200", "", "performance_density=6.1", "8473|8471|8542", "eccn:3A090.a"),
    ("high bandwidth memory stack HBM3", "", "", "8542", "eccn:3A090.c"),
    ("EDA software licence for chip design", "", "form=eda_software", "8523", "eccn:3D991"),
    ("turbofan jet engine of an airliner", "", "", "8411.12", "eccn:9A991"),
    ("liquefied ethane cargo", "", "", "2901.10|2711", "us-letter-2025-05-ethane/ethane"),
    ("hydraulic fluid for presses", "", "", "3819", "eccn:1C006"),
    ("drone flight controller and motor set for quadcopter", "", "", "8806|8807", "cn-2026-034"),
)  # fmt: skip
# Written afterwards, to see how it does with goods that nobody had in mind.
TWELVE: tuple[Case, ...] = (
    ("holmium copper alloy target", "", "", "8486.90|3824.99", "cn:1C909.a"),
    ("bismuth germanate crystals", "", "", "2841|2842", "cn:6C001"),
    ("diamond wire saw for wafers", "", "", "8202|7326|7317", "cn:2C902.c"),
    ("molybdenum powder 30 um", "Mo:99%", "", "8102", "cn:1C117.b"),
    ("ytterbium fluoride compounds", "", "", "2846", "cn:1C913.c"),
    ("cadmium zinc telluride detector crystals", "", "", "2842|2853|3818", "cn:6C002"),
    ("indium phosphide wafers", "", "", "2853|3818", "cn:3C004.a"),
    ("H20 GPU", "", "", "8542|8473|8471", "us-letter-2025-04-09-h20|eccn:3A090"),
    ("CNC machining centre", "", "", "8457", "eccn:2B991|eccn:2B992|us-letter-2025-06"),
    ("photoresist for wafer fabs", "", "", "3707", "eccn:1C350|eccn:1C992"),
    ("tellurium ingots", "", "", "2804.50", "cn:6C002"),
    ("samarium cobalt alloy powder", "", "", "2805.30|8105", "cn:1C902.a.2.a"),
)  # fmt: skip
HTS = Path(__file__).parents[3] / "shared" / "data" / "us-hts-2025" / "hts_2025_basic_edition.csv.gz"
VERDICTS = ("licence_required", "presumption_of_denial", "cannot_say", "verdict", "lane", "codes", "expect")


@pytest.fixture(autouse=True)
def _read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base of the repository is read once for all runs of this file."""
    monkeypatch.setattr(wiring, "load_rules", lambda *_, **__: real_base())


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["classify", *words], standalone_mode=False)


def record(*words: str) -> dict[str, Any]:
    result = run(*words, "--format", "jsonl")
    assert result.exception is None, result.exception
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def hits(cases: tuple[Case, ...], schedule: Path | None, desk: Path) -> tuple[list[str], list[str]]:
    """The descriptions whose heading, and those whose entry, is not among the first five."""
    classifier = classifying.open_classifier(real_base(), folder=RULES, schedule=schedule, desk=desk)
    heading, entry = [], []
    for description, contains, attrs, goods, control in cases:
        cells = {"line_id": "L", "description": description, "contains": contains, "attrs": attrs}
        found = classifier.propose(classifying.goods_line({name: text for name, text in cells.items() if text}))
        codes = [one.code.partition(":")[2] for one in found.goods_codes]
        if not any(code.startswith(wanted) for code in codes for wanted in goods.split("|")):
            heading.append(description)
        entries = [one.code or one.measures[0] for one in found.control_codes]
        if control and not any(one.startswith(wanted) for one in entries for wanted in control.split("|")):
            entry.append(description)
    return heading, entry


def test_the_right_heading_and_entry_are_among_the_first_five(tmp_path: Path) -> None:
    assert hits(THIRTY, None, tmp_path) == ([], [])


def test_of_goods_nobody_had_in_mind_the_entry_is_among_the_first_five_and_most_headings(tmp_path: Path) -> None:
    heading, entry = hits(TWELVE, None, tmp_path)
    assert len(heading) <= 2
    assert len(entry) <= 1


@pytest.mark.skipif(not HTS.is_file(), reason="the tariff schedule of 2025 is not beside this checkout (../shared/data)")
def test_with_the_whole_tariff_to_choose_from_it_is_hardly_worse(tmp_path: Path) -> None:
    heading, entry = hits(THIRTY, HTS, tmp_path)
    assert len(heading) <= 1
    assert entry == []
    assert [path.suffix for path in (tmp_path / ".greenlane" / "schedules").iterdir()] == [".index"]


def test_it_says_once_that_it_only_proposes() -> None:
    text = run("sintered NdFeB segment, 3 % Dy").stdout
    assert text.count(NOTE) == 1
    assert "cn:1C905.a.4" in text
    assert "[all it asks for is said]" in text


def test_no_proposal_says_so_and_what_to_give() -> None:
    text = run("spare part for machine").stdout
    assert "no proposal" in text
    assert "--contains" in text


def test_no_key_of_a_record_can_be_taken_for_an_answer() -> None:
    found = record("NdFeB magnet, 3 % Dy")
    assert set(VERDICTS).isdisjoint(found)
    for one in (*found["goods_codes"], *found["control_codes"]):
        assert set(VERDICTS).isdisjoint(one)
        assert set(one) == {"rank", "proposed_code", "title", "basis", "evidence", "measures"}
    assert found["note"] == NOTE


def test_a_file_gets_a_table_of_proposals_and_keeps_its_codes_to_itself(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text(
        "line_id,description,contains,codes,note\n"
        "A-1,sintered NdFeB segment,Dy:3%,,keep\n"
        "A-2,spare part for machine,,,\n"
        "A-3,turbofan jet engine,,hs:8411,\n",
        encoding="utf-8",
    )
    out = tmp_path / "proposals.csv"
    result = run("--file", str(items), "--out", str(out))
    assert (result.exception, result.return_value) == (None, 0)
    assert NOTE in result.stderr
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))
    assert "codes" not in rows[0]
    assert {row["line_id"] for row in rows} == {"A-1", "A-2", "A-3"}
    assert [row["kind"] for row in rows if row["line_id"] == "A-2"] == ["none"]
    first = next(row for row in rows if row["line_id"] == "A-1" and row["kind"] == "control_code")
    assert (first["proposed_code"], first["rank"], first["basis"]) == ("cn:1C905.a.4", "1", "fits")
    assert all(
        row["proposed_code"].startswith(("hs:8411", "hts:8411"))
        for row in rows
        if row["line_id"] == "A-3" and row["kind"] == "goods_code"
    )


def test_a_table_of_proposals_cannot_be_decided(tmp_path: Path) -> None:
    items, out = tmp_path / "items.csv", tmp_path / "proposals.csv"
    items.write_text("line_id,description\nA-1,NdFeB magnet with 3 % Dy\n", encoding="utf-8")
    run("--file", str(items), "--out", str(out))
    result = CliRunner().invoke(cli, ["decide", str(out), "--on", "2025-06-10", "--no-record"], standalone_mode=False)
    assert isinstance(result.exception, FileError)  # no ship_from, no ship_to


def test_bad_rows_are_named_and_the_rest_is_answered(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("line_id,description,contains\nA-1,magnet,Dy:3\nA-2,ethane,\n", encoding="utf-8")
    result = run("--file", str(items), "--format", "jsonl")
    assert result.return_value == 1
    assert [json.loads(line)["line_id"] for line in result.stdout.splitlines()] == ["A-2"]
    assert "GL0105" in result.stderr
    assert "1 rejected" in result.stderr


def test_every_format_of_a_file(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("line_id,description\nA-1,NdFeB magnet with 3 % Dy\nA-2,ethane\n", encoding="utf-8")
    for ending in ("csv", "jsonl", "xlsx", "parquet"):
        first, second = tmp_path / f"1.{ending}", tmp_path / f"2.{ending}"
        for out in (first, second):
            assert run("--file", str(items), "--out", str(out)).return_value == 0
        assert first.read_bytes() == second.read_bytes()
    text = run("--file", str(items)).stdout
    assert text.count(NOTE) == 1
    assert text.index("A-1: ") < text.index("A-2: ")
    assert run("--file", str(items), "--format", "csv").stdout == (tmp_path / "1.csv").read_text(encoding="utf-8")


def test_a_schedule_is_searched_and_its_index_kept(tmp_path: Path) -> None:
    schedule = tmp_path / "hs.csv.gz"
    others = "".join(f"62{number:02},Other clothes number {number},62\n" for number in range(1, 20))
    text = f"hscode,description,parent\n6109,T-shirts; knitted or crocheted,61\n610910,T-shirts; of cotton,6109\n{others}"
    schedule.write_bytes(gzip.compress(text.encode()))
    words = ("cotton t-shirts", "--schedule", str(schedule), "--desk", str(tmp_path))
    first = record(*words)
    assert first["goods_codes"][0]["proposed_code"] == "hs:6109.10"
    assert first["goods_codes"][0]["title"] == "T-shirts; knitted or crocheted: T-shirts; of cotton"
    assert record(*words) == first
    assert len(list((tmp_path / ".greenlane" / "schedules").iterdir())) == 1


@pytest.mark.parametrize(
    ("words", "error", "says"),
    [
        ((), UsageError, "nothing is said"),
        (("x", "--file", "y.csv"), UsageError, "--file takes its goods from the file"),
        (("x", "--contains", "Dy:3"), LineError, "--contains"),
        (("x", "--codes", "8505"), LineError, "--codes"),
        (("x", "--format", "xlsx"), UsageError, "needs a file"),
        (("x", "--format", "table", "--out", "y.csv"), UsageError, "for the screen"),
        (("x", "--schedule", "none.csv"), FileError, "cannot be read"),
        (("--file", "none.csv"), FileError, "none.csv"),
    ],
)
def test_what_cannot_be_asked_so(words: tuple[str, ...], error: type[Exception], says: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, error)
    assert says in str(result.exception)
