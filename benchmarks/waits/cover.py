"""Does the P90 day hold in nine cases of ten? Simulated waits whose truth is known, estimated and held against it.

For each truth and number of cases, many logs are simulated: cases of several provinces, destinations and kinds, filed over a
stretch of time and seen on one day, so that some are still waiting. The share of new cases that would be decided by the estimated
P50 and P90 is computed from the truth, not drawn. Run it: python benchmarks/waits/cover.py [--logs 200] [--seed 7]
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np
from scipy import special

from greenlane.licences.waits import Case, estimate

PROVINCES = {"Jiangxi": 0.0, "Zhejiang": 0.25, "Guangdong": -0.2, "Shandong": 0.1}
DESTINATIONS = {"DE": 0.0, "US": 0.4, "JP": 0.2}
KINDS = {"single": 0.0, "general": -0.3}
TRUTHS = ("log-normal", "Weibull", "log-logistic", "gamma")
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


def held(truth: str, count: int, *, logs: int, seed: int, stretch: float) -> tuple[float, float, float]:
    """The mean share of new cases decided by the estimated P50 and P90, and the share of cases still waiting."""
    rng = np.random.default_rng(seed)
    found: list[tuple[float, float]] = []
    waiting = []
    for _ in range(logs):
        cases = log_of(truth, count, rng, stretch=stretch)
        p, d, k = (str(rng.choice(list(one))) for one in (PROVINCES, DESTINATIONS, KINDS))
        waiting.append(np.mean([not one.decided for one in cases]))
        made = estimate(cases, province=p, destination=d, kind=k)
        place = math.log(MEDIAN) + PROVINCES[p] + DESTINATIONS[d] + KINDS[k]
        found.append((below(truth, math.log(made.p50), place), below(truth, math.log(made.p90), place)))
    mean = np.mean(found, axis=0)
    return float(mean[0]), float(mean[1]), float(np.mean(waiting))


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--logs", type=int, default=200)
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--cases", type=int, nargs="*", default=(40, 120, 400))
    given = asked.parse_args()
    print(f"{given.logs} logs each, seed {given.seed}")
    print("truth         cases  waiting   by P50   by P90")
    for truth in TRUTHS:
        for count in given.cases:
            for stretch in (120.0, 240.0):
                spent = time.process_time()
                p50, p90, waiting = held(truth, count, logs=given.logs, seed=given.seed, stretch=stretch)
                spent = (time.process_time() - spent) / given.logs
                print(f"{truth:13} {count:5} {waiting:7.0%} {p50:8.1%} {p90:8.1%}   {spent * 1000:.0f} ms a log")


if __name__ == "__main__":
    main()
