"""Run greenlane, rapidfuzz and nomenklatura's logic-v2 over the same sample in one go.

    python benchmarks/screening/peers.py --data DIR [--sample 300]

Nothing is installed by this script. nomenklatura is left out, with a word, where it is missing; it goes into an environment of its
own, since it brings much along:

    python -m venv /path/to/peers && /path/to/peers/bin/pip install nomenklatura rapidfuzz numpy scipy sparse-dot-topn anyascii \\
        pypinyin opencc-python-reimplemented

logic-v2 has no index for one name asked at a time: it gets our twenty candidates, which include what its own would not find.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process, utils

from benchmarks.screening.data import HARD, SOFT, Asked, listed_parties, queries
from greenlane.feeds.model_files import read_model
from greenlane.screen.candidates import ask, candidates
from greenlane.screen.explain import explain
from greenlane.screen.index import Index
from greenlane.screen.match import Query, screen
from greenlane.screen.names import read_name
from greenlane.terms.listed import ListedParty, PartyKind

ON = date(2026, 11, 1)
Found = dict[str, float]  # cluster and score


def show(title: str, asked: Sequence[Asked], found: Sequence[Found], seconds: float) -> None:
    top = np.asarray([max(one.values(), default=0.0) for one in found])
    right = np.asarray([one.get(query.right, 0.0) for one, query in zip(found, asked, strict=True)])
    kind = np.asarray([one.kind for one in asked])
    soft, hard, listed = np.isin(kind, SOFT), np.isin(kind, HARD), np.asarray([bool(one.right) for one in asked])
    threshold = np.sort(top[soft])[::-1][int(soft.sum() * 0.01)]
    print(
        f"{title:28} {len(asked) / seconds:10,.1f} queries a CPU s, recall at 1 % {(right[listed] > threshold).mean():.3f},"
        f" near misses {(top[hard] > threshold).mean():.3f}"
    )


def ours(asked: Sequence[Asked], index: Index, clusters: dict[str, str]) -> None:
    model = read_model()
    screen([Query(asked[0].text)], index, model, threshold=0.5, on=ON, known_by=ON)
    given = [Query(one.text) for one in asked]
    began = time.process_time()
    answers = screen(given, index, model, threshold=0.02, on=ON, known_by=ON)
    explain(
        [(query, hits[0]) for query, hits in zip(given, answers, strict=True) if hits and hits[0].probability >= 0.5], index, model
    )
    seconds = time.process_time() - began
    found: list[Found] = []
    for hits in answers:
        best: Found = {}
        for hit in hits:
            best[clusters[hit.party]] = max(best.get(clusters[hit.party], 0.0), hit.score + 100)
        found.append(best)
    show("greenlane, explained", asked, found, seconds)


def rapidfuzz_engine(asked: Sequence[Asked], index: Index, clusters: dict[str, str]) -> None:
    names = [utils.default_process(one) for one in index.name_text]
    of_name = [clusters[index.party_id[at]] for at in index.name_party.tolist()]
    began = time.process_time()
    found: list[Found] = []
    for start in range(0, len(asked), 50):
        some = [utils.default_process(one.text) for one in asked[start : start + 50]]
        table: NDArray[np.float32] = process.cdist(some, names, scorer=fuzz.token_sort_ratio, workers=1, dtype=np.float32)
        for row in table:
            best: Found = {}
            for at in np.argsort(-row)[:20].tolist():
                best[of_name[at]] = max(best.get(of_name[at], 0.0), float(row[at]))
            found.append(best)
    show("rapidfuzz token_sort", asked, found, time.process_time() - began)


def logic_v2(asked: Sequence[Asked], index: Index, parties: Sequence[ListedParty], clusters: dict[str, str]) -> None:
    if importlib.util.find_spec("nomenklatura") is None:
        print("nomenklatura logic-v2        not installed here: see the head of this file")
        return
    from followthemoney import model as ftm  # type: ignore[import-not-found]  # noqa: PLC0415
    from followthemoney.proxy import EntityProxy  # type: ignore[import-not-found]  # noqa: PLC0415
    from nomenklatura.matching import LogicV2, ScoringConfig  # type: ignore[import-not-found]  # noqa: PLC0415

    schema = {PartyKind.PERSON: "Person", PartyKind.VESSEL: "Vessel"}

    def entity(key: str, kind: str, names: Sequence[str]) -> EntityProxy:
        return EntityProxy.from_dict({"id": key, "schema": kind, "properties": {"name": list(names)}})

    assert ftm is not None
    listed = {one.id: entity(one.id, schema.get(one.kind, "Company"), [name.text for name in one.names]) for one in parties}
    config = ScoringConfig.defaults()
    pairs = candidates(ask([read_name(one.text) for one in asked], index), index, limit=20, without={})
    by_query: dict[int, set[str]] = {}
    for query, row in zip(pairs.query.tolist(), pairs.listed.tolist(), strict=True):
        by_query.setdefault(query, set()).add(index.party_id[index.row_party[row]])
    began = time.process_time()
    found: list[Found] = []
    for at, one in enumerate(asked):
        best: Found = {}
        for party in sorted(by_query.get(at, ())):
            other = listed[party]
            # Each by an id of its own: what it read of an entity it remembers by the id.
            mine = entity(f"asked-{at}-{other.schema.name}", other.schema.name, [one.text])
            score = LogicV2.compare(mine, other, config).score
            best[clusters[party]] = max(best.get(clusters[party], 0.0), score)
        found.append(best)
    show("nomenklatura logic-v2", asked, found, time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sample", type=int, default=300)
    args = parser.parse_args()
    parties, clusters = listed_parties(args.data)
    index = Index.build(parties)
    asked = queries(args.data)
    asked = asked[:: max(1, len(asked) // args.sample)]
    ours(asked, index, clusters)
    rapidfuzz_engine(asked, index, clusters)
    logic_v2(asked, index, parties, clusters)


if __name__ == "__main__":
    main()
