"""Working days: what is held is counted, what is not held is said."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from greenlane.errors import UsageError
from greenlane.feeds.practice import load
from greenlane.terms.sources import Standing

ROOT = Path(__file__).resolve().parents[2]
PRACTICE = load(ROOT / "rules")
CHINA = PRACTICE.calendars["CN"]
FACTS = ROOT / ".." / "shared" / "facts" / "calendars.yaml"


def test_a_swapped_sunday_is_worked_and_a_holiday_is_not() -> None:
    assert CHINA.works(date(2025, 1, 26))
    assert CHINA.works(date(2026, 2, 14))
    assert not CHINA.works(date(2025, 10, 8))
    assert not CHINA.works(date(2025, 6, 2))
    assert CHINA.works(date(2025, 6, 3))


def test_a_year_that_is_not_held_is_said_and_never_guessed() -> None:
    clock = PRACTICE.clock("CN")
    assert clock is not None
    with pytest.raises(UsageError, match="in 2027 are not held") as refused:
        clock.end(date(2026, 11, 20), CHINA)
    assert (refused.value.code, refused.value.hint) == ("GL0731", "held: 2025, 2026; nothing is computed beyond them")
    with pytest.raises(UsageError, match="in 2024 are not held"):
        CHINA.before(date(2025, 1, 10), 45)


@pytest.mark.skipif(not FACTS.exists(), reason="the researched facts are not beside this clone")
def test_the_45_working_days_are_those_of_the_facts() -> None:
    told = yaml.load(FACTS.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)["china_45_working_days"]["worked_examples"]
    clock = PRACTICE.clock("CN")
    assert clock is not None
    held = [one for one in told if "doubt" not in one]
    assert len(held) >= 9
    for one in held:
        start, end = date.fromisoformat(one["accepted"]), clock.end(date.fromisoformat(one["accepted"]), CHINA)
        assert (end.isoformat(), (end - start).days) == (one["day_45"], int(one["calendar_days"]))


def test_a_us_clock_runs_through_holidays() -> None:
    clock = PRACTICE.clock("US")
    assert clock is not None
    assert clock.end(date(2025, 9, 1), PRACTICE.calendars["US"]) == date(2025, 11, 30)
    assert clock.latest(date(2030, 1, 1), None) == date(2029, 10, 3)


def test_the_days_of_the_united_kingdom_are_counted_and_said_to_be_unverified() -> None:
    kingdom = PRACTICE.calendars["GB"]
    assert not kingdom.works(date(2025, 4, 18))
    assert not kingdom.works(date(2026, 12, 28))
    assert kingdom.works(date(2026, 12, 29))
    assert kingdom.after(date(2025, 12, 23), 3) == date(2025, 12, 30)
    assert kingdom.standing(date(2025, 1, 1), date(2026, 12, 31)) is Standing.UNVERIFIED
    assert CHINA.standing(date(2025, 1, 1), date(2026, 12, 31)) is Standing.REPORTED
    assert CHINA.standing(date(2027, 1, 1), date(2027, 12, 31)) is Standing.UNVERIFIED  # not held
    assert PRACTICE.clock("GB") is None
    assert "EU" not in PRACTICE.calendars


def test_how_long_a_licence_is_valid_at_most_where_somebody_says_so() -> None:
    assert {(one.authority, kind) for one in PRACTICE.profiles for kind in one.kinds if one.months} == {
        ("CN", "single"), ("CN", "general"), ("GB", "individual"), ("EU", "individual"),
    }  # fmt: skip
    found = PRACTICE.longest("GB", "individual")
    assert found is not None
    assert (found.months, found.standing) == (24, Standing.OFFICIAL)
    assert PRACTICE.longest("EU", "individual") is None  # of one of the two nobody says how long
    assert PRACTICE.longest("US", "individual") is None


@given(day=st.dates(date(2025, 6, 1), date(2026, 9, 1)), count=st.integers(1, 60))
def test_before_is_the_last_day_from_which_the_count_fits(day: date, count: int) -> None:
    start = CHINA.before(day, count)
    end = CHINA.after(start, count)
    assert end <= day < CHINA.after(start + timedelta(days=1), count)
    assert CHINA.between(start, end) == count
