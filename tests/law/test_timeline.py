"""The derived history of real measures, as known on different days."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from greenlane import wiring
from greenlane.law.effect import Effect
from greenlane.law.rulebase import RuleBase, State
from greenlane.law.timeline import Span, held, rows, spans, statements, states_on
from greenlane.terms.periods import Asked, Moment

KNOWN_DAYS = ("2025-04-04", "2025-05-14", "2025-08-12", "2025-11-08", "2026-02-24", "2026-10-10")


@pytest.fixture(scope="module")
def base() -> RuleBase:
    return wiring.load_rules(release=False)


def told(base: RuleBase, name: str, known_by: str) -> list[tuple[str, str | None, str, str]]:
    rule = base.measures.get(name) or base.lifts[name]
    return [
        (span.start.text, span.end.text if span.end is not None else None, span.state.value, span.by)
        for span in spans(rule, base, Asked.read(known_by))
    ]


def test_a_measure_paused_before_it_began_never_was_in_force(base: RuleBase) -> None:
    assert told(base, "cn-2025-057/1C909.a", "2025-10-20") == [
        ("2025-10-09", "2025-11-08", "not begun", "cn-2025-057"),
        ("2025-11-08", None, "in force", "cn-2025-057"),
    ]
    assert told(base, "cn-2025-057/1C909.a", "2025-11-07") == [
        ("2025-10-09", "2025-11-08", "not begun", "cn-2025-057"),
        ("2025-11-08", "2026-11-10", "suspended", "cn-2025-070/pause"),
        ("2026-11-10", None, "unknown", "cn-2025-070/pause"),
    ]


def test_a_listing_suspended_in_three_steps_as_known_at_each(base: RuleBase) -> None:
    begun = ("2025-04-04", "2025-05-14", "in force", "cn-ecl-2025-021")
    first = ("2025-05-14", "2025-08-12", "suspended", "cn-2025-0514-statement/ecl-021")
    second = ("2025-08-12", "2025-11-10", "suspended", "cn-2025-0812-statement/ecl-021")
    third = ("2025-11-10", "2026-11-10", "suspended", "cn-2025-1110-statement/ecl-021")
    assert told(base, "cn-ecl-2025-021", "2025-06-01") == [
        begun,
        first,
        ("2025-08-12", None, "in force", "cn-2025-0514-statement/ecl-021"),
    ]
    assert told(base, "cn-ecl-2025-021", "2025-09-01") == [
        begun,
        first,
        second,
        ("2025-11-10", None, "in force", "cn-2025-0812-statement/ecl-021"),
    ]
    assert told(base, "cn-ecl-2025-021", "2026-10-01") == [
        begun,
        first,
        second,
        third,
        ("2026-11-10", "2027-01-10", "unknown", "cn-2025-1110-statement/ecl-021"),
        ("2027-01-10", None, "unknown", "cn-2025-1110-statement/ecl-021"),
    ]


def test_a_suspended_listing_says_what_still_bites_and_who_claims_another_end(base: RuleBase) -> None:
    history = spans(base.measures["cn-ecl-2025-021"], base, Asked.read("2026-10-01"))
    assert {span.leaves for span in history if span.state is State.SUSPENDED} == {Effect.LICENCE_REQUIRED}
    claimed = next(span for span in history if span.stated_by)
    assert (claimed.stated_by, str(claimed.stated_end)) == ("cn-2026-kl-statement/lists-to-january", "2027-01-10")
    assert not any(span.stated_by for span in spans(base.measures["cn-ecl-2025-021"], base, Asked.read("2026-09-27")))


def test_a_rule_in_force_by_its_text_is_flagged_from_the_day_that_was_known(base: RuleBase) -> None:
    assert told(base, "us-ai-diffusion/3A090.a", "2025-05-12")[-1] == (
        "2025-05-15",
        None,
        "in force",
        "us-ai-diffusion",
    )
    last = told(base, "us-ai-diffusion/3A090.a", "2025-05-13")[-1]
    assert last == ("2025-05-15", None, "unenforced", "us-ai-diffusion/not-enforced")


def test_what_follows_a_pause_of_unknown_end_is_unknown(base: RuleBase) -> None:
    assert told(base, "cn-2024-046/2a", "2026-10-10") == [
        ("2024-12-03", "2025-11-09", "in force", "cn-2024-046"),
        ("2025-11-09", "2026-11-27", "suspended", "cn-2025-072/pause"),
        ("2026-11-27", None, "unknown", "cn-2025-072/pause"),
    ]
    assert [one[2] for one in told(base, "cn-2024-046/1", "2026-10-10")] == ["in force"]


def test_the_steps_of_a_duty_are_spans_with_their_rate(base: RuleBase) -> None:
    def rates(known_by: str) -> list[tuple[str, Decimal | None]]:
        history = spans(base.measures["us-reciprocal-2025"], base, Asked.read(known_by))
        return [(span.start.day.isoformat(), span.rate) for span in history if span.state is State.IN_FORCE]

    assert rates("2025-04-09") == [
        ("2025-04-05", Decimal(10)),
        ("2025-04-09", Decimal(84)),
        ("2025-04-10", Decimal(125)),
    ]
    assert [rate for _, rate in rates("2026-10-10")] == [Decimal(rate) for rate in (10, 84, 125, 10, 10, 10, 0)]
    assert ("2025-08-12", Decimal(34)) in rates("2025-06-01")
    assert ("2025-08-12", Decimal(34)) not in rates("2025-08-11")
    last = spans(base.measures["us-reciprocal-2025"], base, Asked.read("2026-10-10"))[-1]
    assert last.is_nil
    assert last.source is not None
    assert last.source.key == "eo14389"


def test_nothing_is_told_of_what_was_not_public(base: RuleBase) -> None:
    assert spans(base.measures["cn-2025-057/1C909.a"], base, Asked.read("2025-10-08")) == ()
    assert spans(base.measures["us-letter-2025-05-ethane/ethane"], base, Asked.read("2025-05-27")) == ()


def test_an_act_that_ends_a_measure_is_its_last_edge(base: RuleBase) -> None:
    history = spans(base.measures["cn-ecl-2025-013"], base, Asked.read("2026-10-10"))
    last = history[-1]
    assert (last.state, str(last.start), last.by) == (State.ENDED, "2025-11-10", "cn-2025-1110-statement/ecl-013")
    assert last.known_since.day.isoformat() == "2025-11-06"


@pytest.mark.parametrize("known_by", KNOWN_DAYS)
def test_every_history_agrees_with_stand_at_its_edges_and_between(base: RuleBase, known_by: str) -> None:
    known = Asked.read(known_by)
    for rule in (*base.measures.values(), *base.lifts.values()):
        history = spans(rule, base, known)
        for before, after in pairwise(history):
            assert before.end is not None
            assert before.end.utc == after.start.utc, rule.id
        for span in history:
            instants = [span.start.utc, span.start.utc + timedelta(days=400)]
            if span.end is not None:
                half = (span.end.utc - span.start.utc) / 2
                instants = [span.start.utc, span.start.utc + half, span.end.utc - timedelta(minutes=1)]
            for instant in instants:
                stand = base.stand(rule, Moment.of_instant(instant), known)
                assert (stand.state, stand.leaves) == (span.state, span.leaves), (rule.id, instant)


@pytest.mark.parametrize("known_by", KNOWN_DAYS)
def test_no_edge_of_a_history_was_made_public_later(base: RuleBase, known_by: str) -> None:
    known = Asked.read(known_by)
    for rule in (*base.measures.values(), *base.lifts.values()):
        for span in spans(rule, base, known):
            assert known.knows(span.known_since), (rule.id, span)
            assert span.by in base.instruments or span.by in base.acts
            assert span.source is not None, (rule.id, span)


def test_statements_are_told_by_the_day_they_became_known(base: RuleBase) -> None:
    june = [one.id for one in statements(base, Asked.read("2025-06-10"))]
    assert "cn-2025-green-channel" in june
    assert "us-statement-2025-06-09-hassett" in june
    assert "cn-2026-kl-statement/to-january" not in june
    later = {one.id: one for one in statements(base, Asked.read("2026-10-10"))}
    assert later["cn-2026-kl-statement/to-january"].about == ("cn-2025-070/pause",)
    assert later["cn-2025-green-channel"].status == "offered"
    assert list(later) == [one.id for one in sorted(later.values(), key=lambda one: (one.known_since.utc, one.id))]


def test_what_was_only_said_never_stands_among_the_measures(base: RuleBase) -> None:
    for row in rows(base, Asked.read("2026-10-10"), unfold=True):
        for track in row.tracks:
            for rule in track.rules:
                assert rule.instrument.decides
        if row.kind == "said":
            assert row.tracks == ()


def test_listings_stand_in_one_row_until_unfolded(base: RuleBase) -> None:
    known = Asked.read("2026-10-10")
    folded, all_of_them = rows(base, known), rows(base, known, unfold=True)
    assert len(folded) < len(all_of_them)
    together = {one.id for row in folded for one in row.instruments}
    assert together == {one.id for row in all_of_them for one in row.instruments}
    assert [row.side for row in folded] == sorted(row.side for row in folded)


def test_the_state_of_an_instrument_counts_its_parts(base: RuleBase) -> None:
    def state(name: str, on: str, known_by: str) -> tuple[dict[str, int], ...]:
        return states_on(base.instruments[name], base, Asked.read(on), Asked.read(known_by))

    assert state("cn-2024-046", "2026-10-10", "2026-10-10") == ({"in_force": 2, "suspended": 3},)
    assert state("us-reciprocal-2025", "2026-10-10", "2026-10-10") == ({"at_zero": 1},)
    assert state("cn-2025-green-channel", "2025-06-10", "2025-06-10") == ({"offered": 1},)
    assert state("cn-2025-070", "2026-12-01", "2026-10-10") == ({"unknown": 1},)
    assert state("cn-2026-kl-statement", "2026-10-10", "2026-10-10") == ({"stated": 2},)


def test_a_span_holds_from_its_first_moment_to_before_its_last(base: RuleBase) -> None:
    history = spans(base.measures["cn-ecl-2025-021"], base, Asked.read("2025-06-01"))

    def on(day: str) -> Span:
        span = held(history, Moment.of_day(Asked.read(day).calendar_day))
        assert span is not None
        return span

    assert on("2025-05-13").state is State.IN_FORCE
    assert on("2025-05-14").state is State.SUSPENDED
    assert on("2025-08-11").state is State.SUSPENDED
    assert on("2025-08-12").state is State.IN_FORCE
