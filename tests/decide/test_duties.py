"""Duties: layers, the more specific code, lifts, ranges for short codes, money, steps in time."""

from __future__ import annotations

from decimal import Decimal
from textwrap import indent

import pytest

from greenlane.decide.decision import Duty
from greenlane.law.rulebase import RuleBase
from tests.decide.small import ask, instrument, lift, small_base

MFN = """
- id: mfn
  effect: duty
  layer: mfn
  steps: [{from: 2025-01-01, rate: 2.1, source: s}]
  when: {ship_to: [US], goods: [{customs: [hts:8505.11.00]}]}
"""
FULL = "hts:8505110070"


def layer(name: str, rate: str, code: str = "", *, of: str = "x") -> str:
    goods = f", goods: [{{customs: [{code}]}}]" if code else ""
    return f"""
- id: {name}
  effect: duty
  layer: {of}
  steps: [{{from: 2025-01-01, rate: {rate}, source: s}}]
  when: {{origin: [CN], ship_to: [US]{goods}}}
"""


def duty(base: RuleBase, *, codes: str = FULL, **cells: str) -> Duty:
    found = ask(base, **{"ship_to": "US", "activity": "import", "origin": "CN", "codes": codes, **cells}).duty  # type: ignore[arg-type]
    assert found is not None
    return found


def test_layers_add_up() -> None:
    base = small_base(MFN + layer("a", "20", of="fentanyl") + layer("b", "10", of="reciprocal"))
    got = duty(base, value="1000.50", currency="USD")
    assert got.rate == Decimal("32.1")
    assert [(one.measure.id, one.rate) for one in got.layers] == [
        ("cn-small/mfn", Decimal("2.1")),
        ("cn-small/a", Decimal(20)),
        ("cn-small/b", Decimal(10)),
    ]
    assert (got.amount, got.currency) == (Decimal("321.16"), "USD")


def test_a_duty_never_makes_a_verdict() -> None:
    assert ask(small_base(MFN), ship_to="US", codes=FULL).verdict.value == "free"


def test_the_base_layer_must_be_known() -> None:
    got = duty(small_base(MFN + layer("a", "20")), codes="hts:8471300100")
    assert got.rate is None
    assert got.low is None
    assert got.notes


def test_without_a_code_nothing_is_said() -> None:
    got = duty(small_base(MFN + layer("a", "20")), codes="")
    assert (got.rate, got.missing) == (None, ("codes.hts",))


def test_another_route_has_no_duty_at_all() -> None:
    assert ask(small_base(MFN), ship_to="DE", codes=FULL).duty is None


@pytest.mark.parametrize("specific", ["0", "10", "50"])
def test_of_one_layer_the_more_specific_code_wins(specific: str) -> None:
    got = duty(small_base(MFN + layer("a", "25", "hts:8505") + layer("b", specific, "hts:8505.11.0070")))
    assert got.rate == Decimal("2.1") + Decimal(specific)


@pytest.mark.parametrize(("specific", "low", "high"), [("0", "2.1", "27.1"), ("10", "12.1", "27.1"), ("50", "27.1", "52.1")])
def test_a_short_code_has_a_range(specific: str, low: str, high: str) -> None:
    base = small_base(MFN + layer("a", "25", "hts:8505") + layer("b", specific, "hts:8505.11.0070"))
    got = duty(base, codes="hts:85051100", value="100")
    assert got.rate is None
    assert got.amount is None
    assert (got.low, got.high) == (Decimal(low), Decimal(high))
    assert "codes.hts" in got.missing


LIFT = "lifts:\n" + lift("l", "cn-small/a", "{goods: [{customs: [hts:8505.11]}]}", in_force="from: 2025-03-01")


def test_a_lift_takes_its_layer_away() -> None:
    base = small_base(MFN + layer("a", "25"), more=LIFT)
    got = duty(base)
    assert got.rate == Decimal("2.1")
    assert [one.lift.id for one in got.exempt] == ["cn-small/l"]
    assert duty(base, codes=FULL, date="2025-02-28").rate == Decimal("27.1")


def test_an_exception_to_a_lift_brings_the_layer_back() -> None:
    exception = lift("x", "cn-small/l", "{goods: [{customs: [hts:8505.11.0070]}]}")
    base = small_base(MFN + layer("a", "25"), more=LIFT + exception)
    assert duty(base).rate == Decimal("27.1")
    assert duty(base, codes="hts:8505110050").rate == Decimal("2.1")


def test_a_lift_that_may_apply_makes_a_range() -> None:
    base = small_base(MFN + layer("a", "25"), more=LIFT.replace("goods: [{customs: [hts:8505.11]}]", "attr: {en_route: 'yes'}"))
    got = duty(base)
    assert (got.rate, got.low, got.high) == (None, Decimal("2.1"), Decimal("27.1"))
    assert "attrs.en_route" in got.missing
    assert duty(base, attrs="en_route=yes").rate == Decimal("2.1")
    assert duty(base, attrs="en_route=no").rate == Decimal("27.1")


@pytest.mark.parametrize("status", ["floated", "offered", "agreed", "published"])
def test_what_is_only_promised_is_not_charged_and_exempts_nobody(status: str) -> None:
    floated = instrument("measures:\n" + indent(layer("us-floated", "25"), "  "), name="us-floated", status=status)
    assert duty(small_base(MFN, instruments={"us-floated": floated})).rate == Decimal("2.1")
    lift = instrument(LIFT, name="us-lift", status=status)
    assert duty(small_base(MFN + layer("a", "25"), instruments={"us-lift": lift})).rate == Decimal("27.1")


@pytest.mark.parametrize("kind", ["duty", "lift"])
def test_what_no_source_confirms_makes_a_range(kind: str) -> None:
    text = LIFT if kind == "lift" else "measures:\n" + indent(layer("us-one", "25"), "  ")
    rules = MFN + layer("a", "25") if kind == "lift" else MFN
    got = duty(small_base(rules, instruments={"us-one": instrument(text, name="us-one", standing="unverified")}))
    assert got.rate is None
    assert (got.low, got.high) == (Decimal("2.1"), Decimal("27.1"))


STEPS = """
- id: a
  effect: duty
  layer: x
  steps:
    - {from: 2025-04-05T00:01-04:00, rate: 10, known_since: 2025-04-02, source: s}
    - {from: 2025-04-09T00:01-04:00, rate: 34, known_since: 2025-04-02, source: s}
    - {from: 2025-04-09T00:01-04:00, rate: 84, known_since: 2025-04-08, source: s}
    - {from: 2025-05-14T12:01-04:00, rate: 10, known_since: 2025-05-12, source: s}
    - {from: 2025-08-12, rate: unknown, known_since: 2025-05-12, branches: {literal: 34, stated: 10}, source: s}
  when: {origin: [CN], ship_to: [US]}
"""


@pytest.mark.parametrize(
    ("on", "known_by", "rate"),
    [
        ("2025-04-04", "", "2.1"),
        ("2025-04-05", "2025-04-01", "2.1"),
        ("2025-04-05", "", "12.1"),
        ("2025-04-05T00:00-04:00", "", "2.1"),
        ("2025-04-08", "", "12.1"),
        ("2025-04-09", "2025-04-07", "36.1"),
        ("2025-04-09", "2025-04-08", "86.1"),
        ("2025-05-13", "", "86.1"),
        ("2025-05-14", "", "86.1"),  # the day holds a change: the higher one
        ("2025-05-14T12:00-04:00", "", "86.1"),
        ("2025-05-14T12:01-04:00", "", "12.1"),
        ("2025-05-15", "", "12.1"),
        ("2025-08-11", "", "12.1"),
    ],
)
def test_the_last_step_begun_of_those_known_holds(on: str, known_by: str, rate: str) -> None:
    base = small_base(MFN + STEPS, zone="America/New_York")
    got = ask(base, on=on, known_by=known_by or None, ship_to="US", origin="CN", codes=FULL)
    assert got.duty is not None
    assert got.duty.rate == Decimal(rate)
    assert any("within the day" in note for note in got.notes) is (on == "2025-05-14")


def test_a_rate_nobody_knows_is_given_with_its_branches() -> None:
    got = duty(small_base(MFN + STEPS, zone="America/New_York"), date="2025-08-12")
    assert got.rate is None
    assert (got.low, got.high) == (Decimal("12.1"), Decimal("36.1"))
    assert "literal 34" in got.layers[1].note


def test_a_duty_nobody_knows_of_yet_says_nothing_about_a_route() -> None:
    base = small_base(MFN.replace("effect: duty", "known_since: 2025-05-01\n  effect: duty"))
    assert ask(base, ship_to="US", known_by="2025-05-01").duty is not None
    assert ask(base, ship_to="US", known_by="2025-04-30").duty is None


def test_two_equal_measures_of_one_layer_give_a_range_and_say_so() -> None:
    got = duty(small_base(MFN + layer("a", "25", "hts:8505.11") + layer("b", "10", "hts:8505.11")))
    assert got.rate is None
    assert (got.low, got.high) == (Decimal("12.1"), Decimal("27.1"))
    assert any("not declared" in note for note in got.notes)


def test_a_suspended_duty_is_not_charged() -> None:
    act = "acts:\n  - {id: p, title: P, does: suspends, to: [cn-small/a], from: 2025-05-01, until: 2025-07-01}\n"
    base = small_base(MFN + layer("a", "25"), more=act)
    assert duty(base, date="2025-04-30").rate == Decimal("27.1")
    assert duty(base, date="2025-05-01").rate == Decimal("2.1")
    assert duty(base, date="2025-07-01").rate == Decimal("27.1")
