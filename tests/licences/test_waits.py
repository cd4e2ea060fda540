"""Waits: the P90 holds in nine cases of ten, the waiting count as waiting, and nothing is made of nothing."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.waits.cover import held
from greenlane.errors import UsageError
from greenlane.licences import waits
from greenlane.licences.waits import Case, Lean, estimate

LEAN = Lean(id="a reading", p10=10, p50=38, p90=82, cases=5)


@pytest.mark.parametrize("truth", ["log-normal", "Weibull", "log-logistic", "gamma"])
def test_p90_covers_88_to_92_percent_of_new_cases(truth: str) -> None:
    """Four truths, of which one is none of the shapes fitted; two cases in five still wait."""
    found = held(truth, 400, logs=40, seed=20250610, stretch=120.0)
    assert found.waiting > 0.35
    assert 0.88 <= found.p90 <= found.told <= 0.92
    assert 0.46 <= found.p50 <= 0.54


@pytest.mark.parametrize("truth", ["Weibull", "log-logistic"])
def test_of_40_cases_of_which_many_wait_the_p90_is_neither_too_early_nor_too_late(truth: str) -> None:
    """So few cases cannot tell a thin end from a fat one. With no shape thinner than the Weibull it is held by 93 % or more."""
    found = held(truth, 40, logs=120, seed=1, stretch=120.0)
    assert found.waiting > 0.35
    assert 0.88 <= found.p90 <= 0.92


@pytest.mark.parametrize("shape", waits._SHAPES)
@pytest.mark.parametrize("seen", [True, False])
def test_each_shape_is_a_distribution_and_knows_its_slope_and_bend(shape: str, seen: bool) -> None:
    z = np.linspace(-12.0, 6.0, 20_001)
    mask, step = np.full(len(z), seen), z[1] - z[0]
    value, slope, bend = waits._log_likelihood(shape, z, mask)
    assert np.allclose(np.gradient(value, step)[1:-1], slope[1:-1], rtol=1e-3, atol=1e-3)
    assert np.allclose(np.gradient(slope, step)[1:-1], bend[1:-1], rtol=1e-3, atol=1e-3)
    assert (bend <= 0).all()
    over = waits._below(shape, z)
    if seen:
        assert np.allclose(np.cumsum(np.exp(value)) * step + over[0], over, atol=2e-3)
        assert waits._below(shape, np.array([waits._quantile(shape, 0.9)])) == pytest.approx(0.9)
    else:
        part = over < 1 - 1e-9
        assert np.allclose(np.exp(value[part]), 1 - over[part], atol=1e-9)


@pytest.mark.parametrize("shape", waits._SHAPES)
def test_no_wait_is_so_far_out_that_a_shape_breaks(shape: str) -> None:
    z = np.array([-700.0, -50.0, 0.0, 3.0, 20.0, 150.0, 250.0])
    for seen in (True, False):
        value, slope, bend = waits._log_likelihood(shape, z, np.full(len(z), seen))
        assert np.isfinite(value).all()
        assert np.isfinite(slope).all()
        assert (bend <= 0).all()


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
