"""Say how well screening finds listed parties and leaves others alone, by kind of question.

    python benchmarks/screening/evaluate.py --data DIR             the pinned model, on both halves of the development queries
    python benchmarks/screening/evaluate.py --data DIR --cross     tables fitted on one half, judged on the other, both ways

The pinned model is fitted on all development queries, so that its own figures there flatter it; `--cross` gives honest ones. The
thresholds are those that let 1 % and 0.1 % of innocent names through, as told from those very names.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.screening.data import (
    HARD,
    SOFT,
    Asked,
    Labelled,
    compare,
    half_of,
    invented_innocents,
    listed_parties,
    name_pairs,
    queries,
)
from benchmarks.screening.fit import fit
from benchmarks.screening.made import MADE, made_queries
from greenlane.feeds.model_files import read_model
from greenlane.screen.candidates import Pairs, ask
from greenlane.screen.evidence import weigh
from greenlane.screen.index import Index
from greenlane.screen.names import read_name
from greenlane.screen.rows import HAN
from greenlane.screen.score import Model, segment_of
from greenlane.terms.listed import ListedParty, PartyKind, PartyName

PAIR_THRESHOLD = 0.5  # of name_bench: a pair is a match when that is likelier than not; fixed before it was looked at


def judge(asked: Sequence[Asked], pairs: Labelled, score: NDArray[np.float64], rows: NDArray[np.bool_], title: str) -> None:
    top, right = np.full(len(asked), -99.0), np.full(len(asked), -99.0)
    np.maximum.at(top, pairs.query, score)
    np.maximum.at(right, pairs.query[pairs.right], score[pairs.right])
    kind = np.asarray([one.kind for one in asked])
    soft, hard, listed = np.isin(kind, SOFT) & rows, np.isin(kind, HARD) & rows, pairs.answerable & rows & ~np.isin(kind, MADE)
    innocent = np.sort(top[soft])[::-1]
    print(f"\n{title}: {listed.sum()} of listed parties, {soft.sum()} innocent, {hard.sum()} near misses")
    one = innocent[int(len(innocent) * 0.01)]
    for share in (0.01, 0.001):
        threshold = innocent[int(len(innocent) * share)]
        recall, near = (right[listed] > threshold).mean(), (top[hard] > threshold).mean()
        print(f"  at {share:.1%} false alerts: recall {recall:.3f}, near misses {near:.3f}")
    print(f"  {'kind':16} {'n':>5} {'recall at 1 %':>14} {'among 20':>9}")
    for name in sorted(set(kind[listed])):
        mine = (kind == name) & rows
        print(f"  {name:16} {mine.sum():5} {(right[mine] > one).mean():14.2f} {(right[mine] > -99).mean():9.2f}")
    for name in SOFT + HARD:
        mine = (kind == name) & rows
        print(f"  {name:16} {mine.sum():5} {(top[mine] > one).mean():14.4f} alerts")


def pair_scores(given: Sequence[dict[str, str]], listed: Sequence[ListedParty], model: Model) -> NDArray[np.float64]:
    """The probability of each pair, by its best readings; the second names join the list, which says how rare words are."""
    kinds = {"Person": PartyKind.PERSON}
    second = [
        ListedParty(
            id=f"pair-{at}", list="pairs", kind=kinds.get(one["schema"], PartyKind.ORGANISATION), names=(PartyName(one["name2"]),)
        )
        for at, one in enumerate(given)
    ]
    index = Index.build([*listed, *second])
    asked = ask([read_name(one["name1"]) for one in given], index)
    start, rows = index.party_rows
    both = []
    for row, at in enumerate(asked.rows.owner.tolist()):
        party = len(listed) + at
        both.extend((at, row, int(one)) for one in rows[start[party] : start[party + 1]])
    found = np.asarray(both, dtype=np.int64)
    han = (asked.rows.bridge[found[:, 1]] == HAN) == (index.row_bridge[found[:, 2]] == HAN)
    found = found[han]
    pairs = Pairs(found[:, 0], found[:, 1], found[:, 2], np.ones(len(found)))
    evidence = weigh(pairs, asked, index)
    probability = model.probability(model.score(evidence, segment_of(pairs.listed, evidence, index)))
    best = np.zeros(len(given))
    np.maximum.at(best, pairs.query, probability)
    return best


def judge_pairs(given: Sequence[dict[str, str]], best: NDArray[np.float64]) -> None:
    truth = np.asarray([one["is_match"] == "true" for one in given])
    person = np.asarray([one["schema"] == "Person" for one in given])
    for title, rows in (("all", np.ones(len(given), bool)), ("persons", person), ("others", ~person)):
        said = (best >= PAIR_THRESHOLD) & rows
        precision, recall = truth[said].mean(), said[truth & rows].mean()
        print(f"name_bench, {title} ({rows.sum()} pairs) at {PAIR_THRESHOLD}: precision {precision:.3f}, recall {recall:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the list and the labelled queries")
    parser.add_argument("--cross", action="store_true")
    args = parser.parse_args()
    parties, clusters = listed_parties(args.data)
    index = Index.build(parties)
    asked = queries(args.data)
    if args.cross:
        asked = asked + invented_innocents(asked) + made_queries(parties, clusters, asked)
    pairs = compare(asked, index, clusters)
    even = np.asarray([half_of(one.qid) == "even" for one in asked])
    if args.cross:
        score = np.zeros(len(pairs.query))
        for name, rows in (("even", even), ("odd", ~even)):
            fitted = fit(pairs, rows)
            mine = fitted.score(pairs.evidence, pairs.segment)
            judge(asked, pairs, mine, rows, f"fitted on the {name} half, that half itself")
            judge(asked, pairs, mine, ~rows, f"fitted on the {name} half, the other half")
            score = np.where(rows[pairs.query], score, mine)
        judge(asked, pairs, score, np.ones(len(asked), bool), "each half by the tables fitted on the other, together")
        return
    model = read_model()
    score = model.score(pairs.evidence, pairs.segment)
    judge(asked, pairs, score, np.ones(len(asked), bool), f"pinned model {model.version}, fitted on these very queries")
    given = name_pairs(args.data)
    judge_pairs(given, pair_scores(given, parties, model))


if __name__ == "__main__":
    main()
