"""Duties by schedule: quantities, ranges for short codes, money by layer, what is exempt, and what no layer may do."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenlane.decide.decision import Duty
from greenlane.law.rulebase import RuleBase
from tests.decide.small import ask, small_base

RATES = """code,rate
04012020,0.43 c/l
82032060,12 c/doz + 5.5
85051100,2.1
85051910,4.9
85051920,4.9
21069052,unread
61091000,16.5
"""
LISTS = """code,rate,heading,from,until,known_since,until_known_since,source,branches,note
85051100,25,9903.91.06,2026-01-01T00:01-05:00,,2024-09-18,,,,
85051910,25,9903.88.01,,,,,,,
85051920,25,9903.88.03,,,,,,,
82032060,unknown,,,,,,,listed:25;other:0,described in words
61091000,7.5,9903.88.15,,,,,,,
"""
MEASURES = """
- id: base
  effect: duty
  layer: mfn
  in_force: [{from: 2025-01-01, source: s}]
  rates: {file: rates.csv, whole: "yes", from: 2025-01-01, source: s}
  when: {ship_to: [US]}
- id: lists
  effect: duty
  layer: lists
  in_force: [{from: 2018-01-01, source: s}]
  rates: {file: rates-lists.csv, from: 2025-01-01, source: s}
  when: {ship_to: [US], origin: [CN]}
"""
EXTRA = """
- id: extra
  effect: duty
  layer: extra
  steps: [{from: 2025-01-01, rate: %s, source: s}]
  when: {ship_to: [US], origin: [CN]}
"""
FREED = """
lifts:
  - id: freed
    lifts: [cn-small/extra]
    in_force: [{from: 2025-01-01, source: s}]
    source: [s]
    when: {goods: [{customs: [hts:8505.11.0070]}]}
"""


@cache
def base(extra: str = "", *, lifts: bool = False) -> RuleBase:
    return small_base(
        MEASURES + (EXTRA % extra if extra else ""),
        more=FREED if lifts else "",
        zone="America/New_York",
        schedules={"rates.csv": RATES, "rates-lists.csv": LISTS},
    )


def duty(codes: str, rules: RuleBase | None = None, *, on: str = "2025-06-02", **cells: str) -> Duty:
    line = {"ship_from": "CN", "ship_to": "US", "origin": "CN", "activity": "import", "codes": codes, **cells}
    found = ask(rules or base(), on=on, **line).duty  # type: ignore[arg-type]
    assert found is not None
    return found


def test_percent_layers_and_headings() -> None:
    got = duty("hts:8505.19.1000", value="1000", currency="USD")
    assert got.rate == Decimal("29.9")
    assert [(one.measure.layer, one.heading, one.amount) for one in got.layers] == [
        ("mfn", "", Decimal("49.00")),
        ("lists", "9903.88.01", Decimal("250.00")),
    ]


def test_a_rate_by_quantity_is_money_and_percent_where_both_are_stated() -> None:
    got = duty("hts:0401.20.20", value="1000", currency="USD", quantity="9", unit="HLT")
    assert (got.rate, got.amount, got.currency) == (Decimal("0.3870"), Decimal("3.87"), "USD")


def test_a_rate_by_quantity_alone_is_money_without_percent() -> None:
    got = duty("hts:0401.20.20", quantity="900", unit="l")
    assert (got.rate, got.amount, got.currency, got.missing) == (None, Decimal("3.87"), "USD", ("value",))


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({"value": "1000", "currency": "USD"}, ("quantity", "unit")),
        ({"value": "1000", "currency": "USD", "quantity": "900"}, ("unit",)),
        ({"value": "1000", "currency": "USD", "quantity": "900", "unit": "kg"}, ("unit",)),
        ({"value": "1000", "currency": "EUR", "quantity": "900", "unit": "l"}, ("currency",)),
        ({"value": "0", "currency": "USD", "quantity": "900", "unit": "l"}, ("value",)),
    ],
)
def test_what_a_rate_by_quantity_waits_for(cells: dict[str, str], missing: tuple[str, ...]) -> None:
    got = duty("hts:0401.20.20", None, **cells)
    assert (got.rate, got.missing) == (None, missing)
    assert got.layers[0].text == "0.43 c/l"


def test_a_rate_in_words_is_shown_and_not_computed() -> None:
    got = duty("hts:2106.90.52", value="1000", currency="USD")
    assert (got.rate, got.low, got.amount) == (None, None, None)
    assert "in words" in got.layers[0].note


def test_readings_of_an_unknown_rate_give_a_range() -> None:
    got = duty("hts:8203.20.60", value="1200", currency="USD", quantity="600", unit="pcs")
    assert (got.rate, got.low, got.high) == (None, Decimal(6), Decimal(31))
    assert got.layers[1].note == "described in words: not known: listed 25, other 0"


@pytest.mark.parametrize(
    ("codes", "low", "high"),
    [
        ("hts:8505.19", "29.9", "29.9"),
        ("hts:8505", "2.1", "29.9"),
        ("hts:85", "2.1", "29.9"),
        ("hs:8505191234", "29.9", "29.9"),
        ("hs:850511", "2.1", "2.1"),
        ("hs:850511;hts:8505.19.10", "2.1", "29.9"),
    ],
)
def test_a_short_code_is_answered_by_the_lines_beneath_it(codes: str, low: str, high: str) -> None:
    got = duty(codes)
    if ";" in codes:  # the codes of the schedule's own scheme count
        assert got.rate == Decimal("29.9")
        return
    assert (got.low, got.high) == (Decimal(low), Decimal(high))
    assert (got.rate is None) is (low != high)
    assert got.missing == (("codes.hts",) if low != high else ())


def test_a_line_that_is_not_in_the_schedule_has_no_sum_but_its_further_layers() -> None:
    got = duty("hts:9999.10.00", base("10"))
    assert (got.rate, got.low, got.additional) == (None, None, Decimal(10))


def test_the_raise_begins_at_its_minute() -> None:
    assert duty("hts:8505.11.00", on="2026-01-01T00:00-05:00").rate == Decimal("2.1")
    assert duty("hts:8505.11.00", on="2026-01-01T00:01-05:00").rate == Decimal("27.1")
    assert duty("hts:8505.11.00", on="2026-01-01").rate == Decimal("27.1")


def test_a_day_after_the_last_that_was_read_has_no_sure_sum() -> None:
    got = duty("hts:8505.11.00", on="2027-01-02", known_by="2027-01-02")
    assert (got.rate, got.low, got.as_read) == (None, None, Decimal("27.1"))
    assert duty("hts:8505.11.00", on="2027-01-02", known_by="2026-12-31").rate == Decimal("27.1")


CODES = st.sampled_from(["hts:8505.11.0050", "hts:8505.11.0070", "hts:8505.19.10", "hts:6109.10.00", "hts:8505", "hts:8203.20.60"])


@settings(deadline=None)
@given(CODES, st.sampled_from(["0", "10", "12.5", "125"]), st.booleans())
def test_a_further_layer_never_lowers(codes: str, rate: str, lifts: bool) -> None:
    less, more = duty(codes), duty(codes, base(rate, lifts=lifts))
    assert more.ceiling >= less.ceiling
    if less.low is not None and more.low is not None:
        assert more.low >= less.low
    if less.rate is not None and more.rate is not None:
        assert more.rate >= less.rate


@settings(deadline=None)
@given(CODES, st.sampled_from(["10", "125"]))
def test_what_is_exempt_is_never_charged(codes: str, rate: str) -> None:
    got = duty(codes, base(rate, lifts=True))
    for lifted in got.exempt:
        assert lifted.measure.id not in [one.measure.id for one in got.layers]
    assert bool(got.exempt) is codes.endswith("0070")


@settings(deadline=None)
@given(st.decimals(0, 10_000_000, places=2), st.sampled_from(["hts:8505.11.0050", "hts:8505.19.10", "hts:6109.10.00"]))
def test_money_is_the_rate_on_the_value_to_the_cent(value: Decimal, codes: str) -> None:
    got = duty(codes, base("12.5"), value=f"{value:f}", currency="USD")
    assert got.rate is not None
    assert got.amount == (value * got.rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert got.amount is not None
    shares = [one.amount for one in got.layers if one.amount is not None]
    assert abs(sum(shares, Decimal(0)) - got.amount) <= Decimal("0.01") * len(shares)
