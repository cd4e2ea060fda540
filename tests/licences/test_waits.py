"""Waits: the P90 holds in nine cases of ten, the waiting count as waiting, and nothing is made of nothing."""

from __future__ import annotations

import pytest

from benchmarks.waits.cover import held
from greenlane.errors import UsageError
from greenlane.licences.waits import Case, Lean, estimate

LEAN = Lean(id="a reading", p10=10, p50=38, p90=82, cases=5)


@pytest.mark.parametrize("truth", ["log-normal", "Weibull", "log-logistic", "gamma"])
def test_p90_covers_88_to_92_percent_of_new_cases(truth: str) -> None:
    """Four truths, of which one is none of the shapes fitted; two cases in five still wait."""
    p50, p90, waiting = held(truth, 400, logs=40, seed=20250610, stretch=120.0)
    assert waiting > 0.35
    assert 0.88 <= p90 <= 0.92
    assert 0.46 <= p50 <= 0.54


def test_leaving_out_the_waiting_would_be_too_hopeful() -> None:
    """The reason why they are counted: the decided alone are those that were quick."""
    cases = [Case(days=days, decided=days <= 30) for days in [5, 9, 12, 15, 18, 20, 24, 27, 29, 30] + [31] * 10]
    all_of_them = estimate(cases)
    quick = estimate([one for one in cases if one.decided])
    assert all_of_them.p90 > 1.5 * quick.p90
    assert (all_of_them.decided, all_of_them.waiting) == (10, 10)


@pytest.mark.parametrize("count", [0, 1, 40])
def test_waiting_cases_alone_are_no_estimate_and_no_crash(count: int) -> None:
    with pytest.raises(UsageError, match=f"0 decided cases and {count} waiting") as refused:
        estimate([Case(days=20 + n, decided=False) for n in range(count)])
    assert refused.value.code == "GL0736"


def test_waiting_cases_alone_push_a_prior_up() -> None:
    alone = estimate([], lean=LEAN)
    pushed = estimate([Case(days=90, decided=False) for _ in range(10)], lean=LEAN)
    assert alone.rests_on == pushed.rests_on == "the prior a reading"
    assert 30 < alone.p50 < 46
    assert pushed.p50 > 1.5 * alone.p50
    assert pushed.observed_p50 is None


def test_a_slow_province_is_slower_and_one_with_two_cases_says_little() -> None:
    fast = [Case(days=20 + n % 9, decided=True, province="A") for n in range(60)]
    slow = [Case(days=60 + n % 9, decided=True, province="B") for n in range(60)]
    rare = [Case(days=300, decided=True, province="C") for _ in range(2)]
    cases = fast + slow + rare
    a, b, c = (estimate(cases, province=name).p50 for name in "ABC")
    assert a < b < c < 300
    assert estimate(cases, province="B").like == 60


def test_the_same_cases_give_the_same_days_in_any_order() -> None:
    cases = [Case(days=5 + 3 * n, decided=n % 3 > 0) for n in range(30)]
    one, two = estimate(cases), estimate(cases)
    assert (one.p50, one.p90) == (two.p50, two.p90)
    assert estimate(cases[::-1]).p90 == pytest.approx(one.p90, rel=1e-6)


@pytest.mark.parametrize("days", [[0] * 6, [7] * 8, [1, 1, 1, 1, 5000], [3, 3, 3, 3, 3, 4]])
def test_odd_waits_do_not_crash(days: list[int]) -> None:
    found = estimate([Case(days=one, decided=True) for one in days])
    assert 0 < found.p50 <= found.p90
