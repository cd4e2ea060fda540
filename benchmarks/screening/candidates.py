"""How often the right party is among the first 20, by kind of query, with a plain index over the readings of names.

The index is naive on purpose (TF-IDF over words, sounds, bones and 3-grams; one sparse product), so that the figures judge
`read_name` and not the engine. Halves are by hash of the query id: words are looked for on the even half only.

    python benchmarks/screening/candidates.py SCREENING_LIST.jsonl.gz QUERIES.jsonl.gz [--half even|odd] [--misses KIND]
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from greenlane.screen.names import Name, Reading, WordKind, read_name

FIRST = 20
_WEIGHT = {WordKind.LEGAL_FORM: 0.0, WordKind.STOP: 0.2, WordKind.TITLE: 0.2, WordKind.INITIAL: 0.3, WordKind.TRADE: 0.7}


def features(reading: Reading) -> Iterator[tuple[str, float]]:
    """What a reading is found by, with its share in the whole."""
    for word in reading.words:
        weight = _WEIGHT.get(word.kind, 1.0)
        if weight:
            yield f"w {word.text}", weight
            if word.kind in (WordKind.PLAIN, WordKind.INITIAL):
                yield f"i {word.text[0]}", 0.3
            yield f"s {word.sound}", 0.7 * weight
            if word.bones:
                yield f"b {word.bones}", 0.5 * weight
    padded = f"^{reading.joined}$"
    for at in range(len(padded) - 2):
        yield f"3 {padded[at : at + 3]}", 0.4


def han_features(name: Name) -> Iterator[tuple[str, float]]:
    padded = f"^{name.han}$" if name.han else ""
    for at in range(len(padded) - 1):
        yield f"h {padded[at : at + 2]}", 1.0


def half_of(qid: str) -> str:
    return "even" if zlib.crc32(qid.encode()) % 2 == 0 else "odd"


def matrix(rows: list[dict[str, float]], vocabulary: dict[str, int], idf: np.ndarray) -> sparse.csr_matrix:
    data, columns, ends = [], [], [0]
    for row in rows:
        for feature, count in row.items():
            column = vocabulary.get(feature)
            if column is not None:
                columns.append(column)
                data.append(min(count, 2.0) * idf[column])
        ends.append(len(columns))
    found = sparse.csr_matrix((np.array(data, dtype=np.float32), columns, ends), shape=(len(rows), len(vocabulary)))
    norms = (
        np.sqrt(found.multiply(found).sum(axis=1)).A1
        if hasattr(found, "A1")
        else np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    )
    return sparse.diags(1 / np.maximum(norms, 1e-9)).astype(np.float32) @ found


def row_of(name: Name, reading: Reading | None) -> dict[str, float]:
    row: Counter[str] = Counter()
    for feature, weight in features(reading) if reading is not None else han_features(name):
        row[feature] += weight
    return dict(row)


def rows_of(name: Name) -> list[dict[str, float]]:
    return [row_of(name, reading) for reading in name.readings] + ([row_of(name, None)] if name.han else [])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("list", type=Path)
    asked.add_argument("queries", type=Path)
    asked.add_argument("--half", choices=["even", "odd"], default="even")
    asked.add_argument("--kind", action="append", default=[])
    asked.add_argument("--misses", default="")
    options = asked.parse_args()

    texts: list[tuple[str, str]] = []
    with gzip.open(options.list, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            texts.extend((name["n"], record["cluster"]) for name in record["names"])
    began = time.process_time()
    names = [read_name(text) for text, _ in texts]
    spent = time.process_time() - began
    print(f"{len(texts)} names read, {1e6 * spent / len(texts):.0f} microseconds each", file=sys.stderr)
    rows, clusters, shown = [], [], []
    for name, (text, cluster) in zip(names, texts, strict=True):
        for row in rows_of(name):
            rows.append(row)
            clusters.append(cluster)
            shown.append(text)
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.keys())
    vocabulary = {feature: at for at, feature in enumerate(counts)}
    idf = np.log(len(rows) / np.array(list(counts.values()), dtype=np.float32)) + 0.1
    index = matrix(rows, vocabulary, idf).T.tocsr()

    found: dict[str, list[bool]] = defaultdict(list)
    with gzip.open(options.queries, "rt", encoding="utf-8") as lines:
        queries = [json.loads(line) for line in lines]
    queries = [q for q in queries if q["expect"] and half_of(q["qid"]) == options.half]
    if options.kind:
        queries = [q for q in queries if q["cat"] in options.kind]
    for query in queries:
        asked_rows = matrix(rows_of(read_name(query["q"])), vocabulary, idf)
        best: dict[str, tuple[float, str]] = {}
        scores = asked_rows @ index
        for at in range(scores.shape[0]):
            line_scores = scores[at]
            order = np.argsort(-line_scores.data)[:80]
            for place in order:
                column = line_scores.indices[place]
                score = float(line_scores.data[place])
                if score > best.get(clusters[column], (0.0, ""))[0]:
                    best[clusters[column]] = (score, shown[column])
        ranked = sorted(best, key=lambda cluster: -best[cluster][0])
        hit = query["expect"] in ranked[:FIRST]
        found[query["cat"]].append(hit)
        if query["cat"] == options.misses and not hit:
            readings = " | ".join(f"{r.bridge}: " + " ".join(w.text for w in r.words) for r in read_name(query["q"]).readings)
            print(f"{query['q']}  ->  {query['src']}\n      {readings}\n      first: {best[ranked[0]][1] if ranked else ''}")
    for kind, hits in sorted(found.items()):
        print(f"{kind:18} {len(hits):5} {sum(hits) / len(hits):.3f}")


if __name__ == "__main__":
    main()
