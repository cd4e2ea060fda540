"""Fit the table of weights that screening works with, from labelled queries, and write it down.

    python benchmarks/screening/fit.py --data DIR --out model.json [--version names-6]

The form is an additive model over binned evidence: one table a piece of evidence, and some tables over two pieces. Tables of
pieces that can only speak one way are kept monotone, so that more agreement never lowers a score. The fit is Newton boosting in
turns, with nothing random in it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from benchmarks.screening.data import HARD, INVENTED, SOFT, Labelled, compare, half_of, invented_innocents, listed_parties, queries
from benchmarks.screening.made import (
    ALIAS,
    ALIKE,
    EXCHANGED,
    FATHER,
    LONGER,
    MADE,
    PINYIN,
    SHORTER,
    SIGN,
    SLIPS,
    TURNED,
    made_queries,
)
from greenlane.screen.evidence import COLUMN
from greenlane.screen.index import Index
from greenlane.screen.rows import BRIDGES
from greenlane.screen.score import SEGMENTS

Floats = NDArray[np.float64]

SHARE = [0.05, 0.15, 0.25, 0.35, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.88, 0.91, 0.94, 0.97, 0.999]
NATS = [0.01, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30]
LIKE = [0.01, 0.55, 0.7, 0.8, 0.86, 0.92, 0.999]
COUNT = [1, 2, 3, 4, 5, 6, 8]
# Each piece of evidence: its edges, and whether more of it speaks for (1), against (-1) or either way (0).
SINGLE: dict[str, tuple[list[float], int]] = {
    "query_covered": (SHARE, 1),
    "list_covered": (SHARE, 1),
    "query_lacking": (NATS, -1),
    "list_lacking": (NATS, -1),
    "exchanged": (NATS, -1),
    "query_lacking_most": (NATS, -1),
    "list_lacking_most": (NATS, -1),
    "query_plain_lacking": (NATS, -1),
    "list_plain_lacking": (NATS, -1),
    "shared": ([2, 4, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 30, 40], 1),
    "query_rarest": (LIKE, 1),
    "list_rarest": (LIKE, 1),
    "list_first": (LIKE, 1),
    "letters": (SHARE, 1),
    "letters_sorted": (SHARE, 1),
    "slips": ([1, 2, 3, 4, 5, 7], -1),
    "whole_slips": ([1, 2, 3, 4, 5, 7, 9], -1),
    "whole_letters": ([5, 7, 9, 11, 13, 16, 20, 25, 32, 45], 0),
    "shared_plain": ([0.5, 2, 4, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 30, 40], 1),
    "exact": ([2, 4, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 24, 30, 40], 1),
    "list_last": (LIKE, 1),
    "query_first": (LIKE, 1),
    "query_last": (LIKE, 1),
    "rest": ([0.7, 0.8, 0.9, 0.999], 1),
    "begins": ([3, 5, 7, 9, 12, 15, 20, 25], 1),
    "cut": ([3, 5, 7, 9, 12, 15, 20, 25], 1),
    "inexact": ([1, 2, 3, 4], -1),
    "initials": ([1, 2, 3], -1),
    "turns": ([1, 2, 3], -1),
    "twists": ([1, 2], -1),
    "rest_slips": ([1, 2, 3, 4, 5, 7, 9], -1),
    "rest_bones": ([1, 2, 3, 4, 9], -1),
    "rest_letters": ([1, 4, 5, 6, 7, 8, 10, 12, 16], 0),
    "known_slip": ([0.01, 1, 1.5, 2, 2.5, 3, 4, 5, 6], -1),
    "known_lacking": ([0.01, 1, 2, 3, 4, 5, 6], 0),
    "sameness": ([1, 2, 3, 4], 1),
    "wholly": ([1, 2], 1),
    "fathers": ([1, 2], 0),
    "signs": ([1, 2, 3, 4, 6], 0),
    "genders": ([1], -1),
    "query_words": (COUNT, 0),
    "list_words": (COUNT, 0),
    "plain_shared": ([1, 2, 3, 4], 1),
    "plain_exchanged": ([1, 2, 3], -1),
    "numbers": ([1, 2, 3], 0),
    "places": ([1], -1),
    "forms": ([1, 2, 3], 0),
    "bridge": (list(range(1, len(BRIDGES))), 0),
    "weak": ([1], -1),
}
PAIRS: list[tuple[str, str]] = [
    ("query_covered", "list_covered"),
    ("exchanged", "letters"),
    ("query_lacking_most", "list_lacking_most"),
    ("shared", "query_covered"),
    ("shared", "list_covered"),
    ("letters", "query_words"),
    ("letters_sorted", "letters"),
    ("bridge", "letters_sorted"),
    ("bridge", "query_covered"),
    ("begins", "list_covered"),
    ("query_words", "list_words"),
    ("list_first", "query_lacking"),
    ("plain_shared", "query_lacking_most"),
    ("turns", "letters_sorted"),
    ("forms", "letters"),
    ("numbers", "letters"),
    ("shared", "letters_sorted"),
    ("query_plain_lacking", "list_plain_lacking"),
    ("query_plain_lacking", "shared"),
    ("initials", "list_covered"),
    ("slips", "shared"),
    ("slips", "letters_sorted"),
    ("whole_slips", "whole_letters"),
    ("whole_slips", "shared"),
    ("whole_slips", "exact"),
    ("whole_slips", "numbers"),
    ("query_lacking_most", "exact"),
    ("exchanged", "exact"),
    ("list_first", "list_last"),
    ("cut", "list_covered"),
    ("shared_plain", "query_covered"),
    ("shared_plain", "list_covered"),
    ("shared_plain", "whole_slips"),
    ("rest_slips", "rest_letters"),
    ("rest_slips", "exact"),
    ("rest_slips", "whole_slips"),
    ("known_slip", "rest_slips"),
    ("known_slip", "exact"),
    ("known_slip", "rest_bones"),
    ("rest_bones", "rest_letters"),
    ("known_lacking", "exchanged"),
    ("sameness", "shared_plain"),
    ("sameness", "list_words"),
    ("fathers", "query_plain_lacking"),
    ("fathers", "sameness"),
    ("fathers", "letters_sorted"),
    ("twists", "plain_shared"),
    ("plain_exchanged", "exact"),
    ("signs", "letters_sorted"),
    ("bridge", "shared"),
    ("bridge", "list_words"),
    ("bridge", "letters"),
]
ROUNDS = (40, 40, 100)  # of each fit in turn: the first two say which row of a party is its best
RATE = 0.15
SHRINK = 20.0  # weight of the pull to nought, in units of curvature
SHRINK_PAIR = 40.0
RIDGE = 0.003
# Weight of a right pair, by kind of query, and of a wrong one. Near misses are rarer here than an evader would make them.
RIGHT = {SLIPS: 0.6, ALIAS: 0.15, SHORTER: 0.3, LONGER: 0.2, PINYIN: 0.3}
WRONG = {
    **dict.fromkeys(HARD, 20.0), **dict.fromkeys(SOFT, 4.0), INVENTED: 0.7,
    EXCHANGED: 2.0, FATHER: 0.7, ALIKE: 0.2, TURNED: 1.0, SIGN: 0.7,
    SLIPS: 0.0, ALIAS: 0.0, SHORTER: 0.0, LONGER: 0.0, PINYIN: 0.0,
}  # fmt: skip
# Set by hand beyond what is fitted: who bears a listed name to the letter is to be looked at, whatever else is said of it.
WHOLLY = np.asarray([0.0, 1.5, 6.0])
OTHERS = 0.1  # of wrong parties of a query whose right one is listed: some are doubles of it


@dataclass
class Fitted:
    """Tables of all segments: start, and one table a part."""

    edges: dict[str, Floats]
    start: Floats
    parts: list[tuple[tuple[str, ...], Floats]]

    def score(self, evidence: Floats, segment: NDArray[np.int64]) -> Floats:
        bins = binned(evidence, self.edges)
        total = self.start[segment]
        for names, table in self.parts:
            total = total + table[(segment, *(bins[name] for name in names))]
        return total


def binned(evidence: Floats, edges: dict[str, Floats]) -> dict[str, NDArray[np.int64]]:
    return {name: np.searchsorted(edge, evidence[:, COLUMN[name]], side="right") for name, edge in edges.items()}


def rising(table: Floats, weight: Floats, way: int) -> Floats:
    if way == 0 or len(table) < 2:
        return table
    return np.asarray(isotonic_regression(table, weights=weight + 1e-3, increasing=way > 0).x)


def rising_both(table: Floats, weight: Floats, ways: tuple[int, int]) -> Floats:
    for _ in range(3):
        if ways[0]:
            table = np.stack([rising(table[:, at], weight[:, at], ways[0]) for at in range(table.shape[1])], axis=1)
        if ways[1]:
            table = np.stack([rising(table[at], weight[at], ways[1]) for at in range(table.shape[0])], axis=0)
    for axis, way in enumerate(ways):
        if way > 0:
            table = np.maximum.accumulate(table, axis=axis)
        elif way < 0:
            table = np.minimum.accumulate(table, axis=axis)
    return table


def fit_segment(
    evidence: Floats, truth: Floats, weight: Floats, edges: dict[str, Floats], terms: Sequence[tuple[str, ...]], rounds: int
) -> tuple[float, list[Floats]]:
    bins = binned(evidence, edges)
    start = float(np.log((truth * weight).sum() + 1) - np.log(((1 - truth) * weight).sum() + 1))
    score = np.full(len(truth), start)
    shapes = [tuple(len(edges[name]) + 1 for name in names) for names in terms]
    places = [np.ravel_multi_index(tuple(bins[name] for name in names), shape) for names, shape in zip(terms, shapes, strict=True)]
    masses = [
        np.bincount(place, weights=weight, minlength=int(np.prod(shape))).reshape(shape)
        for place, shape in zip(places, shapes, strict=True)
    ]
    tables = [np.zeros(shape) for shape in shapes]
    for turn in range(rounds):
        for at, names in enumerate(terms):
            if len(names) == 2 and turn < rounds // 4:
                continue  # single pieces first, so that pairs hold only what is beyond them
            shape, place = shapes[at], places[at]
            chance = 1 / (1 + np.exp(-score))
            slope = np.bincount(place, weights=weight * (truth - chance), minlength=masses[at].size)
            curve = np.bincount(place, weights=weight * chance * (1 - chance), minlength=masses[at].size)
            pull = SHRINK if len(names) == 1 else SHRINK_PAIR
            step = RATE * (slope - RIDGE * pull * tables[at].ravel()) / (curve + pull)
            table = tables[at] + step.reshape(shape)
            ways = [SINGLE[name][1] for name in names]
            if len(names) == 1:
                table = rising(table, masses[at], ways[0])
            elif turn % 5 == 4 or turn == rounds - 1:
                table = rising_both(table, masses[at], (ways[0], ways[1]))
            score = score + (table - tables[at]).ravel()[place]
            tables[at] = table
    return start, tables


def fit(pairs: Labelled, rows: NDArray[np.bool_]) -> Fitted:
    """Fit on the pairs of the queries in `rows` (queries x bool); of each party its best row by the score so far."""
    edges = {name: np.asarray(edge, dtype=np.float64) for name, (edge, _) in SINGLE.items()}
    terms: list[tuple[str, ...]] = [(name,) for name in SINGLE] + list(PAIRS)
    mine = rows[pairs.query]
    guess = (
        pairs.evidence[:, COLUMN["letters_sorted"]]
        + pairs.evidence[:, COLUMN["query_covered"]]
        + pairs.evidence[:, COLUMN["list_covered"]]
    )
    fitted = None
    for rounds in ROUNDS:
        best = pairs.best_of_party(guess) & mine
        parts: list[list[Floats]] = []
        starts = []
        for segment in range(len(SEGMENTS)):
            chosen = best & (pairs.segment == segment) & (pairs.right | (pairs.weighed(WRONG, OTHERS) > 0))
            truth = pairs.right[chosen].astype(np.float64)
            weight = np.where(truth > 0, pairs.weighed(RIGHT, 1.0)[chosen], pairs.weighed(WRONG, OTHERS)[chosen])
            start, told = fit_segment(pairs.evidence[chosen], truth, weight, edges, terms, rounds)
            starts.append(start)
            parts.append(told)
        tables = [
            np.stack([one[at] for one in parts]) + (WHOLLY if names == ("wholly",) else 0.0) for at, names in enumerate(terms)
        ]
        fitted = Fitted(edges, np.asarray(starts), list(zip(terms, tables, strict=True)))
        guess = fitted.score(pairs.evidence, pairs.segment)
    assert fitted is not None
    return fitted


def calibrate(pairs: Labelled, rows: NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """Log-odds to probability, from scores of each half by tables that saw no party of it."""
    even = np.asarray([half_of(one) == "even" for one in pairs.qid])
    score = np.zeros(len(pairs.query))
    for half in (even, ~even):
        fitted = fit(pairs, rows & ~half)
        part = half[pairs.query]
        score[part] = fitted.score(pairs.evidence[part], pairs.segment[part])
    return knots_of(pairs, rows, score)


def knots_of(pairs: Labelled, rows: NDArray[np.bool_], score: Floats) -> tuple[list[float], list[float]]:
    """Log-odds to probability, from scores of pairs that their tables were not fitted on."""
    best = pairs.best_of_party(score) & rows[pairs.query]
    x, y = score[best], pairs.right[best].astype(np.float64)
    labelled = {INVENTED: 0.0} | dict.fromkeys(MADE, 0.0)
    wrong = labelled | dict.fromkeys((*HARD, *SOFT), 1.0)
    weight = np.where(y > 0, pairs.weighed(labelled, 1.0)[best], pairs.weighed(wrong, OTHERS)[best])
    x, y, weight = x[weight > 0], y[weight > 0], weight[weight > 0]
    order = np.argsort(x, kind="stable")
    x, y, weight = x[order], y[order], weight[order]
    smooth = np.asarray(isotonic_regression(y, weights=weight).x)
    # One knot a plateau, at its middle: between knots the probability rises, so that no threshold falls on a step.
    knots_x, knots_y = [float(x[0]) - 30.0], [1e-6]
    for value in np.unique(smooth):
        plateau = x[smooth == value]
        middle, level = float(np.average(plateau)), float(np.clip(value, 2e-6, 1 - 2e-6))
        if len(plateau) >= 8 and middle > knots_x[-1] + 0.02 and level > knots_y[-1] + 1e-7:
            knots_x.append(round(middle, 4))
            knots_y.append(round(level, 7))
    if knots_y[-1] < 0.999:
        knots_x.append(knots_x[-1] + 6.0)
        knots_y.append(0.999)
    knots_x.append(knots_x[-1] + 30.0)
    knots_y.append(0.999999)
    return knots_x, knots_y


def written(fitted: Fitted, knots: tuple[list[float], list[float]], *, version: str, origin: str) -> dict[str, object]:
    def rounded(table: Floats) -> list[object]:
        return np.round(table, 3).tolist()  # type: ignore[no-any-return]

    return {
        "version": version,
        "origin": origin,
        "segments": list(SEGMENTS),
        "edges": {name: edge.tolist() for name, edge in fitted.edges.items()},
        "start": rounded(fitted.start),
        "parts": [{"of": list(names), "table": rounded(table)} for names, table in fitted.parts],
        "context": {
            "country_same": 0.4,
            "country_differs": -0.8,
            "born_same": 2.5,
            "born_differs": -4.0,
            "address_same": 2.0,
            "kind_differs": -1.5,
            "identifier_same": 9.0,
            "identifier_differs": -2.0,
        },
        "calibration": {"score": [round(one, 4) for one in knots[0]], "probability": [round(one, 7) for one in knots[1]]},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the list and the labelled queries")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--version", default="names-5")
    args = parser.parse_args()
    parties, clusters = listed_parties(args.data)
    index = Index.build(parties)
    asked = queries(args.data)
    pairs = compare(asked + invented_innocents(asked) + made_queries(parties, clusters, asked), index, clusters)
    rows = np.ones(len(pairs.qid), dtype=bool)
    fitted = fit(pairs, rows)
    model = written(fitted, calibrate(pairs, rows), version=args.version, origin="labelled development queries, all of them")
    args.out.write_text(json.dumps(model, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
