"""Schedules of duty: the notation, the rows in time, the codes above and beneath, and what is refused with its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.errors import RuleError
from greenlane.law.rates import UNITS, Defaults, Rate, Schedule, read_schedule
from greenlane.terms.periods import Asked, Bound, Moment
from greenlane.terms.sources import Source

ZONE = ZoneInfo("America/New_York")
SOURCE = Source("s", "Invented", None, "data")
START = Bound.read("2025-01-01", ZONE)
DEFAULTS = Defaults(START, START, SOURCE, {"s": SOURCE}, ZONE)


def schedule(text: str, *, whole: bool = False) -> Schedule:
    return read_schedule(text, file="us/x/rates.csv", scheme="hts", whole=whole, defaults=DEFAULTS)


def rate_of(table: Schedule, code: str, day: str, known_by: str = "") -> str | None:
    found = table.above(code, Moment.of_day(date.fromisoformat(day)), Asked.read(known_by or day))
    return None if found is None else str(found.entry.rate)


@pytest.mark.parametrize(
    ("text", "percent", "specific"),
    [
        ("0", "0", []),
        ("2.1", "2.1", []),
        ("4.4 c/kg", "0", [("0.044", "kg")]),
        ("1.03 usd/kg", "0", [("1.03", "kg")]),
        ("1.5 c/no + 3", "3", [("0.015", "no")]),
        ("3 c/l + 22 c/kg + 5", "5", [("0.03", "l"), ("0.22", "kg")]),
    ],
)
def test_the_notation(text: str, percent: str, specific: list[tuple[str, str]]) -> None:
    rate = Rate.parse(text)
    assert rate.percent == Decimal(percent)
    assert [(str(one.usd), one.unit) for one in rate.specific] == specific


@pytest.mark.parametrize(
    "text", ["", "2,1", "-1", "2.1 %", "free", "4.4 c/ton", "c/kg", "3 + 4", "1e5", "4.4c/kg", "3 + ", "unread + 3"]
)
def test_what_is_not_a_rate(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        Rate.parse(text)


@given(st.decimals(0, 999, places=4), st.sampled_from(UNITS), st.decimals(0, 99, places=2))
def test_a_rate_is_written_as_it_is_read(money: Decimal, unit: str, percent: Decimal) -> None:
    rate = Rate.parse(f"{money:f} usd/{unit} + {percent:f}")
    assert (rate.specific[0].usd, rate.specific[0].unit, rate.percent) == (money, unit, percent)


def test_a_longer_code_inherits_and_the_longest_row_counts() -> None:
    table = schedule("code,rate\n85051100,2.1\n8505110070,0\n")
    assert rate_of(table, "8505110050", "2025-06-01") == "2.1 %"
    assert rate_of(table, "8505110070", "2025-06-01") == "0 %"
    assert rate_of(table, "8505", "2025-06-01") is None
    assert table.beneath("8505") == ("85051100", "8505110070")
    assert table.beneath("85051100") == ("8505110070",)
    assert table.beneath("8506") == ()


def test_rows_in_time_and_in_knowledge() -> None:
    table = schedule(
        "code,rate,from,until,known_since,until_known_since\n"
        "85076000,7.5,,2026-01-01T00:01-05:00,,2024-09-18\n"
        "85076000,25,2026-01-01T00:01-05:00,,2024-09-18,\n"
    )
    assert rate_of(table, "85076000", "2024-12-31") is None
    assert rate_of(table, "85076000", "2025-12-31") == "7.5 %"
    assert rate_of(table, "85076000", "2026-01-01") == "25 %"
    assert rate_of(table, "85076000", "2026-01-01", "2025-01-01") == "25 %"
    assert table.bounds == {START, Bound.read("2026-01-01T00:01-05:00", ZONE)}


def test_a_row_without_its_own_row_falls_back_to_the_code_above() -> None:
    table = schedule("code,rate,from\n85051100,2.1,\n8505110070,25,2026-01-01\n")
    assert rate_of(table, "8505110070", "2025-12-31") == "2.1 %"
    assert rate_of(table, "8505110070", "2026-01-01") == "25 %"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("codes,rate\n1,2\n", 1, None),
        ("code,rate,colour\n85051100,2,red\n", 1, None),
        ("code,rate\n8505.11.00,2\n", 2, "code"),
        ("code,rate\n850,2\n", 2, "code"),
        ("code,rate\n85051100,2\n85051200,2 %\n", 3, "rate"),
        ("code,rate\n85051100,2,3\n", 2, None),
        ("code,rate\n85051100\n", 2, "rate"),
        ("code,rate\n85051100,2\n85051100,3\n", 3, "code"),
        ("code,rate,from,until\n85051100,2,2025-02-01,2025-01-01\n", 2, "until"),
        ("code,rate,from\n85051100,2,1 May\n", 2, "from"),
        ("code,rate,source\n85051100,2,nobody\n", 2, "source"),
        ("code,rate,branches\n85051100,2,a:1\n", 2, "branches"),
        ("code,rate,branches\n85051100,unknown,a=1\n", 2, "branches"),
        ("code,rate\n\n85051100,2\n", 2, None),
        ("code,rate\n", None, None),
        ("code,rate\n85051100,2\n" + "９９990000,2\n", 3, "code"),
    ],
)
def test_what_is_refused_says_where(text: str, line: int | None, column: str | None) -> None:
    with pytest.raises(RuleError) as caught:
        schedule(text)
    assert caught.value.code == "GL0209"
    assert caught.value.at is not None
    assert (caught.value.at.file, caught.value.at.line, caught.value.at.column) == ("us/x/rates.csv", line, column)
