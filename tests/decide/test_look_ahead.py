"""What is kept from one day for the next never changes an answer: each day asked alone says the same."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from greenlane.decide.decision import Decision
from greenlane.decide.evaluate import decide
from greenlane.terms.periods import Asked, Bound, Moment, Watch
from tests.decide.real import real_base
from tests.decide.small import line_of

LINES = (
    {"ship_from": "CN", "ship_to": "DE", "codes": "hs:8505111000", "contains": "Nd:30%"},
    {"ship_from": "CN", "ship_to": "US", "codes": "hs:8112929010", "description": "gallium metal"},
    {"ship_from": "CN", "ship_to": "DE", "codes": "hs:8507600020", "origin": "CN"},
    {"ship_from": "US", "ship_to": "CN", "codes": "hs:2901100010", "activity": "deliver"},
    {"ship_from": "US", "ship_to": "CN", "codes": "eccn:3A090.a"},
    {"ship_from": "US", "ship_to": "KH", "codes": "eccn:EAR99;hs:8471300100", "end_use": "military"},
)
TRIED = 40  # days


def alone(line: dict[str, str], day: date, known_by: str) -> Decision:
    return decide(line_of(**line), real_base(), on=Asked.of(day), known_by=Asked.read(known_by), look_ahead=False)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['ship_to']}-{line['codes']}")
@pytest.mark.parametrize("on", ["2025-05-20", "2025-10-20"])
def test_the_next_change_is_the_first_day_that_answers_otherwise(line: dict[str, str], on: str) -> None:
    first = decide(line_of(**line), real_base(), on=Asked.read(on))
    start = date.fromisoformat(on)
    end = start + timedelta(days=TRIED) if first.next_change is None else date.fromisoformat(first.next_change)
    step = max(1, (end - start).days // TRIED)
    for days in range(1, (end - start).days, step):
        there = alone(line, start + timedelta(days=days), on)
        assert (there.low, there.high) == (first.low, first.high), start + timedelta(days=days)
    if first.next_change is not None:
        there = alone(line, end, on)
        assert (there.low, there.high) != (first.low, first.high)
        assert there.verdict.value == first.next_verdict


# --- what a watch notes ---------------------------------------------------------------------------------------------

ZONE = ZoneInfo("Asia/Shanghai")
EARLY, MIDDLE, LATE = (Bound.read(text, ZONE) for text in ("2025-04-04", "2025-06-10T12:01+08:00", "2025-11-10"))


def at(text: str) -> Watch:
    return Watch(Moment.of_day(date.fromisoformat(text)))


def test_a_finding_holds_between_the_bounds_it_was_asked_about() -> None:
    watch = at("2025-05-01")
    watch.begin()
    assert watch.reached(EARLY)
    assert not watch.reached(MIDDLE)
    assert not watch.reached(LATE)
    kept = watch.end("found")
    assert kept == ("found", EARLY.as_day, MIDDLE.as_day)
    assert [at(day).recalls(kept) for day in ("2025-04-03", "2025-04-04", "2025-06-10", "2025-06-11")] == [False, True, True, False]


def test_what_leans_on_a_finding_holds_no_longer_than_it() -> None:
    watch = at("2025-05-01")
    watch.begin()
    watch.begin()
    watch.reached(MIDDLE)
    inner = watch.end("inner")
    watch.reached(LATE)
    assert watch.end("outer")[1:] == (None, MIDDLE.as_day)
    later = at("2025-05-02")
    later.begin()
    assert later.recalls(inner)
    later.reached(LATE)
    assert later.end("outer")[1:] == (None, MIDDLE.as_day)


def test_what_asked_about_no_bound_always_holds() -> None:
    watch = at("2025-05-01")
    watch.begin()
    kept = watch.end(1)
    assert at("1990-01-01").recalls(kept)
    assert at("2090-01-01").recalls(kept)


def test_an_instant_is_exact() -> None:
    watch = Watch(Moment.of_instant(datetime.fromisoformat("2025-06-10T12:00+08:00")))
    watch.begin()
    assert not watch.reached(MIDDLE)
    kept = watch.end(1)
    assert Watch(Moment.of_instant(datetime.fromisoformat("2025-06-10T12:00:59+08:00"))).recalls(kept)
    assert not Watch(Moment.of_instant(datetime.fromisoformat("2025-06-10T12:01+08:00"))).recalls(kept)
