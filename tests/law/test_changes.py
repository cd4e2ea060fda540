from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from textwrap import dedent

from hypothesis import given, settings

from greenlane.law.changes import NAMED_MAX, Event, dates, news
from greenlane.terms.periods import Asked
from tests.decide.real import DAYS, real_base
from tests.decide.small import rule, small_base

ALL = Asked.read("2026-10-10")


def about(events: Sequence[Event], name: str) -> list[tuple[str, str, str, int]]:
    return [(one.known_since.text, one.at.text, one.kind, one.count) for one in events if one.about == name]


def test_a_letter_is_news_on_its_first_public_day() -> None:
    told = about(news(real_base(), ALL), "us-letter-2025-05-23-eda")
    assert told == [("2025-07-02", "2025-07-02", "ends", 2), ("2025-05-28", "2025-05-23", "starts", 2)]
    assert not about(news(real_base(), Asked.read("2025-05-27")), "us-letter-2025-05-23-eda")


def test_a_start_that_was_overtaken_stays_news_and_leaves_the_calendar() -> None:
    assert about(news(real_base(), ALL), "cn-2025-057") == [
        ("2026-09-28", "2026-11-10", "unknown", 15),
        ("2025-11-07", "2025-11-08", "suspended", 15),
        ("2025-10-09", "2025-11-08", "starts", 15),
    ]
    assert [one[1:] for one in about(dates(real_base(), ALL), "cn-2025-057")] == [
        ("2025-11-08", "suspended", 15),
        ("2026-11-10", "unknown", 15),
        ("2027-01-10", "said", 15),
        ("2027-01-10", "unknown", 15),
    ]
    before = about(dates(real_base(), Asked.read("2025-10-31")), "cn-2025-057")
    assert [one[1:] for one in before] == [("2025-11-08", "starts", 15)]


def test_what_nobody_confirmed_is_not_certain() -> None:
    events = [one for one in dates(real_base(), ALL) if one.kind in ("unknown", "said")]
    assert events
    assert not any(one.certain for one in events)
    unverified = [one for one in dates(real_base(), ALL) if "unverified" in one.title]
    assert unverified
    assert not any(one.certain for one in unverified)


def test_an_hour_stays_an_hour() -> None:
    texts = {one.at.text for one in dates(real_base(), ALL) if one.about == "cn-tariff-2025-004"}
    assert "2025-08-12T12:01+08:00" in texts


def test_a_revival_is_a_date_of_the_calendar_as_long_as_nothing_else_is_known() -> None:
    as_known = dates(real_base(), Asked.read("2025-08-20"))
    listed = [one for one in as_known if one.about == "cn-ecl-2025-021"]
    assert listed[-1].kind in ("revives", "unknown")


def test_many_rows_are_one_entry_with_a_count_and_the_first_names() -> None:
    many = "".join(
        rule(f"m{number}", "licence_required", f'{{ship_from: [CN], attr: {{chip_model: "X{number}"}}}}') for number in range(200)
    )
    base = small_base(measures=many)
    (entry,) = news(base, ALL)
    assert entry.count == 200
    assert len(entry.lines) == NAMED_MAX + 2
    assert entry.lines[-1] == "and 188 more"
    (day,) = dates(base, ALL)
    assert (day.at.text, day.count) == ("2025-01-01", 200)


def test_an_id_does_not_change_when_the_rule_base_grows() -> None:
    one = small_base(measures=rule("a", "prohibited", "{ship_from: [CN]}"))
    two = small_base(
        measures=rule("a", "prohibited", "{ship_from: [CN]}") + rule("b", "prohibited", "{ship_from: [CN], ship_to: [JP]}")
    )
    assert [event.key for event in news(one, ALL)] == [event.key for event in news(two, ALL)]
    assert [event.key for event in dates(one, ALL)] == [event.key for event in dates(two, ALL)]


def test_duties_that_begin_together_are_one_entry_with_their_range() -> None:
    duty = """
    - id: d{n}
      effect: duty
      layer: base
      when: {{origin: [US], ship_to: [CN], goods: [{{customs: [hs:{code}]}}]}}
      steps: [{{from: 2025-03-01, rate: {n}, known_since: 2025-02-01, source: s}}]
    """
    base = small_base(measures="".join(dedent(duty).format(n=n, code=8501 + n) for n in range(1, 5)))
    (entry,) = dates(base, ALL)
    assert entry.title.endswith("duty 1 % to 4 % (4 rules)")
    assert (entry.kind, entry.count) == ("rate", 4)


def test_lists_of_firms_come_by_day_with_a_count() -> None:
    base = small_base(
        groups="""
        - id: cn-firms
          kind: parties
          title: Invented firms
          source: s
          members:
            - {name: Example One, from: 2025-03-01}
            - {name: Example Two, from: 2025-03-01}
            - {name: Example Three, from: 2025-04-01, until: 2025-05-01}
        """,
        measures=rule("m", "prohibited", "{ship_from: [CN], party: {role: [consignee], listed: cn-firms}}"),
    )
    assert [one[1:] for one in about(dates(base, ALL), "cn-firms")] == [
        ("2025-03-01", "listed", 2),
        ("2025-04-01", "listed", 1),
        ("2025-05-01", "delisted", 1),
    ]


def test_what_was_only_said_decides_nothing_and_says_so() -> None:
    said = [one for one in news(real_base(), ALL) if one.kind == "said"]
    assert said
    assert all("decides nothing" in one.title and not one.certain for one in said)


@settings(max_examples=6, deadline=None)
@given(early=DAYS, late=DAYS)
def test_news_is_only_ever_added_to(early: date, late: date) -> None:
    early, late = sorted((early, late))
    then = {one.key for one in news(real_base(), Asked.of(early))}
    now = {one.key for one in news(real_base(), Asked.of(late))}
    assert then <= now


@settings(max_examples=6, deadline=None)
@given(known=DAYS)
def test_nothing_is_told_that_was_not_public_and_the_order_is_the_same_each_time(known: date) -> None:
    for ask in (news, dates):
        events = ask(real_base(), Asked.of(known))
        assert all(one.known_since.day <= known for one in events)
        assert [one.key for one in events] == [one.key for one in ask(real_base(), Asked.of(known))]
        assert len({one.key for one in events}) == len(events)


def test_since_and_side_choose() -> None:
    day = date(2025, 6, 1)
    assert all(one.known_since.day >= day for one in news(real_base(), ALL, since=day))
    assert all(one.at.day >= day for one in dates(real_base(), ALL, since=day))
    assert {one.side for one in news(real_base(), ALL, sides=("us",))} == {"us"}


def test_every_edge_of_a_measure_known_is_a_date_of_the_calendar() -> None:
    base = real_base()
    days: dict[str, set[str]] = {}
    for one in dates(base, ALL):
        for name in one.names:
            days.setdefault(name, set()).add(one.at.text)
    assert "2025-04-04" in days["cn-2025-018/1C905.a.4"]
    assert {"2025-05-23", "2025-07-02"} <= days["us-letter-2025-05-23-eda/china"]


def test_rates_of_a_table_come_by_day_with_the_number_of_lines() -> None:
    raised = [one for one in dates(real_base(), ALL) if one.by == "us-301-cn/lists" and one.at.day == date(2026, 1, 1)]
    assert {one.kind for one in raised} == {"rate", "ends"}
    assert all(one.count == len(one.names) and len(one.lines) <= NAMED_MAX + 1 for one in raised)
    told = [one for one in news(real_base(), ALL) if one.by == "us-301-cn/lists" and one.known_since.day == date(2024, 9, 18)]
    assert told
    assert not [one for one in news(real_base(), Asked.read("2024-09-17")) if one in told]
