"""The duties of two hundred tariff lines, against a plain sum from the source tables themselves.

The sum here is written for itself: a schedule as CSV, the text of chapter 99 cut at its own words, lists and dates as constants.
It knows nothing of measures, lifts or lines. Where the engine gives a rate, it must be this one.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

from greenlane.decide.evaluate import decide
from greenlane.decide.line import Row, read_line
from greenlane.terms.periods import Asked
from tests.decide.real import real_base

HOMES = [parent / "shared" for parent in Path(__file__).resolve().parents if (parent / "shared" / "data").is_dir()]
pytestmark = pytest.mark.skipif(not HOMES, reason="the source tables lie in ../shared, which is not part of the project")

SEED, LINES = 20_261_010, 200
DAYS = (
    "2025-01-01", "2025-01-02", "2025-02-03", "2025-02-04", "2025-03-03", "2025-03-04", "2025-04-04", "2025-04-05", "2025-04-08",
    "2025-04-12", "2025-05-13", "2025-05-14", "2025-08-12", "2025-09-07", "2025-09-08", "2025-11-09", "2025-11-10", "2025-11-12",
    "2025-11-14", "2025-12-31", "2026-01-01", "2026-02-23", "2026-02-24", "2026-07-23", "2026-07-24", "2026-10-10",
)  # fmt: skip
FENTANYL = (("2025-02-04", 10), ("2025-03-04", 20), ("2025-11-10", 10), ("2026-02-24", 0))
RECIPROCAL = (("2025-04-05", 10), ("2025-04-09", 84), ("2025-04-10", 125), ("2025-05-14", 10), ("2026-02-24", 0))
SURCHARGE = (("2026-02-24", 10), ("2026-07-24", 0))
RAISED_2026 = {"25041010": "0", "25041050": "0", "25049000": "0", "85051100": "0", "85076000": "7.5"}
BY_DESCRIPTION = (
    "29319090", "85176200", "940161", "940169", "940171", "940179", "940180", "940370", "49019900", "63079098", "84261900", "90183",
    "87163900", "87169030", "87169050",
)  # fmt: skip
FERTILIZER_OLD = ("31042000", "31043000", "31049001", "31051000", "31052000", "31056000")
SEPTEMBER = (
    "25041010", "26040000", "26090000", "26122000", "26139000", "28254000", "28332400", "29035110", "29242901", "29242903",
    "29242923", "29242926", "29242928", "29242933", "29242957", "29242980", "29269050", "29332905", "29332960", "47031100",
    "47032100", "47032900", "71081100", "71081250", "71081310", "71081355", "71081370", "71082000", "71159005", "71159030",
    "72026000", "75011000", "75021000", "75022000", "75030000", "75040000", "79039030", "8505110070", "85414100",
)  # fmt: skip
UNTIL_SEPTEMBER = ("28183000", "38249993", "39072900", "39073000", "39076100", "39076900", "39079950", "39100000")


@cache
def chapter_99() -> str:
    path = HOMES[0] / "data" / "us-tariff-layers" / "chapter99_2026_rev_6.txt.gz"
    return gzip.decompress(path.read_bytes()).decode("latin-1")


def printed(start: str, end: str, *, short: bool = False) -> frozenset[str]:
    """The codes printed between two phrases of the text, on lines that hold nothing but codes."""
    text = chapter_99()
    begin = text.index(start)
    block = text[begin : text.index(end, begin + len(start))]
    size = r"\d{4}(?:\.\d{2}(?:\.\d{2}(?:\.?\d{2})?)?)?" if short else r"\d{4}\.\d{2}\.\d{2}(?:\.?\d{2})?"
    lines = (line.replace("U.S. Notes (con.)", "") for line in block.splitlines())
    codes = {code for line in lines if re.fullmatch(r"[\d.\s]+", line) for code in re.findall(rf"(?<![\d.]){size}(?![\d.])", line)}
    return frozenset(code.replace(".", "") for code in codes)


@cache
def lists() -> dict[str, str]:
    """Eight digits to the percent of Section 301 at the end of 2025."""
    found: dict[str, str] = {}
    for start, end, rate in (
        ("20. (a)  For the purposes of heading 9903.88.01", "(c) For the purposes of heading 9903.88.02", "25"),
        ("(c) For the purposes of heading 9903.88.02", "(e) For the purposes of heading 9903.88.03", "25"),
        ("(e) For the purposes of heading 9903.88.03", "(g) For the purposes of heading 9903.88.04", "25"),
        ("(i) all products of China that are classified in the following 8-digit subheadings: [Compiler's note: numbers in this",
         "1. Other printed books", "7.5"),
        ("(b) Heading 9903.91.01 applies", "(c) Heading 9903.91.02 applies", "25"),
    ):  # fmt: skip
        found.update(dict.fromkeys(printed(start, end), rate))
    numbered = re.compile(r"\(\d+\) (\d{4}\.\d{2}\.\d{2})")
    text = chapter_99()
    for start, end, rate in (
        ("(c) Heading 9903.91.02 applies", "(d) Heading 9903.91.03 applies", "50"),
        ("(d) Heading 9903.91.03 applies", "(e) Heading 9903.91.04 applies", "100"),
        ("(i) Heading 9903.91.05 applies", "(ii) The additional rate of duty under heading 9903.91.05", "50"),
        ("(j) Heading 9903.91.11 applies", "(i) Heading 9903.91.12 applies", "25"),
    ):
        begin = text.index(start)
        found.update(dict.fromkeys((c.replace(".", "") for c in numbered.findall(text[begin : text.index(end, begin)])), rate))
    found["40151210"] = "50"
    return found


@cache
def schedule() -> dict[str, str]:
    path = HOMES[0] / "data" / "us-hts-2025" / "hts_2025_basic_edition.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        rows = [(row["HTS Number"].replace(".", ""), row["General Rate of Duty"].strip()) for row in csv.DictReader(stream)]
    return {number[:8]: rate for number, rate in rows if number and rate and number[:2] < "98"}


def at(steps: tuple[tuple[str, int], ...], day: str) -> Decimal:
    return Decimal(next((rate for start, rate in reversed(steps) if start <= day), 0))


def within(code: str, codes: frozenset[str] | tuple[str, ...]) -> bool:
    return any(code[:size] in codes for size in (4, 6, 8, 10))


def exempt_from_reciprocal(code: str, day: str) -> bool | None:
    listed = within(code, printed("(a) As provided for in heading 9903.01.32", "(b) As provided", short=True))
    if code[:2] == "44":
        return None  # wood left the list at a time that the text does not tell
    if within(code, UNTIL_SEPTEMBER):
        return day < "2025-09-08"
    if not listed:
        return False
    if within(code, SEPTEMBER):
        return day >= "2025-09-08"
    farm = code[:2] <= "24" and code[:8] != "05080000"
    fertilizer = code[:2] == "31" and code[:8] not in FERTILIZER_OLD
    if farm or fertilizer:
        return day >= "2025-11-13"
    return not ("8471" <= code[:4] <= "8542" and day < "2025-04-11") or code[:2] not in ("84", "85")


def naive(code: str, day: str) -> Decimal | None:
    """The duty without the forced-labour layer, or None where these tables do not tell it."""
    base = schedule()[code[:8]]
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", base)
    if base != "Free" and found is None:
        return None
    if code.startswith(BY_DESCRIPTION):
        return None
    total = Decimal(0) if found is None else Decimal(found[1])
    listed = lists().get(code[:8], "0")
    if code[:8] in RAISED_2026:
        listed = "25" if day >= "2026-01-01" else RAISED_2026[code[:8]]
        if code[:8] == "85076000" and day < "2026-01-01":
            return None  # batteries for vehicles paid 25
    if code[:8] == "40151210" and day >= "2026-01-01":
        listed = "100"
    total += Decimal(listed) + at(FENTANYL, day)
    freed = exempt_from_reciprocal(code, day)
    if freed is None and at(RECIPROCAL, day):
        return None
    if not freed:
        total += at(RECIPROCAL, day)
    surcharge = printed("(ii) As provided in heading 9903.03.03", "(iii) As provided in heading 9903.03.04")
    if not within(code, surcharge):
        total += at(SURCHARGE, day)
    return total


def sample() -> list[str]:
    codes = sorted(schedule())
    chosen = random.Random(SEED).sample(codes, LINES - 8)
    return [*chosen, "8505110050", "8505110070", "85051910", "28053000", "28469080", "85423100", "84713001", "27090010"]


def test_every_rate_the_engine_gives_is_the_plain_sum() -> None:
    base, told, compared, wrong = real_base(), 0, 0, []
    for number, code in enumerate(sample()):
        for day in (DAYS[(number * 5 + turn) % len(DAYS)] for turn in range(6)):
            cells = {
                "line_id": "x",
                "ship_from": "CN",
                "ship_to": "US",
                "origin": "CN",
                "activity": "import",
                "codes": f"hts:{code}",
            }
            line, _ = read_line(Row(cells, "x", 1))
            assert line is not None
            duty = decide(line, base, on=Asked.of(date.fromisoformat(day)), look_ahead=False).duty
            assert duty is not None
            compared += 1
            want = naive(code, day)
            if duty.rate is None or want is None:
                continue
            told += 1
            labour = sum(
                (one.rate or Decimal(0) for one in duty.layers if one.measure.layer == "section_301_forced_labor"), Decimal(0)
            )
            assert labour in (0, Decimal("12.5"))
            assert not labour or day >= "2026-07-24"
            programme = any(one.measure.layer == "section_232" for one in duty.layers)
            if not programme and duty.rate - labour != want:
                wrong.append((code, day, duty.rate - labour, want))
    assert not wrong, wrong
    assert told > compared * 0.6, f"{told} of {compared} compared"


def test_the_exempt_list_of_the_forced_labour_duty_holds_what_the_facts_name() -> None:
    facts = yaml.safe_load((HOMES[0] / "facts" / "us.yaml").read_text(encoding="utf-8"))
    [entry] = [one for one in facts["tariffs"] if one["id"] == "us-tariff-301-forced-labor"]
    told = entry["listed_for_this_story"]
    names = [name for key, many in told.items() if key != "not_listed" for name in many]
    plain = re.compile(r"\d{4}(\.\d{2}(\.\d{2,4})?)?\Z")
    group = real_base().groups["us-forced-labor-52b"]
    held = {member.value.removeprefix("hts:").replace(".", "") for member in group.members}
    for name in (one for one in names if plain.match(one)):
        assert name.replace(".", "") in held, name
    for name in told["not_listed"]:
        assert not any(one.startswith(name.replace(".", "")) for one in held), name


def test_the_worked_examples_of_the_facts() -> None:
    facts = yaml.safe_load((HOMES[0] / "facts" / "us.yaml").read_text(encoding="utf-8"))
    tried = 0
    for name, rows in facts["duty_worked_examples_china_origin"].items():
        if not isinstance(rows, list):
            continue
        code = name.split()[0].replace(".", "")
        for row in rows:
            cells = {
                "line_id": "x",
                "ship_from": "CN",
                "ship_to": "US",
                "origin": "CN",
                "activity": "import",
                "codes": f"hts:{code}",
            }
            line, _ = read_line(Row(cells, "x", 1))
            assert line is not None
            duty = decide(line, real_base(), on=Asked.read(row["from"]), look_ahead=False).duty
            assert duty is not None
            assert duty.rate == Decimal(str(row["ad_valorem_total"])), (name, row["from"])
            tried += 1
    assert tried == 33
