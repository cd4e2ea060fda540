"""Count queries a CPU second, the time of one look-up, cold start and memory.

    python benchmarks/screening/speed.py --data DIR [--rows 110000] [--innocent 200000]

The list is filled up to `--rows` readings with its own names, words put in another order, under other ids.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.screening.data import SOFT, listed_parties, queries
from greenlane.feeds.model_files import read_model
from greenlane.screen.explain import explain
from greenlane.screen.index import Index
from greenlane.screen.match import Query, screen
from greenlane.screen.score import Model
from greenlane.terms.listed import ListedParty, PartyName

ON = date(2026, 11, 1)
THRESHOLD = 0.5
COLD = """
import sys, time
began = time.perf_counter()
from datetime import date
from pathlib import Path
import numpy as np
from greenlane.feeds.model_files import read_model
from greenlane.screen.index import Index
from greenlane.screen.match import Query, screen
folder = Path(sys.argv[1])
index = Index.from_arrays({path.stem: np.load(path, mmap_mode="c") for path in folder.glob("*.npy")})
on = date(2026, 11, 1)
screen([Query("Huawei Technologies")], index, read_model(), threshold=0.5, on=on, known_by=on)
print(f"cold start: first answer after {time.perf_counter() - began:.2f} s, {time.process_time():.2f} CPU s of the process")
"""


def filled(parties: Sequence[ListedParty], rows: int) -> list[ListedParty]:
    """The parties, and as many doubles with turned names as bring the names to `rows`."""
    result, names = list(parties), sum(len(one.names) for one in parties)
    for party in parties:
        if names >= rows:
            break
        turned = tuple(PartyName(" ".join(reversed(one.text.split())), one.kind) for one in party.names)
        result.append(replace(party, id=f"double-{party.id}", names=turned))
        names += len(turned)
    return result


def run(title: str, asked: Sequence[Query], index: Index, model: Model) -> None:
    gc.collect()
    gc.disable()  # as the desk does while it matches
    began = time.process_time()
    answers = screen(asked, index, model, threshold=THRESHOLD, on=ON, known_by=ON, grounds=True)
    found = [(query, hits[0]) for query, hits in zip(asked, answers, strict=True) if hits]
    middle = time.process_time()
    explain(found, index, model)
    ended = time.process_time()
    gc.enable()
    print(
        f"{title}: {len(asked)} queries, {len(found)} alerts; {len(asked) / (middle - began):,.0f} a CPU second,"
        f" {len(asked) / (ended - began):,.0f} with each alert's first hit explained"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=110_000, help="names in the list")
    parser.add_argument("--innocent", type=int, default=100_000, help="names of a made-up book")
    args = parser.parse_args()
    began = time.process_time()
    index = Index.build(filled(listed_parties(args.data)[0], args.rows))
    print(f"{len(index.name_text):,} names, {len(index.row_name):,} readings, built in {time.process_time() - began:.1f} CPU s")
    model = read_model()
    asked = queries(args.data)
    mixed = [Query(one.text) for one in asked]
    run("warming up", mixed[:500], index, model)
    run("labelled queries", mixed, index, model)
    run("innocent names", [Query(one.text) for one in asked if one.kind in SOFT], index, model)
    words = sorted({word for one in asked if one.kind in SOFT for word in one.text.split()})
    # A book of firms, no two alike: three words of innocent names each, always the same ones.
    count = len(words)
    turns = [(at % count, (at // count * 7919 + at * 31) % count, at * 7 % count) for at in range(args.innocent)]
    book = [Query(f"{words[one]} {words[two]} {words[three]}") for one, two, three in turns]
    assert len(set(book)) == len(book)
    run("made-up book", book, index, model)
    times, began = [], time.process_time()
    for query in mixed[:: max(1, len(mixed) // 400)]:
        start = time.perf_counter()
        screen([query], index, model, threshold=THRESHOLD, on=ON, known_by=ON)
        times.append((time.perf_counter() - start) * 1000)
    each = (time.process_time() - began) * 1000 / len(times)
    print(f"one look-up: median {np.median(times):.1f} ms, p95 {np.percentile(times, 95):.1f} ms (wall), {each:.1f} ms CPU")
    print(f"memory at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    with tempfile.TemporaryDirectory() as folder:
        for name, array in index.arrays().items():
            np.save(Path(folder) / f"{name}.npy", array)
        subprocess.run([sys.executable, "-c", COLD, folder], check=True)


if __name__ == "__main__":
    main()
