from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenlane.terms.periods import Asked, Bound, Moment, Period, day_before, read_day, read_instant, read_zone

BEIJING = read_zone("Asia/Shanghai")
EASTERN = read_zone("America/New_York")
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
INSTANTS = st.builds(datetime.combine, DAYS, CLOCKS, OFFSETS)


def at(text: str) -> Moment:
    asked = Asked.read(text)
    return asked.moments(frozenset())[0]


def bound(text: str, zone: str = "Asia/Shanghai") -> Bound:
    return Bound.read(text, read_zone(zone))


@pytest.mark.parametrize(
    "text",
    [
        "2025-4-4",
        "2025-02-30",
        "20250404",
        "2025-04-04 ",
        "04.04.2025",
        "",
        "2025-04-04T12:01",
        "2025-13-01",
        "today",
        "２０２５-04-04T",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a day|month|day is out of range|day of month|must be in"):
        read_day(text)


@pytest.mark.parametrize(
    "text", ["2025-04-10T12:01", "2025-04-10 12:01+08:00", "2025-04-10", "2025-04-10T25:00Z", "2025-04-10T12:61Z"]
)
def test_an_instant_needs_minutes_and_an_offset(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an instant|must be in"):
        read_instant(text)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Asia/Shang hai", "UTC+8"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name of a time zone"):
        read_zone(name)


def test_a_day_bound_is_the_first_moment_of_the_authoritys_day() -> None:
    assert bound("2025-04-04").utc == datetime(2025, 4, 3, 16, 0, tzinfo=UTC)
    assert bound("2025-04-04", "America/New_York").utc == datetime(2025, 4, 4, 4, 0, tzinfo=UTC)
    assert bound("2025-01-04", "America/New_York").utc == datetime(2025, 1, 4, 5, 0, tzinfo=UTC)


def test_an_instant_bound_lies_on_the_authoritys_day_not_on_its_offsets() -> None:
    one = bound("2025-04-10T00:01-04:00")  # noon in Beijing
    assert (one.local.date(), one.local.time()) == (date(2025, 4, 10), time(12, 1))
    assert bound("2025-04-10T22:00-04:00").day == date(2025, 4, 11)


def test_a_period_holds_its_first_day_and_not_its_last() -> None:
    period = Period(bound("2025-04-04"), bound("2025-11-10"))
    held = [day for day in ("2025-04-03", "2025-04-04", "2025-11-09", "2025-11-10") if period.holds(at(day))]
    assert held == ["2025-04-04", "2025-11-09"]


def test_a_period_holds_its_first_minute_and_not_its_last() -> None:
    period = Period(bound("2025-04-10T12:01+08:00"), bound("2025-05-14T12:01+08:00"))
    assert not period.holds(at("2025-04-10T12:00+08:00"))
    assert period.holds(at("2025-04-10T12:01+08:00"))
    assert period.holds(at("2025-05-14T12:00+08:00"))
    assert not period.holds(at("2025-05-14T12:01+08:00"))
    assert period.holds(at("2025-04-10T00:01-04:00")), "the same instant in another offset"


def test_an_open_period_never_ends() -> None:
    assert Period(bound("2025-04-04"), None).holds(at("2099-12-31"))


@pytest.mark.parametrize(("text", "whole"), [("T00:00", True), ("T00:01", True), ("T00:02", False), ("T12:01", False)])
def test_the_first_minute_counts_as_the_whole_day_for_a_day_and_not_for_an_instant(text: str, whole: bool) -> None:
    one = bound(f"2025-04-05{text}-04:00", "America/New_York")
    assert at("2025-04-05").reached(one) is whole
    assert not at("2025-04-04").reached(one)
    assert at("2025-04-06").reached(one)
    assert at("2025-04-05T00:00-04:00").reached(one) is (text == "T00:00")


def test_a_day_is_judged_at_its_start_and_at_each_change_within_it() -> None:
    bounds = frozenset({bound("2025-04-10T12:01+08:00"), bound("2025-04-10T00:01+08:00"), bound("2025-04-11T09:00+08:00")})
    moments = Asked.read("2025-04-10").moments(bounds)
    assert [one.local.time() for one in moments if one.local] == [time(0, 0), time(12, 1)]
    assert len(Asked.read("2025-04-10T08:00+08:00").moments(bounds)) == 1


def test_a_day_of_knowledge_counts_to_its_end_an_instant_does_not() -> None:
    evening = bound("2025-04-04T18:00+08:00")
    assert Asked.read("2025-04-04").knows(evening)
    assert not Asked.read("2025-04-03").knows(evening)
    assert not Asked.read("2025-04-04T17:59+08:00").knows(evening)
    assert Asked.read("2025-04-04T18:00+08:00").knows(evening)


def test_the_calendar_day_of_an_instant_is_that_of_its_own_offset() -> None:
    assert Asked.read("2025-04-10T23:30-04:00").calendar_day == date(2025, 4, 10)
    assert Asked.read(" 2025-04-10 ").calendar_day == date(2025, 4, 10)


def test_a_naive_datetime_is_no_question() -> None:
    with pytest.raises(ValueError, match="offset"):
        Asked.of(datetime.combine(date(2025, 4, 4), time(12)))
    assert Asked.of(datetime(2025, 4, 4, 12, 0, tzinfo=UTC)).text == "2025-04-04T12:00+00:00"
    assert Asked.of(date(2025, 4, 4)).text == "2025-04-04"


def test_after_a_day_means_after_its_end() -> None:
    assert not Asked.read("2025-04-04").is_after(date(2025, 4, 4))
    assert Asked.read("2025-04-05").is_after(date(2025, 4, 4))


def test_day_before() -> None:
    assert day_before(date(2025, 3, 1)) == date(2025, 2, 28)


@given(DAYS, st.integers(1, 400), st.integers(-500, 900), st.sampled_from([BEIJING, EASTERN]))
def test_days_are_half_open_in_every_zone(start: date, length: int, offset: int, zone: object) -> None:
    end, asked = start + timedelta(days=length), start + timedelta(days=offset)
    name = str(zone)
    period = Period(bound(start.isoformat(), name), bound(end.isoformat(), name))
    assert period.holds(Moment.of_day(asked)) is (start <= asked < end)


@given(INSTANTS, INSTANTS)
def test_instants_compare_by_what_the_clock_of_the_world_says(one: datetime, other: datetime) -> None:
    limit = bound(one.isoformat(timespec="minutes"))
    assert Moment.of_instant(other).reached(limit) is (other >= one)
    assert (limit < bound(other.isoformat(timespec="minutes"), "America/New_York")) is (one < other)


@given(DAYS, CLOCKS)
def test_the_moments_of_a_day_split_it_at_the_bound(day: date, clock: time) -> None:
    one = bound(f"{day}T{clock:%H:%M}+08:00")
    answers = [moment.reached(one) for moment in Asked.of(day).moments(frozenset({one}))]
    assert answers[-1] is True, "the end of the day is after the bound"
    assert answers == sorted(answers), "reached stays reached"
    assert all(moment.reached(one) for moment in Asked.of(day + timedelta(days=1)).moments(frozenset({one})))
