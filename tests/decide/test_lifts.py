"""Lifts, exceptions to lifts, and exceptions to those; conflicts of laws."""

from __future__ import annotations

import pytest

from tests.decide.small import ask, instrument, lift, rule, said_range, small_base, verdict

M = """
- id: m
  effect: prohibited
  in_force: [{from: 2025-03-01, source: s}]
  when: {ship_from: [CN]}
"""


DEEP = (
    "lifts:\n"
    + lift("one", "cn-small/m", "{attr: {a: 'yes'}}")
    + lift("two", "cn-small/one", "{attr: {b: 'yes'}}")
    + lift("three", "cn-small/two", "{attr: {c: 'yes'}}")
)


@pytest.mark.parametrize("a", ["yes", "no", ""])
@pytest.mark.parametrize("b", ["yes", "no", ""])
@pytest.mark.parametrize("c", ["yes", "no", ""])
def test_exceptions_to_exceptions_three_deep(a: str, b: str, c: str) -> None:
    base = small_base(M, more=DEEP)
    attrs = ";".join(f"{name}={value}" for name, value in (("a", a), ("b", b), ("c", c)) if value)
    possible = {
        "free" if one == "yes" and not (two == "yes" and three != "yes") else "prohibited"
        for one in ([a] if a else ["yes", "no"])
        for two in ([b] if b else ["yes", "no"])
        for three in ([c] if c else ["yes", "no"])
    }
    got = ask(base, attrs=attrs)
    assert got.verdict.value == (possible.pop() if len(possible) == 1 else "cannot_say")
    assert got.exact


@pytest.mark.parametrize("leaves", ["free", "licence_required", "presumption_of_denial"])
def test_a_lift_may_leave_something(leaves: str) -> None:
    base = small_base(M, more="lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}", leaves=leaves))
    got = ask(base)
    assert got.verdict.value == leaves
    assert [(one.lift.id, one.measure.id, one.leaves.value) for one in got.lifts] == [("cn-small/one", "cn-small/m", leaves)]
    assert verdict(base, ship_to="FR") == "prohibited"


def test_a_lift_that_leaves_more_than_the_measure_asks_makes_nothing_graver() -> None:
    more = "lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}", leaves="presumption_of_denial")
    base = small_base(rule("m", "licence_required", "{ship_from: [CN]}"), more=more)
    assert verdict(base) == "licence_required"


def test_a_lift_has_its_own_days() -> None:
    more = "lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}", in_force="from: 2025-04-01, until: 2025-05-01")
    base = small_base(M, more=more)
    days = ("2025-03-31", "2025-04-01", "2025-04-30", "2025-05-01")
    assert [verdict(base, on=on) for on in days] == ["prohibited", "free", "free", "prohibited"]


def test_a_lift_not_yet_public_lifts_nothing() -> None:
    base = small_base(M, more="lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}", extra=", known_since: 2025-05-01"))
    assert verdict(base, known_by="2025-04-30") == "prohibited"
    assert verdict(base, known_by="2025-05-01") == "free"


@pytest.mark.parametrize("status", ["floated", "offered", "agreed", "published"])
def test_a_promised_lift_lifts_nothing(status: str) -> None:
    text = instrument("lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}"), name="us-deal", status=status)
    assert verdict(small_base(M, instruments={"us-deal": text})) == "prohibited"


def test_an_unverified_lift_never_frees() -> None:
    text = instrument("lifts:\n" + lift("one", "cn-small", "{ship_to: [DE]}"), name="us-rumour", standing="unverified")
    got = ask(small_base(M, instruments={"us-rumour": text}))
    assert got.verdict.value in ("cannot_say", "prohibited")
    assert got.high.value == "prohibited"


PAUSED = "acts:\n  - {{id: p, does: {does}, to: [cn-small/two], from: 2025-04-01{rest}}}\n"


def test_an_exception_whose_pause_nobody_ended_may_be_back() -> None:
    """What is not known of an exception must not free the goods."""
    more = "lifts:\n" + lift("one", "cn-small/m", "{ship_to: [DE]}") + lift("two", "cn-small/one", "{ship_to: [DE]}")
    base = small_base(M, more=more + PAUSED.format(does="suspends", rest=", until: 2025-05-01, after: unknown"))
    assert [verdict(base, on=on) for on in ("2025-03-31", "2025-04-01", "2025-04-30")] == ["prohibited", "free", "free"]
    assert said_range(ask(base, on="2025-05-01")) == ("free", "prohibited")


def test_an_exception_that_is_not_enforced_is_still_law() -> None:
    more = "lifts:\n" + lift("one", "cn-small/m", "{ship_to: [DE]}") + lift("two", "cn-small/one", "{ship_to: [DE]}")
    base = small_base(M, more=more + PAUSED.format(does="not_enforced", rest=""))
    assert said_range(ask(base, on="2025-04-01")) == ("free", "prohibited")


def test_conflicts_of_laws_are_reported_not_settled() -> None:
    two = M + "  conflicts_with: [us-other]\n"
    body = "measures:" + M.replace("- id: m", "- id: us-other").replace("prohibited", "licence_required").replace("\n", "\n  ")
    other = instrument(body.rstrip() + "\n", name="us-other")
    got = ask(small_base(two, instruments={"us-other": other}))
    assert got.verdict.value == "prohibited"
    assert len(got.conflicts) == 1
    assert "cn-small/m" in got.conflicts[0]
    assert "us-other" in got.conflicts[0]


def test_the_gravest_wins_and_all_are_kept() -> None:
    from_china = "{ship_from: [CN]}"
    base = small_base(M + rule("n", "licence_required", from_china) + rule("r", "report", from_china))
    got = ask(base)
    assert got.verdict.value == "prohibited"
    assert [reason.measure.id for reason in got.reasons] == ["cn-small/m", "cn-small/n"]
    assert got.deciding == ("cn-small/m",)
    assert [one.measure.id for one in got.obligations] == ["cn-small/r"]


def test_the_gravest_entry_of_two_listed_parties_wins() -> None:
    groups = """
    - id: firms
      kind: parties
      title: P
      source: s
      members: [{name: Alpha, from: 2025-01-01, effect: licence_required}, {name: Beta, from: 2025-01-01, effect: prohibited}]
    """
    measure = rule("m", "licence_required", "{party: {role: [consignee, end_user], listed: firms}}")
    base = small_base(measure, groups=groups)
    assert verdict(base, consignee="Alpha", end_user="Beta") == "prohibited"
    assert verdict(base, consignee="Beta", end_user="Alpha") == "prohibited"
    assert verdict(base, consignee="Alpha", end_user="Alpha") == "licence_required"
