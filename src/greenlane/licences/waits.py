"""How long will it take? A survival model of waits, in which a case that is still waiting counts as waiting at least so long.

A wait T has log T = m + effects + s * E, with E of one of three shapes (log-normal, Weibull, log-logistic); effects are those of
province, destination and kind of licence, each drawn towards zero, so that a province with two cases says little. The three shapes
are weighed by how likely the cases are under each. What is asked is the wait of a *new* case: its quantiles are taken over what is
not known of shape and figures as well (a normal approximation at each mode, followed on a fixed set of points, so the same cases
give the same days). Waiting cases alone say only that it takes longer than that: then nothing is estimated.

Whoever has no decided cases may lean on a reading of public figures by name; it counts as so many cases and is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import optimize, special, stats

from greenlane.errors import UsageError

DECIDED_MIN: Final = 5  # decided cases below which nothing is estimated without a prior
CASES_MAX: Final = 200_000
EFFECT_SD: Final = 0.5  # on the log scale: effects of a factor of about 1.6 either way are expected
_POINTS: Final = 512
_SHAPES: Final = ("log-normal", "Weibull", "log-logistic")
_Z90: Final = 1.2815515655446004

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: how many days until it was decided, or that it has waited so long; and what it is."""

    days: int
    decided: bool
    province: str = ""
    destination: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lean:
    """A reading of public figures that counts as some cases: its quantiles in the days of the cases."""

    id: str
    p10: float
    p50: float
    p90: float
    cases: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The wait of a new case."""

    shape: str  # the likeliest
    p50: float
    p90: float
    decided: int
    waiting: int
    like: int  # decided cases of the same province, destination and kind
    rests_on: str  # cases, cases and prior, prior
    observed_p50: float | None  # Kaplan-Meier, of all cases; None where the curve does not come down so far
    observed_p90: float | None


def estimate(
    cases: Sequence[Case], *, province: str = "", destination: str = "", kind: str = "", lean: Lean | None = None
) -> Estimate:
    """The wait of a new case. Raises UsageError GL0736 if there is nothing to estimate it from."""
    if len(cases) > CASES_MAX:
        raise UsageError("GL0736", f"{len(cases)} cases are more than are taken ({CASES_MAX})")
    decided = sum(one.decided for one in cases)
    if decided < DECIDED_MIN and lean is None:
        waiting = len(cases) - decided
        message = f"{decided} decided cases and {waiting} waiting say too little: {DECIDED_MIN} decided ones are needed"
        raise UsageError("GL0736", message, hint="--prior names a reading of public figures to lean on")
    wanted = {"province": province, "destination": destination, "kind": kind}
    columns = _columns(cases)
    design = _design(cases, columns)
    point = np.array([1.0, *(float(wanted[name] == value) for name, value in columns)])
    days = np.array([max(float(one.days), 0.5) for one in cases])
    seen = np.array([one.decided for one in cases], dtype=bool)
    fits = [_fit(shape, np.log(days), seen, design, lean) for shape in _SHAPES]
    best = max(fits, key=lambda one: one.evidence)
    p50, p90 = (_predicted(fits, point, share) for share in (0.5, 0.9))
    curve = _observed(days, seen) if decided else (None, None)
    like = sum(
        one.decided and all(not text or getattr(one, name) == text for name, text in wanted.items()) for one in cases
    )
    rests = "cases" if lean is None else f"{decided} cases and the prior {lean.id}" if decided else f"the prior {lean.id}"
    return Estimate(
        shape=best.shape,
        p50=p50,
        p90=p90,
        decided=decided,
        waiting=len(cases) - decided,
        like=like,
        rests_on=rests,
        observed_p50=curve[0],
        observed_p90=curve[1],
    )


def _columns(cases: Sequence[Case]) -> list[tuple[str, str]]:
    """The effects there may be: each value of each property, where cases have several of them."""
    found = []
    for name in ("province", "destination", "kind"):
        values = sorted({getattr(one, name) for one in cases})
        if len(values) > 1:
            found += [(name, value) for value in values if value]
    return found


def _design(cases: Sequence[Case], columns: Sequence[tuple[str, str]]) -> Array:
    design = np.ones((len(cases), 1 + len(columns)))
    for place, (name, value) in enumerate(columns, start=1):
        design[:, place] = [getattr(one, name) == value for one in cases]
    return design


@dataclass(frozen=True, slots=True)
class _Fit:
    shape: str
    mode: Array  # intercept, effects, log of the scale
    spread: Array  # a root of their covariance
    evidence: float


def _fit(shape: str, logs: Array, seen: Array, design: Array, lean: Lean | None) -> _Fit:
    """The mode of the figures, and their spread about it."""
    center, weight = _prior(shape, design.shape[1], logs, lean)

    def against(figures: Array) -> tuple[float, Array]:
        scale = math.exp(figures[-1])
        z = (logs - design @ figures[:-1]) / scale
        value, slope = _log_likelihood(shape, z, seen)
        value = value - np.where(seen, figures[-1] + logs, 0.0)
        gradient = np.empty_like(figures)
        gradient[:-1] = -(design.T @ slope) / scale
        gradient[-1] = -float(slope @ z) - float(seen.sum())
        off = figures - center
        return -float(value.sum()) + 0.5 * float(off @ (weight * off)), -gradient + weight * off

    start = center.copy()
    found = optimize.minimize(against, start, jac=True, method="L-BFGS-B", bounds=[(-30, 30)] * (len(start) - 1) + [(-4, 3)])
    mode = np.asarray(found.x, dtype=np.float64)
    bend = _bend(lambda at: against(at)[1], mode)
    values, vectors = np.linalg.eigh(bend)
    values = np.maximum(values, 1e-6)
    spread = vectors / np.sqrt(values)
    evidence = -float(found.fun) - 0.5 * float(np.log(values).sum())
    return _Fit(shape, mode, spread, evidence)


def _prior(shape: str, width: int, logs: Array, lean: Lean | None) -> tuple[Array, Array]:
    """Where the figures are expected, and how strongly (one over the variance)."""
    center, weight = np.zeros(width + 1), np.full(width + 1, EFFECT_SD**-2)
    low, high = _quantile(shape, 0.1), _quantile(shape, 0.9)
    if lean is None:
        center[0] = float(np.median(logs)) if len(logs) else 3.0
        weight[0], weight[-1] = 1e-4, 0.05  # all but flat
        center[-1] = math.log(0.6)
    else:
        scale = math.log(lean.p90 / lean.p10) / (high - low)
        center[0] = math.log(lean.p50) - scale * _quantile(shape, 0.5)
        center[-1] = math.log(scale)
        weight[0], weight[-1] = lean.cases / scale**2, 2.0 * lean.cases
    return center, weight


def _quantile(shape: str, share: float) -> float:
    if shape == "log-normal":
        return float(special.ndtri(share))
    return math.log(-math.log1p(-share)) if shape == "Weibull" else math.log(share / (1 - share))


def _log_likelihood(shape: str, z: Array, seen: Array) -> tuple[Array, Array]:
    """Of each case the logarithm of its density, or of waiting on; and its slope in z."""
    if shape == "log-normal":
        wait = special.log_ndtr(-z)
        bell = -0.5 * z * z - 0.5 * math.log(2 * math.pi)
        return np.where(seen, bell, wait), np.where(seen, -z, -np.exp(bell - wait))
    if shape == "Weibull":
        grown = np.exp(np.minimum(z, 300.0))
        return np.where(seen, z - grown, -grown), np.where(seen, 1.0 - grown, -grown)
    both = np.logaddexp(0.0, z)
    part = special.expit(z)
    return np.where(seen, z - 2 * both, -both), np.where(seen, 1.0 - 2.0 * part, -part)


def _bend(gradient: Any, at: Array) -> Array:
    """The second derivatives, by differences of the first."""
    size = len(at)
    bend = np.empty((size, size))
    for place in range(size):
        step = np.zeros(size)
        step[place] = 1e-4
        bend[place] = (gradient(at + step) - gradient(at - step)) / 2e-4
    return (bend + bend.T) / 2


def _predicted(fits: Sequence[_Fit], point: Array, share: float) -> float:
    """The quantile of the wait of a new case, over the shapes and the spread of their figures."""
    best = max(one.evidence for one in fits)
    weights = [math.exp(one.evidence - best) for one in fits]
    # A Halton sequence without scrambling: the same points every time, and no clock or chance in the answer.
    points = special.ndtri(stats.qmc.Halton(d=len(point) + 1, scramble=False).random(_POINTS + 1)[1:])
    parts = []
    for fit, weight in zip(fits, weights, strict=True):
        if weight > 1e-6:
            drawn = fit.mode + points @ fit.spread.T
            parts.append((fit.shape, weight / sum(weights), drawn[:, :-1] @ point, np.exp(np.clip(drawn[:, -1], -6, 4))))

    def over(log_days: float) -> float:
        return sum(weight * float(_below(shape, (log_days - places) / scales).mean()) for shape, weight, places, scales in parts) - share

    return math.exp(float(optimize.brentq(over, -40.0, 60.0, xtol=1e-9)))


def _below(shape: str, z: Array) -> Array:
    """The share of waits that are over by then."""
    if shape == "log-normal":
        return np.asarray(special.ndtr(z))
    if shape == "Weibull":
        return -np.expm1(-np.exp(np.minimum(z, 300.0)))
    return np.asarray(special.expit(z))


def _observed(days: Array, seen: Array) -> tuple[float | None, float | None]:
    """What the cases themselves show, of any shape: the Kaplan-Meier curve, as far as it comes down."""
    curve = stats.ecdf(stats.CensoredData(uncensored=days[seen], right=days[~seen])).sf
    found: list[float | None] = []
    for share in (0.5, 0.1):
        reached = np.flatnonzero(curve.probabilities <= share + 1e-12)
        found.append(float(curve.quantiles[reached[0]]) if len(reached) else None)
    return found[0], found[1]
