"""How long will it take? A survival model of waits, in which a case that is still waiting counts as waiting at least so long.

A wait T has log T = m + effects + s * E, with E of one of five shapes: log-logistic, and the generalised gamma at four values of
its figure q (0 is the log-normal, 1 the Weibull; the larger q, the thinner the long end). Few cases of which many still wait cannot
tell thin ends from fat ones, so the shapes reach to both sides of those that are usual: with nothing thinner than the Weibull among
them, waits that are Weibull would be given a P90 too late. Effects are those of province, destination and kind of licence, each
drawn towards zero, so that a province with two cases says little; how far they lie apart is one of two guesses. Shapes and guesses
are weighed by how likely the cases are under each. What is asked is the wait of a *new* case: its quantiles are taken over what is
not known of shape, scale and effects as well (the effects are taken as normal at each of a row of scales, which are weighed by what
is likely once the effects are summed out; a scale fitted together with many effects would come out too small). Waiting cases alone
say only that it takes longer than that: then nothing is estimated.

Days are counted whole. A case decided on its seventh day was decided between the sixth and the seventh, and is taken at the middle;
one that still waits after seven days has waited all of them.

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
EFFECT_SDS: Final = (0.15, 0.5)  # on the log scale: effects of a factor of about 1.16, or of about 1.6, either way are expected
_STEPS_MAX: Final = 60
_SCALES: Final = 15
_NODES: Final = 9
_REACH: Final = 3.5  # spreads of the scale to either side
_GAMMA: Final = {"generalised gamma, q 0.5": 0.5, "generalised gamma, q 1.5": 1.5}
_SHAPES: Final = ("log-normal", "Weibull", "log-logistic", *_GAMMA)
_FAR: Final = 40.0  # from here on the share that still waits is taken from its series: the function itself comes to nothing

Array = np.ndarray[Any, np.dtype[np.float64]]
Seen = np.ndarray[Any, np.dtype[np.bool_]]


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
    days = np.array([float(one.days) for one in cases])
    seen = np.array([one.decided for one in cases], dtype=bool)
    logs = np.log(np.maximum(days - 0.5 * seen, 0.25))
    spreads = EFFECT_SDS if columns else EFFECT_SDS[-1:]
    fits = [_fit(shape, logs, seen, design, lean, point, spread) for shape in _SHAPES for spread in spreads]
    best = max(fits, key=lambda one: one.evidence)
    p50, p90 = (_predicted(fits, share) for share in (0.5, 0.9))
    curve = _observed(days, seen) if decided else (None, None)
    like = sum(one.decided and all(not text or getattr(one, name) == text for name, text in wanted.items()) for one in cases)
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
class _Part:
    """The figures at one scale: place of a new case and its spread, and how likely the scale is."""

    scale: float
    place: float
    spread: float
    likely: float  # a logarithm


@dataclass(frozen=True, slots=True)
class _Fit:
    shape: str
    parts: tuple[_Part, ...]
    evidence: float


class _Cases:
    """Cases under one shape: for a scale, the likeliest effects and what is not known of them."""

    def __init__(self, shape: str, logs: Array, seen: Seen, design: Array, lean: Lean | None, effect_sd: float) -> None:
        self._shape, self._logs, self._seen, self._design = shape, logs, seen, design
        self._center, self._weight = _prior(shape, design.shape[1], logs, lean, effect_sd)
        self._sure = 0.5 * float(np.log(self._weight[:-1]).sum())
        self._effects = self._center[:-1].copy()

    def value(self, log_scale: float, effects: Array) -> tuple[float, Array, Array]:
        """The logarithm of the likelihood with its prior; its slope, and its bend, in the effects."""
        scale = math.exp(log_scale)
        center, weight = self._center, self._weight
        value, slope, bend = _log_likelihood(self._shape, (self._logs - self._design @ effects) / scale, self._seen)
        off = effects - center[:-1]
        total = float(value.sum()) - log_scale * float(self._seen.sum()) - 0.5 * float(off @ (weight[:-1] * off))
        total -= 0.5 * float(weight[-1]) * (log_scale - float(center[-1])) ** 2
        steep = -(self._design.T @ slope) / scale - weight[:-1] * off
        bent = (self._design.T * -bend) @ self._design / scale**2 + np.diag(weight[:-1])
        return total, steep, bent

    def at(self, log_scale: float) -> tuple[float, Array, Array]:
        """Newton's method; each shape is log-concave in the effects, so there is one top."""
        effects = self._effects
        total, steep, bent = self.value(log_scale, effects)
        for _ in range(_STEPS_MAX):
            step = np.linalg.solve(bent, steep)
            size = 1.0
            while size > 1e-6 and (after := self.value(log_scale, effects + size * step))[0] < total:
                size /= 2
            if size <= 1e-6:
                break
            gained = after[0] - total
            effects, (total, steep, bent) = effects + size * step, after
            if gained < 1e-10 * (1 + abs(total)):
                break
        self._effects = effects
        _, logdet = np.linalg.slogdet(bent)
        return total + self._sure - 0.5 * float(logdet), effects, bent


def _fit(shape: str, logs: Array, seen: Seen, design: Array, lean: Lean | None, point: Array, effect_sd: float) -> _Fit:
    """The place of a new case at each of a row of scales about the likeliest."""
    cases = _Cases(shape, logs, seen, design, lean, effect_sd)
    found = optimize.minimize_scalar(lambda one: -cases.at(one)[0], bounds=(-3.5, 2.0), method="bounded", options={"xatol": 1e-4})
    top, width = float(found.x), 0.05
    bend = (2 * cases.at(top)[0] - cases.at(top - width)[0] - cases.at(top + width)[0]) / width**2
    spread = 1 / math.sqrt(max(bend, 0.5))
    parts = []
    for log_scale in np.linspace(top - _REACH * spread, top + _REACH * spread, _SCALES):
        likely, effects, bent = cases.at(float(log_scale))
        unsure = math.sqrt(float(point @ np.linalg.solve(bent, point)))
        parts.append(_Part(math.exp(float(log_scale)), float(point @ effects), unsure, likely))
    heights = np.array([one.likely for one in parts])
    evidence = float(special.logsumexp(heights)) + math.log(2 * _REACH * spread / (_SCALES - 1))
    return _Fit(shape, tuple(parts), evidence)


def _prior(shape: str, width: int, logs: Array, lean: Lean | None, effect_sd: float) -> tuple[Array, Array]:
    """Where the figures are expected, and how strongly (one over the variance)."""
    center, weight = np.zeros(width + 1), np.full(width + 1, effect_sd**-2)
    low, high = _quantile(shape, 0.1), _quantile(shape, 0.9)
    if lean is None:
        center[0] = float(np.median(logs)) if len(logs) else 3.0
        weight[0], weight[-1] = 1e-4, 0.2  # all but flat
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
    if (q := _GAMMA.get(shape)) is not None:
        return math.log(float(special.gammaincinv(q**-2, share)) * q * q) / q
    return math.log(-math.log1p(-share)) if shape == "Weibull" else math.log(share / (1 - share))


def _log_likelihood(shape: str, z: Array, seen: Seen) -> tuple[Array, Array, Array]:
    """Of each case the logarithm of its density, or of waiting on; its slope and its bend in z."""
    if shape == "log-normal":
        wait = special.log_ndtr(-z)
        bell = -0.5 * z * z - 0.5 * math.log(2 * math.pi)
        hazard = np.exp(bell - wait)
        return np.where(seen, bell, wait), np.where(seen, -z, -hazard), np.where(seen, -1.0, -hazard * (hazard - z))
    if shape == "Weibull":
        grown = np.exp(np.minimum(z, 300.0))
        return np.where(seen, z - grown, -grown), np.where(seen, 1.0 - grown, -grown), -grown
    if (q := _GAMMA.get(shape)) is not None:
        return _gamma_likelihood(q, z, seen)
    both = np.logaddexp(0.0, z)
    part = special.expit(z)
    curve = part * (1 - part)
    return np.where(seen, z - 2 * both, -both), np.where(seen, 1.0 - 2.0 * part, -part), np.where(seen, -2 * curve, -curve)


def _gamma_likelihood(q: float, z: Array, seen: Seen) -> tuple[Array, Array, Array]:
    """The same of the generalised gamma: exp(q * z) / q^2 is drawn from a gamma distribution of the shape 1 / q^2."""
    a = q**-2
    grown = math.log(a) + np.minimum(q * z, 300.0)
    x = np.exp(grown)
    bell = math.log(q) - float(special.gammaln(a)) + a * grown - x
    off = np.maximum(x, _FAR)
    series = 1 + (a - 1) / off * (1 + (a - 2) / off * (1 + (a - 3) / off * (1 + (a - 4) / off)))
    far = (a - 1) * grown - x - float(special.gammaln(a)) + np.log(series)
    wait = np.where(x > _FAR, far, np.log(special.gammaincc(a, np.minimum(x, _FAR))))
    hazard = np.exp(bell - wait)
    slope = q * (a - x)
    # Far out the two parts of the bend are alike in all the digits there are; what is left of them comes to q.
    bend = -hazard * np.where(x > 1e4, q, slope + hazard)
    return np.where(seen, bell, wait), np.where(seen, slope, -hazard), np.where(seen, -q * q * x, bend)


def _predicted(fits: Sequence[_Fit], share: float) -> float:
    """The quantile of the wait of a new case, over shapes, scales and the spread of the place."""
    best = max(one.evidence for one in fits)
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    weights = weights / weights.sum()
    rows: dict[str, list[tuple[float, float, float, float]]] = {}
    for fit in fits:
        most = max(part.likely for part in fit.parts)
        own = np.array([math.exp(part.likely - most) for part in fit.parts])
        own *= math.exp(fit.evidence - best) / own.sum()
        weighed = ((float(weight), part) for weight, part in zip(own, fit.parts, strict=True) if weight > 1e-9)
        rows.setdefault(fit.shape, []).extend((weight, part.place, part.spread, part.scale) for weight, part in weighed)
    parts = {shape: np.array(found).T[:, :, None] for shape, found in rows.items() if found}
    whole = sum(float(weight.sum()) for weight, *_ in parts.values())

    def over(log_days: float) -> float:
        held = 0.0
        for shape, (weight, place, spread, scale) in parts.items():
            below = _below(shape, (log_days - place - spread * nodes) / scale)
            held += float((weight * below * weights).sum())
        return held / whole - share

    return math.exp(float(optimize.brentq(over, -40.0, 60.0, xtol=1e-9)))


def _below(shape: str, z: Array) -> Array:
    """The share of waits that are over by then."""
    if shape == "log-normal":
        return np.asarray(special.ndtr(z))
    if (q := _GAMMA.get(shape)) is not None:
        return np.asarray(special.gammainc(q**-2, np.exp(np.minimum(q * z, 300.0)) / q**2))
    if shape == "Weibull":
        return -np.expm1(-np.exp(np.minimum(z, 300.0)))
    return np.asarray(special.expit(z))


def _observed(days: Array, seen: Seen) -> tuple[float | None, float | None]:
    """What the cases themselves show, of any shape: the Kaplan-Meier curve, as far as it comes down."""
    curve = stats.ecdf(stats.CensoredData(uncensored=days[seen], right=days[~seen])).sf
    found: list[float | None] = []
    for share in (0.5, 0.1):
        reached = np.flatnonzero(curve.probabilities <= share + 1e-12)
        found.append(float(curve.quantiles[reached[0]]) if len(reached) else None)
    return found[0], found[1]
