"""Does the P90 day hold in nine cases of ten? Simulated waits whose truth is known, estimated and held against it.

For each truth and number of cases, many logs are simulated: cases of several provinces, destinations and kinds, filed over a
stretch of time and seen on one day, so that some are still waiting. The share of new cases that would be decided by the estimated
P50 and P90 is computed from the truth, not drawn; what is left of chance is which logs came up, and its standard error is printed.
Days are counted whole and the P90 is told as a whole day, rounded up: `told` is the share of cases decided by then, as counted.
Run it: python benchmarks/waits/cover.py [--logs 400] [--seed 7] [--cases 40 120 400] [--truths Weibull gamma]
"""

from __future__ import annotations

import argparse
import math
import time
from typing import NamedTuple

import numpy as np
from scipy import special

from greenlane.licences.waits import Case, estimate

PROVINCES = {"Jiangxi": 0.0, "Zhejiang": 0.25, "Guangdong": -0.2, "Shandong": 0.1}
DESTINATIONS = {"DE": 0.0, "US": 0.4, "JP": 0.2}
KINDS = {"single": 0.0, "general": -0.3}
TRUTHS = ("log-normal", "Weibull", "log-logistic", "gamma")
LANES = ((0.7, -0.25), (0.3, 0.5))  # of the truth with two lanes: how many go by each, and how far from the middle it lies
MEDIAN = 40.0


def below(truth: str, log_days: float, place: float) -> float:
    """The true share of waits up to so many days."""
    z = log_days - place
    if truth == "log-normal":
        return float(special.ndtr(z / 0.5))
    if truth == "Weibull":
        return float(-math.expm1(-math.log(2) * math.exp(z / 0.6)))
    if truth == "log-logistic":
        return float(special.expit(z / 0.35))
    if truth == "two lanes":
        return float(sum(share * special.ndtr((z - off) / 0.35) for share, off in LANES))
    return float(special.gammainc(3.0, math.exp(z) * special.gammaincinv(3.0, 0.5)))


def draw(truth: str, rng: np.random.Generator, places: np.ndarray) -> np.ndarray:
    """Waits in days."""
    shares = rng.random(len(places))
    if truth == "log-normal":
        logs = 0.5 * special.ndtri(shares)
    elif truth == "Weibull":
        logs = 0.6 * np.log(-np.log1p(-shares) / math.log(2))
    elif truth == "log-logistic":
        logs = 0.35 * special.logit(shares)
    elif truth == "two lanes":
        lane = (rng.random(len(places)) >= LANES[0][0]).astype(int)
        logs = np.array([off for _, off in LANES])[lane] + 0.35 * special.ndtri(shares)
    else:
        logs = np.log(special.gammaincinv(3.0, shares) / special.gammaincinv(3.0, 0.5))
    return np.asarray(np.exp(places + logs))


def log_of(truth: str, count: int, rng: np.random.Generator, *, stretch: float) -> list[Case]:
    """Cases filed over a stretch of days, as they stand on its last day."""
    pick = [rng.choice(list(one), size=count) for one in (PROVINCES, DESTINATIONS, KINDS)]
    places = np.array([math.log(MEDIAN) + PROVINCES[p] + DESTINATIONS[d] + KINDS[k] for p, d, k in zip(*pick, strict=True)])
    waits, filed = np.maximum(np.ceil(draw(truth, rng, places)), 1), rng.uniform(0, stretch, count)
    open_for = np.floor(stretch - filed)
    return [
        Case(days=int(min(wait, age)), decided=bool(wait <= age), province=p, destination=d, kind=k)
        for wait, age, p, d, k in zip(waits, open_for, *pick, strict=True)
    ]


class Held(NamedTuple):
    """Mean shares over the logs: of new cases decided by the P50, by the P90 and by the P90 as told; of cases still waiting."""

    p50: float
    p90: float
    told: float
    waiting: float
    error: float  # one standard error of the share by the P90


def held(truth: str, count: int, *, logs: int, seed: int, stretch: float) -> Held:
    """How often the estimates of so many logs hold."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, float, float, float]] = []
    for _ in range(logs):
        cases = log_of(truth, count, rng, stretch=stretch)
        p, d, k = (str(rng.choice(list(one))) for one in (PROVINCES, DESTINATIONS, KINDS))
        made = estimate(cases, province=p, destination=d, kind=k)
        place = math.log(MEDIAN) + PROVINCES[p] + DESTINATIONS[d] + KINDS[k]
        shares = [below(truth, math.log(days), place) for days in (made.p50, made.p90, math.ceil(made.p90))]
        found.append((shares[0], shares[1], shares[2], sum(not one.decided for one in cases) / count))
    p50, p90, told, waiting = (float(one) for one in np.mean(found, axis=0))
    error = float(np.std([one[1] for one in found], ddof=1)) / math.sqrt(logs)
    return Held(p50, p90, told, waiting, error)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--logs", type=int, default=200)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--cases", type=int, nargs="*", default=(40, 120, 400))
    asked.add_argument("--truths", nargs="*", default=(*TRUTHS, "two lanes"))
    given = asked.parse_args()
    print(f"{given.logs} logs each, seed {given.seed}")
    print("truth         cases  waiting   by P50   by P90   error    told")
    for truth in given.truths:
        for count in given.cases:
            for stretch in (120.0, 240.0):
                spent = time.process_time()
                one = held(truth, count, logs=given.logs, seed=given.seed, stretch=stretch)
                spent = (time.process_time() - spent) / given.logs
                shares = f"{one.waiting:7.0%} {one.p50:8.1%} {one.p90:8.2%}   {one.error:.2%} {one.told:8.2%}"
                print(f"{truth:13} {count:5} {shares}   {spent * 1000:.0f} ms a log", flush=True)


if __name__ == "__main__":
    main()
